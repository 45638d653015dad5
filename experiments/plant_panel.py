"""What every plant did in every month, and what its output was limited by.

Everything is read from the plant as the month left it; nothing is estimated. Money, cars and staff
are those of the agent itself, not multiplied by the scale, as in the other panels.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from model.assembly import ramped_capacity
from model.plant_costs import fixed_crew, hours_now
from model.plant_exports import extra_staff
from model.plant_stages import is_capable, is_worth_it, yearly
from model.plant_timeline import CKD, CLOSED, SKD

if TYPE_CHECKING:
    from model import RegionalModel
    from model.plant import Plant

BOUGHT = "bought_"
COLUMNS = (
    "period", "plant", "stage", "employees", "wanted", "wage_bill", "output", "production_value",
    "investment", "parts_value", "cars_made", "planned", "capacity", "limit", "next_stage",
)  # fmt: skip
UNITS = {
    "period": "month", "employees": "workers", "wanted": "workers", "wage_bill": "KGS/month",
    "output": "KGS/month", "production_value": "KGS/month at base prices",
    "investment": "KGS/month", "parts_value": "KGS/month", "cars_made": "cars/month",
    "planned": "cars/month", "capacity": "cars/month",
}  # fmt: skip

# What the month's output was limited by.
NOT_OPEN, IDLE, ENDED = "not open yet", "standing still", "closed"
DEMAND, CAPACITY, KITS, PARTS, CREW = "demand", "capacity", "kits", "parts", "crew"
# Why the next stage is not there.
BUILDING_IT, LAST, TOO_EARLY = "being built", "there is none", "a year of work is not over"
LITTLE_USE, UNWORTHY, UNABLE = "too little used", "not worth its cost", "not capable"

_SURE = 1e-9


def plant_rows(model: RegionalModel) -> list[tuple[Any, ...]]:
    """One row a plant of the month that has just ended."""
    return [(*_row(model, plant), *bought_at_home(plant)) for plant in model.plants]


def plant_table(rows: list[tuple[Any, ...]], sectors: Sequence[str]) -> pd.DataFrame:
    """The rows as a table with units; `bought_<sector>` is what the plant asked for at home."""
    bought = [f"{BOUGHT}{name}" for name in sectors]
    table = pd.DataFrame(rows, columns=[*COLUMNS, *bought])
    table.attrs["units"] = UNITS | dict.fromkeys(bought, "KGS/month")
    return table


def bought_at_home(plant: Plant) -> np.ndarray:
    """KGS asked of home producers this month, by sector [S].

    Inputs other than kits by the pack's coefficients, the home-made part of delivered parts in
    their makers' sectors, and capital goods for the site in the country's mix.
    """
    model, f, row = plant.model, plant.model.firms, plant.row
    base, market, parts = model.base, model.market, model.pack.components
    bought = np.zeros(len(model.pack.sectors))
    if f.local_purchases[row]:
        bought += base.plant_inputs * float(f.production_value[row])
    bought += np.bincount(
        parts["home_sector"], plant.parts.made_here, minlength=len(model.pack.sectors)
    )
    price = market.price[plant.region] / market.capital_price[plant.region]
    at_home = base.capital_mix * (1.0 - market.capital_import_share[plant.region])
    capital: np.ndarray = bought + float(f.investment[row]) * at_home * price
    return capital


def _row(model: RegionalModel, plant: Plant) -> tuple[Any, ...]:
    f, row = model.firms, plant.row
    made = float(plant.month.get("cars_made", 0.0))
    output = made * plant.price + plant.month.get("service_exports", 0.0)
    return (
        model.period, plant.name, plant.stage_name, int(f.employees[row]),
        int(f.desired_staff[row]), float(f.wage_bill[row]), float(output),
        float(f.production_value[row]), float(f.investment[row]),
        float(plant.parts.delivered_value.sum()), made, float(plant.planned),
        month_capacity(plant), limit(plant), next_stage(plant),
    )  # fmt: skip


def month_capacity(plant: Plant) -> float:
    """Cars that the month's capacity allows, agent units."""
    open_for = plant.model.period - plant.opening
    ramp = plant.model.params.plant_ramp_months
    return ramped_capacity(plant.capacity(), open_for, ramp) if plant.selling else 0.0


def limit(plant: Plant) -> str:
    """What this month's output was limited by.

    Output is the least of the plan, the kits, the parts and what the crew's hours allow
    (`model.plant.assemble_cars`); a plan below capacity is what orders and stock ask for.
    """
    if plant.stage < SKD:
        return NOT_OPEN
    if plant.stage >= CLOSED:
        return ENDED
    if plant.mothballed:
        return IDLE
    bounds = {KITS: _kits(plant), PARTS: _parts(plant), CREW: _crew(plant)}
    tightest = min(bounds, key=lambda name: bounds[name])
    if bounds[tightest] < plant.planned * (1.0 - _SURE):
        return tightest
    return CAPACITY if plant.planned >= month_capacity(plant) * (1.0 - _SURE) else DEMAND


def _kits(plant: Plant) -> float:
    """Kits that were at hand: what is left and what was used."""
    return plant.kits + float(plant.month.get("cars_made", 0.0))


def _parts(plant: Plant) -> float:
    """Cars for which all parts were there, where the line was short of them; else no bound."""
    short = float(plant.month.get("line_short_of_parts", 0.0))
    return min(plant.planned, _kits(plant)) - short if short > 0.0 else float("inf")


def _crew(plant: Plant) -> float:
    """Cars that the hours of an incomplete crew allow; a complete one was sized for the plan."""
    f, p = plant.model.firms, plant.model.params
    staff = float(f.employees[plant.row])
    if staff >= float(f.desired_staff[plant.row]):
        return float("inf")
    hands = max(staff - extra_staff(plant) - fixed_crew(plant), 0.0)
    return hands * float(p.plant_hours_per_worker) / hours_now(plant)


def next_stage(plant: Plant) -> str:
    """What the plant's next stage waits for, by the model's own tests in the model's own order.

    They are asked every month here; the plant itself asks once a quarter.
    """
    p = plant.model.params
    if plant.stage < SKD:
        return NOT_OPEN
    if plant.stage >= CLOSED:
        return ENDED
    if plant.expansion is not None:
        return BUILDING_IT
    if plant.stage >= CKD:
        return LAST
    if len(plant.past) < 12:
        return TOO_EARLY
    made, orders, _ = yearly(plant)
    if orders <= 0.0 or made < p.expand_utilisation * plant.capacity():
        return LITTLE_USE
    if not is_worth_it(plant, plant.stage + 1, orders):
        return UNWORTHY
    return "due" if is_capable(plant, plant.stage + 1) else UNABLE
