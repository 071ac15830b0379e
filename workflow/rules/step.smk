# What all steps have in common. A step's rule is `use rule step as <key>_<script> with:` its inputs,
# outputs and log. Named inputs and outputs, and wildcards, are the options of the script of the same
# names; what is left are settings, config/<key>/settings.yaml. `snakemake -n -p` shows the command.


rule step:
    log:
        "<logs>/step.log",
    conda:
        ENVIRONMENT
    params:
        options=options(),
    shell:
        "python {input.script} {params.options} > {log} 2>&1"
