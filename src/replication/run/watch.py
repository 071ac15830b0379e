"""Refusing a step what it did not declare.

Python tells its audit hooks of each file that it opens and each folder that it lists. One hook is
set when this package is first imported, which a script does before all else. Until the arguments of
the step are known it only notes; then `watch` judges. What libraries and subprocesses open without
Python it does not see; `replication.run.landlock` does.
"""

import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from replication.code import SOURCE
from replication.errors import InputError

REPOSITORY = Path(__file__).resolve().parents[3]


class Watch:
    """What a step may read of the repository, and what it was refused.

    Parameters
    ----------
    declared : iterable of Path
        Files and folders. What lies in a folder that is named like one of them without its suffix
        belongs to the step as well.
    """

    def __init__(self, declared: Iterable[Path]) -> None:
        paths = {os.path.realpath(path) for path in declared}
        stems = {os.path.splitext(path)[0] for path in paths}  # noqa: PTH122
        # Outside of the repository nothing is refused anyway.
        places = map(os.path.realpath, (sys.prefix, sys.base_prefix, tempfile.gettempdir()))
        free = set(filter(_within, places))
        self._free = tuple(f"{place}{os.sep}" for place in free)
        self._declared = paths
        self._folders = tuple(f"{path}{os.sep}" for path in paths | stems)
        # Importing lists the folders of modules.
        parents = {os.path.dirname(path) for path in paths}  # noqa: PTH120
        self._listed = parents | {os.path.realpath(path) for path in sys.path}
        self.readable = [Path(path) for path in paths | stems | free]
        self.refused: list[str] = []

    def allows(self, path: str) -> bool:
        """Say whether the step may read a file or list a folder, given by its real path."""
        inner = f"{path}{os.sep}"
        if not _within(path) or inner.startswith(self._free + self._folders):
            return True
        if inner.startswith(_SOURCE) and (path.endswith((".py", ".pyc")) or _is_folder(path)):
            return True
        return path in self._declared or (path in self._listed and _is_folder(path))

    def refuse(self, path: str) -> InputError:
        """Note that a file was refused, and return what to say."""
        self.refused.append(path)
        return undeclared(path)

    def blames(self, error: PermissionError) -> InputError | None:
        """Return what to say if the kernel refused a file of the repository on our behalf.

        A file whose own permissions forbid it to be read is none of them.
        """
        quoted = re.findall(r"'([^']+)'", str(error))
        for name in [error.filename, *quoted]:
            if isinstance(name, str | bytes):
                path = os.path.realpath(os.fsdecode(name))
                if os.path.isfile(path) and os.access(path, os.R_OK) and not self.allows(path):  # noqa: PTH113
                    return self.refuse(path)
        return None


def undeclared(path: str) -> InputError:
    """Return the error of a step that reads what it did not declare."""
    relative = os.path.relpath(path)
    name = path if relative.startswith("..") else relative
    return InputError(f"{name}: this step reads it, but it is not among its inputs")


@contextmanager
def watch(declared: Iterable[Path]) -> Iterator[Watch]:
    """Refuse to open files of the repository that were not declared; yield what was refused."""
    global _judge
    watching = Watch(declared)

    def judge(path: str) -> None:
        if not watching.allows(path):
            raise watching.refuse(path)

    _passed.clear()
    _judge = judge
    try:
        yield watching
    finally:
        _judge = None


def read_so_far() -> list[str]:
    """Return the files of the repository that were read since the import; note no more."""
    global _judge
    _judge = None
    return list(_noted)


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if _judge is None or event not in _EVENTS or not isinstance(arguments[0], _NAMES):
        return
    # To open for reading and writing is to read, unless what was there is cut off first.
    if event == "open" and (arguments[2] & os.O_WRONLY or arguments[2] & os.O_TRUNC):
        return
    name = os.path.abspath(os.fsdecode(arguments[0]))  # noqa: PTH100 (speed)
    if name in _passed or name.startswith(_ENVIRONMENT):
        return
    path = os.path.realpath(name)
    # To remove a folder its subfolders are opened, by names that are relative to it.
    if os.path.isfile(path) or (event != "open" and _is_folder(path)):  # noqa: PTH113
        if _within(path):
            _judge(path)
        _passed.add(name)


def _within(path: str) -> bool:
    return path.startswith(_ROOT)


def _is_folder(path: str) -> bool:
    return os.path.isdir(path)  # noqa: PTH112


_ROOT = f"{REPOSITORY}{os.sep}"
_SOURCE = f"{REPOSITORY / SOURCE}{os.sep}"
_ENVIRONMENT = tuple(
    prefix
    for prefix in (f"{sys.prefix}{os.sep}", f"{sys.base_prefix}{os.sep}")
    if not _ROOT.startswith(prefix)
)
_EVENTS = {"open", "os.listdir", "os.scandir"}
_NAMES = (str, bytes, os.PathLike)
_passed: set[str] = set()
_noted: dict[str, None] = {}
_judge: Callable[[str], None] | None = lambda path: _noted.setdefault(path)  # noqa: E731
sys.addaudithook(_hook)  # for good: Python has no way to take a hook back
