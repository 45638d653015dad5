"""The stock of cars: its state, what a month does to it, and what a household weighs it by.

Identity: cars of households + pool + dealers + plants change only by import, assembly, export,
sale to the state and scrapping. Steady state: imports = scrapping, so fleet = imports × life.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from model import draws
from model.base_table import apportion
from model.border import landed_cost
from model.importers import norm_margin
from model.markets import car_choice
from model.markets.car_choice import DOMESTIC, NEW, NONE
from model.threads import BLOCK

if TYPE_CHECKING:
    from model.model import RegionalModel


class CarMarket:
    """State of the car market that belongs to no single agent.

    Attributes:
        pool_count: cars for sale second-hand, int64 [R, 2]: foreign and domestic make.
        pool_age, pool_worth: sums of their ages (months) and worths (shares of a new car),
            float64 [R, 2].
        pool_level: price level of second-hand cars, KGS for one of age 0, float64 [R].
        pool_expected: expected second-hand sales, cars a month, float64 [R].
        constants: what a choice is worth beyond its price, float64 [4]: keep (unused),
            second-hand, imported used, imported new; solved so that the base years' imports come
            out (CALIBRATED), frozen from month 0 on.
        base_income: mean disposable income of the base, KGS a month.
        trust: in the domestic make, 0 to 1.
        state_domestic: domestic cars of state bodies; state_wish: cars not yet bought
            (domestic, imported); state_price: KGS a car that the state's budget allows for;
            state_imports: cars bought from importers this month.
        resale_by_make: by car code, see `resale`.
        ceiling: rate at which a household thinks of its car, a month; above all rates of looking
            and scrapping, and fixed. next_thought: the period when it does, int32 [workers].
        counts: this month's events, agent cars or KGS.
    """

    def __init__(self, model: RegionalModel) -> None:
        p = model.params
        n_regions = len(model.pack.region_ids)
        self.pool_count = np.zeros((n_regions, 2), np.int64)
        self.pool_age = np.zeros((n_regions, 2))
        self.pool_worth = np.zeros((n_regions, 2))
        self.pool_level = np.full(n_regions, base_price(model, NEW) * p.secondhand_level)
        self.pool_expected = np.zeros(n_regions)
        self.constants = np.zeros(4)
        self.base_income = 0.0
        self.trust = 0.0
        self.state_domestic = 0.0
        self.state_wish = [0.0, 0.0]
        self.state_imports = 0
        self.state_price = base_price(model, NEW)
        self.resale_by_make = np.array([0.0, 1.0, 1.0, 1.0])
        self.fleet = 0
        self.domestic_on_road = 0
        self.counts: dict[str, float] = {}
        self.scrap_rates = car_choice.table_by_age(
            car_choice.scrap_rate, p.scrap_rate, p.scrap_middle_age
        )
        rates = look_rates(model)
        self.ceiling = float(self.scrap_rates.max() + max(rates[0], rates[1]) * rates[3])
        self.next_thought = np.zeros(len(model.workers), np.int32)
        first_thoughts(
            model.seed, model.period, self.ceiling, model.workers.identity, self.next_thought
        )
        self.worths = car_choice.table_by_age(car_choice.worth, p.car_depreciation)


def base_price(model: RegionalModel, kind: int) -> float:
    """Price of an imported car at the norm margin, KGS."""
    return sum(landed_cost(model, kind)) * (1.0 + norm_margin(model, kind))


def resale(model: RegionalModel, new_price: float) -> np.ndarray:
    """Resale worth of a make against an imported car of the same age, by car code, float64 [4].

    `new_price`: of an imported new car at the norm margin, KGS.
    """
    # A closed plant's cars are still on the road, at the worth of its last price.
    prices = [plant.price for plant in model.plants if plant.known]
    domestic = min(prices) / new_price if prices else 1.0
    return np.array([0.0, 1.0, 1.0, min(domestic, 1.0)])


def finance_terms(model: RegionalModel) -> np.ndarray:
    """Price weight, down payment, payment limit, amortisation, weight of interest, float64 [5]."""
    p, facts = model.params, model.pack.cars
    return np.array(
        [
            p.car_price_weight,
            facts["loan_down_payment"],
            facts["loan_payment_limit"],
            amortisation(model),
            p.car_interest_weight,
        ]
    )


def amortisation(model: RegionalModel) -> float:
    """Part of a car loan's outstanding principal that falls due each month."""
    return 1.0 / float(model.params.car_loan_months)


def tastes(model: RegionalModel) -> np.ndarray:
    """Utility of having a car, its loss per year of age, dissimilarity, float64 [3]."""
    p = model.params
    return np.array([p.car_service, p.car_age_loss, p.car_dissimilarity])


def look_rates(model: RegionalModel) -> np.ndarray:
    """Looking without a car, with one of ten years, income elasticity, cap, float64 [4]."""
    p = model.params
    rates = (p.car_look_rate, p.car_replace_rate, p.car_income_elasticity, p.car_income_cap)
    return np.array(rates)


