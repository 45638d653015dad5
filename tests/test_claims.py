"""The rule and the search of the claims against planted answers, measures against slow loops."""

import math

import numpy as np
import pandas as pd
import pytest
from claims_table import MONTHS, ranges_with, runs_with, small_table
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_1samp

from experiments.claims.answer import answer, can_be_asked
from experiments.claims.decide import decide, equivalence
from experiments.claims.flips import find_flip, inside
from experiments.claims.measures import loss, measure, recovery, series_of, window_of
from experiments.claims.runs import Runs
from experiments.claims.table import Measure, Worlds

SPREAD = np.array([-1.0, -0.5, 0.0, 0.5, 1.0])


# --- The rule -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mean", "spread", "verdict", "reason"),
    [
        (20.0, 1.0, "holds", "beyond"),
        (5.0, 1.0, "fails", "none"),  # clear of zero, and clearly too small to matter
        (0.0, 1.0, "fails", "none"),
        (-0.1, 0.001, "fails", "opposite"),
        (-20.0, 1.0, "fails", "opposite"),
        (-6.0, 8.0, "fails", "small"),  # 10 is excluded, and -10 is not: no equivalence
        (12.0, 6.0, "undecided", "maybe_small"),
        (5.0, 12.0, "undecided", "unclear"),
        (10.0, 1.0, "undecided", "maybe_small"),
    ],
)
@pytest.mark.parametrize("side", [1, -1])
def test_every_branch_of_the_rule(mean, spread, verdict, reason, side):
    found = decide(side * (mean + spread * SPREAD), 10.0, side)
    assert (found.verdict, found.reason, found.n) == (verdict, reason, 5)
    assert found.mean == pytest.approx(side * mean)
    assert found.low < found.mean < found.high


def test_the_rule_with_few_values_failures_and_no_spread():
    assert decide(np.array([]), 1.0, 1).verdict == "undecided"
    assert decide(np.array([50.0]), 1.0, 1).reason == "few"
    found = decide(np.array([np.nan, 2.0, 2.0, np.nan]), 1.0, 1)
    assert (found.verdict, found.n, found.low, found.high) == ("holds", 2, 2.0, 2.0)
    assert decide(np.zeros(4), 1.0, 1).reason == "none"
    with pytest.raises(ValueError, match="margin is above 0"):
        decide(np.zeros(3), 0.0, 1)


def test_a_bar_says_nothing_of_equivalence():
    values = 20.0 + SPREAD
    assert decide(values, 50.0, 1).reason == "none"
    found = decide(values, 50.0, 1, bar=True)
    assert (found.verdict, found.reason) == ("fails", "small")
    assert math.isnan(found.p_equivalence)


@given(
    st.lists(st.floats(-50, 50).map(lambda x: round(x, 3)), min_size=2, max_size=12),
    st.sampled_from([0.5, 3.0, 20.0]),
    st.sampled_from([0.25, 4.0, 1024.0]),
)
def test_the_rule_does_not_depend_on_units_nor_on_the_sides_sign(values, margin, factor):
    values = np.array(values)
    found = decide(values, margin, 1)
    assert decide(factor * values, factor * margin, 1).verdict == found.verdict
    assert decide(-values, margin, -1).verdict == found.verdict


@pytest.mark.parametrize("mean", [-3.0, 0.0, 0.4, 0.9, 1.1])
def test_equivalence_is_two_one_sided_t_tests(mean):
    values = mean + 0.3 * SPREAD
    above = ttest_1samp(values, -1.0, alternative="greater").pvalue
    below = ttest_1samp(values, 1.0, alternative="less").pvalue
    assert equivalence(values, 1.0) == pytest.approx(max(above, below))


def test_the_seeds_that_are_needed_would_leave_the_margin_out():
    values = 4.0 + 20.0 * np.tile(SPREAD, 4)
    found = decide(values, 10.0, 1)
    assert found.verdict == "undecided"
    assert found.seeds_needed > len(values)
    more = np.resize(values, 5 * math.ceil(1.1 * found.seeds_needed / 5))
    assert decide(more, 10.0, 1).verdict != "undecided"


# --- The search -----------------------------------------------------------------------------------


def cases(n=60, k=12, seed=1):
    rng = np.random.default_rng(seed)
    x = pd.DataFrame(rng.random((n, k)), columns=[f"p{i}" for i in range(k)])
    both = pd.concat([x.assign(offtake=0.0), x.assign(offtake=100.0)], ignore_index=True)
    return both, np.tile(np.arange(n), 2), rng


