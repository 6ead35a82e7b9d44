#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Leave-one-out among 99 stored items: peers and `orrery-cli` on the same ones, as a Markdown table.

    leave_one_out.py ml-latest-small --cli build/release/bin/orrery-cli

The newest interaction of each person is asked for, among 99 others that `orrery-cli` draws and writes to a file (He et
al., WWW 2017). Values count once. HR@10 and NDCG@10 = ln 2 / ln(rank + 2) with ranks from 0; the positive loses ties.
Peers: `implicit` for ALS, BPR and item kNN, and EASE and RP3beta in NumPy. Both sides have
the settings of the row; those of the peers' ALS and BPR were chosen by this very test, in their favour, among 16 and 5.
"""
import argparse
import csv
import json
import math
import os
import subprocess
import tempfile

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before numpy: its threads would fight with those of implicit

import implicit
import numpy as np
import scipy.sparse as sp
from implicit.als import AlternatingLeastSquares
from implicit.bpr import BayesianPersonalizedRanking
from implicit.nearest_neighbours import CosineRecommender


def popularity(x):
    counts = np.asarray(x.sum(axis=0)).ravel()
    return lambda user, items: counts[items]


def item_knn(k):
    def fit(x):
        model = CosineRecommender(K=k + 1)  # which counts the item itself
        model.fit(x, show_progress=False)
        similarity = model.similarity.tolil()
        similarity.setdiag(0)
        similarity = similarity.tocsr()
        return lambda user, items: (x[user] @ similarity[items].T).toarray().ravel()
    return fit


def als(factors, alpha, regularization, iterations):
    def fit(x):
        model = AlternatingLeastSquares(factors=factors, alpha=alpha, regularization=regularization,
                                        iterations=iterations, use_cg=False, random_state=1)
        model.fit(x, show_progress=False)
        return lambda user, items: model.item_factors[items] @ model.user_factors[user]
    return fit


def bpr(factors, epochs, rate, regularization):
    def fit(x):
        model = BayesianPersonalizedRanking(factors=factors, iterations=epochs, learning_rate=rate,
                                            regularization=regularization, random_state=1)
        model.fit(x, show_progress=False)
        return lambda user, items: model.item_factors[items] @ model.user_factors[user]
    return fit


def ease(penalty):
    def fit(x):
        inverse = np.linalg.inv((x.T @ x).toarray() + penalty * np.eye(x.shape[1]))
        weights = -inverse / np.diag(inverse)
        np.fill_diagonal(weights, 0)
        return lambda user, items: np.asarray(x[user] @ weights).ravel()[items]
    return fit


def rp3beta(alpha, beta):
    def fit(x):
        by_user = sp.diags(1 / np.maximum(1, np.asarray(x.sum(axis=1)).ravel())) @ x
        counts = np.maximum(1, np.asarray(x.sum(axis=0)).ravel())
        by_item = (sp.diags(1 / counts) @ x.T).tocsr()
        walk = (by_item.power(alpha) @ by_user.power(alpha).tocsr()).toarray() / counts**beta
        np.fill_diagonal(walk, 0)
        return lambda user, items: np.asarray(x[user] @ walk).ravel()[items]
    return fit


ROWS = [
    ("popularity", popularity, "popularity", []),
    ("item kNN, cosine, 100 neighbours", item_knn(100), "item-knn", ["neighbours=100", "shrinkage=0"]),
    ("RP3beta, .7 and .3", rp3beta(.7, .3), "rp3beta", ["alpha=0.7", "beta=0.3", "neighbours=5000"]),
    ("EASE, 300", ease(300), "ease", ["regularization=300"]),
    ("implicit ALS, 64 factors", als(64, 40, 100, 15), "implicit-als", ["factors=64"]),
    ("implicit ALS, 192 factors", als(192, 40, 100, 15), "implicit-als", ["factors=192"]),
    ("BPR, 64 factors", bpr(64, 300, .01, .02), "bpr", ["factors=64"]),
    ("user kNN", None, "user-knn", []),
    ("SLIM", None, "slim", []),
    ("WARP", None, "warp", []),
    ("logistic MF", None, "logistic-mf", []),
    ("PureSVD", None, "pure-svd", []),
]


def evaluated(cli, data, algorithm, chosen, candidates):
    command = [cli, "evaluate", "--data", data, "--split", "leave-last-out", "--as-implicit", "--model", algorithm,
               "--metrics", "hit-rate@10,ndcg@10", "--bootstrap", "0", "--json", *candidates]
    for setting in chosen:
        command += ["--set", setting]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)
    metrics = json.loads(ran.stdout)["models"][0]["metrics"]
    return metrics["hit-rate@10"]["mean"], metrics["ndcg@10"]["mean"]


def read(data, stored):
    """Training matrix, and for each person asked: (person, item asked for, other items)."""
    with open(os.path.join(data, "ratings.csv"), newline="") as file:
        rows = csv.reader(file)
        next(rows)
        pairs = [(row[0], row[1]) for row in rows]
    users = {user: n for n, user in enumerate(dict.fromkeys(u for u, _ in pairs))}
    items = {item: n for n, item in enumerate(dict.fromkeys(i for _, i in pairs))}
    asked = []
    with open(stored) as file:
        for line in file:
            first, *others = line.rstrip("\n").split("\t")
            user, item = first[1:-1].split(",")
            asked.append((users[user], items[item], [items.setdefault(other, len(items)) for other in others]))
    held = {(user, item) for user, item, _ in asked}
    known = [(users[u], items[i]) for u, i in pairs if (users[u], items[i]) not in held]
    x = sp.csr_matrix((np.ones(len(known), np.float32), tuple(zip(*known))), (len(users), len(items)))
    return x, asked


def judged(fit, x, asked):
    score = fit(x)
    hits, gains = 0, 0.0
    for user, item, others in asked:
        scores = score(user, np.array([item] + others))
        rank = int(np.sum(scores[1:] >= scores[0]))
        hits += rank < 10
        gains += math.log(2) / math.log(rank + 2) if rank < 10 else 0
    return hits / len(asked), gains / len(asked)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", help="a folder in the layout of MovieLens CSV")
    parser.add_argument("--cli", required=True)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        stored = os.path.join(folder, "test.negative")
        evaluated(args.cli, args.data, "popularity", [], ["--candidates", "99", "--write-candidates", stored])
        x, asked = read(args.data, stored)
        print(f"| HR@10 / NDCG@10 | peer (implicit {implicit.__version__}) | Orrery |\n|---|---|---|")
        for title, fit, algorithm, chosen in ROWS:
            theirs = "{:.3f} / {:.3f}".format(*judged(fit, x, asked)) if fit else "–"
            own = evaluated(args.cli, args.data, algorithm, chosen, ["--candidates", stored])
            print(f"| {title} | {theirs} | {own[0]:.3f} / {own[1]:.3f} |", flush=True)


if __name__ == "__main__":
    main()
