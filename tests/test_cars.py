"""The car market: exact shares and limits; cars and money conserved; no dependence on order."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from car_world import CarWorld
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare

from model import draws, threads
from model.accounts import GOVERNMENT, HOUSEHOLDS, IMPORTERS, WORLD, Kind
from model.border import landed_cost, recorded
from model.importers import (
    cars_to_order,
    create_importers,
    dealer_regions,
    next_margin,
    pay_out_profits,
)
from model.markets import car_choice, car_fleet, car_sales
from model.markets.car_base_year import expected_sales
from model.markets.car_choice import DOMESTIC, NEW, NOT_OFFERED, USED
from model.markets.cars import car_measures, next_trust, trade_cars

SEED = np.uint64(1)


def shares_of(values, dissimilarity):
    values = np.asarray(values, dtype=np.float64)
    shares, inclusive = np.zeros(len(values)), np.zeros(3)
    car_choice.nested_shares(values, dissimilarity, inclusive, shares)
    return shares


# --- Choice ---------------------------------------------------------------------------------------


def test_with_dissimilarity_one_shares_are_plain_logit():
    shares = shares_of([1.0, 0.5, 0.0, 0.0], 1.0)
    assert shares == pytest.approx([0.42693, 0.25895, 0.15706, 0.15706], abs=5e-6)


@given(
    st.lists(st.floats(-30, 30), min_size=4, max_size=6),
    st.floats(0.05, 1.0),
)
@settings(max_examples=60, deadline=None)
def test_nested_shares_sum_to_one_and_follow_the_formula(values, dissimilarity):
    shares = shares_of(values, dissimilarity)
    assert shares.sum() == pytest.approx(1.0)
    nests = [[0], [1, 2], list(range(3, len(values)))]
    v = np.asarray(values)
    logsum = [dissimilarity * np.logaddexp.reduce(v[n] / dissimilarity) for n in nests]
    top = np.exp(logsum - np.logaddexp.reduce(logsum))
    for nest, p in zip(nests, top):
        within = np.exp(v[nest] / dissimilarity - np.logaddexp.reduce(v[nest] / dissimilarity))
        assert shares[nest] == pytest.approx(p * within, abs=1e-12)


def test_own_elasticity_of_logit_is_exact():
    # −a p (1 − s) at a = 0.4, p = 10, s = 0.2 (V03).
    weight, price = 0.4, 10.0
    rest = np.log(0.8 / 3.0) - np.log(0.2) - weight * price

    def share(p):
        return shares_of([-weight * p, rest, rest, rest], 1.0)[0]

    step = 1e-6
    slope = (np.log(share(price * (1 + step))) - np.log(share(price))) / np.log(1 + step)
    assert slope == pytest.approx(-3.2, abs=1e-4)


def test_choices_have_the_exact_shares():
    values = np.array([0.3, 0.1, -0.2, 0.4, 0.2])
    inclusive = np.zeros(3)
    n = 100_000
    counts = np.zeros(5)
    for i in range(n):
        counts[
            car_choice.nested_choice(SEED, np.uint64(i), np.int64(0), values, 0.4, inclusive)
        ] += 1
    assert chisquare(counts, shares_of(values, 0.4) * n).pvalue > 0.01


def test_what_is_not_offered_is_never_taken():
    values = np.array([0.0, NOT_OFFERED, 1.0, NOT_OFFERED, NOT_OFFERED])
    assert shares_of(values, 0.3)[[1, 3, 4]].tolist() == [0.0, 0.0, 0.0]
    inclusive = np.zeros(3)
    taken = {
        int(car_choice.nested_choice(SEED, np.uint64(i), np.int64(0), values, 0.3, inclusive))
        for i in range(200)
    }
    assert taken == {0, 2}


def test_a_new_alternative_leaves_other_tastes_alone():
    """Without the domestic car, whoever did not take it chooses as before."""
    with_it, without = np.array([0.3, 0.1, 0.2, 0.0, 0.1]), np.array([0.3, 0.1, 0.2, 0.0])
    inclusive = np.zeros(3)
    for i in range(500):
        who = np.uint64(i)
        a = car_choice.nested_choice(SEED, who, np.int64(3), with_it, 0.3, inclusive)
        b = car_choice.nested_choice(SEED, who, np.int64(3), without, 0.3, inclusive)
        assert a == b or a == 4 or (car_choice.nest_of(a) == 2 and car_choice.nest_of(b) != 2)


# --- Financing ----------------------------------------------------------------------------------


def test_down_payment_and_payment_limit_bind_exactly():
    price, rate, amortisation = 1_000_000.0, 0.015, 1 / 60

    def can(own, income, debt=0.0):
        return car_choice.can_finance(price, own, debt, rate, amortisation, income, 0.3, 0.4)

    service = 700_000.0 * (rate + amortisation)
    enough = service / 0.4
    assert can(300_000.0, enough + 0.01)
    assert not can(299_999.0, 10 * enough)
    assert not can(300_000.0, enough - 0.01)
    assert not can(300_000.0, enough + 0.01, debt=1000.0)
    assert can(1_000_000.0, 0.0)  # cash needs no bank


def test_the_look_rate_rises_with_income_and_the_cars_age():
    rates = np.array([0.012, 0.016, 1.0, 3.0])

    def rate(car, age, income):
        return car_choice.look_rate(car, age, car_choice.income_factor(income, 10.0, rates), rates)

    assert rate(0, 0, 20.0) == pytest.approx(0.024)
    assert rate(0, 0, 1e6) == pytest.approx(0.036)
    assert rate(USED, 120, 10.0) == pytest.approx(0.016)
    assert rate(NEW, 0, 10.0) == pytest.approx(0.004)


def test_lookers_come_at_the_rate_of_the_hazard():
    world = CarWorld(20_000, world="flat", settings={"scrap_rate": 0.001})
    w = world.workers
    w.car[:], w.car_age[:], w.debt[:] = 0, 0, 0.0
    w.income[:] = world.car_market.base_income
    months = 30
    found = 0
    thoughts = np.zeros(len(w), np.int32)
    car_fleet.first_thoughts(SEED, 0, world.car_market.ceiling, w.identity, thoughts)
    for t in range(months):
        rows = car_fleet.find_lookers(
            0, len(w), SEED, t, 4, world.car_market.base_income, 0.0, 1 / 60, car_fleet.look_rates(world),
            world.car_market.scrap_rates, world.car_market.ceiling, w.identity, w.status,
            w.income, w.debt, w.car_rate, w.car, w.car_age, thoughts, np.zeros((threads.blocks(len(w)), 3), np.int64),
        )  # fmt: skip
        found += len(rows)
    home = np.count_nonzero(w.status != 4)
    expected = home * months * world.params.car_look_rate
    assert abs(found - expected) < 4 * np.sqrt(expected)


def test_scrapping_empties_a_fleet_at_the_rate_of_its_table():
    world = CarWorld(20_000, world="flat", settings={"car_look_rate": 0.0, "car_replace_rate": 0.0})
    w, market = world.workers, world.car_market
    w.car[:], w.car_age[:] = USED, 240
    gone = 0
    thoughts = np.zeros(len(w), np.int32)
    car_fleet.first_thoughts(SEED, 0, market.ceiling, w.identity, thoughts)
    for t in range(12):
        tally = np.zeros((threads.blocks(len(w)), 3), np.int64)
        car_fleet.find_lookers(
            0, len(w), SEED, t, 4, 1.0, 0.0, 1 / 60, car_fleet.look_rates(world), market.scrap_rates,
            market.ceiling, w.identity, w.status, w.income, w.debt, w.car_rate, w.car, w.car_age,
            thoughts, tally,
        )  # fmt: skip
        gone += tally[:, 0].sum()
    expected = len(w) * 12 * market.scrap_rates[20]
    assert abs(gone - expected) < 5 * np.sqrt(expected)
    assert w.car_age[w.car == USED].min() == 252


# --- Sellers --------------------------------------------------------------------------------------


@given(
    st.lists(st.integers(0, 4), max_size=40), st.lists(st.integers(0, 6), min_size=5, max_size=5)
)
@settings(max_examples=60, deadline=None)
def test_scarce_cars_go_by_priority_and_no_stock_is_overdrawn(seller, stock):
    seller, stock = np.array(seller, dtype=np.int64), np.array(stock)
    priority = np.array([draws.uniform(SEED, 1, i, 0, 0) for i in range(len(seller))])
    yes = car_sales.accept(seller, priority, stock)
    for k in range(5):
        mine = seller == k
        assert yes[mine].sum() == min(mine.sum(), stock[k])
        if (mine & yes).any() and (mine & ~yes).any():
            assert priority[mine & yes].max() < priority[mine & ~yes].min()


def test_a_split_dealer_draws_the_same_buyers():
    whole, halves = np.array([0.4, 0.6]), np.array([0.2, 0.2, 0.6])
    for u in np.linspace(0.01, 0.99, 50):
        a, b = car_choice.pick(whole, 0, 2, u), car_choice.pick(halves, 0, 3, u)
        assert (a == 0) == (b < 2)
    assert car_choice.pick(np.zeros(3), 0, 3, 0.5) == -1


def test_margins_rest_at_the_norm_and_stay_within_bounds():
    assert next_margin(0.1, 0.1, 20.0, 20.0, 0.05, 0.05) == pytest.approx(0.1)
    assert next_margin(0.1, 0.1, 0.0, 20.0, 0.05, 0.05) > 0.1
    margin = 0.1
    for _ in range(1000):
        margin = next_margin(margin, 0.1, 0.0, 20.0, 0.001, 0.9)
    assert margin == pytest.approx(0.4)


def test_orders_at_the_target_position_are_the_expected_sales():
    assert cars_to_order(10.0, 20.0, 20.0, 2.0, 2.0, 3.0) == 10.0
    assert cars_to_order(10.0, 100.0, 20.0, 2.0, 2.0, 3.0) == 0.0


def test_dealers_settle_where_the_market_is():
    world = CarWorld(2000, world="flat", scale=1600.0)
    assert dealer_regions(world, 4)[0] == 0
    assert {d.region for d in create_importers(world)} == {0, 1, 2}


def test_a_record_is_held_at_its_last_years_mean():
    series = np.concatenate([np.zeros(12), np.arange(12.0)])
    assert recorded(series, 13) == 1.0
    assert recorded(series, 500) == 5.5


def test_trust_starts_at_zero_and_follows_what_is_seen():
    assert next_trust(0.0, 0.0, 3.0, 0.1) == 0.0
    trust = 0.0
    for _ in range(500):
        trust = next_trust(trust, 3.0, 3.0, 0.1)
    assert trust == pytest.approx(0.5)
    assert next_trust(0.5, 0.0, 3.0, 0.1) == pytest.approx(0.45)


# --- The month ------------------------------------------------------------------------------------


def all_cars(world):
    """Whole cars in the country, but for the state's."""
    stocks = sum(d.stock for d in world.importers) + sum(p.stock for p in world.plants)
    return stocks + int(world.car_market.pool_count.sum() + np.count_nonzero(world.workers.car))


