"""Tenders: part by part, a plant compares what a local part saves with what firms ask for it.

Every quarter, for each part that the stage allows and contracts do not cover. Identities: shares
under contract of a part never exceed one; tools are paid by the winner, to the world. Limits: a
plant that buys nothing at home holds no tender; no bid above what the part saves wins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from model.border import freight_factor
from model.contracts import (
    NOT_CERTIFIED,
    NOT_PRICE,
    REASONS,
    WON,
    Failure,
    OpenTender,
)
from model.firms import FOREIGN
from model.local_content import domestic_content, note_month
from model.markets.awards import (
    Candidate,
    Lot,
    apply_for_certificate,
    certify,
    mark_tiers,
    past_contract,
    sign,
)
from model.markets.bids import (
    bid_price,
    capital_recovery,
    expected_volume,
    first_failure,
    next_volume_trust,
    open_lots,
    quality_asked,
    scale_factor,
    tender_limit,
    tooling_cost,
    units_per_set,
)
from model.plant_costs import exempt_part
from model.plant_parts import base_values, live_contracts, savings

if TYPE_CHECKING:
    from model.model import RegionalModel
    from model.plant import Plant

_QUARTER = 3


# --- The quarter ----------------------------------------------------------------------------------


def hold_tenders(model: RegionalModel) -> None:
    """End of the month: certificates, records, and every quarter the tenders of all plants."""
    certify(model)
    content = domestic_content(model) if model.contracts else np.zeros(0)
    for plant in model.plants:
        if plant.selling:
            note_month(plant, content)
    if model.period % _QUARTER == 0:
        model.open_tenders = []
        for plant in model.plants:
            if plant.selling and plant.site.local_purchases and plant.capacity() > 0.0:
                learn_trust(plant)
                if plant.mothballed:
                    # Nobody tools up for a line that stands still.
                    continue
                saved = savings(plant)
                for component in parts_allowed(plant):
                    tender_part(plant, component, float(saved[component]))
    mark_tiers(model)


def realised(plant: Plant) -> float:
    """Cars made in the last twelve months (agent cars); in the first year, at its pace."""
    made = plant.parts.made
    return 12.0 * sum(made) / max(len(made), 1)


def learn_trust(plant: Plant) -> None:
    """After a year, trust in what is announced follows what was made."""
    parts, speed = plant.parts, float(plant.model.params.volume_trust_speed)
    if len(parts.made) >= 12:
        parts.trust = next_volume_trust(parts.trust, realised(plant), plant.capacity(), speed)


def plant_volume(plant: Plant) -> float:
    """Cars a year that suppliers reckon with, agent cars."""
    return expected_volume(plant.parts.trust, plant.capacity(), realised(plant))


def parts_allowed(plant: Plant) -> list[int]:
    """Parts of the kit that may be local at the plant's stage; only goods that can be stored."""
    parts, storable = plant.model.pack.components, plant.model.base.storable
    allowed = (plant.parts.shares > 0.0) & (parts["earliest_stage"] <= plant.local_stage)
    return [int(c) for c in np.flatnonzero(allowed & storable[parts["home_sector"]])]


def tender_part(plant: Plant, component: int, saved: float) -> None:
    """Put out what is not covered of one part; record every candidate's outcome.

    `saved`: KGS that a kit gets cheaper without the part.
    """
    model = plant.model
    p, parts = model.params, model.pack.components
    ours = [one for one in live_contracts(plant) if one.component == component]
    later = model.period + p.tooling_months
    ending = [one for one in ours if one.end <= later]
    uncovered = 1.0 - sum(one.share for one in ours if one.end > later)
    limit = tender_limit(saved, *rates_paid(plant), plant.mandate_premium)
    volume, mes = plant_volume(plant), float(parts["mes"][component]) / model.scale
    free = max([model.period + 1, *(one.end + 1 for one in ending)])
    open_share = 0.0
    for share in open_lots(uncovered, p.sourcing):
        lot = Lot(
            plant, component, share, volume, mes,
            float(base_values(plant)[component]), limit, free, max(later, free),
        )  # fmt: skip
        if not award(model, lot):
            open_share += share
    worth = open_share * volume + aftermarket(model, component) >= p.least_scale * mes
    if open_share > 0.0 and limit > 0.0 and worth:
        need = open_share * volume
        model.open_tenders.append(OpenTender(plant, component, need, limit, mes))


def rates_paid(plant: Plant) -> tuple[float, float]:
    """Duty and VAT on kits that the plant really pays, as rates; 0 where it is wholly exempt."""
    p = plant.model.params
    duty_paid = 1.0 - exempt_part(plant, "kit_duty_exempt")
    vat_paid = 1.0 - exempt_part(plant, "kit_vat_exempt")
    return p.kit_duty_rate * duty_paid, p.vat_rate * vat_paid


def aftermarket(model: RegionalModel, component: int) -> float:
    """Sets of a part a year that each maker sells beside the plants, agent sets (rules.md 20).

    Fleet · spend · home share, in the parts' proportions of a kit, over the part's makers.
    """
    p, cars, f = model.params, model.pack.cars, model.firms
    makers = max(int(np.count_nonzero(f.alive & (f.component == component))), 1)
    kit = float(cars["domestic_price"]) * float(cars["kit_share"])
    sets = float(cars["fleet"]) * p.aftermarket_spend * p.aftermarket_home_share / kit
    return float(sets / makers / model.scale)


def haul(model: RegionalModel, region: int, plant: Plant) -> float:
    """Part of a set that its way from `region` to the plant uses up."""
    km = float(model.pack.distance_km[region, plant.region])
    return float(model.params.part_freight * freight_factor(model) * km / 1000.0)


