"""Leaving for work abroad and coming back (rules.md 14).

Working abroad is a status: the household stays, with its deposits, debts and car, and gets the
remittance. Identities: people at home + people abroad = people; change of the number abroad =
leavers − returners. Limits: at base incomes and the base stock as many leave as return, in every
region; with the network's elasticity below one the stock goes back there from either side; with
migration off nobody moves and nothing is drawn.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from model import draws, threads
from model.threads import BLOCK
from model.workers import (
    ABROAD,
    ADULT_MONTHS,
    EMPLOYEE,
    NO_FIRM,
    OWN_ACCOUNT,
    UNEMPLOYED,
)

if TYPE_CHECKING:
    from model.model import RegionalModel

# A network pulls no more than this many times the first one (rules.md 14).
_WIDEST_NETWORK = 1.5
# Beyond this a pull is as good as infinite, and its exponential still a number.
_STRONGEST = 50.0


@dataclass
class MigrationNorms:
    """What leaving and returning are compared with; it settles in the burn-in and then stays.

    home : expected income at home by region, KGS a month, as people believe it [R].
    home_norm : the same in the base years [R].
    mobile_home, mobile_abroad : people by region, weighted by how readily they move, in the base
        years [R].
    emigrants, returnees : this month, by region [R].
    """

    home: np.ndarray = field(default_factory=lambda: np.zeros(0))
    home_norm: np.ndarray = field(default_factory=lambda: np.zeros(0))
    mobile_home: np.ndarray = field(default_factory=lambda: np.zeros(0))
    mobile_abroad: np.ndarray = field(default_factory=lambda: np.zeros(0))
    emigrants: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    returnees: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))


def no_migration(n_regions: int) -> MigrationNorms:
    """The state before the first month: nobody has moved, nothing is known."""
    nobody = np.zeros(n_regions, np.int64)
    return MigrationNorms(emigrants=nobody, returnees=nobody.copy())


# --- Who moves ------------------------------------------------------------------------------------


@njit(cache=True)
def mobility(age_months, fall):  # type: ignore[no-untyped-def]
    """How readily a person of this age moves, in either direction: 1 at 18, falling by age.

    The labour-force part of the migration schedule (Rogers & Castro 1981). One profile for both
    directions: then every age rests at the same share abroad, and ageing alone moves nothing.
    """
    return math.exp(-fall * (np.float64(age_months) - ADULT_MONTHS) / 12.0)


@njit(cache=True)
def mobility_by_age(oldest, fall):  # type: ignore[no-untyped-def]
    """`mobility` of everybody from 0 to `oldest` months of age, float64 [oldest + 1]."""
    out = np.empty(oldest + 1, np.float64)
    for age in range(oldest + 1):
        out[age] = mobility(age, fall)
    return out


@njit(cache=True, nogil=True)
def weigh_movers(first, last, mobile, weight, region, age_months, status, totals):  # type: ignore[no-untyped-def]
    """Add people weighted by how readily they move to `totals` [blocks, 2, R]: at home, abroad.

    `mobile` by age in months, `weight` [5] by status.
    """
    for i in range(first, last):
        away = np.int64(status[i] == ABROAD)
        x = mobile[age_months[i]] * weight[status[i]]
        totals[i // BLOCK, away, region[i]] += x


@njit(cache=True, nogil=True)
def list_movers(  # type: ignore[no-untyped-def]
    first, last, seed, month, mobile, rate, identity, region, age_months, status
):  # fmt: skip
    """Rows of those who leave or return this month.

    P = min(1, mobility of the age × `rate` [5, R] by status and region): those abroad at the rate
    of returning, the others at that of leaving × weight of the status.
    """
    found, n = np.empty(last - first, np.int64), 0
    u, near = np.empty(draws.STRIPE, np.float64), np.empty(draws.STRIPE, np.int64)
    most = mobile.max() * rate.max()
    for start in range(first, last, draws.STRIPE):
        size = min(draws.STRIPE, last - start)
        draws.fill_uniforms(seed, draws.MIGRATE, identity[start : start + size], month, 0, u)
        # Few draw less than anybody's chance; only these need be looked at.
        few = 0
        for k in range(size):
            near[few] = k
            few += int(u[k] < most)
        for k in near[:few]:
            i = start + k
            if u[k] < mobile[age_months[i]] * rate[status[i], region[i]]:
                found[n] = i
                n += 1
    return found[:n].copy()


@njit(cache=True)
def move_people(  # type: ignore[no-untyped-def]
    movers, region, status, employer, pool_sector, skill, tenure, jobless_months, firm_employees,
    firm_skill, left, back,
):  # fmt: skip
    """Those abroad come back, the others leave; both add to `left`, `back` [R].

    A leaver's job ends; who returns looks for one (UNEMPLOYED).
    """
    for i in movers:
        if status[i] == ABROAD:
            status[i] = UNEMPLOYED
            back[region[i]] += 1
        else:
            if status[i] == EMPLOYEE:
                firm_employees[employer[i]] -= 1
                firm_skill[employer[i]] -= np.float64(skill[i])
            status[i] = ABROAD
            employer[i] = NO_FIRM
            pool_sector[i] = -1
            left[region[i]] += 1
        tenure[i] = 0
        jobless_months[i] = 0


# --- Why ------------------------------------------------------------------------------------------


def expected_income(model: RegionalModel) -> np.ndarray:
    """What somebody at home may expect, KGS a month [R]: chance of work × what it pays.

    Harris & Todaro (1970): employees and own-account workers of the labour force at home times
    wages offered and own-account income. The base mix of trades, so that who is in a pool does
    not read as what it pays.
    """
    base, heads = model.base, model.heads
    wage = base.region_wage * model.wage_index
    own = (base.pool_share * model.market.pool_income).sum(axis=1)
    force = heads[:, EMPLOYEE] + heads[:, OWN_ACCOUNT] + heads[:, UNEMPLOYED]
    earned = heads[:, EMPLOYEE] * wage + heads[:, OWN_ACCOUNT] * own
    return np.where(force > 0, earned / np.maximum(force, 1), wage)


def relative_gain(foreign: float, cost: float, home: np.ndarray) -> np.ndarray:
    """ln of the wage ratio abroad over home net of the cost of moving, less its base value [R].

    `foreign`, `home`: earnings against the base year; `cost`: share of base earnings abroad.
    0 at base; Grogger & Hanson (2011) let the gain enter by its level, Bertoli &
    Fernández-Huertas Moraga (2013) by its logarithm, as here.
    """
    net = max((foreign - cost) / max(1.0 - cost, 1e-6), 1e-6)
    gain: np.ndarray = math.log(net) - np.log(np.maximum(home, 1e-6))
    return gain


def leave_pull(gain: np.ndarray, network: np.ndarray, elasticity: float, pull: float) -> np.ndarray:
    """What multiplies the base rate of leaving [R]: gain and network (Munshi 2003), 1 at base."""
    wide = np.minimum(network, _WIDEST_NETWORK) - 1.0
    return np.exp(np.clip(elasticity * gain + pull * wide, -_STRONGEST, _STRONGEST))


def return_pull(gain: np.ndarray, elasticity: float) -> np.ndarray:
    """What multiplies the base rate of returning [R]; 1 at base."""
    return np.exp(np.clip(-elasticity * gain, -_STRONGEST, _STRONGEST))


def base_return_rate(model: RegionalModel) -> float:
    """Monthly rate of return at which base flows balance: leavers over people abroad.

    `migration_leave_rate` counts leavers per person of the labour force at home; one rate of
    return everywhere means that leavers of the base years come from each region in proportion to
    the people it has abroad (the networks of Munshi 2003).
    """
    base = model.base
    home = float(base.employees.sum() + base.own_account.sum() + base.unemployed.sum())
    abroad = float(base.abroad.sum())
    return float(model.params.migration_leave_rate) / 12.0 * home / max(abroad, 1.0)


def monthly_rates(model: RegionalModel) -> tuple[np.ndarray, np.ndarray]:
    """Rates of leaving and of returning for somebody of weight 1, per month [R], [R]."""
    p, norms, base = model.params, model.migration, model.base
    flow = base_return_rate(model) * base.abroad
    first = np.maximum(base.abroad, 1)
    network = np.where(base.abroad > 0, model.heads[:, ABROAD] / first, 1.0)
    gain = relative_gain(
        p.exchange_rate_index * p.remittance_index,
        p.migration_cost,
        norms.home / np.where(norms.home_norm > 0.0, norms.home_norm, 1.0),
    )
    leave = leave_pull(gain, network, p.migration_elasticity, p.migration_network)
    back = return_pull(gain, p.migration_elasticity)
    return (
        leave * flow / np.maximum(norms.mobile_home, 1e-9),
        back * flow / np.maximum(norms.mobile_abroad, 1e-9),
    )


def settle_norms(model: RegionalModel) -> None:
    """Beliefs about home follow what is seen; in the burn-in the norms follow, then they stay.

    So the table's rounding and the burn-in's drift do not read as a gain from moving.
    """
    p, norms = model.params, model.migration
    seen = expected_income(model)
    if len(norms.home) == 0:
        norms.home, norms.home_norm = seen.copy(), seen.copy()
        norms.mobile_home, norms.mobile_abroad = _movers(model)
        return
    norms.home = norms.home + p.income_memory * (seen - norms.home)
    if model.period < 0:
        speed = 1.0 / p.migration_settling
        home, abroad = _movers(model)
        norms.home_norm = norms.home_norm + speed * (norms.home - norms.home_norm)
        norms.mobile_home = norms.mobile_home + speed * (home - norms.mobile_home)
        norms.mobile_abroad = norms.mobile_abroad + speed * (abroad - norms.mobile_abroad)


def status_weights(model: RegionalModel) -> np.ndarray:
    """How readily people move by status, float64 [5]; own-account workers and those abroad 1."""
    weight = np.ones(5)
    weight[UNEMPLOYED] = model.params.migration_unemployed
    weight[EMPLOYEE] = model.params.migration_employee
    return weight


def _mobility_now(model: RegionalModel) -> np.ndarray:
    """`mobility_by_age` up to the age of retirement."""
    p = model.params
    return mobility_by_age(int(p.retirement_age * 12), p.migration_age_fall)


def _movers(model: RegionalModel) -> tuple[np.ndarray, np.ndarray]:
    """`weigh_movers` of everybody as they are now, at home and abroad [R]."""
    w, weight, mobile = model.workers, status_weights(model), _mobility_now(model)
    totals = np.zeros((threads.blocks(w.capacity), 2, len(model.base.abroad)))
    threads.over_rows(
        w.capacity,
        lambda first, last: weigh_movers(
            first, last, mobile, weight, w.region, w.age_months, w.status, totals
        ),
    )
    home, abroad = totals.sum(axis=0)
    return home, abroad


def leave_and_return(model: RegionalModel) -> None:
    """Phase 5, migration: who goes abroad and who comes back this month."""
    if not model.params.migration:
        return
    w, f, norms = model.workers, model.firms, model.migration
    settle_norms(model)
    leave, come_back = monthly_rates(model)
    rate = status_weights(model)[:, None] * leave
    rate[ABROAD] = come_back
    mobile = _mobility_now(model)
    movers = threads.list_rows(
        w.capacity,
        lambda first, last: list_movers(
            first, last, model.seed, model.period, mobile, rate, w.identity, w.region, w.age_months,
            w.status,
        ),
    )  # fmt: skip
    norms.emigrants = np.zeros(len(leave), np.int64)
    norms.returnees = np.zeros(len(leave), np.int64)
    move_people(
        movers, w.region, w.status, w.employer, w.pool_sector, w.skill, w.tenure, w.jobless_months,
        f.employees, f.skill_sum, norms.emigrants, norms.returnees,
    )  # fmt: skip


def migration_measures(model: RegionalModel) -> dict[str, np.ndarray]:
    """People who left and who returned this month, by region [R]."""
    norms = model.migration
    return {
        "emigrants": norms.emigrants.astype(np.float64),
        "returnees": norms.returnees.astype(np.float64),
    }
