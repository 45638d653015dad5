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

from model import draws
from model.markets.own_account import move_own_account, reservation_wages
from model.workers import (
    EMPLOYEE,
    NO_FIRM,
    OWN_ACCOUNT,
    UNEMPLOYED,
    auto_worth,
    efficiency_units,
)

if TYPE_CHECKING:
    from model.model import RegionalModel

# Draws of one searcher in one round; rounds use separate ranges of the draw number.
_ROUND_STRIDE = 64
_EMPTY = -1


# --- Separations -------------------------------------------------------------------------------


@njit(cache=True)
def separate(  # type: ignore[no-untyped-def]
    seed, month, quit_rate, layoff_speed, identity, status, employer, skill, auto_skill, wage,
    tenure, jobless_months, alive, employees, desired_staff, wage_offer, auto_worth,
):  # fmt: skip
    """Quits, lay-offs and yearly contract resets.

    Each employee quits with `quit_rate`; a firm with too many staff lays each off with the same
    probability, so that the excess falls by `layoff_speed` a month on average. On the anniversary
    the wage becomes what the firm now offers, up or down (rules.md 11). Returns separations.
    """
    gone = 0
    p_layoff = np.zeros(len(alive), np.float64)
    for f in range(len(alive)):
        if employees[f] > desired_staff[f]:
            excess = np.float64(employees[f] - desired_staff[f])
            p_layoff[f] = layoff_speed * excess / employees[f]
    for i in range(len(status)):
        if status[i] != EMPLOYEE:
            continue
        f = employer[i]
        tenure[i] += 1
        u, v = draws.uniform2(seed, draws.QUIT, identity[i], month, 0)
        if not alive[f] or u < quit_rate or v < p_layoff[f]:
            status[i] = UNEMPLOYED
            employer[i] = NO_FIRM
            tenure[i] = 0
            jobless_months[i] = 0
            employees[f] -= 1
            gone += 1
        elif tenure[i] % 12 == 0:
            wage[i] = wage_offer[f] * efficiency_units(skill[i], auto_skill[i], auto_worth[f])
    return gone


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


@njit(cache=True)
def list_searchers(  # type: ignore[no-untyped-def]
    seed, month, p_employee, p_own_account, identity, status, found
):  # fmt: skip
    """Rows of those who look for a job this month; returns how many were written to `found`."""
    n = 0
    for i in range(len(status)):
        if status[i] == UNEMPLOYED:
            found[n] = i
            n += 1
        elif status[i] == EMPLOYEE or status[i] == OWN_ACCOUNT:
            p = p_employee if status[i] == EMPLOYEE else p_own_account
            if draws.uniform(seed, draws.SEARCH, identity[i], month, 0) < p:
                found[n] = i
                n += 1
    return n


@njit(cache=True)
def apply_for_jobs(  # type: ignore[no-untyped-def]
    seed, month, attempt, looks, see, taste_scale, autonomy_spread, reach, commuting_cost, reservation, offset,
    place, searchers, n, identity, region, status, employer, pool_sector, skill, auto_skill, wage,
    firm_region, firm_identity, wage_offer, auto_worth, worth, open_jobs, application,
):  # fmt: skip
    """Each searcher looks at places near home, keeps up to `see` open jobs, applies to the best.

    `reach` [R, R] is the cumulative share of looks by region of the job; `reservation` [R, S+1]
    the least wage per unit of skill for own-account sectors (last: unemployed). The value of a
    job is ln(wage × `worth` of its cell) − commuting cost + a taste of this worker for this firm
    this month (Gumbel); the wage counts what the firm pays for the worker's skill in making cars.
    Writes the firm row, or -1, to `application`.
    """
    last = reservation.shape[1] - 1
    n_regions = reach.shape[0]
    for k in range(n):
        i = searchers[k]
        home = region[i]
        least = reservation[home, last]
        if status[i] == OWN_ACCOUNT:
            # Some love their independence, some would be glad to give it up.
            z = draws.normal(seed, draws.TASTE, identity[i], 0, 1)
            least = reservation[home, pool_sector[i]] * math.exp(autonomy_spread * z)
        elif status[i] == EMPLOYEE:
            least = np.float64(wage[i]) / np.float64(skill[i]) * worth[employer[i]] * 1.05
        best = _EMPTY
        best_value = -1.0e300
        seen = 0
        for look in range(looks):
            u, v = draws.uniform2(
                seed, draws.CHOICE, identity[i], month, attempt * _ROUND_STRIDE + look
            )
            there = 0
            while there < n_regions - 1 and u > reach[home, there]:
                there += 1
            size = offset[there + 1] - offset[there]
            if size == 0:
                continue
            f = place[offset[there] + min(np.int64(v * size), size - 1)]
            if f == _EMPTY or open_jobs[f] <= 0 or f == best or f == employer[i]:
                continue
            seen += 1
            # The wage less the commute must beat what the searcher has; taste only ranks.
            offer = wage_offer[f] * efficiency_units(1.0, auto_skill[i], auto_worth[f])
            value = math.log(offer * worth[f]) - commuting_cost[home, firm_region[f]]
            if value > math.log(max(least, 1.0e-9)):
                who = identity[i] ^ firm_identity[f]
                value += taste_scale * draws.gumbel(seed, draws.TASTE, who, month, 0)
                if value > best_value:
                    best = f
                    best_value = value
            if seen == see:
                break
        application[k] = best


