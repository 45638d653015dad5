"""Which runs the practitioner's impact table takes, and their results seed by seed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.channel_split import Off, sets_off
from experiments.channels import SeedRuns, check, clamped_setups, gather
from experiments.effects import NoRunFinishedError
from experiments.panels import PanelPlan
from experiments.pool import Failure, run_all
from experiments.releases import release_settings
from experiments.simulate import Results, Setup
from model.channels import present
from model.errors import InputError, nearest

if TYPE_CHECKING:
    from model import World

Progress = Callable[[int, int, int], None]
_PLANTS = PanelPlan(("plants",))


@dataclass(frozen=True)
class ImpactStudy:
    """The runs, checked: control and full seed by seed; the same with constraints released.

    `channels`: those told apart; `among`: all there are. `released`: setups like `base`, by name of
    the release.
    """

    base: list[Setup]
    channels: tuple[str, ...]
    among: tuple[str, ...]
    released: Mapping[str, list[Setup]]

    @property
    def seeds(self) -> list[int]:
        """Seeds in order."""
        return [setup.seed for setup in self.base[::2]]

    @property
    def sets(self) -> list[Off]:
        """Sets of channels that are off, the empty one first."""
        return sets_off(self.channels, among=self.among)

    @property
    def plain(self) -> list[Setup]:
        """All runs that need no other run's path."""
        return [*self.base, *(setup for setups in self.released.values() for setup in setups)]

    @property
    def runs(self) -> int:
        """Runs in all."""
        return len(self.plain) + len(self.seeds) * (len(self.sets) - 1)


@dataclass(frozen=True)
class ImpactRuns:
    """What came of them: by seed, and the (control, full) pairs of each release by seed."""

    by_seed: list[SeedRuns]
    released: Mapping[str, list[tuple[Results, Results]]]
    failures: list[Failure]


def plan_impact(
    world: str | Path | World = "plant",
    against: str | Path | World = "none",
    seeds: Iterable[int] = (1,),
    *,
    channels: Sequence[str] | None = None,
    release: bool = False,
    settings: Mapping[str, Any] | None = None,
    **arguments: Any,
) -> ImpactStudy:
    """Check everything a table needs; run nothing.

    `channels`: names of `model.channels.CHANNELS` to tell apart (all if None; none if empty).
    Other arguments as in `simulate`. Raises `model.errors.InputError` on the first thing that
    cannot be done.
    """
    numbers = list(seeds)
    base = _with_plants(check(world, against, numbers, settings=settings, **arguments))
    among = present(base[0].params.names())
    released = {}
    for name, values in release_settings().items() if release else ():
        both = {**(settings or {}), **values}
        made = check(world, against, numbers, settings=both, **arguments)
        released[name] = [replace(one, panels=_PLANTS) for one in made]
    return ImpactStudy(base, _chosen(channels, among), among, released)


def _with_plants(setups: Sequence[Setup]) -> list[Setup]:
    """The runs with the panel of plants beside the panels that displacement is read from."""
    kept = []
    for setup in setups:
        assert setup.panels is not None
        panels = replace(setup.panels, names=(*setup.panels.names, "plants"))
        kept.append(replace(setup, panels=panels))
    return kept


def _chosen(channels: Sequence[str] | None, among: tuple[str, ...]) -> tuple[str, ...]:
    if channels is None:
        return among
    for name in channels:
        if name not in among:
            raise InputError(
                "unknown channel", field="--channels", value=name, allowed=f"{', '.join(among)}; "
                "none", hint=nearest(name, (*among, "none")),
            )  # fmt: skip
    return tuple(name for name in among if name in channels)


def run_impact(
    study: ImpactStudy,
    *,
    jobs: int = 1,
    progress: Progress | None = None,
) -> ImpactRuns:
    """Run everything; a seed with a failed run is left out and its failures are kept.

    `progress(run, done, total)` counts runs through all of them. Raises NoRunFinishedError when
    not one seed ran to its end in all sets.
    """
    plain = run_all(study.plain, jobs=jobs, progress=progress)
    known, rest = plain[: len(study.base)], plain[len(study.base) :]
    setups = [
        (k, off, replace(setup, panels=_PLANTS))
        for k, off, setup in clamped_setups(study.base, known, study.sets)
    ]
    more = run_all(
        [setup for _, _, setup in setups], jobs=jobs, progress=_after(len(plain), progress)
    )
    runs, failures = gather(study.base, known, setups, more)
    released, whole = {}, {one.control.seed for one in runs}
    for number, name in enumerate(study.released):
        mine = rest[number * len(study.base) : (number + 1) * len(study.base)]
        failures += [one for one in mine if isinstance(one, Failure)]
        released[name] = pairs = [
            (one, other)
            for one, other in zip(mine[::2], mine[1::2], strict=True)
            if isinstance(one, Results) and isinstance(other, Results)
        ]
        whole &= {one.seed for one, _ in pairs}
    kept = [one for one in runs if one.control.seed in whole]
    if not kept:
        raise NoRunFinishedError(failures)
    matched = {
        name: [pair for pair in pairs if pair[0].seed in whole] for name, pairs in released.items()
    }
    return ImpactRuns(kept, matched, failures)


def _after(first: int, progress: Progress | None) -> Progress | None:
    if progress is None:
        return None
    return lambda run, done, total: progress(first + run, done, total)
