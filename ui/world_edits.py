"""How a lever is read from a world and written into it. Worlds are never changed: edits return new ones.

What a lever says is what `ornok run` would read from the world's file: terms of the first plant, or
dated events. A world that is written back as it was read is the same world.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from model.calendar_months import date_of, period_of
from model.worlds import Event, World

Value = float | str | bool
# What parameters are before any event: name to value, of the pack.
Defaults = Mapping[str, Any]
NEVER = "never"


@dataclass(frozen=True)
class Edit:
    """`read(world, defaults)` gives the lever's value, `write(world, value, defaults)` the new world."""

    read: Callable[[World, Defaults], Value]
    write: Callable[[World, Any, Defaults], World]


# --- Terms of the plant -----------------------------------------------------------------------------


def term(name: str) -> Edit:
    """One term of the world's first plant (`model.plant_sites.PlantSite`)."""

    def read(world: World, _: Defaults) -> Value:
        value: Value = getattr(world.plants[0], name)
        return value

    def write(world: World, value: Any, _: Defaults) -> World:
        return _with_site(world, {name: value})

    return Edit(read, write)


def _with_site(world: World, terms: dict[str, Any]) -> World:
    first, *others = world.plants
    return replace(world, plants=(replace(first, **terms), *others))


def offtake() -> Edit:
    """Who takes the cars: "market", "plan", or a number of cars a year that the parent takes."""

    def read(world: World, _: Defaults) -> Value:
        site = world.plants[0]
        return str(site.volume) if site.offtake == "volume" else site.offtake

    def write(world: World, value: str, _: Defaults) -> World:
        if value in ("market", "plan"):
            return _with_site(world, {"offtake": value, "volume": 0})
        return _with_site(world, {"offtake": "volume", "volume": int(value)})

    return Edit(read, write)


def closing_year() -> Edit:
    """The year in whose July the plant closes; "never": it is not closed by date."""

    def read(world: World, _: Defaults) -> Value:
        return world.plants[0].closing[:4] or NEVER

    def write(world: World, value: str, _: Defaults) -> World:
        month = world.plants[0].closing[4:] or "-07"
        return _with_site(world, {"closing": "" if value == NEVER else f"{value}{month}"})

    return Edit(read, write)


# --- Dated events -----------------------------------------------------------------------------------


def setting(
    parameter: str, first: str, last: str = "", beside: Mapping[str, Any] | None = None
) -> Edit:
    """One parameter from a month on (and back at `last`); `beside`: what is set together with it.

    A world that sets it already keeps its own months, and its own values of what is beside.
    """
    with_it = dict(beside or {})
    names = {parameter, *with_it}

    def read(world: World, defaults: Defaults) -> Value:
        value: Value = next(
            (one.values[parameter] for one in world.events if parameter in one.values),
            defaults[parameter],
        )
        return value

    def write(world: World, value: Value, defaults: Defaults) -> World:
        dates = [one.date for one in world.events if parameter in one.values]
        start, *ends = dates or [first, *([last] if last else [])]
        neutral = defaults[parameter]
        bare = without(world, names)
        if value == neutral:
            return bare
        own = {
            name: one.values[name]
            for one in world.events
            if parameter in one.values
            for name in with_it
            if name in one.values
        }
        events = [Event(start, {parameter: value, **with_it, **own})]
        events += [Event(end, {parameter: neutral}) for end in ends[:1]]
        return _with_events(bare, events)

    return Edit(read, write)


def points(parameters: tuple[str, ...], first: str) -> Edit:
    """So much more than usual for several rates at once, in percentage points.

    Left where it stands it changes nothing, also in a world whose rates have not moved alike.
    """

    def read(world: World, defaults: Defaults) -> Value:
        value = setting(parameters[0], first).read(world, defaults)
        return round(100.0 * (float(value) - float(defaults[parameters[0]])), 4)

    def write(world: World, value: float, defaults: Defaults) -> World:
        if value == read(world, defaults):
            return world
        bare = without(world, set(parameters))
        if not value:
            return bare
        dates = [one.date for one in world.events if parameters[0] in one.values]
        values = {name: round(float(defaults[name]) + value / 100.0, 6) for name in parameters}
        return _with_events(bare, [Event((dates or [first])[0], values)])

    return Edit(read, write)


def closed_months(parameter: str, first: str, closed: float, neutral: float) -> Edit:
    """A state that lasts for some months from `first` on: how many."""

    def spells(world: World) -> list[Event]:
        return [one for one in world.events if parameter in one.values]

    def read(world: World, _: Defaults) -> Value:
        found = spells(world)
        if len(found) < 2 or found[0].values[parameter] == neutral:
            return 0.0
        return float(found[1].period - found[0].period)

    def write(world: World, value: float, _: Defaults) -> World:
        found = spells(world)
        start = found[0].date if found else first
        bare = without(world, {parameter})
        if not value:
            return bare
        end = date_of(period_of(start) + int(value))
        return _with_events(
            bare, [Event(start, {parameter: closed}), Event(end, {parameter: neutral})]
        )

    return Edit(read, write)


def percent_above(parameter: str, first: str) -> Edit:
    """An index above 1, in percent, from a month on."""
    inner = setting(parameter, first)

    def read(world: World, defaults: Defaults) -> Value:
        return round(100.0 * (float(inner.read(world, defaults)) - 1.0), 4)

    def write(world: World, value: float, defaults: Defaults) -> World:
        return inner.write(world, round(1.0 + value / 100.0, 6), defaults)

    return Edit(read, write)


def without(world: World, names: set[str]) -> World:
    """The world whose events do not set these parameters."""
    kept = []
    for one in world.events:
        values = {name: value for name, value in one.values.items() if name not in names}
        if values:
            kept.append(one if len(values) == len(one.values) else Event(one.date, values))
    return replace(world, events=tuple(kept))


def _with_events(world: World, events: list[Event]) -> World:
    """The world with these events too; those of one month become one, so that order is settled."""
    merged: dict[str, dict[str, Any]] = {}
    for one in (*world.events, *events):
        merged.setdefault(one.date, {}).update(one.values)
    return replace(world, events=tuple(Event(date, merged[date]) for date in sorted(merged)))
