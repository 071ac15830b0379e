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
# # Spurious minima where nothing seems to be in the way
#
# Safran & Shamir, *Spurious Local Minima are Common in Two-Layer ReLU Neural Networks* (ICML 2018),
# let a network of ReLU units learn another of the same kind, with orthonormal weights, from
# Gaussian inputs. There are infinitely many samples, no noise and no bias, the student could match
# the teacher exactly, and still gradient descent often ends at a point where it does not. They
# proved with a computer that such points are local minima.
#
# The loss here has a factor one half, as the published code has it.

# %%
from landscape.notebook import Results, say

results = Results("safran2018")
verdicts = results.table("../verdicts")
counts = verdicts["verdict"].value_counts()
say(
    f"This is the **{results.tier}** tier. Of {len(verdicts)} claims, "
    + ", ".join(f"{count} are {verdict}" for verdict, count in counts.items())
    + "."
)

# %% [markdown]
# ## How often
#
# For `k` teachers and `n` students gradient descent starts from many random points. A run whose
# objective does not fall below a thousandth has missed the global minimum, which is zero.

# %%
results.show_figure("shares")
pairs = results.table("table1")
results.show_table(
    "table1",
    [
        "k",
        "n",
        "runs",
        "share",
        "share_low",
        "share_high",
        "published_share",
        "z",
        "min_eigenvalue",
        "published_min_eigenvalue",
        "loss",
        "published_loss",
        "classes",
    ],
)
results.show_claims("common", "shares", "shares-more", "none-with-two-more")

# %% [markdown]
# ## A number that stands out
#
# One published share is larger than its neighbours suggest.

# %%
odd = pairs[(pairs["k"] == pairs["n"]) & (pairs["k"] == pairs["k"].max())].iloc[0]
say(
    f"At `k = n = {odd['k']:.0f}` the published share is {odd['published_share']:.1%}; of our "
    f"{odd['runs']:.0f} runs {odd['share']:.1%} are spurious, between {odd['share_low']:.1%} and "
    f"{odd['share_high']:.1%}, {abs(odd['z']):.1f} standard errors away."
)
results.show_claims("share-13")

# %% [markdown]
# ## Which minima
#
# Ends that differ by a permutation of the students, or by a symmetry of the teacher, are one class.

# %%
results.show_table("classes")
results.show_claims("eigenvalue", "objective", "objective-first")

# %% [markdown]
# ## Proofs
#
# In ball arithmetic every number is an interval that holds the true one. For each class an interval
# form of Newton's method shows that a small ball holds exactly one critical point, that the Hessian
# is positive definite throughout the ball, and that the objective is positive there. A second
# program, which shares no code with the first, checks each certificate from its file.

# %%
proofs = results.table("certificates")
say(
    f"{proofs['proved'].sum()} of {len(proofs)} classes are proved, the largest with "
    f"{proofs['parameters'].max()} parameters; {proofs['verified'].sum()} certificates passed the "
    "second program."
)
results.show_table(
    "certificates",
    ["k", "n", "class", "parameters", "loss_low", "min_eigenvalue_low", "proved", "verified"],
)
results.show_claims("exist", "exist-more", "rechecked", "refused", "refused-saddle")

# %% [markdown]
# ## All claims

# %%
results.show_claims()
