"""The practitioner's impact table: its identities, the input-output answer, releases, the export."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from test_leontief import LABOUR_SHARE, SPENT_AT_HOME, THREE, pack_of
from typer.testing import CliRunner

from experiments import impact_job
from experiments.cli import app
from experiments.economic_impact import AROUND, DIRECT, NET, OTHERS, economic_impact
from experiments.impact_costs import BARTIK
from experiments.impact_figure import draw_impact, draw_years, waterfall_steps
from experiments.impact_gap import GAP, MODEL, TYPE_2
from experiments.impact_measures import NAMES, by_month, of_plants, own_by_month
from experiments.impact_page import cell
from experiments.impact_study import plan_impact
from experiments.input_output import input_output
from experiments.leontief import respond
from experiments.plant_panel import BOUGHT
from experiments.releases import RELEASES, TOGETHER, gap_rows, release_settings
from experiments.simulate import simulate
from model import InputError, load_pack
from model.channels import CHANNELS

HORIZON = 24
SMALL = {"pack": "valley", "horizon": HORIZON, "settings": {"burn_in": 3}}
WORDS = ["--pack", "valley", "--horizon", str(HORIZON), "--set", "burn_in=3"]


@pytest.fixture(scope="module")
def found():
    """Every channel and every release, one seed of the plant whose cars are taken."""
    return economic_impact("plan", seeds=[1], release=True, **SMALL)


@pytest.fixture(scope="module")
def run():
    return simulate("plan", panels=["plants"], **SMALL)


# --- The panel it is read from ----------------------------------------------------------------------


def test_the_plants_panel_is_the_outcomes_by_plant(run):
    m, panel = run.monthly, run.panels["plants"]
    assert len(panel) == HORIZON
    assert np.array_equal(of_plants(run, "employees"), m["plant_jobs"])
    assert np.array_equal(of_plants(run, "cars_made"), m["cars_made"])
    np.testing.assert_allclose(of_plants(run, "output"), m["cars_made"] * m["plant_price"])
    assert of_plants(run, "investment").sum() > 0.0
    bought = panel[[name for name in panel.columns if name.startswith(BOUGHT)]]
    assert (bought.to_numpy() >= 0.0).all()
    # While it is built, construction is what it buys most of; then, nothing of mining.
    assert bought.iloc[6].idxmax() == f"{BOUGHT}construction"
    building = panel["investment"] > 0.0
    assert (panel.loc[building, "limit"] == "not open yet").all()


def test_measures_are_outcomes_and_sums_of_them(run):
    m = run.monthly
    assert np.array_equal(by_month(run, "employee_jobs"), m["employee_jobs"])
    income = m["wage_bill"] + m["own_account"] * m["own_account_income"]
    assert np.array_equal(by_month(run, "labour_income"), 12.0 * income)
    dearer = m["cars_made"] * (m["plant_price"] - m["plant_price"].iloc[18])
    real = own_by_month(run, "real_value_added")
    np.testing.assert_allclose(real, 12.0 * (m["value_added_vehicles"] - dearer), rtol=1e-9)
    rate = run.params.income_tax_rate + run.params.social_rate_employer
    wages = 12.0 * of_plants(run, "wage_bill")
    np.testing.assert_allclose(own_by_month(run, "tax_revenue"), rate * wages)


# --- Identities -------------------------------------------------------------------------------------


def test_direct_channels_around_and_interaction_sum_to_the_net_effect(found):
    for (_, _, _), rows in found.by_seed.groupby(["seed", "period", "measure"]):
        value = rows.set_index(["row", "part"])["value"]
        for part in ("first-in", "last-out"):
            channels = sum(value[name, part] for name in found.channels)
            total = value[DIRECT, ""] + value[AROUND, ""] + channels + value["interaction", part]
            assert total == pytest.approx(value[NET, ""], rel=1e-9, abs=1e-6)


def test_direct_jobs_are_the_plants_own(found, run):
    own = run.monthly["plant_jobs"]
    assert found.value("employee_jobs", DIRECT) == pytest.approx(own.mean())
    by_year = own.groupby(run.monthly["date"].dt.year).mean()
    for year, jobs in by_year.items():
        assert found.value("employment", DIRECT, period=year) == pytest.approx(jobs)
    control = simulate("none", **SMALL).monthly["employee_jobs"]
    net = (run.monthly["employee_jobs"] - control).mean()
    assert found.value("employee_jobs", NET) == pytest.approx(net)


def test_years_average_to_the_whole(found):
    """Over whole years that the mean spans, every row of it is the mean of the years' rows."""
    keys = ["measure", "row", "part"]
    for table in (found.table, found.io):
        whole = table[table["period"] == "mean"].set_index(keys)["mean"]
        years = table[table["period"] != "mean"].groupby(keys)["mean"].mean()
        np.testing.assert_allclose(years[whole.index], whole, rtol=1e-9, atol=1e-6)
    assert found.years == [2023, 2024]


