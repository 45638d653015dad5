"""Studies run what agrees together: chunks, parts, counts, and what a killed worker leaves."""

import json
import os
import signal
from functools import partial
from types import SimpleNamespace

import pandas as pd
import pytest
from studies import changed, small_study

from experiments import branching_gain
from experiments import sweep as sweeping
from experiments.course import Course
from experiments.crew import HereCrew, ProcessCrew
from experiments.pacer import RUNS_TOGETHER, Pacer, Queue, missing
from experiments.runs_store import facts_of, parts, parts_of, scan
from experiments.simulate import prepare, simulate
from experiments.study import Study
from experiments.study_plan import Run
from experiments.sweep import Done, work, work_in_parts

BURN_IN = 4
MINE = """
title = "Dearer cars"
question = "?"
outside = true
[[events]]
date = "2023-03"
set = { new_car_duty_rate = 0.3 }
[[plants]]
reference = true
"""
NAMES = ["plant", "mine", "taxed", "none"]


def forked_study(folder, seeds=2):
    """Two worlds that agree for two months more than the others, and one that never agrees."""
    folder.mkdir(exist_ok=True)
    (folder / "mine.toml").write_text(MINE)
    own = MINE.replace("[[events]]", "[parameters]\nvat_rate = 0.2\n[[events]]")
    (folder / "taxed.toml").write_text(own)
    small_study(folder, seeds=seeds, horizon=4)
    changed(folder, '[levers]\nvat_rate = { values = [0.1, 0.14] }\n[design]\nkind = "grid"\n', "")
    changed(folder, "burn_in = 1", f"burn_in = {BURN_IN}")
    return changed(folder, '["plant"]', '["plant", "mine.toml", "taxed.toml"]')


@pytest.fixture(scope="module")
def forked(tmp_path_factory):
    study = forked_study(tmp_path_factory.mktemp("forked"))
    tally = study.run(workers=0)
    assert (tally.done, tally.failed) == (8, 0)
    # Each seed: none takes over the burn-in, mine two months more, taxed nothing.
    assert tally.months_saved == 2 * (BURN_IN + BURN_IN + 2)
    return study


def same_rows(one, other):
    pd.testing.assert_frame_equal(one.monthly(), other.monthly(), check_exact=True)
    regions = [study.relation(place="regions").df() for study in (one, other)]
    pd.testing.assert_frame_equal(*regions, check_exact=True)


def test_rows_are_those_of_single_runs(forked):
    table = forked.monthly()
    for world, seed in [(name, seed) for name in NAMES for seed in (1, 2)]:
        path = forked.folder / f"{world}.toml"
        its = path if path.exists() else world
        alone = simulate(its, pack="valley", seed=seed, horizon=4, settings={"burn_in": BURN_IN})
        part = table[(table["world"] == world) & (table["seed"] == seed)]
        assert len(part) == 4
        for name in forked.plan.kit.keep.outcomes:
            assert part[name].to_numpy().tobytes() == alone.monthly[name].to_numpy().tobytes()


def test_months_saved_are_told(forked, tmp_path, capsys, monkeypatch):
    from experiments.study_screen import run_with_bar, show_status

    assert forked.status().months_saved == 20
    show_status(forked, json=False)
    assert "months saved    20, shared with runs" in capsys.readouterr().out
    show_status(forked, json=True)
    assert json.loads(capsys.readouterr().out)["months_saved"] == 20
    study = forked_study(tmp_path, seeds=1)
    monkeypatch.setattr("experiments.study.ProcessCrew", lambda size: HereCrew())
    run_with_bar(study, 1, quiet=False, json=False, retry_failed=False)
    assert "4 of 4 runs done" in (said := capsys.readouterr().out)
    assert "10 months saved by branching" in said


def test_one_part_a_chunk_gives_the_same_rows(forked, tmp_path):
    """As crews want it that bring a chunk's part home at its end."""
    whole = forked_study(tmp_path / "whole")
    tally = whole.run(crew=HereCrew(work))
    assert tally.months_saved == 20
    same_rows(whole, forked)
    assert all(len(path.stem.split("-")) == 4 for path in parts(whole.folder))


