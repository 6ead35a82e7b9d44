#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""5-fold RMSE of Surprise and of `orrery-cli` on the same folds, as a Markdown table.

    rating_accuracy.py ml-latest-small/ratings.csv --cli build/release/bin/orrery-cli [--only svd knn]

The CSV has a header and the columns user, item, rating and (left out) others. Each fifth is held out once, by a seeded
shuffle; predictions are clipped to the scale. Surprise has its defaults and one seed; Orrery has its defaults, unless
the row says otherwise.
"""
import argparse
import csv
import json
import os
import random
import subprocess
import tempfile

import numpy as np
import surprise
from surprise import (NMF, SVD, BaselineOnly, Dataset, KNNBaseline, KNNBasic, KNNWithMeans, KNNWithZScore,
                      Reader, SlopeOne, SVDpp)

FOLDS, SEED = 5, 1
quiet = {"verbose": False}


def knn(make, side, similarity="msd"):
    options = {"name": similarity, "user_based": side == "user"}
    return lambda: make(k=40, sim_options=options, verbose=False)


def settings(variant, *more):
    """As Surprise compares: by MSD, without shrinkage and without a cut."""
    return [f"variant={variant}", "similarity=msd", "shrinkage=0", *more]


ALL_ITEMS = "kept=100000"


# title, the peer, our algorithm and its settings
ROWS = [
    ("bias", lambda: BaselineOnly(**quiet), "bias", []),
    ("Slope One", SlopeOne, "slope-one", []),
    ("user kNN, basic", knn(KNNBasic, "user"), "rating-user-knn", settings("basic")),
    ("user kNN, means", knn(KNNWithMeans, "user"), "rating-user-knn", settings("means")),
    ("user kNN, z-score", knn(KNNWithZScore, "user"), "rating-user-knn", settings("z-score")),
    ("user kNN, baseline", knn(KNNBaseline, "user"), "rating-user-knn", settings("baseline")),
    ("user kNN, our defaults", knn(KNNBaseline, "user"), "rating-user-knn", []),
    ("item kNN, basic", knn(KNNBasic, "item"), "rating-item-knn", settings("basic", ALL_ITEMS)),
    ("item kNN, means", knn(KNNWithMeans, "item"), "rating-item-knn", settings("means", ALL_ITEMS)),
    ("item kNN, baseline", knn(KNNBaseline, "item"), "rating-item-knn", settings("baseline", ALL_ITEMS)),
    ("item kNN, baseline, Pearson", knn(KNNBaseline, "item", "pearson_baseline"), "rating-item-knn",
     ["similarity=pearson-baseline", "shrinkage=100", ALL_ITEMS]),
    ("item kNN, our defaults", knn(KNNBaseline, "item"), "rating-item-knn", []),
    ("NMF", lambda: NMF(random_state=SEED), "nmf", []),
    ("SVD", lambda: SVD(random_state=SEED), "svd", []),
    ("SVD++", lambda: SVDpp(random_state=SEED), "svdpp", []),
    ("PMF", lambda: SVD(biased=False, random_state=SEED), "pmf", []),
    ("ALS-WR", None, "als-wr", []),
    ("Bayesian FM, people and items alone", None, "bayesian-fm",
     ["history=false", "audience=false", "attributes=false"]),
    ("Bayesian FM, with history and audience", None, "bayesian-fm", ["attributes=false"]),
]


def read(path):
    with open(path, newline="") as file:
        rows = csv.reader(file)
        next(rows)
        return [(row[0], row[1], float(row[2])) for row in rows]


def parts_of(rows):
    """The training and test part of each fold."""
    order = list(range(len(rows)))
    random.Random(SEED).shuffle(order)
    for fold in range(FOLDS):
        held = set(order[fold::FOLDS])
        yield [r for i, r in enumerate(rows) if i not in held], [r for i, r in enumerate(rows) if i in held]


def peer_rmse(make, train, test):
    ratings = [r[2] for r in train]
    data = Dataset(Reader(rating_scale=(min(ratings), max(ratings))))
    model = make().fit(data.construct_trainset([(user, item, rating, None) for user, item, rating in train]))
    return float(np.sqrt(np.mean([(model.predict(u, i).est - r) ** 2 for u, i, r in test])))


def own_rmse(cli, folder, algorithm, chosen):
    command = [cli, "evaluate", "--train", f"{folder}/train.csv", "--test", f"{folder}/test.csv", "--model", algorithm,
               "--metrics", "rmse", "--bootstrap", "0", "--json"]
    for setting in chosen:
        command += ["--set", setting]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(ran.stdout)["models"][0]["metrics"]["rmse"]["mean"]


def write(path, rows):
    with open(path, "w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["userId", "movieId", "rating"])
        out.writerows(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ratings")
    parser.add_argument("--cli", required=True)
    parser.add_argument("--only", nargs="+", help="rows whose title holds one of these words")
    args = parser.parse_args()
    chosen = [row for row in ROWS if not args.only or any(word in row[0] for word in args.only)]
    found = {row[0]: ([], []) for row in chosen}
    for train, test in parts_of(read(args.ratings)):
        with tempfile.TemporaryDirectory() as folder:
            write(os.path.join(folder, "train.csv"), train)
            write(os.path.join(folder, "test.csv"), test)
            for title, make, algorithm, own in chosen:
                if make:
                    found[title][0].append(peer_rmse(make, train, test))
                found[title][1].append(own_rmse(args.cli, folder, algorithm, own))
    print(f"| model, {FOLDS}-fold RMSE | Surprise {surprise.__version__} | Orrery |\n|---|---|---|")
    for title, (peer, own) in found.items():
        theirs = f"{np.mean(peer):.4f}" if peer else "–"
        print(f"| {title} | {theirs} | {np.mean(own):.4f} |")


if __name__ == "__main__":
    main()
