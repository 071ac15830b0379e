"""Every public function that takes arrays or numbers answers, or names the argument it refuses.

What is put in an argument's place is listed below; what is no array of finite real numbers must be
refused, what is one at a strange scale or of a strange shape may be answered, but then with finite
numbers, and without a warning. `test_no_function_is_forgotten` finds functions that are not here.
"""

import dataclasses
import importlib
import inspect
import pkgutil
import re
from fractions import Fraction

import numpy as np
import pytest

from landscape import convex, diversity, population, relu, sphere, spurious
from landscape.affine import (
    convex_losses,
    integrals,
    piecewise,
    segment,
    target_quadratic,
    target_relu,
)
from landscape.certify import (
    certify_bottleneck_minimum,
    certify_linear,
    certify_minimum,
    descent_polynomial,
    exact_gradient,
    exact_hessian,
    exact_inertia,
    exact_loss,
)
from landscape.convex import dictionary, local_minima, paths, spikes
from landscape.exact import same_numbers, to_fractions
from landscape.linear import (
    LinearNetwork,
    analytical_form,
    composite,
    from_samples,
    prescribed_spectrum,
)
from landscape.losses import LOSSES, Risk
from landscape.relu import cones, one_unit

RNG = np.random.default_rng(0)


def draw(*shape):
    return RNG.standard_normal(shape)


def rng():
    return np.random.default_rng(0)


# ---- what is put in an argument's place ----------------------------------------------------------


def wrong_arrays(v):
    """Yield what is no array of finite real numbers, in the shape of v where it has one."""
    yield "complex", v + 1j
    yield "complex objects", (v + 1j).astype(object)
    yield "bools", v > 0
    yield "bool objects", (v > 0).astype(object)
    yield "masked", np.ma.masked_array(v, v == v.ravel()[0])
    yield "masked by nothing", np.ma.masked_array(v)
    yield "NaN", np.where(np.arange(v.size).reshape(v.shape) == v.size - 1, np.nan, v)
    yield "infinity", np.where(np.arange(v.size).reshape(v.shape) == 0, -np.inf, v)
    yield "None", None
    yield "objects", np.full(v.shape, None)
    yield "strings", np.full(v.shape, "x")
    yield "text", "1"
    yield "ragged", [[1.0], [1.0, 2.0]]
    yield "a dictionary", {"a": 1.0}
    yield "a set", {1.0}
    yield "an array of lists", np.array([[1.0], [1.0, 2.0], None], dtype=object)
    yield "dates", np.zeros(v.shape, dtype="M8[s]")
    nested = 1.0
    for _ in range(200):
        nested = [nested]
    yield "nested", nested


def inexact_arrays(v):
    """Yield numbers that float64 does not hold; exact functions take them."""
    yield "400 digits", np.full(v.shape, 10**400, dtype=object)
    yield "integers beyond 2^53", np.full(v.shape, 2**53 + 1)


def strange_arrays(v):
    """Yield arrays of finite real numbers of strange scales and shapes."""
    for size in (5e-324, 1e-310, 1e-300, 1e-160, 1e160, 1e300):
        yield f"size {size}", np.sign(v) * size
        yield f"scale {size}", v * size
    yield "scales apart", v * np.resize([1e300, 1e-300], v.shape)
    yield "one entry large", np.where(np.arange(v.size).reshape(v.shape) == 0, 1e308, v)
    yield "one entry small", np.where(np.arange(v.size).reshape(v.shape) == 0, 5e-324, v)
    yield "zero", 0 * v
    yield "minus zero", -0.0 * np.abs(v)
    yield "an axis more", v[None]
    yield "a last axis", v[..., None]
    yield "a number", 1.5
    yield "flat", v.ravel()
    yield "no rows", np.empty((0, *v.shape[1:]))
    yield "nothing", []
    yield "integers", np.rint(4 * v).astype(int) + (v == 0)
    yield "unsigned", np.ones(v.shape, dtype=np.uint8)
    yield "single precision", v.astype(np.float32)
    yield "half precision", v.astype(np.float16)
    yield "Fortran order", np.asfortranarray(v)
    yield "a view", np.repeat(v, 2, axis=-1)[..., ::2]
    yield "a list", v.tolist()
    yield "read only", _read_only(v)


def _read_only(v):
    copy = v.copy()
    copy.flags.writeable = False
    return copy


WRONG_NUMBERS = [True, "1", None, np.nan, np.inf, -np.inf, 1j, 10**400, [1.0], {}, np.ones(2)]
STRANGE_NUMBERS = [1e300, 1e-300, 5e-324, 2.5, 1, 0, -1.0, np.float32(0.5), Fraction(1, 3)]
WRONG_COUNTS = [True, "1", None, np.nan, 1.5, 1j, [1], {}, -(10**400), Fraction(1, 2)]


