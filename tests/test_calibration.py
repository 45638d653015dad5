"""Calibrations of the real model, on the made-up valley: files, waves, resume, failures, posterior."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from calibrations import TAX, UNEMPLOYMENT, WAGE, changed, small_calibration, write_record
from typer.testing import CliRunner

from experiments import sweep
from experiments.calibration import Calibration, TooFewRunsError
from experiments.calibration_cli import READY
from experiments.calibration_results import predictions
from experiments.calibration_targets import read_targets, statistics
from experiments.cli import app
from experiments.posterior import learned, read_posterior
from experiments.simulate import simulate
from experiments.study import Study
from model import InputError

ROOT = Path(__file__).resolve().parent.parent


def ornok(*words):
    return CliRunner().invoke(app, ["calibrate", *map(str, words)])


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A calibration that has run to its end, and what it has found."""
    calibration = small_calibration(tmp_path_factory.mktemp("calibration"))
    return calibration, calibration.run(workers=0)


# --- The file and the table -------------------------------------------------------------------------

BAD_FILES = [
    ('world = "plant"', 'world = "plnt"', ["world", "plnt", "'plant'"]),
    ('pack = "valley"', 'pack = "valey"', ["pack", "valey", "'valley'"]),
    ("horizon = 6", "", ["horizon", "is missing"]),
    ("replications = 2", "replications = 1", ["replications", "1", "at least 2"]),
    ('title = "Small"', 'titel = "Small"', ["titel", "did you mean 'title'"]),
    ("vat_rate =", "vat_rte =", ["parameters.vat_rte", "'vat_rate'"]),
    ("vat_rate =", "scale =", ["parameters.scale", "no parameter that can vary"]),
    ("vat_rate =", "migration =", ["parameters.migration", "no number"]),
    ("low = 0.05", "low = 0.5", ["vat_rate", "high must be above low"]),
    ("low = 0.05", "low = -1.0", ["vat_rate", "-1.0", "0 to 0.5"]),
    ("low = 0.05", "lo = 0.05", ["parameters.vat_rate.lo", "unknown key", "'low'"]),
    ("low = 0.02", "low = 0.0", ["own_account_entry.low", "above 0"]),
    ("burn_in = 2", "vat_rate = 0.1", ["settings.vat_rate", "learned already"]),
    ("burn_in = 2", "horizon = 2", ["settings.horizon", "top of the file"]),
    ("points = [8, 4]", "points = []", ["waves.points", "at least 1"]),
    ("points = [8, 4]", "points = [5, 4]", ["waves.points", "5", "at least 6"]),
    ("points = [8, 4]", "points = [8, 4]\ncutof = 2.0", ["waves.cutof", "'cutoff'"]),
    ("points = [8, 4]", "points = [8, 4]\ncutoff = 0.0", ["waves.cutoff", "0.0", "more than 0"]),
    ("check = 3", "check = 60", ["posterior.check", "60", "2 to 50"]),
    ("replications = 2", "replications = 2\nbudget = 29", ["30 runs", "budget", "29", "at least 30"]),
    ('targets = "targets.csv"', 'targets = "none.csv"', ["none.csv", "cannot be read"]),
    ("[settings]", "[settings", ["is not TOML"]),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "named"), BAD_FILES, ids=[new for _, new, _ in BAD_FILES])
def test_a_bad_file_is_named_and_nothing_is_written(old, new, named, tmp_path):
    small_calibration(tmp_path)
    text = (tmp_path / "calibration.toml").read_text()
    assert old in text
    (tmp_path / "calibration.toml").write_text(text.replace(old, new, 1))
    done = ornok("run", tmp_path)
    assert (done.exit_code, done.stdout) == (2, ""), done.output
    assert done.stderr.startswith(f"ornok: {tmp_path}")
    for word in named:
        assert word in done.stderr, done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["calibration.toml", "targets.csv"]


