"""The base year: what the pack's table says of a month, in the miniature, and in balance.

Solves what the table leaves open so that with prices 1 every sector's income equals its spending
(rules.md 2): transfers balance the budget, pay-out empties firms of surplus cash, other inflows
balance the current account, and the propensity to spend wealth keeps household deposits constant.
All later rules read their norms here. Nothing here changes during a run.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from model.base_table import apportion, capital_shares, flows, input_structure, ratio, shares
from model.books import books
from model.errors import InputError
from model.gravity import gravity
from model.sectors import ENGINEERING, VEHICLES

if TYPE_CHECKING:
    from model.packs import Pack
    from model.params import Params


@dataclass
class BaseYear:
    """Norms of the base year in agent units and KGS a month; arrays by region R and sector S."""

    vehicles: int
    storable: np.ndarray
    tradable: np.ndarray
    market_sector: np.ndarray
    # People, heads: integers.
    employees: np.ndarray
    own_account: np.ndarray
    unemployed: np.ndarray
    abroad: np.ndarray
    # Production.
    productivity: np.ndarray
    wage: np.ndarray
    region_wage: np.ndarray
    job_worth: np.ndarray
    firm_output: np.ndarray
    pool_output: np.ndarray
    pool_norm: np.ndarray
    pool_income: np.ndarray
    input_coefficient: np.ndarray
    input_import_share: np.ndarray
    loose_coefficient: np.ndarray
    critical: np.ndarray
    critical_coefficient: np.ndarray
    named_share: np.ndarray
    base_input_cost: np.ndarray
    norm_markup: np.ndarray
    norm_capital: np.ndarray
    capacity_per_capital: np.ndarray
    norm_surplus: np.ndarray
    # Demand.
    basket: np.ndarray
    basket_import_share: np.ndarray
    housing_share: float
    capital_mix: np.ndarray
    capital_import_share: np.ndarray
    public_investment: np.ndarray
    government_units: np.ndarray
    export_units: np.ndarray
    plant_inputs: np.ndarray
    plant_inputs_imported: np.ndarray
    # Space.
    distance_weight: np.ndarray
    pull_firms: np.ndarray
    pull_pool: np.ndarray
    supplier_reach: np.ndarray
    reach: np.ndarray
    commuting_cost: np.ndarray
    # Institutions, KGS a month or KGS.
    gdp: float
    transfers: float
    remittance: float
    other_inflows: float
    wealth_propensity: float
    household_income: np.ndarray
    firm_surplus: float
    investment: float
    accounts: dict[str, float] = field(default_factory=dict)
    # Filled when the population is drawn.
    mean_skill: np.ndarray = field(default_factory=lambda: np.zeros(0))
    pool_share: np.ndarray = field(default_factory=lambda: np.zeros(0))
    pool_heads: np.ndarray = field(default_factory=lambda: np.zeros(0))
    pool_skill: np.ndarray = field(default_factory=lambda: np.zeros(0))
    base_customers: np.ndarray = field(default_factory=lambda: np.zeros(0))
    customer_firm: np.ndarray = field(default_factory=lambda: np.zeros(0))
    cell_start: np.ndarray = field(default_factory=lambda: np.zeros(0))
    founding_culture: np.ndarray = field(default_factory=lambda: np.zeros(0))
    sector_reach: np.ndarray = field(default_factory=lambda: np.zeros(0))
    proximity: np.ndarray = field(default_factory=lambda: np.zeros(0))
    slot_start: np.ndarray = field(default_factory=lambda: np.zeros(0))
    slot_firm: np.ndarray = field(default_factory=lambda: np.zeros(0))
    public_rows: np.ndarray = field(default_factory=lambda: np.zeros(0))
    public_customers: np.ndarray = field(default_factory=lambda: np.zeros(0))
    place_offset: np.ndarray = field(default_factory=lambda: np.zeros(0))
    place: np.ndarray = field(default_factory=lambda: np.zeros(0))
    place_priority: np.ndarray = field(default_factory=lambda: np.zeros(0))


def mean_skill(pack: Pack) -> np.ndarray:
    """Mean of `workers.draw_person`'s raw skill by region [R]: divides it, so that it is 1."""
    higher, vocational = pack.higher_education, pack.vocational
    return 1.3 * higher + 1.0 * vocational + 0.9 * (1.0 - higher - vocational)


