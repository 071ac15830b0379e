"""Holding results against the records of the steps that made them."""
