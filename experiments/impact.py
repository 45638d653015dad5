"""The practitioner's table: what the region is like without the plant, with it, and between.

Every number is the mean of the last years of the run. Amounts of money and cars are stated per
year. With several seeds the difference carries its 95 % interval.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from experiments.effects import Pairs, t_interval
from experiments.impact_rows import ROWS, Row
from experiments.outcomes import outcomes, yearly_factor, yearly_unit

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from experiments.simulate import Results

WINDOW = 60
"""Months at the end of the run over which the table averages (rule P1: a 60-month mean)."""

COLUMNS = ["group", "row", "outcome", "unit", "without", "with", "difference", "low", "high"]


@dataclass(frozen=True, eq=False)
class Impact:
    """The impact of one world over another.

    `table`: columns group, row, outcome, unit, without, with, difference, low, high.
    `channels`: the same columns; the change of employee jobs at the plant and elsewhere. Channels
    are decomposed by runs, not from these (`experiments.channels`).
    `first` and `last`: the months the means span. `versions`, `pack`: what the runs were made with.
    """

    table: pd.DataFrame
    channels: pd.DataFrame
    world: str
    against: str
    seeds: list[int]
    first: str
    last: str
    versions: Mapping[str, str] = field(default_factory=dict)
    pack: str = ""

    def value(self, outcome: str, column: str = "difference") -> float:
        """One number of the table by outcome; KeyError when the outcome has no row."""
        found = self.table.loc[self.table["outcome"] == outcome, column]
        if found.empty:
            raise KeyError(outcome)
        return float(found.iloc[0])

    def to_pandas(self) -> pd.DataFrame:
        """Table and channels in one, as `impact.csv` has it."""
        return pd.concat([self.table, self.channels], ignore_index=True)

    def plot(self, *outcomes: str) -> Figure:
        """Change in per cent of the control with its interval, a bar an outcome."""
        from experiments.plots import plot_impact

        return plot_impact(self, outcomes)

    def __repr__(self) -> str:
        from experiments.display import repr_of

        return repr_of(self)

    def _repr_html_(self) -> str:
        from experiments.display import impact_card

        return impact_card(self)


def impact_table(
    treated: Results | Sequence[Results],
    control: Results | Sequence[Results],
    *,
    window: int = WINDOW,
    year: int | None = None,
) -> Impact:
    """Impact of the treated over the control runs, which pair up by position (equal seeds).

    `window`: months at the end of the run to average over; `year`: that calendar year instead.
    Raises ValueError when the runs do not pair up or no month is left.
    """
    one = list(treated) if isinstance(treated, Sequence) else [treated]
    other = list(control) if isinstance(control, Sequence) else [control]
    seeds = [run.seed for run in one]
    if not one or seeds != [run.seed for run in other]:
        raise ValueError("treated and control runs must pair up: the same seeds in one order")
    dates = one[0].monthly["date"]
    chosen = _months(dates, window, year)
    table = _with_costs(_filled(ROWS, one, other, chosen))
    return Impact(
        table=table,
        channels=_channels(one, other, chosen),
        world=one[0].world.name,
        against=other[0].world.name,
        seeds=seeds,
        first=f"{dates[chosen].iloc[0]:%Y-%m}",
        last=f"{dates[chosen].iloc[-1]:%Y-%m}",
        versions=one[0].versions,
        pack=one[0].pack,
    )


def impact_of(pairs: Pairs, *, window: int = WINDOW) -> Impact:
    """Impact of pairs of runs over the last `window` months."""
    return impact_table(pairs.treated, pairs.control, window=window)


def impact_by_year(treated: Sequence[Results], control: Sequence[Results]) -> pd.DataFrame:
    """The table of every calendar year in the run, with the year as its first column."""
    tables = []
    for year in sorted(set(treated[0].monthly["date"].dt.year)):
        table = impact_table(treated, control, year=int(year)).to_pandas()
        table.insert(0, "year", int(year))
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def _months(dates: pd.Series, window: int, year: int | None) -> np.ndarray:
    chosen = np.zeros(len(dates), dtype=bool)
    if year is None:
        chosen[-window:] = True
    else:
        chosen = (dates.dt.year == year).to_numpy()
    if not chosen.any():
        raise ValueError(f"no month of the year {year} in these runs" if year else "no months")
    return chosen


def _means(runs: Sequence[Results], outcome: str, chosen: np.ndarray) -> np.ndarray:
    """Mean of one outcome over the chosen months, per run, flows per year."""
    factor = yearly_factor(outcomes()[outcome])
    return np.array([factor * run.monthly[outcome].to_numpy(float)[chosen].mean() for run in runs])


def _filled(
    rows: Sequence[Row], one: Sequence[Results], other: Sequence[Results], chosen: np.ndarray
) -> pd.DataFrame:
    there = set(one[0].monthly.columns) & set(outcomes())
    lines = [
        _line(
            row,
            yearly_unit(outcomes()[row.outcome]),
            _means(other, row.outcome, chosen),
            _means(one, row.outcome, chosen),
        )
        for row in rows
        if row.outcome in there
    ]
    return pd.DataFrame(lines, columns=COLUMNS)


def _with_costs(table: pd.DataFrame) -> pd.DataFrame:
    """The table with the budget's yearly cost per plant job and per net job (rule 24).

    Negative where the budget gains. Not a number where there is nothing to divide by: no plant,
    or a count of net jobs that is not above zero beyond chance (one seed cannot show that).
    """
    change, low = (
        dict(zip(table["outcome"], table[name].astype(float), strict=True))
        for name in ("difference", "low")
    )
    if "budget_balance" not in change:
        return table
    plant = change.get("plant_jobs", 0.0) > 0
    lines: list[list[object]] = []
    for label, jobs in _COUNTS:
        if jobs not in change:
            continue
        # A low end that is not a number (one seed) is not above zero either.
        sure = plant and (jobs == "plant_jobs" or low[jobs] > 0)
        each = -change["budget_balance"] / change[jobs] if sure else np.nan
        blank = [np.nan, np.nan, each, np.nan, np.nan]
        lines.append(["Budget", f"cost per {label}", f"cost_per_{jobs}", "KGS/year", *blank])
    end = int(np.flatnonzero(table["group"] == "Budget")[-1]) + 1
    extra = pd.DataFrame(lines, columns=COLUMNS)
    return pd.concat([table[:end], extra, table[end:]], ignore_index=True)


_COUNTS = (
    ("plant job", "plant_jobs"),
    ("net employee job", "employee_jobs"),
    ("net job, any kind", "employment"),
)


def _line(row: Row, unit: str, without: np.ndarray, treated: np.ndarray) -> list[object]:
    difference, low, high = t_interval(treated - without)
    return [
        row.group,
        row.label,
        row.outcome,
        unit,
        without.mean(),
        treated.mean(),
        float(difference),
        float(low),
        float(high),
    ]


def _channels(one: Sequence[Results], other: Sequence[Results], chosen: np.ndarray) -> pd.DataFrame:
    """Jobs at the plant and the rest; what the rest is made of takes runs of its own."""
    if not {"employee_jobs", "plant_jobs"} <= set(one[0].monthly.columns):
        return pd.DataFrame(columns=COLUMNS)
    all_jobs = [_means(runs, "employee_jobs", chosen) for runs in (other, one)]
    direct = [_means(runs, "plant_jobs", chosen) for runs in (other, one)]
    parts = (
        (DIRECT, "plant_jobs", direct),
        (REST, "other_employee_jobs", [a - d for a, d in zip(all_jobs, direct, strict=True)]),
    )
    lines = [
        _line(Row("Channels", label, outcome), "jobs", pair[0], pair[1])
        for label, outcome, pair in parts
    ]
    return pd.DataFrame(lines, columns=COLUMNS)


DIRECT = "direct: the plant itself"
REST = "the rest (ornok channels)"
