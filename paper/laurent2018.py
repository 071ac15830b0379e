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
# # When deep linear networks have no bad minima
#
# Laurent & von Brecht, *Deep Linear Networks with Arbitrary Loss: All Local Minima Are Global*
# (ICML 2018), take any loss that is convex and differentiable. If no hidden layer is narrower than
# both the input and the output, then every local minimum of the deep linear network is global
# (Theorem 1). Without a derivative this may fail (Theorem 2). Behind both stands Theorem 3: for any
# differentiable function `f` of the product of all layers, convex or not, a local minimum over the
# layers is a point where the gradient of `f` itself is zero.
#
# The text of the paper was not available to us. The theorems are stated as recalled from its
# abstract and from a published reading note. All examples and runs below are ours; so are their
# proofs.

# %%
from replication.show.notebook import Results, say

results = Results("laurent2018")
say(results.summary())

# %% [markdown]
# ## Theorem 1: seven losses, wide and narrow networks
#
# We train networks of several shapes from random starts, with more inputs than outputs and the
# reverse, and compare the loss at the end with that of the best linear predictor, a convex problem
# which Newton's method solves.

# %%
results.show_figure("excess")

# %%
networks = results.table("theorem1")
wide, narrow = networks[networks["wide"]], networks[~networks["wide"]]
say(
    f"{wide['starts'].sum()} starts of networks that meet the width condition end within "
    f"{wide['distance_most'].max():.1g} of the convex optimum; {wide['suboptimal'].sum()} of them "
    f"at a worse minimum. Networks with a bottleneck are held up at losses up to "
    f"{narrow['excess_most'].max():.2g} above it, and in some losses at several: up to "
    f"{narrow['most_levels'].max()} levels for one data set."
)
results.show_claims("Theorem 1")

# %% [markdown]
# It matters that the theorem speaks of local minima. At `W = 0` every network is critical, whatever
# `f` does there.

# %%
results.show_table(
    "origin",
    ["loss", "inputs", "outputs", "depth", "slope", "gradient", "least_eigenvalue"],
)
results.show_claims("Theorem 1, remark on critical points")

# %% [markdown]
# ## Theorem 3: any differentiable function
#
# Theorem 3 says of an `f` that is not convex only that its gradient is zero wherever the network
# has a local minimum. We train networks in random sums of waves, which have many local minima.

# %%
waves = results.table("nonconvex")
wide, narrow = waves[waves["wide"]], waves[~waves["wide"]]
say(
    f"{wide['minima'].sum()} of {wide['starts'].sum()} starts of networks that meet the width "
    f"condition end at a local minimum, of up to {wide['most_levels'].max()} values for one f. The "
    f"gradient of f there is at most {wide['slope_most'].max():.1g} of its usual size; at the "
    f"minima of networks with a bottleneck it is up to {narrow['slope_most'].max():.2g}."
)
results.show_table("nonconvex")

# %% [markdown]
# No more than that holds: the first two matrices of the examples below are a local minimum of the
# network for a smooth `f` that has a saddle there.

# %%
results.show_claims("Theorem 3")

# %% [markdown]
# ## The proof of Theorem 3: a way out of every saddle
#
# The proof has a use of its own. Where the gradient of `f` is not zero, a product of layers has a
# kernel, and the layers behind it can be moved without any change of the loss. If the point were a
# local minimum, so would all its moved copies be, and all of them would be critical. They are not.
# So a move leads out of saddles that are flat to second order, where gradient descent stands still.

# %%
moves = results.table("theorem3")
say(
    f"From {moves['points'].sum()} non-strict saddles of the square loss, descents without a move "
    f"stay at {moves['stayed'].sum()}. A move changes the loss by at most "
    f"{moves['change_most'].max():.1g} of its size, after which the gradient is at least "
    f"{moves['gradient_least'].min():.1g} of its natural size. The descent may end at the next "
    f"saddle; with at most {moves['moves_most'].max()} moves all but {moves['not_global'].sum()} "
    "reach the global minimum."
)
results.show_claims("Theorem 3, proof")

# %% [markdown]
# ## Theorem 2: without a derivative
#
# Two small examples. With layers of widths two, two and two, the loss is the sum of the absolute
# differences of the product from a matrix with a single entry one; with widths two, one and one,
# the same for a single output. Both are convex and Lipschitz in the product, both meet the width
# condition, and both have a local minimum of loss one where zero is possible. A polynomial
# identity, checked in exact arithmetic, bounds the loss in a ball from below; a rational point
# attains the bound.

# %%
results.show_figure("balls")

# %%
balls = results.table("balls").set_index(["example", "radius"])
say(
    "The least loss in a ball is exactly, in the two examples, "
    + "; ".join(
        f"at radius {radius:g}, {balls.loc[('matrix', radius), 'proved_exactly']} "
        f"and {balls.loc[('scalar', radius), 'proved_exactly']}"
        for radius in (0.5, 0.51, 0.6)
    )
    + "."
)

# %% [markdown]
# Training is caught there; once the absolute value is rounded off at its tip, it no longer is, as
# Theorem 1 says. The point is then a strict saddle, though one that becomes flat as the rounding
# becomes small.

# %%
descents = results.table("descents")
anywhere = descents[(descents["start"] == "anywhere") & (descents["loss"] == "absolute")]
say(
    "From Gaussian starts the share of subgradient descents that are caught is "
    + ", ".join(
        f"{row.caught:.3f} ({row.caught_low:.3f} to {row.caught_high:.3f}) in the {row.example} "
        f"example with {row.depth} layers"
        for row in anywhere.itertuples()
    )
    + "."
)
results.show_table("smoothed", ["example", "eps", "formula", "over_eps", "negative", "certified"])
results.show_claims("Theorem 2")

# %% [markdown]
# ## Without the width
#
# One hidden neuron is enough for bad minima. In a quadratic loss with weight `w` on two entries the
# threshold is known exactly. In the logistic and the exponential loss of random data, minima of
# different value are found by training and proved in ball arithmetic.

# %%
results.show_figure("bottleneck")

# %%
totals = results.table("bottleneck")
say(
    "; ".join(
        f"in the {row.loss} loss, {row.certified} of {row.draws} data sets have a bad local "
        f"minimum that is proved, a share of {row.share:.2f} "
        f"({row.share_low:.2f} to {row.share_high:.2f})"
        for row in totals.itertuples()
    ).capitalize()
    + f". Of {totals['minima'].sum()} minima that training found, "
    f"{totals['minima_certified'].sum()} are proved."
)
results.show_table(
    "threshold", ["weight", "negative", "zero", "positive", "curve", "minimum", "caught"]
)
results.show_claims("Theorem 1, width")

# %% [markdown]
# ## All claims

# %%
results.show_claims()
