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
results.show_claims("Equation 32", "Section 3.2", "Figure 1", "Section 4, definition of β")

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
corollary = results.table("corollary2_slopes").set_index(["of", "against"])
slope = corollary.loc[("s_m_squared", "m")]
say(
    f"The inequality of Lemma 6 held in every draw in {(lemma6['share_holding'] == 1).sum()} of "
    f"{len(lemma6)} settings, although the probability it is stated with is never positive. The "
    f"bound of Lemma 5 is between {lemma5['lemma_bound'].min():.3g} and "
    f"{lemma5['lemma_bound'].max():.3g}, where what it bounds is at least "
    f"{lemma5['lambda_actual'].min():.3g}. And `s_m(D)²` grows with the number of samples to the "
    f"power {slope['slope']:.2f} [{slope['low']:.2f}, {slope['high']:.2f}], in the setting in "
    "which Corollary 2 has it grow in proportion: it is the number of units that it follows."
)
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
relation = results.table("figure4_relation").set_index("of")
gain = groups.loc["optimised minus random"]
say(
    f"Optimising the regulariser raises `s_m(D)²` by {gain['s_m_squared']:.3f} "
    f"[{gain['s_m_squared_low']:.3f}, {gain['s_m_squared_high']:.3f}]; the figure shows "
    f"{gain['published_s_m_squared']:.3f}. Over all sets of units the rank correlation is "
    f"{relation.loc['all', 'correlation']:.2f}; among random ones alone it is "
    f"{relation.loc['random', 'correlation']:.2f} [{relation.loc['random', 'low']:.2f}, "
    f"{relation.loc['random', 'high']:.2f}]."
)
results.show_claims("Figure 4")

# %% [markdown]
# ## Table 2: inputs in one orthant
#
# Inputs without negative coordinates leave some slices of the weights' sphere useless. Weights
# kept away from these raise the smallest eigenvalue, by a factor that has a closed form.

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
say(
    f"At the last step measured, the loss has reached between {last['ratio_over_bound'].min():.2f} "
    f"and {last['ratio_over_bound'].max():.2f} of what the gradient allows, so equation 7 is "
    f"nearly tight there. The singular value never fell below "
    f"{along['singular_value_squared_over_initial'].min():.2f} of its initial square."
)
results.show_claims("Equation 7 and Theorem 3", "Theorem 3", "Lemma 14")

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
# tries. Strength and try are chosen on validation data. Each replicate has its own teacher, and
# its runs are compared within the replicate.

# %%
results.show_table(
    "table1",
    ["output", "n", "arm", "runs", "test", "test_sd", "published_test", "published_test_sd"],
)

# %%
strengths = results.table("table1_strengths")
by_strength = strengths.groupby("strength")["l2_squared_change"].mean()
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
results.show_claims("Table 3")

# %% [markdown]
# ## What others say of the paper
#
# A widely read summary gives two numbers for the gain. We hold them against the paper's own
# tables and against our runs.

# %%
results.show_claims("A summary of the paper")

# %% [markdown]
# ## All claims

# %%
results.show_claims()
