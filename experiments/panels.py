"""Panels on request: firms, workers, plants over time, contracts, entries, why bids failed.

A panel is a table with one row a unit and snapshot, or one row an event. Nobody's run pays for a
panel that was not asked for. Money and counts are those of the agents themselves: nothing here is
multiplied by the scale.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.plant_panel import plant_rows, plant_table

if TYPE_CHECKING:
    from model import RegionalModel
    from model.population import Population

FIRM_COLUMNS = (
    "region", "sector", "origin", "ownership", "age", "employees", "productivity", "wage_bill",
    "revenue", "material_cost", "price", "capital", "cash", "debt", "component", "quality",
    "certified", "knowledge", "experience", "supplier_tier", "part_sales",
)  # fmt: skip
WORKER_COLUMNS = (
    "region", "age_months", "education", "occupation", "skill", "auto_skill", "status", "employer",
    "pool_sector", "wage", "tenure", "income", "savings",
)  # fmt: skip
NAMES = ("firms", "workers", "contracts", "failures", "entries", "plants")


@dataclass(frozen=True)
class PanelPlan:
    """Which panels a run keeps, and how finely.

    `every`: months from one snapshot of firms and workers to the next, the first at the end of the
    year (or of the first `every` months) from period `first` on, of workers not before
    `workers_first`. `share`: of the workers that are
    followed, chosen by identity alone, so the same people in every world. `firm_columns`,
    `worker_columns`: what is kept of them beside identity and row.

    Raises `model.errors.InputError` for an unknown panel or column, or a share outside 0 to 1.
    """

    names: tuple[str, ...] = ()
    every: int = 12
    first: int = 0
    workers_first: int = 0
    share: float = 0.05
    firm_columns: tuple[str, ...] = FIRM_COLUMNS
    worker_columns: tuple[str, ...] = WORKER_COLUMNS

    def __post_init__(self) -> None:
        from model.errors import InputError, nearest
        from model.firms import Firms
        from model.workers import Workers

        for field, given, known in (
            ("panels", self.names, NAMES),
            ("firm_columns", self.firm_columns, tuple(c.name for c in Firms.describe())),
            ("worker_columns", self.worker_columns, tuple(c.name for c in Workers.describe())),
        ):
            for name in given:
                if name not in known:
                    raise InputError(
                        "unknown name",
                        field=field,
                        value=name,
                        allowed=", ".join(known),
                        hint=nearest(name, known),
                    )
        if not 0.0 < self.share <= 1.0:
            raise InputError(
                "out of range", field="panel_share", value=self.share, allowed="above 0, up to 1"
            )
        if self.every < 1:
            raise InputError("out of range", field="every", value=self.every, allowed="1 or more")

    def due(self, name: str, period: int) -> bool:
        """Whether a snapshot of these agents is taken at the end of this month."""
        first = max(self.first, self.workers_first if name == "workers" else 0, 0)
        return name in self.names and period >= first and (period + 1) % self.every == 0


class PanelRecorder:
    """Takes the snapshots while a run goes on and hands out the tables at its end."""

    def __init__(self, plan: PanelPlan) -> None:
        self._plan = plan
        self._taken: dict[str, list[pd.DataFrame]] = {"firms": [], "workers": []}
        self._plants: list[tuple[Any, ...]] = []

    def note(self, model: RegionalModel) -> None:
        """At the end of a month: a snapshot if one is due."""
        for name, chosen in (("firms", firms_in_business), ("workers", workers_followed)):
            if self._plan.due(name, model.period):
                self._taken[name].append(chosen(model, self._plan))
        if "plants" in self._plan.names and model.period >= 0:
            self._plants += plant_rows(model)

    def copy(self) -> PanelRecorder:
        """Another recorder with the same snapshots so far, which are never written to."""
        twin = PanelRecorder(self._plan)
        twin._taken = {name: list(taken) for name, taken in self._taken.items()}
        twin._plants = list(self._plants)
        return twin

    def tables(self, model: RegionalModel) -> dict[str, pd.DataFrame]:
        """Every panel that was asked for, by name, with units in `.attrs["units"]`."""
        out: dict[str, pd.DataFrame] = {}
        for name in self._plan.names:
            if name in EVENTS:
                out[name] = EVENTS[name](model)
                continue
            if name == "plants":
                out[name] = plant_table(self._plants, model.pack.sectors)
                continue
            columns, population = {
                "firms": (self._plan.firm_columns, model.firms),
                "workers": (self._plan.worker_columns, model.workers),
            }[name]
            empty = snapshot(population, np.zeros(0, np.int64), columns, 0)
            taken = self._taken[name]
            out[name] = pd.concat(taken, ignore_index=True) if taken else empty
            known = {c.name: c.unit for c in type(population).describe()}
            out[name].attrs["units"] = {"period": "month"} | {
                column: known[column] for column in out[name].columns if column in known
            }
        return out


# --- Snapshots --------------------------------------------------------------------------------------


def snapshot(
    population: Population, rows: np.ndarray, columns: Sequence[str], period: int
) -> pd.DataFrame:
    """Period, row, identity and these columns of these rows."""
    table = {
        "period": np.full(len(rows), period, np.int32),
        "row": rows.astype(np.int32),
        "identity": population.values("identity")[rows],
    }
    for name in columns:
        values = population.values(name)[rows]
        if values.ndim == 1:
            table[name] = values
        else:
            table |= {f"{name}_{k}": values[:, k] for k in range(values.shape[1])}
    return pd.DataFrame(table)


def firms_in_business(model: RegionalModel, plan: PanelPlan) -> pd.DataFrame:
    """Every firm in business now; plants among them."""
    rows = np.flatnonzero(model.firms.alive)
    return snapshot(model.firms, rows, plan.firm_columns, model.period)


def workers_followed(model: RegionalModel, plan: PanelPlan) -> pd.DataFrame:
    """The workers whose identity falls into the sample; an heir is another person."""
    rows = np.flatnonzero(sampled(model.workers.identity, plan.share))
    return snapshot(model.workers, rows, plan.worker_columns, model.period)


def sampled(identity: np.ndarray, share: float) -> np.ndarray:
    """Whether each identity (uint64 [n]) is in the sample; bool [n].

    The finalizer of SplitMix64 (Steele, Lea & Flood 2014 (m)) as a hash: no draw of the model, the
    same people in every world and run, and a larger share contains the smaller one.
    """
    if share >= 1.0:
        return np.ones(len(identity), np.bool_)
    x = identity + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    x ^= x >> np.uint64(31)
    kept: np.ndarray = (x >> np.uint64(11)).astype(np.float64) * 2.0**-53 < share
    return kept


# --- Events -----------------------------------------------------------------------------------------


def contract_table(model: RegionalModel) -> pd.DataFrame:
    """Every contract for parts, ended and running: buyer, seller, part, share, price, value, dates.

    `end` is the month it ended or will end; `value` what was paid so far, in the miniature's KGS.
    """
    parts = [str(name) for name in model.pack.components["name"]]
    columns = ("buyer", "seller", "identity", "part", "share", "price", "value", "award", "start",
               "end", "running")  # fmt: skip
    live = {id(one) for one in model.contracts}
    rows = [
        (c.plant.name, c.firm, c.identity, parts[c.component], c.share, c.price, c.paid, c.award,
         c.start, c.closed if c.closed >= 0 else c.end, id(c) in live)
        for c in (*model.past_contracts, *model.contracts)
    ]  # fmt: skip
    units = {"share": "share of the part", "price": "KGS a car set", "value": "KGS"}
    table = _events(rows, columns, units | dict.fromkeys(("award", "start", "end"), "month"))
    table["identity"] = identities(table["identity"])
    return table


def failure_table(model: RegionalModel) -> pd.DataFrame:
    """The outcome of every candidate in every tender, with the reason."""
    parts = [str(name) for name in model.pack.components["name"]]
    table = record_table(model.failures)
    if len(table):
        table["part"] = [parts[k] for k in table.pop("component")]
        table.attrs["units"] = {"period": "month", "bid": "KGS a car set", "limit": "KGS a car set"}
    return table


def entry_table(model: RegionalModel) -> pd.DataFrame:
    """Entries and exits as the model logs them, entries first; column `event` says which."""
    parts = []
    for event, name in (("entry", "entry_log"), ("exit", "exit_log")):
        table = record_table(getattr(model, name, []))
        if len(table):
            for column in {"identity", "founder"} & set(table.columns):
                table[column] = identities(table[column])
            table.insert(0, "event", event)
            parts.append(table)
    if not parts:
        return _openings(model)
    table = pd.concat(parts, ignore_index=True)
    table.attrs["units"] = {"period": "month"}
    return table


def _openings(model: RegionalModel) -> pd.DataFrame:
    """Founders by month, as the run's path has them: where the model keeps no log of its own."""
    columns = ("event", "period", "founder", "identity", "sector")
    rows = [
        ("entry", period, *opening)
        for period, opened in enumerate(model.path.openings)
        for opening in opened
    ]
    return _events(rows, columns, {"period": "month", "founder": "worker row"})


def record_table(records: Iterable[Any]) -> pd.DataFrame:
    """Dataclasses or named tuples as rows; agents among their fields by name."""
    rows = []
    for record in records:
        names = [f.name for f in fields(record)] if is_dataclass(record) else record._fields
        rows.append({name: _plain(getattr(record, name)) for name in names})
    return pd.DataFrame(rows)


def identities(values: Iterable[int]) -> pd.Series:
    """Identities of 64 bits in a type that holds them all; nobody (−1) is missing.

    Left to pandas they would be floats without their last digits, or another type in each run.
    """
    known = [pd.NA if value < 0 else int(value) for value in values]
    return pd.Series(pd.array(known, dtype="UInt64"))


def _plain(value: Any) -> Any:
    simple = value is None or isinstance(value, bool | int | float | str | np.generic)
    return value if simple else str(getattr(value, "name", value))


def _events(
    rows: Sequence[tuple[Any, ...]], columns: Sequence[str], units: Mapping[str, str]
) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=list(columns))
    table.attrs["units"] = dict(units)
    return table


EVENTS: Mapping[str, Callable[[RegionalModel], pd.DataFrame]] = {
    "contracts": contract_table,
    "failures": failure_table,
    "entries": entry_table,
}
