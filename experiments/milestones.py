"""The announced path against what the runs reached: with what probability, and when.

The targets are the pack's facts `capacity_k`, `plan_jobs_k` and `plan_local_content_k` of the
plant; no rule reads them except where a world says that the path is met (`offtake = "plan"`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from model import load_pack
from model.worlds import date_of, period_of

if TYPE_CHECKING:
    from experiments.simulate import Results

COLUMNS = ["milestone", "outcome", "unit", "target", "announced", "seeds", "reached",
           "probability", "low", "high", "median_year"]  # fmt: skip
# Words, outcome, fact, unit; local content is measured over twelve months already.
_KINDS = (
    ("cars made", "cars_made", "capacity", "cars/year"),
    ("jobs at the plant", "plant_jobs", "plan_jobs", "jobs"),
    ("local content", "local_content_nominal", "plan_local_content", "share"),
)
STAGES = (1, 2, 3)
YEAR = 12


def milestones(runs: Sequence[Results]) -> pd.DataFrame:
    """One row a milestone of the world's first plant; no rows without a plant or its facts.

    Reached: once over twelve months together (cars: sum; jobs: mean; local content: of the twelve
    months). `probability` is the share of seeds, `low` and `high` its 95 % Wilson (1927) interval;
    not a number where the run ends before the first twelve months after the date and nobody was
    early. `median_year` is of those that reached it. With several plants all of them are counted
    together, against the path of the first.
    """
    if not runs or not runs[0].world.plants:
        return pd.DataFrame(columns=COLUMNS)
    site = runs[0].world.plants[0]
    pack = load_pack(runs[0].pack)
    facts = pack.plants[site.plant or pack.reference_plant]
    opening = _period(facts["opening"]) + site.delay_months
    rows = []
    for words, outcome, fact, unit in _KINDS:
        if outcome not in runs[0].monthly:
            continue
        for stage in STAGES:
            if f"{fact}_{stage}" not in facts:
                continue
            target = float(facts[f"{fact}_{stage}"])
            start = opening + int(float(facts.get(f"plan_start_{stage}", 0)))
            first = [first_year(run.monthly, outcome, target) for run in runs]
            years = [year for year in first if year is not None]
            share = (len(years) / len(runs), *wilson_interval(len(years), len(runs)))
            if not years and len(runs[0].monthly) < start + YEAR:
                share = (np.nan, np.nan, np.nan)
            rows.append(
                (f"{words}, stage {stage}", outcome, unit, target, date_of(start), len(runs),
                 len(years), *share, float(np.median(years)) if years else np.nan)
            )  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)


def _period(date: Any) -> int:
    return period_of(date) if isinstance(date, str) else int(date)


def first_year(monthly: pd.DataFrame, outcome: str, target: float) -> int | None:
    """The calendar year in which the last twelve months first reached the target, or None."""
    series = monthly[outcome]
    if outcome != "local_content_nominal":
        year = series.rolling(YEAR)
        series = year.sum() if outcome == "cars_made" else year.mean()
    # Whole cars at a scale: a rounding error of sums is no car.
    reached = np.flatnonzero(series.to_numpy(float) >= target * (1.0 - 1e-9))
    return int(monthly["date"].iloc[reached[0]].year) if len(reached) else None


def wilson_interval(successes: int, trials: int) -> tuple[float, float]:
    """95 % interval of a probability from a count (Wilson 1927); inside 0 to 1 also at its ends."""
    z = float(ndtri(0.975))
    p = successes / trials
    middle = (p + z * z / (2.0 * trials)) / (1.0 + z * z / trials)
    half = z / (1.0 + z * z / trials)
    half *= float(np.sqrt(p * (1.0 - p) / trials + z * z / (4.0 * trials * trials)))
    low = 0.0 if successes == 0 else max(middle - half, 0.0)
    high = 1.0 if successes == trials else min(middle + half, 1.0)
    return low, high
