"""How long two worlds are one, and how a run of the one goes on as the other.

Of a world nothing can be read before its time: a dated event changes parameters in its month, the
outside series speak from the first month after the burn-in, a plant touches nothing before its
announcement, and a date of its end or of a second activity is looked at when it comes. So a run is
the run of every world that is the same *by* that month (`world_by`), and may be copied there and
gone on with as any of them (`copy_model`, `enter_world`), bit for bit as if it had been that world
from the start.

Where it is not sure, worlds differ: all terms of a plant count from its announcement on, also
those that only matter once it is open; parameters of the start always count.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from model import start
from model.pack_fields import PLANT_MONTHS
from model.plant import Plant
from model.plant_timeline import period_from
from model.worlds import World, period_of

if TYPE_CHECKING:
    from model.model import RegionalModel
    from model.packs import Pack
    from model.plant_sites import PlantSite

# Terms of a site that are read only from the month on that they name: (the month, what goes with it).
_DATED_TERMS = (("closing", ()), ("extra_jobs_from", ("extra_jobs",)))
_NONE_YET: dict[str, Any] = {"closing": "", "extra_jobs_from": "", "extra_jobs": 0}


# --- What is known when ---------------------------------------------------------------------------


def plant_begins(site: PlantSite, pack: Pack) -> int:
    """The first period in which anything of a plant may be read: its announcement, as a rule."""
    facts = pack.plants[site.plant or pack.reference_plant]
    dates = [period_from(facts[name]) for name in PLANT_MONTHS]
    dates += [period_from(one["date"]) + site.delay_months for one in facts.get("policies", [])]
    dates += [period_of(getattr(site, month)) for month, _ in _DATED_TERMS if getattr(site, month)]
    return min(dates)


def world_by(world: World, pack: Pack, period: int) -> World:
    """The world as far as anything of it can be read before `period`; starting parameters whole.

    Plants keep their numbers: one that begins makes those before it in the file known, too.
    """
    begun = [plant_begins(site, pack) < period for site in world.plants]
    known = max((number + 1 for number, one in enumerate(begun) if one), default=0)
    return replace(
        world,
        outside=world.outside and period > 0,
        events=tuple(event for event in world.events if event.period < period),
        plants=tuple(_site_by(site, period) for site in world.plants[:known]),
    )


def _site_by(site: PlantSite, period: int) -> PlantSite:
    unknown: dict[str, Any] = {}
    for month, others in _DATED_TERMS:
        date = getattr(site, month)
        if date and period_of(date) >= period:
            unknown |= {name: _NONE_YET[name] for name in (month, *others)}
    return replace(site, **unknown) if unknown else site


def _content(world: World) -> tuple[Any, ...]:
    """What of a world a run reads after its start; names and words do not count."""
    return world.outside, world.events, world.plants


def _dates(world: World, pack: Pack) -> Iterator[int]:
    """Periods in which something of the world becomes known."""
    yield 0
    yield from (event.period for event in world.events)
    for site in world.plants:
        yield plant_begins(site, pack)
        yield from (period_of(getattr(site, m)) for m, _ in _DATED_TERMS if getattr(site, m))


def first_difference(one: World, other: World, pack: Pack) -> float:
    """The first period in which a run of the one may differ from a run of the other.

    −inf when they start from different parameters; inf when they never differ.
    """
    if dict(one.parameters) != dict(other.parameters):
        return -math.inf
    for period in sorted({*_dates(one, pack), *_dates(other, pack)}):
        by = period + 1
        if _content(world_by(one, pack, by)) != _content(world_by(other, pack, by)):
            return period
    return math.inf


# --- A run goes on as another ---------------------------------------------------------------------


def enter_world(model: RegionalModel, world: World) -> None:
    """From its next month on, the model lives in `world`, with which it has agreed so far.

    Plants that the model does not have yet come to it as they would have been made at its start.
    Raises ValueError if the world says anything else of the past than the model's own, or if the
    model has plants that are not known yet (begin it in `world_by`).
    """
    past, future = (world_by(one, model.pack, model.period + 1) for one in (model.world, world))
    agreed = _content(past) == _content(future)
    same_start = model.first_params.with_values(world.parameters) == model.first_params
    if not (agreed and same_start and len(model.plants) == len(past.plants)):
        raise ValueError(f"world '{world.name}' and '{model.world.name}' have differed already")
    for plant, site in zip(model.plants, world.plants, strict=False):
        plant.site = site
    now, model.params = model.params, model.first_params
    try:
        for site in world.plants[len(model.plants) :]:
            add_plant(model, site)
    finally:
        model.params = now
    model.world = world


def add_plant(model: RegionalModel, site: PlantSite) -> None:
    """One more plant, unknown to everybody yet, with its row among the firms."""
    one = Plant(model, site)
    start.give_row(model, one, len(model.plants))
    model.plants.append(one)


def copy_model(model: RegionalModel) -> RegionalModel:
    """The same run once more: stepping either leaves the other as it is.

    All state is copied; what is never written to again (the pack, parameters, worlds, months on
    record) is shared, which makes it three to ten times as fast.
    """
    tables = [one for one in vars(model.base).values() if isinstance(one, np.ndarray)]
    fixed = [
        model.pack, model.params, model.first_params, model.world, model.clamp,
        *(one for one in tables if not one.flags.writeable), *model.measures.on_record(),
        *model.path.budgets, *model.failures, *model.entry_log, *model.exit_log,
    ]  # fmt: skip
    twin: RegionalModel = copy.deepcopy(model, {id(one): one for one in fixed})
    return twin


def size_of(model: RegionalModel) -> int:
    """Bytes that a copy of the model takes: its columns and tables."""
    seen = [*vars(model.workers).values(), *vars(model.firms).values(), *vars(model.base).values()]
    return sum(int(getattr(one, "nbytes", 0)) for one in seen)