BAD_ROWS = [
    ({"outcome": "tax_revenu"}, ["outcome", "tax_revenu", "'tax_revenue'"]),
    ({"outcome": ""}, ["outcome", "is empty"]),
    ({"outcome": "gdp tax_revenue"}, ["outcome", "not readable", "+ or -"]),
    ({"over": "gpd"}, ["over", "'gdp'"]),
    ({"statistic": "median"}, ["statistic", "sum, mean"]),
    ({"use": "fitt"}, ["use", "fit, check", "'fit'"]),
    ({"grade": "good"}, ["grade", "measured"]),
    ({"value": "x"}, ["value", "must be a number"]),
    ({"record_sd": -1}, ["record_sd", "0 or more"]),
    ({"record_sd": 0}, ["record_sd", "both errors are 0"]),
    ({"times": 0}, ["times", "above 0"]),
    ({"from": "2022-12"}, ["from", "2022-12", "2023-01 to 2023-06"]),
    ({"to": "2023-07"}, ["to", "2023-07", "2023-01 to 2023-06"]),
    ({"from": "2023-03", "to": "2023-02"}, ["to", "before from"]),
    ({"name": ""}, ["name", "is empty"]),
]


@pytest.mark.parametrize(("wrong", "named"), BAD_ROWS, ids=[str(wrong) for wrong, _ in BAD_ROWS])
def test_a_bad_row_of_the_record_is_named(wrong, named, tmp_path):
    path = tmp_path / "targets.csv"
    write_record(path, [UNEMPLOYMENT, {**TAX, **wrong}])
    with pytest.raises(InputError) as refused:
        read_targets(path, 6)
    for word in [f"{path}, row 3", *named]:
        assert word in str(refused.value)


def test_a_record_that_cannot_be_used(tmp_path):
    path = tmp_path / "targets.csv"
    write_record(path, [TAX, TAX])
    with pytest.raises(InputError, match="named twice"):
        read_targets(path, 6)
    write_record(path, [WAGE])
    with pytest.raises(InputError, match="nothing to fit"):
        read_targets(path, 6)
    write_record(path, [])
    with pytest.raises(InputError, match="no rows"):
        read_targets(path, 6)
    path.write_text("name,use\na,fit\n")
    with pytest.raises(InputError, match=r"outcome.*is no column"):
        read_targets(path, 6)


def test_statistics_are_what_one_computes_by_hand(tmp_path):
    path = tmp_path / "targets.csv"
    births = {
        **TAX,
        "name": "births",
        "outcome": "firm_entries - firm_exits",
        "over": "firms",
        "times": 12,
    }
    total = {**TAX, "name": "total", "outcome": "hires", "over": "", "statistic": "sum", "from": "2023-03", "to": "2023-04"}  # fmt: skip
    nothing = {**TAX, "name": "nothing", "outcome": "cars_made", "over": "cars_exported"}
    write_record(path, [births, total, nothing])
    rng = np.random.default_rng(1)
    names = ["firm_entries", "firm_exits", "firms", "hires", "cars_made"]
    months = pd.DataFrame(
        [{"point": p, "seed": s, "period": t, "cars_exported": 0.0} for p in (1, 2) for s in (1, 2) for t in range(6)]
    )  # fmt: skip
    months[names] = rng.random((24, 5))
    found = statistics(read_targets(path, 6), months)
    assert list(found.index) == [(1, 1), (1, 2), (2, 1), (2, 2)]
    one = months[(months["point"] == 2) & (months["seed"] == 1)]
    net = one["firm_entries"].mean() - one["firm_exits"].mean()
    assert found.loc[(2, 1), "births"] == pytest.approx(12 * net / one["firms"].mean())
    assert found.loc[(2, 1), "total"] == pytest.approx(one["hires"].iloc[2:4].sum())
    assert found["nothing"].isna().all()


# --- Running ----------------------------------------------------------------------------------------


