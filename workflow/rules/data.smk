# MNIST: fetched once from the first source that answers, then parsed once to arrays.


rule data_fetch_mnist:
    input:
        **code("data/fetch_mnist"),
    output:
        expand(
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
    benchmark:
        "<benchmarks>/data/fetch_mnist.tsv"
    conda:
        ENVIRONMENT
    params:
        options=options(config["mnist"]),
        folder=subpath(output[0], parent=True),
    message:
        "Fetch MNIST and check every byte of it"
    shell:
        "python {input.script} {params.options} --output {params.folder} > {log} 2>&1"


rule data_parse_mnist:
    input:
        rules.data_fetch_mnist.output,
        **code("data/parse_mnist"),
    output:
        "<resources>/mnist.npz",
    log:
        "<logs>/data/parse_mnist.log",
    benchmark:
        "<benchmarks>/data/parse_mnist.tsv"
    conda:
        ENVIRONMENT
    params:
        folder=subpath(input[0], parent=True),
    message:
        "Parse MNIST to arrays"
    shell:
        "python {input.script} --raw {params.folder} --output {output} > {log} 2>&1"
