# One graph rebuilds every table, figure and verdict of the papers below.
from snakemake.utils import min_version

min_version("9.27")

# By citation key. `python scripts/new_paper.py <key>` writes the files of another one.
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


include: "workflow/rules/common.smk"


check_papers()
read_config()


pathvars:
    results=f"results/{config['tier']}",
    logs="<results>/logs",


wildcard_constraints:
    paper="|".join(PAPERS),


# Snakemake 9.27 sets a timer whenever it looks for jobs to start, so as to start no more than so many a
# second, and looks again when it rings. Each job that ends adds one such chain for the rest of the
# run, and after a hundred jobs they take half a core. On one machine its cores are the limit.
onstart:
    if workflow.local_exec:
        workflow.scheduler.job_rate_limiter = None


rule all:
    default_target: True
    input:
        expand("<results>/{paper}/{paper}.html", paper=PAPERS),
    localrule: True


include: "workflow/rules/step.smk"
include: "workflow/rules/data.smk"
include: "workflow/rules/benchmark.smk"


for paper in PAPERS:

    include: f"workflow/rules/{paper}.smk"


include: "workflow/rules/report.smk"
include: "workflow/rules/audit.smk"


check_rules()
