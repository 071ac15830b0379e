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
# # Diverse units, and what they buy
#
# Xie, Liang & Song, *Diverse Neural Network Learns True Target Functions* (AISTATS 2017), ask why
# gradient descent does not get stuck when it trains a network with one hidden layer. Their answer
# has two halves. If the hidden units point in diverse directions, then wherever the gradient is
# small the training loss is small too, so there are no bad places to get stuck in. And diverse
# units are not rare: nearly all random ones are diverse, gradient descent seems to keep them so,
# and a regulariser can help.
#
# This page rebuilds the tables and figures of the paper and judges its claims one by one. Every
# number on it was read from a table of this run when the page was built.

# %%
from replication.show.notebook import Results, say

results = Results("xie2017")
say(results.summary())

# %% [markdown]
# ## The argument
#
# A network `f(x) = Σ v_k max(0, <w_k, x>)` with fixed signs `v_k` has the loss `L = Σ (f(x_l) -
# y_l)² / 2m` on `m` samples. Its gradient in the weights is linear in the residual `r`: it is `D
# r`, where the extended feature matrix `D` stacks, for each unit, the samples on which it is
# active. A matrix whose smallest singular value `s_m(D)` is positive cannot send a large residual
# to a small gradient: `||r|| <= ||∂L/∂W|| / s_m(D)`. Everything else in the paper bounds `s_m(D)`
# from below.

# %%
results.show_claims("Equation 6", "Equation 7", "Section 3")

# %% [markdown]
# ## The ideal kernel
#
# With many random units the Gram matrix of the extended features approaches that of a kernel,
# `g`. Its eigenvalues, which the paper gives as integrals, have closed forms; the theorem counts
# on their slow decay. The printed curve of Figure 1 is lower than the exact one by a constant:
# the factor in front of the integral was left out.

# %%
results.show_figure("figure1")

# %%
blocks = results.table("figure1_blocks")
totals = results.table("spectrum_totals")
say(
    f"The curve stays above the line `γ_1 / m`, after its last drop by a factor of only "
    f"{blocks['smallest_over_reciprocal'].iloc[-1]:.2f}. It cannot do so for ever: the largest "
    f"`m γ_m` over all `m` is {totals['largest_m_gamma'].max():.3f} in every dimension tried."
)
results.show_claims("Equation 32", "Section 3.2", "Figure 1")

# %% [markdown]
# Figure 2 of the paper compares these eigenvalues with those of a Gram matrix. Its last step
# belongs to another kernel, that of the activation `max(u, 0)²`: the kernel `g` has no harmonics
# of that degree.

# %%
results.show_figure("figure2")
results.show_claims("Figure 2")

# %% [markdown]
# ## From the kernel to the singular value
#
# Lemma 6 bounds the smallest eigenvalue of the ideal Gram matrix, Lemma 5 the singular value of
# the actual features. We compute both sides.

# %%
results.show_figure("singular_values")