# ---- the functions -------------------------------------------------------------------------------


@dataclasses.dataclass
class Call:
    """A function and arguments that it answers; which of them are what."""

    function: object
    given: dict
    arrays: str = ""
    numbers: str = ""
    counts: str = ""
    lists: str = ""  # of arrays: each entry is replaced in turn
    optional: str = ""  # which of them may be None
    texts: bool = False  # whether strings of numbers are numbers
    free: str = ""  # of the lists, which may have any length
    whole: str = ""  # what an error may name in their place
    exact: bool = False  # integers of any size, and floats not at all
    floats: bool = True  # whether an exact function takes floats as well

    def replaced(self, name, value, place=None):
        if place is None:
            return self.given | {name: value}
        entries = list(self.given[name])
        entries[place] = value
        return self.given | {name: entries}


X, Y, W1 = draw(3, 2), draw(3), draw(2, 2)
BETA = 0.3
NET = {"X": X, "y": Y, "beta": BETA, "W": W1, "a": draw(2)}
WHITE = np.linalg.qr(draw(4, 3))[0].T
ONE_HOT = np.array([[1.0, 0], [0, -2.0], [0.5, 0]])
STACK = {"X": draw(2, 3, 2), "y": draw(2, 3), "W": draw(2, 1, 2, 2), "a": draw(2, 1, 2)}
OUTPUTS = {"X": WHITE, "Y": ONE_HOT, "beta": BETA}
WEIGHTS = {"W": draw(2, 4), "A": draw(2, 2)}
STUDENTS, TEACHERS = draw(3, 4), np.eye(4)[:2]
LAYERS = [draw(2, 2), draw(2, 2)]
LINEAR = {"X": draw(2, 3), "Y": draw(2, 3)}
NETWORK = LinearNetwork(**LINEAR, hidden=[2])
CRITICAL = NETWORK.critical_point([0])
EXACT = {"X": [[1, 2, 0], [0, 1, 1]], "Y": [[1, 0, 2], [1, 1, 1]]}
EXACT_LAYERS = [[[1, 2], [0, 1]], [[1, 0], [2, 1]]]
CONE = {
    "X": np.array([[1, 2, 0], [0, 1, 1]]),
    "Y": np.array([[1, 0, 2]]),
    "A1": np.array([[1, 2], [-1, -2]]),
    "A2": np.array([[1, -1]]),
}
FLOAT_CONE = {name: value + 0.25 for name, value in CONE.items()}
RELU = piecewise.ACTIVATIONS["relu"]
BIASED = [(draw(2, 1), draw(2)), (draw(1, 2), draw(1))]
TARGET = target_relu.AffineTarget(1.0, 0.5, 0.0, 1.0)
EXACT_TARGET = target_relu.AffineTarget(1, 0, 0, 1)
NEURONS = target_relu.Network(draw(2), draw(2), draw(2), np.array(0.3))
RISK = Risk(LOSSES["huber"], draw(2, 5), draw(2, 5))
COMPOSITE = composite.Composite(RISK, [2])
SPACES = analytical_form.eigenspaces(**LINEAR)
KERNEL_LAYERS = [np.array([[1.0, 1], [1, 1]]), draw(2, 2), draw(2, 2)]

