"""Government, the bank and the world outside: one registered Mesa agent each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa
import numpy as np
from numba import njit

from model.accounts import BANK, FIRMS, GOVERNMENT, HOUSEHOLDS, WORLD, Kind
from model.firms import FOREIGN, STATE
from model.levers import in_tax_holiday
from model.markets.credit import borrowing_room, firm_rates
from model.workers import ABROAD

if TYPE_CHECKING:
    from model.model import RegionalModel
    from model.plant import Plant


class Government(mesa.Agent):
    """Taxes, buys, transfers and owes.

    Attributes
    ----------
    public_debt : KGS owed to the bank.
    transfers : KGS a month paid to residents, per head alike.
    norm_transfers : the same at base prices with debt at its target.
    assisted_share : part of the firms that can make parts which the supplier fund reaches.
    logistics_stock : freight routes built beyond the base year's, base KGS in agent units.
    logistics_units, logistics_spending : asked for this month [R], and paid, KGS.
    """

    def __init__(self, model: RegionalModel) -> None:
        super().__init__(model)
        base, p = model.base, model.params
        self.public_debt = p.public_debt_target * base.gdp * 12.0
        self.transfers = base.transfers
        self.norm_transfers = base.transfers
        self._debt_before = self.public_debt
        self.assisted_share = 0.0
        self.logistics_stock = 0.0
        self.logistics_units = np.zeros(len(base.region_wage))
        self.logistics_spending = 0.0

    def set_transfers(self) -> None:
        """Transfers follow prices and lean against debt (Bohn 1998): half-life of the gap 5 years.

        d transfers = −φ(debt − target·GDP): real government purchases stay as they are. During
        the burn-in their norm is settled such that the budget balances without the gap's help;
        from 2023 on it stays.
        """
        m: RegionalModel = self.model
        p = m.params
        level = m.price_level
        target = p.public_debt_target * m.base.gdp * 12.0 * level
        if m.period < 0:
            surplus = self._debt_before - self.public_debt
            self.norm_transfers += p.budget_settling * surplus / level
        self._debt_before = self.public_debt
        self.transfers = self.norm_transfers * level
        if m.period >= 0:
            self.transfers -= p.fiscal_response * (self.public_debt - target)
        self.transfers = m.clamp.clamp_transfers(m.period, self.transfers)


class Bank(mesa.Agent):
    """The one bank, with the central bank in it (rules.md 6).

    Attributes
    ----------
    reserves, equity : KGS.
    household_loans : car loans outstanding, KGS, as last counted: when they are served, and when
        cars have been bought.
    rate_subsidy : interest of firms that the budget paid this month, KGS.
    lending : whether capital allows new loans.
    """

    def __init__(self, model: RegionalModel) -> None:
        super().__init__(model)
        self.reserves = 0.0
        self.equity = 0.0
        self.rate_subsidy = 0.0
        self.household_loans = 0.0

    @property
    def loans(self) -> float:
        """All loans outstanding, KGS."""
        m: RegionalModel = self.model
        return float(m.firms.debt.sum()) + self.household_loans

    def count_household_loans(self) -> None:
        """Nothing but their service and new ones for cars changes them."""
        m: RegionalModel = self.model
        self.household_loans = float(m.workers.debt.sum())

    @property
    def lending(self) -> bool:
        """Lends while equity is at least the minimum share of the loans the month opened with."""
        m: RegionalModel = self.model
        opening = m.accounts.opening
        loans = opening["household_loans"] + opening["firm_loans"]
        return bool(self.equity >= m.params.bank_capital_minimum * loans)

    def credit_lines(self) -> np.ndarray:
        """What each firm may still borrow, KGS [capacity]; nothing while the bank does not lend."""
        m: RegionalModel = self.model
        return borrowing_room(m) * float(self.lending)

    def open_books(self) -> None:
        """Equity at target; reserves are what makes the first balance sheet balance."""
        m: RegionalModel = self.model
        self.count_household_loans()
        self.equity = m.params.bank_capital_target * self.loans
        stocks = m.accounts.stocks()
        deposits = sum(
            stocks[k] for k in ("household_deposits", "firm_deposits", "importer_deposits")
        )
        self.reserves = deposits + self.equity - self.loans - m.government.public_debt
        m.accounts.open_month()

    def pay_out(self) -> None:
        """Profit above the capital target goes to households; a hole is filled by the state."""
        m: RegionalModel = self.model
        p = m.params
        post = m.accounts.post
        post(GOVERNMENT, BANK, Kind.INTEREST, m.government.public_debt * p.public_debt_rate / 12.0)
        excess = self.equity - p.bank_capital_target * self.loans
        if excess > 0.0:
            m.spread_over_residents(BANK, Kind.DIVIDENDS, p.payout_speed * excess)
        elif self.equity < 0.0:
            post(GOVERNMENT, BANK, Kind.RECAPITALISATION, -self.equity)


class Outside(mesa.Agent):
    """The world outside: prices of imports and demand for exports.

    The recorded series of cars (transit, import prices) are read in `importers.py`.
    """

    @property
    def demand(self) -> float:
        """Foreign demand for exports relative to the base year."""
        m: RegionalModel = self.model
        return m.params.foreign_demand_index

    def apply(self) -> None:
        """Phase 1: this month's prices and demand from abroad."""
        m: RegionalModel = self.model
        p = m.params
        m.market.import_price = p.numeraire * p.exchange_rate_index * p.world_price_index
        m.market.quote_prices()


