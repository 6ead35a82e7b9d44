# SPDX-License-Identifier: GPL-3.0-or-later
"""Times matrix factorization by libmf on a CSV of user,item,rating,fold and prints one JSON document.

    LIBMF_OBJ=libmf_avx.so libmf_rmse.py ratings.csv --threads 1 2 --bench build/bench/bin/rating_factors_bench

The package of the Python index (libmf 0.9.2) is built without vector instructions, so LIBMF_OBJ should name its C++
sources built for this machine: g++ -O3 -march=native -DUSEAVX -std=c++11 -shared -fPIC -pthread
src_cpp/libmf_interface.cpp src_cpp/mf.cpp -o libmf_avx.so. It learns differences from the mean, as the program's PMF
does. With --bench the program's own PMF runs in turn with it. Fold 0 is held out, and the regularization of each is the
best of some on it: the RMSE (within the scale) says only that both get as far. 100 factors; `ratio` is that of an epoch
(for libmf a twentieth of what 21 take longer than one), `ratio_to_rmse` that of all epochs, 21 of libmf and
--own-epochs of the program.
"""
import argparse
import json
import os
import statistics
import subprocess
import time

import numpy as np
from libmf import mf

FACTORS, EPOCHS = 100, 21


def read(path):
    rows = np.loadtxt(path, delimiter=",", skiprows=1)
    people, items = (np.unique(rows[:, c], return_inverse=True)[1] for c in (0, 1))
    cells = np.ascontiguousarray(np.column_stack([people, items, rows[:, 2]]), dtype=np.float32)
    held = rows[:, 3] == 0
    return cells[~held], cells[held]


def fitted(train, epochs, threads, regularization):
    model = mf.MF(k=FACTORS, nr_iters=epochs, nr_threads=threads, nr_bins=20, eta=0.1, lambda_p1=0.0, lambda_q1=0.0,
                  lambda_p2=regularization, lambda_q2=regularization, quiet=True)
    start = time.perf_counter()
    model.fit(train)
    return model, time.perf_counter() - start


def run_peer(train, test, threads, regularization):
    mean = train[:, 2].mean()
    differences = train - np.array([0, 0, mean], np.float32)
    _, one = fitted(differences, 1, threads, regularization)
    model, all_epochs = fitted(differences, EPOCHS, threads, regularization)
    said = model.predict(np.asfortranarray(test[:, :2])) + mean  # it reads column after column
    ratings = train[:, 2]
    misses = np.clip(said, ratings.min(), ratings.max()) - test[:, 2]
    return {"seconds": (all_epochs - one) / (EPOCHS - 1), "rmse": float(np.sqrt(np.mean(np.square(misses))))}


def run_own(options, threads, cells, regularization):
    name = f"^pmfEpoch/factors:{FACTORS}/threads:{threads}/"
    settings = {"ORRERY_RATINGS": options.csv, "ORRERY_PMF_REGULARIZATION": str(regularization),
                "ORRERY_PMF_EPOCHS": str(options.own_epochs)}
    output = subprocess.run([options.bench, f"--benchmark_filter={name}", "--benchmark_format=json"], check=True,
                            env={**os.environ, **settings}, capture_output=True, text=True).stdout
    result = json.loads(output)["benchmarks"][0]
    return {"seconds": cells / result["visits/s"], "rmse": result["RMSE"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("csv")
    parser.add_argument("--threads", type=int, nargs="+", default=[1])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--regularization", type=float, nargs="+", default=[0.02, 0.03, 0.05, 0.1])
    parser.add_argument("--own-epochs", type=int, default=21)
    parser.add_argument("--bench")
    options = parser.parse_args()
    train, test = read(options.csv)
    best = min(options.regularization, key=lambda strength: run_peer(train, test, 1, strength)["rmse"])
    report = {"cells": len(train), "regularization": best, "runs": []}
    if options.bench:
        own_best = min([0.03, 0.04, 0.06, 0.08], key=lambda strength: run_own(options, 1, 1, strength)["rmse"])
        report["own_regularization"] = own_best
    for threads in options.threads:
        peers, own = [], []
        for _ in range(options.rounds):
            peers.append(run_peer(train, test, threads, best))
            if options.bench:
                own.append(run_own(options, threads, len(train), own_best))
        run = {"threads": threads, "libmf": peers}
        if own:
            run["orrery"] = own
            run["ratio"] = statistics.median(p["seconds"] for p in peers) / statistics.median(o["seconds"] for o in own)
            run["ratio_to_rmse"] = run["ratio"] * EPOCHS / options.own_epochs
        report["runs"].append(run)
    print(json.dumps(report))


if __name__ == "__main__":
    main()
