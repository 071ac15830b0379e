# Xie, Liang & Song 2017, "Diverse Neural Network Learns True Target Functions".


use rule step as xie2017_check_identities with:
    input:
        **code("xie2017/check_identities"),
    output:
        table=table(
            "xie2017/identities",
            "Equations 4 to 7",
            "Equations 4 to 7 on random networks: relative errors of D r and of the loss, and s_m(D) "
            "‖r‖ / ‖∂L/∂W‖ for a random residual and for the worst, where it is one.",
        ),
    log:
        "<logs>/xie2017/check_identities.log",


use rule step as xie2017_train_figure3 with:
    input:
        **code("xie2017/train_figure3"),
    output:
        runs="<results>/xie2017/data/figure3_runs.parquet",
    log:
        "<logs>/xie2017/train_figure3.log",


use rule step as xie2017_tabulate_figure3 with:
    input:
        **code("xie2017/tabulate_figure3"),
        published="config/xie2017/published.yaml",
        runs="<results>/xie2017/data/figure3_runs.parquet",
    output:
        table=table(
            "xie2017/figure3",
            "Figure 3 as numbers",
            "Squared discrepancy of the units after SGD, mean with 95 % interval over replicates, "
            "its expectation for random units, and the digitised points.",
        ),
        slopes=table(
            "xie2017/figure3_slopes",
            "Slopes of Figure 3",
            "Slopes of Figure 3 in log-log coordinates, fitted through all runs, with 95 % "
            "intervals. The paper claims slightly worse than -1 and better than -1/2.",
        ),
    log:
        "<logs>/xie2017/tabulate_figure3.log",
    params:
        options=options(dimension=config["xie2017"]["train_figure3"]["dimension"]),


use rule step as xie2017_plot_figure3 with:
    input:
        **code("xie2017/plot_figure3"),
        table="<results>/xie2017/tables/figure3.csv",
    output:
        svg=figure(
            "xie2017/figure3",
            "Figure 3",
            "Squared discrepancy of the units after SGD against their number, with 95 % intervals over "
            "replicates; the expectation for uniform units, and the points digitised from the figure.",
        ),
    log:
        "<logs>/xie2017/plot_figure3.log",


use rule step as xie2017_train_table1 with:
    input:
        **code("xie2017/train_table1"),
    output:
        runs="<results>/xie2017/data/table1_runs_n{width}.parquet",
    log:
        "<logs>/xie2017/train_table1_n{width}.log",


use rule step as xie2017_tabulate_table1 with:
    input:
        **code("xie2017/tabulate_table1"),
        published="config/xie2017/published.yaml",
        runs=expand(
            "<results>/xie2017/data/table1_runs_n{width}.parquet",
            width=config["xie2017"]["train_table1"]["width"],
        ),
    output:
        table=table(
            "xie2017/table1",
            "Table 1",
            "Loss L on training and test data, for the regularised arm (strength chosen on validation "
            "data), the unregularised one, and a control with as many tries; published errors beside.",
        ),
        effects=table(
            "xie2017/table1_effects",
            "Table 1: paired differences",
            "Table 1 within replicates, by width: geometric mean of the ratio of the regularised arm's "
            "error to the other's, with 95 % intervals, beside the published ratio.",
        ),
        pooled=table(
            "xie2017/table1_pooled",
            "Table 1: all widths",
            "Means over the widths of ratios within replicates, and of our errors over published.",
        ),
        strengths=table(
            "xie2017/table1_strengths",
            "Table 1: each strength",
            "Each strength against the unregularised run with the same initial weights and samples.",
        ),
    log:
        "<logs>/xie2017/tabulate_table1.log",


use rule step as xie2017_train_table3 with:
    input:
        **code("xie2017/train_table3"),
        data="<resources>/mnist.npz",
    output:
        runs="<results>/xie2017/data/table3_runs_n{width}.parquet",
    log:
        "<logs>/xie2017/train_table3_n{width}.log",


use rule step as xie2017_tabulate_table3 with:
    input:
        **code("xie2017/tabulate_table3"),
        published="config/xie2017/published.yaml",
        runs=expand(
            "<results>/xie2017/data/table3_runs_n{width}.parquet",
            width=config["xie2017"]["train_table3"]["width"],
        ),
    output:
        table=table(
            "xie2017/table3",
            "Table 3",
            "Errors on MNIST in percent for the same arms and two losses; published errors beside.",
        ),
        effects=table(
            "xie2017/table3_effects",
            "Table 3: paired differences",
            "Table 3 within replicates, by width: differences in points and ratios with 95 % "
            "intervals, the published difference, and its size in standard deviations of ours.",
        ),
        pooled=table(
            "xie2017/table3_pooled",
            "Table 3: all widths",
            "Means over the widths of differences and ratios, and of our errors over published.",
        ),
        strengths=table(
            "xie2017/table3_strengths",
            "Table 3: each strength",
            "Each strength against the unregularised run with the same initial weights and order.",
        ),
    log:
        "<logs>/xie2017/tabulate_table3.log",


