"""A contract's life: suppliers get ready, deliver, and contracts end.

Identities: units shipped leave the seller's stock and arrive as sets; the plant pays what the
seller gets. Limit: without contracts nothing changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from model.accounts import FIRMS, WORLD, Kind
from model.plant_money import borrow
from model.plant_parts import adjust_plan

if TYPE_CHECKING:
    from model.contracts import Contract
    from model.model import RegionalModel


def end_contracts(model: RegionalModel) -> None:
    """Contracts end by date, with a supplier that closed, and with a plant that stopped selling."""
    for one in list(model.contracts):
        gone = not model.firms.alive[one.firm] or model.firms.identity[one.firm] != one.identity
        if gone or not one.plant.selling:
            one.closed = model.period
        elif model.period <= one.end:
            continue
        end_contract(model, one)


def end_contract(model: RegionalModel, one: Contract) -> None:
    """Its volume leaves the seller's plans; the record stays."""
    adjust_plan(model, one, 0.0)
    one.sets = one.ordered = one.delivered = 0.0
    model.contracts.remove(one)
    model.past_contracts.append(one)


def prepare_suppliers(model: RegionalModel) -> None:
    """Winners order the capital goods without which they could not make it, in equal parts.

    Once the plan is in their expected sales, `plan_investment` does the rest from what it earns.
    Limited like all investment by cash above a month of costs and by what the bank lends.
    """
    if not model.contracts:
        return
    f, p, base = model.firms, model.params, model.base
    lines, price = model.bank.credit_lines(), model.market.capital_price
    for one in model.contracts:
        left = one.start - p.supplier_lead - model.period
        if one.plan > 0.0 or left <= 0:
            continue
        row = one.firm
        # A renewal takes the place of a contract whose volume is in the plans already.
        volume = one.share * expected_monthly(one) * one.units - plan_of_former(model, one)
        target = (f.expected_sales[row] + max(volume, 0.0)) / base.capacity_per_capital[
            f.sector[row]
        ]
        wish = max(target - f.capital[row], 0.0) / left * price[f.region[row]]
        room = f.cash[row] - f.material_cost[row] - f.wage_bill[row] - f.investment[row]
        lent = p.debt_financed * (wish + f.investment[row])
        room = max(room, 0.0) + min(lent, lines[row])
        f.investment[row] += min(max(wish - f.investment[row], 0.0), room)


def plan_of_former(model: RegionalModel, one: Contract) -> float:
    """Units a month in the seller's plans by its contract for the same part that ends before."""
    return sum(
        other.plan
        for other in model.contracts
        if (other.firm, other.component) == (one.firm, one.component)
        and other.plant is one.plant
        and other.end < one.start
    )


def expected_monthly(one: Contract) -> float:
    """Cars a month that the seller reckons with: the larger of what is planned and what was made."""
    made = one.plant.parts.made
    return max(one.plant.planned, sum(made) / max(len(made), 1))


def deliver_parts(model: RegionalModel) -> None:
    """Phase 6: suppliers ship contract orders from stock, before anybody else buys there.

    A firm that has less than it owes ships the same part of every order. Nobody stocks imported
    sub-parts, so of parts that need them only what passes the border can be finished.
    """
    corridor = float(model.params.corridor_open)
    f = model.firms
    f.part_sales[:] = 0.0
    owed: dict[int, float] = {}
    for one in model.contracts:
        owed[one.firm] = owed.get(one.firm, 0.0) + one.ordered
    filled = {
        row: min(1.0, max(float(f.inventory[row]), 0.0) / units) if units > 0.0 else 1.0
        for row, units in owed.items()
    }
    for one in model.contracts:
        if one.ordered > 0.0:
            most = corridor if one.bought_in > 0.0 else 1.0
            _ship(model, one, min(filled[one.firm], most))


def _ship(model: RegionalModel, one: Contract, filled: float) -> None:
    """Hand over and pay the part `filled` of one order; the plant remembers how reliable it is."""
    f, row = model.firms, one.firm
    units, sets = one.ordered * filled, one.sets * filled
    value, abroad = sets * one.price, sets * one.bought_in * float(model.market.import_price)
    f.orders[row] += one.ordered
    f.inventory[row] -= units
    f.sales[row] += units
    f.revenue[row] += value
    f.part_sales[row] += value
    f.cash[row] += value - abroad
    f.material_cost[row] += abroad
    model.accounts.post(FIRMS, WORLD, Kind.IMPORTS, abroad)
    borrow(one.plant, value)
    one.plant.pay(FIRMS, Kind.INPUTS, value)
    one.plant.parts.take(one.component, sets, value, value - abroad)
    one.plant.note("parts_bought_value", value)
    one.plant.note("parts_imported_value", abroad)
    one.delivered = units
    one.paid += value
    one.reliability += model.params.supplier_memory * (filled - one.reliability)