# %%
lemma6 = results.table("lemma6")
lemma5 = results.table("lemma5")
slopes = results.table("corollary2_slopes").set_index(["of", "against"])
corollary, wide = (slopes[slopes["factor"] == end] for end in slopes["factor"].agg(["min", "max"]))
slope = corollary.loc[("s_m_squared", "m")]
minimum = lemma6.loc[lemma6["smallest_ratio"].idxmin()]
say(
    f"The inequality of Lemma 6 held in every draw in {(lemma6['share_holding'] == 1).sum()} of "
    f"{len(lemma6)} settings, although the probability it is stated with is never positive; "
    f"farthest from it was d = {minimum['d']:.0f} with m = {minimum['m']:.0f}. The "
    f"bound of Lemma 5 is between {lemma5['lemma_bound'].min():.3g} and "
    f"{lemma5['lemma_bound'].max():.3g} with constant one, and would need one below "
    f"{lemma5['constant_needed'].max():.2g} to be positive, where what it bounds is at least "
    f"{lemma5['lambda_actual'].min():.3g}. And `s_m(D)²` grows with the number of samples to the "
    f"power {slope['slope']:.2f} [{slope['low']:.2f}, {slope['high']:.2f}]. Corollary 2 would have "
    "it grow in proportion if γ_m fell as slowly as it presupposes; here γ_m falls with the power "
    f"{corollary.loc[('gamma_m', 'm'), 'slope']:.2f}, and `s_m(D)²` follows the number of units. "
    "With so many inputs that d exceeds m, γ_m falls with the power "
    f"{wide.loc[('gamma_m', 'm'), 'slope']:.2f}, as presupposed, and `s_m(D)²` grows with the "
    f"power {wide.loc[('s_m_squared', 'm'), 'slope']:.2f}. It cannot do otherwise for ever: "
    "`m γ_m` is at most the trace of the kernel, and `s_m(D)²` at most the number of units."
)
results.show_table("corollary2", ["m", "n", "d", "s_m_squared", "per_unit", "gamma_m"])
results.show_claims("Lemma 6", "Lemma 6 and Theorem 1", "Lemma 5", "Theorem 1", "Corollary 2")

# %% [markdown]
# ## Discrepancy, and Figure 4
#
# Diversity is measured by how evenly the directions of the units fill the slices of the sphere on
# which two inputs are both active. Theorem 8 turns this into a sum over pairs of units, which can
# be minimised: that is the regulariser.

# %%
results.show_claims("Theorem 8", "Lemma 9")
results.show_figure("figure4")

# %%
groups = results.table("figure4_groups").set_index("group")
relation = results.table("figure4_relation")
gain = groups.loc["optimised minus random"]
stopped = groups.loc["optimised to the published discrepancy minus random"]
say(
    f"Optimising the regulariser raises `s_m(D)²` by {gain['s_m_squared']:.3f} "
    f"[{gain['s_m_squared_low']:.3f}, {gain['s_m_squared_high']:.3f}]; the figure shows "
    f"{gain['published_s_m_squared']:.3f}. Its optimised units are not at the least discrepancy: "
    f"optimised only as far as theirs, ours gain {stopped['s_m_squared']:.3f} "
    f"[{stopped['s_m_squared_low']:.3f}, {stopped['s_m_squared_high']:.3f}]. The rank correlations "
    "of discrepancy and `s_m(D)²` are "
    + ", ".join(f"{row.correlation:.2f} ({row.of})" for row in relation.itertuples())
    + "."
)
results.show_claims("Figure 4")

# %% [markdown]
# ## Table 2: inputs in one orthant
#
# Inputs without negative coordinates leave some slices of the weights' sphere useless. Weights
# kept away from these raise the smallest eigenvalue, by a factor that has a closed form. The paper
# estimates it from finitely many weights, whose noise is larger than what is to be seen.

# %%
results.show_table(
    "table2",
    [
        "d",
        "runs",
        "uniform_median",
        "published_uniform",
        "matching_median",
        "published_matching",
        "ratio",
        "predicted_ratio",
        "published_ratio",
        "published_noise",
        "published_z",
    ],
)
results.show_claims("Table 2")

# %% [markdown]
# ## Does training obey the bound, and keep it useful?
#
# Theorem 3 replaces the singular value by the discrepancy of the units, for diverse weights. We
# follow loss, gradient and singular value along gradient descent, at several widths.

# %%
along = results.table("theorem3")
last = along[along["step"] == along["step"].max()]
kept = last.groupby("init_scale", sort=False)["singular_value_squared_over_initial"].min()
say(
    f"At the last step measured, the loss has reached between {last['ratio_over_bound'].min():.2f} "
    f"and {last['ratio_over_bound'].max():.2f} of what the gradient allows. The square of the "
    "singular value is then, over that before training and at its least, "
    + ", ".join(f"{least:.2f} from initial scale {scale:g}" for scale, least in kept.items())
    + "."
)
results.show_table("theorem3_constants")
results.show_claims("Theorem 3", "Lemma 14")

