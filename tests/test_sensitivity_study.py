"""Sensitivity analysis of real studies: from a question to the page, failures, ranges, bad input."""

import io
import json
import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from rich.console import Console
from runs import BURN_IN, SMALL
from studies import small_study
from typer.testing import CliRunner

from experiments.cli import app
from experiments.crew import HereCrew
from experiments.labels import place_labels
from experiments.parameter_groups import THEMES, themes_of
from experiments.parameters_read import try_out
from experiments.sensitivity_job import why_no_next
from experiments.sensitivity_ranges import (
    RULE,
    SHARE_RULE,
    TABLE,
    LeftOut,
    Range,
    believable,
    lowest_graded,
    own_table,
)
from experiments.simulate import Setup, prepare, run
from experiments.study import Study
from model import Params, load_pack
from model.parameter_fields import GRADES

MORRIS = """
title = "What moves taxes?"
worlds = ["plant"]
against = "none"
pack = "valley"
horizon = 3
replications = 2
[settings]
burn_in = 1
[uncertainties]
vat_rate = { low = 0.1, high = 0.2 }
income_tax_rate = { low = 0.1, high = 0.12 }
follow_hurdle = { low = 0.1, high = 0.2 }
[design]
kind = "morris"
size = 5
[keep]
outcomes = ["tax_revenue", "gdp"]
"""
TINY = ["--pack", "valley", "--horizon", "3", "--set", "burn_in=1", "--workers", "1"]


def ornok(*words):
    return CliRunner().invoke(app, ["sensitivity", *map(str, words)])


def study_of(text, folder):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return Study.load(folder)


@pytest.fixture(scope="module")
def screened(tmp_path_factory):
    study = study_of(MORRIS, tmp_path_factory.mktemp("morris"))
    study.run(workers=0)
    return study


# --- A study ----------------------------------------------------------------------------------------


def test_a_screening_says_what_moves_taxes(screened):
    found = screened.sensitivity(["tax_revenue"], first="2023-02")
    level = found.of("none", "level", "tax_revenue").set_index("parameter")
    assert level.index[0] == "vat_rate"
    assert level.loc["vat_rate", "mu"] > 10 * level.loc["income_tax_rate", "mu"] > 0
    assert level["inert"].to_dict() == {
        "vat_rate": False, "income_tax_rate": False, "follow_hurdle": True,
    }  # fmt: skip
    # No plant in the window: all effects are zero, bit for bit, and nothing leads.
    effect = found.of("plant", "effect", "tax_revenue")
    assert (effect["mu_star"] == 0.0).all()
    assert found.leading() == []
    assert any("follow_hurdle" in one and "bit for bit" in one for one in found.words)


def test_the_analysis_reads_what_the_study_says(screened):
    """The values behind an index are the means of the monthly table, run by run."""
    found = screened.sensitivity(["gdp"], first="2023-02", last="2023-03")
    rows = screened.monthly(["gdp"], first="2023-02", last="2023-03")
    means = rows.groupby(["world", "point", "seed"])["gdp"].mean()
    for one in found.quantities:
        by_hand = means[one.world].unstack()
        if one.measure == "effect":
            by_hand = by_hand - means["none"].unstack()
        np.testing.assert_allclose(one.values, by_hand.to_numpy(), atol=1e-6, rtol=1e-12)
    y = next(q.values for q in found.quantities if (q.world, q.measure) == ("none", "level"))
    unit, steps = found.scheme.unit, []
    for t in range(5):  # Morris by hand
        for j in range(4 * t, 4 * t + 3):
            move = unit[j + 1] - unit[j]
            if move[0]:
                steps.append((y[j + 1].mean() - y[j].mean()) / move[0])
    row = found.of("none", "level", "gdp").set_index("parameter").loc["vat_rate"]
    np.testing.assert_allclose([row["mu"], row["sigma"]], [np.mean(steps), np.std(steps, ddof=1)])


