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
# # What one student more changes
#
# Safran, Yehudai & Shamir, *The Effects of Mild Over-parameterization on the Optimization Landscape
# of Shallow ReLU Neural Networks*, ask why spurious minima vanish when a student has a unit or
# two more than its teacher. Their answer has two sides. Spurious minima turn into saddles.
# But the global minima get worse: around them the loss is no longer convex.

# %%
from replication.show.notebook import Results, say

results = Results("safran2020")
say(results.summary())

# %% [markdown]
# ## Around the global minimum
#
# Without a unit to spare the loss is strongly convex there, by a constant that does not depend on
# the size. The constant is attained, and no more: a direction shows it.

# %%
results.show_table("theorem3")
results.show_claims("Theorem 3", "Appendix B.2")

# %% [markdown]
# Which loss? It is printed without the factor one half that all the derivatives in the paper have.
# So we take the printed loss by its word, estimate its derivatives from random inputs, and divide
# by the printed formulae.

# %%
results.show_table(
    "equation2",
    ["k", "derivative", "printed_by_stated", "printed_by_stated_low", "printed_by_stated_high"],
)
results.show_claims("Equation (2)")

# %% [markdown]
# With units to spare, a teacher can be matched by several students. We draw which students share a
# teacher and in which proportion, and move two of them a little. Moved to the same side they find
# a negative eigenvalue. Moved to opposite sides they make both constants vanish that a proof of
# convergence would like.
#
# The proofs of Theorems 4 and 9 each have a slip that does not touch the theorem. The second is
# not small: the loss is said to be at least of the order of the distance, and it is of the third
# order. The proof is saved by the gradient, which is smaller than stated, too.

# %%
results.show_table(
    "theorem4",
    ["k", "n", "distance", "draws", "eigenvalue_most", "form_deviation", "printed_by_form"],
)
results.show_table("orders")
results.show_claims(
    "Theorem 4", "Appendix B.3.1", "Theorem 7", "Theorem 9", "Equation (26)", "Equation (27)"
)

# %% [markdown]
# ## Most directions, but not all
#
# Theorem 10 bounds the curvature towards the minimum from below, up to a small term of unknown
# sign. The authors conjecture that the term can be dropped. It cannot. Move the students of one
# teacher towards a second one, and those of the second away from the first, by the same distance e.
# To second order both sides of the inequality are equal there, and the third order is negative,
# whatever the number of students.
#
# The Hessian is the one that the paper states and computes with: that of half the loss as it is
# printed. With twice that Hessian the left side doubles, and we know no counterexample.
#
# Random displacements, such as those that the authors drew, do not come near this one if there are
# many teachers. With two of them, and displacements orthogonal to the students, they do. Theorem 13
# asks for less than the conjecture, a part of its first term, and is not touched.

# %%
counterexample = results.table("conjecture12")
least = counterexample.loc[counterexample["difference_by_cube"].idxmin()]
say(
    f"At all {len(counterexample)} points tried the left side is less than the right one, by up to "
    f"{-least['difference_by_cube']:.4f} e³ (k = {least['k']:.0f}, m = {least['m']:.0f}, "
    f"e = {least['distance']:g})."
)
results.show_table("conjecture12")
orthogonal = results.table("orthogonal")
fewest = orthogonal["k"].min()
two = orthogonal[(orthogonal["k"] == fewest) & (orthogonal["displacement"] == "random")]
farthest = two[two["distance"] == two["distance"].max()]
say(
    f"Of random orthogonal displacements of the length {farthest['distance'].iloc[0]:g} at "
    f"k = {fewest} "
    + ", ".join(f"{row.share_below:.1%} (m = {row.m})" for row in farthest.itertuples())
    + " violate the conjecture. With the left side doubled none of all "
    f"{orthogonal['draws'].sum():,} does: it is larger by at least "
    f"{orthogonal['doubled_by_square'].min():.2f} e²."
)
results.show_table("orthogonal")
results.show_claims("Theorem 10", "Conjecture 12")

# %% [markdown]
# ## Table 1, as it is to be read
#
# The authors print the smallest curvature that they drew. The text states a variance of the
# displacements, and calls the numbers the left side of the conjecture. Neither can be: all printed
# numbers come out if the stated variance is the standard deviation, and the number is the
# difference of both sides, over its square. That we infer from the numbers alone.

# %%
results.show_table(
    "table1",
    ["k", "m", "noise", "difference", "published", "left_side", "difference_by_variance"],
)
results.show_table("readings")
results.show_claims("Table 1", "Appendix D.1")
results.show_table("growth")

# %% [markdown]
# ## Spurious minima and how they are left

# %%
shares = results.table("shares")
first, last = shares.iloc[0], shares.iloc[-1]
say(
    f"The share of runs that end in a spurious minimum grows from {first['share']:.2f} at "
    f"k = {first['k']:.0f} to {last['share']:.2f} at k = {last['k']:.0f}."
)
farthest = shares.loc[shares["difference"].abs().idxmax()]
say(
    f"From the authors' it differs by up to {100 * abs(farthest['difference']):.1f} points, at "
    f"k = {farthest['k']:.0f} with {farthest['runs']:.0f} runs."
)
results.show_table(
    "shares",
    [
        "k",
        "runs",
        "spurious",
        "other_ends",
        "share",
        "share_low",
        "share_high",
        "published_share",
        "loss",
        "published_loss",
    ],
)
results.show_claims("Section 4.2, runs")

# %% [markdown]
# At each minimum, look at the block of the Hessian that belongs to one unit, less what the unit
# itself contributes. If it has a negative eigenvalue, splitting the unit in two gives a saddle of
# the wider network. All units of all minima have one. We split each, in three ways.

# %%
minima = results.table("minima")
say(
    f"Among {minima['classes'].sum()} classes of minima the blocks' smallest eigenvalues are at "
    f"most {minima['largest_block_minimum'].max():.3f}, and after a split the curvature along "
    f"(u, -u) is at most {minima['split_curvature'].max():.3f}."
)
results.show_table(
    "minima",
    [
        "k",
        "classes",
        "least_eigenvalue",
        "largest_block_minimum",
        "largest_block_mean",
        "split_curvature",
    ],
)
results.show_claims("Section 4.2, blocks", "Theorem 14", "Theorem 16")

# %% [markdown]
# The proof for any size needs that the units are not too long. They are not: their norms sum to a
# little less than k, whether the runs begin near or far.

# %%
results.show_figure("figure1")
results.show_table(
    "minima",
    [
        "k",
        "deficit_least",
        "deficit_largest",
        "published_deficit_least",
        "published_deficit_largest",
        "deficit_factor",
    ],
)
results.show_table("far_starts")
results.show_claims("Section 4.2, norms", "Figure 1")

# %% [markdown]
# ## All claims

# %%
results.show_claims()
