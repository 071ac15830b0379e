# Zhou & Liang 2018, "Critical Points of Linear Neural Networks: Analytical Forms and Landscape
# Properties": linear networks, and ReLU networks with one hidden layer.


use rule step as zhou2018_check_shallow_form with:
    input:
        **code("zhou2018/check_shallow_form"),
    output:
        census=table(
            "zhou2018/shallow_form",
            "Shallow networks: census",
            "Shallow points built by the printed form (as recalled), for every pattern of chosen "
            "eigenvalues. Gradient, value and least eigenvalue are relative. Recovered error: the "
            "free parameters found from the point alone and put back. Global mismatches: the "
            "stated condition against the least loss there is. Index mismatches: our formula of "
            "the Morse index against the dense Hessian. Without descent: saddles where the exact "
            "curve does not lower the loss, or not as stated.",
        ),
    log:
        "<logs>/zhou2018/check_shallow_form.log",


use rule step as zhou2018_break_shallow_form with:
    input:
        **code("zhou2018/break_shallow_form"),
    output:
        controls=table(
            "zhou2018/controls",
            "Shallow networks: the form broken",
            "Relative gradient and left side of condition (2) where one part is broken on purpose.",
        ),
    log:
        "<logs>/zhou2018/break_shallow_form.log",


use rule step as zhou2018_list_levels with:
    input:
        **code("zhou2018/list_levels"),
    output:
        levels=table(
            "zhou2018/levels",
            "Critical levels of one problem",
            "All critical levels of one shallow problem with distinct eigenvalues: the loss by "
            "formula and at a point of the level, the Morse index by our formula and as the "
            "number of negative eigenvalues of the dense Hessian.",
        ),
    log:
        "<logs>/zhou2018/list_levels.log",


use rule step as zhou2018_check_necessity with:
    input:
        **code("zhou2018/check_necessity"),
    output:
        problems=table(
            "zhou2018/necessity",
            "Necessity: critical points found and taken apart",
            "Critical points found from random starts by a trust-region method on the squared "
            "gradient and Newton steps. Recovered: the free parameters of the form rebuild the "
            "point. A point is ambiguous if a singular value leaves a rank uncertain; then its "
            "loss alone is compared, with the nearest predicted one; the others are judged. "
            "Patterns met are of the points that are judged.",
        ),
    log:
        "<logs>/zhou2018/check_necessity.log",


use rule step as zhou2018_check_deep_form with:
    input:
        **code("zhou2018/check_deep_form"),
    output:
        census=table(
            "zhou2018/deep_form",
            "Deep networks: census",
            "Deep critical points by depth and kind, where the kind is that of the dense Hessian "
            "and the loss. The residuals are those of the three lines of the recursive form (as "
            "recalled); the moved residual is the least of the same points moved away. Global "
            "mismatches: the stated condition against the least loss there is. Without descent: "
            "points, not global, whose exact descent does not lower the loss, near and further "
            "on, or not as stated. "
            "Lower nearby: points with a lower loss at a hundredth of the size of the weights. "
            "The least eigenvalues of the Hessians are relative to the largest.",
        ),
        controls=table(
            "zhou2018/deep_controls",
            "Deep networks: the form broken",
            "Deep points where one line of the recursive form is broken on purpose: least relative "
            "gradient, least residual of that line, and largest of the other two.",
        ),
    log:
        "<logs>/zhou2018/check_deep_form.log",


use rule step as zhou2018_compute_descents with:
    input:
        **code("zhou2018/compute_descents"),
    output:
        descents=table(
            "zhou2018/descents",
            "Exact descents as numbers",
            "Loss along exact curves that leave saddles downhill: a column of V turned, the rank "
            "of the second matrix raised by one, and curves of higher order from non-strict "
            "saddles of deep networks. Lines are the stated functions, marks the loss itself.",
        ),
    log:
        "<logs>/zhou2018/compute_descents.log",


