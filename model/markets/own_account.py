"""Own-account work: who takes it up, gives it up or changes trade, and what it is worth.

It is the slack from which jobs are filled (rules.md 13); what it pays is decided in `pools.py`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from model import draws
from model.workers import OWN_ACCOUNT, UNEMPLOYED

if TYPE_CHECKING:
    from model.model import RegionalModel


@njit(cache=True)
def choice_weights(elasticity, pool_share, relative_income):  # type: ignore[no-untyped-def]
    """How a sector of own-account work draws those who choose one, float64 [R, S].

    (Share of the pool in the base year) × (income per head over its base value)^elasticity: with
    incomes at base the composition keeps still, and what the sectors pay differently in the base
    year is read as skill and amenity (Rosen 1986).
    """
    out = np.empty(pool_share.shape, np.float64)
    for r in range(pool_share.shape[0]):
        for s in range(pool_share.shape[1]):
            out[r, s] = pool_share[r, s] * math.pow(relative_income[r, s], elasticity)
    return out


@njit(cache=True)
def choose_sector(weight, v):  # type: ignore[no-untyped-def]
    """The sector that the uniform `v` falls on, by `weight` [S]; -1 if none has any."""
    total = 0.0
    for s in range(len(weight)):
        total += weight[s]
    choice = -1
    if total <= 0.0:
        return choice
    left = v * total
    for s in range(len(weight)):
        if weight[s] > 0.0:
            choice = s
            left -= weight[s]
            if left < 0.0:
                break
    return choice


@njit(cache=True, nogil=True)
def move_own_account(  # type: ignore[no-untyped-def]
    first, last, seed, month, entry_rate, exit_rate, switch_rate, weight, identity, region, status,
    pool_sector, tenure, jobless_months,
):  # fmt: skip
    """The unemployed drift into own-account work, some give it up or change trade.

    A sector is chosen by `weight` [R, S], that of `choice_weights`.
    """
    rows, who = np.empty(draws.STRIPE, np.int64), np.empty(draws.STRIPE, np.uint64)
    u, near = np.empty(draws.STRIPE, np.float64), np.empty(draws.STRIPE, np.int64)
    most = max(entry_rate, exit_rate)
    for start in range(first, last, draws.STRIPE):
        n, stop = 0, min(start + draws.STRIPE, last)
        for i in range(start, stop):
            jobless_months[i] += np.int16(status[i] == UNEMPLOYED)
        for i in range(start, stop):
            # Written always, kept if it counts: a guess of who may move would cost more.
            rows[n] = i
            who[n] = identity[i]
            n += int(status[i] == OWN_ACCOUNT or status[i] == UNEMPLOYED)
        draws.fill_uniforms(seed, draws.OWN_ACCOUNT, who[:n], month, 0, u)
        few = 0
        for k in range(n):
            near[few] = k
            few += int(u[k] < most or u[k] > 1.0 - switch_rate)
        for k in near[:few]:
            i = rows[k]
            if status[i] == OWN_ACCOUNT:
                if u[k] < exit_rate:
                    status[i] = UNEMPLOYED
                    pool_sector[i] = -1
                    jobless_months[i] = 0
                    tenure[i] = 0
                    continue
                moves = u[k] > 1.0 - switch_rate
            else:
                moves = u[k] < entry_rate
            if not moves:
                continue
            v = draws.uniform2(seed, draws.OWN_ACCOUNT, who[k], month, 0)[1]
            sector = choose_sector(weight[region[i]], v)
            if sector >= 0:
                status[i] = OWN_ACCOUNT
                pool_sector[i] = sector
                tenure[i] = 0


def reservation_wages(model: RegionalModel) -> np.ndarray:
    """The least wage per unit of skill, KGS/month [R, S+1]; the last column is the unemployed.

    What own-account work is worth moves with what it pays. Its worth in the base year is the
    region's mean wage times (1 + autonomy premium): the gap between wages and own-account
    incomes that the table shows is read as skill and amenity (Rosen 1986), not as a queue.
    """
    p, base, market = model.params, model.base, model.market
    relative = market.income_ratio
    worth = base.region_wage[:, None] * (1.0 + p.autonomy_premium)
    out = np.empty((relative.shape[0], relative.shape[1] + 1))
    out[:, :-1] = relative * worth
    out[:, -1] = (base.pool_share * out[:, :-1]).sum(axis=1) * p.unemployed_reservation
    return out
