"""Which parameters an outcome hangs on: Morris' screening or Sobol' indices out of a study."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.designs import group_numbers, unit_points
from experiments.elementary_effects import screen, step_effects
from experiments.failed_region import Failures, failures_of
from experiments.outcomes import units
from experiments.seed_noise import chance_of
from experiments.sensitivity_values import EFFECT, Quantity, read_values
from experiments.sobol_indices import sobol_indices
from model.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from experiments.study import Study
    from experiments.study_file import DesignPart
    from experiments.study_plan import Plan

MORRIS, SOBOL = "morris", "sobol"
_KEYS = ["world", "measure", "outcome", "unit"]


@dataclass(frozen=True)
class Scheme:
    """A design made for an analysis.

    `names`: parameters, or groups of them; `members`: the group of each parameter, [k]; `unit`: the
    points in the unit cube, [points, k]; `width`: points that belong together (a trajectory, a row
    of Saltelli's scheme).
    """

    kind: str
    names: tuple[str, ...]
    members: np.ndarray
    unit: np.ndarray
    width: int
    second_order: bool = False

    @property
    def alone(self) -> np.ndarray:
        """Whether each name is a single parameter."""
        return np.asarray(np.bincount(self.members, minlength=len(self.names)) == 1)


def scheme_of(plan: Plan) -> Scheme:
    """The scheme of a study's design; `model.errors.InputError` when it has none to analyse."""
    part = plan.file.design
    allowed = "a study whose design is 'morris' or 'sobol'"
    if part is None or part.kind not in (MORRIS, SOBOL):
        raise InputError(
            "has no sensitivity analysis", file=plan.folder / "study.toml", field="design.kind",
            value=plan.design.kind, allowed=allowed,
        )  # fmt: skip
    if part.cross_levers:
        raise InputError(
            "crosses levers with the rest: indices need one scheme over all parameters",
            file=plan.folder / "study.toml", field="design.cross_levers", value=True,
            allowed="false: levers vary like the rest; or a study for each value of the levers",
        )  # fmt: skip
    if part.own_seeds:
        raise InputError(
            "gives points seeds of their own: here chance is told by the same seeds at every point",
            file=plan.folder / "study.toml", field="design.own_seeds", value=True, allowed="false",
        )  # fmt: skip
    axes = plan.design.axes
    names, members = group_numbers(part, axes)
    return Scheme(
        part.kind,
        tuple(names),
        np.array(members),
        unit_points(part, axes),
        _width(part, len(names)),
        bool(part.second_order),
    )


def _width(part: DesignPart, names: int) -> int:
    if part.kind == MORRIS:
        return names + 1
    return 2 * names + 2 if part.second_order else names + 2


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """A sensitivity analysis of one study.

    `indices`: one row a world, measure (effect or level), outcome and parameter. Of Morris: steps,
    mu, mu_star with mu_star_low and mu_star_high, sigma, noise, floor, signal, stands_out, inert
    (`elementary_effects.Screening`), in the outcome's unit over the parameter's whole range. Of
    Sobol: rows, S1, ST and the ends of their 95 % intervals. `pairs`: S2 by pair of parameters,
    with second order. `chance`: `seed_noise.Chance` of every world, measure and outcome, with the
    trajectories or rows `left_out` or harmed by failed runs. `failures`: what failed, and where.
    `words`: what to know before reading the numbers. `points`: one row a point with its parameters;
    `quantities`: what was analysed, by point and seed.
    """

    kind: str
    indices: pd.DataFrame
    pairs: pd.DataFrame
    chance: pd.DataFrame
    failures: Failures
    words: tuple[str, ...]
    scheme: Scheme
    points: pd.DataFrame
    quantities: tuple[Quantity, ...]
    plan: Plan
    first: int
    last: int

    def headline(self) -> list[tuple[str, str, str]]:
        """World, measure and outcome of what a page shows: effects, or levels without a control."""
        shown = self.indices[["world", "measure", "outcome"]].drop_duplicates()
        effects = shown[shown["measure"] == EFFECT]
        chosen = effects if len(effects) else shown
        return [(str(a), str(b), str(c)) for a, b, c in chosen.to_numpy().tolist()]

    def of(self, world: str, measure: str, outcome: str) -> pd.DataFrame:
        """Indices of one quantity, the strongest first."""
        table = self.indices
        here = (table["world"] == world) & (table["measure"] == measure)
        column = "mu_star" if self.kind == MORRIS else "ST"
        found = table[here & (table["outcome"] == outcome)]
        return found.sort_values(column, ascending=False, kind="stable", ignore_index=True)

    def leading(self, most: int = 8) -> list[str]:
        """The parameters (or groups) to go on with, the strongest first; at most so many.

        Of Morris those whose mu* is above the floor for some headline outcome, ordered by their
        largest mu* relative to the strongest of that outcome. Of Sobol by ST in the same way.
        """
        best: dict[str, float] = {}
        for key in self.headline():
            table = self.of(*key)
            size = table["mu_star" if self.kind == MORRIS else "ST"].to_numpy(float)
            if not len(size) or not np.nanmax(np.nan_to_num(size)) > 0.0:
                continue
            keep = table["stands_out"] if self.kind == MORRIS else table["ST_low"] > 0.0
            share = size / np.nanmax(size)
            for name, mine, wanted in zip(table["parameter"], share, keep, strict=True):
                if wanted:
                    best[name] = max(best.get(name, 0.0), float(mine))
        return sorted(best, key=lambda name: -best[name])[:most]

    def to_dict(self) -> dict[str, Any]:
        """The same, as JSON can hold it."""
        from experiments.job import records

        return {
            "kind": self.kind,
            "words": list(self.words),
            "leading": self.leading(),
            "indices": records(self.indices),
            "pairs": records(self.pairs),
            "chance": records(self.chance),
            "failures": self.failures.to_dict(),
        }

    def write_report(self, out: Path | None = None) -> Path:
        """Write the page and its tables into a new folder (DIR/sensitivity); the page's path."""
        from experiments.sensitivity_page import write_page

        return write_page([self], self.plan.folder, out)

    def __rich__(self) -> Any:
        from experiments.sensitivity_screen import on_screen

        return on_screen(self)

    def _repr_html_(self) -> str:
        from experiments.sensitivity_page import section

        return "\n".join(section(self))


def sensitivity_of(
    study: Study,
    outcomes: Sequence[str] | None = None,
    *,
    first: str | None = None,
    last: str | None = None,
) -> Sensitivity:
    """Analyse a study with a Morris or Sobol design; runs nothing.

    `outcomes`: all that are kept, or the well-known among many, if not given. `first`, `last`: months that outcomes are averaged
    over, all that are kept if not given. Raises `model.errors.InputError`.
    """
    from experiments.sensitivity_words import words_of

    plan = study.made
    scheme = scheme_of(plan)
    quantities, states, choice = read_values(study, outcomes, first, last)
    indices, pairs, chance = analyse(scheme, quantities)
    failures = failures_of(states, plan.design.axes, plan.design.points)
    found = Sensitivity(
        scheme.kind, indices, pairs, chance, failures, (), scheme, study.design,
        tuple(quantities), plan, choice.first, choice.last,
    )  # fmt: skip
    return replace(found, words=tuple(words_of(found)))


def analyse(
    scheme: Scheme, quantities: Sequence[Quantity]
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Tables of indices, of pairs and of chance, as in `Sensitivity`, of values at a scheme's points."""
    indices, pairs, chance = [], [], []
    known = units(one.outcome for one in quantities)
    for one in quantities:
        key = (one.world, one.measure, one.outcome, known.get(one.outcome, ""))
        blocks = one.values.reshape(-1, scheme.width, one.values.shape[1])
        whole = np.isfinite(blocks).all(axis=(1, 2))
        if scheme.kind == MORRIS:
            table = _screened(scheme, one.values)
            used = one.values[np.isfinite(one.values).all(axis=1)]
        else:
            table, of_pairs = _decomposed(scheme, blocks[whole])
            pairs.append(_keyed(key, of_pairs))
            # The two independent samples; the other points repeat their coordinates.
            used = blocks[whole][:, [0, -1]].reshape(-1, one.values.shape[1])
        indices.append(_keyed(key, table))
        facts = {**vars(chance_of(used)), "blocks": len(blocks), "harmed": int((~whole).sum())}
        chance.append(_keyed(key, pd.DataFrame([facts])))
    none = pd.DataFrame(columns=[*_KEYS, "parameter", "with", "S2", "S2_low", "S2_high"])
    return (
        pd.concat(indices, ignore_index=True),
        pd.concat(pairs, ignore_index=True) if pairs and scheme.second_order else none,
        pd.concat(chance, ignore_index=True),
    )


def _keyed(key: tuple[str, ...], table: pd.DataFrame) -> pd.DataFrame:
    for place, (name, value) in enumerate(zip(_KEYS, key, strict=True)):
        table.insert(place, name, value)
    return table


def _screened(scheme: Scheme, values: np.ndarray) -> pd.DataFrame:
    found = screen(step_effects(scheme.unit, scheme.members, values), scheme.alone)
    return pd.DataFrame(
        {
            "parameter": list(scheme.names),
            "steps": found.steps,
            "mu": found.mu,
            "mu_star": found.mu_star[0],
            "mu_star_low": found.mu_star[1],
            "mu_star_high": found.mu_star[2],
            "sigma": found.sigma,
            "noise": found.noise,
            "floor": found.floor,
            "signal": found.signal,
            "stands_out": found.stands_out,
            "inert": found.inert,
        }
    )


def _decomposed(scheme: Scheme, rows: np.ndarray) -> tuple[pd.DataFrame, pd.DataFrame]:
    found = sobol_indices(rows, second_order=scheme.second_order)
    table = pd.DataFrame({"parameter": list(scheme.names), "rows": found.rows})
    for name, index in (("S1", found.first), ("ST", found.total)):
        for end, values in zip(("", "_low", "_high"), index, strict=True):
            table[f"{name}{end}"] = values
    lines = []
    if found.second is not None:
        for j, one in enumerate(scheme.names):
            for k in range(j + 1, len(scheme.names)):
                lines.append((one, scheme.names[k], *found.second[:, j, k]))
    return table, pd.DataFrame(lines, columns=["parameter", "with", "S2", "S2_low", "S2_high"])
