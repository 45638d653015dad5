"""Paired worlds: what changes when one thing changes, with its interval over seeds.

Two worlds with the same seed share every draw, so their difference is the effect of what
differs between them; the spread over seeds says how sure one may be of its mean.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.effect_tables import effect_table
from experiments.intervals import t_interval as t_interval
from experiments.no_change import NothingChangedWarning, nothing_changed
from experiments.pool import Failure, run_all
from experiments.simulate import Results, prepare

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from model import Params, World

PairProgress = Callable[[int, int, int], None]
"""Called with (run, months done, months in all); runs are numbered as they are handed in."""


class NoRunFinishedError(RuntimeError):
    """Not one seed ran to its end; `failures` says why."""

    def __init__(self, failures: list[Failure]) -> None:
        super().__init__(f"no seed ran to its end; the first to fail was {failures[0]}")
        self.failures = failures


@dataclass(frozen=True, eq=False)
class Pairs:
    """Runs of two worlds, seed by seed; a seed with a failed run is in neither list."""

    treated: list[Results]
    control: list[Results]
    failures: list[Failure] = field(default_factory=list)

    @property
    def seeds(self) -> list[int]:
        """Seeds of the whole pairs, in order."""
        return [run.seed for run in self.treated]


@dataclass(frozen=True, eq=False)
class Effect:
    """The paired difference of two worlds: treated minus control.

    `by_seed`: rows (seed, period), one column an outcome. `mean`, `low`, `high`: one row a
    period; `low` and `high` bound the 95 % t interval over seeds (not a number with one seed).
    `dates`: the calendar month of each period. `failures`: seeds that did not finish, and why.
    """

    world: str
    against: str
    by_seed: pd.DataFrame
    mean: pd.DataFrame
    low: pd.DataFrame
    high: pd.DataFrame
    dates: pd.Series
    failures: list[Failure]
    pairs: Pairs

    @property
    def seeds(self) -> list[int]:
        """Seeds that ran to their end in both worlds."""
        return self.pairs.seeds

    def to_pandas(self) -> pd.DataFrame:
        """Tidy: period, date, outcome, mean, low, high."""
        parts = {"mean": self.mean, "low": self.low, "high": self.high}
        long = pd.concat({name: table.stack() for name, table in parts.items()}, axis=1)
        long.index.names = ["period", "outcome"]
        table = long.reset_index()
        table.insert(1, "date", table["period"].map(self.dates))
        return table

    def table(
        self,
        outcomes: Sequence[str] | None = None,
        *,
        by: str = "window",
        first: str | None = None,
        last: str | None = None,
        half_width: float | None = None,
    ) -> pd.DataFrame:
        """The effect by window, month, year, region or sector: see `effect_tables.effect_table`."""
        return effect_table(self, outcomes, by=by, first=first, last=last, half_width=half_width)

    def plot(self, *outcomes: str) -> Figure:
        """The difference by month (12-month means) with its interval, a panel an outcome."""
        from experiments.plots import plot_effect

        return plot_effect(self, outcomes)

    def __repr__(self) -> str:
        from experiments.display import repr_of

        return repr_of(self)

    def _repr_html_(self) -> str:
        from experiments.display import effect_card

        return effect_card(self)


def paired_effect(
    world: str | Path | World = "plant",
    against: str | Path | World = "none",
    seeds: Iterable[int] = range(1, 6),
    *,
    jobs: int = 1,
    pack: str | Path | None = None,
    params: Params | None = None,
    scale: float | None = None,
    horizon: int | None = None,
    settings: Mapping[str, Any] | None = None,
    progress: PairProgress | None = None,
) -> Effect:
    """Run both worlds for every seed and return the effect of `world` over `against`.

    `jobs` > 1 runs that many processes side by side; results do not depend on it. A run that
    fails is recorded and its seed left out; when every seed failed, NoRunFinishedError is
    raised. When no outcome differs, a NothingChangedWarning says why.
    Other arguments as in `simulate`; bad ones raise `model.errors.InputError` at once.
    """
    pairs = run_pairs(
        world,
        against,
        seeds,
        jobs=jobs,
        pack=pack,
        params=params,
        scale=scale,
        horizon=horizon,
        settings=settings,
        progress=progress,
    )
    reason = nothing_changed(pairs.treated, pairs.control)
    if reason is not None:
        warnings.warn(f"nothing changed: {reason}", NothingChangedWarning, stacklevel=2)
    return effect_of(pairs)


def run_pairs(
    world: str | Path | World,
    against: str | Path | World,
    seeds: Iterable[int],
    *,
    jobs: int = 1,
    progress: PairProgress | None = None,
    **arguments: Any,
) -> Pairs:
    """Run both worlds for every seed; `arguments` are those of `simulate`."""
    first: list[int] = list(seeds)
    if not first:
        raise ValueError("no seeds: name at least one")
    setups = [prepare(side, seed=seed, **arguments) for seed in first for side in (world, against)]
    return pair_up(run_all(setups, jobs=jobs, progress=progress))


def pair_up(done: Sequence[Results | Failure]) -> Pairs:
    """Sort runs that alternate (world, against) into pairs.

    Raises NoRunFinishedError when not one pair is whole.
    """
    treated, control, failures = [], [], []
    for one, other in zip(done[::2], done[1::2], strict=True):
        failures += [run for run in (one, other) if isinstance(run, Failure)]
        if isinstance(one, Results) and isinstance(other, Results):
            treated.append(one)
            control.append(other)
    if not treated:
        raise NoRunFinishedError(failures)
    return Pairs(treated, control, failures)


def effect_of(pairs: Pairs) -> Effect:
    """Difference, mean and interval of runs that are already there."""
    names = [name for name in pairs.treated[0].monthly.columns if name != "date"]
    differences = np.stack(
        [
            one.monthly[names].to_numpy(float) - other.monthly[names].to_numpy(float)
            for one, other in zip(pairs.treated, pairs.control, strict=True)
        ]
    )
    periods = pairs.treated[0].monthly.index
    tables = [pd.DataFrame(x, index=periods, columns=names) for x in t_interval(differences)]
    index = pd.MultiIndex.from_product([pairs.seeds, periods], names=["seed", "period"])
    by_seed = pd.DataFrame(differences.reshape(-1, len(names)), index=index, columns=names)
    return Effect(
        world=pairs.treated[0].world.name,
        against=pairs.control[0].world.name,
        by_seed=by_seed,
        mean=tables[0],
        low=tables[1],
        high=tables[2],
        dates=pairs.treated[0].monthly["date"],
        failures=pairs.failures,
        pairs=pairs,
    )
