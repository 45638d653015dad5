"""The car market of a month: the state buys, households look and choose, sellers are paid.

Identity: opening stock + made + imported = sold + scrapped + exported + closing stock, and every
KGS that a buyer pays arrives with a seller, the bank or the government.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from model import threads
from model.accounts import BANK, GOVERNMENT, HOUSEHOLDS, IMPORTERS, Kind
from model.importers import state_demand, state_fleet
from model.markets import car_base_year, car_fleet, car_sales
from model.markets.car_choice import NEW, USED
from model.markets.car_fleet import CarMarket, base_price
from model.markets.car_sales import Sellers
from model.markets.initial_cars import initial_cars
from model.workers import ABROAD

if TYPE_CHECKING:
    from model.model import RegionalModel
    from model.plant import Plant

__all__ = ["CarMarket", "car_measures", "initial_cars", "trade_cars"]

MEASURES = (
    "cars_made", "cars_sold_households", "cars_sold_state", "cars_exported",
    "cars_imported_new", "cars_imported_used", "cars_secondhand", "cars_reexported",
    "cars_unmet", "cars_scrapped", "kits_imported_value", "plant_sales_value", "duty_forgone",
    "car_spending", "state_car_spending", "fdi", "profits_repatriated",
)  # fmt: skip
PLANT_MEASURES = (
    "cars_made", "cars_exported", "kits_imported_value", "plant_sales_value", "duty_forgone",
    "fdi", "profits_repatriated",
)  # fmt: skip


# --- The state ------------------------------------------------------------------------------------


def _buy_imports(model: RegionalModel, cars: int, asked: float) -> tuple[int, float]:
    """State bodies buy up to `cars` from the best-stocked dealers of new cars: bought, KGS.

    Dealers see what is `asked` for new this month; a wish that waits has been told before.
    """
    dealers = [d for d in model.importers if d.kind == NEW]
    bought, spent = 0, 0.0
    for dealer in dealers:
        dealer.orders += asked * dealer.share
    for _ in range(cars if dealers else 0):
        dealer = max(dealers, key=lambda d: d.stock)
        if dealer.stock <= 0:
            break
        dealer.stock -= 1
        dealer.sold += 1
        dealer.cash += dealer.price
        model.accounts.post(GOVERNMENT, IMPORTERS, Kind.CARS, dealer.price)
        bought, spent = bought + 1, spent + dealer.price
    return bought, spent


def share_state_purchases(plants: list[Plant], wish: int) -> list[int]:
    """Cars that the state takes from each of these plants: one by one from the best-stocked.

    Only from plants whose agreement has the preference; as with dealers, so that none is always
    the first to be asked.
    """
    taken = [0] * len(plants)
    for _ in range(wish):
        left = [
            plant.stock - cars if plant.would_be_state_orders() > 0.0 else 0
            for plant, cars in zip(plants, taken)
        ]
        if max(left, default=0) <= 0:
            break
        taken[left.index(max(left))] += 1
    return taken


def buy_for_state(model: RegionalModel, new_price: float) -> None:
    """State bodies replace their fleet: from plants as far as preference and stock go, else import.

    Demand = fleet × replacement, within a budget that buys just that at base prices. Where no
    plant sells, all of it is imported: so the counterfactual pays duty on these cars. A wish that
    no seller can serve waits, but no longer than a year. `new_price`: of an imported new car at the
    norm margin, KGS.
    """
    market = model.car_market
    wish = state_demand(model)
    selling = [plant for plant in model.plants if plant.selling]
    asked = [plant.state_orders() for plant in selling]
    home = sum(asked)
    cost = sum(orders * plant.price for orders, plant in zip(asked, selling, strict=True))
    cost += (wish - home) * new_price
    within_budget = min(wish * market.state_price / cost, 1.0) if cost > 0.0 else 1.0
    added = (home * within_budget, (wish - home) * within_budget)
    market.state_wish = [min(x + y, 12.0 * wish) for x, y in zip(market.state_wish, added)]
    spent = 0.0
    market.state_domestic *= 1.0 - wish / max(state_fleet(model), 1e-9)
    for orders, plant in zip(asked, selling, strict=True):
        plant.orders += orders * within_budget
    for plant, cars in zip(selling, share_state_purchases(selling, int(market.state_wish[0]))):
        plant.sell(cars, GOVERNMENT)
        market.state_wish[0] -= cars
        market.state_domestic += cars
        market.counts["cars_sold_state"] += cars
        spent += cars * plant.price
    bought, paid = _buy_imports(model, int(market.state_wish[1]), added[1])
    market.state_wish[1] -= bought
    market.state_imports = bought
    market.counts["state_car_spending"] = spent + paid


# --- Households -----------------------------------------------------------------------------------


def find_lookers(model: RegionalModel) -> np.ndarray:
    """Age and scrap cars; rows of the workers who look for one, sorted by identity."""
    w, market = model.workers, model.car_market
    tally = np.zeros((threads.blocks(len(w.identity)), 3), np.int64)
    floor, owed = car_fleet.money_habits(model)[0], car_fleet.amortisation(model)
    rates = car_fleet.look_rates(model)
    rows = threads.list_rows(
        len(w.identity),
        lambda first, last: car_fleet.find_lookers(
            first, last, model.seed, model.period, ABROAD, market.base_income, floor, owed, rates,
            market.scrap_rates, market.ceiling, w.identity, w.status, w.income, w.debt, w.car_rate,
            w.car, w.car_age, market.next_thought, tally,
        ),
    )  # fmt: skip
    scrapped, fleet, domestic = tally.sum(axis=0)
    market.counts["cars_scrapped"] = float(scrapped)
    market.fleet, market.domestic_on_road = int(fleet), int(domestic)
    ordered: np.ndarray = rows[np.argsort(w.identity[rows], kind="stable")]
    return ordered


def _choose(model: RegionalModel, s: Sellers, lookers: np.ndarray) -> tuple[np.ndarray, ...]:
    """Seller (−1 for none), loan and trade-in of each looker."""
    w, market = model.workers, model.car_market
    chosen = np.empty(len(lookers), np.int64)
    loans, trade_ins = np.zeros(len(lookers)), np.zeros(len(lookers))
    habits, terms = car_fleet.money_habits(model), car_fleet.finance_terms(model)
    tastes = car_fleet.tastes(model)
    threads.over_rows(
        len(lookers),
        lambda begin, end: car_sales.choose_sellers(
            begin, end, model.seed, model.period, habits, terms, tastes, market.worths,
            market.pool_level, market.resale_by_make, s.price, s.constant, s.rate, s.weight, s.first,
            lookers, w.identity, w.region, w.income, w.debt, w.car_rate, w.savings, w.car, w.car_age,
            chosen, loans, trade_ins,
        ),
        least=threads.BLOCK,
    )  # fmt: skip
    return chosen, loans, trade_ins


def match_buyers(model: RegionalModel, s: Sellers, lookers: np.ndarray) -> tuple[np.ndarray, ...]:
    """Rounds of choice and acceptance until nobody is refused: rows, sellers, loans, trade-ins.

    In the first round everybody goes where they would like to: these are the orders that sellers
    learn from. Whoever is refused chooses again among sellers with cars left, so each round
    empties at least one seller and the rounds end.
    """
    taken: list[tuple[np.ndarray, ...]] = []
    first_round = True
    while len(lookers):
        chosen, loans, trade_ins = _choose(model, s, lookers)
        keep = chosen >= 0
        lookers, chosen, loans, trade_ins = (x[keep] for x in (lookers, chosen, loans, trade_ins))
        rank = car_sales.priorities(model.seed, model.period, model.workers.identity, lookers)
        yes = car_sales.accept(chosen, rank, s.stock)
        if first_round:
            _note_orders(model, s, chosen, int(np.count_nonzero(~yes)))
            first_round = False
        taken.append((lookers[yes], chosen[yes], loans[yes], trade_ins[yes]))
        s.stock -= np.bincount(chosen[yes], minlength=len(s.stock))
        s.weight[s.stock == 0] = 0.0
        lookers = lookers[~yes]
    empty = (np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0), np.empty(0))
    rows, sellers, loans, trade_ins = (np.concatenate(x) for x in zip(empty, *taken))
    order = np.argsort(model.workers.identity[rows], kind="stable")
    return rows[order], sellers[order], loans[order], trade_ins[order]


def _note_orders(model: RegionalModel, s: Sellers, chosen: np.ndarray, refused: int) -> None:
    """What buyers asked for first, whether or not it was there."""
    orders = np.bincount(chosen, minlength=len(s.stock))
    pools, dealers = s.first[0], s.first[2]
    for dealer, asked in zip(s.dealers, orders[pools:dealers].tolist(), strict=True):
        dealer.orders += asked
    for plant, asked in zip(s.plants, orders[dealers:].tolist(), strict=True):
        plant.orders += asked
    weight = model.params.dealer_expectation_weight
    market = model.car_market
    asked_pools = orders[:pools].reshape(-1, 2).sum(axis=1)
    market.pool_expected += weight * (asked_pools - market.pool_expected)
    market.counts["cars_unmet"] = float(refused)


def settle(model: RegionalModel, s: Sellers, deals: tuple[np.ndarray, ...]) -> None:
    """Cars and money change hands, and the same amounts are posted between the sectors."""
    w, market = model.workers, model.car_market
    pool_in = np.zeros_like(market.pool_count)
    pool_in_age = np.zeros_like(market.pool_age)
    pool_in_worth = np.zeros_like(market.pool_worth)
    totals = np.zeros(3)
    car_sales.hand_over(
        *deals, s.price, s.rate, s.kind, s.age, model.params.car_loan_rate / 12.0, w.region,
        w.savings, w.debt, w.car_rate, w.car_subsidy, w.car,
        w.car_age, market.worths, pool_in, pool_in_age, pool_in_worth, totals,
    )  # fmt: skip
    sold = np.bincount(deals[1], minlength=len(s.stock))
    revenue = sold * s.price
    pools, dealers = s.first[0], s.first[2]
    second_hand = float(revenue[:pools].sum()) - float(totals[2])
    taken = zip(sold[pools:dealers].tolist(), revenue[pools:dealers].tolist(), strict=True)
    for dealer, (cars, paid) in zip(s.dealers, taken, strict=True):
        dealer.stock -= cars
        dealer.sold += cars
        dealer.cash += paid
        if dealer.kind == USED:
            # The second-hand trade runs on the books of the dealers of used cars.
            dealer.cash += dealer.share * second_hand
    for plant, cars in zip(s.plants, sold[dealers:].tolist(), strict=True):
        plant.sell(cars, HOUSEHOLDS)
    post = model.accounts.post
    post(HOUSEHOLDS, IMPORTERS, Kind.CARS, float(revenue[:dealers].sum()))
    post(IMPORTERS, HOUSEHOLDS, Kind.CARS, float(totals[2]))
    post(BANK, HOUSEHOLDS, Kind.LOANS, float(totals[1]))
    _update_pool(model, sold[:pools].reshape(-1, 2))
    market.pool_count += pool_in
    market.pool_age += pool_in_age
    market.pool_worth += pool_in_worth
    counts = market.counts
    counts["cars_secondhand"] = float(sold[:pools].sum())
    counts["cars_sold_households"] = float(sold[dealers:].sum())
    counts["car_spending"] = float(totals[0])


def _update_pool(model: RegionalModel, sold: np.ndarray) -> None:
    """Take the sold cars out of the pools, each of mean age and worth; the rest age a month."""
    market = model.car_market
    left = market.pool_count - sold
    part = left / np.maximum(market.pool_count, 1)
    market.pool_worth *= part
    market.pool_age *= part
    market.pool_age += left
    market.pool_count[:] = left


def reprice_pool(model: RegionalModel, new: float) -> None:
    """Second-hand prices move with the gap of stock to target, and a little to the norm.

    Regions also move towards each other, for cars can be driven there. Bounded: never dearer than
    a new import of the same worth, never below a quarter of it. `new`: price of an imported new car
    at the norm margin, KGS.
    """
    p, market = model.params, model.car_market
    mean = float(np.mean(market.pool_level))
    pull = -p.secondhand_reversion * math.log(mean / (new * p.secondhand_level))
    pools = zip(
        market.pool_level.tolist(), market.pool_expected.tolist(), market.pool_count.tolist(),
        strict=True,
    )  # fmt: skip
    for region, (level, expected, stock) in enumerate(pools):
        target = p.secondhand_cover * expected
        gap = min(max(sum(stock) / target - 1.0, -1.0), 1.0) if target > 0.0 else 0.0
        arbitrage = -p.secondhand_arbitrage * math.log(level / mean)
        change = pull + arbitrage - p.secondhand_response * gap
        market.pool_level[region] = min(max(level * math.exp(change), 0.25 * new), new)


# --- Trust, and the month -------------------------------------------------------------------------


def next_trust(trust: float, on_road: float, half: float, speed: float) -> float:
    """Trust moves to what is seen: on_road / (on_road + half); from 0, and back to 0 without cars.

    `on_road`, `half`: domestic cars per 1,000 workers; `speed` per month.
    """
    seen = on_road / (on_road + half) if on_road > 0.0 else 0.0
    return trust + speed * (seen - trust)


def update_trust(model: RegionalModel) -> None:
    """Trust in the domestic make grows with its cars on the road, the state's among them."""
    market, p = model.car_market, model.params
    cars = market.domestic_on_road + market.state_domestic
    per_thousand = 1000.0 * cars / max(len(model.workers), 1)
    market.trust = next_trust(market.trust, per_thousand, p.trust_half, p.trust_speed)


