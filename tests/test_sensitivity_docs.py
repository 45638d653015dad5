"""docs/sensitivity.md: its commands and Python run, its tables are those of the stored run."""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from experiments import sensitivity_doc
from experiments.cli import app
from experiments.crew import HereCrew
from experiments.sensitivity_question import MOST_SINGLE

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "sensitivity.md").read_text(encoding="utf-8")
TINY = [
    "--horizon",
    "3",
    "--set",
    "burn_in=1",
    "--trajectories",
    "2",
    "--size",
    "2",
    "--seeds",
    "1",
]


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", PAGE, flags=re.DOTALL)


def small(text):
    """The page's own words, over three months."""
    return re.sub(r"20\d\d-01", "2023-02", text)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("page")


@pytest.fixture(autouse=True)
def here(folder, monkeypatch):
    monkeypatch.chdir(folder)
    monkeypatch.setattr("experiments.study.ProcessCrew", lambda size: HereCrew())


def test_the_pages_commands_and_python_run_in_order(folder, capsys):
    (toml,) = blocks("toml")
    (folder / "taxes").mkdir()
    toml = toml.replace("horizon = 72", "horizon = 3\nsettings = {burn_in = 1}")
    toml = toml.replace("size = 4", "size = 2").replace("replications = 2", "replications = 1")
    (folder / "taxes" / "study.toml").write_text(toml, encoding="utf-8")
    lines = [line for line in small("\n".join(blocks("sh"))).splitlines() if line]
    assert len(lines) == 5
    for line in lines:
        words = shlex.split(line.split("#")[0])[1:]
        more = TINY if "--quick" in words else []
        done = CliRunner().invoke(app, [*words, *more])
        assert done.exit_code == 0, (line, done.output)
    told = re.findall(r"^\| `(decides/[^`]*)`", PAGE, flags=re.MULTILINE)
    assert "decides/protocol.json" in told
    for name in ("decides/protocol.json", "decides/sensitivity/report.html", "decides/screening"):
        assert (folder / name).exists()
    (code,) = blocks("python")
    exec(compile(small(code), "sensitivity.md", "exec"), {})
    assert "stands_out" in capsys.readouterr().out


def test_the_pages_tables_are_those_of_the_stored_run():
    assert sensitivity_doc.page(PAGE) == PAGE


def test_a_run_can_be_stored_and_shown(folder, tmp_path):
    sensitivity_doc.store(folder / "decides", tmp_path)
    text = sensitivity_doc.page(PAGE, tmp_path)
    assert "plan against none, valley" in text
    assert "| `income_tax_rate`" in text
    (tmp_path / "sensitivity.md").write_text(PAGE, encoding="utf-8")
    sensitivity_doc.renew(tmp_path)
    assert (tmp_path / "sensitivity.md").read_text(encoding="utf-8") == text


def test_the_page_says_what_the_code_does():
    assert f"more than {MOST_SINGLE} parameters" in PAGE
    assert "half to one and a half times" in PAGE
