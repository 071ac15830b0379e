# Ergen & Pilanci 2021, "Convex Geometry and Duality of Over-parameterized Neural Networks".


use rule step as ergen2020_train_figure6 with:
    input:
        **code("ergen2020/train_figure6"),
        published="config/ergen2020/published.yaml",
    output:
        figure6=table(
            "ergen2020/figure6",
            "Figure 6 as numbers",
            "Figure 6: objectives of networks trained by Adam over the proved dual optimum, "
            "relative to half of the squared norm of y, against the width. Closed: runs with a "
            "gap of at most 1e-3. Data on a line and of rank one have free biases of units and "
            "output; whitened data have none.",
        ),
    log:
        "<logs>/ergen2020/train_figure6.log",


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
            "Whitened data: the closed form beside the convex program over all patterns, and the "
            "gap that is proved for the network of the closed form.",
        ),
    log:
        "<logs>/ergen2020/check_whitened.log",


use rule step as ergen2020_solve_figure7 with:
    input:
        **code("ergen2020/solve_figure7"),
        published="config/ergen2020/published.yaml",
    output:
        solutions=table(
            "ergen2020/solutions",
            "Two optimal networks",
            "Data of Figure 7: two networks with the same objective, that of the dual, which "
            "agree on the data and differ between them.",
        ),
        figure7=table(
            "ergen2020/figure7",
            "Figure 7 as numbers",
            "Figure 7: two optimal networks on the same data, one with kinks at data only, one "
            "with a single kink between two samples.",
        ),
    log:
        "<logs>/ergen2020/solve_figure7.log",


use rule step as ergen2020_train_figure11 with:
    input:
        **code("ergen2020/train_figure11"),
        data="<resources>/mnist.npz",
    output:
        table=table(
            "ergen2020/figure11",
            "Whitened images",
            "Whitened images of MNIST with ten outputs: the network of the closed form beside "
            "networks trained by gradient descent, their excess over the proved bound, the bound "
            "that the start of each imposes, and the error on test images, which go through the "
            "same whitening map.",
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
        cutting_planes=table(
            "ergen2020/cutting_planes",
            "Cutting planes",
            "Cutting planes on Gaussian data: the number of rounds until no unit violates its "
            "constraint, the value of the first and the last round, and the optimum of the convex "
            "program.",
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
            "Spike-free data and others: the longest w with X w nearest to the activations of a "
            "unit of length one, the largest distance between these, and the optimum with two "
            "units that are active on all samples, one of each sign, beside the optimum of the "
            "convex program.",
        ),
    log:
        "<logs>/ergen2020/check_spike_free.log",


use rule step as ergen2020_train_figure1a with:
    input:
        **code("ergen2020/train_figure1a"),
    output:
        table=table(
            "ergen2020/figure1a",
            "Distance to the spline",
            "Networks of one input trained without a regulariser, by the size of their first "
            "weights: how many fit the data, and the largest distance to the linear spline "
            "between the samples, over the range of the labels.",
        ),
        curves=table(
            "ergen2020/figure1a_curves",
            "Figure 1a as numbers",
            "Figure 1a: networks trained from first weights of several sizes, and the linear "
            "spline. Left: data on which bends change sign from sample to sample. Right: the data "
            "of Figure 7, on which two networks are optimal.",
        ),
    log:
        "<logs>/ergen2020/train_figure1a.log",


use rule step as ergen2020_plot_figure6 with:
    input:
        **code("ergen2020/plot_figure6"),
        figure6="<results>/ergen2020/tables/figure6.csv",
    output:
        svg=figure(
            "ergen2020/figure6",
            "Figure 6",
            "Figure 6: objectives of networks trained by Adam over the proved dual optimum, "
            "relative to half of the squared norm of y, against the width. Closed: runs with a "
            "gap of at most 1e-3. Data on a line and of rank one have free biases of units and "
            "output; whitened data have none.",
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
            "Figure 7: two optimal networks on the same data, one with kinks at data only, one "
            "with a single kink between two samples.",
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


use rule step as ergen2020_plot_figure1a with:
    input:
        **code("ergen2020/plot_figure1a"),
        curves="<results>/ergen2020/tables/figure1a_curves.csv",
    output:
        svg=figure(
            "ergen2020/figure1a",
            "Figure 1a",
            "Figure 1a: networks trained from first weights of several sizes, and the linear "
            "spline. Left: data on which bends change sign from sample to sample. Right: the data "
            "of Figure 7, on which two networks are optimal.",
        ),
    log:
        "<logs>/ergen2020/plot_figure1a.log",
