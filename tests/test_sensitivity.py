"""Sensitivity analysis against planted answers: what it says of values whose truth is known."""

import itertools

import numpy as np
import pandas as pd
import pytest
from SALib.analyze import morris as salib_morris
from SALib.analyze import sobol as salib_sobol
from SALib.sample import morris as morris_sample
from SALib.sample import sobol as sobol_sample
from SALib.test_functions import Ishigami

from experiments.designs import Axis, axis_of, group_numbers, make_design, unit_points
from experiments.elementary_effects import screen, step_effects
from experiments.failed_region import failures_of
from experiments.seed_noise import chance_of, cross
from experiments.sensitivity import Scheme, analyse
from experiments.sensitivity_values import Quantity, RunStates
from experiments.sobol_indices import sobol_indices
from experiments.study_file import DesignPart, Span
from model import InputError

RNG = np.random.default_rng
WEIGHTS = np.array([4.0, 2.0, 1.0])  # of a linear function: S1 = ST = weight^2 over their sum
LINEAR = WEIGHTS**2 / (WEIGHTS**2).sum()


def problem(k, low=0.0, high=1.0, **more):
    return {
        "num_vars": k,
        "names": [f"x{i}" for i in range(k)],
        "bounds": [[low, high]] * k,
        **more,
    }


def scheme(kind, unit, members=None, second_order=False):
    members = np.arange(unit.shape[1]) if members is None else np.array(members)
    g = int(members.max()) + 1
    width = g + 1 if kind == "morris" else 2 * g + 2 if second_order else g + 2
    return Scheme(kind, tuple(f"x{i}" for i in range(g)), members, unit, width, second_order)


def quantity(values):
    return Quantity("plant", "effect", "employee_jobs", values)


# --- Chance -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seeds", [2, 3, 7])
def test_a_cross_product_is_the_mean_over_pairs_of_different_seeds(seeds):
    one, other = RNG(1).normal(size=(2, 5, seeds))
    pairs = [one[:, s] * other[:, t] for s, t in itertools.permutations(range(seeds), 2)]
    np.testing.assert_allclose(cross(one, other), np.mean(pairs, axis=0), rtol=1e-12)
    assert np.array_equal(cross(one[:, :1], other[:, :1]), (one * other)[:, 0])


def noisy(truth, noise, shift, seeds, rng):
    """Values [..., seeds]: the truth, a shift that all points share, and noise of their own."""
    e = rng.normal(0.0, noise, (*truth.shape, seeds))
    return truth[..., None] + rng.normal(0.0, shift, seeds) + e


def test_chance_is_told_from_what_differs_between_points():
    rng = RNG(2)
    found = [
        chance_of(noisy(rng.normal(5.0, 2.0, 60), noise=3.0, shift=50.0, seeds=4, rng=rng))
        for _ in range(200)
    ]
    # Variances are what is unbiased; a spread of 50 common to all points does not matter.
    assert np.mean([one.noise**2 for one in found]) == pytest.approx(9.0, rel=0.03)
    assert np.mean([one.sd**2 for one in found]) == pytest.approx(4.0, rel=0.06)
    assert np.mean([one.of_one_run for one in found]) == pytest.approx(9 / 13, abs=0.03)
    assert np.mean([one.of_mean for one in found]) == pytest.approx((9 / 4) / (4 + 9 / 4), abs=0.03)


def test_with_one_seed_chance_is_not_known():
    one = chance_of(RNG(3).normal(size=(30, 1)))
    assert np.isnan([one.noise, one.of_one_run, one.of_mean]).all()
    assert one.sd > 0
    assert np.isnan(chance_of(np.ones((1, 3))).sd)


# --- Sobol' -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ishigami():
    points = sobol_sample.sample(problem(3, -np.pi, np.pi), 1024, calc_second_order=True, seed=1)
    return Ishigami.evaluate(points)


def test_indices_without_noise_are_those_of_salib(ishigami):
    theirs = salib_sobol.analyze(problem(3), ishigami[: 64 * 8], calc_second_order=True, seed=1)
    ours = sobol_indices(ishigami[: 64 * 8].reshape(64, 8, 1), second_order=True)
    np.testing.assert_allclose(ours.first[0], theirs["S1"], atol=1e-12)
    np.testing.assert_allclose(ours.total[0], theirs["ST"], atol=1e-12)
    np.testing.assert_allclose(ours.second[0], theirs["S2"], atol=1e-12)
    half = (ours.total[2] - ours.total[1]) / 2.0
    np.testing.assert_allclose(half, theirs["ST_conf"], rtol=0.35)


