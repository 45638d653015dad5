"""Exit of firms that cannot pay, and entry of firms that individuals found (rules.md 15, 16)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from model import draws
from model.accounts import BANK, FIRMS, HOUSEHOLDS, Kind
from model.channels import Opening
from model.firms import PRIVATE, SERVICE, TRADITIONAL
from model.markets.credit import borrowing_room
from model.workers import ABROAD, EMPLOYEE, UNEMPLOYED

if TYPE_CHECKING:
    from model.model import RegionalModel


# --- Exit -----------------------------------------------------------------------------------------


def close_insolvent_firms(model: RegionalModel) -> None:
    """Phase 11a: firms without cash or credit, and firms that sell nothing, close.

    The overdraft and the debt are the bank's loss; what cash is left goes to the owner; staff are
    released; stocks and capital are scrapped.
    """
    f, base = model.firms, model.base
    mortal = f.alive & base.market_sector[f.sector]
    broke = mortal & (f.cash < 0.0) & (-f.cash > borrowing_room(model))
    idle = mortal & (f.orders <= 0.0) & (f.customers <= 0.0) & (f.age > 6)
    closing = np.flatnonzero(broke | idle)
    model.exits = len(closing)
    model.overdrafts_written_off = float(np.maximum(-f.cash[closing], 0.0).sum())
    if len(closing) == 0:
        return
    model.accounts.write_off(float(f.debt[closing].sum()) + model.overdrafts_written_off)
    left = np.maximum(f.cash[closing], 0.0)
    np.add.at(model.workers.savings, f.founder[closing], left)
    model.accounts.post(FIRMS, HOUSEHOLDS, Kind.DIVIDENDS, float(left.sum()))
    f.cash[closing] = 0.0
    f.debt[closing] = 0.0
    f.alive[closing] = False
    for name in ("inventory", "input_stock", "input_order", "capital", "investment", "surplus",
                 "orders", "expected_sales", "customers", "skill_sum", "wage_bill", "revenue",
                 "material_cost", "desired_staff", "vacancies"):  # fmt: skip
        getattr(f, name)[closing] = 0
    model.activity[closing] = 0.0
    w = model.workers
    release_staff(f.alive, f.employees, w.status, w.employer, w.tenure, w.jobless_months)


@njit(cache=True)
def release_staff(alive, employees, status, employer, tenure, jobless_months):  # type: ignore[no-untyped-def]
    """Everybody whose employer closed is unemployed."""
    for i in range(len(status)):
        if status[i] == EMPLOYEE and not alive[employer[i]]:
            employees[employer[i]] -= 1
            status[i] = UNEMPLOYED
            employer[i] = -1
            tenure[i] = 0
            jobless_months[i] = 0


# --- Entry ----------------------------------------------------------------------------------------


@njit(cache=True)
def propose_firms(  # type: ignore[no-untyped-def]
    seed, month, propensity, elasticity, culture, funds_needed, profit, sector_reach, identity,
    region, status, skill, disposition, savings, founder, sector,
):  # fmt: skip
    """Who founds a firm this month, and in which sector; returns how many.

    P = 1 − exp(−λ · disposition · skill · 1[savings + loan ≥ capital] · (π/mean)^η), Evans &
    Jovanovic (1989), Klepper (2007). The sector considered is drawn from where firms are;
    `culture` [R] is the region's lasting readiness to found (Fritsch & Wyrwich 2014).
    """
    n = 0
    for i in range(len(status)):
        if status[i] == ABROAD or savings[i] <= 0.0:
            continue
        u, v = draws.uniform2(seed, draws.FOUND, identity[i], month, 0)
        r = region[i]
        most = propensity * culture[r] * np.float64(disposition[i]) * np.float64(skill[i]) * 32.0
        if u > most:
            continue
        s = 0
        last = sector_reach.shape[1] - 1
        while s < last and v > sector_reach[r, s]:
            s += 1
        if savings[i] < funds_needed[r, s] or n == len(founder):
            continue
        rate = most / 32.0 * min(math.pow(profit[r, s], elasticity), 32.0)
        if u < 1.0 - math.exp(-rate):
            founder[n] = i
            sector[n] = s
            n += 1
    return n


def profit_opportunity(model: RegionalModel) -> np.ndarray:
    """Operating surplus of incumbents over revenue, against its base-year norm [R, S].

    The rent that a founder sees. Cells without firms count as normal: nobody has seen them fail.
    """
    f, base = model.firms, model.base
    live = np.flatnonzero(f.alive & base.market_sector[f.sector])
    r, s = f.region[live], f.sector[live]
    n_sectors = base.firm_output.shape[1]
    cell = r.astype(np.int64) * n_sectors + s
    size = base.firm_output.size
    surplus = np.bincount(cell, f.surplus[live], size).reshape(base.firm_output.shape)
    norm = base.norm_surplus[s] * f.sales[live] * f.price[live]
    usual = np.bincount(cell, norm, size).reshape(base.firm_output.shape)
    seen = usual > 0.0
    ratio = np.where(seen, surplus / np.where(seen, usual, 1.0), 1.0)
    return np.clip(ratio, 0.05, 5.0)


def found_firms(model: RegionalModel) -> None:
    """Phase 11b: founders put savings and a loan into a new firm with a few customers."""
    w, p, base = model.workers, model.params, model.base
    funds = _own_funds(model)
    n = propose_firms(
        model.seed, model.period, p.founding_propensity, p.founding_elasticity,
        base.founding_culture,
        funds, profit_opportunity(model), base.sector_reach, w.identity, w.region, w.status, w.skill, w.disposition, w.savings,
        model.founder_rows, model.founder_sectors,
    )  # fmt: skip
    n = model.clamp.list_founders(model, n, funds)
    opened: list[Opening] = []
    model.entries = 0
    model.entries_without_room = 0
    capital = _first_capital(model)
    for i, s in zip(model.founder_rows[:n], model.founder_sectors[:n], strict=True):
        row = _free_row(model, int(i), int(s))
        if row < 0:
            model.entries_without_room += 1
            continue
        r = w.region[i]
        _open_firm(model, row, int(i), float(funds[r, s]), float(capital[r, s]))
        opened.append(Opening(int(i), int(w.identity[i]), int(s)))
        model.entries += 1
    model.path.note_openings(model.period, opened)


def _own_funds(model: RegionalModel) -> np.ndarray:
    """What a founder must bring, KGS [R, S].

    Fixed cost for some months, and the part of the first capital goods that the bank does not
    lend against (all of it when it does not lend).
    """
    p, base = model.params, model.base
    pay = base.wage * model.wage_index[:, None] * (1.0 + p.social_rate_employer)
    loan_share = p.loan_to_value if model.bank.lending else 0.0
    return p.entrant_months * pay + (1.0 - min(loan_share, 1.0)) * _first_capital(model)


def _first_capital(model: RegionalModel) -> np.ndarray:
    """Money for the capital goods of an entrant's first output, KGS [R, S]."""
    p, base = model.params, model.base
    units = base.norm_capital[None] * base.productivity * p.entrant_customers
    return p.entrant_capital_share * units * model.market.capital_price()[:, None]


