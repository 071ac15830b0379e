"""Tests compute as the steps do: with pinned threads and code paths."""

import landscape.step  # noqa: F401