def test_indices_of_ishigami_are_the_known_ones(ishigami):
    a, b, pi = 7.0, 0.1, np.pi
    variance = a**2 / 8 + b * pi**4 / 5 + b**2 * pi**8 / 18 + 0.5
    first = np.array([0.5 * (1 + b * pi**4 / 5) ** 2, a**2 / 8, 0.0]) / variance
    both = b**2 * pi**8 * (1 / 18 - 1 / 50) / variance
    table, pairs, chance = analyse(
        scheme("sobol", np.zeros((8, 3)), second_order=True), [quantity(ishigami[:, None])]
    )
    np.testing.assert_allclose(table["S1"], first, atol=0.03)
    np.testing.assert_allclose(table["ST"], first + np.array([both, 0.0, both]), atol=0.03)
    one = pairs.set_index(["parameter", "with"])["S2"]
    np.testing.assert_allclose(one["x0", "x2"], both, atol=0.04)
    np.testing.assert_allclose([one["x0", "x1"], one["x1", "x2"]], 0.0, atol=0.04)
    assert chance["sd"].iloc[0] ** 2 == pytest.approx(variance, rel=0.03)


def linear_rows(n, seed):
    points = sobol_sample.sample(problem(3), n, calc_second_order=False, seed=seed)
    return (points @ WEIGHTS).reshape(n, 5)


def test_noise_of_seeds_is_taken_out_of_indices():
    """Averages over seeds alone leave noise in ST and in the variance; products of seeds do not."""
    rng, truth = RNG(4), linear_rows(256, 1)
    spread = 1.5 * np.sqrt((WEIGHTS**2).sum() / 12.0)
    ours, naive = [], []
    for _ in range(60):
        values = noisy(truth, noise=spread, shift=30.0, seeds=3, rng=rng)
        # Noise that points of a row share in part, as runs with common random numbers do.
        values += rng.normal(0.0, spread, (256, 1, 3))
        for into, one in ((ours, values), (naive, values.mean(axis=2, keepdims=True))):
            found = sobol_indices(one, resamples=2)
            into.append([found.first[0], found.total[0]])
    np.testing.assert_allclose(np.mean(ours, axis=0), [LINEAR, LINEAR], atol=0.03)
    assert np.abs(np.mean(naive, axis=0) - LINEAR).max() > 0.15


def test_intervals_of_indices_cover_the_truth():
    rng, inside = RNG(5), []
    for number in range(100):
        values = noisy(linear_rows(64, number), noise=0.5, shift=1.0, seeds=2, rng=rng)
        found = sobol_indices(values, resamples=300)
        inside.append((found.total[1] <= LINEAR) & (found.total[2] >= LINEAR))
    assert 0.85 <= np.mean(inside) <= 1.0


def test_an_outcome_that_is_all_chance_has_no_index_that_is_told_from_zero():
    table, _, chance = analyse(
        scheme("sobol", np.zeros((5, 3))), [quantity(RNG(6).normal(size=(5 * 32, 4)))]
    )
    assert not (table["ST_low"] > 0.0).any()
    assert chance["of_mean"].iloc[0] > 0.7
    flat, _, _ = analyse(scheme("sobol", np.zeros((5, 3))), [quantity(np.ones((5 * 4, 2)))])
    assert flat[["S1", "ST", "ST_low"]].isna().all(axis=None)


# --- Morris -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("groups", [None, ["p", "q", "p"]])
def test_elementary_effects_are_those_of_salib(groups):
    told = problem(3, groups=groups)
    unit = morris_sample.sample(told, 7, num_levels=4, seed=3)
    y = unit @ WEIGHTS - 3.0 * unit[:, 0] * unit[:, 1]
    theirs = salib_morris.analyze(told, unit, y, num_levels=4, seed=3)
    members = np.arange(3) if groups is None else np.array([0, 1, 0])
    alone = np.bincount(members) == 1
    ours = screen(step_effects(unit, members, y[:, None]), alone)
    np.testing.assert_allclose(ours.mu_star[0], np.asarray(theirs["mu_star"]), rtol=1e-12)
    if groups is None:
        np.testing.assert_allclose(ours.mu, theirs["mu"], rtol=1e-12)
        np.testing.assert_allclose(ours.sigma, theirs["sigma"], rtol=1e-12)
    else:
        assert np.isnan(ours.mu).tolist() == [True, False]
    assert (ours.mu_star[1] <= ours.mu_star[0]).all()
    assert (ours.mu_star[2] >= ours.mu_star[0]).all()


