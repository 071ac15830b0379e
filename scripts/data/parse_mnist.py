"""Parse the four raw files of MNIST into one .npz file of uint8 arrays."""

from replication.run import atomic, run

from pathlib import Path

from landscape.datasets import mnist


def parse_mnist(raw: list[Path], data: Path) -> None:
    """Parse MNIST.

    Parameters
    ----------
    raw
        The four raw files, in one folder.
    data
        The .npz file: train_images (60000, 784), train_labels, test_images, test_labels.
    """
    images = mnist.parse(raw[0].parent)
    with atomic(data) as temporary:
        mnist.save(images, temporary)
    print(f"{data}: {len(images.train_images)} training and {len(images.test_images)} test images")


if __name__ == "__main__":
    run(parse_mnist)
