"""Judging claims: the ledger, and from tables to verdicts."""
