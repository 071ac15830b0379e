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
        theorem3=table(
            "safran2020/theorem3",
            "Theorem 3: the constant",
            "Smallest eigenvalue of the Hessian at a global minimum with n = k students, d inputs "
            "and random orthonormal teachers, beside the constant of Theorem 3, 1/4 - 1/(2 pi), "
            "and the curvature along the direction (v1 + v2, -v1 - v2), which attains it.",
        ),
        equation2=table(
            "safran2020/equation2",
            "Equation (2): the factor 1/2",
            "Derivatives of the loss as equation (2) prints it, estimated from random inputs, "
            "divided by the paper's closed forms: the slope at a random network by formula (10), "
            "the curvature at a global minimum by formula (5).",
        ),
    log:
        "<logs>/safran2020/check_strong_convexity.log",


use rule step as safran2020_check_split_teachers with:
    input:
        **code("safran2020/check_split_teachers"),
    output:
        theorem4=table(
            "safran2020/theorem4",
            "Theorems 4, 7 and 9",
            "Near random global minima with more students than teachers, the extremes over all "
            "draws: the smallest eigenvalue of the Hessian where two students of one teacher are "
            "moved together, the deviation of the form of the proof from its derived value and "
            "the printed value divided by it, and, where they are moved apart, the constants that "
            "one-point strong convexity and a Polyak-Lojasiewicz condition would need.",
        ),
        orders=table(
            "safran2020/orders",
            "Theorems 7 and 9: orders",
            "By which power of the distance each quantity falls where two students of one teacher "
            "are moved apart: median, least and most of all draws.",
        ),
    log:
        "<logs>/safran2020/check_split_teachers.log",


use rule step as safran2020_check_conjecture12 with:
    input:
        **code("safran2020/check_conjecture12"),
    output:
        conjecture12=table(
            "safran2020/conjecture12",
            "Conjecture 12: a counterexample",
            "Both sides of Conjecture 12 where the students of the first teacher are moved "
            "towards the second and those of the second away from the first, and their difference "
            "divided by the cube of the distance, beside the derived one.",
        ),
        orthogonal=table(
            "safran2020/orthogonal",
            "Conjecture 12: random displacements",
            "Displacements orthogonal to each student, the one above and random ones: for how many "
            "the left side of Conjecture 12 is below the right one, the largest shortfall over the "
            "cube of the distance, and the least difference over the square of the distance if "
            "the left side is doubled, as it is for the loss as printed in equation (2).",
        ),
        theorem10=table(
            "safran2020/theorem10",
            "Theorem 10: the order",
            "By which power of the distance the left side of Conjecture 12 falls short of the "
            "right one, at the random displacement where it does most; Theorem 10 asks for 2.5 at "
            "least.",
        ),
    log:
        "<logs>/safran2020/check_conjecture12.log",


use rule step as safran2020_check_table1 with:
    input:
        **code("safran2020/check_table1"),
        published="config/safran2020/published.yaml",
    output:
        table=table(
            "safran2020/table1",
            "Table 1",
            "Smallest difference of the two sides of Conjecture 12 along displacements of "
            "teachers split into m equal students, over the square of the scale 1e-5, beside the "
            "printed values: Gaussian ones, and adversarial ones whose sum is zero for each "
            "teacher. The scale is the standard deviation, but for the column by_variance; "
            "left_side is the smallest left side.",
        ),
        readings=table(
            "safran2020/readings",
            "Table 1: how it is to be read",
            "Our numbers divided by the printed ones, the geometric mean over all pairs (k, m), "
            "for each way to read the printed table.",
        ),
        growth=table(
            "safran2020/growth",
            "Table 1: growth with m",
            "The exponent with which the smallest difference of the two sides grows with m, for "
            "each k and over all.",
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
            "What the minima of each k have in common: the least eigenvalue of the Hessian; over "
            "its blocks less I/2, the largest of the smallest eigenvalues, and the largest over "
            "the minima of the least mean eigenvalue; the largest curvature along (u, -u) where a "
            "unit is split; how far the sums of norms are below k, and the factor by which the "
            "ends of that range differ from those of the authors' files.",
        ),
        norm_sums=table(
            "safran2020/norm_sums",
            "Figure 1 as numbers",
            "How far the norms of the units sum to less than k, for each class of minima and the "
            "number of runs that end in it.",
        ),
    log:
        "<logs>/safran2020/tabulate_minima.log",


use rule step as safran2020_train_far_starts with:
    input:
        **code("safran2020/train_far_starts"),
    output:
        table=table(
            "safran2020/far_starts",
            "Runs from far away",
            "Gradient descent from starts whose norms sum to 2 k^2: runs that end in spurious "
            "minima, with Wilson's interval, and how far the sums of norms are below k there.",
        ),
    log:
        "<logs>/safran2020/train_far_starts.log",


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
