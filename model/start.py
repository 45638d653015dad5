"""The initial population: people, firms, customers, suppliers and balance sheets of month one.

Stocks reproduce the flows of the base year (rules.md 2): prices 1, inventories at target, debts
and deposits at their norms; firm sizes are drawn and rescaled to the cells of the table.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from model import draws
from model.base_table import apportion
from model.firms import FOREIGN, N_CRITICAL, N_SUPPLIERS, PLANT, STATE, Firms
from model.markets.parts import find_supplier
from model.sectors import PUBLIC
from model.workers import (
    ABROAD,
    ADULT_MONTHS,
    EMPLOYEE,
    NO_FIRM,
    OWN_ACCOUNT,
    UNEMPLOYED,
    Workers,
    draw_person,
)  # fmt: skip

if TYPE_CHECKING:
    from model.model import RegionalModel
    from model.plant import Plant

# Rows kept for entrants: in 25 years the fullest cells seen took four times their first stock. How many
# there are is also part of a rule: customers that try any row of a cell seldom find a firm there
# (`choose_sellers_anew`), so with fewer rows entrants would grow faster.
_HEADROOM = 8.0
_SPARE_ROWS = 40
# Rows for plants, at the end of the table.
PLANT_ROWS = 8
_FIRM_IDENTITY = np.uint64(1 << 62)
# Places in the vacancy table per person at work: sparse, so that open jobs seldom meet.
_PEOPLE_PER_PLACE = 12


@njit(cache=True)
def draw_people(  # type: ignore[no-untyped-def]
    seed, retirement_age, p_higher, p_vocational, mean_skill, skill_sd, identity, region,
    age_months, education, occupation, skill, disposition,
):  # fmt: skip
    """Fill who everybody is; ages are uniform, as in a stationary population without mortality."""
    for i in range(len(identity)):
        r = region[i]
        person = draw_person(seed, identity[i], p_higher[r], p_vocational[r], skill_sd)
        education[i] = person[0]
        occupation[i] = person[1]
        skill[i] = person[2] / mean_skill[r]
        disposition[i] = person[3]
        span = retirement_age - ADULT_MONTHS
        age_months[i] = ADULT_MONTHS + draws.integer(seed, draws.AGE, identity[i], 0, 0, span)


@njit(cache=True)
def draw_savings(seed, months, sd, identity, income, thrift, savings):  # type: ignore[no-untyped-def]
    """Thrift, lognormal with mean 1, and the deposits that go with it and with income."""
    for i in range(len(identity)):
        z = draws.normal(seed, draws.SAVINGS, identity[i], 0, 0)
        thrift[i] = max(math.exp(sd * z - 0.5 * sd * sd), 0.05)
        savings[i] = months * np.float64(income[i]) * np.float64(thrift[i])


def create_firms(model: RegionalModel) -> Firms:
    """The firm table: one block of rows per cell, first the incumbents, then room for entrants."""
    base, pack, p = model.base, model.pack, model.params
    n_regions, n_sectors = base.employees.shape
    small, large = apportion(pack.firms_small / p.scale), apportion(pack.firms_large / p.scale)
    count = small + large
    count = np.where((base.employees > 0) & (count == 0), 1, count)
    count = np.minimum(count, base.employees)
    room = np.where(
        base.market_sector[None] & (base.productivity > 0.0),
        np.ceil(count * _HEADROOM).astype(np.int64) + _SPARE_ROWS,
        count,
    )
    start = np.zeros((n_regions, n_sectors + 1), np.int64)
    at = 0
    for r in range(n_regions):
        for s in range(n_sectors):
            start[r, s] = at
            at += int(room[r, s])
        start[r, n_sectors] = at
    firms = Firms(model, at + PLANT_ROWS)
    small_share = pack.employees_small / np.maximum(pack.employees, 1)
    base.slot_start = start
    base.slot_firm = np.arange(at, dtype=np.int64)
    firms.identity[:] = _FIRM_IDENTITY + np.arange(firms.capacity, dtype=np.uint64)
    for r in range(n_regions):
        for s in range(n_sectors):
            rows = slice(start[r, s], start[r, s] + room[r, s])
            firms.region[rows], firms.sector[rows] = r, s
            n = int(count[r, s])
            if n:
                block = slice(start[r, s], start[r, s] + n)
                firms.alive[block] = True
                n_large = min(int(large[r, s]), n)
                firms.employees[block] = _draw_sizes(
                    model,
                    firms.identity[block],
                    n_large,
                    small_share[r, s],
                    int(base.employees[r, s]),
                )
    firms.sector[at:] = base.vehicles
    return firms


def _draw_sizes(
    model: RegionalModel, identity: np.ndarray, n_large: int, small_share: float, total: int
) -> np.ndarray:
    """Staff of a cell's firms, summing to `total`: small ones first, then `n_large` large ones.

    Small firms follow the logarithmic series of Fisher (1943): it is where a population of firms
    rests whose customers come and go one by one (`move_customers`), so demography starts without
    a wave. Large employers are Pareto among themselves, and share what small ones leave.
    """
    p = model.params
    n = len(identity)
    n_small = n - n_large
    u = np.array([draws.uniform(model.seed, draws.FIRM_SIZE, i, 0, 1) for i in identity])
    spare = total - n
    for_small = spare if n_large == 0 else min(max(round(total * small_share) - n_small, 0), spare)
    sizes = np.ones(n, np.int64)
    if n_small:
        weight = log_series(u[:n_small], 1.0 + for_small / n_small) - 1.0
        weight = weight if weight.sum() > 0.0 else np.ones(n_small)
        sizes[:n_small] += apportion(weight / weight.sum() * for_small)
    if n_large:
        weight = np.minimum(u[n_small:] ** (-1.0 / p.size_tail), p.size_cut)
        sizes[n_small:] += apportion(
            weight / weight.sum() * (spare - for_small if n_small else spare)
        )
    return sizes.astype(np.int32)


def log_series(u: np.ndarray, mean: float) -> np.ndarray:
    """Quantiles `u` of the logarithmic series on 1, 2, … with this mean (Fisher 1943)."""
    if mean <= 1.0 + 1e-9:
        return np.ones(len(u))
    low, high = 1e-9, 1.0 - 1e-12
    for _ in range(200):
        x = 0.5 * (low + high)
        if -x / ((1.0 - x) * math.log1p(-x)) < mean:
            low = x
        else:
            high = x
    n = np.arange(1, int(60.0 * mean) + 10)
    mass = x**n / n
    return 1.0 + np.searchsorted(np.cumsum(mass) / mass.sum(), u).astype(np.float64)


def create_workers(model: RegionalModel) -> Workers:
    """Everybody, in blocks by region and status; employees are handed to their firms in order."""
    base, pack, p, firms = model.base, model.pack, model.params, model.firms
    n_regions, n_sectors = base.employees.shape
    total = int(base.employees.sum() + base.own_account.sum() + base.unemployed.sum())
    w = Workers(model, total + int(base.abroad.sum()))
    w.identity[:] = np.arange(w.capacity, dtype=np.uint64)
    at = 0

    def block(n: int, r: int, status: int) -> slice:
        nonlocal at
        rows = slice(at, at + n)
        w.region[rows], w.status[rows] = r, status
        at += n
        return rows

    for r in range(n_regions):
        for s in range(n_sectors):
            staff = firms.employees[base.slot_start[r, s] : base.slot_start[r, s + 1]]
            staffed = block(int(base.employees[r, s]), r, EMPLOYEE)
            firm_rows = np.arange(base.slot_start[r, s], base.slot_start[r, s + 1])
            w.employer[staffed] = np.repeat(firm_rows, staff)
            w.wage[staffed] = base.wage[r, s]
            w.pool_sector[block(int(base.own_account[r, s]), r, OWN_ACCOUNT)] = s
        block(int(base.unemployed[r]), r, UNEMPLOYED)
        block(int(base.abroad[r]), r, ABROAD)
    draw_people(
        model.seed, int(p.retirement_age * 12), pack.higher_education, pack.vocational,
        base.mean_skill, p.skill_sd, w.identity, w.region, w.age_months, w.education,
        w.occupation, w.skill, w.disposition,
    )  # fmt: skip
    employed = w.status == EMPLOYEE
    w.wage[employed] *= w.skill[employed]
    w.tenure[:] = (w.identity % np.uint64(60)).astype(np.int16)
    w.employer[~employed] = NO_FIRM
    # The first of a private firm's staff owns it.
    first = np.full(firms.capacity, -1, np.int64)
    at_work = np.flatnonzero(employed)
    first[w.employer[at_work[::-1]]] = at_work[::-1]
    private = firms.alive & base.market_sector[firms.sector]
    firms.founder[private] = first[private]
    firms.ownership[firms.alive & ~private] = STATE
    return w


def fill_firms(model: RegionalModel) -> None:
    """Productivity, price, stocks and books of the incumbents at the flows of the base year."""
    f, base, p = model.firms, model.base, model.params
    live = np.flatnonzero(f.alive)
    r, s = f.region[live], f.sector[live]
    spread = p.efficiency_sd / np.sqrt(1.0 - p.efficiency_persistence**2)
    z = np.array([draws.normal(model.seed, draws.PRODUCTIVITY, i, 0, 1) for i in f.identity[live]])
    f.efficiency[live] = np.where(base.market_sector[s], spread * z, 0.0)
    f.productivity[live] = base.productivity[r, s] * np.exp(f.efficiency[live])
    f.wage_offer[live] = base.wage[r, s]
    nu = p.numeraire
    normal = f.productivity[live] / np.where(base.storable[s], 1.0, 1.0 + p.capacity_slack)
    labour = base.wage[r, s] * (1.0 + p.social_rate_employer) / normal
    f.unit_cost[live] = labour + base.base_input_cost[s] * nu
    f.markup[live] = base.norm_markup[s]
    f.price[live] = f.markup[live] * f.unit_cost[live]
    made = f.productivity[live] * f.employees[live]
    # The cell's output is the table's: more productive incumbents sell more of it.
    cell = np.zeros(base.firm_output.shape)
    np.add.at(cell, (r, s), made)
    made *= (base.firm_output[r, s]) / np.where(cell[r, s] > 0.0, cell[r, s], 1.0)
    f.expected_sales[live] = f.orders[live] = f.production[live] = made
    f.sales[live] = made
    f.inventory[live] = np.where(base.storable[s], p.stock_cover * made, 0.0)
    f.capital[live] = base.norm_capital[s] * made
    f.skill_sum[live] = f.employees[live]
    f.desired_staff[live] = f.employees[live]
    f.wage_bill[live] = base.wage[r, s] * f.employees[live]
    f.material_cost[live] = base.base_input_cost[s] * made * nu
    f.surplus[live] = base.norm_surplus[s] * made * nu
    f.cash[live] = p.cash_months * (f.wage_bill[live] + f.material_cost[live])
    # What is paid out this month is half of what is spare at its end: one pay-out waits already.
    share = np.where(f.ownership[live] == STATE, 1.0, base.accounts["payout_share"])
    f.cash[live] += share * f.surplus[live]
    total = max(float(f.surplus[live][f.ownership[live] != STATE].sum()), 1e-9)
    private = f.ownership[live] != STATE
    f.debt[live] = np.where(private, base.accounts["firm_debt"] * nu * f.surplus[live] / total, 0.0)
    for k in range(N_CRITICAL):
        has = base.critical[s, k] >= 0
        use = base.critical_coefficient[s, k] * made
        f.input_stock[live, k] = np.where(has, p.input_cover * use, 0.0)
    f.age[live] = 12 * (1 + (f.identity[live] % np.uint64(15)).astype(np.int32))


def place_customers(model: RegionalModel) -> None:
    """One customer account per base-year employee of a cell, held in proportion to sales."""
    f, base, p = model.firms, model.base, model.params
    n_regions, n_sectors = base.employees.shape
    start = np.zeros((n_regions, n_sectors + 1), np.int64)
    holders: list[np.ndarray] = []
    base.base_customers = np.zeros((n_regions, n_sectors))
    at = 0
    for r in range(n_regions):
        for s in range(n_sectors):
            start[r, s] = at
            rows = np.arange(base.slot_start[r, s], base.slot_start[r, s + 1])
            rows = rows[f.alive[rows]]
            n = int(base.employees[r, s])
            if n and base.market_sector[s]:
                # Held such that sales, customers × price^-elasticity, are those of the table.
                pull = f.expected_sales[rows] * (f.price[rows] / p.numeraire) ** p.seller_elasticity
                lumps = apportion(pull / pull.sum() * n)
                holders.append(np.repeat(rows, lumps))
                at += n
        start[r, n_sectors] = at
    base.cell_start = start
    base.customer_firm = np.concatenate(holders) if holders else np.zeros(0, np.int64)
    # Public employers keep the clients they have: the state decides what it buys.
    base.public_rows = np.flatnonzero(f.alive & (f.sector == PUBLIC))
    base.public_customers = f.employees[base.public_rows].astype(np.float64)
    # The weight of each cell at the start: against it later attraction is measured.
    customers = np.bincount(base.customer_firm, minlength=f.capacity).astype(np.float64)
    customers[base.public_rows] = base.public_customers
    weight = customers * (f.price / p.numeraire) ** -p.seller_elasticity
    np.add.at(base.base_customers, (f.region, f.sector), np.where(f.alive, weight, 0.0))


def name_suppliers(model: RegionalModel) -> None:
    """First suppliers of critical inputs, by gravity and the customers' choice."""
    f, base = model.firms, model.base
    for row in np.flatnonzero(f.alive):
        for k in range(N_CRITICAL):
            g = base.critical[f.sector[row], k]
            for j in range(model.params.n_suppliers if g >= 0 else 0):
                slot = k * N_SUPPLIERS + j
                f.supplier[row, slot] = find_supplier(
                    model.seed, 0, f.identity[row], 100 + slot, f.region[row], g,
                    base.supplier_reach, base.cell_start, base.customer_firm,
                )  # fmt: skip


