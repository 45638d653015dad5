"""Foreign suppliers that follow a plant, once volume and cluster pay for a plant of their own.

Identity: what the parent abroad pays in is the cash the firm starts with. Limits: without open
tenders nobody comes; at most one firm per plant and part at a time.
"""

from __future__ import annotations

import math
from itertools import takewhile
from typing import TYPE_CHECKING

import numpy as np

from model import draws
from model.accounts import FIRMS, WORLD, Kind
from model.demography import note_entry
from model.firms import FOREIGN, FOREIGN_ENTRANT
from model.markets.tenders import aftermarket, content_of_set, haul, tools_of
from model.new_firms import Heritage, free_row, set_up
from model.plant_parts import base_values
from model.teachers import frontier

if TYPE_CHECKING:
    from model.contracts import OpenTender
    from model.model import RegionalModel
    from model.plant import Plant


def follow_plants(model: RegionalModel) -> None:
    """Phase 11c: for each open tender a foreign supplier decides whether to come."""
    remember_output(model)
    if not model.clamp.entry_open(model.period):
        return
    for tender in model.open_tenders:
        if decides_to_follow(model, tender) and not has_follower(model, tender):
            open_foreign_supplier(model, tender)


def remember_output(model: RegionalModel) -> None:
    """Realised output of each plant that sells, as a 12-month mean; agent cars a year."""
    for number, plant in enumerate(model.plants):
        if plant.selling:
            key = f"{number}"
            was = model.yearly_output.get(key, 0.0)
            now = 12.0 * plant.month.get("cars_made", 0.0)
            model.yearly_output[key] = was + (now - was) / 12.0


def secured_volume(model: RegionalModel, tender: OpenTender) -> float:
    """Car sets a year to count on: what is open, and no more than the plant has really made.

    Agent cars a year. Announcements do not count: a follower's capital is sunk.
    """
    made = model.yearly_output.get(f"{model.plants.index(tender.plant)}", 0.0)
    return min(tender.need, made)


def units_in_set(plant: Plant, component: int) -> float:
    """Units of its home sector's good in the parts of one car: their value at base prices."""
    return float(base_values(plant)[component])


def frontier_cost(plant: Plant, s: int) -> float:
    """Unit cost of a plant's follower: local wages and inputs, foreign know-how; KGS a unit."""
    model, r = plant.model, plant.region
    base, p = model.base, model.params
    productivity = base.productivity[r, s] * math.exp(know_how(plant))
    wage = base.wage[r, s] * model.wage_index[r] * (1.0 + p.social_rate_employer)
    return float(wage / productivity + model.market.unit_input_cost[r, s])


def know_how(plant: Plant) -> float:
    """A follower's know-how above the trade's norm, log productivity: part of the plant's own."""
    return float(plant.model.params.follow_knowledge) * frontier(plant)


def follower_plan(model: RegionalModel, tender: OpenTender) -> tuple[float, float, float]:
    """Units a month, yearly profit before the cost of capital, and the capital goods it takes, KGS.

    A set takes what it will take when the follower bids: its own work at its volume, the haul
    within the region, and sub-parts from abroad.
    """
    r, s = tender.plant.region, int(model.pack.components["home_sector"][tender.component])
    volume = secured_volume(model, tender)
    value = units_in_set(tender.plant, tender.component)
    relative = (volume + aftermarket(model, tender.component)) / max(tender.mes, 1e-12)
    units, bought_in = content_of_set(model, value, relative, haul(model, r, tender.plant))
    cost = units * frontier_cost(tender.plant, s) + bought_in * float(model.market.import_price)
    profit = volume * (tender.limit - cost)
    monthly = units * volume / 12.0
    capital = float(model.base.norm_capital[s] * monthly * model.market.capital_price[r])
    return monthly, profit, capital


def decides_to_follow(model: RegionalModel, tender: OpenTender) -> bool:
    """Volume at the least efficient scale, a cluster, and a return above the hurdle.

    profit a year > (capital goods + tools) · hurdle, the hurdle lognormal with one draw per plant and part for
    good: a project that was refused is not drawn again until it pays (Head, Ries & Swenson 1995;
    Dixit 1989).
    """
    p, plant = model.params, tender.plant
    if secured_volume(model, tender) < p.follow_scale * max(tender.mes, 1e-12):
        return False
    cluster = sum(c.plant is plant and c.runs(model.period) for c in model.contracts)
    if cluster < p.follow_cluster:
        return False
    monthly, profit, capital = follower_plan(model, tender)
    capital += tools_of(model, tender.component)
    who = model.firms.identity[plant.row]
    z = draws.normal(model.seed, draws.FOREIGN_ENTRY, who, 0, tender.component)
    hurdle = p.follow_hurdle * math.exp(p.follow_spread * z)
    return bool(monthly > 0.0 and profit > capital * hurdle)


def has_follower(model: RegionalModel, tender: OpenTender) -> bool:
    """Whether a foreign supplier of this part stands in the plant's region, or failed lately.

    Whoever thinks of following sees the ruin of who followed before.
    """
    f, r, part = model.firms, tender.plant.region, tender.component
    since = model.period - int(model.params.follow_pause)
    followed = (f.origin == FOREIGN_ENTRANT) & (f.component == part) & (f.region == r)
    if not followed.any():
        return False
    lately = takewhile(lambda e: e.period > since, reversed(model.exit_log))
    failed = any(
        e.origin == FOREIGN_ENTRANT and (e.region, e.component) == (r, part) for e in lately
    )
    return failed or bool(f.alive[followed].any())


def open_foreign_supplier(model: RegionalModel, tender: OpenTender) -> None:
    """Its parent pays in the capital goods and the cost of some months; nothing is borrowed."""
    f, p, plant = model.firms, model.params, tender.plant
    r, s = plant.region, int(model.pack.components["home_sector"][tender.component])
    nth = 1 + tender.component
    identity = np.uint64(draws.child_identity(f.identity[plant.row], model.period, nth))
    row = free_row(model, r, s, identity)
    if row < 0:
        model.entries_without_room += 1
        return
    units, _, capital = follower_plan(model, tender)
    heritage = Heritage(FOREIGN_ENTRANT, tender.component, know_how(plant), float(p.follow_quality))
    set_up(model, row, identity, heritage, 0.0)
    f.ownership[row], f.founder[row], f.parent[row] = FOREIGN, -1, plant.row
    f.certified[row] = True
    cash = p.follow_cash_months * units * float(f.unit_cost[row])
    f.cash[row], f.debt[row] = capital + cash, 0.0
    f.investment[row] = capital
    # What it will make comes into its plans with the contract.
    f.expected_sales[row] = f.orders[row] = 0.0
    f.surplus[row] = 0.0
    model.accounts.post(WORLD, FIRMS, Kind.FDI, capital + cash)
    model.follow_on_fdi += capital + cash
    note_entry(model, row)


def follower_measures(model: RegionalModel) -> dict[str, float]:
    """Money that foreign suppliers brought and took home this month, KGS (agents)."""
    return {
        "follow_on_fdi_suppliers": model.follow_on_fdi,
        "supplier_profits_abroad": model.supplier_profits_abroad,
    }
