"""The runs of a study as arrays: which case (point and seed), which world, which month, which outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from model.errors import InputError

if TYPE_CHECKING:
    from experiments.study import Study

__all__ = ["Case", "Runs", "runs_of"]

Case = tuple[int, int]
"""Point of the design (from 1) and seed."""


@dataclass(frozen=True)
class Runs:
    """Monthly outcomes of finished runs.

    `cases`: in order. `values`: by world, float64 [cases, months, outcomes]; not a number where a
    run has not finished. `names`: the outcomes, in order. Periods begin with 0, 2023-01.
    """

    cases: tuple[Case, ...]
    names: tuple[str, ...]
    values: Mapping[str, np.ndarray]
    points: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def months(self) -> int:
        """Months of each run."""
        return int(next(iter(self.values.values())).shape[1])

    def series(self, world: str, plus: Sequence[str], minus: Sequence[str] = ()) -> np.ndarray:
        """The sum of outcomes less that of others, [cases, months]; all missing if never run."""
        if world not in self.values:
            return np.full((len(self.cases), self.months), np.nan)
        values = self.values[world]
        total = np.zeros(values.shape[:2])
        for names, sign in ((plus, 1.0), (minus, -1.0)):
            for name in names:
                total += sign * values[:, :, self.names.index(name)]
        return total

    def finished(self, worlds: Sequence[str]) -> np.ndarray:
        """Which cases have finished in all of these worlds, bool [cases]."""
        whole = np.ones(len(self.cases), bool)
        for world in worlds:
            whole &= ~np.isnan(self.series(world, self.names[:1])[:, 0])
        return whole

    def parameters(self) -> pd.DataFrame:
        """A row a case: the values of the parameters that vary."""
        at = self.points.set_index("point")
        return at.loc[[point for point, _ in self.cases]].reset_index(drop=True)


def runs_of(study: Study, outcomes: Sequence[str]) -> Runs:
    """All finished runs that a study asks for. Raises `model.errors.InputError` when there is none."""
    plan = study.made
    kept = plan.kit.keep
    missing = [name for name in outcomes if name not in kept.outcomes]
    if missing:
        raise InputError(
            "is not kept by the study", file=study.folder / "study.toml", field="keep.outcomes",
            value=missing[0], allowed="all that the claims need: write the study anew",
        )  # fmt: skip
    table = study.monthly(list(outcomes))
    months = kept.last - kept.first + 1
    cases = tuple(
        (point + 1, seed)
        for point in range(len(plan.design.points))
        for seed in plan.seeds_of(point)
    )
    place = {case: row for row, case in enumerate(cases)}
    values = {world: np.full((len(cases), months, len(outcomes)), np.nan) for world in plan.worlds}
    for key, rows in table.groupby(["world", "point", "seed"], sort=False):
        world, point, seed = key if isinstance(key, tuple) else (key, 0, 0)
        block = rows.sort_values("period")[list(outcomes)].to_numpy(float)
        values[str(world)][place[int(str(point)), int(str(seed))]] = block
    return Runs(cases, tuple(outcomes), values, study.design)
