"""From monthly outcomes of paired worlds to one number a case, and to series over time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from experiments.claims.runs import Runs
from experiments.claims.table import SHOCK_KINDS, Measure, Worlds
from experiments.outcomes import outcomes, yearly_factor
from model.calendar_months import period_of

__all__ = ["Series", "measure", "series_of", "window_of"]

YEAR = 12
RECOVERED = 0.95  # of the output without the shock, over three months
BEFORE_SHOCK = 6  # months of a shock's figure before it


def window_of(measure: Measure, months: int, window_months: int) -> tuple[int, int]:
    """First period of a measure's window and the one after its last.

    Means are over the last `window_months`, in a short run over its last half; totals over
    everything; after a shock the window begins with it.
    """
    if measure.kind in SHOCK_KINDS:
        first = period_of(str(measure.shock))
        return first, first + int(measure.window or 0)
    if measure.kind == "total":
        return 0, months
    return months - min(window_months, max(months // 2, 1)), months


def measure(one: Measure, worlds: Worlds, runs: Runs, window_months: int) -> np.ndarray:
    """What a measure finds in each case, float64 [cases]; not a number where a run is missing."""
    first, end = window_of(one, runs.months, window_months)
    treated = runs.series(worlds.treated, one.outcomes, one.minus)
    if one.kind in SHOCK_KINDS:
        return one.factor * _after_shock(one, worlds, runs, treated, first, end)
    control = runs.series(worlds.control, one.outcomes, one.minus)
    made, had = treated[:, first:end], control[:, first:end]
    if one.kind == "total":
        return one.factor * (made - had).sum(axis=1)
    mean, base = made.mean(axis=1), had.mean(axis=1)
    if one.kind == "difference":
        return one.factor * (mean - base)
    return one.factor * _compared(one.kind, mean, base)


def _compared(kind: str, mean: np.ndarray, base: np.ndarray) -> np.ndarray:
    """Treated against control in per cent: what is kept of it, or the difference.

    Of nothing, nothing is kept (0); a difference relative to nothing is not a number.
    """
    some = base != 0.0
    share = 100.0 * mean / np.where(some, base, 1.0)
    if kind == "kept":
        return np.where(some | np.isnan(mean), share, 0.0)
    return np.where(some, share - 100.0, np.nan)


def _after_shock(
    one: Measure, worlds: Worlds, runs: Runs, treated: np.ndarray, first: int, end: int
) -> np.ndarray:
    calm = runs.series(str(worlds.treated_calm), one.outcomes, one.minus)
    if one.kind == "loss":
        return loss(treated, calm, first, end)
    other = runs.series(worlds.control, one.outcomes, one.minus)
    other_calm = runs.series(str(worlds.control_calm), one.outcomes, one.minus)
    if one.kind == "loss_avoided":
        return loss(other, other_calm, first, end) - loss(treated, calm, first, end)
    return recovery(treated, calm, first, end) - recovery(other, other_calm, first, end)


def loss(shocked: np.ndarray, calm: np.ndarray, first: int, end: int) -> np.ndarray:
    """What a shock takes from `first` to before `end`, in per cent of a calm year; [cases].

    Below 0: more was made than without the shock. 0 where nothing is made without it either.
    """
    taken = (calm - shocked)[:, first:end].sum(axis=1)
    year = calm[:, first:end].mean(axis=1) * YEAR
    lost = np.where(year > 0.0, 100.0 * taken / np.where(year > 0.0, year, 1.0), 0.0)
    lost[np.isnan(taken)] = np.nan
    return lost


def recovery(shocked: np.ndarray, calm: np.ndarray, first: int, end: int) -> np.ndarray:
    """Months from the shock until three months together reach 95 % of those without it; [cases].

    0: output never falls so far. The whole window where it does not come back within it.
    """
    months = np.full(len(shocked), float(end - first))
    for case in range(len(shocked)):
        if np.isnan(shocked[case]).any() or np.isnan(calm[case]).any():
            months[case] = np.nan
            continue
        below = [
            shocked[case, at : at + 3].sum() < RECOVERED * calm[case, at : at + 3].sum()
            for at in range(first, end - 2)
        ]
        if not any(below):
            months[case] = 0.0
        elif not below[-1]:
            months[case] = float(len(below) - below[::-1].index(True))
    return months


# --- Over time ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Series:
    """A measure over time, by case: `periods` [times] (first of each), levels and effect
    [cases, times]. `every`: how many months a time is.
    """

    every: int
    periods: np.ndarray
    treated: np.ndarray
    control: np.ndarray
    effect: np.ndarray


def series_of(one: Measure, worlds: Worlds, runs: Runs) -> Series:
    """The measure year by year; around a shock month by month, against the same month without it.

    Levels are in the effect's unit; where that is relative, in the outcome's own a year.
    """
    treated = runs.series(worlds.treated, one.outcomes, one.minus)
    control = runs.series(worlds.control, one.outcomes, one.minus)
    if one.kind in SHOCK_KINDS:
        return _around_shock(one, worlds, runs, treated, control)
    years = runs.months // YEAR or 1
    every = YEAR if runs.months >= YEAR else runs.months
    periods = np.arange(years) * every
    made, had = (_by_time(x, years, every) for x in (treated, control))
    if one.kind == "total":
        made, had = (one.factor * every * np.cumsum(x, axis=1) for x in (made, had))
        return Series(every, periods, made, had, made - had)
    if one.kind == "difference":
        return Series(
            every, periods, one.factor * made, one.factor * had, one.factor * (made - had)
        )
    effect = one.factor * _compared(one.kind, made, had)
    factor = yearly_factor(outcomes()[one.outcomes[0]])
    return Series(every, periods, factor * made, factor * had, effect)


def _by_time(values: np.ndarray, times: int, every: int) -> np.ndarray:
    return values[:, : times * every].reshape(len(values), times, every).mean(axis=2)


def _around_shock(
    one: Measure, worlds: Worlds, runs: Runs, treated: np.ndarray, control: np.ndarray
) -> Series:
    first, end = window_of(one, runs.months, 0)
    start = max(first - BEFORE_SHOCK, 0)
    calm = runs.series(str(worlds.treated_calm), one.outcomes, one.minus)[:, start:end]
    other = runs.series(str(worlds.control_calm), one.outcomes, one.minus)[:, start:end]
    made, had = (
        100.0 * np.where(x > 0.0, y / np.where(x > 0.0, x, 1.0), 1.0) - 100.0
        for x, y in ((calm, treated[:, start:end]), (other, control[:, start:end]))
    )
    return Series(1, np.arange(start, end), made, had, made - had)
