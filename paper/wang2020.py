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
programs = results.table("programs")
say(
    "The programs have "
    + " and ".join(str(count) for count in programs["patterns"])
    + f" patterns. Network and bound differ by at most {programs['relative_gap'].max():.1g} of the "
    "optimum."
)
results.show_table(
    "programs",
    ["samples", "inputs", "beta", "patterns", "formula", "network", "relative_gap", "units"],
)
results.show_claims("Convex program (abstract)", "Convex program (summary)")

# %% [markdown]
# ## Some patterns only
#
# A summary of the paper takes the patterns of some Gaussian units. That can miss thin cones, and then the
# program's optimum is too high.

# %%
results.show_table(
    "patterns", ["samples", "draws", "patterns_found", "patterns", "gap", "share_exact"]
)
results.show_claims("Sampled patterns (summary)")

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
results.show_claims("Trained networks (abstract)", "Test of optimality (abstract)")

# %% [markdown]
# ## Where training ends
#
# An end of training is an optimum, too: of the program that has only the patterns and signs of its
# own units. Care is needed where a sample lies on the kink of a unit, which is common. Such a
# sample belongs to two patterns. With both of them and both signs the program is richer than the
# network, and its optimum can be lower.

# %%
results.show_table(
    "stationary",
    ["samples", "program", "networks", "networks_on_kinks", "not_global", "optimal"],
)
results.show_claims("Stationary points (abstract)")

# %% [markdown]
# ## A way down from everywhere
#
# Put the units of the optimum beside those of an end of training. Weigh the first by the root of
# `t` and the others by that of `1 - t`: the outputs move on a straight line, and the objective is
# convex in `t`. On the straight line in the weights it climbs.

# %%
results.show_figure("paths")
results.show_claims("Paths (abstract)")

# %% [markdown]
# ## Spurious minima beside certified optima
#
# Small data sets, those with known spurious minima among them, and networks just wide enough for
# the global optimum. All objectives have a weak regulariser; without one, some data sets have no
# global minimum or a trivial one.

# %%
optima = results.table("optima")
say(
    f"On {(optima['spurious_values'] > 0).sum()} of {len(optima)} data sets training finds "
    f"spurious values, up to {optima['spurious_values'].max()} different ones; the share of runs "
    f"that end at the global optimum is between {optima['global'].min():.2f} and "
    f"{optima['global'].max():.2f}. "
    f"The optimum is proved up to {optima['proved_gap'].max():.1g} of it everywhere."
)
results.show_table(
    "optima",
    [
        "data",
        "width",
        "global",
        "spurious_values",
        "unsettled",
        "best",
        "largest_spurious",
        "optimum",
        "proved_gap",
    ],
)
results.show_claims("Small data sets")

# %% [markdown]
# ## All claims

# %%
results.show_claims()
