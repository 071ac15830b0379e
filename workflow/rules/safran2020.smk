# Safran, Yehudai & Shamir 2020, "The Effects of Mild Over-parameterization on the Optimization
# Landscape of Shallow ReLU Neural Networks".
SAFRAN2020_TEACHERS = [
    *config["safran2020"]["train_minima"]["teachers"],
    *config["safran2020"]["train_minima"]["larger"],
]


use rule step as safran2020_check_strong_convexity with:
    input:
        **code("safran2020/check_strong_convexity"),
    output:
        table=table(
            "safran2020/theorem3",
            "Theorem 3: the constant",
            "Smallest eigenvalue of the Hessian at a global minimum with n = k, beside the "
            "constant of Theorem 3, 1/4 - 1/(2 pi); without the factor 1/2 of the loss, which "
            "equation (2) does not print, it would be twice as large.",
        ),
    log:
        "<logs>/safran2020/check_strong_convexity.log",


use rule step as safran2020_check_split_teachers with:
    input:
        **code("safran2020/check_split_teachers"),
    output:
        table=table(
            "safran2020/theorem4",
            "Theorems 4, 7 and 9",
            "Near a global minimum with one student more than teachers: smallest eigenvalue of "
            "the Hessian where both halves of a split teacher are moved together, and, where they "
            "are moved apart, the constants that one-point strong convexity and a "
            "Polyak-Lojasiewicz condition would need.",
        ),
    log:
        "<logs>/safran2020/check_split_teachers.log",


use rule step as safran2020_check_table1 with:
    input:
        **code("safran2020/check_table1"),
        published="config/safran2020/published.yaml",
    output:
        table=table(
            "safran2020/table1",
            "Table 1",
            "Smallest curvature along Gaussian displacements of teachers split into m equal "
            "students, and along those whose sum is zero for each teacher, beside the printed "
            "values. The printed scale does not follow from the printed variance.",
        ),
    log:
        "<logs>/safran2020/check_table1.log",


use rule step as safran2020_train_minima with:
    input:
        **code("safran2020/train_minima"),
    output:
        ends="<results>/safran2020/data/runs_k{teachers}.parquet",
        classes="<results>/safran2020/data/classes_k{teachers}.parquet",
    log:
        "<logs>/safran2020/train_minima_k{teachers}.log",


use rule step as safran2020_tabulate_minima with:
    input:
        **code("safran2020/tabulate_minima"),
        published="config/safran2020/published.yaml",
        runs=expand(
            "<results>/safran2020/data/runs_k{teachers}.parquet", teachers=SAFRAN2020_TEACHERS
        ),
        classes=expand(
            "<results>/safran2020/data/classes_k{teachers}.parquet", teachers=SAFRAN2020_TEACHERS
        ),
    output:
        shares=table(
            "safran2020/shares",
            "Shares of spurious runs",
            "Share of runs of gradient descent with n = k that end in spurious minima, with "
            "Wilson intervals, and their mean loss, beside those of the authors' result files.",
        ),
        minima=table(
            "safran2020/minima",
            "What minima share",
            "What the minima of each k have in common: the least eigenvalue of the Hessian, the "
            "largest of the smallest eigenvalues of its blocks less I/2, gradient and smallest "
            "eigenvalue where the unit that resists most is split in two, and how far the sums of "
            "norms are below k.",
        ),
        norm_sums=table(
            "safran2020/norm_sums",
            "Figure 1 as numbers",
            "How far the norms of the units sum to less than k, for each class of minima and the "
            "number of runs that end in it.",
        ),
    log:
        "<logs>/safran2020/tabulate_minima.log",


use rule step as safran2020_plot_figure1 with:
    input:
        **code("safran2020/plot_figure1"),
        norm_sums="<results>/safran2020/tables/norm_sums.csv",
    output:
        svg=figure(
            "safran2020/figure1",
            "Figure 1",
            "Histograms of the sums of the units' norms, less k, over the runs that end in "
            "spurious minima, for the two largest k of the run.",
        ),
    log:
        "<logs>/safran2020/plot_figure1.log",
