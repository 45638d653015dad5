"""Workers: one row a person of working age, with the household that lives on the income.

Who they are, when they leave a job, what they earn and what they mean to spend. Where they find
a job is the labour market's (`markets/labour.py`).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from model import draws, threads
from model.population import Population, Row, column
from model.threads import BLOCK

if TYPE_CHECKING:
    from model.model import RegionalModel

EMPLOYEE = 1
OWN_ACCOUNT = 2
UNEMPLOYED = 3
ABROAD = 4
STATUS_NAMES = {EMPLOYEE: "employee", OWN_ACCOUNT: "own-account", UNEMPLOYED: "unemployed"} | {
    ABROAD: "abroad"
}

NO_FIRM = -1
ADULT_MONTHS = 18 * 12

# Skill is summed in whole numbers of this: then no sum depends on its order.
SKILL_UNIT = 2.0**-32

# Occupation groups (ODD, entities): drawn by education.
PRODUCTION, ENGINEERING, LOGISTICS, SUPPORT = 0, 1, 2, 3


class Worker(Row):
    """A window on one worker's row."""

    @property
    def status_name(self) -> str:
        """The labour status in words."""
        return STATUS_NAMES[int(self.status)]


class Workers(Population):
    """Columns of the working-age population; all rows always live (a retiree leaves an heir)."""

    row_type = Worker

    def __len__(self) -> int:
        """All rows live, always."""
        return self.capacity

    identity = column(np.uint64, 0, unit="id", meaning="identity that keys all draws")
    region = column(np.int16, 0, unit="region", meaning="region of the home")
    age_months = column(np.int16, 0, unit="months", meaning="age")
    education = column(np.int8, 0, unit="0-2", meaning="0 general, 1 vocational, 2 higher")
    occupation = column(
        np.int8, 0, unit="0-3", meaning="production, engineering, logistics, support"
    )
    skill = column(np.float32, 1.0, unit="ratio", meaning="general skill; mean 1")
    auto_skill = column(np.float32, 0.0, unit="ratio", meaning="skill in making cars")
    status = column(
        np.int8, UNEMPLOYED, unit="code", meaning="employee, own-account, unemployed, abroad"
    )
    employer = column(np.int32, NO_FIRM, unit="firm row", meaning="employer, -1 for none")
    pool_sector = column(
        np.int8, -1, unit="sector", meaning="sector of own-account work, -1 for none"
    )
    wage = column(np.float32, 0.0, unit="KGS/month", meaning="contract wage, gross")
    tenure = column(np.int16, 0, unit="months", meaning="months in the present job")
    jobless_months = column(np.int16, 0, unit="months", meaning="months unemployed")
    income = column(np.float32, 0.0, unit="KGS/month", meaning="disposable income this month")
    dividends = column(
        np.float64, 0.0, unit="KGS/month", meaning="profit received since last pay day"
    )
    savings = column(np.float64, 0.0, unit="KGS", meaning="bank deposits of the household")
    budget = column(
        np.float64, 0.0, unit="KGS/month", meaning="what the household means to spend now"
    )
    debt = column(np.float64, 0.0, unit="KGS", meaning="car loan outstanding")
    car_rate = column(np.float32, 0.0, unit="1/month", meaning="interest of the car loan")
    car_subsidy = column(
        np.float32, 0.0, unit="1/month", meaning="interest of that loan that the budget pays"
    )
    car = column(np.int8, 0, unit="code", meaning="0 none, 1 used, 2 new import, 3 domestic new")
    car_age = column(np.int16, 0, unit="months", meaning="age of the car")
    thrift = column(
        np.float32, 1.0, unit="ratio", meaning="deposits wanted against the mean household's"
    )
    disposition = column(
        np.float32, 1.0, unit="ratio", meaning="entrepreneurial disposition; mean 1"
    )


# --- Skill at work --------------------------------------------------------------------------------


@njit(cache=True)
def efficiency_units(skill, auto_skill, auto_worth):  # type: ignore[no-untyped-def]
    """What a worker counts for at one employer, in workers of skill 1; pay goes by it.

    General skill, and on top `auto_worth` times the skill in making cars, which only plants and
    their direct suppliers can use (industry-specific human capital: Neal 1995, Parent 2000).
    """
    return np.float64(skill) * (1.0 + auto_worth * np.float64(auto_skill))


def auto_worth(model: RegionalModel) -> np.ndarray:
    """What full skill in making cars adds at each firm, share [capacity]; 0 but in plants' chains."""
    f, premium = model.firms, model.params.auto_premium
    worth = np.where(f.supplier_tier == 1, premium, 0.0)
    worth[[plant.row for plant in model.plants]] = premium
    return worth


