"""Shocks: a closed corridor lets nothing pass and loses nothing; failing suppliers; outside prices."""

import numpy as np
import pytest
from gates import Watched, build, run
from hypothesis import given
from hypothesis import strategies as st
from state import differences

from model import World
from model.accounts import IMPORTERS, WORLD, Kind
from model.border import border_price, landed_cost, reexports_this_month
from model.firms import STATE
from model.markets.car_choice import NEW, USED
from model.plant_exports import export_demand
from model.shocks import mark_suppliers, output_left, pass_border

SHOCKS = (
    "corridor_block", "devaluation", "world_price", "supplier_outage", "export_slump",
    "remittance_collapse", "policy_reversal",
)  # fmt: skip


def set_now(model, **values):
    """Parameters from the next month on, as a dated event sets them."""
    model.params = model.params.with_values(values)


def opened(world="plan", pack="valley", **values):
    """A watched model whose plant opens in month 2."""
    watched = Watched(build(world, pack, **values))
    for plant in watched.model.plants:
        plant.announced, plant.ground_breaking, plant.opening = -3, -1, 2
    return watched


# --- The corridor ---------------------------------------------------------------------------------


@given(st.integers(0, 500), st.integers(0, 500), st.floats(0.0, 1.0))
def test_what_comes_to_the_border_passes_or_waits(waiting, arriving, corridor):
    passed, left = pass_border(waiting, arriving, corridor)
    assert passed + left == waiting + arriving
    assert 0 <= passed <= waiting + arriving
    assert passed >= corridor * (waiting + arriving) - 1e-6
    assert pass_border(waiting, arriving, 1.0) == (waiting + arriving, 0)
    assert pass_border(waiting, arriving, 0.0) == (0, waiting + arriving)


def test_nothing_passes_a_closed_corridor_and_all_balances():
    """No goods, cars or kits come in, none go out; what was under way waits, and then comes."""
    watched = opened()
    model = watched.model
    for _ in range(14):
        watched.step()
    assert sum(d.arrived for d in model.importers) > 0
    assert model.plants[0].month["kits_arrived"] > 0
    set_now(model, corridor_open=0.0)
    for dealer in model.importers:
        dealer.in_transit[0] += 1
    on_the_way = [d.in_transit[0] for d in model.importers]
    for _ in range(3):
        watched.step()
        flows = model.accounts.flows
        for kind in (Kind.IMPORTS, Kind.CARS, Kind.KITS, Kind.EXPORTS):
            assert flows[:, WORLD, kind].sum() == flows[WORLD, :, kind].sum() == 0.0, kind
        assert model.plants[0].month["kits_arrived"] == 0
        assert model.market.unserved > 0.0
    assert all(d.held >= n for d, n in zip(model.importers, on_the_way))
    waiting = model.plants[0].kits_held
    assert waiting > 0
    due = model.plants[0].kits_in_transit[0]
    set_now(model, corridor_open=1.0)
    watched.step()
    assert model.plants[0].kits_held == sum(d.held for d in model.importers) == 0
    assert model.plants[0].month["kits_arrived"] == waiting + due
    assert model.accounts.flows[:, WORLD, Kind.IMPORTS].sum() > 0.0


def test_half_a_corridor_lets_half_of_the_imports_pass():
    """In the first month all buyers ask as before, so they get and pay half."""
    usual, half = build("none"), build("none")
    for _ in range(3):
        usual.step()
        half.step()
    set_now(half, corridor_open=0.5)
    usual.step()
    half.step()
    at_border = half.accounts.flows[:, WORLD, Kind.IMPORTS].sum()
    before = usual.accounts.flows[:, WORLD, Kind.IMPORTS].sum()
    # Home sellers run short of fewer exports, so a little less is left for imports to fill.
    assert at_border == pytest.approx(0.5 * before, rel=0.03)
    assert half.workers.savings.sum() > usual.workers.savings.sum()


# --- Suppliers that fail ----------------------------------------------------------------------------


