"""Firms: one row each for SMEs, large and public employers, and plants (which decide elsewhere).

A firm expects sales, plans output and staff, sets price and wage offer, orders inputs, invests.
What it sells and whom it hires is decided on the markets.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from model import draws
from model.population import Population, Row, column

if TYPE_CHECKING:
    from model.model import RegionalModel

# Who owns a firm: decides where its dividends go.
PRIVATE, STATE, FOREIGN = 0, 1, 2
# How a firm came to be (ODD, entities).
INCUMBENT, TRADITIONAL, SERVICE, SUPPLIER, SPINOFF, FOREIGN_ENTRANT, CONVERSION, PLANT = range(8)
ORIGIN_NAMES = (
    "incumbent", "traditional", "service", "supplier", "spinoff", "foreign",
    "importer conversion", "plant",
)  # fmt: skip
# Critical inputs a firm keeps in stock, and suppliers it may name for each.
N_CRITICAL = 2
N_SUPPLIERS = 3


class SME(Row):
    """A window on one firm's row."""

    @property
    def origin_name(self) -> str:
        """How this firm came to be, in words."""
        return ORIGIN_NAMES[int(self.origin)]


class Firms(Population):
    """Columns of the firm table. Closed rows stay; entrants take rows reserved at the start."""

    row_type = SME

    identity = column(np.uint64, 0, unit="id", meaning="identity that keys all draws")
    alive = column(np.bool_, False, unit="flag", meaning="in business")
    region = column(np.int16, 0, unit="region", meaning="region of the site")
    sector = column(np.int16, 0, unit="sector", meaning="home sector")
    component = column(np.int8, -1, unit="component", meaning="car part it can make, -1 for none")
    origin = column(np.int8, INCUMBENT, unit="code", meaning="how it came to be")
    ownership = column(np.int8, PRIVATE, unit="code", meaning="private, state or foreign")
    founder = column(np.int32, -1, unit="worker row", meaning="owner's household, -1 for none")
    parent = column(np.int32, -1, unit="firm row", meaning="founder's last employer, -1 for none")
    age = column(np.int32, 0, unit="months", meaning="months in business")
    efficiency = column(
        np.float64, 0.0, unit="log", meaning="log productivity against the cell's norm"
    )
    productivity = column(
        np.float64, 0.0, unit="KGS/month", meaning="output of a worker of skill 1 at base prices"
    )
    quality = column(np.float32, 0.5, unit="0-1", meaning="quality of its goods")
    capital = column(np.float64, 0.0, unit="base KGS", meaning="capital stock")
    markup = column(np.float64, 1.2, unit="ratio", meaning="price over unit cost")
    unit_cost = column(np.float64, 1.0, unit="KGS", meaning="cost of a unit at normal staffing")
    price = column(np.float64, 1.0, unit="KGS", meaning="price of a unit")
    inventory = column(np.float64, 0.0, unit="units", meaning="stock of output")
    input_stock = column(
        np.float64, 0.0, unit="units", meaning="stock of critical inputs", width=N_CRITICAL
    )
    input_order = column(
        np.float64,
        0.0,
        unit="units/month",
        meaning="critical inputs ordered this month",
        width=N_CRITICAL,
    )
    supplier = column(
        np.int32,
        -1,
        unit="firm row",
        meaning="named suppliers of critical inputs",
        width=N_CRITICAL * N_SUPPLIERS,
    )
    expected_sales = column(np.float64, 0.0, unit="units/month", meaning="expected orders")
    orders = column(np.float64, 0.0, unit="units/month", meaning="orders received, served or not")
    sales = column(np.float64, 0.0, unit="units/month", meaning="units sold")
    production = column(np.float64, 0.0, unit="units/month", meaning="units made")
    production_value = column(
        np.float64, 0.0, unit="KGS/month", meaning="a plant's output at ex-works price"
    )
    local_purchases = column(
        np.bool_, True, unit="flag", meaning="a plant buys its inputs other than kits at home"
    )
    revenue = column(np.float64, 0.0, unit="KGS/month", meaning="value of sales")
    material_cost = column(np.float64, 0.0, unit="KGS/month", meaning="purchases of inputs")
    wage_bill = column(np.float64, 0.0, unit="KGS/month", meaning="gross wages paid")
    surplus = column(np.float64, 0.0, unit="KGS/month", meaning="operating surplus, 12-month mean")
    investment = column(
        np.float64, 0.0, unit="KGS/month", meaning="money set aside for capital goods"
    )
    cash = column(np.float64, 0.0, unit="KGS", meaning="bank deposits")
    debt = column(np.float64, 0.0, unit="KGS", meaning="bank loans")
    guaranteed = column(np.float64, 0.0, unit="KGS", meaning="of them guaranteed by the state")
    grant = column(np.float64, 0.0, unit="KGS/month", meaning="grant from the supplier fund")
    wage_offer = column(np.float64, 0.0, unit="KGS/month", meaning="wage offered for skill 1")
    employees = column(np.int32, 0, unit="workers", meaning="staff")
    skill_sum = column(np.float64, 0.0, unit="workers", meaning="staff in units of skill 1")
    desired_staff = column(np.int32, 0, unit="workers", meaning="staff wanted")
    vacancies = column(np.int32, 0, unit="jobs", meaning="jobs opened this month")
    applicants = column(np.int32, 0, unit="workers", meaning="applicants this month")
    unfilled_months = column(np.int16, 0, unit="months", meaning="months with a vacancy unfilled")
    customers = column(np.float64, 0.0, unit="lumps", meaning="customer accounts held")
    supplier_tier = column(np.int8, 0, unit="tier", meaning="tier in a plant's chain, 0 for none")
    certified = column(np.bool_, False, unit="flag", meaning="holds the carmaker's certificate")
    knowledge = column(
        np.float64, 0.0, unit="log", meaning="know-how above the trade's norm, in productivity"
    )
    practice = column(
        np.float64, 0.0, unit="log", meaning="part of knowledge that comes from making parts"
    )
    quality_gain = column(
        np.float64, 0.0, unit="0-1", meaning="part of quality learned from a plant or its auditors"
    )
    experience = column(
        np.float64, 0.0, unit="car sets", meaning="remembered sets of parts made, real cars"
    )
    part_orders = column(
        np.float64, 0.0, unit="units/month", meaning="ordered by plants under contract"
    )
    job_worth = column(
        np.float64,
        1.0,
        unit="ratio",
        meaning="what a KGS of wage is worth here against one of the region's mean wage",
    )
    auto_worth = column(
        np.float64, 0.0, unit="share", meaning="what full skill in making cars adds to output here"
    )
    part_sales = column(np.float64, 0.0, unit="KGS/month", meaning="sold to plants under contract")

    def alive_mask(self) -> np.ndarray:
        """Firms in business, bool [capacity]."""
        return self.alive


