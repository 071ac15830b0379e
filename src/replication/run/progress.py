"""Progress of long steps: a bar on a terminal, plain lines in a log."""

import sys
import time
from collections.abc import Iterable, Iterator, Sized
from typing import TypeVar

T = TypeVar("T")

SECONDS_BETWEEN_LINES = 10.0


def track(items: Iterable[T], what: str, total: int | None = None) -> Iterator[T]:
    """Yield `items`, reporting how many are done and how much time is left.

    Parameters
    ----------
    items : iterable
        What to go through.
    what : str
        A word or two for the reader, for example ``"steps of SGD"``.
    total : int, optional
        The number of items; ``len(items)`` if it has one.
    """
    count = total if total is not None else len(items) if isinstance(items, Sized) else None
    if sys.stdout.isatty():
        from rich.progress import track as rich_track

        yield from rich_track(items, description=what, total=count)
        return
    start = last = time.monotonic()
    done = 0
    for done, item in enumerate(items, start=1):
        yield item
        now = time.monotonic()
        if now - last >= SECONDS_BETWEEN_LINES and count:
            left = (now - start) / done * (count - done)
            print(f"{what}: {done}/{count}, {left:.0f} s left", flush=True)
            last = now
    print(f"{what}: {done} done in {time.monotonic() - start:.1f} s", flush=True)
