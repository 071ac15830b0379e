# Timings against other ways to compute the same. Run on demand, on an otherwise idle machine:
#   snakemake --cores all benchmark_training benchmark_hessian benchmark_pipeline


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


# DVC is none of the environment's packages.
use rule step as benchmark_pipeline with:
    input:
        **code("benchmark/pipeline"),
        profile="profiles/default/profile.v9+.yaml",
        modules=sorted(map(str, Path("src/replication").rglob("*.py"))),
    output:
        csv="results/benchmarks/pipeline.csv",
        markdown="results/benchmarks/pipeline.md",
    log:
        "results/benchmarks/pipeline.log",
    threads: 1024
