"""The labour market: its rules against slow obvious twins, and the theory it must reproduce."""

import math
from itertools import pairwise

import numpy as np
import pytest
from calls import assert_same, call, some_calls

from model import draws
from model.markets import labour, search
from model.markets.own_account import choice_weights
from model.workers import ABROAD, EMPLOYEE, NO_FIRM, OWN_ACCOUNT, SKILL_UNIT, UNEMPLOYED

# --- Slow twins: one person at a time, in words ---------------------------------------------------


def units(a, i, firm):
    """What person i counts for at this firm: skill, and what it pays for skill in making cars."""
    return float(a.skill[i]) * (1.0 + a.auto_worth[firm] * float(a.auto_skill[i]))


def slow_leavers(a):
    leavers = []
    for i in np.flatnonzero(a.status == EMPLOYEE):
        firm = a.employer[i]
        a.tenure[i] += 1
        quits, laid_off = draws.uniform2(a.seed, draws.QUIT, a.identity[i], a.month, 0)
        if quits < a.quit_rate or laid_off < a.chance[firm]:
            leavers.append(i)
        elif a.tenure[i] % 12 == 0:
            a.wage[i] = a.wage_offer[firm] * units(a, i, firm)
    return leavers


def slow_separate(a):
    for i in a.leavers:
        a.employees[a.employer[i]] -= 1
        a.status[i], a.employer[i] = UNEMPLOYED, NO_FIRM
        a.tenure[i] = a.jobless_months[i] = 0


def slow_application(a, k):
    """The firm that the k-th searcher applies to."""
    i = a.searchers[k]
    home, status = a.region[i], a.status[i]
    if status == OWN_ACCOUNT:
        love = draws.normal(a.seed, draws.TASTE, a.identity[i], 0, 1)
        asked = a.log_reservation[home, a.pool_sector[i]] + a.autonomy_spread * love
    elif status == EMPLOYEE:
        least = float(a.wage[i]) / float(a.skill[i]) * a.worth[a.employer[i]] * 1.05
        asked = math.log(max(least, 1e-9))
    else:
        luck = draws.normal(a.seed, draws.TASTE, a.identity[i], a.month, 1)
        asked = a.log_reservation[home, -1] + a.waiting_spread * luck
    best, best_value, seen = -1, -math.inf, 0
    for look in range(a.looks):
        where, which = draws.uniform2(
            a.seed, draws.CHOICE, a.identity[i], a.month, 64 * a.attempt + look
        )
        region = min(int(np.searchsorted(a.reach[home], where)), len(a.reach) - 1)
        places = a.place[a.offset[region] : a.offset[region + 1]]
        if len(places) == 0:
            continue
        firm = places[min(int(which * len(places)), len(places) - 1)]
        if firm in (-1, best, a.employer[i]) or a.open_jobs[firm] <= 0:
            continue
        seen += 1
        paid = a.wage_offer[firm] * (1.0 + a.auto_worth[firm] * float(a.auto_skill[i]))
        offer = math.log(paid * a.worth[firm])
        value = offer - a.commuting_cost[home, a.firm_region[firm]]
        if value > asked:
            pair = a.identity[i] ^ a.firm_identity[firm]
            value += a.taste_scale * draws.gumbel(a.seed, draws.TASTE, pair, a.month, 0)
            if value > best_value:
                best, best_value = firm, value
        if seen == a.see:
            break
    return best


def slow_hire(a):
    """Each firm sorts its applicants by what it sees of them and takes from the top."""
    queues = {}
    for k in range(len(a.searchers)):
        if a.application[k] >= 0:
            queues.setdefault(int(a.application[k]), []).append(k)
    hires = 0
    for firm in sorted(queues):
        a.applicants[firm] += len(queues[firm])

        ranked = sorted(queues[firm], key=lambda k: a.seen[k], reverse=True)
        for k in ranked[: a.open_jobs[firm]]:
            i = a.searchers[k]
            if a.status[i] == EMPLOYEE:
                a.employees[a.employer[i]] -= 1
            a.status[i], a.employer[i], a.pool_sector[i] = EMPLOYEE, firm, -1
            a.wage[i] = a.wage_offer[firm] * units(a, i, firm)
            a.tenure[i] = a.jobless_months[i] = 0
            a.hired[k] = True
            hires += 1
        taken = min(len(ranked), int(a.open_jobs[firm]))
        a.employees[firm] += taken
        a.open_jobs[firm] -= taken
    return hires


def test_separations_are_those_of_the_slow_twin():
    gone = 0
    for before, after, result in some_calls(labour, "list_leavers"):
        gone += len(result)
        assert slow_leavers(before) == result.tolist()
        assert_same(after, before, ["wage", "tenure"])
    for before, after, _ in some_calls(labour, "separate"):
        slow_separate(before)
        assert_same(after, before, ["status", "employer", "tenure", "employees"])
    assert gone > 100


