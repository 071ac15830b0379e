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
from replication.show.notebook import Results, say

results = Results("achour2024")
say(results.summary())

# %% [markdown]
# ## The classification, by census
#
# We draw data, widths and free parameters at random, build critical points of every kind, and
# hold Theorem 7 against the eigenvalues of the dense Hessian. Before it some saddles were known to
# be strict: those where the product of all layers but the two outermost has a rank above that of
# the whole. The table says how many are strict although it has not.

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
results.show_table("census")
results.show_table(
    "theorem7",
    ["depth", "kind", "points", "mismatches", "least_eigenvalue_from", "least_eigenvalue_to"],
)
results.show_claims("Proposition 1", "Proposition 4", "Theorem 7, consequences", "Section 3.4")

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
results.show_claims("Theorem 7")

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
results.show_claims("Definition 5")

# %% [markdown]
# ## The statements, one by one
#
# How critical points look is said by propositions beside the theorem: which sets `S` occur, which
# free blocks `Z` make a point critical, and that all global minimizers have one form. We draw
# networks at random and count where a statement fails. Some of the statements are ours: they
# sharpen what the paper says. Proved in the paper, they are tried here, not proved again.

# %%
propositions = results.table("propositions")
searched = propositions["check"].str.startswith("no other critical value")
searches = propositions[searched].groupby("check")["cases"].sum()
trained = propositions[propositions["check"] == "trained"]["cases"].sum()
say(
    f"In {propositions['cases'].sum()} cases there are {propositions['failures'].sum():.0f} "
    f"failures. Among the cases are {searches.sum()} critical points found by a search that knows "
    f"nothing of the theory, {searches.iloc[-1]} of them in networks with a bottleneck, and "
    f"{trained} trained networks."
)
results.show_table("propositions", ["statement", "check", "depth", "cases", "failures"])
results.show_claims(
    "Proposition 2", "Proposition 8", "Propositions 9 and 11", "Proposition 10", "Lemma 16"
)

# %% [markdown]
# ## Ways down
#
# The proofs give directions in which the loss is a short polynomial. In rational arithmetic each
# coefficient can be compared. A non-strict saddle has a way down too, but a flatter one: where the
# other blocks are generic, its order, which we fit to the loss, is the number of zero blocks.

# %%
polynomials = results.table("polynomials")
exact = ~polynomials["case"].str.contains("zero blocks")
say(
    f"Exact: {polynomials[exact]['points'].sum()} lines, with "
    f"{polynomials[exact]['mismatches'].sum()} that differ. Orders of descent at "
    f"{polynomials[~exact]['points'].sum()} non-strict saddles run from "
    f"{polynomials[~exact]['order_from'].min():.3f} to "
    f"{polynomials[~exact]['order_to'].max():.3f}."
)
results.show_table("polynomials")
results.show_claims("Appendix D", "Appendix E", "Appendices D to F")

# %% [markdown]
# ## Balanced weights and their plateaus
#
# Gradient flow keeps weights balanced that start so, and all balanced saddles with leading `S` are
# tightened. So, with three layers or more, flow from small balanced weights should rest beside
# non-strict saddles only: the smaller the start, the flatter the plateau. With two layers there are
# no such saddles, and the curvature should stay. The paper shows no such run; this one is ours.

# %%
results.show_figure("balanced_flow")

# %%
flow = results.table("balanced_flow")
last = flow[flow["smallest"] & (flow["plateau"] == 1)].set_index("depth")
say(
    "On the first plateau after the start, from the smallest weights, the least eigenvalue is "
    + ", ".join(
        f"{row['least_eigenvalue']:.2g} with {depth} layers" for depth, row in last.iterrows()
    )
    + ", and the middle is reached after a time of "
    + ", ".join(f"{row['time']:.3g}" for _, row in last.iterrows())
    + "."
)
results.show_table("balanced_flow", ["depth", "scale", "plateau", "least_eigenvalue", "time"])
results.show_claims("Proposition 8, consequences")

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
# Where most runs have not escaped there is none.
medians = medians.map("{:.0f}".format, na_action="ignore").fillna("more")
say(
    "The medians from a strict and from a non-strict saddle are "
    + ", ".join(
        f"{medians['strict', batch]} and {medians['non-strict', batch]} epochs with minibatches of "
        f"{batch}"
        for batch in sorted(escapes["batch"].unique())
    )
    + "."
)

# %% [markdown]
# The paper does not state the size of its minibatches. We took the default of the library that it
# names, after we had seen that of four sizes this one gives the printed histogram. So the match of
# the non-strict starts is no test of the rest; that of the strict starts, and of the losses in
# Figure 3, is. And the point of the figures does not hang on it: with every size the two starts lie
# far apart.

# %%
results.show_table(
    "figure4_starts", ["start", "batch", "runs", "escaped_by", "escaped_by_high", "held"]
)
results.show_table("figure3_runs")
results.show_claims("Figure 3", "Figure 4")

# %% [markdown]
# ## All claims

# %%
results.show_claims()
