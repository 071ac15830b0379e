"""MNIST: the four original files, checked byte by byte, and their arrays.

The data are those of LeCun, Cortes and Burges: 60 000 training and 10 000 test images of 28 x 28
pixels. Only one sequence of bytes is accepted for each of the four files (`REGISTRY`), wherever a
copy comes from; `landscape.datasets.mnist_sources` knows where to find one.
"""

import gzip
import hashlib
import io
import math
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.lib.npyio import NpzFile
from numpy.typing import NDArray


@dataclass(frozen=True)
class RawFile:
    """One file of MNIST in the idx format, not compressed: its name, sha256 and size in bytes."""

    name: str
    sha256: str
    size: int


REGISTRY = (
    RawFile(
        "train-images-idx3-ubyte",
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        47_040_016,
    ),
    RawFile(
        "train-labels-idx1-ubyte",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        60_008,
    ),
    RawFile(
        "t10k-images-idx3-ubyte",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        7_840_016,
    ),
    RawFile(
        "t10k-labels-idx1-ubyte",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        10_008,
    ),
)
"""Training images, training labels, test images, test labels, always in this order."""

GZIP_MAGIC = b"\x1f\x8b"
IDX_UBYTE = b"\x08"


class SourceError(Exception):
    """A source cannot give a file; the message is the reason in one line."""


def largest_size(file: RawFile) -> int:
    """Return a size in bytes that neither `file` nor a gzip file of it exceeds."""
    return file.size + file.size // 100 + 1024


