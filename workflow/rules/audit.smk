# Is every result what its step wrote? Nothing is rebuilt; the page is <results>/audit.html.


rule audit:
    log:
        "<logs>/audit.log",
    conda:
        ENVIRONMENT
    params:
        options=tier_options(),
    message:
        "Hold every file against the manifest of the step that made it"
    shell:
        "audit check {params.options} 2>&1 | tee {log}"
