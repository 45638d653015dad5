"""Which mechanisms act: on and off in pairs of runs with the same seed.

`ornok mechanisms` prints the survey; `python -m experiments.mechanisms --write` writes it to
`docs/mechanisms.md`. A mechanism that changes nothing is said so, with the reason.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.effects import NoRunFinishedError, t_interval
from experiments.mechanism import Mechanism, Trial
from experiments.mechanism_table import MECHANISMS, find
from experiments.no_change import why_nothing
from experiments.outcomes import outcomes, yearly_factor, yearly_unit
from experiments.pool import Failure, run_all
from experiments.simulate import Results, Setup, prepare

if TYPE_CHECKING:
    from model import World

__all__ = ["COLUMNS", "MECHANISMS", "Mechanism", "Survey", "Trial", "find", "plan", "survey"]

COLUMNS = (
    "mechanism", "meaning", "world", "settings", "acts_at_defaults", "acts_when_plausible",
    "outcome", "unit", "change", "low", "high", "seeds_acting", "seeds", "months_to_first",
    "reason",
)  # fmt: skip

Told = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class Survey:
    """`table`: one row a mechanism (`COLUMNS`); `failures`: runs that did not finish."""

    table: pd.DataFrame
    failures: list[Failure]
    setups: int

    def idle(self) -> list[str]:
        """Mechanisms that act neither at the defaults nor at the plausible settings tried."""
        none = ~self.table["acts_at_defaults"] & ~self.table["acts_when_plausible"].eq(True)
        return list(self.table.loc[none, "mechanism"])


@dataclass(frozen=True, eq=False)
class Pair:
    """What one comparison of a mechanism found, seed by seed."""

    mechanism: Mechanism
    trial: Trial
    on: list[Results]
    off: list[Results]

    def first_months(self) -> list[int | None]:
        """By seed, the first period in which the outcome differs; None where it never does."""
        found = []
        for one, other in zip(self.on, self.off, strict=True):
            name = self.mechanism.outcome
            apart = np.flatnonzero(one.monthly[name].to_numpy() != other.monthly[name].to_numpy())
            found.append(int(apart[0]) if len(apart) else None)
        return found

    def changes(self, first: int) -> np.ndarray:
        """By seed, the mean change of the outcome from period `first` on."""
        name = self.mechanism.outcome
        return np.array(
            [
                float((one.monthly[name] - other.monthly[name]).iloc[first:].mean())
                for one, other in zip(self.on, self.off, strict=True)
            ]
        )


# --- Runs -----------------------------------------------------------------------------------------


def worlds_of(mechanism: Mechanism, trial: Trial) -> tuple[str | World, str | World]:
    """The world with the mechanism and the one without it."""
    from model import World

    other: str | World = trial.against or trial.world
    if mechanism.enclave:
        world = World.load(str(other))
        sites = tuple(replace(site, local_purchases=False) for site in world.plants)
        other = replace(world, name=f"{world.name}_enclave", plants=sites)
    return trial.world, other


def setups_of(
    mechanism: Mechanism, trial: Trial, seeds: Iterable[int], arguments: Mapping[str, Any]
) -> list[tuple[Setup, Setup]]:
    """The pairs (with, without) of one comparison, checked; InputError for what cannot be run."""
    with_, without = worlds_of(mechanism, trial)
    rest = dict(arguments)
    shared = {**trial.settings, **(rest.pop("settings", None) or {})}
    return [
        (
            prepare(with_, seed=seed, settings={**shared, **trial.on}, **rest),
            prepare(without, seed=seed, settings={**shared, **mechanism.off}, **rest),
        )
        for seed in seeds
    ]


class Runs:
    """Runs that several mechanisms share are made once."""

    def __init__(self, jobs: int, told: Told | None) -> None:
        self.jobs, self.told = jobs, told
        self.done: dict[str, Results] = {}
        self.failed: dict[str, Failure] = {}

    def make(self, setups: Iterable[Setup]) -> None:
        """Run what is not there yet."""
        new = {_key(one): one for one in setups}
        left = {key: one for key, one in new.items() if key not in {*self.done, *self.failed}}
        keys, batch = list(left), max(self.jobs, 1) * 4
        for start in range(0, len(keys), batch):
            some = keys[start : start + batch]
            for key, run in zip(
                some, run_all([left[k] for k in some], jobs=self.jobs), strict=True
            ):
                if isinstance(run, Failure):
                    self.failed[key] = run
                else:
                    # Regions, paths and panels are not looked at, and there are many runs.
                    self.done[key] = replace(run, regional=run.regional.iloc[:0], path=None)
            if self.told is not None:
                self.told(f"{len(self.done) + len(self.failed)} runs done")

    def pair(
        self, mechanism: Mechanism, trial: Trial, pairs: Sequence[tuple[Setup, Setup]]
    ) -> Pair | None:
        """The pairs of which both runs finished; None when none did."""
        whole = [
            (self.done[_key(one)], self.done[_key(other)])
            for one, other in pairs
            if _key(one) in self.done and _key(other) in self.done
        ]
        if not whole:
            return None
        on, off = zip(*whole, strict=True)
        return Pair(mechanism, trial, list(on), list(off))


def _key(setup: Setup) -> str:
    return repr((setup.world, setup.pack, setup.params.fingerprint(), setup.seed))


# --- The survey -----------------------------------------------------------------------------------


def plan(
    mechanisms: Sequence[Mechanism], seeds: Sequence[int], **arguments: Any
) -> list[tuple[Setup, Setup]]:
    """Every pair that may be run, checked; InputError before anything has run."""
    return [
        pair
        for one in mechanisms
        for trial in (one.first, *one.trials)
        for pair in setups_of(one, trial, seeds, arguments)
    ]


def survey(
    mechanisms: Sequence[Mechanism] = MECHANISMS,
    seeds: Iterable[int] = (1,),
    *,
    jobs: int = 1,
    told: Told | None = None,
    **arguments: Any,
) -> Survey:
    """Switch every mechanism on and off in the same world with the same seed.

    First at the defaults; those that do nothing there at their plausible settings, one after the
    other until they act. A mechanism acts when its outcome differs in any month of any seed.
    `arguments` are those of `simulate`; bad ones raise `model.errors.InputError` at once, and
    NoRunFinishedError is raised when a mechanism has no whole pair of runs.
    """
    numbers = list(seeds)
    plan(mechanisms, numbers, **arguments)
    runs = Runs(jobs, told)
    found: dict[str, list[Pair]] = {one.name: [] for one in mechanisms}
    left = list(mechanisms)
    for turn in range(1 + max((len(one.trials) for one in mechanisms), default=0)):
        tries = [(one, (one.first, *one.trials)[turn]) for one in left if turn <= len(one.trials)]
        ready = [(one, trial, setups_of(one, trial, numbers, arguments)) for one, trial in tries]
        runs.make(setup for _, _, pairs in ready for pair in pairs for setup in pair)
        for one, trial, pairs in ready:
            pair = runs.pair(one, trial, pairs)
            if pair is None:
                raise NoRunFinishedError(list(runs.failed.values()))
            found[one.name].append(pair)
        left = [one for one, _ in tries if not acts(found[one.name][-1])]
    rows = [row_of(found[one.name]) for one in mechanisms]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return Survey(table, list(runs.failed.values()), len(runs.done))


def acts(pair: Pair) -> bool:
    """Whether the outcome differs in any month of any seed."""
    return any(month is not None for month in pair.first_months())


def row_of(pairs: Sequence[Pair]) -> list[Any]:
    """A mechanism's line: of the comparison in which it acts, else of the reference case."""
    last, one = pairs[-1], pairs[0].mechanism
    at_defaults, at_last = acts(pairs[0]), acts(pairs[-1])
    shown = last if at_last else pairs[0]
    months = [month for month in shown.first_months() if month is not None]
    known = outcomes()[one.outcome]
    changes = shown.changes(min(months, default=0)) * yearly_factor(known)
    mean, low, high = t_interval(changes)
    when_plausible = None if at_defaults or len(pairs) == 1 else at_last
    return [
        one.name, one.meaning, shown.trial.world, settings_in_words(shown.trial), at_defaults,
        when_plausible, one.outcome, yearly_unit(known), float(mean), float(low), float(high),
        len(months), len(shown.on), min(months, default=None), reason_of(pairs),
    ]  # fmt: skip