def test_what_is_learned_agrees_with_the_record(finished):
    calibration, ending = finished
    table = learned(ending.posterior, calibration.priors).set_index("parameter")
    assert list(table.index) == ["vat_rate", "own_account_entry"]
    assert (table["width"] < 0.6).all()
    shown = predictions(calibration, ending).set_index("target")
    assert (shown.loc[["tax", "unemployment"], "distance"].abs() < 2.0).all()
    assert shown.loc["wage", "use"] == "check"
    # The pack's own values are the first point, and their runs are what `simulate` gives.
    own = simulate("plant", pack="valley", seed=1, horizon=6, settings={"burn_in": 2}).monthly
    first = ending.waves[0].statistics.loc[(1, 1)]
    assert first["wage"] == pytest.approx(own["mean_wage"].mean(), rel=1e-12)
    assert first["tax"] == pytest.approx(own["tax_revenue"].mean() / own["gdp"].mean(), rel=1e-12)


def test_waves_are_ordinary_studies_whose_points_are_plausible(finished):
    calibration, ending = finished
    study = Study.load(calibration.folder / "wave-2")
    assert study.status().done == 8
    assert study.plan.design.kind == "list"
    assert ending.match.plausible(ending.waves[1].shares, waves=1).all()
    assert 0.0 < ending.plausible[1] <= ending.plausible[0] < 1.0
    assert [len(wave.shares) for wave in ending.waves] == [8, 4]


def test_running_again_runs_nothing_and_finds_the_same(finished, monkeypatch):
    calibration, ending = finished
    monkeypatch.setattr(sweep, "run_setup", None)
    again = Calibration.load(calibration.folder / "calibration.toml").run(workers=0)
    pd.testing.assert_frame_equal(again.posterior.points, ending.posterior.points)
    assert again.plausible == ending.plausible
    pd.testing.assert_frame_equal(calibration.ending().posterior.points, ending.posterior.points)
    assert not (calibration.folder / "posterior-2").exists()


def test_an_interrupted_calibration_goes_on_to_the_same_end(finished, tmp_path, monkeypatch):
    calibration = small_calibration(tmp_path)
    left, plain = iter(range(19)), sweep.run_setup  # three runs into the second wave

    def stops(setup):
        if next(left, None) is None:
            raise KeyboardInterrupt
        return plain(setup)

    with monkeypatch.context() as patch:
        patch.setattr(sweep, "run_setup", stops)
        with pytest.raises(KeyboardInterrupt):
            calibration.run(workers=0)
    now = calibration.status()
    assert (now["wave-1"].done, now["wave-2"].left > 0) == (16, True)
    with pytest.raises(InputError, match=r"has no|yet"):
        calibration.ending()
    ending = calibration.run(workers=0)
    pd.testing.assert_frame_equal(ending.posterior.points, finished[1].posterior.points)


def test_failed_runs_are_recorded_and_the_others_go_on(tmp_path, monkeypatch):
    calibration, plain = small_calibration(tmp_path), sweep.run_setup

    def fails(setup):
        if setup.params.vat_rate > 0.17:
            raise ArithmeticError("taxed to death")
        return plain(setup)

    monkeypatch.setattr(sweep, "run_setup", fails)
    ending = calibration.run(workers=0)
    assert ending.waves[0].failed == 4  # a quarter of eight points, two seeds
    assert ending.posterior is not None
    assert ending.posterior.facts["failed"] >= 4
    done = ornok("report", tmp_path)
    assert done.exit_code == 0, done.output
    assert "taxed to death" in (tmp_path / "report" / "report.html").read_text()
    assert len(pd.read_csv(tmp_path / "report" / "failures.csv")) >= 4
    done = ornok("run", tmp_path)
    assert "runs failed" in done.stderr
    assert "--retry-failed" in done.stderr


def test_too_many_failures_end_it_with_a_message(tmp_path, monkeypatch):
    calibration, plain = small_calibration(tmp_path), sweep.run_setup

    def fails(setup):
        if setup.params.vat_rate > 0.10:
            raise ArithmeticError("taxed to death")
        return plain(setup)

    monkeypatch.setattr(sweep, "run_setup", fails)
    with pytest.raises(TooFewRunsError, match=r"of 8 points.*'tax'.*failures"):
        calibration.run(workers=0)


