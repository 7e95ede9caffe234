#!/usr/bin/env python3
"""Makes `statistics.json`: what SciPy says of the statistics in `crates/judge/src/statistics/`.

    pip install scipy && python tests/vectors/statistics.py > tests/vectors/statistics.json

Made with SciPy 1.17; nothing here is ours but the samples.
"""

import json
import sys

import numpy as np
from scipy import stats

random = np.random.default_rng(20261125)


def sample(size, ties):
    values = random.normal(100, 15, size)
    return [float(v) for v in (np.round(values / 10) * 10 if ties else values)]


def exact_rank_sum(a, b):
    def rank_sum_of(x, y, axis):
        both = np.concatenate([x, y], axis=axis)
        return np.sum(np.take(stats.rankdata(both, axis=axis), range(x.shape[axis]), axis=axis), axis=axis)

    test = stats.permutation_test((a, b), rank_sum_of, n_resamples=np.inf, vectorized=True, alternative="two-sided")
    return float(test.pvalue)


def rank_sums():
    for ties in [False, True]:
        for n, m in [(3, 3), (4, 6), (6, 6), (5, 8), (7, 7)]:
            a, b = sample(n, ties), sample(m, ties)
            yield {"a": a, "b": b, "p": exact_rank_sum(a, b)}
        for n, m in [(12, 12), (8, 20)]:
            if not ties:
                a, b = sample(n, ties), sample(m, ties)
                yield {"a": a, "b": b, "p": float(stats.mannwhitneyu(a, b, method="exact").pvalue)}
        for n, m in [(30, 25), (21, 40)]:
            a, b = sample(n, ties), sample(m, ties)
            yield {"a": a, "b": b, "p": float(stats.mannwhitneyu(a, b, method="asymptotic", use_continuity=True).pvalue)}


def sign_flips():
    for ties in [False, True]:
        for n in [2, 5, 6, 8, 11, 15]:
            differences = [v - 95 for v in sample(n, ties)]
            test = stats.permutation_test(
                (differences,), np.sum, permutation_type="samples", n_resamples=np.inf, alternative="two-sided"
            )
            yield {"differences": differences, "p": float(test.pvalue)}


def fishers():
    for a, a_of, b, b_of in [(0, 6, 6, 6), (1, 6, 4, 6), (0, 24, 3, 24), (5, 24, 5, 20), (2, 100, 11, 90), (0, 6, 0, 6)]:
        p = stats.fisher_exact([[a, a_of - a], [b, b_of - b]]).pvalue
        yield {"a": a, "aOf": a_of, "b": b, "bOf": b_of, "p": float(p)}


def wilsons():
    for hits, of in [(0, 6), (1, 6), (3, 24), (24, 24), (50, 1000)]:
        for confidence in [0.9, 0.95]:
            interval = stats.binomtest(hits, of).proportion_ci(confidence, method="wilson")
            yield {"hits": hits, "of": of, "confidence": confidence, "low": float(interval.low), "high": float(interval.high)}


def holms():
    for n in [1, 3, 8, 13]:
        p = [float(v) for v in random.uniform(0, 1, n) ** 3]
        # SciPy has no Holm; by its definition, with SciPy's ordering.
        order = np.argsort(p)
        steps = np.maximum.accumulate(np.array(p)[order] * np.arange(n, 0, -1))
        adjusted = np.empty(n)
        adjusted[order] = np.minimum(steps, 1)
        yield {"p": p, "adjusted": [float(v) for v in adjusted]}


def shifts():
    for n, m in [(6, 6), (4, 9), (12, 12)]:
        a, b = sample(n, False), sample(m, False)
        differences = np.sort(np.subtract.outer(b, a).ravel())
        # Cliff's delta and the Mann-Whitney U are one thing.
        u = stats.mannwhitneyu(b, a).statistic
        yield {"a": a, "b": b, "estimate": float(np.median(differences)), "delta": float(2 * u / (n * m) - 1)}


def paired_shifts():
    for n in [5, 6, 12]:
        d = [v - 95 for v in sample(n, False)]
        walsh = [(d[i] + d[j]) / 2 for i in range(n) for j in range(i, n)]
        yield {"differences": d, "estimate": float(np.median(walsh))}


def quantiles():
    for p in [1e-12, 1e-6, 0.001, 0.025, 0.3, 0.5, 0.8, 0.975, 0.9999]:
        yield {"p": p, "normal": float(stats.norm.ppf(p)), "t": {str(d): float(stats.t.ppf(p, d)) for d in [1, 2, 5, 10, 22, 100]}}


def spendings():
    for level in [0.05, 0.01]:
        for t in [0.1, 0.25, 0.5, 0.75, 1.0]:
            z = stats.norm.ppf(1 - level / 2)
            yield {"level": level, "information": t, "spent": float(2 * stats.norm.sf(z / np.sqrt(t)))}


json.dump(
    {
        "rankSum": list(rank_sums()),
        "signFlip": list(sign_flips()),
        "fisher": list(fishers()),
        "wilson": list(wilsons()),
        "holm": list(holms()),
        "shift": list(shifts()),
        "pairedShift": list(paired_shifts()),
        "quantile": list(quantiles()),
        "spending": list(spendings()),
    },
    sys.stdout,
    indent=1,
)
print()
