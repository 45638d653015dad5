"""Importers that no longer pay: they leave, sell the domestic make, only re-export, or found a firm.

Identities: cars and cash of a dealer that goes are other dealers', its firm's or its region's;
network shares of each kind sum to one. Limit: the last dealer of a kind stays, for somebody has to
bring the cars in. There are no importers of kits or parts apart: a plant gets its kits from its
parent and firms import their inputs themselves, so a dealer can only turn into a seller of parts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from model import draws
from model.accounts import FIRMS, IMPORTERS, Kind
from model.border import border_price, reexports_this_month
from model.entrepreneurship import profit_opportunity
from model.firms import CONVERSION
from model.importers import (
    DOMESTIC_DEALER,
    GONE,
    IMPORTING,
    PARTS_SELLER,
    TRANSIT_ONLY,
    Importer,
    pay_households,
    under_way,
)
from model.markets.car_choice import NEW, USED
from model.markets.credit import start_up_share
from model.new_firms import Heritage, first_capital, free_row, open_firm, own_funds
from model.sectors import TRADE
from model.spin_offs import pick_part
from model.workers import ABROAD

if TYPE_CHECKING:
    from model.model import RegionalModel

CONVERTED = (DOMESTIC_DEALER, TRANSIT_ONLY, PARTS_SELLER)


def review_importers(model: RegionalModel) -> None:
    """Phase 9, end: commissions, then who has earned too little for too long decides what to do."""
    pay_commissions(model)
    least, transit, market = least_profit(model), transit_value(model), markets(model)
    for dealer in model.importers:
        if dealer.role in (GONE, PARTS_SELLER):
            continue
        poor = yearly_profit(model, dealer, transit, market) < least
        dealer.lean_months = dealer.lean_months + 1 if poor else 0
        if dealer.lean_months >= model.params.dealer_patience and heirs(model, dealer):
            give_up(model, dealer, best_way_out(model, dealer, least))
            dealer.lean_months = 0
            market = markets(model)


# --- What trade is worth --------------------------------------------------------------------------


def least_profit(model: RegionalModel) -> float:
    """What an owner would earn elsewhere, KGS a year in agents: a dealer stands for 1/scale."""
    p = model.params
    return float(p.dealer_least_profit * p.numeraire * model.price_level / model.scale)


def markets(model: RegionalModel) -> dict[int, float]:
    """Cars a month that all dealers of a kind expect to sell, by kind."""
    return {
        kind: sum(d.expected for d in model.importers if d.kind == kind) for kind in (NEW, USED)
    }


def import_profit(dealer: Importer, market: float) -> float:
    """Margin a month that the dealer's network brings in a market of so many cars a month, KGS.

    By its share of what all dealers of its kind expect, not by its own last sales: in a small
    model those are a car now and then, and nobody closes for want of one.
    """
    return dealer.share * market * dealer.margin * dealer.cost


def transit_value(model: RegionalModel) -> float:
    """Worth of this month's transit trade at the border, KGS in agents."""
    return reexports_this_month(model) / model.scale * border_price(model, NEW)


def transit_profit(model: RegionalModel, dealer: Importer, value: float) -> float:
    """Margin that a transit trade worth `value` leaves with this dealer, KGS."""
    return 0.5 * dealer.transit_share * value * float(model.params.reexport_margin)


def yearly_profit(
    model: RegionalModel, dealer: Importer, transit: float, market: dict[int, float]
) -> float:
    """What the dealer's present trade is expected to earn, KGS a year in agents.

    `transit`: `transit_value` of this month; `market`: `markets` of now.
    """
    commission = float(model.params.dealer_commission) * dealer.network * model.domestic_sales
    monthly = transit_profit(model, dealer, transit) + commission
    if dealer.role == IMPORTING:
        monthly += import_profit(dealer, market[dealer.kind])
    return 12.0 * monthly


