"""Credit: one bank lends to firms within limits (rules.md 6, 17); no free finance.

Loans ≤ min(loan-to-value × capital, 3 × yearly operating surplus), amortised over five years.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

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


def borrowing_room(model: RegionalModel) -> np.ndarray:
    """What each firm may still borrow, KGS [capacity]; 0 for state bodies and plants.

    A plant's losses are its parent's to lend for (rules.md 18).
    """
    f, p, base = model.firms, model.params, model.base
    cover = np.full(f.capacity, p.loan_to_value)
    if p.guarantee_share > 0.0:
        cover[favoured(model)] = loans_over_capital(p.loan_to_value, p.guarantee_share)
    collateral = cover * np.maximum(f.capital, 0.0) * model.market.capital_price[f.region]
    limit = np.minimum(collateral, 3.0 * 12.0 * np.maximum(f.surplus, 0.0))
    may = f.alive & (f.ownership != STATE) & (f.sector != base.vehicles)
    return np.where(may, np.maximum(limit - f.debt, 0.0), 0.0)


def lend_to_firms(model: RegionalModel) -> None:
    """Phase 4: debt service, then new loans for investment and for overdrafts."""
    f, p = model.firms, model.params
    interest = f.debt * (firm_rates(model) / 12.0)
    # What the budget pays of the interest of favoured firms.
    helped = f.debt * (p.loan_rate / 12.0) - interest
    model.bank.rate_subsidy = float(helped.sum()) if p.sme_rate_subsidy > 0.0 else 0.0
    model.accounts.post(GOVERNMENT, BANK, Kind.SUBSIDIES, model.bank.rate_subsidy)
    principal = f.debt / p.loan_months
    f.cash -= interest + principal
    f.debt -= principal
    f.guaranteed -= f.guaranteed / p.loan_months
    model.accounts.post(FIRMS, BANK, Kind.INTEREST, float(interest.sum()))
    model.accounts.post(FIRMS, BANK, Kind.REPAYMENTS, float(principal.sum()))
    if not model.bank.lending:
        return
    wanted = p.debt_financed * f.investment + np.maximum(-f.cash, 0.0)
    loan = np.minimum(wanted, borrowing_room(model))
    f.debt += loan
    if p.guarantee_share > 0.0:
        f.guaranteed += np.where(favoured(model), p.guarantee_share * loan, 0.0)
    f.cash += loan
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