def note_auto_worth(model: RegionalModel) -> None:
    """Write `auto_worth` to the firms: as the month opens, and when suppliers have changed."""
    model.firms.auto_worth[:] = auto_worth(model)


# --- Ageing -------------------------------------------------------------------------------------


@njit(cache=True)
def draw_person(seed, identity, p_higher, p_vocational, skill_sd):  # type: ignore[no-untyped-def]
    """Education, occupation, skill and disposition of one person, from the identity alone.

    Skill is lognormal with mean 1 within each education level times its premium (Mincer's return
    of about 10 % a year of schooling: 0.9, 1.0, 1.3); disposition is exponential, mean 1.
    """
    u = draws.uniform(seed, draws.EDUCATION, identity, 0, 0)
    education = 0
    premium = 0.9
    if u < p_higher:
        education = 2
        premium = 1.3
    elif u < p_higher + p_vocational:
        education = 1
        premium = 1.0
    v = draws.uniform(seed, draws.EDUCATION, identity, 0, 1)
    occupation = PRODUCTION
    if education == 2 and v < 0.3:
        occupation = ENGINEERING
    elif v > 0.8:
        occupation = SUPPORT
    elif v > 0.7:
        occupation = LOGISTICS
    z = draws.normal(seed, draws.SKILL, identity, 0, 0)
    skill = premium * math.exp(skill_sd * z - 0.5 * skill_sd * skill_sd)
    disposition = -math.log(draws.uniform(seed, draws.DISPOSITION, identity, 0, 0))
    return education, occupation, skill, disposition


@njit(cache=True, nogil=True)
def list_retirees(first, last, retirement_age, age_months):  # type: ignore[no-untyped-def]
    """Everybody ages by a month; rows of those who have reached `retirement_age`, months."""
    found, n = np.empty(last - first, np.int64), 0
    for i in range(first, last):
        age_months[i] += 1
        found[n] = i
        n += int(age_months[i] >= retirement_age)
    return found[:n].copy()


@njit(cache=True)
def replace_retirees(  # type: ignore[no-untyped-def]
    retirees, seed, month, p_higher, p_vocational, mean_skill, skill_sd,
    identity, region, age_months, education, occupation, skill, auto_skill, status, employer,
    pool_sector, tenure, jobless_months, disposition, auto_worth, firm_employees, firm_skill,
):  # fmt: skip
    """A retiree's row becomes an heir of 18 (rules.md 14).

    The heir has a new identity, no job, and the household's deposits, debts and car. Constant
    population by construction.
    """
    for i in retirees:
        if employer[i] >= 0:
            firm_employees[employer[i]] -= 1
            worth = auto_worth[employer[i]]
            firm_skill[employer[i]] -= efficiency_units(skill[i], auto_skill[i], worth)
        identity[i] = draws.child_identity(identity[i], month, 0)
        r = region[i]
        person = draw_person(seed, identity[i], p_higher[r], p_vocational[r], skill_sd)
        age_months[i] = ADULT_MONTHS
        education[i] = person[0]
        occupation[i] = person[1]
        skill[i] = person[2] / mean_skill[r]
        disposition[i] = person[3]
        auto_skill[i] = 0.0
        # Nobody abroad is replaced by somebody at home: how many are abroad is not decided here.
        if status[i] != ABROAD:
            status[i] = UNEMPLOYED
        employer[i] = NO_FIRM
        pool_sector[i] = -1
        tenure[i] = 0
        jobless_months[i] = 0


def age_and_retire(model: RegionalModel) -> None:
    """One more month of age for everybody; heirs for those who retire."""
    w, p = model.workers, model.params
    note_auto_worth(model)
    retirement_age = int(p.retirement_age * 12)
    retirees = threads.list_rows(
        w.capacity,
        lambda first, last: list_retirees(first, last, retirement_age, w.age_months),
    )
    replace_retirees(
        retirees, model.seed, model.period,
        model.pack.higher_education, model.pack.vocational, model.base.mean_skill, p.skill_sd,
        w.identity, w.region, w.age_months, w.education, w.occupation, w.skill, w.auto_skill,
        w.status, w.employer, w.pool_sector, w.tenure, w.jobless_months, w.disposition,
        model.firms.auto_worth, model.firms.employees, model.firms.skill_sum,
    )  # fmt: skip


# --- Income and what is spent of it ---------------------------------------------------------------


