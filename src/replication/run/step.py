"""The command line of a step, and its last word."""

from replication.run.manifest import recorded
from replication.run.watch import REPOSITORY

import sys
import traceback
from collections.abc import Callable

import tyro

from replication.arithmetic import PINNED
from replication.code import SOURCE
from replication.errors import InputError


def run(main: Callable[..., None]) -> None:
    """Run `main` with its arguments read from the command line.

    Options, types and help are those of the signature and docstring of `main`. The run leaves a
    manifest (`replication.run.manifest`). An `InputError`, an error of the file system, or an
    argument that a module under src/ refuses, ends the process with its one line and status 1.
    """
    try:
        tyro.cli(recorded(main, PINNED), description=sys.modules["__main__"].__doc__)
    except (InputError, OSError) as error:
        sys.exit(f"error: {error}")
    except ValueError as error:
        # Raised in the library it is about an argument; elsewhere it is a fault of the program.
        raised_in = traceback.extract_tb(error.__traceback__)[-1].filename
        if not raised_in.startswith(str(REPOSITORY / SOURCE)):
            raise
        sys.exit(f"error: {error}")
