"""What a step read, ran and wrote, by content: its manifest.

`replication.run.run` keeps one for every step, whoever starts it. A manifest has two parts. The
*identity* (step, parameters, hashes of code, inputs, outputs and lock) is the same whenever the
same step makes the same bits; the hashes of outputs are those that later manifests name as inputs,
and `root` makes one hash of all. The *circumstances* (commit, machine, packages, times) are not.
"""

from replication.run import files, landlock
from replication.run.watch import REPOSITORY, Watch, read_so_far, undeclared, watch

import hashlib
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import wraps
from inspect import signature
from pathlib import Path
from typing import Any

from replication.code import SOURCE, counts
from replication.errors import InputError

LOCK = Path("requirements.lock")
KEPT = ".kept"
IDENTITY = ("step", "parameters", "code", "inputs", "outputs", "lock")

Manifest = dict[str, Any]


def recorded(main: Callable[..., None], pinned: Mapping[str, str]) -> Callable[..., None]:
    """Return `main` such that a call leaves a manifest beside the results that it writes.

    Declared are the paths among the arguments and what lies in them. To read any other file of the
    repository is an error, for `main` as for the imports of its script, except for modules under
    src/, the environment, temporary files, and files that the step itself keeps under the name of
    an output. Where the kernel can, it refuses them to libraries and subprocesses, too.

    If the same step had the same parameters, inputs, code, lock and environment before, `main` does
    not run: its results are put back, from links in the folder .kept whose hashes are checked.

    Parameters
    ----------
    main : callable
        The step.
    pinned : mapping of str to str
        The environment variables that fix its arithmetic.
    """

    @wraps(main)
    def step(*args: object, **kwargs: object) -> None:
        imported = read_so_far()
        arguments = signature(main).bind(*args, **kwargs).arguments
        script = Path(sys.modules["__main__"].__file__ or "")
        declared = [Path(path) for value in arguments.values() for path in _paths(value)]
        may_read = Watch([script, *declared])
        for path in imported:
            if not may_read.allows(path):
                raise undeclared(path)
        started, clock = datetime.now(UTC), time.monotonic()
        code, inputs = _hashes([script, *_modules()]), _hashes(_files(declared))
        parameters = {name: _plain(value) for name, value in arguments.items()}
        surroundings = environment(pinned)
        if _put_back(script, parameters, inputs, _digest(surroundings)[:16], declared):
            print("The same step on the same inputs: its results are kept")
            return

        def record(refused: list[str], watched: str) -> None:
            # Of a folder that the step has removed itself nothing is left to miss.
            gone = [path for path in files.WRITTEN if path.parent.exists() and not path.exists()]
            if gone:
                raise InputError(f"{gone[0]}: vanished while {_name(script)} ran; run it again")
            outputs = _hashes(path for path in files.WRITTEN if path.exists())
            read = {path: digest for path, digest in inputs.items() if path not in outputs}
            refused = refused + _foreign_modules(script)
            changed = [path for path, digest in (code | read).items() if _now(path) != digest]
            if refused or changed:
                _remove(files.WRITTEN)
                if refused:
                    raise undeclared(refused[0])
                raise InputError(f"{changed[0]}: changed while {_name(script)} ran; run it again")
            _write(
                {
                    "step": _name(script),
                    "parameters": parameters,
                    "code": code | _hashes(_modules()),
                    "inputs": read,
                    "outputs": dict(sorted(outputs.items())),
                    "lock": _now(str(LOCK)),
                    "circumstances": {
                        **_commit(),
                        "started": started.isoformat(timespec="seconds"),
                        "seconds": round(time.monotonic() - clock, 3),
                        "cpu_seconds": round(time.process_time(), 3),
                        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
                        "watched": watched,
                    },
                },
                surroundings,
            )

        # The kernel's restriction binds this thread for good, so another one records.
        with ThreadPoolExecutor(1) as free:
            free.submit(int).result()
            with watch([script, *declared]) as watching:
                watched = "kernel" if landlock.available(REPOSITORY) else "open"
                if watched == "kernel":
                    own = [REPOSITORY / SOURCE, *_folders_of_results(declared)]
                    landlock.restrict(REPOSITORY, [*own, *watching.readable])
                try:
                    main(*args, **kwargs)
                except BaseException as error:
                    blamed = watching.blames(error) if isinstance(error, PermissionError) else None
                    if watching.refused:
                        _remove(files.WRITTEN)
                    if blamed:
                        raise blamed from None
                    raise
            free.submit(record, watching.refused, watched).result()

    return step


def _folders_of_results(declared: Iterable[Path]) -> list[Path]:
    """Return the folders that hold declared results, made if they are not there.

    What a step writes it may read again, and the kernel can grant only what exists.
    """
    folders = {path.parent for path in declared if tree(path)}
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
    return sorted(folders)


