"""The pages in a real browser: they stand, play offline, keep visitors apart, and can be used by all."""

import json
import os
from importlib.util import find_spec
from pathlib import Path

import pytest
from conftest import wait_for_runs

from ui.language import Words

VALLEY = "/explore?pack=valley"
PAGES = {
    "home": "/",
    "explore": VALLEY,
    "compare": "/compare?pack=valley&a=world%3Dplan",
    "follow": "/follow?pack=valley",
    "life": "/follow?pack=valley&worker=1",
    "lesson": "/lessons/plant?pack=valley",
    "teacher": "/lessons/teacher",
    "claims": "/claims?claim=C5",
    "studies": "/studies",
    "model": "/model?part=parameters",
    "evidence": "/model?part=evidence",
    "classic": "/classic",
    "not_found": "/nonsense",
}
STATUS = {"not_found": 404}
# Pages with runs: what says by its `data-state` that they are there.
RUNS = {"explore": ".player", "compare": ".player", "follow": ".follow", "life": ".follow"}

# How many different colours a canvas has: a blank one has one.
COLOURS = """(selector) => {
  const canvas = document.querySelector(selector);
  const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  const seen = new Set();
  for (let k = 0; k < data.length; k += 28) seen.add(data[k] * 65536 + data[k + 1] * 256 + data[k + 2]);
  return seen.size;
}"""


def month(page):
    return int(page.get_attribute(".player", "data-month"))


def charts(page):
    """The series of the first chart, as ECharts holds them."""
    return page.evaluate(
        """() => new Promise((done) => requirejs(
             ['/_solara/cdn/echarts@6.1.0/dist/echarts.min.js'],
             (echarts) => done(JSON.stringify(echarts.getInstanceByDom(document.querySelector('.chart .canvas'))
               .getOption().series.filter((one) => one.data.length).map((one) => one.data)))))"""
    )


@pytest.fixture
def explore(visit):
    """Explore on the valley, both runs whole."""
    page = visit(VALLEY)
    wait_for_runs(page)
    return page


def test_a_lever_moved_is_answered_and_can_be_played_without_the_server(explore):
    page = explore
    assert page.evaluate(COLOURS, ".canvases canvas") > 12
    first = charts(page)
    assert all(len(one) == 240 for one in json.loads(first))
    # A lever: the answer changes, the link and the command say so.
    page.locator("#lever-kit_exemption").fill("0.3")
    page.wait_for_function("() => location.search.includes('kit_exemption=0.3')")
    wait_for_runs(page)
    assert "kit_exemption = 0.3" in page.text_content(".share pre")
    assert "--against" not in page.text_content(".share pre")
    # Offline: play, step, back, keys.
    page.context.set_offline(True)
    page.locator(".timeline input").fill("10")
    page.locator("button.play").click()
    page.wait_for_function("() => +document.querySelector('.player').dataset.month > 14")
    page.locator("button.play").click()
    page.locator(".timeline input").focus()
    page.keyboard.press("Home")
    assert month(page) == 0
    page.keyboard.press("ArrowRight")
    assert month(page) == 1
    page.keyboard.press("End")
    assert month(page) == 239
    page.locator("button.step").first.click()
    assert month(page) == 238
    page.get_by_role("button", name="Supply network").click()
    assert page.evaluate(COLOURS, ".canvases canvas:nth-of-type(2)") > 5
    page.context.set_offline(False)


def test_a_language_is_switched_without_losing_the_run(explore):
    page = explore
    page.locator(".timeline input").fill("100")
    before = charts(page)
    for code, word in (("ru", "Исследовать"), ("ky", "Изилдөө")):
        page.locator(".speak select").select_option(code)
        page.wait_for_function(f"() => document.documentElement.lang === '{code}'")
        page.get_by_role("link", name=word).wait_for()
        assert month(page) == 100
        assert charts(page) == before
    assert page.title().startswith("Изилдөө")
    # The page's frame speaks first, its parts a moment later.
    page.wait_for_function(
        "() => /[ҢңӨөҮү]/.test(document.querySelector('.levers').textContent)", timeout=30_000
    )