use rule step as xie2017_check_theorem3 with:
    input:
        **code("xie2017/check_theorem3"),
    output:
        table=table(
            "xie2017/theorem3",
            "Theorem 3",
            "Along gradient descent: n L / ‖∂L/∂W‖², what equation 7 allows it, and their ratio.",
        ),
        constants=table(
            "xie2017/theorem3_constants",
            "Theorem 3: constants",
            "The largest n L / ‖∂L/∂W‖² along training over that at the least width.",
        ),
    log:
        "<logs>/xie2017/check_theorem3.log",


use rule step as xie2017_check_lemma14 with:
    input:
        **code("xie2017/check_lemma14"),
    output:
        table=table(
            "xie2017/lemma14",
            "Lemma 14",
            "Test loss minus training loss against the bound, for samples and networks of several sizes.",
        ),
    log:
        "<logs>/xie2017/check_lemma14.log",


use rule step as xie2017_compute_figure1 with:
    input:
        **code("xie2017/compute_figure1"),
        published="config/xie2017/published.yaml",
    output:
        curve=table(
            "xie2017/figure1",
            "Figure 1 as numbers",
            "The eigenvalues that Figure 1 shows, beside the guide lines and digitised points.",
        ),
        blocks=table(
            "xie2017/figure1_blocks",
            "Blocks of Figure 1",
            "The blocks of equal eigenvalues behind Figure 1, over digitised ordinate and γ_1 / m.",
        ),
    log:
        "<logs>/xie2017/compute_figure1.log",


use rule step as xie2017_plot_figure1 with:
    input:
        **code("xie2017/plot_figure1"),
        table="<results>/xie2017/tables/figure1.csv",
    output:
        svg=figure(
            "xie2017/figure1",
            "Figure 1",
            "Eigenvalues γ_m of the feature kernel against m for d = 1500: exact, without the factor in "
            "front of equation 32 (the ratio of the areas of two spheres), and digitised from the "
            "printed figure, with guide lines through the exact γ_1.",
        ),
    log:
        "<logs>/xie2017/plot_figure1.log",


use rule step as xie2017_check_spectrum with:
    input:
        **code("xie2017/check_spectrum"),
    output:
        table=table(
            "xie2017/spectrum",
            "Spectrum of the feature kernel",
            "Multiplicity, closed form of the eigenvalue, and quadrature of equation 32, by degree.",
        ),
        totals=table(
            "xie2017/spectrum_totals",
            "Trace of the feature kernel",
            "The sum of multiplicity times eigenvalue up to a degree, its extrapolation, which must be "
            "the trace 1/2 (missing where eigenvalues underflow first), and the largest m γ_m.",
        ),
    log:
        "<logs>/xie2017/check_spectrum.log",


use rule step as xie2017_compute_figure2 with:
    input:
        **code("xie2017/compute_figure2"),
        published="config/xie2017/published.yaml",
    output:
        curve=table(
            "xie2017/figure2", "Figure 2 as numbers", "The eigenvalues that Figure 2 shows."
        ),
        steps=table(
            "xie2017/figure2_steps",
            "Steps of Figure 2",
            "Quotients of neighbouring eigenvalues at the steps of the printed figure, with 95 % "
            "intervals over draws of samples, and the quotients predicted from the kernel's operator.",
        ),
    log:
        "<logs>/xie2017/compute_figure2.log",


use rule step as xie2017_plot_figure2 with:
    input:
        **code("xie2017/plot_figure2"),
        table="<results>/xie2017/tables/figure2.csv",
        steps="<results>/xie2017/tables/figure2_steps.csv",
    output:
        svg=figure(
            "xie2017/figure2",
            "Figure 2",
            "Eigenvalues of Gram matrices of uniform inputs beside m times those of the kernel's "
            "operator, for the kernel of equation 9 and for J_1(θ) cos θ, which has the last step too.",
        ),
    log:
        "<logs>/xie2017/plot_figure2.log",


use rule step as xie2017_compute_figure4 with:
    input:
        **code("xie2017/compute_figure4"),
        published="config/xie2017/published.yaml",
    output:
        points=table(
            "xie2017/figure4", "Figure 4 as numbers", "The sets of units that Figure 4 shows."
        ),
        groups=table(
            "xie2017/figure4_groups",
            "Figure 4: means",
            "Means behind Figure 4 with 95 % intervals, paired differences, exact discrepancies, and "
            "the digitised means beside ours.",
        ),
        relation=table(
            "xie2017/figure4_relation",
            "Figure 4: rank correlation",
            "Spearman's correlation within each kind of units of Figure 4, with 95 % intervals.",
        ),
    log:
        "<logs>/xie2017/compute_figure4.log",


