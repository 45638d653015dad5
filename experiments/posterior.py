"""What is believed of the parameters after the record: weighted points, kept as one file.

The weight of a prior point that no wave has ruled out is its likelihood: errors of the targets are
normal and independent, with the variance that history matching judged by (the emulator's doubt in
it). It is importance sampling with the prior as proposal, so no step depends on tuning.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from model.errors import InputError

if TYPE_CHECKING:
    from experiments.calibration_file import Prior
    from experiments.history_matching import Match

__all__ = ["FILE", "Posterior", "quantiles", "read_posterior", "sample_posterior", "systematic"]

FILE = "posterior.parquet"
WEIGHT = "weight"
_FACTS = b"ornok.posterior"
BATCH, MOST_DRAWS = 2**15, 2**18
ENOUGH = 1000.0  # effective draws after which no more are made
INFORMED, BARELY = 0.5, 0.9  # of the prior's width


@dataclass(frozen=True, eq=False)
class Posterior:
    """`points`: one column a parameter and `weight`, which sums to 1. `facts`: where it comes from."""

    points: pd.DataFrame
    facts: Mapping[str, Any]

    @property
    def names(self) -> list[str]:
        """The parameters."""
        return [name for name in self.points.columns if name != WEIGHT]

    @property
    def weights(self) -> np.ndarray:
        """Of the points, summing to 1."""
        weights: np.ndarray = self.points[WEIGHT].to_numpy(float)
        return weights

    def write(self, path: Path) -> Path:
        """Write a Parquet file with the facts in its footer."""
        table = pa.Table.from_pandas(self.points, preserve_index=False)
        facts = {**(table.schema.metadata or {}), _FACTS: json.dumps(dict(self.facts)).encode()}
        pq.write_table(table.replace_schema_metadata(facts), path)
        return path


def read_posterior(path: Path) -> Posterior:
    """The posterior of a file, Parquet or CSV (a column `weight`, the others parameters).

    A file without `weight` weighs all points alike. Raises `model.errors.InputError`.
    """
    facts: dict[str, Any] = {}
    try:
        if path.suffix == ".csv":
            points = pd.read_csv(path)
        else:
            table = pq.read_table(path)
            facts = json.loads((table.schema.metadata or {}).get(_FACTS, b"{}"))
            points = table.to_pandas()
    except (OSError, ValueError, pa.ArrowException) as problem:
        reason = getattr(problem, "strerror", None) or "it is no Parquet or CSV table"
        raise InputError(f"cannot be read: {reason}", file=path) from None
    if points.empty:
        raise InputError("has no points", file=path)
    if WEIGHT not in points:
        points[WEIGHT] = 1.0
    try:
        weights = points[WEIGHT].to_numpy(float)
    except ValueError:
        weights = np.array([np.nan])
    if not (np.isfinite(weights).all() and (weights >= 0).all() and weights.sum() > 0):
        raise InputError("must be numbers from 0 on, not all 0", file=path, field=WEIGHT)
    return Posterior(points.assign(**{WEIGHT: weights / weights.sum()}), facts)


# --- Drawing ----------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Sample:
    """Points of the unit cube (m, k), none twice, and weights (m,) that sum to 1.

    `effective`: how many independent draws they are worth. `plausible`: share of the prior that no
    wave ruled out. `drawn`: prior points that were weighed.
    """

    shares: np.ndarray
    weights: np.ndarray
    effective: float
    plausible: float
    drawn: int


def sample_posterior(match: Match, n_axes: int, size: int, seed: int) -> Sample | None:
    """Draw from the posterior, `size` points by their weights; None if nothing is plausible."""
    from scipy.stats import qmc

    kept: list[np.ndarray] = []
    logs: list[np.ndarray] = []
    drawn, effective = 0, 0.0
    while drawn < MOST_DRAWS and effective < ENOUGH:
        rng = np.random.default_rng([seed, 1 + drawn])
        points = qmc.LatinHypercube(n_axes, rng=rng).random(BATCH)
        drawn += BATCH
        points = points[match.plausible(points)]
        if len(points):
            gaps, variances = match.distances(points)
            kept.append(points)
            logs.append(log_likelihood(gaps, variances))
            effective = effective_size(_normalised(np.concatenate(logs)))
    if not kept:
        return None
    points = np.concatenate(kept)
    weights = _normalised(np.concatenate(logs))
    chosen, times = np.unique(systematic(weights, size, seed), return_counts=True)
    return Sample(points[chosen], times / size, effective, len(points) / drawn, drawn)


def log_likelihood(gaps: np.ndarray, variances: np.ndarray) -> np.ndarray:
    """Of points (n,), up to a constant: normal, independent errors of all targets; both (n, J)."""
    total: np.ndarray = -0.5 * (gaps**2 / variances + np.log(variances)).sum(axis=1)
    return total


def _normalised(logs: np.ndarray) -> np.ndarray:
    weights = np.exp(logs - logs.max())
    return weights / weights.sum()


def effective_size(weights: np.ndarray) -> float:
    """Independent draws that weighted ones are worth (Kish 1965)."""
    return float(weights.sum() ** 2 / (weights**2).sum())


def systematic(weights: np.ndarray, size: int, seed: int) -> np.ndarray:
    """Numbers (size,) of points drawn by weight: one random start, then equal steps (Kitagawa 1996).

    A point of weight w is drawn either floor or ceil of `size` times w times.
    """
    start = np.random.default_rng([seed, 2]).random()
    ends = np.cumsum(weights / weights.sum())
    ends[-1] = 1.0
    chosen: np.ndarray = np.searchsorted(ends, (start + np.arange(size)) / size, side="right")
    return np.minimum(chosen, len(weights) - 1)


def quantiles(values: np.ndarray, weights: np.ndarray, shares: Sequence[float]) -> np.ndarray:
    """Weighted quantiles: the least value with at least that share of the weight at or below it."""
    order = np.argsort(values, kind="stable")
    below = np.cumsum(weights[order]) / weights.sum()
    at = np.searchsorted(below, np.asarray(shares) - 1e-12)
    found: np.ndarray = values[order][np.minimum(at, len(values) - 1)]
    return found


# --- What was learned -------------------------------------------------------------------------------


def learned(posterior: Posterior, priors: Sequence[Prior]) -> pd.DataFrame:
    """One row a parameter: prior, the pack's own value, posterior, and how much narrower it is.

    `width`: standard deviation of the posterior over that of the prior, in the coordinate in which
    the prior is even. `own_at`: share of the posterior below the pack's own value.
    """
    rows = []
    for prior in priors:
        values, weights = posterior.points[prior.name].to_numpy(float), posterior.weights
        shares = np.array([prior.share(x) for x in values])
        mean = float(weights @ shares)
        width = float(np.sqrt(weights @ (shares - mean) ** 2) * np.sqrt(12.0))
        low, median, high = quantiles(values, weights, (0.05, 0.5, 0.95)).tolist()
        below = float(weights[values < prior.own].sum() + 0.5 * weights[values == prior.own].sum())
        rows.append(
            {
                "parameter": prior.name,
                "prior_low": prior.low,
                "prior_high": prior.high,
                "own": prior.own,
                "low": low,
                "median": median,
                "high": high,
                "width": width,
                "own_at": below,
                "verdict": _verdict(width),
            }
        )
    return pd.DataFrame(rows)


def _verdict(width: float) -> str:
    if width < INFORMED:
        return "informed"
    return "a little" if width < BARELY else "not informed"


def correlations(posterior: Posterior, priors: Sequence[Prior]) -> pd.DataFrame:
    """Weighted correlation of the parameters, in the coordinates in which their priors are even."""
    shares = np.array([[prior.share(x) for x in posterior.points[prior.name]] for prior in priors])
    weights = posterior.weights
    centred = shares - (shares @ weights)[:, None]
    joint = (centred * weights) @ centred.T
    sd = np.sqrt(np.diag(joint))
    sd[sd == 0] = np.nan
    names = [prior.name for prior in priors]
    return pd.DataFrame(joint / np.outer(sd, sd), index=names, columns=names)
