"""Exact rows V03, V14, V15, V20: through the rules and estimators that the project uses.

Where the other rows stand is told in docs/exact_rows.md, which the last tests hold to the truth.
"""

import math
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from gates import build
from numba import njit
from scipy.stats import chisquare

from experiments.demography import hill_exponent, reflected_gibrat, tail_exponent
from experiments.movers import movers_premium, premium, raw_gap, two_way_effects
from model.gravity import gravity
from model.markets.car_choice import nested_choice, nested_shares
from model.markets.goods import divide_over_regions
from model.markets.parts import find_supplier

ROOT = Path(__file__).resolve().parent.parent

# --- V03: logit -------------------------------------------------------------------------------------


@njit
def count_choices(n, seed, values, dissimilarity):
    counts = np.zeros(len(values), np.int64)
    inclusive = np.zeros(3)
    for i in range(n):
        counts[nested_choice(seed, np.uint64(i), 1, values, dissimilarity, inclusive)] += 1
    return counts


def test_v03_a_million_households_choose_by_logit():
    """With dissimilarity 1 the nests vanish: utilities 1, 0.5, 0, 0."""
    values = np.array([1.0, 0.5, 0.0, 0.0])
    known = [0.42693, 0.25895, 0.15706, 0.15706]
    shares = np.zeros(4)
    nested_shares(values, 1.0, np.zeros(3), shares)
    np.testing.assert_allclose(shares, known, atol=5e-6)
    counts = count_choices(1_000_000, np.uint64(7), values, 1.0)
    assert counts.sum() == 1_000_000
    assert chisquare(counts, 1e6 * shares).pvalue > 0.01
    # A test that can fail: shares a thousandth off are noticed.
    off = shares + np.array([2e-3, -2e-3, 0.0, 0.0])
    assert chisquare(counts, 1e6 * off).pvalue < 0.01


def test_v03_own_elasticity_of_a_logit_share():
    """−a p (1 − s) = −3.2 at a = 0.4, p = 10, s = 0.2, by a price 0.1 % higher, nothing else."""
    a, price, share = 0.4, 10.0, 0.2

    def sold(at):
        # The others' utility is such that a quarter as many buy this as all others.
        values = np.array([math.log(4.0) - a * price, -a * at])
        shares = np.zeros(2)
        nested_shares(values, 1.0, np.zeros(3), shares)
        return shares[1]

    assert sold(price) == pytest.approx(share, rel=1e-12)
    elasticity = (sold(price * 1.001) / sold(price) - 1.0) / 0.001
    assert elasticity == pytest.approx(-3.2, rel=0.01)


# --- V14: the tail of reflected growth --------------------------------------------------------------


def test_v14_reflected_gibrat_has_the_tail_that_theory_says():
    """ζ = −2 μ/σ² = 1.06 at μ = −0.0212, σ = 0.2."""
    sizes = reflected_gibrat(100_000, 1_000, -0.0212, 0.2)
    assert pytest.approx(1.06) == -2.0 * -0.0212 / 0.2**2
    exponent, error = tail_exponent(sizes, share=0.05)
    assert exponent == pytest.approx(1.06, abs=0.05)
    assert error < 0.05
    assert hill_exponent(sizes, share=0.05)[0] == pytest.approx(1.06, abs=0.05)


@pytest.mark.parametrize("exponent", [0.8, 1.06, 2.0])
def test_the_tail_of_exact_quantiles(exponent):
    n = 100_000
    sizes = (np.arange(1, n + 1) / (n + 1.0)) ** (-1.0 / exponent)
    assert tail_exponent(sizes)[0] == pytest.approx(exponent, rel=0.01)
    assert hill_exponent(sizes)[0] == pytest.approx(exponent, rel=0.01)


def test_a_tail_needs_firms_of_several_sizes():
    assert np.isnan(tail_exponent(np.ones(1000))[0])
    assert np.isnan(tail_exponent(np.arange(1.0, 20.0))[0])
    assert np.isnan(hill_exponent(np.ones(1000))[0])


# --- V15: sourcing and distance ---------------------------------------------------------------------

DISTANCES = np.array([20.0, 60.0, 250.0, 700.0])


@pytest.mark.parametrize("theta", [0.8, 1.0, 1.5])
def test_v15_sourcing_odds_fall_with_distance(theta):
    """Equal sellers at equal prices: odds (d1/d2)^−θ in shares exactly, in draws but for chance."""
    weight = (DISTANCES**-theta)[None, :, None]
    pull = np.full((4, 1), 3.0)
    shares, pools = np.zeros((1, 4, 1)), np.zeros((1, 4, 1))
    divide_over_regions(weight, pull, np.zeros_like(pull), shares, pools)
    assert shares.sum() == pytest.approx(1.0, rel=1e-12)
    share = shares[0, :, 0]
    np.testing.assert_allclose(share / share[0], (DISTANCES / DISTANCES[0]) ** -theta, rtol=1e-12)
    met = meet(200_000, np.cumsum(shares, axis=1), np.arange(5)[:, None] * np.ones(2, np.int64))
    # Absolute error of the odds against the nearest region.
    np.testing.assert_allclose(
        met[1:] / met[0], (DISTANCES[1:] / DISTANCES[0]) ** -theta, atol=0.01
    )


