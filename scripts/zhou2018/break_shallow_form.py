"""Break one part of the analytical form of shallow critical points at a time."""

from replication.run import run, track, write_table

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from landscape.linear.analytical_form import ShallowForm, eigenspaces, random_form
from landscape.linear.from_samples import relative_gradient
from landscape.linear.prescribed_spectrum import data_with_spectrum
from landscape.seeds import generator
from replication.settings import Count

CONTROLS = ("none", "V mixes eigenspaces", "V is not orthonormal", "L1 violates condition 2")
# The controls need two distinct eigenvalues, and room below the rank with some target left.
INPUTS, HIDDEN, OUTPUTS, SAMPLES, RANK = 4, 3, 4, 7, 4
EIGENVALUES = (5.0, 3.0, 1.5)
PATTERN = (1, 0, 1, 0)


def break_shallow_form(draws: Count, seed: int, controls: Path) -> None:
    """Write the gradients where one part of the form is broken, beside those of the form.

    Parameters
    ----------
    draws
        Points for each part.
    seed
        Root seed.
    controls
        The .csv table, a row for each part.
    """
    rows = []
    for control in CONTROLS:
        sizes, violations = [], []
        for draw in track(range(draws), f"controls, {control}"):
            rng = generator(seed, "zhou2018", "controls", control, draw)
            broken = _broken(_form(rng), control, rng)
            sizes.append(relative_gradient(broken.X, broken.Y, broken.point()))
            violations.append(float(np.linalg.norm(broken.condition())))
        rows.append(
            {
                "broken": control,
                "points": draws,
                "gradient_from": min(sizes),
                "gradient_to": max(sizes),
                "condition_from": min(violations),
                "condition_to": max(violations),
            }
        )
    write_table(pd.DataFrame(rows), controls)


def _form(rng: np.random.Generator) -> ShallowForm:
    """Return a random point of the form on random data."""
    X, Y = data_with_spectrum(rng, INPUTS, OUTPUTS, SAMPLES, RANK, EIGENVALUES)
    return random_form(rng, X, Y, eigenspaces(X, Y), PATTERN, HIDDEN)


def _broken(form: ShallowForm, control: str, rng: np.random.Generator) -> ShallowForm:
    V, rank = form.V.copy(), form.rank
    if control == "V mixes eigenspaces":
        V[:, :rank] = np.linalg.qr(rng.normal(size=(len(V), rank)))[0]
    elif control == "V is not orthonormal":
        # A column of another length still lies in its eigenspace.
        V[:, 0] *= rng.uniform(1.2, 2.0)
    elif control == "L1 violates condition 2":
        return replace(form, L1=rng.normal(size=form.L1.shape))
    return replace(form, V=V)


if __name__ == "__main__":
    run(break_shallow_form)
