"""Who asks for what on the goods markets, and who pays whom for what was delivered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from model import threads
from model.accounts import FIRMS, GOVERNMENT, HOUSEHOLDS, WORLD, Kind, Sector
from model.firms import N_CRITICAL
from model.levers import logistics_units
from model.sectors import CONSTRUCTION
from model.workers import spend_budgets

if TYPE_CHECKING:
    from model.model import RegionalModel

# Buyer: (who pays, for what). Each asks for units at home [B, S] and abroad [R, S].
BUYERS: dict[str, tuple[Sector, Kind]] = {
    "households": (HOUSEHOLDS, Kind.CONSUMPTION),
    "housing": (HOUSEHOLDS, Kind.INVESTMENT),
    "pools": (HOUSEHOLDS, Kind.INPUTS),
    "firms": (FIRMS, Kind.INPUTS),
    "plants": (FIRMS, Kind.INPUTS),
    "parts": (FIRMS, Kind.INPUTS),
    "investment": (FIRMS, Kind.INVESTMENT),
    "government": (GOVERNMENT, Kind.GOVERNMENT_PURCHASES),
    "public_investment": (GOVERNMENT, Kind.INVESTMENT),
    "world": (WORLD, Kind.EXPORTS),
}
# Those who buy capital goods: firms, households that build, and the state.
CAPITAL_BUYERS = ("housing", "investment", "public_investment")


@dataclass
class Demand:
    """Units asked at home and abroad by buyer, and the terms they were asked on.

    `units_home` [buyers, B, S] and `units_abroad` [buyers, R, S] in the order of BUYERS; by name
    `at_home` and `abroad`.
    """

    units_home: np.ndarray
    units_abroad: np.ndarray
    input_import_share: np.ndarray
    capital_import_share: np.ndarray
    capital_price: np.ndarray
    price: np.ndarray
    # The part of goods that passes the border; what does not is neither got nor paid.
    corridor: float = 1.0
    blocked: float = field(init=False)
    home: np.ndarray = field(init=False)
    at_home: dict[str, np.ndarray] = field(init=False)
    abroad: dict[str, np.ndarray] = field(init=False)

    def __post_init__(self) -> None:
        self.at_home = dict(zip(BUYERS, self.units_home, strict=True))
        self.abroad = dict(zip(BUYERS, self.units_abroad, strict=True))
        self.home = self.units_home.sum(axis=0)
        self.blocked = 0.0
        if self.corridor < 1.0:
            for units in self.units_abroad:
                self.blocked += (1.0 - self.corridor) * float(units.sum())
            self.units_abroad *= self.corridor


class Trade:
    """What was delivered per unit asked at home, by buyer region and sector [B, S].

    `filled` is in units; `from_firms`, `from_pools`, `from_world` are KGS to each kind of seller.
    """

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.filled = np.zeros(shape)
        self.from_firms = np.zeros(shape)
        self.from_pools = np.zeros(shape)
        self.from_world = np.zeros(shape)

    @property
    def cost(self) -> np.ndarray:
        """Money per unit asked, KGS [B, S]."""
        return self.from_firms + self.from_pools + self.from_world


def ratio(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """a / b, and 0 where b is 0."""
    return np.where(b > 0.0, a / np.where(b > 0.0, b, 1.0), 0.0)


@njit(cache=True)
def sum_activity(  # type: ignore[no-untyped-def]
    critical, alive, region, sector, activity, production_value, local_purchases, investment,
    input_order, made, plant_value, invested, market_orders,
):  # fmt: skip
    """Cell totals of what firms buy for: output made, plants' output, investment, input orders.

    `plant_value` [R, 2]: of plants that buy abroad, and of those that buy at home.
    """
    for f in range(len(alive)):
        if not alive[f]:
            continue
        r, s = region[f], sector[f]
        made[r, s] += activity[f]
        plant_value[r, np.int64(local_purchases[f])] += production_value[f]
        invested[r] += investment[f]
        for k in range(N_CRITICAL):
            if critical[s, k] >= 0:
                market_orders[r, critical[s, k]] += input_order[f, k]


@njit(cache=True)
def charge_firms(  # type: ignore[no-untyped-def]
    critical, unit_cost, plant_cost, capital_cost, capital_filled, input_filled,
    input_price, alive, region, sector, activity, production_value, local_purchases,
    investment, input_order, input_stock, capital, material_cost, cash,
):  # fmt: skip
    """Each firm pays for the inputs and capital goods it got. Returns KGS for inputs, for capital.

    `unit_cost` [R, S] money per unit made; `plant_cost` [R, 2] (bought abroad, at home) and
    `capital_cost` [R] money per KGS asked; `capital_filled` [R] units of capital per KGS asked; `input_filled` and `input_price`
    [R, S] for critical inputs left to the market.
    """
    inputs = 0.0
    capital_paid = 0.0
    for f in range(len(alive)):
        if not alive[f]:
            continue
        r, s = region[f], sector[f]
        cost = (
            activity[f] * unit_cost[r, s]
            + production_value[f] * plant_cost[r, np.int64(local_purchases[f])]
        )
        for k in range(N_CRITICAL):
            g = critical[s, k]
            if g >= 0 and input_order[f, k] > 0.0:
                input_stock[f, k] += input_order[f, k] * input_filled[r, g]
                cost += input_order[f, k] * input_price[r, g]
        material_cost[f] += cost
        cash[f] -= cost
        inputs += cost
        spent = investment[f] * capital_cost[r]
        capital[f] += investment[f] * capital_filled[r]
        cash[f] -= spent
        capital_paid += spent
        investment[f] = spent
    return inputs, capital_paid


def buyers_demand(model: RegionalModel) -> Demand:
    """Every buyer's demand in units, split between home and abroad."""
    base, m, params = model.base, model.market, model.params
    n_regions, n_sectors = base.firm_output.shape
    made, plant_value, invested, parts = _firms_ask(model)
    input_share, capital_share = m.input_import_share, m.capital_import_share
    capital_price = m.capital_price
    units_home = np.zeros((len(BUYERS), n_regions + 1, n_sectors))
    units_abroad = np.zeros((len(BUYERS), n_regions, n_sectors))
    home = dict(zip(BUYERS, units_home, strict=True))
    abroad = dict(zip(BUYERS, units_abroad, strict=True))

    # Households divide money over the basket in fixed shares (Cobb-Douglas).
    goods = model.region_budget * (1.0 - base.housing_share) / (1.0 + params.vat_rate)
    units = goods[:, None] * base.basket[None] / m.basket_price
    share = m.basket_import_share
    home["households"][:-1], abroad["households"][:] = units * (1.0 - share), units * share
    # Capital goods come in the mix of the base year.
    for name, money in (
        ("housing", model.region_budget * base.housing_share),
        ("investment", invested),
        ("public_investment", base.public_investment * capital_price),
    ):
        units = (money / capital_price)[:, None] * base.capital_mix[None]
        home[name][:-1], abroad[name][:] = units * (1.0 - capital_share), units * capital_share
    # Firms buy what is not critical for what they made last month; own-account workers, all inputs.
    for name, amount, coefficient in (
        ("firms", made, base.loose_coefficient),
        ("pools", m.pool_output, base.input_coefficient),
    ):
        need = coefficient[None] * amount[:, None, :]
        home[name][:-1] = (need * (1.0 - input_share)).sum(axis=2)
        abroad[name][:] = (need * input_share).sum(axis=2)
    units = plant_value[:, :, None] * base.plant_inputs[None, None] / m.price[:-1, None]
    abroad["plants"][:], home["plants"][:-1] = units[:, 0], units[:, 1]
    value = plant_value.sum(axis=1)
    abroad["plants"] += value[:, None] * base.plant_inputs_imported[None] / m.import_price
    home["parts"][:-1] = parts
    _state_and_world_ask(model, home)
    return Demand(
        units_home, units_abroad, input_share, capital_share, capital_price, m.price[:-1],
        params.corridor_open,
    )  # fmt: skip


