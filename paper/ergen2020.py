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
# # Which units an optimal network has
#
# Ergen & Pilanci, *Convex Geometry and Duality of Over-parameterized Neural Networks*
# (JMLR 2021), look at two-layer ReLU networks with weight decay through their convex dual. Its
# constraints say which units an optimum can have. For data on a line these bend at samples, for
# whitened data there are two of them, and the dual optimum is attained.
#
# Biases are not penalised. A unit whose bend lies far outside the data is nearly constant on them,
# at nearly no cost. So a constant is free, and we give the networks a free output bias: the least
# objective is the same, and is attained.

# %%
from replication.show.notebook import Results, say

results = Results("ergen2020")
say(results.summary())

# %% [markdown]
# ## Data on a line
#
# The optimum over units that bend at samples is a lasso. Its dual gives a lower bound for all
# networks, wherever they bend, because a unit's correlation with a residual of mean zero is linear
# between samples.

# %%
results.show_table("line", ["samples", "beta", "value", "relative_gap", "gain"])
results.show_claims("Corollaries 3 and 8")

# %% [markdown]
# ## Figure 6: the gap closes as neurons are added
#
# The paper solves the convex problem with some of the neurons that the corollaries allow, and
# subtracts the dual optimum. The data of the first panel are those of Figure 1b; of the others only
# sizes are stated, so that of rank-one data we take labels of two kinds. The order of the neurons
# is not stated either, and with ours the gaps in between are not the printed ones. Where no network
# fits, the gap of the problem with equality constraints is infinite and not drawn.

# %%
results.show_figure("figure6")

# %%
duality = results.table("duality")
say(
    f"With all neurons the gap is at most {duality['relative_gap'].max():.1g} of the optimum. "
    f"Between {duality['used'].min()} and {duality['used'].max()} neurons are enough."
)
results.show_table(
    "duality",
    [
        "data",
        "problem",
        "samples",
        "neurons",
        "used",
        "optimum",
        "relative_gap",
        "vanishes_at",
        "published_vanishes_at",
    ],
)
results.show_claims("Theorem 8", "Theorem 3, Corollaries 4, 6 and 7", "Figure 6")

# %% [markdown]
# Training is another matter, and not the paper's figure. Where a gap remains a network without one
# is known.

# %%
trained = results.table("trained")
widest = trained[trained["width"] == trained["width"].max()].set_index("data")
say(
    f"At width {widest['width'].iloc[0]} the best runs of Adam are above the bound by "
    + ", ".join(f"{excess:.2g} ({name})" for name, excess in widest["best_excess"].items())
    + ", relative to it."
)
results.show_table("trained", ["data", "width", "runs", "best_excess", "median_excess"])

# %% [markdown]
# ## Figure 7: optima are not unique
#
# Two bends of the same sign at neighbouring samples can be replaced by a single one between them.
# The outputs on the data do not change, nor does the cost. Section 11.2 prints four solutions as
# fractions, and two of the problem with equality constraints. In exact arithmetic they are optimal
# among all networks; but the kinks of the third and the fourth solution are exchanged in print.

# %%
results.show_figure("figure7")
results.show_table("solutions", ["problem", "solution", "exact", "norm", "excess", "distance"])
results.show_claims("Proposition 1, Figure 7")

# %% [markdown]
# ## Figure 1a: small initial weights and the linear spline
#
# Here networks are trained without a regulariser until they fit. Widths and data are the figure's;
# its step sizes, and whether biases are drawn like weights, are not stated. At the left end of the
# figure not all of ours come to fit.

# %%
results.show_figure("figure1a")
results.show_table(
    "figure1a",
    ["width", "deviation", "fitted", "error", "error_low", "error_high", "published_error"],
)
results.show_claims("Figure 1a")

# %% [markdown]
# ## Whitened data
#
# If the samples are orthonormal, one unit fits the positive targets and another the negative ones.
# The optimum is known in closed form, for any number of samples, with and without a regulariser.

# %%
results.show_table(
    "whitened",
    [
        "problem",
        "beta_over_smaller_norm",
        "closed_form",
        "units",
        "patterns",
        "difference",
        "certified_gap",
    ],
)
results.show_claims("Theorem 9", "Lemmas 9 and 10")

# %% [markdown]
# ## Spike-free data
#
# The activations of a unit on the samples may be a linear map of them that is no longer than the
# unit. If that is so for every unit, two units that are active on all samples suffice. It is so for
# orthogonal samples of any lengths, whitened or not, and for non-negative multiples of one sample.

