"""The command that makes the same runs outside the browser, ready to be pasted into a shell."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import NamedTuple

from model.worlds import World
from ui.question import WITHOUT, Question, library_world
from ui.run_request import SCALES


def command_of(question: Question) -> str:
    """One `ornok run` where the library has both worlds; else a shell text that writes them first."""
    without = question.without_plant
    one = _Side("with_plant", question.with_plant, "" if question.moved else question.world)
    other = _Side("without_plant", without, _plantless_name(without))
    return _command(question, one, other, "with the plant", "without the plant")


def command_of_two(a: Question, b: Question) -> str:
    """The same for two questions on one country, scale and seed."""
    one = _Side("world_a", a.with_plant, "" if a.moved else a.world)
    other = _Side("world_b", b.with_plant, "" if b.moved else b.world)
    return _command(a, one, other, "world A", "world B")


class _Side(NamedTuple):
    """A world, the file it would be written to, and its name in the library if it is there."""

    file: str
    world: World
    name: str

    @property
    def argument(self) -> str:
        return self.name or f"{self.file}.toml"

    def written(self, which: str) -> list[str]:
        if self.name:
            return []
        world = replace(self.world, title=f"Made in the browser: {which}", question="")
        return [f"cat > {self.file}.toml <<'END'\n{world.to_toml()}END"]


def _command(question: Question, one: _Side, other: _Side, first: str, second: str) -> str:
    run = ["ornok", "run", one.argument]
    if other.name != WITHOUT or one.name == WITHOUT:
        run += ["--against", other.argument]
    run += ["--pack", question.pack]
    if len(SCALES[question.pack]) > 1:
        run += ["--scale", str(question.scale)]
    run += ["--seed", str(question.seed)]
    return "\n".join([*one.written(first), *other.written(second), shlex.join(run)])


def _plantless_name(world: World) -> str:
    """The library's name of a world without a plant, "" if it is not one of them."""
    for name in (WITHOUT, "flat"):
        known = library_world(name)
        if (known.events, known.plants, known.outside) == (world.events, (), world.outside):
            return name
    return ""
