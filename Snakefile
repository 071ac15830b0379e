# One graph rebuilds every table, figure and verdict of the papers below.
from snakemake.utils import min_version

min_version("9.27")

# By citation key. A paper is workflow/rules/<key>.smk, scripts/<key>/, config/papers/<key>.yaml,
# config/claims/<key>.yaml, workflow/schemas/<key>.schema.yaml and paper/<key>.py.
PAPERS = [
    "xie2017",
    "zhou2018",
    "achour2024",
    "laurent2018",
    "safran2018",
    "safran2020",
    "wang2020",
    "ergen2020",
    "cheridito2021",
    "christof2022",
]


# config.yaml and the papers' files are the quick tier; --configfile lays another tier over them.
configfile: "config/config.yaml"


for paper in PAPERS:

    configfile: f"config/papers/{paper}.yaml"


include: "workflow/rules/common.smk"


check_config(PAPERS)


pathvars:
    results=f"results/{config['tier']}",
    logs="<results>/logs",
    benchmarks="<results>/benchmarks",


wildcard_constraints:
    paper="|".join(PAPERS),


localrules:
    all,


rule all:
    default_target: True
    input:
        expand("<results>/{paper}/{paper}.html", paper=PAPERS),


include: "workflow/rules/data.smk"
include: "workflow/rules/paper.smk"
include: "workflow/rules/benchmarks.smk"
include: "workflow/rules/audit.smk"


for paper in PAPERS:

    include: f"workflow/rules/{paper}.smk"