def test_what_is_seen_can_be_taken_along(explore):
    page = explore
    with page.expect_download() as download:
        page.locator(".chart .tools button").nth(1).click()
    lines = Path(download.value.path()).read_text().splitlines()
    assert lines[1].startswith("month,with,without,difference")
    assert lines[2].startswith("2023-01,")
    assert len(lines) == 242
    with page.expect_download() as download:
        page.locator(".chart .tools button").nth(2).click()
    assert Path(download.value.path()).read_bytes().startswith(b"\x89PNG")
    with page.expect_download() as download:
        page.get_by_role("button", name="All series").click()
    assert len(Path(download.value.path()).read_text().splitlines()) > 20_000
    page.locator(".chart .tools button").first.click()
    assert page.locator(".chart table tbody tr").count() == 20


def test_a_click_opens_what_is_known(explore):
    page = explore
    page.get_by_label("Look at").select_option("region 0")
    assert page.locator(".inspector tbody tr").count() == 6
    page.locator(".canvases canvas").first.click(position={"x": 300, "y": 150})
    box = page.locator(".canvases").bounding_box()
    for x in range(0, int(box["width"]), 12):  # somewhere on this line stands a firm
        page.mouse.click(box["x"] + x, box["y"] + box["height"] * 0.5)
        if page.locator(".inspector .mini").count():
            break
    assert page.locator(".inspector .mini polyline").count() >= 1


def test_visitors_are_kept_apart_and_links_are_cleaned(visit):
    one = visit(VALLEY + "&import_fee=100000")
    other = visit(VALLEY + "&kit_exemption=7&seed=zwei&world=atlantis")
    assert "import_fee=100000" in one.url
    other.wait_for_selector(".notice")
    notice = other.text_content(".notice")
    assert all(word in notice for word in ("“atlantis” is not known", "zwei", "7 became 1"))
    assert other.locator(".notice li").count() == 3
    assert "import_fee" not in other.url
    wait_for_runs(one)
    wait_for_runs(other)
    assert "import_registration_fee = 100000.0" in one.text_content(".share pre")
    assert "import_registration_fee" not in other.text_content(".share pre")


FORGE = """
const send = WebSocket.prototype.send;
window.sent = [];
WebSocket.prototype.send = function (data) { window.socket = this; window.sent.push(data); return send.call(this, data); };
"""


def forge(page, data):
    """Send the page's last event once more, with other data."""
    page.evaluate(
        """(data) => {
          const last = JSON.parse(window.sent.filter((one) => typeof one === 'string' && one.includes('"event":"ask"')).at(-1));
          last.content.data.content.data = data;
          last.header.msg_id = crypto.randomUUID();
          window.socket.send(JSON.stringify(last));
        }""",
        data,
    )


def test_forged_values_are_clamped_and_a_message_too_large_ends_its_own_visit(visit):
    page, other = visit(VALLEY, script=FORGE), visit("/")
    wait_for_runs(page)
    page.locator("#lever-import_fee").fill("20000")
    page.wait_for_function("() => location.search.includes('import_fee=20000')")
    for data in ([1, 2], "x", None, {"pack": {"a": 1}, "seed": [9]}):
        forge(page, data)
    forge(page, {"pack": "valley", "import_fee": 1e300, "seed": -5, "scale": 1e-9})
    page.wait_for_function("() => location.search.includes('import_fee=400000')")
    assert "--seed 1" in page.text_content(".share pre")
    page.evaluate("() => { window.big = window.socket; window.big.send('x'.repeat(400000)); }")
    page.wait_for_function("() => window.big.readyState === WebSocket.CLOSED")
    other.get_by_role("link", name="Compare", exact=True).click()
    other.wait_for_selector(".compare h1")


DRAWN = "(all) => all.map((one) => one.querySelectorAll('canvas').length > 0)"


