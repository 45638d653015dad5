"""A plant's life after its opening: the next stage, mothballing, reopening, and its measures.

Nothing here goes by calendar. Limits: without orders no stage moves; a stage needs demand, worth
and capability, all three; a line stops below one threshold and starts above a higher one
(hysteresis, Dixit 1989); what the expansion costs comes from abroad and is spent on the site.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from model.accounts import WORLD, Kind
from model.plant_costs import (
    direct_cost_at,
    fixed_cost,
    kit_price_at,
    lost_exemptions,
    review_price,
)
from model.plant_exit import (
    close_plant,
    closes_by_date,
    free_state_orders,
    settle_estate,
    withdraw_tenders,
)
from model.plant_exports import delivered_ratio
from model.plant_money import spend_on_site
from model.plant_timeline import (
    BUILDING,
    CKD,
    CLOSED,
    SKD,
    SKD_LOCAL,
    announced_capacity,
    announced_jobs,
    next_stage,
    production_stage,
)
from model.worlds import period_of

if TYPE_CHECKING:
    from model.model import RegionalModel
    from model.plant import Plant

YEAR, QUARTER = 12, 3


@dataclass
class Expansion:
    """The next stage under construction: `monthly` KGS from abroad for `left` more months."""

    target: int
    monthly: float
    left: int


# --- Rules ----------------------------------------------------------------------------------------


def present_value(yearly: float, rate: float, years: int) -> float:
    """Of a constant yearly sum over some years; years · sum at rate 0."""
    if rate <= 0.0:
        return yearly * years
    return yearly * (1.0 - (1.0 + rate) ** -years) / rate


def extra_margin_of_stage(
    demand: float, capacity: tuple[float, float], margin: tuple[float, float], fixed: float
) -> float:
    """Yearly margin that the next stage adds, KGS: more cars, cheaper cars, more fixed crew.

    `demand`, `capacity` (now, then): cars a year; `margin` (now, then): KGS a car at today's
    price; `fixed`: KGS a year for each car of capacity. At today's price, though a part of a lower
    cost will be passed on: by the envelope theorem that is the gain of a cheaper car.
    """
    cars = [min(demand, most) for most in capacity]
    added = cars[1] * margin[1] - cars[0] * margin[0]
    return added - (capacity[1] - capacity[0]) * fixed


def worth_building(extra: float, cost: float, rate: float, years: int, hurdle: float) -> bool:
    """Present value of the extra margin against the hurdle on its cost (Dixit 1989, 1992)."""
    return extra > 0.0 and present_value(extra, rate, years) >= hurdle * cost


def should_mothball(cash_flow: float, utilisation: float, threshold: float) -> bool:
    """Twelve months of cash lost, and hardly a car made."""
    return cash_flow < 0.0 and utilisation < threshold


def should_reopen(orders: float, capacity: float, threshold: float, mothball: float) -> bool:
    """Expected yearly orders above the way back, which is never below the way out."""
    return orders > 0.0 and orders > max(threshold, mothball) * capacity


# --- What the plant remembers ---------------------------------------------------------------------


def remember_month(plant: Plant) -> None:
    """Keep last month's cars made, orders and operating cash flow for a year.

    Operating: change of deposits but for what came from or went to the parent and for capital goods.
    """
    invested = float(plant.model.firms.investment[plant.row])
    flow = plant.cash - plant.cash_before - plant.financing + invested
    if plant.stage >= SKD:
        made = plant.month.get("cars_made", 0.0)
        plant.past = [*plant.past[1 - YEAR :], (made, plant.orders, flow)]
    plant.cash_before, plant.financing = plant.cash, 0.0


def yearly(plant: Plant) -> tuple[float, float, float]:
    """Cars made, orders and operating cash flow of the last twelve months (agent cars, KGS)."""
    made, orders, flow = (sum(column) for column in zip(*plant.past))
    return made, orders, flow


# --- The next stage -------------------------------------------------------------------------------


def able_firms(model: RegionalModel) -> int:
    """Firms that could make a part of stage 1 or 2 to a carmaker's standard, by their looks."""
    f, parts = model.firms, model.pack.components
    makers = f.alive & (f.component >= 0) & (f.quality >= model.params.capability_quality)
    early = parts["earliest_stage"][f.component[makers]] <= 2
    return int(early.sum())