def lay_vacancy_table(model: RegionalModel) -> None:
    """Places for open jobs by region: fixed for the whole run, the same in every world."""
    base = model.base
    workforce = (base.employees + base.own_account).sum(axis=1) + base.unemployed
    size = np.maximum(workforce // _PEOPLE_PER_PLACE, 8)
    base.place_offset = np.concatenate([[0], np.cumsum(size)]).astype(np.int64)
    base.place = np.full(int(base.place_offset[-1]), -1, np.int32)
    base.place_priority = np.zeros(int(base.place_offset[-1]), np.uint64)


def fill_households(model: RegionalModel) -> None:
    """Incomes of a base month and the deposits that go with them, scaled to the table's total."""
    w, base, p, f = model.workers, model.base, model.params, model.firms
    resident = w.status != ABROAD
    per_head = (base.transfers + base.other_inflows) / max(int(resident.sum()), 1)
    income = np.where(resident, max(per_head, 0.0), base.remittance)
    working = w.status == EMPLOYEE
    income[working] += w.wage[working] * (1.0 - p.income_tax_rate)
    own = w.status == OWN_ACCOUNT
    income[own] += base.pool_income[w.region[own], w.pool_sector[own]] * w.skill[own]
    owners = f.founder[f.founder >= 0]
    profit = f.surplus[f.founder >= 0] * (1.0 - p.profit_tax_rate)
    np.add.at(income, owners, np.maximum(profit, 0.0))
    share = base.accounts["payout_share"]
    np.add.at(w.dividends, owners, share * np.maximum(f.surplus[f.founder >= 0], 0.0))
    w.income[:] = income
    draw_savings(
        model.seed, p.wealth_months, p.savings_sd, w.identity, w.income, w.thrift, w.savings
    )
    total = float(w.savings.sum())
    w.savings *= base.accounts["wealth"] * p.numeraire / max(total, 1e-9)


def give_row(model: RegionalModel, plant: Plant, number: int) -> None:
    """Set up the firm row through which a plant hires, buys and pays (one code path for all)."""
    f = model.firms
    row = f.capacity - PLANT_ROWS + number
    plant.row = row
    f.region[row] = plant.region
    f.origin[row], f.ownership[row] = PLANT, FOREIGN
    f.desired_staff[row] = 0
    f.local_purchases[row] = plant.site.local_purchases
    f.job_worth[row] = model.base.job_worth[plant.region, f.sector[row]]
