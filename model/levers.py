"""Government's levers on a plant and its suppliers: the content rule, the fund, and logistics.

Each at its neutral default does nothing, bit for bit; each costs or earns in the budget exactly
what agents get or pay. Credit levers are in `markets/credit.py`, fees and tariffs in `border.py`,
the exemptions of a plant in `plant.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from model.accounts import FIRMS, GOVERNMENT, Kind
from model.firms import STATE
from model.plant_money import borrow
from model.sectors import CONSTRUCTION

if TYPE_CHECKING:
    from model.model import RegionalModel
    from model.plant import Plant

# A plant at the required share still guards this part of it: falling back would cost it all.
_GUARDED = 0.1


# --- The local-content rule -----------------------------------------------------------------------


def premium_worth_paying(
    stake: float, parts: float, content: float, required: float, most: float
) -> float:
    """How much dearer a local part may be, as a share, because a rule asks for it (0 to `most`).

    The shadow price of the rule: what the sanction costs, per KGS of the local goods that are
    missing (Grossman 1981). `stake` KGS a year lost if the rule is missed; `parts` KGS a year of
    kits and local parts. Where the share is reached the last tenth of it is what the plant guards,
    so the premium does not drop to nothing the day the rule is met.
    """
    missing = max(required - content, _GUARDED * required) * parts
    if missing <= 0.0 or stake <= 0.0:
        return 0.0
    return min(stake / missing, most)


def note_stakes(plant: Plant) -> None:
    """Remember a year of what the rule turns on: exemptions' worth, sales, kits; KGS a month."""
    names = ("exemption_worth", "plant_sales_value", "kits_imported_value")
    plant.stakes.append(tuple(plant.month.get(name, 0.0) for name in names))
    del plant.stakes[:-12]


def judge_plant(plant: Plant) -> None:
    """Once a year after the grace: is the required share met? If not, exemptions are lost."""
    p = plant.model.params
    if p.local_content_requirement <= 0.0:
        plant.mandate_met = plant.exempt = True
        return
    due = plant.model.period - plant.opening - p.mandate_grace_months
    if due >= 0 and due % 12 == 0:
        plant.mandate_met = plant.local_content >= p.local_content_requirement
        plant.exempt = plant.mandate_met


def enforce_content_rule(model: RegionalModel) -> None:
    """Judge every plant that sells, take the fine from those that fail, set what they react with.

    The sanction is real, and the plant may find it cheaper than the parts: then it pays.
    """
    p = model.params
    for plant in model.plants:
        if not plant.selling:
            continue
        note_stakes(plant)
        judge_plant(plant)
        plant.mandate_premium = 0.0
        if p.local_content_requirement <= 0.0:
            continue
        if not plant.mandate_met:
            fine = p.mandate_fine * plant.month.get("plant_sales_value", 0.0)
            borrow(plant, fine)
            plant.pay(GOVERNMENT, Kind.FINES, fine)
        worth, sales, kits = (sum(values) for values in zip(*plant.stakes))
        plant.mandate_premium = premium_worth_paying(
            worth + p.mandate_fine * sales,
            kits / max(1.0 - plant.local_content, 0.05),
            plant.local_content,
            p.local_content_requirement,
            p.mandate_premium_max,
        )


def in_tax_holiday(plant: Plant) -> bool:
    """Whether a plant's profit is free of tax this month."""
    months_open = plant.model.period - plant.opening
    return 0 <= months_open < plant.model.params.tax_holiday_months


# --- The supplier-development fund ---------------------------------------------------------------


def capable_firms(model: RegionalModel) -> np.ndarray:
    """Private firms in business that can make a part of a car, bool [capacity]."""
    f = model.firms
    able: np.ndarray = f.alive & (f.component >= 0) & (f.ownership != STATE)
    return able & (f.sector != model.base.vehicles)


def fund_reach(fund: float, firms: float, cost: float) -> float:
    """Part of `firms` that a yearly `fund` can assist at `cost` each; never above 1."""
    return 0.0 if firms <= 0.0 or cost <= 0.0 else min(fund / (firms * cost), 1.0)


def pay_supplier_fund(model: RegionalModel) -> None:
    """Grants to firms that can make parts, each alike; what the programme cannot use stays.

    CzechInvest's programme took 45 firms of several hundred; so a fund reaches a share of firms,
    and the rule of knowledge reads that share (`assisted_share`).
    """
    f, p = model.firms, model.params
    f.grant[:] = 0.0
    model.government.assisted_share = 0.0
    if p.supplier_fund <= 0.0:
        return
    able = capable_firms(model)
    # Makers of parts are as many as in reality at every scale; what each costs is divided by it.
    reach = fund_reach(p.supplier_fund, float(able.sum()), p.programme_cost)
    model.government.assisted_share = reach
    f.grant[able] = reach * p.programme_cost * p.numeraire / 12.0 / model.scale
    f.cash += f.grant
    model.accounts.post(GOVERNMENT, FIRMS, Kind.SUBSIDIES, float(f.grant.sum()))


# --- Logistics ------------------------------------------------------------------------------------


def logistics_units(model: RegionalModel) -> np.ndarray | None:
    """Construction that government asks for beyond the base year's, units a month [R]; or None.

    Spread over regions as all public investment is.
    """
    p, base = model.params, model.base
    if p.logistics_investment <= 0.0:
        return None
    money = p.logistics_investment * p.numeraire / 12.0 / model.scale
    share = base.public_investment / max(float(base.public_investment.sum()), 1e-9)
    units: np.ndarray = money * share / model.market.price[:-1, CONSTRUCTION]
    model.government.logistics_units = units
    return units


def build_logistics(model: RegionalModel) -> None:
    """What was delivered this month joins the stock of roads, depots and border posts, which wears.

    The month's spending is what sellers got: units delivered at the price paid.
    """
    p, m, government = model.params, model.market, model.government
    government.logistics_stock *= 1.0 - p.logistics_wear
    government.logistics_spending = 0.0
    if p.logistics_investment > 0.0:
        delivered = government.logistics_units * m.filled[:-1, CONSTRUCTION]
        government.logistics_stock += float(delivered.sum())
        paid = delivered * m.price[:-1, CONSTRUCTION]
        government.logistics_spending = float(paid.sum())


# --- The month, and what is measured ---------------------------------------------------------------


def apply_levers(model: RegionalModel) -> None:
    """Phase 12, levers: content rule, supplier fund, logistics."""
    enforce_content_rule(model)
    pay_supplier_fund(model)
    build_logistics(model)


def policy_measures(model: RegionalModel) -> dict[str, float]:
    """What levers cost and earn this month, KGS in agent units; the rule is met (1) or not (0)."""
    flows, plants = model.accounts.flows, [one for one in model.plants if one.selling]
    rate_subsidy, paid = model.bank.rate_subsidy, model.accounts.paid_by_kind()
    return {
        "soft_loan_cost": float(flows[GOVERNMENT, :, Kind.SUBSIDIES].sum())
        - float(flows[GOVERNMENT, FIRMS, Kind.SUBSIDIES])
        - rate_subsidy,
        "subsidies": paid[Kind.SUBSIDIES],
        "sme_rate_subsidies": rate_subsidy,
        "supplier_fund_spending": float(model.firms.grant.sum()),
        "guarantee_calls": paid[Kind.GUARANTEES],
        "mandate_fines": paid[Kind.FINES],
        "logistics_spending": model.government.logistics_spending,
        "profit_tax_forgone": sum(one.month.get("profit_tax_forgone", 0.0) for one in plants),
        "mandate_met": float(all(one.mandate_met for one in plants)),
    }