# %% [markdown]
# ## Figure 3: does gradient descent keep units diverse?
#
# The discrepancy of the trained units against their number. The paper states neither the scale of
# the initial weights nor whether samples are fresh; the scale turns out to matter more than
# anything that is stated.

# %%
results.show_figure("figure3")

# %%
slopes = results.table("figure3_slopes")
ours = slopes[slopes["of"] == "SGD"]
say(
    "The slopes in log-log coordinates are "
    + ", ".join(
        f"{row.slope:.2f} [{row.low:.2f}, {row.high:.2f}] at initial scale {row.init_scale:g}"
        for row in ours.itertuples()
    )
    + f", against {slopes[slopes['of'] == 'published']['slope'].item():.2f} through the digitised "
    "points. From the largest initial scale the units stay nearly as diverse as random ones, which "
    "says more about where training began than about what it does."
)
results.show_claims("Figure 3")

# %% [markdown]
# ## Table 1: the regulariser on synthetic data
#
# The paper reports the best of four strengths against a single run without regulariser. Best of
# several is an advantage of its own, so we add a control: unregularised training with as many
# tries, from the same initial weights. Strength and try are chosen on validation data. Each
# replicate has its own teacher, and its runs are compared within the replicate.

# %%
results.show_table(
    "table1",
    ["output", "n", "arm", "runs", "test", "test_sd", "published_test", "published_test_sd"],
)

# %%
pooled = ["replicates", "test_ratio", "test_ratio_low", "test_ratio_high"]
results.show_table("table1_pooled", ["output", "of", "over", *pooled, "published_test_ratio"])
by_width = ["n", "against", *pooled, "published_test_ratio"]
results.show_table("table1_effects", ["output", *by_width])
printed = results.table("table1_pooled").iloc[0]
say(
    f"Over all widths the printed test errors are {printed['published_test_ratio']:.2f} "
    f"[{printed['published_test_ratio_low']:.2f}, {printed['published_test_ratio_high']:.2f}] of "
    "the unregularised ones, as their standard deviations over seeds allow."
)
strengths = results.table("table1_strengths")
by_strength = 100 * (strengths.groupby("strength")["l2_squared_ratio"].mean() - 1)
say(
    "What the regulariser does to the squared discrepancy it is meant to lower, in percent, on "
    "average over the settings: "
    + ", ".join(
        f"{change:.3g} at strength {strength:g}" for strength, change in by_strength.items()
    )
    + "."
)
results.show_claims("Table 1")

# %% [markdown]
# ## Table 3: the regulariser on MNIST
#
# Of this experiment the paper gives the widths and the errors. We train on the first part of the
# training images, choose on the last part, and test on the test images; losses and learning rates
# are in the configuration.

# %%
results.show_table(
    "table3",
    ["loss", "n", "arm", "runs", "train", "test", "test_sd", "published_train", "published_test"],
)
results.show_table("table3_pooled", ["loss", "of", "over", *pooled, "test", "published_test"])
results.show_table("table3_effects", ["loss", "n", "against", *pooled, "test", "published_test"])
strengths = results.table("table3_strengths")
by_strength = 100 * (strengths.groupby("strength")["l2_squared_ratio"].mean() - 1)
say(
    "Here the regulariser changes the squared discrepancy, in percent, by "
    + ", ".join(
        f"{change:.3g} at strength {strength:g}" for strength, change in by_strength.items()
    )
    + "."
)
results.show_claims("Table 3")

# %% [markdown]
# ## What others say of the paper
#
# A widely read summary gives two numbers for the gain, which are not those of the paper's tables.
# We hold them against our runs.

# %%
results.show_claims("A summary of the paper")

# %% [markdown]
# ## All claims

# %%
results.show_claims()
