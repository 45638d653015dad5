"""Writing a world as TOML: the standard library reads TOML but does not write it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from model.worlds import PlantSite, World


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
        lines += ["", "[[plants]]", *_assignments(_plant_table(plant))]
    for event in world.events:
        inside = ", ".join(_assignments(event.values))
        lines += ["", "[[events]]", f"date = {_value(event.date)}", f"set = {{ {inside} }}"]
    return "\n".join(lines) + "\n"


def _plant_table(plant: PlantSite) -> dict[str, Any]:
    which = {"reference": True} if plant.reference else {"plant": plant.plant}
    return {
        **which,
        "site": plant.site,
        "delay_months": plant.delay_months,
        "offtake": plant.offtake,
        "local_purchases": plant.local_purchases,
        "policies": plant.policies,
    }


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
