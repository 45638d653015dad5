"""Pay day: what workers get from firms, pools, government and abroad, and what they will spend."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from model import institutions, threads
from model.accounts import BANK, FIRMS, GOVERNMENT, HOUSEHOLDS, WORLD, Kind
from model.markets import credit, pools
from model.workers import pay_incomes

if TYPE_CHECKING:
    from model.model import RegionalModel


def receive_incomes(model: RegionalModel) -> None:
    """Phase 7: wages, own-account income, transfers, remittances, loan service, budgets."""
    w, f, p, base, market = model.workers, model.firms, model.params, model.base, model.market
    pools.pay_out_pools(model)
    per_head = institutions.pay_transfers(model)
    f.wage_bill[:] = model.wages_due
    n_blocks = threads.blocks(w.capacity)
    budgets, sums = np.zeros((n_blocks, len(per_head))), np.zeros((n_blocks, 9))
    remittance = base.remittance * p.exchange_rate_index * p.remittance_index
    threads.over_rows(
        w.capacity,
        lambda first, last: pay_incomes(
            first, last, p.income_tax_rate, p.own_account_tax_rate, per_head, remittance, market.pool_pay,
            p.income_propensity, base.wealth_propensity, w.region, w.status, w.pool_sector,
            w.skill, w.wage, w.dividends, w.debt, w.car_rate, w.car_subsidy, 1.0 / p.car_loan_months, w.thrift, w.savings,
            w.income, w.budget, budgets, sums,
        ),
    )  # fmt: skip
    model.region_budget = budgets.sum(axis=0)
    model.clamp.clamp_budgets(model)
    model.path.note_incomes(model)
    model.region_wages = np.bincount(f.region, f.wage_bill, minlength=len(per_head))
    wages, income_tax, _, own_tax, _, sent, interest, principal, subsidy = sums.sum(axis=0)
    market.pool_cash -= market.pool_pay * market.pool_skill
    social = p.social_rate_employer * f.wage_bill
    f.cash -= f.wage_bill + social
    post = model.accounts.post
    post(FIRMS, HOUSEHOLDS, Kind.WAGES, float(wages))
    post(FIRMS, GOVERNMENT, Kind.SOCIAL, float(social.sum()))
    post(HOUSEHOLDS, GOVERNMENT, Kind.INCOME_TAX, float(income_tax + own_tax))
    post(WORLD, HOUSEHOLDS, Kind.REMITTANCES, float(sent))
    credit.post_household_loan_service(model, float(interest), float(principal))
    model.bank.count_household_loans()
    # A soft loan is the state's: it makes up to the bank what the buyer does not pay.
    post(GOVERNMENT, BANK, Kind.SUBSIDIES, float(subsidy))
