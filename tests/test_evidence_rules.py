"""The rules of the evidence protocol: bands, intervals over seeds, verdicts, what is kept."""

import dataclasses
import json
import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from runs import BURN_IN, PACK
from typer.testing import CliRunner

from experiments.cli import app
from experiments.evidence import prior
from experiments.evidence import runs as stored_runs
from experiments.evidence.estimate import Estimate, mean_of, over_seeds, ratio_of, weighted_mean
from experiments.evidence.prior import draw, hardness, varied
from experiments.evidence.protocol import MODULES, needed, script
from experiments.evidence.record import Fact, compare, facts
from experiments.evidence.runs import Store
from experiments.evidence.targets import TITLES, rows, rows_of
from experiments.evidence.verdict import Finding, Verdict, baseline_passes, passes, verdicts
from experiments.evidence.worlds import RUNS, Run
from experiments.intervals import t_interval
from experiments.outcomes import outcomes
from experiments.panels import PanelPlan
from experiments.pool import for_each
from model import Params, World, load_pack

RNG = np.random.default_rng(7)


def row(**more):
    usual = rows_of("P8")[0]
    return dataclasses.replace(usual, **more)


def known(low, high, value=None):
    return Estimate((low + high) / 2 if value is None else value, low, high, 40)


# --- Intervals ------------------------------------------------------------------------------------


def test_the_jackknife_of_a_mean_is_students_interval():
    values = RNG.normal(3.0, 2.0, 17)
    mean, low, high = t_interval(values)
    found = mean_of(list(values))
    assert (found.value, found.low, found.high) == pytest.approx((mean, low, high))


def test_a_ratio_is_that_of_sums_and_its_interval_holds_the_truth():
    """Over many experiments the interval covers the ratio about as often as it says."""
    hits = 0
    for _ in range(400):
        below = RNG.uniform(50.0, 150.0, 12)
        above = 1.4 * below + RNG.normal(0.0, 40.0, 12)
        found = ratio_of(list(above), list(below))
        hits += found.low <= 1.4 <= found.high
    assert found.value == pytest.approx(above.sum() / below.sum())
    assert 0.91 <= hits / 400 <= 0.99


def test_weights_of_nothing_have_no_say():
    found = weighted_mean([1.0, math.nan, 9.0], [2.0, 1.0, 0.0])
    assert (found.value, found.seeds) == (1.0, 1)
    assert not mean_of([]).known
    assert math.isnan(mean_of([2.0]).low)


def test_what_hangs_on_one_seed_has_no_interval():
    found = over_seeds(lambda some: max(some) if 5.0 in some else math.nan, [1.0, 5.0, 2.0])
    assert found.value == 5.0
    assert math.isnan(found.half_width)


def test_seeds_for_a_half_width():
    spread = np.array([1.0, -1.0] * 20)
    found = mean_of(list(spread))
    assert found.seeds_for(found.half_width) == pytest.approx(40, abs=1)
    assert found.seeds_for(found.half_width / 2.0) > 140


# --- Bands and verdicts ---------------------------------------------------------------------------


def test_strict_needs_the_interval_and_weak_the_point():
    for low, high, word in ((36, 59, "strict"), (30, 50, "weak"), (10, 30, "miss")):
        one = Verdict(row(low=35, high=60), Finding(None, known(low, high), "EMERGENT"))
        assert one.word == word


def test_a_sign_leaves_zero_out():
    positive = row(rule="sign", low=0.0, high=math.inf)
    assert positive.holds(0.1, 5.0)
    assert not positive.holds(0.0, 5.0)
    assert not positive.holds(-0.1, 5.0)
    assert positive.band == "above 0"


def test_no_effect_needs_equivalence():
    """A wide interval about zero is *not significant* and shows nothing."""
    zero = row(rule="zero", low=-1.0, high=1.0)
    wide, narrow = (Verdict(zero, Finding(None, known(-h, h), "EMERGENT")) for h in (3.0, 0.5))
    assert (wide.word, narrow.word) == ("weak", "strict")


@pytest.mark.parametrize("rule", ["band", "sign", "zero"])
def test_what_has_no_value_passes_nothing(rule):
    one = Verdict(row(rule=rule), Finding(None, None, "EMERGENT"))
    assert (one.strict, one.weak, one.word) == (False, False, "not measurable")
    json.dumps(one.to_dict(), allow_nan=False)


def test_the_judged_estimand_is_the_tables():
    both = Finding(known(0, 1), known(40, 50), "EMERGENT")
    assert Verdict(row(judged="truth"), both).strict
    assert not Verdict(row(judged="paper"), both).weak


def test_a_target_needs_every_decisive_row():
    good, bad = Finding(None, known(40, 50), "EMERGENT"), Finding(None, known(0, 1), "EMERGENT")
    some = [Verdict(row(name="a"), good), Verdict(row(name="b", decisive=False), bad)]
    assert passes(some, strict=True)
    assert not passes([*some, Verdict(row(name="c"), bad)], strict=False)
    assert not passes([some[1]], strict=False)


