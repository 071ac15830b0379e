"""Reductions over balls against exact fractions, and a reading of the source that uses balls."""

import ast
import math
from fractions import Fraction
from pathlib import Path

import flint
import numpy as np
import pytest
from flint import arb, arb_mat

from landscape import enclosures
from landscape.convex import duality

# The library that is imported, which is not the one in the work tree where a fault is planted.
LIBRARY = Path(enclosures.__file__).parent
SOURCES = sorted([*LIBRARY.rglob("*.py"), *Path("scripts").rglob("*.py")])

# ---- the reductions ------------------------------------------------------------------------------

# Midpoint and radius; a ball about 0 is the one that python-flint cannot square.
BALLS = [(0.0, 0.0), (0.0, 1.0), (0.0, 2.0**-200), (3.0, 0.5), (-2.0, 0.25), (1e-300, 1.0), (-1, 3)]
NOT_FINITE = [arb("nan"), arb("inf"), arb("-inf"), arb(1, "inf"), arb(1) / arb(0)]


def ends(x):
    """Return the exact ends of a ball."""
    return exact(x.lower()), exact(x.upper())


def exact(x):
    mantissa, exponent = x.mid().man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def points(middle, radius):
    """Return some numbers of a ball, its ends among them."""
    return [Fraction(middle) + Fraction(radius) * Fraction(k, 8) for k in range(-8, 9)]


def encloses(x, number):
    low, high = ends(x)
    return low <= number <= high


@pytest.fixture(autouse=True)
def precise():
    with flint.ctx.workprec(enclosures.PRECISION):
        yield


@pytest.mark.parametrize(("middle", "radius"), BALLS)
def test_functions_of_one_ball_enclose_those_of_its_numbers(middle, radius):
    x = enclosures.ball(middle, radius)
    for number in points(middle, radius):
        assert encloses(enclosures.square(x), number**2)
        assert encloses(enclosures.magnitude(x), abs(number))
        assert encloses(enclosures.sign(x), (number > 0) - (number < 0))
        assert encloses(enclosures.positive_part(x), max(number, Fraction(0)))
        assert encloses(enclosures.scaled(x, -3000), number / Fraction(2) ** 3000)
        assert enclosures.lower(x) <= number <= enclosures.upper(x)
        if number >= 0:
            low, high = ends(enclosures.root(x))
            assert max(low, 0) ** 2 <= number <= high**2
    assert ends(enclosures.square(x))[0] >= 0
    assert enclosures.middle(x) == middle
    assert enclosures.lower_or_zero(x) == max(0.0, enclosures.lower(x))


@pytest.mark.parametrize("first", BALLS)
@pytest.mark.parametrize("second", BALLS)
def test_functions_of_two_balls_enclose_those_of_their_numbers(first, second):
    x, z = enclosures.ball(*first), enclosures.ball(*second)
    low, high = enclosures.smallest([x, z]), enclosures.largest([x, z])
    for p in points(*first):
        for q in points(*second):
            assert encloses(low, min(p, q))
            assert encloses(high, max(p, q))
            assert encloses(enclosures.total([x, z]), p + q)
            assert encloses(enclosures.hull(x, z), p)
            assert encloses(enclosures.hull(x, z), q)
            assert encloses(enclosures.dot([x, z], [z, z]), p * q + q * q)
            assert not enclosures.less(x, z) or p < q
            assert not enclosures.at_most(x, z) or p <= q
            low_norm, high_norm = ends(enclosures.norm([x, z]))
            assert max(low_norm, 0) ** 2 <= p * p + q * q <= high_norm**2
    assert enclosures.less(x, z) == (ends(x)[1] < ends(z)[0])
    assert enclosures.positive(x) == (ends(x)[0] > 0)
    size = enclosures.highest(enclosures.magnitude(z))
    exact_x = enclosures.centre(x)
    cut = enclosures.clipped(exact_x, size)
    assert abs(exact(cut)) <= exact(size)
    assert abs(exact(cut)) == min(abs(exact(exact_x)), exact(size))


def test_a_square_about_zero_is_that_of_the_ball_and_not_of_a_power():
    x = arb(0, 1)
    assert (x**2).is_nan(), "python-flint has mended the power: the rule may go"
    assert encloses(enclosures.square(x), 1)
    assert enclosures.upper(enclosures.norm([x, x])) == pytest.approx(math.sqrt(2))