def is_capable(plant: Plant, target: int) -> bool:
    """Stage 2 needs able suppliers within sight; CKD a practised crew and local content."""
    p = plant.model.params
    if target == SKD_LOCAL:
        return able_firms(plant.model) >= p.capability_firms
    return plant.experience >= p.ckd_experience and plant.local_content >= p.ckd_local_content


def stage_cost(plant: Plant, target: int) -> float | None:
    """What a stage costs, agent KGS; None where the pack names no figure.

    Stage 2 adds the announced room; body and paint shops of CKD are for all cars, also those of a
    volume that the parent takes.
    """
    k = production_stage(target)
    cost = plant.facts.get(f"stage_{k}_investment")
    if cost is None:
        return None
    if target == CKD:
        cost *= 1.0 + plant.site.volume / float(plant.facts[f"capacity_{k}"])
    return float(cost) / plant.model.scale * float(plant.model.params.numeraire)


def margin_at(plant: Plant, stage: int) -> float:
    """What a car earns the parent at a stage, KGS: the plant's margin, and its own on the kit.

    It is the parent that decides and pays, and it sells the kits.
    """
    earned = float(plant.model.params.parent_kit_margin) * kit_price_at(plant, stage)
    return plant.price - lost_exemptions(plant) - direct_cost_at(plant, stage) + earned


def is_worth_it(plant: Plant, target: int, orders: float) -> bool:
    """Whether the next stage pays for itself, or as the way to the last one with both paid for."""
    return any(pays(plant, range(target, last + 1), orders) for last in range(target, CKD + 1))


def pays(plant: Plant, steps: range, orders: float) -> bool:
    """Whether the extra margin at the last of these stages, after tax, pays for all of them."""
    p, costs = plant.model.params, [stage_cost(plant, step) for step in steps]
    if any(cost is None for cost in costs):
        return False
    target, cost = steps[-1], sum(cost for cost in costs if cost is not None)
    margins = [margin_at(plant, stage) for stage in (plant.stage, target)]
    extra = extra_margin_of_stage(
        orders,
        (plant.capacity(), plant.capacity(target)),
        (margins[0], margins[1]),
        fixed_cost(plant),
    )
    after_tax = extra * (1.0 - p.profit_tax_rate)
    return worth_building(
        after_tax, cost, p.required_return, int(p.investment_life), p.expand_hurdle
    )


def consider_expansion(plant: Plant) -> None:
    """Begin the next stage if demand, worth and capability are there."""
    p = plant.model.params
    target = plant.stage + 1
    if plant.expansion is not None or target > CKD:
        return
    made, orders, _ = yearly(plant)
    if orders <= 0.0 or made < p.expand_utilisation * plant.capacity():
        return
    if is_worth_it(plant, target, orders) and is_capable(plant, target):
        cost = stage_cost(plant, target) or 0.0
        plant.expansion = Expansion(target, cost / p.expand_lead, int(p.expand_lead))


def expand(plant: Plant) -> None:
    """Each month of building: the parent's money comes in and is spent on capital goods."""
    work = plant.expansion
    if work is None:
        return
    plant.receive(WORLD, Kind.FDI, work.monthly)
    plant.note("fdi", work.monthly)
    plant.note("follow_on_fdi", work.monthly)
    spend_on_site(plant, work.monthly)
    work.left -= 1


def enter_stage(plant: Plant, target: int) -> None:
    """The new stage is at work: its capacity holds, and CKD makes part of the skill obsolete."""
    plant.stage, plant.expansion, plant.past = target, None, []
    if target == CKD:
        plant.experience *= float(plant.model.params.stage_carry_over)


