# Laurent & von Brecht 2018, "Deep Linear Networks with Arbitrary Loss: All Local Minima Are Global".


use rule step as laurent2018_check_theorem1 with:
    input:
        **code("laurent2018/check_theorem1"),
    output:
        runs="<results>/laurent2018/data/theorem1.parquet",
        table=table(
            "laurent2018/theorem1",
            "Theorem 1: seven losses",
            "Seven convex losses, more inputs than outputs and the reverse, networks that meet the "
            "width condition of Theorem 1 and networks that do not, over random data and starts. "
            "The excess is the loss at the end "
            "of training minus that of the best linear predictor; suboptimal counts ends with a "
            "vanishing gradient, no negative Hessian eigenvalue and an excess above 1e-8. The "
            "slope is the norm of the gradient of f at the product of all layers (Theorem 3). The "
            "known error, for the square loss, is the distance from the least loss of a linear "
            "predictor of bounded rank.",
        ),
        origin=table(
            "laurent2018/origin",
            "The point W = 0",
            "The point W = 0, critical in every network, where the gradient of f (the slope) does "
            "not vanish: its Hessian eigenvalues, and the change of the loss and the gradient "
            "after a move along the family of Theorem 3.",
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
            "Three examples of ours. Matrix and scalar are losses that are convex and Lipschitz "
            "but not differentiable; saddle is a smooth loss that is not convex. Proved is a "
            "lower bound on the loss in a ball about the local minimum, by polynomial identities "
            "in exact arithmetic; attained is the exact loss at a rational point of the ball; "
            "certified says that they are equal. Searched is the least loss that alternating "
            "linear programs found.",
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
            "The two examples without a derivative after smoothing the absolute value: the least "
            "eigenvalue of the Hessian at the point, its formula, and whether both, and the "
            "inertia, are proved in rational arithmetic.",
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
            "Where descents end from beside the point and from Gaussian starts, with the absolute "
            "value (subgradients, falling steps) and with its smoothed form, which is followed "
            "until it has reached the global minimum or is given up, with 95 % Wilson "
            "intervals. Caught means at the value of the point; best means at the global minimum. "
            "The certified radius is that of a ball in which the loss is proved to be nowhere "
            "below that of the point.",
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
            "Non-strict saddles of networks that meet the width condition, moved along the family "
            "of the proof of Theorem 3: relative change of the loss, gradient before and after, "
            "descents from the unmoved and the moved points, and the moves after which the least "
            "loss is reached.",
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
            "Random functions f with many local minima, which are sums of waves, of the product of "
            "all layers: local minima among the ends of training, the most levels of them for one "
            "f, and the norm of the gradient of f at the product of the layers, relative to its "
            "usual one, where it is least and most.",
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
            "A network of widths 2, 1, 2 and a quadratic loss with weight w: exact inertia at the "
            "point of loss 4, whose minimum is 1 for w of at least 1/2; the loss, relative to 4, "
            "at a near rational point of a curve through it; and the share of gradient descents "
            "that end there, with 95 % Wilson intervals.",
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
            "Local minima of networks with one hidden neuron in the logistic and the exponential "
            "loss, level by level for each data set: share of starts, with 95 % Wilson interval, "
            "largest gradient, least positive Hessian eigenvalue, and whether a local minimum is "
            "proved in ball arithmetic, with its value between low and high.",
        ),
        totals=table(
            "laurent2018/bottleneck",
            "One hidden neuron: totals",
            "Networks with one hidden neuron on random data: data sets with more than one level "
            "of local minima, those where a suboptimal one is proved, and ends of training that "
            "are no local minimum.",
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
            "over all starts and data sets, with more inputs than outputs and the reverse. Above the "
            "dotted line the networks meet the width condition of Theorem 1. Differences below 1e-17 "
            "are drawn there.",
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
