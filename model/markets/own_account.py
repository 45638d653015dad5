"""Own-account work: who takes it up, gives it up or changes trade, and what it is worth.

It is the slack from which jobs are filled (rules.md 13); what it pays is decided in `pools.py`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from model import draws
from model.workers import EMPLOYEE, OWN_ACCOUNT, UNEMPLOYED

if TYPE_CHECKING:
    from model.model import RegionalModel


@njit(cache=True)
def move_own_account(  # type: ignore[no-untyped-def]
    seed, month, entry_rate, exit_rate, switch_rate, elasticity, pool_share, relative_income,
    identity, region, status, pool_sector, tenure, jobless_months,
):  # fmt: skip
    """The unemployed drift into own-account work, some give it up or change trade.

    A sector is chosen with weight (share of the pool in the base year) × (income per head there
    over its base value)^elasticity: with incomes at base the composition keeps still, and what
    the sectors pay differently in the base year is read as skill and amenity (Rosen 1986).
    """
    n_sectors = pool_share.shape[1]
    for i in range(len(status)):
        if status[i] == EMPLOYEE or (status[i] != OWN_ACCOUNT and status[i] != UNEMPLOYED):
            continue
        r = region[i]
        u, v = draws.uniform2(seed, draws.OWN_ACCOUNT, identity[i], month, 0)
        if status[i] == OWN_ACCOUNT and u < exit_rate:
            status[i] = UNEMPLOYED
            pool_sector[i] = -1
            jobless_months[i] = 0
            tenure[i] = 0
            continue
        enters = status[i] == UNEMPLOYED and u < entry_rate
        switches = status[i] == OWN_ACCOUNT and u > 1.0 - switch_rate
        if status[i] == UNEMPLOYED:
            jobless_months[i] += 1
        if not (enters or switches):
            continue
        total = 0.0
        for s in range(n_sectors):
            total += pool_share[r, s] * math.pow(relative_income[r, s], elasticity)
        if total <= 0.0:
            continue
        left = v * total
        choice = -1
        for s in range(n_sectors):
            weight = pool_share[r, s] * math.pow(relative_income[r, s], elasticity)
            if weight > 0.0:
                choice = s
                left -= weight
                if left < 0.0:
                    break
        status[i] = OWN_ACCOUNT
        pool_sector[i] = choice
        tenure[i] = 0


def reservation_wages(model: RegionalModel) -> np.ndarray:
    """The least wage per unit of skill, KGS/month [R, S+1]; the last column is the unemployed.

    What own-account work is worth moves with what it pays. Its worth in the base year is the
    region's mean wage times (1 + autonomy premium): the gap between wages and own-account
    incomes that the table shows is read as skill and amenity (Rosen 1986), not as a queue.
    """
    p, base, market = model.params, model.base, model.market
    norm = np.where(base.pool_income > 0.0, base.pool_income, 1.0)
    relative = np.where(base.pool_income > 0.0, market.pool_income / norm, 0.0)
    worth = base.region_wage[:, None] * (1.0 + p.autonomy_premium)
    out = np.empty((relative.shape[0], relative.shape[1] + 1))
    out[:, :-1] = relative * worth
    out[:, -1] = (base.pool_share * out[:, :-1]).sum(axis=1) * p.unemployed_reservation
    return out