@njit
def meet(n, reach, cells):
    """How often a seller of each region is met; region r holds one customer, of firm r."""
    start = np.zeros((4, 2), np.int64)
    for r in range(4):
        start[r, 0], start[r, 1] = r, r + 1
    firms = np.arange(4)
    counts = np.zeros(4)
    for i in range(n):
        counts[find_supplier(1, 1, np.uint64(i), 0, 0, 0, reach, start, firms)] += 1.0
    return counts


@pytest.mark.parametrize("pack", ["valley", "kyrgyzstan"])
def test_v15_in_the_base_year_too(pack):
    """The gravity table of a pack: weights of two regions differ by distance alone."""
    model = build("none", pack, scale=1000.0 if pack == "kyrgyzstan" else 1.0)
    p, d = model.params, model.pack.distance_km
    theta = np.where(model.pack.tradable, p.distance_tradable, p.distance_local)
    weight = model.base.distance_weight[:-1]
    odds = weight / weight[:, :1]
    np.testing.assert_allclose(odds, (d / d[:, :1])[:, :, None] ** -theta, rtol=1e-9)
    assert gravity.__module__ == "model.gravity"


# --- V20: movers ------------------------------------------------------------------------------------


def shuffled_panel(noise, months=6, people=4000, firms=60, planted=0.12):
    """Frozen wages: each firm pays its premium, people change firms at random every month."""
    rng = np.random.default_rng(3)
    pays = np.append(rng.normal(0.0, 0.1, firms - 1), 0.0)
    pays[-1] = pays[:-1].mean() + planted  # the plant
    ability = rng.normal(10.0, 0.4, people)
    # The plant takes the able: the raw gap is larger than what it pays.
    chance = np.where(ability > 10.2, 0.3, 0.02)
    tables = []
    for month in range(months):
        at = rng.integers(0, firms - 1, people)
        at[rng.random(people) < chance] = firms - 1
        wage = np.exp(ability + pays[at] + noise * rng.standard_normal(people))
        tables.append(
            pd.DataFrame(
                {"period": month, "identity": np.arange(people), "employer": at, "wage": wage}
            )
        )
    return pd.concat(tables), pays


@pytest.mark.parametrize(("noise", "tolerance"), [(0.0, 1e-6), (0.05, 0.005)])
def test_v20_movers_recover_the_planted_premium(noise, tolerance):
    panel, pays = shuffled_panel(noise)
    firm, log_wage = panel["employer"].to_numpy(), np.log(panel["wage"].to_numpy())
    found = two_way_effects(panel["identity"].to_numpy(), firm, log_wage)
    assert found.used.all()
    plant = firm == len(pays) - 1
    true = pays[-1] - pays[firm[~plant]].mean()
    assert premium(found, firm, plant) == pytest.approx(true, abs=tolerance)
    assert raw_gap(log_wage, plant) > true + 0.1
    centred = pays - pays[firm].mean()
    np.testing.assert_allclose(found.firm.to_numpy(), centred, atol=max(10 * tolerance, 1e-6))


def test_v20_months_are_taken_out_and_people_without_a_job_left_out():
    panel, pays = shuffled_panel(0.0)
    panel["wage"] *= 1.0 + 0.05 * panel["period"]
    idle = panel.iloc[:50].assign(employer=-1, wage=0.0)
    found = movers_premium(pd.concat([panel, idle]), np.array([len(pays) - 1]))
    # A month's mean holds who is where, so it is not exact; within the row's tolerance it is.
    firm = panel["employer"].to_numpy()
    true = pays[-1] - pays[firm[firm != len(pays) - 1]].mean()
    assert found["movers"] == pytest.approx(true, abs=0.005)
    assert found["raw"] > found["movers"]
    assert found["observations"] == len(panel)


def test_firms_that_nobody_connects_are_left_out():
    person = np.array([1, 1, 2, 2, 3, 3, 9, 9])
    firm = np.array([1, 2, 2, 3, 1, 3, 8, 8])
    log_wage = np.array([0.0, 0.1, 0.1, 0.4, 0.0, 0.4, 5.0, 5.0])
    found = two_way_effects(person, firm, log_wage)
    assert found.used.tolist() == [True] * 6 + [False] * 2
    effect = found.firm
    assert effect[2] - effect[1] == pytest.approx(0.1)
    assert effect[3] - effect[1] == pytest.approx(0.4)
    with pytest.raises(ValueError, match="nobody moved"):
        two_way_effects(np.array([1, 2]), np.array([1, 1]), np.array([0.0, 0.0]))


# --- Where each row stands --------------------------------------------------------------------------

PAGE = (ROOT / "docs" / "exact_rows.md").read_text(encoding="utf-8")
LINES = re.findall(r"^\| (V\d\d) \|.*\| (.+) \|$", PAGE, re.MULTILINE)


def test_every_row_is_on_the_page_once_and_in_order():
    assert [row for row, _ in LINES] == [f"V{k:02d}" for k in range(1, 21)]


@pytest.mark.parametrize(("row", "where"), LINES, ids=[row for row, _ in LINES])
def test_the_tests_that_the_page_names_exist(row, where):
    names = re.findall(r"`(test_\w+\.py)::(\w+)`", where)
    assert names, f"{row} names no test"
    for file, name in names:
        source = (ROOT / "tests" / file).read_text(encoding="utf-8")
        assert re.search(rf"^    def {name}\(|^def {name}\(", source, re.MULTILINE), name
