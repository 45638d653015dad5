"""docs/evidence.md: its tables are those of what is stored, its commands run."""

import json
import re
import shlex

import pytest
from typer.testing import CliRunner

from experiments.cli import app
from experiments.evidence import job as evidence_job
from experiments.evidence import page
from experiments.evidence.beside import read_other
from experiments.evidence.job import EvidenceJob, execute, picture, plan
from experiments.evidence.targets import TITLES
from experiments.evidence.verdict import BASELINES

TEXT = (page.DOCS / page.PAGE).read_text(encoding="utf-8")


def commands():
    blocks = re.findall(r"```sh\n(.*?)```", TEXT, flags=re.DOTALL)
    lines = [line.split("#")[0].strip() for line in "\n".join(blocks).splitlines()]
    return [line for line in lines if line.startswith("ornok ")]


def test_the_tables_are_those_of_what_is_stored():
    assert page.page(TEXT, page.read()) == TEXT, "ornok evidence --save, or page.renew_page()"


def test_the_page_shows_every_target_and_its_picture():
    stored = page.read()
    for name in TITLES:
        assert f"<!-- generated: {name} -->" in TEXT
    for path in re.findall(r"!\[[^]]*\]\((.*?)\)", TEXT):
        assert (page.DOCS / path).is_file() or not stored, path


@pytest.fixture
def nothing_is_run(monkeypatch, tmp_path):
    """Commands are planned as typed; what they would run is told. The other scale is finished."""
    other = tmp_path / "results" / "evidence" / "kyrgyzstan-50"
    other.mkdir(parents=True)
    (other / page.STORED).write_bytes(page.KEPT.read_bytes())
    monkeypatch.chdir(tmp_path)
    asked = []
    monkeypatch.setattr(evidence_job, "execute", lambda job, **words: asked.append(job))
    return asked


@pytest.mark.parametrize("command", commands())
def test_every_command_of_the_page_is_understood(command, nothing_is_run):
    done = CliRunner().invoke(app, shlex.split(command)[1:])
    assert done.exit_code == 0, done.output
    (job,) = nothing_is_run
    assert job.targets
    assert job.seeds
    assert ("--save" in command) is job.save
    assert ("--beside" in command) is bool(job.beside)


def test_the_sentence_tells_what_is_validation():
    """A target that passes by rules coded in is no validation, nor is a row that a dumb rule passes."""

    def row(name, label, passed, dumb):
        return {
            "row": name, "label": label, "strict": passed, "decisive": True,
            "baselines": {one: {"passes": dumb} for one in BASELINES},
        }  # fmt: skip

    def target(*rows):
        passed = all(one["strict"] for one in rows)
        return {
            "strict": passed, "weak": passed, "rows": rows,
            "baselines": dict.fromkeys(BASELINES, False),
        }  # fmt: skip

    text = page.totals(
        {
            "targets": {
                "P1": target(row("a", "VERIFIED", True, False)),
                "P2": target(row("b", "EMERGENT", True, True), row("c", "EMERGENT", True, False)),
                "P3": target(row("d", "EMERGENT", False, False)),
            }
        }
    )
    assert text.startswith("2 of 3 targets pass in the strict sense, 2 at least in the weak one")
    assert "those that pass strictly 1 are EMERGENT" in text
    assert "Of 4 decisive rows 3 pass strictly; of the 3 EMERGENT among them 2" in text
    assert text.endswith("in 1 of these no baseline passes: c.")


def test_the_readme_and_the_limits_say_what_came_out():
    """Both say in words: one of nine, coded in; of the emergent rows a half."""
    found = list(page.read()["targets"].values())
    rows = [r for one in found for r in one["rows"] if r["decisive"]]
    own = [r["strict"] for r in rows if r["label"] == "EMERGENT"]
    met = [one for one in found if one["strict"]]
    assert (len(found), [one["target"] for one in met]) == (9, ["P5"])
    assert {r["label"] for r in met[0]["rows"]} == {"VERIFIED"}
    assert page.emergent_targets(found) == 0
    assert 0.4 < sum(own) / len(own) < 0.6
    texts = [(page.DOCS.parent / "README.md"), (page.DOCS / "limits.md")]
    for text in (" ".join(path.read_text(encoding="utf-8").split()) for path in texts):
        assert "Of nine published findings" in text
        assert "meets one" in text
        assert "coded in" in text


