# SPDX-License-Identifier: GPL-3.0-or-later
"""Test RMSE of myFM (Bayesian factorization machine, one-hot people and items) on a random fifth of MovieLens ratings.

    python myfm_rmse.py ratings.csv OUT        writes OUT.train.csv and OUT.test.csv, for
    orrery-cli evaluate --train OUT.train.csv --test OUT.test.csv --model bayesian-fm --set iterations=100 \
        --set history=false --set audience=false --metrics rmse
"""
import csv
import sys
import time

import myfm
import numpy as np
from scipy import sparse


def write(path, rows):
    with open(path, "w", newline="") as out:
        csv.writer(out).writerows([["userId", "movieId", "rating"], *rows])


def one_hot(people, items, counts):
    n = len(people)
    columns = np.stack([people, counts[0] + items], axis=1).ravel()
    return sparse.csr_matrix((np.ones(2 * n), columns, np.arange(0, 2 * n + 1, 2)), shape=(n, sum(counts)))


def main(source, out):
    with open(source) as lines:
        rows = [(r["userId"], r["movieId"], float(r["rating"])) for r in csv.DictReader(lines)]
    people = np.unique([r[0] for r in rows], return_inverse=True)[1]
    items = np.unique([r[1] for r in rows], return_inverse=True)[1]
    ratings = np.array([r[2] for r in rows])
    order = np.random.RandomState(0).permutation(len(rows))
    test, train = order[: len(rows) // 5], order[len(rows) // 5:]
    write(out + ".train.csv", [rows[k] for k in train])
    write(out + ".test.csv", [rows[k] for k in test])
    counts = [people.max() + 1, items.max() + 1]
    start = time.time()
    model = myfm.MyFMRegressor(rank=16, random_seed=1)
    model.fit(one_hot(people[train], items[train], counts), ratings[train], n_iter=100, n_kept_samples=70,
              group_shapes=counts)
    predicted = np.clip(model.predict(one_hot(people[test], items[test], counts)), ratings.min(), ratings.max())
    print(f"myFM: RMSE {np.sqrt(np.mean((predicted - ratings[test]) ** 2)):.4f}, {time.time() - start:.1f} s")


if __name__ == "__main__":
    main(*sys.argv[1:])
