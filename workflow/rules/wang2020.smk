# Wang, Lacotte & Pilanci 2020, "The Hidden Convex Optimization Landscape of Two-Layer ReLU Neural
# Networks".


use rule step as wang2020_solve_programs with:
    input:
        **code("wang2020/solve_programs"),
    output:
        problems="<results>/wang2020/data/problems.npz",
        programs=table(
            "wang2020/programs",
            "Convex programs",
            "Convex programs of Gaussian problems with all activation patterns. Formula: the "
            "number of patterns of rows in general position; missing: how many of them were not "
            "found. Network: the objective of the network that the solution is mapped back to. "
            "Dual bound: a lower bound of the objective of every network of every width, proved in "
            "ball arithmetic. Summary shortfall: by how much the optimum with the penalty of a "
            "summary by others falls below that of the networks.",
        ),
        patterns=table(
            "wang2020/patterns",
            "Sampled patterns",
            "Programs with the patterns of some Gaussian units only: mean excess of their optimum "
            "over that with all patterns, relative to it, with Student's interval over replicates.",
        ),
    log:
        "<logs>/wang2020/solve_programs.log",


use rule step as wang2020_train_widths with:
    input:
        **code("wang2020/train_widths"),
        problems="<results>/wang2020/data/problems.npz",
    output:
        networks="<results>/wang2020/data/networks.npz",
    log:
        "<logs>/wang2020/train_widths.log",


use rule step as wang2020_compare_widths with:
    input:
        **code("wang2020/compare_widths"),
        problems="<results>/wang2020/data/problems.npz",
        networks="<results>/wang2020/data/networks.npz",
    output:
        widths=table(
            "wang2020/widths",
            "Trained networks by width",
            "Networks trained by Adam from random starts, by width: excess of their objective "
            "over the optimum of the convex program, relative to it, and the share of runs within "
            "1e-4 of it with Wilson's interval. Best over bound: the best run over the proved "
            "lower bound.",
        ),
    log:
        "<logs>/wang2020/compare_widths.log",


use rule step as wang2020_check_stationary with:
    input:
        **code("wang2020/check_stationary"),
        problems="<results>/wang2020/data/problems.npz",
        networks="<results>/wang2020/data/networks.npz",
    output:
        stationary=table(
            "wang2020/stationary",
            "Stationary points",
            "Ends of training held against programs with fewer patterns: those of their own "
            "units, each with the sign of its output weight, or both patterns of every row that "
            "lies on a kink and both signs. Gradient norm: the largest length of the ends' shortest "
            "subgradients. Drop: how far the program's optimum lies below the "
            "objective of the end. Optimal: the share of ends within 1e-4, with Wilson's "
            "interval.",
        ),
    log:
        "<logs>/wang2020/check_stationary.log",


use rule step as wang2020_follow_paths with:
    input:
        **code("wang2020/follow_paths"),
        problems="<results>/wang2020/data/problems.npz",
        networks="<results>/wang2020/data/networks.npz",
    output:
        barriers=table(
            "wang2020/barriers",
            "Paths: climbs",
            "How far the objective climbs, in units of the optimum, on paths from ends of "
            "training and from random networks to the global optimum: a constructed path through "
            "networks of the same width, and the straight line in the weights.",
        ),
        paths=table(
            "wang2020/paths",
            "Paths as numbers",
            "The objective over the optimum on both paths from ends of training to the global "
            "optimum.",
        ),
    log:
        "<logs>/wang2020/follow_paths.log",


use rule step as wang2020_compare_optima with:
    input:
        **code("wang2020/compare_optima"),
    output:
        optima=table(
            "wang2020/optima",
            "Certified optima",
            "Small data sets: the objective at which training ends in networks just wide enough "
            "for the global optimum, and the global optimum: the convex program's, that of the "
            "network that its solution is mapped back to, and its proved lower bound. All with the "
            "regulariser, of the strength in the table.",
        ),
        problems="<results>/wang2020/data/small_problems.npz",
        ends="<results>/wang2020/data/small_ends.npz",
    log:
        "<logs>/wang2020/compare_optima.log",


use rule step as wang2020_prove_minima with:
    input:
        **code("wang2020/prove_minima"),
        problems="<results>/wang2020/data/small_problems.npz",
        ends="<results>/wang2020/data/small_ends.npz",
    output:
        minima=table(
            "wang2020/minima",
            "Spurious minima",
            "Distinct values above the optimum at which training ends on small data sets. Proved: "
            "a local minimum is proved in ball arithmetic, and it is spurious. Held: samples lie "
            "on kinks, and no network nearby is lower, up to the solver's accuracy. Dead unit: "
            "stationary, and a saddle. Not held: a network nearby is lower. Not stationary: still "
            "on the way.",
        ),
        totals=table(
            "wang2020/totals",
            "Data sets with spurious minima",
            "On how many of the small data sets training ends at spurious values, at spurious "
            "minima, and at proved ones.",
        ),
    log:
        "<logs>/wang2020/prove_minima.log",


use rule step as wang2020_check_optimality with:
    input:
        **code("wang2020/check_optimality"),
        problems="<results>/wang2020/data/small_problems.npz",
        ends="<results>/wang2020/data/small_ends.npz",
    output:
        optimality=table(
            "wang2020/optimality",
            "Tests of optimality",
            "Networks on the small data sets that a test accepts as globally optimal, by the bound "
            "that their own residual proves, and how often it is wrong. Skipped: networks neither "
            "within 1e-7 of the optimum nor 2e-3 above it, of which none is counted.",
        ),
    log:
        "<logs>/wang2020/check_optimality.log",


use rule step as wang2020_plot_widths with:
    input:
        **code("wang2020/plot_widths"),
        widths="<results>/wang2020/tables/widths.csv",
    output:
        svg=figure(
            "wang2020/widths",
            "Trained networks by width",
            "Networks trained by Adam from random starts, by width: excess of their objective "
            "over the optimum of the convex program, relative to it, and the share of runs within "
            "1e-4 of it with Wilson's interval.",
        ),
    log:
        "<logs>/wang2020/plot_widths.log",


use rule step as wang2020_plot_paths with:
    input:
        **code("wang2020/plot_paths"),
        paths="<results>/wang2020/tables/paths.csv",
    output:
        svg=figure(
            "wang2020/paths",
            "Paths to the optimum",
            "The objective over the optimum on a constructed path and on the straight line from "
            "ends of training to the global optimum.",
        ),
    log:
        "<logs>/wang2020/plot_paths.log",
