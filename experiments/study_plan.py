"""A study made ready: every run it asks for, with the key that says what would come out.

Equal keys mean equal rows: the key holds all that a result depends on (code, pack, world,
parameters, seed) and what of it is kept. So a finished key is never run again, also when more
seeds, points or worlds are added to the study later.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from experiments.designs import Axis, Design, axis_of, make_design
from experiments.outcomes import outcomes
from experiments.simulate import Setup, prepare
from experiments.study_file import NAME, StudyFile, read_study
from model import World, load_pack, source_hash
from model.calendar_months import period_of
from model.errors import InputError, nearest
from model.packs import pack_names

__all__ = ["Keep", "Kit", "Plan", "Run", "code_version", "make_plan"]

# What shapes a stored row beside the model itself.
_ROW_SOURCES = ("branching.py", "course.py", "panels.py", "simulate.py", "study_rows.py")
MOST_RUNS = 1_000_000


@cache
def code_version() -> str:
    """Hash of all that decides the rows of a run: the model's sources and ours that keep rows."""
    digest = hashlib.sha256()
    for name in _ROW_SOURCES:
        digest.update((Path(__file__).parent / name).read_bytes())
    return f"{source_hash()}-{digest.hexdigest()[:8]}"


@dataclass(frozen=True)
class Keep:
    """What of a run is stored: periods `first` to `last` (both in it), outcomes, regions, panels."""

    outcomes: tuple[str, ...]
    regions: tuple[str, ...]
    first: int
    last: int
    panels: tuple[str, ...]


@dataclass(frozen=True)
class Run:
    """One run of a study: which world (a number), which parameters (a point), which seed."""

    key: str
    world: int
    point: int
    seed: int


@dataclass(frozen=True)
class Kit:
    """What a worker needs to know once: a setup a world, without the values of a point."""

    setups: tuple[Setup, ...]
    keep: Keep
    code: str
    pack_hash: str

    def setup(self, world: int, values: Mapping[str, Any], seed: int) -> Setup:
        """The setup of one run, as `prepare` would make it with `values` among the settings."""
        base = self.setups[world]
        own = {name: x for name, x in base.world.parameters.items() if name not in values}
        return replace(
            base,
            world=replace(base.world, parameters=own),
            params=base.params.with_values(values),
            seed=seed,
        )


@dataclass(frozen=True, eq=False)
class Plan:
    """A checked study; nothing has run and nothing is written."""

    folder: Path
    file: StudyFile
    design: Design
    kit: Kit
    seeds: tuple[int, ...]

    @property
    def worlds(self) -> list[str]:
        """Names of the worlds, the one to compare with at the end."""
        return [setup.world.name for setup in self.kit.setups]

    @property
    def against(self) -> str | None:
        """The world that the others are compared with, if any: the last of `worlds`."""
        return None if self.file.against is None else self.worlds[-1]

    @cached_property
    def keys(self) -> frozenset[str]:
        """Keys of all runs; points or worlds that say the same share theirs."""
        return frozenset(run.key for run in self.runs())

    def runs(self) -> Iterator[Run]:
        """Every run, one at a time; the worlds of a point and seed stand together."""
        keys = _Keys(self)
        for point in range(len(self.design.points)):
            values = self.design.values(point)
            for seed in self.seeds_of(point):
                for world in range(len(self.kit.setups)):
                    yield Run(keys.of(world, values, seed), world, point, seed)

    def seeds_of(self, point: int) -> tuple[int, ...]:
        """The seeds of one point: those of the study, or as many of its own (`own_seeds`)."""
        part = self.file.design
        if part is None or not part.own_seeds:
            return self.seeds
        return tuple(seed + point * len(self.seeds) for seed in self.seeds)

    def parameters(self, run: Run) -> dict[str, Any]:
        """What differs from the pack in a run: settings and the values of its point."""
        return {**self.file.settings, **self.design.values(run.point)}


class _Keys:
    """Makes keys: what all runs of a world share is hashed once."""

    def __init__(self, plan: Plan) -> None:
        loaded = load_pack(plan.kit.setups[0].pack)
        self._own = loaded.params().to_dict()
        fixed = plan.kit.setups[0].params.to_dict()
        self._fixed = {n: x for n, x in fixed.items() if n != "pack" and x != self._own[n]}
        kit = plan.kit
        self._shared = []
        for setup in kit.setups:
            world = _content(setup.world, plan.design.names)
            facts = [kit.code, kit.pack_hash, world, vars(kit.keep)]
            self._shared.append(hashlib.sha256(json.dumps(facts, sort_keys=True).encode()))

    def of(self, world: int, values: Mapping[str, Any], seed: int) -> str:
        """Key of one run, 32 hex digits; a parameter at the pack's own value does not count."""
        changed = {**self._fixed, **values}
        told = {name: x for name, x in changed.items() if x != self._own[name]}
        digest = self._shared[world].copy()
        digest.update(json.dumps([told, seed], sort_keys=True).encode())
        return digest.hexdigest()[:32]


def _content(world: World, overridden: Sequence[str]) -> list[Any]:
    """All of a world that a result depends on; its name and its words do not count."""
    parameters = {n: x for n, x in world.parameters.items() if n not in overridden}
    events = [[event.date, dict(event.values)] for event in world.events]
    return [world.outside, parameters, events, [plant.table() for plant in world.plants]]


# --- From the file to the plan ----------------------------------------------------------------------


