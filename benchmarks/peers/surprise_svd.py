#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Surprise's SVD on given folds of ratings, to be compared with `orrery` on the same folds.

The CSV has a header and the columns user,item,rating,fold. Each fold is held out once. Prints one JSON document:
RMSE by fold (predictions clipped to the scale, as Surprise does), its mean, and SGD updates per CPU second of one
thread.
"""
import argparse
import csv
import json
import time

import numpy as np
from surprise import SVD, Dataset, Reader


def read_ratings(path):
    with open(path, newline="") as file:
        return [(r["user"], r["item"], float(r["rating"]), int(r["fold"])) for r in csv.DictReader(file)]


def trainset_of(rows):
    ratings = [r[2] for r in rows]
    data = Dataset(Reader(rating_scale=(min(ratings), max(ratings))))
    return data.construct_trainset([(user, item, rating, None) for user, item, rating, _ in rows])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("ratings", help="CSV with the columns user,item,rating,fold")
    parser.add_argument("--factors", type=int, default=100)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()

    rows = read_ratings(args.ratings)
    rmse, updates, seconds = [], 0, 0.0
    for fold in sorted({r[3] for r in rows}):
        train = trainset_of([r for r in rows if r[3] != fold])
        model = SVD(n_factors=args.factors, n_epochs=args.epochs, random_state=args.seed)
        start = time.process_time()
        model.fit(train)
        seconds += time.process_time() - start
        updates += train.n_ratings * args.epochs
        errors = [model.predict(r[0], r[1]).est - r[2] for r in rows if r[3] == fold]
        rmse.append(float(np.sqrt(np.mean(np.square(errors)))))
    print(json.dumps({"rmse": rmse, "mean_rmse": float(np.mean(rmse)), "updates_per_second": updates / seconds}))


if __name__ == "__main__":
    main()