def test_excess_staff_falls_by_its_part_and_a_closed_firm_keeps_nobody():
    for before, after, _ in some_calls(labour, "layoff_chances"):
        for firm in range(len(before.alive)):
            staff, wanted = int(before.employees[firm]), int(before.desired_staff[firm])
            expected = before.layoff_speed * max(staff - wanted, 0) / max(staff, 1)
            assert after.chance[firm] == (expected if before.alive[firm] else 1.0)


def test_searchers_are_those_of_the_slow_twin():
    found = 0
    for before, _, rows in some_calls(search, "list_searchers"):
        looks = [
            draws.uniform(before.seed, draws.SEARCH, who, before.month, 0) < before.search_chance[s]
            for who, s in zip(before.identity, before.status, strict=True)
        ]
        assert np.array_equal(rows, np.flatnonzero(looks))
        assert np.all(np.isin(np.flatnonzero(before.status == UNEMPLOYED), rows))
        assert not np.any(before.status[rows] == ABROAD)
        found += len(rows)
    assert found > 100


def test_applications_are_those_of_the_slow_twin():
    sent = 0
    for before, after, _ in some_calls(labour, "apply_for_jobs"):
        slow = [slow_application(before, k) for k in range(before.first, before.last)]
        assert slow == after.application[before.first : before.last].tolist()
        sent += sum(firm >= 0 for firm in slow)
    assert sent > 100


def test_firms_see_the_skill_they_can_use_with_noise():
    for a, after, _ in some_calls(labour, "see_skills"):
        for k in range(a.first, a.last):
            i, firm = a.searchers[k], a.application[k]
            if firm >= 0:
                luck = draws.gumbel(a.seed, draws.RANK, a.identity[i], a.month, a.attempt)
                assert after.seen[k] == units(a, i, firm) + a.noise * luck


def test_hires_are_those_of_the_slow_twin():
    hires = 0
    for before, after, result in some_calls(labour, "hire"):
        assert np.array_equal(before.applied, np.flatnonzero(before.application >= 0))
        assert slow_hire(before) == result
        names = ["status", "employer", "pool_sector", "wage", "tenure", "employees", "open_jobs"]
        assert_same(after, before, [*names, "applicants", "hired"])
        hires += result
    assert hires > 100


def test_of_two_jobs_that_meet_the_lower_hash_stays():
    for before, after, _ in some_calls(labour, "place_vacancies"):
        claims = {}
        for firm in np.flatnonzero(before.open_jobs > 0):
            region = before.region[firm]
            size = before.offset[region + 1] - before.offset[region]
            who = before.identity[firm]
            for k in range(before.open_jobs[firm]):
                at = draws.integer(before.seed, draws.VACANCY, who, before.month, 2 * k, size)
                rank = draws.bits(before.seed, draws.VACANCY, who, before.month, 2 * k + 1)
                claims.setdefault(int(before.offset[region] + at), []).append((int(rank), firm))
        expected = np.full(len(before.place), -1)
        for place, rivals in claims.items():
            expected[place] = min(rivals)[1]
        assert np.array_equal(after.place, expected)


def test_skills_and_vacancies_are_sums():
    for before, _, sums in some_calls(labour, "sum_staff"):
        assert before.auto_worth[-1] == 0.0
        staff = np.flatnonzero(before.employer >= 0)
        able = [units(before, i, before.employer[i]) for i in staff]
        for column, values, unit in ((0, able, SKILL_UNIT), (1, before.wage[staff], before.unit)):
            exact = np.bincount(before.employer[staff], values, len(before.auto_worth) - 1)
            np.testing.assert_allclose(sums[:, column] * unit, exact, rtol=1e-8)
    for before, after, total in some_calls(labour, "open_vacancies"):
        wanted = before.desired_staff.astype(int) - before.employees
        expected = np.where(before.alive, np.maximum(wanted, 0), 0)
        assert np.array_equal(after.vacancies, expected)
        assert total == expected.sum()


# --- V05: urn and ball ----------------------------------------------------------------------------


