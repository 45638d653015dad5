"""Classic: the model that Mesa's page steps is the same, bounded, and safe to draw; the page itself."""

import threading
from importlib.util import find_spec

import numpy as np
import pytest

from model import RegionalModel
from ui.classic_model import MOST_CALLS_AFTER_THE_END, ClassicModel, RunIsOverError
from ui.pages.classic import Places


def test_it_is_the_same_model():
    classic, usual = ClassicModel("plan", 3), RegionalModel(world="plan", pack="valley", rng=3)
    while usual.period < 11:
        usual.step()
    for _ in range(12):
        classic.step()
    assert classic.period == usual.period
    assert classic.measures.now == pytest.approx(usual.measures.now, rel=0, abs=0, nan_ok=True)
    assert np.array_equal(classic.workers.savings, usual.workers.savings)
    table = classic.datacollector.get_model_vars_dataframe()
    assert len(table) == 24  # a year before it, too
    # Mesa's page shows `time` beside plots of this table: they end at the same month.
    assert (table.index[0], table.index[-1]) == (-11, classic.time)


@pytest.mark.parametrize(
    ("world", "seed"),
    [("atlantis", 1), ("../plant", 1), (None, 1), ("plant", -5), ("plant", None), ("plant", "x"),
     ("plant", float("nan")), ("plant", True), (["plan"], [1])],
)  # fmt: skip
def test_forged_parameters_become_usual_ones(world, seed):
    model = ClassicModel(world, seed)
    assert (model.world.name, int(model.seed)) == ("plant", 1)


def test_it_ends_and_then_refuses():
    model = ClassicModel()
    model.period = int(model.params.horizon) - 1
    rows = len(model.datacollector.get_model_vars_dataframe())
    model.step()
    assert not model.running
    for _ in range(MOST_CALLS_AFTER_THE_END - 1):
        model.step()
    with pytest.raises(RunIsOverError):
        model.step()
    assert len(model.datacollector.get_model_vars_dataframe()) == rows


def test_whoever_still_steps_it_after_its_visitor_has_gone_stops():
    model = ClassicModel()
    model.give_up()
    period = model.period
    model.step()
    assert (model.period, model.running) == (period, False)


def test_it_can_be_drawn_while_it_steps():
    model, wrong, over = ClassicModel(), [], threading.Event()

    def draw():
        while not over.is_set():
            try:
                model.datacollector.get_model_vars_dataframe()
            except Exception as error:
                wrong.append(error)

    drawer = threading.Thread(target=draw)
    drawer.start()
    for _ in range(40):
        model.step()
    over.set()
    drawer.join(10)
    assert wrong == []


def test_so_many_models_and_no_more():
    places = Places(2)
    assert [places.take() for _ in range(3)] == [True, True, False]
    places.give()
    assert places.take()


def test_the_page_never_has_mesas_console():
    from mesa.visualization.command_console import CommandConsole

    from ui import classic_view

    assert CommandConsole not in classic_view.parts()
    assert "CommandConsole" not in vars(classic_view)


def test_mesas_page_steps_in_the_browser(visit):
    page = visit("/classic")
    if find_spec("altair") is None:
        page.wait_for_selector(".classic .notice")
        assert "altair" in page.text_content(".classic .notice")
        return
    page.wait_for_selector(".mesa-parts img", timeout=60_000)
    before = page.locator(".mesa-parts img").nth(1).get_attribute("src")
    page.get_by_role("button", name="Step").click()
    page.get_by_text("Time: 1.0").wait_for(timeout=30_000)
    assert page.locator(".mesa-parts img").nth(1).get_attribute("src") != before
    page.get_by_role("button", name="▶").click()
    page.wait_for_function(
        "() => +document.querySelector('.mesa-controls').textContent.match(/Time: (\\d+)/)[1] > 2",
        timeout=60_000,
    )
    page.get_by_role("button", name="❚❚").click()
    assert "error" not in page.text_content(".classic").lower()
    assert all(page.locator(".mesa-parts img").nth(k).get_attribute("alt") for k in range(4))
