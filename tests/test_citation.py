"""How to cite: words and BibTeX that TeX prints, and CITATION.cff as the format asks."""

import json
import re
from pathlib import Path

import pytest
from studies import small_study
from typer.testing import CliRunner

from experiments.citation import AUTHOR, LICENCE, bibtex_entry, cff, model_citation
from experiments.cli import app
from model import __version__, source_hash

ROOT = Path(__file__).resolve().parent.parent
CFF = ROOT / "CITATION.cff"
# Citation File Format 1.2.0, schema.json: top level.
REQUIRED = {"authors", "cff-version", "message", "title"}
ALLOWED = REQUIRED | {
    "abstract", "commit", "contact", "date-released", "doi", "identifiers", "keywords", "license",
    "license-url", "preferred-citation", "references", "repository", "repository-artifact",
    "repository-code", "type", "url", "version",
}  # fmt: skip


def ornok(*words):
    done = CliRunner().invoke(app, ["citation", *map(str, words)])
    assert done.exit_code == 0, done.output
    return done.stdout


def plain_yaml(text):
    """Keys with a plain or quoted text, or a list of either or of one-key maps."""
    read = {}
    for line in text.splitlines():
        if found := re.fullmatch(r"([a-z-]+):(?: (.+))?", line):
            key, value = found.groups()
            read[key] = [] if value is None else value.strip('"')
        else:
            item = re.fullmatch(r'  - (?:([a-z-]+): )?"?([^"]*)"?', line)
            read[key].append({item[1]: item[2]} if item[1] else item[2])
    return read


def test_the_citation_file_is_one_and_up_to_date():
    text = CFF.read_text(encoding="utf-8")
    assert text == cff(), "python -c 'from experiments.citation import cff; print(cff(), end=\"\")'"
    read = plain_yaml(text)
    assert set(read) >= REQUIRED
    assert set(read) <= ALLOWED
    assert read["cff-version"] == "1.2.0"
    assert read["type"] in ("software", "dataset")
    assert read["authors"] == [{"name": AUTHOR}]
    assert len(set(read["keywords"])) == len(read["keywords"]) > 0
    assert read["version"] == __version__
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'license = "{read["license"]}"' in project
    assert read["license"] == LICENCE
    yaml = pytest.importorskip("yaml")
    assert yaml.safe_load(text) == read


def balanced(entry):
    depth = 0
    for letter in re.sub(r"\\[{}]", "", entry):
        depth += {"{": 1, "}": -1}.get(letter, 0)
        assert depth >= 0
    return depth == 0


def test_what_tex_would_read_is_written_as_it_prints():
    entry = bibtex_entry(
        "misc", "a b{c}", {"title": "50 % of A & B: {x_1}\\ #2\n$3 ~^", "year": "1"}
    )
    assert entry.startswith("@misc{abc,\n")
    title = next(line for line in entry.splitlines() if "title" in line)
    for printed in (r"50 \% of A \& B", r"\{x\_1\}", r"\textbackslash{}", r"\#2 \$3"):
        assert printed in title
    assert balanced(entry)


def test_the_command_cites_the_model():
    text = ornok()
    assert f"(Version {__version__}, code {source_hash()}) [Computer software]." in text
    assert f"author  = {{{{{AUTHOR}}}}}" in text
    assert balanced(text)
    (one,) = json.loads(ornok("--json"))
    assert one == vars(model_citation())


def test_the_command_cites_a_study_and_a_run(tmp_path):
    study = small_study(tmp_path / "study", seeds=1, horizon=1)
    study.run(workers=0)
    text = ornok(study.folder)
    assert "“Small”. Simulation study with Ornok" in text
    assert text.count("@misc{") == text.count("@software{") == 1
    assert study.plan.kit.code in text
    run = tmp_path / "run"
    run.mkdir()
    facts = {
        "world": "plan", "against": "none", "versions": {"ornok": "0.0.9", "code": "abcdef0123"},
        "seeds": [1, 2, 3], "pack": "valley", "pack_hash": "f" * 64, "begun": "2026-05-01T00:00:00",
        "command": "ornok run plan --set vat_rate=0.1",
    }  # fmt: skip
    (run / "run.json").write_text(json.dumps(facts), encoding="utf-8")
    text = ornok(run)
    assert "“World plan against none”. (2026). Simulation with Ornok 0.0.9: code abcdef0123" in text
    assert "pack valley (ffffffffffff), 3 seeds (1 to 3)" in text
    assert r"vat\_rate" in text
    assert "(Version 0.0.9, code abcdef0123)" in text  # the model of the run, not today's
    assert balanced(text)


@pytest.mark.parametrize("content", [None, "{}", "no json", "[]"])
def test_a_folder_without_results_is_named(tmp_path, content):
    if content is not None:
        (tmp_path / "run.json").write_text(content, encoding="utf-8")
    done = CliRunner().invoke(app, ["citation", str(tmp_path)])
    assert (done.exit_code, done.stdout) == (2, "")
    assert "run.json" in done.stderr
    assert str(tmp_path) in done.stderr