def money_habits(model: RegionalModel) -> np.ndarray:
    """Lowest income assumed, months of income kept, dealer's cut on trade-ins, float64 [3]."""
    p, market = model.params, model.car_market
    floor = p.car_income_floor * market.base_income
    return np.array([floor, p.car_buffer_months, p.secondhand_spread])


# --- A month of the fleet ---------------------------------------------------------------------


@njit(cache=True)
def income_before_service(income, debt, car_rate, amortisation, floor):  # type: ignore[no-untyped-def]
    """Monthly income before the car loan's service; at least the floor (help by relatives)."""
    service = np.float64(debt) * (np.float64(car_rate) + amortisation)
    return max(np.float64(income) + service, floor)


@njit(cache=True)
def months_to_wait(u, ceiling):  # type: ignore[no-untyped-def]
    """Months until the next event of rate `ceiling` a month: geometric, at least 1."""
    return np.int64(1.0 + min(math.log(u) / math.log(1.0 - ceiling), 30000.0))


@njit(cache=True)
def first_thoughts(seed, month, ceiling, identity, next_thought):  # type: ignore[no-untyped-def]
    """Fill `next_thought` with each household's first month of thinking about its car."""
    for i in range(len(identity)):
        u = draws.uniform(seed, draws.CAR, identity[i], -4096, 0)
        next_thought[i] = month - 1 + months_to_wait(u, ceiling)


@njit(cache=True, nogil=True)
def find_lookers(  # type: ignore[no-untyped-def]
    first, last, seed, month, abroad, base_income, floor, amortisation, rates, scrap_rates, ceiling,
    identity, status, income, debt, car_rate, car, car_age, next_thought, tally,
):  # fmt: skip
    """Age the cars, scrap some, and list who looks for a car this month: rows.

    Each month a household's car is scrapped at the rate of its age, or the household looks at
    `look_rate`. Drawn by thinning (Lewis & Shedler 1979), so that not everybody draws every month:
    thoughts come at the rate `ceiling`; at each, one keyed uniform times `ceiling` says whether
    the car is gone (below the scrap rate), the household looks (the band above) or neither.
    `tally` [blocks, 3] receives cars scrapped, cars left, domestic cars left.
    """
    lookers, found = np.empty(last - first, np.int64), 0
    rows, who = np.empty(draws.STRIPE, np.int64), np.empty(draws.STRIPE, np.uint64)
    u, v = np.empty(draws.STRIPE, np.float64), np.empty(draws.STRIPE, np.float64)
    for start in range(first, last, draws.STRIPE):
        stop = min(start + draws.STRIPE, last)
        n = 0
        for i in range(start, stop):
            car_age[i] = min(car_age[i] + np.int16(car[i] != NONE), 32000)
        for i in range(start, stop):
            # Written always, kept if it counts: a guess of who thinks would cost more.
            rows[n] = i
            n += int(next_thought[i] <= month)
        for k in range(n):
            who[k] = identity[rows[k]]
        draws.fill_uniforms2(seed, draws.CAR, who[:n], month, 0, u, v)
        scrapped = 0
        for k in range(n):
            i = rows[k]
            next_thought[i] = month + months_to_wait(v[k], ceiling)
            level = u[k] * ceiling
            scrap = 0.0
            if car[i] != NONE:
                scrap = scrap_rates[car_choice.years_old(car_age[i])]
            if level < scrap:
                car[i] = NONE
                car_age[i] = 0
                scrapped += 1
            elif status[i] != abroad and level < scrap + car_choice.most_looks(car[i], rates):
                y = income_before_service(income[i], debt[i], car_rate[i], amortisation, floor)
                factor = car_choice.income_factor(y, base_income, rates)
                looks = car_choice.look_rate(car[i], car_age[i], factor, rates)
                if level < scrap + looks:
                    lookers[found] = i
                    found += 1
        owners, domestic = 0, 0
        for i in range(start, stop):
            owners += int(car[i] != NONE)
            domestic += int(car[i] == DOMESTIC)
        tally[start // BLOCK, 0] += scrapped
        tally[start // BLOCK, 1] += owners
        tally[start // BLOCK, 2] += domestic
    return lookers[:found].copy()


def share_out_pools(market: CarMarket) -> None:
    """Dealers drive second-hand cars to where they are wanted, in proportion to expected sales.

    Whole cars, none made or lost; each carries the mean age and worth of its make.
    """
    wanted = market.pool_expected / max(float(market.pool_expected.sum()), 1e-12)
    all_wanted = float(wanted.sum())
    for make in range(2):
        total = int(market.pool_count[:, make].sum())
        if total == 0 or all_wanted <= 0.0:
            continue
        age = float(market.pool_age[:, make].sum()) / total
        worth = float(market.pool_worth[:, make].sum()) / total
        market.pool_count[:, make] = apportion(wanted / all_wanted * total)
        market.pool_age[:, make] = market.pool_count[:, make] * age
        market.pool_worth[:, make] = market.pool_count[:, make] * worth