# --- Sales expectations, output and staff ------------------------------------------------------


@njit(cache=True)
def plan_output(  # type: ignore[no-untyped-def]
    vehicles, storable, weight, cover, adjustment, slack, social_rate, capacity_per_capital,
    input_cost, alive, region, sector, orders, expected_sales, inventory, capital, productivity,
    employees, skill_sum,
    wage_offer, price, desired_staff,
):  # fmt: skip
    """Expected orders (adaptive), and the staff that makes them plus the stock adjustment.

    A storable good is made for expected sales and a gradual return of the stock to `cover`
    months; services keep `slack` spare capacity. Staff are whole: the last one is wanted if what
    only they would make brings in more than they cost, so a firm in a trade with thin margins
    rather leaves orders than hire for half a job.
    """
    for f in range(len(alive)):
        if not alive[f] or sector[f] == vehicles:
            continue
        expected_sales[f] += weight * (orders[f] - expected_sales[f])
        wanted = expected_sales[f] * (1.0 + slack)
        if storable[sector[f]]:
            wanted = expected_sales[f] + (cover * expected_sales[f] - inventory[f]) / adjustment
        # Nobody is hired to wait for a machine.
        wanted = min(wanted, max(capital[f], 0.0) * capacity_per_capital[sector[f]])
        skill = 1.0
        if employees[f] > 0 and skill_sum[f] > 0.0:
            skill = skill_sum[f] / employees[f]
        heads = max(wanted, 0.0) / (productivity[f] * skill)
        margin = productivity[f] * (price[f] - input_cost[region[f], sector[f]])
        least = 1.0
        if margin > 0.0:
            least = min(wage_offer[f] * (1.0 + social_rate) / margin, 1.0)
        desired_staff[f] = max(np.int64(heads + 1.0 - least), 1)