def test_a_record_that_no_values_give(tmp_path):
    calibration = small_calibration(tmp_path, [{**TAX, "value": 0.9}, UNEMPLOYMENT])
    ending = calibration.run(workers=0)
    assert ending.posterior is None
    assert ending.plausible == (0.0,)  # no second wave
    assert not (tmp_path / "posterior").exists()
    done = ornok("run", tmp_path)
    assert done.exit_code == 0
    assert "No values within the priors give the record" in done.stdout
    assert "tax (" in done.stdout
    done = ornok("report", tmp_path)
    assert done.exit_code == 0, done.output
    assert "Nothing is left of the prior" in (tmp_path / "report" / "report.html").read_text()


def test_another_record_makes_another_posterior_of_the_same_runs(finished, tmp_path, monkeypatch):
    shutil.copytree(finished[0].folder, tmp_path, dirs_exist_ok=True)
    first = finished[1]
    write_record(tmp_path / "targets.csv", [{**TAX, "record_sd": 0.01}, UNEMPLOYMENT])
    with pytest.raises(InputError, match="no posterior of these runs and targets"):
        Calibration.load(tmp_path).ending()
    runs = []
    plain = sweep.run_setup
    monkeypatch.setattr(sweep, "run_setup", lambda setup: runs.append(setup) or plain(setup))
    second = Calibration.load(tmp_path).run(workers=0)
    assert len(runs) <= 6  # the check alone: the waves are used again
    assert (tmp_path / "posterior-2" / "posterior.parquet").exists()
    kept = read_posterior(tmp_path / "posterior" / "posterior.parquet")
    pd.testing.assert_frame_equal(kept.points, first.posterior.points)
    assert second.posterior.facts["inputs"] != first.posterior.facts["inputs"]


def test_runs_of_another_question_are_never_mixed_in(finished, tmp_path):
    shutil.copytree(finished[0].folder, tmp_path, dirs_exist_ok=True)
    for old, new in (("horizon = 6", "horizon = 7"), ("low = 0.05", "low = 0.06"), ("[8, 4]", "[9, 4]")):  # fmt: skip
        other = changed(tmp_path, old, new)
        with pytest.raises(InputError, match=r"wave-1.*another calibration\.toml.*Nothing was"):
            other.run(workers=0)
        changed(tmp_path, new, old)
    changed(tmp_path, "[8, 4]", "[8, 4, 2]")  # a further wave goes on from the others
    more = Calibration.load(tmp_path).run(workers=0)
    assert len(more.waves) == 3


# --- The posterior as the uncertainty of a study ----------------------------------------------------

STUDY = """
title = "After the record"
worlds = ["plant"]
pack = "valley"
horizon = 2
[settings]
burn_in = 1
{levers}
[design]
kind = "posterior"
file = "posterior.parquet"
{options}
[keep]
outcomes = ["employee_jobs"]
"""


def study_with(folder, posterior, options="size = 8", levers=""):
    folder.mkdir(exist_ok=True)
    posterior.write(folder / "posterior.parquet")
    (folder / "study.toml").write_text(STUDY.format(options=options, levers=levers))
    return folder


def test_a_study_draws_its_points_from_the_posterior(finished, tmp_path):
    after = finished[1].posterior
    study = Study.load(study_with(tmp_path, after, "size = 8\nseed = 3"))
    points = study.design
    assert list(points.columns) == ["point", "vat_rate", "own_account_entry"]
    known = set(after.points[["vat_rate", "own_account_entry"]].itertuples(index=False, name=None))
    assert all(tuple(row[1:]) in known for row in points.itertuples(index=False, name=None))
    pd.testing.assert_frame_equal(points, Study.load(tmp_path).design)
    other = Study.load(study_with(tmp_path, after, "size = 8\nseed = 4")).design
    assert not other.equals(points)
    assert Study.load(tmp_path).run(workers=0).done == 8