def _remove(written: Iterable[Path]) -> None:
    """Remove what a step has written."""
    for path in written:
        path.unlink(missing_ok=True)


def environment(pinned: Mapping[str, str]) -> dict[str, Any]:
    """Return what else bits may depend on: Python, packages, pinned variables and the machine.

    Shims are modules that a variable such as PYTHONPATH puts before those of the environment.
    """
    site = Path(sysconfig.get_path("purelib"))
    found = (path.name.removesuffix(".dist-info") for path in site.glob("*.dist-info"))
    packages = dict(sorted(name.rsplit("-", 1) for name in found))
    for ours in (REPOSITORY / SOURCE).iterdir():
        packages.pop(ours.name, None)
    return {
        "python": platform.python_version(),
        "packages": packages,
        "pinned": dict(pinned),
        "shims": _shims(),
        "cpu": _cpu(),
        "system": f"{platform.system()} {platform.machine()}",
    }


def sha256(path: Path) -> str:
    """Return the hash of a file's contents."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def identity(manifest: Mapping[str, Any]) -> str:
    """Return the hash of what makes two runs of a step the same."""
    return _digest({key: manifest[key] for key in IDENTITY})


def root(manifests: Iterable[Mapping[str, Any]]) -> str:
    """Return one hash of all manifests of a run and of the environments that they name."""
    return _digest(sorted([identity(made), made["environment"]] for made in manifests))


def load(folder: Path) -> list[Manifest]:
    """Return the manifests of a results folder, ordered by step and first output.

    Raises
    ------
    InputError
        If a manifest is not JSON or lacks a part.
    """
    return list(_mentioning(folder, ""))


def surroundings_of(manifest: Manifest) -> tuple[Path, dict[str, Any] | None]:
    """Return the file of the environment that a manifest names, and what it says.

    It says nothing if it is gone, or is not what was written there.
    """
    folder = tree(Path(manifest["path"])) or Path()
    path = folder / "manifests" / "environments" / f"{manifest['environment']}.json"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return path, None
    return path, content if _digest(content)[:16] == manifest["environment"] else None


def _mentioning(folder: Path, *words: str) -> Iterator[Manifest]:
    """Yield the manifests in which one of some words stands; the others are not parsed."""
    for path in sorted((folder / "manifests").rglob("*.json")):
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:  # another step has just replaced it
            continue
        if path.parent.name == "environments" or not any(word in text for word in words):
            continue
        try:
            manifest = json.loads(text)
            missing = {*IDENTITY, "environment", "identity"} - set(manifest)
        except ValueError as error:
            raise InputError(f"{path}: expected JSON: {error}") from None
        if missing:
            raise InputError(f"{path}: {min(missing)}: missing")
        yield manifest | {"path": str(path)}


def tree(output: Path) -> Path | None:
    """Return the folder that keeps the manifest of an output: results/<tier>, or resources."""
    path = Path(os.path.relpath(output))
    if path.parts[0] == ".." or len(path.parts) < 2:
        return None
    return Path(*path.parts[: 2 if path.parts[0] == "results" else 1])


def _put_back(
    script: Path,
    parameters: Mapping[str, Any],
    inputs: Mapping[str, str],
    surroundings: str,
    declared: Iterable[Path],
) -> bool:
    """Put back the results of the same step on the same inputs; say whether there were any."""
    for folder in _trees(declared):
        for made in _mentioning(folder, json.dumps(_name(script))):
            outputs = made["outputs"]
            kept = {path: _kept(folder, path, digest) for path, digest in outputs.items()}
            if (
                (made["step"], made["parameters"]) == (_name(script), parameters)
                and made["environment"] == surroundings
                and made["identity"] == identity(made)
                and surroundings_of(made)[1] is not None
                and made["lock"] == _now(str(LOCK))
                and made["inputs"] == {p: d for p, d in inputs.items() if p not in outputs}
                and all(_now(path) == digest for path, digest in made["code"].items())
                and all(_now(str(link)) == outputs[path] for path, link in kept.items())
            ):
                for path, link in kept.items():
                    with files.atomic(Path(path)) as temporary:
                        _link(link, temporary)
                        os.utime(temporary)
                return True
    return False


def _trees(paths: Iterable[Path]) -> list[Path]:
    """Return the folders that keep the manifests of some paths."""
    return sorted({folder for path in paths if (folder := tree(path))})


def _keep(manifest: Manifest, folder: Path) -> None:
    """Link the results of a step to .kept; forget manifests and links that it replaces."""
    (folder / KEPT).mkdir(exist_ok=True)
    for replaced in list(_mentioning(folder, *map(json.dumps, manifest["outputs"]))):
        if not manifest["outputs"].keys().isdisjoint(replaced["outputs"]):
            Path(replaced["path"]).unlink(missing_ok=True)
            for path, digest in replaced["outputs"].items():
                _kept(folder, path, digest).unlink(missing_ok=True)
    for path, digest in manifest["outputs"].items():
        with files.atomic(_kept(folder, path, digest)) as temporary:
            _link(Path(path), temporary)


def _kept(folder: Path, path: str, digest: str) -> Path:
    """Return where an output is kept: by path, too, as two results must not become one file."""
    return folder / KEPT / hashlib.sha256(f"{path} {digest}".encode()).hexdigest()


def _link(source: Path, target: Path) -> None:
    """Make a second name of a file, or a copy where the file system has no such links."""
    try:
        target.hardlink_to(source)
    except OSError:
        shutil.copyfile(source, target)


def _write(manifest: Manifest, surroundings: dict[str, Any]) -> None:
    """Write a manifest and the environment that it names; nothing if no output has a place."""
    if not manifest["outputs"] or (folder := tree(first := Path(min(manifest["outputs"])))) is None:
        return
    digest = _digest(surroundings)[:16]
    manifest |= {"environment": digest, "identity": identity(manifest)}
    place = folder / "manifests"
    named = place / "environments" / f"{digest}.json"
    path = place / f"{first.relative_to(folder)}.json"
    try:
        _keep(manifest, folder)
    except OSError as error:  # a convenience; the result stands without it
        print(f"Not kept for another run: {error}")
    for target, content in ((named, surroundings), (path, manifest)):
        with files.atomic(target) as temporary:
            temporary.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _paths(value: object) -> list[Path]:
    """Return the paths in an argument."""
    if isinstance(value, Path):
        return [value]
    return (
        [item for item in value if isinstance(item, Path)]
        if isinstance(value, list | tuple)
        else []
    )


def _files(declared: Iterable[Path]) -> list[Path]:
    """Return the declared files that exist, and those in declared folders."""
    found: list[Path] = []
    for path in declared:
        if path.is_dir():
            # Snakemake leaves the date of a folder in a hidden file.
            inside = (inner for inner in path.rglob("*") if inner.is_file())
            found += sorted(inner for inner in inside if inner.name != ".snakemake_timestamp")
        elif path.is_file():
            found.append(path)
    return found


def _modules() -> list[Path]:
    """Return the loaded modules under src/ that count as code of the step."""
    source = REPOSITORY / SOURCE
    modules = sorted(path for path in map(Path, _loaded().values()) if path.is_relative_to(source))
    return [path for path in modules if counts(SOURCE / path.relative_to(source))]


def _foreign_modules(script: Path) -> list[str]:
    """Return the modules of the repository, outside src/, that were loaded beside the script."""
    root, source = f"{REPOSITORY}{os.sep}", f"{REPOSITORY / SOURCE}{os.sep}"
    places = (source, f"{sys.prefix}{os.sep}", f"{sys.base_prefix}{os.sep}")
    files = {*_loaded().values()} - {str(script.absolute())}
    return sorted(file for file in files if file.startswith(root) and not file.startswith(places))


def _shims() -> dict[str, str]:
    """Return the hashes of modules from neither the environment nor the repository, by name."""
    homes = tuple(f"{place}{os.sep}" for place in (sys.prefix, sys.base_prefix, REPOSITORY))
    return {
        name: sha256(Path(file))
        for name, file in sorted(_loaded().items())
        if name != "__main__" and not file.startswith(homes)
    }


def _loaded() -> dict[str, str]:
    """Return the absolute paths of the modules that are loaded from files, by name."""
    files = {name: getattr(module, "__file__", None) for name, module in [*sys.modules.items()]}
    return {
        name: str(Path(file).absolute())
        for name, file in files.items()
        # Some modules make up a name that is no file.
        if isinstance(file, str) and Path(file).is_file()
    }


def _hashes(paths: Iterable[Path]) -> dict[str, str]:
    return {_name(path): sha256(path) for path in paths}


def _now(path: str) -> str | None:
    """Return the hash of a file that may be gone."""
    return sha256(Path(path)) if Path(path).is_file() else None


def _name(path: Path) -> str:
    """Return a path as manifests write it: relative to the working directory where it is inside."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return _name(value) if isinstance(value, Path) else value


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _commit() -> dict[str, str | None]:
    """Return the commit, with "-dirty" behind it if files that git tracks are not as committed.

    Where git can't say, the commit is None, and its reason stands beside it.
    """
    describe = ["describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        git = subprocess.run(
            ["git", "--no-optional-locks", *describe],
            capture_output=True,
            check=False,
            encoding="utf-8",
        )
    except OSError as error:
        return {"commit": None, "no_commit_because": f"git: {error.strerror}"}
    if git.returncode:
        reason = (git.stderr.strip().splitlines() or ["git failed"])[0]
        return {"commit": None, "no_commit_because": reason}
    return {"commit": git.stdout.strip()}


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "")
