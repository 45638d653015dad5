"""Importers that shrink, leave or turn to another trade; margins and concentration (V04)."""

import math
from dataclasses import replace

import numpy as np
import pytest
from gates import MONEY, Watched, build, run

from model import World, importer_exit
from model.accounts import FIRMS, HOUSEHOLDS, IMPORTERS, Kind
from model.border import landed_cost
from model.firms import CONVERSION
from model.importers import (
    DOMESTIC_DEALER,
    GONE,
    IMPORTING,
    PARTS_SELLER,
    TRANSIT_ONLY,
    norm_margin,
    norm_margin_now,
)
from model.market_power import concentrated_margin, herfindahl, lerner_index
from model.markets.car_choice import NEW, USED
from model.workers import ABROAD
from model.worlds import Event

# Nobody earns so much: every dealer is poor from April 2023 on, and patience is short.
HARD_TIMES = (Event("2023-04", {"dealer_least_profit": 1e12, "dealer_patience": 3}),)


def hard(world, **settings):
    return build(replace(World.load(world), events=HARD_TIMES), **settings)


@pytest.fixture
def market():
    """The valley after half a year, without a plant."""
    return run("none", 9)


# --- V04: margins and concentration ---------------------------------------------------------------


def cournot(n, intercept=100.0, slope=1.0, cost=10.0):
    """Quantities of n sellers who answer each other, half the way each round."""
    q = np.linspace(1.0, 2.0, n)
    for _ in range(2000):
        best = (intercept - cost - slope * (q.sum() - q)) / (2.0 * slope)
        q = q + 0.5 / n * (np.maximum(best, 0.0) - q)
    return q, intercept - slope * q.sum()


@pytest.mark.parametrize(("n", "quantity", "price"), [(2, 30.0, 40.0), (5, 15.0, 25.0)])
def test_v04_cournot_and_the_lerner_index(n, quantity, price):
    q, found = cournot(n)
    np.testing.assert_allclose(q, quantity, atol=1e-6)
    assert found == pytest.approx(price, abs=1e-6)
    elasticity = found / q.sum()  # demand of slope 1
    assert lerner_index(list(q), elasticity) == pytest.approx((found - 10.0) / found, abs=1e-6)


def test_the_lerner_index_holds_for_unequal_sellers():
    """Cowling & Waterson: with different costs it is the mean margin weighted by shares."""
    costs, q = np.array([10.0, 20.0, 31.0]), np.ones(3)
    for _ in range(3000):
        q += 0.2 * ((100.0 - costs - (q.sum() - q)) / 2.0 - q)
    price = 100.0 - q.sum()
    mean = float((q / q.sum() * (price - costs) / price).sum())
    assert lerner_index(list(q), price / q.sum()) == pytest.approx(mean, rel=1e-9)


def test_the_norm_margin_moves_with_the_herfindahl_index():
    assert herfindahl([1.0] * 4) == pytest.approx(0.25, rel=1e-12)
    zipf = [1.0 / k for k in range(1, 7)]
    for margin in (0.1, 0.12, 1.0 / 3.0):
        assert concentrated_margin(margin, zipf, list(zipf)) == margin  # to the bit
    margin = concentrated_margin(0.1, [0.5, 0.5], [1.0, 0.0])
    assert margin / (1.0 + margin) == pytest.approx(2.0 * 0.1 / 1.1, rel=1e-12)
    # Rent is bounded, however few are left.
    assert concentrated_margin(1.0, [1.0] * 10, [1.0]) == pytest.approx(4.0, rel=1e-12)


def test_while_nobody_has_left_the_norm_is_the_parameter(market):
    for kind in (NEW, USED):
        assert norm_margin_now(market, kind) == norm_margin(market, kind)


# --- What trade is worth --------------------------------------------------------------------------


def test_networks_share_what_the_market_brings(market):
    used = [d for d in market.importers if d.kind == USED]
    for dealer in used:
        dealer.margin, dealer.expected = 0.2, 3.0
    whole = 0.2 * sum(landed_cost(market, USED)) * 3.0 * len(used)
    cars = importer_exit.markets(market)[USED]
    found = [importer_exit.import_profit(d, cars) for d in used]
    np.testing.assert_allclose(found, [whole * d.share for d in used], rtol=1e-12)


