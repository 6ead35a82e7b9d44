#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Top-k similar items by `implicit` and by scikit-learn's normalization with scipy's sparse product, timed.

    item_neighbours.py ratings.csv --k 100 --threads 1 2

The CSV has a header and its first three columns are user, item (both numbers) and value; `orrery`'s neighbours_bench
reads the same file. Every value counts with its size. Prints one JSON document a method and number of threads: seconds, the peak of
memory so far, and the sum of the similarities (which must agree). The sparse product runs on one thread, in blocks of
rows, as its whole result would not fit.
"""
import argparse
import json
import resource
import time

import numpy as np
from scipy.sparse import csr_matrix


def read(path):
    with open(path) as file:
        file.readline()
        table = np.loadtxt(file, delimiter=",", usecols=(0, 1, 2))
    users, rows = np.unique(table[:, 0], return_inverse=True)
    items, columns = np.unique(table[:, 1], return_inverse=True)
    return csr_matrix((table[:, 2], (rows, columns)), (len(users), len(items)))


def implicit_similar(name, ratings, k, threads):
    from implicit import nearest_neighbours
    model = getattr(nearest_neighbours, name)(K=k + 1, num_threads=threads)  # an item is its own first
    start = time.perf_counter()
    model.fit(ratings, show_progress=False)
    seconds = time.perf_counter() - start
    return seconds, model.similarity.sum() - model.similarity.diagonal().sum()


def sparse_product(ratings, k, block=1000):
    from sklearn.preprocessing import normalize
    start = time.perf_counter()
    items = normalize(ratings.T.tocsr())
    people, total = items.T.tocsr(), 0.0
    for first in range(0, items.shape[0], block):
        product = (items[first:first + block] @ people).tocsr()
        for row in range(product.shape[0]):
            cells = slice(product.indptr[row], product.indptr[row + 1])
            values = product.data[cells][product.indices[cells] != first + row]
            total += (np.partition(values, len(values) - k)[-k:] if len(values) > k else values).sum()
    return time.perf_counter() - start, total


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ratings")
    parser.add_argument("--k", type=int, default=100)
    parser.add_argument("--threads", type=int, nargs="+", default=[1])
    parser.add_argument("--methods", default="CosineRecommender,BM25Recommender,sparse-product")
    options = parser.parse_args()
    ratings = read(options.ratings)
    for method in options.methods.split(","):
        for threads in options.threads if method != "sparse-product" else [1]:
            seconds, total = (sparse_product(ratings, options.k) if method == "sparse-product"
                              else implicit_similar(method, ratings, options.k, threads))
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(json.dumps({"method": method, "threads": threads, "k": options.k, "items": ratings.shape[1],
                              "ratings": int(ratings.nnz), "seconds": seconds, "peak_mib": peak, "sum": float(total)}),
                  flush=True)


if __name__ == "__main__":
    main()
