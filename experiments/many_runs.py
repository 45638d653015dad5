"""How many runs a study holds: what a run costs beside the model, and what reading them costs.

`python -m experiments.many_runs` makes a study of 20,000 of the smallest runs there are, times it,
and times the commands that read it, before and after `compact`. With `--made-up` the worker stores
the rows of one run again and again instead of running the model: what is left is the runner, and a
million of these take a quarter of an hour, not a day. `--save` renews `docs/many_runs.json` and the
table of `docs/cluster.md`; `--page` does only the latter.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from unittest.mock import patch

import typer

from experiments import benchmark_table as tables
from experiments import study as study_module
from experiments.benchmark_process import peak_memory
from experiments.many_runs_page import COMMANDS, DOCS, head_and_rows, renew_page, save

if TYPE_CHECKING:
    from experiments.simulate import Results
    from experiments.study import Study
    from experiments.sweep import Chunk, Done, Tally

RUNS_A_POINT = 200
# From this run on the clock counts: before it, processes start and compiled code is loaded.
FIRST = 100
MARKS = (FIRST, 5_000, 20_000, 100_000, 1_000_000)
STUDY = """
title = "The smallest runs there are"
worlds = ["plant"]
against = "none"
pack = "valley"
horizon = 3
replications = {seeds}
[settings]
burn_in = 1
[uncertainties]
vat_rate = {{ low = 0.1, high = 0.14 }}
[design]
kind = "latin"
size = {points}
[keep]
outcomes = ["employee_jobs", "real_value_added"]
"""


# --- Rows without a model ---------------------------------------------------------------------------

_RAN: dict[tuple[Path, int], Results] = {}


def made_up(chunk: Chunk) -> Done:
    """What `sweep.work` does, with the rows of one run of its world in place of each run's own."""
    from experiments.provenance import versions
    from experiments.runs_store import PartFacts, write_part
    from experiments.study_rows import RUNS, rows_of
    from experiments.sweep import Done

    ran = [_ran(chunk, world) for world in range(len(chunk.kit.setups))]
    started = time.perf_counter()
    kept = [
        rows_of(replace(ran[one.world], seed=one.seed), one.key, chunk.kit.keep)[RUNS]
        for one in chunk.runs
    ]
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    seconds = {one.key: round(ran[one.world].run_time, 4) for one in chunk.runs}
    facts = PartFacts(chunk.kit.code, chunk.kit.pack_hash, versions(), seconds, now)
    write_part(chunk.folder, chunk.part, {RUNS: kept}, [], facts)
    took = time.perf_counter() - started
    return Done(len(kept), 0, took, sum(table.nbytes for table in kept))


def _ran(chunk: Chunk, world: int) -> Results:
    from experiments.simulate import run

    place = (chunk.folder, world)
    if place not in _RAN:
        _RAN[place] = run(chunk.kit.setup(world, chunk.values[0], chunk.runs[0].seed))
    return _RAN[place]


# --- Measuring --------------------------------------------------------------------------------------


