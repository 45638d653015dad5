"""Credit: one bank lends to firms within limits (rules.md 6, 17); no free finance.

Loans ≤ min(loan-to-value × capital, 3 × yearly operating surplus), amortised over five years.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from model.accounts import BANK, FIRMS, HOUSEHOLDS, Kind
from model.firms import STATE

if TYPE_CHECKING:
    from model.model import RegionalModel


def borrowing_room(model: RegionalModel) -> np.ndarray:
    """What each firm may still borrow, KGS [capacity]; 0 for state bodies and plants.

    A plant's losses are its parent's to lend for (rules.md 18).
    """
    f, p, base = model.firms, model.params, model.base
    collateral = (
        p.loan_to_value * np.maximum(f.capital, 0.0) * model.market.capital_price()[f.region]
    )
    limit = np.minimum(collateral, 3.0 * 12.0 * np.maximum(f.surplus, 0.0))
    may = f.alive & (f.ownership != STATE) & (f.sector != base.vehicles)
    return np.where(may, np.maximum(limit - f.debt, 0.0), 0.0)


def lend_to_firms(model: RegionalModel) -> None:
    """Phase 4: debt service, then new loans for investment and for overdrafts."""
    f, p = model.firms, model.params
    interest = f.debt * (p.loan_rate / 12.0)
    principal = f.debt / p.loan_months
    f.cash -= interest + principal
    f.debt -= principal
    model.accounts.post(FIRMS, BANK, Kind.INTEREST, float(interest.sum()))
    model.accounts.post(FIRMS, BANK, Kind.REPAYMENTS, float(principal.sum()))
    if not model.bank.lending:
        return
    wanted = p.debt_financed * f.investment + np.maximum(-f.cash, 0.0)
    loan = np.minimum(wanted, borrowing_room(model))
    f.debt += loan
    f.cash += loan
    model.accounts.post(BANK, FIRMS, Kind.LOANS, float(loan.sum()))


def post_household_loan_service(model: RegionalModel, interest: float, principal: float) -> None:
    """The ledger's side of what households paid on car loans."""
    model.accounts.post(HOUSEHOLDS, BANK, Kind.INTEREST, interest)
    model.accounts.post(HOUSEHOLDS, BANK, Kind.REPAYMENTS, principal)
