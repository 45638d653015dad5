"""The plant: learning and Leontief limits are exact, and it exists only from its announcement."""

import math

import numpy as np
import pytest
from car_world import PLANT_ROW, CarWorld
from hypothesis import given
from hypothesis import strategies as st

from model import plant as plant_module
from model.accounts import FIRMS, GOVERNMENT, HOUSEHOLDS, WORLD, Kind
from model.assembly import (
    assembled,
    feasible_output,
    hours_per_car,
    kits_to_order,
    planned_output,
    ramped_capacity,
    remembered,
    wanted_crew,
)
from model.markets.cars import car_measures
from model.plant import assemble_cars, plan_production
from model.plant_timeline import ANNOUNCED, BUILDING, SKD, UNKNOWN


@pytest.mark.parametrize(("ratio", "tenfold"), [(0.8, 10**-0.3219280949), (0.812, 0.5007)])
def test_hours_follow_wrights_law_exactly(ratio, tenfold):
    first = hours_per_car(1000.0, 80.0, 1000.0, ratio)
    assert first == 80.0
    assert hours_per_car(2000.0, 80.0, 1000.0, ratio) / first == pytest.approx(ratio, rel=1e-12)
    assert hours_per_car(10000.0, 80.0, 1000.0, ratio) / first == pytest.approx(tenfold, rel=1e-4)
    b = -math.log2(ratio)
    assert hours_per_car(10000.0, 80.0, 1000.0, ratio) == pytest.approx(80 * 10**-b, rel=1e-12)


@pytest.mark.parametrize(("retention", "rest"), [(0.95, 20000.0), (0.75, 4000.0)])
def test_forgotten_experience_comes_to_rest_where_theory_says(retention, rest):
    experience = 0.0
    for _ in range(2000):
        experience = remembered(experience, 1000.0, retention)
    assert experience == pytest.approx(rest, rel=1e-9)


def test_output_never_exceeds_any_limit():
    assert feasible_output(10.0, 4.0, 1000.0, 50.0) == 4.0
    assert feasible_output(10.0, 40.0, 100.0, 50.0) == 2.0
    assert feasible_output(10.0, 40.0, 1000.0, 50.0) == 10.0
    assert planned_output(10.0, 10.0, 1.0, 833.0) == 10.0
    assert planned_output(10.0, 0.0, 1.0, 5.0) == 5.0
    assert planned_output(0.0, 0.0, 1.0, 833.0) == 0.0


def test_without_orders_nothing_is_wanted():
    assert planned_output(0.0, 3.0, 1.0, 833.0) == 0.0
    assert kits_to_order(0.0, 0.0, 0.0, 1.0, 2.0) == 0.0
    assert wanted_crew(0.0, 80.0, 160.0, 0.0) == 0
    assert ramped_capacity(12000.0, -1, 12) == 0.0
    assert ramped_capacity(12000.0, 5, 12) == 500.0
    assert ramped_capacity(12000.0, 40, 12) == 1000.0


def test_kits_and_crew_at_the_steady_state_just_replace_what_is_used():
    # Position before the order: stock for one month left, one of two months under way.
    assert kits_to_order(50.0, 100.0, 50.0, 1.0, 2.0) == 50.0
    assert wanted_crew(200.0, 80.0, 160.0, 10.0) == 110


def stages(world, months):
    seen = []
    for _ in range(months):
        world.step()
        seen.append(world.plants[0].stage)
    return seen


def test_stages_follow_the_dates_of_the_agreement():
    world = CarWorld(2000, scale=1600.0, burn_in=2)
    seen = stages(world, 2 + 24)
    assert seen[:2] == [UNKNOWN] * 2
    assert seen[2:6] == [ANNOUNCED] * 4
    assert seen[6:20] == [BUILDING] * 14
    assert set(seen[20:]) == {SKD}


def test_a_delay_moves_building_and_opening_but_not_the_announcement():
    plant = CarWorld(2000, world="delayed", scale=1600.0, burn_in=2).plants[0]
    assert (plant.announced, plant.ground_breaking, plant.opening) == (0, 64, 78)


def test_the_alternative_site_is_the_packs():
    world = CarWorld(2000, world="elsewhere", scale=1600.0, burn_in=2)
    assert world.pack.region_ids[world.plants[0].region] == "C"


def test_investment_is_foreign_and_spent_on_the_site():
    world = CarWorld(2000, scale=160.0, burn_in=1)
    total = spent = 0.0
    for _ in range(1 + 18):
        world.step()
        total += world.plants[0].month.get("fdi", 0.0)
        spent += world.firms.investment[PLANT_ROW]
    assert total == pytest.approx(4.35e9 / 160.0)
    assert spent == pytest.approx(total, rel=0.02)


def opened(**arguments):
    """A world half a year after the opening, with one agent car standing for eight."""
    world = CarWorld(4000, scale=8.0, burn_in=1, **arguments)
    while world.period < 24:
        world.step()
    return world


def test_cars_are_conserved_in_the_plant():
    world = opened()
    plant = world.plants[0]
    for _ in range(18):
        stock, kits = plant.stock, plant.kits
        under_way = list(plant.kits_in_transit)
        world.step()
        month = car_measures(world)
        sold = month["cars_sold_state"] + month["cars_exported"]
        sold += round((month["plant_sales_value"] - sold * plant.price) / plant.price)
        assert plant.stock == stock + month["cars_made"] - sold >= 0
        assert plant.kits == kits + under_way[0] - month["cars_made"] >= 0
        assert month["cars_made"] <= plant.capacity() / 12.0 + 1.0


