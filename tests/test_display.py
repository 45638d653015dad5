"""What results show of themselves: the numbers of the tables, escaped, and figures without a screen."""

import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from runs import SMALL, small, small_pairs
from studies import small_study

from experiments.display import card
from experiments.effects import Pairs, effect_of
from experiments.impact import impact_of
from experiments.outcomes import readable, yearly_factor, yearly_unit
from model import InputError
from model.measures import outcomes

ROOT = Path(__file__).resolve().parent.parent
NASTY = "<script>alert('x & y')</script>"


def rows(html):
    """Texts of the cells, row by row."""
    lines = re.findall(r"<tr>(.*?)</tr>", html)
    return [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", line) for line in lines]


@pytest.fixture(scope="module")
def effect():
    return effect_of(small_pairs())


def test_a_card_escapes_every_text():
    html = card(NASTY, [NASTY], [NASTY, "n"], [[NASTY, "1"]], note=NASTY)
    assert html.count("&lt;script&gt;") == 5
    assert "<script" not in html


def test_results_escape_what_came_from_outside(effect, tmp_path):
    run = replace(small(), pack=NASTY)
    other = replace(effect, pairs=Pairs([run], [run]), world=NASTY)
    study = small_study(tmp_path, seeds=1, horizon=1)
    file = study.plan.file.model_copy(update={"title": NASTY, "question": NASTY, "pack": "valley"})
    study = type(study)(replace(study.plan, file=file))
    for found in (run, other, study):
        html = found._repr_html_()
        assert "<script" not in html
        assert "&lt;script&gt;" in html


def test_one_run_shows_its_last_year_per_year():
    run = small()
    shown = {line[0]: line[1:] for line in rows(run._repr_html_())[1:]}
    for label, name in (("Employee jobs", "employee_jobs"), ("Tax revenue", "tax_revenue")):
        outcome = outcomes()[name]
        value = run.monthly[name].tail(12).mean() * yearly_factor(outcome)
        unit = yearly_unit(outcome)
        assert shown[label] == [unit, readable(value, unit)]


def test_an_effect_shows_mean_interval_and_seeds(effect):
    shown = {line[0]: line[1:] for line in rows(effect._repr_html_())[1:]}
    line = effect.table(["tax_revenue"]).iloc[0]
    half = 12 * (line["high"] - line["low"]) / 2
    mean = readable(12 * line["mean"], "KGS/year", signed=True)
    assert shown["Tax revenue"] == ["KGS/year", mean, readable(half, "KGS/year"), "2"]
    html = effect._repr_html_()
    assert "2 seeds (1 to 2)" in html
    assert effect.pairs.treated[0].versions["code"] in html
    one = effect_of(Pairs([small("plant")], [small("none")]))
    assert "1 seed (1): chance included" in one._repr_html_()
    assert {line[3] for line in rows(one._repr_html_())[1:]} == {"–"}


def test_the_impact_shows_every_row_of_its_table():
    impact = impact_of(small_pairs())
    shown = rows(impact._repr_html_())[1:]
    table = impact.to_pandas()
    assert [line[1] for line in shown] == table["row"].tolist()
    assert [line[0] for line in shown if line[0]] == table["group"].drop_duplicates().tolist()
    line = table.iloc[0]
    half = readable((line["high"] - line["low"]) / 2, line["unit"])
    assert shown[0][-1] == half
    assert impact.versions["code"] in impact._repr_html_()


def test_a_study_and_its_status_say_how_far_they_are(tmp_path):
    study = small_study(tmp_path, seeds=1, horizon=1)
    assert "0 of 4 runs done" in study._repr_html_()
    assert repr(study).startswith("<Study: 'Small' in ")
    assert "2 points (grid), worlds plant, none, 1 seed" in repr(study)
    study.run(workers=0)
    status = study.status()
    assert repr(status).startswith("<Status: 4 of 4 runs done, 0 failed, 0 left; code ")
    shown = dict(line for line in rows(status._repr_html_()) if len(line) == 2)
    assert (shown["done"], shown["left"], shown["failed"]) == ("4 of 4", "0", "0")
    failed = replace(status, done=3, failed=1, failures={NASTY: 1}, other=2)
    assert "<script" not in failed._repr_html_()
    assert "finished, not asked for now" in failed._repr_html_()


# --- Figures ----------------------------------------------------------------------------------------


def test_plots_are_figures_with_the_tables_numbers(effect):
    run = small()
    figure = run.plot("employee_jobs", "tax_revenue")
    assert isinstance(figure, Figure)
    first, second = (axes for axes in figure.axes if axes.get_visible())
    np.testing.assert_allclose(
        first.lines[0].get_ydata(), run.monthly["employee_jobs"].rolling(12, min_periods=1).mean()
    )
    assert second.lines[0].get_ydata()[-1] == pytest.approx(
        12 * run.monthly["tax_revenue"].tail(12).mean()
    )
    figure = effect.plot("employee_jobs")
    expected = effect.by_seed["employee_jobs"].unstack("seed").tail(12).mean().mean()
    assert figure.axes[0].lines[0].get_ydata()[-1] == pytest.approx(expected)
    assert len(figure.axes[0].collections) == 1  # the interval
    impact = impact_of(small_pairs())
    bars = impact.plot("employee_jobs", "mean_wage").axes[0].patches
    line = impact.table.set_index("outcome").loc["mean_wage"]
    assert bars[1].get_width() == pytest.approx(100 * line["difference"] / line["without"])
    assert len(impact.plot().axes[0].patches) > 5
    assert effect.plot()._repr_png_()[:4] == b"\x89PNG"


def test_an_unknown_outcome_is_named(effect):
    for found in (small(), effect, impact_of(small_pairs())):
        with pytest.raises(InputError, match=r"employe_jobs.*did you mean 'employee_jobs'"):
            found.plot("employe_jobs")


def test_a_plot_needs_no_display_and_no_pyplot():
    """Also where a display that is not there is asked for."""
    options = ", ".join(f"{name}={value!r}" for name, value in SMALL.items())
    program = f"import sys; from experiments import simulate; run = simulate('plant', {options}); "
    program += "run.plot()._repr_png_(); print('matplotlib.pyplot' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True,
        env={**os.environ, "MPLBACKEND": "TkAgg", "DISPLAY": ":no"},
    )  # fmt: skip
    assert done.stdout.strip() == "False"