def test_cars_are_conserved_every_month():
    world = CarWorld(6000, scale=40.0, burn_in=3)
    for _ in range(40):
        before = all_cars(world)
        world.step()
        month = car_measures(world)
        change = month["cars_imported_new"] + month["cars_imported_used"] + month["cars_made"]
        change -= month["cars_scrapped"] + month["cars_sold_state"] + month["cars_exported"]
        assert all_cars(world) == before + change - world.car_market.state_imports


def test_no_stock_is_ever_negative_and_pools_hold_whole_cars():
    world = CarWorld(6000, scale=40.0, burn_in=3, settings={"dealer_cover": 0.2})
    for _ in range(30):
        world.step()
        assert min(d.stock for d in world.importers) >= 0
        assert min(d.cash for d in world.importers) > -1e9
        assert world.car_market.pool_count.min() >= 0
        empty = world.car_market.pool_count == 0
        assert world.car_market.pool_age[empty] == pytest.approx(0.0)
        owners = world.workers.car > 0
        assert world.workers.car_age[~owners].max() == 0


def test_money_is_conserved_to_the_last_digit():
    world = CarWorld(6000, scale=40.0, burn_in=3)
    while world.period < 24:
        world.step()
    for _ in range(12):
        world.live()
        world.accounts.open_month()
        trade_cars(world)
        for name, rest in world.accounts.residuals().items():
            # The stand-in has no bank with books of its own.
            assert abs(rest) < 1e-9 or name == "bank", name
        world.accounts.open_month()
        pay_out_profits(world)
        assert abs(world.accounts.residuals()["importer_deposits"]) < 1e-9
        world.period += 1