def test_fewer_channels_take_fewer_runs_and_leave_one_row():
    seeds = [1, 2]
    count = {
        n: plan_impact("plan", seeds=seeds, channels=CHANNELS[:n], **SMALL).runs for n in range(7)
    }
    assert [count[n] for n in range(7)] == [6, 10, 14, 18, 22, 26, 30]
    assert plan_impact("plan", seeds=seeds, release=True, **SMALL).runs == 50
    some = economic_impact("plan", seeds=[1], channels=["income"], io=False, **SMALL)
    assert some.rows == (DIRECT, "income", AROUND, OTHERS, NET)
    assert some.io.empty
    assert some.gap.empty
    parts = sum(some.value("value_added", row) for row in some.rows[:-1])
    assert parts == pytest.approx(some.value("value_added", NET))


def test_an_unknown_channel_is_named():
    with pytest.raises(InputError, match="did you mean 'supplier'"):
        plan_impact("plan", channels=["suplier"], **SMALL)


def test_a_world_that_does_nothing_gives_zeros_and_no_cost_per_job():
    nothing = economic_impact("none", seeds=[1, 2], channels=["supplier"], **SMALL)
    assert (nothing.table["mean"] == 0.0).all()
    assert (nothing.io["mean"] == 0.0).all()
    assert nothing.costs["value"].isna().all()
    assert nothing.export["multiplier"].isna().all()
    assert (nothing.export["direct_jobs"] == 0.0).all()
    assert cell(float("nan"), "KGS/year") == "–"


# --- Input-output -----------------------------------------------------------------------------------


def test_a_tiny_table_is_a_direct_inverse():
    pack, params = pack_of(THREE, LABOUR_SHARE, SPENT_AT_HOME)
    solved = input_output(pack, params)
    purchases = np.zeros(len(pack.sectors))
    purchases[:3] = [100.0, 20.0, 5.0]
    open_table = np.linalg.inv(np.eye(3) - THREE) @ purchases[:3]
    closed = THREE + LABOUR_SHARE * np.outer(SPENT_AT_HOME, np.ones(3))
    payroll = 40.0
    with_pay = np.linalg.inv(np.eye(3) - closed) @ (purchases[:3] + payroll * SPENT_AT_HOME)
    answer = solved.answer(purchases, payroll)
    assert answer["output"].indirect == pytest.approx(open_table.sum(), rel=1e-12)
    assert answer["output"].induced == pytest.approx((with_pay - open_table).sum(), rel=1e-12)
    earned = LABOUR_SHARE * open_table.sum()
    assert answer["labour_income"].indirect == pytest.approx(earned, rel=1e-12)
    jobs = 300.0 / 1e9  # a hundred employees in each of three regions for a bn of output
    assert answer["employee_jobs"].indirect == pytest.approx(jobs * open_table.sum(), rel=1e-12)


@pytest.mark.parametrize("households", [False, True])
def test_in_leontief_mode_the_gap_is_zero(households, run):
    """V01: the model's own goods market with everything frozen but quantities gives Type I (II)."""
    pack = load_pack("valley")
    params = pack.params()
    panel = run.panels["plants"].tail(12)
    bought = np.array([panel[f"{BOUGHT}{name}"].mean() * 12.0 for name in pack.sectors])
    assert bought.sum() > 0.0
    answer = input_output(pack, params).answer(bought, 0.0)
    rest = respond(pack, params, bought, households=households)
    for name, exact in (
        ("output", rest.output.sum()),
        ("employee_jobs", rest.employee_jobs.sum()),
        ("employment", rest.jobs.sum()),
    ):
        mine = answer[name].indirect + answer[name].induced * households
        assert mine == pytest.approx(exact, rel=1e-8)


# --- The gap ----------------------------------------------------------------------------------------


def test_the_parts_of_the_gap_sum_to_it(found):
    parts = [row for row, _ in gap_rows(0.0, dict.fromkeys([*RELEASES, TOGETHER], 0.0))]
    for name in NAMES:
        gap = found.gap[found.gap["measure"] == name].set_index("row")["mean"]
        assert gap[TYPE_2] - gap[MODEL] == pytest.approx(gap[GAP])
        assert gap[parts].sum() == pytest.approx(gap[GAP])
        assert gap[MODEL] + found.value(name, DIRECT) == pytest.approx(found.value(name, NET))


