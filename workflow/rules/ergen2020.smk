# Ergen & Pilanci 2021, "Convex Geometry and Duality of Over-parameterized Neural Networks".


use rule step as ergen2020_check_kinks with:
    input:
        **code("ergen2020/check_kinks"),
    output:
        line=table(
            "ergen2020/line",
            "Kinks at data",
            "Data on a line: the optimum of the lasso over units with kinks at data, the lower "
            "bound that its dual proves for all networks, and the gain from units that bend "
            "elsewhere, too.",
        ),
    log:
        "<logs>/ergen2020/check_kinks.log",


use rule step as ergen2020_check_whitened with:
    input:
        **code("ergen2020/check_whitened"),
    output:
        whitened=table(
            "ergen2020/whitened",
            "Whitened data",
            "Whitened data: closed forms beside convex programs over all patterns, and the gap "
            "that is proved for the network of the closed form.",
        ),
    log:
        "<logs>/ergen2020/check_whitened.log",


use rule step as ergen2020_solve_figure6 with:
    input:
        **code("ergen2020/solve_figure6"),
        published="config/ergen2020/published.yaml",
    output:
        figure6=table(
            "ergen2020/figure6",
            "Figure 6 as numbers",
            "Figure 6: duality gaps of the regularised problem and of that with equality "
            "constraints, with m of the neurons that an optimum can have. The gap is infinite "
            "while no network fits.",
        ),
        duality=table(
            "ergen2020/duality",
            "Strong duality",
            "Data of Figure 6: the optimum over all neurons that an optimum can have, that of a "
            "network with at most one neuron more than samples, and a lower bound that is "
            "proved for all networks. Gaps are relative to the bound. Vanishes at: the number of "
            "neurons from which on the gap is at most 1e-6, beside that of Figure 6a.",
        ),
        problems="<results>/ergen2020/data/figure6.npz",
    log:
        "<logs>/ergen2020/solve_figure6.log",


use rule step as ergen2020_train_gaps with:
    input:
        **code("ergen2020/train_gaps"),
        problems="<results>/ergen2020/data/figure6.npz",
    output:
        trained=table(
            "ergen2020/trained",
            "Trained networks",
            "Networks trained by Adam on the data of Figure 6: how far the best and the median "
            "run are above the bound that is proved for all networks, relative to it.",
        ),
    log:
        "<logs>/ergen2020/train_gaps.log",
    params:
        options=options(beta=config["ergen2020"]["solve_figure6"]["beta"]),


use rule step as ergen2020_solve_figure7 with:
    input:
        **code("ergen2020/solve_figure7"),
        published="config/ergen2020/published.yaml",
    output:
        solutions=table(
            "ergen2020/solutions",
            "Printed solutions",
            "Section 11.2: the printed solutions on the data of Figure 7 in exact arithmetic. "
            "Excess: over the best lower bound for all networks, relative to it; an excess of "
            "zero proves a solution optimal. Distance: the largest difference from the outputs "
            "of the first solution.",
        ),
        figure7=table(
            "ergen2020/figure7",
            "Figure 7 as numbers",
            "Figure 7: the printed solutions that are optimal, Solutions 3 and 4 with the kinks "
            "of each other.",
        ),
    log:
        "<logs>/ergen2020/solve_figure7.log",


use rule step as ergen2020_train_figure1a with:
    input:
        **code("ergen2020/train_figure1a"),
        published="config/ergen2020/published.yaml",
    output:
        figure1a=table(
            "ergen2020/figure1a",
            "Distance to the spline",
            "Networks of one input trained without a regulariser, by width and by the standard "
            "deviation of their first weights: how many fit the data of Figure 1b, the largest "
            "distance to the linear spline between the samples with Student's interval, and its "
            "ratio to the published one.",
        ),
    log:
        "<logs>/ergen2020/train_figure1a.log",


use rule step as ergen2020_train_figure11 with:
    input:
        **code("ergen2020/train_figure11"),
        published="config/ergen2020/published.yaml",
        data="<resources>/mnist.npz",
    output:
        figure11=table(
            "ergen2020/figure11",
            "Whitened images",
            "Whitened images of MNIST with ten outputs: the network of the closed form, that of "
            "Theorem 15 as printed, and networks trained by gradient descent; their excess over "
            "the proved bound, the bound that the start of each imposes, the accuracy on test "
            "images, which go through the same whitening map, and the advantage of the closed "
            "form with an interval.",
        ),
        level=table(
            "ergen2020/figure11_level",
            "Level of Figure 11",
            "The printed objective of the closed form beside the largest that Theorem 15 allows "
            "for any sizes of the classes.",
        ),
        curves=table(
            "ergen2020/figure11_curves",
            "Figure 11 as numbers",
            "Figure 11: objectives during training on whitened images of MNIST, and the optimum "
            "in closed form.",
        ),
    log:
        "<logs>/ergen2020/train_figure11.log",