def test_a_heavy_point_is_run_once_and_counts_twice(finished, tmp_path):
    after = finished[1].posterior
    heavy = after.points.assign(weight=np.where(after.points.index == 0, 1.0, 0.0))
    heavy.loc[1, "weight"] = 0.34
    from experiments.posterior import Posterior

    study = Study.load(study_with(tmp_path, Posterior(heavy, {}), "size = 4"))
    assert study.design["vat_rate"].tolist() == [heavy.loc[0, "vat_rate"]] * 3 + [heavy.loc[1, "vat_rate"]]  # fmt: skip
    assert study.run(workers=0).total == 2
    months = study.monthly()
    assert len(months) == 4 * 2
    assert months.groupby("point")["employee_jobs"].mean().nunique() <= 2


def test_levers_meet_every_draw(finished, tmp_path):
    levers = "[levers]\nloan_rate = { values = [0.1, 0.2] }"
    folder = study_with(tmp_path, finished[1].posterior, "size = 5\ncross_levers = true", levers)
    design = Study.load(folder).design
    assert len(design) == 10
    assert design["loan_rate"].tolist() == [0.1] * 5 + [0.2] * 5
    half = design["vat_rate"].tolist()
    assert half[:5] == half[5:]


BAD_DESIGNS = [
    ("", "", ["design.size", "is missing"]),
    ("size = 3\nlevels = 4", "", ["design.levels", "no option", "morris"]),
    ("size = 3\ncross_levers = true", "", ["design.cross_levers", "True", "with levers"]),
    ("size = 3", "[levers]\nloan_rate = { values = [0.1] }", ["design.cross_levers", "False"]),
    (
        "size = 3\ncross_levers = true",
        "[levers]\nvat_rate = { values = [0.1] }",
        ["levers.vat_rate", "varies in the posterior"],
    ),
    ("size = 3", "[uncertainties]\nloan_rate = {}", ["loan_rate", "no column"]),
    ("size = 3", "[uncertainties]\nvat_rate = { low = 0.3, high = 0.4 }", ["vat_rate", "0.3 to 0.4"]),
]  # fmt: skip


@pytest.mark.parametrize(("options", "levers", "named"), BAD_DESIGNS)
def test_a_bad_posterior_design_is_named(options, levers, named, finished, tmp_path):
    folder = study_with(tmp_path, finished[1].posterior, options, levers)
    with pytest.raises(InputError) as refused:
        Study.load(folder)
    for word in named:
        assert word in str(refused.value)


def test_a_posterior_of_unknown_parameters_is_refused(tmp_path):
    from experiments.posterior import Posterior

    wrong = Posterior(pd.DataFrame({"vat_rte": [0.1], "weight": [1.0]}), {})
    with pytest.raises(InputError, match=r"posterior\.parquet.*vat_rte.*vat_rate"):
        Study.load(study_with(tmp_path, wrong))
    twice = Posterior(pd.DataFrame({"vat_rate": [0.1, 0.1], "weight": [0.5, 0.5]}), {})
    with pytest.raises(InputError, match="twice"):
        Study.load(study_with(tmp_path, twice))


# --- The command ------------------------------------------------------------------------------------


