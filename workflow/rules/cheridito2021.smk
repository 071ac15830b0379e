# Cheridito, Jentzen & Rossmannek 2021, "Landscape Analysis for Shallow Neural Networks: Complete
# Classification of Critical Points for Affine Target Functions".


use rule step as cheridito2021_certify_levels with:
    input:
        **code("cheridito2021/certify_levels"),
    output:
        levels=table(
            "cheridito2021/levels",
            "Critical levels in exact fractions",
            "A critical point at every level, in exact fractions: its loss, whether the loss "
            "equals the formula and the gradient is zero, the inertia of the Hessian as exact "
            "integers, and the kind. Target alpha x + beta on the interval; n is the number of "
            "kinks of the function.",
        ),
        quadratic=table(
            "cheridito2021/quadratic",
            "Quadratic activation: every type of critical point",
            "Critical points of networks with a quadratic activation that are no global minima, "
            "one of each type and target: loss and Hessian's inertia in exact arithmetic, and "
            "whether an exact step lowers the loss.",
        ),
        errors=table(
            "cheridito2021/errors",
            "Error functions as numbers",
            "The error f(x) - x at a critical point of each level on [0, 1]. The n kinks cut the "
            "interval into equal parts, and the error is a straight line through zero in the "
            "middle of each.",
        ),
    log:
        "<logs>/cheridito2021/certify_levels.log",


use rule step as cheridito2021_perturb_constants with:
    input:
        **code("cheridito2021/perturb_constants"),
    output:
        table=table(
            "cheridito2021/plateau",
            "Constant functions: minimum or saddle",
            "Networks of two neurons whose function is constant, one for each pair of the kinds "
            "that a critical point can have there (names as recalled; the text of the paper was "
            "not available): what the rule says, how many random perturbations lower the loss, "
            "and whether a stated direction lowers it, in exact arithmetic, at three distances "
            "down to a billionth.",
        ),
    log:
        "<logs>/cheridito2021/perturb_constants.log",


use rule step as cheridito2021_find_roots with:
    input:
        **code("cheridito2021/find_roots"),
    output:
        table=table(
            "cheridito2021/roots",
            "Levels at zeros of the gradient",
            "Zeros of the gradient found from random networks with the exact Hessian, by level of "
            "the loss, and those above loss 0 whose Hessian has no negative eigenvalue. Searches "
            "that reach no zero are counted too; for the leaky ReLU no list is known.",
        ),
    log:
        "<logs>/cheridito2021/find_roots.log",


use rule step as cheridito2021_train_widths with:
    input:
        **code("cheridito2021/train_widths"),
    output:
        table=table(
            "cheridito2021/widths",
            "Runs with all neurons dead",
            "Gradient descent on the exact loss for the target x on [0, 1]: runs that end at the "
            "level 1/12, runs whose neurons are all dead at the end and at the start, with 95 % "
            "intervals of Wilson. A kink at an end belongs to a neuron that was led there and is "
            "active no more. Ours; the paper is not known to train networks.",
        ),
    log:
        "<logs>/cheridito2021/train_widths.log",


use rule step as cheridito2021_plot_errors with:
    input:
        **code("cheridito2021/plot_errors"),
        errors="<results>/cheridito2021/tables/errors.csv",
    output:
        svg=figure(
            "cheridito2021/errors",
            "Error functions",
            "The error f(x) - x at a critical point of each level on [0, 1]. The n kinks cut the "
            "interval into equal parts, and the error is a straight line through zero in the "
            "middle of each.",
        ),
    log:
        "<logs>/cheridito2021/plot_errors.log",


use rule step as cheridito2021_plot_widths with:
    input:
        **code("cheridito2021/plot_widths"),
        widths="<results>/cheridito2021/tables/widths.csv",
    output:
        svg=figure(
            "cheridito2021/widths",
            "Runs with all neurons dead",
            "Shares of runs on the target x on [0, 1] that end at the level 1/12, and of those "
            "whose neurons were all dead at the start, by width, with 95 % intervals of Wilson. "
            "Ours; the paper is not known to train networks.",
        ),
    log:
        "<logs>/cheridito2021/plot_widths.log",
