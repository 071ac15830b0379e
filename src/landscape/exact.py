"""Arrays of Fraction beside arrays of floats: the same formulae, without rounding."""

from fractions import Fraction
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from landscape.arrays import real_array

Numbers = NDArray[Any]  # of float64, or of Fraction

_to_fraction = np.frompyfunc(Fraction, 1, 1)


def is_exact(array: ArrayLike) -> bool:
    """Tell whether every entry is an int or a Fraction; of what is no array it is False."""
    try:
        entries = np.asarray(array)
    except (ValueError, TypeError, RecursionError):
        return False
    if entries.dtype == object:
        return all(
            isinstance(value, (int, Fraction)) and not isinstance(value, bool)
            for value in entries.ravel()
        )
    return entries.dtype.kind in "iu"


def to_fractions(array: ArrayLike) -> Numbers:
    """Return an array of Fraction; a finite float, or a string, is the Fraction that it equals.

    Raises
    ------
    ValueError
        If an entry is no real number, or is NaN or infinite.
    """
    entries = array if isinstance(array, Fraction) else _array("array", array)
    try:
        if any(isinstance(entry, bool | np.bool_) for entry in np.asarray(entries).ravel()):
            raise ValueError("expected numbers, got bools")
        return np.array(_to_fraction(entries), dtype=object)
    except (ValueError, TypeError, ArithmeticError) as error:
        raise ValueError(f"array: {error}") from None


def same_numbers(**arrays: ArrayLike) -> list[Numbers]:
    """Return the arrays in Fraction if all of them are exact, else all in finite float64.

    Raises
    ------
    ValueError
        If an array is masked, ragged, or has anything but real numbers, bools excepted, or if one
        of floats is needed that has NaN, an infinity, or a number that float64 does not hold; with
        the name of its keyword.
    """
    given = {name: number_array(array, name) for name, array in arrays.items()}
    if all(is_exact(array) for array in given.values()):
        return [to_fractions(array) for array in given.values()]
    return [real_array(_floats(name, array), name, (...,)) for name, array in given.items()]


def number_array(values: object, name: str) -> Numbers:
    """Return an array of ints, floats, or objects that are such numbers or Fractions.

    Raises
    ------
    ValueError
        If `values` has a mask, is ragged, or has anything else, bools included.
    """
    array = _array(name, values)
    if array.dtype == object:
        for value in array.ravel():
            if not isinstance(value, Real) or isinstance(value, bool):
                raise ValueError(f"{name}: expected real numbers, got {value!r:.80}")
    elif array.dtype.kind not in "iuf":
        raise ValueError(f"{name}: expected real numbers, got {array.dtype.name}")
    return array


def _array(name: str, values: object) -> Numbers:
    """Return an array of whatever kind, or raise a ValueError."""
    if isinstance(values, np.ma.MaskedArray):
        raise ValueError(f"{name}: expected plain numbers, got a masked array")
    try:
        return np.asarray(values)
    except (ValueError, TypeError, RecursionError) as error:
        raise ValueError(f"{name}: expected an array of numbers: {error}") from None


def _floats(name: str, array: Numbers) -> Numbers:
    """Return an array of objects in float64; others as they are."""
    if array.dtype != object:
        return array
    try:
        return array.astype(np.float64)
    except OverflowError:
        raise ValueError(f"{name}: expected numbers that float64 holds, among floats") from None
