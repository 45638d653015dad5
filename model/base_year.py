"""The base year: what the pack's table says of a month, in the miniature, and in balance.

Solves what the table leaves open so that with prices 1 every sector's income equals its spending
(rules.md 2): transfers balance the budget, pay-out empties firms of surplus cash, other inflows
balance the current account, and the propensity to spend wealth keeps household deposits constant.
All later rules read their norms here. Nothing here changes during a run.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from model.errors import InputError
from model.border import base_car_flows
from model.firms import N_CRITICAL

if TYPE_CHECKING:
    from model.packs import Pack
    from model.params import Params

# Sectors whose goods can be critical inputs, kept in stock by who uses them.
_GOODS = 4
VEHICLES = 10
PUBLIC = 9
ENGINEERING = 3
# Rounds of the Furness (1965) iteration for the gravity constants; it converges linearly.
_FURNESS_ROUNDS = 500


@dataclass
class BaseYear:
    """Norms of the base year in agent units and KGS a month; arrays by region R and sector S."""

    vehicles: int
    storable: np.ndarray
    tradable: np.ndarray
    public: np.ndarray
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
    slot_start: np.ndarray = field(default_factory=lambda: np.zeros(0))
    slot_firm: np.ndarray = field(default_factory=lambda: np.zeros(0))
    public_rows: np.ndarray = field(default_factory=lambda: np.zeros(0))
    public_customers: np.ndarray = field(default_factory=lambda: np.zeros(0))
    place_offset: np.ndarray = field(default_factory=lambda: np.zeros(0))
    place: np.ndarray = field(default_factory=lambda: np.zeros(0))
    place_priority: np.ndarray = field(default_factory=lambda: np.zeros(0))
    searcher_rows: np.ndarray = field(default_factory=lambda: np.zeros(0))


def mean_skill(pack: Pack) -> np.ndarray:
    """Mean of `workers.draw_person`'s raw skill by region [R]: divides it, so that it is 1."""
    higher, vocational = pack.higher_education, pack.vocational
    return 1.3 * higher + 1.0 * vocational + 0.9 * (1.0 - higher - vocational)


def apportion(exact: np.ndarray) -> np.ndarray:
    """Whole numbers near `exact` with the same total (largest remainders), int64, same shape."""
    flat = np.maximum(exact.ravel(), 0.0)
    whole = np.floor(flat + 1e-9)
    missing = int(round(flat.sum() - whole.sum()))
    order = np.argsort(-(flat - whole), kind="stable")
    whole[order[:missing]] += 1.0
    return whole.reshape(exact.shape).astype(np.int64)


