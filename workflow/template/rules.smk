# $title


use rule step as ${key}_check_bound with:
    input:
        **code("$key/check_bound"),
    output:
        table=table(
            "$key/bound",
            "A bound",
            "The product of random matrices against the bound on its norm, by their size: the "
            "largest ratio of the two, with the draw at which it was reached.",
        ),
    log:
        "<logs>/$key/check_bound.log",


use rule step as ${key}_plot_ratios with:
    input:
        **code("$key/plot_ratios"),
        table="<results>/$key/tables/bound.csv",
    output:
        svg=figure(
            "$key/ratios",
            "Ratios to the bound",
            "Largest ratio of the norm of a product to the bound, against the size.",
        ),
    log:
        "<logs>/$key/plot_ratios.log",
