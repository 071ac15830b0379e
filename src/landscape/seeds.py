"""Random streams with names."""

import hashlib

import numpy as np


def generator(root: int, *names: str | int) -> np.random.Generator:
    """Return the random stream called `names` under the root seed.

    Streams with different names are independent, and a stream depends on nothing but `root` and
    its own name: not on which other streams exist, nor on the order in which they are drawn from.

    Parameters
    ----------
    root : int
        The root seed of a run, at least 0.
    *names : str or int
        The path of the stream, from the general to the particular, for example
        ``generator(0, "xie2017", "table1", "teacher", 3)``.

    Raises
    ------
    ValueError
        If `root` is negative.
    """
    if root < 0:
        raise ValueError(f"root: a seed must be at least 0, got {root}")
    digest = hashlib.sha256("/".join(map(str, names)).encode()).digest()
    return np.random.default_rng([root, *np.frombuffer(digest, dtype="<u4").tolist()])
