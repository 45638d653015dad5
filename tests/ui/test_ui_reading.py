"""Claims and Model in a real browser: what is chosen is shown, links lead on, files can be taken along."""

from pathlib import Path

import pytest

from experiments.evidence.targets import TITLES
from ui.claim_props import claim_props
from ui.language import Words


def test_a_claim_is_opened_read_and_followed(visit):
    page = visit("/claims?claim=C1")
    page.wait_for_selector(".claims nav.list a")
    assert page.locator(".claims nav.list a").count() == 13
    assert page.text_content(".claims article h2").startswith("C1 ")
    page.wait_for_selector(".claims .chart canvas")
    page.locator(".claims nav.list a").nth(3).click()
    page.wait_for_function("() => location.search === '?claim=C4'")
    assert page.text_content(".claims article h2").startswith("C4 ")
    fourth = claim_props(Words("en"))["claims"][3]  # answers are renewed: whatever they say now
    assert fourth["verdict_text"] in page.text_content(".claims nav.list a:nth-of-type(4)")
    page.locator(".claims .chart .tools button").first.click()
    assert page.locator(".claims .chart table tbody tr").count() == 20
    with page.expect_download() as download:
        page.locator(".claims .chart .tools button").nth(1).click()
    assert download.value.suggested_filename == "C4-over-time.csv"
    page.locator(".speak select").select_option("ky")
    page.wait_for_function(
        "() => document.querySelector('.claims h1').textContent.includes('чынбы')"
    )
    assert page.text_content(".claims article h2").startswith("C4 ")  # what was read stays open
    page.locator(".claims .see a").nth(1).click()
    page.wait_for_function("() => location.pathname === '/compare'")


def test_the_model_is_read_part_by_part(visit):
    page = visit("/model")
    page.wait_for_selector(".odd a")
    page.locator(".odd a").first.click()  # a link of the contents leads to its section
    page.wait_for_function(
        "() => document.querySelector('.odd h2').textContent.startsWith('1 Purpose')"
    )
    tabs = page.get_by_role("tab")
    tabs.first.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("table.parameters")
    page.get_by_label("Search").fill("deletion allowance")
    shown = page.locator("table.parameters tbody tr").count()
    assert 0 < shown < 20
    page.locator("#part .filters select").first.select_option("measured")
    assert page.locator("table.parameters tbody tr").count() < shown
    page.get_by_role("tab", name="Data").click()
    page.get_by_role("button", name="plants.csv").click()
    page.wait_for_function("() => document.querySelector('.model h2').textContent === 'plants.csv'")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as CSV").click()
    assert "tulpar" in Path(download.value.path()).read_text(encoding="utf-8")
    page.get_by_role("tab", name="Evidence").click()
    page.get_by_role("button", name="Show all rows").click()
    assert page.locator(".model h2").count() == len(TITLES) + 1  # and the plant's record
    assert page.locator(".verdict.miss").count() > 8
    page.get_by_role("tab", name="Version").click()
    page.get_by_text("numba").wait_for()


@pytest.mark.parametrize(
    ("path", "asked"),
    [("/claims/C99", "C99"), ("/claims?claim=C99", "C99"), ("/model?part=xx", "xx"),
     ("/model/yy", "yy"), ("/studies?study=../../etc", "../../etc")],
)  # fmt: skip
def test_what_is_not_known_is_said(visit, path, asked):
    page = visit(path)
    page.wait_for_selector(".notice[role=alert]")
    assert f"“{asked}”" in page.text_content(".notice[role=alert]")


def test_a_notice_goes_when_something_known_is_chosen(visit):
    page = visit("/model?part=xx")
    page.wait_for_selector(".notice[role=alert]")
    page.get_by_role("tab", name="Data").click()
    page.wait_for_selector(".notice[role=alert]", state="detached")
    page = visit("/claims/C4")  # an address with the name in its path is understood
    page.wait_for_selector(".claims article h2")
    assert page.text_content(".claims article h2").startswith("C4 ")
    assert page.locator(".notice[role=alert]").count() == 0