@njit(cache=True)
def drift_efficiency(  # type: ignore[no-untyped-def]
    seed, month, persistence, sd, norm, market_sector, identity, alive, region, sector, efficiency,
    knowledge, productivity, age,
):  # fmt: skip
    """Productivity moves by small shocks and reverts slowly to the norm of region and sector.

    Know-how from a plant's chain (`knowledge.py`) stands above the norm and does not revert.

    Mean reversion keeps `flat` without trend; the fat tail of firm sizes comes from customers
    (`markets/goods.py`), as in Bottazzi & Secchi (2006), not from productivity.
    """
    for f in range(len(alive)):
        if not alive[f]:
            continue
        age[f] += 1
        if not market_sector[sector[f]]:
            continue
        z = draws.normal(seed, draws.PRODUCTIVITY, identity[f], month, 0)
        efficiency[f] = persistence * efficiency[f] + sd * z
        productivity[f] = norm[region[f], sector[f]] * math.exp(efficiency[f] + knowledge[f])


# --- Price and wage -------------------------------------------------------------------------------


@njit(cache=True)
def set_prices(  # type: ignore[no-untyped-def]
    seed, month, vehicles, storable, social_rate, input_cost, norm_markup, kappa, gamma, cover,
    slack, review_rate, identity, alive, region, sector, wage_bill, employees, skill_sum,
    productivity, wage_offer, inventory, expected_sales, markup, unit_cost, price,
):  # fmt: skip
    """Mark-up on unit cost, moved by the gap of stock (or of capacity) and drawn to the norm.

    rules.md 10: d ln μ = −κ(ln μ − ln μ_sector) − γ(stock/target − 1), reviewed with probability
    1/3 a month (calendar of Calvo 1983); bounded to [1.0, 1.5 μ_sector].
    """
    for f in range(len(alive)):
        if not alive[f] or sector[f] == vehicles:
            continue
        s = sector[f]
        wage = wage_offer[f]
        if skill_sum[f] > 0.0 and wage_bill[f] > 0.0:
            wage = wage_bill[f] / skill_sum[f]
        normal = productivity[f] if storable[s] else productivity[f] / (1.0 + slack)
        unit_cost[f] = wage * (1.0 + social_rate) / normal + input_cost[region[f], s]
        if draws.uniform(seed, draws.REPRICE, identity[f], month, 0) > review_rate:
            continue
        gap = 0.0
        target = cover * expected_sales[f]
        if storable[s]:
            if target > 0.0:
                gap = inventory[f] / target - 1.0
        else:
            target = expected_sales[f] * (1.0 + slack)
            if target > 0.0:
                gap = productivity[f] * skill_sum[f] / target - 1.0
        gap = min(max(gap, -1.0), 1.0)
        norm = norm_markup[s]
        change = -kappa * math.log(markup[f] / norm) - gamma * gap
        markup[f] = min(max(markup[f] * math.exp(change), 1.0), 1.5 * norm)
        price[f] = markup[f] * unit_cost[f]


