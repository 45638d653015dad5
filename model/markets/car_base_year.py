"""The car market of the base years: what it would sell, and the constants that make it sell that.

CALIBRATED to the imports of 2018-2022 net of transit; nothing later is used.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

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
from model.workers import ABROAD

if TYPE_CHECKING:
    from model.model import RegionalModel

ROUNDS = 20
# Beyond this nobody who can pay would refuse: the base years' imports are then out of reach.
LARGEST_CONSTANT = 8.0


@njit(cache=True)
def weigh_kinds(  # type: ignore[no-untyped-def]
    car, car_age, income, savings, debt, habits, terms, taste, prices, ages, loan_rate, worths,
    level, constants, values,
):  # fmt: skip
    """Fill `values` [4] with the utilities of keeping, second-hand, imported used, imported new.

    `prices`, `ages` [4] by alternative: means, where the market has single sellers. Returns own
    money, trade-in included, KGS.
    """
    own = max(savings - habits[1] * income, 0.0)
    trade_in = 0.0
    values[0] = 0.0
    if car != NONE:
        trade_in = (1.0 - habits[2]) * level * worths[car_choice.years_old(car_age)]
        values[0] = taste[0] - taste[1] * np.float64(car_age) / 12.0
    own += trade_in
    for j in range(1, 4):
        constant = constants[j] - taste[1] * ages[j] / 12.0
        values[j] = car_choice.car_value(
            constant, prices[j], own, trade_in, debt, loan_rate, income, terms
        )
    return own


@njit(cache=True)
def total_flows(  # type: ignore[no-untyped-def]
    rows, car, car_age, income, savings, debt, car_rate, base_income, habits, terms, rates, taste,
    prices, ages, loan_rate, worths, level, constants,
):  # fmt: skip
    """Expected monthly flows of these workers, float64 [5]: lookers, the three kinds, trade-ins."""
    values, shares = np.zeros(4), np.zeros(4)
    inclusive = np.zeros(3)
    total = np.zeros(5)
    for n in range(len(rows)):
        i = rows[n]
        y = income_before_service(income[i], debt[i], car_rate[i], terms[3], habits[0])
        weigh_kinds(
            car[i], car_age[i], y, savings[i], debt[i], habits, terms, taste, prices, ages,
            loan_rate, worths, level, constants, values,
        )  # fmt: skip
        car_choice.nested_shares(values, taste[2], inclusive, shares)
        looking = car_choice.look_rate(car[i], car_age[i], y, base_income, rates)
        total[0] += looking
        for j in range(1, 4):
            total[j] += looking * shares[j]
            if car[i] != NONE:
                total[4] += looking * shares[j]
    return total


def market_setting(model: RegionalModel, price_factors: tuple[float, ...]) -> tuple[Any, ...]:
    """The arguments that all expected flows share, with prices of the kinds times the factors."""
    p, market = model.params, model.car_market
    count = max(int(market.pool_count.sum()), 1)
    pool_age = float(market.pool_age.sum()) / count
    level = float(np.mean(market.pool_level))
    second_hand = level * float(market.pool_worth.sum()) / count
    prices = np.array([0.0, second_hand, base_price(model, USED), base_price(model, NEW)])
    ages = np.array([0.0, pool_age, p.used_car_age, 0.0])
    return (
        market.base_income, money_habits(model), finance_terms(model), look_rates(model),
        tastes(model), prices * np.array(price_factors), ages, p.car_loan_rate / 12.0,
        market.worths, level, market.constants,
    )  # fmt: skip


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
    _, habits, terms, _, _, prices, _, _, worths, level, _ = market_setting(model, (1.0,) * 4)
    out = np.empty(len(rows), np.int64)
    found = who_can_buy(
        rows, factor * float(prices[1:].min()), w.car, w.car_age, w.income, w.savings, w.debt,
        w.car_rate, habits, terms, worths, level, out,
    )  # fmt: skip
    return out[:found]


def expected_sales(
    model: RegionalModel,
    price_factors: tuple[float, ...] = (1.0, 1.0, 1.0, 1.0),
    rows: np.ndarray | None = None,
) -> np.ndarray:
    """Expected monthly flows at the market's present state, agent cars, float64 [5].

    Lookers with money for a down payment; second-hand, imported used and imported new cars taken;
    trade-ins. No plants, no stock limits. `price_factors` by alternative give elasticities;
    `rows`: the workers, by default all who could buy.
    """
    w = model.workers
    rows = buyers(model, min(price_factors)) if rows is None else rows
    return np.asarray(
        total_flows(
            rows, w.car, w.car_age, w.income, w.savings, w.debt, w.car_rate,
            *market_setting(model, price_factors),
        )
    )  # fmt: skip


def calibrate_constants(model: RegionalModel, rounds: int = ROUNDS, part: int = 1) -> None:
    """Solve the constants so that the base years' imports are expected now, and the pool clears.

    At the second-hand price level of the base. Berry's contraction: c += ln(target / expected),
    damped. CALIBRATED to 2018-2022, and never called again from month 0 on. `part`: only each
    so-manieth buyer is looked at, for a first rough solution.
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
    rows = buyers(model)[::part]
    for _ in range(rounds):
        flows = np.maximum(expected_sales(model, rows=rows) * part, 1e-12)
        supply = flows[4] + max(spare, -0.5 * flows[4])
        constants[SECOND_HAND] += 0.7 * step * math.log(supply / flows[1])
        constants[IMPORTED_USED] += step * math.log(target_used / flows[2])
        constants[IMPORTED_NEW] += step * math.log(target_new / flows[3])
        np.clip(constants, -LARGEST_CONSTANT, LARGEST_CONSTANT, out=constants)