def test_blocked_kits_stop_the_line():
    world = opened()
    plant = world.plants[0]
    plant.kits, plant.kits_in_transit = 0, [0, 0]
    plan_production(world)
    assemble_cars(world)
    assert plant.month.get("cars_made", 0) == 0


def test_without_a_crew_nothing_is_made_and_skill_fades():
    world = opened()
    plant = world.plants[0]
    plan_production(world)
    world.firms.employees[PLANT_ROW] = 0
    before = plant.experience
    assemble_cars(world)
    assert plant.month.get("cars_made", 0) == 0
    assert plant.experience == pytest.approx(0.96 * before)


def test_a_line_that_waits_for_a_part_forgets():
    """Less than a car's worth of one part is left: nothing can be made, so nothing is learned."""
    world = opened()
    plant = world.plants[0]
    plan_production(world)
    plant.kits = 100
    plant.parts.shares, plant.parts.stock = np.array([0.1]), np.array([0.4])
    plant.unfinished = 0.4  # the one under way has what there is
    for _ in range(3):
        before = plant.experience
        assemble_cars(world)
        assert plant.experience == pytest.approx(0.96 * before)
    assert plant.unfinished == pytest.approx(0.4)
    assert plant.month.get("cars_made", 0) == 0


@given(st.lists(st.tuples(st.floats(0.0, 30.0), st.integers(0, 40)), min_size=1, max_size=40))
def test_work_is_cars_made_and_what_is_under_way(months):
    """Kits come and go whole, the crew's rate is any number: no work is lost or counted twice."""
    kits, unfinished, cars, work = 0, 0.0, 0, 0.0
    for wish, arrived in months:
        kits += arrived
        made, unfinished, done = assembled(unfinished, min(wish, kits), float(kits))
        kits -= made
        cars, work = cars + made, work + done
        assert 0.0 <= unfinished <= kits
        assert done <= wish + 1e-9
    assert work == pytest.approx(cars + unfinished)


def test_the_announced_plan_never_enters_the_market_case():
    plain = opened()
    bold = CarWorld(4000, scale=8.0, burn_in=1)
    for key in ("capacity_2", "capacity_3", "plan_start_2", "plan_start_3"):
        bold.plants[0].facts[key] = 1e6
    while bold.period < 24:
        bold.step()
    assert car_measures(bold) == car_measures(plain)


def test_under_the_plan_the_parent_takes_the_difference():
    world = CarWorld(4000, world="plan", scale=8.0, burn_in=1)
    made = 0.0
    while world.period < 54:
        world.step()
        if world.period > 42:
            made += car_measures(world)["cars_made"]
    assert made == pytest.approx(10000.0 / 8.0, rel=0.05)


def test_the_plants_money_is_all_posted():
    world = opened()
    plant = world.plants[0]
    for _ in range(6):
        world.accounts.open_month()
        cash, debt = plant.cash, plant.parent_debt
        plan_production(world)
        flows = world.accounts.flows
        net = flows[:, FIRMS].sum() - flows[FIRMS].sum()
        assert plant.cash - cash == pytest.approx(net, abs=1.0)
        loans = flows[WORLD, FIRMS, Kind.PARENT_LOANS] - flows[FIRMS, WORLD, Kind.PARENT_LOANS]
        assert plant.parent_debt - debt == pytest.approx(loans, abs=1e-3)
        world.step()
    assert plant.cash >= 0.0


def test_exempt_kits_cost_the_budget_what_they_would_have_paid():
    world = opened()
    plant = world.plants[0]
    plant.month = {}
    plant.stock += 5
    plant.sell(5, HOUSEHOLDS)
    p = world.params
    vat = p.vat_rate * 5 * (plant.price - plant.kit_price)
    assert plant.month["duty_forgone"] == pytest.approx(vat + 5 * 34800.0)
    plant.facts["kit_vat_exempt"] = plant.facts["registration_free"] = 0.0
    world.accounts.open_month()
    plant.stock += 5
    plant.sell(5, HOUSEHOLDS)
    paid = world.accounts.flows[FIRMS, GOVERNMENT, Kind.VAT]
    assert paid == pytest.approx(vat)


def test_the_wage_is_the_regions_with_the_premium():
    world = opened()
    world.firms.region[:2] = world.plants[0].region
    world.firms.wage_bill[:2] = [400_000.0, 200_000.0]
    plan_production(world)
    assert world.firms.wage_offer[PLANT_ROW] == pytest.approx(30_000.0 * 1.2)


def test_policies_come_with_the_plant_and_as_late():
    world = CarWorld(2000, world="delayed", scale=1600.0, burn_in=1)
    plant = world.plants[0]
    plant.facts["policies"] = [{"date": "2025-03", "set": {"domestic_car_loan_rate": 0.09}}]
    found = {t: plant_module.policies_from(plant, t) for t in range(120)}
    assert [t for t, values in found.items() if values] == [26 + 60]


def test_before_the_announcement_nothing_differs_bit_for_bit():
    with_plant, without = CarWorld(3000, scale=1000.0), CarWorld(3000, world="none", scale=1000.0)
    for _ in range(24):
        with_plant.step()
        without.step()
    for name in ("savings", "debt", "car", "car_age", "income"):
        a, b = with_plant.workers.values(name), without.workers.values(name)
        assert np.array_equal(a, b), name
    assert [d.cash for d in with_plant.importers] == [d.cash for d in without.importers]
    assert np.array_equal(with_plant.car_market.pool_level, without.car_market.pool_level)
