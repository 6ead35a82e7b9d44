#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times LAPACK's spotrf + spotri (OpenBLAS, as scipy brings it) against the inverse that EASE is made of.

    lapack_inverse.py 20000 --threads 2 --bench build/bench/bin/linear_bench

Both invert the same kind of matrix in place, in turn; prints one JSON document with the ratio of medians: of elapsed
time, and of processor time, which means something on a busy machine, too.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import time


def run_peer(n, threads):
    """In a process of its own: OpenBLAS reads its number of threads once."""
    code = f"""
import time, json, numpy as np, scipy.linalg.lapack as lapack
rng, n = np.random.default_rng(1), {n}
a = np.empty((n, n), np.float32, order="F")
for j in range(n):
    a[:, j] = rng.random(n, np.float32) - 0.5
a[np.arange(n), np.arange(n)] = 0.6 * n
start, cpu = time.perf_counter(), time.process_time()
factor, bad = lapack.spotrf(a, lower=1, overwrite_a=1, clean=0)
inverse, worse = lapack.spotri(factor, lower=1, overwrite_c=1)
assert bad == 0 and worse == 0 and np.shares_memory(a, inverse)
print(json.dumps([time.perf_counter() - start, time.process_time() - cpu]))
"""
    output = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True,
                            env={**os.environ, "OPENBLAS_NUM_THREADS": str(threads)}).stdout
    return json.loads(output)


def run_own(bench, n, threads):
    output = subprocess.run([bench, f"--benchmark_filter=^easeInverse/n:{n}/threads:{threads}/",
                             "--benchmark_format=json", "--benchmark_min_time=0.01"],
                            check=True, capture_output=True, text=True).stdout
    result = json.loads(output)["benchmarks"][0]
    return [result["real_time"] / 1000, result["cpu_time"] / 1000]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("n", type=int, help="2000, 5000 or 20000")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--bench", required=True)
    options = parser.parse_args()
    peers, own = [], []
    for _ in range(options.rounds):
        peers.append(run_peer(options.n, options.threads))
        own.append(run_own(options.bench, options.n, options.threads))

    def medians(runs):
        return [statistics.median(run[i] for run in runs) for i in range(2)]

    ours, theirs = medians(own), medians(peers)
    print(json.dumps({"n": options.n, "threads": options.threads, "lapack": peers, "orrery": own,
                      "gflops": options.n**3 / ours[0] / 1e9, "time_ratio": ours[0] / theirs[0],
                      "cpu_ratio": ours[1] / theirs[1]}))


if __name__ == "__main__":
    main()