def test_releases_are_values_that_the_parameters_allow():
    every = release_settings()
    assert set(every) == {*RELEASES, TOGETHER}
    params = load_pack("valley").params()
    for settings in every.values():
        changed = params.with_values(settings)
        assert all(getattr(changed, name) != getattr(params, name) for name in settings)
    sizes = [len(release.settings) for release in RELEASES.values()]
    assert len(every[TOGETHER]) == sum(sizes)


def test_the_waterfall_ends_at_the_models_net(found, tmp_path):
    steps = waterfall_steps(found)
    assert sum(amount for _, amount, level in steps if not level) == pytest.approx(steps[-1][1])
    assert steps[-1][1] == pytest.approx(found.value("employee_jobs", NET))
    assert draw_impact(found, tmp_path / "x.png").stat().st_size > 10_000


def test_nothing_in_the_picture_leaves_its_frame(found):
    """Bars, markers and intervals end inside; an interval too wide for the bars ends in an arrow."""
    net = (found.table["row"] == NET) & (found.table["measure"] == "employee_jobs")
    size = float(found.table.loc[net, "mean"].abs().max()) + 10.0
    for width in (0.1 * size, 50.0 * size):
        spread = found.table.assign(
            low=found.table["mean"] - width, high=found.table["mean"] + width
        )
        axes = Figure().subplots()
        draw_years(axes, replace(found, table=spread, seeds=[1, 2]))
        low, high = axes.get_ylim()
        room = 0.02 * (high - low)
        for patch in axes.patches:
            y = np.array([patch.get_y(), patch.get_y() + patch.get_height()])
            assert low + room < y.min()
            assert y.max() < high - room
        for line in axes.lines:
            y = np.asarray(line.get_ydata(), float)
            assert not len(y) or (low + room < y.min() and y.max() < high - room)
        for bars in axes.collections:
            for segment in bars.get_segments():
                assert low + room < segment[:, 1].min()
                assert segment[:, 1].max() < high - room
        arrows = [line.get_marker() for line in axes.lines if len(line.get_ydata())]
        assert ("^" in arrows) == (width > size)


# --- What is written --------------------------------------------------------------------------------


def test_the_export_has_the_tables_jobs(found, tmp_path):
    files = {path.name for path in found.to_csv(tmp_path / "out")}
    assert {
        "impact.csv",
        "impact_by_year.csv",
        "input_output.csv",
        "gap.csv",
        "bartik.csv",
    } <= files
    written = (tmp_path / "out" / "bartik.csv").read_text()
    head = [line for line in written.splitlines() if line.startswith("#")]
    assert all(any(f"# {name}: " in line for line in head) for name in BARTIK)
    export = pd.read_csv(tmp_path / "out" / "bartik.csv", comment="#")
    assert export["year"].tolist() == found.years
    for line in export.to_dict("records"):
        direct = found.value("employee_jobs", DIRECT, period=line["year"])
        assert line["direct_jobs"] == pytest.approx(direct)
        assert line["net_jobs"] == pytest.approx(
            found.value("employee_jobs", NET, period=line["year"])
        )
    assert export["incentives"].iloc[-1] > 0.0
    assert "direct" in found._repr_html_()


def test_the_command(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(impact_job, "processes", lambda runs: 1)
    words = ["impact", "plan", *WORDS, "--channels", "none", "--by-year"]
    done = CliRunner().invoke(app, [*words, "--out", "a"])
    assert done.exit_code == 0, done.output
    assert "3 runs, 3 a seed" in done.stderr
    for word in ("direct: the plant", "total, Type II", "2024", "Displacement"):
        assert word in done.stdout
    assert (Path("a") / "impact.png").is_file()
    done = CliRunner().invoke(
        app, [*words, "--seeds", "2", "--out", "b", "--no-io", "--json", "--quiet"]
    )
    results = json.loads(done.stdout)["results"]
    assert results["input_output"] == []
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--channels", "suplier"], ["--channels", "suplier", "supplier"]),
        (["--against", "plant"], ["against", "plant"]),
        (["--release", "--no-io"], ["--release", "--io"]),
        (["--seeds", "0"], ["--seeds", "0"]),
    ],
)
def test_bad_input_of_the_command(words, named, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["impact", "plan", *WORDS, *words])
    assert done.exit_code == 2
    assert all(word in done.stderr for word in named)
    assert list(tmp_path.iterdir()) == []
