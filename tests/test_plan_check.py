"""Plan against outcome: what a plan file may hold, when a promise is kept, and what binds if not."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from experiments.announcement import KINDS, Promise, announced, read_plan
from experiments.cli import app
from experiments.milestones import wilson_interval
from experiments.milestones_job import promise_words
from experiments.panels import PanelPlan
from experiments.plan_check import (
    BIDS,
    NO_BIDDER,
    NOT_RECORDED,
    NOTHING_AT_HOME,
    check_of,
    plan_check,
    prepare_check,
    reasons_of,
)
from experiments.plant_panel import CAPACITY, CREW, DEMAND, KITS, NOT_OPEN
from experiments.simulate import prepare, simulate
from model import InputError, World

SMALL = {"pack": "valley", "horizon": 36, "settings": {"burn_in": 3}}
WORDS = ["--pack", "valley", "--horizon", "36", "--set", "burn_in=3"]


@pytest.fixture(scope="module")
def run():
    return simulate("plan", panels=PanelPlan(("plants",)), **SMALL)


def changed(run, **columns):
    """The run with other outcomes in every month."""
    return replace(run, monthly=run.monthly.assign(**columns))


def limited(run, *limits, year=2025, **columns):
    """The run with these limits by month of a year."""
    panel = run.panels["plants"].copy()
    first = (year - 2023) * 12
    for month, name in enumerate(limits):
        panel.loc[panel["period"] == first + month, "limit"] = name
    return replace(run, panels={"plants": panel.assign(**columns)})


# --- The plan ---------------------------------------------------------------------------------------


def test_a_plan_in_both_kinds_of_file(tmp_path):
    (tmp_path / "a.toml").write_text(
        'title = "promised"\n[[milestones]]\nwhat = "cars"\nyear = 2025\ntarget = 500\n'
        '[[milestones]]\nwhat = "local_content"\nyear = 2025\ntarget = 0.1\n'
    )
    (tmp_path / "a.csv").write_text("what,year,target\ncars,2025,500\nlocal_content,2025,0.1\n")
    wanted = [Promise("cars", 2025, 500.0), Promise("local_content", 2025, 0.1)]
    assert read_plan(tmp_path / "a.toml") == read_plan(tmp_path / "a.csv") == wanted


BAD = [
    ("a.toml", "x = = 1", ["a.toml", "not valid TOML"]),
    ("a.toml", "[[milestone]]\n", ["milestone", "did you mean 'milestones'"]),
    ("a.toml", "milestones = 3\n", ["[[milestones]]"]),
    ("a.toml", "", ["holds no milestone"]),
    ("a.csv", "what,yaer,target\ncars,2025,5\n", ["row 1", "yaer", "did you mean 'year'"]),
    ("a.csv", "what,year\ncars,2025\n", ["row 1", "target", "missing"]),
    ("a.csv", "what,year,target\ncasr,2025,5\n", ["casr", "did you mean 'cars'"]),
    ("a.csv", "what,year,target\ncars,2025.5,5\n", ["2025.5", "whole year"]),
    ("a.csv", "what,year,target\ncars,2025,many\n", ["many", "0 to 1e+08"]),
    ("a.csv", "what,year,target\ncars,2025,0\n", ["above 0"]),
    ("a.csv", "what,year,target\nlocal_content,2025,30\n", ["target", "'30'", "0 to 1"]),
    (
        "a.csv",
        "what,year,target\ncars,2025,5\ncars,2090,5\n",
        ["2090", "2023 to 2025", "--horizon"],
    ),
    ("a.xls", "x", [".xls", ".toml, .csv"]),
]


@pytest.mark.parametrize(("name", "text", "named"), BAD, ids=[text[:30] for _, text, _ in BAD])
def test_bad_plans_are_named_and_nothing_is_written(name, text, named, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text(text)
    done = CliRunner().invoke(app, ["milestones", "plan", *WORDS, "--plan", name])
    assert done.exit_code == 2, done.output
    assert all(word in done.stderr for word in named), done.stderr
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_other_bad_input():
    with pytest.raises(InputError, match="cannot be read"):
        read_plan("no/such.toml")
    with pytest.raises(InputError, match="no plant"):
        prepare_check("none", None, [1], **SMALL)
    with pytest.raises(InputError, match="2023 to 2023"):
        prepare_check("plan", None, [1], **(SMALL | {"horizon": 12}))


def test_the_packs_own_announcement():
    """Twelve months after each stage's start, later if the world delays it."""
    plan = announced(prepare("plan", **SMALL))
    assert [(p.year, p.target) for p in plan if p.what == "cars"] == [
        (2025, 600.0), (2028, 1200.0), (2030, 1800.0)
    ]  # fmt: skip
    later = announced(prepare("delayed", **SMALL))
    assert later[0].year == 2030
    _, inside, beyond = prepare_check("plan", None, [1], **SMALL)
    assert {p.year for p in inside} == {2025}
    assert len(inside) + len(beyond) == 9


