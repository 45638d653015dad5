"""Rationing on the goods markets: what sellers give up of what is asked, and who gets it.

Identity: units that buyers of a sector's goods get are units that its sellers give up.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from model.firms import N_CRITICAL


@njit(cache=True)
def ask_cells(demand, share_firms, share_pool):  # type: ignore[no-untyped-def]
    """What the firms and the pool of each cell are asked for by all buyers, units [R, S] each."""
    n_buyers, n_regions, n_sectors = share_firms.shape
    firms, pools = np.zeros((n_regions, n_sectors)), np.zeros((n_regions, n_sectors))
    for b in range(n_buyers):
        for q in range(n_regions):
            for s in range(n_sectors):
                firms[q, s] += demand[b, s] * share_firms[b, q, s]
                pools[q, s] += demand[b, s] * share_pool[b, q, s]
    return firms, pools


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


@njit(cache=True)
def part_of(amount, whole):  # type: ignore[no-untyped-def]
    """amount / whole, and 0 of nothing."""
    return amount / whole if whole > 0.0 else 0.0


@njit(cache=True)
def hand_out(  # type: ignore[no-untyped-def]
    part, share_firms, share_pool, asked_firms, sold, value, asked_pools, pool_sold, pool_price,
    filled, from_firms, from_pools,
):  # fmt: skip
    """What the cells sold reaches the buyers, in the shares in which they asked.

    `part` [B, S] of a buyer's demand was asked for in this round. `sold`, `pool_sold` [R, S] are
    units, `value` KGS. Adds to what is got per unit of demand [B, S]: units to `filled`, KGS to
    `from_firms` and `from_pools`.
    """
    n_buyers, n_regions, n_sectors = share_firms.shape
    for b in range(n_buyers):
        for s in range(n_sectors):
            got, paid_firms, paid_pools = 0.0, 0.0, 0.0
            for q in range(n_regions):
                of_firms = share_firms[b, q, s] * part_of(sold[q, s], asked_firms[q, s])
                of_pool = share_pool[b, q, s] * part_of(pool_sold[q, s], asked_pools[q, s])
                got += of_firms + of_pool
                paid_firms += of_firms * part_of(value[q, s], sold[q, s])
                paid_pools += of_pool * pool_price[q, s]
            filled[b, s] += part[b, s] * got
            from_firms[b, s] += part[b, s] * paid_firms
            from_pools[b, s] += part[b, s] * paid_pools


@njit(cache=True)
def fill_from_abroad(tradable, corridor, import_price, demand, filled, from_world):  # type: ignore[no-untyped-def]
    """Imports fill the rest of tradable goods, never what goes abroad (the last buyer).

    `corridor` is the part that passes the border. Adds units and KGS per unit of demand to `filled`
    and `from_world` [B, S]; returns units that nobody served.
    """
    unserved = 0.0
    n_buyers, n_sectors = filled.shape
    for b in range(n_buyers):
        for s in range(n_sectors):
            rest = 0.0
            if b < n_buyers - 1:
                rest = max(1.0 - filled[b, s], 0.0) * tradable[s] * corridor
            unserved += (1.0 - filled[b, s] - rest) * max(demand[b, s], 0.0)
            from_world[b, s] += rest * import_price
            filled[b, s] += rest
    return unserved
