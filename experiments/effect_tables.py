"""An effect by window, month, year, region or sector, each with its intervals and seeds needed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from experiments.intervals import interval_table
from experiments.outcomes import units
from model.calendar_months import period_of
from model.errors import InputError, nearest
from model.pack_fields import SECTORS

if TYPE_CHECKING:
    from experiments.effects import Effect

BY = ("window", "month", "year", "region", "sector")
_MEASURES = ("jobs", "value_added")


def check_by(by: str) -> None:
    """`model.errors.InputError` unless it is one of BY."""
    if by not in BY:
        hint = nearest(by, BY)
        raise InputError("unknown", field="by", value=by, allowed=", ".join(BY), hint=hint)


def effect_table(
    effect: Effect,
    outcomes: Sequence[str] | None = None,
    *,
    by: str = "window",
    first: str | None = None,
    last: str | None = None,
    half_width: float | None = None,
) -> pd.DataFrame:
    """The paired difference of two worlds, averaged over months `first` to `last` and grouped.

    `by`: window, month, year, region or sector. Columns: (group,) outcome, unit, n, mean, low, high
    (Student's 95 %), boot_low, boot_high, sd, and seeds_needed for the wished `half_width`. Values
    are monthly, in the outcome's own unit. Raises `model.errors.InputError`.
    """
    check_by(by)
    wide = _regional(effect) if by == "region" else effect.by_seed.reset_index()
    known = [name for name in wide.columns if name not in ("seed", "period", "region")]
    if outcomes is None:
        names = only_sectors(known) if by == "sector" else known
    else:
        names = list(outcomes)
    for name in names:
        if name not in known:
            raise InputError(
                "unknown name", field="outcomes", value=name, hint=nearest(name, known)
            )
    start = 0 if first is None else period_of(first)
    end = int(wide["period"].max()) if last is None else period_of(last)
    wide = wide[wide["period"].between(start, end)]
    if wide.empty:
        raise InputError("no month of the run", field="first, last", value=f"{first}, {last}")
    wide = wide.assign(month=wide["period"], year=2023 + wide["period"] // 12)
    groups = {"month": ["month"], "year": ["year"], "region": ["region"]}.get(by, [])
    means = wide.groupby([*groups, "seed"], sort=False)[names].mean().reset_index()
    long = means.melt([*groups, "seed"], names, "outcome", "value")
    table = interval_table(long, [*groups, "outcome"], half_width)
    table.insert(list(table.columns).index("n"), "unit", table["outcome"].map(units(names)))
    table = table.rename(columns={"month": "period"})
    return split_sectors(table) if by == "sector" else table


def _regional(effect: Effect) -> pd.DataFrame:
    """Differences by seed, period and region."""
    tables = []
    for one, other in zip(effect.pairs.treated, effect.pairs.control, strict=True):
        index = ["period", "region"]
        change = one.regional.drop(columns="date").set_index(index)
        change = change - other.regional.drop(columns="date").set_index(index)
        tables.append(change.reset_index().assign(seed=one.seed))
    return pd.concat(tables, ignore_index=True)


def only_sectors(names: Sequence[str]) -> list[str]:
    """The outcomes that are known by sector, of those named."""
    by_sector = [f"{measure}_{sector}" for measure in _MEASURES for sector in SECTORS]
    found = [name for name in names if name in by_sector]
    if not found:
        raise InputError(
            "none of the outcomes is known by sector", field="outcomes", value=", ".join(names),
            allowed="jobs_… or value_added_… of a sector, such as jobs_trade",
        )  # fmt: skip
    return found


def split_sectors(table: pd.DataFrame) -> pd.DataFrame:
    """`jobs_trade` becomes sector trade, outcome jobs; other rows are left out."""
    pairs = {f"{one}_{sector}": (one, sector) for one in _MEASURES for sector in SECTORS}
    table = table[table["outcome"].isin(list(pairs))].reset_index(drop=True)
    sectors = [pairs[name][1] for name in table["outcome"]]
    table.insert(list(table.columns).index("outcome"), "sector", sectors)
    return table.assign(outcome=[pairs[name][0] for name in table["outcome"]])
