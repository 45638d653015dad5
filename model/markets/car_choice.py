"""What one household that looks for a car can afford, and which car it takes. No stocks here.

The identity behind it: shares are those of a nested logit (McFadden 1978), P(j) = P(nest) P(j|nest),
and a choice by keyed Gumbel tastes on both levels has exactly these shares.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from model import draws

# What a car is, as in the workers' column `car`.
NONE, USED, NEW, DOMESTIC = 0, 1, 2, 3
# The alternatives of one household; each plant's new car is one more, from DOMESTIC_NEW on.
KEEP, SECOND_HAND, IMPORTED_USED, IMPORTED_NEW, DOMESTIC_NEW = 0, 1, 2, 3, 4
# Nests: as it is; a used car; a new car.
N_NESTS = 3
NOT_OFFERED = -1e300
TOO_DEAR = 1e300
# Cars older than this many years count as this old.
OLDEST = 60


@njit(cache=True)
def nest_of(option):  # type: ignore[no-untyped-def]
    """The nest of an alternative: 0 keep, 1 used, 2 new."""
    if option == KEEP:
        return 0
    if option <= IMPORTED_USED:
        return 1
    return 2


@njit(cache=True)
def nest_values(values, dissimilarity, inclusive):  # type: ignore[no-untyped-def]
    """Fill `inclusive` [3] with λ ln Σ exp(V_j / λ) of each nest; NOT_OFFERED for an empty one."""
    for k in range(N_NESTS):
        best = NOT_OFFERED
        for j in range(len(values)):
            if nest_of(j) == k and values[j] > best:
                best = values[j]
        inclusive[k] = NOT_OFFERED
        if best > NOT_OFFERED:
            total = 0.0
            for j in range(len(values)):
                if nest_of(j) == k and values[j] > NOT_OFFERED:
                    total += math.exp((values[j] - best) / dissimilarity)
            inclusive[k] = best + dissimilarity * math.log(total)


@njit(cache=True)
def nested_shares(values, dissimilarity, inclusive, shares):  # type: ignore[no-untyped-def]
    """Fill `shares` [J] with the exact probabilities of the nested logit over `values` [J].

    `inclusive` [3] is work space. Shares sum to one; an alternative not offered has share 0.
    """
    nest_values(values, dissimilarity, inclusive)
    top = max(inclusive[0], max(inclusive[1], inclusive[2]))
    total = 0.0
    for k in range(N_NESTS):
        if inclusive[k] > NOT_OFFERED:
            total += math.exp(inclusive[k] - top)
    for j in range(len(values)):
        shares[j] = 0.0
        if values[j] > NOT_OFFERED:
            nest = inclusive[nest_of(j)]
            shares[j] = math.exp(nest - top) / total * math.exp((values[j] - nest) / dissimilarity)


@njit(cache=True)
def nested_choice(seed, identity, month, values, dissimilarity, inclusive):  # type: ignore[no-untyped-def]
    """The alternative this household takes this month; its tastes are keyed by alternative.

    First the nest with the largest inclusive value + Gumbel, then within it the largest
    V/λ + Gumbel: exactly the nested shares. A taste belongs to its alternative, so a car that is
    on offer in one world only leaves all other tastes as they were.
    """
    nest_values(values, dissimilarity, inclusive)
    chosen = -1
    best = 0.0
    for k in range(N_NESTS):
        if inclusive[k] > NOT_OFFERED:
            score = inclusive[k] + draws.gumbel(seed, draws.CAR_KIND, identity, month, k)
            if chosen < 0 or score > best:
                chosen, best = k, score
    option = -1
    for j in range(len(values)):
        if values[j] > NOT_OFFERED and nest_of(j) == chosen:
            taste = draws.gumbel(seed, draws.CAR_KIND, identity, month, 16 + j)
            score = values[j] / dissimilarity + taste
            if option < 0 or score > best:
                option, best = j, score
    return option


@njit(cache=True)
def loan_needed(price, own):  # type: ignore[no-untyped-def]
    """What is missing after own money (savings to spend and the old car), KGS."""
    return max(price - own, 0.0)


@njit(cache=True)
def can_finance(price, own, debt, rate, amortisation, income, down_payment, payment_limit):  # type: ignore[no-untyped-def]
    """Whether own money covers the down payment and the first month's service the limit.

    `rate` and `amortisation` per month, `income` KGS a month before loan service. A cash buyer
    needs no bank.
    """
    loan = loan_needed(price, own)
    if loan <= 0.0:
        return True
    if own < down_payment * price:
        return False
    return (loan + debt) * (rate + amortisation) <= payment_limit * income


@njit(cache=True)
def car_cost(price, own, trade_in, debt, rate, income, terms):  # type: ignore[no-untyped-def]
    """What a car costs in utility: its cost in annual incomes, weighed; or TOO_DEAR.

    Cost = price − trade-in + weight · interest over the loan's life (with principal repaid as a
    constant part of what is left, interest sums to loan · rate / amortisation).
    `terms`: price weight, down payment, payment limit, amortisation, weight of interest.
    """
    if not can_finance(price, own, debt, rate, terms[3], income, terms[1], terms[2]):
        return TOO_DEAR
    interest = loan_needed(price, own) * rate / terms[3]
    return terms[0] * (price - trade_in + terms[4] * interest) / (12.0 * income)


@njit(cache=True)
def car_value(constant, cost):  # type: ignore[no-untyped-def]
    """Utility of a car: its constant less what it costs (`car_cost`); or NOT_OFFERED."""
    return constant - cost if cost < TOO_DEAR else NOT_OFFERED


@njit(cache=True)
def income_factor(income, base_income, rates):  # type: ignore[no-untyped-def]
    """How much more readily a household of this income looks for a car than the mean one."""
    if income > 0.0 and base_income > 0.0:
        return min(math.pow(income / base_income, rates[2]), rates[3])
    return 1.0


@njit(cache=True)
def look_rate(car, car_age, factor, rates):  # type: ignore[no-untyped-def]
    """Probability that a household looks for a car this month: by income, and by the car's age.

    `factor`: that of the income. `rates`: without a car, with a car of ten years, income
    elasticity, cap on the income factor.
    """
    if car == NONE:
        return rates[0] * factor
    return rates[1] * factor * (0.25 + 0.75 * min(np.float64(car_age) / 120.0, 1.0))


@njit(cache=True)
def most_looks(car, rates):  # type: ignore[no-untyped-def]
    """The most that `look_rate` can be, whatever the income and the age: spares its power."""
    return (rates[0] if car == NONE else rates[1]) * max(rates[3], 1.0)


@njit(cache=True)
def pick(weights, first, last, u):  # type: ignore[no-untyped-def]
    """The slot in [first, last) that the uniform `u` falls on, by weight; -1 if none has any."""
    total = 0.0
    for k in range(first, last):
        total += weights[k]
    if total <= 0.0:
        return -1
    level = u * total
    chosen = -1
    for k in range(first, last):
        if weights[k] > 0.0:
            chosen = k
            level -= weights[k]
            if level < 0.0:
                break
    return chosen


@njit(cache=True)
def years_old(car_age):  # type: ignore[no-untyped-def]
    """Full years, at most OLDEST: the index of the tables by age."""
    return min(np.int64(car_age) // 12, OLDEST)


def table_by_age(rule: object, *arguments: float) -> np.ndarray:
    """A rule of age in years, tabulated for 0..OLDEST years, float64 [OLDEST + 1]."""
    assert callable(rule)
    return np.array([rule(float(age), *arguments) for age in range(OLDEST + 1)])


def scrap_rate(age: float, yearly: float, middle_age: float) -> float:
    """Monthly probability that a car of `age` years is scrapped: logistic up to `yearly` a year."""
    at_this_age = yearly / (1.0 + math.exp(-(age - middle_age) / 3.0))
    return 1.0 - math.pow(1.0 - at_this_age, 1.0 / 12.0)


def worth(age: float, depreciation: float) -> float:
    """Worth of a car of `age` years as a share of the new one: a constant fall a year."""
    return math.pow(1.0 - depreciation, age)