def content_of_set(
    model: RegionalModel, value: float, relative: float, freight: float
) -> tuple[float, float]:
    """What a set worth `value` at base prices takes: units of the maker's good, sub-parts in KGS.

    `relative`: the maker's volume over the least efficient scale; sub-parts at base prices.
    """
    p = model.params
    bought_in = p.bought_in_share * value
    own = (value - bought_in) * p.local_cost_ratio
    scale = scale_factor(relative, 1.0, p.scale_elasticity)
    return units_per_set(own, scale, freight), float(bought_in)


def tools_of(model: RegionalModel, component: int) -> float:
    """Price of the tools for a part, agent KGS: they come from abroad."""
    p, complexity = model.params, int(model.pack.components["complexity"][component])
    base = p.tooling_base * float(model.market.import_price)
    return tooling_cost(base, p.tooling_step, complexity) / model.scale


# --- One lot --------------------------------------------------------------------------------------


def award(model: RegionalModel, lot: Lot) -> bool:
    """Give the lot to the best bid that qualifies; True if somebody got it."""
    f = model.firms
    makers = np.flatnonzero(f.alive & (f.component == lot.component) & (f.age >= 1))
    later = model.period + model.params.tooling_months
    busy = {
        one.firm
        for one in live_contracts(lot.plant)
        if one.component == lot.component and one.end > later
    }
    lines = model.bank.credit_lines()
    offers = [offer(model, lot, int(row), lines) for row in makers if int(row) not in busy]
    winner = best(offers, lot.limit, float(model.params.supplier_inertia))
    for one in offers:
        if one is winner:
            reason = WON
        elif one.reason == WON:
            reason = NOT_PRICE
        else:
            reason = one.reason
        model.failures.append(
            Failure(
                model.period, lot.plant.name, lot.component, one.row, REASONS[reason],
                one.bid, lot.limit,
            )
        )  # fmt: skip
        if one.reason == NOT_CERTIFIED:
            apply_for_certificate(model, one.row)
    if winner is not None:
        sign(model, lot, winner)
    return winner is not None


def best(offers: list[Candidate], limit: float, inertia: float) -> Candidate | None:
    """The lowest bid within the limit; an incumbent stays unless one is cheaper by `inertia`."""
    able = [one for one in offers if one.reason == WON and one.bid <= limit]
    if not able:
        return None
    lowest = min(able, key=lambda one: (one.bid, one.row))
    incumbents = [one for one in able if one.incumbent]
    if incumbents:
        stays = min(incumbents, key=lambda one: (one.bid, one.row))
        if lowest.bid >= stays.bid * (1.0 - inertia):
            return stays
    return lowest


def offer(model: RegionalModel, lot: Lot, row: int, lines: np.ndarray) -> Candidate:
    """A firm's bid for a lot, and the first condition it misses; `lines`: credit left, KGS."""
    f, p, base = model.firms, model.params, model.base
    import_price = float(model.market.import_price)
    complexity = int(model.pack.components["complexity"][lot.component])
    volume = lot.share * lot.volume + others_volume(model, lot, row)
    volume += aftermarket(model, lot.component)
    freight = haul(model, int(f.region[row]), lot.plant)
    units, bought_in = content_of_set(model, lot.value, volume / lot.mes, freight)
    full = tools_of(model, lot.component)
    sets = lot.share * lot.volume
    recovery = capital_recovery(p.loan_rate, p.tooling_life / 12.0)
    bid = bid_price(
        float(f.markup[row]), float(f.unit_cost[row]), units,
        bought_in * import_price, full, recovery, sets,
    )  # fmt: skip
    before = past_contract(model, lot, row)
    has_tools = before is not None and lot.start - before.tooled < p.tooling_life
    tooling = 0.0 if has_tools else full
    # A follower's tools are its parent's to pay.
    own_tools = 0.0 if f.ownership[row] == FOREIGN else tooling
    s, r = f.sector[row], f.region[row]
    capacity = max(float(f.capital[row]), 0.0) * float(base.capacity_per_capital[s])
    old = before.plan if before is not None else 0.0
    extra = max(float(f.expected_sales[row]) - old + sets / 12.0 * units - capacity, 0.0)
    # Made before the first pay: the lead, and the stock that goes with the new sales.
    months = p.supplier_lead + p.stock_cover
    working = months * sets / 12.0 * units * float(f.unit_cost[row]) if before is None else 0.0
    goods = extra / float(base.capacity_per_capital[s]) * float(model.market.capital_price[r])
    reason = first_failure(
        quality=(float(f.quality[row]), quality_asked(
            p.quality_threshold, p.quality_complexity_step, p.quality_stage_step,
            complexity, lot.plant.local_stage,
        )),
        certified=bool(f.certified[row]),
        volume=(volume, p.least_scale * lot.mes),
        extra=(extra, p.capacity_growth * capacity),
        means=(
            float(f.cash[row]) + float(lines[row]),
            own_tools + working + (1.0 - p.debt_financed) * goods,
        ),
        freight=(freight, p.freight_limit),
    )  # fmt: skip
    return Candidate(row, units, bought_in, bid, tooling, before is not None, reason)


def others_volume(model: RegionalModel, lot: Lot, row: int) -> float:
    """Cars a year for which the firm makes this part under other plants' contracts."""
    return sum(
        one.share * plant_volume(one.plant)
        for one in model.contracts
        if one.firm == row and one.component == lot.component and one.plant is not lot.plant
        if one.runs(lot.start)
    )
