"""Writing a world as TOML: the standard library reads TOML but does not write it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from model.worlds import World


def world_to_toml(world: World) -> str:
    """The text of a TOML file that says the same as `world` (its name is the file's name)."""
    lines = [
        f"title = {_value(world.title)}",
        f"question = {_value(world.question)}",
        f"outside = {_value(world.outside)}",
    ]
    if world.parameters:
        lines += ["", "[parameters]", *_assignments(world.parameters)]
    for plant in world.plants:
        lines += ["", "[[plants]]", *_assignments(plant.table())]
    for event in world.events:
        inside = ", ".join(_assignments(event.values))
        lines += ["", "[[events]]", f"date = {_value(event.date)}", f"set = {{ {inside} }}"]
    return "\n".join(lines) + "\n"


def _assignments(values: Mapping[str, Any]) -> list[str]:
    # Parameters and fields are Python names, which are bare keys in TOML.
    return [f"{name} = {_value(value)}" for name, value in values.items()]


def _value(value: str | float | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # A JSON string is a TOML basic string, but for one control character.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(value)
