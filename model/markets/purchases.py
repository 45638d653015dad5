"""Who pays whom for what the goods markets delivered.

Identity: what buyers pay is what firms, pools and the world get; the ledger learns of all of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from model import threads
from model.accounts import FIRMS, GOVERNMENT, HOUSEHOLDS, WORLD, Kind
from model.firms import N_CRITICAL
from model.markets.demand import BUYERS, CAPITAL_BUYERS, Demand, Trade, ratio
from model.workers import spend_budgets

if TYPE_CHECKING:
    from model.model import RegionalModel


# --- What a unit costs its buyers -----------------------------------------------------------------


@njit(cache=True)
def cost_of_inputs(coefficient, import_share, corridor, import_price, cost):  # type: ignore[no-untyped-def]
    """What the inputs of a unit cost, KGS [R, S]: of goods asked at home (`cost` [B, S]) and abroad.

    `coefficient` [S, S] and `import_share` [R, S, S] by supplying and using sector.
    """
    n_regions, n_sectors = import_share.shape[0], import_share.shape[1]
    total = np.zeros((n_regions, n_sectors))
    for r in range(n_regions):
        for g in range(n_sectors):
            for s in range(n_sectors):
                share = import_share[r, g, s]
                price = (1.0 - share) * cost[r, g] + share * corridor * import_price
                total[r, s] += coefficient[g, s] * price
    return total


@njit(cache=True)
def cost_of_capital(mix, import_share, corridor, import_price, capital_price, cost, filled):  # type: ignore[no-untyped-def]
    """For a KGS put into capital goods: KGS paid and units got [R] each; `filled` [B, S] at home."""
    n_regions, n_sectors = import_share.shape
    paid, got = np.zeros(n_regions), np.zeros(n_regions)
    for r in range(n_regions):
        for s in range(n_sectors):
            share, units = import_share[r, s], mix[s] / capital_price[r]
            at_home = (1.0 - share) * units
            abroad = share * corridor * units
            paid[r] += at_home * cost[r, s] + abroad * import_price
            got[r] += at_home * filled[r, s] + abroad
    return paid, got


@njit(cache=True)
def cost_of_plant_inputs(inputs, imported, corridor, import_price, price, cost):  # type: ignore[no-untyped-def]
    """For a KGS of a plant's output, what its inputs beside kits cost, KGS [R, 2]: abroad, at home.

    `inputs` [S] are bought where the plant buys, `imported` [S] always abroad.
    """
    total = np.zeros((len(price), 2))
    for r in range(len(price)):
        for s in range(len(inputs)):
            always, units = imported[s] * corridor, inputs[s] / price[r, s]
            total[r, 0] += always + units * import_price * corridor
            total[r, 1] += always + units * cost[r, s]
    return total


# --- Firms ----------------------------------------------------------------------------------------


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


def _firms_pay(model: RegionalModel, need: Demand, trade: Trade) -> None:
    """Firms, plants among them, pay for inputs and capital goods."""
    f, base, p_import = model.firms, model.base, model.market.import_price
    inputs = cost_of_inputs(
        base.loose_coefficient, need.input_import_share, need.corridor, p_import, trade.cost
    )
    plants = cost_of_plant_inputs(
        base.plant_inputs, base.plant_inputs_imported, need.corridor, p_import, need.price,
        trade.cost,
    )  # fmt: skip
    capital = cost_of_capital(
        base.capital_mix, need.capital_import_share, need.corridor, p_import, need.capital_price,
        trade.cost, trade.filled,
    )  # fmt: skip
    charge_firms(
        base.critical, inputs, plants, *capital, trade.filled, trade.cost, f.alive, f.region,
        f.sector, model.activity, f.production_value, f.local_purchases, f.investment, f.input_order,
        f.input_stock, f.capital, f.material_cost, f.cash,
    )  # fmt: skip
    # What was made this month is what next month's services and energy are bought for.
    model.activity[:] = np.where(f.sector == base.vehicles, 0.0, f.production)


# --- Households and their own-account work -----------------------------------------------------------


@njit(cache=True)
def paid_by_region(at_home, abroad, cost, import_price):  # type: ignore[no-untyped-def]
    """What buyers of each region pay for units asked at home [B, S] and abroad [R, S]; KGS [R]."""
    total = np.zeros(len(abroad))
    for r in range(len(abroad)):
        for s in range(abroad.shape[1]):
            total[r] += at_home[r, s] * cost[r, s] + abroad[r, s] * import_price
    return total


def _households_pay(model: RegionalModel, need: Demand, trade: Trade) -> None:
    """Regional spending with VAT, and the share of budgets that could be spent [R]."""
    w, p_import = model.workers, model.market.import_price
    goods, housing = (
        paid_by_region(need.at_home[name], need.abroad[name], trade.cost, p_import)
        for name in ("households", "housing")
    )
    vat = goods * model.params.vat_rate
    total = goods + housing + vat
    model.region_filled = ratio(total, model.region_budget)
    model.region_consumption = total
    model.accounts.post(HOUSEHOLDS, GOVERNMENT, Kind.VAT, float(vat.sum()))
    threads.over_rows(
        len(w.region),
        lambda first, last: spend_budgets(
            first, last, model.region_filled, w.region, w.budget, w.savings
        ),
    )


def _pools_pay(model: RegionalModel, need: Demand, trade: Trade) -> None:
    """Own-account producers of each cell pay for last month's inputs."""
    m = model.market
    inputs = cost_of_inputs(
        model.base.input_coefficient, need.input_import_share, need.corridor, m.import_price,
        trade.cost,
    )  # fmt: skip
    m.pool_cash -= inputs * m.pool_output_before


