"""Who owns which car at the start: the fleet the market's own rules come to rest with.

Limit: with frozen incomes, imports equal scrapping and who owns which car is stationary.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

from model import draws, threads
from model.importers import household_imports
from model.markets import car_choice
from model.markets.car_base_year import (
    calibrate_constants,
    expected_sales,
    market_setting,
    mean_ages,
    residents,
    weigh_kinds,
)
from model.markets.car_choice import IMPORTED_NEW, NEW, NONE, OLDEST, SECOND_HAND, USED
from model.markets.car_fleet import CarMarket, amortisation, look_rates, money_habits

if TYPE_CHECKING:
    from model.model import RegionalModel

# The fleet is brought to rest in steps of two years; its memory is a car's life, some 40 years.
SPIN_UP_STEPS = 22
SPIN_UP_MONTHS = 24
_FIRST_DRAW = -4096


def survival(scrap_rates: np.ndarray, age_at_import: int) -> np.ndarray:
    """Share of imported cars still on the road by months of age, from the month of import on."""
    months = np.arange((OLDEST + 40) * 12)
    rate = scrap_rates[np.minimum(months // 12, OLDEST)]
    rate = np.where(months < age_at_import, 0.0, rate)
    alive = np.concatenate(([1.0], np.cumprod(1.0 - rate)[:-1]))
    return np.where(months < age_at_import, 0.0, alive)


@njit(cache=True)
def hand_out_cars(seed, rows, owning, ages, identity, car, car_age):  # type: ignore[no-untyped-def]
    """Give each of these workers a car with probability `owning`, of an age from the table."""
    for n in range(len(rows)):
        i = rows[n]
        car[i] = NONE
        car_age[i] = 0
        u, v = draws.uniform2(seed, draws.CAR, identity[i], _FIRST_DRAW, 1)
        if u < owning:
            car[i] = USED
            car_age[i] = ages[np.int64(v * len(ages))]


@njit(cache=True)
def note_trade(option, car, car_age, worths, traded):  # type: ignore[no-untyped-def]
    """Book a purchase in `traded` [4]: second-hand cars for sale; handed in: number, age, worth."""
    if option == SECOND_HAND:
        traded[0] -= 1.0
    if car != NONE:
        traded[0] += 1.0
        traded[1] += 1.0
        traded[2] += np.float64(car_age)
        traded[3] += worths[car_choice.years_old(car_age)]


@njit(cache=True, nogil=True)
def spin_up(  # type: ignore[no-untyped-def]
    first, last, seed, month, months, rows, identity, kept, factor, memory, norm_savings, car,
    car_age, income, thrift, savings, debt, car_rate, habits, terms, rates, taste, prices,
    loan_rate, worths, level, constants, wishes,
):  # fmt: skip
    """Let `months` pass for cars, car loans and savings, while incomes stand still.

    The market's own rules, dealers never out of stock. Savings return to `norm_savings` months
    (times the household's thrift) of the income left after the loan; `memory` of each row is what
    they keep of the distance. `kept` by age of the car: share not scrapped; `factor` of each row:
    that of `look_rate`. Writes the alternative that each would buy, 0 for none, to `wishes`.
    """
    values, costs, inclusive = np.zeros(4), np.zeros(4), np.zeros(3)
    who, u = np.empty(draws.STRIPE, np.uint64), np.empty(draws.STRIPE, np.float64)
    # A whole exponent would compile to repeated products, which differ in the last bit.
    span = np.float64(months)
    repaid = math.pow(1.0 - terms[3], span)
    for start in range(first, last, draws.STRIPE):
        stop = min(start + draws.STRIPE, last)
        for n in range(start, stop):
            who[n - start] = identity[rows[n]]
        draws.fill_uniforms(seed, draws.CAR, who[: stop - start], month, 0, u)
        for n in range(start, stop):
            i = rows[n]
            wishes[n] = 0
            service = debt[i] * (np.float64(car_rate[i]) + terms[3])
            norm = norm_savings * np.float64(thrift[i]) * max(np.float64(income[i]) - service, 0.0)
            savings[i] = norm + (savings[i] - norm) * memory[n]
            debt[i] *= repaid
            stays = 1.0
            if car[i] != NONE:
                stays = kept[car_choice.years_old(car_age[i])]
                car_age[i] = min(car_age[i] + months, 32000)
            if u[n - start] > stays:
                car[i] = NONE
                car_age[i] = 0
                continue
            looking = car_choice.look_rate(car[i], car_age[i], factor[n], rates)
            if u[n - start] > stays * math.exp(-looking * span):
                y = max(np.float64(income[i]), habits[0])
                _, values[0] = weigh_kinds(
                    car[i], car_age[i], y, savings[i], debt[i], habits, terms, taste, prices,
                    loan_rate, worths, level, costs,
                )  # fmt: skip
                for j in range(1, 4):
                    values[j] = car_choice.car_value(constants[j], costs[j])
                wishes[n] = car_choice.nested_choice(
                    seed, identity[i], month, values, taste[2], inclusive
                )


@njit(cache=True)
def buy_wished(  # type: ignore[no-untyped-def]
    rows, wishes, car, car_age, income, savings, debt, car_rate, habits, prices, ages, loan_rate,
    worths, level, traded,
):  # fmt: skip
    """Everybody buys the car that `wishes` names, second-hand as long as some are for sale.

    `traded` [4]: cars for sale second-hand (carried on); number, summed age and summed worth of
    the cars handed in.
    """
    for n in range(len(rows)):
        i, option = rows[n], wishes[n]
        if option <= 0 or (option == SECOND_HAND and traded[0] < 1.0):
            continue
        y = max(np.float64(income[i]), habits[0])
        cash = max(savings[i] - habits[1] * y, 0.0)
        own = cash
        if car[i] != NONE:
            own += (1.0 - habits[2]) * level * worths[car_choice.years_old(car_age[i])]
        loan = car_choice.loan_needed(prices[option], own)
        savings[i] += loan + own - cash - prices[option]
        debt[i] += loan
        car_rate[i] = loan_rate
        note_trade(option, car[i], car_age[i], worths, traded)
        car[i] = NEW if option == IMPORTED_NEW else USED
        car_age[i] = ages[option]


def initial_cars(model: RegionalModel) -> None:
    """Cars and car loans of households, the pool and the constants, near rest under these rules.

    Needs the workers' status, income and savings of the base year, and `model.car_market`.
    The fleet starts at imports × life, then its own rules sort it (who has which car, how old)
    while incomes stand still; the constants are solved along the way. Savings end as buying cars
    leaves them, at the same total.
    """
    w, market, p = model.workers, model.car_market, model.params
    home = residents(model)
    market.base_income = float(np.mean(w.income[home], dtype=np.float64)) if len(home) else 0.0
    if market.base_income <= 0.0:
        return
    used, new = household_imports(model, USED), household_imports(model, NEW)
    by_age = used * survival(market.scrap_rates, int(p.used_car_age))
    by_age += new * survival(market.scrap_rates, 0)
    quantiles = (np.arange(1000) + 0.5) / 1000.0
    ages = np.searchsorted(np.cumsum(by_age) / by_age.sum(), quantiles).astype(np.int64)
    owning = min(float(by_age.sum()) / len(home), 0.95)
    hand_out_cars(model.seed, home, owning, ages, w.identity, w.car, w.car_age)
    worth = float(np.mean(market.worths[np.minimum(ages // 12, OLDEST)]))
    stock_pool(market, np.ones(len(market.pool_level), np.int64), float(np.mean(ages)), worth)
    calibrate_constants(model)
    _bring_to_rest(model, home)
    # From here on income is what is left after the loan's service, as in every later month.
    w.income[:] -= w.debt * (w.car_rate + amortisation(model))
    fill_pool(model, home)
    calibrate_constants(model)


@njit(cache=True)
def standing_traits(rows, span, saving_pull, floor, base_income, rates, income, thrift):  # type: ignore[no-untyped-def]
    """What does not change while incomes stand still, for each of these rows: float64 [n], [n].

    The factor of `look_rate`; and what savings keep of their distance to the norm in `span`
    months, when `saving_pull` a month (over thrift) draws them there.
    """
    factor, memory = np.empty(len(rows), np.float64), np.empty(len(rows), np.float64)
    for n in range(len(rows)):
        i = rows[n]
        factor[n] = car_choice.income_factor(max(np.float64(income[i]), floor), base_income, rates)
        memory[n] = math.pow(max(1.0 - saving_pull / np.float64(thrift[i]), 0.0), span)
    return factor, memory


def _bring_to_rest(model: RegionalModel, home: np.ndarray) -> None:
    """Run the fleet on until who owns what is stationary; savings keep their total."""
    w, market = model.workers, model.car_market
    total = float(w.savings[home].sum())
    norm = total / float(w.income[home].sum(dtype=np.float64))
    floor, rates, span = money_habits(model)[0], look_rates(model), float(SPIN_UP_MONTHS)
    pull = float(model.base.wealth_propensity)
    factor, memory = standing_traits(
        home, span, pull, floor, market.base_income, rates, w.income, w.thrift
    )
    kept = np.array([math.pow(1.0 - rate, span) for rate in market.scrap_rates])
    traded, wishes = np.zeros(4), np.zeros(len(home), np.int8)
    for step in range(SPIN_UP_STEPS):
        traded[1:] = 0.0
        _, habits, terms, _, taste, prices, loan_rate, worths, level = market_setting(
            model, (1.0,) * 4
        )
        ages, month = mean_ages(model), _FIRST_DRAW + 1 + step
        constants = market.constants - taste[1] * ages / 12.0

        def one_step(first: int, last: int, month: int = month, now: tuple[Any, ...] = (
            habits, terms, rates, taste, prices, loan_rate, worths, level, constants
        )) -> None:  # fmt: skip
            spin_up(
                first, last, model.seed, month, SPIN_UP_MONTHS, home, w.identity, kept, factor,
                memory, norm, w.car, w.car_age, w.income, w.thrift, w.savings, w.debt, w.car_rate,
                *now, wishes,
            )  # fmt: skip

        threads.over_rows(len(home), one_step)
        buy_wished(
            home, wishes, w.car, w.car_age, w.income, w.savings, w.debt, w.car_rate, habits, prices,
            ages, loan_rate, worths, level, traded,
        )  # fmt: skip
        if traded[1] > 0.0:
            stock_pool(market, market.pool_count[:, 0], *(traded[2:] / traded[1]))
        calibrate_constants(model, 5, part=5)
    w.savings[home] *= total / max(float(w.savings[home].sum()), 1e-9)


def stock_pool(market: CarMarket, cars: np.ndarray, age: float, worth: float) -> None:
    """Put so many cars of this age (months) and worth into each region's pool."""
    market.pool_count[:, 0] = cars
    market.pool_age[:, 0] = cars * age
    market.pool_worth[:, 0] = cars * worth


def fill_pool(model: RegionalModel, home: np.ndarray) -> None:
    """Second-hand cars for sale: the usual cover of expected sales, by residents of the region."""
    market, n_regions = model.car_market, len(model.pack.region_ids)
    count = max(int(market.pool_count.sum()), 1)
    age, worth = market.pool_age.sum() / count, market.pool_worth.sum() / count
    heads = np.bincount(model.workers.region[home], minlength=n_regions)
    market.pool_expected[:] = expected_sales(model)[1] * heads / max(len(home), 1)
    cars = np.ceil(market.pool_expected * model.params.secondhand_cover).astype(np.int64)
    stock_pool(market, cars, float(age), float(worth))
