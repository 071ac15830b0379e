"""Parse the four raw files of MNIST into one .npz file of uint8 arrays."""

from landscape.step import run

from pathlib import Path

from landscape.datasets import mnist
from landscape.files import atomic


def parse_mnist(raw: Path, output: Path) -> None:
    """Parse MNIST.

    Parameters
    ----------
    raw
        Folder with the four raw files.
    output
        The .npz file: train_images (60000, 784), train_labels, test_images, test_labels.
    """
    data = mnist.parse(raw)
    with atomic(output) as temporary:
        mnist.save(data, temporary)
    print(f"{output}: {len(data.train_images)} training and {len(data.test_images)} test images")


if __name__ == "__main__":
    run(parse_mnist)
