# Achour, Malgouyres & Gerchinovitz 2024, "The Loss Landscape of Deep Linear Neural Networks: a
# Second-order Analysis".


use rule step as achour2024_check_theorem7 with:
    input:
        **code("achour2024/check_theorem7"),
    output:
        table=table(
            "achour2024/theorem7",
            "Theorem 7: census",
            "Random critical points by depth and kind. Mismatches: the kind by Theorem 7 is not "
            "that of the dense Hessian and the loss. Least descent: how far the loss falls on a "
            "curve before it has risen.",
        ),
        census=table(
            "achour2024/census",
            "Theorem 7: totals",
            "Random critical points. Outer: saddles with leading S where the product of the inner "
            "layers has a rank above r; inner strict: strict ones where it has not.",
        ),
        pivots=table(
            "achour2024/tightened",
            "Definition 5: tightened pivots",
            "Saddles with leading S on which two readings of Definition 5 differ: with two "
            "complementary blocks, and with three products taken apart.",
        ),
    log:
        "<logs>/achour2024/check_theorem7.log",


use rule step as achour2024_certify_points with:
    input:
        **code("achour2024/certify_points"),
    output:
        certificates="<results>/achour2024/data/certificates.jsonl",
        table=table(
            "achour2024/certificates",
            "Theorem 7: exact certificates",
            "Rational critical points: gradient, inertia, kind and descent polynomial without a "
            "tolerance.",
        ),
    log:
        "<logs>/achour2024/certify_points.log",


use rule step as achour2024_check_propositions with:
    input:
        **code("achour2024/check_propositions"),
    output:
        table=table(
            "achour2024/propositions",
            "The other statements, one by one",
            "Cases of each statement on random networks, those in which it failed, and the range "
            "of a quantity. *Ours*: sharper than the paper. For *fewer zero blocks* a failure is a "
            "critical point; cases of *form of what a search finds* are points of certain rank.",
        ),
    log:
        "<logs>/achour2024/check_propositions.log",


use rule step as achour2024_check_polynomials with:
    input:
        **code("achour2024/check_polynomials"),
    output:
        table=table(
            "achour2024/polynomials",
            "Appendices D and E: exact polynomials",
            "The loss along the paper's directions, coefficient by coefficient in rational "
            "arithmetic; and the order fitted to the loss on a descent where three blocks or more "
            "are zero.",
        ),
    log:
        "<logs>/achour2024/check_polynomials.log",


use rule step as achour2024_integrate_flow with:
    input:
        **code("achour2024/integrate_flow"),
    output:
        table=table(
            "achour2024/balanced_flow",
            "Plateaus of the balanced flow",
            "Gradient flow from small balanced weights where its gradient is least on each "
            "plateau; the ratio is that of the least eigenvalue to the saddle's of two layers. "
            "Means with 95 % intervals.",
        ),
        slopes=table(
            "achour2024/balanced_slopes",
            "How the plateaus depend on the start",
            "Slopes of logarithms against the size of the initial weights, the excesses less H - "
            "2 (that of the loss less its exponent with two layers), and the time of the last "
            "decade over that of the first. Means with 95 % intervals.",
        ),
        losses=table(
            "achour2024/balanced_losses",
            "Loss in time",
            "The loss of one balanced flow from the smallest weights at each depth.",
        ),
    log:
        "<logs>/achour2024/integrate_flow.log",


use rule step as achour2024_plot_balanced_flow with:
    input:
        **code("achour2024/plot_balanced_flow"),
        table="<results>/achour2024/tables/balanced_flow.csv",
        losses="<results>/achour2024/tables/balanced_losses.csv",
    output:
        svg=figure(
            "achour2024/balanced_flow",
            "Plateaus of the balanced flow",
            "Left: the least eigenvalue on the plateaus against the size of the initial weights. "
            "Right: the loss in time from the smallest, and that of saddles with one and two "
            "leading eigenvalues.",
        ),
    log:
        "<logs>/achour2024/plot_balanced_flow.log",


use rule step as achour2024_train_escapes with:
    input:
        **code("achour2024/train_escapes"),
    output:
        escapes="<results>/achour2024/data/escapes.parquet",
        curves="<results>/achour2024/data/escape_curves.parquet",
    log:
        "<logs>/achour2024/train_escapes.log",


use rule step as achour2024_tabulate_escapes with:
    input:
        **code("achour2024/tabulate_escapes"),
        published="config/achour2024/published.yaml",
        escapes="<results>/achour2024/data/escapes.parquet",
        curves="<results>/achour2024/data/escape_curves.parquet",
    output:
        table=table(
            "achour2024/figure4",
            "Figure 4 as numbers",
            "Epochs until escape: quantiles with 95 % intervals from order statistics, and their "
            "ratio to those read off the printed histogram of non-strict starts.",
        ),
        starts=table(
            "achour2024/figure4_starts",
            "Figure 4: the two starts",
            "Share of runs that have escaped where the printed histogram of strict starts ends, "
            "and the median part of its epochs that a run was held on the plateau.",
        ),
        figure3=table(
            "achour2024/figure3",
            "Figure 3 as numbers",
            "The loss, per sample and output, of one run from either start.",
        ),
        typical=table(
            "achour2024/figure3_runs",
            "Figure 3 among our runs",
            "Escape, plateau and height of the two printed runs, and the share of our runs for "
            "which each is larger, with Wilson intervals.",
        ),
    log:
        "<logs>/achour2024/tabulate_escapes.log",
    params:
        options=options(batch=config["achour2024"]["train_escapes"]["batch"]),


use rule step as achour2024_plot_figure3 with:
    input:
        **code("achour2024/plot_figure3"),
        table="<results>/achour2024/tables/figure3.csv",
    output:
        svg=figure(
            "achour2024/figure3",
            "Figure 3",
            "The loss of one run from beside a strict and one from beside a non-strict saddle, "
            "until it has fallen by half of the next eigenvalue.",
        ),
    log:
        "<logs>/achour2024/plot_figure3.log",


use rule step as achour2024_plot_figure4 with:
    input:
        **code("achour2024/plot_figure4"),
        table="<results>/achour2024/tables/figure4.csv",
    output:
        svg=figure(
            "achour2024/figure4",
            "Figure 4",
            "Epochs until escape, as quantiles, for several sizes of minibatch, which the paper "
            "does not state; crosses: the quantiles read off the printed histogram of non-strict "
            "starts.",
        ),
    log:
        "<logs>/achour2024/plot_figure4.log",
