# Achour, Malgouyres & Gerchinovitz 2024, "The Loss Landscape of Deep Linear Neural Networks: a
# Second-order Analysis".


use rule step as achour2024_check_theorem7 with:
    input:
        **code("achour2024/check_theorem7"),
    output:
        table=table(
            "achour2024/theorem7",
            "Theorem 7: census",
            "Census of random critical points by depth and kind. Mismatches count points whose "
            "kind by Theorem 7 is not that of their dense Hessian and loss; index mismatches, "
            "those whose Morse index by congruence is not the number of negative eigenvalues. The "
            "least eigenvalue is relative to a scale that does not vanish with the Hessian. Value "
            "error: Proposition 1. Rank deficit: Proposition 4. Rebuilt error: the free "
            "parameters of Proposition 9 found and put back. Descent error: the exact polynomial "
            "along a descent against the loss. Least descent: how far the loss falls along it, at "
            "the saddle where that is least, relative to that of Y. Kinds without a point have no "
            "row.",
        ),
        census=table(
            "achour2024/census",
            "Theorem 7: totals",
            "How many random critical points were examined at each depth, in how many the network "
            "has a hidden layer narrower than both ends, and where the kind by Theorem 7, or the "
            "Morse index, is not that of the dense Hessian. Non-strict: saddles without a negative "
            "eigenvalue. Of the saddles with leading S, those where the product of all layers but "
            "the two outermost has a rank above r (outer), those of them without a negative "
            "eigenvalue, and those with one although the rank is r (inner strict).",
        ),
        pivots=table(
            "achour2024/tightened",
            "Definition 5: tightened pivots",
            "Saddles associated with leading eigenvalues on which two readings of a tightened "
            "pivot differ: the two complementary blocks of Definition 5, and the three products "
            "taken apart.",
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
            "Critical points with rational entries: gradient exactly zero, inertia of the Hessian "
            "as exact integers, kind decided without a tolerance, and descent polynomial verified "
            "coefficient by coefficient.",
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
            "What the propositions say, case by case on random networks, bottlenecks included: "
            "how many cases there were, in how many the statement failed, and the range of a "
            "quantity measured in each. For *fewer zero blocks* a failure would be a critical "
            "point. *Ours* marks statements that are sharper than the paper's: the index of the "
            "point of equation 25, and criticality and tightness read off the free blocks alone. "
            "Appendix E: the Hessian of the two layers of a pivot that is not tightened. A search "
            "or a training is a case if it ended at a critical point.",
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
            "arithmetic, and the order of its first decreasing term. At saddles with three or "
            "more zero blocks and generic other blocks, in floating point, the order fitted to "
            "the loss along a descent is held against the number of zero blocks, below which no "
            "line has a term.",
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
            "Gradient flow from small balanced weights, at the place on each plateau where the "
            "gradient is least: the loss there against that of the saddles with the leading "
            "eigenvalues (relative to the next eigenvalue, largest of the runs), the drift of "
            "what the flow keeps (imbalance), the least Hessian eigenvalue, its ratio to that of "
            "the saddle of two layers, and the time. Means over random initial weights with 95 % "
            "intervals.",
        ),
        slopes=table(
            "achour2024/balanced_slopes",
            "How the plateaus depend on the start",
            "How the plateaus of the balanced flow depend on the size of the initial weights: "
            "slope of the logarithm of the least eigenvalue and of the time, the same less the H "
            "- 2 that is expected, how much longer the last decade takes than the first (1 if the "
            "time is logarithmic), and the slope of the distance from the loss of the saddles. Means over random initial weights with 95 % intervals.",
        ),
        losses=table(
            "achour2024/balanced_losses",
            "Loss in time",
            "The loss of one balanced flow from the smallest weights at each depth, in time.",
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
            "Left: the least Hessian eigenvalue on the plateaus of the balanced flow against the "
            "size of the initial weights; with two layers it stays, with more it vanishes. Right: "
            "the loss in time from the smallest weights, with the values of the saddles with one "
            "and two leading eigenvalues.",
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
            "Epochs until the loss has fallen by half of the next eigenvalue: quantiles with 95 % "
            "intervals from order statistics, and for non-strict starts their ratio to those read "
            "off the printed histogram, with an interval that allows for the reading. The paper "
            "does not state the size of the minibatches.",
        ),
        starts=table(
            "achour2024/figure4_starts",
            "Figure 4: the two starts",
            "Share of runs that have escaped where the printed histogram of strict starts ends, "
            "with Wilson intervals; and the part of its epochs that a run was held on the plateau, "
            "having come down by less than a quarter of the way out: median over the runs.",
        ),
        figure3=table(
            "achour2024/figure3",
            "Figure 3 as numbers",
            "The loss of one run from beside a strict and one from beside a non-strict saddle, per "
            "sample and output, until it has fallen by half of the next eigenvalue.",
        ),
        typical=table(
            "achour2024/figure3_runs",
            "Figure 3 among our runs",
            "The epoch of escape of the two printed runs, the loss on their plateau and the height "
            "down to the loss that counts as escape, and the share of our runs for which each is "
            "larger, with Wilson intervals.",
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
            "relative to the loss at the saddle, until it has fallen by half of the next "
            "eigenvalue.",
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
            "Epochs until the loss has fallen by half of the next eigenvalue, as quantiles, for "
            "several sizes of minibatch, which the paper does not state; above those of non-strict "
            "starts the quantiles read off the printed histogram.",
        ),
    log:
        "<logs>/achour2024/plot_figure4.log",
