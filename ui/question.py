"""What a visitor asks: a world of the library, with levers moved, on a pack, at a scale, with a seed.

Everything from outside (a link, a browser's message) comes in through `ask` and leaves it within
bounds, with a list of what had to be corrected.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any

from model import load_pack
from model.errors import InputError
from model.worlds import World
from ui.levers import BY_NAME, LEVERS, Lever, defaults_of
from ui.run_request import FULL, PACKS, SCALES, SEEDS, RunRequest, request_of
from ui.world_edits import Value, without

FIRST_WORLD = "plant"
WITHOUT = "none"


@cache
def library_names() -> tuple[str, ...]:
    """Names of the library's worlds."""
    return tuple(World.names())


@cache
def library_world(name: str) -> World:
    """A world of the library; read once."""
    return World.load(name)


@dataclass(frozen=True)
class Correction:
    """Something that was asked for and changed: `name` is a lever's or a setting's.

    `unknown`: there is no such thing; otherwise there is, but not here or not so much.
    """

    name: str
    asked: str
    used: str
    unknown: bool = False


@dataclass(frozen=True)
class Question:
    """One question; `moved`: levers that differ from the world's own values."""

    pack: str = PACKS[0]
    world: str = FIRST_WORLD
    scale: int = SCALES[PACKS[0]][0]
    seed: int = 1
    moved: Mapping[str, Value] = field(default_factory=dict)

    @cached_property
    def base(self) -> World:
        """The world of the library."""
        return library_world(self.world)

    @cached_property
    def possible(self) -> bool:
        """Whether the pack has the plants and regions that the world names."""
        try:
            self.base.check_against(load_pack(self.pack))
        except InputError:
            return False
        return True

    @cached_property
    def has_plant(self) -> bool:
        """Whether there is a plant to compare with its absence."""
        return bool(self.base.plants)

    @cached_property
    def with_plant(self) -> World:
        """The world as asked."""
        world, defaults = self.base, defaults_of(self.pack)
        for lever in LEVERS:
            if lever.name in self.moved:
                world = lever.edit.write(world, self.moved[lever.name], defaults)
        return world

    @cached_property
    def without_plant(self) -> World:
        """The same without any plant; what can do nothing then is left out, so that runs are shared."""
        only = {name for lever in LEVERS if lever.plant_only for name in parameters_of(lever)}
        bare = replace(self.with_plant, plants=())
        return without(bare, only) if self.has_plant else library_world("flat")

    def value(self, lever: Lever) -> Value:
        """Where a lever stands."""
        if lever.name in self.moved:
            return self.moved[lever.name]
        return lever.edit.read(self.base, defaults_of(self.pack))

    def usable(self, lever: Lever) -> bool:
        """Whether this world has what the lever acts on."""
        return self.has_plant or not (lever.needs_plant or lever.plant_only)

    def request(self, *, plant: bool, seed: int | None = None, detail: str = FULL) -> RunRequest:
        """The run with or without the plant."""
        world = self.with_plant if plant else self.without_plant
        seed = self.seed if seed is None else seed
        return request_of(world, pack=self.pack, scale=self.scale, seed=seed, detail=detail)

    def to_query(self) -> dict[str, str]:
        """What stands in a link: only what differs from the first question."""
        first = Question()
        query = {
            name: str(getattr(self, name))
            for name in ("pack", "world", "seed")
            if getattr(self, name) != getattr(first, name)
        }
        if self.scale != SCALES[self.pack][0]:
            query["scale"] = str(self.scale)
        return query | {name: _written(value) for name, value in self.moved.items()}


def parameters_of(lever: Lever) -> set[str]:
    """Names of the parameters that a lever sets."""
    beside = {
        "content_rule": {"mandate_grace_months", "mandate_fine"},
        "guarantee": {"credit_scope"},
        "duty_points": {"used_car_duty_rate"},
    }
    return {lever.parameter, *beside.get(lever.name, set())} - {""}


def ask(raw: Mapping[str, Any]) -> tuple[Question, list[Correction]]:
    """A question from what came from outside: a link's query, or what a browser sends.

    Values out of range become the nearest allowed ones, what makes no sense is left out; both are
    in the list. Names that nobody knows are ignored.
    """
    corrections: list[Correction] = []

    def one_of(name: str, allowed: Any, usual: Any) -> Any:
        asked = str(raw.get(name, usual))
        found = next((x for x in allowed if str(x) == asked), None)
        if found is None:
            corrections.append(Correction(name, _short(asked), str(usual), unknown=name != "scale"))
            return usual
        return found

    pack = one_of("pack", PACKS, PACKS[0])
    world = one_of("world", library_names(), FIRST_WORLD)
    scale = one_of("scale", SCALES[pack], SCALES[pack][0])
    seed = _whole(raw.get("seed", 1), *SEEDS)
    if str(raw.get("seed", 1)) != str(seed):
        corrections.append(Correction("seed", _short(raw["seed"]), str(seed)))
    question = Question(pack, world, scale, seed)
    if not question.possible:
        corrections.append(Correction("world", world, FIRST_WORLD))
        question = replace(question, world=FIRST_WORLD)
    moved: dict[str, Value] = {}
    for lever in LEVERS:
        if lever.name not in raw or not question.usable(lever):
            continue
        value = lever.clamp(raw[lever.name])
        usual = question.value(lever)
        if value is None or not _same(value, raw[lever.name]):
            used = usual if value is None else value
            corrections.append(Correction(lever.name, _short(raw[lever.name]), _written(used)))
        if value is not None and value != usual:
            moved[lever.name] = value
    return _checked(replace(question, moved=moved), corrections), corrections


def _checked(question: Question, corrections: list[Correction]) -> Question:
    """The question if its worlds can be run, else without the levers moved."""
    try:
        for plant in (True, False):
            question.request(plant=plant)
    except InputError as problem:
        corrections.append(Correction("levers", _short(problem), ""))
        return replace(question, moved={})
    return question


def _whole(value: Any, low: int, high: int) -> int:
    try:
        number = int(float(value))
    except (TypeError, ValueError, OverflowError):
        return low
    return min(max(number, low), high)


def _written(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    return str(int(value)) if value == int(value) else repr(value)


def _same(value: Value, raw: Any) -> bool:
    if isinstance(value, bool | str):
        return str(raw).lower() in (str(value).lower(), "1" if value is True else "0")
    return abs(float(raw) - value) < 1e-6 * max(1.0, abs(value))


def _short(value: Any) -> str:
    """What was asked, short enough to show."""
    text = str(value)
    return text if len(text) <= 40 else text[:39] + "…"


__all__ = ["BY_NAME", "Correction", "Question", "ask"]