# %%
results.show_table(
    "spike_free", ["data", "problem", "beta", "spike", "outside", "two_units", "program", "excess"]
)
results.show_claims("Theorem 4", "Lemma 3")

# %% [markdown]
# Theorem 5 says that Gaussian samples are asymptotically spike-free. They are not. Of two samples
# at an obtuse angle each is a unit that sees itself alone, and the other must be cancelled by
# something longer. The angle of two Gaussian samples is obtuse with probability one half in every
# dimension. What does fade is the length of the spikes, which tends to one because the samples
# become nearly orthogonal.

# %%
spikes = results.table("spikes")
two = spikes[spikes["rows"] == spikes["rows"].min()]
say(
    f"Of matrices with {two['rows'].iloc[0]} rows {two['share'].min():.1%} to "
    f"{two['share'].max():.1%} have a spike. At {spikes['inputs'].max():,} columns spikes are at "
    f"most {spikes.loc[spikes['inputs'] == spikes['inputs'].max(), 'mean_bound'].max() - 1:.1g} "
    "longer than one, in the mean."
)
results.show_table(
    "spikes",
    [
        "rows",
        "inputs",
        "draws",
        "share",
        "found",
        "found_low",
        "found_high",
        "limit",
        "mean_longest",
        "mean_bound",
    ],
)
results.show_claims("Theorem 5")

# %% [markdown]
# ## Samples that are vertices
#
# A sample that is a vertex of the convex hull of all can be seen alone by a unit with a bias. If
# all are, as many units as samples fit any labels.

# %%
results.show_table(
    "vertices", ["rows", "inputs", "above_threshold", "draws", "all_vertices", "largest_misfit"]
)
results.show_claims("Theorem 6, Lemma 7", "Theorem 7")

# %% [markdown]
# ## Cutting planes
#
# The dual has a constraint for each unit. A round of Algorithm 1 adds the two units that a convex
# relaxation finds, which is exact for spike-free data. As printed it maximises a linear function
# over the constraints of all units, which cannot be written down; over those of the units found so
# far it has no maximum in the first rounds. The dual of the regularised problem has one, and starts
# from y as the algorithm does. So what we run is not the algorithm as printed.

# %%
results.show_table(
    "algorithm1", ["data", "beta", "rounds", "value", "difference", "outside_first_units"]
)

# %% [markdown]
# On other data the most violated unit can be found exactly, on a line among the kinks at samples,
# otherwise by a projection for each pattern.

# %%
rounds = results.table("cutting_planes")
say(
    f"It takes {rounds['rounds'].min()} to {rounds['rounds'].max()} rounds. After the last one no "
    f"unit exceeds its constraint by more than {max(rounds['violation'].max() - 1, 0):.1g} of it."
)
results.show_table(
    "cutting_planes",
    ["data", "samples", "inputs", "beta", "patterns_or_kinks", "rounds", "last", "difference"],
)
results.show_claims("Algorithm 1, Proposition 2")

# %% [markdown]
# ## Figure 11: whitened images, ten outputs
#
# With labels one-hot each class gets one unit, and the optimum is a sum over classes. Whitening
# takes everything from the images but their labels: the objective depends on the samples' products
# only, and these are those of unit vectors.

# %%
results.show_figure("figure11")

# %%
results.show_table(
    "figure11",
    ["network", "units", "objective", "excess", "start_excess", "accuracy", "advantage"],
)

# %%
images = results.table("figure11").set_index("network")
ends, optimum = images.loc[["trained"]], images.loc["closed form"]
level = results.table("figure11_level").iloc[0]
say(
    f"Trained networks end {ends['excess'].min():.1%} to {ends['excess'].max():.1%} above "
    f"{optimum['objective']:.4g}, the optimum. No number of steps brings these starts "
    f"to within {ends['start_excess'].min():.1%}. At an inactive sample a unit only decays, "
    "so it never becomes active there, and for most classes no unit starts active on all samples. "
    f"Test accuracies are {ends['accuracy'].min():.1%} to {ends['accuracy'].max():.1%}, and "
    f"{optimum['accuracy']:.1%} at the optimum."
)
say(
    f"The figure has the optimum at {level['published']:.4g}. Theorem 15 gives at most "
    f"{level['largest']:.4g} for these sizes and this strength, if all classes are equally large."
)
results.show_claims("Theorem 15", "Figure 11")

# %% [markdown]
# ## All claims

# %%
results.show_claims()