@njit(cache=True, nogil=True)
def pay_incomes(  # type: ignore[no-untyped-def]
    first, last, income_tax, own_account_tax, per_head, remittance, pool_pay, a1, a2,
    region, status, pool_sector, skill, wage, dividends, debt, car_rate, car_subsidy, amortisation,
    thrift, savings, income, budget, region_budget, totals,
):  # fmt: skip
    """Pay everybody, take income tax and loan service, and set the consumption budget.

    Consumption is a1·income + a2/thrift·wealth (Godley & Lavoie 2007), never more than is at
    hand; households differ in thrift, or wealth would be as equal as income, and nobody could
    found a firm.
    `region_budget` [blocks, R] and `totals` [blocks, 9] receive sums by block of rows: wages,
    income tax, own-account income, own-account tax, per-head transfers, remittances, loan
    interest, loan principal, interest on soft loans that the budget pays.
    """
    # A last column of nothing for those who are in no pool (sector -1).
    piece_pay = np.zeros((pool_pay.shape[0], pool_pay.shape[1] + 1), np.float64)
    piece_pay[:, :-1] = pool_pay
    for start in range(first, last, BLOCK):
        b = start // BLOCK
        wages, wage_tax, own, own_tax, transfers, sent = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        interests, principals, subsidies = 0.0, 0.0, 0.0
        # Neighbours live in the same region: its sum is kept at hand until another one comes.
        here, spent = np.int64(region[start]), 0.0
        for i in range(start, min(start + BLOCK, last)):
            r = np.int64(region[i])
            if r != here:
                region_budget[b, here] += spent
                here, spent = r, 0.0
            # Everybody gets every kind of pay, nothing of most: a guess of who does would cost more.
            contract = np.float64(wage[i])
            paid = contract if status[i] == EMPLOYEE else 0.0
            piece = piece_pay[r, pool_sector[i]] * np.float64(skill[i])
            wages += paid
            wage_tax += income_tax * paid
            own += piece
            own_tax += own_account_tax * piece
            y = (paid - income_tax * paid) + (piece - own_account_tax * piece)
            away = status[i] == ABROAD
            at_home = per_head[r]
            given = remittance if away else at_home
            y += given
            sent += given if away else 0.0
            transfers += 0.0 if away else given
            service = 0.0
            if debt[i] > 0.0:
                interest = debt[i] * np.float64(car_rate[i])
                principal = debt[i] * amortisation
                if debt[i] < 0.005 * y:  # what is hardly worth a payment is paid off
                    principal = debt[i]
                interests += interest
                subsidies += debt[i] * np.float64(car_subsidy[i])
                principals += principal
                debt[i] -= principal
                service = interest + principal
            money = savings[i] + (y - service)
            savings[i] = money
            y += dividends[i] - service
            dividends[i] = 0.0
            income[i] = y
            # Dividends are in the deposits since they were paid.
            earned = max(y, 0.0)
            spend = a1 * earned + a2 / np.float64(thrift[i]) * max(money - earned, 0.0)
            spend = min(max(spend, 0.0), max(money, 0.0))
            budget[i] = spend
            spent += spend
        region_budget[b, here] += spent
        totals[b, 0], totals[b, 1], totals[b, 2], totals[b, 3] = wages, wage_tax, own, own_tax
        totals[b, 4], totals[b, 5], totals[b, 6] = transfers, sent, interests
        totals[b, 7], totals[b, 8] = principals, subsidies


@njit(cache=True, nogil=True)
def spend_budgets(first, last, filled, region, budget, savings):  # type: ignore[no-untyped-def]
    """Take from each household the part of its budget that its region's shops could serve."""
    for i in range(first, last):
        savings[i] -= budget[i] * filled[region[i]]


@njit(cache=True, nogil=True)
def spread_over_residents(first, last, per_head, region, status, savings, dividends):  # type: ignore[no-untyped-def]
    """Pay everybody at home `per_head` [R] of the region, KGS: income of the next pay day."""
    for i in range(first, last):
        if status[i] != ABROAD:
            savings[i] += per_head[region[i]]
            dividends[i] += per_head[region[i]]


@njit(cache=True, nogil=True)
def count_statuses(first, last, n_regions, n_sectors, region, status, pool_sector, skill):  # type: ignore[no-untyped-def]
    """Heads by region and status [R, 5], own-account heads by cell [R, S], and their skill.

    The skill in whole numbers of `SKILL_UNIT` [R, S]: such sums are the same in any order.
    """
    heads = np.zeros((n_regions, 5), np.int64)
    # A first column for those who are in no pool (sector -1): a guess of who is would cost more.
    pool_heads = np.zeros((n_regions, n_sectors + 1), np.int64)
    pool_skill = np.zeros((n_regions, n_sectors + 1), np.int64)
    for i in range(first, last):
        r, s = region[i], pool_sector[i] + 1
        heads[r, status[i]] += 1
        pool_heads[r, s] += 1
        pool_skill[r, s] += np.int64(np.float64(skill[i]) * (1.0 / SKILL_UNIT))
    return heads, pool_heads[:, 1:], pool_skill[:, 1:]
