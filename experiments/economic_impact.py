"""The impact table that users of IMPLAN and RIMS II know, and what those tools cannot show.

Direct, supplier (indirect) and income (induced); knowledge, mobility, entrepreneurship and budget;
what is around the plant, displacement and the net effect; by jobs, labour income, value added,
output and tax; by year. Beside it the Type I and Type II answer from the same table, and the gap.

    net = direct + around it + channels + interaction          exactly, in every seed and year

*Direct* is the plant's own in the world with everything on, and the channels are of everything
else: a channel's effect on the plant itself is in *direct*. (`ornok channels` counts it with the
channel.) *Around it* is what hiring its crew and selling its cars does to others with all channels
off. Displacement is told beside, never added (rules.md 25).

>>> from experiments.economic_impact import economic_impact
>>> found = economic_impact(
...     "plan", pack="valley", seeds=[1], channels=(), horizon=24, settings={"burn_in": 3}
... )
>>> parts = [found.value("employee_jobs", row) for row in ("direct", "around it", "other channels")]
>>> bool(abs(sum(parts) - found.value("employee_jobs", "net")) < 1e-6)
True
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.channel_split import DIRECT as ALL_OFF
from experiments.channel_split import INTERACTION, TOTAL, Levels, split
from experiments.channels import SeedRuns
from experiments.displacement import displacement
from experiments.effects import t_interval
from experiments.impact import WINDOW
from experiments.impact_costs import bartik_table, cost_table
from experiments.impact_gap import gap_table, input_output_rows, waterfall_table
from experiments.impact_measures import MEASURES, by_month, own_by_month
from experiments.impact_study import ImpactRuns, ImpactStudy, Progress, plan_impact, run_impact
from experiments.input_output import input_output
from experiments.pool import Failure
from model import load_pack

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from experiments.simulate import Results
    from model import World

DIRECT, AROUND, NET, OTHERS = "direct", "around it", "net", "other channels"
MEAN = "mean"
COLUMNS = ["period", "measure", "unit", "row", "part", "mean", "low", "high"]
_KEYS = ["period", "measure", "unit", "row", "part"]


@dataclass(frozen=True, eq=False)
class EconomicImpact:
    """The impact of one world over another as a practitioner's table.

    `table`: columns period ("mean": of the last `WINDOW` months, or a calendar year), measure
    (`impact_measures.MEASURES`), unit, row, part ("first-in", "last-out", or "" where there is one
    number), mean, low, high: 95 % t intervals over seeds, not a number with one. `by_seed`: the
    same by seed. `io`: the same columns, rows "indirect", "induced" of parts "Type I" and
    "Type II". `gap`: measure, unit, row, mean, low, high. `costs`, `export`: see `impact_costs`.
    `displacement`: see `experiments.displacement`. `versions`, `pack`: what the runs were made with.
    """

    table: pd.DataFrame
    by_seed: pd.DataFrame
    io: pd.DataFrame
    gap: pd.DataFrame
    costs: pd.DataFrame
    export: pd.DataFrame
    displacement: pd.DataFrame
    channels: tuple[str, ...]
    rows: tuple[str, ...]
    world: str
    against: str
    seeds: list[int]
    first: str
    last: str
    runs: int
    failures: list[Failure] = field(default_factory=list)
    versions: Mapping[str, str] = field(default_factory=dict)
    pack: str = ""

    def value(
        self, measure: str, row: str, part: str = "", period: int | str = MEAN, column: str = "mean"
    ) -> float:
        """One number of the table; of a channel `part` is "first-in" or "last-out".

        Raises KeyError where there is none.
        """
        t = self.table
        found = t.loc[
            (t["period"] == str(period))
            & (t["measure"] == measure)
            & (t["row"] == row)
            & ((t["part"] == part) | ((part == "") & (t["part"] == "first-in"))),
            column,
        ]
        if found.empty:
            raise KeyError((measure, row, part, period))
        return float(found.iloc[0])

    @property
    def years(self) -> list[int]:
        """Calendar years of the run."""
        return [int(name) for name in self.table["period"].unique() if name != MEAN]

    def wide(self, period: int | str = MEAN, part: str = "first-in") -> pd.DataFrame:
        """Rows by measures, as the page has them; channels by one of their two readings."""
        t = self.table
        mine = t[(t["period"] == str(period)) & t["part"].isin(["", part])]
        page = mine.pivot(index="row", columns="measure", values="mean")
        return page.loc[list(self.rows), [m.name for m in MEASURES]]

    def to_pandas(self) -> pd.DataFrame:
        """A copy of the table."""
        return self.table.copy()

    def to_csv(self, folder: str | Path) -> list[Path]:
        """Write every table into a folder (made if need be); returns the files."""
        from experiments.impact_costs import write_bartik

        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        mean = self.table["period"] == MEAN
        tables = {
            "impact": self.table[mean],
            "impact_by_year": self.table[~mean],
            "impact_by_seed": self.by_seed,
            "input_output": self.io,
            "gap": self.gap,
            "cost_per_job": self.costs,
            "displacement": self.displacement,
        }
        files = []
        for name, table in tables.items():
            if len(table):
                files.append(folder / f"{name}.csv")
                table.to_csv(files[-1], index=False)
        return [*files, write_bartik(self, folder / "bartik.csv")]

    def plot(self) -> Figure:
        """The rows by year, and the way from Type II to the model: the page of `ornok impact`."""
        from experiments.plots import plot_economic_impact

        return plot_economic_impact(self)

    def __repr__(self) -> str:
        from experiments.display import repr_of

        return repr_of(self)

    def _repr_html_(self) -> str:
        from experiments.impact_page import as_html

        return as_html(self)


def economic_impact(
    world: str | Path | World = "plant",
    against: str | Path | World = "none",
    seeds: Iterable[int] = range(1, 6),
    *,
    channels: Sequence[str] | None = None,
    io: bool = True,
    release: bool = False,
    jobs: int = 1,
    progress: Progress | None = None,
    **arguments: Any,
) -> EconomicImpact:
    """The practitioner's impact table of `world` over `against`.

    `channels`: those told apart by runs of their own (all if None: 15 runs a seed; 3 with none, 2
    more for each). `io`: Type I and II beside it. `release`: the reasons for the gap, 10 runs a
    seed more. `jobs`: processes side by side. Other arguments are those of `simulate`. Raises
    `model.errors.InputError` before anything has run, and NoRunFinishedError when not one seed
    ran to its end.
    """
    study = plan_impact(world, against, seeds, channels=channels, release=release, **arguments)
    return impact_of_runs(study, run_impact(study, jobs=jobs, progress=progress), io=io)


def impact_of_runs(study: ImpactStudy, runs: ImpactRuns, *, io: bool = True) -> EconomicImpact:
    """The tables of runs that are already there."""
    one = runs.by_seed[0]
    dates = one.control.monthly["date"]
    periods = months_of(dates)
    by_seed = pd.DataFrame(
        [row for seed in runs.by_seed for row in _rows_of(seed, study, periods)],
        columns=["seed", *_KEYS, "value"],
    )
    table = with_intervals(by_seed, _KEYS)
    answers = gap = pd.DataFrame()
    if io:
        solved = input_output(load_pack(one.full.pack), one.full.params)
        answers = with_intervals(input_output_rows(runs.by_seed, solved, periods), _KEYS)
        gap = with_intervals(
            gap_table(runs, solved, periods[MEAN]) if runs.released
            else waterfall_table(runs, solved, periods[MEAN]),
            ["measure", "unit", "row"],
        )  # fmt: skip
    late = dates[periods[MEAN]]
    return EconomicImpact(
        table=table,
        by_seed=by_seed,
        io=answers,
        gap=gap,
        costs=cost_table(runs.by_seed, table, periods),
        export=bartik_table(runs.by_seed, table, answers, periods),
        displacement=displacement([(seed.full, seed.control) for seed in runs.by_seed]),
        channels=study.channels,
        rows=(DIRECT, *study.channels, AROUND, _rest(study), NET),
        world=one.full.world.name,
        against=one.control.world.name,
        seeds=[seed.control.seed for seed in runs.by_seed],
        first=f"{late.iloc[0]:%Y-%m}",
        last=f"{late.iloc[-1]:%Y-%m}",
        runs=study.runs,
        failures=list(runs.failures),
        versions=one.full.versions,
        pack=one.full.pack,
    )


def months_of(dates: pd.Series) -> dict[str, np.ndarray]:
    """Which months each period holds, bool [months]: the last `WINDOW` ones, and every year."""
    late = np.zeros(len(dates), np.bool_)
    late[-WINDOW:] = True
    years = {str(y): (dates.dt.year == y).to_numpy() for y in dates.dt.year.unique()}
    return {MEAN: late, **years}


def _rest(study: ImpactStudy) -> str:
    """The row of what is no channel's own; with channels that are not told apart, theirs too."""
    return INTERACTION if study.channels == study.among else OTHERS


