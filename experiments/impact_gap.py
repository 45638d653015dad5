"""The input-output answer for each run's plant, and the gap between it and the model's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.impact_measures import MEASURES, YEAR, by_month, of_plants, own_by_month
from experiments.plant_panel import BOUGHT
from experiments.releases import gap_rows

if TYPE_CHECKING:
    from experiments.channels import SeedRuns
    from experiments.impact_study import ImpactRuns
    from experiments.input_output import Answer, InputOutput
    from experiments.simulate import Results

TYPE_1, TYPE_2 = "Type I", "Type II"
INDIRECT, INDUCED = "indirect", "induced"
MODEL, GAP = "model: everything but the plant", "gap"


def answers_for(run: Results, solved: InputOutput, months: np.ndarray) -> dict[str, Answer]:
    """Type I and II for what the run's plants bought and paid in these months, by measure."""
    columns = [name for name in run.panels["plants"].columns if name.startswith(BOUGHT)]
    nominal = float(run.params.numeraire)
    bought = [YEAR * of_plants(run, name)[months].mean() / nominal for name in columns]
    payroll = YEAR * of_plants(run, "wage_bill")[months].mean() / nominal
    if not columns:
        bought = [0.0] * len(solved.spent)
    return solved.answer(np.array(bought), float(payroll))


def input_output_rows(
    runs: Sequence[SeedRuns], solved: InputOutput, periods: Mapping[str, np.ndarray]
) -> pd.DataFrame:
    """Seed, period, measure, unit, row, part (Type I: suppliers; Type II: they and spending), value."""
    rows: list[tuple[Any, ...]] = []
    for one in runs:
        for period, months in periods.items():
            found = answers_for(one.full, solved, months)
            for m in MEASURES:
                own = float(own_by_month(one.full, m.name)[months].mean())
                head = (one.control.seed, period, m.name, m.unit)
                answer = found[m.name]
                both = answer.indirect + answer.induced
                rows += [
                    (*head, "direct", "", own),
                    (*head, INDIRECT, TYPE_1, answer.indirect),
                    (*head, INDUCED, TYPE_2, answer.induced),
                    (*head, "total", TYPE_1, own + answer.indirect),
                    (*head, "total", TYPE_2, own + both),
                ]
    return pd.DataFrame(rows, columns=["seed", "period", "measure", "unit", "row", "part", "value"])


def gap_of(
    control: Results, full: Results, solved: InputOutput, name: str, months: np.ndarray
) -> tuple[float, float, float]:
    """(Type II, model, gap) of one measure outside the plant, for one pair of runs."""
    answer = answers_for(full, solved, months)[name]
    theirs = answer.indirect + answer.induced
    rest = [by_month(run, name) - own_by_month(run, name) for run in (full, control)]
    mine = float((rest[0] - rest[1])[months].mean())
    return theirs, mine, theirs - mine


def waterfall_table(runs: ImpactRuns, solved: InputOutput, months: np.ndarray) -> pd.DataFrame:
    """Seed, measure, unit, row, value: Type II, the model's answer and the gap, without reasons."""
    rows = [
        (one.control.seed, m.name, m.unit, row, value)
        for one in runs.by_seed
        for m in MEASURES
        for row, value in zip(
            (TYPE_2, MODEL, GAP), gap_of(one.control, one.full, solved, m.name, months), strict=True
        )
    ]
    return pd.DataFrame(rows, columns=["seed", "measure", "unit", "row", "value"])


def gap_table(runs: ImpactRuns, solved: InputOutput, months: np.ndarray) -> pd.DataFrame:
    """The same with the parts of the gap: each constraint, their joint effect, unexplained."""
    table = waterfall_table(runs, solved, months)
    rows = []
    for k, one in enumerate(runs.by_seed):
        for m in MEASURES:
            gap = gap_of(one.control, one.full, solved, m.name, months)[2]
            left = {
                name: gap_of(*pairs[k], solved, m.name, months)[2]
                for name, pairs in runs.released.items()
            }
            rows += [
                (one.control.seed, m.name, m.unit, row, value) for row, value in gap_rows(gap, left)
            ]
    return pd.concat([table, pd.DataFrame(rows, columns=table.columns)], ignore_index=True)
