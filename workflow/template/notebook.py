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
# # A new paper
#
# $title

# %%
from replication.show.notebook import Results, say

results = Results("$key")
say(results.summary())

# %% [markdown]
# ## A bound
#
# Tell here what the paper says, and what our tables show. Numbers come from tables.

# %%
bound = results.table("bound")
say(f"The largest ratio to the bound is {bound['ratio'].max():.3f}.")
results.show_figure("ratios")
results.show_table("bound")
results.show_claims("Lemma 1")

# %% [markdown]
# ## All claims

# %%
results.show_claims()