def test_the_command_says_what_python_says(finished):
    calibration, ending = finished
    done = ornok("run", calibration.folder, "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["plausible"] == list(ending.plausible)
    assert [row["parameter"] for row in told["posterior"]["parameters"]] == ["vat_rate", "own_account_entry"]  # fmt: skip
    assert [row["target"] for row in told["posterior"]["targets"]] == [
        "tax",
        "unemployment",
        "wage",
    ]
    words = ornok("run", calibration.folder).stdout
    assert "vat_rate" in words
    assert "Held out" in words
    assert "…" not in words  # nothing is cut on a narrow screen
    status = json.loads(ornok("status", calibration.folder, "--json").stdout)
    assert [one["done"] for one in status.values()] == [16, 8, 6]
    assert "16 of 16 runs done" in ornok("status", calibration.folder).stdout


def test_check_says_how_much_and_writes_nothing(tmp_path):
    small_calibration(tmp_path)
    told = json.loads(ornok("check", tmp_path, "--json").stdout)
    assert (told["runs"], told["left"], told["held_out"]) == (30, 30, ["wage"])
    assert told["seconds_a_run"] > 0
    assert "30 (2 seeds)" in ornok("check", tmp_path).stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["calibration.toml", "targets.csv"]


def test_a_report_holds_all_it_shows(finished, tmp_path):
    calibration, _ = finished
    done = ornok("report", calibration.folder, "--out", tmp_path / "page")
    assert done.exit_code == 0, done.output
    page = (tmp_path / "page" / "report.html").read_text()
    assert "http" not in page.replace("http://www.w3.org", "")
    for words in (
        "Held out",
        "prior (grey line)",
        "No run failed",
        "made up",
        'kind = "posterior"',
    ):
        assert words in page
    for name in ("learned", "predictions", "waves", "emulators", "correlations"):
        assert len(pd.read_csv(tmp_path / "page" / f"{name}.csv"))
    again = ornok("report", calibration.folder, "--out", tmp_path / "page")
    assert again.exit_code == 2
    assert "nothing is overwritten" in again.stderr


def test_folders_without_a_calibration_and_unfinished_ones(tmp_path):
    assert "no folder" in ornok("run", tmp_path / "nowhere").stderr
    assert "cannot be read" in ornok("status", tmp_path).stderr
    small_calibration(tmp_path)
    done = ornok("report", tmp_path)
    assert done.exit_code == 2
    assert "wave 1 yet" in done.stderr
    assert "none yet" in ornok("status", tmp_path).stdout
    assert ornok("run", tmp_path, "--workers", "0").exit_code == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["calibration.toml", "targets.csv"]


def test_the_ready_calibration_is_sound_and_copied_whole(tmp_path):
    done = ornok("copy", tmp_path / "own")
    assert done.exit_code == 0, done.output
    assert sorted(path.name for path in (tmp_path / "own").iterdir()) == sorted(
        path.name for path in READY.iterdir()
    )
    calibration = Calibration.load(tmp_path / "own")
    assert calibration.file.most_runs <= 150
    assert any(target.use == "check" for target in calibration.targets)
    for target in calibration.targets:  # no number without its source and reasons
        assert target.source
        assert target.why_record_sd
        assert target.why_model_sd
    assert all(prior.why for prior in calibration.priors)
    assert all(0.0 < prior.share(prior.own) < 1.0 for prior in calibration.priors)
    again = ornok("copy", tmp_path / "own")
    assert again.exit_code == 2
    assert "nothing is overwritten" in again.stderr


def test_help_loads_nothing_heavy():
    code = (
        "import sys, experiments.cli as c; from typer.testing import CliRunner as R; "
        "assert R().invoke(c.app, ['calibrate', '--help']).exit_code == 0; "
        "print(*sorted({'numpy', 'pandas', 'sklearn', 'duckdb', 'pyarrow'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


# --- Recovery ---------------------------------------------------------------------------------------


@pytest.mark.evidence
def test_values_that_made_a_record_are_found_again(tmp_path):
    """Six planted pairs of values: the record is one run with them, at a seed the waves do not use."""
    rng, covered, widths = np.random.default_rng(1), [], []
    for repetition in range(6):
        planted = {
            "vat_rate": 0.05 + 0.15 * rng.random(),
            "own_account_entry": float(np.exp(np.log(0.02) + np.log(20.0) * rng.random())),
        }
        run = simulate(
            "plant",
            pack="valley",
            seed=100 + repetition,
            horizon=6,
            settings={"burn_in": 2, **planted},
        ).monthly
        record = [
            {**TAX, "value": run["tax_revenue"].mean() / run["gdp"].mean()},
            {**UNEMPLOYMENT, "value": run["unemployment_rate"].mean()},
        ]
        calibration = small_calibration(tmp_path / str(repetition), record)
        ending = changed(calibration.folder, "[8, 4]", "[12, 8]").run(workers=0)
        for row in learned(ending.posterior, calibration.priors).to_dict("records"):
            covered.append(row["low"] <= planted[row["parameter"]] <= row["high"])
            widths.append(row["width"])
    print(f"{sum(covered)} of 12 within the 90 % interval; widths {np.round(widths, 2)}")
    assert sum(covered) >= 9  # 12 times 0.9; fewer than 9 by chance once in forty
    assert max(widths) < 0.7
