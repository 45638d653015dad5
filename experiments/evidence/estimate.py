"""An estimate over seeds with its interval, by the delete-one jackknife.

A seed is the independent draw here: firms and workers of one run are not. So whatever the estimator
is (a mean, a ratio of sums, a regression on the pooled panel), its standard error comes from leaving
out one seed at a time (Efron & Stein 1981 (m)), with Student's quantile. For a plain mean this is
Student's interval, exactly.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import stdtrit

from experiments.intervals import seeds_needed

LEVEL = 0.975


@dataclass(frozen=True)
class Estimate:
    """A value, the ends of its 95 % interval (not a number with fewer than two seeds), seeds."""

    value: float
    low: float
    high: float
    seeds: int

    @property
    def half_width(self) -> float:
        """Half of the interval."""
        return (self.high - self.low) / 2.0

    @property
    def known(self) -> bool:
        """Whether there is a value."""
        return math.isfinite(self.value)

    def seeds_for(self, half_width: float) -> float:
        """Seeds for an interval of this half width, by the spread over the seeds there are."""
        if self.seeds < 2 or not math.isfinite(self.half_width):
            return math.nan
        error = self.half_width / float(stdtrit(self.seeds - 1, LEVEL))
        return seeds_needed(error * math.sqrt(self.seeds), half_width)


UNKNOWN = Estimate(math.nan, math.nan, math.nan, 0)


def over_seeds[S](estimator: Callable[[Sequence[S]], float], samples: Sequence[S]) -> Estimate:
    """The estimator on all samples (one a seed), with its jackknife interval.

    Without an interval where the estimator has no value once a seed is left out: then it hangs on
    that seed alone.
    """
    n = len(samples)
    if n == 0:
        return UNKNOWN
    value = float(estimator(samples))
    if n < 2 or not math.isfinite(value):
        return Estimate(value, math.nan, math.nan, n)
    left_out = np.array([estimator([*samples[:k], *samples[k + 1 :]]) for k in range(n)])
    error = math.sqrt((n - 1) / n * float(((left_out - left_out.mean()) ** 2).sum()))
    half = float(stdtrit(n - 1, LEVEL)) * error
    return Estimate(value, value - half, value + half, n)


def mean_of(values: Sequence[float]) -> Estimate:
    """Mean over seeds with Student's interval; seeds without a value are left out."""
    known = [float(x) for x in values if math.isfinite(x)]
    return over_seeds(lambda some: float(np.mean(some)), known)


def ratio_of(tops: Sequence[float], bottoms: Sequence[float]) -> Estimate:
    """Sum over sum: each seed weighs as much as its denominator; no mean of noisy ratios."""

    def ratio(pairs: Sequence[tuple[float, float]]) -> float:
        below = sum(bottom for _, bottom in pairs)
        return sum(top for top, _ in pairs) / below if below else math.nan

    return over_seeds(ratio, list(zip(tops, bottoms, strict=True)))


def weighted_mean(values: Sequence[float], weights: Sequence[float]) -> Estimate:
    """Mean over seeds by weight (events of a seed, say); seeds without weight have no say."""
    known = [
        (value * weight, weight)
        for value, weight in zip(values, weights, strict=True)
        if weight > 0.0 and math.isfinite(value)
    ]
    return ratio_of([top for top, _ in known], [weight for _, weight in known])


def as_dict(one: Estimate | None) -> dict[str, Any] | None:
    """For JSON, which has no not-a-number."""
    if one is None:
        return None
    return {
        "value": _plain(one.value),
        "low": _plain(one.low),
        "high": _plain(one.high),
        "half_width": _plain(one.half_width),
        "seeds": one.seeds,
    }


def _plain(value: float) -> float | None:
    return float(f"{value:.6g}") if math.isfinite(value) else None