# --- Everybody --------------------------------------------------------------------------------------


@njit(cache=True)
def paid_by_buyer(units_home, units_abroad, from_firms, from_pools, from_world, import_price):  # type: ignore[no-untyped-def]
    """KGS that each kind of buyer pays to firms, to pools and to the world [buyers, 3].

    `units_home` [buyers, B, S], `units_abroad` [buyers, R, S]; the others per unit asked [B, S].
    """
    n, n_places, n_sectors = units_home.shape
    paid = np.zeros((n, 3))
    for k in range(n):
        for b in range(n_places):
            for s in range(n_sectors):
                asked = units_home[k, b, s]
                paid[k, 0] += asked * from_firms[b, s]
                paid[k, 1] += asked * from_pools[b, s]
                paid[k, 2] += asked * from_world[b, s]
        for r in range(units_abroad.shape[1]):
            for s in range(n_sectors):
                paid[k, 2] += units_abroad[k, r, s] * import_price
    return paid


def settle_purchases(model: RegionalModel, need: Demand, trade: Trade) -> None:
    """Every buyer pays for what it got; the ledger learns who paid whom for what."""
    _pools_pay(model, need, trade)
    _households_pay(model, need, trade)
    _firms_pay(model, need, trade)
    _post_trade(model, need, trade)


def _post_trade(model: RegionalModel, need: Demand, trade: Trade) -> None:
    """The ledger's side of all purchases."""
    p_import, post = model.market.import_price, model.accounts.post
    bought = sum(float(need.abroad[name].sum()) for name in CAPITAL_BUYERS)
    model.capital_imports += bought * p_import
    sold = trade.from_firms + trade.from_pools
    model.market.export_value = (need.at_home["world"] * sold).sum(axis=0)
    paid = paid_by_buyer(
        need.units_home, need.units_abroad, trade.from_firms, trade.from_pools, trade.from_world,
        p_import,
    )  # fmt: skip
    for (payer, kind), (firms, pools, world) in zip(BUYERS.values(), paid.tolist(), strict=True):
        post(payer, FIRMS, kind, firms)
        post(payer, HOUSEHOLDS, kind, pools)
        if payer is not WORLD:
            post(payer, WORLD, Kind.IMPORTS, world)
