# Timings against other ways to compute the same. Run on demand, on an otherwise idle machine:
#   snakemake --cores all benchmark_training
#   snakemake --cores all benchmark_hessian


rule benchmark_training:
    input:
        script="benchmarks/benchmark_training.py",
        library=closure(Path("benchmarks/benchmark_training.py")),
    output:
        csv="results/benchmarks/training.csv",
        processes="results/benchmarks/training-processes.csv",
        md="results/benchmarks/training.md",
    log:
        "results/benchmarks/training.log",
    benchmark:
        "results/benchmarks/training.tsv"
    conda:
        ENVIRONMENT
    # As many as there are, so that no other job runs beside it.
    threads: 1024
    params:
        size=config["benchmarks"]["size"],
        repeats=config["benchmarks"]["repeats"],
    message:
        "Time the training of stacks against loops, vmap and data loaders"
    shell:
        "python {input.script} --csv {output.csv} --markdown {output.md} --size {params.size}"
        " --repeats {params.repeats} > {log} 2>&1"


# Rivals that are not installed (benchmarks/requirements.txt) are listed as such.
rule benchmark_hessian:
    input:
        script="benchmarks/benchmark_hessian.py",
        library=closure(Path("benchmarks/benchmark_hessian.py")),
    output:
        csv="results/benchmarks/hessian.csv",
        md="results/benchmarks/hessian.md",
    log:
        "results/benchmarks/hessian.log",
    benchmark:
        "results/benchmarks/hessian.tsv"
    conda:
        ENVIRONMENT
    # As many as there are, so that no other job runs beside it.
    threads: 1024
    params:
        size=config["benchmarks"]["size"],
        repeats=config["benchmarks"]["repeats"],
    message:
        "Time the Hessians of linear networks against automatic differentiation"
    shell:
        "python {input.script} --csv {output.csv} --markdown {output.md} --size {params.size}"
        " --repeats {params.repeats} > {log} 2>&1"
