#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Surprise's factor models on given folds of ratings, to be compared with `orrery` on the same folds.

The CSV has a header and the columns user,item,rating,fold. Each fold is held out once. Prints one JSON document a
model: RMSE by fold (predictions clipped to the scale, as Surprise does), its mean, CPU seconds of one thread to fit
all folds, and ratings visited per second (SGD updates, for the models that make them).

With --bench build/bench/bin/rating_factors_bench the program's own epochs over all the ratings run in turn with each
fit, and the ratios of ratings visited per second are printed (medians): on one thread of processor time, on two of
elapsed time against Surprise's one. SVD has 100 factors there, SVD++ 20: what Surprise has by default.
"""
import argparse
import csv
import json
import os
import statistics
import subprocess
import time

import numpy as np
from surprise import NMF, SVD, Dataset, Reader, SVDpp

MODELS = {
    "svd": (SVD, {"n_factors": 100, "n_epochs": 20}),
    "pmf": (SVD, {"n_factors": 100, "n_epochs": 20, "biased": False}),
    "svd++": (SVDpp, {"n_factors": 20, "n_epochs": 20}),
    "nmf": (NMF, {"n_factors": 15, "n_epochs": 50}),
    "nmf-biased": (NMF, {"n_factors": 15, "n_epochs": 50, "biased": True}),
}


def read_ratings(path):
    with open(path, newline="") as file:
        return [(r["user"], r["item"], float(r["rating"]), int(r["fold"])) for r in csv.DictReader(file)]


def trainset_of(rows):
    ratings = [r[2] for r in rows]
    data = Dataset(Reader(rating_scale=(min(ratings), max(ratings))))
    return data.construct_trainset([(user, item, rating, None) for user, item, rating, _ in rows])


def own_visits(bench, path, name, factors):
    """Ratings visited per second by number of threads."""
    epoch = f"{name.replace('svd++', 'svdpp')}Epoch/factors:{factors}/threads:"
    output = subprocess.run([bench, f"--benchmark_filter=^{epoch}", "--benchmark_format=json"], check=True,
                            env={**os.environ, "ORRERY_RATINGS": path}, capture_output=True, text=True).stdout
    return {run["run_name"].split(epoch)[1].split("/")[0]: run["visits/s"] for run in json.loads(output)["benchmarks"]}


def measured(name, settings, rows, folds, seed, own):
    make, defaults = MODELS[name]
    settings = {**defaults, **settings}
    rmse, visits, seconds, speeds, peers = [], 0, 0.0, [], []
    for fold in folds:
        train = trainset_of([r for r in rows if r[3] != fold])
        model = make(random_state=seed, **settings)
        start = time.process_time()
        model.fit(train)
        took = time.process_time() - start
        seconds += took
        visits += train.n_ratings * settings["n_epochs"]
        if own:
            peers.append(train.n_ratings * settings["n_epochs"] / took)
            speeds.append(own(name, settings["n_factors"]))
        errors = [model.predict(r[0], r[1]).est - r[2] for r in rows if r[3] == fold]
        rmse.append(float(np.sqrt(np.mean(np.square(errors)))))
    report = {"model": name, **settings, "rmse": rmse, "mean_rmse": float(np.mean(rmse)), "fit_seconds": seconds,
              "visits_per_second": visits / seconds}
    for threads in speeds[0] if speeds else []:
        ours = statistics.median(run[threads] for run in speeds)
        report[f"orrery_visits_per_second_on_{threads}"] = ours
        report[f"ratio_on_{threads}"] = ours / statistics.median(peers)
    return report


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("ratings", help="CSV with the columns user,item,rating,fold")
    parser.add_argument("--models", default="svd,svd++,nmf", help="of " + ", ".join(MODELS))
    parser.add_argument("--factors", type=int)
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--folds", type=int, help="only the first so many of the folds")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--bench", help="the program rating_factors_bench")
    args = parser.parse_args()

    rows = read_ratings(args.ratings)
    folds = sorted({r[3] for r in rows})[:args.folds]
    given = {"n_factors": args.factors, "n_epochs": args.epochs}
    settings = {key: value for key, value in given.items() if value is not None}
    own = None
    if args.bench:
        def own(name, factors):
            return own_visits(args.bench, args.ratings, name, factors)
    for name in args.models.split(","):
        print(json.dumps(measured(name, settings, rows, folds, args.seed, own)), flush=True)


if __name__ == "__main__":
    main()
