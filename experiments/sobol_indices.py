"""Sobol' indices from Saltelli's scheme with replicates: shares of variance, free of seed noise.

With one seed the estimates are those of SALib (Saltelli et al. 2010 for S1, Jansen 1999 for ST,
Saltelli 2002 for S2). With several, every product is taken over different seeds: averages over seeds
alone would leave a part of the noise in ST and in the variance, and so make ST too large and S1 too small.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from experiments.intervals import LEVEL
from experiments.seed_noise import cross, without_shifts

RESAMPLES = 1000


@dataclass(frozen=True)
class SobolIndices:
    """Indices of k parameters, each [3, k]: estimate, low and high end of the 95 % interval.

    `second`: [3, k, k], known above the diagonal; None unless the design has second order. All are
    not-a-number when the outcome does not vary beyond chance. `variance`: of the outcome over the
    parameters' ranges, chance taken out. `rows`: complete rows of the scheme.
    """

    first: np.ndarray
    total: np.ndarray
    second: np.ndarray | None
    variance: float
    rows: int


@dataclass(frozen=True)
class _Pieces:
    """What each row of the scheme adds to the averages that indices are made of."""

    first: np.ndarray  # [rows, k]
    total: np.ndarray  # [rows, k]
    second: np.ndarray  # [rows, k, k], or [rows, 0, 0]
    square: np.ndarray  # [rows]
    mean: np.ndarray  # [rows, seeds]


def sobol_indices(
    values: np.ndarray, *, second_order: bool = False, resamples: int = RESAMPLES
) -> SobolIndices:
    """Indices from complete rows of the scheme: values [rows, k + 2 or 2k + 2, seeds].

    A row holds A, AB_1 ... AB_k (A with parameter j from B), with second order BA_1 ... BA_k, and B.
    Intervals are percentiles of the bootstrap over rows, from one fixed stream: equal values, equal
    intervals. With fewer than two rows all is not-a-number.
    """
    rows, width, _ = values.shape
    k = (width - 2) // 2 if second_order else width - 2
    if rows < 2:
        unknown = np.full((3, k), np.nan)
        second = np.full((3, k, k), np.nan) if second_order else None
        return SobolIndices(unknown, unknown.copy(), second, float("nan"), rows)
    pieces = _pieces(without_shifts(values), k, second_order)
    first, total, second, variance = _indices(pieces, np.full((1, rows), 1.0 / rows))
    drawn = np.random.default_rng(20230101).multinomial(rows, np.full(rows, 1.0 / rows), resamples)
    again = _indices(pieces, drawn / rows)
    return SobolIndices(
        _with_ends(first, again[0]),
        _with_ends(total, again[1]),
        _with_ends(second, again[2]) if second_order else None,
        float(variance[0]),
        rows,
    )


def _pieces(y: np.ndarray, k: int, second_order: bool) -> _Pieces:
    a, b, ab = y[:, :1], y[:, -1:], y[:, 1 : k + 1]
    second = np.zeros((len(y), 0, 0))
    if second_order:
        ba = y[:, k + 1 : 2 * k + 1]
        second = cross(ba[:, :, None], ab[:, None, :]) - cross(a, b)[:, :, None]
    return _Pieces(
        first=cross(b, ab - a),
        total=0.5 * cross(a - ab, a - ab),
        second=second,
        square=0.5 * (cross(a, a) + cross(b, b))[:, 0],
        mean=0.5 * (a + b)[:, 0],
    )


def _indices(
    pieces: _Pieces, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """S1 [n, k], ST [n, k], S2 [n, k, k] and variance [n] for n weightings of the rows."""
    mean = weights @ pieces.mean
    variance = weights @ pieces.square - cross(mean, mean)
    # Rounding leaves something of a variance of nothing.
    size = weights @ np.abs(pieces.square)
    usable = np.where(variance > 1e-12 * size, variance, np.nan)
    first = (weights @ pieces.first) / usable[:, None]
    total = (weights @ pieces.total) / usable[:, None]
    second = np.einsum("nr,rjl->njl", weights, pieces.second) / usable[:, None, None]
    if second.size:
        second -= first[:, :, None] + first[:, None, :]
        second[:, *np.tril_indices(first.shape[1])] = np.nan
    return first, total, second, variance


def _with_ends(estimate: np.ndarray, again: np.ndarray) -> np.ndarray:
    """Estimate and the ends of its interval; none where a resample in ten has no variance."""
    ends = np.full((2, *estimate.shape[1:]), np.nan)
    known = ~np.isnan(again)
    enough = known.mean(axis=0) > 0.9
    if enough.any():
        tails = [(1 - LEVEL) / 2, (1 + LEVEL) / 2]
        ends[:, enough] = np.nanquantile(again[:, enough], tails, axis=0)
    return np.concatenate([estimate, ends])
