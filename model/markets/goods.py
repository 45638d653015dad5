"""Goods markets: who buys how much from whom, in units and in money, with rationing.

Every buyer's demand is divided by deterministic expected shares (rules.md 8): first between
home and imports, then over seller regions by attraction, price and distance (gravity), then over
the firms of a cell by the customers they hold and their price. The own-account producers of a
region and sector sell as one pool (rules.md 13). Draws serve only the slow movement of customers
from firm to firm.

All demand is in units (one unit cost 1 KGS in the base year), so goods balance exactly: a buyer
receives the units that a seller gives up, at the seller's price.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from model import draws
from model.firms import N_CRITICAL
from model.markets.demand import Trade, buyers_demand, ratio, settle_purchases
from model.markets.pools import price_pools

if TYPE_CHECKING:
    from model.markets.demand import Demand
    from model.model import RegionalModel


# --- Customers: lumps of demand that firms hold -------------------------------------------------


@njit(cache=True)
def move_customers(  # type: ignore[no-untyped-def]
    seed, month, churn, p_uniform, elasticity, numeraire, cell_start, slot_start, slot_firm,
    alive, price, customer_firm, customers,
):  # fmt: skip
    """Some customers look around; most copy the choice of another, some try any firm of the cell.

    Copying is preferential attachment (Simon 1955; Bottazzi & Secchi 2006): lumpy, multiplicative
    growth and a fat tail are not typed in. An offer is accepted with the logit of the price ratio.
    A customer of a closed firm always moves. Customers and slots are fixed places, so one entrant
    moves nobody else's draw.
    """
    before = customer_firm.copy()
    n_regions, n_sectors = cell_start.shape[0], cell_start.shape[1] - 1
    for f in range(len(customers)):
        customers[f] = 0.0
    for r in range(n_regions):
        for s in range(n_sectors):
            first, last = cell_start[r, s], cell_start[r, s + 1]
            n_slots = slot_start[r, s + 1] - slot_start[r, s]
            for c in range(first, last):
                now = before[c]
                lost = now < 0 or not alive[now]
                who = np.uint64(c)
                u, v = draws.uniform2(seed, draws.CUSTOMER, who, month, 0)
                if lost or u < churn:
                    x, y = draws.uniform2(seed, draws.CUSTOMER, who, month, 1)
                    if x < p_uniform and n_slots > 0:
                        other = slot_firm[
                            slot_start[r, s] + min(np.int64(v * n_slots), n_slots - 1)
                        ]
                    else:
                        other = before[first + min(np.int64(v * (last - first)), last - first - 1)]
                    if other >= 0 and alive[other]:
                        accept = 1.0
                        if not lost:
                            odds = math.pow(price[now] / price[other], elasticity)
                            accept = odds / (1.0 + odds)
                        if y < accept:
                            now = other
                            lost = False
                customer_firm[c] = -1 if lost else now
                if not lost:
                    customers[now] += 1.0


# --- Shares ------------------------------------------------------------------------------------


@njit(cache=True)
def weigh_cells(  # type: ignore[no-untyped-def]
    elasticity, numeraire, base_customers, alive, region, sector, customers, price, weight,
    cell_weight,
):  # fmt: skip
    """Attraction of each firm, and of each cell relative to the base year."""
    for r in range(cell_weight.shape[0]):
        for s in range(cell_weight.shape[1]):
            cell_weight[r, s] = 0.0
    for f in range(len(alive)):
        weight[f] = 0.0
        if alive[f] and base_customers[region[f], sector[f]] > 0.0:
            relative = price[f] / numeraire
            weight[f] = customers[f] * math.pow(relative, -elasticity)
            cell_weight[region[f], sector[f]] += weight[f] / base_customers[region[f], sector[f]]


@njit(cache=True)
def divide_over_regions(distance_weight, pull_firms, pull_pool, share_firms, share_pool):  # type: ignore[no-untyped-def]
    """Shares of each buyer region's demand by seller region and kind of seller.

    `distance_weight` [B, R, S], pulls [R, S]; writes [B, R, S] shares that sum to one over both
    kinds, or to zero where nobody sells.
    """
    n_buyers, n_regions, n_sectors = distance_weight.shape
    for b in range(n_buyers):
        for s in range(n_sectors):
            total = 0.0
            for q in range(n_regions):
                total += distance_weight[b, q, s] * (pull_firms[q, s] + pull_pool[q, s])
            for q in range(n_regions):
                share_firms[b, q, s] = 0.0
                share_pool[b, q, s] = 0.0
                if total > 0.0:
                    share_firms[b, q, s] = distance_weight[b, q, s] * pull_firms[q, s] / total
                    share_pool[b, q, s] = distance_weight[b, q, s] * pull_pool[q, s] / total


# --- Sales ----------------------------------------------------------------------------------------


@njit(cache=True)
def sell_first(  # type: ignore[no-untyped-def]
    storable, base_customers, demand, cell_weight, weight, alive, region, sector, price, inventory,
    production, orders, sales, revenue, cash, sold, value, spare,
):  # fmt: skip
    """Each firm gets its part of its cell's demand and serves what its stock or capacity allows.

    Writes per cell [R, S]: units sold, their value, and what is still to be had (`spare`).
    """
    for f in range(len(alive)):
        if not alive[f] or weight[f] <= 0.0:
            continue
        r, s = region[f], sector[f]
        part = weight[f] / (base_customers[r, s] * cell_weight[r, s])
        wanted = demand[r, s] * part
        at_hand = inventory[f] if storable[s] else production[f] - sales[f]
        units = min(wanted, max(at_hand, 0.0))
        orders[f] += wanted
        sales[f] += units
        revenue[f] += units * price[f]
        cash[f] += units * price[f]
        if storable[s]:
            inventory[f] -= units
        sold[r, s] += units
        value[r, s] += units * price[f]
        spare[r, s] += max(at_hand - units, 0.0)


@njit(cache=True)
def sell_second(  # type: ignore[no-untyped-def]
    storable, demand, spare, alive, weight, region, sector, price, inventory, production, sales,
    revenue, cash, sold, value,
):  # fmt: skip
    """Demand that others could not serve spills over, in proportion to what sellers have left."""
    for f in range(len(alive)):
        if not alive[f] or weight[f] <= 0.0:
            continue
        r, s = region[f], sector[f]
        if spare[r, s] <= 0.0 or demand[r, s] <= 0.0:
            continue
        at_hand = inventory[f] if storable[s] else production[f] - sales[f]
        units = max(at_hand, 0.0) * min(demand[r, s] / spare[r, s], 1.0)
        sales[f] += units
        revenue[f] += units * price[f]
        cash[f] += units * price[f]
        if storable[s]:
            inventory[f] -= units
        sold[r, s] += units
        value[r, s] += units * price[f]


@njit(cache=True)
def close_services(  # type: ignore[no-untyped-def]
    vehicles, storable, critical, coefficient, alive, sector, sales, production, input_stock
):  # fmt: skip
    """What cannot be stored is made as it is sold, and uses its critical inputs then."""
    for f in range(len(alive)):
        s = sector[f]
        if not alive[f] or storable[s] or s == vehicles:
            continue
        production[f] = sales[f]
        for k in range(N_CRITICAL):
            if critical[s, k] >= 0:
                input_stock[f, k] -= coefficient[s, k] * sales[f]


Shares = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def trade_goods(model: RegionalModel) -> None:
    """Phase 8: demand of all buyers, two rounds at home, imports for the rest, payments."""
    f, p, base, m = model.firms, model.params, model.base, model.market
    move_customers(
        model.seed, model.period, p.customer_churn, p.customer_uniform, p.customer_elasticity,
        p.numeraire, base.cell_start, base.slot_start, base.slot_firm, f.alive, f.price,
        m.customer_firm, f.customers,
    )  # fmt: skip
    f.customers[base.public_rows] = base.public_customers
    price_pools(model)
    clear_markets(model)


def clear_markets(model: RegionalModel) -> None:
    """Demand, shares, sales and payments at given prices and customers.

    The input-output cross-check (`experiments/leontief.py`) runs on these same lines.
    """
    f, base = model.firms, model.base
    need = buyers_demand(model)
    trade = _serve(model, need, _shares(model))
    close_services(
        base.vehicles, base.storable, base.critical, base.critical_coefficient, f.alive, f.sector,
        f.sales, f.production, f.input_stock,
    )  # fmt: skip
    settle_purchases(model, need, trade)
    model.market.quote_prices()


def _shares(model: RegionalModel) -> Shares:
    """Demand shares [B, R, S] of firms and pools by seller cell; firm weights and cell weights."""
    f, p, base, m = model.firms, model.params, model.base, model.market
    weight = np.zeros(f.capacity)
    cell_weight = np.zeros(base.firm_output.shape)
    weigh_cells(
        p.seller_elasticity, p.numeraire, base.base_customers, f.alive, f.region, f.sector,
        f.customers, f.price, weight, cell_weight,
    )  # fmt: skip
    crowd = np.where(base.pool_skill > 0.0, m.pool_skill / np.maximum(base.pool_skill, 1e-12), 0.0)
    pull_pool = (
        base.pull_pool
        * crowd**p.pool_crowding
        * (m.pool_price / p.numeraire) ** (-p.seller_elasticity)
    )
    to_firms = np.zeros(base.distance_weight.shape)
    to_pools = np.zeros(base.distance_weight.shape)
    divide_over_regions(
        base.distance_weight, base.pull_firms * cell_weight, pull_pool, to_firms, to_pools
    )
    return to_firms, to_pools, weight, cell_weight


def _serve(model: RegionalModel, need: Demand, shares: Shares) -> Trade:
    """Two rounds of home sales, then imports where the good is tradable."""
    f, base, m = model.firms, model.base, model.market
    demand = need.home
    to_firms, to_pools, weight, cell_weight = shares
    shape = base.firm_output.shape
    asked_firms = (demand[:, None, :] * to_firms).sum(axis=0)
    asked_pools = (demand[:, None, :] * to_pools).sum(axis=0)
    sold, value, spare = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    sell_first(
        base.storable, base.base_customers, asked_firms, cell_weight, weight, f.alive, f.region,
        f.sector, f.price, f.inventory, f.production, f.orders, f.sales, f.revenue, f.cash, sold,
        value, spare,
    )  # fmt: skip
    pool_capacity = base.pool_norm * m.pool_skill * model.params.pool_stretch
    pool_sold = np.minimum(asked_pools, pool_capacity)
    fill_firms = ratio(sold, asked_firms)
    fill_pools = ratio(pool_sold, asked_pools)
    out = Trade(demand.shape)
    got_firms, got_pools = to_firms * fill_firms[None], to_pools * fill_pools[None]
    out.from_firms = (got_firms * ratio(value, sold)[None]).sum(axis=1)
    out.from_pools = (got_pools * m.pool_price[None]).sum(axis=1)
    out.filled = (got_firms + got_pools).sum(axis=1)
    # The second round: what is unserved goes where something is left, by the same gravity.
    missing = np.maximum(demand * (1.0 - out.filled), 0.0)
    pool_spare = np.maximum(pool_capacity - pool_sold, 0.0)
    again_firms, again_pools = np.zeros(to_firms.shape), np.zeros(to_firms.shape)
    divide_over_regions(base.distance_weight, spare, pool_spare, again_firms, again_pools)
    asked_again = (missing[:, None, :] * again_firms).sum(axis=0)
    pools_again = (missing[:, None, :] * again_pools).sum(axis=0)
    more, more_value = np.zeros(shape), np.zeros(shape)
    sell_second(
        base.storable, asked_again, spare, f.alive, weight, f.region, f.sector, f.price,
        f.inventory, f.production, f.sales, f.revenue, f.cash, more, more_value,
    )  # fmt: skip
    pool_more = np.minimum(pools_again, pool_spare)
    miss_share = ratio(missing, demand)
    got_firms = again_firms * ratio(more, asked_again)[None]
    got_pools = again_pools * ratio(pool_more, pools_again)[None]
    out.from_firms += miss_share * (got_firms * ratio(more_value, more)[None]).sum(axis=1)
    out.from_pools += miss_share * (got_pools * m.pool_price[None]).sum(axis=1)
    out.filled += miss_share * (got_firms + got_pools).sum(axis=1)
    m.pool_output_before = m.pool_output
    m.pool_output = pool_sold + pool_more
    m.pool_cash += m.pool_output * m.pool_price
    # Imports fill the rest of tradable goods, never what goes abroad.
    rest = np.maximum(1.0 - out.filled, 0.0) * base.tradable[None] * need.corridor
    rest[-1] = 0.0
    out.from_world = rest * m.import_price
    asked = np.maximum(demand, 0.0)
    m.unserved = float(((1.0 - out.filled - rest) * asked).sum()) + need.blocked
    out.filled = out.filled + rest
    seen = (out.filled > 0.0) & (demand > 0.0)
    m.price = np.where(seen, ratio(out.cost, out.filled), m.price)
    m.filled = out.filled
    return out
