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
# # Which saddles hold gradient descent up
#
# Achour, Malgouyres & Gerchinovitz, *The Loss Landscape of Deep Linear Neural Networks: a
# Second-order Analysis* (JMLR 2024), classify all critical points of a deep linear network in the
# square loss. It was known that none of them is a bad local minimum. Open was which of the
# saddles are strict, with a direction of negative curvature that gradient descent can leave by,
# and which are flat to second order.
#
# Their answer looks only at products of the weight matrices. A critical point is associated with
# a set `S` of eigenvalues of the data's matrix Sigma, which fixes its loss. It is a non-strict
# saddle exactly if `S` holds the largest eigenvalues, there are fewer of them than the widths
# would allow, and the point is *tightened*: for each pair of layers, one of two complementary
# products of the other matrices has the smallest possible rank.

# %%
from landscape.notebook import Results, say

results = Results("achour2024")
verdicts = results.table("../verdicts")
counts = verdicts["verdict"].value_counts()
say(
    f"This is the **{results.tier}** tier. Of {len(verdicts)} claims, "
    + ", ".join(f"{count} are {verdict}" for verdict, count in counts.items())
    + "."
)

# %% [markdown]
# ## The classification, by census
#
# We draw data, widths and free parameters at random, build critical points of every kind, and
# hold Theorem 7 against the eigenvalues of the dense Hessian.

# %%
census = results.table("theorem7")
say(
    f"Among {census['points'].sum()} points {census['mismatches'].sum()} are of another kind than "
    f"Theorem 7 says. The least eigenvalue, on a scale that does not vanish with the Hessian, is "
    f"at most {census.loc[census['kind'] == 'strict_saddle', 'least_eigenvalue_to'].max():.2g} at "
    f"the strict saddles and at least "
    f"{census.loc[census['kind'] != 'strict_saddle', 'least_eigenvalue_from'].min():.2g} at all "
    "others: nothing lies between."
)
results.show_table(
    "theorem7",
    ["depth", "kind", "points", "mismatches", "least_eigenvalue_from", "least_eigenvalue_to"],
)
results.show_claims(
    "theorem7-census",
    "theorem7-depth2",
    "proposition8",
    "proposition1",
    "proposition4",
    "proposition9",
    "descent",
)

# %% [markdown]
# ## A definition that is easy to get wrong
#
# The matrices sit on a cycle, closed by the data between the first and the last layer. A pivot
# cuts it into two blocks, not three: the matrices left and right of the pivot are one product.

# %%
pivots = results.table("tightened").set_index("definition")
say(
    f"The two readings differ on {pivots['points_that_differ'].iloc[0]} of "
    f"{pivots['points'].iloc[0]} saddles. Taken apart, the products decide wrongly on "
    f"{pivots.loc['three separate blocks', 'wrong_where_they_differ']} of these, the two blocks of "
    f"the paper on {pivots.loc['two complementary blocks', 'wrong_where_they_differ']}."
)
results.show_claims("tightened-two-blocks", "tightened-three-blocks")

# %% [markdown]
# ## The same without a tolerance
#
# With rational data and rational free parameters a critical point is exactly critical, and the
# inertia of its Hessian is three exact integers.

# %%
certificates = results.table("certificates")
kinds = certificates["kind"].str.replace("_", " ").value_counts()
say(
    "Certified: "
    + ", ".join(f"{count} of kind {kind}" for kind, count in kinds.items())
    + f", with up to {certificates['parameters'].max()} parameters."
)
results.show_claims("certified", "certified-descent", "certified-refusal")

# %% [markdown]
# ## Figures 3 and 4: what it means for training
#
# Two starts near critical points of the same kind of loss, one strict and one not, and the number
# of epochs until training has left the plateau.

# %%
results.show_figure("figure3")
results.show_figure("figure4")

# %%
escapes = results.table("figure4")
medians = escapes[escapes["quantile"] == 0.5].set_index(["start", "batch"])["epoch"]
say(
    "The medians are "
    + ", ".join(
        f"{epoch:.0f} epochs from a {start} saddle with minibatches of {batch}"
        for (start, batch), epoch in medians.items()
    )
    + ". The paper does not state the size of its minibatches; only one of these agrees with its "
    "histogram, and it is the default of the library that the paper names."
)
results.show_claims("figure4-quantiles", "figure4-strict", "figure4-full-batch")

# %% [markdown]
# ## All claims

# %%
results.show_claims()
