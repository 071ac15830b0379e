"""Running a step: its command line, its files, its record.

A script imports this package before anything that computes, because it pins the arithmetic.
"""

from replication.run.files import atomic, write_table
from replication.run.progress import track
from replication.run.published import Published
from replication.run.step import run

from replication.arithmetic import PINNED as PINNED  # before all else
from replication.errors import InputError

__all__ = ["InputError", "Published", "atomic", "run", "track", "write_table"]
