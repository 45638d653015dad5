"""Plan against outcome: with what probability each promise is kept, when, and what binds if not.

Reached: over twelve months together (cars: their sum; jobs: their mean; local content: of the twelve
months), by the end of the promised year. What binds is read from the run's own records in the
promised year: the panel of plants (what each month's output was limited by), and the recorded
reasons of failed bids. Where nothing was recorded it says so.

>>> from experiments.plan_check import plan_check
>>> found = plan_check("plan", seeds=[1], pack="valley", horizon=36, settings={"burn_in": 3})
>>> found.table["what"].tolist()
['cars', 'jobs', 'local_content']
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.announcement import Promise, announced, read_plan
from experiments.effects import NoRunFinishedError
from experiments.milestones import first_year, wilson_interval
from experiments.panels import PanelPlan
from experiments.plant_panel import CAPACITY, CREW, NOT_OPEN
from experiments.pool import Failure, run_all
from experiments.simulate import Results, Setup, prepare
from model.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from model import World

NOT_RECORDED = "not recorded"
NO_BIDDER = "no bidder for an open part"
NOTHING_AT_HOME = "the site buys nothing at home"
BIDS = {
    "failed_price": "bids: price", "failed_quality": "bids: quality",
    "failed_certification": "bids: certificate", "failed_scale": "bids: scale",
    "failed_capacity": "bids: suppliers' capacity", "failed_finance": "bids: finance",
    "failed_distance": "bids: distance",
}  # fmt: skip
COLUMNS = [
    "what", "year", "unit", "target", "seeds", "in_time", "probability", "low", "high", "ever",
    "probability_ever", "low_ever", "high_ever", "median_year", "first_quartile", "third_quartile",
    "binding", "binding_share", "next_stage",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class PlanCheck:
    """How a plan fared over seeds.

    `table`: one row a promise. Columns what, year, unit, target; seeds; `in_time` (seeds that
    reached it by the end of the year), their share `probability` with the 95 % Wilson interval `low`,
    `high`; the same for `ever` (by the end of the run); median and quartiles of the year of those
    that reached it; `binding`: the reason on record for most of the promised year where it was
    missed, with its share; `next_stage`: what the plant's next stage waited for.
    `reasons`: what, year, target, reason, share: all of them.
    """

    table: pd.DataFrame
    reasons: pd.DataFrame
    world: str
    pack: str
    seeds: list[int]
    beyond: list[Promise] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    def to_pandas(self) -> pd.DataFrame:
        """A copy of the table."""
        return self.table.copy()

    def to_csv(self, folder: str | Path) -> list[Path]:
        """Write `plan.csv` and `reasons.csv` into a folder (made if need be)."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self.table.to_csv(folder / "plan.csv", index=False)
        self.reasons.to_csv(folder / "reasons.csv", index=False)
        return [folder / "plan.csv", folder / "reasons.csv"]

    def _repr_html_(self) -> str:
        head = f"Plan against outcome: world <b>{escape(self.world)}</b>, {len(self.seeds)} seed(s)"
        return f"<p>{head}</p>{self.table.to_html(index=False, float_format='{:,.3g}'.format)}"


def plan_check(
    world: str | Path | World = "plant",
    plan: str | Path | Sequence[Promise] | None = None,
    seeds: Iterable[int] = range(1, 6),
    *,
    jobs: int = 1,
    progress: Callable[[int, int, int], None] | None = None,
    **arguments: Any,
) -> PlanCheck:
    """Run a world for every seed and hold it against a plan (the pack's own if None).

    `plan`: a TOML or CSV file (`experiments.announcement`), or promises. `arguments` are those of
    `simulate`. Raises `model.errors.InputError` before anything has run, NoRunFinishedError when
    not one seed ran to its end.
    """
    setups, promises, beyond = prepare_check(world, plan, seeds, **arguments)
    done = run_all(setups, jobs=jobs, progress=progress)
    return check_of(done, promises, beyond)


def prepare_check(
    world: str | Path | World,
    plan: str | Path | Sequence[Promise] | None,
    seeds: Iterable[int],
    **arguments: Any,
) -> tuple[list[Setup], list[Promise], list[Promise]]:
    """Runs, the promises that fall into them, and those of the pack that come later."""
    setups = [
        replace(prepare(world, seed=seed, **arguments), panels=PanelPlan(("plants",)))
        for seed in seeds
    ]
    if not setups:
        raise InputError("no seeds: name at least one", field="seeds", value=[])
    first = setups[0]
    if not first.world.plants:
        raise InputError(
            "has no plant that could keep a promise", field="world", value=first.world.name,
            allowed="a world with a plant",
        )  # fmt: skip
    promises = announced(first) if plan is None else plan
    if isinstance(promises, str | Path):
        promises = read_plan(promises)
    last = 2022 + int(first.params.horizon) // 12
    inside = [one for one in promises if 2023 <= one.year <= last]
    beyond = [one for one in promises if one not in inside]
    if beyond and (plan is not None or not inside):
        raise InputError(
            "is not a whole year of the run", field="year", value=beyond[0].year,
            allowed=f"2023 to {last}; a longer --horizon for later ones",
        )  # fmt: skip
    return setups, inside, beyond


