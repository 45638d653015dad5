"""The pages about very many runs and about mesa.batch_run, and the scripts behind them."""

import copy
import json
import re
from pathlib import Path

import pandas as pd
import pytest

from experiments import batch_run_page, beside_batch_run, many_runs, many_runs_page
from experiments.crew import HereCrew
from experiments.growth import NOT_YET
from experiments.study import MANY_PARTS, Study

DOCS = Path(__file__).resolve().parent.parent / "docs"


@pytest.mark.parametrize("page", [many_runs_page, batch_run_page])
def test_the_page_is_that_of_the_stored_numbers(page):
    text = (DOCS / page.PAGE).read_text(encoding="utf-8")
    assert page.page(text) == text
    assert NOT_YET in page.page(text, DOCS / "nowhere")


# --- Very many runs ---------------------------------------------------------------------------------


def test_made_up_rows_are_stored_as_a_models_are(tmp_path):
    """The same files with the same columns; only the numbers are those of another run."""
    tables = []
    for name, work in (("made", many_runs.made_up), ("real", None)):
        folder = tmp_path / name
        folder.mkdir()
        text = many_runs.STUDY.format(points=2, seeds=1)
        (folder / "study.toml").write_text(text, encoding="utf-8")
        study = Study.load(folder)
        tally = study.run(crew=HereCrew() if work is None else HereCrew(work))
        assert (tally.done, tally.failed) == (4, 0)
        tables.append(study.monthly())
    made, real = tables
    values = ["employee_jobs", "real_value_added"]
    pd.testing.assert_frame_equal(made.drop(columns=values), real.drop(columns=values))
    # The first run's numbers are its own.
    first = real[(real["point"] == 1) & (real["world"] == "plant")].index
    pd.testing.assert_frame_equal(made.loc[first], real.loc[first], check_exact=True)


def test_it_is_measured_and_stored(tmp_path, monkeypatch, capsys):
    """Few runs, all in this process; the commands are not timed here."""
    asked = []

    def ornok(command, folder, *words):
        asked.append((command, *words[:1]))
        return {"seconds": 1.0, "mb": 2.0}

    monkeypatch.setattr(many_runs, "_ornok", ornok)
    monkeypatch.setattr("experiments.crew.ProcessCrew", lambda _, work: HereCrew(work))
    (tmp_path / "cluster.md").write_text((DOCS / "cluster.md").read_text(encoding="utf-8"))
    many_runs.main(runs=200, workers=2, no_model=True, keep=True, only_page=False, docs=tmp_path)
    assert many_runs.study_module.MANY_PARTS == MANY_PARTS
    facts = json.loads((tmp_path / "many_runs.json").read_text(encoding="utf-8"))["made_up"]
    assert (facts["runs"], facts["workers"]) == (200, 1)
    assert facts["memory_mb"].keys() == {"100", "200"}
    assert abs(facts["memory_mb"]["200"] - facts["memory_mb"]["100"]) < 5.0
    assert 0.0 < facts["processor_ms"] < 50.0
    assert len(asked) == 2 + 2 * len(many_runs_page.COMMANDS)
    shown = capsys.readouterr().out
    text = (tmp_path / "cluster.md").read_text(encoding="utf-8")
    for words in ("200 made-up runs, one worker", f"{facts['runs_per_s']:,.1f}"):
        assert words in shown
        assert words in text


def test_a_million_is_a_line_through_what_was_measured():
    one = {"seconds": 0.5, "mb": 100.0}
    read = {"parts": 20, "bytes": 2e6, "commands": dict.fromkeys(many_runs_page.COMMANDS, one)}
    facts = {
        "runs": 20_000, "runs_per_s": 10.0, "processor_ms": 150.0, "run_ms": 190.0, "workers": 2,
        "memory_mb": {"5000": 101.0, "100": 100.0, "20000": 103.0}, "made_up": False,
        "before": read, "after": copy.deepcopy(read), "compact": one, "start": one,
    }  # fmt: skip
    head, rows = many_runs_page.head_and_rows([facts])
    cells = dict(rows)
    assert head[1] == "20,000 runs of the model, 2 workers"
    assert cells["a million of these: time, room"] == "27.8 h, 100.0 MB"
    assert cells["memory of the process that hands out, MB"] == (
        "100 at 100, 101 at 5,000, 103 at 20,000"
    )
    assert cells["the runner beside it, a run"] == "–"


# --- Beside batch_run -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ways(tmp_path_factory):
    """Both ways, in this process, and both with a seed that fails."""
    found = {}
    for way, run in beside_batch_run.WAYS.items():
        folder = str(tmp_path_factory.mktemp(way) / "study")
        found[way] = {"one": run(2, 3, 1, folder)}
        found[way]["fails"] = beside_batch_run.with_a_failure(way, 4, 3, folder + "-fails")
    return found


def test_both_give_the_same_numbers_bit_for_bit(ways):
    assert ways["batch_run"]["one"]["digest"] == ways["study"]["one"]["digest"]
    assert [way["one"]["kept"] for way in ways.values()] == [4, 4]


def test_a_digest_sees_a_last_bit(ways):
    import numpy as np

    kept = {("plant", "1"): np.array([[1.0, 2.0]])}
    other = {("plant", "1"): np.nextafter(kept["plant", "1"], 3.0)}
    assert beside_batch_run._digest(kept) != beside_batch_run._digest(other)


def test_one_seed_that_raises_costs_all_or_only_itself(ways):
    assert (ways["batch_run"]["fails"]["kept"], ways["batch_run"]["fails"]["failed"]) == (0, 2)
    assert (ways["study"]["fails"]["kept"], ways["study"]["fails"]["failed"]) == (6, 2)


def test_the_table_says_what_was_found(ways):
    found = copy.deepcopy(ways)
    for name, mb in (("batch_run", 130.0), ("study", 100.0)):
        found[name]["two"] = {"seconds": 1.0, "mb": 100.0}
        found[name]["more"] = {"seconds": 4.0, "mb": mb}
        found[name]["killed"] = {"kept": 0, "again": {}}
    found["study"]["killed"] = {"kept": 3, "again": {"now": 1, "seconds": 0.5}}
    facts = {"seeds": 2, "horizon": 3, "ways": found, "same": True}
    _, rows = batch_run_page.head_and_rows(facts)
    cells = {row[0]: row[1:] for row in rows}
    assert cells["the same with 16 runs"] == ["130 MB", "100 MB", "0.77"]
    # 2.5 MB a run from four runs on
    assert cells["along this line with 10,000"] == ["25,090 MB", "100 MB", "–"]
    assert cells["killed (`kill -9`) half-way"][1] == "3 of 4 kept; the other 1 took 0.5 s"
    assert "ends the call: 0 of 20 kept" in cells["one seed of ten raises an error"][0]


def test_the_example_of_the_page_runs(capsys):
    text = (DOCS / "batch_run.md").read_text(encoding="utf-8")
    block = re.search(r"```python\n(.*?)```", text, re.DOTALL)[1]
    exec(compile(block, "batch_run.md", "exec"), {})
    assert capsys.readouterr().out.startswith("16 rows; ")