def _rows_of(
    runs: SeedRuns, study: ImpactStudy, periods: Mapping[str, np.ndarray]
) -> list[tuple[Any, ...]]:
    """(seed, period, measure, unit, row, part, value) of one seed."""
    rows: list[tuple[Any, ...]] = []
    words = {ALL_OFF: AROUND, INTERACTION: _rest(study)}
    for measure in MEASURES:
        others = {off: _others(run, measure.name) for off, run in runs.by_off.items()}
        control = _others(runs.control, measure.name)
        own = own_by_month(runs.full, measure.name) - own_by_month(runs.control, measure.name)
        for period, months in periods.items():
            level = Levels(
                float(control[months].mean()),
                {off: float(series[months].mean()) for off, series in others.items()},
                float("nan"),
            )
            head = (runs.control.seed, period, measure.name, measure.unit)
            direct = float(own[months].mean())
            rows.append((*head, DIRECT, "", direct))
            for row, part, value in split(level, study.channels, among=study.among):
                if row == TOTAL:
                    rows.append((*head, NET, "", direct + value))
                else:
                    rows.append((*head, words.get(row, row), part, value))
    return rows


def _others(run: Results, name: str) -> np.ndarray:
    """The measure without the plant's own, by month."""
    rest: np.ndarray = by_month(run, name) - own_by_month(run, name)
    return rest


def with_intervals(by_seed: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Mean and 95 % t interval of `value` over seeds, in the order in which the keys come."""
    lines = []
    for key, group in by_seed.groupby(keys, sort=False):
        mean, low, high = t_interval(group["value"].to_numpy(float))
        lines.append((*key, float(mean), float(low), float(high)))
    return pd.DataFrame(lines, columns=[*keys, "mean", "low", "high"])
