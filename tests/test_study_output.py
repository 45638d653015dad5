import json
import re
import shlex
import tarfile
from dataclasses import replace
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from runs import small, small_pairs
from studies import changed, small_study
from typer.testing import CliRunner

from experiments import study_plan
from experiments.cli import app
from experiments.effects import effect_of
from experiments.intervals import (
    RESAMPLES,
    bootstrap_interval,
    interval_table,
    seeds_needed,
    t_interval,
)
from experiments.provenance import versions
from experiments.study import Study
from experiments.study_idle import idle_parameters
from experiments.study_tables import Tables
from experiments.study_words import methods as write_methods
from model import InputError

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "studies.md").read_text(encoding="utf-8")


def ornok(*words):
    done = CliRunner().invoke(app, ["study", *map(str, words)])
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    study = small_study(tmp_path_factory.mktemp("study"), seeds=3)
    study.run(workers=0)
    return study


# --- Intervals --------------------------------------------------------------------------------------


def test_bootstrap_is_the_percentile_of_resampled_means():
    values = np.random.default_rng(1).normal(3.0, 1.0, (40, 2))
    low, high = bootstrap_interval(values)
    _, t_low, t_high = t_interval(values)
    np.testing.assert_allclose([low, high], [t_low, t_high], atol=0.1)
    assert np.array_equal(bootstrap_interval(values), [low, high])
    assert np.isnan(bootstrap_interval(values[:1])).all()


@pytest.mark.parametrize("spread", [0.0, 0.3, 1.0, 20.0])
def test_seeds_needed_is_the_least_that_suffices(spread):
    from scipy.stats import t

    n = int(seeds_needed(spread, 0.5))
    assert t.ppf(0.975, n - 1) * spread / np.sqrt(n) <= 0.5
    assert n == 2 or t.ppf(0.975, n - 2) * spread / np.sqrt(n - 1) > 0.5


def test_seeds_needed_at_its_ends():
    assert seeds_needed(1e9, 1.0) == np.inf
    assert np.isnan(seeds_needed(float("nan"), 1.0))
    with pytest.raises(ValueError, match="half width"):
        seeds_needed(1.0, 0.0)


def test_groups_with_missing_seeds_have_their_own_number():
    values = pd.DataFrame(
        {"point": [1, 1, 1, 2, 2, 3], "seed": [1, 2, 3, 1, 3, 2], "value": [1.0, 2, 3, 5, 7, 9]}
    )
    table = interval_table(values, ["point"], half_width=1.0)
    assert table["n"].tolist() == [3, 2, 1]
    assert table["mean"].tolist() == [2.0, 6.0, 9.0]
    assert table["low"].isna().tolist() == [False, False, True]
    assert table["seeds_needed"].isna().tolist() == [False, False, True]


# --- Effects ----------------------------------------------------------------------------------------


def test_effects_of_a_study_are_those_of_paired_runs(study):
    rows = study.monthly(["gdp"], first="2023-02")
    wide = rows[rows["vat_rate"] == 0.14].pivot(
        index=["seed", "period"], columns="world", values="gdp"
    )
    change = (wide["plant"] - wide["none"]).groupby("seed").mean()
    table = study.effects(["gdp"], first="2023-02", half_width=1e4)
    row = table[table["vat_rate"] == 0.14].iloc[0]
    mean, low, high = t_interval(change.to_numpy())
    np.testing.assert_allclose([row["mean"], row["low"], row["high"]], [mean, low, high])
    assert (row["n"], row["unit"], row["world"]) == (3, "KGS/month", "plant")
    assert row["seeds_needed"] == seeds_needed(change.std(), 1e4)


@pytest.mark.parametrize(
    ("by", "column", "rows"),
    [("month", "period", 3), ("year", "year", 1), ("region", "region", 3), ("sector", "sector", 1)],
)
def test_effects_by(study, by, column, rows):
    table = study.effects(by=by)
    outcome = {"sector": "jobs", "region": "value_added"}.get(by, "gdp")
    one = table[(table["point"] == 1) & (table["outcome"] == outcome)]
    assert len(one) == rows
    assert one[column].is_unique
    if by == "sector":
        assert one["sector"].tolist() == ["trade"]
    if by == "region":  # regions add up to the country
        whole = study.effects(["value_added"])["mean"].iloc[0]
        np.testing.assert_allclose(one["mean"].sum(), whole, rtol=1e-6)


