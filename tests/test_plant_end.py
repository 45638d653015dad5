"""A plant that stands still, ends, or has terms of its own: nothing is lost, nobody pays twice."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from car_world import PLANT_ROW, CarWorld
from gates import Watched, build, run
from stage_world import full_year, opened, seats
from state import differences

from model import World
from model.accounts import FIRMS, WORLD, Kind
from model.contracts import Contract, OpenTender
from model.firms import PLANT
from model.plant import plan_production
from model.plant_costs import hours_now
from model.plant_stages import (
    YEAR,
    Expansion,
    consider_mothballing,
    stage_cost,
    yearly,
)
from model.plant_timeline import CKD, CLOSED, SKD, SKD_LOCAL
from model.workers import UNEMPLOYED
from model.worlds import PlantSite

NONE = World.load("none")


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
    # Hardly anybody wants its cars: it owes its parent money, whatever the seed.
    model = build(replace(NONE, plants=(site,)), domestic_quality=-5.0, procurement_preference=0.0)
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
    other = SimpleNamespace(selling=True)
    world.firms.alive[1], world.firms.identity[1] = True, 1
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
    world.pack.components = seats()
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
    work = (
        80
        * larger.firms.employees[row]
        / larger.firms.desired_staff[row]
        * p.plant_hours_per_worker
    )
    work *= larger.plants[0].base_price / hours_now(larger.plants[0])
    bought = larger.firms.material_cost[row] * work / larger.firms.production_value[row]
    assert bought > 0.0
    cost += bought
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
