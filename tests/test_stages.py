"""A plant's life after its opening: no stage without cause, hysteresis, an end that loses nothing."""

from dataclasses import replace

import numpy as np
import pytest
from car_world import PLANT_ROW, CarWorld
from gates import Watched, build, run
from hypothesis import given
from hypothesis import strategies as st
from state import differences

from model import Params, World
from model.accounts import FIRMS, WORLD, Kind
from model.contracts import Contract, OpenTender
from model.firms import PLANT
from model.pack_fields import COMPONENT_TYPE
from model.plant import plan_production
from model.plant_costs import direct_cost_at, hours_now
from model.plant_stages import (
    YEAR,
    Expansion,
    able_firms,
    consider_expansion,
    consider_mothballing,
    enter_stage,
    extra_margin_of_stage,
    present_value,
    review_plant,
    should_mothball,
    should_reopen,
    stage_cost,
    worth_building,
    yearly,
)
from model.plant_timeline import CKD, CLOSED, SKD, SKD_LOCAL, UNKNOWN, production_stage
from model.workers import UNEMPLOYED
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


def opened(**arguments):
    """The small world in its first month of cars, with able makers of seats."""
    world = CarWorld(2000, scale=100.0, burn_in=1, **arguments)
    world.pack.components = _seats()
    for key, value in {"stage_2_investment": 3e9, "stage_3_investment": 6.3e9}.items():
        world.plants[0].facts[key] = value
    world.firms.component[:PLANT_ROW], world.firms.quality[:PLANT_ROW] = 0, 0.9
    while world.period < 19:
        world.step()
    return world


def _seats():
    parts = np.zeros(2, COMPONENT_TYPE)
    parts["earliest_stage"] = (1, 3)
    return parts


def full_year(plant, use=1.0, orders=2.0, flow=1.0):
    """A year of this use of capacity, orders and cash."""
    month = plant.capacity() / YEAR
    plant.past = [(use * month, orders * month, flow)] * YEAR


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


# --- Standing still -------------------------------------------------------------------------------


def idle(**arguments):
    world = opened(**arguments)
    plant = world.plants[0]
    full_year(plant, use=0.01, flow=-1.0)
    consider_mothballing(plant)
    assert plant.mothballed
    return world, plant


def test_a_mothballed_line_orders_no_kits_makes_no_cars_and_keeps_caretakers():
    world, plant = idle()
    crew = world.params.plant_fixed_crew / 10000.0 * plant.capacity()
    for _ in range(4):
        world.step()
    assert plant.mothballed
    assert sum(plant.kits_in_transit) == 0
    assert plant.month.get("cars_made", 0.0) == 0.0
    assert plant.state_orders() == 0.0 < plant.would_be_state_orders()
    assert world.firms.desired_staff[PLANT_ROW] <= 0.1 * crew + 1.0


def test_it_starts_again_with_orders_and_a_new_year():
    world, plant = idle()
    plant.expected = world.params.reopen_utilisation * plant.capacity() / YEAR * 1.01
    consider_mothballing(plant)
    assert not plant.mothballed
    assert plant.past == []
    assert plant.expected > 0.0


def test_between_the_thresholds_things_stay_as_they_are():
    _, plant = idle(settings={"procurement_preference": 0.0})
    between = 0.1 * plant.capacity() / YEAR
    plant.expected = between
    consider_mothballing(plant)
    assert plant.mothballed
    plant.mothballed = False
    full_year(plant, use=0.1, flow=-1.0)
    consider_mothballing(plant)
    assert not plant.mothballed


def test_after_long_idleness_the_plant_is_closed():
    world, plant = idle(settings={"close_after": 9, "procurement_preference": 0.0})
    plant.expected = 0.0
    for quarter in range(3):
        assert plant.stage == SKD, quarter
        consider_mothballing(plant)
    assert plant.stage == CLOSED
    assert not world.firms.alive[PLANT_ROW]


def test_a_year_is_remembered_and_no_more():
    world = opened()
    plant = world.plants[0]
    while world.period < 40:
        world.step()
    assert len(plant.past) == YEAR
    made, _, _ = yearly(plant)
    assert made == sum(month[0] for month in plant.past)


def test_operating_cash_leaves_out_the_parent_and_the_site():
    """Cash change = operating flow + what came from and went to the parent − capital goods."""
    world = opened()
    plant = world.plants[0]
    plant.expansion = Expansion(SKD_LOCAL, 1000.0, 3)
    for _ in range(3):
        before, invested = plant.cash_before, world.firms.investment[PLANT_ROW]
        finance = plant.financing
        cash = plant.cash
        world.step()
        assert plant.past[-1][2] == pytest.approx(cash - before - finance + invested, abs=1.0)


# --- The end --------------------------------------------------------------------------------------


def test_closing_loses_no_money_no_people_and_no_goods():
    site = PlantSite(closing="2024-12")
    model = build(replace(NONE, plants=(site,)))
    watched = Watched(model)
    plant = model.plants[0]
    while model.period < 22:
        watched.step()
    staff = int(model.firms.employees[plant.row])
    jobless = int((model.workers.status == UNEMPLOYED).sum())
    assert staff > 0
    assert plant.parent_debt > 0.0
    for _ in range(3):
        watched.step()
    assert plant.stage == CLOSED
    assert plant.local_stage == 0
    assert not model.firms.alive[plant.row]
    assert (plant.cash, plant.parent_debt) == (0.0, 0.0)
    assert not plant.selling
    assert int((model.workers.status == UNEMPLOYED).sum()) > jobless - staff
    for _ in range(6):
        watched.step()
    for name in ("production_value", "wage_bill", "employees", "cash", "investment"):
        assert model.firms.values(name)[plant.row] == 0, name
    now = model.measures.now
    assert (now["plant_capacity"], now["plant_jobs"], now["cars_made"]) == (0.0, 0.0, 0.0)


