"""Arithmetic that is the same wherever a step runs: one thread, one code path.

The variables are read when numpy and torch are loaded, so this module is imported before any other
that computes; `replication.run` does so. They are set here and nowhere else: a script run by hand
computes the same bits as one run by Snakemake, whatever ``--cores`` is.
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
