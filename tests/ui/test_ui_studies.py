"""Studies: which folders are shown, what is read of them, and the page."""

import json
import os

import pytest

from experiments.outcomes import outcomes, yearly_factor, yearly_unit
from experiments.runs_store import write_failures
from experiments.study import Study
from ui.language import read_texts
from ui.pages.studies import request_for, wish
from ui.study_list import folder_of, leads_out, listed, root, stamp
from ui.study_reader import read_study
from ui.study_request import study_request

TOML = """
title = "Small, and seen in a browser"
worlds = ["plant"]
against = "none"
pack = "valley"
horizon = 3
replications = 2
[settings]
burn_in = 1
[levers]
vat_rate = { values = [0.1, 0.14] }
[uncertainties]
search_employee = { values = [0.02, 0.1] }
[design]
kind = "grid"
[keep]
outcomes = ["employee_jobs", "tax_revenue"]
"""


def make(folder, toml=TOML, *, run=True):
    folder.mkdir(parents=True)
    (folder / "study.toml").write_text(toml, encoding="utf-8")
    if run:
        Study.load(folder).run(workers=1)
    return folder


@pytest.fixture(scope="session")
def place(tmp_path_factory):
    """A folder with a study that has been run."""
    place = tmp_path_factory.mktemp("studies").resolve()
    make(place / "deep" / "small")
    return place


def read(folder, place, outcome="", point=-1):
    return json.loads(read_study(study_request(folder, place, outcome, point))["json"])


# --- Which folders ----------------------------------------------------------------------------------


def test_only_studies_below_the_folder_are_shown(tmp_path, monkeypatch):
    place = (tmp_path / "shown").resolve()
    outside = make(tmp_path / "outside", run=False)
    make(place / "a", run=False)
    make(place / "more" / "b", run=False)
    make(place / ".hidden", run=False)
    (place / "linked").symlink_to(outside)
    inner = make(place / "c", run=False)
    (inner / "runs").symlink_to(outside)
    fourth = place / "d"
    fourth.mkdir()
    (fourth / "study.toml").symlink_to(outside / "study.toml")
    assert [one.name for one in listed(place)] == ["a", "more/b"]
    assert leads_out(inner, place)
    for name in (
        "../outside",
        "linked",
        "c",
        "d",
        "",
        ".",
        "/",
        str(outside),
        "a/../../outside",
        "a\0",
        None,
        3,
        ["a"],
    ):
        assert folder_of(name, place) is None, name
    assert folder_of("more/b", place) == place / "more" / "b"
    monkeypatch.setenv("ORNOK_STUDIES", str(place))
    assert root() == place
    assert request_for(wish({"study": "../outside"})) is None
    assert request_for(wish({"study": ["a"]})) is None
    assert request_for(wish({"study": "a"})).folder == str(place / "a")


