"""A plant's price follows its costs within limits; its sales abroad follow price, access, name."""

import math
from dataclasses import replace
from types import SimpleNamespace

import pytest
from car_world import CarWorld
from hypothesis import given
from hypothesis import strategies as st

from model.markets.car_choice import NEW
from model.markets.car_fleet import base_price
from model.plant_costs import (
    direct_cost_at,
    fixed_cost,
    material_cost_at,
    next_price,
    review_price,
    unit_cost,
)
from model.plant_exports import (
    car_quality,
    export_demand,
    export_share,
    next_known,
    next_reputation,
    open_access,
)
from model.plant_timeline import CKD, SKD

prices = st.floats(1.0, 1e7)
shares = st.floats(0.0, 1.0)


def opened(**arguments):
    world = CarWorld(2000, scale=100.0, burn_in=1, **arguments)
    while world.period < 19:
        world.step()
    return world


# --- Price ----------------------------------------------------------------------------------------


@given(prices, prices, prices, prices, shares)
def test_the_price_stays_within_its_limits(price, normal, floor, ceiling, speed):
    new = next_price(price, normal, floor, ceiling, speed)
    assert new >= floor
    assert new <= max(ceiling, floor)
    free = next_price(price, normal, 0.0, math.inf, speed)
    assert min(price, normal) * (1 - 1e-12) <= free <= max(price, normal) * (1 + 1e-12)
    assert next_price(price, normal, 0.0, math.inf, 1.0) == pytest.approx(normal)
    assert next_price(price, price, 0.0, math.inf, speed) == pytest.approx(price)


@given(prices, prices, st.floats(0.05, 1.0))
def test_the_price_comes_to_rest_at_the_normal_one(price, normal, speed):
    for _ in range(800):
        price = next_price(price, normal, 0.0, math.inf, speed)
    assert price == pytest.approx(normal, rel=1e-6)


def test_the_unit_cost_is_what_a_car_takes():
    """Against the parts written out, with the region's wage of 30,000 and one tax on it."""
    plant = opened().plants[0]
    plant.experience = 10000.0
    wage = 30_000.0 * 1.2 * 1.1725
    kit, inputs, labour = 0.84 * 1.2e6, 0.08 * 1.2e6, 80.0 / 160.0 * wage
    crew = 60.0 / 10000.0 * 12.0 * wage
    assert material_cost_at(plant, SKD) == pytest.approx(kit + inputs)
    assert direct_cost_at(plant, SKD) == pytest.approx(kit + inputs + labour)
    assert fixed_cost(plant) == pytest.approx(crew)
    assert unit_cost(plant) == pytest.approx(kit + inputs + labour + crew)
    assert direct_cost_at(plant, CKD) == pytest.approx(0.88 * kit + inputs + 2.5 * labour)


def test_the_opening_price_is_the_packs_and_costs_alone_move_it():
    world = opened()
    plant = world.plants[0]
    assert plant.price == plant.base_price == 1.2e6
    # The crew has learnt a little since the opening day.
    assert plant.markup == pytest.approx(1.2e6 / unit_cost(plant), rel=1e-3)
    plant.markup = 1.2e6 / unit_cost(plant)
    for _ in range(8):
        review_price(plant)
    assert plant.price == pytest.approx(1.2e6)


def test_the_exchange_rate_comes_through_slowly_and_in_the_end_with_the_kits_share():
    world = opened()
    plant = world.plants[0]
    cost = unit_cost(plant)
    world.params = world.params.with_values({"exchange_rate_index": 1.1})
    normal = plant.markup * (cost + 0.1 * 0.84 * 1.2e6)
    review_price(plant)
    quarter = world.params.plant_price_speed
    assert math.log(plant.price / 1.2e6) == pytest.approx(quarter * math.log(normal / 1.2e6))
    for _ in range(60):
        review_price(plant)
    assert plant.price == pytest.approx(normal, rel=1e-6)


