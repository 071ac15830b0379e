# Timings against other ways to compute the same. Run on demand, on an otherwise idle machine:
#   snakemake --cores all benchmark_training benchmark_hessian


use rule step as benchmark_training with:
    input:
        **code("benchmark/training"),
    output:
        csv="results/benchmarks/training.csv",
        processes="results/benchmarks/training-processes.csv",
        markdown="results/benchmarks/training.md",
    log:
        "results/benchmarks/training.log",
    # As many as there are, so that no other job runs beside it.
    threads: 1024


# Rivals that are not installed (scripts/benchmark/requirements.txt) are listed as such.
use rule step as benchmark_hessian with:
    input:
        **code("benchmark/hessian"),
    output:
        csv="results/benchmarks/hessian.csv",
        markdown="results/benchmarks/hessian.md",
    log:
        "results/benchmarks/hessian.log",
    threads: 1024