CALLS = {
    "objective": Call(convex.objective, NET, "X y W a", "beta"),
    "unit_bound": Call(convex.unit_bound, {"X": X, "v": Y}, "X v"),
    "unit_bound with patterns": Call(
        lambda X, v: convex.unit_bound(X, v, convex.enumerate_patterns(X)), {"X": X, "v": Y}, "X v"
    ),
    "lower_bound": Call(
        convex.lower_bound,
        {"X": X, "y": Y, "beta": BETA, "v": Y},
        "X y v",
        "beta",
        optional="beta",
    ),
    "certify_global": Call(convex.certify_global, NET, "X y W a", "beta"),
    "solve_two_layer": Call(convex.solve_two_layer, {"X": X, "y": Y, "beta": BETA}, "X y", "beta"),
    "solve_interpolation": Call(
        convex.solve_interpolation, {"X": X, "y": np.maximum(X @ W1[0], 0)}, "X y"
    ),
    "solve_restricted": Call(
        lambda X, y, beta: (
            convex.solve_restricted(X, y, beta, X.T > 0, X.T < 0)
            if isinstance(X, np.ndarray) and X.shape == (3, 2) and X.dtype == float
            else convex.solve_restricted(X, y, beta, np.ones((1, 3), bool), np.ones((1, 3), bool))
        ),
        {"X": X, "y": Y, "beta": BETA},
        "X y",
        "beta",
    ),
    "solve_one_dimensional": Call(
        convex.solve_one_dimensional,
        {"x": draw(4), "y": draw(4), "beta": BETA, "kinks": draw(3)},
        "x y kinks",
        "beta",
        optional="kinks",
    ),
    "kink_features": Call(convex.kink_features, {"x": draw(4), "kinks": draw(3)}, "x kinks"),
    "solve_whitened": Call(
        convex.solve_whitened, {"X": WHITE, "y": Y, "beta": BETA}, "X y", "beta"
    ),
    "solve_whitened_outputs": Call(convex.solve_whitened_outputs, OUTPUTS, "X Y", "beta"),
    "lower_bound_outputs": Call(convex.lower_bound_outputs, OUTPUTS, "X Y", "beta"),
    "lower_bound_from_start": Call(
        convex.lower_bound_from_start, OUTPUTS | {"W": draw(2, 4)}, "X Y W", "beta"
    ),
    "objective_outputs": Call(convex.objective_outputs, OUTPUTS | WEIGHTS, "X Y W A", "beta"),
    "train_whitened": Call(
        convex.train_whitened,
        OUTPUTS | WEIGHTS | {"steps": 3, "rate": 0.1},
        "X Y W A",
        "beta rate",
        "steps",
    ),
    "whiten_samples": Call(convex.whiten_samples, {"X": draw(2, 3)}, "X"),
    "train_networks": Call(
        convex.train_networks,
        STACK | {"beta": np.array([0.1, 0.2]), "steps": 3, "rate": 0.1},
        "X y W a beta",
        "rate",
        "steps",
    ),
    "gaussian_start": Call(
        lambda width, inputs: convex.gaussian_start(rng(), width, inputs),
        {"width": 2, "inputs": 3},
        counts="width inputs",
    ),
    "local_minima.certify_local_minimum": Call(
        local_minima.certify_local_minimum,
        {
            "X": np.array([[1.0], [-1.0]]),
            "y": np.array([1.0, 2.0]),
            "beta": 0.1,
            "W": np.sqrt(0.45) * np.ones((2, 1)),
            "a": np.sqrt(0.45) * np.ones(2),
            "dead": 1e-6,
            "kink": 1e-6,
        },
        "X y W a",
        "beta dead kink",
    ),
    "dictionary.fit_units": Call(
        dictionary.fit_units,
        {"F": draw(3, 4), "y": Y, "beta": BETA},
        "F y",
        "beta",
        optional="beta",
    ),
    "dictionary.fit_units exactly": Call(dictionary.fit_units, {"F": draw(3, 4), "y": Y}, "F y"),
    "dictionary.bound_on_line": Call(
        dictionary.bound_on_line,
        {"x": draw(4), "y": draw(4), "v": draw(4), "beta": BETA},
        "x y v",
        "beta",
        optional="beta",
        exact=True,
    ),
    "paths.path_to_optimum": Call(
        lambda X, network, optimum, points: paths.path_to_optimum(X, network, optimum, points),
        {
            "X": draw(2, 2),
            "network": [draw(4, 2), draw(4)],
            "optimum": [draw(1, 2), draw(1)],
            "points": 2,
        },
        "X",
        counts="points",
        lists="network optimum",
    ),
    "spikes.single_spikes": Call(spikes.single_spikes, {"A": draw(2, 3)}, "A"),
    "spikes.has_single_spike": Call(spikes.has_single_spike, {"A": draw(2, 3)}, "A"),
    "spikes.sampled_spike": Call(
        spikes.sampled_spike, {"A": draw(3, 2), "units": draw(4, 2)}, "A units"
    ),
    "spikes.vertex_units": Call(spikes.vertex_units, {"A": draw(3, 2)}, "A"),
    "count_patterns": Call(convex.count_patterns, {"X": X}, "X"),
    "enumerate_patterns": Call(convex.enumerate_patterns, {"X": X}, "X"),
    "sample_patterns": Call(
        lambda X, draws: convex.sample_patterns(X, draws, rng()),
        {"X": X, "draws": 3},
        "X",
        counts="draws",
    ),
    "solve_cutting_planes": Call(
        lambda y, beta, tolerance: convex.solve_cutting_planes(
            y, beta, convex.search_patterns(X), tolerance=tolerance
        ),
        {"y": Y, "beta": BETA, "tolerance": 1e-6},
        "y",
        "beta tolerance",
    ),
    "search_patterns": Call(lambda X, v: convex.search_patterns(X)(v), {"X": X, "v": Y}, "X v"),
    "search_kinks": Call(
        lambda x, v: convex.search_kinks(x)(v), {"x": draw(4), "v": draw(4)}, "x v"
    ),
    "certify_minimum": Call(
        certify_minimum,
        {"W": STUDENTS, "V": TEACHERS, "within": 1e-5, "radius": 1e-9},
        "W V",
        "within radius",
    ),
    "certify_bottleneck_minimum": Call(
        certify_bottleneck_minimum,
        {
            "loss": "logistic",
            "X": draw(2, 4),
            "Y": np.array([[1.0, -1, 1, 1], [1, 1, -1, 1]]),
            "u": draw(2),
            "v": draw(2),
            "radius": 1e-9,
        },
        "X Y u v",
        "radius",
    ),
    "certify_linear": Call(
        certify_linear, EXACT | {"W": EXACT_LAYERS}, "X Y", lists="W", exact=True, floats=False
    ),
    "exact_loss": Call(
        exact_loss, EXACT | {"W": EXACT_LAYERS}, "X Y", lists="W", exact=True, floats=False
    ),
    "exact_gradient": Call(
        exact_gradient, EXACT | {"W": EXACT_LAYERS}, "X Y", lists="W", exact=True, floats=False
    ),
    "exact_hessian": Call(
        exact_hessian, EXACT | {"W": EXACT_LAYERS}, "X Y", lists="W", exact=True, floats=False
    ),
    "descent_polynomial": Call(
        descent_polynomial,
        EXACT | {"W": EXACT_LAYERS, "V": EXACT_LAYERS},
        "X Y",
        lists="W V",
        exact=True,
        floats=False,
    ),
    "exact_inertia": Call(
        exact_inertia, {"matrix": [[1, 2], [2, 1]]}, "matrix", exact=True, floats=False
    ),
    "l2_discrepancy_squared": Call(diversity.l2_discrepancy_squared, {"W": draw(3, 2)}, "W"),
    "linf_discrepancy_lower_bound": Call(
        diversity.linf_discrepancy_lower_bound, {"W": draw(3, 2), "X": draw(4, 2)}, "W X"
    ),
    "discrepancy_regulariser": Call(diversity.discrepancy_regulariser, {"W": draw(3, 2)}, "W"),
    "minimise_regulariser": Call(
        diversity.minimise_regulariser,
        {"W": draw(3, 2), "max_iterations": 2},
        "W",
        counts="max_iterations",
    ),
    "bound_terms": Call(
        diversity.bound_terms,
        {"m": 3, "d": 3, "delta": 0.1, "l2": 0.1, "linf": 0.2},
        numbers="delta l2 linf",
        counts="m d",
    ),
    "expected_l2_discrepancy_squared": Call(
        diversity.expected_l2_discrepancy_squared, {"n": 3, "d": 3}, counts="n d"
    ),
    "slice_kernel": Call(diversity.slice_kernel, {"cosines": np.array([0.3, -0.5])}, "cosines"),
    "feature_kernel": Call(diversity.feature_kernel, {"cosines": np.array([0.3, -1])}, "cosines"),
    "arc_cosine_kernel": Call(
        lambda angles: diversity.arc_cosine_kernel(1, angles),
        {"angles": np.array([0.3, 3.0])},
        "angles",
    ),
    "harmonic_dimension": Call(
        diversity.harmonic_dimension, {"d": 3, "degree": 2}, counts="d degree"
    ),
    "kernel_eigenvalues": Call(
        diversity.kernel_eigenvalues, {"d": 3, "count": 2}, counts="d count"
    ),
    "kernel_spectrum": Call(
        diversity.kernel_spectrum, {"d": 3, "max_degree": 2}, counts="d max_degree"
    ),
    "mean_square_slice_kernel": Call(diversity.mean_square_slice_kernel, {"d": 3}, counts="d"),
    "sphere_area_ratio": Call(diversity.sphere_area_ratio, {"d": 3}, counts="d"),
    "zonal_eigenvalue": Call(
        lambda d, degree: diversity.zonal_eigenvalue(diversity.slice_kernel, d, degree),
        {"d": 3, "degree": 2},
        counts="d degree",
    ),
    "unit_rows": Call(lambda W: sphere.unit_rows(W, "W"), {"W": draw(3, 2)}, "W"),
    "uniform": Call(lambda m, d: sphere.uniform(rng(), m, d), {"m": 2, "d": 3}, counts="m d"),
    "uniform_positive_orthant": Call(
        lambda m, d: sphere.uniform_positive_orthant(rng(), m, d), {"m": 2, "d": 3}, counts="m d"
    ),
    **{
        f"relu.{name}": Call(
            getattr(relu, name),
            {k: v for k, v in (("X", X), ("W", W1), ("v", draw(2)), ("y", Y)) if k in names},
            " ".join(names),
        )
        for name, names in {
            "activation_pattern": "XW",
            "extended_feature_gram": "XW",
            "extended_feature_matrix": "XWv",
            "predict": "XWv",
            "residual": "XWvy",
            "loss": "XWvy",
            "gradient": "XWvy",
            "smallest_singular_value_squared": "XW",
        }.items()
    },
    "relu.smallest_eigenvalue": Call(relu.smallest_eigenvalue, {"G": X @ X.T}, "G"),
    **{
        f"cones.{name}": Call(
            getattr(cones, name),
            {k: v for k, v in FLOAT_CONE.items() if k in names.split()},
            names,
            exact=True,
        )
        for name, names in {
            "loss": "X Y A1 A2",
            "gradient": "X Y A1 A2",
            "hessian": "X Y A1 A2",
            "cone_of": "X A1",
            "squared_radius": "X A1",
        }.items()
    },
    "cones.certify_in_cone": Call(
        cones.certify_in_cone, CONE, "X Y A1 A2", exact=True, floats=False
    ),
    "cones.cone_points": Call(
        lambda X, Y, hidden: cones.cone_points(X, Y, hidden, cones.Cone((0,), (0, 1)), rng()),
        LINEAR | {"hidden": 2},
        "X Y",
        counts="hidden",
    ),
    "one_unit.unit_loss": Call(
        one_unit.unit_loss, {"X": draw(2, 3), "y": Y, "angles": draw(2)}, "X y angles"
    ),
    "one_unit.unit_minima": Call(one_unit.unit_minima, {"X": draw(2, 3), "y": Y}, "X y"),
    "population.loss": Call(population.loss, {"W": STUDENTS, "V": TEACHERS}, "W V"),
    "population.gradient": Call(population.gradient, {"W": STUDENTS, "V": TEACHERS}, "W V"),
    "population.hessian": Call(population.hessian, {"W": STUDENTS, "V": TEACHERS}, "W V"),
    "population.polish": Call(population.polish, {"W": STUDENTS, "V": TEACHERS}, "W V"),
    "population.descend": Call(
        population.descend,
        {"W": draw(2, 3, 4), "V": TEACHERS, "step": 0.1, "tolerance": 1e-9, "max_steps": 40},
        "W V",
        "step tolerance",
        "max_steps",
    ),
    "population.classes_of_minima": Call(
        population.classes_of_minima,
        {"W": draw(2, 3, 4), "V": np.eye(4), "tolerance": 1e-3},
        "W V",
        "tolerance",
    ),
    "spurious.search_minima": Call(
        lambda teachers, students, runs, step, tolerance, max_steps: (
            spurious.search_minima(
                teachers, students, runs, rng(), step=step, tolerance=tolerance, max_steps=max_steps
            )
            .runs["loss"]
            .to_numpy()
        ),
        {"teachers": 2, "students": 2, "runs": 2, "step": 0.5, "tolerance": 1e-3, "max_steps": 40},
        numbers="step tolerance",
        counts="teachers students runs max_steps",
        optional="step",
    ),
    "LinearNetwork": Call(lambda X, Y: LinearNetwork(X, Y, [2]).eigenvalues, LINEAR, "X Y"),
    **{
        f"LinearNetwork.{name}": Call(getattr(NETWORK, name), {"W": CRITICAL}, lists="W")
        for name in (
            "loss",
            "gradient",
            "hessian",
            "classify",
            "spectrum",
            "smallest_eigenvalue",
            "inertia",
            "reconstruct",
        )
    },
    "LinearNetwork.hvp": Call(NETWORK.hvp, {"W": LAYERS, "V": LAYERS}, lists="W V"),
    "from_samples.loss_and_gradient": Call(
        from_samples.loss_and_gradient, LINEAR | {"W": LAYERS}, "X Y", lists="W"
    ),
    "from_samples.relative_gradient": Call(
        from_samples.relative_gradient, LINEAR | {"W": LAYERS}, "X Y", lists="W"
    ),
    "from_samples.rises_nearby": Call(
        from_samples.rises_nearby,
        LINEAR | {"W": LAYERS, "directions": [draw(8), draw(8)], "radii": [0.1, 0.2]},
        "X Y",
        lists="W directions",
        free="directions",
    ),
    "data_with_spectrum": Call(
        lambda inputs, outputs, samples, rank, eigenvalues: prescribed_spectrum.data_with_spectrum(
            rng(), inputs, outputs, samples, rank, eigenvalues
        ),
        {"inputs": 2, "outputs": 2, "samples": 3, "rank": 2, "eigenvalues": np.array([2.0, 1.0])},
        "eigenvalues",
        counts="inputs outputs samples rank",
    ),
    "analytical_form.eigenspaces": Call(analytical_form.eigenspaces, LINEAR, "X Y"),
    "analytical_form.recursive_form": Call(
        analytical_form.recursive_form, LINEAR | {"W": LAYERS}, "X Y", lists="W"
    ),
    "analytical_form.critical_value": Call(
        lambda Y: analytical_form.critical_value(Y, SPACES, (1, 0, 0)), {"Y": LINEAR["Y"]}, "Y"
    ),
    "analytical_form.random_form": Call(
        lambda X, Y, hidden: analytical_form.random_form(rng(), X, Y, SPACES, (1, 0, 0), hidden),
        LINEAR | {"hidden": 2},
        "X Y",
        counts="hidden",
    ),
    **{
        f"Composite.{name}": Call(
            getattr(COMPOSITE, name), {argument: draw(COMPOSITE.size)}, argument
        )
        for name, argument in {
            "layers": "theta",
            "value_gradient": "theta",
            "hessian": "theta",
            "balanced": "theta",
            "minimize": "start",
        }.items()
    },
    "kernel_move": Call(
        lambda W, size: composite.kernel_move(W, rng(), size),
        {"W": KERNEL_LAYERS, "size": 0.5},
        numbers="size",
        lists="W",
    ),
    "Risk": Call(
        lambda X, Y: Risk(LOSSES["huber"], X, Y).minimum(),
        {"X": draw(2, 5), "Y": draw(2, 5)},
        "X Y",
    ),
    **{
        f"Risk.{name}": Call(getattr(RISK, name), {"A": draw(2, 2)}, "A")
        for name in ("value", "value_gradient", "hessian")
    },
    "piecewise.outputs": Call(
        lambda layers, X: piecewise.outputs([layers, BIASED[1]], X, RELU),
        {"layers": list(BIASED[0]), "X": draw(1, 3)},
        "X",
        lists="layers",
        exact=True,
    ),
    "piecewise.loss": Call(
        lambda layers, X, y: piecewise.loss([layers, BIASED[1]], X, y, RELU),
        {"layers": list(BIASED[0]), "X": draw(1, 3), "y": Y},
        "X y",
        lists="layers",
        exact=True,
    ),
    "piecewise.gradient": Call(
        lambda layers, X, y: piecewise.gradient([layers, BIASED[1]], X, y, RELU),
        {"layers": list(BIASED[0]), "X": draw(1, 3), "y": Y},
        "X y",
        lists="layers",
        exact=True,
    ),
    "piecewise.is_affine_on": Call(
        lambda layers, X: piecewise.is_affine_on([layers, BIASED[1]], X, RELU),
        {"layers": list(BIASED[0]), "X": draw(1, 3)},
        "X",
        lists="layers",
        exact=True,
    ),
    "segment.best_affine": Call(
        segment.best_affine, {"X": [[0, 1, 3]], "y": [1, 0, 2]}, "X y", exact=True, floats=False
    ),
    "segment.affine_minimum": Call(
        lambda X, y: segment.affine_minimum(rng(), X, y, [2], RELU),
        {"X": [[0, 1, 3]], "y": [1, 0, 2]},
        "X y",
        exact=True,
        floats=False,
    ),
    "segment.affine_radius": Call(
        lambda X: segment.affine_radius([([[1], [1]], [1, 2]), ([[1, 1]], [0])], X, RELU),
        {"X": [[0, 1, 3]]},
        "X",
        exact=True,
        floats=False,
    ),
    "segment.certify_spurious": Call(
        lambda X, y: segment.certify_spurious(
            [([[1], [1]], [1, 2]), ([[1, 1]], [0])],
            [([[1], [1]], [1, 2]), ([[1, 1]], [0])],
            X,
            y,
            RELU,
        ),
        {"X": [[0, 1, 3]], "y": [1, 0, 2]},
        "X y",
        exact=True,
        floats=False,
    ),
    **{
        f"AffineTarget.{name}": Call(
            lambda w, b, v, c, name=name: getattr(TARGET, name)(target_relu.Network(w, b, v, c)),
            NEURONS._asdict(),
            "w b v c",
            exact=True,
            whole="network",
        )
        for name in ("loss", "gradient", "hessian")
    },
    "convex_losses.certify_affine_loss": Call(
        lambda layers, better, X, y: convex_losses.certify_affine_loss(
            "square", [layers, ([[1, 1]], [0])], [better, ([[1, 1]], [0])], X, y
        ),
        {
            "layers": [[[1], [1]], [1, 2]],
            "better": [[[1], [1]], [1, 2]],
            "X": [[0, 1, 3]],
            "y": [1, 0, 2],
        },
        "X y",
        lists="layers",
        exact=True,
        floats=False,
    ),
    "convex_losses.mean_loss": Call(
        lambda layers, X, y: float(
            convex_losses.mean_loss("square", [layers, ([[1, 1]], [0])], X, y).mid()
        ),
        {"layers": [[[1], [1]], [1, 2]], "X": [[0, 1, 3]], "y": [1, 0, 2]},
        "X y",
        lists="layers",
        exact=True,
        floats=False,
    ),
    "integrals.affine_pieces": Call(
        lambda layers: integrals.affine_pieces([layers, ([[1, 1]], [0])], RELU),
        {"layers": [[[1], [1]], [1, 2]]},
        lists="layers",
        exact=True,
        floats=False,
    ),
    "integrals.mean_square": Call(
        lambda layers, target: integrals.mean_square([layers, ([[1, 1]], [0])], target, RELU),
        {"layers": [[[1], [1]], [1, 2]], "target": [0, 0, 1]},
        "target",
        lists="layers",
        exact=True,
        floats=False,
    ),
    "integrals.best_affine": Call(
        integrals.best_affine, {"target": [0, 1, 1]}, "target", exact=True, floats=False
    ),
    "AffineTarget.classify": Call(
        lambda w, b, v, c: EXACT_TARGET.classify(target_relu.Network(w, b, v, c)),
        {"w": [1, -1], "b": [0, 1], "v": [1, 2], "c": 0},
        "w b v c",
        exact=True,
        floats=False,
        whole="network",
    ),
    "AffineTarget.error": Call(lambda x: TARGET.error(NEURONS, x), {"x": draw(3)}, "x", exact=True),
    "AffineTarget.neuron_types": Call(
        TARGET.neuron_types, {"w": draw(2), "b": draw(2)}, "w b", exact=True
    ),
    **{
        f"QuadraticActivation.{name}": Call(
            lambda w, b, v, c, name=name: getattr(
                target_quadratic.QuadraticActivation(TARGET), name
            )(target_relu.Network(w, b, v, c)),
            NEURONS._asdict(),
            "w b v c",
            exact=True,
            whole="network",
        )
        for name in ("loss", "gradient", "hessian")
    },
    "same_numbers": Call(lambda a, b: same_numbers(a=a, b=b), {"a": X, "b": Y}, "a b", exact=True),
    "to_fractions": Call(
        lambda array: to_fractions(array), {"array": X}, "array", exact=True, texts=True
    ),
}