@pytest.mark.parametrize("bad", NOT_FINITE)
def test_what_is_not_finite_is_refused_wherever_it_stands(bad):
    one = enclosures.ball(1.0)
    for reduction in (
        enclosures.finite,
        enclosures.square,
        enclosures.root,
        enclosures.magnitude,
        enclosures.positive_part,
        enclosures.sign,
        enclosures.highest,
        enclosures.lowest,
        enclosures.upper,
        enclosures.lower,
        enclosures.lower_or_zero,
        enclosures.above,
        enclosures.centre,
        enclosures.middle,
    ):
        with pytest.raises(enclosures.NotFiniteError, match="finite"):
            reduction(bad)
    for terms in ([bad, one], [one, bad], [one, bad, one]):
        for reduction in (
            enclosures.total,
            enclosures.largest,
            enclosures.smallest,
            enclosures.norm,
            lambda found: enclosures.hull(*found[:2]),
            lambda found: enclosures.row_sum(arb_mat([found])),
            lambda found: enclosures.finite_entries(arb_mat([found])),
            lambda found: enclosures.row_sum(arb_mat([[entry] for entry in found])),
        ):
            with pytest.raises(enclosures.NotFiniteError):
                reduction(terms)
    # Nothing is proved with it, in either direction.
    assert not enclosures.less(bad, one)
    assert not enclosures.less(one, bad)
    assert not enclosures.at_most(bad, one)
    assert not enclosures.at_most(one, bad)
    assert not enclosures.positive(bad)
    for x in (np.nan, np.inf):
        with pytest.raises(enclosures.NotFiniteError):
            enclosures.ball(x)
        with pytest.raises(enclosures.NotFiniteError):
            enclosures.ball(0.0, x)
    with pytest.raises(ValueError, match="terms: expected at least one"):
        enclosures.largest([])


def test_the_row_sum_is_the_norm_of_the_maximum_norm():
    entries = np.array([[1.0, -2.0, 0.5], [0.0, 0.0, -3.0]])
    assert exact(enclosures.row_sum(enclosures.ball_matrix(entries))) == Fraction(7, 2)
    wide = enclosures.ball_matrix(entries, 0.25)
    assert Fraction(17, 4) <= exact(enclosures.row_sum(wide)) <= Fraction(17, 4) * (1 + 2**-20)


@pytest.mark.parametrize("k", [-3000, -1060, 0, 1000, 3000])
def test_floats_are_above_and_below_numbers_that_none_is_near(k):
    x = enclosures.scaled(enclosures.ball(3.0) / 7, k)
    low, high = ends(x)
    for end, bound in ((enclosures.lower(x), low), (enclosures.upper(x), high)):
        assert math.isinf(end) or Fraction(end) != bound
    assert math.isinf(enclosures.upper(x)) or Fraction(enclosures.upper(x)) > high
    assert Fraction(enclosures.lower(x)) < low
    assert exact(enclosures.above(x)) >= high
    assert exact(enclosures.above(x)) <= high * (1 + Fraction(1, 2**50))
    assert exact(enclosures.above(enclosures.ball(0.0))) > 0


# ---- the source ----------------------------------------------------------------------------------

KINDS = {"arb", "arb_mat", "arb_poly", "arb_series", "acb", "acb_mat", "Ball", "BallMatrix"}
# What of the module returns floats and bools, or does nothing to balls.
PLAIN = {"upper", "lower", "lower_or_zero", "middle", "less", "at_most", "positive"}
PLAIN |= {"NotFiniteError", "PRECISION"}
BUILTINS = {"abs", "divmod", "max", "min", "pow", "round", "sorted", "sum"}
CONVERSIONS = {"bool", "complex", "float", "int"}
METHODS = {"abs_lower", "abs_upper", "ceil", "contains", "floor", "intersection", "is_finite"}
METHODS |= {"is_nan", "lower", "max", "mid", "min", "nonnegative_part", "overlaps", "rad", "root"}
METHODS |= {"rsqrt", "sgn", "sqrt", "union", "upper"}