def test_imports_pay_duty_and_vat():
    world = CarWorld(6000, world="flat", scale=40.0, burn_in=3)
    world.step()
    from model.importers import order_cars

    world.accounts.open_month()
    order_cars(world)
    flows = world.accounts.flows
    price = {k: landed_cost(world, k) for k in (NEW, USED)}
    n = {k: sum(d.arrived for d in world.importers if d.kind == k) for k in (NEW, USED)}
    assert sum(n.values()) > 0
    for payee, kind, part in (
        (WORLD, Kind.CARS, 0),
        (GOVERNMENT, Kind.DUTY, 1),
        (GOVERNMENT, Kind.VAT, 2),
    ):
        expected = sum(n[k] * price[k][part] for k in n)
        assert flows[IMPORTERS, payee, kind] == pytest.approx(expected)


def test_without_a_plant_nobody_drives_a_domestic_car():
    world = CarWorld(6000, world="none", scale=40.0, burn_in=3)
    for _ in range(40):
        world.step()
        month = car_measures(world)
        assert month["cars_made"] == month["cars_sold_households"] == month["cars_sold_state"] == 0
    assert not (world.workers.car == DOMESTIC).any()
    assert world.car_market.trust == 0.0


def test_without_a_plant_the_state_imports_what_it_replaces():
    world = CarWorld(20_000, world="none", scale=16.0, burn_in=3)
    spent = 0.0
    for _ in range(3 + 24):
        world.step()
        spent += car_measures(world)["state_car_spending"] if world.period > 0 else 0.0
    cars = 2 * 11_000 / 12 / 16.0
    assert spent == pytest.approx(cars * world.car_market.state_price, rel=0.15)