def _state_and_world_ask(model: RegionalModel, home: dict[str, np.ndarray]) -> None:
    """What government buys, new freight routes included, and what foreigners buy; units [B, S]."""
    base, m, p = model.base, model.market, model.params
    home["government"][:-1] = base.government_units
    routes = logistics_units(model)
    if routes is not None:
        home["government"][:-1, CONSTRUCTION] += routes
    foreign = (m.price[-1] / m.import_price) ** (-p.goods_export_elasticity)
    home["world"][-1] = base.export_units * foreign * model.outside.demand * p.corridor_open


def _firms_ask(model: RegionalModel) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Cell totals of firms' activity [R, S], plants' output [R], investment [R], parts [R, S]."""
    f, base = model.firms, model.base
    n_regions, n_sectors = base.firm_output.shape
    made, parts = np.zeros((n_regions, n_sectors)), np.zeros((n_regions, n_sectors))
    plant_value, invested = np.zeros((n_regions, 2)), np.zeros(n_regions)
    sum_activity(
        base.critical, f.alive, f.region, f.sector, model.activity, f.production_value,
        f.local_purchases, f.investment, f.input_order, made, plant_value, invested, parts,
    )  # fmt: skip
    return made, plant_value, invested, parts


def settle_purchases(model: RegionalModel, need: Demand, trade: Trade) -> None:
    """Every buyer pays for what it got; the ledger learns who paid whom for what."""
    f, m, w = model.firms, model.market, model.workers
    input_cost = _cost_of_inputs(model, need, trade)
    # Own-account producers pay for last month's inputs.
    m.pool_cash -= (model.base.input_coefficient[None] * input_cost).sum(
        axis=1
    ) * m.pool_output_before
    _households_pay(model, need, trade)
    threads.over_rows(
        len(w.region),
        lambda first, last: spend_budgets(
            first, last, model.region_filled, w.region, w.budget, w.savings
        ),
    )
    charge_firms(
        model.base.critical, *_firms_unit_costs(model, need, trade, input_cost), trade.filled[:-1],
        trade.cost[:-1], f.alive, f.region, f.sector, model.activity, f.production_value,
        f.local_purchases, f.investment, f.input_order, f.input_stock, f.capital, f.material_cost, f.cash,
    )  # fmt: skip
    _post_trade(model, need, trade)
    # What was made this month is what next month's services and energy are bought for.
    model.activity[:] = np.where(f.sector == model.base.vehicles, 0.0, f.production)


def _cost_of_inputs(model: RegionalModel, need: Demand, trade: Trade) -> np.ndarray:
    """Money per unit asked of each good by each using sector, home and abroad, KGS [R, S, S]."""
    share, cost = need.input_import_share, trade.cost[:-1, :, None]
    return (1.0 - share) * cost + share * need.corridor * model.market.import_price


def _households_pay(model: RegionalModel, need: Demand, trade: Trade) -> None:
    """Regional spending with VAT, and the share of budgets that could be spent [R]."""
    cost, p_import = trade.cost[:-1], model.market.import_price
    spent = {
        name: (need.at_home[name][:-1] * cost).sum(axis=1)
        + need.abroad[name].sum(axis=1) * p_import
        for name in ("households", "housing")
    }
    vat = spent["households"] * model.params.vat_rate
    total = spent["households"] + spent["housing"] + vat
    model.region_filled = ratio(total, model.region_budget)
    model.region_consumption = total
    model.accounts.post(HOUSEHOLDS, GOVERNMENT, Kind.VAT, float(vat.sum()))


def _firms_unit_costs(
    model: RegionalModel, need: Demand, trade: Trade, input_cost: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Money per unit made [R, S]; per KGS of plant output, per KGS of capital [R]; units per KGS."""
    base, p_import = model.base, model.market.import_price
    cost, filled, passed = trade.cost[:-1], trade.filled[:-1], need.corridor
    unit_cost = (base.loose_coefficient[None] * input_cost).sum(axis=1)
    per_kgs = base.plant_inputs[None] / need.price
    plant_cost = np.stack(
        [(per_kgs * p_import).sum(axis=1) * passed, (per_kgs * cost).sum(axis=1)], axis=1
    )
    plant_cost = plant_cost + base.plant_inputs_imported.sum() * passed
    per_kgs = base.capital_mix[None] / need.capital_price[:, None]
    share = need.capital_import_share
    capital_cost = (per_kgs * ((1.0 - share) * cost + share * passed * p_import)).sum(axis=1)
    capital_filled = (per_kgs * ((1.0 - share) * filled + share * passed)).sum(axis=1)
    return unit_cost, plant_cost, capital_cost, capital_filled