def test_effects_of_runs_in_memory_by_all_groups():
    effect = effect_of(small_pairs())
    table = effect.table(["employee_jobs"], half_width=3.0)
    by_hand = [
        (
            small("plant", s).monthly["employee_jobs"] - small("none", s).monthly["employee_jobs"]
        ).mean()
        for s in (1, 2)
    ]
    np.testing.assert_allclose(table["mean"].iloc[0], np.mean(by_hand))
    months = effect.table(["employee_jobs"], by="month")
    np.testing.assert_allclose(months["mean"], effect.mean["employee_jobs"])
    np.testing.assert_allclose(months["low"], effect.low["employee_jobs"])
    assert set(effect.table(by="year")["year"]) == {2023, 2024}
    assert set(effect.table(by="sector")["outcome"]) == {"jobs", "value_added"}
    regions = effect.table(["employee_jobs"], by="region")
    np.testing.assert_allclose(regions["mean"].sum(), np.mean(by_hand), rtol=1e-6)
    for bad in ({"by": "moon"}, {"outcomes": ["jbs"]}, {"first": "2050-01"}):
        with pytest.raises(InputError):
            effect.table(**bad)


def test_a_pair_with_a_failed_run_is_left_out_and_no_control_is_an_error(study, tmp_path):
    some = small_study(tmp_path, seeds=3)
    some.run(workers=0)
    more = changed(tmp_path, "replications = 3", "replications = 4")
    table = more.effects(["gdp"])  # seed 4 has not run
    assert table["n"].tolist() == [3, 3]
    alone = changed(tmp_path, 'against = "none"\n', "")
    assert len(alone.monthly()) == 2 * 3 * 3
    with pytest.raises(InputError, match="against"):
        alone.effects()


# --- Export -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["csv", "parquet"])
def test_an_export_is_the_monthly_table_bit_for_bit(study, tmp_path, end):
    path = tmp_path / f"all.{end}"
    ornok("export", study.folder, "--out", path)
    read = pd.read_csv(path, parse_dates=["date"]) if end == "csv" else pd.read_parquet(path)
    expected = study.monthly()
    assert list(read.columns) == list(expected.columns)
    for name in expected.columns:
        assert (read[name].to_numpy() == expected[name].to_numpy()).all(), name
    done = CliRunner().invoke(app, ["study", "export", str(study.folder), "--out", str(path)])
    assert done.exit_code == 2
    assert "nothing is overwritten" in done.stderr