def measure(runs: int, workers: int, folder: Path, *, no_model: bool) -> dict[str, Any]:
    """Make a study in `folder`, run it, read it, compact it, read it again."""
    from experiments.study import Study

    points = max(runs // RUNS_A_POINT, 1)
    text = STUDY.format(points=points, seeds=max(runs // (2 * points), 1))
    (folder / "study.toml").write_text(text, encoding="utf-8")
    study = Study.load(folder)
    start = _ornok("status", str(folder))
    facts = _run(study, workers, made_up if no_model else None)
    facts |= {"made_up": no_model, "workers": workers, "made_on": tables.machine()}
    facts["start"] = start
    facts["before"] = _read(study)
    facts["compact"] = _ornok("compact", str(folder))
    facts["after"] = _read(study)
    return facts


def _run(study: Study, workers: int, work: Callable[[Chunk], Done] | None) -> dict[str, Any]:
    """Run a study; memory is this process's, which hands the runs out."""
    from experiments.crew import ProcessCrew

    marks: dict[int, tuple[float, float, float]] = {}

    def tell(tally: Tally) -> None:
        for mark in (*MARKS, tally.total):
            if tally.done >= mark and mark not in marks:
                marks[mark] = (time.perf_counter(), _processor(), _memory())

    crew = ProcessCrew(workers) if work is None else ProcessCrew(workers, work)
    # Its parts are merged when they have been read as they are.
    with patch.object(study_module, "MANY_PARTS", sys.maxsize):
        tally = study.run(crew=crew, tell=tell)
    first, last, counted = marks[FIRST], marks[tally.total], tally.total - FIRST
    return {
        "runs": tally.total,
        "runs_per_s": counted / (last[0] - first[0]),
        "processor_ms": 1e3 * (last[1] - first[1]) / counted,
        "run_ms": 1e3 * (study.status().seconds or 0.0),
        "memory_mb": {str(mark): memory for mark, (*_, memory) in sorted(marks.items())},
    }


def _read(study: Study) -> dict[str, Any]:
    """Size of the folder, and what the commands that read it take, the start included."""
    files = [path for path in study.folder.rglob("part-*") if path.is_file()]
    found: dict[str, Any] = {
        "parts": len(files),
        "bytes": sum(path.stat().st_size for path in files),
        "commands": {},
    }
    with tempfile.TemporaryDirectory() as scratch:
        for name, words in COMMANDS.items():
            out = ["--out", f"{scratch}/{name}.parquet"] if words[0] == "export" else []
            found["commands"][name] = _ornok(words[0], str(study.folder), *words[1:], *out)
    return found


def _ornok(command: str, folder: str, *words: str) -> dict[str, float]:
    """Run a command of `ornok study` in a process of its own: seconds of processor, memory (MB)."""
    program = (
        "import sys, time; from experiments.cli import app; from experiments.benchmark_process import "
        "peak_memory\ntry:\n    app()\nfinally:\n"
        "    print(time.process_time(), peak_memory(), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "study", command, folder, *words],
        cwd=Path(__file__).resolve().parent.parent,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    seconds, gib = map(float, done.stderr.split()[-2:])
    return {"seconds": seconds, "mb": 1024 * gib}


def _processor() -> float:
    """Seconds of processor time of this process and of its workers; NaN where these are not known."""
    ticks = 0
    for child in multiprocessing.active_children():
        stat = Path(f"/proc/{child.pid}/stat")
        if not stat.exists():
            return math.nan
        fields = stat.read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def _memory() -> float:
    """Resident memory of this process, MB; the most so far where it is not known."""
    pages = Path("/proc/self/statm")
    if pages.exists():
        return int(pages.read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 1e6
    return peak_memory() * 1024


def main(
    runs: Annotated[int, typer.Option(help="How many.", min=2 * FIRST)] = 20_000,
    workers: Annotated[int, typer.Option(help="Processes (one with --made-up).", min=1)] = 2,
    no_model: Annotated[
        bool, typer.Option("--made-up", help="Rows of one run instead of the model's.")
    ] = False,
    keep: Annotated[bool, typer.Option("--save", help="Renew docs/many_runs.json.")] = False,
    only_page: Annotated[bool, typer.Option("--page", help="Renew the page only.")] = False,
    docs: Annotated[Path, typer.Option(hidden=True)] = DOCS,
) -> None:
    """Measure what very many runs cost and print one table."""
    if not only_page:
        with tempfile.TemporaryDirectory(prefix="ornok-many-") as place:
            workers = 1 if no_model else workers
            facts = measure(runs, workers, Path(place), no_model=no_model)
        head, rows = head_and_rows([facts])
        tables.show("Very many runs", head, rows)
        if keep:
            save(facts, docs)
    if keep or only_page:
        renew_page(docs)


if __name__ == "__main__":
    from experiments.many_runs import main as own_main  # workers look for `made_up` by this name

    typer.run(own_main)
