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
# # Every critical point of a small network
#
# Cheridito, Jentzen & Rossmannek, *Landscape Analysis for Shallow Neural Networks: Complete
# Classification of Critical Points for Affine Target Functions* (Journal of Nonlinear Science),
# take a network with one input and one hidden layer of ReLU neurons, and the simplest target there
# is: a straight line on an interval. Even here gradient descent can fail. They list every critical
# point: there are no local maxima, every local minimum that is not global comes from dead
# neurons, and all the rest are saddles.
#
# We had the abstract, not the text. The list of levels and the rule for constant functions are
# derived anew, and the names of the kinds of neurons are as recalled.

# %%
from replication.show.notebook import Results, say

results = Results("cheridito2021")
say(results.summary())

# %% [markdown]
# ## The levels
#
# The loss is an integral of squares of straight lines, so with rational parameters it is a
# rational number, and so are its gradient and its Hessian. A critical point with `n` kinks cuts the
# interval into `n + 1` equal pieces; its error goes up and down between them.
#
# That no critical point is a local maximum needs no table: in the outer bias alone the loss is a
# parabola that opens upwards.

# %%
results.show_figure("errors")
levels = results.table("levels")
unit = levels[(levels["interval"] == "[0, 1]") & (levels["alpha"] == "1")]
simple = unit[~unit["arrangement"].str.contains("split")]
say(
    "For the target x on `[0, 1]` the levels are "
    + ", ".join(f"{row.level} (n = {row.n})" for row in simple.itertuples())
    + ". The Hessians have "
    + ", ".join(str(count) for count in simple["negative"])
    + " negative eigenvalues, counted exactly: one for each kink. If several neurons share a kink, "
    "there is one for each with a positive share."
)
results.show_table(
    "levels",
    ["alpha", "interval", "n", "arrangement", "level", "negative", "zero", "positive", "kind"],
)
results.show_claims("Classification of critical points, levels")

# %% [markdown]
# ## Are there others?
#
# From random networks we look for zeros of the gradient with the exact Hessian, whatever their
# kind. Searches that get stuck are counted as well. With a quadratic activation, of which more
# below, the highest level is the only one that is not zero. For the leaky ReLU we know no list, and
# ask whether each zero above loss zero has a way down.

# %%
roots = results.table("roots")
leaky = roots[roots["activation"] == "leaky ReLU"]
say(
    f"Of {roots['starts'].sum()} searches {roots['roots'].sum()} found a zero of the gradient; "
    f"{roots['off_the_list_or_above'].sum():.0f} of these are at a level that is not on the list. "
    f"With the leaky ReLU {leaky['above_zero'].sum()} are above loss zero, and "
    f"{leaky['above_zero_no_strict_saddle'].sum()} of these have a Hessian without a negative "
    "eigenvalue."
)
results.show_table("roots")
results.show_claims("Classification of critical points, no others", "Abstract, leaky ReLU")

# %% [markdown]
# ## Constant functions: minimum or saddle
#
# On the highest level the network is constant. Whether it is a local minimum depends on neurons
# that contribute nothing. A neuron whose kink lies just at an end of the interval helps to escape
# if its outer weight has the right sign, and locks the door if it has the wrong one. One neuron
# that helps is enough.

# %%
results.show_table(
    "plateau",
    ["first", "second", "predicted", "lower", "lowest_change", "exact_descent"],
)
results.show_claims("Classification of critical points, constant functions")

# %% [markdown]
# ## Another activation
#
# With squares in place of the ReLU no neuron can die, and there is nothing to get stuck in: apart
# from global minima only constant functions are critical, in four ways, and each has a way down.
# Only where all weights of a neuron are zero does the Hessian not show it.

# %%
results.show_table(
    "quadratic",
    ["alpha", "interval", "neuron", "level", "negative", "zero", "positive", "exact_descent"],
)
results.show_claims("Abstract, quadratic activation")

# %% [markdown]
# ## What it means for training
#
# Gradient descent on the exact loss, from standard normal weights.

# %%
results.show_figure("widths")
widths = results.table("widths")
relu = widths[widths["activation"] == "ReLU"]
say(
    "The share of runs that end on the highest level is "
    + ", ".join(
        f"{row.plateau:.3f} ({row.plateau_low:.3f} to {row.plateau_high:.3f}) with {row.neurons}"
        for row in relu.itertuples()
    )
    + f" neurons. {relu['plateau_not_dead'].sum()} of these runs have a neuron that is not dead. "
    f"At the start all neurons were dead in {relu['dead_at_start_runs'].sum()} runs, at the end in "
    f"{relu['dead_runs'].sum()}; in {relu['with_kink_at_end'].sum()} of "
    f"{relu['plateau_runs'].sum()} runs a kink was led to an end of the interval. Of the "
    f"{relu['kinks_at_end'].sum()} such kinks {relu['kinks_of_wrong_sign'].sum()} are of the sign "
    "from which there is an escape."
)
results.show_claims("Abstract, minima")

# %% [markdown]
# ## All claims

# %%
results.show_claims()
