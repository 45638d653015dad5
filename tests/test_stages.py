"""A plant's life after its opening: no stage without cause, hysteresis, an end that loses nothing."""

from dataclasses import replace

import pytest
from car_world import PLANT_ROW
from gates import run
from hypothesis import given
from hypothesis import strategies as st
from stage_world import full_year, opened

from model import Params, World
from model.plant_costs import direct_cost_at, hours_now
from model.plant_stages import (
    YEAR,
    Expansion,
    able_firms,
    consider_expansion,
    enter_stage,
    extra_margin_of_stage,
    present_value,
    review_plant,
    should_mothball,
    should_reopen,
    stage_cost,
    worth_building,
)
from model.plant_timeline import CKD, CLOSED, SKD, SKD_LOCAL, UNKNOWN, production_stage
from model.worlds import PlantSite

NONE = World.load("none")
amounts = st.floats(0.0, 1e7)
shares = st.floats(0.0, 1.0)


# --- Rules as functions ---------------------------------------------------------------------------


@given(st.floats(0.001, 0.5), st.integers(1, 40))
def test_present_value_is_the_sum_of_discounted_years(rate, years):
    slow = sum(7.0 / (1.0 + rate) ** k for k in range(1, years + 1))
    assert present_value(7.0, rate, years) == pytest.approx(slow, rel=1e-9)
    assert present_value(7.0, 0.0, years) == 7.0 * years


@given(amounts, st.floats(1.0, 1e6), st.floats(1.0, 3.0), st.floats(0.0, 1e6), st.floats(0.0, 1e4))
def test_room_that_nobody_asks_for_is_worth_nothing(demand, capacity, larger, margin, fixed):
    """The same margin and demand within today's capacity: only the fixed crew is left, a loss."""
    orders = min(demand, capacity)
    sizes = (capacity, capacity * larger)
    extra = extra_margin_of_stage(orders, sizes, (margin, margin), fixed)
    assert extra == pytest.approx(-(sizes[1] - sizes[0]) * fixed, abs=1e-6 * (1 + orders * margin))
    assert not worth_building(extra, 1.0, 0.1, 10, 1.0)


@given(amounts, amounts, amounts, st.floats(0.0, 1e5))
def test_the_margin_of_a_stage_counts_every_car_once(demand, small, added, margin):
    large = small + added
    cars = [min(demand, small), min(demand, large)]
    extra = extra_margin_of_stage(demand, (small, large), (margin, margin + 5.0), 0.0)
    # The old cars gain the saving, the new ones the whole new margin.
    assert extra == pytest.approx(
        cars[0] * 5.0 + (cars[1] - cars[0]) * (margin + 5.0), rel=1e-6, abs=1e-3
    )


@given(st.floats(-1e9, 1e9), st.floats(0.0, 1e9), st.floats(1.0, 10.0))
def test_a_higher_hurdle_never_builds_more(extra, cost, hurdle):
    assert worth_building(extra, cost, 0.1, 10, 1.0) or not worth_building(
        extra, cost, 0.1, 10, hurdle
    )
    assert not worth_building(-abs(extra), cost, 0.1, 10, 1.0)


@given(shares, shares, shares, st.floats(1.0, 1e5))
def test_one_volume_never_both_stops_and_starts_a_line(use, stop, start, capacity):
    """Hysteresis, whatever the two parameters say."""
    stops = should_mothball(-1.0, use, stop)
    starts = should_reopen(use * capacity, capacity, start, stop)
    assert not (stops and starts)


def test_a_line_that_earns_cash_or_is_used_is_not_stopped():
    assert should_mothball(-1.0, 0.01, 0.05)
    assert not should_mothball(0.0, 0.0, 0.05)
    assert not should_mothball(-1.0, 0.05, 0.05)
    assert not should_reopen(0.0, 1000.0, 0.0, 0.0)


def test_parts_may_be_local_only_while_cars_are_made():
    assert [production_stage(stage) for stage in range(UNKNOWN, CLOSED + 1)] == [
        0, 0, 0, 1, 2, 3, 0
    ]  # fmt: skip


# --- The decision on the next stage ---------------------------------------------------------------


def test_with_demand_worth_and_capability_the_next_stage_is_built():
    world = opened()
    plant = world.plants[0]
    full_year(plant)
    consider_expansion(plant)
    assert plant.expansion is not None
    assert plant.expansion.target == SKD_LOCAL
    total = plant.expansion.monthly * plant.expansion.left
    assert total == pytest.approx(3e9 / 100.0)


@pytest.mark.parametrize(
    "hindrance", ["orders", "use", "figure", "worth", "margin", "suppliers", "quality"]
)
def test_each_condition_alone_stops_the_next_stage(hindrance):
    world = opened()
    plant = world.plants[0]
    full_year(plant)
    if hindrance == "orders":
        full_year(plant, orders=0.0)
    if hindrance == "use":
        full_year(plant, use=0.79)
    if hindrance == "figure":
        del plant.facts["stage_2_investment"]
        assert stage_cost(plant, SKD_LOCAL) is None
    if hindrance == "worth":
        plant.facts["stage_2_investment"] = 3e11
    if hindrance == "margin":
        plant.price = direct_cost_at(plant, CKD)
        world.params = world.params.with_values({"parent_kit_margin": 0.0})
    if hindrance == "suppliers":
        world.firms.component[:PLANT_ROW] = 1  # a part of CKD only
    if hindrance == "quality":
        world.firms.quality[:PLANT_ROW] = 0.5
    consider_expansion(plant)
    assert plant.expansion is None


