"""The tutorials run as they stand: their files are written, their commands and code run in order."""

import contextlib
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from runs import BURN_IN
from typer.testing import CliRunner

from experiments import impact_job, job, study
from experiments.cli import app
from experiments.crew import HereCrew
from experiments.notebooks import NOTEBOOKS

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "tutorials"
EDITED = "mechanism.md"  # its blocks are edits of the code: applied to a copy, below
# Run elsewhere: on a scheduler that is there (test_cluster.py), as notebooks (test_notebooks.py).
ELSEWHERE = {"cluster.md", *(page.name for page in NOTEBOOKS)}
_BLOCK = re.compile(
    r'^(?P<pad> *)```(?P<kind>\w+)(?: title="(?P<file>[^"]+)")?(?: where="(?P<where>[^\n]*)")?\n'
    r"(?P<text>.*?)^(?P=pad)```$",
    re.DOTALL | re.MULTILINE,
)
SMALL = ["--set", f"burn_in={BURN_IN}", "--quiet"]


def blocks(page):
    """(kind, file, where, text) of each block, in order; indented ones as if they were not."""
    for found in _BLOCK.finditer((FOLDER / page).read_text(encoding="utf-8")):
        pad = len(found["pad"])
        text = "".join(
            line[pad:] if line.strip() else line for line in found["text"].splitlines(True)
        )
        yield found["kind"], found["file"], found["where"], text


def commands(text):
    lines = (line.split("#")[0].strip() for line in text.splitlines())
    return [shlex.split(line)[1:] for line in lines if line.startswith("ornok ")]


def pages():
    return sorted(
        path.name for path in FOLDER.glob("*.md") if path.name not in {EDITED, *ELSEWHERE}
    )