@pytest.mark.parametrize(("reference", "target"), [("fails", "holds"), ("undecided", "holds"), ("holds", "fails")])  # fmt: skip
def test_a_planted_box_is_found_and_confirmed(reference, target):
    x, points, rng = cases()
    in_box = ((x["p3"] > 0.6) & (x["offtake"] > 50)).to_numpy()
    up = in_box if target == "holds" else ~in_box
    effects = np.where(up, 20.0, 0.0) + rng.normal(0, 3, len(x))
    found = find_flip(x, effects, points, margin=10.0, side=1, reference=reference)
    assert (found.target, found.outcome) == (target, "found")
    assert found.share == pytest.approx(up.mean(), abs=0.02)
    by_name = {bound.parameter: bound for bound in found.condition.bounds}
    assert set(by_name) == {"p3", "offtake"}
    assert by_name["p3"].low == pytest.approx(0.6, abs=0.06)
    assert by_name["p3"].high is None
    assert (by_name["offtake"].low, by_name["offtake"].high) == (100.0, None)
    assert found.condition.coverage > 0.9
    assert found.condition.density > 0.9
    assert found.condition.held_out_density > 0.8
    assert found.condition.held_out.verdict == target


def test_coverage_and_density_are_those_of_the_box():
    x, points, rng = cases()
    effects = 40.0 * x["p0"].to_numpy() + rng.normal(0, 4, len(x))
    found = find_flip(x, effects, points, margin=25.0, side=1, reference="fails").condition
    flips = effects > 25.0
    (bound,) = found.bounds
    within = inside(x, {"p0": (bound.low, 1.0)})
    assert found.density == pytest.approx(flips[within].mean())
    assert found.coverage == pytest.approx(flips[within].sum() / flips.sum())
    assert found.mass == pytest.approx(within.mean())


def test_noise_has_no_condition():
    """What the tree finds in noise does not survive cases that it has not seen."""
    confirmed = 0
    for seed in range(20):
        x, points, rng = cases(seed=seed)
        effects = rng.normal(5.0, 10.0, len(x))
        confirmed += find_flip(x, effects, points, margin=10.0, side=1, reference="fails").found
    assert confirmed <= 1


@pytest.mark.parametrize(
    ("level", "outcome", "share"), [(0.0, "nowhere", 0.0), (100.0, "everywhere", 1.0)]
)
def test_too_few_of_one_kind_are_no_ground_for_a_condition(level, outcome, share):
    x, points, _ = cases()
    effects = np.full(len(x), level)
    effects[:3] = np.nan
    found = find_flip(x, effects, points, margin=10.0, side=1, reference="undecided")
    assert (found.outcome, found.share, found.cases) == (outcome, share, len(x) - 3)
    assert found.condition is None


# --- Measures -------------------------------------------------------------------------------------


def random_runs(seed=1, cases=4, months=40):
    rng = np.random.default_rng(seed)
    values = {w: rng.random((cases, months, 3)) + 1.0 for w in ("a", "b", "a_calm", "b_calm")}
    values["a"][2] = np.nan
    names = ("cars_made", "employee_jobs", "firms")
    return Runs(tuple((1, s) for s in range(cases)), names, values)


def make(kind, **more):
    return Measure(id="m", words="m", outcomes=["cars_made", "firms"], minus=["employee_jobs"],
                   kind=kind, unit="u", factor=2.0, **more)  # fmt: skip


WORLDS = Worlds(treated="a", control="b", treated_calm="a_calm", control_calm="b_calm")


def slowly(values, case, month):
    cars, jobs, firms = values[case, month]
    return cars + firms - jobs


@pytest.mark.parametrize("kind", ["difference", "relative", "total", "kept"])
def test_measures_are_those_of_a_slow_loop(kind):
    runs = random_runs()
    found = measure(make(kind), WORLDS, runs, window_months=12)
    assert math.isnan(found[2])
    months = range(40) if kind == "total" else range(28, 40)
    for case in (0, 1, 3):
        one = [slowly(runs.values["a"], case, m) for m in months]
        other = [slowly(runs.values["b"], case, m) for m in months]
        mean, base = sum(one) / len(one), sum(other) / len(other)
        expected = {
            "difference": mean - base,
            "relative": 100 * (mean - base) / base,
            "total": sum(one) - sum(other),
            "kept": 100 * mean / base,
        }[kind]
        assert found[case] == pytest.approx(2.0 * expected)


def test_of_nothing_nothing_is_kept_and_nothing_is_relative():
    runs = runs_with({"plant": [0.0, 0.0]})
    runs.values["none"][:, :, 0] = 0.0
    worlds = Worlds(treated="plant")
    one = {"id": "m", "words": "m", "outcomes": ["employee_jobs"], "unit": "u"}
    assert measure(Measure(kind="kept", **one), worlds, runs, 12).tolist() == [0.0, 0.0]
    assert np.isnan(measure(Measure(kind="relative", **one), worlds, runs, 12)).all()


def test_the_window_of_a_short_run_is_its_last_half():
    assert window_of(make("difference"), 240, 60) == (180, 240)
    assert window_of(make("difference"), 36, 60) == (18, 36)
    assert window_of(make("difference"), 1, 60) == (0, 1)
    assert window_of(make("total"), 36, 60) == (0, 36)
    assert window_of(make("loss", shock="2024-01", window=6), 36, 60) == (12, 18)


