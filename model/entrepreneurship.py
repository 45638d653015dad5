"""Exit of firms that cannot pay, and entry of firms that individuals found (rules.md 15, 16)."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from model import draws, threads
from model.accounts import FIRMS, HOUSEHOLDS, WORLD, Kind
from model.channels import Opening
from model.demography import note_exits
from model.firms import FOREIGN
from model.markets.credit import borrowing_room, call_guarantees, start_up_share
from model.markets.labour import separate
from model.new_firms import first_capital, free_row, open_firm, own_funds
from model.spin_offs import heritage_of, tender_rents
from model.workers import ABROAD

if TYPE_CHECKING:
    from model.model import RegionalModel


# --- Exit -----------------------------------------------------------------------------------------


@njit(cache=True)
def list_closing(  # type: ignore[no-untyped-def]
    market_sector, patience, room, alive, ownership, sector, age, supplier_tier, cash, orders,
    customers,
):  # fmt: skip
    """Rows of firms whose overdraft is above the `room` to borrow, and of firms that sell nothing."""
    closing, n = np.empty(len(alive), np.int64), 0
    for f in range(len(alive)):
        if not alive[f] or not market_sector[sector[f]]:
            continue
        broke = cash[f] < 0.0 and -cash[f] > room[f]
        idle = orders[f] <= 0.0 and customers[f] <= 0.0 and age[f] > 6
        # Who has won a tender waits for its first delivery; a follower's parent gives it time to win.
        waiting = supplier_tier[f] == 1 or (ownership[f] == FOREIGN and age[f] <= patience)
        if broke or (idle and not waiting):
            closing[n] = f
            n += 1
    return closing[:n]


def close_insolvent_firms(model: RegionalModel) -> None:
    """Phase 11a: firms without cash or credit, and firms that sell nothing, close.

    The overdraft and the debt are the bank's loss; what cash is left goes to the owner, abroad if
    the firm is foreign; staff are released; stocks and capital are scrapped.
    """
    f, base = model.firms, model.base
    closing = list_closing(
        base.market_sector, model.params.follow_patience, borrowing_room(model), f.alive,
        f.ownership, f.sector, f.age, f.supplier_tier, f.cash, f.orders, f.customers,
    )  # fmt: skip
    model.exits = len(closing)
    model.overdrafts_written_off = float(np.maximum(-f.cash[closing], 0.0).sum())
    if len(closing) == 0:
        return
    model.accounts.write_off(float(f.debt[closing].sum()) + model.overdrafts_written_off)
    note_exits(model, closing)
    call_guarantees(model, closing)
    left = np.maximum(f.cash[closing], 0.0)
    foreign = f.ownership[closing] == FOREIGN
    np.add.at(model.workers.savings, f.founder[closing[~foreign]], left[~foreign])
    model.accounts.post(FIRMS, HOUSEHOLDS, Kind.DIVIDENDS, float(left[~foreign].sum()))
    model.accounts.post(FIRMS, WORLD, Kind.DIVIDENDS, float(left[foreign].sum()))
    f.cash[closing] = 0.0
    f.debt[closing] = 0.0
    f.alive[closing] = False
    for name in ("inventory", "input_stock", "input_order", "capital", "investment", "surplus",
                 "orders", "expected_sales", "customers", "skill_sum", "wage_bill", "revenue",
                 "material_cost", "desired_staff", "vacancies"):  # fmt: skip
        getattr(f, name)[closing] = 0
    model.activity[closing] = 0.0
    release_staff(model)


@njit(cache=True, nogil=True)
def list_released(first, last, closed, employer):  # type: ignore[no-untyped-def]
    """Rows of employees whose firm has `closed`: flag of firms, then a last one for no employer."""
    found, n = np.empty(last - first, np.int64), 0
    for i in range(first, last):
        # Written always, kept if it counts: a guess of who is released would cost more.
        found[n] = i
        n += int(closed[employer[i]])
    return found[:n].copy()


def release_staff(model: RegionalModel) -> None:
    """Everybody whose employer closed is unemployed."""
    w, f = model.workers, model.firms
    closed = np.append(~f.alive, False)
    released = threads.list_rows(
        w.capacity, lambda first, last: list_released(first, last, closed, w.employer)
    )
    separate(released, w.status, w.employer, w.tenure, w.jobless_months, f.employees)


# --- Entry ----------------------------------------------------------------------------------------


@njit(cache=True, nogil=True)
def propose_firms(  # type: ignore[no-untyped-def]
    first, last, seed, month, propensity, elasticity, culture, funds_needed, profit, sector_reach,
    identity, region, status, skill, disposition, savings, most,
):  # fmt: skip
    """Who founds a firm this month, and in which sector: rows and sectors [n, 2], at most `most`.

    P = 1 − exp(−λ · disposition · skill · 1[savings + loan ≥ capital] · (π/mean)^η), Evans &
    Jovanovic (1989), Klepper (2007). The sector considered is drawn from where firms are;
    `culture` [R] is the region's lasting readiness to found (Fritsch & Wyrwich 2014).
    """
    found, n = np.empty((most, 2), np.int64), 0
    u, eager = np.empty(draws.STRIPE, np.float64), np.empty(draws.STRIPE, np.int64)
    # No profit makes anybody 33 times as ready: most need no second look (a hair more than 32,
    # since the products below round differently).
    readiest = 32.000001 * propensity * culture
    for start in range(first, last, draws.STRIPE):
        size = min(draws.STRIPE, last - start)
        draws.fill_uniforms(seed, draws.FOUND, identity[start : start + size], month, 0, u)
        few = 0
        for k in range(size):
            i = start + k
            ready = np.float64(disposition[i]) * np.float64(skill[i])
            eager[few] = k
            few += int(u[k] <= readiest[region[i]] * ready)
        for k in eager[:few]:
            i, r = start + k, region[start + k]
            rate = propensity * culture[r] * np.float64(disposition[i]) * np.float64(skill[i])
            if u[k] > rate * 32.0 or status[i] == ABROAD or savings[i] <= 0.0:
                continue
            v = draws.uniform2(seed, draws.FOUND, identity[i], month, 0)[1]
            s = 0
            while s < sector_reach.shape[1] - 1 and v > sector_reach[r, s]:
                s += 1
            if savings[i] < funds_needed[r, s] or n == most:
                continue
            rate *= min(math.pow(profit[r, s], elasticity), 32.0)
            if u[k] < 1.0 - math.exp(-rate):
                found[n, 0], found[n, 1] = i, s
                n += 1
    return found[:n].copy()


@njit(cache=True)
def sum_surplus(  # type: ignore[no-untyped-def]
    market_sector, norm_surplus, alive, region, sector, surplus, sales, price, earned, usual
):  # fmt: skip
    """Add up surplus, and the base-year margin on sales, of firms on the market [R, S] each."""
    for f in range(len(alive)):
        s = sector[f]
        if alive[f] and market_sector[s]:
            earned[region[f], s] += surplus[f]
            usual[region[f], s] += norm_surplus[s] * sales[f] * price[f]


def cell_surplus(model: RegionalModel) -> tuple[np.ndarray, np.ndarray]:
    """Operating surplus of incumbents, and what the base-year margin would give on their sales.

    KGS a month [R, S].
    """
    f, base = model.firms, model.base
    earned, usual = np.zeros(base.firm_output.shape), np.zeros(base.firm_output.shape)
    sum_surplus(
        base.market_sector, base.norm_surplus, f.alive, f.region, f.sector, f.surplus, f.sales,
        f.price, earned, usual,
    )  # fmt: skip
    return earned, usual


def profit_opportunity(model: RegionalModel) -> np.ndarray:
    """Operating surplus of incumbents over revenue, against its base-year norm [R, S].

    The rent that a founder sees, with the rents of open tenders in reach, and, by
    `unmet_demand_weight`, what demand without a seller would have earned. Cells without firms
    count as normal: nobody has seen them fail.
    """
    surplus, usual = cell_surplus(model)
    if model.open_tenders:
        surplus = surplus + tender_rents(model)
    opportunity: np.ndarray = weigh_opportunity(
        model.params.unmet_demand_weight, model.base.market_sector, surplus, usual,
        model.market.filled,
    )  # fmt: skip
    return opportunity


@njit(cache=True)
def weigh_opportunity(weight, market_sector, surplus, usual, filled):  # type: ignore[no-untyped-def]
    """Surplus over the usual one, and `weight` times what unserved demand would have earned [R, S].

    `filled` [B, S]: part of demand that was served. At the same margins, serving all who asked would
    have earned 1 / filled as much.
    """
    out = np.ones(surplus.shape)
    for r in range(surplus.shape[0]):
        for s in range(surplus.shape[1]):
            if usual[r, s] > 0.0:
                out[r, s] = surplus[r, s] / usual[r, s]
            if market_sector[s]:
                served = min(max(filled[r, s], 0.2), 1.0)
                out[r, s] *= 1.0 + weight * (1.0 / served - 1.0)
            out[r, s] = min(max(out[r, s], 0.05), 5.0)
    return out


def rent_shares(model: RegionalModel) -> np.ndarray:
    """Part of what draws founders to a cell that is the rent of open tenders, 0 to 1 [R, S]."""
    if not model.open_tenders:
        return np.zeros(model.base.firm_output.shape)
    rents = tender_rents(model)
    whole = rents + np.maximum(cell_surplus(model)[0], 0.0)
    return np.where(whole > 0.0, rents / np.where(whole > 0.0, whole, 1.0), 0.0)


def found_firms(model: RegionalModel) -> None:
    """Phase 11b: founders put savings and a loan into a new firm with a few customers."""
    w, p, base = model.workers, model.params, model.base
    funds = own_funds(model)
    profit, most = profit_opportunity(model), len(model.founder_rows)
    found = threads.list_rows(
        w.capacity,
        lambda first, last: propose_firms(
            first, last, model.seed, model.period, p.founding_propensity, p.founding_elasticity,
            base.founding_culture, funds, profit, base.sector_reach, w.identity, w.region, w.status,
            w.skill, w.disposition, w.savings, most,
        ),
    )[:most]  # fmt: skip
    n = len(found)
    model.founder_rows[:n], model.founder_sectors[:n] = found[:, 0], found[:, 1]
    n = model.clamp.list_founders(model, n, funds)
    opened: list[Opening] = []
    model.entries = 0
    if n > 0:
        capital, lent = first_capital(model), start_up_share(model)
        rents = rent_shares(model)
        entry_open = model.clamp.entry_open(model.period)
    for i, s in zip(model.founder_rows[:n], model.founder_sectors[:n], strict=True):
        r = int(w.region[i])
        row = free_row(model, r, int(s), w.identity[i])
        if row < 0:
            model.entries_without_room += 1
            continue
        heritage = heritage_of(model, int(i), int(s), float(rents[r, s]) if entry_open else 0.0)
        if not entry_open:
            heritage = replace(heritage, knowledge=0.0)
        goods = float(capital[r, s])
        open_firm(model, row, int(i), (float(funds[r, s]), goods, lent * goods), heritage)
        opened.append(Opening(int(i), int(w.identity[i]), int(s)))
        model.entries += 1
    model.path.note_openings(model.period, opened)


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
