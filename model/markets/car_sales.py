"""Who sells cars, who gets one when they are short, and the hand-over. Whole cars throughout.

Identities: of each seller, opening stock − sales = closing stock >= 0; of each buyer, money out =
price − loan − trade-in. Nothing depends on the order of rows: lookers come sorted by identity and
scarce cars go by keyed priority.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from model import draws
from model.markets import car_choice
from model.markets.car_choice import DOMESTIC, DOMESTIC_NEW, NEW, NONE, SECOND_HAND, USED
from model.markets.car_fleet import income_before_service

if TYPE_CHECKING:
    from model.importers import Importer
    from model.model import RegionalModel
    from model.plant import Plant


@dataclass
class Sellers:
    """All sellers this month: pools (foreign and domestic make by region), dealers, plants.

    Arrays by seller [K]: price (KGS), constant (utility beyond price), rate (of the loan, per
    month), weight (how likely a buyer of this kind comes here), stock (cars left), kind and age
    (of the car handed over). `first` holds where used dealers, new dealers, plants begin, and K.
    """

    price: np.ndarray
    constant: np.ndarray
    rate: np.ndarray
    weight: np.ndarray
    stock: np.ndarray
    kind: np.ndarray
    age: np.ndarray
    first: np.ndarray
    dealers: list[Importer]
    plants: list[Plant]


def dealer_weight(share: float, price: float, mean_price: float, elasticity: float) -> float:
    """Network share times price relative to the kind's mean, to the power of −elasticity."""
    return float(share * (mean_price / price) ** elasticity)


def _pool_offers(model: RegionalModel) -> list[tuple[float, ...]]:
    """One offer per region and make: price, constant, rate, weight, stock, kind, age."""
    p, market = model.params, model.car_market
    make, taste = market.resale_by_make.tolist(), float(market.constants[SECOND_HAND])
    pools = (market.pool_level, market.pool_count, market.pool_age, market.pool_worth)
    offers: list[tuple[float, ...]] = []
    for level, counts, ages, worths in zip(*(pool.tolist() for pool in pools), strict=True):
        for kind, count, months, worth in zip((USED, DOMESTIC), counts, ages, worths, strict=True):
            age = int(months / count) if count else p.used_car_age
            price = level * (worth / max(count, 1) * make[kind])
            constant = taste - p.car_age_loss * age / 12.0
            offers.append((price, constant, p.car_loan_rate / 12.0, count, count, kind, age))
    return offers


def _dealer_offers(
    model: RegionalModel, dealers: list[Importer], kind: int
) -> list[tuple[float, ...]]:
    """One offer per dealer of this kind."""
    p, market = model.params, model.car_market
    option = car_choice.IMPORTED_NEW if kind == NEW else car_choice.IMPORTED_USED
    age = 0 if kind == NEW else p.used_car_age
    constant = market.constants[option] - p.car_age_loss * age / 12.0
    mean_price = sum(d.share * d.price for d in dealers)
    offers: list[tuple[float, ...]] = [
        (d.price, constant, p.car_loan_rate / 12.0,
         dealer_weight(d.share, d.price, mean_price, p.dealer_price_elasticity),
         d.stock, kind, age)
        for d in dealers
    ]  # fmt: skip
    return offers


def _plant_offers(model: RegionalModel) -> list[tuple[float, ...]]:
    """One offer per plant; before the first car is sold its weight is 0: nobody thinks of it."""
    p, market = model.params, model.car_market
    constant = market.constants[car_choice.IMPORTED_NEW] + p.domestic_quality
    constant -= p.distrust_weight * (1.0 - market.trust)
    constant += p.domestic_network_value * sum(dealer.network for dealer in model.importers)
    return [
        (plant.price, constant, p.domestic_car_loan_rate / 12.0, float(plant.selling),
         plant.stock, DOMESTIC, 0)
        for plant in model.plants
    ]  # fmt: skip


def open_sellers(model: RegionalModel) -> Sellers:
    """The sellers of this month, with what they ask and hold."""
    used = [d for d in model.importers if d.kind == USED]
    new = [d for d in model.importers if d.kind == NEW]
    offers = _pool_offers(model)
    first = [len(offers)]
    for more in (
        _dealer_offers(model, used, USED),
        _dealer_offers(model, new, NEW),
        _plant_offers(model),
    ):
        offers.extend(more)
        first.append(len(offers))
    columns = np.array(offers, np.float64).T.copy()
    price, constant, rate, weight = columns[:4]
    stock, kind, age = columns[4:].astype(np.int64)
    return Sellers(
        price, constant, rate, weight, stock, kind, age, np.array(first, np.int64), used + new,
        list(model.plants),
    )  # fmt: skip


@njit(cache=True)
def see_sellers(seed, month, identity, region, weight, first, seen):  # type: ignore[no-untyped-def]
    """Fill `seen` with the one seller of each kind that this household visits; −1 for none.

    By keyed uniforms over the sellers' weights: the pool of the region (either make), a dealer of
    used and one of new cars, and every plant that sells.
    """
    u, v = draws.uniform2(seed, draws.CAR_SELLER, identity, month, 0)
    t = draws.uniform(seed, draws.CAR_SELLER, identity, month, 1)
    pool = 2 * np.int64(region)
    seen[1] = car_choice.pick(weight, pool, pool + 2, t)
    seen[2] = car_choice.pick(weight, first[0], first[1], u)
    seen[3] = car_choice.pick(weight, first[1], first[2], v)
    for j in range(DOMESTIC_NEW, len(seen)):
        k = first[2] + j - DOMESTIC_NEW
        seen[j] = k if weight[k] > 0.0 else -1