@pytest.mark.parametrize("page", pages())
def test_a_tutorial_runs_from_top_to_bottom(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for one in (job, impact_job):  # starting processes would take longer than the runs
        monkeypatch.setattr(one, "processes", lambda runs: 1)
    monkeypatch.setattr(study, "ProcessCrew", lambda size: HereCrew())
    names: dict = {"__name__": "tutorial"}
    done = 0
    for kind, file, _, text in blocks(page):
        done += 1
        if file is not None:
            (tmp_path / file).parent.mkdir(exist_ok=True)
            (tmp_path / file).write_text(text, encoding="utf-8")
        elif kind == "sh":
            for words in commands(text):
                small = SMALL if words[0] in ("run", "impact") else []
                result = CliRunner().invoke(app, [*words, *small])
                assert result.exit_code == 0, result.output
        elif kind == "python":
            exec(compile(text, page, "exec"), names)
    assert done >= 3


# --- The mechanism: the page's edits, applied to a copy of the code ------------------------------------


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the code with every edit of the page made, and a pack more."""
    folder = tmp_path_factory.mktemp("copy")
    ignored = shutil.ignore_patterns("__pycache__", "vendor")
    for name in ("model", "experiments", "ui"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    packs = folder / "model" / "data"
    shutil.copytree(packs / "valley", packs / "lakeland")
    facts = packs / "lakeland" / "pack.csv"
    old = facts.read_text(encoding="utf-8")
    assert "The Valley (made up)" in old
    facts.write_text(old.replace("The Valley (made up)", "Lakeland"), encoding="utf-8")
    edits = [block for block in blocks(EDITED) if block[2] is not None]
    assert len(edits) == 5
    for _, file, where, text in edits:
        path = folder / file
        old = path.read_text(encoding="utf-8")
        if where == "end":
            new = old + text
        else:
            line = where.removeprefix("after:") + "\n"
            assert old.count(line) == 1, where
            new = old.replace(line, line + text)
        path.write_text(new, encoding="utf-8")
    return folder


def in_copy(folder, *words, cwd):
    # Few months in plain Python are quicker than compiling every rule of a copy; the bits are the same.
    environment = os.environ | {"PYTHONPATH": str(folder), "NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run(
        [sys.executable, *words], cwd=cwd, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_rule_a_parameter_and_an_outcome_appear_everywhere(copy, tmp_path):
    """Through the places that CONTRIBUTING names, and nothing else edited."""
    shown = ""
    for _, _, _, text in [b for b in blocks(EDITED) if b[0] == "sh"]:
        for words in commands(text):
            small = [*SMALL, "--horizon", "24"] if words[0] == "run" else []
            shown += in_copy(copy, "-m", "experiments.cli", *words, *small, cwd=tmp_path)
    assert "share of wages" in shown
    look = (
        "import pandas as pd; m = pd.read_parquet('levy/plant/monthly.parquet');"
        "print(m['training_levy_paid'].sum(), m.attrs.get('units', {}).get('training_levy_paid'));"
    )
    assert float(in_copy(copy, "-c", look, cwd=tmp_path).split()[0]) > 0.0
    in_copy(copy, "-c", LOOK_AT_PAGES, cwd=tmp_path)
    in_copy(copy, "-W", "ignore", "-c", LOOK_AT_APP, cwd=tmp_path)
    told = in_copy(copy, "-m", "experiments.cli", "pack", "check", "lakeland", cwd=tmp_path)
    assert told.startswith("Lakeland (made up): 3 regions")


# In the reference of the site, which lists what there is.
LOOK_AT_PAGES = """
from experiments.site_pages import reference_pages
pages = reference_pages()
assert "| `training_levy` |" in pages["reference/parameters.md"]
assert "share of its wages that a plant pays for training" in pages["reference/parameters.md"]
assert "| `training_levy_paid` |" in pages["reference/outcomes.md"]
assert "| `lakeland` | Lakeland | 3 |" in pages["reference/pack.md"]
"""
# In the app: the pack can be chosen and run, the outcome is told by a run and can be added as a chart.
LOOK_AT_APP = f"""
from dataclasses import replace
from ui.language import Words
from ui.lever_texts import setup_props
from ui.map_shapes import map_of, region_names
from ui.question import ask
from ui.recorder import Recorder
from ui.shown_outcomes import as_props
from model import RegionalModel
question, corrections = ask({{"pack": "lakeland"}})
assert (question.pack, question.scale, corrections) == ("lakeland", 1, [])
assert setup_props(question, Words("ky"))["packs"]["lakeland"] == "Lakeland"
assert region_names("lakeland", Words("en"))["town"] == "Town"
assert len(map_of("lakeland")["regions"]) == 3
(shown,) = [one for one in as_props(Words("ky")) if one["name"] == "training_levy_paid"]
assert (shown["label"], shown["unit"]) == ("training levy paid", "сом/ай"), shown
assert shown["help"] == "training levy that plants pay"
from importlib.util import find_spec
if find_spec("ui.model_props"):  # the page Model, which lists every parameter
    from ui.model_props import parameter_props
    assert "training_levy" in [row["name"] for row in parameter_props("lakeland")["rows"]]
setup = replace(question.request(plant=True), horizon=24).setup()
params = setup.params.with_values({{"burn_in": {BURN_IN}, "training_levy": 0.02}})
model = RegionalModel(params, world=setup.world, pack="lakeland", rng=1)
recorder = Recorder(model)
while model.period < 23:
    model.step()
    if model.period >= 0:
        recorder.note()
piece = recorder.take()
import numpy as np
names = piece["head"]["outcomes"]
told = np.frombuffer(piece["series"], np.float32).reshape(24, len(names))
assert told[:, names.index("training_levy_paid")].sum() > 0.0
"""


def test_a_study_varies_the_new_parameter(copy, tmp_path):
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "study.toml").write_text(
        'title = "levy"\nquestion = "?"\nworlds = ["plant"]\nagainst = "none"\npack = "valley"\n'
        f"horizon = 24\nreplications = 1\n[settings]\nburn_in = {BURN_IN}\n"
        '[levers]\ntraining_levy = { values = [0.0, 0.02] }\n[design]\nkind = "grid"\n'
        '[keep]\noutcomes = ["training_levy_paid"]\nregions = []\n'
    )
    in_copy(copy, "-m", "experiments.cli", "study", "run", "s", "--workers", "1", cwd=tmp_path)
    look = (
        "from experiments import Study; m = Study.load('s').monthly(['training_levy_paid']);"
        "print(sorted(m.groupby('point')['training_levy_paid'].sum().tolist()))"
    )
    lowest, highest = map(float, in_copy(copy, "-c", look, cwd=tmp_path).strip(" []\n").split(","))
    assert lowest == 0.0
    assert highest > 0.0


def test_the_pages_own_test_holds_and_fails_without_the_levy(copy, tmp_path):
    (check,) = [text for kind, file, _, text in blocks(EDITED) if kind == "python" and file is None]
    assert '"horizon": 36' in check
    check = check.replace('"horizon": 36', f'"horizon": 24, "burn_in": {BURN_IN}')
    in_copy(copy, "-c", check, cwd=tmp_path)
    with contextlib.chdir(tmp_path):
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        done = subprocess.run([sys.executable, "-c", check], env=environment, capture_output=True)
    assert done.returncode != 0  # the code without the edits does not know the parameter
