"""Who owns which car at the start: the fleet the market's own rules come to rest with.

Limit: with frozen incomes, imports equal scrapping and who owns which car is stationary.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from model import draws
from model.importers import household_imports
from model.markets import car_choice
from model.markets.car_base_year import (
    calibrate_constants,
    expected_sales,
    market_setting,
    residents,
    weigh_kinds,
)
from model.markets.car_choice import IMPORTED_NEW, NEW, NONE, OLDEST, SECOND_HAND, USED
from model.markets.car_fleet import CarMarket, amortisation

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


@njit(cache=True)
def spin_up(  # type: ignore[no-untyped-def]
    seed, month, months, rows, identity, scrap_rates, norm_savings, saving_pull, car, car_age,
    income, thrift, savings, debt, car_rate, base_income, habits, terms, rates, taste, prices, ages,
    loan_rate, worths, level, constants, traded,
):  # fmt: skip
    """Let `months` pass for cars, car loans and savings, while incomes stand still.

    The market's own rules, dealers never out of stock, and no more sold second-hand than was
    handed in. Savings return to `norm_savings` months (times the household's thrift) of the income
    left after the loan, by `saving_pull` a month (over thrift). `traded` [4]: cars for sale
    second-hand (carried on); number, summed age and summed worth of the cars handed in.
    """
    values, inclusive = np.zeros(4), np.zeros(3)
    # A whole exponent would compile to repeated products, which differ in the last bit.
    span = np.float64(months)
    repaid = math.pow(1.0 - terms[3], span)
    for n in range(len(rows)):
        i = rows[n]
        service = debt[i] * (np.float64(car_rate[i]) + terms[3])
        pull = saving_pull / np.float64(thrift[i])
        forgotten = math.pow(max(1.0 - pull, 0.0), span)
        norm = norm_savings * np.float64(thrift[i]) * max(np.float64(income[i]) - service, 0.0)
        savings[i] = norm + (savings[i] - norm) * forgotten
        debt[i] *= repaid
        kept = 1.0
        if car[i] != NONE:
            kept = math.pow(1.0 - scrap_rates[car_choice.years_old(car_age[i])], span)
            car_age[i] = min(car_age[i] + months, 32000)
        u = draws.uniform(seed, draws.CAR, identity[i], month, 0)
        if u > kept:
            car[i] = NONE
            car_age[i] = 0
            continue
        y = max(np.float64(income[i]), habits[0])
        looking = car_choice.look_rate(car[i], car_age[i], y, base_income, rates)
        if u > kept * math.exp(-looking * span):
            own = weigh_kinds(
                car[i], car_age[i], y, savings[i], debt[i], habits, terms, taste, prices, ages,
                loan_rate, worths, level, constants, values,
            )  # fmt: skip
            option = car_choice.nested_choice(seed, identity[i], month, values, taste[2], inclusive)
            if option > 0 and (option != SECOND_HAND or traded[0] >= 1.0):
                cash = max(savings[i] - habits[1] * y, 0.0)
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


def _bring_to_rest(model: RegionalModel, home: np.ndarray) -> None:
    """Run the fleet on until who owns what is stationary; savings keep their total."""
    w, market = model.workers, model.car_market
    total = float(w.savings[home].sum())
    norm = total / float(w.income[home].sum(dtype=np.float64))
    traded = np.zeros(4)
    for step in range(SPIN_UP_STEPS):
        traded[1:] = 0.0
        spin_up(
            model.seed, _FIRST_DRAW + 1 + step, SPIN_UP_MONTHS, home, w.identity,
            market.scrap_rates, norm, float(model.base.wealth_propensity), w.car, w.car_age,
            w.income, w.thrift, w.savings, w.debt, w.car_rate, *market_setting(model, (1.0,) * 4),
            traded,
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
