"""Rows of theory that hold exactly: V07, V08, V12, V17, V18, V19 of the targets.

V01 and V02 stand in test_leontief.py, V05 and V06 in test_labour_market.py, V09 to V11 in the gates
of test_gates.py, V16 in test_no_effect.py.
"""

import math

import numpy as np
import pytest
from calls import call
from gates import build
from state import state

from model.assembly import hours_per_car, remembered
from model.markets import parts
from model.measures import concentration, outcomes
from model.workers import ABROAD

# --- V07, V08: learning and forgetting ------------------------------------------------------------


@pytest.mark.parametrize(
    ("ratio", "tenfold"), [(0.8, 10.0 ** math.log2(0.8)), (0.812, 0.5007), (0.9, 0.7047)]
)
def test_v07_each_doubling_multiplies_hours_by_the_progress_ratio(ratio, tenfold):
    first = hours_per_car(1000.0, 300.0, 1000.0, ratio)
    assert first == pytest.approx(300.0, rel=1e-9)
    assert hours_per_car(2000.0, 300.0, 1000.0, ratio) / first == pytest.approx(ratio, rel=1e-9)
    assert hours_per_car(1e4, 300.0, 1000.0, ratio) / first == pytest.approx(tenfold, abs=5e-5)


@pytest.mark.parametrize(("kept", "rest"), [(0.95, 20_000.0), (0.75, 4_000.0)])
def test_v08_experience_settles_where_forgetting_meets_output(kept, rest):
    experience = 0.0
    for _ in range(1000):
        experience = remembered(experience, 1000.0, kept)
    assert experience == pytest.approx(rest, rel=1e-9)


# --- V12: an outage with some days of cover -------------------------------------------------------


def output_over(days, outage, cover):
    """Output of a firm that uses one unit a day; nothing arrives during the outage.

    The model's own rules of ordering and producing, a day for a month; one input, no substitute.
    """
    firm = {
        "critical": np.array([[0, -1]]), "coefficient": np.ones((1, 2)), "cover": float(cover),
        "speed": 1.0, "alive": np.ones(1, np.bool_), "sector": np.zeros(1, np.int16),
        "expected_sales": np.ones(1), "input_stock": np.array([[float(cover), 0.0]]),
        "input_order": np.zeros((1, 2)), "vehicles": 10, "storable": np.ones(1, np.bool_),
        "adjustment": 1.0, "capacity_per_capital": np.ones(1), "productivity": np.ones(1),
        "skill_sum": np.full(1, 1e9), "capital": np.full(1, 1e9), "inventory": np.zeros(1),
        "production": np.zeros(1), "able": np.ones(1),
    }  # fmt: skip
    made = 0.0
    for day in range(days):
        call(parts.order_inputs, firm)
        if not 30 <= day < 30 + outage:
            firm["input_stock"] += firm["input_order"]
        # What is made is sold the same day: no stock of output helps.
        firm["inventory"][:] = 0.0
        call(parts.produce, firm | {"cover": 0.0})
        made += float(firm["production"][0])
    return made


@pytest.mark.parametrize(("cover", "percent"), [(0, 22.22), (5, 16.67), (15, 5.56), (25, 0.0)])
def test_v12_an_outage_costs_the_days_without_cover(cover, percent):
    days, outage = 90, 20
    lost = 1.0 - output_over(days, outage, cover) / days
    assert lost == pytest.approx(max(0, outage - cover) / days, rel=1e-9, abs=1e-12)
    assert 100.0 * lost == pytest.approx(percent, abs=0.005)


# --- V17: nominal homogeneity ---------------------------------------------------------------------