def test_what_is_finished_is_written_as_it_comes(forked, tmp_path, monkeypatch):
    monkeypatch.setattr(sweeping, "CHUNK_SECONDS", 0.0)
    study = forked_study(tmp_path)
    chunks = []

    def watched(chunk):
        done = work_in_parts(chunk)
        chunks.append((chunk, done))
        return done

    study.run(crew=HereCrew(watched))
    for chunk, done in chunks:
        left = parts_of(study.folder, chunk.part)
        assert len(left) == len(chunk.runs) == done.finished
        found = [facts_of(path) for path in left]
        assert {key for one in found for key in one.seconds} == {run.key for run in chunk.runs}
        assert sum(one.months_saved for one in found) == done.months_saved
    same_rows(study, forked)
    # An unfinished chunk loses its last part only.
    last = parts(study.folder)[-1]
    key = next(iter(facts_of(last).seconds))
    last.unlink()
    assert study.plan.keys - scan(study.folder).finished == {key}
    study.run(workers=0)
    same_rows(study, forked)


def dies_once_after_a_run(chunk):
    """Its process is killed when the first run of a group is written and the others are not."""
    mark = chunk.folder / "died-once"
    if not mark.exists():
        sweeping.CHUNK_SECONDS = 0.0
        really, runs = Course.results, []

        def results(course, seconds):
            if len(runs) == 1:
                mark.touch()
                os.kill(os.getpid(), signal.SIGKILL)
            runs.append(course.setup.world.name)
            return really(course, seconds)

        Course.results = results
    return work_in_parts(chunk)


def test_a_worker_that_dies_in_a_group_loses_the_run_in_flight(forked, tmp_path):
    study = forked_study(tmp_path)
    seen = []
    crew = ProcessCrew(1, dies_once_after_a_run)
    tally = study.run(crew=crew, tell=lambda now: seen.append(now.done))
    assert (tally.done, tally.failed) == (8, 0)
    assert 1 in seen  # the run that was written before
    (tmp_path / "died-once").unlink()
    same_rows(study, forked)
    assert sum(len(facts_of(path).seconds) for path in parts(tmp_path)) == 8  # none twice


def test_a_failed_branch_is_recorded_and_the_others_go_on(forked, tmp_path, monkeypatch):
    really = Course.step

    def step(course):
        really(course)
        if course.model.world.name == "mine" and course.model.period == 3:
            raise FloatingPointError("on purpose")

    monkeypatch.setattr(Course, "step", step)
    study = forked_study(tmp_path)
    tally = study.run(workers=0)
    assert (tally.done, tally.failed) == (6, 2)
    assert {(one["world"], one["seed"]) for one in study.failures()} == {("mine", 1), ("mine", 2)}
    monkeypatch.undo()
    assert study.run(workers=0, retry_failed=True).failed == 0
    same_rows(study, forked)


def test_runs_of_a_point_and_seed_stand_in_one_group_if_they_begin_alike(tmp_path):
    study = forked_study(tmp_path)
    plan = study.plan
    groups = list(missing(plan, set()))
    names = [[plan.worlds[run.world] for run in group] for group in groups]
    assert names == [["plant", "mine", "none"], ["taxed"]] * 2
    assert all(len({(run.point, run.seed) for run in group}) == 1 for group in groups)
    some = {groups[0][0].key, *(run.key for run in groups[2])}
    left = list(missing(plan, some))
    assert left == [groups[0][1:], groups[1], groups[3]]
    assert some == plan.keys
    # A parameter of the design takes the place of the world's own: then one is the other.
    (tmp_path / "study.toml").write_text(
        (tmp_path / "study.toml").read_text() + "[levers]\nvat_rate = { values = [0.1] }\n"
        '[design]\nkind = "grid"\n'
    )
    assert [len(group) for group in missing(Study.load(tmp_path).plan, set())] == [3, 3]


def queue_of(sizes, workers, seconds=None):
    """A queue of groups of so many runs each; `seconds`: of a run, if known."""
    groups = [[Run(f"{g}.{k}", k, 0, g) for k in range(n)] for g, n in enumerate(sizes)]
    pacer = Pacer(workers)
    if seconds is not None:
        pacer.note(Done(1, 0, seconds, 1000))
    return Queue(iter(groups), pacer, sum(sizes))