def test_transit_counts_and_sums_to_what_is_posted(market):
    flows = market.accounts.flows
    margin = flows[5, IMPORTERS, Kind.EXPORTS] * (1.0 - 1.0 / (1.0 + market.params.reexport_margin))
    value = importer_exit.transit_value(market)
    found = sum(importer_exit.transit_profit(market, d, value) for d in market.importers)
    assert found == pytest.approx(margin, rel=1e-9)
    assert margin > 0.0


def test_the_least_profit_is_a_real_sum_per_dealer(market):
    market.params = market.params.with_values({"dealer_least_profit": 4e6})
    one = importer_exit.least_profit(market)
    assert one == pytest.approx(4e6 * market.price_level / market.scale, rel=1e-12)
    market.scale *= 10.0
    assert importer_exit.least_profit(market) == pytest.approx(one / 10.0, rel=1e-12)


def test_a_dealer_waits_for_a_whole_year_in_a_row(market, monkeypatch):
    """Eleven poor months and a good one, and it begins to count again."""
    market.params = market.params.with_values({"dealer_least_profit": 1.0})
    poor = {"now": True}
    dealer = market.importers[-1]
    monkeypatch.setattr(
        importer_exit,
        "yearly_profit",
        lambda m, d, *_: -1.0 if poor["now"] and d is dealer else 9e9,
    )
    for month in range(30):
        poor["now"] = month != 11
        importer_exit.review_importers(market)
        assert (dealer.role == IMPORTING) == (month < 23), month


def test_the_way_out_that_pays_most_is_taken(market):
    market.params = market.params.with_values(
        {"conversion_spread": 0.0, "dealer_least_profit": 1e15}
    )
    least = importer_exit.least_profit(market)
    dealer = next(d for d in market.importers if d.kind == NEW)
    dealer.cash = 0.0
    assert importer_exit.best_way_out(market, dealer, least) == GONE
    assert importer_exit.best_way_out(market, dealer, 0.0) == TRANSIT_ONLY
    dealer.transit_share, dealer.cash = 0.0, 1e9
    surplus, sector = importer_exit.founding_surplus(market, dealer)
    assert importer_exit.best_way_out(market, dealer, 12.0 * surplus * 0.99) == PARTS_SELLER
    assert importer_exit.best_way_out(market, dealer, 12.0 * surplus * 1.01) == GONE
    dealer.cash = 1.0
    assert importer_exit.founding_surplus(market, dealer) == (0.0, -1)
    assert sector >= 0


def test_who_runs_the_new_firm_does_not_hang_on_who_else_lives_there(market):
    w = market.workers

    def pick(rows):
        return importer_exit.keyed_resident(
            market.seed, market.period, np.uint64(3), ABROAD, 0, w.identity[rows], w.region[rows],
            w.status[rows],
        )  # fmt: skip

    everybody = np.arange(len(w))
    chosen = pick(everybody)
    assert w.region[chosen] == 0
    fewer = everybody[(everybody % 3 != 0) | (everybody == chosen)]
    assert fewer[pick(fewer)] == chosen
    backwards = everybody[::-1]
    assert backwards[pick(backwards)] == chosen
    assert pick(everybody[w.region != 0]) == -1


# --- Worlds in which they go ----------------------------------------------------------------------


def totals(model):
    cars = sum(d.stock + sum(d.in_transit) for d in model.importers)
    return cars, sum(d.cash for d in model.importers), sum(d.expected for d in model.importers)


@pytest.mark.parametrize("pack", ["valley", "kyrgyzstan"])
def test_every_gate_holds_while_importers_leave(pack):
    settings = {} if pack == "valley" else {"scale": 500}
    watched = Watched(hard("none", pack=pack, **settings))
    model = watched.model
    for _ in range(14):
        watched.step()
    n = model.measures.now
    # One of each kind stays; the others have left or changed trade.
    assert (n["importers_new"], n["importers_used"]) == (1.0, 1.0)
    assert n["importers_left"] + n["importers_converted"] == len(model.importers) - 2
    for dealer in model.importers:
        assert (dealer.share == 0.0) == (dealer.role != IMPORTING)
        if dealer.role == GONE:
            assert (dealer.cash, dealer.stock, sum(dealer.in_transit)) == (0.0, 0, 0)
    for kind in (NEW, USED):
        assert norm_margin_now(model, kind) > norm_margin(model, kind)
    first = [model.measures.monthly[name][0] for name in ("importers_new", "importers_used")]
    assert first == [model.params.n_new_dealers, model.params.n_used_dealers]


