"""Reading a study's parts in place with DuckDB: nothing is loaded that is not asked for."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pandas as pd

from experiments.runs_store import facts_of, parts, steady
from experiments.study_plan import Plan
from experiments.study_rows import REGIONS, RUNS
from model.calendar_months import period_of
from model.errors import InputError, nearest

if TYPE_CHECKING:
    from experiments.designs import Design

__all__ = ["Choice", "Tables", "choose", "design_table", "runs_table"]


@dataclass(frozen=True)
class Choice:
    """Part of a study's months: outcomes, worlds, periods `first` to `last` (both in it)."""

    outcomes: tuple[str, ...]
    worlds: tuple[str, ...]
    first: int
    last: int


def choose(
    plan: Plan,
    outcomes: Sequence[str] | None = None,
    worlds: Sequence[str] | None = None,
    first: str | None = None,
    last: str | None = None,
) -> Choice:
    """A checked choice; what is not given is all there is.

    `first` and `last` are months, `YYYY-MM`. Raises `model.errors.InputError`.
    """
    keep = plan.kit.keep
    chosen = list(outcomes) if outcomes is not None else list(keep.outcomes)
    _known("outcomes", chosen, keep.outcomes)
    names = list(worlds) if worlds is not None else plan.worlds
    _known("worlds", names, plan.worlds)
    ends = []
    for field, written, default in (("from", first, keep.first), ("to", last, keep.last)):
        period = default if written is None else period_of(written)
        if not keep.first <= period <= keep.last:
            raise InputError("a month that the study does not keep", field=field, value=written)
        ends.append(period)
    if ends[0] > ends[1]:
        raise InputError("is before the first month", field="to", value=last)
    return Choice(tuple(chosen), tuple(names), ends[0], ends[1])


def _known(field: str, given: Sequence[str], known: Sequence[str]) -> None:
    for name in given:
        if name not in known:
            few = ", ".join(known) if len(known) < 30 else "the outcomes the study keeps"
            hint = nearest(name, known)
            raise InputError("not in the study", field=field, value=name, allowed=few, hint=hint)


def design_table(design: Design) -> pd.DataFrame:
    """One row a point: `point` (from 1) and the value of every parameter that varies."""
    columns = dict(zip(design.names, zip(*design.points, strict=True), strict=True))
    table = pd.DataFrame({name: list(values) for name, values in columns.items()})
    table.insert(0, "point", range(1, len(design.points) + 1))
    return table


def runs_table(plan: Plan) -> pd.DataFrame:
    """One row a finished run: key, point (from 1), world, seed, seconds, and the part it is in."""
    return steady(lambda: _runs_table(plan))


def _runs_table(plan: Plan) -> pd.DataFrame:
    where: dict[str, tuple[str, float]] = {}
    for path in parts(plan.folder):
        for key, seconds in facts_of(path).seconds.items():
            where.setdefault(key, (str(path), seconds))
    rows = [
        (run.key, run.point + 1, plan.worlds[run.world], run.world, run.seed, *where[run.key])
        for run in plan.runs()
        if run.key in where
    ]
    columns = ["key", "point", "world", "world_number", "seed", "part", "seconds"]
    return pd.DataFrame(rows, columns=columns)


class Tables:
    """A connection to the parts of a study; `view` makes one place of them readable by SQL.

    Works with one thread, so that sums of floats do not depend on the machine.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.runs = runs_table(plan)
        if self.runs.empty:
            raise InputError(
                "has no finished runs that its study.toml asks for",
                field="DIR",
                value=str(plan.folder),
            )
        self.connection = duckdb.connect()
        self.connection.execute("SET threads = 1")
        self.connection.execute(f"SET temp_directory = '{tempfile.gettempdir()}'")
        self.connection.register("runs", self.runs)
        self.connection.register("design", design_table(plan.design))

    def view(self, place: str = RUNS) -> str:
        """The name of a view with all rows of a place: point, world, seed, then what is stored."""
        folder = self.plan.folder / place
        files = [str(folder / path.name) for path in parts(self.plan.folder, place)]
        if not files:
            raise InputError("is not kept by this study", field=place)
        name = place.replace("/", "_") + "_rows"
        listed = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
        # A run is read from one part only, also if a killed session has left it in two.
        self.connection.execute(
            f"""CREATE OR REPLACE TEMP VIEW {name} AS
            SELECT r.point, r.world, r.world_number, r.seed, p.* EXCLUDE (key, world, seed, filename)
            FROM read_parquet([{listed}], union_by_name = true, filename = true) p
            JOIN runs r ON p.key = r.key
                AND parse_filename(p.filename) = parse_filename(r.part)"""
        )
        return name

    def rows(self, choice: Choice, place: str = RUNS) -> duckdb.DuckDBPyRelation:
        """Months of the choice: point, parameters, world, seed, period, date(, region), outcomes."""
        names = [f'"{name}"' for name in choice.outcomes if self._has(place, name)]
        region = ["region"] if place == REGIONS else []
        varied = [f'd."{name}"' for name in self.plan.design.names]
        columns = ["point", *varied, "world", "seed", "period", "date", *region, *names]
        order = ", ".join(["point", "seed", "world_number", "period", *region])
        return self.connection.sql(
            f"""SELECT {", ".join(columns)} FROM {self.view(place)} JOIN design d USING (point)
            WHERE {_chosen(choice)} ORDER BY {order}"""
        )

    def differences(self, choice: Choice, group: str, place: str = RUNS) -> pd.DataFrame:
        """World less control, by point, world, seed and `group` (SQL over period and region).

        One column an outcome: the mean of the monthly differences. Pairs have the same seed and
        point; whatever has no partner is left out. Raises `model.errors.InputError` if the study
        compares with nothing.
        """
        against = self.plan.against
        if against is None:
            raise InputError("is missing: effects need a world to compare with", field="against")
        view = self.view(place)
        names = [name for name in choice.outcomes if self._has(place, name)]
        means = ", ".join(f'avg(a."{name}" - b."{name}") AS "{name}"' for name in names)
        same_region = "AND a.region = b.region" if place == REGIONS else ""
        inside = _chosen(choice).replace("period", "a.period").replace("world IN", "a.world IN")
        return self.connection.sql(
            f"""SELECT a.point, a.world, a.seed, {group}, {means}
            FROM {view} a JOIN {view} b
                ON a.point = b.point AND a.seed = b.seed AND a.period = b.period {same_region}
            WHERE b.world = '{against}' AND a.world <> '{against}' AND {inside}
            GROUP BY ALL ORDER BY ALL"""
        ).df()

    def _has(self, place: str, name: str) -> bool:
        from experiments.outcomes import outcomes

        return place == RUNS or outcomes()[name].level == "region"


def _chosen(choice: Choice) -> str:
    worlds = ", ".join(f"'{world}'" for world in choice.worlds)
    return f"world IN ({worlds}) AND period BETWEEN {choice.first} AND {choice.last}"


def write_csv(table: pd.DataFrame, path: Path) -> Path:
    """Write a table as CSV, whole or not at all; doubles come back as they were."""
    scratch = path.with_name(f".{path.name}.part-{os.getpid()}")
    table.to_csv(scratch, index=False)
    return scratch.replace(path)
