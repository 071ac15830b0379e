"""What a replication with Snakemake needs beside its mathematics.

`run` runs a step and records it, `claims` judges, `show` draws and prints, `audit` holds results
against their records, `settings` reads what a step may be told from its signature. Nothing here
knows a paper or its mathematics.
"""