def test_of_a_linear_function_the_effects_are_its_weights():
    unit = morris_sample.sample(problem(4), 5, num_levels=4, seed=1)
    y = unit @ [4.0, -2.0, 1.0, 0.0]
    (table, _, _) = analyse(scheme("morris", unit), [quantity(np.stack([y, y + 7.0], axis=1))])
    np.testing.assert_allclose(table["mu"], [4.0, -2.0, 1.0, 0.0], atol=1e-12)
    np.testing.assert_allclose(table["mu_star"], [4.0, 2.0, 1.0, 0.0], atol=1e-12)
    np.testing.assert_allclose(table["sigma"], 0.0, atol=1e-12)
    np.testing.assert_allclose(table["noise"], 0.0, atol=1e-12)
    assert table["stands_out"].tolist() == [True, True, True, False]


def test_chance_alone_rarely_stands_out_and_what_matters_does():
    rng, false, found, signals = RNG(7), 0, 0, []
    for _ in range(300):
        effects = rng.normal(0.0, 1.0, (5, 30, 2))  # what moves nothing, in a world of chance
        false += bool(screen(effects, resamples=2).stands_out.any())
        effects[:, 0] += 4.0
        one = screen(effects, resamples=2)
        found += bool(one.stands_out[0])
        signals.append(one.signal[0] ** 2)
    assert false / 300 <= 0.08
    assert found / 300 > 0.95
    assert np.mean(signals) == pytest.approx(16.0, rel=0.03)
    assert np.isnan(screen(effects[:, :, :1]).floor).all()


def test_a_parameter_without_any_effect_is_inert_however_chance_goes():
    unit = morris_sample.sample(problem(3), 6, num_levels=4, seed=2)
    y = noisy(unit[:, 0], noise=0.5, shift=1.0, seeds=3, rng=RNG(8))
    # Nothing of a run hangs on x2: where it alone changes, chance is the same, too.
    still = np.flatnonzero(np.abs(np.diff(unit, axis=0)).argmax(axis=1) == 2)
    for before in still[(still + 1) % 4 != 0]:
        y[before + 1] = y[before]
    table, _, _ = analyse(scheme("morris", unit), [quantity(y)])
    assert table["inert"].tolist() == [False, False, True]
    assert not table["stands_out"].iloc[2]


# --- Failures ---------------------------------------------------------------------------------------


def test_of_a_harmed_trajectory_the_whole_steps_are_used():
    unit = morris_sample.sample(problem(3), 6, num_levels=4, seed=1)
    values = np.stack([unit @ WEIGHTS] * 2, axis=1)
    values[5, 1] = np.nan  # the second point of the second trajectory, with one seed
    table, _, chance = analyse(scheme("morris", unit), [quantity(values)])
    assert sorted(table["steps"]) == [5, 5, 6]
    np.testing.assert_allclose(table["mu"], WEIGHTS, atol=1e-12)
    assert chance[["blocks", "harmed", "points"]].iloc[0].tolist() == [6, 1, 23]


def test_of_a_sobol_design_only_whole_rows_are_used():
    values = noisy(linear_rows(32, 1), noise=0.2, shift=1.0, seeds=2, rng=RNG(9))
    broken = values.copy()
    broken[[3, 8], [0, 4], [1, 0]] = np.nan
    kept = np.delete(values, [3, 8], axis=0)
    unit = np.zeros((5, 3))
    table, _, chance = analyse(scheme("sobol", unit), [quantity(broken.reshape(-1, 2))])
    whole, _, _ = analyse(scheme("sobol", unit), [quantity(kept.reshape(-1, 2))])
    pd.testing.assert_frame_equal(table, whole)
    assert chance[["blocks", "harmed"]].iloc[0].tolist() == [32, 2]
    nothing, _, _ = analyse(scheme("sobol", unit), [quantity(np.full((5 * 4, 2), np.nan))])
    assert nothing[["S1", "ST"]].isna().all(axis=None)


AXES = [
    Axis("vat_rate", "lever", float, 0.1, 0.2),
    Axis("n_suppliers", "uncertainty", int, 1, 3),
    Axis("credit_scope", "uncertainty", str, values=("all", "parts")),
    Axis("quit_rate", "uncertainty", float, 0.0, 1.0),
]


