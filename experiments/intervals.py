"""How sure one may be of a mean over seeds: Student's interval, the bootstrap, seeds needed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import stdtrit

LEVEL = 0.95
RESAMPLES = 2000
MOST_SEEDS = 1_000_000


def t_interval(values: np.ndarray, axis: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean and the ends of the 95 % Student t interval along an axis.

    Both ends are not-a-number when there are fewer than two values.
    """
    count = values.shape[axis]
    mean = values.mean(axis=axis)
    if count < 2:
        unknown = np.full_like(mean, np.nan, dtype=float)
        return mean, unknown, unknown
    half = stdtrit(count - 1, 0.975) * values.std(axis=axis, ddof=1) / np.sqrt(count)
    return mean, mean - half, mean + half


def bootstrap_interval(values: np.ndarray, resamples: int = RESAMPLES) -> np.ndarray:
    """Ends [2, n] of the 95 % percentile bootstrap of the mean over axis 0 of values [seeds, n].

    All n quantities are resampled alike, with one fixed stream: equal values, equal intervals.
    Not-a-number with fewer than two seeds. With few seeds it is too narrow (for 5 seeds it covers
    about 85 %); Student's is the one to report then.
    """
    count = len(values)
    if count < 2:
        return np.full((2, values.shape[1]), np.nan)
    drawn = np.random.default_rng(20230101).integers(0, count, (resamples, count))
    weights = np.zeros((resamples, count))
    np.add.at(weights, (np.arange(resamples)[:, None], drawn), 1.0 / count)
    ends = np.empty((2, values.shape[1]))
    tails = [(1 - LEVEL) / 2, (1 + LEVEL) / 2]
    for first in range(0, values.shape[1], 1000):  # a bounded piece of memory at a time
        piece = values[:, first : first + 1000]
        ends[:, first : first + 1000] = np.quantile(weights @ piece, tails, axis=0)
    return ends


def seeds_needed(spread: float, half_width: float) -> float:
    """Seeds for which Student's 95 % interval has at most this half width.

    `spread`: standard deviation over seeds, in the same unit. Infinite beyond a million seeds,
    not-a-number when the spread is not known.
    """
    if half_width <= 0.0:
        raise ValueError(f"a half width is above 0, got {half_width}")
    if not np.isfinite(spread):
        return float("nan")
    low, high = 2, MOST_SEEDS
    if _half_width(spread, high) > half_width:
        return float("inf")
    while low < high:
        middle = (low + high) // 2
        low, high = (
            (low, middle) if _half_width(spread, middle) <= half_width else (middle + 1, high)
        )
    return float(low)


def _half_width(spread: float, count: int) -> float:
    return float(stdtrit(count - 1, (1 + LEVEL) / 2) * spread / np.sqrt(count))


def interval_table(
    values: pd.DataFrame, groups: Sequence[str], half_width: float | None = None
) -> pd.DataFrame:
    """Mean and intervals over seeds of every group.

    `values`: one row a group and seed, with columns `seed` and `value` beside the groups. Returns
    one row a group, in order of first appearance: the groups, n, mean, low, high (Student's),
    boot_low, boot_high, sd, and seeds_needed for the wished half width (in the value's own unit).
    """
    names = list(groups)
    wide = values.pivot_table(
        index=names, columns="seed", values="value", aggfunc="first", sort=False, observed=True
    )
    matrix = wide.to_numpy(float)
    columns = ["n", "mean", "low", "high", "boot_low", "boot_high", "sd"]
    out = np.full((len(matrix), len(columns)), np.nan)
    # Groups with the same seeds are worked together; mostly that is all of them.
    patterns, which = np.unique(~np.isnan(matrix), axis=0, return_inverse=True)
    for number, there in enumerate(patterns):
        rows = np.flatnonzero(which.ravel() == number)
        known = matrix[np.ix_(rows, np.flatnonzero(there))].T
        mean, low, high = t_interval(known)
        sd = known.std(axis=0, ddof=1) if len(known) > 1 else np.full(len(rows), np.nan)
        out[rows] = np.column_stack(
            [np.full(len(rows), len(known)), mean, low, high, *bootstrap_interval(known), sd]
        )
    table = pd.DataFrame(out, columns=columns).astype({"n": int})
    table = pd.concat([wide.index.to_frame(index=False), table], axis=1)
    if half_width is not None:
        table["seeds_needed"] = [seeds_needed(sd, half_width) for sd in table["sd"]]
    return table
