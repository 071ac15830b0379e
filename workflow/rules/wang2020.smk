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
            "number of patterns of rows in general position. Network: the objective of the "
            "network that the solution is mapped back to. Dual bound: a lower bound of the "
            "objective of every network of every width, proved in ball arithmetic. Summary "
            "shortfall: by how much the optimum with the penalty of a published summary falls "
            "below that of the networks.",
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


use rule step as wang2020_analyse_networks with:
    input:
        **code("wang2020/analyse_networks"),
        problems="<results>/wang2020/data/problems.npz",
        networks="<results>/wang2020/data/networks.npz",
    output:
        widths=table(
            "wang2020/widths",
            "Trained networks by width",
            "Networks trained by Adam from random starts, by width: excess of their objective "
            "over the optimum of the convex program, relative to it, and the share of runs within "
            "1e-4 of it with Wilson's interval. Best over bound: the best run over the proved "
            "lower bound. Certificate error: what the certificate of the best and of the worst "
            "run says beyond their true excess.",
        ),
        stationary=table(
            "wang2020/stationary",
            "Stationary points",
            "Ends of training held against programs with fewer patterns: those of their own "
            "units, each with the sign of its output weight, or both patterns of every row that "
            "lies on a kink and both signs. Drop: how far the program's optimum lies below the "
            "objective of the end. Optimal: the share of ends within 1e-4, with Wilson's "
            "interval.",
        ),
        barriers=table(
            "wang2020/barriers",
            "Paths: climbs",
            "How far the objective climbs, in units of the optimum, on two kinds of path from "
            "ends of training to the global optimum: units weighed by the roots of 1 - t and t, "
            "and by 1 - t and t.",
        ),
        paths=table(
            "wang2020/paths",
            "Paths as numbers",
            "The objective over the optimum on two kinds of path from ends of training to the "
            "global optimum.",
        ),
    log:
        "<logs>/wang2020/analyse_networks.log",


use rule step as wang2020_compare_optima with:
    input:
        **code("wang2020/compare_optima"),
    output:
        optima=table(
            "wang2020/optima",
            "Spurious minima and certified optima",
            "Small data sets: the objective at which training ends in networks just wide enough "
            "for the global optimum, distinct spurious values among these ends, and the global "
            "optimum with its proved lower bound. All with the regulariser, of the strength in "
            "the table. Unsettled: ends that are not optima of the program with their own "
            "patterns, hence were still on their way. Worst certified gap: what is proved of the "
            "worst run.",
        ),
    log:
        "<logs>/wang2020/compare_optima.log",


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
            "The objective over the optimum on two kinds of path from ends of training to the "
            "global optimum.",
        ),
    log:
        "<logs>/wang2020/plot_paths.log",