def finite(result):
    """Tell whether a result has no NaN; infinity is a distance or a bound."""
    if isinstance(result, np.ndarray) and result.dtype.kind in "fc":
        return not np.isnan(result).any()
    if isinstance(result, float | np.floating):
        return not np.isnan(result)
    if isinstance(result, list | tuple):
        return all(finite(part) for part in result)
    if isinstance(result, dict):
        return all(finite(part) for part in result.values())
    if dataclasses.is_dataclass(result):
        # A box without a proof has no values.
        if getattr(result, "proved", True) is False:
            return True
        return all(finite(getattr(result, field.name)) for field in dataclasses.fields(result))
    return True


def outcome(call, given, name):
    """Return "answered" or "refused"; anything else fails."""
    try:
        result = call.function(**given)
    except ValueError as error:
        words = re.split(r"[^\w]+", str(error).split(": ")[0])
        named = {re.sub(r"_\d+$", "", word) for word in words}
        if named & {name, call.whole} and len(str(error)) < 600:
            return "refused"
        raise
    assert finite(result)
    return "answered"


PLACES = [
    (function, name, place)
    for function, call in CALLS.items()
    for names, listed in ((call.arrays, False), (call.lists, True))
    for name in names.split()
    for place in (range(len(call.given[name])) if listed else [None])
]


