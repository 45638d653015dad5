import json
import os
import signal
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path

import pandas as pd
import pytest
import studies
from studies import changed, small_study

from experiments import sweep as sweeping
from experiments.course import Course
from experiments.crew import HereCrew, ProcessCrew
from experiments.runs_store import parts, read_failures, refuse_other_versions, scan
from experiments.simulate import simulate
from experiments.study import Study
from experiments.study_lock import only_runner, running
from experiments.sweep import CodeChangedError, Done, Pacer, sweep
from model import InputError

ROOT = Path(__file__).resolve().parent.parent
WHOLE = ["point", "vat_rate", "world", "seed", "period", "date"]


def rows(study):
    return study.monthly()


def same_rows(one, other):
    pd.testing.assert_frame_equal(rows(one), rows(other), check_exact=True)
    regions = [study.relation(place="regions").df() for study in (one, other)]
    pd.testing.assert_frame_equal(*regions, check_exact=True)


def left_over(folder):
    """Files that are neither the study, nor its design, nor a part of a finished chunk."""
    names = {path.name for path in parts(folder)} | {
        path.name for path in parts(folder, "failures")
    }
    names |= {"study.toml", "design.csv"}
    return [str(path) for path in folder.rglob("*") if path.is_file() and path.name not in names]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A study that ran through, in this process."""
    study = small_study(tmp_path_factory.mktemp("whole"))
    tally = study.run(workers=0)
    assert (tally.done, tally.failed, tally.left) == (8, 0, 0)
    return study


def test_rows_are_those_of_simulate_bit_for_bit(whole):
    table = rows(whole)
    assert list(table.columns[:6]) == WHOLE
    for (rate, world, seed), part in table.groupby(["vat_rate", "world", "seed"]):
        run = simulate(
            world, pack="valley", seed=seed, horizon=3, settings={"burn_in": 1, "vat_rate": rate}
        )
        for name in whole.plan.kit.keep.outcomes:
            assert part[name].to_numpy().tobytes() == run.monthly[name].to_numpy().tobytes()
        assert (part["date"].to_numpy() == run.monthly["date"].to_numpy()).all()
    assert left_over(whole.folder) == []


def test_two_processes_give_the_same_rows_and_nothing_runs_twice(whole, tmp_path):
    study = small_study(tmp_path)
    seen = []
    tally = study.run(workers=2, tell=lambda now: seen.append((now.done, now.left)))
    assert seen[0] == (0, 8)
    assert seen[-1] == (8, 0)
    same_rows(study, whole)
    before = sorted(path.name for path in tmp_path.rglob("part-*"))
    tally = study.run(workers=2)
    assert (tally.done, tally.done_before) == (8, 8)
    assert sorted(path.name for path in tmp_path.rglob("part-*")) == before
    assert left_over(tmp_path) == []


def test_an_extended_study_runs_only_what_is_new(whole, tmp_path):
    study = small_study(tmp_path, seeds=1)
    study.run(workers=0)
    longer = changed(tmp_path, "replications = 1", "replications = 2")
    tally = longer.run(workers=0)
    assert (tally.done_before, tally.done) == (4, 8)
    same_rows(longer, whole)
    fewer = changed(tmp_path, "replications = 2", "seeds = [2]")
    status = fewer.status()
    assert (status.total, status.done, status.other) == (4, 4, 4)
    assert set(rows(fewer)["seed"]) == {2}


def test_panels_are_kept_and_come_back(tmp_path):
    small_study(tmp_path, seeds=1)
    names = ["firms", "contracts", "failures", "entries"]
    study = changed(tmp_path, "replications = 1", f"replications = 1\npanels = {json.dumps(names)}")
    study = changed(tmp_path, "horizon = 3", "horizon = 12")
    study.run(workers=0)
    settings = {"burn_in": 1, "vat_rate": 0.14}
    run = simulate("plant", pack="valley", horizon=12, settings=settings, panels=names)
    firms = pd.concat([pd.read_parquet(path) for path in parts(tmp_path, "panels/firms")])
    keys = study.runs().set_index(["vat_rate", "world"])["key"]
    here = firms[firms["key"] == keys[0.14, "plant"]].reset_index(drop=True)
    assert len(run.panels["firms"]) > 0
    for name in run.panels["firms"].columns:
        assert (here[name].to_numpy() == run.panels["firms"][name].to_numpy()).all(), name
    for name in names:
        assert parts(tmp_path, f"panels/{name}")
    assert left_over(tmp_path) == []


# --- Killing ----------------------------------------------------------------------------------------


def start(folder, *words, cwd=ROOT):
    return subprocess.Popen(
        [sys.executable, "-m", "experiments.cli", "study", *words, str(folder)],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def wait_for(what, seconds=60.0):
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if found := what():
            return found
        time.sleep(0.01)
    raise AssertionError("waited in vain")


def workers_of(pid):
    """Processes of the pool: children that are no resource tracker."""
    threads = Path(f"/proc/{pid}/task").glob("*/children")
    listed = [child for thread in threads for child in thread.read_text().split()]
    return [int(child) for child in listed if b"spawn_main" in command_of(child)]


def command_of(pid):
    """The command of a process; nothing of one that has ended since it was listed."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