@njit(cache=True, nogil=True)
def choose_sellers(  # type: ignore[no-untyped-def]
    begin, end, seed, month, habits, terms, taste, worths, pool_level, resale, price, constant, rate,
    weight, first, lookers, identity, region, income, debt, car_rate, savings, car, car_age, chosen, loans,
    trade_ins,
):  # fmt: skip
    """The seller each looker goes to (−1: keeps things as they are), the loan and the trade-in.

    For each kind of car the looker sees one seller, by one keyed uniform over weights; then
    chooses among kinds by nested logit. `taste`: utility of a car, loss a year, dissimilarity.
    Writes to `chosen`, `loans`, `trade_ins` for lookers `begin` to `end`.
    """
    n_options = DOMESTIC_NEW + first[3] - first[2]
    cheapest = np.inf
    for k in range(len(price)):
        if weight[k] > 0.0:
            cheapest = min(cheapest, price[k])
    values = np.zeros(n_options)
    seen = np.zeros(n_options, np.int64)
    inclusive = np.zeros(3)
    for n in range(begin, end):
        i = lookers[n]
        who = identity[i]
        y = income_before_service(income[i], debt[i], car_rate[i], terms[3], habits[0])
        cash = max(savings[i] - habits[1] * y, 0.0)
        trade_in = 0.0
        values[0] = 0.0
        if car[i] != NONE:
            level = pool_level[region[i]] * resale[car[i]]
            trade_in = (1.0 - habits[2]) * level * worths[car_choice.years_old(car_age[i])]
            values[0] = taste[0] - taste[1] * np.float64(car_age[i]) / 12.0
        chosen[n] = -1
        if cash + trade_in < terms[1] * cheapest:
            continue  # not even the down payment on any car: spare the draws
        see_sellers(seed, month, who, region[i], weight, first, seen)
        for j in range(1, n_options):
            values[j] = car_choice.NOT_OFFERED
            k = seen[j]
            if k >= 0:
                cost = car_choice.car_cost(
                    price[k], cash + trade_in, trade_in, debt[i], rate[k], y, terms
                )
                values[j] = car_choice.car_value(constant[k], cost)
        option = car_choice.nested_choice(seed, who, month, values, taste[2], inclusive)
        if option > 0:
            chosen[n] = seen[option]
            loans[n] = car_choice.loan_needed(price[seen[option]], cash + trade_in)
            trade_ins[n] = trade_in


@njit(cache=True)
def priorities(seed, month, identity, rows):  # type: ignore[no-untyped-def]
    """A keyed uniform per row, that ranks buyers where cars are short; float64 [len(rows)]."""
    out = np.zeros(len(rows))
    for n in range(len(rows)):
        out[n] = draws.uniform(seed, draws.CAR_SELLER, identity[rows[n]], month, 2)
    return out


def accept(seller: np.ndarray, priority: np.ndarray, stock: np.ndarray) -> np.ndarray:
    """Which of these buyers get a car: per seller the first `stock` by priority; bool [n]."""
    order = np.lexsort((priority, seller))
    ranked = seller[order]
    place = np.arange(len(ranked)) - np.searchsorted(ranked, ranked)
    accepted = np.zeros(len(seller), dtype=np.bool_)
    accepted[order] = place < stock[ranked]
    return accepted


@njit(cache=True)
def hand_over(  # type: ignore[no-untyped-def]
    lookers, chosen, loans, trade_ins, price, rate, kind, age, market_rate,
    region, savings, debt, car_rate, car_subsidy, car, car_age, worths, pool_in, pool_in_age, pool_in_worth,
    totals,
):  # fmt: skip
    """Buyers pay, take up their loan, hand in the old car and drive away.

    A second loan is merged with the first at the mean rate. `pool_in`, `pool_in_age`,
    `pool_in_worth` [R, 2] receive the old cars; `totals` [3] prices, loans, trade-ins (KGS).
    """
    for n in range(len(lookers)):
        i = lookers[n]
        k = chosen[n]
        if car[i] != NONE:
            make = np.int64(car[i] == DOMESTIC)
            pool_in[region[i], make] += 1
            pool_in_age[region[i], make] += car_age[i]
            pool_in_worth[region[i], make] += worths[car_choice.years_old(car_age[i])]
        savings[i] += loans[n] + trade_ins[n] - price[k]
        if loans[n] > 0.0:
            old = debt[i] * np.float64(car_rate[i])
            paid = debt[i] * np.float64(car_subsidy[i])
            debt[i] += loans[n]
            car_rate[i] = (old + loans[n] * rate[k]) / debt[i]
            # What a soft loan falls short of the market's rate now, the budget pays for its life.
            gap = max(market_rate - rate[k], 0.0)
            car_subsidy[i] = (paid + loans[n] * gap) / debt[i]
        car[i] = kind[k]
        car_age[i] = age[k]
        totals[0] += price[k]
        totals[1] += loans[n]
        totals[2] += trade_ins[n]
