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
from model.workers import (
    EMPLOYEE,
    NO_FIRM,
    OWN_ACCOUNT,
    SKILL_UNIT,
    UNEMPLOYED,
    efficiency_units,
)

if TYPE_CHECKING:
    from model.model import RegionalModel

# Draws of one searcher in one round; rounds use separate ranges of the draw number.
_ROUND_STRIDE = 64
_EMPTY = -1


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
    for j in range(len(place)):
        place[j] = _EMPTY
    for f in range(len(open_jobs)):
        r = region[f]
        size = offset[r + 1] - offset[r]
        for k in range(open_jobs[f]):
            at = draws.integer(seed, draws.VACANCY, identity[f], month, 2 * k, size)
            rank = draws.bits(seed, draws.VACANCY, identity[f], month, 2 * k + 1)
            j = offset[r] + at
            if place[j] == _EMPTY or rank < priority[j]:
                place[j] = f
                priority[j] = rank


@njit(cache=True, nogil=True)
def list_searchers(  # type: ignore[no-untyped-def]
    first, last, seed, month, search_chance, identity, status
):  # fmt: skip
    """Rows of those who look for a job this month; `search_chance` [5] by status."""
    found, n = np.empty(last - first, np.int64), 0
    u = np.empty(draws.STRIPE, np.float64)
    for start in range(first, last, draws.STRIPE):
        size = min(draws.STRIPE, last - start)
        draws.fill_uniforms(seed, draws.SEARCH, identity[start : start + size], month, 0, u)
        for k in range(size):
            # Written always, kept if it counts: a guess of who searches would cost more.
            found[n] = start + k
            n += int(u[k] < search_chance[status[start + k]])
    return found[:n].copy()


@njit(cache=True)
def job_values(open_jobs, region, wage_offer, worth, log_pay):  # type: ignore[no-untyped-def]
    """Fill `log_pay` [capacity] for firms with open jobs: ln(wage per unit of skill × `worth`)."""
    for f in range(len(open_jobs)):
        if open_jobs[f] > 0:
            log_pay[f] = math.log(wage_offer[f] * worth[f])


@njit(cache=True)
def least_wage(  # type: ignore[no-untyped-def]
    seed, i, autonomy_spread, reservation, worth, identity, region, status, employer, pool_sector, skill, wage,
):  # fmt: skip
    """The wage per unit of skill that a searcher asks for: what the present state is worth.

    `reservation` [R, S+1] for own-account sectors, last for the unemployed; an employee asks for
    more than the present job pays.
    """
    if status[i] == OWN_ACCOUNT:
        # Some love their independence, some would be glad to give it up.
        z = draws.normal(seed, draws.TASTE, identity[i], 0, 1)
        return reservation[region[i], pool_sector[i]] * math.exp(autonomy_spread * z)
    if status[i] == EMPLOYEE:
        return np.float64(wage[i]) / np.float64(skill[i]) * worth[employer[i]] * 1.05
    return reservation[region[i], reservation.shape[1] - 1]


@njit(cache=True, nogil=True)
def apply_for_jobs(  # type: ignore[no-untyped-def]
    first, last, seed, month, attempt, looks, see, taste_scale, autonomy_spread, reach, commuting_cost,
    reservation, offset, place, searchers, identity, region, status, employer, pool_sector, skill, auto_skill, wage,
    firm_region, firm_identity, wage_offer, auto_worth, worth, log_pay, open_jobs, application,
):  # fmt: skip
    """Each searcher looks at places near home, keeps up to `see` open jobs, applies to the best.

    `reach` [R, R] is the cumulative share of looks by region of the job. The value of a job is
    ln(wage × `worth` of its cell) − commuting cost + a taste of this worker for this firm this
    month (Gumbel); the wage counts what the firm pays for the worker's skill in making cars.
    Writes the firm row, or -1, to `application` for searchers `first` to `last`.
    """
    n_regions = reach.shape[0]
    who = np.empty(draws.STRIPE, np.uint64)
    u = np.empty((looks, draws.STRIPE), np.float64)
    v = np.empty((looks, draws.STRIPE), np.float64)
    for start in range(first, last, draws.STRIPE):
        size = min(draws.STRIPE, last - start)
        for k in range(size):
            who[k] = identity[searchers[start + k]]
        for look in range(looks):
            nth = attempt * _ROUND_STRIDE + look
            draws.fill_uniforms2(seed, draws.CHOICE, who[:size], month, nth, u[look], v[look])
        for k in range(size):
            i = searchers[start + k]
            home = region[i]
            best = _EMPTY
            best_value = -1.0e300
            asked = -1.0e300
            seen = 0
            for look in range(looks):
                there = 0
                while there < n_regions - 1 and u[look, k] > reach[home, there]:
                    there += 1
                places = offset[there + 1] - offset[there]
                if places == 0:
                    continue
                f = place[offset[there] + min(np.int64(v[look, k] * places), places - 1)]
                if f == _EMPTY or open_jobs[f] <= 0 or f == best or f == employer[i]:
                    continue
                if seen == 0:
                    least = least_wage(
                        seed, i, autonomy_spread, reservation, worth, identity, region, status,
                        employer, pool_sector, skill, wage,
                    )  # fmt: skip
                    asked = math.log(max(least, 1.0e-9))
                seen += 1
                # The wage less the commute must beat what the searcher has; taste only ranks.
                pay = log_pay[f]
                if auto_worth[f] > 0.0:
                    offer = wage_offer[f] * efficiency_units(1.0, auto_skill[i], auto_worth[f])
                    pay = math.log(offer * worth[f])
                value = pay - commuting_cost[home, firm_region[f]]
                if value > asked:
                    pair = who[k] ^ firm_identity[f]
                    value += taste_scale * draws.gumbel(seed, draws.TASTE, pair, month, 0)
                    if value > best_value:
                        best = f
                        best_value = value
                if seen == see:
                    break
            application[start + k] = best


