"""P6: shapes of distributions, by maximum likelihood or as the paper found its own."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import gammaln

LEAST_TAIL = 50


def pareto_tail(sizes: np.ndarray, least: int = LEAST_TAIL) -> tuple[float, int]:
    """Exponent of the counter-cumulative distribution and the least size of the tail.

    Maximum likelihood above each candidate cut, with the correction of a half for whole numbers;
    the cut is the one with the smallest Kolmogorov-Smirnov distance, with at least `least` sizes
    above it. Not a number with fewer sizes than that.
    """
    values, counts = np.unique(sizes[sizes > 0].astype(np.float64), return_counts=True)
    above = counts[::-1].cumsum()[::-1]
    logs = (counts * np.log(values))[::-1].cumsum()[::-1]
    best = (np.inf, np.nan, 0)
    for start in np.flatnonzero(above >= least):
        cut, n = values[start] - 0.5, int(above[start])
        exponent = n / (logs[start] - n * np.log(cut))
        seen = counts[start:].cumsum() / n
        fitted = 1.0 - ((values[start:] + 0.5) / cut) ** -exponent
        distance = float(np.abs(seen - fitted).max())
        if distance < best[0]:
            best = (distance, float(exponent), int(values[start]))
    return best[1], best[2]


def binned_exponent(sizes: np.ndarray) -> float:
    """Exponent of the counter-cumulative distribution as Axtell (2001) found his.

    Least squares of log density on log size over bins by successive powers of three, of firms of all sizes.
    """
    edges = 3.0 ** np.arange(0.0, np.ceil(np.log(sizes.max() + 1.0) / np.log(3.0)) + 1.0)
    count, _ = np.histogram(sizes[sizes > 0], edges)
    middle = np.sqrt(edges[1:] * edges[:-1])
    there = count > 0
    slope = np.polyfit(np.log(middle[there]), np.log((count / np.diff(edges))[there]), 1)[0]
    return float(-slope - 1.0)


def subbotin_shape(x: np.ndarray) -> float:
    """Shape b of the density proportional to exp(-|x/a|^b / b), by maximum likelihood."""
    size = np.abs(x[x != 0.0])
    if len(size) < LEAST_TAIL:
        return float("nan")
    logs = np.log(size)

    def loss(b: float) -> float:
        a = float(np.mean(np.exp(b * logs))) ** (1.0 / b)  # of the best a at this b
        return float(np.log(2.0 * a) + np.log(b) / b + gammaln(1.0 / b + 1.0) + 1.0 / b)

    return float(minimize_scalar(loss, bounds=(0.1, 8.0), method="bounded").x)