def test_charts_are_drawn_when_they_are_seen(explore):
    """Those out of view cost the browser nothing, and stand there when one comes to them."""
    cards = explore.locator(".chart .plot")
    explore.wait_for_function("() => document.querySelector('.chart .plot canvas')")
    drawn = cards.evaluate_all(DRAWN)
    assert drawn[0]
    assert not all(drawn)
    cards.last.scroll_into_view_if_needed()
    explore.wait_for_function(
        "() => [...document.querySelectorAll('.chart .plot')].at(-1).querySelector('canvas')"
    )


def test_a_player_that_is_opened_late_stands_at_the_last_month(visit):
    """A lesson's runs are there before its charts are opened."""
    page = visit("/lessons/plant?pack=valley&step=predict")
    page.wait_for_function("() => document.querySelectorAll('.lesson input[name=choice]').length")
    page.wait_for_timeout(4000)
    page.locator(".lesson input[name=choice]").first.check()
    page.locator(".steps a").nth(1).click()
    wait_for_runs(page)
    assert month(page) == 239


def test_beside_a_whole_band_the_numbers_are_called_one_seed(explore):
    explore.wait_for_selector(".one-seed", timeout=90_000)
    assert "3 seeds" in explore.text_content(".one-seed")
    assert "95 % interval over 3 seeds" in explore.text_content(".band-state")


def test_further_charts_are_in_order_of_their_names(explore):
    for language in ("en", "ru"):
        if language != "en":
            explore.locator(".speak select").select_option(language)
            explore.get_by_role("link", name="Исследовать").wait_for()
            explore.wait_for_function(
                "() => document.querySelector('.more').textContent.includes('Ещё')", timeout=30_000
            )
        groups = explore.locator(".more optgroup")
        assert groups.last.get_attribute("label") == Words(language)("outcome_groups.other")
        for k in range(groups.count()):
            labels = groups.nth(k).locator("option").all_text_contents()
            assert labels == sorted(labels, key=lambda one: one.replace("ё", "е").lower())


def test_worlds_are_compared(visit):
    page = visit(PAGES["compare"])
    wait_for_runs(page)
    assert page.evaluate(COLOURS, ".canvases canvas") > 12
    page.locator("#world-b").select_option("plant")
    page.wait_for_function("() => location.search.includes('b=world%3Dplant')")
    wait_for_runs(page)
    page.get_by_role("button", name="Swap").click()
    page.wait_for_function("() => document.querySelector('#world-b').value === 'plan'")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_a_phone(visit, name):
    page = visit(PAGES[name], width=390, height=780, status=STATUS.get(name, 200))
    page.wait_for_selector(".page h1", state="attached")
    page.wait_for_timeout(300)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390


def axe_source():
    """The checker, from its Python package or from where ORNOK_AXE says; None if it is nowhere."""
    if os.environ.get("ORNOK_AXE"):
        return Path(os.environ["ORNOK_AXE"]).read_text(encoding="utf-8")
    spec = find_spec("axe_playwright_python")
    if spec is None or spec.origin is None:
        return None
    found = next(Path(spec.origin).parent.rglob("axe.min.js"), None)
    return None if found is None else found.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_nobody_is_kept_out(visit, name):
    """No serious finding of axe-core."""
    source = axe_source()
    if source is None:
        pytest.skip("axe-core is not installed (pip install axe-playwright-python)")
    page = visit(PAGES[name], status=STATUS.get(name, 200))
    page.wait_for_selector(".page h1", state="attached")
    if name in RUNS:
        wait_for_runs(page, within=RUNS[name])
    page.evaluate(source)
    findings = page.evaluate(
        "() => axe.run(document, {resultTypes: ['violations']}).then((result) => result.violations)"
    )
    serious = [
        (one["id"], one["impact"], [node["target"] for node in one["nodes"]][:3])
        for one in findings
        if one["impact"] in ("serious", "critical")
    ]
    assert not serious


def test_nothing_left_the_machine(visit, server_folder):
    """Asked of the server itself: every connection to elsewhere is refused and written down."""
    visit("/")
    outside = server_folder / "outside"
    assert not outside.exists(), outside.read_text()