def _free_row(model: RegionalModel, founder: int, s: int) -> int:
    """A row of the cell never used before, found from the founder's hash; -1 when none is left.

    By hash, so that an entrant in one world does not push the others' to other rows.
    """
    base, f, w = model.base, model.firms, model.workers
    r = int(w.region[founder])
    first, last = int(base.slot_start[r, s]), int(base.slot_start[r, s + 1])
    room = last - first
    if room == 0:
        return -1
    at = int(draws.integer(model.seed, draws.ENTRANT, w.identity[founder], model.period, 0, room))
    for k in range(room):
        row = first + (at + k) % room
        if not f.alive[row] and f.age[row] == 0 and f.founder[row] < 0:
            return row
    return -1


def _open_firm(model: RegionalModel, row: int, i: int, own: float, capital: float) -> None:
    """Set up one entrant: identity, books, owner's start-up money, loan, first customers."""
    f, w, p, base, m = model.firms, model.workers, model.params, model.base, model.market
    r, s = int(f.region[row]), int(f.sector[row])
    loan = min(p.loan_to_value, 1.0) * capital if model.bank.lending else 0.0
    w.savings[i] -= own
    model.accounts.post(HOUSEHOLDS, FIRMS, Kind.START_UP, own)
    model.accounts.post(BANK, FIRMS, Kind.LOANS, loan)
    identity = draws.child_identity(w.identity[i], model.period, 1)
    f.identity[row], f.alive[row] = identity, True
    f.origin[row] = TRADITIONAL if base.storable[s] else SERVICE
    f.ownership[row], f.founder[row] = PRIVATE, i
    f.parent[row] = w.employer[i] if w.status[i] == EMPLOYEE else -1
    f.age[row] = 0
    # Entrants do not know their productivity (Jovanovic 1982).
    z = draws.normal(model.seed, draws.ENTRANT, identity, model.period, 1)
    f.efficiency[row] = p.entrant_efficiency + p.entrant_spread * z
    f.productivity[row] = base.productivity[r, s] * math.exp(f.efficiency[row])
    f.cash[row], f.debt[row] = own + loan, loan
    f.wage_offer[row] = base.wage[r, s] * model.wage_index[r]
    f.markup[row] = base.norm_markup[s]
    normal = f.productivity[row] / (1.0 if base.storable[s] else 1.0 + p.capacity_slack)
    labour = f.wage_offer[row] * (1.0 + p.social_rate_employer) / normal
    f.unit_cost[row] = labour + m.unit_input_cost()[r, s]
    f.price[row] = f.markup[row] * f.unit_cost[row]
    f.expected_sales[row] = base.productivity[r, s] * p.entrant_customers
    f.orders[row] = f.expected_sales[row]
    f.investment[row] = capital
    f.surplus[row] = base.norm_surplus[s] * f.expected_sales[row] * p.numeraire
    f.supplier[row] = -1
    _hire_founder(model, row, i)
    first, last = int(base.cell_start[r, s]), int(base.cell_start[r, s + 1])
    for k in range(int(p.entrant_customers) if last > first else 0):
        at = draws.integer(model.seed, draws.ENTRANT, identity, model.period, 2 + k, last - first)
        m.customer_firm[first + at] = row