@pytest.mark.parametrize(("pack", "values"), [("valley", {}), ("kyrgyzstan", {"scale": 1000})])
def test_v17_twice_the_money_changes_nothing_real(pack, values):
    """Every KGS magnitude and the exchange rate doubled; foreign prices kept.

    A power of two, so every number of the whole state is the same or exactly twice as large.
    """
    single, double = build("plant", pack, **values), build("plant", pack, numeraire=2.0, **values)
    for _ in range(45):
        single.step()
        double.step()
    one, two = state(single), state(double)
    assert one.keys() == two.keys()
    real = nominal = 0
    for path, value in one.items():
        a, b = np.asarray(value), np.asarray(two[path])
        if path.startswith("model.firms."):  # a row never used keeps its column's default
            a, b = (x[single.firms.age[: len(x)] > 0] for x in (a, b))
        if a.dtype.kind != "f" or np.array_equal(a, b, equal_nan=True):
            assert np.array_equal(a, b), path
            real += 1
        else:
            np.testing.assert_allclose(b, 2.0 * a, rtol=1e-12, err_msg=path)
            nominal += 1
    assert min(real, nominal) > 50
    for name, series in single.measures.monthly.items():
        factor = 2.0 if "KGS" in outcomes()[name].unit and name not in REAL else 1.0
        np.testing.assert_allclose(double.measures.monthly[name], factor * series, rtol=1e-12)


# At base prices, whatever the money of the day.
REAL = {"real_value_added", "unserved_demand"}


# --- V18: order and labels ------------------------------------------------------------------------


def shuffled(model, seed):
    """The same people in another order of rows."""
    order = np.random.default_rng(seed).permutation(len(model.workers))
    place = np.argsort(order)
    for name in model.workers.columns:
        model.workers.values(name)[:] = model.workers.values(name)[order]
    for name, value in vars(model.car_market).items():
        if isinstance(value, np.ndarray) and value.shape == order.shape:
            getattr(model.car_market, name)[:] = value[order]
    f = model.firms
    f.founder[:] = np.where(f.founder >= 0, place[f.founder], -1)
    return model


def by_identity(model, name):
    w = model.workers
    return w.values(name)[np.argsort(w.identity, kind="stable")]


@pytest.mark.parametrize("world", ["none", "plant"])
def test_v18_the_order_of_rows_decides_nothing(world):
    """Draws are keyed by identity: everybody has the same fate, money but for rounding of sums."""
    plain, mixed = build(world), shuffled(build(world), 7)
    assert not np.array_equal(plain.workers.identity, mixed.workers.identity)
    for _ in range(30):
        plain.step()
        mixed.step()
    for name in ("identity", "status", "employer", "pool_sector", "age_months", "tenure", "car"):
        assert np.array_equal(by_identity(plain, name), by_identity(mixed, name)), name
    for name in ("savings", "debt", "budget"):
        found, expected = by_identity(mixed, name), by_identity(plain, name)
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-6, err_msg=name)
    for name in ("employees", "alive", "origin", "supplier"):
        assert np.array_equal(plain.firms.values(name), mixed.firms.values(name)), name
    np.testing.assert_allclose(mixed.firms.cash, plain.firms.cash, rtol=1e-9, atol=1e-3)


def test_v18_other_labels_give_the_same_distribution():
    """People renamed: other luck, the same economy (Kolmogorov-Smirnov, p > 0.01)."""
    from scipy.stats import ks_2samp

    plain, renamed = build("none"), build("none")
    renamed.workers.identity[:] += np.uint64(1 << 40)
    for model in (plain, renamed):
        for _ in range(24):
            model.step()
    home = [m.workers.status != ABROAD for m in (plain, renamed)]
    for name in ("wage", "savings", "income", "tenure"):
        samples = [
            m.workers.values(name)[here] for m, here in zip((plain, renamed), home, strict=True)
        ]
        assert ks_2samp(*samples).pvalue > 0.01, name
    assert not np.array_equal(plain.workers.status, renamed.workers.status)


# --- V19: concentration ---------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 2, 5, 11, 1000])
def test_v19_concentration_of_equal_parts(n):
    herfindahl, entropy = concentration(np.full(n, 3.7))
    assert herfindahl == pytest.approx(1.0 / n, rel=1e-12)
    assert entropy == pytest.approx(math.log(n), rel=1e-12, abs=1e-12)


def test_v19_concentration_of_unequal_and_empty_parts():
    herfindahl, entropy = concentration(np.array([0.5, 0.25, 0.25, 0.0]))
    assert herfindahl == pytest.approx(0.375, rel=1e-12)
    assert entropy == pytest.approx(1.5 * math.log(2.0), rel=1e-12)
    assert np.isnan(concentration(np.zeros(3))).all()