def test_a_report_shows_on_paper_screen_and_in_a_notebook(screened, tmp_path):
    found = screened.sensitivity()
    page = found.write_report(tmp_path / "page")
    text = page.read_text(encoding="utf-8")
    checker = HTMLParser()
    checker.feed(text)
    assert "Screening (Morris)" in text
    assert text.count("<svg") == 2
    assert not re.search(r"(?:src|href)=['\"]https?:", text)
    table = pd.read_csv(tmp_path / "page" / "morris_indices.csv")
    pd.testing.assert_frame_equal(table, found.indices, check_dtype=False)
    assert "Screening" in found._repr_html_()
    told = io.StringIO()
    Console(width=100, file=told).print(found)
    assert "Effect on tax revenue" in told.getvalue()
    json.dumps(found.to_dict(), allow_nan=False)
    done = ornok(screened.folder, "--out", tmp_path / "page")
    assert done.exit_code == 2
    assert "not empty" in done.stderr


def test_the_command_analyses_a_study(screened):
    done = ornok(screened.folder, "--json", "--outcomes", "gdp", "--to", "2023-02")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert {one["outcome"] for one in told["morris"]["indices"]} == {"gdp"}
    assert Path(told["report"]).is_file()
    assert Path(told["report"]).parent.parent == screened.folder


def test_failed_runs_are_a_result(tmp_path, monkeypatch):
    """A region is planted in which every run fails, and one in which an outcome is not finite."""
    build = Setup.build

    def breaks(setup):
        if setup.params.vat_rate > 0.18:
            raise ZeroDivisionError("no sales at such a tax")
        return build(setup)

    monkeypatch.setattr(Setup, "build", breaks)
    rows_of = __import__("experiments.study_rows", fromlist=["rows_of"]).rows_of

    def rows(results, key, keep):
        if results.params.income_tax_rate > 0.119 and results.seed == 2:
            results.monthly.loc[1, "gdp"] = np.inf
        return rows_of(results, key, keep)

    monkeypatch.setattr("experiments.sweep.rows_of", rows)
    alone = MORRIS.replace('worlds = ["plant"]\nagainst = "none"', 'worlds = ["none"]')
    study = study_of(alone, tmp_path)
    study.run(workers=0)
    found = study.sensitivity()
    points = study.design
    bad, inf = points["vat_rate"] > 0.18, points["income_tax_rate"] > 0.119
    failures = found.failures
    assert failures.kinds["ZeroDivisionError"] == 2 * bad.sum()
    assert failures.kinds["gdp is not finite"] == (inf & ~bad).sum()
    assert failures.failed == 2 * bad.sum() + (inf & ~bad).sum()
    assert failures.failed_points == (bad | inf).sum()
    assert failures.always == bad.sum()
    taxes = found.of("none", "level", "tax_revenue").set_index("parameter")
    # Taxes are finite where gdp is not: only what failed is lost to them.
    whole = np.array([~bad[j] & ~bad[j + 1] for j in range(19)])
    moves = np.diff(found.scheme.unit, axis=0)
    inside = (np.arange(19) + 1) % 4 != 0
    expected = [(whole & inside & (moves[:, k] != 0)).sum() for k in range(3)]
    names = ["vat_rate", "income_tax_rate", "follow_hurdle"]
    assert taxes.loc[names, "steps"].tolist() == expected
    assert taxes.loc["vat_rate", "mu"] > 0
    assert set(failures.by_parameter["parameter"][:2]) == {"vat_rate", "income_tax_rate"}
    text = found.write_report().read_text(encoding="utf-8")
    assert "ZeroDivisionError" in text
    assert "a decision tree" in text
    assert any(f"{failures.failed:,} runs failed" in one for one in found.words)


