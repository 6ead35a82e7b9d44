#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""t-SNE by scikit-learn: seconds, and trustworthiness of its layouts and of others of the same vectors.

    tsne.py --digits                           scikit-learn's digits
    tsne.py --rows 62000                       generated vectors around 200 centres, as in projection_bench.cpp
    tsne.py --vectors v.npy                    one's own
    tsne.py ... --layout ours.csv              also the trustworthiness of a layout made elsewhere: x,y a row
    tsne.py ... --write v.f32                  writes the vectors as raw float32, rows first, and stops
    tsne.py ... --only-judge                   does not run scikit-learn

Perplexity 30, 1000 iterations, Barnes-Hut (angle .5), start at the principal components: its defaults. Of --metric
cosine the vectors are brought to length 1, where Euclidean distances are those of Orrery's cosine; scikit-learn's own
metric "cosine" squares 1 - cosine. trustworthiness is scikit-learn's with 15 neighbours, over a sample of rows where
there are many (of the sample alone: both layouts are judged alike). Prints one JSON document a layout.

Needs scikit-learn 1.9.1, numpy 2.4.6; umap_learn.py beside it makes the vectors.
"""
import argparse
import json
import time

import numpy as np
from sklearn.manifold import TSNE
from sklearn.preprocessing import normalize

from umap_learn import MOST_JUDGED, vectors_of


def judged(vectors, layout):
    from sklearn.manifold import trustworthiness
    rows = np.random.default_rng(2).permutation(len(vectors))[:MOST_JUDGED]
    return float(trustworthiness(vectors[rows], layout[rows], n_neighbors=15))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=62000)
    parser.add_argument("--digits", action="store_true")
    parser.add_argument("--vectors")
    parser.add_argument("--metric", choices=["cosine", "euclidean"], default="cosine")
    parser.add_argument("--layout", nargs="*", default=[])
    parser.add_argument("--write")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2, help="of the neighbours; OMP_NUM_THREADS sets the rest")
    parser.add_argument("--only-judge", action="store_true")
    options = parser.parse_args()
    vectors = vectors_of(options)
    if options.write:
        vectors.tofile(options.write)
        return
    if options.metric == "cosine":
        vectors = normalize(vectors)
    if not options.only_judge:
        start, cpu = time.perf_counter(), time.process_time()
        made = TSNE(random_state=options.seed, n_jobs=options.threads)
        layout = made.fit_transform(vectors)
        print(json.dumps({"layout": "scikit-learn", "rows": len(vectors), "length": vectors.shape[1],
                          "threads": options.threads, "seconds": round(time.perf_counter() - start, 2),
                          "cpu_seconds": round(time.process_time() - cpu, 2),
                          "divergence": float(made.kl_divergence_),
                          "trustworthiness": judged(vectors, layout)}), flush=True)
    for path in options.layout:
        print(json.dumps({"layout": path, "trustworthiness": judged(vectors, np.loadtxt(path, delimiter=","))}),
              flush=True)


if __name__ == "__main__":
    main()