def chunks_of(queue):
    out = []
    while runs := queue.next_runs():
        out.append([run.key for run in runs])
    assert queue.waiting == 0
    return out


@pytest.mark.parametrize("seconds", [None, 0.1, 3.0, 300.0])
@pytest.mark.parametrize("workers", [1, 2, 3, 16])
@pytest.mark.parametrize("sizes", [[5] * 3, [1] * 7, [2] * 40, [65] * 3, [3, 1, 4, 1, 5, 9, 2, 6]])
def test_every_run_is_handed_out_once(sizes, workers, seconds):
    handed = [key for chunk in chunks_of(queue_of(sizes, workers, seconds)) for key in chunk]
    assert handed == [f"{g}.{k}" for g, n in enumerate(sizes) for k in range(n)]


def test_groups_stay_whole_while_every_worker_has_one():
    def lengths(*arguments):
        return [len(chunk) for chunk in chunks_of(queue_of(*arguments))]

    assert lengths([5, 5], 2, 3.0) == [5, 5]
    assert lengths([5, 5, 5], 2, 3.0) == [5, 5, 3, 1, 1]
    assert lengths([5, 5, 5], 16, 3.0) == [1] * 15
    assert lengths([5, 5], 2) == [5, 5]  # before it is known how long a run takes
    assert lengths([5], 1, 3.0) == [5]
    # Long runs: not more than a few in a chunk. Short ones: whole groups up to some seconds.
    assert lengths([20], 1, 300.0) == [RUNS_TOGETHER, RUNS_TOGETHER, 4]
    assert lengths([20], 1) == [RUNS_TOGETHER, RUNS_TOGETHER, 4]
    assert lengths([40], 1, 3.0) == [20, 20]
    assert lengths([3] * 20, 1, 0.4) == [9] * 6 + [6]


def test_runs_tried_again_come_first_and_alone():
    queue = queue_of([2, 2], 1)
    first = queue.next_runs()
    queue.again.extend(first)
    assert [len(queue.next_runs()) for _ in range(4)] == [1, 1, 2, 0]


def test_the_estimate_counts_shared_months_once(tmp_path, monkeypatch):
    from experiments import study_estimate

    times = iter([0.0, 5.0, 5.0, 5.0 + 3.0])  # building takes 5 s, three months 3 s
    monkeypatch.setattr(study_estimate, "time", SimpleNamespace(perf_counter=lambda: next(times)))
    study = forked_study(tmp_path)
    # 8 months a run; of four runs two build their own model, and 10 months are shared.
    assert study.estimate().seconds == (2 * 5.0 + (4 * 8 - 10) * 1.0) / 4


# --- The gain, and the page -------------------------------------------------------------------------


@pytest.fixture
def short(monkeypatch):
    """The measurement of a short horizon."""
    brief = partial(prepare, horizon=6, settings={"burn_in": 2})
    monkeypatch.setattr(branching_gain, "prepare", brief)


def test_the_table_of_the_page_is_that_of_the_stored_numbers(tmp_path, capsys, short):
    text = (branching_gain.DOCS / branching_gain.PAGE).read_text(encoding="utf-8")
    assert branching_gain.page(text) == text
    assert text.count("<!-- generated: ") == 1
    (tmp_path / branching_gain.PAGE).write_text(text, encoding="utf-8")
    branching_gain.main("plant,none", 1, 1000.0, "valley", save=True, folder=tmp_path)
    said = capsys.readouterr().out
    assert "| months run | 14 | 16 | 0.88 |" in said
    assert "| models built | 1 | 2 | 0.50 |" in said
    assert said.strip() in (tmp_path / branching_gain.PAGE).read_text(encoding="utf-8")


def test_a_difference_is_no_gain(monkeypatch, short):
    setup = branching_gain.prepare("flat", pack="valley", scale=1000.0)
    other = branching_gain.run(setup)
    monkeypatch.setattr(branching_gain, "run", lambda setup: other)
    with pytest.raises(ValueError, match="run 0 is not the same"):
        branching_gain.measure(["none"], 1, 1000.0, "valley")
