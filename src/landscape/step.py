"""What every script of the pipeline shares: pinned arithmetic, a command line, a last word.

A script imports this module before any other, because the variables below are read when numpy and
torch are loaded. They are set here and nowhere else, so that a script run by hand computes the same
bits as one run by Snakemake, whatever ``--cores`` is.
"""

import os

PINNED = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_WAIT_POLICY": "PASSIVE",
    "MKL_CBWR": "AVX2",
    "ATEN_CPU_CAPABILITY": "avx2",
    "OPENBLAS_CORETYPE": "Haswell",
    "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",
    "MPLBACKEND": "agg",
}
# The audit replaces one of them to see what depends on it, and manifests tell.
PINNED = {name: os.environ.get(f"PINNED_{name}", value) for name, value in PINNED.items()}
os.environ.update(PINNED)

import sys  # noqa: E402
import traceback  # noqa: E402
from collections.abc import Callable  # noqa: E402

import tyro  # noqa: E402

from landscape.errors import InputError  # noqa: E402
from landscape.evidence.manifest import PACKAGE, recorded  # noqa: E402


def run(main: Callable[..., None]) -> None:
    """Run `main` with its arguments read from the command line.

    Options, types and help are those of the signature and docstring of `main`. The run leaves a
    manifest (`landscape.evidence.manifest`). An `InputError`, an error of the file system, or an
    argument that this library refuses, ends the process with its one line and status 1.
    """
    try:
        tyro.cli(recorded(main, PINNED), description=sys.modules["__main__"].__doc__)
    except (InputError, OSError) as error:
        sys.exit(f"error: {error}")
    except ValueError as error:
        # Raised here it is about an argument; elsewhere it is a fault of the program.
        if not traceback.extract_tb(error.__traceback__)[-1].filename.startswith(str(PACKAGE)):
            raise
        sys.exit(f"error: {error}")
