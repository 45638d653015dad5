"""The command that makes the same runs outside the browser, ready to be pasted into a shell."""

from __future__ import annotations

import shlex
from dataclasses import replace

from model.worlds import World
from ui.question import WITHOUT, Question
from ui.run_request import SCALES


def command_of(question: Question) -> str:
    """One `ornok run` where the library has both worlds; else a shell text that writes them first."""
    with_plant, without = question.with_plant, question.without_plant
    one = question.world if not question.moved else ""
    other = _library_name(without)
    files = []
    if not one:
        files.append(("with_plant.toml", _named(with_plant, question, "with")))
    if not other:
        files.append(("without_plant.toml", _named(without, question, "without")))
    run = ["ornok", "run", one or "with_plant.toml"]
    if other != WITHOUT:
        run += ["--against", other or "without_plant.toml"]
    run += ["--pack", question.pack]
    if question.scale != _usual_scale(question.pack):
        run += ["--scale", str(question.scale)]
    run += ["--seed", str(question.seed)]
    written = [f"cat > {name} <<'END'\n{world.to_toml()}END" for name, world in files]
    return "\n".join([*written, shlex.join(run)])


def _usual_scale(pack: str) -> int:
    """The scale that the command has without being told: valley's is the app's too."""
    return SCALES[pack][0] if len(SCALES[pack]) == 1 else 0


def _library_name(world: World) -> str:
    """The library's name of a world without a plant, "" if it is not one of them."""
    for name in (WITHOUT, "flat"):
        known = World.load(name)
        if (known.events, known.plants, known.outside) == (world.events, (), world.outside):
            return name
    return ""


def _named(world: World, question: Question, which: str) -> World:
    changed = ", ".join(question.moved)
    title = f"{question.base.title}, {which} the plant" + (f" ({changed})" if changed else "")
    return replace(world, title=title, question=question.base.question)