@njit(cache=True, nogil=True)
def see_skills(  # type: ignore[no-untyped-def]
    first, last, seed, month, attempt, noise, searchers, application, identity, skill, auto_skill,
    auto_worth, seen,
):  # fmt: skip
    """Fill `seen` with what firms see of the skill of applicants `first` to `last`: it, with noise.

    Skill is what the firm can use: plants and their suppliers see skill in making cars, others do
    not.
    """
    sent, who = np.empty(draws.STRIPE, np.int64), np.empty(draws.STRIPE, np.uint64)
    u = np.empty(draws.STRIPE, np.float64)
    for start in range(first, last, draws.STRIPE):
        n = 0
        for k in range(start, min(start + draws.STRIPE, last)):
            sent[n] = k
            who[n] = identity[searchers[k]]
            n += int(application[k] >= 0)
        draws.fill_uniforms(seed, draws.RANK, who[:n], month, attempt, u)
        for j in range(n):
            k = sent[j]
            i, f = searchers[k], application[k]
            units = efficiency_units(skill[i], auto_skill[i], auto_worth[f])
            seen[k] = units + noise * draws.gumbel_at(u[j])


@njit(cache=True)
def hire(  # type: ignore[no-untyped-def]
    searchers, application, seen, status, employer, pool_sector, skill, auto_skill, wage, tenure,
    jobless_months, wage_offer, auto_worth, employees, open_jobs, applicants, hired,
):  # fmt: skip
    """Every firm ranks its applicants by the skill `seen` and takes as many as it has jobs.

    Proposals are gathered by firm by counting; what is seen of two never ties, so neither row
    order nor thread count matters. Marks served searchers in `hired`; returns hires.
    """
    n, n_firms = len(searchers), len(open_jobs)
    start = np.zeros(n_firms + 1, np.int64)
    for k in range(n):
        if application[k] >= 0:
            start[application[k] + 1] += 1
    for f in range(n_firms):
        applicants[f] += start[f + 1]
        start[f + 1] += start[f]
    filled = start.copy()
    queue = np.empty(start[n_firms], np.int64)
    for k in range(n):
        f = application[k]
        if f >= 0:
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


def find_searchers(model: RegionalModel) -> np.ndarray:
    """Rows of those who look for a job: all unemployed, some who work, nobody abroad."""
    w, p = model.workers, model.params
    chance = np.zeros(5)
    chance[EMPLOYEE], chance[OWN_ACCOUNT], chance[UNEMPLOYED] = (
        p.search_employee, p.search_own_account, 1.0,
    )  # fmt: skip
    return threads.list_rows(
        w.capacity,
        lambda first, last: list_searchers(
            first, last, model.seed, model.period, chance, w.identity, w.status
        ),
    )


def fill_jobs(model: RegionalModel, searchers: np.ndarray, open_jobs: np.ndarray) -> None:
    """Search and hiring in rounds; who is hired leaves the search, `open_jobs` fall."""
    w, f, p, base = model.workers, model.firms, model.params, model.base
    reservation = reservation_wages(model)
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
                p.autonomy_spread, base.reach, base.commuting_cost, reservation, base.place_offset, base.place,
                searchers, w.identity, w.region, w.status, w.employer, w.pool_sector, w.skill, w.auto_skill, w.wage,
                f.region, f.identity, f.wage_offer, f.auto_worth, f.job_worth, log_pay, open_jobs, application,
            )  # fmt: skip
            see_skills(
                first, last, model.seed, model.period, attempt, p.ranking_noise, searchers, application,
                w.identity, w.skill, w.auto_skill, f.auto_worth, seen,
            )  # fmt: skip

        threads.over_rows(len(searchers), send_applications)
        model.hires += hire(
            searchers, application, seen, w.status, w.employer, w.pool_sector, w.skill, w.auto_skill, w.wage,
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