def test_kill_9_of_a_worker_and_of_the_parent_and_resume(tmp_path):
    """At most the runs in flight are lost, and what comes after is as if nothing had happened."""
    folder = tmp_path / "killed"
    study = small_study(folder, seeds=10)
    runner = start(folder, "run", "--workers", "2", "--quiet")
    try:
        wait_for(lambda: parts(folder))
        workers = workers_of(runner.pid)
        os.kill(workers[0], signal.SIGKILL)
        wait_for(lambda: len(set(workers_of(runner.pid)) - set(workers)) == 1)
        now = study.status()  # reads while the other writes
        assert now.running["pid"] == runner.pid
        with pytest.raises(InputError, match=f"process {runner.pid}"):
            study.run(workers=0)
        workers = workers_of(runner.pid)
    finally:
        runner.kill()  # SIGKILL
    runner.communicate()
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers), 5.0)
    after = study.status()
    assert after.running is None
    assert (folder / "study.lock").exists()  # stale
    assert 0 < after.done < after.total == 40
    (folder / "runs" / ".part-x.parquet.1").write_text("half")
    finished = scan(folder).finished
    tally = study.run(workers=0)
    assert (tally.done, tally.done_before) == (40, len(finished))
    assert left_over(folder) == []
    uninterrupted = small_study(tmp_path / "whole", seeds=10)
    uninterrupted.run(workers=0)
    same_rows(study, uninterrupted)
    assert sum(len(pd.read_parquet(path)) for path in parts(folder)) == 40 * 3


def test_ctrl_c_keeps_what_is_finished(tmp_path):
    small_study(tmp_path, seeds=10)
    runner = start(tmp_path, "run", "--workers", "1")
    wait_for(lambda: parts(tmp_path))
    # As a terminal does: to the whole group.
    os.killpg(runner.pid, signal.SIGINT)
    out, errors = runner.communicate(timeout=30)
    assert runner.returncode == 130, errors
    assert errors.splitlines()[-1].startswith("Interrupted: finished runs are kept.")
    assert "Traceback" not in out + errors
    status = Study.load(tmp_path).status()
    assert 0 < status.done < status.total
    assert left_over(tmp_path) == []


def test_a_dead_worker_is_replaced_and_its_runs_are_tried_again(whole, tmp_path):
    study = small_study(tmp_path)
    tally = study.run(crew=ProcessCrew(1, studies.dies_twice))
    assert (tally.done, tally.failed) == (8, 0)
    for mark in tmp_path.glob("died-*"):
        mark.unlink()
    same_rows(study, whole)
    assert left_over(tmp_path) == []


def test_a_run_that_kills_its_worker_twice_is_a_failure(tmp_path):
    small_study(tmp_path)
    study = changed(tmp_path, "[0.1, 0.14]", "[0.1]")
    tally = study.run(crew=ProcessCrew(1, studies.dies_at_seed_2))
    assert (tally.done, tally.failed, tally.left) == (3, 1, 0)
    failed = study.failures()
    assert {(one["type"], one["world"], one["seed"]) for one in failed} == {
        ("WorkerDiedError", "plant", 2)
    }
    assert study.run(workers=0).done == 3  # stays failed
    assert study.run(workers=0, retry_failed=True).done == 4
    assert study.failures() == []