def test_neither_dearer_than_an_import_nor_below_materials():
    world = opened()
    plant = world.plants[0]
    plant.markup = 100.0
    for _ in range(60):
        review_price(plant)
    assert plant.price == pytest.approx(base_price(world, NEW))
    plant.markup = 0.01
    for _ in range(60):
        review_price(plant)
    assert plant.price == pytest.approx(material_cost_at(plant, SKD))


def test_inputs_follow_cars_and_not_their_price():
    world = opened()
    plant = world.plants[0]
    plant.price *= 2.0
    while not plant.month.get("cars_made", 0):
        world.step()
    made = plant.month["cars_made"]
    assert world.firms.production_value[plant.row] == pytest.approx(made * plant.base_price)


def test_a_plant_may_name_its_own_price():
    world = CarWorld(2000, scale=100.0)
    facts = world.pack.plants["works"]
    world.pack.plants["other"] = facts | {"domestic_price": 1.5e6}
    plant = type(world.plants[0])(world, replace(world.plants[0].site, plant="other"))
    assert plant.price == 1.5e6
    assert plant.kit_price == pytest.approx(0.84 * 1.5e6)


# --- Sales abroad ---------------------------------------------------------------------------------


@given(shares, st.floats(0.0, 1e7), shares, st.floats(1.0, 1e6), shares)
def test_reputation_stays_within_nothing_and_all(reputation, known, quality, half, speed):
    new = next_reputation(reputation, known, quality, half, speed)
    assert 0.0 <= new <= 1.0
    assert next_reputation(0.0, 0.0, quality, half, speed) == 0.0
    assert next_reputation(reputation, 0.0, quality, half, 0.5) == pytest.approx(reputation / 2.0)


def test_reputation_and_known_cars_come_to_rest_where_theory_says():
    known = reputation = 0.0
    for _ in range(3000):
        known = next_known(known, 100.0, 50.0, 0.99, 0.2)
        reputation = next_reputation(reputation, known, 0.8, 20000.0, 0.05)
    assert known == pytest.approx(110.0 / 0.01)
    assert reputation == pytest.approx(0.8 * 11000.0 / 31000.0)


def test_at_equal_prices_the_market_is_shared_by_half():
    assert export_share(1.0, 4.0) == 0.5
    assert export_share(2.0, 4.0) == pytest.approx(1.0 / 17.0)


def test_exports_are_market_access_share_and_name():
    world = opened(settings={"export_access": 0.5})
    plant = world.plants[0]
    plant.reputation = 0.4
    ratio = plant.price * 1.08 / (1322400.0 * 1.0)
    world_price = ratio / (world.pack.car_series["import_price_index"][world.period])
    share = export_share(world_price, 4.0)
    expected = 0.5 * 0.4 * 50000.0 / 12.0 / 100.0 * share
    assert export_demand(plant) == pytest.approx(expected)
    plant.reputation = 0.0
    assert export_demand(plant) == 0.0


def test_a_kit_car_is_not_made_here_and_a_ckd_car_with_local_parts_is():
    plant = opened().plants[0]
    assert open_access(plant) == 0.0
    plant.local_content = 0.6
    assert open_access(plant) == 0.0
    plant.stage = CKD
    assert open_access(plant) == plant.model.params.export_access_origin
    plant.local_content = 0.49
    assert open_access(plant) == 0.0
    plant.reputation = 1.0
    assert export_demand(plant) == 0.0


def test_a_car_is_as_good_as_what_is_in_it():
    world = opened()
    plant = world.plants[0]
    assert car_quality(plant) == 1.0
    plant.local_content = 0.4
    world.firms.quality[:2] = (0.9, 0.5)
    world.contracts = [
        SimpleNamespace(plant=plant, firm=0, share=1.0, price=30.0),
        SimpleNamespace(plant=plant, firm=1, share=0.5, price=20.0),
        SimpleNamespace(plant=None, firm=1, share=1.0, price=1e9),
    ]
    seen = (30.0 * 0.9 + 10.0 * 0.5) / 40.0
    assert car_quality(plant) == pytest.approx(1.0 - 0.4 * (1.0 - seen), rel=1e-6)
