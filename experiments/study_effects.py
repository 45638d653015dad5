"""Effects out of a study's folder, without running anything again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from experiments.effect_tables import BY, check_by, only_sectors, split_sectors
from experiments.intervals import interval_table
from experiments.outcomes import units
from experiments.study_rows import REGIONS, RUNS
from experiments.study_tables import Tables, choose, design_table

if TYPE_CHECKING:
    from experiments.study_plan import Plan

# How the months of a study fall into groups; period 0 is 2023-01.
_GROUPS = {
    "window": "0 AS whole",
    "sector": "0 AS whole",
    "month": "a.period",
    "year": "2023 + a.period // 12 AS year",
    "region": "a.region",
}


def study_effects(
    plan: Plan,
    outcomes: Sequence[str] | None = None,
    *,
    by: str = "window",
    worlds: Sequence[str] | None = None,
    first: str | None = None,
    last: str | None = None,
    half_width: float | None = None,
    tables: Tables | None = None,
) -> pd.DataFrame:
    """Every world against the study's `against`, paired by seed, at every point of the design.

    `by`: one of window (the mean of months `first` to `last`), month, year, region, sector. Rows:
    point, parameters, world, (group,) outcome, unit, n, mean, low, high (Student's 95 %), boot_low,
    boot_high, sd, and seeds_needed for the wished `half_width`. Values are monthly, in the
    outcome's own unit. Raises `model.errors.InputError`.
    """
    check_by(by)
    if by == "sector":
        outcomes = only_sectors(plan.kit.keep.outcomes if outcomes is None else outcomes)
    choice = choose(plan, outcomes, worlds, first, last)
    tables = tables or Tables(plan)
    wide = tables.differences(choice, _GROUPS[by], REGIONS if by == "region" else RUNS)
    groups = ["point", "world", *([by if by != "month" else "period"] if by in BY[1:4] else [])]
    names = [name for name in choice.outcomes if name in wide.columns]
    long = wide.melt([*groups, "seed"], names, "outcome", "value")
    table = interval_table(long, [*groups, "outcome"], half_width)
    order = {name: number for number, name in enumerate(names)}
    table = table.sort_values(
        "outcome", key=lambda column: column.map(order), kind="stable", ignore_index=True
    ).sort_values(groups, kind="stable", ignore_index=True)
    table.insert(list(table.columns).index("n"), "unit", table["outcome"].map(units(names)))
    if by == "sector":
        table = split_sectors(table)
    varied = design_table(plan.design)
    return varied.merge(table, on="point", how="right")
