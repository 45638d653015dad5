"""Compiled rules of firms, goods and incomes against slow obvious twins, on real months."""

import math

import numpy as np
from calls import assert_close, some_calls

from model import draws, firms, workers
from model.firms import N_CRITICAL, N_SUPPLIERS
from model.markets import goods, incomes, parts
from model.workers import ABROAD, EMPLOYEE, OWN_ACCOUNT

# --- Prices and wages -----------------------------------------------------------------------------


def slow_price(a, f):
    """Unit cost, mark-up and price of one firm."""
    s = a.sector[f]
    paid = a.skill_sum[f] > 0.0 and a.wage_bill[f] > 0.0
    wage = a.wage_bill[f] / a.skill_sum[f] if paid else a.wage_offer[f]
    spare = 1.0 if a.storable[s] else 1.0 + a.slack
    cost = wage * (1.0 + a.social_rate) / (a.productivity[f] / spare) + a.input_cost[a.region[f], s]
    markup, price = a.markup[f], a.price[f]
    if draws.uniform(a.seed, draws.REPRICE, a.identity[f], a.month, 0) <= a.review_rate:
        have = a.inventory[f] if a.storable[s] else a.productivity[f] * a.skill_sum[f]
        want = a.cover * a.expected_sales[f] if a.storable[s] else a.expected_sales[f] * spare
        gap = min(max(have / want - 1.0, -1.0), 1.0) if want > 0.0 else 0.0
        norm = a.norm_markup[s]
        moved = markup * math.exp(-a.kappa * math.log(markup / norm) - a.gamma * gap)
        markup = min(max(moved, 1.0), 1.5 * norm)
        price = markup * cost
    return cost, markup, price


def test_prices_are_those_of_the_slow_twin():
    reviewed = 0
    for before, after, _ in some_calls(firms, "set_prices"):
        for f in np.flatnonzero(before.alive & (before.sector != before.vehicles)):
            cost, markup, price = slow_price(before, f)
            assert (after.unit_cost[f], after.markup[f], after.price[f]) == (cost, markup, price)
            reviewed += price != before.price[f]
    assert reviewed > 100


def test_wage_offers_are_those_of_the_slow_twin():
    moves = {"up": 0, "down": 0, "floor": 0}
    for before, after, _ in some_calls(firms, "set_wages"):
        for f in np.flatnonzero(before.alive & (before.sector != before.vehicles)):
            offer, floor = before.wage_offer[f], before.floor[before.region[f], before.sector[f]]
            if before.unfilled_months[f] >= before.patience:
                offer *= 1.0 + before.raise_step
                moves["up"] += 1
            elif 0 < before.vacancies[f] * before.queue <= before.applicants[f]:
                offer *= 1.0 - before.cut_step
                moves["down"] += 1
            moves["floor"] += max(before.minimum, floor) > offer
            assert after.wage_offer[f] == max(offer, before.minimum, floor)
    assert min(moves.values()) > 0, moves


# --- Suppliers, deliveries, production ------------------------------------------------------------


def slow_supplier(a, f, k, slot):
    """Whom a firm meets when it looks for a seller of its k-th critical input."""
    sector = a.critical[a.sector[f], k]
    u, v = draws.uniform2(a.seed, draws.SUPPLIER, a.identity[f], a.month, 2 + slot)
    reach = a.reach[a.region[f], :, sector]
    region = min(int(np.searchsorted(reach, u)), len(reach) - 1)
    customers = a.customer_firm[a.cell_start[region, sector] : a.cell_start[region, sector + 1]]
    if len(customers) == 0:
        return -1
    return customers[min(int(v * len(customers)), len(customers) - 1)]


def test_suppliers_are_those_of_the_slow_twin():
    switched = 0
    for before, after, _ in some_calls(parts, "review_suppliers"):
        expected = before.supplier.copy()
        for f in np.flatnonzero(before.alive):
            looks = draws.uniform(before.seed, draws.SUPPLIER, before.identity[f], before.month, 0)
            places = N_CRITICAL * before.named
            pick = draws.integer(
                before.seed, draws.SUPPLIER, before.identity[f], before.month, 1, places
            )
            for k in range(N_CRITICAL):
                if before.critical[before.sector[f], 0] < 0:
                    continue
                if before.critical[before.sector[f], k] < 0:
                    continue
                for j in range(before.named):
                    slot = k * N_SUPPLIERS + j
                    now = before.supplier[f, slot]
                    missing = now < 0 or not before.alive[now]
                    compares = looks < before.p_review and pick == k * before.named + j
                    if not (missing or compares):
                        continue
                    other = slow_supplier(before, f, k, slot)
                    if other < 0 or not before.alive[other] or other == f:
                        expected[f, slot] = -1 if missing else now
                    elif missing or before.price[other] < before.price[now] * (
                        1.0 - before.advantage
                    ):
                        expected[f, slot] = other
                        switched += 1
        assert np.array_equal(after.supplier, expected)
    assert switched > 20


