# Safran & Shamir 2018, "Spurious Local Minima are Common in Two-Layer ReLU Neural Networks".
SAFRAN2018_TEACHERS = [
    *config["safran2018"]["train_students"]["teachers"],
    *config["safran2018"]["train_students"]["larger"],
]


use rule step as safran2018_train_students with:
    input:
        **code("safran2018/train_students"),
    output:
        ends="<results>/safran2018/data/runs_k{teachers}.parquet",
        classes="<results>/safran2018/data/classes_k{teachers}.parquet",
    log:
        "<logs>/safran2018/train_students_k{teachers}.log",


use rule step as safran2018_certify_minima with:
    input:
        **code("safran2018/certify_minima"),
        classes="<results>/safran2018/data/classes_k{teachers}.parquet",
    output:
        certificates=directory("<results>/safran2018/data/certificates_k{teachers}"),
        proofs="<results>/safran2018/data/proofs_k{teachers}.parquet",
    log:
        "<logs>/safran2018/certify_minima_k{teachers}.log",


use rule step as safran2018_tabulate_proofs with:
    input:
        **code("safran2018/tabulate_proofs"),
        proofs=expand(
            "<results>/safran2018/data/proofs_k{teachers}.parquet", teachers=SAFRAN2018_TEACHERS
        ),
    output:
        table=table(
            "safran2018/proofs",
            "Main theorem: every class",
            "Each class of minima proved in ball arithmetic: bounds of its loss, a lower bound of "
            "the Hessian's eigenvalues on a ball of the stated radius that holds exactly one "
            "critical point, how many distinct entries it has, and whether it is proved: by a "
            "certificate that passes a second check from its file alone.",
        ),
        proved=table(
            "safran2018/proved",
            "Main theorem: classes proved",
            "Classes of minima found and proved for each number of teachers k and students n, and "
            "the least of the proved bounds of the eigenvalues.",
        ),
    log:
        "<logs>/safran2018/tabulate_proofs.log",
    params:
        options=options(
            teachers=config["safran2018"]["train_students"]["teachers"],
            larger=config["safran2018"]["train_students"]["larger"],
            surplus=config["safran2018"]["certify_minima"]["surplus"],
        ),


use rule step as safran2018_certify_targets with:
    input:
        **code("safran2018/certify_targets"),
        classes="<results>/safran2018/data/classes_k{teachers}.parquet",
    output:
        proofs="<results>/safran2018/data/targets_k{teachers}.parquet",
    log:
        "<logs>/safran2018/certify_targets_k{teachers}.log",


use rule step as safran2018_tabulate_targets with:
    input:
        **code("safran2018/tabulate_targets"),
        proofs=expand(
            "<results>/safran2018/data/targets_k{teachers}.parquet",
            teachers=config["safran2018"]["certify_targets"]["teachers"],
        ),
    output:
        table=table(
            "safran2018/targets",
            "More inputs, other teachers",
            "The class of minima that most runs end in, with one input more than teachers, which "
            "stands for any number, and for teachers drawn as uniform unit vectors in so many "
            "dimensions: draws proved, the largest product of two teachers, and the least bounds.",
        ),
    log:
        "<logs>/safran2018/tabulate_targets.log",


use rule step as safran2018_tabulate_minima with:
    input:
        **code("safran2018/tabulate_minima"),
        published="config/safran2018/published.yaml",
        later="config/safran2020/published.yaml",
        runs=expand(
            "<results>/safran2018/data/runs_k{teachers}.parquet", teachers=SAFRAN2018_TEACHERS
        ),
        classes=expand(
            "<results>/safran2018/data/classes_k{teachers}.parquet", teachers=SAFRAN2018_TEACHERS
        ),
    output:
        table=table(
            "safran2018/table1",
            "Shares by (k, n)",
            "Share of runs of gradient descent that end in a spurious minimum, by numbers of "
            "teachers k and students n, with Wilson intervals; mean smallest eigenvalue and mean "
            "objective of the minima; the published columns beside ours, and the difference of "
            "the shares with Newcombe's interval, also to the shares of the authors' later paper.",
        ),
        pooled=table(
            "safran2018/pooled",
            "Over all k",
            "For each n - k the mean over all k of the difference between our share of spurious "
            "runs and the published one, and the geometric mean of the ratios of mean smallest "
            "eigenvalues and mean objectives, with intervals.",
        ),
        classes_table=table(
            "safran2018/classes",
            "Classes of minima",
            "Classes of spurious ends up to the order of students and of teachers, with the "
            "number of runs that end in each, the loss, and the smallest and largest eigenvalue "
            "of the Hessian after Newton's method.",
        ),
    log:
        "<logs>/safran2018/tabulate_minima.log",


use rule step as safran2018_plot_shares with:
    input:
        **code("safran2018/plot_shares"),
        table="<results>/safran2018/tables/table1.csv",
    output:
        svg=figure(
            "safran2018/shares",
            "Shares against k",
            "Share of runs that miss the global minimum against the number of teachers, for n = "
            "k, k + 1 and k + 2 students, with Wilson intervals; published shares dashed.",
        ),
    log:
        "<logs>/safran2018/plot_shares.log",