def best_way_out(model: RegionalModel, dealer: Importer, least: float) -> int:
    """The role that pays most beyond what owners know for themselves (keyed noise).

    Leaving is worth the least profit: what the owner earns elsewhere. A network of new cars can
    sell the domestic make; a re-exporter keeps its part of the transit trade; a parts seller needs
    the money that a founder needs.
    """
    p = model.params
    worth = {GONE: least}
    if dealer.role == IMPORTING:
        worth[TRANSIT_ONLY] = 12.0 * transit_profit(model, dealer, transit_value(model))
        if dealer.kind == NEW and any(plant.selling for plant in model.plants):
            commission = p.dealer_commission * dealer.first_share * model.domestic_sales
            worth[DOMESTIC_DEALER] = 12.0 * float(commission)
        worth[PARTS_SELLER] = 12.0 * founding_surplus(model, dealer)[0]
    number = np.uint64(model.importers.index(dealer))
    for role in worth:
        noise = draws.gumbel(model.seed, draws.CONVERSION, number, model.period, role)
        worth[role] += p.conversion_spread * least * noise
    return max(worth, key=lambda role: worth[role])


def founding_surplus(model: RegionalModel, dealer: Importer) -> tuple[float, int]:
    """Surplus a month of a first firm in the best trade the dealer can pay for, KGS; that sector.

    The trades are trade itself and the home sectors of open parts. −1 with nothing to found.
    """
    base, p, r = model.base, model.params, dealer.region
    opportunity, funds = profit_opportunity(model), own_funds(model)
    home = model.pack.components["home_sector"]
    best = (0.0, -1)
    for s in sorted({TRADE, *(int(home[t.component]) for t in model.open_tenders)}):
        if not 0.0 < funds[r, s] <= dealer.cash:
            continue
        sales = base.productivity[r, s] * p.entrant_customers * p.numeraire
        surplus = float(base.norm_surplus[s] * sales * opportunity[r, s])
        best = max(best, (surplus, s))
    return best


# --- Leaving and changing trade -------------------------------------------------------------------


def heirs(model: RegionalModel, dealer: Importer) -> list[Importer]:
    """The dealers of the kind that remain if this one gives up importing."""
    return [
        d
        for d in model.importers
        if d is not dealer and d.kind == dealer.kind and d.role == IMPORTING
    ]


def give_up(model: RegionalModel, dealer: Importer, role: int) -> None:
    """Hand over the trade, and begin what the owner has chosen."""
    rest = heirs(model, dealer)
    sector = founding_surplus(model, dealer)[1] if role == PARTS_SELLER else -1
    hand_over_trade(model, dealer, rest)
    if role != TRANSIT_ONLY:
        pass_on(dealer, rest, "transit_share")
    dealer.network = dealer.first_share if role == DOMESTIC_DEALER else 0.0
    dealer.role = role
    if role == PARTS_SELLER and not found_parts_firm(model, dealer, sector):
        dealer.role = role = GONE
    if role == GONE:
        pay = np.zeros(len(model.pack.region_ids))
        pay[dealer.region] = max(dealer.cash, 0.0)
        dealer.cash -= pay_households(model, pay)


def pass_on(dealer: Importer, rest: list[Importer], name: str) -> None:
    """Divide one of the dealer's amounts over the others by network."""
    total, amount = sum(d.share for d in rest), getattr(dealer, name)
    parts = [d.share / total for d in rest]
    for other, part in zip(rest, parts):
        setattr(other, name, getattr(other, name) + amount * part)
    setattr(dealer, name, 0.0)


def hand_over_trade(model: RegionalModel, dealer: Importer, rest: list[Importer]) -> None:
    """Customers, cars in stock and cars under way go to the dealers of the kind that remain.

    Cars in stock are paid at landed cost by those who have the cash, and go to the largest for
    nothing when none has: nobody else deals in them. Cars under way, or waiting at a closed border,
    were not paid yet.
    """
    cost = dealer.cost
    for _ in range(dealer.stock):
        able = [d for d in rest if d.cash >= cost]
        buyer = next_in_turn(able or rest)
        paid = cost if able else 0.0
        buyer.cash -= paid
        dealer.cash += paid
        model.accounts.post(IMPORTERS, IMPORTERS, Kind.CARS, paid)
        buyer.stock += 1
        buyer.taken_over += 1
    dealer.taken_over -= dealer.stock
    dealer.stock = 0
    for month, cars in enumerate(dealer.in_transit):
        for _ in range(cars):
            heir = next_in_turn(rest)
            heir.in_transit += [0] * (month + 1 - len(heir.in_transit))
            heir.in_transit[month] += 1
        dealer.in_transit[month] = 0
    for _ in range(dealer.held):
        next_in_turn(rest).held += 1
    dealer.held = 0
    dealer.orders = dealer.unordered = 0.0
    pass_on(dealer, rest, "expected")
    pass_on(dealer, rest, "share")


