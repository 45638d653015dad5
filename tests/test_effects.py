import numpy as np
import pandas as pd
import pytest
from runs import HORIZON, SMALL, small, small_pairs
from scipy import stats

from experiments import pool
from experiments.effects import effect_of, paired_effect, run_pairs, t_interval
from experiments.impact import COLUMNS, _with_costs, impact_by_year, impact_of, impact_table
from experiments.no_change import NothingChangedWarning
from experiments.pool import Failure, run_all
from experiments.simulate import Results, prepare
from model import InputError, RegionalModel


def test_interval_is_students():
    values = np.array([[1.0, 2.0], [3.0, 5.0], [4.0, 4.0]])
    mean, low, high = t_interval(values)
    expected = stats.t.interval(0.95, 2, loc=values.mean(0), scale=stats.sem(values))
    np.testing.assert_allclose(low, expected[0])
    np.testing.assert_allclose(high, expected[1])
    np.testing.assert_allclose(mean, values.mean(0))


def test_one_seed_has_no_interval():
    _, low, high = t_interval(np.array([[1.0]]))
    assert np.isnan(low).all()
    assert np.isnan(high).all()


def test_a_world_against_itself_has_no_effect_at_all():
    with pytest.warns(NothingChangedWarning, match="the same world"):
        effect = paired_effect("plant", "plant", seeds=[1], **SMALL)
    assert (effect.by_seed == 0).all(axis=None)


def test_effect_is_the_difference_seed_by_seed():
    effect = effect_of(small_pairs())
    by_hand = small("plant", 2).monthly["employee_jobs"] - small("none", 2).monthly["employee_jobs"]
    assert np.array_equal(effect.by_seed.loc[2, "employee_jobs"], by_hand)
    assert effect.seeds == [1, 2]
    assert len(effect.mean) == HORIZON
    assert (effect.low <= effect.mean).all(axis=None)
    tidy = effect.to_pandas()
    assert list(tidy.columns) == ["period", "date", "outcome", "mean", "low", "high"]


def test_processes_change_nothing():
    setups = [prepare("plant", seed=seed, **SMALL) for seed in (1, 2)]
    seen = []
    done = run_all(setups, jobs=2, progress=lambda *message: seen.append(message))
    for run, here in zip(done, (small(seed=1), small(seed=2)), strict=True):
        assert isinstance(run, Results), run
        pd.testing.assert_frame_equal(run.monthly, here.monthly, check_exact=True)
    assert {number for number, _, _ in seen} == {0, 1}


def test_a_failed_seed_is_recorded_and_the_others_go_on(monkeypatch):
    step = RegionalModel._open_month

    def fails(model):
        step(model)
        if int(model.seed) == 2 and model.world.name == "plant" and model.plants:
            raise FloatingPointError("on purpose")

    monkeypatch.setattr(RegionalModel, "_open_month", fails)
    effect = paired_effect("plant", "none", seeds=[1, 2], **SMALL)
    assert effect.seeds == [1]
    assert [(one.world, one.seed) for one in effect.failures] == [("plant", 2)]
    assert "on purpose" in str(effect.failures[0])
    with pytest.raises(RuntimeError, match="on purpose"):
        paired_effect("plant", "none", seeds=[2], **SMALL)


def test_a_process_that_dies_is_a_failure(monkeypatch):
    class Dead:
        def exception(self):
            return RuntimeError("killed")

    setup = prepare("none", seed=5, **SMALL)
    failures = pool._outcomes([setup, setup], Dead())
    assert all(isinstance(one, Failure) and one.seed == 5 for one in failures)
    assert len(failures) == 2


def test_bad_input_raises_at_once():
    with pytest.raises(InputError):
        paired_effect("plant", "nobody", seeds=[1], pack="valley")
    with pytest.raises(ValueError, match="no seeds"):
        run_pairs("plant", "none", [], pack="valley")


def test_impact_adds_up_and_states_flows_per_year():
    impact = impact_of(small_pairs(), window=6)
    table = impact.table.set_index("outcome")
    there = table["with"].notna()
    by_hand = (table["with"] - table["without"])[there]
    np.testing.assert_allclose(table["difference"][there], by_hand, atol=1e-6 * table["with"].max())
    monthly = [run.monthly["value_added"].tail(6).mean() for run in small_pairs().treated]
    assert table.loc["value_added", "with"] == pytest.approx(12 * np.mean(monthly))
    assert table.loc["value_added", "unit"] == "KGS/year"
    jobs = impact.channels["difference"]
    assert jobs.sum() == pytest.approx(impact.value("employee_jobs"))
    assert (table["low"] <= table["high"])[there].all()
    assert {"gdp", "reserves"} <= set(table.index)
    with pytest.raises(KeyError):
        impact.value("happiness")


def test_a_cost_per_job_needs_jobs_beyond_chance():
    def costs(low, plant=100.0, change=50.0):
        lines = [
            ["Jobs", "", "employee_jobs", "jobs", 0, 0, change, low, 2 * change - low],
            ["Jobs", "", "plant_jobs", "jobs", 0, plant, plant, plant, plant],
            ["Budget", "", "budget_balance", "KGS/year", 0, 0, -1000.0, -1200.0, -800.0],
        ]
        table = _with_costs(pd.DataFrame(lines, columns=COLUMNS)).set_index("outcome")
        assert (table.loc["cost_per_plant_jobs":, "group"] == "Budget").all()
        return table.loc[["cost_per_employee_jobs", "cost_per_plant_jobs"], "difference"].tolist()

    nan = float("nan")
    assert costs(low=20.0) == [20.0, 10.0]
    np.testing.assert_equal(costs(low=-1.0), [nan, 10.0])
    np.testing.assert_equal(costs(low=nan), [nan, 10.0])
    np.testing.assert_equal(costs(low=-60.0, change=-50.0), [nan, 10.0])
    np.testing.assert_equal(costs(low=20.0, plant=0.0), [nan, nan])
    one = impact_table(small("plant"), small("none"))
    assert np.isnan(one.value("cost_per_employee_jobs"))
    years = impact_by_year([small("plant")], [small("none")]).set_index("outcome")
    assert years.loc["cost_per_employment", "difference"].isna().all()


def test_impact_of_a_year_and_of_one_run():
    impact = impact_table(small("plant"), small("none"), year=2023)
    assert (impact.first, impact.last) == ("2023-01", "2023-12")
    assert impact.table["low"].isna().all()
    years = impact_by_year([small("plant")], [small("none")])
    assert sorted(set(years["year"])) == [2023, 2024]


def test_impact_refuses_what_does_not_pair():
    with pytest.raises(ValueError, match="pair up"):
        impact_table(small("plant", 1), small("none", 2))
    with pytest.raises(ValueError, match="2050"):
        impact_table(small("plant"), small("none"), year=2050)
