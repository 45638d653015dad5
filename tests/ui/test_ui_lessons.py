"""Lessons: what is asked of the model is what the table says, and a class can work through one."""

import tomllib
from pathlib import Path

import numpy as np
import pytest
from conftest import wait_for_runs

import experiments
from experiments.lessons import LANGUAGES, SCALE, lessons
from ui.band import band_of
from ui.language import Words
from ui.pages.lesson import STEPS, clamp_step, links_of, questions_of
from ui.run_request import SCALES
from ui.shown_outcomes import SHOWN

BY_ID = {one["id"]: one for one in lessons()}
# Texts and series of the shown charts, as ECharts holds them.
SERIES = """() => new Promise((done) => requirejs(['/_solara/cdn/echarts@6.1.0/dist/echarts.min.js'],
  (echarts) => done([...document.querySelectorAll('.chart')].map((chart) => [chart.querySelector('b').textContent,
    echarts.getInstanceByDom(chart.querySelector('.canvas')).getOption().series.filter((one) => one.data.length).map((one) => one.id)]))))"""


@pytest.mark.parametrize("name", BY_ID)
def test_a_lesson_asks_for_the_worlds_of_its_table(name):
    one = BY_ID[name]
    question, other, wrong = questions_of(one, {"seed": "4"})
    assert not wrong
    assert (question.world, question.seed, question.scale) == (one["world"], 4, SCALE)
    assert SCALES["kyrgyzstan"][0] == SCALE
    assert other.world == (one["world"] if one["against"] == "none" else one["against"])
    assert set(one["charts"]) <= {outcome.name for outcome in SHOWN}


def test_links_keep_what_was_asked_and_lead_on():
    setup = {"pack": "valley", "seed": "3"}
    plant, border, last = BY_ID["plant"], BY_ID["border"], lessons()[-1]
    links = links_of(plant, questions_of(plant, setup)[0])
    assert links["run"] == "/lessons/plant?step=run&pack=valley&seed=3"
    assert links["world"] == "/explore?world=volume&pack=valley&seed=3"
    assert links["next"] == "/lessons/kits?pack=valley&seed=3"
    world = links_of(border, questions_of(border, {})[0])["world"]
    assert world == "/compare?a=world%3Dsupplier_outage&b=world%3Dplant"
    assert links_of(last, questions_of(last, {})[0])["next"] == ""


def test_a_step_is_one_of_five():
    assert [clamp_step(step) for step in (None, *STEPS)] == [(x, "") for x in (STEPS[0], *STEPS)]
    assert clamp_step("x" * 99) == ("predict", "x" * 40)


def test_claims_are_called_what_they_are_called():
    table = tomllib.loads(
        (Path(experiments.__file__).parent / "claims" / "claims.toml").read_text(encoding="utf-8")
    )
    names = {one["id"]: one["name"] for one in table["claims"]}
    for claim in {claim for one in lessons() for claim in one["claims"]}:
        assert Words("en")(f"lessons.claim_names.{claim}") == names[claim]
        assert all(Words(code).has(f"lessons.claim_names.{claim}") for code in LANGUAGES)


def test_a_band_can_tell_every_seed():
    differences = np.arange(2 * len(SHOWN) * 3, dtype=float).reshape(2, len(SHOWN), 3)
    each = band_of(differences, 2, ["employee_jobs"])["each"]
    told = np.frombuffer(each["employee_jobs"], np.float32).reshape(2, 3)
    assert np.array_equal(told, differences[:, [one.name for one in SHOWN].index("employee_jobs")])


# --- In a browser ---------------------------------------------------------------------------------


def test_a_pupil_works_through_a_lesson(visit):
    page = visit("/lessons?pack=valley")
    page.wait_for_timeout(300)  # the router has to know its own address before it takes another
    page.get_by_role("link", name="Why one run is not an answer").click()
    page.wait_for_selector(".lesson[data-step=predict]")
    page.goto(page.url + "?pack=valley&step=run")
    page.wait_for_selector(".lesson[data-step=run]")
    assert page.locator(".player").count() == 0  # first the prediction
    page.get_by_label("Perhaps the opposite").click()  # it opens the charts in its place
    wait_for_runs(page)
    page.wait_for_function("() => window.ornokBand?.done === 3")
    ((label, series),) = page.evaluate(SERIES)
    assert label == "Jobs"
    assert {"seed 0", "seed 1", "seed 2", "low", "band", "mean", "difference"} <= set(series)
    page.get_by_role("link", name="Explain →").click()
    page.get_by_text("You said: Perhaps the opposite").wait_for()
    page.get_by_role("link", name="Try →").click()
    link = page.get_by_role("link", name="Open in Explore: Five years later")
    assert link.get_attribute("href") == "/explore?world=delayed&pack=valley"
    page.get_by_role("link", name="Check →").click()
    page.get_by_label("By chance").check()
    page.get_by_role("button", name="Check").click()
    page.get_by_text("Not quite. The right answer: Because both worlds").wait_for()
    page.get_by_label("Because both worlds").check()
    page.get_by_role("button", name="Check").click()
    page.get_by_text("Right.", exact=True).wait_for()
    # Back and forward; what was chosen stays, in another language too.
    page.go_back()
    page.wait_for_selector(".lesson[data-step=try]")
    page.go_forward()
    page.wait_for_selector(".lesson[data-step=check]")
    assert page.get_by_label("Because both worlds").is_checked()
    page.locator(".speak select").select_option("ky")
    page.get_by_role("heading", name="Эмне үчүн бир эсептөө жооп эмес").wait_for()


def test_nonsense_in_a_link_is_told(visit):
    page = visit("/lessons/plant?step=jump&seed=0&pack=valley")
    page.wait_for_selector(".lesson[data-step=predict] .notice")
    notice = page.text_content(".lesson .notice")
    assert "“jump”" in notice
    assert "0 became 1" in notice
    page = visit("/lessons/physics")
    page.get_by_text("There is no lesson “physics”.").wait_for()
    assert page.locator(".lessons .list li").count() == len(BY_ID)


def test_the_teachers_page_is_made_for_paper(visit):
    page = visit("/lessons/teacher", width=718)
    page.wait_for_selector(".sheet")
    assert page.locator(".sheet").count() == len(BY_ID)
    assert page.locator(".sheet .right").count() == 2 * len(BY_ID)
    page.emulate_media(media="print")
    assert not page.locator(".head").is_visible()
    assert not page.locator("button.print").is_visible()
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
