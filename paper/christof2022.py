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
# # Spurious minima for every target that is not affine
#
# Christof & Kowalczyk, *On the Omnipresence of Spurious Local Minima in Certain Neural Network
# Training Problems* (Constructive Approximation), show that bad local minima are no accident of
# special data. If the activation has an affine segment, as the ReLU has, then every target that is
# not affine gives a continuum of them.
#
# The reason is short. Choose the biases so that every neuron stays on the affine segment for all
# data. The network is then an affine function, and so is every network nearby. None of them beats
# the best affine function, so a network that equals it is a local minimum. It is spurious as soon
# as some network does better.
#
# We had the abstract, not the text; the construction is derived anew, and the runs of gradient
# descent are ours.

# %%
from replication.show.notebook import Results, say

results = Results("christof2022")
say(results.summary())

# %% [markdown]
# ## Proved, not sampled
#
# All numbers of the construction are rational. Interval arithmetic in fractions shows how far every
# parameter may move before a neuron can leave the segment on the data, and the loss is compared
# with that of the best affine function as two fractions. The better network was trained in floats;
# a float is a rational number as well, so its loss is exact too.

# %%
results.show_figure("fits")
minima = results.table("minima")
say(
    f"For {minima['target'].nunique()} targets, {minima['activation'].nunique()} activations and "
    f"{minima['hidden'].nunique()} networks we built {minima['members'].sum()} members of the "
    f"continuum. {minima['unproved'].sum()} of them lack a proof. The proved radius is at least "
    f"{minima['radius'].min():.4f}. The better networks have between "
    f"{minima['better_ratio'].min():.1e} and {minima['better_ratio'].max():.3f} of the loss."
)
results.show_table(
    "minima",
    [
        "target",
        "activation",
        "hidden",
        "loss",
        "better_loss",
        "radius",
        "parameters",
        "dimension",
    ],
)

# %% [markdown]
# Nothing in the argument asks for the squared error. With another convex loss the best affine
# function is no longer rational. A Krawczyk test in ball arithmetic proves that there is one close
# to that of Newton's method, and encloses its loss. Some output layer makes the network that
# function, and how far the hidden neurons stay on the segment is still exact. The better network
# has one kink.

# %%
results.show_table(
    "losses",
    ["loss", "width", "members", "unproved", "affine_low", "affine_high", "gain", "radius"],
)

# %% [markdown]
# Nor does it ask for finitely many data. If the loss is an integral over an interval, a neuron that
# stays on the segment at both ends stays there in between, and integrals of polynomials are
# fractions.

# %%
results.show_table("integrals")

# %% [markdown]
# What networks can be is also why best approximation is ill-posed. Take an even target and one
# neuron. A network and its mirror image are equally good, and only constants are their own mirror
# images. As soon as some network beats every constant, a best one, if it exists, has a twin.

# %%
results.show_table("ill_posed")
results.show_claims("Abstract")

# %% [markdown]
# ## Does gradient descent end there?
#
# We train on the square from the usual random start, and then from the same start with larger
# biases. A run is caught if it ends affine on the data, with the loss of the best affine function.

# %%
results.show_figure("shifts")
shifts = results.table("shifts")
usual = shifts[shifts["shift"] == 0]
far = shifts[shifts["shift"] == shifts["shift"].max()]
for words, rows in (("Without a shift", usual), ("With the largest shift", far)):
    say(
        f"{words} the share caught is "
        + ", ".join(
            f"{row.caught:.2f} ({row.caught_low:.2f} to {row.caught_high:.2f}) at width "
            f"{row.width} with steps of {row.step:g}"
            for row in rows.itertuples()
        )
        + "."
    )

# %%
widest = far[far["width"] == far["width"].max()]
say(
    f"At width {widest['width'].iloc[0]} and the largest shift, of {widest['runs'].iloc[0]} runs "
    + ", ".join(
        f"{row.affine_at_start} were affine on the data at the start and "
        f"{round(row.caught * row.runs)} caught at the end with steps of {row.step:g}"
        for row in widest.itertuples()
    )
    + ". A local minimum holds gradient flow, but gradient descent only if its step is short for "
    "the curvature there, and large biases mean a large curvature. That is our reading where the "
    "longer step lets runs escape."
)

# %%
results.show_table(
    "shifts", ["width", "step", "shift", "runs", "caught", "caught_low", "caught_high", "diverged"]
)
results.show_claims("Numerical experiment of the first version")

# %% [markdown]
# ## All claims

# %%
results.show_claims()
