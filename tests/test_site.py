"""The site builds strictly, lists every page, and what its first page tells to type is right."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from runs import BURN_IN
from typer.testing import CliRunner

from experiments import job
from experiments.cli import app
from experiments.site_pages import linked
from experiments.site_tenders import sieve

ROOT = Path(__file__).resolve().parent.parent
START = (ROOT / "docs" / "start.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    words = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", folder]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_every_page_is_in_the_menu(site):
    menu = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    pages = {str(path.relative_to(ROOT / "docs")) for path in (ROOT / "docs").rglob("*.md")}
    assert not [page for page in pages if f": {page}\n" not in menu]


def test_nothing_comes_from_elsewhere(site):
    """A page may link to other places, but the browser fetches nothing from them."""
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        fetched = re.findall(r'<(?:script|img|iframe)[^>]* src="([^"]+)"', text)
        fetched += re.findall(r'<link[^>]* rel="(?:stylesheet|preload)"[^>]* href="([^"]+)"', text)
        assert not [target for target in fetched if target.startswith(("http", "//"))], page


def test_the_lists_are_those_of_the_code(site):
    from model import World, load_pack

    reference = site / "reference"
    commands = (reference / "commands.html").read_text(encoding="utf-8")
    assert "ornok study resume" in commands
    assert "--half-width" in commands
    worlds = (reference / "worlds.html").read_text(encoding="utf-8")
    assert all(f"<code>{name}</code>" in worlds for name in World.names())
    numbers = (reference / "parameters.html").read_text(encoding="utf-8")
    assert all(f"<code>{p.name}</code>" in numbers for p in load_pack("valley").params().describe())


def test_the_month_and_the_ledgers_flows_are_there(site):
    text = (site / "how.html").read_text(encoding="utf-8")
    row = re.search(r"<td>wages</td>\s*<td>firms</td>\s*<td>households</td>\s*<td>([\d.]+)", text)
    assert row is not None
    assert float(row.group(1)) > 100.0  # bn KGS a year
    assert "labour.match_workers" in text
    assert (site / "money.svg").stat().st_size > 10_000


def test_nobody_is_lost_between_a_tender_and_a_contract(site):
    """Asked = failed at some condition + won, and the page says the same."""
    text = (site / "how.html").read_text(encoding="utf-8")
    page = text[text.rindex("From a tender to a part<") :]
    rows = re.findall(r"<tr>\s*<td>([^<]+)</td>\s*<td>(\d*)</td>\s*<td>(\d+)</td>", page)
    asked = int(rows[0][2])
    assert rows[0][0] == "asked"
    assert len(rows) == 8
    for (_, failed, left), (_, _, before) in zip(rows[1:], rows, strict=False):
        assert int(left) == int(before) - int(failed)
    assert asked > int(rows[-1][2]) > 0
    assert (site / "tenders.svg").stat().st_size > 5_000


def test_a_sieve_on_a_made_up_run():
    names = ("quality", "certification", "scale", "capacity", "finance", "distance", "price")
    counts = [[5.0, 1.0, 0.0, 2.0, 0.0, 0.0, 3.0], [1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0]]
    run = pd.DataFrame(counts, columns=[f"failed_{name}" for name in names])
    rows = sieve(run.assign(tenders_won=[0.0, 2.0]))
    assert [name for name, _, _ in rows] == list(names)  # in the order in which they are asked
    assert [left for _, _, left in rows] == [9, 8, 8, 6, 6, 5, 2]


def test_links_of_the_repository_hold_in_the_site():
    pages = {"studies.md", "index.md", "odd.md", "contributing.md"}
    assert linked("see [it](docs/studies.md#the-file)", "index.md", pages) == (
        "see [it](studies.md#the-file)"
    )
    assert linked("[x](LICENSE)", "index.md", pages) == "x"
    assert linked("`docs/studies.md`", "reference/worlds.md", pages) == (
        "[`docs/studies.md`](../studies.md)"
    )
    assert linked("[`docs/studies.md`](docs/studies.md)", "index.md", pages) == (
        "[`docs/studies.md`](studies.md)"
    )

    assert linked("[ODD](../model/ODD.md#runs)", "limits.md", pages) == "[ODD](odd.md#runs)"
    assert linked("[it](../../CONTRIBUTING.md)", "tutorials/first.md", pages) == (
        "[it](../contributing.md)"
    )


def test_links_hold_in_the_repository_too():
    """Who reads the pages as files, without the site, finds what they lead to."""
    pages = [*ROOT.glob("docs/**/*.md"), *ROOT.glob("*.md"), ROOT / "model" / "ODD.md"]
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#\s:]+)(?:#[^)\s]*)?\)", page.read_text("utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []


def commands():
    lines = "\n".join(re.findall(r"```sh\n(.*?)```", START, flags=re.DOTALL)).splitlines()
    return [line.split("#")[0].strip() for line in lines if line.startswith("ornok ")]


@pytest.mark.parametrize("command", commands())
def test_every_command_of_the_first_page_runs(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(job, "processes", lambda runs: 1)
    words = shlex.split(command)[1:]
    small = ["--horizon", "24", "--set", f"burn_in={BURN_IN}"] if words[0] == "run" else []
    done = CliRunner().invoke(app, [*words, *small])
    assert done.exit_code == 0, done.output


def test_the_first_pages_python_runs(capsys):
    (code,) = re.findall(r"```python\n(.*?)```", START, flags=re.DOTALL)
    small = code.replace("horizon=36", f'horizon=24, settings={{"burn_in": {BURN_IN}}}')
    assert small != code
    exec(compile(small, "start.md", "exec"), {})
    assert float(capsys.readouterr().out) > 0.0