@pytest.mark.parametrize("role", [TRANSIT_ONLY, DOMESTIC_DEALER, PARTS_SELLER])
def test_every_gate_holds_while_importers_change_trade(role, monkeypatch):
    def choose(model, dealer, least):
        return role if dealer.role == IMPORTING and dealer.first_share < 0.2 else GONE

    monkeypatch.setattr(importer_exit, "best_way_out", choose)
    monkeypatch.setattr(
        importer_exit, "founding_surplus", lambda m, d: (1.0, 5 if role == PARTS_SELLER else -1)
    )
    # Better times return, so that what they have become goes on; the domestic make is liked.
    events = (*HARD_TIMES, Event("2023-07", {"dealer_least_profit": 0.0}))
    world = replace(World.load("plant"), events=events)
    watched = Watched(build(world, domestic_quality=5.0))
    model = watched.model
    for plant in model.plants:
        plant.ground_breaking, plant.opening = -1, 1
    commissions = 0.0
    for _ in range(20):
        watched.step()
        commissions += model.accounts.flows[FIRMS, IMPORTERS, Kind.COMMISSIONS]
    changed = [d for d in model.importers if d.role == role]
    assert changed
    assert model.measures.now["importers_converted"] == len(changed)
    assert (commissions > 0.0) == (role == DOMESTIC_DEALER)
    if role == TRANSIT_ONLY:
        assert all(d.transit_share > 0.0 and d.share == 0.0 for d in changed)
    if role == PARTS_SELLER:
        f = model.firms
        rows = [one.row for one in model.entry_log if one.origin == CONVERSION]
        assert len(rows) == len(changed)
        assert all(d.cash == d.share == 0.0 for d in changed)
        assert np.all(f.founder[rows] >= 0)


def test_what_a_leaver_had_is_others_to_the_last_car_and_som(market):
    dealer = next(d for d in market.importers if d.kind == USED)
    rest = importer_exit.heirs(market, dealer)
    dealer.stock, dealer.in_transit = 7, [2, 3]
    cost = sum(landed_cost(market, USED))
    for other in rest:
        other.cash = 0.0
    rest[1].cash = 2.5 * cost
    cars, cash, expected = totals(market)
    paid_out = market.accounts.flows[IMPORTERS, HOUSEHOLDS, Kind.DIVIDENDS]
    rich = float(market.workers.savings.sum())
    importer_exit.give_up(market, dealer, GONE)
    market.settle_with_residents()
    after = totals(market)
    paid_out = market.accounts.flows[IMPORTERS, HOUSEHOLDS, Kind.DIVIDENDS] - paid_out
    assert after[0] == cars
    assert after[1] == pytest.approx(cash - paid_out, rel=MONEY)
    assert after[2] == pytest.approx(expected, rel=1e-12)
    assert float(market.workers.savings.sum()) - rich == pytest.approx(paid_out, rel=1e-6)
    # Who had the cash for two cars paid for two.
    assert rest[1].cash == pytest.approx(0.5 * cost, rel=1e-9)
    assert dealer.taken_over == -7 == -sum(d.taken_over for d in rest)
    assert sum(d.share for d in rest) == pytest.approx(1.0, rel=1e-12)
    assert dealer not in importer_exit.heirs(market, rest[0])


def test_commissions_are_a_share_of_what_the_networks_sell():
    model = run("none", 4)
    dealer = next(d for d in model.importers if d.kind == NEW)
    dealer.network = 0.25
    plant = build("plant").plants[0]
    plant.model, plant.month = model, {"home_sales_value": 8e6}
    plant.row = model.firms.capacity - 1
    model.plants = [plant]
    cash, books = dealer.cash, float(model.firms.cash[plant.row])
    importer_exit.pay_commissions(model)
    due = model.params.dealer_commission * 0.25 * 8e6
    assert dealer.cash - cash == pytest.approx(due, rel=1e-6)
    assert books - float(model.firms.cash[plant.row]) == pytest.approx(due, rel=1e-12)
    assert plant.month["commissions"] == pytest.approx(due, rel=1e-12)
    assert model.domestic_sales == pytest.approx(8e6 / 12.0, rel=1e-12)


def test_nobody_leaves_in_a_world_at_rest():
    model = run("flat", 40, pack="kyrgyzstan", scale=200)
    assert all(d.role == IMPORTING for d in model.importers)
    assert all(math.isclose(d.share, d.first_share, rel_tol=0.0) for d in model.importers)
    assert not any(d.lean_months for d in model.importers)