def test_transit_passes_through_the_books_with_its_margin():
    world = CarWorld(6000, world="none", scale=40.0, burn_in=1)
    while world.period < 5:
        world.step()
    flows = world.accounts.flows
    margin = world.params.reexport_margin
    sold = flows[WORLD, IMPORTERS, Kind.EXPORTS]
    assert sold == pytest.approx(flows[IMPORTERS, WORLD, Kind.CARS] * (1 + margin))
    assert car_measures(world)["cars_reexported"] == pytest.approx(4000.0 / 40.0)


def test_profits_reach_the_households_of_the_region():
    world = CarWorld(3000, world="flat", scale=1000.0, burn_in=1)
    dealer = world.importers[0]
    dealer.cash += 9_000_000.0
    world.accounts.open_month()
    savings = world.workers.savings.copy()
    paid = pay_out_profits(world)
    world.settle_with_residents()
    gain = world.workers.savings - savings
    assert paid >= 9_000_000.0 * (1 - 1e-12)
    assert gain.sum() == pytest.approx(paid)
    assert world.accounts.flows[IMPORTERS, HOUSEHOLDS, Kind.DIVIDENDS] == paid
    assert (gain[world.workers.status == 4] == 0).all()


def test_the_base_years_imports_are_expected_at_the_start():
    world = CarWorld(20_000, world="flat")
    flows = expected_sales(world)
    p = world.params
    assert flows[2] * 12 == pytest.approx(p.used_imports_per_1000 * 20, rel=0.02)
    assert flows[3] * 12 == pytest.approx(p.new_imports_per_1000 * 20, rel=0.02)
    assert flows[1] == pytest.approx(flows[4], rel=0.1)


def test_in_flat_the_fleet_and_imports_stay_where_they_are():
    world = CarWorld(40_000, world="flat", scale=80.0, burn_in=12)
    fleet, imports = [], []
    for _ in range(12 + 120):
        world.step()
        fleet.append(world.car_market.fleet)
        imports.append(car_measures(world)["cars_imported_used"])
    assert fleet[-1] == pytest.approx(fleet[12], rel=0.05)
    assert sum(imports[-60:]) == pytest.approx(sum(imports[12:72]), rel=0.15)


def test_the_order_of_rows_does_not_matter():
    n = 3000
    plain = CarWorld(n, scale=40.0, burn_in=2)
    order = np.argsort([draws.uniform(SEED, 999, i, 0, 0) for i in range(n)])
    mixed = CarWorld(n, scale=40.0, burn_in=2, order=order)
    for _ in range(30):
        plain.step()
        mixed.step()
    back = np.argsort(order)
    for name in ("savings", "debt", "car", "car_age", "car_rate"):
        a, b = plain.workers.values(name), mixed.workers.values(name)[back]
        if name in ("savings", "debt"):
            assert a == pytest.approx(b, rel=1e-9)
        else:
            assert np.array_equal(a, b), name
    assert [d.stock for d in plain.importers] == [d.stock for d in mixed.importers]


FINGERPRINT = """
import sys
sys.path.insert(0, {tests!r})
from car_world import CarWorld
from hashlib import sha256
world = CarWorld(600, scale=20.0, burn_in=1)
while world.period < 22:
    world.step()
w = world.workers
print(sha256(b"".join(w.values(c).tobytes() for c in ("savings", "debt", "car", "car_age"))).hexdigest())
print([d.cash for d in world.importers], world.car_market.pool_level.tolist())
"""


def test_compiled_and_plain_python_agree_bit_for_bit():
    code = FINGERPRINT.format(tests=str(Path(__file__).parent))
    out = []
    for disabled in ("0", "1"):
        run = subprocess.run(
            [sys.executable, "-c", code], env=os.environ | {"NUMBA_DISABLE_JIT": disabled},
            capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1],
        )  # fmt: skip
        out.append(run.stdout)
    assert out[0] == out[1]