def solve_base_year(pack: Pack, params: Params) -> BaseYear:
    """Norms of the base year for one pack, scale and set of parameters."""
    s, nu = params.scale, params.numeraire
    month = 1.0 / (12.0 * s)
    heads = _heads(pack, s)
    employees, own_account = heads["employees"], heads["own_account"]

    # Output per head: the sector's, times the region's wage level (Issyk-Kul's mine excepted).
    level = pack.wage_level[:, None] * np.ones(len(pack.sectors))[None]
    firm_share = shares(pack.employees * level)
    pool_share = shares(pack.own_account * level)
    per_employee = ratio(pack.firm_output * month * firm_share, pack.employees / s)
    per_own_account = ratio(pack.own_account_output * month * pool_share, pack.own_account / s)
    firm_output, pool_output = per_employee * employees, per_own_account * own_account
    # Services keep spare capacity: what a worker could make is more than what is sold.
    capacity = per_employee * np.where(pack.storable, 1.0, 1.0 + params.capacity_slack)[None]
    wage = ratio(
        pack.compensation * month * firm_share / (1.0 + params.social_rate_employer),
        pack.employees / s,
    )
    value_added_share = ratio(pack.mixed_income, pack.own_account_output)
    pool_income = per_own_account * value_added_share

    inputs = input_structure(pack)
    demand = flows(pack, params, month)
    # Firms' cost and mark-up at base prices.
    labour = ratio(pack.compensation, pack.firm_output)
    unit_cost = labour + inputs["base_input_cost"]
    norm_markup = np.where(pack.firm_output > 0.0, 1.0 / np.maximum(unit_cost, 1e-9), 1.2)

    space = gravity(pack, params, inputs, demand, firm_output, pool_output)
    money = books(pack, params, demand, month, wage, employees, pool_income, own_account)
    capital = money["investment"] / params.depreciation
    capital_of = capital * capital_shares(pack, params)
    output = pack.firm_output * month
    return BaseYear(
        vehicles=VEHICLES,
        storable=pack.storable.astype(np.bool_),
        tradable=pack.tradable.astype(np.float64),
        market_sector=~pack.public & (np.arange(len(pack.sectors)) != VEHICLES),
        mean_skill=mean_skill(pack),
        employees=employees, own_account=own_account,
        unemployed=heads["unemployed"], abroad=heads["abroad"],
        productivity=capacity, wage=wage * nu,
        region_wage=ratio((wage * employees).sum(axis=1), employees.sum(axis=1) * 1.0) * nu,
        job_worth=_job_worth(wage, employees),
        firm_output=firm_output, pool_output=pool_output,
        pool_norm=per_own_account, pool_income=pool_income * nu,
        norm_markup=norm_markup,
        norm_capital=ratio(capital_of, output),
        capacity_per_capital=ratio(output, capital_of) * params.capital_headroom,
        norm_surplus=ratio(pack.surplus, pack.firm_output),
        plant_inputs=np.asarray(pack.vehicle_inputs_domestic, np.float64),
        plant_inputs_imported=np.broadcast_to(
            np.asarray(pack.vehicle_inputs_imported, np.float64), output.shape
        ).copy(),
        **cast(dict[str, Any], inputs), **demand["norms"], **cast(dict[str, Any], space),
        gdp=pack.gdp * month * nu, **money["money"],
        accounts=money["check"],
    )  # fmt: skip


def _job_worth(wage: np.ndarray, employees: np.ndarray) -> np.ndarray:
    """What a KGS of wage in each cell is worth against one of the region's mean wage [R, S].

    Wage differences between sectors in the base year are read as skill and amenity (Rosen 1986):
    otherwise everybody would queue for a job in a bank. A plant's work is engineering work.
    """
    mean = ratio((wage * employees).sum(axis=1), employees.sum(axis=1) * 1.0)
    worth = np.where(wage > 0.0, mean[:, None] / np.where(wage > 0.0, wage, 1.0), 1.0)
    worth[:, VEHICLES] = worth[:, ENGINEERING]
    return worth


def check_scale(pack: Pack, scale: float) -> None:
    """InputError if nobody would be left at work at this scale."""
    _heads(pack, scale)


def _heads(pack: Pack, s: float) -> dict[str, np.ndarray]:
    """People by cell, whole agents."""
    employees = apportion(pack.employees / s)
    own_account = apportion(pack.own_account / s)
    if employees.sum() + own_account.sum() == 0:
        # A group of half an agent is rounded up to one.
        largest = 2.0 * max(float(pack.employees.sum()), float(pack.own_account.sum()))
        raise InputError(
            "so large that nobody is left at work", field="scale", value=s,
            allowed=f"below {largest:,.0f} for this pack",
        )  # fmt: skip
    unemployed = apportion(pack.labour_force * pack.unemployment_rate / s)
    return {
        "employees": employees,
        "own_account": own_account,
        "unemployed": unemployed,
        "abroad": apportion(pack.abroad / s),
    }