def settings_in_words(trial: Trial) -> str:
    """What is set, as `--set` takes it."""
    return " ".join(f"{name}={value:g}" if isinstance(value, float) else f"{name}={value}"
                    for name, value in {**trial.settings, **trial.on}.items())  # fmt: skip


def reason_of(pairs: Sequence[Pair]) -> str:
    """Why nothing changed in the reference case; empty where it acts there."""
    first = pairs[0]
    if acts(first):
        return ""
    same = all(
        one.monthly.equals(other.monthly) for one, other in zip(first.on, first.off, strict=True)
    )
    if not same:
        return first.mechanism.idle or "other outcomes move and this one does not"
    return first.mechanism.idle or why_nothing(first.on[0], first.off[0])


def main(words: Sequence[str] | None = None) -> int:
    """`python -m experiments.mechanisms --write`; exit code 0, or 1 if a mechanism never acts."""
    import sys

    from experiments.mechanisms_page import HORIZON, SCALE, write_page

    parser = argparse.ArgumentParser(prog="python -m experiments.mechanisms", description=__doc__)
    parser.add_argument("--write", action="store_true", required=True, help="write the page")
    parser.add_argument("--seeds", type=int, default=1, help="how many seeds")
    parser.add_argument("--jobs", type=int, default=1, help="runs side by side")
    asked: Any = parser.parse_args(words)
    seeds = range(1, asked.seeds + 1)
    found = survey(
        seeds=seeds, jobs=asked.jobs, scale=SCALE, horizon=HORIZON,
        told=lambda text: print(text, file=sys.stderr, flush=True),
    )  # fmt: skip
    write_page(found, Path(__file__).resolve().parents[1] / "docs" / "mechanisms.md")
    for failure in found.failures:
        print(f"left out: {failure}", file=sys.stderr)
    return 1 if found.idle() else 0


if __name__ == "__main__":
    raise SystemExit(main())
