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
# # All critical points of linear networks, as a formula, and of ReLU networks in pieces
#
# Zhou & Liang, *Critical Points of Linear Neural Networks: Analytical Forms and Landscape
# Properties* (ICLR 2018), write down every critical point of a linear network in the square loss,
# without any assumption on the data or the widths. From the formula they read off the value of the
# loss and which points are global minimizers, and that every local minimum is global. ReLU
# networks are linear in pieces, and there local minima can be bad.
#
# The text of the paper was not available to us, only its abstract and what others cite. Its
# theorems are told here as recalled; what counts as *ours* is not known to be in the paper. The
# loss is theirs, with a factor of one half.

# %%
from replication.show.notebook import Results, say

results = Results("zhou2018")
say(results.summary())

# %% [markdown]
# ## One hidden layer: the formula gives critical points
#
# The matrix `Sigma = Y X^+ X Y^T` splits the outputs into eigenspaces. A critical point chooses an
# orthonormal frame in some of them, an invertible matrix `C`, and a matrix `L1` that one condition
# restricts. We draw all of these at random, for every number of directions in every eigenspace,
# and compute the gradient from the samples and the eigenvalues of the dense Hessian.

# %%
census = results.table("shallow_form")
say(
    f"The {census['points'].sum()} points come from {len(census)} families of data, among them "
    "repeated and zero eigenvalues, inputs of low rank, fewer samples than inputs, and a target "
    f"that the inputs say nothing about. The largest relative gradient is "
    f"{census['gradient'].max():.1e}. The stated condition for a global minimizer is wrong at "
    f"{census['global_mismatches'].sum()} points."
)
results.show_table(
    "shallow_form",
    [
        "family",
        "patterns",
        "points",
        "global_minimizers",
        "gradient",
        "value_error",
        "global_mismatches",
        "index_mismatches",
    ],
)
results.show_claims(
    "Shallow networks, critical values",
    "Shallow networks, global minimizers",
)

# %% [markdown]
# A check that cannot fail is none, so we break the formula in three ways.

# %%
results.show_table("controls")

# %% [markdown]
# ## There are no others
#
# The other half of the theorem says that every critical point is of this form. We solve for zeros
# of the gradient from random starts, which leads to saddles as well as to minimizers, and look for
# the frame, `C` and `L1` at each.

# %%
necessity = results.table("necessity")
say(
    f"Of {necessity['starts'].sum()} starts {necessity['critical'].sum()} end at a critical point. "
    f"At {necessity['ambiguous'].sum()} of these some rank cannot be told from rounding, and only "
    f"the loss is compared; {necessity['recovered'].sum()} are rebuilt from their parts, and "
    f"{necessity['not_recovered'].sum()} are not. Random starts meet "
    f"{necessity['patterns_met'].sum()} of the {necessity['patterns'].sum()} patterns. The more "
    "layers, the flatter are the saddles, and the more points stay doubtful."
)
results.show_table("necessity")
results.show_claims(
    "Shallow networks, critical points",
    "Shallow and deep networks, critical points",
    "Shallow and deep networks, critical values",
)

# %% [markdown]
# ## The levels of the loss
#
# A critical value is set by the eigenvalues that a point uses. The Morse index, the number of
# directions in which the loss curves down, follows from them too (ours). Only the lowest level has
# index zero.

# %%
results.show_figure("levels")

# %% [markdown]
# ## The way down
#
# That no local minimum is bad can be shown by hand. If a point uses an eigenvector while a better
# one lies idle, turn one into the other. If not, raise the rank. The loss along both curves is
# known exactly (ours). In deep networks there are saddles without any negative curvature; the
# curve that leaves them begins at a higher order, up to the depth in this figure. The table below
# counts a point as *lower nearby* if the loss is lower at a hundredth of the size of the weights.

# %%
results.show_figure("descents")
results.show_claims("Shallow networks, landscape")