@pytest.mark.parametrize(("function", "name", "place"), PLACES)
def test_an_array_is_answered_or_refused_by_name(function, name, place):
    call = CALLS[function]
    assert finite(call.function(**call.given))
    valid = call.given[name] if place is None else call.given[name][place]
    valid = np.asarray(valid, dtype=float)
    for label, value in wrong_arrays(valid):
        found = outcome(call, call.replaced(name, value, place), name)
        may = value is None and name in call.optional.split()
        may |= label == "text" and call.texts
        assert found == "refused" or may, label
    for label, value in inexact_arrays(valid):
        found = outcome(call, call.replaced(name, value, place), name)
        assert found == "refused" or call.exact, label
    for label, value in strange_arrays(valid):
        try:
            outcome(call, call.replaced(name, value, place), name)
        except BaseException as error:
            error.add_note(label)
            raise


@pytest.mark.parametrize(
    ("function", "name"), [(f, name) for f, call in CALLS.items() for name in call.lists.split()]
)
def test_a_list_of_arrays_is_answered_or_refused_by_name(function, name):
    call = CALLS[function]
    fewer = [] if name in call.free.split() else call.given[name][:1]
    for value in (None, "W", 1.0, [], fewer, np.float64(1), {}, [None], [[]]):
        assert outcome(call, call.given | {name: value}, name) == "refused"