class Reader:
    """Where a module reduces, compares or converts balls by itself.

    In a function that touches balls, no Python reduction and no power may stand at all. What is
    made of balls is followed through assignments, so that it is not compared, made a float, or
    handed to numpy.
    """

    def __init__(self, source):
        self.tree = ast.parse(source)
        self.words = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom):
                names = {alias.asname or alias.name for alias in node.names}
                if node.module == "landscape.enclosures":
                    self.words |= names - PLAIN
                elif node.module == "flint":
                    self.words |= names & KINDS
        self.makers = {
            f.name
            for f in ast.walk(self.tree)
            if isinstance(f, ast.FunctionDef) and f.returns and self.names_ball(f.returns)
        }

    def names_ball(self, node):
        """Tell whether balls are named below a node."""
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and part.id in self.words:
                return True
            if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name):
                if part.value.id == "enclosures" and part.attr not in PLAIN:
                    return True
                if part.value.id == "flint" and part.attr in KINDS:
                    return True
        return False

    def touches(self, node):
        return self.names_ball(node) or any(
            isinstance(part, ast.Name) and part.id in self.makers for part in ast.walk(node)
        )

    def violations(self):
        found = []
        for scope in self.tree.body:
            scopes = scope.body if isinstance(scope, ast.ClassDef) else [scope]
            for part in scopes:
                if self.touches(part) and not isinstance(part, ast.Import | ast.ImportFrom):
                    tainted = self.tainted(part)
                    found += [
                        f"line {node.lineno}: {ast.unparse(node)}"
                        for node in ast.walk(part)
                        if hasattr(node, "lineno") and self.violates(node, tainted)
                    ]
        return found

    def violates(self, node, tainted):
        match node:
            case ast.Name(id=name) if name in BUILTINS:
                return True
            case ast.BinOp(op=ast.Pow()) | ast.AugAssign(op=ast.Pow()):
                return True
            case ast.Attribute(attr=attr) if attr in METHODS:
                return not self.of_library(node.value) or self.is_tainted(node.value, tainted)
            case ast.Compare(ops=ops, left=left, comparators=others):
                ordered = any(isinstance(op, ast.Lt | ast.LtE | ast.Gt | ast.GtE) for op in ops)
                return ordered and any(self.is_tainted(x, tainted) for x in [left, *others])
            case ast.Call(func=ast.Name(id=name), args=args) if name in CONVERSIONS:
                return any(self.is_tainted(x, tainted) for x in args)
            case ast.Call(func=func, args=args) if (
                self.of_library(func) and self.root(func) == "np"
            ):
                return any(self.is_tainted(x, tainted) for x in args)
        return False

    def root(self, node):
        while isinstance(node, ast.Attribute | ast.Call | ast.Subscript):
            node = node.func if isinstance(node, ast.Call) else node.value
        return node.id if isinstance(node, ast.Name) else None

    def of_library(self, node):
        return self.root(node) in {"np", "math", "scipy", "enclosures", "cp"}

    def is_tainted(self, node, tainted):
        """Tell whether an expression may be a ball, or hold some."""
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="enclosures"), attr=attr)):
                return attr not in PLAIN
            case ast.Call(func=ast.Name(id=name), args=args):
                if name in PLAIN | {"len", "range", "type", "isinstance"} | CONVERSIONS:
                    return False
                if name in self.words | self.makers:
                    return True
                return any(self.is_tainted(x, tainted) for x in args)
            case ast.Name(id=name):
                return name in tainted
            case ast.Attribute(value=ast.Name(id="flint"), attr=attr):
                return attr in KINDS
            case ast.ListComp(elt=entry) | ast.GeneratorExp(elt=entry):
                return self.is_tainted(entry, tainted)
        return any(self.is_tainted(part, tainted) for part in ast.iter_child_nodes(node))

    def tainted(self, scope):
        """Return the names that may hold balls."""
        names = {
            argument.arg
            for argument in ast.walk(scope)
            if isinstance(argument, ast.arg)
            and argument.annotation
            and self.names_ball(argument.annotation)
        }
        while True:
            before = len(names)
            for node in ast.walk(scope):
                match node:
                    case ast.Assign(targets=targets, value=value):
                        self.spread(targets, value, names)
                    case ast.AnnAssign(target=target, value=value, annotation=annotation):
                        if self.names_ball(annotation) or (value and self.is_tainted(value, names)):
                            names |= self.targets(target)
                    case ast.AugAssign(target=target, value=value):
                        self.spread([target], value, names)
                    case (
                        ast.For(target=target, iter=values)
                        | ast.comprehension(target=target, iter=values)
                    ):
                        self.spread([target], values, names)
                    case ast.NamedExpr(target=target, value=value):
                        self.spread([target], value, names)
            if len(names) == before:
                return names

    def spread(self, targets, value, names):
        # Of tuples, and of what zip and enumerate make of several, each goes its own way.
        values = value.elts if isinstance(value, ast.Tuple) else []
        match value:
            case ast.Call(func=ast.Name(id="enumerate"), args=args):
                values = [ast.Constant(0), *args]
            case ast.Call(func=ast.Name(id="zip"), args=args):
                values = args
        for target in targets:
            if isinstance(target, ast.Tuple) and values:
                for left, right in zip(target.elts, values, strict=False):
                    self.spread([left], right, names)
            elif self.is_tainted(value, names):
                names |= self.targets(target)

    def targets(self, node):
        if isinstance(node, ast.Tuple | ast.List):
            return set().union(*map(self.targets, node.elts))
        return {self.root(node.value if isinstance(node, ast.Starred) else node)}