def test_runs_that_are_still_missing_are_said(screened, tmp_path):
    study_of(MORRIS, tmp_path)
    (tmp_path / "runs").symlink_to(screened.folder / "runs")
    more = study_of(MORRIS.replace("size = 5", "size = 6"), tmp_path)
    assert any("not been made yet" in one for one in more.sensitivity().words)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('kind = "morris"', 'kind = "latin"', ["design.kind", "latin", "'morris' or 'sobol'"]),
        ("size = 5", "size = 5\ncross_levers = true", ["design.cross_levers", "levers"]),
    ],
)
def test_a_design_without_an_analysis_is_refused(old, new, named, tmp_path):
    text = MORRIS.replace(old, new).replace("vat_rate = {", "[levers]\nvat_rate = {steps = 2, ")
    text = text.replace("[uncertainties]\n[levers]", "[levers]").replace(
        "income_tax", "[uncertainties]\nincome_tax"
    )
    study_of(text, tmp_path)
    done = ornok(tmp_path)
    assert done.exit_code == 2, done.output
    for word in named:
        assert word in done.stderr, done.stderr


# --- From a question --------------------------------------------------------------------------------

# Taxes that rise to 20 % after a month: what they bring hangs on what they were before.
TAXED = """
title = "Higher taxes"
question = "?"
outside = false
[[events]]
date = "2023-02"
set = { vat_rate = 0.2, income_tax_rate = 0.2 }
"""
ASKED = [
    *TINY,
    "--outcomes",
    "tax_revenue,gdp",
    "--seeds",
    "2",
    "--trajectories",
    "2",
    "--size",
    "4",
]
SPANS = [
    "--parameters",
    "vat_rate=0.08:0.12,income_tax_rate,follow_hurdle=0.1:0.2",
    "--against",
    "flat",
]


