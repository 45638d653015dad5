"""Sales abroad: what the parent takes, foreign buyers and reputation, and services for the parent.

Limits: with access 0, or where nobody abroad knows the make, foreign buyers take nothing;
reputation lies within 0 and 1 and fades without cars; every service sold is paid by the parent.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from model.accounts import WORLD, Kind
from model.border import border_price, freight_factor
from model.markets.car_choice import NEW
from model.plant_costs import hours_now
from model.plant_timeline import CKD, announced_capacity
from model.shocks import pass_border

if TYPE_CHECKING:
    from model.plant import Plant


# --- Reputation -----------------------------------------------------------------------------------


def next_known(
    known: float, exported: float, sold_home: float, memory: float, weight: float
) -> float:
    """Cars by which foreigners know the make (real cars): the remembered, and this month's.

    A car sold at home counts `weight` of one sold abroad. At rest: flow / (1 − memory).
    """
    return memory * known + exported + weight * sold_home


def next_reputation(
    reputation: float, known: float, quality: float, half: float, speed: float
) -> float:
    """Reputation moves to quality · known / (known + half); within 0 and 1 (Shapiro 1983)."""
    return reputation + speed * (quality * known / (known + half) - reputation)


def car_quality(plant: Plant) -> float:
    """Quality of the car, 0 to 1: the parent's standard for the kit, the suppliers' for their part.

    1 − local content · (1 − the suppliers' mean quality, weighted by what they were paid).
    """
    model = plant.model
    own = [one for one in model.contracts if one.plant is plant]
    worth = sum(one.share * one.price for one in own)
    if worth <= 0.0:
        return 1.0
    seen = sum(one.share * one.price * float(model.firms.quality[one.firm]) for one in own) / worth
    return 1.0 - plant.local_content * (1.0 - seen)


def spread_reputation(plant: Plant) -> None:
    """Phase 9, after all sales: what foreigners have come to know of this plant's cars."""
    p, scale = plant.model.params, plant.model.scale
    abroad = plant.month.get("cars_exported", 0.0)
    home = plant.month.get("cars_sold", 0.0) - abroad
    plant.known_abroad = next_known(
        plant.known_abroad, abroad * scale, home * scale, p.reputation_memory,
        p.reputation_home_weight,
    )  # fmt: skip
    plant.reputation = next_reputation(
        plant.reputation, plant.known_abroad, car_quality(plant), p.reputation_half,
        p.reputation_speed,
    )  # fmt: skip


# --- Cars -----------------------------------------------------------------------------------------


def open_access(plant: Plant) -> float:
    """Share of the export market that is open: more once the car counts as made here.

    A kit car fails the rules of origin; a CKD car passes with enough local content.
    """
    p = plant.model.params
    made_here = plant.stage == CKD and plant.local_content >= p.origin_threshold
    return max(float(p.export_access), float(p.export_access_origin) if made_here else 0.0)


def export_share(ratio: float, elasticity: float) -> float:
    """Logit share at this ratio of delivered to world price: a half at equal prices."""
    return 1.0 / (1.0 + math.pow(ratio, elasticity))


def delivered_ratio(plant: Plant) -> float:
    """Price of the plant's car delivered abroad over the world price of a new car."""
    model = plant.model
    freight = model.params.export_freight * freight_factor(model)
    return plant.price * (1.0 + freight) / border_price(model, NEW)


def export_demand(plant: Plant) -> float:
    """Agent cars a month that foreigners want: access · market · logit share · reputation.

    A market of `export_market` real cars a year is in reach at equal prices by half.
    """
    model = plant.model
    p = model.params
    access = open_access(plant)
    if access <= 0.0:
        return 0.0
    share = export_share(delivered_ratio(plant), p.export_elasticity) * plant.reputation
    market = access * p.export_market / 12.0 / model.scale * share
    return float(market * p.foreign_demand_index)


def export_wish(plant: Plant) -> float:
    """Agent cars a month wanted abroad: by the parent where the world says so, else by buyers.

    "plan": what was announced for now above home sales; "volume": a fixed number beyond them.
    """
    model, offtake = plant.model, plant.site.offtake
    if offtake == "plan":
        announced = announced_capacity(plant, model.period) / model.scale / 12.0
        return max(announced - plant.month.get("cars_sold", 0.0), 0.0)
    if offtake == "volume":
        return plant.site.volume / model.scale / 12.0
    return export_demand(plant)


def sell_abroad(plant: Plant) -> None:
    """Phase 9: note what is wanted abroad and sell what is there.

    A part of a whole car is carried on; what cannot be served is not asked for again.
    """
    wish = export_wish(plant)
    plant.orders += wish
    plant.export_backlog = min(plant.export_backlog + wish, wish + 1.0)
    wanted = min(int(plant.export_backlog), plant.stock)
    cars, _ = pass_border(0, wanted, plant.model.params.corridor_open)
    plant.export_backlog -= cars
    plant.sell(cars, WORLD)
    spread_reputation(plant)


# --- Services for the parent ----------------------------------------------------------------------


def extra_staff(plant: Plant) -> float:
    """Staff of the site's second activity, agent units: its part of all who are there."""
    f, row = plant.model.firms, plant.row
    wanted = float(f.desired_staff[row])
    if plant.extra_jobs <= 0.0 or wanted <= 0.0:
        return 0.0
    return plant.extra_jobs * min(float(f.employees[row]) / wanted, 1.0)


def extra_work(plant: Plant) -> float:
    """The second activity's work, as the value of the cars that as many hours of the crew make, KGS.

    It buys inputs at the plant's own rate: an expansion is more of what the plant does, and in the
    studies of local jobs a plant that grows buys more too.
    """
    hours = extra_staff(plant) * float(plant.model.params.plant_hours_per_worker)
    return hours / hours_now(plant) * plant.base_price


def export_services(plant: Plant) -> None:
    """Phase 9: the parent pays its second activity's wages, contributions, inputs and a margin.

    The parent sends the materials and keeps them; what was bought here is the part of the plant's
    inputs that goes with this work.
    """
    f, row, p = plant.model.firms, plant.row, plant.model.params
    if f.employees[row] <= 0 or plant.extra_jobs <= 0.0:
        return
    part = extra_staff(plant) / float(f.employees[row])
    cost = float(f.wage_bill[row]) * (1.0 + p.social_rate_employer) * part
    if f.production_value[row] > 0.0:
        work = extra_work(plant) / float(f.production_value[row])
        cost += float(f.material_cost[row]) * work
    value = cost * (1.0 + p.extra_margin)
    plant.receive(WORLD, Kind.EXPORTS, value)
    plant.note("service_exports", value)
