# Laurent & von Brecht 2018, "Deep Linear Networks with Arbitrary Loss: All Local Minima Are Global".


use rule step as laurent2018_check_theorem1 with:
    input:
        **code("laurent2018/check_theorem1"),
    output:
        runs="<results>/laurent2018/data/theorem1.parquet",
        table=table(
            "laurent2018/theorem1",
            "Theorem 1: seven losses",
            "Seven convex losses, networks with and without the width of Theorem 1. Excess: above "
            "the best linear predictor; suboptimal: local minima with an excess; slope: |grad f| "
            "there.",
        ),
        origin=table(
            "laurent2018/origin",
            "The point W = 0",
            "The point W = 0, critical in every network though the gradient of f (slope) does not "
            "vanish: its eigenvalues, and change and gradient after a move of Theorem 3.",
        ),
    log:
        "<logs>/laurent2018/check_theorem1.log",


use rule step as laurent2018_check_balls with:
    input:
        **code("laurent2018/check_balls"),
    output:
        table=table(
            "laurent2018/balls",
            "Theorem 2: exact balls",
            "Three examples of ours: a proved lower bound on the loss in a ball, the exact loss at "
            "a rational point of it, and what alternating linear programs found.",
        ),
    log:
        "<logs>/laurent2018/check_balls.log",


use rule step as laurent2018_check_smoothed with:
    input:
        **code("laurent2018/check_smoothed"),
    output:
        table=table(
            "laurent2018/smoothed",
            "Theorem 2: smoothed",
            "The examples with the absolute value smoothed: least eigenvalue at the point, its "
            "formula, and whether both and the inertia are proved in rational arithmetic.",
        ),
    log:
        "<logs>/laurent2018/check_smoothed.log",


use rule step as laurent2018_train_descents with:
    input:
        **code("laurent2018/train_descents"),
    output:
        table=table(
            "laurent2018/descents",
            "Theorem 2: descents",
            "Where descents end, with the absolute value and smoothed, with Wilson intervals: "
            "caught at the value of the point, or best. In a ball of the certified radius the loss "
            "is nowhere below it.",
        ),
    log:
        "<logs>/laurent2018/train_descents.log",


use rule step as laurent2018_check_theorem3 with:
    input:
        **code("laurent2018/check_theorem3"),
    output:
        table=table(
            "laurent2018/theorem3",
            "Theorem 3: moves",
            "Non-strict saddles moved along the family of the proof of Theorem 3: change of the "
            "loss, gradients, and descents from unmoved and moved points. Unfit: points of another "
            "kind, or whose loss a move changed.",
        ),
    log:
        "<logs>/laurent2018/check_theorem3.log",


use rule step as laurent2018_check_nonconvex with:
    input:
        **code("laurent2018/check_nonconvex"),
    output:
        table=table(
            "laurent2018/nonconvex",
            "Theorem 3: f not convex",
            "Local minima that training finds in random sums of waves of the product of all "
            "layers, the most levels of them for one f, and the norm of the gradient of f there, "
            "relative to its usual one. Rank margin: least singular value, relative to the largest, "
            "of all layers but the last or but the first, whichever is larger; where it is not zero "
            "a zero gradient alone makes that of f vanish.",
        ),
    log:
        "<logs>/laurent2018/check_nonconvex.log",


use rule step as laurent2018_check_threshold with:
    input:
        **code("laurent2018/check_threshold"),
    output:
        table=table(
            "laurent2018/threshold",
            "One hidden neuron: closed form",
            "Widths 2, 1, 2 and a quadratic loss with weight w: exact inertia at the point of loss "
            "4, the loss less 4 at a rational point near it, and the share of descents that end "
            "there.",
        ),
    log:
        "<logs>/laurent2018/check_threshold.log",


use rule step as laurent2018_check_bottleneck with:
    input:
        **code("laurent2018/check_bottleneck"),
    output:
        minima=table(
            "laurent2018/minima",
            "One hidden neuron: minima",
            "Local minima of networks with one hidden neuron, by level and data set: share of "
            "starts, gradient, least positive eigenvalue, and the value that is proved in ball "
            "arithmetic.",
        ),
        totals=table(
            "laurent2018/bottleneck",
            "One hidden neuron: totals",
            "Data sets with several levels of local minima, those where a suboptimal one is "
            "proved, and ends of training that are no local minimum.",
        ),
    log:
        "<logs>/laurent2018/check_bottleneck.log",


use rule step as laurent2018_plot_excess with:
    input:
        **code("laurent2018/plot_excess"),
        table="<results>/laurent2018/tables/theorem1.csv",
    output:
        svg=figure(
            "laurent2018/excess",
            "Loss above the convex optimum",
            "Loss above the convex optimum at the end of training, least (open) and most (filled) "
            "over all starts and data sets. Above the dotted line the networks have the width of "
            "Theorem 1.",
        ),
    log:
        "<logs>/laurent2018/plot_excess.log",


use rule step as laurent2018_plot_balls with:
    input:
        **code("laurent2018/plot_balls"),
        table="<results>/laurent2018/tables/balls.csv",
    output:
        svg=figure(
            "laurent2018/balls",
            "Least loss in a ball",
            "Least loss in a ball about the local minimum against the radius of the ball, for two "
            "convex losses without a derivative: proved in exact arithmetic, and found by a "
            "search that does not use the proof.",
        ),
    log:
        "<logs>/laurent2018/plot_balls.log",


use rule step as laurent2018_plot_bottleneck with:
    input:
        **code("laurent2018/plot_bottleneck"),
        threshold="<results>/laurent2018/tables/threshold.csv",
        minima="<results>/laurent2018/tables/minima.csv",
    output:
        svg=figure(
            "laurent2018/bottleneck",
            "One hidden neuron: bad minima",
            "Left: share of gradient descents that end at the value 4, where 1 is the minimum, "
            "against the weight w of the example; the dotted line is the threshold. Right: local "
            "minima of networks with one hidden neuron on random data, each relative to the best "
            "of its data set; the area of a dot is the share of the starts.",
        ),
    log:
        "<logs>/laurent2018/plot_bottleneck.log",
