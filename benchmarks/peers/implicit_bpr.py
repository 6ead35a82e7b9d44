# SPDX-License-Identifier: GPL-3.0-or-later
"""Times BPR of `implicit` on a CSV of user,item and prints one JSON document.

    implicit_bpr.py ratings.csv --factors 64 128 --threads 1 2 --bench build/bench/bin/ranking_bench

A fifth of the cells, drawn at random, is held out. With --bench the program's own benchmark trains on the same cells, in
turn with the peer, and the ratios are printed: of elapsed time, and of processor time, which means something on a busy
machine, too. Both make one step for each cell in an epoch, with items drawn as often as they are liked, learning rate
.05, regularization .01, 20 epochs. AUC: the share of 200,000 pairs (held-out item, item the person never liked) that
the factors put in order. `same_bits`: whether all rounds and numbers of threads gave the same factors.

With --model logistic it is logistic matrix factorization: 20 epochs (of `implicit`: alternating, Adagrad, learning rate
1, regularization .6, 30 items not liked for each liked one, its defaults; of the program: stochastic gradient descent
with 5). The steps are not the same work: compare time with AUC.
"""
import argparse
import hashlib
import json
import os
import statistics
import subprocess
import tempfile
import time

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before numpy: its threads would fight with those of implicit

import numpy as np
import scipy.sparse as sp
from implicit.cpu.bpr import BayesianPersonalizedRanking
from implicit.cpu.lmf import LogisticMatrixFactorization

EPOCHS, PAIRS = 20, 200_000


def split_of(path):
    cells = np.unique(np.loadtxt(path, delimiter=",", skiprows=1, usecols=(0, 1), dtype=np.int64), axis=0)
    shape = tuple(cells.max(axis=0) + 1)
    held = np.random.default_rng(1).random(len(cells)) < 0.2
    return cells[~held], cells[held], shape


def matrix_of(cells, shape):
    return sp.csr_matrix((np.ones(len(cells), np.float32), (cells[:, 0], cells[:, 1])), shape=shape)


def pairs_of(liked, held):
    """People, held-out items and items they never liked, the same for all models."""
    rng = np.random.default_rng(2)
    chosen = held[rng.integers(0, len(held), PAIRS)]
    other = rng.integers(0, liked.shape[1], PAIRS)
    fair = np.asarray(liked[chosen[:, 0], other] == 0).ravel()
    return chosen[fair, 0], chosen[fair, 1], other[fair]


def auc_of(people, items, pairs):
    person, better, worse = pairs
    ahead = np.einsum("nk,nk->n", people[person], items[better] - items[worse])
    return float(np.mean(ahead > 0))


def run_peer(model, matrix, factors, threads, pairs):
    settings = {"factors": factors, "iterations": EPOCHS, "num_threads": threads, "random_state": 1}
    if model == "bpr":
        peer = BayesianPersonalizedRanking(learning_rate=0.05, regularization=0.01, **settings)
    else:
        peer = LogisticMatrixFactorization(**settings)
    start, processor = time.perf_counter(), time.process_time()
    peer.fit(matrix, show_progress=False)
    return {"seconds": (time.perf_counter() - start) / EPOCHS, "cpu": (time.process_time() - processor) / EPOCHS,
            "auc": auc_of(peer.user_factors, peer.item_factors, pairs)}


def run_own(bench, model, path, shape, factors, threads, pairs):
    with tempfile.NamedTemporaryFile() as out:
        name = f"^{model}/factors:{factors}/threads:{threads}/"
        output = subprocess.run([bench, f"--benchmark_filter={name}", "--benchmark_format=json"], check=True,
                                env={**os.environ, "ORRERY_BENCH_CSV": path, "ORRERY_BENCH_FACTORS": out.name},
                                capture_output=True, text=True).stdout
        raw = np.fromfile(out.name, np.float32)
    rows = (len(raw) - shape[1]) // factors - shape[1]  # people after the last one with a cell are not there
    ends = np.cumsum([rows * factors, shape[1] * factors])
    people, items, bias = np.split(raw, ends)
    people = np.column_stack([people.reshape(rows, factors), np.ones(rows, np.float32)])
    items = np.column_stack([items.reshape(shape[1], factors), bias])
    result = json.loads(output)["benchmarks"][0]
    return {"seconds": result["real_time"] / 1000 / EPOCHS, "cpu": result["cpu_time"] / 1000 / EPOCHS,
            "auc": auc_of(people, items, pairs), "bits": hashlib.sha256(raw.tobytes()).hexdigest()}


def median_of(runs, key):
    return statistics.median(run[key] for run in runs)


def summary_of(runs):
    return {"seconds_per_epoch": [run["seconds"] for run in runs], "cpu_seconds_per_epoch": [run["cpu"] for run in runs],
            "auc": [run["auc"] for run in runs]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("csv")
    parser.add_argument("--model", choices=["bpr", "logistic"], default="bpr")
    parser.add_argument("--factors", type=int, nargs="+", default=[64])
    parser.add_argument("--threads", type=int, nargs="+", default=[1])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--bench")
    options = parser.parse_args()
    train, held, shape = split_of(options.csv)
    matrix = matrix_of(train, shape)
    pairs = pairs_of(matrix + matrix_of(held, shape), held)
    report = {"model": options.model, "cells": len(train), "runs": []}
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
        np.savetxt(file, train, fmt="%d", delimiter=",", header="user,item", comments="")
        file.flush()
        for factors in options.factors:
            bits = set()
            for threads in options.threads:
                peers, own = [], []
                for _ in range(options.rounds):
                    peers.append(run_peer(options.model, matrix, factors, threads, pairs))
                    if options.bench:
                        own.append(run_own(options.bench, options.model, file.name, shape, factors, threads, pairs))
                run = {"factors": factors, "threads": threads, "implicit": summary_of(peers)}
                if own:
                    run["orrery"] = summary_of(own)
                    run["ratio"] = median_of(peers, "seconds") / median_of(own, "seconds")
                    run["cpu_ratio"] = median_of(peers, "cpu") / median_of(own, "cpu")
                    bits |= {one["bits"] for one in own}
                    run["same_bits"] = len(bits) == 1
                report["runs"].append(run)
    print(json.dumps(report))


if __name__ == "__main__":
    main()