def verified(data: bytes, file: RawFile) -> bytes:
    """Return the raw bytes of `file` from `data`, raw or a gzip file, or say what is wrong.

    Compression is recognised from the bytes, not from a name, because some servers decompress a
    .gz file on its way. No more than the known size is ever decompressed.
    """
    if data.startswith(GZIP_MAGIC):
        try:
            with gzip.open(io.BytesIO(data)) as stream:
                data = stream.read(file.size + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise SourceError(f"{file.name}.gz: damaged gzip file, {error}") from error
    if len(data) != file.size:
        found = f"more than {file.size}" if len(data) > file.size else f"{len(data)}"
        raise SourceError(f"{file.name}: {found} bytes, expected {file.size}")
    digest = hashlib.sha256(data).hexdigest()
    if digest != file.sha256:
        raise SourceError(f"{file.name}: sha256 is {digest}, expected {file.sha256}")
    return data


def read_folder(folder: Path, registry: Sequence[RawFile]) -> Iterator[bytes]:
    """Yield the files, each under any of its names, as they lie in a folder."""
    if not folder.is_dir():
        raise SourceError("no such folder")
    for file in registry:
        dotted = file.name.replace("-idx", ".idx")
        names = [file.name, dotted, f"{file.name}.gz", f"{dotted}.gz"]
        path = next((folder / name for name in names if (folder / name).exists()), None)
        if path is None:
            raise SourceError(f"none of {', '.join(names)} is there")
        try:
            with path.open("rb") as stream:
                yield stream.read(largest_size(file))
        except OSError as error:
            raise SourceError(f"{path.name}: {error.strerror}") from error


def parse_idx(data: bytes, name: str) -> NDArray[np.uint8]:
    """Return the array in an idx file of unsigned bytes.

    The format is two zero bytes, a code of the type, the number of dimensions, each dimension as a
    big-endian 32-bit integer, and the values with the last index running fastest (LeCun, Cortes &
    Burges, "The MNIST database of handwritten digits").

    Parameters
    ----------
    data : bytes
        The whole file.
    name : str
        What to call it in an error.

    Returns
    -------
    array of uint8
        With the dimensions that the file states, and read-only.

    Raises
    ------
    ValueError
        If the type is another than unsigned bytes, the dimensions are not 1 to 3 or the array is
        empty, or the length is not that of the header and the values that it announces.
    """
    if len(data) < 4 or data[:3] != b"\0\0" + IDX_UBYTE or not 1 <= data[3] <= 3:
        found = data[:4].hex(" ")
        raise ValueError(
            f"{name}: starts with '{found}', expected an idx file of unsigned bytes, "
            "'00 00 08' and 1 to 3 dimensions"
        )
    ndim = data[3]
    start = 4 + 4 * ndim
    if len(data) < start:
        raise ValueError(f"{name}: {len(data)} bytes, expected a header of {start}")
    shape = struct.unpack(f">{ndim}I", data[4:start])
    size = start + math.prod(shape)
    if len(data) != size or size == start:
        raise ValueError(
            f"{name}: {len(data)} bytes, expected {size} for an array of shape {shape}, not empty"
        )
    return np.frombuffer(data, dtype=np.uint8, offset=start).reshape(shape)


@dataclass(frozen=True)
class Mnist:
    """The images as rows of 784 pixels from 0 to 255, and the digits that they show.

    Attributes
    ----------
    train_images : array of uint8, shape (60000, 784)
    train_labels : array of uint8, shape (60000,)
    test_images : array of uint8, shape (10000, 784)
    test_labels : array of uint8, shape (10000,)
    """

    train_images: NDArray[np.uint8]
    train_labels: NDArray[np.uint8]
    test_images: NDArray[np.uint8]
    test_labels: NDArray[np.uint8]

    def __post_init__(self) -> None:
        for part in ("train", "test"):
            images, labels = getattr(self, f"{part}_images"), getattr(self, f"{part}_labels")
            for name, array, ndim in ((f"{part}_images", images, 2), (f"{part}_labels", labels, 1)):
                if array.dtype != np.uint8 or array.ndim != ndim:
                    found = f"{array.dtype} of shape {array.shape}"
                    raise ValueError(f"{name}: {found}, expected uint8 of {ndim} dimensions")
            if len(images) != len(labels):
                raise ValueError(
                    f"{part}_labels: {len(labels)} labels, expected one for each of the "
                    f"{len(images)} images"
                )
            if labels.size and labels.max() > 9:
                raise ValueError(f"{part}_labels: a label of {labels.max()}, expected 0 to 9")
        if self.train_images.shape[1] != self.test_images.shape[1]:
            raise ValueError(
                f"test_images: {self.test_images.shape[1]} pixels an image, expected as many as "
                f"in train_images, {self.train_images.shape[1]}"
            )


def scale(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return pixels divided by 255, so from 0 to 1, in float32 and of the same shape.

    Raises
    ------
    ValueError
        If `images` is not of type uint8: scaling twice would go unseen.
    """
    if images.dtype != np.uint8:
        raise ValueError(f"images: of type {images.dtype}, expected uint8")
    return images.astype(np.float32) / np.float32(255)


def parse(raw: Path, registry: Sequence[RawFile] = REGISTRY) -> Mnist:
    """Return the arrays from the four raw files in the folder `raw`, verified again.

    Raises
    ------
    ValueError
        If a file is absent, or its bytes are not those of `registry`.
    """
    try:
        contents = [
            verified(data, file)
            for data, file in zip(read_folder(raw, registry), registry, strict=True)
        ]
    except SourceError as error:
        raise ValueError(f"{raw}: {error}") from error
    arrays = [parse_idx(data, file.name) for data, file in zip(contents, registry, strict=True)]
    train_images, train_labels, test_images, test_labels = arrays
    return Mnist(
        train_images.reshape(len(train_images), -1),
        train_labels,
        test_images.reshape(len(test_images), -1),
        test_labels,
    )


def save(data: Mnist, path: Path) -> None:
    """Write `data` to an uncompressed .npz file."""
    np.savez(path, **{field.name: getattr(data, field.name) for field in fields(data)})


def load(path: Path) -> Mnist:
    """Read what `save` wrote.

    Raises
    ------
    ValueError
        If there is no such file, or it is damaged, or not a file of these arrays.
    """
    try:
        # np.load would leave a damaged file open, and accepts files of other kinds.
        with path.open("rb") as stream, NpzFile(stream, allow_pickle=False) as archive:
            arrays = {field.name: archive[field.name] for field in fields(Mnist)}
    except FileNotFoundError as error:
        raise ValueError(f"{path}: no such file, expected MNIST as .npz") from error
    except KeyError as error:
        raise ValueError(f"{path}: without an array of the name {error.args[0]}") from error
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path}: expected MNIST as .npz, {error}") from error
    try:
        return Mnist(**arrays)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