def check_of(
    done: Sequence[Results | Failure], promises: Sequence[Promise], beyond: Sequence[Promise] = ()
) -> PlanCheck:
    """The tables of runs that are already there (with the panel `plants`)."""
    runs = [one for one in done if isinstance(one, Results)]
    failures = [one for one in done if isinstance(one, Failure)]
    if not runs:
        raise NoRunFinishedError(failures)
    rows, reasons = [], []
    for promise in promises:
        line, why = _judge(runs, promise)
        rows.append(line)
        reasons += [(promise.what, promise.year, promise.target, *one) for one in why]
    return PlanCheck(
        pd.DataFrame(rows, columns=COLUMNS),
        pd.DataFrame(reasons, columns=["what", "year", "target", "reason", "share"]),
        runs[0].world.name,
        runs[0].pack,
        [run.seed for run in runs],
        list(beyond),
        failures,
    )


def _judge(
    runs: Sequence[Results], promise: Promise
) -> tuple[tuple[Any, ...], list[tuple[str, float]]]:
    """The promise's row, and every reason on record where it was missed with its share."""
    kind = promise.kind
    first = [first_year(run.monthly, kind.outcome, promise.target) for run in runs]
    years = [year for year in first if year is not None]
    kept = sum(year <= promise.year for year in years)
    quartiles = np.percentile(years, [50, 25, 75]) if years else [np.nan] * 3
    missed = [
        run for run, year in zip(runs, first, strict=True) if year is None or year > promise.year
    ]
    why = reasons_of(missed, promise)
    waits = _next_stage(missed, promise.year) if why and why[0][0] == CAPACITY else ""
    n = len(runs)
    line = (
        promise.what, promise.year, kind.unit, promise.target, n, kept, kept / n,
        *wilson_interval(kept, n), len(years), len(years) / n, *wilson_interval(len(years), n),
        *(float(x) for x in quartiles), why[0][0] if why else "", why[0][1] if why else np.nan,
        waits,
    )  # fmt: skip
    return line, why


# --- What binds -------------------------------------------------------------------------------------


def reasons_of(missed: Sequence[Results], promise: Promise) -> list[tuple[str, float]]:
    """(reason, share) of the runs that missed a promise, the most frequent first.

    Of cars and jobs: shares of plant-months of the promised year; of local content: of failed bids.
    Each run counts the same.
    """
    shares: dict[str, float] = {}
    for run in missed:
        counted = _of_content(run, promise.year) if promise.what == "local_content" else (
            _of_months(run, promise)
        )  # fmt: skip
        total = sum(counted.values())
        for reason, count in counted.items():
            shares[reason] = shares.get(reason, 0.0) + count / total / len(missed)
    return sorted(shares.items(), key=lambda pair: (-pair[1], pair[0]))


def _year_of(run: Results, year: int) -> pd.DataFrame:
    """The panel of plants in one calendar year."""
    months = run.monthly.index[run.monthly["date"].dt.year == year]
    panel = run.panels["plants"]
    return panel[panel["period"].isin(months)]


def _of_months(run: Results, promise: Promise) -> dict[str, float]:
    """Months by what limited output; of jobs: a crew that is short of what the plant wants first.

    A plant whose crew is complete wants no more hands for its volume, so volume's limit is the jobs'.
    """
    panel = _year_of(run, promise.year)
    limit = panel["limit"]
    if promise.what == "jobs":
        short = (panel["employees"] < panel["wanted"]) & (limit != NOT_OPEN)
        limit = limit.where(~short, CREW)
    counted = {str(name): float(count) for name, count in limit.value_counts().items()}
    return counted or {NOT_RECORDED: 1.0}


def _of_content(run: Results, year: int) -> dict[str, float]:
    """Failed bids by reason: of the year, or else of all months before its end."""
    if not any(site.local_purchases for site in run.world.plants):
        return {NOTHING_AT_HOME: 1.0}
    dates = run.monthly["date"].dt.year
    for months in (dates == year, dates <= year):
        sums = run.monthly.loc[months, list(BIDS)].sum()
        failed = {BIDS[str(name)]: float(count) for name, count in sums.items() if count > 0.0}
        if failed:
            return failed
    if (_year_of(run, year)["limit"] == NOT_OPEN).all():
        return {NOT_OPEN: 1.0}
    if float(run.monthly.loc[dates == year, "tenders_open"].sum()) > 0.0:
        return {NO_BIDDER: 1.0}
    return {NOT_RECORDED: 1.0}


def _next_stage(missed: Sequence[Results], year: int) -> str:
    """What the next stage waited for in most plant-months of the year."""
    counted: Counter[str] = Counter()
    for run in missed:
        counted.update(_year_of(run, year)["next_stage"].tolist())
    return counted.most_common(1)[0][0] if counted else NOT_RECORDED