def test_no_other_module_reduces_compares_or_converts_balls_by_itself():
    read = []
    for path in SOURCES:
        if path.name != "enclosures.py":
            reader = Reader(path.read_text(encoding="utf-8"))
            if reader.touches(reader.tree):
                read.append(path.name)
            assert not reader.violations(), path
    assert {"duality.py", "minimum.py", "verify_minimum.py", "bottleneck_minimum.py"} <= set(read)


HEAD = "from flint import arb\nfrom landscape import enclosures\n"
PLANTED = {
    "power": "def f(x: arb) -> arb:\n    return x**2",
    "power in place": "def f(x: arb) -> arb:\n    x **= 2\n    return x",
    "maximum": "def f(x: list[arb]) -> float:\n    return max(enclosures.upper(t) for t in x)",
    "function": "def f(x: list[arb]) -> list[arb]:\n    return list(map(abs, x))",
    "sum": "def f(x: list[arb]) -> arb:\n    return sum(x, arb(0))",
    "method": "def f(x: arb) -> arb:\n    return x.max(arb(0))",
    "upper end": "def f() -> arb:\n    y = arb(1)\n    return y.upper()",
    "comparison": "def f(x: arb) -> bool:\n    return bool(not x > 0)",
    "of a result": "def f() -> bool:\n    y, k = enclosures.ball(1.0), 2\n    return y < k",
    "of an entry": "def f(x: list[arb]) -> bool:\n    return all(t <= 1 for t in x)",
    "of a helper": "def g() -> arb:\n    return arb(1)\n\ndef f() -> bool:\n    return g() > 0",
    "float": "def f(x: arb) -> float:\n    return float(2 * x)",
    "numpy": "import numpy as np\ndef f(x: list[arb]) -> float:\n    return np.max(x)",
    "lambda": "F = {'a': lambda z: (arb(z), abs(z))}",
    "in a class": "class C:\n    def f(self, x: arb) -> arb:\n        return abs(x)",
}


@pytest.mark.parametrize("source", PLANTED.values(), ids=PLANTED.keys())
def test_a_planted_reduction_is_found(source):
    assert Reader(HEAD + source).violations()


def test_what_is_no_ball_may_be_reduced():
    source = (
        "import numpy as np\n"
        "def f(x: list[arb], v: float, y: np.ndarray) -> float:\n"
        "    n, low = len(x), enclosures.lower(enclosures.total(x))\n"
        "    return low if n > 1 and v < 0 and np.abs(y).max() > low else float(v)\n"
        "def g(v: list[float]) -> float:\n"
        "    return max(v) ** 2\n"
    )
    assert Reader(HEAD + source).violations() == []


def test_the_planted_fault_of_a_dropped_nan_is_found_in_the_module_itself():
    source = Path(duality.__file__).read_text(encoding="utf-8")
    line = "enclosures.norm((transposed * column).entries())"
    assert source.count(line) == 1
    planted = source.replace(line, "sum(t**2 for t in (transposed * column).entries()).sqrt()")
    assert len(Reader(planted).violations()) == 3