def trade_cars(model: RegionalModel) -> None:
    """Phase 9: the vehicle market of this month."""
    market = model.car_market
    market.counts = dict.fromkeys(MEASURES, 0.0)
    # Each quarter of the burn-in is often enough, and a third of the cost.
    if model.period < 0 and model.period % 3 == 0:
        car_base_year.calibrate_constants(model, rounds=3)
    new_price = base_price(model, NEW)
    market.resale_by_make = car_fleet.resale(model, new_price)
    buy_for_state(model, new_price)
    lookers = find_lookers(model)
    car_fleet.share_out_pools(market)
    sellers = car_sales.open_sellers(model)
    settle(model, sellers, match_buyers(model, sellers, lookers))
    model.bank.count_household_loans()
    for plant in model.plants:
        plant.export()
    reprice_pool(model, new_price)
    update_trust(model)


def car_measures(model: RegionalModel) -> dict[str, float]:
    """This month's cars and payments, in agent units and KGS (not yet multiplied by scale)."""
    measures = dict(model.car_market.counts)
    for plant in model.plants:
        for name in PLANT_MEASURES:
            measures[name] += plant.month.get(name, 0.0)
    for dealer in model.importers:
        name = "cars_imported_new" if dealer.kind == NEW else "cars_imported_used"
        measures[name] += dealer.arrived
    return measures