def _hire_founder(model: RegionalModel, row: int, i: int) -> None:
    """The founder is the first of the staff."""
    f, w = model.firms, model.workers
    if w.status[i] == EMPLOYEE:
        f.employees[w.employer[i]] -= 1
        f.skill_sum[w.employer[i]] -= float(w.skill[i])
    w.status[i], w.employer[i], w.pool_sector[i] = EMPLOYEE, row, -1
    w.wage[i] = f.wage_offer[row] * float(w.skill[i])
    w.tenure[i] = w.jobless_months[i] = 0
    f.employees[row], f.skill_sum[row] = 1, w.skill[i]


def founding_culture(model: RegionalModel) -> np.ndarray:
    """Firms per resident of each region against the country's mean in the base year [R].

    Regions differ in how readily firms are founded, and keep differing for generations (Fritsch &
    Wyrwich 2014). Without it births would follow people, and the capital would lose its firms.
    """
    f, base = model.firms, model.base
    n_regions = len(model.heads)
    live = f.alive & base.market_sector[f.sector]
    firms = np.bincount(f.region[live], minlength=n_regions)
    people = np.maximum(model.heads.sum(axis=1), 1)
    density = firms / people
    mean = max(firms.sum() / people.sum(), 1e-12)
    return density / mean


def sector_reach(model: RegionalModel) -> np.ndarray:
    """Cumulative shares of sectors that a founder considers, by region [R, S].

    Where firms are in the base year: people found firms in trades they see.
    """
    f, base = model.firms, model.base
    seen = np.zeros(base.firm_output.shape)
    live = f.alive & base.market_sector[f.sector]
    np.add.at(seen, (f.region[live], f.sector[live]), 1.0)
    total = np.maximum(seen.sum(axis=1, keepdims=True), 1.0)
    return np.cumsum(seen / total, axis=1)
