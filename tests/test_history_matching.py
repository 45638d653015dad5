"""History matching and its posterior against planted answers; no run of the model is made here."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, kstest, norm, qmc
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF

from experiments.calibration_file import Prior
from experiments.history_matching import (
    Match,
    Training,
    _left_out,
    fit_emulator,
    pooled_variance,
    spread_out,
)
from experiments.posterior import (
    Posterior,
    correlations,
    effective_size,
    learned,
    log_likelihood,
    quantiles,
    read_posterior,
    sample_posterior,
    systematic,
)
from model import InputError

CHANCE = 0.15  # standard deviation of one run of the made-up simulator
RECORD = np.array([0.1, 0.1])  # of the record's error


def truth(points):
    """Two statistics of three parameters; the third parameter does nothing."""
    x, y = points[:, 0], points[:, 1]
    return np.stack([2.0 * x + 0.5 * np.sin(4.0 * y), 1.5 * y**2 - 0.5 * x], axis=1)


def simulate(points, seeds, rng):
    """Runs (n, seeds, 2) of the made-up simulator."""
    return truth(points)[:, None, :] + rng.normal(0.0, CHANCE, (len(points), seeds, 2))


def training(points, runs):
    chance = [pooled_variance(list(runs[:, :, j])) for j in range(2)]
    return Training(
        points, runs.mean(axis=1), np.full((len(points), 2), runs.shape[1]), np.array(chance)
    )


@pytest.fixture(scope="module")
def learned_once():
    """Emulators of one wave of 40 points and 2 seeds."""
    rng = np.random.default_rng(1)
    points = qmc.LatinHypercube(3, rng=rng).random(40)
    match = Match(np.zeros(2), RECORD**2, seeds=2)
    match.learn(training(points, simulate(points, 2, rng)))
    return match


def with_record(match, values):
    """The same emulators before another record."""
    other = Match(values, match.errors, match.cutoff, match.seeds)
    other.waves = match.waves
    return other


# --- Emulators --------------------------------------------------------------------------------------


def test_an_emulator_foretells_what_it_has_not_seen(learned_once):
    points = np.random.default_rng(2).random((400, 3))
    for j, emulator in enumerate(learned_once.waves[0]):
        mean, variance = emulator.predict(points)
        error = (mean - truth(points)[:, j]) / np.sqrt(variance)
        assert np.mean(np.abs(error) < 2.0) > 0.85  # 0.95 if its doubt were exactly honest
        assert np.std(mean - truth(points)[:, j]) < 0.15 * np.std(truth(points)[:, j])
        assert emulator.explained > 0.9
        assert emulator.chance == pytest.approx(CHANCE**2, rel=0.4)


def test_what_no_parameter_moves_is_not_explained():
    rng = np.random.default_rng(3)
    points = rng.random((40, 3))
    emulator = fit_emulator(points, rng.normal(5.0, 0.1, 40), np.full(40, 2), 0.02)
    assert emulator.explained < 0.3
    still = fit_emulator(points, np.full(40, 7.0), np.full(40, 2), 0.0)
    mean, variance = still.predict(rng.random((5, 3)))
    np.testing.assert_allclose(mean, 7.0)
    assert (variance < 1e-12).all()


def test_points_left_out_as_by_fitting_again_without_them():
    rng = np.random.default_rng(4)
    points, noise = rng.random((12, 2)), np.full(12, 0.01)
    values = np.sin(5 * points[:, 0]) + rng.normal(0.0, 0.1, 12)
    kernel = RBF([0.4, 0.8])
    whole = GaussianProcessRegressor(kernel, alpha=noise, optimizer=None).fit(points, values)
    errors, variances = _left_out(whole, points, values, noise)
    for i in range(12):
        rest = np.arange(12) != i
        less = GaussianProcessRegressor(kernel, alpha=0.01, optimizer=None)
        mean, sd = less.fit(points[rest], values[rest]).predict(points[[i]], return_std=True)
        assert errors[i] == pytest.approx(values[i] - mean[0], rel=1e-6)
        assert variances[i] == pytest.approx(sd[0] ** 2 + 0.01, rel=1e-6)


def test_a_misfit_widens_doubt():
    rng = np.random.default_rng(5)
    points = rng.random((30, 1))
    means = (points[:, 0] > 0.5) * 1.0  # a step: no smooth process foretells where it is
    emulator = fit_emulator(points, means, np.full(30, 2), 1e-6)
    process = emulator.process
    _, sd = process.predict(points - 0.5, return_std=True)
    expected = max(1.0, emulator.misfit) * (emulator.spread * sd) ** 2
    np.testing.assert_allclose(emulator.predict(points)[1], expected)


def test_pooled_variance_is_the_mean_over_equal_groups():
    groups = [np.array([1.0, 3.0]), np.array([2.0, 2.0]), np.array([5.0])]
    assert pooled_variance(groups) == pytest.approx(1.0)
    assert np.isnan(pooled_variance([np.array([1.0])]))


# --- What is plausible ------------------------------------------------------------------------------


class Known:
    """An emulator whose mean and variance are given."""

    chance = 0.5

    def predict(self, points):
        return points[:, 0] * 10.0, np.full(len(points), 0.25)


def test_implausibility_by_hand():
    match = Match(np.array([4.0]), np.array([1.0]), cutoff=3.0, seeds=2)
    match.waves = [[Known()]]
    points = np.array([[0.0], [0.4], [0.9]])
    total = 0.25 + 0.5 * 1.5 + 1.0
    expected = np.abs(4.0 - np.array([0.0, 4.0, 9.0])) / np.sqrt(total)
    np.testing.assert_allclose(match.implausibility(points), expected)
    assert match.plausible(points).tolist() == [True, True, False]


def test_what_a_wave_has_ruled_out_stays_out():
    match = Match(np.array([4.0]), np.array([1.0]))
    match.waves = [[Known()], [_Elsewhere()]]
    assert match.plausible(np.array([[0.4], [0.9]])).tolist() == [False, False]
    assert match.plausible(np.array([[0.4], [0.9]]), waves=1).tolist() == [True, False]
    assert sample_posterior(match, 1, 100, 1) is None


class _Elsewhere(Known):
    def predict(self, points):
        return np.full(len(points), 99.0), np.full(len(points), 0.25)


def test_new_points_are_far_from_old_ones_and_each_other():
    rng = np.random.default_rng(6)
    candidates, known = rng.random((300, 2)), np.array([[0.5, 0.5]])
    chosen = spread_out(candidates, 8, known)
    taken = known
    for point in chosen:  # the slow way: each is the farthest candidate there is
        far = [np.min(((taken - one) ** 2).sum(axis=1)) for one in candidates]
        np.testing.assert_array_equal(point, candidates[int(np.argmax(far))])
        taken = np.vstack([taken, point])


# --- The posterior ----------------------------------------------------------------------------------


def test_credible_intervals_cover_the_truth_as_often_as_they_say(learned_once):
    """Many records of one simulator: 90 % intervals hold the truth in about 90 %, ranks are even."""
    covered, ranks = repeated(learned_once, widen=1.0)
    for k in range(3):
        low, high = binom.ppf([0.0005, 0.9995], 300, 0.9) / 300
        assert low <= covered[:, k].mean() <= high, (k, covered[:, k].mean())
        assert kstest(ranks[:, k], "uniform").pvalue > 0.001, k
    # And the test can fail: a third of the standard deviation is found out.
    covered, _ = repeated(learned_once, widen=1 / 9)
    assert covered[:, :2].mean() < 0.75


def repeated(match, widen, times=300):
    """Whether the 90 % interval held each parameter, and its rank in the posterior; (times, 3)."""
    rng = np.random.default_rng(7)
    points = qmc.LatinHypercube(3, rng=rng).random(4096)
    match = with_record(match, np.zeros(2))
    gaps, variances = match.distances(points)
    covered, ranks = np.zeros((times, 3), bool), np.zeros((times, 3))
    for i in range(times):
        own = rng.random((1, 3))
        record = simulate(own, 1, rng)[0, 0] + rng.normal(0.0, RECORD)
        logs = log_likelihood(record + gaps, widen * variances)  # gaps: of a record of zero
        weights = np.exp(logs - logs.max())
        for k in range(3):
            low, high = quantiles(points[:, k], weights, (0.05, 0.95))
            covered[i, k] = low <= own[0, k] <= high
            ranks[i, k] = weights[points[:, k] < own[0, k]].sum() / weights.sum()
    return covered, ranks


@pytest.mark.evidence
def test_intervals_cover_after_several_waves():
    """The whole procedure over and over: three waves each, new points where it is still plausible."""
    covered, widths = [], []
    for repetition in range(60):
        rng = np.random.default_rng([8, repetition])
        own = rng.random((1, 3))
        record = simulate(own, 1, rng)[0, 0] + rng.normal(0.0, RECORD)
        match = Match(record, RECORD**2, seeds=2)
        points = qmc.LatinHypercube(3, rng=rng).random(15)
        runs = simulate(points, 2, rng)
        for wave in range(3):
            match.learn(training(points, runs))
            if wave < 2:
                new = spread_out(match.draw_plausible(200, 3, 100 * repetition + wave), 8, points)
                points = np.vstack([points, new])
                runs = np.concatenate([runs, simulate(new, 2, rng)])
        sample = sample_posterior(match, 3, 1000, repetition)
        for k in range(3):
            low, high = quantiles(sample.shares[:, k], sample.weights, (0.05, 0.95))
            covered.append(low <= own[0, k] <= high)
            widths.append(high - low)
    print(f"covered {np.mean(covered):.3f} of 180, mean width {np.mean(widths):.2f}")
    low, high = binom.ppf([0.0005, 0.9995], len(covered), 0.9) / len(covered)
    assert low <= np.mean(covered) <= high


def test_the_posterior_is_the_exact_one_where_that_is_known():
    """One linear statistic: the posterior is a normal cut to the prior's range."""
    match = Match(np.array([4.0]), np.array([1.0]), cutoff=100.0, seeds=2)
    match.waves = [[Known()]]
    sample = sample_posterior(match, 1, 20_000, 1)
    sd = np.sqrt(0.25 + 0.75 + 1.0) / 10.0
    at = np.linspace(0.05, 0.95, 10)
    exact = norm(0.4, sd)
    below = [sample.weights[sample.shares[:, 0] <= x].sum() for x in at]
    expected = (exact.cdf(at) - exact.cdf(0)) / (exact.cdf(1) - exact.cdf(0))
    np.testing.assert_allclose(below, expected, atol=0.01)
    assert sample.plausible == 1.0
    assert sample.weights.sum() == pytest.approx(1.0)


