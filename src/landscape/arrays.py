"""The one reader of arrays and numbers that callers give: float64 as meant, or a named refusal.

A number that float64 would change in silence is refused: the imaginary part of a complex number, a
mask, a bool taken for 1, an integer beyond 2^53, an object that numpy can but guess at.
"""

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from numbers import Integral, Real
from types import EllipsisType
from typing import Any, ParamSpec, TypeVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Given = ParamSpec("Given")
Result = TypeVar("Result")
# An entry for each axis: its size, or the letter of a size that is free. Axes may precede after ...
Shape = Sequence[int | str | EllipsisType]

# Beyond this float64 does not hold every integer.
EXACT = 2**53
# Squares of numbers between these are ordinary float64 numbers, and so are sums of 2^20 of them.
SMALL, LARGE = 2.0**-500, 2.0**500
# Arrays whose largest entry is between 2^-300 and 2^300 are computed with as they are.
MODERATE = 300


def real_array(value: object, name: str, shape: Shape, *, empty: bool = False) -> Array:
    """Return `value` as a float64 array after checking it.

    Parameters
    ----------
    value : array_like
        What the caller was given: real numbers, no objects, no bools, no mask.
    name : str
        The caller's name of the argument, with which an error message begins.
    shape : sequence of int or str
        The size of each axis, or the letter of a size that is free; `...` in front for a stack.
    empty : bool
        Whether a free axis may have size 0.

    Returns
    -------
    ndarray
        `value` itself where it is such an array already, in whatever order of memory.

    Raises
    ------
    ValueError
        If `value` has another kind or shape, is empty, has NaN or an infinity, or an integer that
        float64 does not hold.
    """
    given = _numbers(value, name)
    _check_shape(given.shape, name, tuple(shape), empty)
    with np.errstate(over="ignore"):
        floats = np.asarray(given, dtype=np.float64)
    if not np.isfinite(floats).all():
        raise ValueError(f"{name}: expected finite numbers, got NaN or infinity")
    if given.dtype.kind in "iu" and ((given > EXACT) | (given < -EXACT)).any():
        raise ValueError(f"{name}: expected numbers that float64 holds, got integers beyond 2^53")
    return floats


def bool_array(value: object, name: str, shape: Shape, *, empty: bool = False) -> NDArray[np.bool_]:
    """Return `value` as an array of bools after checking it; see `real_array`, integers are none.

    Raises
    ------
    ValueError
        If `value` has another kind or shape, or is empty.
    """
    given = _array(value, name, "bools")
    if given.dtype != np.bool_:
        raise ValueError(f"{name}: expected bools, got {_kind(given)} of shape {given.shape}")
    _check_shape(given.shape, name, tuple(shape), empty)
    return given.astype(np.bool_, copy=False)


def finite_matrix(value: object, name: str, columns: int | None = None) -> Array:
    """Return a non-empty C-ordered float64 matrix with that many columns; see `real_array`."""
    matrix = np.ascontiguousarray(real_array(value, name, ("m", "d")))
    if columns is not None and matrix.shape[1] != columns:
        raise ValueError(f"{name}: expected {columns} columns, got {matrix.shape[1]}")
    return matrix


def finite_vector(value: object, name: str, size: int | None = None) -> Array:
    """Return a non-empty float64 vector of that size; see `real_array`."""
    return real_array(value, name, ("m" if size is None else size,))


def items(value: object, name: str) -> list[Any]:
    """Return the items of a list, a tuple, or an array that has an axis and no mask.

    Raises
    ------
    ValueError
        If `value` is none of these.
    """
    array = (
        isinstance(value, np.ndarray) and value.ndim and not isinstance(value, np.ma.MaskedArray)
    )
    if not (array or isinstance(value, list | tuple)):
        raise ValueError(f"{name}: expected a sequence, got {value!r:.80}")
    found: list[Any] = list(value)  # type: ignore[call-overload]
    return found


def real_number(
    value: object, name: str, *, least: float | None = None, above: float | None = None
) -> float:
    """Return a finite real number as a float after checking it; bools and strings are none.

    Raises
    ------
    ValueError
        If `value` is no finite real number, is below `least`, or is not above `above`.
    """
    number = math.nan
    if isinstance(value, Real) and not isinstance(value, bool):
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
    bound = "" if least is None else f" of at least {least}"
    bound = bound if above is None else f" above {above}"
    low = (least is not None and number < least) or (above is not None and number <= above)
    if low or not math.isfinite(number):
        raise ValueError(f"{name}: expected a finite number{bound}, got {value!r:.80}")
    return number


def whole_number(value: object, name: str, least: int) -> int:
    """Return an integer as an int after checking it; bools and floats are none.

    Raises
    ------
    ValueError
        If `value` is no integer, or is below `least`.
    """
    if isinstance(value, bool) or not isinstance(value, Integral) or value < least:
        raise ValueError(f"{name}: expected at least {least} and an integer, got {value!r:.80}")
    return int(value)


def moderate(x: Array, name: str) -> None:
    """Raise a ValueError unless the largest entry is 0 or between 2^-300 and 2^300."""
    if exponent(x):
        raise ValueError(
            f"{name}: expected entries of sizes up to 2^300, the largest at least 2^-300, "
            f"got {np.abs(x).max():.3g}"
        )


def moderate_rows(matrix: Array, name: str) -> None:
    """Raise a ValueError if squares of a row (last axis) that is not zero leave float64's range.

    That is if its largest entry is below 2^-500 or above 2^500: a norm would be 0 or infinite.
    """
    bad = np.argwhere(immoderate(matrix))
    if len(bad):
        where = bad[0].tolist()
        raise ValueError(
            f"{name}: expected rows of sizes between {SMALL:.0e} and {LARGE:.0e}, whose squares "
            f"float64 holds, got {np.abs(matrix[tuple(where)]).max():.3g} in row "
            f"{where if len(where) > 1 else where[0]}"
        )