@pytest.fixture(autouse=True)
def here(monkeypatch):
    """Starting processes would take longer than the runs."""
    monkeypatch.setattr("experiments.study.ProcessCrew", lambda size: HereCrew())


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("asked")
    (folder / "taxed.toml").write_text(TAXED, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("experiments.study.ProcessCrew", lambda size: HereCrew())
        done = ornok(folder / "taxed.toml", folder / "new", *ASKED, *SPANS, "--json")
    return folder, done


def test_a_question_ends_in_shares_of_variance(asked):
    folder, done = asked
    assert done.exit_code == 0, done.output
    assert "follow_hurdle: it cannot matter" in done.stderr
    told = json.loads(done.stdout)
    assert list(told) == ["morris", "sobol", "report"]
    assert sorted(told["morris"]["leading"]) == ["income_tax_rate", "vat_rate"]
    total = [one["ST"] for one in told["sobol"]["indices"] if one["outcome"] == "tax_revenue"]
    assert len(total) == 2 * 3  # the effect, and two levels
    assert min(total[:2]) > 0.1  # four rows say no more
    text = Path(told["report"]).read_text(encoding="utf-8")
    for words in ("What decides the effect of taxed against flat?", "Shares of variance", "study.toml",
                  "given on the command line", "Ranges and their sources"):  # fmt: skip
        assert words in text
    names = {path.name for path in Path(told["report"]).parent.iterdir()}
    assert names == {"report.html", "morris_indices.csv", "morris_chance.csv", "sobol_indices.csv",
                     "sobol_chance.csv"}  # fmt: skip
    # The world's file is beside its studies: the folder may be moved.
    shutil.copytree(folder / "new", folder / "moved")
    (folder / "taxed.toml").rename(folder / "elsewhere.toml")
    moved = Study.load(folder / "moved" / "sobol")
    assert moved.design.columns.tolist() == ["point", "vat_rate", "income_tax_rate"]
    assert moved.status().left == 0
    (folder / "elsewhere.toml").rename(folder / "taxed.toml")


def test_the_same_command_goes_on_and_another_question_is_refused(asked):
    folder, _ = asked
    parts = sorted((folder / "new").rglob("part-*"))
    again = ornok(folder / "taxed.toml", folder / "new", *ASKED, *SPANS, "--quiet")
    assert (again.exit_code, again.stdout) == (0, ""), again.output
    assert sorted((folder / "new").rglob("part-*")) == parts  # nothing is run again
    only = ornok(folder / "new", "--json", "--from", "2023-02")
    assert list(json.loads(only.stdout)) == ["morris", "sobol", "report"]
    other = ornok(folder / "taxed.toml", folder / "new", *ASKED, *SPANS[:2], "--against", "none")
    assert other.exit_code == 2
    assert "--against" in other.stderr
    assert "another folder" in other.stderr


def test_an_interrupted_question_goes_on(tmp_path, monkeypatch):
    def stops(*_, **__):
        raise KeyboardInterrupt

    words = ["none", tmp_path / "new", *ASKED, *SPANS]
    with monkeypatch.context() as patch:
        patch.setattr(Study, "run", stops)
        done = ornok(*words)
    assert done.exit_code == 130
    assert "same command goes on" in done.stderr
    assert (tmp_path / "new" / "protocol.json").is_file()
    done = ornok(*words)
    assert done.exit_code == 0, done.output
    assert "stands out" in " ".join(done.stdout.split())


def test_a_check_says_how_much_and_writes_nothing(tmp_path):
    done = ornok("plant", tmp_path / "new", *TINY, "--check", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    themes = themes_of(one["name"] for one in told["ranges"])
    assert len(told["ranges"]) > 140
    assert told["runs"]["groups"] == 10 * (len(themes) + 1) * 4 * 2
    assert told["runs"]["screening"] == 10 * 101 * 4 * 2
    assert told["runs"]["sobol"] == 128 * 8 * 4 * 2
    why = {one["name"]: one["why"] for one in told["left_out"]}
    assert why["corridor_open"].startswith("stands at 1")
    assert why["burn_in" if "burn_in" in why else "migration"]
    assert list(tmp_path.iterdir()) == []
    quick = ornok("plant", tmp_path / "new", *TINY, "--check", "--quick", "--no-groups", "--parameters",
                  "quit_rate,loan_rate")  # fmt: skip
    assert "screening 48, sobol 256 at most" in " ".join(quick.stdout.split())
    assert list(tmp_path.iterdir()) == []


def test_themes_are_screened_before_their_members(tmp_path):
    (tmp_path / "taxed.toml").write_text(TAXED, encoding="utf-8")
    words = [*TINY, "--outcomes", "tax_revenue", "--against", "flat", "--seeds", "1", "--groups",
             "--parameters", "vat_rate=0.08:0.12,income_tax_rate,follow_hurdle,quit_rate",
             "--trajectories", "2", "--size", "2", "--keep", "2", "--second-order"]  # fmt: skip
    done = ornok(tmp_path / "taxed.toml", tmp_path / "new", *words, "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert [one for one in told if one != "report"] == ["groups", "morris", "sobol"]
    assert len(told["sobol"]["pairs"]) == 3  # the effect and two levels, of one pair
    assert (Path(told["report"]).parent / "sobol_pairs.csv").is_file()
    assert {one["parameter"] for one in told["groups"]["indices"]} == {
        "taxes", "foreign_suppliers", "turnover",
    }  # fmt: skip
    assert "One seed at each point" in told["groups"]["words"][0]
    screened = {one["parameter"] for one in told["morris"]["indices"]}
    assert {"vat_rate", "income_tax_rate"} <= screened
    assert "follow_hurdle" not in screened
    assert told["morris"]["leading"][0] == "vat_rate"


BAD = [
    (["plnt", "NEW"], ["world", "plnt", "'plant'"]),
    (["plant", "NEW", "--against", "plant"], ["--against", "world itself"]),
    (["plant", "NEW", "--outcomes", "jobs"], ["--outcomes", "jobs"]),
    (["plant", "NEW", "--outcomes", "gdp,gdp"], ["--outcomes", "twice"]),
    (["plant", "NEW", "--parameters", "vat_rte"], ["--parameters", "vat_rte", "'vat_rate'"]),
    (["plant", "NEW", "--parameters", "scale"], ["--parameters", "scale", "describes the run"]),
    (["plant", "NEW", "--parameters", "quit_rate,quit_rate"], ["quit_rate", "twice"]),
    (["plant", "NEW", "--parameters", "quit_rate=0.2:0.1"], ["quit_rate=0.2:0.1", "LOW:HIGH"]),
    (["plant", "NEW", "--parameters", "quit_rate=0.2"], ["quit_rate=0.2", "LOW:HIGH"]),
    (["plant", "NEW", "--parameters", "quit_rate=a:b"], ["quit_rate=a:b", "LOW:HIGH"]),
    (["plant", "NEW", "--parameters", "quit_rate=0:7"], ["quit_rate", "7", "0 to 0.5"]),
    (
        ["plant", "NEW", "--parameters", "corridor_open"],
        ["corridor_open=LOW:HIGH", "end of its range"],
    ),
    (["plant", "NEW", "--parameters", "burn_in"], ["burn_in", "describes the run"]),
    (["plant", "NEW", "--parameters", ","], ["--parameters", "names nothing"]),
    (
        ["plant", "NEW", "--parameters", "quit_rate", "--set", "quit_rate=0.02"],
        ["quit_rate", "--set"],
    ),
    (["plant", "NEW", "--parameters", "quit_rate", "--all-lowest-graded"], ["one of them"]),
    (["plant", "NEW", "--size", "6"], ["--size", "6", "power of two"]),
    (["plant", "NEW", "--size", "1"], ["--size", "1", "2 to"]),
    (["plant", "NEW", "--seeds", "0"], ["--seeds", "0", "1 to"]),
    (["plant", "NEW", "--trajectories", "1"], ["--trajectories", "2 to"]),
    (["plant", "NEW", "--keep", "1"], ["--keep", "1"]),
    (["plant", "NEW", "--from", "2030-01"], ["--from", "2030-01", "2023-01 to 2023-03"]),
    (["plant", "NEW", "--workers", "0"], ["--workers", "0"]),
    (["plant", "FULL"], ["DIR", "not empty"]),
    (["plant", "none", "NEW"], ["too many"]),
    (["NEW"], ["no folder"]),
    (["FULL", "--seeds", "3"], ["--seeds", "needs a world"]),
    (["FULL", "--quick"], ["--quick", "needs a world"]),
]


@pytest.mark.parametrize(("words", "named"), BAD, ids=[" ".join(words) for words, _ in BAD])
def test_bad_input_is_named_and_nothing_is_written(words, named, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    places = {"NEW": str(tmp_path / "new"), "FULL": str(tmp_path / "full")}
    tiny = TINY if words[0] not in places else []
    words = [places.get(word, word) for word in words]
    done = ornok(*words[:2], *tiny, *words[2:])
    assert done.exit_code == 2, done.output
    assert done.stdout == ""
    assert "Traceback" not in done.output
    for word in named:
        assert word in done.stderr, done.stderr
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "full"]


def test_a_broken_protocol_is_said(tmp_path):
    (tmp_path / "protocol.json").write_text("{}")
    for words in ([tmp_path], ["plant", tmp_path, *TINY]):
        done = ornok(*words)
        assert done.exit_code == 2
        assert "protocol.json" in done.stderr


# --- Ranges -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("pack", ["kyrgyzstan", "valley"])
def test_every_believable_range_is_sound(pack):
    loaded = load_pack(pack)
    params = loaded.params()
    facts = params.describe()
    assert set(own_table()) <= set(Params.names())
    assert len(own_table()) == len(TABLE.read_text(encoding="utf-8").splitlines()) - 1
    found, left = lowest_graded(facts, loaded, read=set(Params.names()), fixed={})
    assert {one.name for one in found}.isdisjoint(one.name for one in left)
    assert len(found) + len(left) == len(facts) - 4  # all but what describes the run
    for one in found:
        assert one.low < one.high, one
        assert one.low <= getattr(params, one.name) <= one.high, one
        assert Params.check(one.name, one.low) == one.low
        assert Params.check(one.name, one.high) == one.high
        assert one.grade in GRADES
        assert one.source
    assert all(one.why for one in left)


def test_ranges_by_rule():
    pack = load_pack("valley")
    facts = {one.name: one for one in Params().describe()}

    def span(name, value=None):
        one = facts[name] if value is None else facts[name]._replace(value=value)
        found = believable(one, pack)
        return (found.low, found.high, found.source) if isinstance(found, Range) else found.why

    assert span("search_own_account") == (0.01, 0.03, RULE)
    assert span("wage_patience") == (1, 3, RULE)
    assert span("reputation_memory") == (0.985, 0.995, SHARE_RULE)
    assert span("search_looks", 60).startswith("stands at 60")
    assert span("migration").startswith("a switch")
    assert span("numeraire") == "the unit of account"
    # Another country's value outside of the table's range gets a range around it.
    assert span("pool_crowding") == (0.2, 0.8, own_table()["pool_crowding"].source)
    assert span("pool_crowding", 0.1) == (0.05, 0.15, RULE)
    assert span("vat_rate")[2].startswith("the country's own")


def test_what_is_measured_set_or_unread_is_left_out_with_a_reason():
    facts = [
        one for one in Params().describe() if one.name in ("quit_rate", "taste_scale", "loan_rate")
    ]
    found, left = lowest_graded(
        facts, load_pack("valley"), read={"quit_rate", "loan_rate"}, fixed={"quit_rate": "set"}
    )
    assert found == []
    assert left == [
        LeftOut("loan_rate", "its evidence is of grade press"),
        LeftOut("quit_rate", "set"),
        LeftOut("taste_scale", "neither world reads it"),
    ]


def test_a_trial_is_the_run_itself_and_what_it_does_not_read_does_not_matter():
    setup = prepare("plant", seed=1, **SMALL)
    trial = try_out(setup)
    assert trial.results.monthly.equals(run(setup).monthly)
    assert {"pool_crowding", "vat_rate"} <= trial.read
    unread = set(Params.names()) - trial.read - {"pack", "scale", "burn_in", "horizon"}
    assert {"follow_hurdle", "mandate_fine"} <= unread
    facts = {one.name: one for one in setup.params.describe()}
    other = {
        name: facts[name].low if facts[name].value != facts[name].low else facts[name].high
        for name in unread if not isinstance(facts[name].value, str)
    }  # fmt: skip
    assert len(other) > 20
    moved = replace(setup, params=setup.params.with_values(other))
    assert run(moved).monthly.equals(trial.results.monthly)
    assert setup.params.burn_in == BURN_IN


def test_every_parameter_has_a_theme():
    names = Params.names()
    assert set(THEMES) <= set(names)
    assert len(set(THEMES.values())) == len(THEMES)
    themes = themes_of(names)
    assert sorted(name for members in themes.values() for name in members) == sorted(names)
    assert "" not in themes
    assert themes["deletion_allowance"] == ["deletion_low", "deletion_high", "kit_freight"]


# --- Figures ----------------------------------------------------------------------------------------


def test_labels_do_not_lie_on_each_other():
    figure = Figure(figsize=(7.2, 4.4))
    canvas = FigureCanvasAgg(figure)
    axes = figure.subplots()
    rng = np.random.default_rng(1)
    at = [(float(x), float(y)) for x, y in 0.5 + 0.06 * rng.normal(size=(12, 2))]
    axes.set_xlim(0.0, 1.0)
    axes.set_ylim(0.0, 1.0)
    others = [(float(x), float(y)) for x, y in rng.random((30, 2))]
    texts = [f"parameter_{n}_of_some_length" for n in range(12)]
    labels = place_labels(axes, at, texts, others, fontsize=8)
    assert len(labels) == 12
    canvas.draw()
    boxes = [super(type(one), one).get_window_extent(canvas.get_renderer()) for one in labels]
    dots = axes.transData.transform(at + others)
    for number, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[:number])
        assert not any(box.contains(*dot) for dot in dots)
        assert axes.get_window_extent().contains(box.x0, box.y0)
        assert axes.get_window_extent().contains(box.x1, box.y1)


def test_a_small_study_helper_is_no_sensitivity_design(tmp_path):
    study = small_study(tmp_path)
    assert ornok(study.folder).exit_code == 2


def test_why_there_is_no_second_step(screened):
    found = screened.sensitivity(["tax_revenue"])
    assert "Nothing stands out" in why_no_next(found)
    levels = found.indices[found.indices["world"] == "none"]
    one = replace(found, indices=levels[levels["parameter"] != "income_tax_rate"])
    assert "Only vat_rate stands out" in why_no_next(one)