def test_a_parameter_without_effect_is_said_to_be_uninformed(learned_once):
    match = with_record(learned_once, truth(np.array([[0.4, 0.6, 0.5]]))[0])
    sample = sample_posterior(match, 3, 1000, 1)
    priors = [Prior(name, 0.0, 1.0, False, False, 0.5, "") for name in "abc"]
    points = pd.DataFrame(sample.shares, columns=list("abc")).assign(weight=sample.weights)
    after = Posterior(points, {})
    table = learned(after, priors).set_index("parameter")
    assert table.loc["a", "width"] < 0.7
    assert table.loc["c", "verdict"] == "not informed"
    assert table.loc["c", "width"] == pytest.approx(1.0, abs=0.1)
    assert table.loc["a", "low"] < 0.4 < table.loc["a", "high"]
    matrix = correlations(after, priors)
    expected = np.cov(sample.shares.T, aweights=sample.weights, ddof=0)
    assert matrix.loc["a", "b"] == pytest.approx(
        expected[0, 1] / np.sqrt(expected[0, 0] * expected[1, 1])
    )


@given(
    st.lists(st.floats(0.0, 5.0), min_size=1, max_size=30), st.integers(1, 200), st.integers(0, 9)
)
def test_systematic_draws_each_point_as_often_as_its_weight_says(weights, size, seed):
    weights = np.array(weights)
    if not weights.sum() > 1e-6:
        return
    times = np.bincount(systematic(weights, size, seed), minlength=len(weights))
    exact = size * weights / weights.sum()
    assert times.sum() == size
    assert (np.abs(times - exact) < 1.0 + 1e-6).all()


