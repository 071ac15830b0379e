"""Refusing reads in the kernel, by Linux's Landlock: those of any library and any subprocess, too.

A rule grants a file, or all that lies in a folder, now or later; there are no rules that refuse. So
what lies beside the folders on the way to a closed one is granted, entry by entry. The restriction
binds the thread that asks for it and all that this thread starts, for good; other threads are free.
"""

import ctypes
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

# The numbers of the system calls are the same on x86_64 and aarch64, and on all newer machines.
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
GET_VERSION = 1
PATH_BENEATH = 1
NO_NEW_PRIVILEGES = 38
READ_FILE = 1 << 2
# To rename from one folder to another, which every restriction refuses unless it is granted.
REFER = 1 << 13
FIRST_WITH_REFER = 2


class _Ruleset(ctypes.Structure):
    _fields_ = (("handled_access_fs", ctypes.c_uint64),)


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


def available(root: Path) -> bool:
    """Say whether the kernel can close `root`.

    Where `root` lies in the folder of temporary files it can't: a file that is made beside the
    folders on the way to `root`, after the restriction, can't be granted.
    """
    temporary = Path(tempfile.gettempdir()).resolve()
    if root.resolve().is_relative_to(temporary):
        return False
    try:
        return _call(CREATE_RULESET, None, ctypes.c_size_t(0), GET_VERSION) >= FIRST_WITH_REFER
    except (OSError, AttributeError):  # another kernel, a filter of system calls, another system
        return False


def restrict(root: Path, readable: Iterable[Path]) -> None:
    """Refuse this thread, and what it starts, to open files in `root` for reading; for good.

    Parameters
    ----------
    root : Path
        The folder that is closed.
    readable : iterable of Path
        Files and folders in `root` that stay readable. Those that do not exist are passed over.
    """
    rules = _Ruleset(READ_FILE | REFER)
    ruleset = _call(CREATE_RULESET, ctypes.byref(rules), ctypes.c_size_t(ctypes.sizeof(rules)), 0)
    try:
        _grant(ruleset, Path("/"), REFER)
        for path in [*_beside(root.resolve()), *readable]:
            with suppress(FileNotFoundError, PermissionError):
                _grant(ruleset, path, READ_FILE)
        _libc().prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        _call(RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _beside(root: Path) -> Iterator[Path]:
    """Yield all that lies in the folders above a folder, except for these folders and itself."""
    closed = {root, *root.parents}
    for folder in root.parents:
        with suppress(PermissionError):
            for entry in folder.iterdir():
                # What a link leads to is granted or closed by its own place.
                if entry not in closed and not entry.is_symlink():
                    yield entry


def _grant(ruleset: int, path: Path, access: int) -> None:
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = _PathBeneath(access, place)
        _call(ADD_RULE, ruleset, PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(place)


def _call(number: int, *arguments: object) -> int:
    result = int(_libc().syscall(ctypes.c_long(number), *arguments))
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
