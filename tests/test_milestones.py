"""The announced path, the words when nothing changed, and rows that are counts or shares."""

from dataclasses import replace

import pandas as pd
import pytest
from runs import SMALL, small
from scipy.stats import binomtest

from experiments.effects import paired_effect
from experiments.impact import impact_table
from experiments.impact_rows import ROWS
from experiments.job import Job, check
from experiments.milestones import first_year, milestones, wilson_interval
from experiments.no_change import (
    NothingChangedWarning,
    idle_settings,
    mechanism_has_effect,
    nothing_changed,
)
from experiments.outcomes import Outcome, yearly_factor, yearly_unit
from experiments.screen import milestones_as_table
from model import World, load_pack
from model.worlds import PlantSite


def months(values, start="2024-01-01"):
    dates = pd.date_range(start, periods=len(values), freq="MS")
    return pd.DataFrame({"date": dates, "cars_made": values, "plant_jobs": values})


def test_a_milestone_is_twelve_months_together():
    steady = months([50.0] * 30)
    assert first_year(steady, "cars_made", 600.0) == 2024
    assert first_year(steady, "cars_made", 601.0) is None
    assert first_year(steady, "plant_jobs", 50.0) == 2024
    late = months([0.0] * 12 + [100.0] * 12)
    assert first_year(late, "cars_made", 1200.0) == 2025
    assert first_year(months([600.0] * 11), "cars_made", 100.0) is None
    content = pd.DataFrame({"date": steady["date"], "local_content_nominal": [0.0] * 29 + [0.1]})
    assert first_year(content, "local_content_nominal", 0.075) == 2026


def test_the_reached_share_over_seeds():
    """Two of three runs make the first stage's cars, early; the second's are not due in the run."""
    run = small("plant")
    facts = load_pack(run.pack).plants["valley_motors"]
    first = float(facts["capacity_1"]) / 12.0
    n = len(run.monthly)
    runs = [
        replace(run, monthly=run.monthly.assign(cars_made=[x] * n))
        for x in (first, 1.2 * first, 0.5 * first)
    ]
    table = milestones(runs)
    cars = table[table["outcome"] == "cars_made"].set_index("target")
    assert cars.loc[600.0, "probability"] == pytest.approx(2 / 3)
    assert cars.loc[600.0, ["reached", "seeds"]].tolist() == [2, 3]
    assert cars.loc[600.0, "median_year"] == 2023
    assert cars.loc[1200.0, ["reached", "probability"]].isna().tolist() == [False, True]
    assert cars["announced"].tolist() == ["2024-07", "2027-07", "2029-07"]
    assert "2 of 3" in _text(milestones_as_table(table))
    assert len(milestones([small("none")])) == 0


def test_a_date_after_the_runs_end_is_no_failure():
    """14 months to 2024-02: the first stage is announced for 2024-07, and is over in 2025-06."""
    run = small("plant")
    table = milestones([run]).set_index("milestone")
    assert table["reached"].tolist() == [0] * len(table)
    assert table[["probability", "low", "high"]].isna().all(axis=None)
    shown = _text(milestones_as_table(table.reset_index()))
    assert "0 of 1" not in shown
    assert "the run ends before" in shown
    # Twelve months of it are there: not reached is an answer.
    n = 30
    dates = pd.date_range("2023-01-01", periods=n, freq="MS")
    longer = pd.DataFrame({name: [0.0] * n for name in run.monthly}).assign(date=dates)
    table = milestones([replace(run, monthly=longer)])
    first = table["announced"] == "2024-07"
    assert table.loc[first, "probability"].tolist() == [0.0] * 3
    assert table.loc[~first, "probability"].isna().all()
    shown = _text(milestones_as_table(table))
    assert shown.count("0 of 1") == 3
    early = milestones([replace(run, monthly=longer.assign(plant_jobs=1e6))])
    jobs = early[early["outcome"] == "plant_jobs"]
    assert jobs["probability"].tolist() == [1.0] * 3


def _text(table):
    from rich.console import Console

    console = Console(width=100)
    with console.capture() as shown:
        console.print(table)
    return shown.get()


@pytest.mark.parametrize(("k", "n"), [(0, 1), (0, 20), (3, 20), (20, 20)])
def test_wilson_interval(k, n):
    known = binomtest(k, n).proportion_ci(method="wilson")
    assert wilson_interval(k, n) == pytest.approx((known.low, known.high), abs=1e-12)


# --- Nothing changed --------------------------------------------------------------------------------


def test_worlds_that_differ_say_nothing():
    assert nothing_changed([small("plant")], [small("none")]) is None


def test_a_plant_beyond_the_horizon_is_named():
    never = replace(World.load("none"), name="never", plants=(PlantSite(delay_months=600),))
    with pytest.warns(NothingChangedWarning, match="ground is broken .* in 2073-05"):
        paired_effect(never, "none", [1], **SMALL)


def test_the_same_world_and_a_neutral_lever_are_named():
    run = small("none")
    assert "the same world" in nothing_changed([run], [run])
    value = run.params.vat_rate
    neutral = replace(run, world=replace(run.world, name="tax", parameters={"vat_rate": value}))
    assert "neutral" in nothing_changed([neutral], [run])


def test_a_setting_that_is_the_packs_own_is_idle():
    params = load_pack("valley").params()
    assert idle_settings({"vat_rate": params.vat_rate, "quit_rate": 0.5}, params) == ["vat_rate"]
    plan = check(Job(pack="valley", settings=(f"vat_rate={params.vat_rate!r}",)))
    assert plan.idle == ("vat_rate",)


def test_a_mechanism_is_told_from_one_that_is_not_connected():
    rest = SMALL | {"horizon": 4}
    vat = small("none").params.vat_rate
    assert mechanism_has_effect({"vat_rate": vat + 0.05}, "none", **rest)
    assert not mechanism_has_effect({"vat_rate": vat}, "none", **rest)
    # Nobody exports where there is no plant.
    assert not mechanism_has_effect({"export_freight": 0.5}, "none", **rest)


# --- Rows -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "extensive", "factor", "yearly"),
    [
        ("KGS/month", True, 12.0, "KGS/year"), ("KGS/month", False, 1.0, "KGS/month"),
        ("firms/month", False, 12.0, "firms/year"), ("firms", False, 1.0, "firms"),
        ("share", False, 1.0, "share"), ("jobs", True, 1.0, "jobs"),
        ("persons/month", True, 12.0, "persons/year"), ("1/month", False, 1.0, "1/month"),
    ],
)  # fmt: skip
def test_only_amounts_that_add_up_are_stated_per_year(unit, extensive, factor, yearly):
    outcome = Outcome("x", unit, "country", extensive, "")
    assert (yearly_factor(outcome), yearly_unit(outcome)) == (factor, yearly)


def test_rows_of_outcomes_that_are_not_there_are_left_out():
    table = impact_table(small("plant"), small("none")).table
    assert len({row.outcome for row in ROWS}) == len(ROWS)
    assert {"home_supply_share", "profits_repatriated", "traditional_share"} <= set(
        table["outcome"]
    )
    there = set(small("plant").monthly.columns)
    assert {row.outcome for row in ROWS} & there <= set(table["outcome"])