def immoderate(matrix: Array) -> NDArray[np.bool_]:
    """Tell of each row (last axis) whether it is not zero and squares leave float64's range."""
    largest = np.abs(matrix).max(axis=-1, initial=0.0)
    found: NDArray[np.bool_] = (largest > 0) & ~((largest >= SMALL) & (largest <= LARGE))
    return found


def exponent(x: Array, moderate: int = MODERATE) -> int:
    """Return the k for which 2^-k x is of size one, or 0 if |k| is at most `moderate` or x zero."""
    k = math.frexp(float(np.abs(x).max(initial=0.0)))[1]
    return 0 if abs(k) <= moderate else k


def shifted(x: Array, k: int | NDArray[np.int64]) -> Array:
    """Return 2^k x, exact but for what leaves float64's range: zero or infinity, without a word."""
    if not np.any(k):
        return x
    with np.errstate(over="ignore"):
        result: Array = np.ldexp(x, k)
    return result


def scaled(number: float, k: int) -> float:
    """Return 2^k times a number: `shifted` for floats."""
    return float(shifted(np.asarray(number), k))


def strength_in_units(beta: float, k: int) -> float:
    """Return 2^k β, but no further from 1 than 2^999, where the optimum is that of the limit."""
    return beta if k == 0 else float(np.clip(scaled(beta, k), 2.0**-999, 2.0**999))


def length(x: Array) -> float:
    """Return the Euclidean norm of a vector whose squares may leave float64's range."""
    k = exponent(x)
    return scaled(float(np.linalg.norm(shifted(x, -k))), k)


def refuses_extremes(
    names: str, *, infinite: bool = False
) -> Callable[[Callable[Given, Result]], Callable[Given, Result]]:
    """Make a function raise a ValueError that names arguments where float64 fails it.

    That is where a number overflows, a quotient has no value, a decomposition does not converge, or
    a result is not finite: the arguments are too large, too small, or too far apart in scale.

    Parameters
    ----------
    names : str
        The arguments that are to blame.
    infinite : bool
        Whether infinity and NaN may be results.
    """

    def decorate(function: Callable[Given, Result]) -> Callable[Given, Result]:
        @functools.wraps(function)
        def refusing(*args: Given.args, **kwargs: Given.kwargs) -> Result:
            try:
                with np.errstate(over="raise", divide="raise", invalid="raise"):
                    result = function(*args, **kwargs)
            except (ArithmeticError, np.linalg.LinAlgError) as error:
                raise ValueError(f"{names}: {EXTREME}: {error}") from error
            if not infinite and not _is_finite(result):
                raise ValueError(f"{names}: {EXTREME}: the result is not finite")
            return result

        return refusing

    return decorate


EXTREME = "too large, too small or too far apart in scale for float64"


def _is_finite(result: object) -> bool:
    """Tell whether all floats of a result are finite, in containers as well."""
    if isinstance(result, np.ndarray):
        return result.dtype.kind not in "fc" or bool(np.isfinite(result).all())
    if isinstance(result, float | np.floating):
        return bool(np.isfinite(result))
    if isinstance(result, list | tuple):
        return all(_is_finite(part) for part in result)
    if is_dataclass(result) and not isinstance(result, type):
        return all(_is_finite(getattr(result, field.name)) for field in fields(result))
    return True


def in_range(names: str, *results: float | Array) -> None:
    """Raise a ValueError that names the arguments unless all results are finite."""
    if not all(np.isfinite(result).all() for result in results):
        raise ValueError(f"{names}: too large, the result exceeds the range of float64")


def _numbers(value: object, name: str) -> NDArray[Any]:
    """Return an array of ints or floats, or raise a ValueError."""
    given = _array(value, name, "real numbers")
    if given.dtype.kind not in "iuf" and given.size:
        raise ValueError(f"{name}: expected real numbers, got {_kind(given)}")
    return given


def _array(value: object, name: str, wanted: str) -> NDArray[Any]:
    """Return an array of whatever kind, or raise a ValueError."""
    if isinstance(value, np.ma.MaskedArray):
        raise ValueError(f"{name}: expected plain {wanted}, got a masked array")
    try:
        return np.asarray(value)
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        reason = str(error).split("\n")[0]
        raise ValueError(f"{name}: expected an array of {wanted}: {reason}") from None


def _kind(given: NDArray[Any]) -> str:
    if given.dtype == object and given.size:
        return f"objects such as {type(given.ravel()[0]).__name__}"
    return given.dtype.name


def _check_shape(found: tuple[int, ...], name: str, shape: tuple[object, ...], empty: bool) -> None:
    stack = bool(shape) and shape[0] is Ellipsis
    axes = shape[1:] if stack else shape
    trailing = found[len(found) - len(axes) :] if len(found) >= len(axes) else ()
    fits = len(trailing) == len(axes) and (stack or len(found) == len(axes))
    fits = fits and all(
        size == axis if isinstance(axis, int) else size > 0 or empty
        for size, axis in zip(trailing, axes, strict=True)
    )
    if fits:
        return
    free = not any(isinstance(axis, int) for axis in axes) and not stack
    if free and len(axes) == 2:
        raise ValueError(f"{name}: expected a non-empty matrix, got shape {found}")
    letters = ["..." if axis is Ellipsis else str(axis) for axis in shape]
    wanted = f"({letters[0]},)" if len(letters) == 1 else f"({', '.join(letters)})"
    raise ValueError(f"{name}: expected shape {wanted}, got {found}")