use rule step as zhou2018_plot_levels with:
    input:
        **code("zhou2018/plot_levels"),
        levels="<results>/zhou2018/tables/levels.csv",
    output:
        svg=figure(
            "zhou2018/levels",
            "Critical levels and Morse indices",
            "Dots: the loss at a point of each critical level; lines: the loss by formula.",
        ),
    log:
        "<logs>/zhou2018/plot_levels.log",


use rule step as zhou2018_plot_descents with:
    input:
        **code("zhou2018/plot_descents"),
        descents="<results>/zhou2018/tables/descents.csv",
    output:
        svg=figure(
            "zhou2018/descents",
            "Exact descents",
            "Lines are the stated functions, marks the loss itself; right, how far it has fallen.",
        ),
    log:
        "<logs>/zhou2018/plot_descents.log",


use rule step as zhou2018_check_cones with:
    input:
        **code("zhou2018/check_cones"),
    output:
        census=table(
            "zhou2018/cones",
            "Cones: census of critical points",
            "Critical points of ReLU networks built in every activation cone that has any, a row "
            "for each family of data: whether gradient, value and kind are as the statement "
            "says, whether a loss below that of a local minimum was met inside the ball about it "
            "in which the network is linear, at how many saddles one was, and how many data sets "
            "have local minima of different losses.",
        ),
    log:
        "<logs>/zhou2018/check_cones.log",


use rule step as zhou2018_certify_examples with:
    input:
        **code("zhou2018/certify_examples"),
    output:
        examples=table(
            "zhou2018/examples",
            "Spurious minima in exact fractions",
            "Points of small ReLU networks in exact fractions: the kind, the loss and a lower "
            "loss elsewhere, the inertia of the Hessian, and the squared radius of the ball in "
            "the hidden weights within which the network is linear.",
        ),
    log:
        "<logs>/zhou2018/certify_examples.log",


use rule step as zhou2018_certify_kinks with:
    input:
        **code("zhou2018/certify_kinks"),
    output:
        kinks=table(
            "zhou2018/kinks",
            "Points at a kink in exact fractions",
            "Points at which the hidden weight is zero, with two opposed samples of equal "
            "targets. Contradictions: rational points at which the loss is not that of the stated "
            "formula, or moves against the stated kind.",
        ),
    log:
        "<logs>/zhou2018/certify_kinks.log",


use rule step as zhou2018_enumerate_units with:
    input:
        **code("zhou2018/enumerate_units"),
    output:
        minima=table(
            "zhou2018/unit_minima",
            "One unit: all local minima",
            "All local minima of one ReLU unit on random data, by kind, angle and loss relative "
            "to a dead unit, and how many runs of gradient descent each of them catches.",
        ),
        ends=table(
            "zhou2018/unit_ends",
            "One unit: where gradient descent ends",
            "Where gradient descent on one ReLU unit ends: at the global minimum with its share "
            "and 95 % Wilson interval, at a spurious one, with a dead unit, still moving, or at "
            "rest elsewhere.",
        ),
        outcomes=table(
            "zhou2018/unit_outcomes",
            "One unit: ends of all runs",
            "Share of the runs on all data sets that end in each way, with 95 % Wilson intervals. "
            "A run still moves if a unit turned a little has a lower loss.",
        ),
        profile=table(
            "zhou2018/unit_profile",
            "One unit: least loss by direction",
            "The curves of the figure of units.",
        ),
    log:
        "<logs>/zhou2018/enumerate_units.log",


use rule step as zhou2018_plot_units with:
    input:
        **code("zhou2018/plot_units"),
        profile="<results>/zhou2018/tables/unit_profile.csv",
        minima="<results>/zhou2018/tables/unit_minima.csv",
    output:
        svg=figure(
            "zhou2018/units",
            "One unit: landscapes and catchments",
            "The least loss of one ReLU unit over its direction, relative to a dead unit, for "
            "each data set. Green: the global minimum, orange: spurious ones; a mark is as large "
            "as the share of runs of gradient descent that end there.",
        ),
    log:
        "<logs>/zhou2018/plot_units.log",
