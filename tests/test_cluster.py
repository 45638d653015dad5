"""A study on a Dask cluster: a real scheduler, real workers, and what happens when they die.

Dask is never imported here: its old warnings are no errors of ours.
"""

import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest
from studies import small_study
from test_sweep import left_over, same_rows, start, wait_for, workers_of
from test_tutorials import blocks as tutorial_blocks
from test_tutorials import commands
from typer.testing import CliRunner

from experiments import runs_apart, study
from experiments.cli import app
from experiments.cluster_worker import show, unfit, work_apart
from experiments.crew import HereCrew
from experiments.runs_apart import bring_home, end_apart, make_apart
from experiments.runs_store import UNDER_WAY, clean, parts, scan
from experiments.study import Study
from experiments.sweep import Chunk, work
from model import threads

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "cluster.md").read_text(encoding="utf-8")
LINUX = sys.platform.startswith("linux")
need_dask = pytest.mark.skipif(
    find_spec("distributed") is None or not LINUX, reason="needs Dask, looks into /proc"
)


def blocks(kind):
    return re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)


# --- Fit or not -------------------------------------------------------------------------------------


@pytest.fixture
def ours(tmp_path):
    place, token = make_apart(tmp_path)
    shown = show(place, "valley")
    assert shown.token == token
    return shown


def but(shown, **changes):
    return replace(shown, **changes)


def test_an_equal_worker_is_fit_and_the_system_it_runs_on_does_not_matter(ours, tmp_path):
    assert unfit(ours, ours, tmp_path) is None
    elsewhere = but(ours, versions={**ours.versions, "platform": "Linux-1.2-elsewhere"})
    assert unfit(elsewhere, ours, tmp_path) is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"token": None}, "does not see the study's folder"),
        ({"token": "of another folder"}, "does not see the study's folder"),
        ({"code": "older"}, "has other code of Ornok (older, here "),
        ({"pack_hash": "1234567890abcdef"}, "has another pack (1234567890ab, here "),
        ({"pack_hash": ""}, "has another pack (none, here "),
        ({"versions": {"python": "3.0"}}, "has ornok None, here it is "),
    ],
)
def test_what_is_not_fit_is_said(ours, tmp_path, changes, words):
    assert words in unfit(but(ours, **changes), ours, tmp_path)


def test_every_version_but_the_system_must_agree(ours, tmp_path):
    for name in ours.versions.keys() - {"platform", "code"}:
        other = but(ours, versions={**ours.versions, name: "0.1"})
        assert unfit(other, ours, tmp_path).startswith(f"has {name} 0.1, here it is "), name


def test_a_folder_or_pack_that_is_not_there_is_no_error(tmp_path):
    shown = show(tmp_path / "nowhere", str(tmp_path / "no_pack"))
    assert (shown.token, shown.pack_hash) == (None, "")


# --- Apart ------------------------------------------------------------------------------------------


@pytest.fixture
def chunk(tmp_path):
    """All runs of a small study as one chunk."""
    plan = small_study(tmp_path / "study", seeds=1).plan
    runs = tuple(plan.runs())
    values = tuple(plan.design.values(run.point) for run in runs)
    return Chunk("20260101000000-a-000001", plan.folder.absolute(), plan.kit, runs, values)


def test_a_part_comes_home_whole_and_leaves_nothing_behind(chunk, tmp_path):
    place, _ = make_apart(chunk.folder)
    before = threads.count()
    try:
        done = work_apart(work, chunk, place, 1000)
        assert threads.count() == 64  # the most there may be
    finally:
        threads.use(before)
    assert (done.finished, done.failed) == (4, 0)
    end_apart(place)
    assert left_over(chunk.folder) == []
    here = small_study(tmp_path / "here", seeds=1)
    here.run(workers=0)
    same_rows(Study.load(chunk.folder), here)


def kinds(folder):
    return {path.parent.name for path in folder.rglob("part-*")}


