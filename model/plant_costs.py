"""What a car costs a plant, and the price that follows: hours, kit, inputs, unit cost, price.

Identity: unit cost = kit + other inputs + hours · wage with contributions + fixed crew at full
use. Limits: the price moves only with costs and taxes, stays between the cost of materials and the price of
an imported new car, and is the pack's on the opening day.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from model.assembly import hours_per_car
from model.border import freight_factor, registration_fee
from model.markets.car_choice import NEW
from model.markets.car_fleet import base_price
from model.plant_money import regional_wage
from model.plant_timeline import CKD

if TYPE_CHECKING:
    from model.plant import Plant

# `plant_fixed_crew` is told for a plant of this many cars a year.
_CREW_CAPACITY = 10_000.0


def hours_at(plant: Plant, stage: int) -> float:
    """Hours a car takes the crew, with today's experience, at a stage; welding and painting add."""
    p = plant.model.params
    hours = hours_per_car(
        plant.experience, p.plant_hours_per_car, p.plant_hours_reference, p.plant_progress_ratio
    )
    return hours * (p.ckd_hours if stage == CKD else 1.0) / plant.site.edge


def hours_now(plant: Plant) -> float:
    """Hours a car takes the crew at present."""
    return hours_at(plant, plant.stage)


def fixed_crew(plant: Plant) -> float:
    """Staff that goes with the site and not with its output: by capacity, agent units."""
    crew = plant.capacity() / _CREW_CAPACITY * float(plant.model.params.plant_fixed_crew)
    return crew * (plant.model.params.caretaker_share if plant.mothballed else 1.0)


def kit_price_at(plant: Plant, stage: int) -> float:
    """Price of a kit at the border, KGS: in foreign money constant; a CKD kit has less work in it."""
    share = float(plant.model.pack.cars["kit_share"])
    price = plant.base_price * share * kit_price_index(plant)
    return price * (plant.model.params.ckd_kit_share if stage == CKD else 1.0)


def kit_price_index(plant: Plant) -> float:
    """Price of kits against the base year's: exchange rate, prices abroad, freight."""
    p = plant.model.params
    foreign = float(p.exchange_rate_index) * float(p.world_price_index)
    return foreign * (1.0 - p.kit_freight_share * (1.0 - freight_factor(plant.model)))


def material_cost_at(plant: Plant, stage: int) -> float:
    """Kit, parts bought beside it, and other inputs of a car, KGS.

    Parts count as in the last cars made; inputs cost their share of the car at the base price.
    """
    base = plant.model.base
    inputs = float(base.plant_inputs.sum() + base.plant_inputs_imported.sum())
    return kit_price_at(plant, stage) + plant.parts.extra_per_car + inputs * plant.base_price


def wage_cost(plant: Plant) -> float:
    """What an hour of the crew costs with the employer's contribution, KGS."""
    p = plant.model.params
    monthly = regional_wage(plant) * (1.0 + p.plant_wage_premium) * (1.0 + p.social_rate_employer)
    return monthly / float(p.plant_hours_per_worker)


def direct_cost_at(plant: Plant, stage: int) -> float:
    """Materials and direct labour of a car at a stage, KGS."""
    return material_cost_at(plant, stage) + hours_at(plant, stage) * wage_cost(plant)


def fixed_cost(plant: Plant) -> float:
    """Fixed crew for each car of a year's capacity, KGS; the same at every scale."""
    p = plant.model.params
    jobs = float(p.plant_fixed_crew) / _CREW_CAPACITY
    return jobs * 12.0 * p.plant_hours_per_worker * wage_cost(plant)


def unit_cost(plant: Plant) -> float:
    """Normal cost of a car, KGS: direct cost and the fixed crew at full use.

    At full and not at planned volume: normal-cost pricing (Godley & Nordhaus 1972), so that a
    plant does not become dearer because few want its cars.
    """
    return direct_cost_at(plant, plant.stage) + fixed_cost(plant)


def exempt_part(plant: Plant, exemption: str) -> float:
    """Part of a tax that the agreement spares the plant today, 0 to 1."""
    agreed = plant.site.policies and plant.exempt and bool(float(plant.facts.get(exemption, 0)))
    # Of the exemption of kits a law may leave a part.
    part = float(plant.model.params.kit_exemption) if exemption.startswith("kit_") else 1.0
    return part * agreed


def lost_exemptions(plant: Plant) -> float:
    """Taxes that a car sold at home bears though the pack's agreement spares it them, KGS.

    Duty on the kit, VAT on kit and car, the first registration. 0 while the agreement holds in
    full, for the pack's price is a price under it.
    """
    p = plant.model.params
    duty = p.kit_duty_rate * (plant.kit_price - plant.parts.saved_per_car)
    taxes = {
        "kit_duty_exempt": duty,
        "kit_vat_exempt": p.vat_rate * (plant.price + duty),
        "registration_free": registration_fee(plant.model),
    }
    agreed = [name for name in taxes if bool(float(plant.facts.get(name, 0)))]
    return float(sum((1.0 - exempt_part(plant, name)) * taxes[name] for name in agreed))


def next_price(price: float, normal: float, floor: float, ceiling: float, speed: float) -> float:
    """ln price moves by `speed` of its gap to ln normal; then kept within floor and ceiling.

    Where the floor is above the ceiling the floor holds: nobody sells below materials for long.
    """
    moved = price * math.pow(normal / price, speed)
    return max(min(moved, ceiling), floor)


def review_price(plant: Plant) -> None:
    """Each quarter: towards the opening month's mark-up over unit cost, and lost exemptions."""
    model = plant.model
    cost = unit_cost(plant)
    if plant.markup <= 0.0:
        plant.markup = plant.price / cost
        return
    plant.price = next_price(
        plant.price,
        plant.markup * cost + lost_exemptions(plant),
        material_cost_at(plant, plant.stage),
        base_price(model, NEW),
        model.params.plant_price_speed,
    )