def _post_trade(model: RegionalModel, need: Demand, trade: Trade) -> None:
    """The ledger's side of all purchases."""
    p_import, post = model.market.import_price, model.accounts.post
    bought = sum(float(need.abroad[name].sum()) for name in CAPITAL_BUYERS)
    model.capital_imports = bought * p_import
    sold = trade.from_firms + trade.from_pools
    model.market.export_value = (need.at_home["world"] * sold).sum(axis=0)
    to_firms, to_pools, foreign = (
        _sums(need.units_home * cost) for cost in (trade.from_firms, trade.from_pools, trade.from_world)
    )  # fmt: skip
    foreign = foreign + _sums(need.units_abroad) * p_import
    sums = zip(BUYERS.values(), to_firms.tolist(), to_pools.tolist(), foreign.tolist(), strict=True)
    for (payer, kind), firms, pools, imports in sums:
        post(payer, FIRMS, kind, firms)
        post(payer, HOUSEHOLDS, kind, pools)
        if payer is not WORLD:
            post(payer, WORLD, Kind.IMPORTS, imports)


def _sums(by_buyer: np.ndarray) -> np.ndarray:
    """Totals of each buyer, of amounts by buyer, region and sector [buyers]."""
    return by_buyer.reshape(len(by_buyer), -1).sum(axis=1)
