"""The records of firms' births and deaths, and what they say: counts by origin, survival.

Identity: firms of an origin now = firms before + entries − exits of that origin.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from model.firms import (
    CONVERSION,
    FOREIGN_ENTRANT,
    INCUMBENT,
    ORIGIN_NAMES,
    SERVICE,
    SPINOFF,
    SUPPLIER,
    TRADITIONAL,
)

if TYPE_CHECKING:
    from model.model import RegionalModel

# Names in the outcomes; plants are counted elsewhere.
ORIGINS = {
    INCUMBENT: "incumbent", TRADITIONAL: "traditional", SERVICE: "service", SUPPLIER: "supplier",
    SPINOFF: "spinoff", FOREIGN_ENTRANT: "foreign", CONVERSION: "conversion",
}  # fmt: skip


class Entry(NamedTuple):
    """A firm that opened; `parent` is a row or −1, `founder` a worker's identity or −1."""

    row: int
    identity: int
    period: int
    origin: int
    region: int
    sector: int
    component: int
    parent: int
    founder: int


class Exit(NamedTuple):
    """A firm that closed, with its debt and overdraft that nobody pays, KGS."""

    row: int
    identity: int
    period: int
    origin: int
    region: int
    component: int
    written_off: float


def open_month_of_records(model: RegionalModel) -> None:
    """Nobody has opened or closed this month yet."""
    model.entries_by_origin[:] = 0
    model.exits_by_origin[:] = 0


def note_entry(model: RegionalModel, row: int) -> None:
    """Write down a firm that has just opened."""
    f = model.firms
    owner = int(f.founder[row])
    person = int(model.workers.identity[owner]) if owner >= 0 else -1
    model.entries_by_origin[int(f.origin[row])] += 1
    model.entry_log.append(
        Entry(
            int(row), int(f.identity[row]), int(model.period), int(f.origin[row]),
            int(f.region[row]), int(f.sector[row]), int(f.component[row]), int(f.parent[row]),
            person,
        )
    )  # fmt: skip


def note_exits(model: RegionalModel, rows: np.ndarray) -> None:
    """Write down firms that are about to close, with what the bank loses on them."""
    f = model.firms
    lost = f.debt[rows] + np.maximum(-f.cash[rows], 0.0)
    model.exits_by_origin += np.bincount(f.origin[rows], minlength=len(ORIGIN_NAMES))
    for row, loss in zip(rows, lost, strict=True):
        model.exit_log.append(
            Exit(
                int(row), int(f.identity[row]), int(model.period), int(f.origin[row]),
                int(f.region[row]), int(f.component[row]), float(loss),
            )
        )  # fmt: skip


def lifetimes(
    entries: Iterable[Entry], exits: Iterable[Exit], now: int
) -> tuple[np.ndarray, np.ndarray]:
    """Months lived until exit or until `now`, and whether the firm has closed; [len(entries)].

    Rows are never used again, so a row tells which firm.
    """
    closed = {one.row: one.period for one in exits}
    lived = [(closed.get(one.row, now) - one.period, one.row in closed) for one in entries]
    if not lived:
        return np.zeros(0, np.int64), np.zeros(0, np.bool_)
    months, ended = zip(*lived)
    return np.array(months, np.int64), np.array(ended, np.bool_)


def survival_curve(months: np.ndarray, ended: np.ndarray, ages: Sequence[int]) -> np.ndarray:
    """Share of entrants in business after so many months; float64 [len(ages)].

    The product-limit estimate (Kaplan & Meier 1958): firms that are still in business when the
    run ends count as long as they were seen. At a constant yearly hazard h it is (1 − h)^years.
    NaN for ages that no firm has reached. `months`, `ended`: see `lifetimes`.
    """
    out = np.full(len(ages), np.nan)
    if len(months) == 0:
        return out
    longest = int(months.max())
    deaths = np.bincount(months[ended], minlength=longest + 1)
    seen = np.bincount(months, minlength=longest + 1)
    at_risk = seen[::-1].cumsum()[::-1]
    alive = np.cumprod(1.0 - deaths / np.maximum(at_risk, 1))
    for k, age in enumerate(ages):
        if age <= longest:
            out[k] = alive[age]
    return out


@njit(cache=True)
def add_firms(alive, region, origin, firms):  # type: ignore[no-untyped-def]
    """Count firms in business in `firms` [R, origins]."""
    for f in range(len(alive)):
        if alive[f]:
            firms[region[f], origin[f]] += 1


def count_firms(model: RegionalModel) -> np.ndarray:
    """Firms in business by region and origin, plants among them; int64 [R, origins]."""
    f, firms = model.firms, np.zeros((len(model.pack.region_ids), len(ORIGIN_NAMES)), np.int64)
    add_firms(f.alive, f.region, f.origin, firms)
    return firms


def demography_measures(model: RegionalModel, firms: np.ndarray) -> dict[str, float]:
    """Entries, exits and stock of firms by origin, in agents; `firms` as of `count_firms`."""
    stock = firms.sum(axis=0)
    out = {}
    for code, name in ORIGINS.items():
        out[f"firms_{name}"] = float(stock[code])
        out[f"exits_{name}"] = float(model.exits_by_origin[code])
        if code != INCUMBENT:
            out[f"entries_{name}"] = float(model.entries_by_origin[code])
    return out