def test_a_baseline_says_what_the_row_has_for_no_effect_or_its_own_number():
    found = Finding(None, known(40, 50), "EMERGENT", baselines={"leontief": 42.0})
    one = Verdict(row(no_effect=0.0), found)
    assert [one.baseline(n) for n in ("leontief", "zero", "last")] == [42.0, 0.0, 0.0]
    assert baseline_passes([one], "leontief")
    assert not baseline_passes([one], "zero")
    assert not Verdict(row(no_effect=math.nan), found).baseline_holds("last")


def test_a_forgotten_row_is_an_error():
    with pytest.raises(KeyError, match="LO05"):
        verdicts(rows_of("P8"), {"LO01": Finding(None, None, "EMERGENT")})


def test_the_table_of_targets_is_whole():
    assert {one.target for one in rows()} == set(TITLES) == set(MODULES)
    assert len({one.name for one in rows()}) == len(rows())
    for one in rows():
        assert one.rule in ("band", "sign", "zero")
        assert one.judged in ("paper", "truth")
        assert one.label in ("VERIFIED", "CALIBRATED", "EMERGENT")
        assert one.confidence in ("FOUND", "RECALL")
        assert one.low < one.high
        assert one.half_width > 0.0
        assert one.citation
        if one.rule == "zero":
            assert one.low == -one.high


# --- Runs -----------------------------------------------------------------------------------------


def test_every_run_is_a_world_of_the_library():
    for name, run in RUNS.items():
        assert run.world in World.names()
        assert not run.off or RUNS[run.path_of].horizon >= run.horizon, name
    wanted = needed(list(TITLES))
    assert set(wanted) == set(RUNS)
    for target in TITLES:
        assert script(target).target == target


@pytest.fixture
def small_store(tmp_path, monkeypatch):
    burn_in = {"burn_in": BURN_IN}
    firms = PanelPlan(("firms", "workers"), every=3, firm_columns=("employees",),
                      worker_columns=("employer",), share=1.0)  # fmt: skip
    small = {
        "a": Run("none", 4, settings=burn_in, panels=firms),
        "b": Run("plant", 4, settings=burn_in, off=("income",), path_of="a"),
        "bad": Run("none", 4, settings=burn_in),
    }
    monkeypatch.setattr(stored_runs, "RUNS", small)
    return Store(tmp_path, PACK, 1.0)


def test_a_finished_run_is_never_made_again(small_store, monkeypatch):
    assert small_store.missing(["a", "b"], [1, 2]) == [("a", 1), ("b", 1), ("a", 2), ("b", 2)]
    small_store.make(["a"], [1])
    assert small_store.missing(["a"], [1, 2]) == [("a", 2)]
    monkeypatch.setattr(stored_runs, "run_all", lambda setups, jobs: pytest.fail("made again"))
    small_store.make(["a"], [1])
    table = small_store.get("a", 1).table("firms")
    assert table["period"].unique().tolist() == [2]
    assert (small_store.get("a", 1).table("workers")["employer"] >= 0).all()
    assert small_store.get("a", 1).table("monthly").index.tolist() == [0, 1, 2, 3]


def test_other_settings_are_other_runs(small_store):
    other = Store(small_store.folder, PACK, 1.0, settings={"vat_rate": 0.14})
    assert other.place("a", 1) != small_store.place("a", 1)
    assert other.stamp != small_store.stamp
    assert small_store.place("a", 1) != small_store.place("a", 2)
    # A run that is held to another's path is another run when that one is.
    assert other.place("b", 1) != small_store.place("b", 1)


def test_a_clamped_run_is_held_to_the_other(small_store):
    small_store.make(["b"], [1])
    assert small_store.get("b", 1) is not None
    assert not small_store.failures


def test_a_run_that_fails_is_told_and_the_others_go_on(small_store, monkeypatch):
    from experiments.pool import Failure

    def run_all(setups, *, jobs):
        made = real(setups, jobs=jobs)
        return [
            Failure("none", s.seed, "ValueError: broken", "") if s.seed == 2 else m
            for s, m in zip(setups, made)
        ]

    real = stored_runs.run_all
    monkeypatch.setattr(stored_runs, "run_all", run_all)
    failures = small_store.make(["bad"], [1, 2, 3])
    assert list(failures) == [("bad", 2)]
    assert small_store.missing(["bad"], [1, 2, 3]) == [("bad", 2)]


# --- Prior draws ----------------------------------------------------------------------------------


def test_draws_are_allowed_and_the_same_again():
    params = load_pack("kyrgyzstan").params()
    first = draw(params, 1)
    assert first == draw(params, 1) != draw(params, 2)
    assert set(first) == set(varied(params))
    changed = params.with_values(first)  # refuses what is out of range
    assert isinstance(changed, Params)
    table = {one.name: one for one in params.describe()}
    for name, value in first.items():
        assert "calibrat" not in table[name].source
        usual = table[name].value
        if not (table[name].high == 1.0 and usual > 0.5):
            assert usual / 1.61 - 1 <= value <= usual * 1.61 + 1


