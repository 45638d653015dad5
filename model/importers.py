"""Importers: dealers of new and of used cars, with stock, margin and cash, and the transit trade.

Identities: stock + arrivals − sales = stock; cash changes only by posted payments. Without sales
a margin falls to its floor; at the target stock it rests at the norm.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import mesa
import numpy as np

from model.accounts import GOVERNMENT, HOUSEHOLDS, IMPORTERS, WORLD, Kind
from model.border import border_price, landed_cost, reexports_this_month
from model.market_power import concentrated_margin
from model.markets.car_choice import NEW, USED
from model.shocks import pass_border

if TYPE_CHECKING:
    from model.model import RegionalModel


# What an importer does now (`importer_exit.py`).
IMPORTING, GONE, DOMESTIC_DEALER, TRANSIT_ONLY, PARTS_SELLER = range(5)


class Importer(mesa.Agent):
    """A dealer that imports one kind of car; whole cars in stock, real money in cash.

    Attributes:
        role: IMPORTING, or what it has become.
        kind: NEW or USED.
        region: where the owners live; profits go to the households there.
        share, first_share: of the dealers of its kind, by network, now and at the start; shares
            of a kind sum to one. transit_share: the same of the transit trade.
        network: its first share while it sells the domestic make, else 0.
        lean_months: months in a row in which the trade has earned too little.
        taken_over: cars in stock that came from a dealer of the kind this month (less: went).
        stock, in_transit, held: cars (agent units): here, under way (in_transit[0] arrives next),
            and waiting at a closed border.
        expected, orders: cars a month: expected by, and asked of this dealer last month.
        cost: of a car at the border with duty and VAT this month, KGS; margin: on it.
        cash: KGS.
    """

    def __init__(self, model: RegionalModel, kind: int, region: int, share: float) -> None:
        super().__init__(model)
        self.kind = kind
        self.region = region
        self.role = IMPORTING
        self.share = self.first_share = self.transit_share = share
        self.network = 0.0
        self.lean_months = 0
        self.taken_over = 0
        self.stock = 0
        self.in_transit: list[int] = []
        self.held = 0
        self.unordered = 0.0
        self.expected = 0.0
        self.orders = 0.0
        self.sold = 0
        self.arrived = 0
        self.cost = sum(landed_cost(model, kind))
        self.margin = norm_margin(model, kind)
        self.cash = 0.0

    @property
    def price(self) -> float:
        """Price at the dealer's, KGS a car."""
        return self.cost * (1.0 + self.margin)

    def target_stock(self) -> float:
        """Cars that cover the usual months of expected sales."""
        return float(self.model.params.dealer_cover * self.expected)


# --- Who they are at the start ------------------------------------------------------------------


def norm_margin(model: RegionalModel, kind: int) -> float:
    """The margin at which a dealer rests when the stock is at its target."""
    p = model.params
    return float(p.new_dealer_margin if kind == NEW else p.used_dealer_margin)


def household_imports(model: RegionalModel, kind: int) -> float:
    """Cars that households import in the base years, agent cars a month (calibration)."""
    p = model.params
    per_thousand = p.new_imports_per_1000 if kind == NEW else p.used_imports_per_1000
    return float(per_thousand / 1000.0 / 12.0 * len(model.workers))


def state_demand(model: RegionalModel) -> float:
    """Cars that state bodies replace, agent cars a month."""
    return state_fleet(model) / float(model.pack.cars["state_replacement_years"]) / 12.0


def state_fleet(model: RegionalModel) -> float:
    """Cars of state bodies, agent cars."""
    return float(model.pack.cars["state_fleet"]) / model.scale


def dealer_regions(model: RegionalModel, count: int) -> list[int]:
    """Sites for `count` dealers: the next one where the market is largest per dealer (d'Hondt)."""
    market = np.asarray(model.pack.labour_force) * np.asarray(model.pack.wage_level)
    sites = np.zeros(len(market))
    chosen = []
    for _ in range(count):
        region = int(np.argmax(market / (sites + 1.0)))
        sites[region] += 1.0
        chosen.append(region)
    return chosen


def create_importers(model: RegionalModel) -> list[Importer]:
    """The dealers in their steady state: stock, pipeline and cash fit the base years' imports."""
    p = model.params
    dealers = []
    for kind, count in ((NEW, p.n_new_dealers), (USED, p.n_used_dealers)):
        # Networks differ: the k-th dealer has half the network of the (2k)-th (Zipf).
        sizes = [1.0 / (k + 1.0) for k in range(count)]
        for region, size in zip(dealer_regions(model, count), sizes):
            dealer = Importer(model, kind, region, size / sum(sizes))
            sales = household_imports(model, kind)
            if kind == NEW:
                sales += state_demand(model)
            dealer.expected = dealer.orders = sales * dealer.share
            dealer.stock = math.ceil(dealer.target_stock())
            dealer.in_transit = [round(dealer.expected)] * p.import_lead
            dealer.cash = target_cash(model, dealer)
            dealers.append(dealer)
    return dealers


# --- Orders ---------------------------------------------------------------------------------------


def cars_to_order(
    expected: float, stock: float, in_transit: float, cover: float, lead: float, adjustment: float
) -> float:
    """Expected sales plus a part of the gap between the position and its target; never negative.

    At the target position (stock for `cover` months, `lead` months under way) it is just the
    expected sales.
    """
    gap = expected * (cover + lead) - stock - in_transit
    return max(expected + gap / adjustment, 0.0)


def under_way(dealer: Importer) -> int:
    """Cars ordered that have not arrived."""
    return sum(dealer.in_transit) + dealer.held


