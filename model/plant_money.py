"""A plant's money: building from abroad, the parent's loans, what goes back, and the wage it pays.

Identities: every KGS comes from or goes to a posted partner; parent's debt = loans − repayments.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from model.accounts import WORLD, Kind

if TYPE_CHECKING:
    from model.plant import Plant

# Sector whose regional wage the plant's premium is on: materials and engineering.
ENGINEERING = 3


def build(plant: Plant) -> None:
    """Foreign direct investment comes in equal parts and all of it is spent on the site."""
    model = plant.model
    months = max(plant.opening - plant.ground_breaking, 1)
    # Larger by the volume that the parent takes, and dearer in proportion.
    larger = 1.0 + plant.site.volume / float(plant.facts["capacity_1"])
    total = float(plant.facts["investment"]) * larger / model.scale * model.params.numeraire
    plant.receive(WORLD, Kind.FDI, total / months)
    plant.note("fdi", total / months)
    spend_on_site(plant, max(plant.cash - reserve(plant), 0.0))


def spend_on_site(plant: Plant, amount: float) -> None:
    """Capital goods for the site, KGS: on the market, or all from abroad for an enclave."""
    if plant.site.local_purchases:
        plant.model.firms.investment[plant.row] = amount
    else:
        # Built by firms from abroad, or an enclave would be none while it is built.
        plant.pay(WORLD, Kind.IMPORTS, amount)
        plant.model.capital_imports += amount
        # Like `investment`, no part of the operating cash flow.
        plant.financing -= amount


def regional_wage(plant: Plant) -> float:
    """Mean wage in engineering of the region (of the country if there is none), KGS a month."""
    f = plant.model.firms
    own = np.flatnonzero(f.sector == ENGINEERING)
    own = own[f.alive[own]]
    own = own[(f.employees[own] > 0) & (f.wage_bill[own] > 0.0)]
    here = own[f.region[own] == plant.region]
    chosen = here if len(here) else own
    if not len(chosen):
        return float(np.mean(f.wage_offer[f.alive])) if f.alive.any() else 0.0
    return float(f.wage_bill[chosen].sum() / f.employees[chosen].sum())


def reserve(plant: Plant) -> float:
    """What the month's wages, contributions, inputs and local parts may cost, KGS."""
    f, row = plant.model.firms, plant.row
    wages = float(f.desired_staff[row]) * float(f.wage_offer[row])
    inputs = plant.planned * max(plant.price - plant.kit_price, 0.0) if plant.selling else 0.0
    return wages * (1.0 + plant.model.params.social_rate_employer) + inputs + plant.parts.bill


def borrow(plant: Plant, need: float) -> None:
    """The parent lends what is missing to pay `need` and keep the month's reserve."""
    missing = need + reserve(plant) - plant.cash
    if missing > 0.0:
        plant.receive(WORLD, Kind.PARENT_LOANS, missing)
        plant.parent_debt += missing


def settle_with_parent(plant: Plant) -> None:
    """Interest on the parent's loans; spare cash repays them, and beyond that goes abroad.

    Spare is what exceeds the month's reserve and the kits of the months a plant plans for.
    """
    p = plant.model.params
    interest = plant.parent_debt * p.parent_loan_rate / 12.0
    borrow(plant, interest)
    plant.pay(WORLD, Kind.INTEREST, interest)
    working = reserve(plant) + p.plant_cash_months * plant.planned * plant.kit_price
    spare = max(plant.cash - working, 0.0)
    repaid = min(spare, plant.parent_debt)
    plant.pay(WORLD, Kind.PARENT_LOANS, repaid)
    plant.parent_debt -= repaid
    plant.pay(WORLD, Kind.DIVIDENDS, spare - repaid)
    plant.note("profits_repatriated", spare - repaid)
