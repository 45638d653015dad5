"""`ornok claims` from end to end on the made-up valley; its files, its table, its bad input."""

import csv
import json
import re
from html.parser import HTMLParser

import pytest
from typer.testing import CliRunner

from experiments.claims import form, job, report
from experiments.claims.job import COLUMNS, Wish, answers_in, execute, plan
from experiments.claims.studies import RANGES, REFERENCE
from experiments.claims.table_file import TABLE, read_table
from experiments.claims.words import catalogue
from experiments.cli import app
from experiments.course import Course
from experiments.study import Study
from model import Params, World, load_pack
from model.errors import InputError

TINY = {"pack": "valley", "seeds": 2, "points": 2, "scale": 1.0, "horizon": 24, "burn_in": 1}


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch):
    """Starting processes would take longer than the runs."""
    run = Study.run
    monkeypatch.setattr(Study, "run", lambda self, workers=None, **more: run(self, 0, **more))


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A folder that the command has filled, one run of it failing, and its answers."""
    folder = tmp_path_factory.mktemp("claims") / "here"
    with pytest.MonkeyPatch.context() as patch:
        run, results = Study.run, Course.results

        def fails(course, seconds):
            setup = course.setup
            if setup.world.name == "plan" and setup.seed == 2 and not setup_varies(setup):
                raise RuntimeError("on purpose")
            return results(course, seconds)

        patch.setattr(Course, "results", fails)
        patch.setattr(Study, "run", lambda self, workers=None, **more: run(self, 0, **more))
        answers = execute(plan(Wish(study=folder, **TINY)), quiet=True)
    return folder, answers


def setup_varies(setup):
    """Whether it is a run over the ranges."""
    return setup.params.pool_crowding != load_pack("valley").params().pool_crowding


# --- From end to end ------------------------------------------------------------------------------


def test_it_answers_thirteen_claims_and_writes_them(done):
    folder, answers = done
    assert [one.id for one in answers.claims] == [f"C{k}" for k in range(1, 14)]
    assert {one.verdict for one in answers.claims if one.id in ("C10", "C13")} == {"not_asked"}
    assert {one.verdict for one in answers.claims} <= {"holds", "fails", "only_if", "undecided", "not_asked"}  # fmt: skip
    for name in ("claims.json", "claims.csv", "report.html"):
        assert (folder / name).is_file()
    assert answers.made.failed == 1
    assert answers.made.missing == 0


def test_a_failed_run_is_left_out_and_said(done):
    _, answers = done
    by_dose = {effect.dose: effect for effect in answers.claims[0].doses}
    assert (by_dose["plan"].n, by_dose["plan"].left_out) == (1, 1)
    assert by_dose["plan"].verdict == "undecided"
    assert (by_dose["market"].n, by_dose["market"].left_out) == (2, 0)


def test_effects_are_the_studys_own(done):
    """The same numbers as the study's window effects, by another way."""
    folder, answers = done
    study = Study.load(folder / REFERENCE)
    claim = next(one for one in answers.claims if one.id == "C4")
    table = study.effects(
        ["employee_jobs"], worlds=["plant", "none"], first="2024-01", last="2024-12"
    )
    assert claim.effect.mean == pytest.approx(float(table["mean"].iloc[0]))
    assert claim.effect.low == pytest.approx(float(table["low"].iloc[0]))
    assert (claim.window.first, claim.window.last) == ("2024-01", "2024-12")


def test_the_announcement_of_the_pack_sets_the_margins(done):
    _, answers = done
    margins = {one.id: one.margin.value for one in answers.claims}
    facts = load_pack("valley").plants["valley_motors"]
    assert margins["C4"] == margins["C5"] == float(facts["plan_jobs_1"]) == 30
    assert margins["C7"] == pytest.approx(0.15)
    assert margins["C11"] == 300
    assert "30 more employee jobs" in answers.claims[3].statement.en
    assert [dose.cars for dose in answers.doses] == [0, 1800, 100_000]


def test_the_json_is_of_its_stated_form(done):
    folder, answers = done
    text = (folder / "claims.json").read_text(encoding="utf-8")
    assert form.Answers.model_validate_json(text) == answers
    assert "NaN" not in text