def test_draws_are_judged_once_and_a_failed_one_is_said(tmp_path, monkeypatch):
    """Two draws on the small pack: the second time nothing is run; other bands judge, and do not run, again."""
    params = load_pack(PACK).params()

    def judged(**more):
        return hardness(tmp_path, PACK, 1.0, ["P5"], 2, params=params, **more)["P5"]

    steps = []
    real = stored_runs.run_all
    monkeypatch.setattr(
        stored_runs, "run_all", lambda setups, **more: steps.append(1) or real(setups, **more)
    )
    first = judged(tell=lambda done, total: steps.append((done, total)))
    assert [one for one in steps if one != 1] == [(0, 2), (1, 2), (2, 2)]
    assert (first.draws, first.failed, first.scale) == (2, 0, 1.0)
    assert set(first.rows) == {one.name for one in rows_of("P5") if one.decisive}
    monkeypatch.setattr(stored_runs, "run_all", lambda *a, **k: pytest.fail("run again"))
    assert judged() == first
    monkeypatch.setattr(prior, "_judges", lambda: "other bands")
    assert judged() == first
    monkeypatch.setattr(prior, "_judges", lambda: "others")
    monkeypatch.setattr(prior, "judge", lambda *a: 1 / 0)
    failed = judged()
    assert (failed.draws, failed.failed, failed.passed) == (0, 2, 0)
    assert failed.to_dict()["share"] is None
    assert "ZeroDivisionError" in (tmp_path / "draws.json").read_text(encoding="utf-8")


def test_work_side_by_side_is_told_thing_by_thing():
    here, there = {}, {}
    for_each(abs, [-3, 2, -1], tell=here.__setitem__)
    for_each(abs, [-3, 2, -1], jobs=2, tell=there.__setitem__)
    assert here == there == {-3: 3, 2: 2, -1: 1}


# --- The record -----------------------------------------------------------------------------------


def months(**columns):
    dates = pd.date_range("2023-01-01", periods=36, freq="MS")
    return pd.DataFrame({"date": dates, **columns})


def test_a_fact_is_read_as_it_says():
    table = months(cars_made=10.0, firms=100.0, firm_entries=2.0)
    base = facts()[0]
    of = lambda **more: dataclasses.replace(base, **more).of(table)  # noqa: E731
    assert of(outcome="cars_made", how="sum", year=2024) == 120.0
    assert of(outcome="cars_made + firms", how="mean", year=2024) == 110.0
    assert of(outcome="firm_entries / firms", how="rate", year=2025) == pytest.approx(0.24)
    assert of(outcome="cars_made / (cars_made + firms)", how="ratio", year=2023) == pytest.approx(
        10.0 / 110.0
    )
    assert math.isnan(of(outcome="", how="", year=2018))


def test_every_fact_names_outcomes_and_a_source():
    names = outcomes()
    for fact in facts():
        assert fact.low <= fact.value <= fact.high
        assert fact.source
        assert fact.kind in ("EMERGENT", "PARTLY FITTED", "CALIBRATED", "INPUT", "PLAN", "BEFORE")
        for word in fact.outcome.replace("(", " ").replace(")", " ").split():
            assert word in names or word in "+/", word


def test_the_record_is_held_against_the_mean_and_every_seed():
    fact = Fact("s", "w", 2024, 120.0, 100.0, 140.0, "u", "cars_made", "sum", "INPUT", "g", "s", "")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("experiments.evidence.record.facts", lambda: (fact,))
        (found,) = compare([months(cars_made=x) for x in (9.0, 11.0, 13.0)])
    assert found.model.value == pytest.approx(132.0)
    assert (found.holds, found.within) == (True, pytest.approx(2 / 3))


# --- The command ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--only", "P10"], "there is no such target"),
        (["--only", "P9,,"], "there is no such target"),
        (["--only", ""], "there is no such target"),
        (["--scale", "0"], "scale"),
        (["--seeds", "0"], "--seeds"),
        (["--scale", "-1"], "scale"),
        (["--draws", "-2"], "--draws"),
        (["--pack", "nowhere"], "nowhere"),
    ],
)
def test_bad_input_ends_with_one_line(words, told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["evidence", *words])
    assert done.exit_code == 2, done.output
    assert told in done.output
    assert not list(tmp_path.iterdir())


def test_it_says_which_packages_are_missing(monkeypatch):
    monkeypatch.setattr(
        "importlib.util.find_spec",
        lambda name: None if name == "linearmodels" else SimpleNamespace(),
    )
    done = CliRunner().invoke(app, ["evidence"])
    assert done.exit_code == 2
    assert "linearmodels" in done.output
