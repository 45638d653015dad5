"""The reference case against its record: what happened, what the model says, what it misses.

`record.csv` holds the record with its sources. No month of a run reads it: what is an input or was
tuned to is marked so (`kind`), and only the rest can speak for the model.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from experiments.evidence.estimate import Estimate, as_dict, mean_of
from experiments.milestones import milestones
from model import World

if TYPE_CHECKING:
    from experiments.evidence.runs import Store

TABLE = Path(__file__).with_name("record.csv")
RUN = "plant"
KINDS = {
    "EMERGENT": "a result",
    "PARTLY FITTED": "a result, but a number was changed after it had been seen",
    "CALIBRATED": "a parameter was chosen for it",
    "INPUT": "given to the model",
    "PLAN": "announced, not happened: missing it is no fault of the model",
    "BEFORE": "before the run begins",
}


@dataclass(frozen=True)
class Fact:
    """One recorded figure: its value and range, and the outcome of the model that answers to it.

    `how`: sum or mean of the year's months; `ratio`: of yearly sums; `rate`: the year's sum over the
    mean of the second outcome.
    """

    series: str
    what: str
    year: int
    value: float
    low: float
    high: float
    unit: str
    outcome: str
    how: str
    kind: str
    grade: str
    source: str
    misses: str

    def of(self, monthly: pd.DataFrame) -> float:
        """The model's figure in one run; not a number where it has none."""
        if not self.outcome:
            return math.nan
        months = monthly[monthly["date"].dt.year == self.year]
        sums, means = (getattr(months, f)(numeric_only=True) for f in ("sum", "mean"))
        if self.how == "rate":
            top, bottom = (part.strip() for part in self.outcome.split("/"))
            return float(sums[top] / means[bottom])
        values = means if self.how == "mean" else sums
        return float(np.asarray(pd.DataFrame([values]).eval(self.outcome), float)[0])


@cache
def facts() -> tuple[Fact, ...]:
    """The record, in the order of the table."""
    with TABLE.open(newline="", encoding="utf-8") as file:
        return tuple(
            Fact(
                **{
                    **line,
                    "year": int(line["year"]),
                    **{name: float(line[name]) for name in ("value", "low", "high")},
                }  # type: ignore[arg-type]  # the csv module knows texts only
            )
            for line in csv.DictReader(file)
        )


@dataclass(frozen=True)
class Comparison:
    """A fact and what the runs say: mean over seeds, and the part of seeds within the range."""

    fact: Fact
    model: Estimate
    within: float

    @property
    def holds(self) -> bool | None:
        """Whether the mean lies in the recorded range; None without a figure of the model."""
        if not self.model.known:
            return None
        return self.fact.low <= self.model.value <= self.fact.high

    def to_dict(self) -> dict[str, Any]:
        """For `evidence.json`."""
        return {
            **{name: getattr(self.fact, name) for name in Fact.__dataclass_fields__},
            "model": as_dict(self.model),
            "within": self.within if math.isfinite(self.within) else None,
            "holds": self.holds,
        }


def compare(runs: Sequence[pd.DataFrame]) -> list[Comparison]:
    """Every fact against these runs' months."""
    out = []
    for fact in facts():
        values = [fact.of(monthly) for monthly in runs]
        known = [x for x in values if math.isfinite(x)]
        inside = [fact.low <= x <= fact.high for x in known]
        share = sum(inside) / len(inside) if inside else math.nan
        out.append(Comparison(fact, mean_of(values), share))
    return out


def reference_runs(store: Store, seeds: Sequence[int]) -> list[pd.DataFrame]:
    """Months of the reference plant's runs that are there."""
    runs = [store.get(RUN, seed) for seed in seeds]
    return [run.table("monthly") for run in runs if run is not None]


def announced(runs: Sequence[pd.DataFrame], pack: str) -> pd.DataFrame:
    """The announced path: with what probability each promise is ever reached (see `milestones`)."""
    world = World.load(RUN)
    stand_ins = [SimpleNamespace(monthly=m, world=world, pack=pack) for m in runs]
    return milestones(cast(Any, stand_ins))


