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
results.show_claims("Corollary 3")

# %% [markdown]
# ## Figure 7: optima are not unique
#
# Two bends of the same sign at neighbouring samples can be replaced by a single one between them.
# The outputs on the data do not change, nor does the cost.

# %%
results.show_figure("figure7")

# %%
solutions = results.table("solutions")
say(
    f"Both networks have the objective {solutions['value'].iloc[0]:.6g}, within "
    f"{solutions['relative_gap'].max():.1g} of the proved bound. They agree on the data and differ "
    f"by up to {solutions['largest_difference'].iloc[0]:.2f} between them."
)
results.show_claims("Proposition 1, Figure 7")

# %% [markdown]
# ## Figure 1a: small initial weights and the linear spline
#
# Here networks are trained without a regulariser. The settings are ours, and so are the first data,
# on which bends change sign from sample to sample. On those of Figure 7 two bends can be merged, so
# that the spline is one optimum of several. Gradient descent moves biases like other weights, while
# the theory lets them cost nothing.

# %%
results.show_figure("figure1a")

# %%
results.show_table(
    "figure1a", ["data", "scale", "runs", "fitted", "median_distance", "largest_distance"]
)
sweep = results.table("figure1a")
zigzag = sweep[sweep["data"] == "zigzag"]
nearest, smallest = zigzag.loc[zigzag["median_distance"].idxmin()], zigzag.iloc[0]
say(
    f"On the zigzag the median run comes nearest for s = {nearest['scale']:g}, to within "
    f"{nearest['median_distance']:.1g} of the range of the labels. For s = {smallest['scale']:g}, "
    f"the smallest, {smallest['fitted']} of {smallest['runs']} networks fit the data, and the "
    f"median loss is {smallest['median_loss']:.2g}."
)
results.show_claims("Figure 1a")

# %% [markdown]
# ## Whitened data
#
# If the samples are orthonormal, one unit fits the positive targets and another the negative ones.
# The optimum is known in closed form, for any number of samples.

# %%
results.show_table(
    "whitened",
    ["beta_over_smaller_norm", "closed_form", "units", "patterns", "difference", "certified_gap"],
)
results.show_claims("Theorem 9, Lemma 9")

# %% [markdown]
# ## Spike-free data
#
# The activations of a unit on the samples may be a linear map of them that is no longer than the
# unit. If that is so for every unit, two units that are active on all samples suffice, as we recall
# the theorem. It is so for orthogonal samples of any lengths, whitened or not.

# %%
results.show_table(
    "spike_free", ["data", "beta", "spike", "outside", "two_units", "program", "excess"]
)
results.show_claims("Theorem 4")

# %% [markdown]
# ## Cutting planes
#
# The dual has a constraint for each unit. As we recall the algorithm, a round solves it with the
# units found so far and adds the one that is violated most. We find it exactly: on a line among the
# kinks at samples, otherwise by a projection for each pattern.

# %%
results.show_table(
    "cutting_planes",
    ["data", "samples", "inputs", "beta", "patterns_or_kinks", "rounds", "last", "difference"],
)

# %%
rounds = results.table("cutting_planes")
say(
    f"It takes {rounds['rounds'].min()} to {rounds['rounds'].max()} rounds. After the last one no "
    f"unit exceeds its constraint by more than {max(rounds['violation'].max() - 1, 0):.1g} of it."
)
results.show_claims("Algorithm 1")

# %% [markdown]
# ## Figure 6: the gap of trained networks
#
# The objective of trained networks over the dual optimum, against the width. The paper states the
# sizes of the data and the strength of the regulariser, not the labels; for data of rank one we
# take two kinds.

# %%
results.show_figure("figure6")

# %%
gaps = results.table("figure6")
widest = gaps[gaps["width"] == gaps["width"].max()].set_index("data")
say(
    f"At width {widest['width'].iloc[0]} the best runs are above the bound by "
    + ", ".join(f"{gap:.1g} ({name})" for name, gap in widest["best_gap"].items())
    + ", relative to the objective of no network. Where a gap remains it is training that fails: a "
    "network that attains the bound is known in each case."
)
results.show_claims("Theorem 8", "Figure 6")

# %% [markdown]
# ## Figure 11: whitened images, ten outputs
#
# With labels one-hot each class gets one unit, and the optimum is a sum over classes. Our
# derivation is in `landscape.convex.whitened`. Whitening takes everything from the images but their
# labels: the objective depends on the samples' products only, and these are those of unit vectors.

# %%
results.show_figure("figure11")

# %%
results.show_table(
    "figure11", ["network", "units", "objective", "excess", "start_excess", "test_error"]
)

# %%
images = results.table("figure11").set_index("network")
trained, optimum = images.loc[["trained"]], images.loc["closed form"]
say(
    f"Trained networks end {trained['excess'].min():.1%} to {trained['excess'].max():.1%} above "
    f"{optimum['objective']:.4g}, the optimum. Of the objective of no network that is "
    f"{trained['gap_over_nothing'].min():.1g} or more. No number of steps brings these starts "
    f"to within {trained['start_excess'].min():.1%}. At an inactive sample a unit only decays, "
    "so it never becomes active there, and for most classes no unit starts active on all samples. "
    f"Test errors are {trained['test_error'].min():.1%} to {trained['test_error'].max():.1%}, and "
    f"{optimum['test_error']:.1%} at the optimum."
)
results.show_claims("Theorem 15", "Figure 11")

# %% [markdown]
# ## All claims

# %%
results.show_claims()
