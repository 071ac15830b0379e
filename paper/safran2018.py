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
# # Spurious minima, found and proved
#
# Safran & Shamir, *Spurious Local Minima are Common in Two-Layer ReLU Neural Networks*
# (ICML 2018), take the friendliest case there is: the targets come from a network of the same
# kind, the inputs are Gaussian, the loss is that of infinitely many samples. A student with as many
# units as its teacher can reach loss zero. Gradient descent from a usual start often does not: it
# ends in a local minimum, and the more units there are the more often.

# %%
from landscape.spurious import SPURIOUS_LOSS
from replication.show.notebook import Results, say

results = Results("safran2018")
say(results.summary())

# %% [markdown]
# ## How often

# %%
say(
    "The loss has a closed form, so a run follows the true gradient. A run counts as spurious if "
    f"it ends with a loss of at least {SPURIOUS_LOSS}."
)

# %% [markdown]
# The published shares are those of the result files that the authors gave out. Of the paper the
# abstract was available for this rebuild, the text was not, so its table may round or count
# otherwise. For a later paper the authors ran n = k again.

# %%
results.show_figure("shares")
results.show_table(
    "table1",
    [
        "k",
        "n",
        "runs",
        "spurious",
        "share",
        "share_low",
        "share_high",
        "published_share",
        "later_share",
        "min_eigenvalue",
        "published_min_eigenvalue",
        "loss",
        "published_loss",
        "classes",
        "published_classes",
    ],
)
table = results.table("table1")
alike = table[(table["surplus"] == 0) & table["difference"].notna()]
farthest = alike.loc[alike["difference"].abs().idxmax()]
say(
    f"With as many students as teachers the share that is farthest from the published one is that "
    f"at k = {farthest['k']:.0f}: {farthest['share']:.3f} (from {farthest['share_low']:.3f} to "
    f"{farthest['share_high']:.3f}) of {farthest['runs']:.0f} runs, where "
    f"{farthest['published_share']:.3f} is published. With two students more than teachers "
    f"{table.loc[table['surplus'] == 2, 'spurious'].sum()} of "
    f"{table.loc[table['surplus'] == 2, 'runs'].sum()} runs end in a spurious minimum."
)
results.show_table("pooled")
results.show_claims("Table", "Introduction")

# %% [markdown]
# Most runs end in few places. Two ends are of one class if they differ only by the order of
# students and of teachers; Newton's method then finds the minimum itself.

# %%
results.show_table(
    "classes", ["k", "n", "class", "runs", "loss", "min_eigenvalue", "max_eigenvalue", "norm_sum"]
)

# %% [markdown]
# ## Proofs
#
# A small gradient proves nothing. For each class we compute with balls, numbers that carry a
# rigorous bound of their error. A Krawczyk test proves that a small ball holds exactly one critical
# point. A factor of the Hessian, whose residual is enclosed, proves that all its eigenvalues are
# positive on the ball. And the loss there is enclosed, above zero. So the point is a local minimum
# and not a global one, and no rounding can change that.
#
# Each proof is stored, and checked again from its file alone with other formulae and another
# argument. Only what passes both counts as proved.

# %%
proofs = results.table("proofs")
least = proofs.loc[proofs["min_eigenvalue_low"].idxmin()]
say(
    f"Proved are {proofs['proved'].sum()} of {len(proofs)} classes, up to k = {proofs['k'].max()} "
    f"teachers and {proofs['parameters'].max()} parameters. The flattest minimum, at k = "
    f"{least['k']:.0f} and n = {least['n']:.0f}, has eigenvalues of at least "
    f"{least['min_eigenvalue_low']:.3g}."
)
results.show_table("proved")
results.show_table(
    "proofs",
    [
        "k",
        "n",
        "class",
        "runs",
        "loss_low",
        "loss_high",
        "min_eigenvalue_low",
        "distinct_entries",
        "proved",
    ],
)
results.show_claims("Main theorem", "Example 1")

# %% [markdown]
# ## More inputs, other teachers
#
# The teachers need not span the inputs. In each direction orthogonal to all units the Hessian is
# the same small matrix, so one input more stands for any number. And the teachers need not be
# orthonormal: minima with positive curvature move a little with the teachers, and unit vectors
# drawn in many dimensions are nearly orthogonal.

# %%
targets = results.table("targets")
random = targets[targets["teachers"] == "random"]
say(
    f"For {random['proved'].sum()} of {random['draws'].sum()} sets of teachers drawn in "
    f"{random['inputs'].max()} dimensions a spurious minimum is proved; the products of two "
    f"teachers are up to {random['largest_product'].max():.3f}."
)
results.show_table("targets")
results.show_claims("Abstract")

# %% [markdown]
# ## All claims

# %%
results.show_claims()
