"""What a sensitivity analysis reads out of a study: outcomes by point and seed, and what failed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from experiments.study_tables import Choice, Tables, choose
from experiments.study_words import headline_outcomes

if TYPE_CHECKING:
    import pandas as pd

    from experiments.study import Study
    from experiments.study_plan import Plan

EFFECT, LEVEL = "effect", "level"
MOST_OUTCOMES = 8
"""Kept outcomes up to which all are analysed when none are named."""


@dataclass(frozen=True)
class Quantity:
    """One outcome of one world: its level, or its effect (the world less the control, paired).

    `values`: mean over the months of the window, [points, seeds], in the outcome's own unit a month;
    not-a-number where a run failed or has not been made.
    """

    world: str
    measure: str
    outcome: str
    values: np.ndarray


@dataclass(frozen=True)
class RunStates:
    """What became of the runs of a study: `failed`, `missing` [points, worlds, seeds].

    `kinds`: failed runs by type of exception, or by the outcome that was not finite.
    """

    failed: np.ndarray
    missing: np.ndarray
    kinds: Mapping[str, int]


def read_values(
    study: Study,
    outcomes: Sequence[str] | None = None,
    first: str | None = None,
    last: str | None = None,
) -> tuple[list[Quantity], RunStates, Choice]:
    """All quantities of a study, effects first; the states of its runs; what was chosen.

    `outcomes`: all that are kept, or the well-known among many, if not given. `first`, `last`: months, all that are kept if not
    given. Raises `model.errors.InputError`.
    """
    plan = study.made
    kept = plan.kit.keep.outcomes
    shown = outcomes or (kept if len(kept) <= MOST_OUTCOMES else headline_outcomes(kept))
    choice = choose(plan, shown, None, first, last)
    tables = Tables(plan)
    means = ", ".join(f'avg("{name}") AS "{name}"' for name in choice.outcomes)
    levels = tables.rows(choice).aggregate(f"point, world, seed, {means}").df()
    values = _by_world(plan, choice, levels)
    states = _states(study, tables, values, choice)
    found = []
    if plan.against is not None:
        effects = _by_world(plan, choice, tables.differences(choice, "0 AS whole"))
        found = _quantities(plan.worlds[:-1], EFFECT, choice, effects)
    return [*found, *_quantities(plan.worlds, LEVEL, choice, values)], states, choice


def _by_world(plan: Plan, choice: Choice, table: pd.DataFrame) -> np.ndarray:
    """Rows of point, world, seed and outcomes as [worlds, outcomes, points, seeds]."""
    shape = (len(plan.worlds), len(choice.outcomes), len(plan.design.points), len(plan.seeds))
    values = np.full(shape, np.nan)
    worlds = {name: number for number, name in enumerate(plan.worlds)}
    seeds = {seed: number for number, seed in enumerate(plan.seeds)}
    where = (table["world"].map(worlds).to_numpy(int), slice(None))
    at = (*where, table["point"].to_numpy(int) - 1, table["seed"].map(seeds).to_numpy(int))
    values[at] = table[list(choice.outcomes)].to_numpy(float)
    return values


def _quantities(
    worlds: Sequence[str], measure: str, choice: Choice, values: np.ndarray
) -> list[Quantity]:
    finite = np.where(np.isfinite(values), values, np.nan)
    return [
        Quantity(world, measure, outcome, finite[number, column])
        for number, world in enumerate(worlds)
        for column, outcome in enumerate(choice.outcomes)
    ]


def _states(study: Study, tables: Tables, values: np.ndarray, choice: Choice) -> RunStates:
    plan = study.made
    made = np.zeros((len(plan.design.points), len(plan.worlds), len(plan.seeds)), bool)
    seeds = {seed: number for number, seed in enumerate(plan.seeds)}
    rows = tables.runs
    number = rows["seed"].map(seeds).to_numpy(int)
    made[rows["point"].to_numpy(int) - 1, rows["world_number"].to_numpy(int), number] = True
    failed = np.zeros_like(made)
    types = {one["key"]: str(one["type"]) for one in study.failures()}
    kinds: Counter[str] = Counter()
    for run in plan.runs() if types else ():
        if run.key in types:
            failed[run.point, run.world, seeds[run.seed]] = True
            kinds[types[run.key]] += 1
    broken = ~np.isfinite(values) & made.transpose(1, 0, 2)[:, None]
    for column, name in enumerate(choice.outcomes):
        if count := int(broken[:, column].sum()):
            kinds[f"{name} is not finite"] = count
    failed |= broken.any(axis=1).transpose(1, 0, 2)
    return RunStates(failed, ~made & ~failed, dict(kinds.most_common()))