def make_plan(folder: str | Path) -> Plan:
    """Read and check `study.toml` of a folder; write nothing.

    Raises `model.errors.InputError` that names file, field, value, allowed range, nearest name.
    """
    place = Path(folder)
    path = place / NAME
    if not place.is_dir():
        raise InputError("is no folder with a study", field="DIR", value=str(folder))
    file = read_study(path)
    try:
        return _plan(place, file)
    except InputError as problem:
        if str(problem).startswith(str(place)):  # it names a file of the study already
            raise
        raise InputError(str(problem), file=path) from None


def _plan(folder: Path, file: StudyFile) -> Plan:
    both = sorted(set(file.levers) & set(file.uncertainties))
    if both:
        raise InputError("is a lever already", field=f"uncertainties.{both[0]}")
    if file.seeds is not None and file.replications is not None:
        raise InputError("name seeds or replications, not both", field="replications")
    seeds = tuple(file.all_seeds())
    if len(set(seeds)) != len(seeds):
        raise InputError("names a seed twice", field="seeds", value=list(seeds))
    axes: list[Axis] = [axis_of(name, "lever", span) for name, span in file.levers.items()]
    axes += [axis_of(name, "uncertainty", span) for name, span in file.uncertainties.items()]
    setups = _setups(folder, file, seeds)
    design = make_design(file.design, axes, folder)
    for name in design.names:
        if name in file.settings:
            raise InputError("varies in the design already", field=f"settings.{name}")
    pack = load_pack(setups[0].pack)
    keep = _keep(file, int(setups[0].params.horizon), pack.region_ids)
    kit = Kit(setups, keep, code_version(), pack.digest)
    plan = Plan(folder, file, design, kit, seeds)
    n_runs = len(design.points) * len(seeds) * len(setups)
    if n_runs > MOST_RUNS:
        allowed = f"at most {MOST_RUNS:,}"
        raise InputError("too many runs", field="design", value=n_runs, allowed=allowed)
    return plan


def _setups(folder: Path, file: StudyFile, seeds: Sequence[int]) -> tuple[Setup, ...]:
    named = [*file.worlds, *([file.against] if file.against is not None else [])]
    for number, name in enumerate(named):
        if name in named[:number]:
            field = "against" if number == len(file.worlds) else "worlds"
            raise InputError("is named twice", field=field, value=name)
    for name in ("pack", "scale", "horizon"):
        if name in file.settings:
            raise InputError("stands at the top of the file", field=f"settings.{name}")
    setups: list[Setup] = []
    for name in named:
        setup = prepare(
            world_place(name, folder),
            pack=pack_place(file.pack, folder),
            seed=seeds[0],
            scale=file.scale,
            horizon=file.horizon,
            settings=file.settings,
            panels=file.panels,
        )
        if setup.world.name in [other.world.name for other in setups]:
            raise InputError("two worlds of one name", field="worlds", value=setup.world.name)
        setups.append(setup)
    if setups[0].params.horizon < 1:
        raise InputError("nothing to keep", field="horizon", value=0, allowed="1 or more")
    for seed in seeds:
        if seed < 0:
            raise InputError("not a usable seed", field="seeds", value=seed, allowed="0 or more")
    return tuple(setups)


def world_place(name: str, folder: Path) -> str:
    """A world's name, or its file: from the study's folder, so that a study can be moved."""
    return str(folder / name) if name.endswith(".toml") or "/" in name else name


def pack_place(name: str, folder: Path) -> str:
    # Workers have a working directory of their own.
    own = folder / name
    return str(own.resolve()) if name not in pack_names() and own.is_dir() else name


def _keep(file: StudyFile, horizon: int, regions: Sequence[str]) -> Keep:
    part = file.keep
    known = outcomes()
    _all_known("keep.outcomes", part.outcomes or [], list(known))
    wished = list(regions) if part.regions == ["all"] else part.regions
    _all_known("keep.regions", wished, regions, "all (alone), ")
    first = _month("keep.from", part.first, 0, horizon)
    last = _month("keep.to", part.last, horizon - 1, horizon)
    if last < first:
        raise InputError("is before keep.from", field="keep.to", value=part.last)
    kept = tuple(part.outcomes) if part.outcomes is not None else tuple(known)
    if wished and not any(known[name].level == "region" for name in kept):
        raise InputError("no outcome kept is known by region", field="keep.regions", value=wished)
    return Keep(kept, tuple(wished), first, last, tuple(file.panels))


def _all_known(field: str, given: Sequence[str], known: Sequence[str], more: str = "") -> None:
    for number, name in enumerate(given):
        if name not in known:
            few = ", ".join(known) if len(known) < 30 else "see model/outcomes.csv"
            hint = nearest(name, known)
            raise InputError("unknown name", field=field, value=name, allowed=more + few, hint=hint)
        if name in given[:number]:
            raise InputError("is named twice", field=field, value=name)


def _month(field: str, written: str | None, default: int, horizon: int) -> int:
    if written is None:
        return default
    last = f"{2023 + (horizon - 1) // 12}-{(horizon - 1) % 12 + 1:02d}"
    allowed = f"2023-01 to {last}, the months of the horizon"
    try:
        period = period_of(written)
    except InputError:
        raise InputError("no month", field=field, value=written, allowed=allowed) from None
    if not 0 <= period < horizon:
        raise InputError("out of range", field=field, value=written, allowed=allowed)
    return period
