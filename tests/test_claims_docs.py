"""docs/claims.md: every command and its Python run, its tables and schema are those of the code."""

import json
import re
import shlex
from pathlib import Path

import pytest
from claims_table import small_table
from typer.testing import CliRunner

from experiments.claims import form, job, page, report, robust_job
from experiments.claims.page import PAGE, SCHEMA, blocks, committed, draw
from experiments.claims.table_file import TABLE, read_table
from experiments.cli import app
from experiments.odd_tables import renewed
from experiments.study import Study

TEXT = PAGE.read_text(encoding="utf-8")
SMALL = ["--pack", "valley", "--seeds", "2", "--horizon", "12", "--burn-in", "1", "--scale", "1"]


def blocks_of(language):
    return re.findall(rf"```{language}\n(.*?)```", TEXT, flags=re.DOTALL)


def commands():
    lines = "\n".join(blocks_of("sh")).splitlines()
    return [line.split("#")[0].strip() for line in lines if line.startswith("ornok ")]


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A small table, runs in this process, and no page: what is tested is that the words are right."""
    run = Study.run
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Study, "run", lambda self, workers=None, **more: run(self, 0, **more))
    monkeypatch.setattr(job, "read_table", lambda path=TABLE: small_table())
    monkeypatch.setattr(report, "write_report", lambda path, answers: path)
    return tmp_path


def test_every_command_of_the_page_runs(small):
    mine = [one for one in commands() if "--robust" not in one]
    assert len(mine) == 6
    for command in mine:  # one after the other: later ones read what earlier ones have run
        words = shlex.split(command)[1:]
        points = [] if "--points" in words else ["--points", "3"]
        done = CliRunner().invoke(app, [*words, *SMALL, *points, "--quiet"])
        assert done.exit_code == 0, done.output
    assert (small / "results" / "claims" / "claims.json").is_file()
    assert not (small / "verdicts" / "ranges").exists()


def test_every_command_about_robustness_runs(small, monkeypatch):
    mine = small / "mine.toml"
    facts = 'why = "a test"\nsource = "a test"\ngrade = "assumed"\nwords = "a test"'
    mine.write_text(
        f'seeds = 2\n[[variants]]\nname = "quality_low"\ngroup = "assumption"\n{facts}\n'
        f'[[variants]]\nname = "other"\ngroup = "assumption"\n{facts}\n'
    )
    monkeypatch.setattr(robust_job, "read_table", lambda path: small_table())
    monkeypatch.setattr(robust_job, "VARIANTS", mine)
    asked = [one for one in commands() if "--robust" in one]
    assert len(asked) == 3
    for command in asked:
        done = CliRunner().invoke(app, [*shlex.split(command)[1:], *SMALL, "--quiet"])
        assert done.exit_code == 0, done.output
    found = robust_job.robust_in(small / "results" / "claims_robust")
    assert [one.name for one in found.variants] == ["reference", "quality_low", "other"]
    assert {one.missing for one in found.variants} == {0}


def test_the_pages_python_runs(small, capsys):
    (code,) = blocks_of("python")
    code = code.replace("points=0", "points=0, horizon=12, burn_in=1, scale=1.0")
    exec(compile(code.replace("claims[3]", "claims[0]"), "claims.md", "exec"), {})
    assert "'C1'" in capsys.readouterr().out


def test_the_tables_of_the_page_are_those_of_the_answers():
    assert renewed(TEXT, blocks(committed(), read_table())) == TEXT


def test_the_schema_is_that_of_the_form():
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == form.Answers.model_json_schema()


def test_the_answers_that_come_along_are_of_this_table():
    answers, table = committed(), read_table()
    assert [one.id for one in answers.claims] == [one.id for one in table.claims]
    for answer, claim in zip(answers.claims, table.claims, strict=True):
        assert answer.margin.value == pytest.approx(claim.margin)
        assert answer.effect is not None
        assert [effect.dose for effect in answer.doses] == [d.name for d in table.doses_of(claim)]
    ranges = {one.name: (one.low, one.high) for one in table.parameters}
    assert {one.name: (one.low, one.high) for one in answers.parameters} == ranges


def test_the_pictures_are_drawn_from_the_answers(tmp_path):
    draw(committed(), tmp_path)
    names = {path.name for path in tmp_path.iterdir()}
    assert {"claims.png", "claims_over_time.png"} <= names
    for name in re.findall(r"\((\w+\.png)\)", TEXT):
        assert (PAGE.parent / name).is_file()
        assert name in names


def test_the_page_can_be_written_from_a_folder(tmp_path, monkeypatch):
    (tmp_path / "claims.json").write_text(committed().model_dump_json(indent=1) + "\n")
    for name in ("PAGE", "SCHEMA", "ANSWERS"):
        monkeypatch.setattr(page, name, tmp_path / getattr(page, name).name)
    (tmp_path / "claims.md").write_text(re.sub(r"\| C\d.*\n", "", TEXT), encoding="utf-8")
    monkeypatch.setattr(page, "draw", lambda answers: None)
    assert page.main(["--take", str(tmp_path)]) == 0
    assert (tmp_path / "claims.md").read_text(encoding="utf-8") == TEXT


def test_the_page_says_how_many_the_defaults_are():
    assert f"{job.QUICK.seeds} seeds, {job.QUICK.points} points" in TEXT
    assert f"{job.DEFAULT.seeds} seeds, {job.DEFAULT.points} points" in TEXT
    assert Path(TABLE).name in TEXT