@pytest.mark.parametrize("moment", ["before", "while it works", "while it moves"])
def test_a_forgotten_worker_leaves_no_half_part(chunk, monkeypatch, moment):
    """The study is taken over by somebody while a worker of the one before still goes on."""
    place, _ = make_apart(chunk.folder)

    def working(one):
        done = work(one)
        if moment == "while it works":
            clean(chunk.folder)
        return done

    if moment == "before":
        clean(chunk.folder)
    if moment == "while it moves":
        # The regions have come home, the months have not.
        monkeypatch.setattr(runs_apart, "flush_names", lambda _: clean(chunk.folder))
    with pytest.raises(FileNotFoundError):
        work_apart(working, chunk, place, threads.count())
    assert kinds(chunk.folder) == set()
    assert not scan(chunk.folder).finished
    assert left_over(chunk.folder) == []


def test_what_came_home_before_the_study_was_taken_over_counts(chunk):
    place, _ = make_apart(chunk.folder)
    work_apart(work, chunk, place, threads.count())
    clean(chunk.folder)
    assert len(scan(chunk.folder).finished) == 4
    assert kinds(chunk.folder) == {"runs", "regions"}
    with pytest.raises(FileNotFoundError):
        bring_home(place / chunk.part, place, chunk.folder)
    assert not (chunk.folder / UNDER_WAY).exists()


# --- A cluster --------------------------------------------------------------------------------------


class Cluster:
    """Scheduler and workers as the page starts them: by port and by a file, both at once."""

    def __init__(self, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.folder, self.address = folder, f"tcp://127.0.0.1:{port}"
        by_port, by_file = [
            [shlex.split(line)[:-1] if line.endswith("&") else shlex.split(line) for line in lines]
            for lines in (
                blocks("sh")[0].replace("8786", str(port)).splitlines(),
                blocks("sh")[1].replace("scheduler.json", str(folder / "s.json")).splitlines(),
            )
        ]
        self.run_by_port, self.run_by_file = by_port.pop(), by_file.pop()
        # Each command of the second block does what one of the first does, by the file.
        assert by_file[1][:2] == by_port[1][:2]
        self.scheduler = self.begin([*by_port[0], *by_file[0][2:], "--no-dashboard"])
        self.workers = self.begin([*by_port[1][:2], *by_file[1][2:4], *by_port[1][3:]])

    def begin(self, words):
        """A command of the page, in the background; no files in our folders."""
        assert words[0] == "dask"
        own = ["--local-directory", str(self.folder)] if words[1] == "worker" else []
        with (self.folder / f"{words[1]}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", *words, *own],
                cwd=ROOT,
                stdout=log,
                stderr=log,
                env={**os.environ, "PYTHONWARNINGS": "ignore"},
            )

    def ornok(self, folder, words, cwd=ROOT):
        """The page's `ornok study run hiring ...` for another folder."""
        assert words[:4] == ["ornok", "study", "run", "hiring"]
        return start(folder, "run", *words[4:], cwd=cwd)

    def stop(self):
        for process in (self.workers, self.scheduler):
            process.terminate()
            process.wait(20)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    cluster = Cluster(tmp_path_factory.mktemp("cluster"))
    yield cluster
    cluster.stop()


def ended(runner, seconds=60):
    out, errors = runner.communicate(timeout=seconds)
    assert "Traceback" not in out + errors
    return runner.returncode, out, errors.splitlines()


@need_dask
def test_a_worker_with_other_code_is_refused_by_name(cluster, tmp_path):
    """Workers were started, then the code was edited; here it is a copy that is edited."""
    for package in ("model", "experiments"):
        shutil.copytree(ROOT / package, tmp_path / package)
    with (tmp_path / "experiments" / "study_rows.py").open("a", encoding="utf-8") as file:
        file.write("# edited\n")
    study = small_study(tmp_path / "study")
    code, out, errors = ended(cluster.ornok(study.folder, cluster.run_by_file, cwd=tmp_path))
    assert (code, out) == (2, "")
    assert re.fullmatch(
        r"ornok: field '--cluster': worker tcp://127\.0\.0\.1:\d+ has other code of Ornok "
        r"\(\S+, here \S+\)",
        errors[-1],
    )
    assert [path.name for path in study.folder.iterdir()] == ["study.toml"]


