"""The car market of the base years: what it would sell, and the constants that make it sell that.

CALIBRATED to the imports of 2018-2022 net of transit; nothing later is used.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

from model import threads
from model.importers import household_imports
from model.markets import car_choice
from model.markets.car_choice import (
    IMPORTED_NEW,
    IMPORTED_USED,
    NEW,
    NONE,
    SECOND_HAND,
    USED,
)
from model.markets.car_fleet import (
    base_price,
    finance_terms,
    income_before_service,
    look_rates,
    money_habits,
    tastes,
)
from model.threads import BLOCK
from model.workers import ABROAD

if TYPE_CHECKING:
    from model.model import RegionalModel

ROUNDS = 20
# Beyond this nobody who can pay would refuse: the base years' imports are then out of reach.
LARGEST_CONSTANT = 8.0
# The constants of a country are those of so many buyers, to within chance: their flows, a few per
# mille at this number, vary less than the sales of one month do.
ENOUGH_BUYERS = 100_000


@njit(cache=True)
def weigh_kinds(  # type: ignore[no-untyped-def]
    car, car_age, income, savings, debt, habits, terms, taste, prices, loan_rate, worths, level, costs
):  # fmt: skip
    """What second-hand, imported used and imported new cars cost: into `costs` [1:4], in utility.

    `prices` [4] by alternative: means, where the market has single sellers. Returns own money,
    trade-in included, KGS, and the utility of keeping what there is.
    """
    own = max(savings - habits[1] * income, 0.0)
    trade_in, keeping = 0.0, 0.0
    if car != NONE:
        trade_in = (1.0 - habits[2]) * level * worths[car_choice.years_old(car_age)]
        keeping = taste[0] - taste[1] * np.float64(car_age) / 12.0
    own += trade_in
    for j in range(1, 4):
        costs[j] = car_choice.car_cost(prices[j], own, trade_in, debt, loan_rate, income, terms)
    return own, keeping


@njit(cache=True, nogil=True)
def weigh_buyers(  # type: ignore[no-untyped-def]
    first, last, rows, car, car_age, income, savings, debt, car_rate, base_income, habits, terms,
    rates, taste, prices, loan_rate, worths, level, owner, looking, costs,
):  # fmt: skip
    """Of these workers: who has a car [n], rate of looking [n], and `costs` [n, 4].

    The first of the costs is the utility of keeping what there is; the others are those of
    `weigh_kinds`. All that no constant changes, so that a round of the solution is short.
    """
    for n in range(first, last):
        i = rows[n]
        y = income_before_service(income[i], debt[i], car_rate[i], terms[3], habits[0])
        _, costs[n, 0] = weigh_kinds(
            car[i], car_age[i], y, savings[i], debt[i], habits, terms, taste, prices, loan_rate,
            worths, level, costs[n],
        )  # fmt: skip
        owner[n] = car[i] != NONE
        factor = car_choice.income_factor(y, base_income, rates)
        looking[n] = car_choice.look_rate(car[i], car_age[i], factor, rates)


@njit(cache=True, nogil=True)
def total_flows(first, last, owner, looking, costs, constants, dissimilarity, totals):  # type: ignore[no-untyped-def]
    """Expected monthly flows of these workers: lookers, the three kinds, trade-ins.

    `constants` [4] by alternative, age counted. Into `totals` [blocks, 5], by block of rows.
    """
    values, shares, inclusive = np.zeros(4), np.zeros(4), np.zeros(3)
    for start in range(first, last, BLOCK):
        total = np.zeros(5)
        for n in range(start, min(start + BLOCK, last)):
            values[0] = costs[n, 0]
            for j in range(1, 4):
                values[j] = car_choice.car_value(constants[j], costs[n, j])
            car_choice.nested_shares(values, dissimilarity, inclusive, shares)
            total[0] += looking[n]
            for j in range(1, 4):
                taken = looking[n] * shares[j]
                total[j] += taken
                total[4] += taken if owner[n] else 0.0
        totals[start // BLOCK] += total


def market_setting(model: RegionalModel, price_factors: tuple[float, ...]) -> tuple[Any, ...]:
    """The arguments that all expected flows share, with prices of the kinds times the factors."""
    p, market = model.params, model.car_market
    count = max(int(market.pool_count.sum()), 1)
    level = float(np.mean(market.pool_level))
    second_hand = level * float(market.pool_worth.sum()) / count
    prices = np.array([0.0, second_hand, base_price(model, USED), base_price(model, NEW)])
    return (
        market.base_income, money_habits(model), finance_terms(model), look_rates(model),
        tastes(model), prices * np.array(price_factors), p.car_loan_rate / 12.0, market.worths,
        level,
    )  # fmt: skip


def mean_ages(model: RegionalModel) -> np.ndarray:
    """Age of the cars on offer by alternative, months, float64 [4]."""
    market = model.car_market
    count = max(int(market.pool_count.sum()), 1)
    pool_age = float(market.pool_age.sum()) / count
    return np.array([0.0, pool_age, model.params.used_car_age, 0.0])


@njit(cache=True)
def who_can_buy(  # type: ignore[no-untyped-def]
    rows, cheapest, car, car_age, income, savings, debt, car_rate, habits, terms, worths, level, out
):
    """List in `out` those of these workers who have the down payment on the cheapest car."""
    found = 0
    for n in range(len(rows)):
        i = rows[n]
        y = income_before_service(income[i], debt[i], car_rate[i], terms[3], habits[0])
        own = max(savings[i] - habits[1] * y, 0.0)
        if car[i] != NONE:
            own += (1.0 - habits[2]) * level * worths[car_choice.years_old(car_age[i])]
        if own >= terms[1] * cheapest:
            out[found] = i
            found += 1
    return found


def residents(model: RegionalModel) -> np.ndarray:
    """Rows of workers at home, in order of identity: sums over them know no order of rows."""
    w = model.workers
    rows = np.flatnonzero(w.status != ABROAD)
    ordered: np.ndarray = rows[np.argsort(w.identity[rows], kind="stable")]
    return ordered


def buyers(model: RegionalModel, factor: float = 1.0) -> np.ndarray:
    """Rows of residents who could buy some car at `factor` times its price, by identity."""
    w = model.workers
    rows = residents(model)
    _, habits, terms, _, _, prices, _, worths, level = market_setting(model, (1.0,) * 4)
    out = np.empty(len(rows), np.int64)
    found = who_can_buy(
        rows, factor * float(prices[1:].min()), w.car, w.car_age, w.income, w.savings, w.debt,
        w.car_rate, habits, terms, worths, level, out,
    )  # fmt: skip
    return out[:found]


@dataclass(frozen=True)
class Buyers:
    """Workers who could buy, and what they weigh that no constant changes (`weigh_buyers`)."""

    owner: np.ndarray
    looking: np.ndarray
    costs: np.ndarray

    def expected(self, model: RegionalModel) -> np.ndarray:
        """`total_flows` of these at the market's constants, agent cars a month, float64 [5]."""
        n = len(self.looking)
        totals, taste, ages = np.zeros((threads.blocks(n), 5)), tastes(model), mean_ages(model)
        constants = model.car_market.constants - taste[1] * ages / 12.0
        threads.over_rows(
            n,
            lambda first, last: total_flows(
                first, last, self.owner, self.looking, self.costs, constants, taste[2], totals
            ),
        )
        flows: np.ndarray = totals.sum(axis=0)
        return flows