def test_what_is_left_goes_to_the_parent_and_the_rest_is_its_loss():
    world = opened()
    plant = world.plants[0]
    plant.site = replace(plant.site, closing="2024-08")
    plant.kits += 3
    world.step()
    assert plant.stage == CLOSED
    cash, debt = plant.cash, plant.parent_debt
    assert cash > 0.0
    world.accounts.open_month()
    plan_production(world)
    flows = world.accounts.flows
    assert flows[FIRMS, WORLD, Kind.PARENT_LOANS] == pytest.approx(min(cash, debt))
    assert plant.month.get("parent_loss", 0.0) == pytest.approx(max(debt - cash, 0.0))
    assert plant.parent_debt == 0.0


def test_contracts_and_tenders_end_with_the_plant():
    world = opened()
    plant = world.plants[0]
    other = object()
    mine = Contract(plant, 0, 1, 1, 1.0, 10.0, 1.0, 18, 19, 60)
    others = replace(mine, plant=other)
    world.contracts = [mine, others]
    world.open_tenders = [OpenTender(plant, 0, 1.0, 1.0, 1.0), OpenTender(other, 0, 1.0, 1.0, 1.0)]
    plant.site = replace(plant.site, closing="2024-08")
    world.step()
    assert len(world.contracts) == len(world.past_contracts) == 1
    assert world.contracts[0] is others
    assert world.past_contracts[0] is mine
    assert mine.closed >= 0
    assert [one.plant for one in world.open_tenders] == [other]


def test_a_plant_that_closes_before_it_is_begun_changes_nothing():
    site = PlantSite(closing="2023-03")
    assert not differences(run(replace(NONE, plants=(site,)), 20), run(NONE, 20))


def test_closing_changes_nothing_before_its_date():
    plain = build(replace(NONE, plants=(PlantSite(),)))
    closing = build(replace(NONE, plants=(PlantSite(closing="2024-12"),)))
    for _ in range(3 + 26):
        plain.step()
        closing.step()
        assert bool(differences(plain, closing, plants=True)) == (plain.period >= 23)


# --- Terms of the site ----------------------------------------------------------------------------


def test_a_volume_is_built_for_and_taken():
    world = CarWorld(2000, world="volume", scale=1000.0, burn_in=1)
    plant = world.plants[0]
    assert [plant.capacity(k) for k in (SKD, SKD_LOCAL, CKD)] == [110.0, 120.0, 130.0]
    assert stage_cost(plant, SKD_LOCAL) is None
    plant.facts |= {"stage_2_investment": 3e9, "stage_3_investment": 6e9}
    costs = [stage_cost(plant, k) for k in (SKD_LOCAL, CKD)]
    assert costs == [pytest.approx(3e6), pytest.approx(6e6 * 130.0 / 30.0)]
    world.pack.components = _seats()
    sold = 0.0
    while world.period < 54:
        world.step()
        if world.period > 42:
            sold += plant.month.get("cars_exported", 0.0)
    assert sold == pytest.approx(100.0, abs=2.0)


def test_the_edge_divides_the_hours():
    plain, quick = (CarWorld(2000, world=name, scale=100.0).plants[0] for name in ("plant", "edge"))
    plain.experience = quick.experience = 5000.0
    assert hours_now(quick) == pytest.approx(hours_now(plain) / 2.0)


def test_the_second_activity_is_paid_by_the_parent_and_makes_no_cars():
    plain = build(replace(NONE, plants=(PlantSite(),)))
    site = PlantSite(extra_jobs=80, extra_jobs_from="2024-10")
    larger = build(replace(NONE, plants=(site,)))
    watched = Watched(larger)
    while larger.period < 40:
        plain.step()
        watched.step()
        if larger.period == 20:
            assert not differences(plain, larger, plants=True)
    row, p = larger.plants[0].row, larger.params
    assert larger.firms.origin[row] == PLANT
    assert larger.firms.desired_staff[row] - larger.plants[0].extra_jobs <= 20
    share = 80 / larger.firms.desired_staff[row]
    cost = larger.firms.wage_bill[row] * (1.0 + p.social_rate_employer) * share
    assert larger.measures.now["service_exports"] == pytest.approx(cost * (1.0 + p.extra_margin))
    # Wanted are exactly so many more; quits leave some of the jobs open at any time.
    wanted = [int(model.firms.desired_staff[row]) for model in (plain, larger)]
    assert wanted[1] - wanted[0] == pytest.approx(80, abs=3)
    assert larger.firms.employees[row] >= 0.85 * wanted[1]
    made = [model.measures.monthly["cars_made"][-12:].sum() for model in (plain, larger)]
    assert made[1] == pytest.approx(made[0], rel=0.5, abs=12)


@pytest.mark.parametrize("closing", ["", "2024-12"])
def test_every_gate_holds_with_two_plants_one_of_which_may_close(closing):
    sites = (PlantSite(), PlantSite(offtake="volume", volume=5000, closing=closing))
    model = build(replace(NONE, plants=sites), scale=2.0)
    watched = Watched(model)
    while model.period < 27:
        watched.step()
    assert model.plants[0].stage == SKD
    assert model.plants[1].stage == (CLOSED if closing else SKD)
    assert model.measures.now["plant_capacity"] == (600.0 if closing else 6200.0)


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
