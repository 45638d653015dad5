"""The labour market: separations, search, matching, and the own-account pool as slack.

No matching function is written in: searchers look at a few places, most of which hold no open
job, and firms take the best who apply (rules.md 11–13; urn-ball congestion as in Petrongolo &
Pissarides 2001 emerges and is tested against its exact mean).

Vacancies lie in a table of fixed places per region, found by hash, so that one firm's opening
moves no other searcher's draw (rules.md 12).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from model import draws, threads
from model.markets.own_account import choice_weights, move_own_account, reservation_wages
from model.markets.search import (
    EMPTY,
    apply_for_jobs,
    find_searchers,
    job_values,
    log_reservations,
    see_skills,
)
from model.workers import (
    EMPLOYEE,
    NO_FIRM,
    SKILL_UNIT,
    UNEMPLOYED,
    efficiency_units,
)

if TYPE_CHECKING:
    from model.model import RegionalModel


# --- Separations -------------------------------------------------------------------------------


@njit(cache=True)
def layoff_chances(layoff_speed, alive, employees, desired_staff, chance):  # type: ignore[no-untyped-def]
    """Fill `chance` [capacity]: that a firm lays off each of its staff; sure where it has closed.

    The same for all, so that a firm's excess of staff falls by `layoff_speed` a month on average.
    """
    for f in range(len(alive)):
        chance[f] = 0.0
        if not alive[f]:
            chance[f] = 1.0
        elif employees[f] > desired_staff[f]:
            excess = np.float64(employees[f] - desired_staff[f])
            chance[f] = layoff_speed * excess / employees[f]


@njit(cache=True, nogil=True)
def list_leavers(  # type: ignore[no-untyped-def]
    first, last, seed, month, quit_rate, chance, identity, status, employer, skill, auto_skill,
    wage, tenure, wage_offer, auto_worth,
):  # fmt: skip
    """Rows of employees who quit (`quit_rate`) or are laid off (`chance` of their firm).

    One month of tenure more for all; on the anniversary the wage of who stays becomes what the
    firm now offers, up or down (rules.md 11).
    """
    found, gone = np.empty(last - first, np.int64), 0
    rows, who = np.empty(draws.STRIPE, np.int64), np.empty(draws.STRIPE, np.uint64)
    u, v = np.empty(draws.STRIPE, np.float64), np.empty(draws.STRIPE, np.float64)
    for start in range(first, last, draws.STRIPE):
        n = 0
        for i in range(start, min(start + draws.STRIPE, last)):
            # Written always, kept if it counts: a guess of who is employed would cost more.
            rows[n] = i
            who[n] = identity[i]
            n += int(status[i] == EMPLOYEE)
        draws.fill_uniforms2(seed, draws.QUIT, who[:n], month, 0, u, v)
        for k in range(n):
            i = rows[k]
            f = employer[i]
            tenure[i] += 1
            if u[k] < quit_rate or v[k] < chance[f]:
                found[gone] = i
                gone += 1
            elif tenure[i] % 12 == 0:
                wage[i] = wage_offer[f] * efficiency_units(skill[i], auto_skill[i], auto_worth[f])
    return found[:gone].copy()


@njit(cache=True)
def separate(leavers, status, employer, tenure, jobless_months, employees):  # type: ignore[no-untyped-def]
    """Leavers are unemployed, and their firms have one less of staff each."""
    for i in leavers:
        employees[employer[i]] -= 1
        status[i] = UNEMPLOYED
        employer[i] = NO_FIRM
        tenure[i] = 0
        jobless_months[i] = 0


# --- Vacancies in fixed places ---------------------------------------------------------------------


@njit(cache=True)
def open_vacancies(alive, employees, desired_staff, vacancies, applicants):  # type: ignore[no-untyped-def]
    """Vacancies are the staff wanted beyond the staff there is. Returns their number."""
    total = 0
    for f in range(len(alive)):
        vacancies[f] = 0
        applicants[f] = 0
        if alive[f] and desired_staff[f] > employees[f]:
            vacancies[f] = desired_staff[f] - employees[f]
            total += vacancies[f]
    return total


@njit(cache=True)
def place_vacancies(seed, month, offset, identity, region, open_jobs, place, priority):  # type: ignore[no-untyped-def]
    """Lay every open job into its region's table; where two meet, the lower hash stays.

    `offset` [R+1]: where each region's places begin. The winner does not depend on the order of
    rows, and a firm's opening displaces at most the few jobs that it meets, for this month.
    """
    place[:] = EMPTY
    for f in range(len(open_jobs)):
        if open_jobs[f] <= 0:
            continue
        r = region[f]
        size = offset[r + 1] - offset[r]
        for k in range(open_jobs[f]):
            at = draws.integer(seed, draws.VACANCY, identity[f], month, 2 * k, size)
            rank = draws.bits(seed, draws.VACANCY, identity[f], month, 2 * k + 1)
            j = offset[r] + at
            if place[j] == EMPTY or rank < priority[j]:
                place[j] = f
                priority[j] = rank


@njit(cache=True)
def hire(  # type: ignore[no-untyped-def]
    searchers, applied, application, seen, status, employer, pool_sector, skill, auto_skill, wage, tenure,
    jobless_months, wage_offer, auto_worth, employees, open_jobs, applicants, hired,
):  # fmt: skip
    """Every firm ranks its applicants by the skill `seen` and takes as many as it has jobs.

    `applied`: which of the searchers have applied. Proposals are gathered by firm by counting; what
    is seen of two never ties, so neither row order nor thread count matters. Marks served searchers
    in `hired`; returns hires.
    """
    n_firms = len(open_jobs)
    start = np.zeros(n_firms + 1, np.int64)
    for k in applied:
        start[application[k] + 1] += 1
    for f in range(n_firms):
        applicants[f] += start[f + 1]
        start[f + 1] += start[f]
    filled = start.copy()
    queue = np.empty(start[n_firms], np.int64)
    for k in applied:
        f = application[k]
        queue[filled[f]] = k
        filled[f] += 1
    hires = 0
    for f in range(n_firms):
        while open_jobs[f] > 0:
            best = -1
            for q in range(start[f], start[f + 1]):
                if queue[q] >= 0 and (best < 0 or seen[queue[q]] > seen[queue[best]]):
                    best = q
            if best < 0:
                break
            k = queue[best]
            queue[best] = -1
            i = searchers[k]
            if status[i] == EMPLOYEE:
                employees[employer[i]] -= 1
            status[i] = EMPLOYEE
            employer[i] = f
            pool_sector[i] = -1
            wage[i] = wage_offer[f] * efficiency_units(skill[i], auto_skill[i], auto_worth[f])
            tenure[i] = 0
            jobless_months[i] = 0
            employees[f] += 1
            open_jobs[f] -= 1
            hired[k] = True
            hires += 1
    return hires


@njit(cache=True, nogil=True)
def sum_staff(first, last, unit, employer, skill, auto_skill, wage, auto_worth):  # type: ignore[no-untyped-def]
    """Staff in units of skill and their wages, by firm: whole numbers [capacity, 2].

    In units of `SKILL_UNIT` and of `unit` KGS: such sums are the same in any order. `auto_worth`
    of each firm, then 0 for no employer (row -1): a guess of who is employed would cost more.
    """
    sums = np.zeros((len(auto_worth), 2), np.int64)
    for i in range(first, last):
        f = employer[i]
        able = efficiency_units(skill[i], auto_skill[i], auto_worth[f])
        sums[f, 0] += np.int64(able * (1.0 / SKILL_UNIT))
        sums[f, 1] += np.int64(np.float64(wage[i]) * (1.0 / unit))
    return sums[:-1]


@njit(cache=True)
def note_unfilled(tolerated, alive, employees, open_jobs, unfilled_months):  # type: ignore[no-untyped-def]
    """Count the months in a row that a firm ends with more than a part of its jobs unfilled.

    A share of staff, not a number: one of five hundred jobs is always open somewhere.
    """
    for f in range(len(alive)):
        if alive[f] and open_jobs[f] > tolerated * employees[f]:
            unfilled_months[f] += 1
        else:
            unfilled_months[f] = 0


def leave_jobs(model: RegionalModel) -> None:
    """Quits, lay-offs and yearly contracts; then people who take up or give up own-account work."""
    w, f, p, base = model.workers, model.firms, model.params, model.base
    chance = np.empty(f.capacity)
    layoff_chances(p.layoff_speed, f.alive, f.employees, f.desired_staff, chance)
    leavers = threads.list_rows(
        w.capacity,
        lambda first, last: list_leavers(
            first, last, model.seed, model.period, p.quit_rate, chance, w.identity, w.status,
            w.employer, w.skill, w.auto_skill, w.wage, w.tenure, f.wage_offer, f.auto_worth,
        ),
    )  # fmt: skip
    separate(leavers, w.status, w.employer, w.tenure, w.jobless_months, f.employees)
    model.separations = len(leavers)
    weight = choice_weights(
        p.own_account_elasticity, base.pool_share, model.market.relative_pool_income()
    )
    threads.over_rows(
        w.capacity,
        lambda first, last: move_own_account(
            first, last, model.seed, model.period, p.own_account_entry, p.own_account_exit,
            p.own_account_switch, weight, w.identity, w.region, w.status, w.pool_sector, w.tenure,
            w.jobless_months,
        ),
    )  # fmt: skip


def fill_jobs(model: RegionalModel, searchers: np.ndarray, open_jobs: np.ndarray) -> None:
    """Search and hiring in rounds; who is hired leaves the search, `open_jobs` fall."""
    w, f, p, base = model.workers, model.firms, model.params, model.base
    reservation = log_reservations(reservation_wages(model))
    log_pay = np.empty(f.capacity)
    job_values(open_jobs, f.region, f.wage_offer, f.job_worth, log_pay)
    model.hires = 0
    for attempt in range(p.search_rounds):
        place_vacancies(
            model.seed, model.period, base.place_offset, f.identity, f.region,
            open_jobs, base.place, base.place_priority,
        )  # fmt: skip
        application = np.empty(len(searchers), np.int64)
        seen = np.empty(len(searchers))
        hired = np.zeros(len(searchers), np.bool_)

        def send_applications(
            first: int, last: int, attempt: int = attempt, searchers: np.ndarray = searchers,
            application: np.ndarray = application, seen: np.ndarray = seen,
        ) -> None:  # fmt: skip
            apply_for_jobs(
                first, last, model.seed, model.period, attempt, p.search_looks, p.search_choices, p.taste_scale,
                p.autonomy_spread, p.waiting_spread, base.reach, base.commuting_cost, reservation, base.place_offset, base.place,
                searchers, w.identity, w.region, w.status, w.employer, w.pool_sector, w.skill, w.auto_skill, w.wage,
                f.region, f.identity, f.wage_offer, f.auto_worth, f.job_worth, log_pay, open_jobs, application,
            )  # fmt: skip
            see_skills(
                first, last, model.seed, model.period, attempt, p.ranking_noise, searchers, application,
                w.identity, w.skill, w.auto_skill, f.auto_worth, seen,
            )  # fmt: skip

        threads.over_rows(len(searchers), send_applications)
        model.hires += hire(
            searchers, np.flatnonzero(application >= 0), application, seen, w.status, w.employer, w.pool_sector, w.skill, w.auto_skill, w.wage,
            w.tenure, w.jobless_months, f.wage_offer, f.auto_worth, f.employees, open_jobs, f.applicants, hired,
        )  # fmt: skip
        searchers = searchers[~hired]


def wage_unit(model: RegionalModel) -> float:
    """Wages are summed in whole numbers of this, KGS: a power of two, 2^-31 of the largest."""
    return math.ldexp(1.0, math.frexp(float(model.base.wage.max()))[1] - 31)


def count_staff(model: RegionalModel) -> np.ndarray:
    """Every firm's staff in units of skill, as its employer can use it, is counted anew.

    Returns their wages, KGS a month [capacity].
    """
    w, f, unit = model.workers, model.firms, wage_unit(model)
    worth = np.append(f.auto_worth, 0.0)
    sums = threads.over_rows(
        w.capacity,
        lambda first, last: sum_staff(
            first, last, unit, w.employer, w.skill, w.auto_skill, w.wage, worth,
        ),
    )  # fmt: skip
    total = sums[0]
    for more in sums[1:]:
        total += more
    f.skill_sum[:] = total[:, 0] * SKILL_UNIT
    wages: np.ndarray = total[:, 1] * unit
    return wages


def match_workers(model: RegionalModel) -> None:
    """Phase 5: separations, own-account moves, vacancies, search and hiring in rounds."""
    f = model.firms
    leave_jobs(model)
    model.vacancies = open_vacancies(
        f.alive, f.employees, f.desired_staff, f.vacancies, f.applicants
    )
    open_jobs = f.vacancies.copy()
    fill_jobs(model, find_searchers(model), open_jobs)
    note_unfilled(model.params.wage_tolerance, f.alive, f.employees, open_jobs, f.unfilled_months)
    model.wages_due = count_staff(model)