def draw_record(figure: Any, runs: Sequence[pd.DataFrame], found: Sequence[Comparison]) -> None:
    """The plant's cars against plan and record; the record's bands."""
    from experiments.report import BLACK, BLUE, GREY, RED

    path, bands = figure.subplots(1, 2)
    # Half a year at the end of a run is no year.
    whole = runs[0].groupby(runs[0]["date"].dt.year).size() == 12
    yearly = [m.groupby(m["date"].dt.year)["cars_made"].sum()[whole] for m in runs]
    years = yearly[0].index.to_numpy()
    values = np.stack([one.to_numpy(float) for one in yearly])
    for row in values:
        path.plot(years, row, color=BLUE, alpha=0.25, lw=0.8)
    path.plot(years, values.mean(axis=0), color=BLUE, lw=2, label="model (thin: one seed)")
    plan = runs[0].groupby(runs[0]["date"].dt.year)["announced_capacity"].mean()
    path.plot(plan.index, plan, "--", color=GREY, label="announced")
    real = [one for one in found if one.fact.series == "plant" and one.fact.unit == "cars"]
    for one in real:
        path.errorbar(
            one.fact.year, one.fact.value,
            [[one.fact.value - one.fact.low], [one.fact.high - one.fact.value]],
            fmt="o", color=RED, ms=5, capsize=3, label="happened" if one is real[0] else None,
        )  # fmt: skip
    path.set_yscale("symlog", linthresh=1000)
    path.set_yticks(
        [0, 500, 1000, 3000, 10_000, 30_000], ["0", "500", "1,000", "3,000", "10,000", "30,000"]
    )
    path.set_title("Cars a year at the plant")
    path.legend()
    shown = [one for one in found if one.holds is not None and one.fact.kind != "PLAN"]
    for k, one in enumerate(reversed(shown)):
        fact = one.fact
        bands.plot(
            [fact.low / fact.value, fact.high / fact.value], [k, k], color=GREY, lw=6, alpha=0.35
        )
        colour = RED if not one.holds else BLUE if fact.kind == "EMERGENT" else BLACK
        bands.plot(one.model.value / fact.value, k, "o", color=colour, ms=5)
    names = [
        f"{one.fact.what}, {one.fact.year} ({one.fact.kind.lower()})" for one in reversed(shown)
    ]
    bands.set_yticks(range(len(shown)), names, fontsize=8)
    bands.axvline(1.0, color=GREY, lw=0.8)
    bands.set_title("Model over record (grey: its range; red: outside)")


def page_lines(found: Sequence[dict[str, Any]]) -> list[tuple[str, ...]]:
    """The comparison as cells of a table: what, year, recorded, model, within, kind, misses."""
    lines: list[tuple[str, ...]] = []
    for one in found:
        model = one["model"]
        value = "–" if model["value"] is None else _figure(model["value"])
        if model["half_width"] is not None:
            value += f" ± {_figure(model['half_width'], model['value'])}"
        span = (
            ""
            if one["low"] == one["high"]
            else f" ({_figure(one['low'])} to {_figure(one['high'])})"
        )
        holds = {True: "yes", False: "**no**", None: "–"}[one["holds"]]
        if one["kind"] == "PLAN":
            holds = "as it happened" if not one["holds"] else "yes"
        lines.append(
            (one["what"], str(one["year"]), f"{_figure(one['value'])}{span}", value, holds,
             one["kind"].lower(), f"{one['source']} ({one['grade']})", one["misses"])
        )  # fmt: skip
    return lines


def _figure(value: float, beside: float = 0.0) -> str:
    """A number, in billions where it or what it stands `beside` is one."""
    if max(abs(value), abs(beside)) >= 1e9:
        billions = value / 1e9
        return f"{billions:,.0f} bn" if abs(billions) >= 1.0 else f"{billions:.2g} bn"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
