# SPDX-License-Identifier: GPL-3.0-or-later
"""Ten rounds of scikit-learn's k-means on data like that of regions_bench, 62,000 x 64, from the first 20 rows.

Needs numpy 1.26 or later, scikit-learn 1.5.2, threadpoolctl 3.5.
"""
import time

import numpy as np
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits

rng = np.random.default_rng(1)
centres = rng.normal(size=(100, 64))
rows = (centres[np.arange(62_000) * 37 % 100] + 0.5 * rng.normal(size=(62_000, 64))).astype(np.float32)
for threads in (1, 2):
    seconds = []
    with threadpool_limits(threads):
        for _ in range(9):
            start = time.perf_counter()
            KMeans(20, init=rows[:20], n_init=1, max_iter=10, tol=0, algorithm="lloyd").fit(rows)
            seconds.append(time.perf_counter() - start)
    print(f"threads {threads}: {1000 * np.median(seconds):.1f} ms")