def slow_deliveries(a):
    """Every order by name as one line: buyer, input, seller, units."""
    lines, foreign, market = [], {}, a.input_order.copy()
    for f in np.flatnonzero(a.alive):
        i = a.sector[f]
        for k in range(N_CRITICAL):
            if a.input_order[f, k] <= 0.0:
                continue
            abroad = a.input_order[f, k] * a.import_share[a.region[f], a.critical[i, k], i]
            home = a.input_order[f, k] - abroad
            names = a.supplier[f, k * N_SUPPLIERS : k * N_SUPPLIERS + a.named]
            known = [g for g in names if g >= 0]
            by_name = [(f, k, g, home * a.named_share[i, k] / len(known)) for g in known]
            lines += by_name
            foreign[f, k] = abroad
            market[f, k] = home - sum(units for *_, units in by_name)
    asked = np.zeros(len(a.alive))
    for _, _, g, units in lines:
        asked[g] += units
    stock = np.where(a.alive, np.maximum(a.inventory, 0.0), 0.0)
    part = np.minimum(1.0, stock / np.where(asked > 0.0, asked, 1.0))
    return lines, foreign, market, asked, part


def test_deliveries_are_those_of_the_slow_twin():
    short = 0
    for before, after, result in some_calls(parts, "deliver_inputs"):
        lines, foreign, market, asked, part = slow_deliveries(before)
        sold, got = np.zeros(len(asked)), before.input_stock.copy()
        for f, k, g, units in lines:
            sold[g] += units * part[g]
            got[f, k] += units * part[g]
            # Of what a supplier lacks only a part comes from abroad within the month.
            foreign[f, k] += before.substitution * units * (1.0 - part[g])
            short += part[g] < 1.0
        cost = np.zeros(len(asked))
        for f, _, g, units in lines:
            cost[f] += units * part[g] * before.price[g]
        for (f, k), wished in foreign.items():
            units = wished * before.corridor
            got[f, k] += units
            cost[f] += units * before.import_price
        revenue = sold * before.price
        expected = before
        expected.orders, expected.sales, expected.revenue = asked, sold, revenue
        expected.inventory = before.inventory - sold
        expected.input_stock, expected.input_order = got, market
        expected.cash = before.cash + revenue - cost
        expected.material_cost = cost
        names = ["orders", "sales", "revenue", "inventory", "input_stock", "input_order"]
        assert_close(after, expected, names)
        for name in ("cash", "material_cost"):
            a, b = getattr(after, name), getattr(expected, name)
            np.testing.assert_allclose(a, b, rtol=1e-11, atol=1e-5, err_msg=name)
        np.testing.assert_allclose(result[0], revenue.sum(), rtol=1e-11)
    assert short > 20


def test_production_is_the_least_of_its_limits():
    limits = np.zeros(5)
    for before, after, _ in some_calls(parts, "produce"):
        for f in np.flatnonzero(before.alive & (before.sector != before.vehicles)):
            s = before.sector[f]
            most = [
                before.productivity[f] * before.skill_sum[f],
                max(before.capital[f], 0.0) * before.capacity_per_capital[s],
            ]
            for k in range(N_CRITICAL):
                enough = before.critical[s, k] < 0
                have = max(before.input_stock[f, k], 0.0)
                most.append(math.inf if enough else have / before.coefficient[s, k])
            if before.storable[s]:
                gap = before.cover * before.expected_sales[f] - before.inventory[f]
                most.append(max(before.expected_sales[f] + gap / before.adjustment, 0.0))
            limits[most.index(min(most))] += 1
            made = min(most) * (before.able[f] if before.storable[s] else 1.0)
            assert after.production[f] == made
            stored = made if before.storable[s] else 0.0
            assert after.inventory[f] == before.inventory[f] + stored
            for k in range(N_CRITICAL):
                used = before.coefficient[s, k] * stored if before.critical[s, k] >= 0 else 0.0
                assert after.input_stock[f, k] == before.input_stock[f, k] - used
    assert np.all(limits[[0, 2, 4]] > 0), limits


