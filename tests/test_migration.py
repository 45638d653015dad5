"""Leaving and returning: flows balance at base, the stock reverts, and nobody is lost."""

import math

import numpy as np
import pytest
from calls import assert_same, calls_of
from gates import Watched, build, run
from state import differences

from model import draws, threads
from model.accounts import HOUSEHOLDS, WORLD, Kind
from model.markets import migration
from model.markets.migration import (
    base_return_rate,
    leave_pull,
    list_movers,
    mobility,
    mobility_by_age,
    monthly_rates,
    move_people,
    relative_gain,
    return_pull,
    settle_norms,
    status_weights,
    weigh_movers,
)
from model.workers import ABROAD, EMPLOYEE, NO_FIRM, OWN_ACCOUNT, UNEMPLOYED

BUSY = {"migration_leave_rate": 0.3}


def test_people_are_conserved_and_the_number_abroad_is_leavers_less_returners():
    watched = Watched(build("none", **BUSY))
    model = watched.model
    moved = np.zeros(2)
    for _ in range(12):
        before = np.bincount(model.workers.region[model.workers.status == ABROAD], minlength=3)
        watched.step()
        after = np.bincount(model.workers.region[model.workers.status == ABROAD], minlength=3)
        m = model.migration
        assert np.array_equal(after - before, (m.emigrants - m.returnees)[: len(after)])
        moved += (m.emigrants.sum(), m.returnees.sum())
        sent = model.accounts.flows[WORLD, HOUSEHOLDS, Kind.REMITTANCES]
        assert sent == pytest.approx(model.base.remittance * after.sum(), rel=1e-12)
    assert moved.min() > 50


def test_movers_are_those_of_the_slow_twin():
    found = 0
    for a, _, movers in calls_of(migration, "list_movers", months=6, world="none", **BUSY):
        goes = np.zeros(len(a.status), bool)
        for i in range(len(a.status)):
            chance = mobility(a.age_months[i], 0.05) * a.rate[a.status[i], a.region[i]]
            assert a.mobile[a.age_months[i]] == mobility(a.age_months[i], 0.05)
            goes[i] = draws.uniform(a.seed, draws.MIGRATE, a.identity[i], a.month, 0) < chance
        assert np.array_equal(movers, np.flatnonzero(goes))
        found += len(movers)
    assert found > 50


def test_rates_are_those_of_the_status():
    model = run("none", 3, **BUSY)
    weight = status_weights(model)
    p = model.params
    assert weight[EMPLOYEE] == p.migration_employee
    assert weight[UNEMPLOYED] == p.migration_unemployed
    assert weight[OWN_ACCOUNT] == weight[ABROAD] == 1.0


def test_moves_are_those_of_the_slow_twin():
    moved = {ABROAD: 0, EMPLOYEE: 0, OWN_ACCOUNT: 0, UNEMPLOYED: 0}
    for a, after, _ in calls_of(migration, "move_people", months=6, world="none", **BUSY):
        staff, skills = a.firm_employees.copy(), a.firm_skill.copy()
        for i in range(len(a.status)):
            was, goes = int(a.status[i]), i in a.movers
            expected = was if not goes else UNEMPLOYED if was == ABROAD else ABROAD
            assert after.status[i] == expected
            if goes:
                moved[was] += 1
                assert after.employer[i] == NO_FIRM
                assert after.pool_sector[i] == -1
            if goes and was == EMPLOYEE:
                staff[a.employer[i]] -= 1
                skills[a.employer[i]] -= float(a.skill[i])
        assert np.array_equal(after.firm_employees, staff)
        assert np.array_equal(after.firm_skill, skills)
        assert_same(after, a, ["region", "skill"])
    assert min(moved.values()) > 5, moved


def test_weights_are_those_of_the_slow_twin():
    model = run("none", 4)
    w, fall = model.workers, 0.07
    weight = np.array([0.0, 0.3, 1.0, 4.0, 1.0])
    totals = np.zeros((threads.blocks(len(w)), 2, 3))
    mobile = mobility_by_age(63 * 12, fall)
    weigh_movers(0, len(w), mobile, weight, w.region, w.age_months, w.status, totals)
    home, away = totals.sum(axis=0)
    slow_home, slow_away = np.zeros(3), np.zeros(3)
    for row in range(len(w)):
        age = mobility(w.age_months[row], fall)
        share = {EMPLOYEE: 0.3, OWN_ACCOUNT: 1.0, UNEMPLOYED: 4.0, ABROAD: 1.0}[int(w.status[row])]
        (slow_away if w.status[row] == ABROAD else slow_home)[w.region[row]] += age * share
    assert np.allclose(home, slow_home, rtol=1e-12)
    assert np.allclose(away, slow_away, rtol=1e-12)
    assert mobility(216, fall) == 1.0
    assert mobility(216 + 120, fall) == pytest.approx(math.exp(-0.7))