def test_every_text_has_a_key_that_a_translator_finds(done):
    folder, _ = done
    known = catalogue(read_table())
    content = json.loads((folder / "claims.json").read_text(encoding="utf-8"))
    texts = list(all_texts(content))
    assert len(texts) > 200
    for text in texts:
        template = known[text["key"]]
        if text["values"]:
            assert template.format(**text["values"]) == text["en"]


def all_texts(value):
    if isinstance(value, dict):
        if "key" in value and "en" in value:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from all_texts(one)


def test_the_csv_is_tidy(done):
    folder, answers = done
    with (folder / "claims.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    keys = [(row["claim"], row["measure"], row["dose"]) for row in rows]
    assert len(keys) == len(set(keys))
    leads = [row for row in rows if row["leads"] == "True"]
    assert len(leads) == sum(len(one.doses) for one in answers.claims)


class Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found, self.ids = [], []

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name in ("href", "src"):
                self.found.append(value)
            if name == "id":
                self.ids.append(value)


def test_the_page_holds_all_it_shows(done):
    folder, answers = done
    text = (folder / "report.html").read_text(encoding="utf-8")
    links = Links()
    links.feed(text)
    outside = [link for link in links.found if not link.startswith("#")]
    assert outside == []
    assert {f"C{k}" for k in range(1, 14)} <= set(links.ids)
    words = re.sub(r"<svg.*?</svg>", "", text, flags=re.DOTALL)
    assert "nan" not in re.sub(r"[a-z]nan|nan[a-z]", "", words)
    assert "None" not in words
    for one in answers.claims:
        assert one.verdict_text.en in words
        assert one.quote.en.split("’")[0][:40] in words
    assert "1 of 2 seeds have no finished pair" not in words  # the reference dose has all


@pytest.fixture
def undrawn(monkeypatch):
    """The page is drawn once, by `done`: it takes as long as the runs."""
    monkeypatch.setattr(report, "write_report", lambda path, answers: path)


@pytest.mark.usefixtures("undrawn")
def test_the_same_command_goes_on_and_runs_nothing_twice(done):
    folder, answers = done
    parts = sorted(folder.glob("*/runs/*.parquet"))
    again = plan(Wish(study=folder))
    assert (again.settings.seeds, again.settings.points, again.settings.pack) == (2, 2, "valley")
    execute(again, quiet=True)
    assert sorted(folder.glob("*/runs/*.parquet")) == parts
    read = answers_in(folder)
    assert read.claims == answers.claims
    assert read.made.failed == 1


@pytest.mark.usefixtures("undrawn")
def test_more_seeds_run_only_what_is_new(done, tmp_path):
    import shutil

    folder, _ = done
    mine = tmp_path / "mine"
    shutil.copytree(folder, mine)
    more = plan(Wish(study=mine, seeds=3, points=0))
    assert more.settings.horizon == 24
    answers = execute(more, quiet=True)
    assert answers.claims[0].effect.n == 3
    assert answers.made.points == 0
    assert Study.load(mine / RANGES).status().left == 0


# --- On the command line --------------------------------------------------------------------------


def ornok(*words):
    return CliRunner().invoke(app, list(words))


@pytest.mark.usefixtures("undrawn")
def test_the_table_of_the_terminal_and_json(done, monkeypatch):
    folder, answers = done
    monkeypatch.setenv("COLUMNS", "200")
    shown = ornok("claims", "--study", str(folder), "--read")
    assert shown.exit_code == 0
    for one in answers.claims:
        assert f"{one.id} {one.name.en}" in shown.stdout
    said = ornok("claims", "--study", str(folder), "--read", "--json")
    assert form.Answers.model_validate_json(said.stdout).claims == answers.claims


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--seeds", "1"], ["--seeds", "1", "2 to 1,000"]),
        (["--points", "-1"], ["--points", "-1", "0 to 10,000"]),
        (["--seeds", "many"], ["many", "whole number"]),
        (["--scale", "0"], ["scale", "0"]),
        (["--horizon", "9999"], ["horizon", "9999", "0 to 2400"]),
        (["--burn-in", "-2"], ["burn_in", "-2"]),
        (["--pack", "valey"], ["valey", "'valley'"]),
        (["--workers", "0"], ["--workers", "1 to 1024"]),
        (["--table", "no.toml"], ["no.toml", "cannot be read"]),
        (["--study", "file"], ["--study", "is not a folder"]),
        (["--study", "new", "--read"], ["new/reference", "is no folder with a study"]),
    ],
)
def test_bad_input_is_named_and_nothing_is_written(words, named, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("x")
    done = ornok("claims", *words)
    assert done.exit_code == 2, done.output
    for word in named:
        assert word in done.output
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_study_that_somebody_wrote_is_left_alone(tmp_path):
    place = tmp_path / "reference"
    place.mkdir()
    (place / "study.toml").write_text('title = "mine"\nworlds = ["plant"]\n')
    done = ornok("claims", "--study", str(tmp_path))
    assert done.exit_code == 2
    assert "not overwritten" in done.output
    assert [path.name for path in tmp_path.iterdir()] == ["reference"]


def test_without_the_extra_packages_it_says_what_to_install(tmp_path, monkeypatch):
    import importlib.util

    monkeypatch.chdir(tmp_path)
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "sklearn" else find(name)
    )
    done = ornok("claims")
    assert done.exit_code == 2
    assert "scikit-learn" in done.output
    assert "ornok[claims]" in done.output