def next_in_turn(dealers: list[Importer]) -> Importer:
    """Who has fewest cars at hand and under way for its network."""
    return min(dealers, key=lambda d: (d.stock + under_way(d) + 1) / d.share)


def found_parts_firm(model: RegionalModel, dealer: Importer, s: int) -> bool:
    """A resident of the dealer's region runs a firm with the dealer's money; False if none can."""
    w = model.workers
    number = np.uint64(model.importers.index(dealer))
    owner = keyed_resident(
        model.seed, model.period, number, ABROAD, dealer.region, w.identity, w.region, w.status
    )
    funds = own_funds(model)
    if s < 0 or owner < 0 or dealer.cash < funds[dealer.region, s]:
        return False
    if not model.clamp.entry_open(model.period):
        return False
    row = free_row(model, dealer.region, s, w.identity[owner])
    if row < 0:
        model.entries_without_room += 1
        return False
    v = draws.uniform(model.seed, draws.CONVERSION, number, model.period, PARTS_SELLER + 1)
    heritage = Heritage(CONVERSION, pick_part(model, dealer.region, s, v))
    money, dealer.cash = dealer.cash, 0.0
    capital = float(first_capital(model)[dealer.region, s])
    loan = start_up_share(model) * capital
    open_firm(model, row, owner, (money, capital, loan), heritage, payer=IMPORTERS)
    return True


@njit(cache=True)
def keyed_resident(seed, month, number, abroad, home, identity, region, status):  # type: ignore[no-untyped-def]
    """Row of the resident of region `home` with the lowest keyed draw; −1 when nobody lives there.

    By draws and not by an index, so that one resident more moves nobody else's luck.
    """
    best, row = 2.0, -1
    for i in range(len(identity)):
        if region[i] == home and status[i] != abroad:
            u = draws.uniform(seed, draws.CONVERSION, identity[i], month, 16 + np.int64(number))
            if u < best:
                best, row = u, i
    return row


# --- The domestic make through former importers ---------------------------------------------------


def pay_commissions(model: RegionalModel) -> None:
    """Plants pay former importers on what households bought through their networks.

    Sales are remembered as a 12-month mean, for those who think of doing the same.
    """
    sold = 0.0
    for plant in model.plants:
        value = plant.month.get("home_sales_value", 0.0)
        sold += value
        for dealer in model.importers:
            due = float(model.params.dealer_commission) * dealer.network * value
            if due > 0.0:
                plant.pay(IMPORTERS, Kind.COMMISSIONS, due)
                plant.note("commissions", due)
                dealer.cash += due
    model.domestic_sales += (sold - model.domestic_sales) / 12.0


def importer_measures(model: RegionalModel) -> dict[str, float]:
    """Importers by what they do (real counts), and their margins a month, KGS (agents)."""
    roles = [dealer.role for dealer in model.importers]
    kinds = [dealer.kind for dealer in model.importers if dealer.role == IMPORTING]
    transit, market = transit_value(model), markets(model)
    profit = sum(yearly_profit(model, d, transit, market) for d in model.importers) / 12.0
    return {
        "importers_new": float(sum(kind == NEW for kind in kinds)),
        "importers_used": float(sum(kind != NEW for kind in kinds)),
        "importers_left": float(roles.count(GONE)),
        "importers_converted": float(sum(role in CONVERTED for role in roles)),
        "importer_profit": profit,
        "dealer_commissions": float(model.accounts.flows[FIRMS, IMPORTERS, Kind.COMMISSIONS]),
    }
