# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Training a ReLU network is a convex problem in disguise
#
# Wang, Lacotte & Pilanci, *The Hidden Convex Optimization Landscape of Two-Layer ReLU Neural
# Networks*, say that the best two-layer ReLU network with weight decay can be
# found by a convex program, and that all other stationary points are optima of smaller programs of
# the same kind. Gradient descent has spurious minima; the program has none.
#
# A unit is active on some samples and silent on the others. There are finitely many such patterns,
# and among the units of one pattern the network is linear. The program has one block of weights for
# each pattern and each sign of the output weight, a convex constraint that keeps the block in its
# pattern, and the sum of the blocks' lengths as penalty.
#
# The text of the paper was not available to us, only its abstract and a summary by others.
# Data and settings below are ours.

# %%
from replication.show.notebook import Results, say

results = Results("wang2020")
say(results.summary())

# %% [markdown]
# ## The optimum, and a proof of it
#
# We enumerate the patterns in integer arithmetic, so that none is missed, solve the program, and
# map the solution back to a network. Its residual gives a lower bound for all networks of all
# widths. The bound is evaluated in ball arithmetic: neither the solver nor a tolerance is part of
# the proof.

# %%
optima = results.table("optima")
say(
    f"On {len(optima)} small data sets network and bound differ by at most "
    f"{optima['proved_gap'].max():.1g} of the optimum."
)
results.show_table(
    "programs",
    ["samples", "inputs", "beta", "patterns", "formula", "network", "relative_gap", "units"],
)
results.show_claims("Convex program (abstract)", "Convex program (summary by others)")

# %% [markdown]
# ## Some patterns only
#
# A summary of the paper takes the patterns of some Gaussian units. That can miss thin cones, and
# then the program's optimum is too high.

# %%
results.show_table(
    "patterns", ["samples", "draws", "patterns_found", "patterns", "gap", "share_exact"]
)
results.show_claims("Sampled patterns (summary by others)")

# %% [markdown]
# ## Trained networks of many widths
#
# The excess of trained networks over the convex optimum. Networks that are too narrow cannot reach
# it; wider ones can, and the wider they are, the more of them do.

# %%
results.show_figure("widths")

# %%
widths = results.table("widths")
widest = widths[widths["width"] == widths["width"].max()]
say(
    f"At width {widest['width'].iloc[0]} the share of runs that reach the optimum is "
    + " and ".join(f"{share:.2f}" for share in widest["reached"])
    + " in the problems."
)
results.show_claims("Trained networks")

# %% [markdown]
# ## Is a given network optimal?
#
# A network's residual is a point of the dual, up to its scale, and proves a bound. At an optimum
# the bound is the objective. So the residual alone tells optima from other networks; whether it
# does is held against the convex program. Only a rejection can be wrong, since what is accepted is
# proved.

# %%
results.show_table("optimality")
results.show_claims("Test of optimality (abstract)")

# %% [markdown]
# ## Where training ends
#
# An end of training is an optimum, too: of the program that has only the patterns and signs of its
# own units. Care is needed where a sample lies on the kink of a unit, which is common. Such a
# sample belongs to two patterns. With both of them and both signs the program is richer than the
# network, and its optimum can be lower.
#
# Adam comes near a stationary point, and at a kink no nearer than its last steps are long. How near
# is told by the shortest subgradient.

# %%
results.show_table(
    "stationary",
    [
        "samples",
        "program",
        "networks",
        "networks_on_kinks",
        "gradient_norm",
        "not_global",
        "largest_drop",
    ],
)
results.show_claims("Stationary points (abstract)")

# %% [markdown]
# ## A way down from everywhere
#
# Let a network be as wide as there are samples, and wider by the units of the optimum. First its
# units are rescaled. Then, while more of them are alive than there are samples, their outputs are
# dependent: some can grow and others shrink without a change of the outputs, until one is gone. At
# last the units of the optimum take the free places. Weigh them by the root of `t` and the others
# by that of `1 - t`: the objective is convex in `t`. On the straight line in the weights it climbs.

# %%
results.show_figure("paths")
results.show_table(
    "barriers", ["samples", "start", "path", "runs", "largest_step_up", "climbing", "end_excess"]
)
results.show_claims("Paths (abstract)")

# %% [markdown]
# ## Spurious minima beside certified optima
#
# Small data sets, those with known spurious minima among them, and networks just wide enough for
# the global optimum. All objectives have a weak regulariser; without one, some data sets have no
# global minimum or a trivial one.
#
# Not every stationary end is a minimum. If a unit is dead, another can grow in its place. If all
# are alive and no sample lies on a kink, the objective is smooth nearby, and convex in the right
# coordinates: then a critical point is a local minimum, and ball arithmetic proves that there is
# one. With samples on kinks we can only say that no network nearby is lower, as far as a solver
# tells.

# %%
totals, minima = results.table("totals").iloc[0], results.table("minima")
say(
    f"On {totals['with_spurious_values']:.0f} of {totals['data_sets']:.0f} data sets training ends "
    f"above the optimum, on {totals['with_minima']:.0f} at spurious minima, and on "
    f"{totals['with_proved_minima']:.0f} at proved ones. The share of runs that end at the global "
    f"optimum is between {optima['global'].min():.2f} and {optima['global'].max():.2f}."
)
results.show_table(
    "minima",
    [
        "data",
        "width",
        "spurious_values",
        "proved",
        "held",
        "dead_unit",
        "not_held",
        "not_stationary",
        "optimum",
        "largest_proved",
    ],
)
results.show_claims("Small data sets")

# %% [markdown]
# ## All claims

# %%
results.show_claims()
