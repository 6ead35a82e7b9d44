#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""EASE (numpy), SLIM (scikit-learn) and PureSVD (scipy) under strong generalization, to be compared with `orrery`.

    linear_models.py train.csv known.csv test.csv --ease 300 --slim 5 50 --pure-svd 50

Each CSV has a header and the columns user,item; every entry weighs 1. Models are trained on train.csv; the people of
test.csv are told with what known.csv says of them, and all other items are ranked. Prints one JSON document with
Recall@20, Recall@50 (of min(k, relevant)) and NDCG@100 (binary gains, ideal over min(k, relevant)), means over people,
as in Liang et al., WWW 2018.
"""
import argparse
import csv
import json
import warnings

import numpy as np
from scipy.sparse import csc_matrix, csr_matrix
from scipy.sparse.linalg import svds


def read(path):
    with open(path, newline="") as file:
        return [(row["user"], row["item"]) for row in csv.DictReader(file)]


def matrix_of(pairs, users, items):
    rows, cols = [users[u] for u, _ in pairs], [items[i] for _, i in pairs]
    return csr_matrix((np.ones(len(pairs)), (rows, cols)), (len(users), len(items)))


def ease(x, penalty):
    inverse = np.linalg.inv((x.T @ x).toarray() + penalty * np.eye(x.shape[1]))
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0)
    return lambda known: known @ weights


def slim(x, l1, l2):
    from sklearn.linear_model import ElasticNet
    people, columns = x.shape[0], csc_matrix(x)
    net = ElasticNet(alpha=(l1 + l2) / people, l1_ratio=l1 / (l1 + l2), positive=True, fit_intercept=False, tol=1e-6,
                     max_iter=10_000, copy_X=False)
    weights = np.zeros((x.shape[1], x.shape[1]))
    for j in range(x.shape[1]):
        first, last = columns.indptr[j], columns.indptr[j + 1]
        target = columns[:, [j]].toarray().ravel()
        held = columns.data[first:last].copy()
        columns.data[first:last] = 0
        if last > first:
            weights[:, j] = net.fit(columns, target).coef_
        columns.data[first:last] = held
    return lambda known: known @ weights


def pure_svd(x, rank):
    _, _, right = svds(x, k=rank, random_state=1)
    return lambda known: (known @ right.T) @ right


def judge(model, known, test):
    recalls, gains = {20: [], 50: []}, []
    discounts = 1 / np.log2(np.arange(2, 102))
    scores = np.asarray(model(known))
    for user in range(test.shape[0]):
        relevant = set(test[user].indices)
        if not relevant:
            continue
        row = scores[user].copy()
        row[known[user].indices] = -np.inf
        best = np.argsort(-row, kind="stable")[:100]
        hits = np.array([item in relevant for item in best], float)
        for k, values in recalls.items():
            values.append(hits[:k].sum() / min(k, len(relevant)))
        gains.append((hits * discounts[:len(hits)]).sum() / discounts[:min(100, len(relevant))].sum())
    return {"R@20": np.mean(recalls[20]), "R@50": np.mean(recalls[50]), "NDCG@100": np.mean(gains),
            "people": len(gains)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train")
    parser.add_argument("known")
    parser.add_argument("test")
    parser.add_argument("--ease", type=float, metavar="LAMBDA")
    parser.add_argument("--slim", type=float, nargs=2, metavar=("L1", "L2"))
    parser.add_argument("--pure-svd", type=int, metavar="RANK")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    train, known, test = read(options.train), read(options.known), read(options.test)
    items = {item: n for n, item in enumerate(dict.fromkeys(i for _, i in train + known + test))}
    judged = {user: n for n, user in enumerate(dict.fromkeys(u for u, _ in test))}
    trained = {user: n for n, user in enumerate(dict.fromkeys(u for u, _ in train))}
    x = matrix_of(train, trained, items)
    told = matrix_of([pair for pair in known if pair[0] in judged], judged, items)
    asked = matrix_of(test, judged, items)
    report = {}
    if options.ease:
        report["ease"] = judge(ease(x, options.ease), told, asked)
    if options.slim:
        report["slim"] = judge(slim(x, *options.slim), told, asked)
    if options.pure_svd:
        report["pure-svd"] = judge(pure_svd(x, options.pure_svd), told, asked)
    print(json.dumps(report))


if __name__ == "__main__":
    main()
