"""The books of the base month: who earns and spends what, with the open rows solved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.base_table import apportion, capital_shares
from model.border import base_car_flows
from model.sectors import PUBLIC

if TYPE_CHECKING:
    from model.packs import Pack
    from model.params import Params


def books(
    pack: Pack, params: Params, flows: dict[str, Any], month: float, wage: np.ndarray, employees: np.ndarray,
    pool_income: np.ndarray, own_account: np.ndarray,
) -> dict[str, Any]:  # fmt: skip
    """Who earns and spends what in a base month, KGS; the open rows are solved here."""
    nu = params.numeraire
    wages = (wage * employees).sum(axis=1)
    mixed = (pool_income * own_account).sum(axis=1)
    surplus = pack.surplus * month
    capital_goods = flows["firms"]
    # Public employers hand their surplus to the budget, less the capital goods they buy.
    state = surplus[PUBLIC] - capital_goods * capital_shares(pack, params)[PUBLIC]
    interest_rate = params.loan_rate / 12.0
    private = 1.0 - capital_shares(pack, params)[PUBLIC]
    firm_debt = params.debt_financed * private * capital_goods * params.loan_months
    interest = firm_debt * interest_rate
    tax_base = max(surplus.sum() - surplus[PUBLIC] - interest, 0.0)
    profit_tax = params.profit_tax_rate * tax_base
    dividends = surplus.sum() - interest - profit_tax - capital_goods
    state_dividends = state
    consumption = flows["consumption"].sum()
    vat = params.vat_rate * consumption
    social = params.social_rate_employer * wages.sum()
    taxes = (
        vat
        + social
        + profit_tax
        + params.income_tax_rate * wages.sum()
        + params.own_account_tax_rate * mixed.sum()
        + state_dividends
    )
    public_interest = params.public_debt_target * pack.gdp * month * 12.0
    public_interest *= params.public_debt_rate / 12.0
    people = float(pack.labour_force.sum() + pack.abroad.sum()) / params.scale
    cars = {name: x / nu for name, x in base_car_flows(pack, params, people).items()}
    taxes += cars["taxes"] + cars["state_taxes"]
    purchases = flows["norms"]["government_units"].sum() + flows["public"]
    purchases += cars["state_border"] + cars["state_taxes"] + cars["state_margin"]
    transfers = taxes - purchases - public_interest
    remittances = pack.remittances * month
    spending = consumption + vat + flows["housing"]
    income = (
        wages.sum() * (1.0 - params.income_tax_rate)
        + mixed.sum() * (1.0 - params.own_account_tax_rate)
        + dividends
        - state_dividends
        + interest
        + public_interest
        + transfers
        + remittances
    )
    # What is missing for households to pay what the table says they buy, and their cars on top of
    # it, comes from abroad unrecorded: an explicit constant row (rules.md 1).
    outlay = spending + cars["border"] + cars["taxes"]
    other = outlay - income - cars["state_margin"]
    # Income is all spent, on the table's goods and on cars, with deposits at their norm.
    wealth = params.wealth_months * spending
    propensity = max(spending - params.income_propensity * outlay, 0.0) / wealth
    heads = (employees + own_account).sum(axis=1)
    per_region = wages + mixed + (spending - wages.sum() - mixed.sum()) * heads / heads.sum()
    check = {
        "wages": wages.sum(), "mixed_income": mixed.sum(), "dividends": dividends, "vat": vat,
        "social": social, "profit_tax": profit_tax, "transfers": transfers,
        "remittances": remittances, "other_inflows": other, "consumption": consumption,
        "housing": flows["housing"], "investment": capital_goods,
        "public_investment": flows["public"], "interest": interest,
        "household_spending": spending,
        "payout_share": dividends / max(surplus.sum(), 1e-9), "cars": outlay - spending,
        "wealth": wealth, "firm_debt": firm_debt,
    }  # fmt: skip
    abroad = max(float(apportion(pack.abroad * month * 12.0).sum()), 1.0)
    return {
        "investment": capital_goods,
        "check": {k: float(v) * 1.0 for k, v in check.items()},
        "money": {
            "transfers": float(transfers) * nu,
            "remittance": float(remittances) / abroad * nu,
            "other_inflows": float(other) * nu,
            "wealth_propensity": float(propensity),
            "household_income": per_region * nu,
            "firm_surplus": float(surplus.sum()) * nu,
            "investment": float(capital_goods) * nu,
            "housing_share": float(flows["housing"] / spending),
        },
    }
