#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times implicit ALS of `implicit` on a CSV of user,item,value and prints one JSON document a case.

    implicit_als.py ratings.csv --factors 64 128 --solvers gradient exact --threads 1 2 --bench bin/implicit_als_bench

With --bench the program's own benchmark runs on the same file, in turn with the peer, and the ratio is printed: of
elapsed time, and of processor time, which means something on a busy machine, too.
Every cell is liked; confidence 41, lambda .1, 8 iterations; `gradient` takes 3 steps of conjugate gradient, `exact` is
Cholesky's. The loss is that of Hu et al. over all cells.
"""
import argparse
import json
import os
import statistics
import subprocess
import time

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before numpy: its threads would fight with those of implicit

import numpy as np
import scipy.sparse as sp
from implicit.cpu.als import AlternatingLeastSquares

CONFIDENCE, LAMBDA, ITERATIONS = 41, 0.1, 8


def loss_of(matrix, people, items):
    x, y = people.astype(np.float64), items.astype(np.float64)
    cells = matrix.tocoo()
    scores = np.einsum("nk,nk->n", x[cells.row], y[cells.col])
    everywhere = np.sum((x.T @ x) * (y.T @ y))
    liked = np.sum(CONFIDENCE * (1 - scores) ** 2 - scores**2)
    return everywhere + liked + LAMBDA * (np.sum(x**2) + np.sum(y**2))


def run_peer(matrix, case):
    factors, solver, threads = case
    seconds = []
    model = AlternatingLeastSquares(factors=factors, regularization=LAMBDA, iterations=ITERATIONS,
                                    use_cg=solver == "gradient", num_threads=threads, random_state=1)
    before = time.process_time()
    model.fit(matrix, show_progress=False, callback=lambda _, s, __: seconds.append(s))
    cpu = (time.process_time() - before) / ITERATIONS
    return statistics.mean(seconds), cpu, loss_of(matrix, model.user_factors, model.item_factors)


def run_own(bench, path, case):
    factors, solver, threads = case
    named = f"--benchmark_filter=^{solver}/factors:{factors}/threads:{threads}/"
    output = subprocess.run([bench, named, "--benchmark_format=json"], check=True,
                            env={**os.environ, "ORRERY_BENCH_CSV": path}, capture_output=True, text=True).stdout
    result = json.loads(output)["benchmarks"][0]
    per_iteration = 1000 * ITERATIONS  # the times are in ms
    return result["real_time"] / per_iteration, result["cpu_time"] / per_iteration, result["loss"]


def summary_of(runs):
    return {"seconds_per_iteration": [round(run[0], 4) for run in runs],
            "cpu_seconds_per_iteration": [round(run[1], 4) for run in runs], "loss": runs[-1][2]}


def compare(matrix, case, options):
    peers, own = [], []
    for _ in range(options.rounds):
        peers.append(run_peer(matrix, case))
        if options.bench:
            own.append(run_own(options.bench, options.csv, case))
    report = dict(zip(("factors", "solver", "threads"), case), cells=matrix.nnz, implicit=summary_of(peers))
    if own:
        report["orrery"] = summary_of(own)
        report["ratio"] = statistics.median(p[0] / o[0] for p, o in zip(peers, own))
        report["cpu_ratio"] = statistics.median(p[1] / o[1] for p, o in zip(peers, own))
    return report


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("csv")
    parser.add_argument("--factors", type=int, nargs="+", default=[64])
    parser.add_argument("--solvers", nargs="+", choices=["gradient", "exact"], default=["gradient"])
    parser.add_argument("--threads", type=int, nargs="+", default=[1])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--bench")
    options = parser.parse_args()
    rows = np.loadtxt(options.csv, delimiter=",", skiprows=1, usecols=(0, 1), dtype=np.int64)
    matrix = sp.csr_matrix((np.full(len(rows), CONFIDENCE, np.float32), (rows[:, 0], rows[:, 1])))
    for solver in options.solvers:
        for factors in options.factors:
            for threads in options.threads:
                print(json.dumps(compare(matrix, (factors, solver, threads), options)), flush=True)


if __name__ == "__main__":
    main()