def test_without_a_folder_there_are_none(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ORNOK_STUDIES", raising=False)
    assert root() is None
    assert listed(None) == []
    make(tmp_path / "results" / "mine", run=False)
    assert [one.name for one in listed(root())] == ["mine"]
    monkeypatch.setenv("ORNOK_STUDIES", str(tmp_path / "nowhere"))
    assert root() is None


def test_wishes_of_other_kinds_are_dropped():
    assert wish(None) == wish([1]) == wish("x") == {}
    assert wish({"study": 3, "outcome": None, "point": "1"}) == {}
    assert wish({"point": True}) == {}


# --- What is read -----------------------------------------------------------------------------------


def test_a_study_is_read_as_experiments_reads_it(place):
    folder = place / "deep" / "small"
    found = read(folder, place, "tax_revenue", 2)
    study = Study.load(folder)
    assert (found["done"], found["total"], found["failed"]) == (16, 16, 0)
    assert found["n_points"] == 4
    effects = study.effects(["tax_revenue"])
    factor = yearly_factor(outcomes()["tax_revenue"])
    shown = [dict(zip(found["table"]["columns"], row)) for row in found["table"]["rows"]]
    assert [one["mean"] for one in shown] == pytest.approx((effects["mean"] * factor).tolist())
    by_month = study.effects(["tax_revenue"], by="month").query("point == 2")
    line = found["differences"]["lines"][0]
    assert line["mean"] == pytest.approx((by_month["mean"] * factor).tolist())
    assert line["low"] == pytest.approx((by_month["low"] * factor).tolist())
    assert {one["world"] for one in found["levels"]["lines"]} == {"plant", "none"}
    heat = found["heat"][0]
    assert [cell[2] for cell in heat["cells"]] == pytest.approx([one["mean"] for one in shown])
    assert found["sensitivity"] is None


def test_what_the_study_has_not_is_corrected(place):
    folder = place / "deep" / "small"
    for outcome, point in (("no such", 99), ("", -1), ("../x", 10**30), (None, "2")):
        found = read(folder, place, outcome, point)
        assert found["outcome"] == "employee_jobs"
        assert found["point"] == 0


def test_a_study_that_cannot_be_read_says_so_without_a_path(tmp_path):
    place = tmp_path.resolve()
    folder = make(place / "broken", TOML.replace('"plant"', '"atlantis"'), run=False)
    problem = read(folder, place)["problem"]
    assert "atlantis" in problem
    assert str(place) not in problem


def test_a_study_without_runs_and_one_that_failed(tmp_path):
    place = tmp_path.resolve()
    folder = make(place / "new", run=False)
    found = read(folder, place)
    assert (found["done"], found["left"]) == (0, 16)
    assert "outcomes" not in found
    run = next(iter(Study.load(folder).made.runs()))
    before = stamp(folder)
    record = {"key": run.key, "world": "plant", "parameters": "{}", "seed": 1, "type": "ValueError",
              "message": "first line\nsecond", "traceback": "", "time": ""}  # fmt: skip
    write_failures(folder, "part-x", [record])
    assert stamp(folder) != before  # so that nothing old is shown from memory
    found = read(folder, place)
    assert found["failed"] == 1
    assert found["failures"][0]["message"] == "first line"


def test_units_have_words_in_every_language():
    known = {yearly_unit(one) for one in outcomes().values()}
    assert known <= set(read_texts("en")["studies"]["units"])


# --- The page ---------------------------------------------------------------------------------------


def test_a_study_stands_on_its_page(visit, server_folder):
    folder = server_folder / "studies" / f"small-{os.getpid()}"
    make(folder)
    page = visit(f"/studies?study={folder.name}")
    page.wait_for_selector(".studies .chart canvas", timeout=60_000)
    assert "16 of 16" in page.text_content(".studies")
    assert page.locator(".studies figure.chart").count() == 3
    page.locator(".filters select").nth(1).select_option("tax_revenue")
    page.wait_for_function(
        "() => document.querySelector('.studies figcaption').textContent.includes('Tax')"
    )
    page.locator(".filters select").nth(2).select_option("1")
    page.wait_for_function(
        "() => document.querySelector('.studies').textContent.includes('(Student)')"
    )
    (folder / "study.toml").write_text(TOML.replace("Small", "Smaller"), encoding="utf-8")
    page.get_by_role("button", name="Read again").click()
    page.wait_for_function(
        "() => document.querySelector('.studies h2').textContent.startsWith('Smaller')"
    )
    page.locator(".chart .tools button").first.click()
    assert page.locator(".chart table tbody tr").count() == 3
    with page.expect_download() as download:
        page.locator(".studies > p button").last.click()
    assert download.value.suggested_filename == "tax_revenue-effects.csv"


def test_a_folder_that_is_not_there_is_refused():
    from typer.testing import CliRunner

    from experiments.cli import app

    done = CliRunner().invoke(app, ["serve", "--studies", "no-such-folder"])
    assert done.exit_code == 2
    assert "--studies: got no-such-folder" in done.output
