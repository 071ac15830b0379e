"""Tests compute as the steps do: with pinned threads and code paths."""

import replication.arithmetic  # noqa: F401