@njit(cache=True)
def divide_surplus(  # type: ignore[no-untyped-def]
    vehicles, social_rate, tax_rate, cash_months, payout_speed, patience, rates, alive, ownership,
    sector, age, founder, revenue, material_cost, wage_bill, debt, surplus, cash,
):  # fmt: skip
    """Surplus of the month, the tax on it, and what is spare of the firm's cash.

    Returns in KGS: tax, and what the budget adds to public employers [capacity]; what they hand it;
    what foreign firms pay their parents; and the owners of the others (worker rows) with what they
    get, by rising row of the firm. What a parent gave a young firm to start with stays there.
    """
    n = len(alive)
    tax, short = np.zeros(n), np.zeros(n)
    to_state, to_parents, to_owners = np.empty(n), np.empty(n), np.empty(n)
    owner = np.empty(n, np.int64)
    states, parents, owners = 0, 0, 0
    for f in range(n):
        if not alive[f] or sector[f] == vehicles:
            continue
        now = revenue[f] - material_cost[f] - wage_bill[f] * (1.0 + social_rate)
        surplus[f] += (now - surplus[f]) / 12.0
        if ownership[f] == STATE:
            short[f] = max(-cash[f], 0.0)
        else:
            tax[f] = tax_rate * max(now - debt[f] * rates[f] / 12.0, 0.0)
            cash[f] -= tax[f]
        out = 0.0
        if ownership[f] != FOREIGN or age[f] > patience:
            need = cash_months * (wage_bill[f] + material_cost[f])
            out = payout_speed * max(cash[f] - need, 0.0)
        cash[f] += short[f] - out
        if ownership[f] == STATE:
            to_state[states] = out
            states += 1
        elif ownership[f] == FOREIGN:
            to_parents[parents] = out
            parents += 1
        elif out > 0.0:
            to_owners[owners], owner[owners] = out, founder[f]
            owners += 1
    return tax, short, to_state[:states], to_parents[:parents], owner[:owners], to_owners[:owners]


def levy_and_pay_out(model: RegionalModel) -> None:
    """Phase 12: profit tax, dividends to owners, the state's part, the bank's pay-out."""
    f, p = model.firms, model.params
    tax, short, to_state, to_parents, owner, to_owners = divide_surplus(
        model.base.vehicles, p.social_rate_employer, p.profit_tax_rate, p.cash_months,
        p.payout_speed, p.follow_patience, firm_rates(model), f.alive, f.ownership, f.sector, f.age,
        f.founder, f.revenue, f.material_cost, f.wage_bill, f.debt, f.surplus, f.cash,
    )  # fmt: skip
    model.accounts.post(FIRMS, GOVERNMENT, Kind.PROFIT_TAX, float(tax.sum()))
    for plant in model.plants:
        due = p.profit_tax_rate * max(plant_profit(model, plant), 0.0)
        if in_tax_holiday(plant):
            plant.note("profit_tax_forgone", due)
        else:
            plant.pay(GOVERNMENT, Kind.PROFIT_TAX, due)
    # Public employers are kept solvent by the budget and hand it what they do not need.
    model.accounts.post(GOVERNMENT, FIRMS, Kind.TRANSFERS, float(short.sum()))
    model.accounts.post(FIRMS, GOVERNMENT, Kind.DIVIDENDS, float(to_state.sum()))
    model.supplier_profits_abroad = float(to_parents.sum())
    model.accounts.post(FIRMS, WORLD, Kind.DIVIDENDS, model.supplier_profits_abroad)
    np.add.at(model.workers.savings, owner, to_owners)
    np.add.at(model.workers.dividends, owner, to_owners)
    model.accounts.post(FIRMS, HOUSEHOLDS, Kind.DIVIDENDS, float(to_owners.sum()))
    model.bank.pay_out()
    model.settle_with_residents()


def plant_profit(model: RegionalModel, plant: Plant) -> float:
    """A plant's taxable profit of the month, KGS.

    Sales less VAT, duties and fees paid, kits and parts used, other inputs, commissions, staff and
    interest. The agreement exempts it from VAT and duty on kits, not from the tax on profit.
    """
    f, p = model.firms, model.params
    used = plant.month.get("materials_used_value", 0.0)
    staff = float(f.wage_bill[plant.row]) * (1.0 + p.social_rate_employer)
    interest = plant.parent_debt * p.parent_loan_rate / 12.0
    sales = plant.month.get("plant_sales_value", 0.0) + plant.month.get("service_exports", 0.0)
    inputs = float(f.material_cost[plant.row]) + plant.month.get("commissions", 0.0)
    taxes = plant.month.get("taxes_paid", 0.0)
    return sales - taxes - used - inputs - staff - interest


def pay_transfers(model: RegionalModel) -> np.ndarray:
    """Phase 7: what residents get per head from government and from unrecorded inflows, KGS [R].

    The kernel that pays households reads it; per head alike, for want of a record of who gets it.
    """
    base, government = model.base, model.government
    government.set_transfers()
    inflows = base.other_inflows * model.params.exchange_rate_index
    resident = int(model.heads[:, 1:ABROAD].sum())
    per_head = (government.transfers + inflows) / max(resident, 1)
    if resident:
        model.accounts.post(GOVERNMENT, HOUSEHOLDS, Kind.TRANSFERS, government.transfers)
        model.accounts.post(WORLD, HOUSEHOLDS, Kind.OTHER_INFLOWS, inflows)
    return np.full(model.heads.shape[0], per_head)
