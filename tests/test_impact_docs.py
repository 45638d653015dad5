"""Every command and the code of docs/impact.md run, and the plan in it is one."""

import re
import shlex
from pathlib import Path

import pytest
from runs import BURN_IN
from typer.testing import CliRunner

from experiments import impact_job, milestones_job
from experiments.announcement import Promise, read_plan
from experiments.cli import app
from experiments.releases import RELEASES

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "impact.md").read_text(encoding="utf-8")
SMALL = ["--horizon", "36", "--set", f"burn_in={BURN_IN}", "--quiet"]


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", PAGE, flags=re.DOTALL)


def commands():
    lines = "\n".join(blocks("sh")).splitlines()
    return [line.split("#")[0].strip() for line in lines if line.startswith("ornok ")]


@pytest.mark.parametrize("command", commands())
def test_every_command_of_the_page_runs(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for job in (impact_job, milestones_job):  # starting processes would take longer than the runs
        monkeypatch.setattr(job, "processes", lambda runs: 1)
    # Fewer seeds than the page's: what is tested is that the words are right.
    words = shlex.split(re.sub(r"--seeds \d+", "--seeds 1", command))[1:]
    done = CliRunner().invoke(app, [*words, *SMALL])
    assert done.exit_code == 0, done.output
    assert list((tmp_path / "results").iterdir())


def test_the_pages_python_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (code,) = blocks("python")
    code = code.replace(
        'pack="valley"', f'pack="valley", horizon=24, settings={{"burn_in": {BURN_IN}}}'
    ).replace("2030", "2024")
    exec(compile(code, "impact.md", "exec"), {})
    assert "direct" in capsys.readouterr().out
    assert (tmp_path / "impact-of-plan" / "bartik.csv").is_file()


def test_the_pages_plan_is_one(tmp_path):
    (text,) = blocks("toml")
    (tmp_path / "plan.toml").write_text(text)
    assert read_plan(tmp_path / "plan.toml") == [
        Promise("cars", 2028, 600.0), Promise("local_content", 2029, 0.1)
    ]  # fmt: skip


def test_the_page_states_what_is_released():
    for name, release in RELEASES.items():
        (row,) = (line for line in PAGE.splitlines() if line.startswith(f"| {name} |"))
        assert all(f"`{parameter}`" in row for parameter in release.settings)
