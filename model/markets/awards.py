"""Awards: the lot, the offer, the contract, tools, certificates, and the tiers of the chain.

Identities: tools and certificates are paid to the world from the firm's cash and loans. Limit:
without contracts every firm is of tier 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from model.accounts import BANK, FIRMS, WORLD, Kind
from model.contracts import Contract
from model.firms import FOREIGN
from model.markets.credit import guaranteed_part
from model.plant_parts import inputs_of_set
from model.workers import note_auto_worth

if TYPE_CHECKING:
    from model.model import RegionalModel
    from model.plant import Plant

# How long a former supplier's tools and ties count, months.
_TIES = 12


@dataclass(frozen=True)
class Lot:
    """One share of one part put out to tender.

    `volume`: expected cars a year of the plant (agent cars); `mes`: agent cars a year; `value`: of
    a set at base prices; `limit`: KGS a set; `free`: period from which no old contract runs;
    `start`: of first delivery by a firm that has yet to tool up.
    """

    plant: Plant
    component: int
    share: float
    volume: float
    mes: float
    value: float
    limit: float
    free: int
    start: int


@dataclass
class Candidate:
    """A firm's offer for a lot: what it would take, and the first reason why it fails."""

    row: int
    units: float
    bought_in: float
    bid: float
    tooling: float
    incumbent: bool
    reason: int


def past_contract(model: RegionalModel, lot: Lot, row: int) -> Contract | None:
    """The firm's last contract for this part with this plant, if it ended late enough and well."""
    known = [
        one
        for one in (*model.past_contracts, *model.contracts)
        if one.plant is lot.plant
        and one.component == lot.component
        and one.firm == row
        and one.closed < 0
        and one.end >= model.period - _TIES
    ]
    return known[-1] if known else None


def sign(model: RegionalModel, lot: Lot, winner: Candidate) -> None:
    """Close the contract; the winner buys the tools abroad, from a loan and its own money."""
    f, p = model.firms, model.params
    before = past_contract(model, lot, winner.row)
    new_tools = winner.tooling > 0.0 or before is None
    start = lot.start
    if not new_tools:
        start = max(model.period + p.kit_lead + 1, lot.free)
    cost = inputs_of_set(model, winner.row, winner.units, winner.bought_in)
    model.contracts.append(
        Contract(
            lot.plant, lot.component, winner.row, int(f.identity[winner.row]), lot.share,
            winner.bid, winner.units, model.period, start, start + p.contract_months - 1,
            tooled=model.period if new_tools or before is None else before.tooled,
            input_cost=cost, bought_in=winner.bought_in,
        )
    )  # fmt: skip
    if new_tools:
        buy_tools(model, winner.row, winner.tooling)


def buy_tools(model: RegionalModel, row: int, cost: float) -> None:
    """Imported capital goods, no collateral to anybody else (Williamson 1985): not in `capital`.

    The bank lends the usual part, or more where cash does not do, as far as it lends at all. A
    foreign supplier gets its tools from its parent.
    """
    f = model.firms
    if f.ownership[row] == FOREIGN:
        model.follow_on_fdi += cost
        model.capital_imports += cost
        model.accounts.post(WORLD, FIRMS, Kind.FDI, cost)
        model.accounts.post(FIRMS, WORLD, Kind.IMPORTS, cost)
        return
    own = max(float(f.cash[row]), 0.0)
    loan = max(model.params.debt_financed * cost, cost - own)
    loan = min(loan, float(model.bank.credit_lines()[row]))
    f.debt[row] += loan
    f.guaranteed[row] += guaranteed_part(model)[row] * loan
    f.cash[row] += loan - cost
    # Counted with what the firm invested this month.
    f.investment[row] += cost
    model.capital_imports += cost
    model.accounts.post(BANK, FIRMS, Kind.LOANS, loan)
    model.accounts.post(FIRMS, WORLD, Kind.IMPORTS, cost)


# --- Certificates and tiers -----------------------------------------------------------------------


def apply_for_certificate(model: RegionalModel, row: int) -> None:
    """A firm that only lacks the certificate pays foreign auditors for one, if it has the money."""
    f, p = model.firms, model.params
    cost = p.certification_cost * float(model.market.import_price) / model.scale
    if row in model.certificates_due or f.cash[row] < cost:
        return
    model.certificates_due[row] = model.period + p.certification_months
    f.cash[row] -= cost
    f.material_cost[row] += cost
    model.accounts.post(FIRMS, WORLD, Kind.IMPORTS, cost)


def certify(model: RegionalModel) -> None:
    """Certificates applied for long enough ago are given."""
    for row, due in list(model.certificates_due.items()):
        if model.period >= due:
            model.firms.certified[row] = True
            del model.certificates_due[row]


def mark_tiers(model: RegionalModel) -> None:
    """1 for firms under contract, 2 for those that a first-tier firm names for a critical input."""
    f = model.firms
    f.supplier_tier[:] = 0
    first = [one.firm for one in model.contracts]
    if first:
        named = f.supplier[first].ravel()
        named = named[named >= 0]
        f.supplier_tier[named[f.alive[named]]] = 2
        f.supplier_tier[first] = 1
    note_auto_worth(model)