def test_parts_of_an_export(study, tmp_path):
    words = [
        "--outcomes",
        "gdp,tax_revenue",
        "--worlds",
        "plant",
        "--from",
        "2023-02",
        "--to",
        "2023-02",
    ]
    ornok("export", study.folder, *words, "--out", tmp_path / "a.csv")
    table = pd.read_csv(tmp_path / "a.csv")
    assert list(table.columns)[-2:] == ["gdp", "tax_revenue"]
    assert (len(table), set(table["world"]), set(table["period"])) == (6, {"plant"}, {1})
    ornok("export", study.folder, "--regions", "--out", tmp_path / "b.csv")
    regions = pd.read_csv(tmp_path / "b.csv")
    assert len(regions) == 12 * 3 * 3
    assert "gdp" not in regions.columns  # not known by region
    ornok("export", study.folder, "--summary", "--out", tmp_path / "c.csv")
    summary = pd.read_csv(tmp_path / "c.csv")
    assert len(summary) == 2 * 2 * 5
    rows = study.monthly(["gdp"])
    mean = rows[(rows["point"] == 2) & (rows["world"] == "none")]["gdp"].mean()
    one = summary[(summary["point"] == 2) & (summary["world"] == "none")]
    assert one.set_index("outcome")["mean"]["gdp"] == pytest.approx(mean)
    assert "Written to" in ornok("export", study.folder, "--effects", "month")
    assert (study.folder / "exports" / "effects-by-month.csv").exists()
    ornok("export", study.folder, "--effects", "month")
    assert (study.folder / "exports" / "effects-by-month-2.csv").exists()


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--outcomes", "gdpp"], ["outcomes", "gdpp", "'gdp'"]),
        (["--worlds", "plnt"], ["worlds", "plnt", "'plant'"]),
        (["--from", "2030-01"], ["from", "2030-01"]),
        (["--from", "2023-03", "--to", "2023-01"], ["to", "2023-01"]),
        (["--effects", "moon"], ["by", "moon", "region"]),
        (["--effects", "year", "--summary"], ["--summary", "one of them"]),
        (["--half-width", "3"], ["--half-width", "--effects"]),
        (["--out", "a.xlsx"], ["--out", "a.xlsx", ".parquet"]),
        (["--ema", "--out", "a.csv"], ["--out", ".tar.gz"]),
    ],
)
def test_a_bad_export_is_named_and_nothing_is_written(study, words, named, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = sorted(study.folder.rglob("*"))
    done = CliRunner().invoke(app, ["study", "export", str(study.folder), *words])
    assert (done.exit_code, done.stdout) == (2, "")
    for word in named:
        assert word in done.stderr
    assert sorted(study.folder.rglob("*")) == before
    assert list(tmp_path.iterdir()) == []


def test_the_ema_archive_has_experiments_and_time_series(study, tmp_path):
    path = tmp_path / "ema.tar.gz"
    ornok("export", study.folder, "--ema", "--out", path)
    with tarfile.open(path) as archive:
        read = {name: archive.extractfile(name) for name in archive.getnames()}
        metadata = json.load(read["metadata.json"])
        experiments = pd.read_csv(read["experiments.csv"])
        series = pd.read_csv(read["gdp.csv"])
    assert list(experiments.columns) == ["vat_rate", "seed", "scenario", "policy", "model"]
    assert ["TimeSeriesOutcome", "gdp", "gdp.csv"] in metadata["outcomes"]
    assert list(series.columns) == ["2023-01", "2023-02", "2023-03"]
    rows = study.monthly(["gdp"])
    for number, line in experiments.iterrows():
        same = (rows["vat_rate"] == line["vat_rate"]) & (rows["seed"] == line["seed"])
        run = rows[same & (rows["world"] == line["model"])]
        assert series.iloc[number].tolist() == run["gdp"].tolist()
    # What went out comes in again as a list.
    experiments.to_csv(tmp_path / "points.csv")
    again = small_study(tmp_path / "again")
    again = changed(again.folder, 'kind = "grid"', 'kind = "list"\nfile = "../points.csv"')
    assert again.plan.design.points == study.plan.design.points
    assert again.plan.design.roles == ("lever",)


# --- Report -----------------------------------------------------------------------------------------


class Page(HTMLParser):
    """Everything that a browser would fetch, and the text."""

    def __init__(self):
        super().__init__()
        self.links, self.words, self.fetched = [], [], []

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag == "a":
            self.links.append(found["href"])
        elif tag in ("link", "script", "iframe", "img", "object", "embed"):
            self.fetched.append(tag)
        for name in ("src", "href", "xlink:href"):
            value = found.get(name, "#")
            if tag != "a" and not value.startswith("#"):
                self.fetched.append(value)

    def handle_data(self, data):
        self.words.append(data)


def test_a_report_holds_all_it_shows(study, tmp_path):
    folder = tmp_path / "page"
    ornok("report", study.folder, "--out", folder)
    text = (folder / "report.html").read_text(encoding="utf-8")
    page = Page()
    page.feed(text)
    assert page.fetched == []
    assert "@import" not in text
    assert not re.findall(r"url\((?!#)", text)
    for link in page.links:
        assert (folder / link).is_file(), link
    words = " ".join(page.words)
    made_by = study.status()
    for fact in (
        made_by.code, made_by.pack_hash, "Small", "3 seeds (1 to 3)", "12 runs in all", "vat_rate",
        "No run failed", "How to cite", "@misc", "real value", "numpy", 'kind = "grid"',
    ):  # fmt: skip
        if fact != "real value":
            assert fact in words, fact
    assert text.count("<svg") >= 3
    assert text.count("<table") >= 5
    effects = pd.read_csv(folder / "effects.csv")
    assert set(effects["outcome"]) == set(study.plan.kit.keep.outcomes)
    done = CliRunner().invoke(app, ["study", "report", str(study.folder), "--out", str(folder)])
    assert done.exit_code == 2
    assert "not empty" in done.stderr


def test_a_report_comes_with_words_tables_and_figures_for_a_paper(study, tmp_path):
    folder = tmp_path / "page"
    ornok("report", study.folder, "--out", folder)
    page = (folder / "report.html").read_text(encoding="utf-8")
    methods = (folder / "methods.txt").read_text(encoding="utf-8").strip()
    assert f"<p>{escape(methods)}</p>" in page
    params = study.plan.kit.setups[0].params
    known = versions()
    for fact in (
        f"Ornok {known['ornok']}", study.plan.kit.code, study.plan.kit.pack_hash[:12], "world plant",
        "a full grid of 2 points over one parameter (vat_rate: 0.1, 0.14)", "world none",
        "3 seeds (1 to 3)", "12 runs in all, of which 12 finished and 0 failed", "one person",
        f"{params.horizon} months from January 2023 after {params.burn_in} months of burn-in",
        "2023-01 to 2023-03", "95 % Student t intervals", f"{RESAMPLES:,} resamples", "burn_in = 1",
        "KGS of 2024 at the prices of each world", f"Python {known['python']}", f"Mesa {known['mesa']}",
    ):  # fmt: skip
        assert fact in methods, fact
    assert "\n" not in methods
    figures = sorted((folder / "figures").iterdir())
    assert len(figures) == page.count("<svg") == page.count("</svg>")
    for figure in figures:
        assert ElementTree.parse(figure).getroot().tag.endswith("svg")
    parameters = pd.read_csv(folder / "parameters.csv")
    assert parameters.loc[0, ["parameter", "lowest", "highest", "unit"]].tolist() == [
        "vat_rate", 0.1, 0.14, "share"
    ]  # fmt: skip
    assert parameters["source"].str.len().min() > 3
    kept = pd.read_csv(folder / "outcomes.csv")
    assert kept["outcome"].tolist() == list(study.plan.kit.keep.outcomes)
    months = pd.read_csv(folder / "effects_by_month.csv")
    assert len(months) == 2 * 3
    bib = (folder / "citation.bib").read_text(encoding="utf-8")
    assert bib.count("@") == 2
    assert study.plan.kit.code in bib
    failed = replace(study.status(), done=10, failed=2)
    assert "2 failed" in write_methods(study.plan, failed, 0, 2)
    assert "nor are the pairs" in write_methods(study.plan, failed, 0, 2)


def test_a_report_names_the_code_that_made_the_runs(study, tmp_path, monkeypatch):
    made_by = study.plan.kit.code
    monkeypatch.setattr(study_plan, "code_version", lambda: "a-newer-one")
    ornok("report", study.folder, "--out", tmp_path / "page")
    text = (tmp_path / "page" / "report.html").read_text(encoding="utf-8")
    assert "a-newer-one" not in text
    assert f"(code {made_by})" in text
    assert "a-newer-one" not in CliRunner().invoke(app, ["citation", str(study.folder)]).stdout


def test_a_parameter_that_changes_nothing_is_said(tmp_path):
    """`export_freight` acts on exports alone, and nobody exports in the first months."""
    more = "export_freight = { values = [0.1, 0.2] }\n"
    small_study(tmp_path, seeds=2, horizon=2)
    study = changed(tmp_path, "[design]", more + "[design]")
    study.run(workers=0)
    done = CliRunner().invoke(app, ["study", "export", str(tmp_path), "--effects", "window"])
    assert done.exit_code == 0, done.output
    said = [line for line in done.stderr.splitlines() if "changes nothing" in line]
    assert len(said) == 1
    assert "parameter export_freight changes nothing" in said[0]
    ornok("report", tmp_path)
    page = (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    assert "parameter export_freight changes nothing" in page
    assert "parameter vat_rate changes nothing" not in page


def test_of_points_that_differ_in_several_parameters_nothing_is_said(study):
    tables = Tables(study.plan)
    assert idle_parameters(study.plan, tables) == []
    design = replace(
        study.plan.design, names=("vat_rate", "loan_rate"), roles=("lever", "lever"),
        points=[(0.1, 0.2), (0.14, 0.3)],
    )  # fmt: skip
    assert idle_parameters(replace(study.plan, design=design), tables) == []
    # Written twice, a point differs from itself in nothing: that is no comparison.
    twice = replace(study.plan.design, points=[(0.1,), (0.1,)])
    assert idle_parameters(replace(study.plan, design=twice), tables) == []


def test_a_report_is_the_same_again(study, tmp_path):
    pages = []
    for name in ("a", "b"):
        ornok("report", study.folder, "--out", tmp_path / name)
        pages.append((tmp_path / name / "report.html").read_bytes())
    assert pages[0] == pages[1]


def test_a_report_of_many_points_without_a_control_and_with_failures(tmp_path, monkeypatch):
    from experiments import sweep

    really = sweep.run_setup

    def run_setup(setup):
        if setup.params.vat_rate > 0.4:
            raise ValueError("<too> high")
        return really(setup)

    monkeypatch.setattr(sweep, "run_setup", run_setup)
    small_study(tmp_path, seeds=1, horizon=1)
    changed(tmp_path, 'against = "none"\n', "")
    changed(tmp_path, 'kind = "grid"', 'kind = "latin"\nsize = 60')
    study = changed(tmp_path, "{ values = [0.1, 0.14] }", "{}\nloan_rate = { low = 0.1 }")
    tally = study.run(workers=0)
    assert tally.failed == 12
    ornok("report", tmp_path)
    text = (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    assert "12 runs did not finish" in text
    assert "&lt;too&gt; high" in text
    assert "lowest" in text  # quantiles over points, where there are too many to list
    assert len(pd.read_csv(tmp_path / "report" / "failures.csv")) == 12
    ornok("report", tmp_path)
    assert (tmp_path / "report-2" / "report.html").exists()


# --- Python and the page of docs --------------------------------------------------------------------


def test_a_study_in_python(study):
    assert list(study.design["vat_rate"]) == [0.1, 0.14]
    runs = study.runs()
    assert len(runs) == 12
    assert set(runs.columns) == {"point", "vat_rate", "key", "world", "seed", "seconds"}
    assert "12 of 12 runs done" in study._repr_html_()
    relation = study.relation(["gdp"], worlds=["plant"])
    assert relation.aggregate("count(*)").fetchall() == [(18,)]
    assert study.status().to_dict()["left"] == 0


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", PAGE, flags=re.DOTALL)


def test_the_worked_example_runs(tmp_path, monkeypatch, capsys):
    """Every command and the Python of docs/studies.md, in order."""
    monkeypatch.chdir(tmp_path)
    Path("hiring").mkdir()
    Path("hiring/study.toml").write_text(blocks("toml")[0], encoding="utf-8")
    for line in blocks("sh")[0].splitlines():
        words = shlex.split(line, comments=True)
        assert words[:2] == ["ornok", "study"]
        ornok(*words[2:])
    assert Path("half.parquet").exists()
    assert Path("hiring/report/report.html").exists()
    exec(compile(blocks("python")[0], "studies.md", "exec"), {})
    shown = capsys.readouterr().out
    assert "36 of 36" in shown
    assert "seeds_needed" in shown or "..." in shown
    assert len(Study.load("hiring").failures()) == 0
    assert len(duckdb_rows(blocks("sql")[0])) == 2


def duckdb_rows(query):
    import duckdb

    # The example keeps no GDP.
    return duckdb.sql(query).fetchall()