def test_processes_that_cannot_start_are_no_runs_fault(tmp_path):
    """A script without the usual guard: every worker would begin the study again."""
    study = small_study(tmp_path / "study")
    script = tmp_path / "script.py"
    script.write_text(
        "import sys\nsys.path.insert(0, sys.argv[1])\nfrom experiments.study import Study\n"
        "Study.load(sys.argv[2]).run(workers=1)\n"
    )
    done = subprocess.run(
        [sys.executable, str(script), str(ROOT), str(study.folder)], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "if __name__ == '__main__'" in done.stderr.splitlines()[-1]
    assert (study.status().failed, study.status().left) == (0, 8)
    assert left_over(study.folder) == []


def test_an_unfinished_chunk_does_not_count(whole, tmp_path):
    """Regions are written before the months; without these they are nobody's."""
    study = small_study(tmp_path)
    study.run(workers=0)
    last = parts(tmp_path)[-1]
    lost = len(pd.read_parquet(last)) // 3
    last.unlink()
    assert study.status().done == 8 - lost
    assert len(parts(tmp_path, "regions")) == len(parts(tmp_path))
    study.run(workers=0)
    same_rows(study, whole)
    assert left_over(tmp_path) == []


# --- Failures, versions, locks ----------------------------------------------------------------------


def test_a_failed_run_is_recorded_and_the_others_go_on(whole, tmp_path, monkeypatch):
    really = Course.results

    def results(course, seconds):
        if course.setup.seed == 2 and course.setup.world.name == "none":
            raise FloatingPointError("on purpose")
        return really(course, seconds)

    study = small_study(tmp_path)
    monkeypatch.setattr(Course, "results", results)
    tally = study.run(workers=0)
    assert (tally.done, tally.failed) == (6, 2)
    record = study.failures()[0]
    assert set(record) == {
        "key", "world", "parameters", "seed", "type", "message", "traceback", "time"
    }  # fmt: skip
    assert (record["world"], record["seed"], record["type"]) == ("none", 2, "FloatingPointError")
    assert json.loads(record["parameters"]) == {"vat_rate": 0.1}
    assert "on purpose" in record["message"]
    assert "in results" in record["traceback"]
    assert study.status().failures == {"FloatingPointError": 2}
    assert study.run(workers=0).failed == 2
    monkeypatch.undo()
    assert study.run(workers=0).failed == 2
    assert study.run(workers=0, retry_failed=True).failed == 0
    assert read_failures(tmp_path) == []
    same_rows(study, whole)


def test_runs_of_another_code_or_pack_are_refused_but_stay_readable(tmp_path, monkeypatch):
    from experiments import study_plan, study_rows

    small_study(tmp_path).run(workers=0)
    before = sorted(tmp_path.rglob("*"))
    assert study_rows.RUNS == "runs"
    monkeypatch.setattr(study_plan, "code_version", lambda: "newer")
    study = Study.load(tmp_path)
    with pytest.raises(InputError, match=r"code .* \(now newer\).*new folder"):
        study.run(workers=0)
    assert sorted(tmp_path.rglob("*")) == before
    status = study.status()
    assert (status.done, status.mixed) == (8, True)
    assert len(study.monthly(["gdp"])) == 24
    found = scan(tmp_path)
    with pytest.raises(InputError, match=r"pack .* \(now other\)"):
        refuse_other_versions(tmp_path, found, next(iter(found.made_by))[0], "other")


def test_a_worker_with_other_sources_stops_the_study(tmp_path):
    study = small_study(tmp_path)
    with pytest.raises(CodeChangedError, match="older"):
        study.run(crew=HereCrew(studies.other_code))
    assert study.status().done == 0
    assert running(tmp_path) is None


def test_what_is_no_part_is_named(tmp_path):
    study = small_study(tmp_path)
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "part-1.parquet").write_text("mine")
    with pytest.raises(InputError, match=r"part-1\.parquet: is no part"):
        study.status()


def test_the_lock_is_held_by_one_and_outlives_nobody(tmp_path):
    with only_runner(tmp_path):
        assert running(tmp_path)["pid"] == os.getpid()
        with pytest.raises(InputError, match=f"process {os.getpid()}"), only_runner(tmp_path):
            raise AssertionError("two runners")
    assert running(tmp_path) is None
    assert not (tmp_path / "study.lock").exists()
    (tmp_path / "study.lock").write_text('{"pid": 1, "host": "gone"}')
    assert running(tmp_path) is None
    with only_runner(tmp_path):
        assert running(tmp_path)["pid"] == os.getpid()


# --- Pace and memory --------------------------------------------------------------------------------


def test_chunks_hold_some_seconds_of_work():
    pacer = Pacer(workers=2)
    assert pacer.next_size(1000) == 1
    pacer.note(Done(1, 0, 0.08, 10_000))
    assert pacer.next_size(1000) == 50
    assert pacer.next_size(4) == 4
    pacer.note(Done(50, 0, 50 * 0.5, 10_000))
    assert 8 <= pacer.next_size(1000) <= 12
    for _ in range(3):
        pacer.note(Done(1, 0, 60.0, 10_000))
    assert pacer.next_size(1000) == 1
    big = Pacer(workers=1)
    big.note(Done(1, 0, 0.01, 32_000_000))
    assert big.next_size(1000) == 2


def test_the_parents_memory_does_not_grow_with_results(tmp_path):
    """What stays of a run is its key: about 150 bytes, not its rows."""

    def peak(seeds):
        study = small_study(tmp_path / str(seeds), seeds=seeds)
        crew = HereCrew(lambda chunk: Done(len(chunk.runs), 0, 0.08 * len(chunk.runs), 1000))
        tally = sweeping.Tally(len(study.plan.keys))
        tracemalloc.start()
        try:
            sweep(study.plan, crew, set(), tally)
            assert tally.left == 0
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(2)  # whatever is made once
    few, many = peak(8), peak(800)
    assert many - few < 300 * 4 * (800 - 8)


def test_the_bar_counts(capsys):
    from experiments.study_screen import duration, size_in_words, sweep_bar

    with sweep_bar(show=True) as tell:
        tell(sweeping.Tally(10, done=3, failed=1, done_before=1))
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "3 done, 1 failed, 6 left" in shown.err
    assert "runs/s" in shown.err
    with sweep_bar(show=False) as tell:
        assert tell is None
    words = [duration(x) for x in (1.0, 30, 600, 7200, 400_000)]
    assert words == ["1.0 s", "30 s", "10 min", "2.0 h", "4.6 days"]
    assert [size_in_words(x) for x in (5e3, 2e6, 3e9)] == ["5 kB", "2.0 MB", "3.0 GB"]