def test_a_loss_is_what_is_missing_and_recovery_the_months_until_it_is_back():
    calm = np.full((1, 24), 100.0)
    shocked = calm.copy()
    shocked[0, 6:9] = [0.0, 50.0, 100.0]
    assert loss(shocked, calm, 6, 18).tolist() == [100 * 150 / 1200]
    # Months 6 and 7 still have a bad month among the next three, month 8 does not.
    assert recovery(shocked, calm, 6, 18).tolist() == [2.0]
    assert recovery(calm, calm, 6, 18).tolist() == [0.0]
    assert recovery(0.5 * calm, calm, 6, 18).tolist() == [12.0]
    assert loss(0.0 * calm, 0.0 * calm, 6, 18).tolist() == [0.0]


def test_loss_avoided_compares_two_pairs():
    runs = random_runs()
    found = measure(make("loss_avoided", shock="2024-01", window=12), WORLDS, runs, 12)
    a, b, ac, bc = (runs.series(w, ["cars_made", "firms"], ["employee_jobs"])
                    for w in ("a", "b", "a_calm", "b_calm"))  # fmt: skip
    expected = 2.0 * (loss(b, bc, 12, 24) - loss(a, ac, 12, 24))
    np.testing.assert_allclose(found, expected)


def test_series_add_up_to_the_measure():
    runs = random_runs(months=36)
    for kind in ("difference", "total"):
        over_time = series_of(make(kind), WORLDS, runs)
        whole = measure(make(kind), WORLDS, runs, window_months=12)
        np.testing.assert_allclose(over_time.effect[:, -1], whole)
        np.testing.assert_allclose(over_time.treated - over_time.control, over_time.effect)


# --- One claim ------------------------------------------------------------------------------------

SEEDS = np.array([-2.0, -1.0, 0.0, 1.0, 2.0, np.nan])


def test_a_claim_is_decided_at_its_reference_and_told_at_every_dose():
    reference = runs_with({"plant": 2.0 + SEEDS, "plan": 30.0 + SEEDS})
    table = small_table()
    found = answer(table, table.claims[0], reference, None)
    assert (found.verdict, found.at_reference) == ("fails", "fails")
    assert [effect.verdict for effect in found.doses] == ["fails", "holds"]
    assert (found.effect.n, found.effect.left_out) == (5, 1)
    assert found.effect.mean == pytest.approx(2.0)
    assert found.statement.en == "at least 10 jobs"
    assert found.flip.outcome == "not run"
    assert [(one.measure, one.dose, one.mean) for one in found.supporting] == [
        ("firms", "market", 0.0), ("firms", "plan", 0.0)
    ]  # fmt: skip
    market, plan = found.figure.lines
    assert len(market.mean) == len(found.figure.dates) == MONTHS // 12
    assert plan.mean == pytest.approx([30.0] * 4)


def test_only_if_names_the_condition_and_the_dose():
    reference = runs_with({"plant": 2.0 + SEEDS, "plan": 2.0 + SEEDS})
    ranges = ranges_with(lambda x, dose: 40.0 * dose * (x["export_access"] > 0.5))
    table = small_table()
    found = answer(table, table.claims[0], reference, ranges)
    assert (found.verdict, found.at_reference, found.flip.confirmed) == ("only_if", "fails", True)
    text = found.flip.text.en
    assert "holds if" in text
    assert "the export_access is at least 0.5" in text
    assert "the number of cars a year that the parent takes is at least 100" in text
    assert [round(one.share, 1) for one in found.flip.by_dose] == [0.0, 0.5]
    scatter = found.figure.scatter
    assert set(scatter.parameters) == {"offtake", "export_access"}
    assert len(scatter.effect) == 120
    assert sum(scatter.holds) == round(found.flip.share_holds * 120)


def test_a_claim_that_holds_may_fail_under_a_condition():
    reference = runs_with({"plant": 30.0 + SEEDS, "plan": 30.0 + SEEDS})
    ranges = ranges_with(lambda x, dose: 30.0 * (x["kit_exemption"] < 0.7))
    table = small_table()
    found = answer(table, table.claims[0], reference, ranges)
    assert (found.verdict, found.at_reference) == ("only_if", "holds")
    assert found.flip.text.en.startswith("fails if the kit_exemption is at least 0.7")


def test_a_claim_without_finished_runs_is_undecided():
    reference = runs_with({"plant": np.full(3, np.nan), "plan": np.full(3, np.nan)})
    table = small_table()
    found = answer(table, table.claims[0], reference, None)
    assert (found.verdict, found.effect.mean, found.effect.left_out) == ("undecided", None, 3)
    assert found.figure.lines == []


def test_a_shock_beyond_the_horizon_is_not_asked():
    table = small_table(
        worlds={"treated": "ends", "control": "plant"}, doses=["market"],
    )  # fmt: skip
    table = table.model_copy(update={"worlds": [_ends()]})
    assert not can_be_asked(table, table.claims[0], 84)
    assert can_be_asked(table, table.claims[0], 120)
    found = answer(table, table.claims[0], runs_with({"plant": SEEDS}), None)
    assert (found.verdict, found.effect, found.figure) == ("not_asked", None, None)
    assert "beyond this horizon" in found.flip.text.en


def _ends():
    from experiments.claims.table import WorldSpec

    return WorldSpec(name="ends", base="plant", events_of="policy_reversal", title="Ends")
