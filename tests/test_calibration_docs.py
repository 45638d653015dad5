"""Every command, file and piece of code of docs/calibration.md works, and its tables are what is stored."""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from experiments import calibration_page, study
from experiments.calibration import Calibration
from experiments.calibration_cli import READY
from experiments.calibration_file import CalibrationFile
from experiments.calibration_page import DOCS
from experiments.calibration_targets import COLUMNS
from experiments.cli import app
from experiments.crew import HereCrew

TEXT = (DOCS / "calibration.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", TEXT, flags=re.DOTALL)


def run(block):
    for line in block.splitlines():
        done = CliRunner().invoke(app, shlex.split(line, comments=True)[1:])
        assert done.exit_code == 0, done.output


def shrunk(path):
    """Fewer points and months than the page's: what is tested is that the words are right."""
    text = path.read_text(encoding="utf-8")
    for old, new in (
        (r"horizon = \d+", "horizon = 4"),
        (r"points = \[.*\]", "points = [6, 2]"),
        (r"check = \d+", "check = 2"),
        (r"size = \d+", "size = 20" if "waves" in text else "size = 2"),
    ):
        text = re.sub(old, new, text)
    path.write_text(text, encoding="utf-8")


def test_the_page_from_its_first_command_to_its_last(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(study, "ProcessCrew", lambda size: HereCrew())  # quicker than processes
    reference, own, after = blocks("sh")
    (record,) = blocks("csv")
    # The reference case takes minutes: its commands are run on the small example below it.
    Path("taxes").mkdir()
    Path("taxes/calibration.toml").write_text(blocks("toml")[0], encoding="utf-8")
    Path("taxes/targets.csv").write_text(record.replace("2023-12", "2023-04"), encoding="utf-8")
    shrunk(Path("taxes/calibration.toml"))
    run(own)
    assert Path("taxes/report/report.html").exists()
    copy, *others = reference.splitlines()
    run(copy)
    assert Calibration.load("record").file.title
    run("\n".join(line.replace(" record", " taxes") for line in others))
    (code,) = blocks("python")
    exec(compile(code.replace('"record"', '"taxes"'), "calibration.md", "exec"), {})
    assert "width" in capsys.readouterr().out
    Path("after").mkdir()
    Path("after/study.toml").write_text(blocks("toml")[1], encoding="utf-8")
    shrunk(Path("after/study.toml"))
    Path("after/posterior.parquet").write_bytes(
        Path("taxes/posterior/posterior.parquet").read_bytes()
    )
    run(after)
    page = Path("after/report/report.html").read_text(encoding="utf-8")
    assert "2 draws from a posterior of 2 parameters" in page


def test_the_tables_are_what_is_stored():
    assert calibration_page.page(TEXT) == TEXT, "python -m experiments.calibration_page DIR"
    assert (DOCS / "calibration.png").exists()


def test_the_page_stays_readable_without_a_calibration(tmp_path):
    text = calibration_page.page(TEXT, tmp_path)
    assert "imports_for_residents" in text  # the record is always there
    assert text != TEXT


@pytest.mark.parametrize("name", [*CalibrationFile.model_fields, *COLUMNS])
def test_every_key_and_column_is_explained(name):
    own = TEXT[TEXT.index("## A calibration of your own") : TEXT.index("## The posterior as")]
    if name not in ("title", "question"):
        assert f"`{name}`" in own or f"`[{name}]`" in own


def test_what_is_stored_is_of_the_record_that_ships():
    stored = calibration_page.read()
    targets = Calibration.load(READY).targets
    assert [(row["target"], row["record"]) for row in stored["predictions"]] == [
        (target.name, target.value) for target in targets
    ]
