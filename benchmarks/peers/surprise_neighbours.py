#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Surprise's neighbour models and Slope One on given folds of ratings, to be compared with `orrery` on the same folds.

The CSV has a header and the columns user,item,rating,fold. Each fold is held out once. Prints one JSON document a
model: RMSE by fold and its mean (predictions clipped to the scale), the same where what Surprise cannot predict from
neighbours (it answers a mean) is predicted by its own bias baseline, as `orrery` does, and CPU seconds of one thread to
fit and to predict all folds.

`--models` names variant:similarity:side[:shrinkage], such as baseline:pearson_baseline:item:100 or basic:msd:user;
slope-one; and all, the standard set. Surprise's Slope One reads half stars as whole ones (it keeps ratings as
integers): compare it on ratings without.
"""
import argparse
import csv
import json
import time

import numpy as np
from surprise import BaselineOnly, Dataset, KNNBaseline, KNNBasic, KNNWithMeans, KNNWithZScore, Reader, SlopeOne

VARIANTS = {"basic": KNNBasic, "means": KNNWithMeans, "z-score": KNNWithZScore, "baseline": KNNBaseline}
ALL = [f"{variant}:{similarity}:{side}" for side in ("user", "item") for variant, similarity in (
    ("basic", "msd"), ("means", "msd"), ("z-score", "msd"), ("baseline", "msd"), ("means", "pearson"),
    ("basic", "cosine"), ("baseline", "pearson_baseline:100"))]


def read_ratings(path):
    with open(path, newline="") as file:
        return [(r["user"], r["item"], float(r["rating"]), int(r["fold"])) for r in csv.DictReader(file)]


def trainset_of(rows):
    ratings = [r[2] for r in rows]
    data = Dataset(Reader(rating_scale=(min(ratings), max(ratings))))
    return data.construct_trainset([(user, item, rating, None) for user, item, rating, _ in rows])


def made(name):
    if name == "slope-one":
        return SlopeOne()
    parts = name.split(":")
    # The side stands third or, after a shrinkage that belongs to the similarity, last.
    side = next(part for part in parts if part in ("user", "item"))
    shrinkage = next((float(part) for part in parts if part.replace(".", "").isdigit()), 100)
    options = {"name": parts[1], "user_based": side == "user", "shrinkage": shrinkage}
    return VARIANTS[parts[0]](k=40, sim_options=options, verbose=False)


def fell_back(model, prediction, train):
    if prediction.details["was_impossible"]:
        return True
    if isinstance(model, SlopeOne):
        user, item = train.to_inner_uid(prediction.uid), train.to_inner_iid(prediction.iid)
        return not any(model.freq[item, other] > 0 for other, _ in train.ur[user])
    return prediction.details.get("actual_k", 0) == 0


def rmse_of(errors):
    return float(np.sqrt(np.mean(np.square(errors))))


def measured(name, rows, folds):
    rmse, filled, fit, predict, fallbacks, count = [], [], 0.0, 0.0, 0, 0
    for fold in folds:
        train = trainset_of([r for r in rows if r[3] != fold])
        test = [r[:3] for r in rows if r[3] == fold]
        model = made(name)
        start = time.process_time()
        model.fit(train)
        fit += time.process_time() - start
        start = time.process_time()
        predictions = model.test(test)
        predict += time.process_time() - start
        baseline = BaselineOnly(verbose=False).fit(train)
        lost = [fell_back(model, p, train) for p in predictions]
        fallbacks, count = fallbacks + sum(lost), count + len(test)
        rmse.append(rmse_of([p.est - p.r_ui for p in predictions]))
        filled.append(rmse_of([(baseline.predict(p.uid, p.iid).est if gone else p.est) - p.r_ui
                               for p, gone in zip(predictions, lost)]))
    return {"model": name, "rmse": rmse, "mean_rmse": float(np.mean(rmse)), "rmse_with_baseline": filled,
            "mean_rmse_with_baseline": float(np.mean(filled)), "without_neighbours": fallbacks / count,
            "fit_seconds": fit, "predict_seconds": predict}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ratings", help="CSV with the columns user,item,rating,fold")
    parser.add_argument("--models", default="all", help="split by commas")
    parser.add_argument("--folds", type=int, help="only the first so many of the folds")
    args = parser.parse_args()
    rows = read_ratings(args.ratings)
    folds = sorted({r[3] for r in rows})[:args.folds]
    for name in ALL if args.models == "all" else args.models.split(","):
        print(json.dumps(measured(name, rows, folds)), flush=True)


if __name__ == "__main__":
    main()
