"""Arrays of Fraction beside arrays of floats: the same formulae, without rounding."""

from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Numbers = NDArray[Any]  # of float64, or of Fraction

_to_fraction = np.frompyfunc(Fraction, 1, 1)


def is_exact(array: ArrayLike) -> bool:
    """Tell whether every entry is an int or a Fraction."""
    entries = np.asarray(array)
    if entries.dtype == object:
        return all(isinstance(value, (int, Fraction)) for value in entries.ravel())
    return entries.dtype.kind in "iu"


def to_fractions(array: ArrayLike) -> Numbers:
    """Return an array of Fraction; a finite float is the Fraction that it equals."""
    return np.array(_to_fraction(np.asarray(array)), dtype=object)


def same_numbers(**arrays: ArrayLike) -> list[Numbers]:
    """Return the arrays in Fraction if all of them are exact, else all in finite float64.

    Raises
    ------
    ValueError
        If an array has NaN or an infinity, with the name of its keyword.
    """
    if all(is_exact(array) for array in arrays.values()):
        return [to_fractions(array) for array in arrays.values()]
    floats = [np.asarray(array, dtype=float) for array in arrays.values()]
    for name, array in zip(arrays, floats, strict=True):
        if not np.isfinite(array).all():
            raise ValueError(f"{name}: expected finite numbers, got NaN or infinity")
    return floats