use rule step as ergen2020_check_cutting_planes with:
    input:
        **code("ergen2020/check_cutting_planes"),
    output:
        algorithm1=table(
            "ergen2020/algorithm1",
            "Algorithm 1",
            "Algorithm 1 on spike-free data, with the dual of the regularised problem: rounds, "
            "value after the last, and the optimum of the convex program. Outside first units: "
            "the part of y that is not in the span of the first round's units, without which "
            "the printed dual is unbounded.",
        ),
        cutting_planes=table(
            "ergen2020/cutting_planes",
            "Cutting planes with an exact search",
            "Cutting planes on Gaussian data, where the most violated unit is found exactly: "
            "the number of rounds until no unit violates its constraint, the value of the first "
            "and the last round, and the optimum of the convex program.",
        ),
    log:
        "<logs>/ergen2020/check_cutting_planes.log",


use rule step as ergen2020_check_spike_free with:
    input:
        **code("ergen2020/check_spike_free"),
    output:
        spike_free=table(
            "ergen2020/spike_free",
            "Spike-free data",
            "Spike-free data and others: the longest w whose A w is the activations of a unit of "
            "length one, infinite if no A w is; the largest distance from A w nearest to them; "
            "and the optimum with two "
            "units that are active on all samples, one of each sign, beside the optimum of the "
            "convex program.",
        ),
        lemma3=table(
            "ergen2020/lemma3",
            "Lemma 3: both forms",
            "The matrix with the rows 1 and -1: the largest length in the second form of Lemma "
            "3, and how far activations are from the range of the matrix.",
        ),
    log:
        "<logs>/ergen2020/check_spike_free.log",


use rule step as ergen2020_check_random_rows with:
    input:
        **code("ergen2020/check_random_rows"),
    output:
        spikes=table(
            "ergen2020/spikes",
            "Spikes of Gaussian matrices",
            "Share of Gaussian matrices A with a spike that sees one row alone, with Wilson's "
            "interval: those with a positive entry off the diagonal of the inverse of the products "
            "of the rows (share), and those for which a unit is found whose activations ask for a "
            "longer one (found). Its limit for many columns, the mean length of the longest such "
            "spike, and of a bound for all.",
        ),
        vertices=table(
            "ergen2020/vertices",
            "Rows as vertices",
            "Gaussian matrices whose rows are all vertices of their convex hull, and the misfit "
            "of the network of Lemma 7.",
        ),
    log:
        "<logs>/ergen2020/check_random_rows.log",


use rule step as ergen2020_plot_figure1a with:
    input:
        **code("ergen2020/plot_figure1a"),
        figure1a="<results>/ergen2020/tables/figure1a.csv",
    output:
        svg=figure(
            "ergen2020/figure1a",
            "Figure 1a",
            "Figure 1a: largest distance of trained networks to the linear spline between the "
            "samples against the standard deviation of the first weights, for three widths, "
            "with Student's interval; published values dashed.",
        ),
    log:
        "<logs>/ergen2020/plot_figure1a.log",


use rule step as ergen2020_plot_figure6 with:
    input:
        **code("ergen2020/plot_figure6"),
        figure6="<results>/ergen2020/tables/figure6.csv",
    output:
        svg=figure(
            "ergen2020/figure6",
            "Figure 6",
            "Figure 6: duality gaps against the number of neurons, for the regularised problem "
            "and for that with equality constraints.",
        ),
    log:
        "<logs>/ergen2020/plot_figure6.log",


use rule step as ergen2020_plot_figure7 with:
    input:
        **code("ergen2020/plot_figure7"),
        figure7="<results>/ergen2020/tables/figure7.csv",
    output:
        svg=figure(
            "ergen2020/figure7",
            "Figure 7",
            "Figure 7: the printed solutions that are optimal, Solutions 3 and 4 with the kinks "
            "of each other.",
        ),
    log:
        "<logs>/ergen2020/plot_figure7.log",


use rule step as ergen2020_plot_figure11 with:
    input:
        **code("ergen2020/plot_figure11"),
        curves="<results>/ergen2020/tables/figure11_curves.csv",
    output:
        svg=figure(
            "ergen2020/figure11",
            "Figure 11",
            "Figure 11: objectives during training on whitened images of MNIST, and the optimum "
            "in closed form.",
        ),
    log:
        "<logs>/ergen2020/plot_figure11.log",