# --- Kept or not ------------------------------------------------------------------------------------


def test_the_share_of_seeds_that_keep_a_promise(run):
    n = len(run.monthly)
    late = [0.0] * 18 + [50.0] * (n - 18)  # 600 cars over twelve months in 2025
    runs = [changed(run, cars_made=x) for x in ([50.0] * n, late, [40.0] * n, [50.0] * n)]
    table = check_of(runs, [Promise("cars", 2024, 600.0)]).table.iloc[0]
    assert (table["in_time"], table["ever"], table["seeds"]) == (2, 3, 4)
    assert (table["low"], table["high"]) == wilson_interval(2, 4)
    assert (table["low_ever"], table["high_ever"]) == wilson_interval(3, 4)
    years = [2023, 2023, 2025]
    assert table["median_year"] == 2023
    assert [table["first_quartile"], table["third_quartile"]] == np.percentile(
        years, [25, 75]
    ).tolist()


def test_a_promise_that_all_keep_has_no_reason(run):
    found = check_of([changed(run, plant_jobs=100.0)], [Promise("jobs", 2025, 90.0)])
    assert found.table.loc[0, "binding"] == ""
    assert found.reasons.empty


# --- What binds -------------------------------------------------------------------------------------


def test_months_are_counted_by_what_limited_them(run):
    one = limited(run, *[DEMAND] * 9, *[KITS] * 3)
    two = limited(run, *[DEMAND] * 6, *[CAPACITY] * 6)
    promise = Promise("cars", 2025, 1e6)
    assert dict(reasons_of([one, two], promise)) == pytest.approx(
        {DEMAND: 0.625, CAPACITY: 0.25, KITS: 0.125}
    )
    found = check_of([one, two], [promise]).table.iloc[0]
    assert (found["binding"], found["next_stage"]) == (DEMAND, "")
    found = check_of([limited(run, *[CAPACITY] * 12, next_stage="not capable")], [promise])
    assert found.table.loc[0, "next_stage"] == "not capable"


def test_jobs_are_missed_for_want_of_hands_or_of_volume(run):
    promise = Promise("jobs", 2025, 1e6)
    short = limited(run, *[DEMAND] * 12, employees=3, wanted=5)
    assert dict(reasons_of([short], promise)) == {CREW: 1.0}
    full = limited(run, *[DEMAND] * 12, employees=5, wanted=5)
    assert dict(reasons_of([full], promise)) == {DEMAND: 1.0}


def test_local_content_is_missed_for_recorded_reasons(run):
    promise = Promise("local_content", 2025, 0.9)
    none = dict.fromkeys(BIDS, 0.0) | {"tenders_open": 0.0}
    some = changed(run, **(none | {"failed_price": 3.0, "failed_finance": 1.0}))
    assert dict(reasons_of([some], promise)) == {"bids: price": 0.75, "bids: finance": 0.25}
    assert dict(reasons_of([changed(run, **none)], promise)) == {NOT_RECORDED: 1.0}
    asked = changed(run, **(none | {"tenders_open": 2.0}))
    assert dict(reasons_of([asked], promise)) == {NO_BIDDER: 1.0}
    early = replace(promise, year=2023)
    assert dict(reasons_of([changed(run, **none)], early)) == {NOT_OPEN: 1.0}
    enclave = replace(run, world=World.load("enclave"))
    assert dict(reasons_of([enclave], promise)) == {NOTHING_AT_HOME: 1.0}


def test_a_run_from_end_to_end(tmp_path):
    found = plan_check("plan", seeds=[1, 2], **SMALL)
    assert found.table["what"].tolist() == list(KINDS)
    assert (found.table["seeds"] == 2).all()
    missed = found.table["in_time"] < 2
    assert (found.table.loc[missed, "binding"] != "").all()
    shares = found.reasons.groupby("what")["share"].sum()
    assert np.allclose(shares, 1.0)
    assert {path.name for path in found.to_csv(tmp_path)} == {"plan.csv", "reasons.csv"}
    assert len(pd.read_csv(tmp_path / "plan.csv")) == 3
    assert "Plan against outcome" in found._repr_html_()


def test_the_command(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("p.csv").write_text("what,year,target\ncars,2025,10\njobs,2025,1000\n")
    done = CliRunner().invoke(app, ["milestones", "plan", *WORDS, "--plan", "p.csv", "--out", "a"])
    assert done.exit_code == 0, done.output
    assert "10 cars a year" in done.stdout
    assert "what bound" in done.stdout
    words = ["milestones", "plan", *WORDS, "--json", "--out", "b"]
    results = json.loads(CliRunner().invoke(app, words).stdout)["results"]
    assert [row["what"] for row in results["plan"]] == list(KINDS)
    assert promise_words("local_content", 0.075) == "local content 7.5 %"
