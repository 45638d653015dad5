"""Skill in making cars: learning, forgetting, schools and pay, against slow twins and limits."""

import numpy as np
import pytest
from car_makers import makers, supplied
from gates import Watched, build

from model import World, skills
from model.accounts import GOVERNMENT, HOUSEHOLDS, Kind
from model.workers import (
    EMPLOYEE,
    NO_FIRM,
    OWN_ACCOUNT,
    SKILL_UNIT,
    UNEMPLOYED,
    auto_worth,
    efficiency_units,
)

# --- At work ------------------------------------------------------------------------------------------


def test_staff_learn_what_is_taught_and_others_forget():
    rng = np.random.default_rng(2)
    n = 400
    status = rng.integers(1, 5, n).astype(np.int8)
    employer = np.where(status == EMPLOYEE, rng.integers(0, 3, n), -1).astype(np.int32)
    auto = np.where(rng.random(n) < 0.5, rng.random(n), 0.0).astype(np.float32)
    ceiling, speed = np.array([0.0, 0.45, 1.0, 0.0]), np.array([0.0, 0.03, 0.06, 0.0])
    expected = auto.copy()
    for i in range(n):
        know, f = float(auto[i]), employer[i]
        if status[i] == EMPLOYEE and f > 0:
            expected[i] = max(know, know + speed[f] * (ceiling[f] - know))
        else:
            expected[i] = know * 0.99
    skills.practise_skills(0, n, 0.01, employer, ceiling, speed, auto)
    assert np.array_equal(auto, expected)


def test_a_crew_learns_all_and_keeps_it_a_leaver_loses_it():
    auto = np.zeros(2, np.float32)
    employer = np.array([0, 1], np.int32)
    ceiling, speed = np.array([1.0, 0.0, 0.0]), np.array([0.06, 0.0, 0.0])
    for _ in range(12):
        skills.practise_skills(0, 2, 0.01, employer, ceiling, speed, auto)
    assert auto[0] == pytest.approx(1.0 - 0.94**12, abs=1e-5)
    assert auto[1] == 0.0
    employer[0] = NO_FIRM
    for _ in range(3000):
        skills.practise_skills(0, 1, 0.01, employer, ceiling, speed, auto)
    assert auto[0] == 0.0


def test_what_people_bring_is_what_the_employer_does_not_teach():
    auto = np.array([0.9, 0.2, 0.5, 0.8, 0.7], np.float32)
    status = np.array([1, 1, 1, 1, 3], np.int8)
    employer = np.array([0, 0, 1, 1, -1], np.int32)
    brought = skills.sum_brought(0, 5, status, employer, np.array([0.4, 0.0]), auto, 2)
    assert brought * SKILL_UNIT == pytest.approx([0.5, 1.3], abs=1e-6)


def test_efficiency_units_are_plain_skill_where_the_skill_is_of_no_use():
    for skill in np.random.default_rng(3).random(100).astype(np.float32):
        assert efficiency_units(skill, np.float32(0.7), 0.0) == float(skill)
    assert efficiency_units(2.0, 0.5, 0.12) == pytest.approx(2.0 * 1.06)


def staff_units(model):
    """Skill of staff by firm, added up one by one as this employer counts it."""
    w, worth = model.workers, auto_worth(model)
    units = np.zeros(model.firms.capacity)
    for i in np.flatnonzero(w.status == EMPLOYEE):
        f = w.employer[i]
        units[f] += float(w.skill[i]) * (1.0 + worth[f] * float(w.auto_skill[i]))
    return units


def test_staff_are_counted_by_what_their_employer_can_use():
    model = supplied(45)
    f = model.firms
    quiet = f.alive & (f.age > 1)
    found, exact = f.skill_sum, staff_units(model)
    np.testing.assert_allclose(found[quiet], exact[quiet], rtol=1e-9, atol=1e-9)
    plain = np.bincount(
        model.workers.employer[model.workers.status == EMPLOYEE],
        model.workers.skill[model.workers.status == EMPLOYEE], minlength=f.capacity,
    )  # fmt: skip
    plant, supplier = model.plants[0].row, makers(model, 1)[0]
    assert exact[plant] > plain[plant] * 1.02
    assert exact[supplier] > plain[supplier]
    other = quiet & (f.supplier_tier == 0)
    other[plant] = False
    assert np.array_equal(exact[other] > 0.0, plain[other] > 0.0)
    np.testing.assert_allclose(exact[other], plain[other], rtol=1e-12)