def test_rows_of_another_scale_stand_beside(tmp_path):
    """Verdicts that differ are counted; what the other folder lacks is left out."""
    stored = page.read()
    changed = json.loads(json.dumps(stored))
    for one in changed["targets"].values():
        one["scale"], one["code"] = 7, "0123"
    rows = {row["row"]: row for one in changed["targets"].values() for row in one["rows"]}
    rows["LM05"]["word"] = "weak" if rows["LM05"]["word"] != "weak" else "miss"
    changed["targets"]["P5"]["rows"] = []
    (tmp_path / page.STORED).write_text(json.dumps(changed))
    other = read_other(tmp_path, page.STORED)
    assert (other["scale"], other["code"]) == (7, "0123")
    assert "LM03" not in other["rows"]  # decides nothing
    text = page.BLOCKS["beside"]({**stored, "beside": other})
    assert text.startswith("Other code: `0123`. Another verdict in 1 of ")
    assert "rows: LM05.\n" in text
    assert "| P1 | LM05 |" in text
    assert "LC01" not in text


@pytest.mark.parametrize("content", [None, "", "{}", '{"targets": {}}', '{"targets": {"P1": {}}}'])
def test_a_folder_that_is_none_is_told(content, tmp_path):
    if content is not None:
        (tmp_path / page.STORED).write_text(content)
    done = CliRunner().invoke(app, ["evidence", "--quick", "--beside", str(tmp_path)])
    assert done.exit_code == 2
    assert "--beside" in done.output
    assert sorted(p.name for p in tmp_path.iterdir()) == (
        [page.STORED] if content is not None else []
    )


def test_a_target_from_runs_to_page(tmp_path, monkeypatch):
    """One target on the small pack: stored, drawn, put on a page; gone on with, not run again."""
    monkeypatch.setattr(page, "DOCS", tmp_path / "docs")
    monkeypatch.setattr(page, "KEPT", tmp_path / "kept.json")
    page.DOCS.mkdir()
    (page.DOCS / page.PAGE).write_text(TEXT, encoding="utf-8")
    wish = EvidenceJob(
        only=("p5",), seeds=1, scale=1.0, pack="valley", workers=1, out=tmp_path / "out", save=True
    )
    stored = execute(plan(wish), quiet=True)
    assert list(stored["targets"]) == ["P5"]
    one = stored["targets"]["P5"]
    assert (one["seeds"], one["left_out"]) == ([1], {})
    assert set(one["baselines"]) == set(BASELINES)
    assert json.loads(page.KEPT.read_text()) == json.loads((page.DOCS / page.STORED).read_text())
    assert "record" not in stored  # the record is of another country
    for name in (picture("P5"), picture()):
        assert (page.DOCS / name).read_bytes().startswith(b"\x89PNG")
    text = (page.DOCS / page.PAGE).read_text(encoding="utf-8")
    assert "LC01" in text
    assert page.page(text, page.read(page.DOCS)) == text
    monkeypatch.setattr("experiments.evidence.runs.run_all", lambda *a, **k: pytest.fail("again"))
    again = execute(plan(wish), quiet=True)
    assert json.dumps(again["targets"]) == json.dumps(stored["targets"])


@pytest.mark.evidence
def test_every_target_on_the_small_pack(tmp_path):
    """All scripts end with a verdict a row on another pack than the reference case's."""
    wish = EvidenceJob(seeds=2, scale=1.0, pack="valley", workers=1, draws=1, out=tmp_path / "out")
    stored = execute(plan(wish), quiet=True)
    assert list(stored["targets"]) == list(TITLES)
    assert set(stored["hardness"]) == set(TITLES)