# --- The table ------------------------------------------------------------------------------------


def test_the_table_is_sound_and_complete():
    table = read_table()
    facts = {fact.name: fact for fact in Params().describe()}
    for one in table.parameters:
        assert one.low <= float(facts[one.name].value) <= one.high, one.name
    for claim in table.claims:
        assert claim.limits
        if claim.margin_fact is not None:
            plants = load_pack("kyrgyzstan")
            fact = float(plants.plants[plants.reference_plant][claim.margin_fact])
            assert claim.margin == pytest.approx(claim.margin_times * fact)


def test_worlds_made_for_the_claims_are_their_base_with_one_change():
    table = read_table()
    border, alone = table.world("volume_border"), table.world("volume_alone_border")
    assert border.plants == World.load("volume").plants
    assert border.events == World.load("corridor_block").events == alone.events
    assert [plant.local_purchases for plant in alone.plants] == [False]
    assert table.world("plant_ends").events == World.load("policy_reversal").events


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('name = "plan"', 'name = "market"', ["doses", "twice"]),
        ('base = "volume"', 'base = "volum"', ["volum", "'volume'"]),
        ('name = "pool_crowding"', 'name = "pool_crowdin"', ["parameters", "'pool_crowding'"]),
        ("high = 0.8\n", "high = 1.8\n", ["1.8"]),
        ("low = 0.2\n", "low = 0.9\n", ["above low"]),
        ("side = 1", "side = 2", ["side", "2"]),
        ("margin = 50.0", "margin = 0.0", ["margin", "greater than 0"]),
        ('outcomes = ["cars_unmet"]', 'outcomes = ["cars_unmett"]', ["C1.unmet", "'cars_unmet'"]),
        ('doses = ["volume"]', 'doses = ["volumes"]', ["C10.doses", "'volume'"]),
        ('kind = "loss"', 'kind = "kept"', ["C10.loss_border", "shock"]),
        ('treated_calm = "volume"\ncontrol', 'control', ["C10", "treated_calm"]),
        ('treated = "volume_border"', 'treated = "volume_bordr"', ["C10", "'volume_border'"]),
        ('outcome = "local_content_nominal"', 'outcome = "local"', ["C10.features", "local"]),
        ("window_months = 60", "window_month = 60", ["window_month"]),
        ("[[claims]]", "[[claims", ["is not TOML"]),
    ],
)  # fmt: skip
def test_a_bad_table_is_named(old, new, named, tmp_path):
    text = TABLE.read_text(encoding="utf-8")
    assert old in text
    mine = tmp_path / "mine.toml"
    mine.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as refused:
        read_table(mine)
    for word in ["mine.toml", *named]:
        assert word in str(refused.value)


def test_the_quick_setting_is_small():
    assert (job.QUICK.seeds, job.QUICK.points) < (job.DEFAULT.seeds, job.DEFAULT.points)
    table = read_table()
    runs = job.QUICK.seeds * (1 + len(table.world_names(leading_only=False)))
    runs += job.QUICK.points * (1 + len(table.world_names(leading_only=True)))
    assert runs <= 240