def _ratio(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.where(b > 0.0, a / np.where(b > 0.0, b, 1.0), 0.0)


def solve_base_year(pack: Pack, params: Params) -> BaseYear:
    """Norms of the base year for one pack, scale and set of parameters."""
    s, nu = params.scale, params.numeraire
    month = 1.0 / (12.0 * s)
    heads = _heads(pack, s)
    employees, own_account = heads["employees"], heads["own_account"]

    # Output per head: the sector's, times the region's wage level (Issyk-Kul's mine excepted).
    level = pack.wage_level[:, None] * np.ones(len(pack.sectors))[None]
    firm_share = _shares(pack.employees * level)
    pool_share = _shares(pack.own_account * level)
    per_employee = _ratio(pack.firm_output * month * firm_share, pack.employees / s)
    per_own_account = _ratio(pack.own_account_output * month * pool_share, pack.own_account / s)
    firm_output, pool_output = per_employee * employees, per_own_account * own_account
    # Services keep spare capacity: what a worker could make is more than what is sold.
    capacity = per_employee * np.where(pack.storable, 1.0, 1.0 + params.capacity_slack)[None]
    wage = _ratio(
        pack.compensation * month * firm_share / (1.0 + params.social_rate_employer),
        pack.employees / s,
    )
    value_added_share = _ratio(pack.mixed_income, pack.own_account_output)
    pool_income = per_own_account * value_added_share

    inputs = _input_structure(pack)
    flows = _flows(pack, params, month)
    # Firms' cost and mark-up at base prices.
    labour = _ratio(pack.compensation, pack.firm_output)
    unit_cost = labour + inputs["base_input_cost"]
    norm_markup = np.where(pack.firm_output > 0.0, 1.0 / np.maximum(unit_cost, 1e-9), 1.2)

    space = _gravity(pack, params, inputs, flows, firm_output, pool_output)
    books = _books(pack, params, flows, month, wage, employees, pool_income, own_account)
    capital = books["investment"] / params.depreciation
    capital_of = capital * _capital_shares(pack, params)
    output = pack.firm_output * month
    return BaseYear(
        vehicles=VEHICLES,
        storable=pack.storable.astype(np.bool_),
        tradable=pack.tradable.astype(np.float64),
        public=pack.public.astype(np.bool_),
        market_sector=~pack.public & (np.arange(len(pack.sectors)) != VEHICLES),
        mean_skill=mean_skill(pack),
        employees=employees, own_account=own_account,
        unemployed=heads["unemployed"], abroad=heads["abroad"],
        productivity=capacity, wage=wage * nu,
        region_wage=_ratio((wage * employees).sum(axis=1), employees.sum(axis=1) * 1.0) * nu,
        job_worth=_job_worth(wage, employees),
        firm_output=firm_output, pool_output=pool_output,
        pool_norm=per_own_account, pool_income=pool_income * nu,
        norm_markup=norm_markup,
        norm_capital=_ratio(capital_of, output),
        capacity_per_capital=_ratio(output, capital_of) * params.capital_headroom,
        norm_surplus=_ratio(pack.surplus, pack.firm_output),
        plant_inputs=np.asarray(pack.vehicle_inputs_domestic, np.float64),
        plant_inputs_imported=np.broadcast_to(
            np.asarray(pack.vehicle_inputs_imported, np.float64), output.shape
        ).copy(),
        **inputs, **flows["norms"], **space,
        gdp=pack.gdp * month * nu, **books["money"],
        accounts=books["check"],
    )  # fmt: skip


def _job_worth(wage: np.ndarray, employees: np.ndarray) -> np.ndarray:
    """What a KGS of wage in each cell is worth against one of the region's mean wage [R, S].

    Wage differences between sectors in the base year are read as skill and amenity (Rosen 1986):
    otherwise everybody would queue for a job in a bank. A plant's work is engineering work.
    """
    mean = _ratio((wage * employees).sum(axis=1), employees.sum(axis=1) * 1.0)
    worth = np.where(wage > 0.0, mean[:, None] / np.where(wage > 0.0, wage, 1.0), 1.0)
    worth[:, VEHICLES] = worth[:, ENGINEERING]
    return worth


def _shares(x: np.ndarray) -> np.ndarray:
    """Columns of [R, S] divided by their sums."""
    return _ratio(x, x.sum(axis=0, keepdims=True) + np.zeros_like(x))


def _capital_shares(pack: Pack, params: Params) -> np.ndarray:
    """Shares of sectors in the capital of firms [S].

    No record of it: capital earns the same everywhere, up to a share of value added above which
    surplus is read as rent (mines, banks), not as the return on machines.
    """
    rent_free = params.capital_share_cap * (pack.compensation + pack.surplus)
    return _shares_1d(np.minimum(pack.surplus, rent_free))


def _shares_1d(x: np.ndarray) -> np.ndarray:
    return _ratio(x, np.full(x.shape, x.sum()))


def _heads(pack: Pack, s: float) -> dict[str, np.ndarray]:
    """People by cell, whole agents."""
    employees = apportion(pack.employees / s)
    own_account = apportion(pack.own_account / s)
    if employees.sum() + own_account.sum() == 0:
        raise InputError("so large that nobody is left at work", field="scale", value=s)
    unemployed = apportion(pack.labour_force * pack.unemployment_rate / s)
    return {
        "employees": employees,
        "own_account": own_account,
        "unemployed": unemployed,
        "abroad": apportion(pack.abroad / s),
    }


def _input_structure(pack: Pack) -> dict[str, np.ndarray]:
    """Coefficients per unit of output, import shares, and which inputs are critical."""
    output = pack.output[None, :] + np.zeros_like(pack.io_domestic)
    home, foreign = _ratio(pack.io_domestic, output), _ratio(pack.io_imported, output)
    total = home + foreign
    import_share = _ratio(foreign, total)
    n = len(pack.sectors)
    critical = np.full((n, N_CRITICAL), -1, np.int64)
    critical_coefficient = np.ones((n, N_CRITICAL))
    named = np.zeros((n, N_CRITICAL))
    loose = total.copy()
    firm_part = _ratio(pack.firm_output, pack.output)
    for i in range(n):
        if not (pack.storable[i] or i == 4):  # services keep no stock of inputs; builders do
            continue
        order = np.argsort(-total[:_GOODS, i], kind="stable")[:N_CRITICAL]
        for k, g in enumerate(order):
            if total[g, i] > 0.01:
                critical[i, k] = g
                critical_coefficient[i, k] = total[g, i]
                named[i, k] = 0.9 * firm_part[g]
                loose[g, i] = 0.0
    return {
        "input_coefficient": total,
        "input_import_share": import_share,
        "loose_coefficient": loose,
        "critical": critical,
        "critical_coefficient": critical_coefficient,
        "named_share": named,
        "base_input_cost": total.sum(axis=0),
    }


def _flows(pack: Pack, params: Params, month: float) -> dict:  # type: ignore[type-arg]
    """Final demand in units a month; baskets and mixes as shares."""
    n = len(pack.sectors)
    by_sector = lambda x: np.broadcast_to(np.asarray(x, np.float64), (n,))  # noqa: E731 (one line, thrice)
    consumption_home, consumption_abroad = pack.household_demand, by_sector(pack.household_imports)
    capital_home, capital_abroad = pack.investment_demand, by_sector(pack.investment_imports)
    consumption = consumption_home + consumption_abroad
    capital = capital_home + capital_abroad
    total_capital = capital.sum() * month
    firms_share = min(params.reinvestment_share * pack.surplus.sum() * month / total_capital, 0.85)
    public = min(params.public_investment_share, 1.0 - firms_share) * total_capital
    firms = firms_share * total_capital
    housing = max(total_capital - firms - public, 0.0)
    level = pack.employees[:, PUBLIC] * pack.wage_level
    return {
        "consumption": consumption * month,
        "consumption_home": consumption_home * month,
        "capital_home": capital_home * month,
        "firms": firms, "public": public, "housing": housing,
        "government_share": level / level.sum(),
        "norms": {
            "basket": _shares_1d(consumption),
            "basket_import_share": _ratio(consumption_abroad, consumption),
            "capital_mix": _shares_1d(capital),
            "capital_import_share": _ratio(capital_abroad, capital),
            "government_units": (level / level.sum())[:, None] * pack.government_demand[None] * month,
            "export_units": pack.exports * month,
            "public_investment": (level / level.sum()) * public,
        },
    }  # fmt: skip


def _gravity(
    pack: Pack, params: Params, inputs: dict, flows: dict, firm_output: np.ndarray, pool_output: np.ndarray
) -> dict[str, np.ndarray]:  # type: ignore[type-arg]
    """Attraction of each cell such that base-year demand equals base-year supply in every cell.

    Doubly constrained gravity by Furness (1965) iteration; the world buys from all regions alike.
    """
    n_regions, n_sectors = firm_output.shape
    output = firm_output + pool_output
    people = (pack.labour_force * pack.wage_level) / (pack.labour_force * pack.wage_level).sum()
    home_inputs = inputs["input_coefficient"] * (1.0 - inputs["input_import_share"])
    demand = np.zeros((n_regions + 1, n_sectors))
    demand[:-1] = (home_inputs[None] * output[:, None, :]).sum(axis=2)
    demand[:-1] += people[:, None] * flows["consumption_home"][None]
    surplus = (firm_output * _ratio(pack.surplus, pack.firm_output)[None]).sum(axis=1)
    capital_home = flows["capital_home"] / max(flows["firms"] + flows["public"] + flows["housing"], 1e-9)
    by_region = flows["firms"] * surplus / max(surplus.sum(), 1e-9) + flows["housing"] * people
    by_region = by_region + flows["public"] * flows["government_share"]
    demand[:-1] += by_region[:, None] * capital_home[None]
    demand[:-1] += flows["norms"]["government_units"]
    demand[-1] = flows["norms"]["export_units"]
    power = np.where(pack.tradable, params.distance_tradable, params.distance_local)
    weight = np.ones((n_regions + 1, n_regions, n_sectors))
    weight[:-1] = pack.distance_km[:, :, None] ** (-power[None, None, :])
    pull = np.where(output > 0.0, output, 0.0)
    target = output * _ratio(demand.sum(axis=0), output.sum(axis=0))[None]
    for _ in range(_FURNESS_ROUNDS):
        reach = weight * pull[None]
        share = _ratio(reach, reach.sum(axis=1, keepdims=True) + np.zeros_like(reach))
        got = (demand[:, None, :] * share).sum(axis=0)
        pull = pull * _ratio(target, got)
    reach = weight[:-1] * (pull * _ratio(firm_output, output))[None]
    share = _ratio(reach, reach.sum(axis=1, keepdims=True) + np.zeros_like(reach))
    # Of critical inputs a part is ordered from firms by name: the market's part for firms is less.
    named = np.zeros(n_sectors)
    for i in range(n_sectors):
        for k in range(N_CRITICAL):
            g = inputs["critical"][i, k]
            if g >= 0:
                flow = home_inputs[g, i] * firm_output[:, i].sum()
                named[g] += inputs["named_share"][i, k] * flow
    part = np.minimum(_ratio(named, firm_output.sum(axis=0)), 0.95)
    firm_market = firm_output * (1.0 - part)[None]
    split = _ratio(firm_market, firm_market + pool_output)
    d = pack.distance_km
    commute = np.exp(-np.maximum(d - np.diag(d)[:, None], 0.0) / params.commuting_km)
    commute = commute * pack.labour_force[None]
    commute = commute / commute.sum(axis=1, keepdims=True)
    return {
        "distance_weight": weight,
        "pull_firms": pull * split,
        "pull_pool": pull * (1.0 - split),
        "supplier_reach": np.cumsum(share, axis=1),
        "reach": np.cumsum(commute, axis=1),
        "commuting_cost": params.commuting_cost * np.maximum(d - np.diag(d)[:, None], 0.0),
    }


def _books(
    pack: Pack, params: Params, flows: dict, month: float, wage: np.ndarray, employees: np.ndarray,
    pool_income: np.ndarray, own_account: np.ndarray,
) -> dict:  # type: ignore[type-arg]  # fmt: skip
    """Who earns and spends what in a base month, KGS; the open rows are solved here."""
    nu = params.numeraire
    wages = (wage * employees).sum(axis=1)
    mixed = (pool_income * own_account).sum(axis=1)
    surplus = pack.surplus * month
    capital_goods = flows["firms"]
    # Public employers hand their surplus to the budget, less the capital goods they buy.
    state = surplus[PUBLIC] - capital_goods * _capital_shares(pack, params)[PUBLIC]
    interest_rate = params.loan_rate / 12.0
    private = 1.0 - _capital_shares(pack, params)[PUBLIC]
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
        vat + social + profit_tax + params.income_tax_rate * wages.sum()
        + params.own_account_tax_rate * mixed.sum() + state_dividends
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
        + dividends - state_dividends + interest + public_interest + transfers + remittances
    )
    # What is missing for households to pay what the table says they buy, and their cars on top of
    # it, comes from abroad unrecorded: an explicit constant row (rules.md 1).
    outlay = spending + cars["border"] + cars["taxes"]
    other = outlay - income - cars["state_margin"]
    # Income is all spent, on the table's goods and on cars, with deposits at their norm.
    wealth = params.wealth_months * spending
    propensity = max(spending - params.income_propensity * outlay, 0.0) / wealth
    heads = wages * 0.0 + (employees + own_account).sum(axis=1)
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
