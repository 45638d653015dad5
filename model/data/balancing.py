"""Balancing: a matrix made to agree with its margins, persons and money in whole numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

__all__ = ["Floats", "Whole", "fit_to_margins", "whole_matrix", "whole_numbers"]


def fit_to_margins(
    seed: Floats, rows: Floats, columns: Floats, tolerance: float = 1e-12, rounds: int = 20_000
) -> tuple[Floats, float]:
    """The matrix nearest to `seed` in cross-entropy with these row and column sums (RAS).

    seed [n, m] not negative, rows [n], columns [m], in one unit. Returns the matrix and the
    largest relative change of a cell's share against the seed, the residual that README prints.
    ValueError when the margins disagree or a margin meets only zeros. (RAS solves the
    cross-entropy problem: Robinson, Cattaneo and El-Said 2001, Economic Systems Research 13.)
    """
    if abs(rows.sum() - columns.sum()) > 1e-9 * rows.sum():
        raise ValueError(f"margins differ: rows {rows.sum():.6g}, columns {columns.sum():.6g}")
    if ((seed.sum(axis=1) == 0) & (rows > 0)).any() or (
        (seed.sum(axis=0) == 0) & (columns > 0)
    ).any():
        raise ValueError("a positive margin meets a row or column of zeros")
    fitted = seed.astype(np.float64)
    for _ in range(rounds):
        fitted *= _ratio(rows, fitted.sum(axis=1))[:, None]
        fitted *= _ratio(columns, fitted.sum(axis=0))[None, :]
        if np.abs(fitted.sum(axis=1) - rows).max() <= tolerance * rows.max():
            break
    else:
        raise ValueError("no matrix with this pattern of zeros has these margins")
    start = seed / seed.sum()
    used = start > 0
    change = np.abs(fitted[used] / fitted.sum() - start[used]) / start[used]
    return fitted, float(change.max())


def _ratio(wanted: Floats, found: Floats) -> Floats:
    return np.divide(wanted, found, out=np.zeros_like(wanted), where=found > 0)


def whole_numbers(values: Floats | Whole, total: int, least: Whole | None = None) -> Whole:
    """Whole numbers [n] that sum to `total`, in proportion to `values`, none under `least`.

    Largest remainders; ties go to the earlier entry. `total` must be at least `least.sum()`.
    """
    floor = np.zeros(len(values), dtype=np.int64) if least is None else least
    if total < floor.sum():
        raise ValueError(f"{total} cannot be shared: the least values sum to {floor.sum()}")
    exact = np.asarray(values, dtype=np.float64)
    free = np.ones(len(exact), dtype=bool)
    result = floor.copy()
    # Entries whose share falls under their least value are fixed there, the rest shared anew.
    while True:
        left = total - int(floor[~free].sum())
        weight = exact[free].sum()
        share = np.zeros(len(exact))
        if weight > 0:
            share[free] = exact[free] * left / weight
        low = free & (share < floor)
        if not low.any():
            break
        free &= ~low
    result[free] = np.floor(np.round(share[free], 6)).astype(np.int64)
    remainder = np.where(free, np.round(share - result, 6), -1.0)
    for index in np.argsort(-remainder, kind="stable")[: total - int(result.sum())]:
        result[index] += 1
    return result


def whole_matrix(values: Floats | Whole, columns: Whole, least: Whole | None = None) -> Whole:
    """Whole numbers [n, m] whose columns sum to `columns`; see `whole_numbers`."""
    parts = [
        whole_numbers(values[:, j], int(columns[j]), None if least is None else least[:, j])
        for j in range(values.shape[1])
    ]
    return np.column_stack(parts)
