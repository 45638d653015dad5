"""Looking for a job: who looks, what they find near home, what they ask for, where they apply.

A searcher looks at a few places, most of which hold no open job; no matching function is written
in (`labour.py`). Everything here reads, and writes nothing but applications.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from model import draws, threads
from model.workers import EMPLOYEE, OWN_ACCOUNT, UNEMPLOYED, efficiency_units

if TYPE_CHECKING:
    from model.model import RegionalModel

# Draws of one searcher in one round; rounds use separate ranges of the draw number.
_ROUND_STRIDE = 64
EMPTY = -1
"""A place without an open job, and an application that is not made."""


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


@njit(cache=True)
def job_values(open_jobs, region, wage_offer, worth, log_pay):  # type: ignore[no-untyped-def]
    """Fill `log_pay` [capacity] for firms with open jobs: ln(wage per unit of skill × `worth`)."""
    for f in range(len(open_jobs)):
        if open_jobs[f] > 0:
            log_pay[f] = math.log(wage_offer[f] * worth[f])


@njit(cache=True)
def log_reservations(reservation):  # type: ignore[no-untyped-def]
    """ln of `reservation_wages` [R, S+1], no less than that of 1e-9."""
    out = np.empty(reservation.shape, np.float64)
    for r in range(reservation.shape[0]):
        for s in range(reservation.shape[1]):
            out[r, s] = math.log(max(reservation[r, s], 1.0e-9))
    return out


@njit(cache=True)
def log_least_wage(  # type: ignore[no-untyped-def]
    seed, month, who, autonomy_spread, waiting_spread, log_reservation, home, status, pool_sector, present
):  # fmt: skip
    """ln of the wage per unit of skill that a searcher asks for: what the present state is worth.

    `log_reservation` [R, S+1] for own-account sectors, last for the unemployed; an employee asks
    for more than the worth of the `present` wage, KGS a month per unit of skill.
    """
    if status == OWN_ACCOUNT:
        # Some love their independence, some would be glad to give it up.
        z = draws.normal(seed, draws.TASTE, who, 0, 1)
        return log_reservation[home, pool_sector] + autonomy_spread * z
    if status == EMPLOYEE:
        return math.log(max(present * 1.05, 1.0e-9))
    # What else turned up this month differs, or all would take a wage or all refuse it.
    z = draws.normal(seed, draws.TASTE, who, month, 1)
    return log_reservation[home, log_reservation.shape[1] - 1] + waiting_spread * z


@njit(cache=True)
def look_around(  # type: ignore[no-untyped-def]
    seed, month, attempt, looks, reach, offset, place, open_jobs, who, home, own, u, v, looker, firm
):  # fmt: skip
    """The open jobs that these searchers find, their own firm's left out.

    `reach` [R, R] is the cumulative share of looks by region of the job. `who`, `home`, `own` [n]:
    identities, regions, employers. Fills `looker` (which of them) and `firm`, and returns how
    many; `u`, `v` [looks, n]: work space.
    """
    found, n_regions = 0, reach.shape[0]
    for look in range(looks):
        nth = attempt * _ROUND_STRIDE + look
        draws.fill_uniforms2(seed, draws.CHOICE, who, month, nth, u[look], v[look])
    for k in range(len(who)):
        for look in range(looks):
            there = 0
            while there < n_regions - 1 and u[look, k] > reach[home[k], there]:
                there += 1
            places = offset[there + 1] - offset[there]
            if places == 0:
                continue
            f = place[offset[there] + min(np.int64(v[look, k] * places), places - 1)]
            # Written always, kept if it counts: a guess of what lies there would cost more.
            looker[found] = k
            firm[found] = f
            found += int(f != EMPTY and open_jobs[f] > 0 and f != own[k])
    return found


@njit(cache=True, nogil=True)
def apply_for_jobs(  # type: ignore[no-untyped-def]
    first, last, seed, month, attempt, looks, see, taste_scale, autonomy_spread, waiting_spread,
    reach, commuting_cost,
    log_reservation, offset, place, searchers, identity, region, status, employer, pool_sector, skill, auto_skill,
    wage, firm_region, firm_identity, wage_offer, auto_worth, worth, log_pay, open_jobs, application,
):  # fmt: skip
    """Each searcher looks at places near home, keeps up to `see` open jobs, applies to the best.

    The value of a job is ln(wage × `worth` of its cell) − commuting cost + a taste of this worker
    for this firm this month (Gumbel); the wage counts what the firm pays for the worker's skill in
    making cars. Writes the firm row, or -1, to `application` for searchers `first` to `last`.
    """
    n, most = draws.STRIPE, looks * draws.STRIPE
    who, home, own = np.empty(n, np.uint64), np.empty(n, np.int64), np.empty(n, np.int64)
    state, sector, present = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.float64)
    u, v = np.empty((looks, n), np.float64), np.empty((looks, n), np.float64)
    looker, firm = np.empty(most, np.int64), np.empty(most, np.int64)
    pair, luck = np.empty(most, np.uint64), np.empty(most, np.float64)
    for start in range(first, last, n):
        size = min(n, last - start)
        # Searchers lie far apart: fetched together, the memory serves many at a time.
        for k in range(size):
            i = searchers[start + k]
            who[k], home[k], own[k] = identity[i], region[i], employer[i]
            state[k], sector[k] = status[i], pool_sector[i]
            present[k] = np.float64(wage[i]) / np.float64(skill[i]) * worth[employer[i]]
            application[start + k] = EMPTY
        found = look_around(
            seed, month, attempt, looks, reach, offset, place, open_jobs, who[:size], home, own, u, v,
            looker, firm,
        )  # fmt: skip
        for j in range(found):
            pair[j] = who[looker[j]] ^ firm_identity[firm[j]]
        draws.fill_uniforms(seed, draws.TASTE, pair[:found], month, 0, luck)
        k, best, seen, best_value, asked = -1, -1, 0, 0.0, 0.0
        for j in range(found):
            f = firm[j]
            if looker[j] != k:
                k, best, seen, best_value = looker[j], EMPTY, 0, -1.0e300
                asked = log_least_wage(
                    seed, month, who[k], autonomy_spread, waiting_spread, log_reservation, home[k],
                    state[k], sector[k], present[k],
                )  # fmt: skip
            if seen == see or f == best:
                continue
            seen += 1
            # The wage less the commute must beat what the searcher has; taste only ranks.
            pay = log_pay[f]
            if auto_worth[f] > 0.0:
                able = efficiency_units(1.0, auto_skill[searchers[start + k]], auto_worth[f])
                pay = math.log(wage_offer[f] * able * worth[f])
            value = pay - commuting_cost[home[k], firm_region[f]]
            if value > asked:
                value += taste_scale * draws.gumbel_at(luck[j])
                if value > best_value:
                    best, best_value = f, value
                    application[start + k] = f


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