use rule step as xie2017_plot_figure4 with:
    input:
        **code("xie2017/plot_figure4"),
        points="<results>/xie2017/tables/figure4.csv",
        groups="<results>/xie2017/tables/figure4_groups.csv",
    output:
        svg=figure(
            "xie2017/figure4",
            "Figure 4",
            "Squared least singular value of the extended features against the squared discrepancy of "
            "the units, for the same samples. Units between random and optimised, and clustered ones, "
            "are ours. Published means are digitised, with two standard deviations.",
        ),
    log:
        "<logs>/xie2017/plot_figure4.log",


use rule step as xie2017_compute_table2 with:
    input:
        **code("xie2017/compute_table2"),
        published="config/xie2017/published.yaml",
    output:
        runs="<results>/xie2017/data/table2_runs.parquet",
        table=table(
            "xie2017/table2",
            "Table 2",
            "Least eigenvalue of Gram matrices of inputs in the positive orthant, for uniform and for "
            "matching units; quotients on the same samples, and printed with the noise they have.",
        ),
    log:
        "<logs>/xie2017/compute_table2.log",


use rule step as xie2017_check_theorem8 with:
    input:
        **code("xie2017/check_theorem8"),
    output:
        table=table(
            "xie2017/theorem8",
            "Theorem 8",
            "L_2(W)² in closed form and as the mean squared discrepancy over random slices, with "
            "standard error and z-score, for sets of units from all equal to optimised.",
        ),
    log:
        "<logs>/xie2017/check_theorem8.log",


use rule step as xie2017_check_theorem8_constant with:
    input:
        **code("xie2017/check_theorem8_constant"),
    output:
        table=table(
            "xie2017/theorem8_constants",
            "Constant of Theorem 8",
            "E[k²] = 1/16 + ψ₁(d/2) / 8π² against quadrature.",
        ),
    log:
        "<logs>/xie2017/check_theorem8_constant.log",


use rule step as xie2017_check_lemma6 with:
    input:
        **code("xie2017/check_lemma6"),
    output:
        table=table(
            "xie2017/lemma6",
            "Lemma 6",
            "Lemma 6: least eigenvalue of the ideal Gram matrix over m γ_m / 2, the share of draws in "
            "which the inequality holds, and the probability of failure that the lemma admits.",
        ),
    log:
        "<logs>/xie2017/check_lemma6.log",


use rule step as xie2017_check_theorem1 with:
    input:
        **code("xie2017/check_theorem1"),
    output:
        table=table(
            "xie2017/theorem1",
            "Theorem 1",
            "Squared least singular value of the extended features: itself, per unit, over its limit.",
        ),
        gains=table(
            "xie2017/theorem1_gains",
            "Theorem 1: gains",
            "What s_m(D)² gains from one width to the next.",
        ),
    log:
        "<logs>/xie2017/check_theorem1.log",


use rule step as xie2017_plot_singular_values with:
    input:
        **code("xie2017/plot_singular_values"),
        table="<results>/xie2017/tables/theorem1.csv",
    output:
        svg=figure(
            "xie2017/singular_values",
            "Singular values against the number of units",
            "Squared least singular value of the extended features per unit against the number of "
            "units, with 95 % intervals, and its limit, the least eigenvalue of the ideal Gram matrix.",
        ),
    log:
        "<logs>/xie2017/plot_singular_values.log",


use rule step as xie2017_check_corollary2 with:
    input:
        **code("xie2017/check_corollary2"),
        published="config/xie2017/published.yaml",
    output:
        table=table(
            "xie2017/corollary2",
            "Corollary 2",
            "Corollary 2 with n = d of order m^β: squared least singular value, the same per unit and "
            "per sample, and its bound, the mean square. With the larger factor d exceeds m.",
        ),
        slopes=table(
            "xie2017/corollary2_slopes",
            "Corollary 2: slopes",
            "Slopes of log s_m(D)² against log m and log n, and of log γ_m, with 95 % intervals, "
            "beside what Corollary 2 claims or presupposes.",
        ),
    log:
        "<logs>/xie2017/check_corollary2.log",


use rule step as xie2017_check_lemma5 with:
    input:
        **code("xie2017/check_lemma5"),
    output:
        table=table(
            "xie2017/lemma5",
            "Lemma 5",
            "Lemma 5: m γ_m / 2 minus the four terms of ρ(W), with constant one and L_∞ replaced by a "
            "lower bound; the least eigenvalues of both Gram matrices and their distance.",
        ),
    log:
        "<logs>/xie2017/check_lemma5.log",


use rule step as xie2017_check_lemma9 with:
    input:
        **code("xie2017/check_lemma9"),
    output:
        table=table(
            "xie2017/lemma9",
            "Lemma 9",
            "L_2(W)² of uniform units, its exact expectation, the bound, and the constant it needs.",
        ),
    log:
        "<logs>/xie2017/check_lemma9.log",
