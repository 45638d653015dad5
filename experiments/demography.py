"""Sizes of firms: the exponent of the tail, and the process whose tail is known exactly."""

from __future__ import annotations

import numpy as np


def tail_exponent(sizes: np.ndarray, share: float = 0.05) -> tuple[float, float]:
    """Exponent of a Pareto tail and its standard error, from the largest `share` of the sizes.

    Regression of ln(rank - 1/2) on ln size, which takes away the bias of the usual rank regression;
    standard error exponent * sqrt(2/n) (Gabaix & Ibragimov 2011 (m)). Sizes that are not above 0
    are left out. Not a number with fewer than 10 sizes in the tail or all of one size.
    """
    ordered = np.sort(np.asarray(sizes, np.float64))[::-1]
    ordered = ordered[ordered > 0.0]
    n = int(np.ceil(share * len(ordered)))
    top = np.log(ordered[:n])
    if n < 10 or top[0] == top[-1]:
        return float("nan"), float("nan")
    rank = np.log(np.arange(1, n + 1) - 0.5)
    slope = float(np.cov(top, rank)[0, 1] / np.var(top, ddof=1))
    return -slope, -slope * float(np.sqrt(2.0 / n))


def hill_exponent(sizes: np.ndarray, share: float = 0.05) -> tuple[float, float]:
    """Hill's (1975) estimate of the same and its standard error: a second opinion."""
    ordered = np.sort(np.asarray(sizes, np.float64))[::-1]
    ordered = ordered[ordered > 0.0]
    n = int(np.ceil(share * len(ordered)))
    if n < 10 or n >= len(ordered) or ordered[0] == ordered[n]:
        return float("nan"), float("nan")
    exponent = 1.0 / float(np.mean(np.log(ordered[:n] / ordered[n])))
    return exponent, exponent / float(np.sqrt(n))


def reflected_gibrat(
    firms: int, months: int, drift: float, spread: float, *, seed: int = 1
) -> np.ndarray:
    """Sizes of firms that grow by chance in proportion to size and never fall below 1; [firms].

    ln size' = max(ln size + drift + spread * z, 0). With drift below 0 it comes to rest with a
    Pareto tail of exponent -2 drift / spread^2: at it, mean growth of size^exponent is nil
    (Gabaix 1999 (m)).
    """
    rng = np.random.default_rng(seed)
    size = np.zeros(firms)
    for _ in range(months):
        size += drift + spread * rng.standard_normal(firms)
        np.maximum(size, 0.0, out=size)
    sizes: np.ndarray = np.exp(size)
    return sizes