@pytest.mark.parametrize(
    ("function", "name"), [(f, name) for f, call in CALLS.items() for name in call.numbers.split()]
)
def test_a_number_is_answered_or_refused_by_name(function, name):
    call = CALLS[function]
    for value in WRONG_NUMBERS:
        may = value is None and name in call.optional.split()
        assert outcome(call, call.given | {name: value}, name) == "refused" or may, repr(value)
    for value in STRANGE_NUMBERS:
        outcome(call, call.given | {name: value}, name)


@pytest.mark.parametrize(
    ("function", "name"), [(f, name) for f, call in CALLS.items() for name in call.counts.split()]
)
def test_a_count_is_answered_or_refused_by_name(function, name):
    call = CALLS[function]
    for value in WRONG_COUNTS:
        assert outcome(call, call.given | {name: value}, name) == "refused", repr(value)
    outcome(call, call.given | {name: np.int64(call.given[name])}, name)
    outcome(call, call.given | {name: 0}, name)


# ---- nothing is forgotten ------------------------------------------------------------------------

# Modules whose functions are called with arrays that others have read, and why.
INNER = {
    "convex.solved": "problems are read from a file",
    "convex.duality": "objective_bound, cone_multipliers and the readers of arguments",
    "certify.rational": "readers, and matrices of Fraction that were read",
    "linear.hessian": "called by LinearNetwork with checked weights, as the next seven",
    "linear.classify": "",
    "linear.critical_points": "",
    "linear.inertia": "",
    "linear.lanczos": "",
    "linear.normal_form": "",
    "linear.problem": "",
    "linear.spectrum": "",
    "certify.counterexamples": "two layers of the examples that the module itself makes",
    "certify.linear_points": "blocks of Fraction that the module itself makes",
    "affine.piecewise.read_network": "what the functions of that module read networks with",
    "affine.piecewise.read_targets": "",
    "affine.piecewise.read_pairs": "",
    "affine.segment.read_exact": "",
    "exact.is_exact": "tells of anything whether it is exact",
    "exact.number_array": "what same_numbers reads arrays with",
}
PACKAGES = ["affine", "certify", "convex", "diversity", "linear", "relu"]
MODULES = ["exact", "losses", "population", "sphere", "spurious"]
ARRAYS = re.compile(r"Array|Matrix|Numbers|Layers|Patterns|Network\b")