# --- Stopping and starting again ------------------------------------------------------------------


def consider_mothballing(plant: Plant) -> None:
    """Stop, start again, or give up, by twelve months of cash and orders."""
    p, capacity = plant.model.params, plant.capacity()
    made, _, flow = yearly(plant)
    if not plant.mothballed:
        if should_mothball(flow, made / capacity, p.mothball_utilisation):
            plant.mothballed, plant.expansion = True, None
            free_state_orders(plant.model)
            withdraw_tenders(plant)
        return
    plant.idle_months += QUARTER
    # Of the state the plant knows what it would buy; others show it by asking.
    orders = YEAR * (plant.expected + plant.would_be_state_orders())
    if should_reopen(orders, capacity, p.reopen_utilisation, p.mothball_utilisation):
        plant.mothballed, plant.idle_months = False, 0
        plant.expected += plant.would_be_state_orders()
        # A year's judgement begins anew.
        plant.past = []
    elif plant.idle_months >= p.close_after:
        close_plant(plant)


# --- The month ------------------------------------------------------------------------------------


def live_on(plant: Plant) -> bool:
    """Stage of this month, by date up to the opening and by decision after; False if all is over."""
    model = plant.model
    if plant.stage == CLOSED:
        settle_estate(plant)
        return False
    if closes_by_date(plant):
        close_plant(plant)
        return False
    plant.stage = next_stage(plant, model.period)
    if plant.stage < BUILDING:
        return False
    # Only now does the plant appear among the firms.
    model.firms.alive[plant.row] = True
    if plant.stage >= SKD:
        review_plant(plant)
    return plant.stage != CLOSED


def review_plant(plant: Plant) -> None:
    """What was built comes to work; each quarter price, standstill and the next stage."""
    if plant.expansion is not None and plant.expansion.left <= 0:
        enter_stage(plant, plant.expansion.target)
    start_extra_activity(plant)
    if (plant.model.period - plant.opening) % QUARTER != 0:
        return
    review_price(plant)
    if len(plant.past) == YEAR:
        consider_mothballing(plant)
        if plant.selling and not plant.mothballed and len(plant.past) == YEAR:
            consider_expansion(plant)


def start_extra_activity(plant: Plant) -> None:
    """From its date on, the site's second activity has its fixed number of jobs (agent units)."""
    site, model = plant.site, plant.model
    if site.extra_jobs and model.period >= period_of(site.extra_jobs_from):
        plant.extra_jobs = round(site.extra_jobs / model.scale)


# --- Measures -------------------------------------------------------------------------------------


def stage_measures(model: RegionalModel) -> dict[str, float]:
    """Announced and realised path of all plants, and money for stages (agent units, KGS)."""
    plants = model.plants
    making = [plant for plant in plants if plant.selling]
    capacity = sum(plant.capacity() for plant in making)
    made = sum(plant.month.get("cars_made", 0.0) for plant in making)
    period, scale = model.period, model.scale
    sums = {
        name: float(sum(plant.month.get(name, 0.0) for plant in plants))
        for name in ("follow_on_fdi", "service_exports", "parent_loss")
    }
    return sums | {
        "plant_stage": float(max((plant.local_stage for plant in plants), default=0)),
        "plants_mothballed": float(sum(plant.mothballed for plant in plants)),
        "plant_capacity": capacity,
        "plant_utilisation": YEAR * made / capacity if capacity > 0.0 else 0.0,
        "plant_price": sum(plant.price for plant in making) / max(len(making), 1),
        "plant_delivered_ratio": sum(map(delivered_ratio, making)) / max(len(making), 1),
        "announced_capacity": sum(announced_capacity(plant, period) for plant in plants) / scale,
        "announced_jobs": sum(announced_jobs(plant, period) for plant in plants) / scale,
    }
