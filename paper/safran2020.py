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
# the size. The constant also settles a misprint: the loss is printed without the factor one half
# that all its derivatives have.

# %%
results.show_table("theorem3")
results.show_claims("Theorem 3", "Equation (2)")

# %% [markdown]
# With one unit to spare, a teacher can be matched by two halves. Move both a little to the same
# side, and the Hessian has a negative eigenvalue, in proportion to the distance. Move them to
# opposite sides, and both constants that a proof of convergence would like vanish with it.

# %%
results.show_table("theorem4")
results.show_claims("Theorem 4", "Theorem 7", "Theorem 9")

# %% [markdown]
# ## Spurious minima and how they are left

# %%
shares = results.table("shares")
first, last = shares.iloc[0], shares.iloc[-1]
say(
    f"The share of runs that end in a spurious minimum grows from {first['share']:.2f} at "
    f"k = {first['k']:.0f} to {last['share']:.2f} at k = {last['k']:.0f}."
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
# the wider network. We take the unit that resists most.

# %%
minima = results.table("minima")
say(
    f"Among {minima['classes'].sum()} classes of minima the blocks' smallest eigenvalues are at "
    f"most {minima['largest_block_minimum'].max():.3f}, and after the split the Hessian has an "
    f"eigenvalue of at most {minima['split_eigenvalue'].max():.3f}."
)
results.show_table(
    "minima",
    [
        "k",
        "classes",
        "least_eigenvalue",
        "largest_block_minimum",
        "split_gradient",
        "split_eigenvalue",
    ],
)
results.show_claims("Section 4.2, blocks", "Theorem 14")

# %% [markdown]
# The proof for any size needs that the units are not too long. They are not: their norms sum to a
# little less than k.

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
    ],
)
results.show_claims("Section 4.2, norms", "Proposition 15", "Figure 1")

# %% [markdown]
# ## Table 1 and its scale
#
# The authors conjecture that along most displacements of a split teacher the curvature is
# positive, and print the smallest that they drew.

# %%
table = results.table("table1")
say(
    f"Ours is positive in all {2 * table['samples'].sum()} draws. But with the printed variance "
    f"our Gaussian values are {table['gaussian_ratio'].min():.1e} to "
    f"{table['gaussian_ratio'].max():.1e} times the printed ones. No constant factor mends "
    "that, and dividing by the variance does not either: how the printed values are normalised "
    "stays open. The adversarial values are far below the Gaussian ones for few students a "
    "teacher only: the displacement that makes the sum zero grows with their number."
)
results.show_table(
    "table1",
    [
        "k",
        "m",
        "gaussian",
        "gaussian_by_variance",
        "published_gaussian",
        "adversarial",
        "adversarial_by_variance",
        "published_adversarial",
        "adversarial_by_gaussian",
    ],
)
results.show_claims("Conjecture 12", "Table 1")

# %% [markdown]
# ## All claims

# %%
results.show_claims()