def urn_and_ball(applicants, jobs, month):
    """Filled jobs when each applicant draws one of the jobs at random: the model's own rules."""
    n_firms, cells = jobs, np.zeros(applicants, np.int16)
    values = {
        "first": 0, "last": applicants, "seed": np.uint64(5), "month": month, "attempt": 0, "looks": 1, "see": 1,
        "taste_scale": 0.0, "autonomy_spread": 0.0, "waiting_spread": 0.0, "noise": 1.0, "reach": np.ones((1, 1)),
        "commuting_cost": np.zeros((1, 1)), "log_reservation": np.full((1, 2), -6.9),
        "offset": np.array([0, jobs], np.int64), "place": np.arange(jobs, dtype=np.int32),
        "searchers": np.arange(applicants, dtype=np.int64), "log_pay": np.zeros(n_firms),
        "identity": np.arange(applicants, dtype=np.uint64), "region": cells,
        "status": np.full(applicants, UNEMPLOYED, np.int8),
        "employer": np.full(applicants, NO_FIRM, np.int32),
        "pool_sector": np.full(applicants, -1, np.int8), "skill": np.ones(applicants, np.float32),
        "auto_skill": np.zeros(applicants, np.float32), "auto_worth": np.zeros(n_firms),
        "wage": np.zeros(applicants, np.float32), "tenure": np.zeros(applicants, np.int16),
        "jobless_months": np.zeros(applicants, np.int16),
        "firm_region": np.zeros(n_firms, np.int16),
        "firm_identity": np.arange(n_firms, dtype=np.uint64) + np.uint64(1 << 40),
        "wage_offer": np.ones(n_firms), "worth": np.ones(n_firms),
        "employees": np.zeros(n_firms, np.int32), "open_jobs": np.ones(n_firms, np.int32),
        "applicants": np.zeros(n_firms, np.int32), "hired": np.zeros(applicants, np.bool_),
        "application": np.full(applicants, -1, np.int64), "seen": np.zeros(applicants),
        "applied": np.arange(applicants),
    }  # fmt: skip
    call(labour.apply_for_jobs, values)
    assert np.all(values["application"] >= 0)
    call(labour.see_skills, values)
    return call(labour.hire, values)


@pytest.mark.parametrize(
    ("applicants", "jobs", "exact"), [(100, 100, 63.3968), (200, 100, 86.6020), (50, 100, 39.4994)]
)
def test_v05_the_urn_ball_mean_emerges(applicants, jobs, exact):
    """M = V (1 − (1 − 1/V)^U), within three standard errors over 10,000 months."""
    filled = np.array([urn_and_ball(applicants, jobs, month) for month in range(10_000)])
    mean = jobs * (1.0 - (1.0 - 1.0 / jobs) ** applicants)
    assert mean == pytest.approx(exact, abs=1e-4)
    z = (filled.mean() - mean) / (filled.std(ddof=1) / math.sqrt(len(filled)))
    assert abs(z) < 3.0


# --- V06: steady unemployment ---------------------------------------------------------------------


@pytest.mark.parametrize(("loses", "finds"), [(0.02, 0.2), (0.03, 0.27)])
def test_v06_unemployment_settles_at_s_over_s_plus_f(loses, finds):
    """Own-account work is lost and found at constant rates by the model's own rule; N = 100,000."""
    n = 100_000
    values = {
        "first": 0, "last": n, "seed": np.uint64(3), "entry_rate": finds, "exit_rate": loses,
        "switch_rate": 0.0, "weight": choice_weights(1.0, np.ones((1, 1)), np.ones((1, 1))),
        "identity": np.arange(n, dtype=np.uint64), "region": np.zeros(n, np.int16),
        "status": np.full(n, OWN_ACCOUNT, np.int8), "pool_sector": np.zeros(n, np.int8),
        "tenure": np.zeros(n, np.int16), "jobless_months": np.zeros(n, np.int16),
    }  # fmt: skip
    rates = []
    for month in range(100):
        call(labour.move_own_account, values | {"month": month})
        rates.append(np.mean(values["status"] == UNEMPLOYED))
    settled = np.array(rates[60:])
    assert settled.mean() == pytest.approx(loses / (loses + finds), abs=0.002)
    assert max(abs(b - a) for a, b in pairwise(settled)) < 0.005


def test_v06_quits_come_at_their_rate():
    """Employees of a firm that wants them all leave at `quit_rate`, within three standard errors."""
    n, rate = 100_000, 0.02
    values = {
        "first": 0, "last": n, "seed": np.uint64(3), "month": 1, "quit_rate": rate,
        "identity": np.arange(n, dtype=np.uint64), "status": np.full(n, EMPLOYEE, np.int8),
        "employer": np.zeros(n, np.int32), "skill": np.ones(n, np.float32),
        "auto_skill": np.zeros(n, np.float32), "auto_worth": np.zeros(1),
        "wage": np.ones(n, np.float32), "tenure": np.zeros(n, np.int16),
        "jobless_months": np.zeros(n, np.int16), "chance": np.zeros(1),
        "employees": np.array([n], np.int32), "wage_offer": np.ones(1),
    }  # fmt: skip
    values["leavers"] = call(labour.list_leavers, values)
    call(labour.separate, values)
    gone = len(values["leavers"])
    assert abs(gone - rate * n) < 3.0 * math.sqrt(n * rate * (1.0 - rate))
    assert values["employees"][0] == n - gone == int((values["status"] == EMPLOYEE).sum())