def test_weighted_quantiles_of_equal_weights_are_the_plain_ones():
    values = np.random.default_rng(9).random(101)
    shares = (0.0, 0.05, 0.5, 0.95, 1.0)
    found = quantiles(values, np.ones(101), shares)
    np.testing.assert_array_equal(found, np.quantile(values, shares, method="inverted_cdf"))
    assert quantiles(np.array([1.0, 2.0, 3.0]), np.array([0.0, 1.0, 3.0]), (0.25, 0.26)).tolist() == [2.0, 3.0]  # fmt: skip
    assert effective_size(np.array([1.0, 1.0, 0.0])) == 2.0


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("whole", [False, True])
def test_a_prior_and_back(log, whole):
    prior = Prior("x", 2.0, 9.0, log, whole, 3.0, "")
    shares = np.linspace(0.0, 1.0, 801)
    values = [prior.value(x) for x in shares]
    assert (values[0], values[-1]) == (2, 9)
    assert values == sorted(values)
    if whole:
        assert set(values) == set(range(2, 10))
        assert all(abs(prior.share(x) - s) < 0.2 for x, s in zip(values, shares))
        if not log:
            assert values.count(5) == pytest.approx(100, abs=1)
    else:
        np.testing.assert_allclose([prior.share(x) for x in values], shares, atol=1e-12)
    assert [prior.value(prior.share(x)) for x in (2, 5, 9)] == pytest.approx([2, 5, 9])


# --- The file ---------------------------------------------------------------------------------------


def test_a_posterior_comes_back_from_its_file(tmp_path):
    points = pd.DataFrame({"vat_rate": [0.1, 0.12], "search_looks": [2, 3], "weight": [0.25, 0.75]})
    path = Posterior(points, {"code": "abc", "plausible": [0.5]}).write(tmp_path / "p.parquet")
    back = read_posterior(path)
    pd.testing.assert_frame_equal(back.points, points)
    assert back.facts == {"code": "abc", "plausible": [0.5]}
    points.drop(columns="weight").to_csv(tmp_path / "p.csv", index=False)
    assert read_posterior(tmp_path / "p.csv").weights.tolist() == [0.5, 0.5]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,weight\n", "no points"),
        ("a,weight\n1,x\n", "weight"),
        ("a,weight\n1,-1\n2,2\n", "weight"),
        ("a,weight\n1,0\n", "weight"),
        ("", "cannot be read"),
    ],
)
def test_a_file_that_is_no_posterior_is_refused(text, words, tmp_path):
    (tmp_path / "p.csv").write_text(text)
    with pytest.raises(InputError, match=words):
        read_posterior(tmp_path / "p.csv")
    (tmp_path / "p.parquet").write_text(text)
    with pytest.raises(InputError, match=r"p\.parquet: cannot be read"):
        read_posterior(tmp_path / "p.parquet")
