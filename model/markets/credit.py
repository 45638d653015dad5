"""Credit: one bank lends to firms within limits (rules.md 6, 17); no free finance.

Loans ≤ min(loan-to-value × capital, 3 × yearly operating surplus), amortised over five years.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from model.accounts import BANK, FIRMS, GOVERNMENT, HOUSEHOLDS, Kind
from model.firms import STATE

if TYPE_CHECKING:
    from model.model import RegionalModel


# Above this staff an employer is large, and no lever on credit is for it.
_SME_STAFF = 250


def favoured(model: RegionalModel) -> np.ndarray:
    """Firms that the credit levers are for: private SMEs, or those that can make parts [capacity]."""
    f = model.firms
    chosen: np.ndarray = f.alive & (f.ownership != STATE) & (f.employees < _SME_STAFF)
    chosen &= f.sector != model.base.vehicles
    return chosen & (f.component >= 0) if model.params.credit_scope == "parts" else chosen


def guaranteed_part(model: RegionalModel) -> np.ndarray:
    """Part of a new loan that the state guarantees [capacity]."""
    part: np.ndarray = np.where(favoured(model), model.params.guarantee_share, 0.0)
    return part


def firm_rates(model: RegionalModel) -> np.ndarray:
    """Yearly interest that each firm pays itself [capacity]; the budget pays the rest."""
    p = model.params
    rates = np.full(model.firms.capacity, p.loan_rate)
    if p.sme_rate_subsidy > 0.0:
        rates[favoured(model)] = max(p.loan_rate - p.sme_rate_subsidy, 0.0)
    return rates


def loans_over_capital(loan_to_value: float, guarantee: float) -> float:
    """Loan per KGS of collateral: what the state does not guarantee needs the usual cover.

    loan · (1 − guarantee) ≤ loan_to_value · collateral: the bank's own risk is as before
    (Cowling 2010; Riding, Madill & Haines 2007).
    """
    return loan_to_value / (1.0 - guarantee)


def start_up_share(model: RegionalModel) -> float:
    """Part of an entrant's first capital that the bank lends; 0 while it does not lend."""
    p = model.params
    if not model.bank.lending:
        return 0.0
    return min(loans_over_capital(p.loan_to_value, start_up_guarantee(model)), 1.0)


def start_up_guarantee(model: RegionalModel) -> float:
    """Part of an entrant's loan that the state guarantees: an entrant makes no parts yet."""
    p = model.params
    return p.guarantee_share if p.credit_scope == "all" else 0.0


@njit(cache=True)
def room_within_limits(  # type: ignore[no-untyped-def]
    vehicles, cover, price_of_capital, alive, ownership, region, sector, capital, surplus, debt
):  # fmt: skip
    """What `cover` of the capital and three years' surplus allow beyond the debt, KGS [capacity]."""
    room = np.zeros(len(alive))
    for f in range(len(alive)):
        if not alive[f] or ownership[f] == STATE or sector[f] == vehicles:
            continue
        collateral = cover[f] * max(capital[f], 0.0) * price_of_capital[region[f]]
        limit = min(collateral, 36.0 * max(surplus[f], 0.0))
        room[f] = max(limit - debt[f], 0.0)
    return room


def borrowing_room(model: RegionalModel) -> np.ndarray:
    """What each firm may still borrow, KGS [capacity]; 0 for state bodies and plants.

    A plant's losses are its parent's to lend for (rules.md 18).
    """
    f, p, base = model.firms, model.params, model.base
    cover = np.full(f.capacity, p.loan_to_value)
    if p.guarantee_share > 0.0:
        cover[favoured(model)] = loans_over_capital(p.loan_to_value, p.guarantee_share)
    room: np.ndarray = room_within_limits(
        base.vehicles, cover, model.market.capital_price, f.alive, f.ownership, f.region, f.sector,
        f.capital, f.surplus, f.debt,
    )  # fmt: skip
    return room


@njit(cache=True)
def serve_debts(rates, loan_months, debt, guaranteed, cash):  # type: ignore[no-untyped-def]
    """Every firm pays a month's interest and principal: KGS [capacity] each."""
    interest, principal = np.zeros(len(debt)), np.zeros(len(debt))
    for f in range(len(debt)):
        interest[f] = debt[f] * (rates[f] / 12.0)
        principal[f] = debt[f] / loan_months
        cash[f] -= interest[f] + principal[f]
        debt[f] -= principal[f]
        guaranteed[f] -= guaranteed[f] / loan_months
    return interest, principal


@njit(cache=True)
def take_loans(debt_financed, room, investment, debt, cash):  # type: ignore[no-untyped-def]
    """Loans for a part of investment and for overdrafts, within the room there is: KGS [capacity]."""
    loans = np.zeros(len(debt))
    for f in range(len(debt)):
        wanted = debt_financed * investment[f] + max(-cash[f], 0.0)
        loans[f] = min(wanted, room[f])
        debt[f] += loans[f]
        cash[f] += loans[f]
    return loans


def lend_to_firms(model: RegionalModel) -> None:
    """Phase 4: debt service, then new loans for investment and for overdrafts."""
    f, p = model.firms, model.params
    usual = f.debt * (p.loan_rate / 12.0)
    interest, principal = serve_debts(
        firm_rates(model), p.loan_months, f.debt, f.guaranteed, f.cash
    )
    # What the budget pays of the interest of favoured firms.
    subsidy = float((usual - interest).sum()) if p.sme_rate_subsidy > 0.0 else 0.0
    model.bank.rate_subsidy = subsidy
    model.accounts.post(GOVERNMENT, BANK, Kind.SUBSIDIES, subsidy)
    model.accounts.post(FIRMS, BANK, Kind.INTEREST, float(interest.sum()))
    model.accounts.post(FIRMS, BANK, Kind.REPAYMENTS, float(principal.sum()))
    if not model.bank.lending:
        return
    loan = take_loans(p.debt_financed, borrowing_room(model), f.investment, f.debt, f.cash)
    if p.guarantee_share > 0.0:
        f.guaranteed += guaranteed_part(model) * loan
    model.accounts.post(BANK, FIRMS, Kind.LOANS, float(loan.sum()))


def call_guarantees(model: RegionalModel, closing: np.ndarray) -> None:
    """Government makes good to the bank the guaranteed part of the debts of closing rows."""
    f = model.firms
    model.accounts.post(GOVERNMENT, BANK, Kind.GUARANTEES, float(f.guaranteed[closing].sum()))
    f.guaranteed[closing] = 0.0


def post_household_loan_service(model: RegionalModel, interest: float, principal: float) -> None:
    """The ledger's side of what households paid on car loans."""
    model.accounts.post(HOUSEHOLDS, BANK, Kind.INTEREST, interest)
    model.accounts.post(HOUSEHOLDS, BANK, Kind.REPAYMENTS, principal)
