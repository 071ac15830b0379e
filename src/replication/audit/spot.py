"""A few steps recomputed from nothing, chosen so that nobody can know which."""

from replication.run.manifest import Manifest, sha256

import os
import random
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from replication.code import SOURCE
from replication.workflow import PYTHON, command_line

# A step that took longer is left out.
SECONDS = 30.0


@dataclass(frozen=True)
class Spot:
    """A step recomputed: its script, its first output, and which outputs have other bits now."""

    step: str
    output: str
    differing: tuple[str, ...]


def choose(manifests: Sequence[Manifest], number: int) -> list[Manifest]:
    """Return some of the short steps of a run, at random."""
    short = [made for made in manifests if made["circumstances"]["seconds"] <= SECONDS]
    return random.SystemRandom().sample(short, min(number, len(short)))


def recompute(manifest: Manifest) -> Spot:
    """Run a step again, with its recorded parameters, into an empty folder; compare bits.

    Its inputs are those that lie there now; that they are what the step read is for the audit.
    """
    outputs: dict[str, str] = manifest["outputs"]
    with TemporaryDirectory() as place:
        moved = {path: str(Path(place, path)) for path in outputs}
        # A folder of outputs is a parameter, too.
        folders = {str(folder) for path in outputs for folder in Path(path).parents} - {"."}
        moved |= {folder: str(Path(place, folder)) for folder in folders}
        values = {name: _moved(value, moved) for name, value in manifest["parameters"].items()}
        script = Path(manifest["step"])
        command = [sys.executable, str(script), *shlex.split(command_line(script, values))]
        environment = os.environ | PYTHON | {"PYTHONPATH": str(SOURCE.resolve())}
        subprocess.run(command, env=environment, capture_output=True, check=False)
        differing = tuple(
            path
            for path, digest in outputs.items()
            if not Path(moved[path]).is_file() or sha256(Path(moved[path])) != digest
        )
    return Spot(manifest["step"], min(outputs), differing)


def _moved(value: Any, moved: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_moved(item, moved) for item in value]
    return moved.get(value, value) if isinstance(value, str) else value