def states(failed, missing=None):
    failed = np.repeat(failed[:, None, None], 2, axis=2)
    missing = np.zeros_like(failed) if missing is None else np.repeat(missing[:, None, None], 2, 2)
    return RunStates(failed, missing, {"ValueError": int(failed.sum())})


def test_a_planted_region_of_failures_is_found():
    unit = RNG(10).random((400, 4))
    points = [tuple(axis.at(x) for axis, x in zip(AXES, row)) for row in unit]
    bad = np.array([vat > 0.16 and scope == "parts" for vat, _, scope, _ in points])
    missing = np.zeros(400, bool)
    missing[:10] = ~bad[:10]
    found = failures_of(states(bad, missing), AXES, points)
    assert (found.failed, found.failed_points, found.always) == (
        2 * bad.sum(),
        bad.sum(),
        bad.sum(),
    )
    assert found.share == pytest.approx(2 * bad.sum() / (800 - found.missing))
    region = found.regions.iloc[0]
    assert region["share"] == 1.0
    assert region["failed_points"] == bad.sum()
    name, sign, cut, _, rest = region["region"].split(maxsplit=4)
    assert (name, sign, rest) == ("vat_rate", ">", "credit_scope = parts")
    assert float(cut) == pytest.approx(0.16, abs=0.002)
    assert set(found.by_parameter["parameter"][:2]) == {"vat_rate", "credit_scope"}
    assert (found.by_parameter["p"][:2] < 1e-6).all()
    assert (found.by_parameter["p"][2:] > 0.05).all()
    by = found.by_parameter.set_index("parameter")
    assert by.loc["vat_rate", "lower"] == 0.0
    assert by.loc["vat_rate", "upper"] > 0.3


def test_without_failures_or_with_few_there_is_no_region():
    points = [(0.1 + 0.002 * n, 1, "all", 0.5) for n in range(50)]
    none = failures_of(states(np.zeros(50, bool)), AXES, points)
    assert (none.failed, len(none.by_parameter), len(none.regions)) == (0, 0, 0)
    few = failures_of(states(np.arange(50) > 46), AXES, points)
    assert (few.failed_points, len(few.by_parameter), len(few.regions)) == (3, 4, 0)
    everywhere = failures_of(states(np.ones(50, bool)), AXES, points)
    assert (everywhere.share, len(everywhere.by_parameter)) == (1.0, 0)


# --- Groups in a design -----------------------------------------------------------------------------


def axes(*names):
    return [axis_of(name, "uncertainty", Span()) for name in names]


def test_a_step_of_a_grouped_design_moves_one_group():
    three = axes("vat_rate", "loan_rate", "quit_rate")
    part = DesignPart(
        kind="morris", size=5, groups={"money": ["loan_rate", "vat_rate"], "work": ["quit_rate"]}
    )
    names, members = group_numbers(part, three)
    assert (names, members) == (["money", "work"], [0, 0, 1])
    unit = unit_points(part, three)
    assert unit.shape == (5 * 3, 3)
    moved = np.diff(unit.reshape(5, 3, 3), axis=1) != 0.0
    assert sorted(map(tuple, moved.reshape(-1, 3).tolist())) == [(False, False, True)] * 5 + [(True, True, False)] * 5  # fmt: skip
    assert len(make_design(part, three, None).points) == 15


@pytest.mark.parametrize(
    ("groups", "named"),
    [
        ({"a": ["vat_rate"], "b": ["loan_rte"]}, ["groups.b", "loan_rte", "'loan_rate'"]),
        ({"a": ["vat_rate"], "b": ["loan_rate", "vat_rate"]}, ["groups.b", "vat_rate", "'a'"]),
        ({"a": ["vat_rate"], "b": []}, ["design.groups", "loan_rate", "no group"]),
    ],
)
def test_each_parameter_is_in_one_group(groups, named):
    part = DesignPart(kind="morris", size=2, groups=groups)
    with pytest.raises(InputError) as refused:
        make_design(part, axes("vat_rate", "loan_rate"), None)
    for word in named:
        assert word in str(refused.value)
    with pytest.raises(InputError, match="no option"):
        make_design(replace_kind(part), axes("vat_rate", "loan_rate"), None)


def replace_kind(part):
    return part.model_copy(update={"kind": "latin"})