# %% [markdown]
# ## Deep networks
#
# Here the formula is recursive: each layer with what follows it is the shallow form on the outputs
# of the layers before, and the condition on `L` is needed at the last level only. We take points of
# another generator apart.

# %%
deep = results.table("deep_form")
saddles = deep[deep["kind"] != "global_minimizer"]
say(
    f"Of {deep['points'].sum()} points {deep['ambiguous'].sum()} have a doubtful rank; at the "
    f"others the largest residual of the recursive form is {deep['residual'].max():.1e}. Moved "
    f"slightly, the points leave at least {deep['moved_residual'].min():.1e}. Of "
    f"{saddles['points'].sum()} points that are not global minimizers "
    f"{saddles['without_descent'].sum()} could not be left downhill."
)
results.show_table(
    "deep_form",
    [
        "depth",
        "kind",
        "points",
        "residual",
        "moved_residual",
        "global_mismatches",
        "lower_nearby",
        "without_descent",
        "without_ascent",
    ],
)

# %% [markdown]
# Moved at random, a point always fails the line on layers. So we also break one line at a time: at
# the points of the rows *condition* below, which are not critical, everything else is met.

# %%
results.show_table("deep_controls")
results.show_claims(
    "Deep networks, critical points",
    "Deep networks, critical values",
    "Deep networks, global minimizers",
    "Deep networks, landscape",
)

# %% [markdown]
# ## ReLU networks, where they are linear
#
# A network with one hidden layer of ReLU units, without bias, is linear as long as no unit changes
# sides on a sample. In the cone where the units `I` are active on the samples `J` and nothing else
# is, it is a linear network on these samples, and the formula applies. A global minimizer of that
# linear network is a local minimum of the ReLU network, which knows nothing of the other cones.

# %%
cones = results.table("cones")
say(
    f"In {cones['data_sets'].sum()} random data sets we built {cones['points'].sum()} critical "
    f"points in cones; {cones['minima'].sum()} of them are local minima. The signs of the Hessian "
    f"agree at all but {cones['type_mismatches'].sum()}. In "
    f"{cones['data_sets_with_spurious'].sum()} data sets there are local minima of different "
    "losses, so that some are spurious."
)
results.show_table(
    "cones",
    [
        "family",
        "data_sets",
        "points",
        "minima",
        "gradient",
        "type_mismatches",
        "lower_neighbours",
        "saddles_lower",
        "data_sets_with_spurious",
    ],
)

# %% [markdown]
# In small examples of ours all of this is proved in exact fractions: the point is critical, a ball
# about it stays in its cone, its linear part is a global minimizer, and another point is better.
# At kinks, where units are zero, there are even local maxima.

# %%
results.show_table("examples")
results.show_table("kinks")

# %% [markdown]
# ## One unit, every minimum
#
# With one unit and two inputs the loss depends on the direction of the unit only, once its size is
# chosen best. Between two directions at which a sample changes sides it has at most one valley, so
# all local minima can be listed. Gradient descent from random starts ends in all of them.

# %%
ends = results.table("unit_ends")
runs = ends["runs"].sum()
say(
    f"Of {runs} runs on {len(ends)} random data sets {ends['global'].sum()} reach the global "
    f"minimum, between {ends['global_share'].min():.0%} and {ends['global_share'].max():.0%} of a "
    f"data set's; {ends['at_spurious'].sum()} end at a listed spurious one, {ends['dead'].sum()} "
    f"with a dead unit, {ends['moving'].sum()} still move and {ends['elsewhere'].sum()} rest "
    "elsewhere."
)
results.show_figure("units")
results.show_table(
    "unit_ends",
    [
        "set",
        "minima",
        "spurious",
        "runs",
        "global_share",
        "global_low",
        "global_high",
        "at_spurious",
        "dead",
        "moving",
        "elsewhere",
    ],
)
results.show_claims(
    "ReLU networks, critical points",
    "ReLU networks, critical values",
    "ReLU networks, landscape",
)

# %% [markdown]
# ## All claims

# %%
results.show_claims()
