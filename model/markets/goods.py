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

from model import draws, threads
from model.markets.demand import Trade, buyers_demand, ratio
from model.markets.pools import price_pools
from model.markets.purchases import settle_purchases
from model.markets.rationing import (
    ask_cells,
    close_services,
    fill_from_abroad,
    hand_out,
    sell_first,
    sell_second,
)

if TYPE_CHECKING:
    from model.markets.demand import Demand
    from model.model import RegionalModel


# --- Customers: lumps of demand that firms hold -------------------------------------------------


@njit(cache=True, nogil=True)
def choose_sellers_anew(  # type: ignore[no-untyped-def]
    first, last, seed, month, churn, p_uniform, elasticity, cells, slots, slot_firm, closed, price,
    customer_firm, choice,
):  # fmt: skip
    """Some customers look around; most copy the choice of another, some try any firm of the cell.

    Copying is preferential attachment (Simon 1955; Bottazzi & Secchi 2006): lumpy, multiplicative
    growth and a fat tail are not typed in. An offer is accepted with the logit of the price ratio.
    A customer of a closed firm always moves. Customers and slots are fixed places, so one entrant
    moves nobody else's draw. `cells`, `slots` [cells + 1]: where each cell's customers and slots
    begin; `closed` of each firm, then true for no firm (row -1). Writes firm rows to `choice`.
    """
    cell = np.searchsorted(cells, first, side="right") - 1
    who, restless = np.empty(draws.STRIPE, np.uint64), np.empty(draws.STRIPE, np.int64)
    u, v = np.empty(draws.STRIPE, np.float64), np.empty(draws.STRIPE, np.float64)
    for start in range(first, last, draws.STRIPE):
        size, few = min(draws.STRIPE, last - start), 0
        for k in range(size):
            who[k] = np.uint64(start + k)
        draws.fill_uniforms2(seed, draws.CUSTOMER, who[:size], month, 0, u, v)
        for k in range(size):
            choice[start + k] = customer_firm[start + k]
            restless[few] = k
            few += int(u[k] < churn or closed[customer_firm[start + k]])
        for k in restless[:few]:
            c = start + k
            while c >= cells[cell + 1]:
                cell += 1
            now, others = customer_firm[c], cells[cell + 1] - cells[cell]
            n_slots = slots[cell + 1] - slots[cell]
            x, y = draws.uniform2(seed, draws.CUSTOMER, who[k], month, 1)
            if x < p_uniform and n_slots > 0:
                other = slot_firm[slots[cell] + min(np.int64(v[k] * n_slots), n_slots - 1)]
            else:
                other = customer_firm[cells[cell] + min(np.int64(v[k] * others), others - 1)]
            lost = closed[now]
            choice[c] = -1 if lost else now
            if not closed[other]:
                accept = 1.0
                if not lost:
                    odds = math.pow(price[now] / price[other], elasticity)
                    accept = odds / (1.0 + odds)
                if y < accept:
                    choice[c] = other


@njit(cache=True)
def count_customers(customer_firm, customers):  # type: ignore[no-untyped-def]
    """Fill `customers` [capacity] with how many each firm has; who has no firm is left out."""
    held = np.zeros(len(customers) + 1, np.int64)
    for firm in customer_firm:
        held[firm] += 1
    customers[:] = held[:-1]


def move_customers(model: RegionalModel) -> None:
    """Customers choose their sellers anew (`choose_sellers_anew`), all from last month's choices."""
    f, p, base, m = model.firms, model.params, model.base, model.market
    now, closed = m.customer_firm, np.append(~f.alive, True)
    cells, slots = bounds_of_cells(base.cell_start), bounds_of_cells(base.slot_start)
    choice = np.empty_like(now)
    threads.over_rows(
        len(now),
        lambda first, last: choose_sellers_anew(
            first, last, model.seed, model.period, p.customer_churn, p.customer_uniform,
            p.customer_elasticity, cells, slots, base.slot_firm, closed, f.price, now, choice,
        ),
    )  # fmt: skip
    m.customer_firm = choice
    count_customers(choice, f.customers)
    f.customers[base.public_rows] = base.public_customers


def bounds_of_cells(start: np.ndarray) -> np.ndarray:
    """Where each cell begins, region by region, and where the last one ends [R * S + 1]."""
    return np.append(start[:, :-1].ravel(), start[-1, -1])


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


Shares = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def trade_goods(model: RegionalModel) -> None:
    """Phase 8: demand of all buyers, two rounds at home, imports for the rest, payments."""
    move_customers(model)
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
    to_firms = np.empty(base.distance_weight.shape)
    to_pools = np.empty(base.distance_weight.shape)
    divide_over_regions(
        base.distance_weight, base.pull_firms * cell_weight, pull_pool, to_firms, to_pools
    )
    return to_firms, to_pools, weight, cell_weight


def _serve(model: RegionalModel, need: Demand, shares: Shares) -> Trade:
    """Two rounds of home sales, then imports where the good is tradable."""
    f, base, m = model.firms, model.base, model.market
    demand, out = need.home, Trade(need.home.shape)
    to_firms, to_pools, weight, cell_weight = shares
    shape = base.firm_output.shape
    asked_firms, asked_pools = ask_cells(demand, to_firms, to_pools)
    sold, value, spare = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    sell_first(
        base.storable, base.base_customers, asked_firms, cell_weight, weight, f.alive, f.region,
        f.sector, f.price, f.inventory, f.production, f.orders, f.sales, f.revenue, f.cash, sold,
        value, spare,
    )  # fmt: skip
    pool_capacity = base.pool_norm * m.pool_skill * model.params.pool_stretch
    pool_sold = np.minimum(asked_pools, pool_capacity)
    hand_out(
        np.ones(demand.shape), to_firms, to_pools, asked_firms, sold, value, asked_pools, pool_sold,
        m.pool_price, out.filled, out.from_firms, out.from_pools,
    )  # fmt: skip
    # The second round: what is unserved goes where something is left, by the same gravity.
    missing = np.maximum(demand * (1.0 - out.filled), 0.0)
    pool_spare = np.maximum(pool_capacity - pool_sold, 0.0)
    again_firms, again_pools = np.empty(to_firms.shape), np.empty(to_firms.shape)
    divide_over_regions(base.distance_weight, spare, pool_spare, again_firms, again_pools)
    asked_again, pools_again = ask_cells(missing, again_firms, again_pools)
    more, more_value = np.zeros(shape), np.zeros(shape)
    sell_second(
        base.storable, asked_again, spare, f.alive, weight, f.region, f.sector, f.price,
        f.inventory, f.production, f.sales, f.revenue, f.cash, more, more_value,
    )  # fmt: skip
    pool_more = np.minimum(pools_again, pool_spare)
    hand_out(
        ratio(missing, demand), again_firms, again_pools, asked_again, more, more_value,
        pools_again, pool_more, m.pool_price, out.filled, out.from_firms, out.from_pools,
    )  # fmt: skip
    m.pool_output_before = m.pool_output
    m.pool_output = pool_sold + pool_more
    m.pool_cash += m.pool_output * m.pool_price
    m.unserved = need.blocked + fill_from_abroad(
        base.tradable, need.corridor, m.import_price, demand, out.filled, out.from_world
    )
    out.sum_cost()
    m.price = np.where((out.filled > 0.0) & (demand > 0.0), ratio(out.cost, out.filled), m.price)
    m.filled = out.filled
    return out