def receive_cars(
    model: RegionalModel, dealer: Importer, landed: tuple[float, float, float]
) -> float:
    """Take in what arrives and pay for it: border price to World, duty and VAT to government.

    `landed`: what `landed_cost` says of the dealer's kind. What the dealer cannot pay stays with
    the exporter. Returns cars taken in.
    """
    arriving = dealer.in_transit.pop(0) if dealer.in_transit else 0
    arriving, dealer.held = pass_border(dealer.held, arriving, model.params.corridor_open)
    price, duty, vat = landed
    taken = min(arriving, max(int(dealer.cash / dealer.cost), 0))
    dealer.arrived = taken
    if taken == 0:
        return 0.0
    dealer.stock += taken
    for payee, kind, each in (
        (WORLD, Kind.CARS, price),
        (GOVERNMENT, Kind.DUTY, duty),
        (GOVERNMENT, Kind.VAT, vat),
    ):
        model.accounts.post(IMPORTERS, payee, kind, taken * each)
        dealer.cash -= taken * each
    return float(taken)


def order_cars(model: RegionalModel) -> None:
    """Phase 2: learn from last month's demand, take in arrivals, order from abroad.

    What a car costs this month is worked out here for each kind; dealers keep it to the month's end.
    """
    p = model.params
    landed = {kind: landed_cost(model, kind) for kind in (NEW, USED)}
    for dealer in model.importers:
        dealer.cost = sum(landed[dealer.kind])
        dealer.expected += p.dealer_expectation_weight * (dealer.orders - dealer.expected)
        dealer.orders = 0.0
        dealer.sold = dealer.taken_over = 0
        receive_cars(model, dealer, landed[dealer.kind])
        wish = cars_to_order(
            dealer.expected, dealer.stock, under_way(dealer), p.dealer_cover, p.import_lead,
            p.dealer_stock_adjustment,
        )  # fmt: skip
        dealer.unordered += wish
        affordable = max(int(dealer.cash / dealer.cost) - under_way(dealer), 0)
        ordered = min(int(dealer.unordered), affordable)
        # Only the fraction of a car is remembered: an order that cash forbids is dropped.
        dealer.unordered -= math.floor(dealer.unordered)
        dealer.in_transit.append(ordered)


# --- Margins, transit, profits -------------------------------------------------------------------


def next_margin(
    margin: float, norm: float, stock: float, target: float, reversion: float, response: float
) -> float:
    """Δ ln μ = −κ (ln μ − ln μ*) − γ (stock / target − 1), bounded to [μ*/4, 4 μ*] (rules.md 10)."""
    gap = 0.0 if target <= 0.0 else min(max(stock / target - 1.0, -1.0), 1.0)
    change = -reversion * math.log(margin / norm) - response * gap
    return min(max(margin * math.exp(change), norm / 4.0), norm * 4.0)


def target_cash(model: RegionalModel, dealer: Importer) -> float:
    """Money a dealer keeps: the usual months of purchases, and for trade-ins if it buys them."""
    p = model.params
    return float(p.dealer_cash_months * max(dealer.expected, 1.0) * dealer.cost)


def pass_on_reexports(model: RegionalModel) -> float:
    """The transit trade: cars bought from World and sold to World in one month, with a margin.

    They never touch stocks or customs, so they are real-valued. Returns agent cars.
    """
    cars = reexports_this_month(model) / model.scale
    value = cars * border_price(model, NEW)
    if value > 0.0:
        margin = model.params.reexport_margin
        model.accounts.post(IMPORTERS, WORLD, Kind.CARS, value)
        model.accounts.post(WORLD, IMPORTERS, Kind.EXPORTS, value * (1.0 + margin))
        for dealer in model.importers:
            # Half of the transit goes through the dealers of each kind.
            dealer.cash += 0.5 * dealer.transit_share * value * margin
    return cars


def pay_households(model: RegionalModel, pay: np.ndarray) -> float:
    """Pay `pay` [R] out of importers' deposits to the households of each region, per head alike.

    Who owns the trade is not known. Returns KGS paid: nothing where nobody lives.
    """
    heads = model.residents()
    pay = np.where(heads > 0, pay, 0.0)
    total = float(pay.sum())
    if total > 0.0:
        model.pay_residents(pay / np.maximum(heads, 1))
        model.accounts.post(IMPORTERS, HOUSEHOLDS, Kind.DIVIDENDS, total)
    return total


def pay_out_profits(model: RegionalModel) -> float:
    """Cash above the working stock of money goes to the households of the dealer's region.

    Returns KGS paid.
    """
    heads = model.residents()
    pay = np.zeros(len(heads))
    for dealer in model.importers:
        surplus = dealer.cash - target_cash(model, dealer)
        if surplus > 0.0 and heads[dealer.region] > 0:
            dealer.cash -= surplus
            pay[dealer.region] += surplus
    return pay_households(model, pay)


def norm_margin_now(model: RegionalModel, kind: int) -> float:
    """The norm margin of a kind, higher the fewer and the more unequal dealers are left."""
    dealers = [d for d in model.importers if d.kind == kind]
    first, now = [d.first_share for d in dealers], [d.share for d in dealers]
    return concentrated_margin(norm_margin(model, kind), first, now)


def reprice_and_reexport(model: RegionalModel) -> None:
    """After the car market: new margins, the transit trade, and profits to the owners."""
    p = model.params
    norm = {kind: norm_margin_now(model, kind) for kind in (NEW, USED)}
    for dealer in model.importers:
        dealer.margin = next_margin(
            dealer.margin, norm[dealer.kind], dealer.stock, dealer.target_stock(),
            p.dealer_margin_reversion, p.dealer_margin_response,
        )  # fmt: skip
    model.car_market.counts["cars_reexported"] = pass_on_reexports(model)
    pay_out_profits(model)