def test_an_outage_hits_the_same_named_suppliers_and_a_larger_one_more():
    model = run("none", 4, outage_share=0.3, outage_loss=0.4)
    few = output_left(model)
    set_now(model, outage_share=0.6)
    many = output_left(model)
    model.period += 5
    assert np.array_equal(output_left(model), many)
    f = model.firms
    named = np.zeros(f.capacity, np.bool_)
    mark_suppliers(f.alive, f.supplier, named)
    slow = {int(s) for s in f.supplier[f.alive].ravel() if s >= 0}
    assert set(np.flatnonzero(named)) == slow
    hit = many < 1.0
    assert np.all(many[hit] == 0.6)
    assert np.all(hit[few < 1.0])
    assert 0 < (few < 1.0).sum() < hit.sum() < named.sum()
    assert np.all(named[hit] & (f.ownership[hit] != STATE) & model.base.storable[f.sector[hit]])


def test_failing_suppliers_make_less_of_the_same_plan():
    usual, failing = build("none"), build("none")
    for _ in range(4):
        usual.step()
        failing.step()
    set_now(failing, outage_share=1.0, outage_loss=0.5)
    hit = output_left(failing) < 1.0
    usual.step()
    failing.step()
    made, before = failing.firms.production[hit], usual.firms.production[hit]
    assert np.allclose(made, 0.5 * before, rtol=1e-9)


def test_gates_hold_while_suppliers_fail_and_nothing_is_made_up_for():
    watched = Watched(
        build("none", outage_share=0.5, outage_loss=1.0, import_substitution=0.0, input_cover=0.2)
    )
    for _ in range(8):
        watched.step()


@pytest.mark.parametrize("neutral", [{"outage_share": 0.0, "outage_loss": 0.9},
                                     {"outage_share": 0.9, "outage_loss": 0.0}])  # fmt: skip
def test_without_share_or_loss_there_is_no_outage(neutral):
    assert not differences(run("none", 5, **neutral), run("none", 5))


# --- Prices and demand from outside -----------------------------------------------------------------


@pytest.mark.parametrize("name", ["exchange_rate_index", "world_price_index"])
def test_prices_from_outside_reach_goods_cars_and_kits(name):
    model = opened(world="plant").model
    before = border_price(model, NEW), border_price(model, USED), model.plants[0].kit_price
    set_now(model, **{name: 1.3})
    after = border_price(model, NEW), border_price(model, USED), model.plants[0].kit_price
    assert np.allclose(np.array(after) / before, 1.3, rtol=1e-12)
    model.step()
    assert model.market.import_price == pytest.approx(1.3)
    assert all(d.price > 0.0 for d in model.importers)


def test_foreign_demand_reaches_goods_cars_and_transit():
    model = build("plant", export_access=0.5)
    model.step()
    model.period = 3
    plant = model.plants[0]
    plant.reputation = 0.5
    home = export_demand(plant)
    transit = reexports_this_month(model)
    assert home > 0.0
    set_now(model, foreign_demand_index=0.5)
    assert export_demand(plant) == pytest.approx(0.5 * home)
    assert reexports_this_month(model) == pytest.approx(0.5 * transit)
    slump, usual = build("none", foreign_demand_index=0.5), build("none")
    slump.step()
    usual.step()
    flows = [m.accounts.flows[WORLD, :IMPORTERS, Kind.EXPORTS].sum() for m in (slump, usual)]
    assert flows[0] == pytest.approx(0.5 * flows[1], rel=0.02)


@pytest.mark.parametrize("name", SHOCKS)
def test_a_shock_world_is_the_plant_world_until_its_date(name):
    world, plant = World.load(name), World.load("plant")
    assert (world.plants, world.outside) == (plant.plants, plant.outside)
    first = min(event.period for event in world.events)
    assert first >= 84
    # What an event of some months sets is set back by the next one.
    if name not in ("devaluation", "world_price", "policy_reversal"):
        neutral = build("none").params
        for key in world.events[0].values:
            assert world.events[-1].values[key] == getattr(neutral, key)


def test_a_tariff_of_five_points_is_five_points_of_the_border_price():
    usual, dearer = build("none"), build("none", new_car_duty_rate=0.2)
    price, duty, vat = landed_cost(usual, NEW)
    now = landed_cost(dearer, NEW)
    assert now[1] - duty == pytest.approx(0.05 * price)
    assert now[2] - vat == pytest.approx(0.05 * price * usual.params.vat_rate)
    assert landed_cost(dearer, USED) == landed_cost(usual, USED)
