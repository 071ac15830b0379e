# MNIST: fetched once from the first source that answers, then parsed once to arrays.


use rule step as data_fetch_mnist with:
    input:
        **code("data/fetch_mnist"),
    output:
        raw=expand(
            "<resources>/mnist/{part}-ubyte",
            part=[
                "train-images-idx3",
                "train-labels-idx1",
                "t10k-images-idx3",
                "t10k-labels-idx1",
            ],
        ),
    log:
        "<logs>/data/fetch_mnist.log",


use rule step as data_parse_mnist with:
    input:
        **code("data/parse_mnist"),
        raw=rules.data_fetch_mnist.output.raw,
    output:
        data="<resources>/mnist.npz",
    log:
        "<logs>/data/parse_mnist.log",
