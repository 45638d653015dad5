"""The rule, fixed before any run: does a claim hold, fail, or is it open?

With e the paired effect on the claimed side, [low, high] its 95 % Student interval over seeds and m
the smallest effect that matters:

    holds      low > m      the whole interval is beyond what matters
    fails      high < m     an effect that matters is excluded
    undecided  otherwise, or with fewer than two values

Failing has a reason: *opposite* (high < 0: it goes the other way), *none* (equivalence: the 90 %
interval lies within ±m, Schuirmann's two one-sided tests at 5 %) or *small* (neither).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import stdtr

from experiments.intervals import seeds_needed, t_interval

__all__ = ["Decision", "Verdict", "decide", "equivalence"]

Verdict = Literal["holds", "fails", "undecided"]
Reason = Literal["beyond", "opposite", "none", "small", "maybe_small", "unclear", "few"]

LEAST_VALUES = 2


@dataclass(frozen=True)
class Decision:
    """A verdict with what it was read from.

    `mean`, `low`, `high`: the effect as measured (not turned to the claimed side) with its 95 %
    interval. `n`: values. `p_equivalence`: of the test that the effect lies within ±margin.
    `seeds_needed`: values for an interval that would leave the margin out, if the mean is right.
    """

    verdict: Verdict
    reason: Reason
    n: int
    mean: float
    low: float
    high: float
    sd: float
    p_equivalence: float
    seeds_needed: float


def decide(values: np.ndarray, margin: float, side: int, *, bar: bool = False) -> Decision:
    """Apply the rule to paired effects, one a seed; what is not a number is left out.

    `side`: +1 if the claim says more, −1 if less. `bar`: the margin is a level to reach, so that
    nothing is said of equivalence to zero.
    """
    if margin <= 0.0 or side not in (-1, 1):
        raise ValueError(f"a margin is above 0 and a side -1 or 1, got {margin} and {side}")
    known = np.asarray(values, float)
    known = known[~np.isnan(known)]
    n = len(known)
    if n == 0:
        nan = math.nan
        return Decision("undecided", "few", 0, nan, nan, nan, nan, nan, nan)
    mean, low, high = (float(x) for x in t_interval(known))
    sd = float(known.std(ddof=1)) if n > 1 else math.nan
    p = math.nan if bar else equivalence(known, margin)
    verdict, reason = _verdict(side * mean, low, high, margin, side, p)
    gap = abs(side * mean - margin)
    needed = seeds_needed(sd, gap) if n > 1 and gap > 0.0 else math.nan
    return Decision(verdict, reason, n, mean, low, high, sd, p, needed)


def _verdict(
    mean: float, low: float, high: float, margin: float, side: int, p: float
) -> tuple[Verdict, Reason]:
    if math.isnan(low):
        return "undecided", "few"
    least, most = (low, high) if side > 0 else (-high, -low)
    if least > margin:
        return "holds", "beyond"
    if most < margin:
        if most < 0.0:
            return "fails", "opposite"
        return "fails", ("none" if p < 0.05 else "small")
    return "undecided", ("maybe_small" if least > 0.0 else "unclear")


def equivalence(values: np.ndarray, margin: float) -> float:
    """p-value of Schuirmann's (1987) two one-sided tests that the mean lies within ±margin.

    Not a number with fewer than two values; 0 or 1 where all values are the same.
    """
    n = len(values)
    if n < LEAST_VALUES:
        return math.nan
    mean, error = float(values.mean()), float(values.std(ddof=1)) / math.sqrt(n)
    if error == 0.0:
        return 0.0 if abs(mean) < margin else 1.0
    above = float(stdtr(n - 1, -(mean + margin) / error))  # H0: mean <= -margin
    below = float(stdtr(n - 1, (mean - margin) / error))  # H0: mean >= margin
    return max(above, below)