@need_dask
def test_a_killed_worker_loses_nothing(cluster, tmp_path):
    study = small_study(tmp_path / "cluster", seeds=4)
    runner = cluster.ornok(study.folder, cluster.run_by_port)
    wait_for(lambda: parts(study.folder))
    before = workers_of(cluster.workers.pid)
    os.kill(before[0], signal.SIGKILL)
    code, out, errors = ended(runner)
    assert code == 0, errors
    assert out.startswith("16 of 16 runs done (16 now")
    assert left_over(study.folder) == []
    for workers in (0, 2):
        here = small_study(tmp_path / str(workers), seeds=4)
        here.run(workers=workers)
        same_rows(study, here)
    # Dask's nanny has started another in its place.
    assert len(set(workers_of(cluster.workers.pid)) - set(before)) == 1


def tutorial_command(words, address, folder):
    """What it prints. Without the cluster in this process, which is quicker; Dask has one of its own."""
    if "--cluster" not in words:
        told = CliRunner().invoke(app, words)
        assert told.exit_code == 0, told.output
        return told.output
    words = [word.replace("tcp://127.0.0.1:8786", address) for word in words]
    done = subprocess.run(
        [sys.executable, "-m", "experiments.cli", *words],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@need_dask
def test_the_tutorial_gives_the_same_on_workers_as_here(cluster, tmp_path, monkeypatch):
    """Its blocks in their order; scheduler and workers, as it starts them, are there already."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(study, "ProcessCrew", lambda size: HereCrew())
    names: dict = {"__name__": "tutorial"}
    started, last = blocks("sh")[0].splitlines()[:2], ""
    for kind, file, _, text in tutorial_blocks("cluster.md"):
        if file is not None:
            (tmp_path / file).parent.mkdir()
            (tmp_path / file).write_text(text, encoding="utf-8")
        elif kind == "python":
            exec(compile(text, "cluster.md", "exec"), names)
        elif text.startswith("dask"):
            assert text.splitlines() == started
        else:
            for words in commands(text):
                last = tutorial_command(words, cluster.address, tmp_path)
    assert "12 of 12 runs done (4 now" in last


@need_dask
def test_ctrl_c_stops_and_what_workers_still_do_does_not_count(cluster, tmp_path):
    study = small_study(tmp_path, seeds=20)
    runner = cluster.ornok(tmp_path, cluster.run_by_file)
    wait_for(lambda: parts(tmp_path))
    os.killpg(runner.pid, signal.SIGINT)
    code, _, errors = ended(runner)
    assert code == 130
    assert errors[-1].startswith("Interrupted: finished runs are kept.")
    assert 0 < study.status().done < study.status().total
    assert left_over(tmp_path) == []


@need_dask
def test_a_scheduler_that_goes_away_is_one_message(cluster, tmp_path):
    """The last one: it leaves no cluster."""
    study = small_study(tmp_path, seeds=20)
    runner = cluster.ornok(tmp_path, cluster.run_by_file)
    # Workers may still be at what an interrupted study left them.
    wait_for(lambda: parts(tmp_path), 180.0)
    cluster.scheduler.kill()
    code, out, errors = ended(runner)
    assert (code, out, len(errors)) == (1, "", 1)
    assert "the scheduler" in errors[0]
    assert "Finished runs are kept" in errors[0]
    assert 0 < study.status().done < study.status().total
    assert left_over(tmp_path) == []


@need_dask
def test_the_script_for_slurm_asks_for_workers_with_one_thread(tmp_path):
    script = tmp_path / "slurm_study.py"
    script.write_text(blocks("python")[0], encoding="utf-8")
    shown = subprocess.run(
        [sys.executable, "-W", "ignore", script.name, "hiring", "10", "--show"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout
    for words in (
        "#SBATCH -p short", "#SBATCH --cpus-per-task=8", "#SBATCH -t 04:00:00",
        "--nthreads 1 ", "--nworkers 8 ", "--lifetime 230m", "export OMP_NUM_THREADS=1",
    ):  # fmt: skip
        assert words in shown, shown
