"""Whether a question is well put: two worlds differ by the plant alone, and the plant fits the country."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from model import World
    from model.packs import Pack

_MISSING = object()
# Cars a year for each hundred people: Slovakia makes most, about 19 (recalled).
_MOST_CARS = 0.2


def too_large(world: World, pack: Pack) -> str | None:
    """That a plant's offtake is beyond what any country makes for its size; None when it is not."""
    people = float(pack.population.sum())
    for site in world.plants:
        if site.volume > _MOST_CARS * people:
            return (
                f"the plant of world {world.name} is to make {site.volume:,} cars a year for a country of "
                f"{people:,.0f} people: no country makes more than one for five. The numbers mean "
                f"nothing; give `volume` a value below {_MOST_CARS * people:,.0f}"
            )
    return None


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
