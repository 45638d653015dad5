"""Whether two worlds differ by more than the plant: then their difference is not the plant's effect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from model import World

_MISSING = object()


def beyond_the_plant(one: World, other: World) -> str | None:
    """What beside plants makes the difference of two worlds; None when nothing does.

    Only where their plants differ: a lever or a shock with the same plants in both is the question.
    Settings of the run itself (`--set`) are in both and count for neither.
    """
    if one.plants == other.plants:
        return None
    found = []
    if names := _unlike(one.parameters, other.parameters):
        found.append(f"by the starting value of {', '.join(names)}")
    if months := _events_unlike(one, other):
        found.append(f"by the events of {', '.join(months)}")
    if one.outside != other.outside:
        found.append("by the recorded outside series")
    if not found:
        return None
    treated = one if one.plants else other
    return (
        f"worlds {one.name} and {other.name} differ by more than the plant: {' and '.join(found)}. "
        f"For the plant alone compare with a copy of {treated.name} without [[plants]]"
    )


def _unlike(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    names = sorted({*one, *other})
    return [name for name in names if one.get(name, _MISSING) != other.get(name, _MISSING)]


def _events_unlike(one: World, other: World) -> list[str]:
    """Events that only one of them has: month and what they set."""
    sides = [
        [(event.date, tuple(sorted(event.values.items()))) for event in world.events]
        for world in (one, other)
    ]
    alone = [event for event in sides[0] if event not in sides[1]]
    alone += [event for event in sides[1] if event not in sides[0]]
    return [f"{date} ({', '.join(name for name, _ in values)})" for date, values in sorted(alone)]
