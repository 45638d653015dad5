"""Setting up a firm, whoever founds it: a row, an identity, prices, books, first customers.

Identity: what the owner and the bank put in is the cash it starts with.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from model import draws
from model.accounts import BANK, FIRMS, HOUSEHOLDS, Kind, Sector
from model.capability import first_quality
from model.demography import note_entry
from model.firms import PRIVATE
from model.markets.credit import start_up_guarantee, start_up_share
from model.workers import EMPLOYEE, efficiency_units

if TYPE_CHECKING:
    from model.model import RegionalModel


@dataclass(frozen=True)
class Heritage:
    """What an entrant is and brings: origin, part it can make (−1: none), know-how, quality.

    `quality` -1: an entrant's of the trade, and a part of the lead of `taught`, the quality that the founder
    knows from the last employer.
    """

    origin: int
    component: int = -1
    knowledge: float = 0.0
    quality: float = -1.0
    taught: float = 0.0


def own_funds(model: RegionalModel) -> np.ndarray:
    """What a founder must bring, KGS [R, S].

    Fixed cost for some months, and the part of the first capital goods that the bank does not
    lend against (all of it when it does not lend).
    """
    p, base = model.params, model.base
    pay = base.wage * model.wage_index[:, None] * (1.0 + p.social_rate_employer)
    return p.entrant_months * pay + (1.0 - start_up_share(model)) * first_capital(model)


def first_capital(model: RegionalModel) -> np.ndarray:
    """Money for the capital goods of an entrant's first output, KGS [R, S]."""
    p, base = model.params, model.base
    units = base.norm_capital[None] * base.productivity * p.entrant_customers
    return p.entrant_capital_share * units * model.market.capital_price[:, None]


def free_row(model: RegionalModel, r: int, s: int, identity: int | np.uint64) -> int:
    """A row of the cell never used before, found from this identity's hash; -1 when none is left.

    By hash, so that an entrant in one world does not push the others' to other rows.
    """
    base, f = model.base, model.firms
    first, last = int(base.slot_start[r, s]), int(base.slot_start[r, s + 1])
    room = last - first
    if room == 0:
        return -1
    at = int(draws.integer(model.seed, draws.ENTRANT, identity, model.period, 0, room))
    for k in range(room):
        row = first + (at + k) % room
        if not f.alive[row] and f.age[row] == 0 and f.founder[row] < 0:
            return row
    return -1


def set_up(
    model: RegionalModel, row: int, identity: np.uint64, heritage: Heritage, efficiency: float
) -> None:
    """Identity, capability, productivity, wage and price of a new firm; no money yet."""
    f, p, base, m = model.firms, model.params, model.base, model.market
    r, s = int(f.region[row]), int(f.sector[row])
    f.identity[row], f.alive[row] = identity, True
    f.origin[row], f.component[row] = heritage.origin, heritage.component
    f.age[row] = 0
    f.efficiency[row], f.knowledge[row] = efficiency, heritage.knowledge
    f.quality[row] = heritage.quality
    if heritage.quality < 0.0:
        usual = first_quality(model, f.identity[row], 1.0)
        f.quality[row] = usual + p.inherited_quality * max(heritage.taught - usual, 0.0)
    f.productivity[row] = base.productivity[r, s] * math.exp(efficiency + heritage.knowledge)
    f.wage_offer[row] = base.wage[r, s] * model.wage_index[r]
    f.markup[row] = base.norm_markup[s]
    normal = f.productivity[row] / (1.0 if base.storable[s] else 1.0 + p.capacity_slack)
    labour = f.wage_offer[row] * (1.0 + p.social_rate_employer) / normal
    f.unit_cost[row] = labour + m.unit_input_cost[r, s]
    f.price[row] = f.markup[row] * f.unit_cost[row]
    f.supplier[row] = -1


def open_firm(
    model: RegionalModel, row: int, i: int, money: tuple[float, float, float], heritage: Heritage,
    payer: Sector = HOUSEHOLDS,
) -> None:  # fmt: skip
    """A firm of resident `i`: start-up money, loan, the founder as first of staff, first customers.

    `money`: KGS the owner brings, cost of the first capital goods, and what of it the bank lends;
    the owner's money comes out of the deposits of `payer`, which the caller lowers if it is not
    the founder's household.
    """
    f, w, p, base, m = model.firms, model.workers, model.params, model.base, model.market
    r, s = int(f.region[row]), int(f.sector[row])
    own, capital, loan = money
    if payer is HOUSEHOLDS:
        w.savings[i] -= own
    model.accounts.post(payer, FIRMS, Kind.START_UP, own)
    model.accounts.post(BANK, FIRMS, Kind.LOANS, loan)
    # An owner may found one firm this month and be given another by an importer.
    nth = 1 if payer is HOUSEHOLDS else 2
    # A compiled function hands over a Python number, which the next one would take for another type.
    identity = np.uint64(draws.child_identity(w.identity[i], model.period, nth))
    # Entrants do not know their productivity (Jovanovic 1982).
    z = draws.normal(model.seed, draws.ENTRANT, identity, model.period, 1)
    set_up(model, row, identity, heritage, p.entrant_efficiency + p.entrant_spread * z)
    f.ownership[row], f.founder[row] = PRIVATE, i
    f.parent[row] = w.employer[i] if w.status[i] == EMPLOYEE else -1
    f.cash[row], f.debt[row] = own + loan, loan
    f.guaranteed[row] = start_up_guarantee(model) * loan
    f.expected_sales[row] = base.productivity[r, s] * p.entrant_customers
    f.orders[row] = f.expected_sales[row]
    f.investment[row] = capital
    f.surplus[row] = base.norm_surplus[s] * f.expected_sales[row] * p.numeraire
    note_entry(model, row)
    _hire_founder(model, row, i)
    first, last = int(base.cell_start[r, s]), int(base.cell_start[r, s + 1])
    for k in range(int(p.entrant_customers) if last > first else 0):
        at = draws.integer(model.seed, draws.ENTRANT, identity, model.period, 2 + k, last - first)
        m.customer_firm[first + at] = row


def _hire_founder(model: RegionalModel, row: int, i: int) -> None:
    """The founder is the first of the staff."""
    f, w = model.firms, model.workers
    if w.status[i] == EMPLOYEE:
        worth = f.auto_worth[w.employer[i]]
        f.employees[w.employer[i]] -= 1
        f.skill_sum[w.employer[i]] -= efficiency_units(w.skill[i], w.auto_skill[i], worth)
    w.status[i], w.employer[i], w.pool_sector[i] = EMPLOYEE, row, -1
    w.wage[i] = f.wage_offer[row] * float(w.skill[i])
    w.tenure[i] = w.jobless_months[i] = 0
    f.employees[row], f.skill_sum[row] = 1, w.skill[i]
