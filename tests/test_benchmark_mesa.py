"""The yardstick is fair: plain Mesa and ours have the same rules, so the same results."""

import numpy as np
import pytest

from experiments import benchmark_rules as rules
from experiments.benchmark_mesa import Worker
from model import threads
from model.workers import EMPLOYEE

SCALE, MONTHS, REPLICATES = 200.0, 6, 8
# Everybody moves more, suppliers are compared often and run short: else there would be hardly a
# change to count, and a rule that is wrong would hardly show.
SETTINGS = {
    "supplier_review_rate": 1.0, "quit_rate": 0.05, "search_employee": 0.3, "taste_scale": 0.3,
    "import_substitution": 0.6, "stock_cover": 0.3,
}  # fmt: skip


@pytest.fixture(autouse=True)
def one_thread():
    count = threads.count()
    yield
    threads.use(count)


def means(side, replicate):
    """The mean of each statistic over the months of one replicate."""
    model = rules.start(None, SCALE, **SETTINGS)
    # Firms of one trade start with one wage offer: let it matter who chooses whom.
    spread = np.random.default_rng(2).standard_normal(model.firms.capacity)
    model.firms.wage_offer *= np.exp(0.3 * spread)
    region = side(model, rules.Demand.of(model, MONTHS), replicate)
    months = [region.month() for _ in range(MONTHS)]
    return [np.mean([month[name] for month in months]) for name in rules.STATISTICS]


@pytest.fixture(scope="module")
def both():
    sides = (rules.OurRegion, rules.MesaRegion)
    return [np.array([means(side, k) for k in range(1, REPLICATES + 1)]) for side in sides]


@pytest.mark.parametrize("name", rules.STATISTICS)
def test_both_give_the_same_within_chance(both, name):
    """Welch's test; of ten statistics one beyond four standard errors would be one in 1,000."""
    ours, mesa = (side[:, rules.STATISTICS.index(name)] for side in both)
    error = np.sqrt((ours.var(ddof=1) + mesa.var(ddof=1)) / REPLICATES)
    assert ours.min() > 0.0
    assert abs(ours.mean() - mesa.mean()) < 4.0 * error
    # And the test has power: a difference of two fifths would be seen in every one of them.
    assert error < 0.1 * ours.mean()


def test_mesa_starts_from_the_state_of_the_model():
    model = rules.start("valley", None)
    region = rules.build_region(model, 1)
    workers, w = list(region.agents_by_type[Worker]), model.workers
    assert [one.status for one in workers] == w.status.tolist()
    employed = [one for one in workers if one.status == EMPLOYEE]
    rows = [one.employer.row for one in employed]
    assert rows == w.employer[w.status == EMPLOYEE].tolist()
    firms = {one.row: one for one in {one.employer for one in employed}}
    for row, firm in firms.items():
        assert firm.employees == model.firms.employees[row]
        assert firm.skill_sum == pytest.approx(model.firms.skill_sum[row], rel=1e-6)
        assert firm.region == model.firms.region[row]


def test_staff_and_wages_are_kept_as_people_come_and_go():
    model = rules.start("valley", None)
    side = rules.MesaRegion(model, rules.Demand.of(model, 4))
    for _ in range(4):
        side.month()
    for firm in side.firms:
        staff = [one for one in side.workers if one.employer is firm]
        assert firm.employees == len(staff)
        assert firm.skill_sum == pytest.approx(sum(one.skill for one in staff), abs=1e-6)
        assert firm.wages == pytest.approx(sum(one.wage for one in staff), abs=1e-3)
        assert all(one.status == EMPLOYEE for one in staff)
