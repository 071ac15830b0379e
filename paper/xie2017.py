# %% [markdown]
# # Xie
# %%
print(1)
