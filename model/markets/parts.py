"""Critical inputs: named suppliers, deliveries, and production under the limits they set.

Every firm of a goods sector keeps stocks of its critical inputs and buys a part of them from one
to three suppliers that it knows by name (rules.md 9): without names neither a supplier's outage
nor a new buyer would exist. The rest comes from the regional market and from abroad.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from model import draws
from model.accounts import FIRMS, WORLD, Kind
from model.firms import N_CRITICAL, N_SUPPLIERS
from model.shocks import output_left

if TYPE_CHECKING:
    from model.model import RegionalModel

_SLOTS = N_CRITICAL * N_SUPPLIERS


@njit(cache=True)
def find_supplier(  # type: ignore[no-untyped-def]
    seed, month, identity, draw, home, sector, reach, cell_start, customer_firm
):  # fmt: skip
    """A seller of `sector` met by chance: a region by gravity, then one of its customers' choice.

    Copying a random customer's choice meets a firm in proportion to its sales. -1 if that cell
    has no customer.
    """
    u, v = draws.uniform2(seed, draws.SUPPLIER, identity, month, draw)
    n_regions = reach.shape[1]
    there = 0
    while there < n_regions - 1 and u > reach[home, there, sector]:
        there += 1
    first = cell_start[there, sector]
    count = cell_start[there, sector + 1] - first
    if count == 0:
        return -1
    return customer_firm[first + min(np.int64(v * count), count - 1)]


@njit(cache=True)
def review_suppliers(  # type: ignore[no-untyped-def]
    seed, month, p_review, advantage, named, critical, reach, cell_start, customer_firm,
    identity, alive, region, sector, price, supplier,
):  # fmt: skip
    """A firm in `p_review` compares one supplier with another seller and takes it if cheaper.

    Gualdi & Mandel (2016): a switch needs a price lower by `advantage`. A supplier that closed is
    replaced at once. The first `named` places are used.
    """
    for f in range(len(alive)):
        if not alive[f] or critical[sector[f], 0] < 0:
            continue
        pick = -1
        if draws.uniform(seed, draws.SUPPLIER, identity[f], month, 0) < p_review:
            pick = draws.integer(seed, draws.SUPPLIER, identity[f], month, 1, N_CRITICAL * named)
        for k in range(N_CRITICAL):
            s = critical[sector[f], k]
            if s < 0:
                continue
            for j in range(named):
                slot = k * N_SUPPLIERS + j
                now = supplier[f, slot]
                gone = now < 0 or not alive[now]
                if not gone and pick != k * named + j:
                    continue
                other = find_supplier(
                    seed, month, identity[f], 2 + slot, region[f], s, reach, cell_start,
                    customer_firm,
                )  # fmt: skip
                if other < 0 or not alive[other] or other == f:
                    if gone:
                        supplier[f, slot] = -1
                elif gone or price[other] < price[now] * (1.0 - advantage):
                    supplier[f, slot] = other


@njit(cache=True)
def order_inputs(  # type: ignore[no-untyped-def]
    critical, coefficient, cover, speed, alive, sector, expected_sales, input_stock, input_order
):  # fmt: skip
    """Order what expected output uses, plus a part of the gap to `cover` months of use."""
    for f in range(len(alive)):
        for k in range(N_CRITICAL):
            input_order[f, k] = 0.0
            if not alive[f] or critical[sector[f], k] < 0:
                continue
            use = coefficient[sector[f], k] * expected_sales[f]
            gap = cover * use - input_stock[f, k]
            input_order[f, k] = max(use + speed * gap, 0.0)


@njit(cache=True)
def deliver_inputs(  # type: ignore[no-untyped-def]
    named_share, import_share, import_price, substitution, corridor, named, critical, alive, region,
    sector, price, supplier, input_order, inventory, input_stock, orders, sales, revenue, material_cost, cash,
):  # fmt: skip
    """Named suppliers ship what stock allows, in proportion; imports fill their own part.

    Of what a supplier lacks, imports fill `substitution` within the month (inputs are specific:
    Barrot & Sauvagnat 2016); the rest is ordered again next month, for the stock is missing. Of
    all imports the part `corridor` passes the border; the rest is not paid.

    `named_share` [S_use, K] of the domestic part is ordered by name, `import_share` [R, S, S_use]
    from abroad; the rest of the order stays for the market and is left in `input_order`.
    Returns KGS paid to firms and KGS paid abroad.
    """
    n = len(alive)
    ordered = np.zeros(n, np.float64)
    for f in range(n):
        if not alive[f]:
            continue
        for k in range(N_CRITICAL):
            if input_order[f, k] <= 0.0:
                continue
            i = sector[f]
            domestic = input_order[f, k] * (1.0 - import_share[region[f], critical[i, k], i])
            known = 0
            for j in range(named):
                known += supplier[f, k * N_SUPPLIERS + j] >= 0
            for j in range(named):
                g = supplier[f, k * N_SUPPLIERS + j]
                if g >= 0:
                    ordered[g] += domestic * named_share[i, k] / known
    shipped_share = np.zeros(n, np.float64)
    for g in range(n):
        orders[g] = ordered[g]
        sales[g] = 0.0
        revenue[g] = 0.0
        material_cost[g] = 0.0
        if ordered[g] > 0.0 and alive[g]:
            shipped_share[g] = min(1.0, max(inventory[g], 0.0) / ordered[g])
    to_firms = 0.0
    abroad = 0.0
    for f in range(n):
        if not alive[f]:
            continue
        i = sector[f]
        for k in range(N_CRITICAL):
            order = input_order[f, k]
            if order <= 0.0:
                continue
            foreign = order * import_share[region[f], critical[i, k], i]
            domestic = order - foreign
            known = 0
            for j in range(named):
                known += supplier[f, k * N_SUPPLIERS + j] >= 0
            asked = 0.0
            for j in range(named):
                g = supplier[f, k * N_SUPPLIERS + j]
                if g < 0:
                    continue
                part = domestic * named_share[i, k] / known
                got = part * shipped_share[g]
                asked += part
                foreign += substitution * (part - got)
                input_stock[f, k] += got
                inventory[g] -= got
                sales[g] += got
                value = got * price[g]
                revenue[g] += value
                cash[g] += value
                cash[f] -= value
                material_cost[f] += value
                to_firms += value
            foreign *= corridor
            input_stock[f, k] += foreign
            value = foreign * import_price
            cash[f] -= value
            material_cost[f] += value
            abroad += value
            input_order[f, k] = domestic - asked
    return to_firms, abroad


@njit(cache=True)
def produce(  # type: ignore[no-untyped-def]
    vehicles, storable, critical, coefficient, cover, adjustment, capacity_per_capital, alive,
    sector, expected_sales, productivity, skill_sum, capital, able, input_stock, inventory,
    production,
):  # fmt: skip
    """Leontief: the least of labour, capital, and each critical input in stock sets output.

    Storable goods are made up to what is wanted and put in stock, using their inputs now. For the
    others `production` is the capacity on offer; what is sold of it is made (`close_services`).
    `able` [capacity]: the part of it that an outage leaves.
    """
    for f in range(len(alive)):
        if not alive[f]:
            # Who closed last month made something then, and nothing since.
            production[f] = 0.0
            continue
        if sector[f] == vehicles:
            continue
        s = sector[f]
        most = min(productivity[f] * skill_sum[f], max(capital[f], 0.0) * capacity_per_capital[s])
        for k in range(N_CRITICAL):
            if critical[s, k] >= 0:
                most = min(most, max(input_stock[f, k], 0.0) / coefficient[s, k])
        if storable[s]:
            gap = (cover * expected_sales[f] - inventory[f]) / adjustment
            most = min(most, max(expected_sales[f] + gap, 0.0)) * able[f]
            inventory[f] += most
            for k in range(N_CRITICAL):
                if critical[s, k] >= 0:
                    input_stock[f, k] -= coefficient[s, k] * most
        production[f] = most


def order_parts(model: RegionalModel) -> None:
    """Phase 3, inputs: review suppliers, order critical inputs."""
    f, p, base, market = model.firms, model.params, model.base, model.market
    review_suppliers(
        model.seed, model.period, p.supplier_review_rate, p.supplier_advantage, p.n_suppliers,
        base.critical, base.supplier_reach, base.cell_start, market.customer_firm, f.identity,
        f.alive, f.region, f.sector, f.price, f.supplier,
    )  # fmt: skip
    order_inputs(
        base.critical, base.critical_coefficient, p.input_cover, p.input_speed, f.alive, f.sector,
        f.expected_sales, f.input_stock, f.input_order,
    )  # fmt: skip


def deliver_and_produce(model: RegionalModel) -> None:
    """Phase 6: deliveries of critical inputs, then production."""
    f, p, base, market = model.firms, model.params, model.base, model.market
    domestic, abroad = deliver_inputs(
        base.named_share, market.input_import_share, market.import_price,
        p.import_substitution, p.corridor_open, p.n_suppliers, base.critical, f.alive, f.region, f.sector, f.price, f.supplier, f.input_order, f.inventory,
        f.input_stock, f.orders, f.sales, f.revenue, f.material_cost, f.cash,
    )  # fmt: skip
    model.accounts.post(FIRMS, FIRMS, Kind.INPUTS, domestic)
    model.accounts.post(FIRMS, WORLD, Kind.IMPORTS, abroad)
    produce(
        base.vehicles, base.storable, base.critical, base.critical_coefficient, p.stock_cover,
        p.stock_adjustment, base.capacity_per_capital, f.alive, f.sector, f.expected_sales,
        f.productivity, f.skill_sum, f.capital, output_left(model), f.input_stock, f.inventory,
        f.production,
    )  # fmt: skip
