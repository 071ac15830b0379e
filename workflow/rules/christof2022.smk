# Christof & Kowalczyk 2022, "On the Omnipresence of Spurious Local Minima in Certain Neural Network
# Training Problems".


use rule step as christof2022_certify_minima with:
    input:
        **code("christof2022/certify_minima"),
    output:
        minima=table(
            "christof2022/minima",
            "Spurious minima with a proof",
            "Networks that equal the best affine function with all neurons inside the affine "
            "segment of the activation, in exact fractions. Proved means that every parameter may "
            "change by the radius and the network stays affine on the data, that its loss is that "
            "of the best affine function, and that a trained network of the same widths has a "
            "lower one. The dimension is that of the set of networks nearby that are the same "
            "function on the data.",
        ),
        fits=table(
            "christof2022/fits",
            "A spurious minimum beside a better network, as numbers",
            "The target x^2 on 21 points, a network of five ReLU neurons that is proved to be a "
            "spurious local minimum, and a better network of the same width.",
        ),
    log:
        "<logs>/christof2022/certify_minima.log",


use rule step as christof2022_certify_losses with:
    input:
        **code("christof2022/certify_losses"),
    output:
        minima=table(
            "christof2022/losses",
            "Other losses",
            "Members of the continuum for losses whose best affine function on 21 points is no "
            "rational: its loss is enclosed in ball arithmetic, and members are proved to be "
            "spurious local minima with the radius within which no hidden neuron can leave the "
            "affine segment. The gain is a lower bound of what a better network of the same width "
            "saves.",
        ),
    log:
        "<logs>/christof2022/certify_losses.log",


use rule step as christof2022_certify_integrals with:
    input:
        **code("christof2022/certify_integrals"),
    output:
        minima=table(
            "christof2022/integrals",
            "Infinite dimension: an integral as loss",
            "Members of the continuum where the loss is the mean square over [-1, 1], for "
            "polynomial targets, in exact fractions. Proved means the same as for finitely many "
            "points; what holds at both ends of the interval holds between them.",
        ),
    log:
        "<logs>/christof2022/certify_integrals.log",


use rule step as christof2022_certify_ill_posed with:
    input:
        **code("christof2022/certify_ill_posed"),
    output:
        mirrors=table(
            "christof2022/ill_posed",
            "Best approximation by one neuron",
            "Mean square over [-1, 1] of the best constant, of a network of one ReLU neuron and of "
            "its mirror image, in exact fractions. Only constants are their own mirror images, so "
            "that no best network is unique.",
        ),
    log:
        "<logs>/christof2022/certify_ill_posed.log",


use rule step as christof2022_train_shifts with:
    input:
        **code("christof2022/train_shifts"),
    output:
        shares=table(
            "christof2022/shifts",
            "Runs caught, by shift of the biases",
            "Gradient descent on x^2 from standard normal weights whose hidden biases are "
            "shifted: share of runs that end affine on the data with the loss of the best affine "
            "function (within one percent of it), with 95 % intervals of Wilson. Ours; the "
            "numbers of the experiment of the paper were not found.",
        ),
    log:
        "<logs>/christof2022/train_shifts.log",


use rule step as christof2022_plot_fits with:
    input:
        **code("christof2022/plot_fits"),
        fits="<results>/christof2022/tables/fits.csv",
    output:
        svg=figure(
            "christof2022/fits",
            "A spurious minimum beside a better network",
            "The target, the proved spurious minimum and the better network on 21 points.",
        ),
    log:
        "<logs>/christof2022/plot_fits.log",


use rule step as christof2022_plot_shifts with:
    input:
        **code("christof2022/plot_shifts"),
        shares="<results>/christof2022/tables/shifts.csv",
    output:
        svg=figure(
            "christof2022/shifts",
            "Runs caught, by shift of the biases",
            "Share of runs that end at the best affine function, with 95 % intervals of Wilson.",
        ),
    log:
        "<logs>/christof2022/plot_shifts.log",