@njit(cache=True)
def set_wages(  # type: ignore[no-untyped-def]
    vehicles, raise_step, cut_step, queue, patience, minimum, floor, alive, region, sector,
    vacancies, applicants, unfilled_months, wage_offer,
):  # fmt: skip
    """Wage offers rise with jobs unfilled for `patience` months, fall with a queue at the door.

    rules.md 11. Never under the minimum wage or what own-account work pays in the region.
    """
    for f in range(len(alive)):
        if not alive[f] or sector[f] == vehicles:
            continue
        if unfilled_months[f] >= patience:
            wage_offer[f] *= 1.0 + raise_step
        elif vacancies[f] > 0 and applicants[f] >= queue * vacancies[f]:
            wage_offer[f] *= 1.0 - cut_step
        wage_offer[f] = max(wage_offer[f], max(minimum, floor[region[f], sector[f]]))


# --- Investment -------------------------------------------------------------------------------------


@njit(cache=True)
def plan_investment(  # type: ignore[no-untyped-def]
    vehicles, depreciation, adjustment, debt_financed, norm_capital, price_of_capital, alive, region, sector, age,
    expected_sales, capital, surplus, cash, material_cost, wage_bill, credit_line, investment,
):  # fmt: skip
    """Replace what wears out and close a part of the gap to the capital that sales ask for.

    Paid from cash above one month of costs, and in part by the bank (`credit.py`).
    """
    for f in range(len(alive)):
        # An entrant's first capital goods are ordered by its founder (`entrepreneurship.py`).
        if not alive[f] or sector[f] == vehicles or age[f] <= 1:
            continue
        target = norm_capital[sector[f]] * expected_sales[f]
        real = depreciation * capital[f] + adjustment * (target - capital[f])
        capital[f] -= depreciation * capital[f]
        wish = max(real, 0.0) * price_of_capital[region[f]]
        room = max(cash[f] - material_cost[f] - wage_bill[f], 0.0)
        room += min(debt_financed * wish, credit_line[f])
        investment[f] = min(wish, room)
        if surplus[f] <= 0.0:
            investment[f] = 0.0


# --- The firm's month, as the model calls it -------------------------------------------------------


def plan_firms(model: RegionalModel) -> None:
    """Phase 3: expectations, output, staff, price, wage offer, inputs, investment."""
    f, p, base = model.firms, model.params, model.base
    drift_efficiency(
        model.seed, model.period, p.efficiency_persistence, p.efficiency_sd, base.productivity,
        base.market_sector, f.identity, f.alive, f.region, f.sector, f.efficiency, f.knowledge,
        f.productivity, f.age,
    )  # fmt: skip
    plan_output(
        base.vehicles, base.storable, p.expectation_weight, p.stock_cover, p.stock_adjustment,
        p.capacity_slack, p.social_rate_employer, base.capacity_per_capital,
        model.market.unit_input_cost, f.alive, f.region, f.sector, f.orders, f.expected_sales,
        f.inventory, f.capital, f.productivity, f.employees, f.skill_sum,
        f.wage_offer, f.price, f.desired_staff,
    )  # fmt: skip
    set_prices(
        model.seed, model.period, base.vehicles, base.storable, p.social_rate_employer,
        model.market.unit_input_cost, base.norm_markup, p.markup_reversion, p.markup_stock_response,
        p.stock_cover, p.capacity_slack, p.price_review_rate, f.identity, f.alive, f.region,
        f.sector, f.wage_bill, f.employees, f.skill_sum, f.productivity, f.wage_offer, f.inventory,
        f.expected_sales, f.markup, f.unit_cost, f.price,
    )  # fmt: skip
    set_wages(
        base.vehicles, p.wage_raise, p.wage_cut, p.wage_queue, p.wage_patience,
        p.minimum_wage * p.numeraire, model.market.wage_floor(), f.alive, f.region, f.sector,
        f.vacancies, f.applicants, f.unfilled_months, f.wage_offer,
    )  # fmt: skip
    plan_investment(
        base.vehicles, p.depreciation, p.capital_adjustment, p.debt_financed, base.norm_capital,
        model.market.capital_price, f.alive, f.region, f.sector, f.age, f.expected_sales, f.capital,
        f.surplus, f.cash, f.material_cost, f.wage_bill, model.bank.credit_lines(), f.investment,
    )  # fmt: skip
