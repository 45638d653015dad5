"""What a page shows of a study: read in a worker process, by the functions of `experiments`.

The statistics are theirs: intervals of `interval_table`, effects of `study_effects`, indices of
`Study.sensitivity`. Only the middle of all runs (median, 5 and 95 %) is taken here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.errors import InputError

if TYPE_CHECKING:
    from experiments.study import Study
    from experiments.study_tables import Choice, Tables
    from ui.study_request import StudyRequest

MOST_FAILURES = 20
MOST_POINTS = 500
MOST_ROWS = 2000
MONTHLY = 36  # so many months and fewer are shown one by one
MIDDLE = (0.05, 0.5, 0.95)


def read_study(request: StudyRequest) -> dict[str, bytes]:
    """Everything the page shows, as JSON."""
    try:
        found = _read(request)
    except InputError as problem:
        found = {"problem": _without_place(str(problem), request)}
    return {"json": json.dumps(_plain(found), allow_nan=False).encode()}


def _without_place(message: str, request: StudyRequest) -> str:
    """A message without the paths of this machine."""
    return message.replace(request.folder, "").replace(request.root, "").strip(" :/")


def _plain(value: Any) -> Any:
    """What JSON can hold: nothing in place of numbers that are none."""
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not np.isfinite(value) else value


def _read(request: StudyRequest) -> dict[str, Any]:
    from experiments.outcomes import headline_outcomes, outcomes, yearly_factor, yearly_unit
    from experiments.study import Study
    from experiments.study_tables import Tables, choose

    study = Study.load(Path(request.folder))
    found = _status(study)
    if not found["done"]:
        return found
    plan = study.made
    kept = list(plan.kit.keep.outcomes)
    outcome = request.outcome if request.outcome in kept else headline_outcomes(kept)[0]
    points = len(plan.design.points)
    point = request.point if 0 <= request.point <= points else (1 if points == 1 else 0)
    factor = yearly_factor(outcomes()[outcome])
    tables, choice = Tables(plan), choose(plan, [outcome])
    view = _View(tables, choice, outcome, point, factor)
    return found | {
        "outcomes": kept,
        "outcome": outcome,
        "unit": yearly_unit(outcomes()[outcome]),
        "points": _points(study),
        "point": point,
        "levels": view.levels(),
        "differences": view.differences(),
        "table": view.table(),
        "heat": view.heat(),
        "sensitivity": _sensitivity(study, outcome, factor),
    }


def _status(study: Study) -> dict[str, Any]:
    now, plan = study.status(), study.plan
    failures = study.failures()[:MOST_FAILURES]
    return {
        "title": plan.file.title, "question": plan.file.question, "design": plan.design.kind,
        "worlds": plan.worlds, "against": plan.against, "pack": plan.file.pack,
        "seeds": len(plan.seeds), "n_points": len(plan.design.points),
        "done": now.done, "total": now.total, "failed": now.failed, "left": now.left,
        "running": now.running is not None, "code": now.code, "mixed": now.mixed,
        "made_by": sorted({code for code, _ in now.made_by}),
        "failures": [
            {
                "world": one["world"], "seed": one["seed"], "parameters": one["parameters"],
                "type": one["type"], "message": (one["message"].splitlines() or [""])[0][:300],
            }
            for one in failures
        ],
    }  # fmt: skip


def _points(study: Study) -> list[str]:
    """The points in words, the first of them."""
    design = study.plan.design
    labels = []
    for values in design.points[:MOST_POINTS]:
        pairs = zip(design.names, values, strict=True)
        labels.append(", ".join(f"{name} {_short(value)}" for name, value in pairs))
    return labels


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


class _View:
    """One outcome of a study at one point, or at all of them (point 0)."""

    def __init__(
        self, tables: Tables, choice: Choice, outcome: str, point: int, factor: float
    ) -> None:
        self.tables, self.choice, self.outcome = tables, choice, outcome
        self.plan, self.point, self.factor = tables.plan, point, factor
        self.monthly = choice.last - choice.first + 1 <= MONTHLY

    def levels(self) -> dict[str, Any]:
        """The outcome over time in each world."""
        time = (
            "strftime(date, '%Y-%m') AS time"
            if self.monthly
            else "CAST(2023 + period // 12 AS VARCHAR) AS time"
        )
        rows = self.tables.rows(self.choice)
        value = f'avg("{self.outcome}") AS value'
        table = rows.aggregate(f"point, world, seed, {time}, {value}").df()
        return self._over_time(table, self.plan.worlds)

    def differences(self) -> dict[str, Any] | None:
        """Its difference to the control, paired by seed and point."""
        if self.plan.against is None:
            return None
        group = (
            "strftime(a.date, '%Y-%m') AS time"
            if self.monthly
            else "CAST(2023 + a.period // 12 AS VARCHAR) AS time"
        )
        table = self.tables.differences(self.choice, group).rename(columns={self.outcome: "value"})
        worlds = [one for one in self.plan.worlds if one != self.plan.against]
        return self._over_time(table, worlds)

    def _over_time(self, table: pd.DataFrame, worlds: list[str]) -> dict[str, Any]:
        table = table.sort_values(["time", "point", "seed"], kind="stable")
        times = sorted(table["time"].unique())
        lines = []
        for world in worlds:
            mine = table[table["world"] == world]
            if self.point:
                mine = mine[mine["point"] == self.point]
            if len(mine):
                lines.append({"world": world, **self._line(mine, times)})
        return {"times": times, "lines": lines}

    def _line(self, mine: pd.DataFrame, times: list[str]) -> dict[str, list[float]]:
        """Mean and interval over seeds at a point; median and middle of all runs at all points."""
        if self.point:
            from experiments.intervals import interval_table

            found = interval_table(mine, ["time"]).set_index("time")[["mean", "low", "high"]]
        else:
            found = mine.groupby("time")["value"].quantile(np.array(MIDDLE)).unstack()
            found.columns = pd.Index(["low", "mean", "high"])
        found = found.reindex(times) * self.factor
        return {name: found[name].tolist() for name in ("mean", "low", "high")}

    def window(self) -> pd.DataFrame:
        """Effects, or means where the study compares with nothing, over all kept months by point."""
        from experiments.study_effects import study_effects
        from experiments.study_export import summary_table

        if self.plan.against is None:
            table = summary_table(self.tables, self.choice)
        else:
            table = study_effects(self.plan, [self.outcome], tables=self.tables)
        values = ["mean", "low", "high", "boot_low", "boot_high", "sd"]
        table[values] = table[values] * self.factor
        return table.drop(columns=["outcome", "unit"])

    def table(self) -> dict[str, Any]:
        """The same as rows, the first of them."""
        table = self.window()
        return {
            "columns": list(table.columns),
            "rows": table.head(MOST_ROWS).to_numpy(object).tolist(),
            "all": len(table),
        }

    def heat(self) -> list[dict[str, Any]]:
        """For each world the cells of a grid over two parameters; none for other designs."""
        names = list(self.plan.design.names)
        if self.plan.design.kind != "grid" or len(names) != 2:
            return []
        return list(self._heats(self.window(), *names))

    def _heats(self, table: pd.DataFrame, x: str, y: str) -> Iterator[dict[str, Any]]:
        for world, mine in table.groupby("world", sort=False):
            columns, rows = (list(dict.fromkeys(mine[name])) for name in (x, y))
            cells = [
                [columns.index(a), rows.index(b), value]
                for a, b, value in zip(mine[x], mine[y], mine["mean"], strict=True)
            ]
            yield {
                "world": world, "x": x, "y": y, "cells": cells,
                "columns": [_short(one) for one in columns], "rows": [_short(one) for one in rows],
            }  # fmt: skip


def _sensitivity(study: Study, outcome: str, factor: float) -> dict[str, Any] | None:
    """Indices of a Morris or Sobol design; None for other designs."""
    if study.plan.design.kind not in ("morris", "sobol"):
        return None
    try:
        found = study.sensitivity([outcome])
    except InputError as problem:
        return {"problem": str(problem).replace(str(study.folder), "")}
    morris = found.kind == "morris"
    names = ["mu_star"] if morris else ["S1", "ST"]
    scale = factor if morris else 1.0
    worlds = []
    for world, measure, of in found.headline():
        table = found.of(world, measure, of)
        rows = [
            {
                "name": row["parameter"],
                "stands_out": bool(row["stands_out"]) if morris else bool(row["ST_low"] > 0.0),
                "values": [
                    {
                        "value": row[name] * scale,
                        "low": row[f"{name}_low"] * scale,
                        "high": row[f"{name}_high"] * scale,
                    }
                    for name in names
                ],
            }
            for row in table.to_dict("records")
        ]
        worlds.append({"world": world, "measure": measure, "rows": rows})
    return {"kind": found.kind, "names": names, "worlds": worlds, "words": list(found.words)}