def public(module):
    """Yield the names of functions and methods of a module that take arrays."""
    for name, thing in vars(module).items():
        if name.startswith("_") or getattr(thing, "__module__", None) != module.__name__:
            continue
        if inspect.isfunction(thing):
            methods = {name: thing}
        elif inspect.isclass(thing):
            methods = {f"{name}.{k}": f for k, f in vars(thing).items() if inspect.isfunction(f)}
        else:
            continue
        for method, function in methods.items():
            hints = [str(p.annotation) for p in inspect.signature(function).parameters.values()]
            last = method.split(".")[-1]
            if (last == "__init__" or not last.startswith("_")) and ARRAYS.search(str(hints)):
                yield method.removesuffix(".__init__")


def test_no_function_is_forgotten():
    names = [*MODULES]
    for package in PACKAGES:
        found = importlib.import_module(f"landscape.{package}")
        names += [f"{package}.{module.name}" for module in pkgutil.iter_modules(found.__path__)]
    known = {key.split()[0] for key in CALLS}
    missing = []
    for name in set(names) - set(INNER):
        module = importlib.import_module(f"landscape.{name}")
        for function in public(module):
            places = {name.split(".")[0], name.split(".")[-1]}
            spellings = {function, *(f"{place}.{function}" for place in places)}
            if not spellings & known and f"{name}.{function}" not in INNER:
                missing.append(f"{name}: {function}")
    assert sorted(missing) == []