def weigh(model: RegionalModel, price_factors: tuple[float, ...], rows: np.ndarray) -> Buyers:
    """What the workers of these rows weigh at the market's present state; prices times factors."""
    w, n = model.workers, len(rows)
    weighed = Buyers(np.empty(n, np.bool_), np.empty(n), np.empty((n, 4)))
    threads.over_rows(
        n,
        lambda first, last: weigh_buyers(
            first, last, rows, w.car, w.car_age, w.income, w.savings, w.debt, w.car_rate,
            *market_setting(model, price_factors), weighed.owner, weighed.looking, weighed.costs,
        ),
    )  # fmt: skip
    return weighed


def expected_sales(
    model: RegionalModel, price_factors: tuple[float, ...] = (1.0, 1.0, 1.0, 1.0)
) -> np.ndarray:
    """Expected monthly flows at the market's present state, agent cars, float64 [5].

    Lookers with money for a down payment; second-hand, imported used and imported new cars taken;
    trade-ins. No plants, no stock limits. `price_factors` by alternative give elasticities.
    """
    return weigh(model, price_factors, buyers(model, min(price_factors))).expected(model)


def calibrate_constants(model: RegionalModel, rounds: int = ROUNDS, part: int = 1) -> None:
    """Solve the constants so that the base years' imports are expected now, and the pool clears.

    At the second-hand price level of the base. Berry's contraction: c += ln(target / expected),
    damped. CALIBRATED to 2018-2022, and never called again from month 0 on. `part`: only each
    so-manieth buyer is looked at, for a first rough solution; of more than `ENOUGH_BUYERS` never
    all are.
    """
    market = model.car_market
    # Regions keep their relative prices; the mean is the base's.
    anchor = base_price(model, NEW) * model.params.secondhand_level
    market.pool_level *= anchor / float(np.mean(market.pool_level))
    constants = market.constants
    target_used = household_imports(model, USED)
    target_new = household_imports(model, NEW)
    # What the pool has too much of is to be sold within a year.
    cover = model.params.secondhand_cover * float(market.pool_expected.sum())
    spare = (float(market.pool_count.sum()) - cover) / 12.0
    step = 0.7 * model.params.car_dissimilarity + 0.3
    rows = buyers(model)
    asked = rows[:: max(part, len(rows) // ENOUGH_BUYERS)]
    some, each = weigh(model, (1.0,) * 4, asked), len(rows) / max(len(asked), 1)
    for _ in range(rounds):
        flows = np.maximum(some.expected(model) * each, 1e-12)
        supply = flows[4] + max(spare, -0.5 * flows[4])
        constants[SECOND_HAND] += 0.7 * step * math.log(supply / flows[1])
        constants[IMPORTED_USED] += step * math.log(target_used / flows[2])
        constants[IMPORTED_NEW] += step * math.log(target_new / flows[3])
        np.clip(constants, -LARGEST_CONSTANT, LARGEST_CONSTANT, out=constants)