def test_suppliers_teach_no_more_than_their_quality():
    model = supplied(60)
    w, f = model.workers, model.firms
    ceiling, _ = skills.teaching(model)
    row = makers(model, 1)[0]
    assert ceiling[row] == pytest.approx(model.params.supplier_skill_ceiling * f.quality[row])
    at_plant = (w.status == EMPLOYEE) & (w.employer == model.plants[0].row)
    # Half the crew is there for less than a year, but who stays knows it all.
    assert w.auto_skill[at_plant].max() > 0.9
    assert w.auto_skill.max() <= 1.0
    elsewhere = (w.status == EMPLOYEE) & (ceiling[np.maximum(w.employer, 0)] == 0.0)
    assert w.auto_skill[elsewhere].max() > 0.0  # leavers take it along


# --- At school ------------------------------------------------------------------------------------------


def school(places=60.0, world="plant", **settings):
    return build(world, "valley", **({"training_places": places} | settings))


def test_as_many_are_trained_as_there_are_places_and_the_budget_pays():
    model = school(scale=4.0)
    trained = 0
    while model.period < 30:
        before = model.workers.auto_skill.copy()
        model.step()
        month = model.learning
        trained += month.trained
        if model.period < model.plants[0].ground_breaking:
            assert month.trained == 0
        assert month.spending == pytest.approx(month.trained * model.params.training_cost)
        paid = model.accounts.flows[GOVERNMENT, HOUSEHOLDS, Kind.TRANSFERS]
        assert paid == pytest.approx(model.government.transfers + month.spending)
        assert int((model.workers.auto_skill > before).sum()) >= month.trained
    months = 31 - model.plants[0].ground_breaking
    assert trained == int(60.0 / 12.0 / 4.0 * months + 1e-9)


def test_trainees_are_young_without_a_job_and_near():
    model = school()
    while model.period < 12:
        model.step()
    w, p = model.workers, model.params
    w.auto_skill[:] = 0.0
    served = np.zeros(len(model.heads), np.bool_)
    served[model.plants[0].region] = True
    chosen = skills.choose_trainees(model, 7, served)
    assert len(np.unique(chosen)) == 7
    assert set(w.status[chosen]) <= {UNEMPLOYED, OWN_ACCOUNT}
    assert np.all(w.age_months[chosen] < p.training_age * 12)
    assert np.all(served[w.region[chosen]])
    fewer = skills.choose_trainees(model, 4, served)
    assert set(fewer) <= set(chosen)  # the queue is the same however many are served
    everyone = skills.choose_trainees(model, 10**6, served)
    could = np.isin(w.status, (UNEMPLOYED, OWN_ACCOUNT)) & served[w.region]
    could &= w.age_months < p.training_age * 12
    assert np.array_equal(everyone, np.flatnonzero(could))


def test_nobody_is_trained_where_no_plant_comes():
    model = school(world="none")
    for _ in range(12):
        model.step()
    assert not model.workers.auto_skill.any()
    assert not model.learning.started


def test_gates_hold_with_suppliers_and_schools():
    model = school(world=World.load("plan"))
    watched = Watched(model)
    while model.period < 24:
        watched.step()
    assert model.learning.trained > 0


def test_training_brings_skill_to_the_country():
    with_school, without = school(600.0), school(0.0)
    for _ in range(30):
        with_school.step()
        without.step()
    a, b = with_school.measures.monthly, without.measures.monthly
    assert with_school.workers.auto_skill.sum() > without.workers.auto_skill.sum()
    assert a["trained"].sum() > 0.0
    assert not b["trained"].any()
    assert not b["training_spending"].any()
    assert a["training_spending"] == pytest.approx(4e4 * a["trained"])
