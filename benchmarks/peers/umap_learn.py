#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""UMAP by umap-learn: seconds, and trustworthiness of its layouts and of others of the same vectors.

    umap_learn.py --rows 62000                 generated vectors around 200 centres, as in projection_bench.cpp
    umap_learn.py --digits                     scikit-learn's digits
    umap_learn.py --vectors v.npy              one's own
    umap_learn.py ... --layout ours.csv        also the trustworthiness of a layout made elsewhere: x,y a row
    umap_learn.py ... --write v.f32            writes the vectors as raw float32, rows first, and stops

Cosine, 15 neighbours, least distance .1, start at the principal components. The first run compiles; the second is
timed. --seed makes it reproducible, which takes one thread; without, it uses --threads. trustworthiness is
scikit-learn's with 15 neighbours, over a sample of rows where there are many (of the sample alone: both layouts are
judged alike). Prints one JSON document a layout.

Needs umap-learn 0.5.12 (numba 0.68.1, pynndescent 0.7.0), scikit-learn 1.9.1, numpy 2.4.6.
"""
import argparse
import json
import time

import numpy as np
from sklearn.manifold import trustworthiness

MOST_JUDGED = 6000


def generated(rows, length=64, centres=200):
    rng = np.random.default_rng(1)
    middles = rng.normal(size=(centres, length))
    return (middles[rng.integers(0, centres, rows)] + rng.normal(size=(rows, length))).astype(np.float32)


def vectors_of(options):
    if options.digits:
        from sklearn.datasets import load_digits
        return load_digits().data.astype(np.float32)
    return np.load(options.vectors).astype(np.float32) if options.vectors else generated(options.rows)


def judged(vectors, layout):
    rows = np.random.default_rng(2).permutation(len(vectors))[:MOST_JUDGED]
    return float(trustworthiness(vectors[rows], layout[rows], n_neighbors=15, metric="cosine"))


def umap_layout(vectors, options):
    import numba
    import umap
    numba.set_num_threads(options.threads)
    make = lambda: umap.UMAP(metric="cosine", init="pca", random_state=options.seed, n_jobs=options.threads)
    if not options.once:
        make().fit_transform(vectors[:5000])
    start = time.perf_counter()
    layout = make().fit_transform(vectors)
    return layout, time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=62000)
    parser.add_argument("--digits", action="store_true")
    parser.add_argument("--vectors")
    parser.add_argument("--layout", nargs="*", default=[])
    parser.add_argument("--write")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--once", action="store_true", help="do not compile before the timed run")
    parser.add_argument("--only-judge", action="store_true", help="do not run umap-learn")
    options = parser.parse_args()
    vectors = vectors_of(options)
    if options.write:
        vectors.tofile(options.write)
        return
    if not options.only_judge:
        layout, seconds = umap_layout(vectors, options)
        print(json.dumps({"layout": "umap-learn", "rows": len(vectors), "length": vectors.shape[1],
                          "threads": options.threads, "seed": options.seed, "seconds": round(seconds, 2),
                          "trustworthiness": judged(vectors, layout)}), flush=True)
    for path in options.layout:
        layout = np.loadtxt(path, delimiter=",")
        print(json.dumps({"layout": path, "trustworthiness": judged(vectors, layout)}), flush=True)


if __name__ == "__main__":
    main()