def test_a_stage_may_be_built_as_the_way_to_the_next():
    """Without a car more, stage 2 alone is a loss; a cheap CKD pays for both, a dear one does not."""
    plant = opened().plants[0]
    for cost, built in ((6.3e8, True), (6.3e10, False)):
        plant.facts |= {"stage_2_investment": 1e8, "stage_3_investment": cost}
        plant.expansion = None
        full_year(plant, orders=1.0)
        consider_expansion(plant)
        assert (plant.expansion is not None) == built
    del plant.facts["stage_3_investment"]
    consider_expansion(plant)
    assert plant.expansion is None


def test_able_firms_are_counted_as_they_are():
    world = opened()
    assert able_firms(world) == PLANT_ROW
    world.firms.quality[0] = 0.1
    world.firms.component[1] = 1
    world.firms.alive[2] = False
    assert able_firms(world) == PLANT_ROW - 3


def test_in_the_plan_too_no_stage_comes_before_a_year_of_use():
    """The parent's orders are the announcement's, what is built for them is decided."""
    world = opened(world="plan")
    plant = world.plants[0]
    while plant.stage == SKD and world.period < 120:
        was = plant.expansion
        use = plant.capacity() / YEAR
        world.step()
        if plant.expansion is not None and was is None:
            begun = world.period - 1
            used = sum(month[0] for month in plant.past) / (use * YEAR)
    assert plant.stage == SKD_LOCAL
    assert used >= world.params.expand_utilisation
    assert begun > plant.opening + 36
    assert world.period > begun + world.params.expand_lead


def test_ckd_needs_practice_and_local_content():
    world = opened()
    world.params = world.params.with_values({"ckd_local_content": 0.3})
    plant = world.plants[0]
    plant.stage = SKD_LOCAL
    for experience, content, ready in ((1e6, 0.0, False), (1e3, 0.5, False), (1e6, 0.5, True)):
        plant.expansion, plant.experience, plant.local_content = None, experience, content
        full_year(plant)
        consider_expansion(plant)
        assert (plant.expansion is not None) == ready
    assert plant.expansion.target == CKD
    plant.expansion, plant.stage = None, CKD
    full_year(plant)
    consider_expansion(plant)
    assert plant.expansion is None


def test_an_expansion_is_paid_from_abroad_spent_here_and_then_at_work():
    world = opened()
    plant = world.plants[0]
    before = plant.capacity()
    plant.expansion = Expansion(SKD_LOCAL, 1000.0, 3)
    came = []
    for _ in range(4):
        assert plant.capacity() == before
        world.step()
        came.append(plant.month.get("follow_on_fdi", 0.0))
        if came[-1]:
            assert world.firms.investment[PLANT_ROW] == 1000.0
            assert plant.month["fdi"] == 1000.0
    assert came == [1000.0] * 3 + [0.0]
    assert plant.stage == SKD_LOCAL
    assert plant.local_stage == 2
    assert plant.capacity() == 2.0 * before


def test_ckd_takes_more_hours_a_cheaper_kit_and_some_of_the_skill():
    plant = opened().plants[0]
    experience, kit = plant.experience, plant.kit_price
    enter_stage(plant, SKD_LOCAL)
    assert plant.experience == experience
    hours = hours_now(plant)
    enter_stage(plant, CKD)
    p = plant.model.params
    assert plant.experience == p.stage_carry_over * experience
    assert plant.kit_price == pytest.approx(p.ckd_kit_share * kit)
    plant.experience = experience
    assert hours_now(plant) == pytest.approx(p.ckd_hours * hours)


def test_without_orders_no_stage_moves():
    """A plant that nobody buys from: announced, built, opened, and then nothing but standstill."""
    site = replace(PlantSite(), policies=False)
    unwanted = {"domestic_quality": -10.0, "distrust_weight": 20.0, "capability_firms": 0}
    unwanted["mothball_utilisation"] = Params().mothball_utilisation
    world = replace(NONE, plants=(site,))
    model = run(world, 3 + 18 + 40, expand_utilisation=0.0, expand_hurdle=1.0, **unwanted)
    plant = model.plants[0]
    assert plant.stage == SKD
    assert plant.expansion is None
    assert plant.month.get("cars_made", 0.0) == 0.0
    assert plant.mothballed


# --- Announced and realised -----------------------------------------------------------------------


def test_the_announced_path_is_the_calendars_and_the_realised_one_is_not():
    model = run("plant", 3 + 60)
    monthly = model.measures.monthly
    assert list(monthly["announced_capacity"][[17, 18, 53, 54]]) == [0.0, 600.0, 600.0, 1200.0]
    assert list(monthly["announced_jobs"][[17, 18, 53, 54]]) == [0.0, 30.0, 30.0, 60.0]
    assert list(monthly["plant_capacity"][[17, 18, 59]]) == [0.0, 600.0, 600.0]
    assert set(monthly["plant_stage"]) == {0.0, 1.0}
    use = 12.0 * monthly["cars_made"][-1] / 600.0
    assert monthly["plant_utilisation"][-1] == pytest.approx(use)


def test_a_quarter_passes_between_reviews():
    world = opened()
    plant = world.plants[0]
    full_year(plant)
    world.period = plant.opening + 13
    review_plant(plant)
    assert plant.expansion is None
    world.period = plant.opening + 15
    review_plant(plant)
    assert plant.expansion is not None