def test_flows_balance_at_the_base_in_every_region():
    """Expected leavers = expected returners = rate × labour force, before anything has moved."""
    model = build("none")
    settle_norms(model)
    leave, back = monthly_rates(model)
    norms, base = model.migration, model.base
    leavers, returners = leave * norms.mobile_home, back * norms.mobile_abroad
    assert np.allclose(leavers, returners, rtol=1e-12)
    force = base.employees.sum() + base.own_account.sum() + base.unemployed.sum()
    yearly = 12.0 * leavers.sum() / force
    assert yearly == pytest.approx(model.params.migration_leave_rate, rel=1e-12)
    assert np.allclose(leavers / base.abroad, base_return_rate(model))


@pytest.mark.parametrize("start", [0.6, 1.4])
@pytest.mark.parametrize("pull", [0.0, 0.5, 0.8])
def test_the_number_abroad_goes_back_to_its_base(start, pull):
    """Mean dynamics a' = a + ρ (pull(a) − a): one point of rest for every allowed elasticity."""
    stock, nothing = start, np.zeros(1)
    for _ in range(12_000):
        stock += 0.0137 * (float(leave_pull(nothing, np.array([stock]), 1.0, pull)[0]) - stock)
    assert stock == pytest.approx(1.0, abs=1e-3)


def test_with_a_larger_elasticity_it_would_run_away():
    """Why 0.8 is the most that is allowed: e^(0.5 · 0.9) > 1.5, a second point of rest."""
    stock, nothing = 1.4, np.zeros(1)
    for _ in range(12_000):
        stock += 0.0137 * (float(leave_pull(nothing, np.array([stock]), 1.0, 0.9)[0]) - stock)
    assert stock == pytest.approx(math.exp(0.45), abs=1e-3)


def test_gains_are_logs_of_the_ratio_net_of_cost():
    home = np.array([1.0, 0.5, 2.0])
    assert np.allclose(relative_gain(1.0, 0.2, home), [0.0, math.log(2.0), -math.log(2.0)])
    assert relative_gain(1.3, 0.2, home)[0] == pytest.approx(math.log(1.1 / 0.8))
    # Below its cost work abroad is worth next to nothing, and still a number.
    assert np.isfinite(relative_gain(0.0, 0.2, home)).all()


@pytest.mark.parametrize("gain", [1e-3, -1e-3])
def test_with_a_huge_elasticity_all_go_where_it_pays(gain):
    """The limit of the rule: everybody leaves and nobody returns, or the reverse."""
    n = 400
    leave = 1e-3 * leave_pull(np.array([gain]), np.ones(1), 1e6, 0.5)
    back = 1e-3 * return_pull(np.array([gain]), 1e6)
    status = np.where(np.arange(n) < 200, OWN_ACCOUNT, ABROAD).astype(np.int8)
    none, zero = np.full(n, NO_FIRM, np.int32), np.zeros(n, np.int16)
    left, came = np.zeros(1, np.int64), np.zeros(1, np.int64)
    rate = np.stack([leave, leave, leave, leave, back])
    movers = list_movers(
        0, n, np.uint64(1), 5, mobility_by_age(400, 0.05), rate, np.arange(n, dtype=np.uint64),
        zero, zero + 400, status,
    )  # fmt: skip
    move_people(
        movers, zero, status, none, np.zeros(n, np.int8), np.ones(n, np.float32), zero.copy(),
        zero.copy(), np.zeros(1, np.int32), np.zeros(1), left, came,
    )  # fmt: skip
    assert (int(left[0]), int(came[0])) == ((200, 0) if gain > 0 else (0, 200))


def test_switched_off_nobody_moves_and_nothing_is_known():
    model = run("none", 8, migration=False)
    assert model.measures.now["emigrants"] == model.measures.now["returnees"] == 0.0
    assert int((model.workers.status == ABROAD).sum()) == int(model.base.abroad.sum())
    assert len(model.migration.home) == 0
    # With a rate of zero the rule runs and moves nobody: only its own notes differ.
    still = run("none", 8, migration_leave_rate=0.0)
    assert all(path.startswith("model.migration.") for path in differences(model, still))


@pytest.mark.parametrize(
    ("change", "more"),
    [({"exchange_rate_index": 1.5}, "emigrants"), ({"remittance_index": 0.5}, "returnees")],
)
def test_better_pay_abroad_draws_and_worse_pay_sends_back(change, more):
    """The first month after the change: the same people, the same draws, another wage ratio."""
    usual, changed = build("none", **BUSY), build("none", **BUSY)
    for _ in range(3):
        usual.step()
        changed.step()
    changed.params = changed.params.with_values(change)
    usual.step()
    changed.step()
    less = {"emigrants": "returnees", "returnees": "emigrants"}[more]
    assert getattr(changed.migration, more).sum() > 1.2 * getattr(usual.migration, more).sum()
    assert getattr(changed.migration, less).sum() < getattr(usual.migration, less).sum()