# --- Customers ------------------------------------------------------------------------------------


def slow_customer(a, c, cell, slots):
    """The firm that a customer goes to now; −1 if its firm closed and it found no other."""
    now, who = a.customer_firm[c], np.uint64(c)
    lost = now < 0 or a.closed[now]
    looks, which = draws.uniform2(a.seed, draws.CUSTOMER, who, a.month, 0)
    if looks < a.churn or lost:
        how, yes = draws.uniform2(a.seed, draws.CUSTOMER, who, a.month, 1)
        choice = slots if how < a.p_uniform and len(slots) else a.customer_firm[cell]
        other = choice[min(int(which * len(choice)), len(choice) - 1)]
        if other >= 0 and not a.closed[other]:
            odds = math.pow(a.price[now] / a.price[other], a.elasticity) if not lost else math.inf
            if lost or yes < odds / (1.0 + odds):
                return other
    return -1 if lost else now


def test_customers_move_as_in_the_slow_twin():
    moved = 0
    for before, after, _ in some_calls(goods, "choose_sellers_anew"):
        assert before.closed[-1]
        expected = before.customer_firm.copy()
        for one in range(len(before.cells) - 1):
            cell = slice(before.cells[one], before.cells[one + 1])
            slots = before.slot_firm[before.slots[one] : before.slots[one + 1]]
            for c in range(cell.start, cell.stop):
                expected[c] = slow_customer(before, c, cell, slots)
        assert np.array_equal(after.choice, expected)
        moved += int((expected != before.customer_firm).sum())
    assert moved > 100


def test_customers_are_counted_by_firm():
    for before, after, _ in some_calls(goods, "count_customers"):
        held = before.customer_firm[before.customer_firm >= 0]
        assert np.array_equal(after.customers, np.bincount(held, minlength=len(after.customers)))


# --- Incomes --------------------------------------------------------------------------------------


def test_incomes_are_those_of_the_slow_twin():
    """The same in whole columns; sums in another order, hence not bit for bit."""
    for before, after, _ in some_calls(incomes, "pay_incomes"):
        a = before
        working, own = a.status == EMPLOYEE, a.status == OWN_ACCOUNT
        wage = np.where(working, a.wage.astype(float), 0.0)
        pooled = np.where(own, a.pool_pay[a.region, np.maximum(a.pool_sector, 0)] * a.skill, 0.0)
        other = np.where(a.status == ABROAD, a.remittance, a.per_head[a.region])
        y = wage * (1.0 - a.income_tax) + pooled * (1.0 - a.own_account_tax) + other
        interest = a.debt * a.car_rate
        principal = np.where(a.debt < 0.005 * y, a.debt, a.debt * a.amortisation)
        savings = a.savings + y - interest - principal
        disposable = y + a.dividends - interest - principal
        earned = np.maximum(disposable, 0.0)
        wealth = np.maximum(savings - earned, 0.0)
        budget = np.clip(
            a.a1 * earned + a.a2 / a.thrift.astype(float) * wealth, 0.0, np.maximum(savings, 0.0)
        )
        expected = after.__class__(
            savings=savings, budget=budget, debt=a.debt - principal, dividends=0.0 * y,
            region_budget=[np.bincount(a.region, budget, minlength=len(a.per_head))],
            totals=[[
                wage.sum(), a.income_tax * wage.sum(), pooled.sum(),
                a.own_account_tax * pooled.sum(), other[a.status != ABROAD].sum(),
                other[a.status == ABROAD].sum(), interest.sum(), principal.sum(),
                (a.debt * a.car_subsidy.astype(float)).sum(),
            ]],
        )  # fmt: skip
        assert_close(after, expected, list(vars(expected)))
        np.testing.assert_allclose(after.income, disposable, rtol=1e-6)


def test_statuses_are_counted():
    for before, _, (heads, pool_heads, _) in some_calls(workers, "count_statuses"):
        for r in range(len(heads)):
            here = before.region == r
            assert np.array_equal(np.bincount(before.status[here], minlength=5), heads[r])
            trade = before.pool_sector[here & (before.status == OWN_ACCOUNT)]
            assert np.array_equal(np.bincount(trade, minlength=before.n_sectors), pool_heads[r])