@njit(cache=True)
def hire(  # type: ignore[no-untyped-def]
    seed, month, attempt, noise, searchers, n, application, identity, status, employer,
    pool_sector, skill, auto_skill, wage, tenure, jobless_months, wage_offer, auto_worth, employees,
    open_jobs, applicants, hired,
):  # fmt: skip
    """Every firm ranks its applicants by skill seen with noise and takes as many as it has jobs.

    Skill is what it can use: plants and their suppliers see skill in making cars, others do not.

    Proposals are gathered by firm by counting; ties are settled by a keyed draw, so neither row
    order nor thread count matters. Marks served searchers in `hired`; returns hires.
    """
    n_firms = len(open_jobs)
    start = np.zeros(n_firms + 1, np.int64)
    for k in range(n):
        if application[k] >= 0:
            start[application[k] + 1] += 1
    for f in range(n_firms):
        applicants[f] += start[f + 1]
        start[f + 1] += start[f]
    filled = start.copy()
    queue = np.empty(start[n_firms], np.int64)
    score = np.empty(start[n_firms], np.float64)
    for k in range(n):
        f = application[k]
        if f >= 0:
            queue[filled[f]] = k
            i = searchers[k]
            z = draws.gumbel(seed, draws.RANK, identity[i], month, attempt)
            units = efficiency_units(skill[i], auto_skill[i], auto_worth[f])
            score[filled[f]] = units + noise * z
            filled[f] += 1
    hires = 0
    for f in range(n_firms):
        while open_jobs[f] > 0:
            best = -1
            for q in range(start[f], start[f + 1]):
                if queue[q] >= 0 and (best < 0 or score[q] > score[best]):
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


@njit(cache=True)
def sum_skills(status, employer, skill, auto_skill, auto_worth, skill_sum):  # type: ignore[no-untyped-def]
    """Staff in units of skill, per firm: each as much as this employer can use."""
    for f in range(len(skill_sum)):
        skill_sum[f] = 0.0
    for i in range(len(status)):
        if status[i] == EMPLOYEE:
            f = employer[i]
            skill_sum[f] += efficiency_units(skill[i], auto_skill[i], auto_worth[f])


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


def match_workers(model: RegionalModel) -> None:
    """Phase 5: separations, own-account moves, vacancies, search and hiring in rounds."""
    w, f, p, base = model.workers, model.firms, model.params, model.base
    skill_worth = auto_worth(model)
    model.separations = separate(
        model.seed, model.period, p.quit_rate, p.layoff_speed, w.identity, w.status, w.employer,
        w.skill, w.auto_skill, w.wage, w.tenure, w.jobless_months, f.alive, f.employees,
        f.desired_staff, f.wage_offer, skill_worth,
    )  # fmt: skip
    move_own_account(
        model.seed, model.period, p.own_account_entry, p.own_account_exit, p.own_account_switch,
        p.own_account_elasticity, base.pool_share, model.market.relative_pool_income(), w.identity,
        w.region, w.status, w.pool_sector, w.tenure, w.jobless_months,
    )  # fmt: skip
    model.vacancies = open_vacancies(
        f.alive, f.employees, f.desired_staff, f.vacancies, f.applicants
    )
    open_jobs = f.vacancies.copy()
    searchers = base.searcher_rows
    n = list_searchers(
        model.seed, model.period, p.search_employee, p.search_own_account, w.identity, w.status,
        searchers,
    )  # fmt: skip
    reservation = reservation_wages(model)
    worth = base.job_worth[f.region, f.sector]
    model.hires = 0
    for attempt in range(p.search_rounds):
        place_vacancies(
            model.seed, model.period, base.place_offset, f.identity, f.region,
            open_jobs, base.place, base.place_priority,
        )  # fmt: skip
        application = np.full(n, _EMPTY, np.int64)
        hired = np.zeros(n, np.bool_)
        apply_for_jobs(
            model.seed, model.period, attempt, p.search_looks, p.search_choices, p.taste_scale,
            p.autonomy_spread, base.reach, base.commuting_cost, reservation, base.place_offset, base.place, searchers,
            n, w.identity, w.region, w.status, w.employer, w.pool_sector, w.skill, w.auto_skill, w.wage,
            f.region, f.identity, f.wage_offer, skill_worth, worth, open_jobs, application,
        )  # fmt: skip
        model.hires += hire(
            model.seed, model.period, attempt, p.ranking_noise, searchers, n, application,
            w.identity, w.status, w.employer, w.pool_sector, w.skill, w.auto_skill, w.wage, w.tenure,
            w.jobless_months, f.wage_offer, skill_worth, f.employees, open_jobs, f.applicants, hired,
        )  # fmt: skip
        left = searchers[:n][~hired]
        n = len(left)
        searchers[:n] = left
    note_unfilled(p.wage_tolerance, f.alive, f.employees, open_jobs, f.unfilled_months)
    sum_skills(w.status, w.employer, w.skill, w.auto_skill, skill_worth, f.skill_sum)
