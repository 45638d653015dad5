"""A study beside `mesa.batch_run` on the same model: `python -m experiments.beside_batch_run`.

The same worlds, seeds, months and outcomes both ways, each in processes of their own: time, memory
of the process that asks, what is left when a run fails and when everything is killed, and whether the numbers are
the same. `--save` renews `docs/batch_run.json` and the table of `docs/batch_run.md`; `--page` does
only the latter.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from unittest.mock import patch

import typer

from experiments import benchmark_table as tables
from experiments.batch_run_page import DOCS, head_and_rows, renew_page, save
from experiments.benchmark_process import peak_memory

if TYPE_CHECKING:
    import numpy as np

    from experiments.study import Study

Facts = dict[str, Any]
ROOT = Path(__file__).resolve().parent.parent
WORLDS = ("plant", "none")
BURN_IN = 1
FAILING = 3
"""The seed whose run raises, of ten."""
STUDY = """
title = "Beside batch_run"
worlds = ["plant"]
against = "none"
pack = "valley"
horizon = {horizon}
replications = {seeds}
[settings]
burn_in = {burn_in}
[keep]
outcomes = {outcomes}
"""


# --- In the process that measures -------------------------------------------------------------------


def outcomes() -> list[str]:
    """What both keep of each month: what the model's own data collector collects."""
    from model.model import REPORTERS

    return list(REPORTERS)


def by_batch_run(seeds: int, horizon: int, processes: int, folder: str) -> Facts:
    """All runs by `mesa.batch_run`; `folder` is not used, as it writes nothing."""
    import mesa

    from model import RegionalModel, load_pack

    params = load_pack("valley").params().with_values({"burn_in": BURN_IN, "horizon": horizon})
    started = time.perf_counter()
    rows = mesa.batch_run(
        RegionalModel,
        parameters={"params": [params], "world": list(WORLDS)},
        rng=list(range(1, seeds + 1)),
        max_steps=BURN_IN + horizon,
        data_collection_period=1,
        number_processes=processes,
        display_progress=False,
    )
    facts = _taken(started)
    months: dict[tuple[str, str], list[list[float]]] = {}
    for row in sorted(rows, key=lambda one: one["Step"]):
        values = [float(row[name]) for name in outcomes()]
        months.setdefault((row["world"], str(row["rng"])), []).append(values)
    import numpy as np

    kept = {run: np.array(values)[BURN_IN:] for run, values in months.items()}
    return facts | {"kept": len(kept), "failed": 0, "digest": _digest(kept)}


def by_study(seeds: int, horizon: int, processes: int, folder: str) -> Facts:
    """All runs by a study in `folder`; with one process in this one, as `batch_run` does it."""
    study = make_study(Path(folder), seeds, horizon)
    started = time.perf_counter()
    tally = study.run(workers=processes if processes > 1 else 0)
    facts = _taken(started)
    kept = {
        (str(world), str(seed)): part[outcomes()].to_numpy(float)
        for (world, seed), part in study.monthly().groupby(["world", "seed"])
    }
    now = tally.done - tally.done_before
    return facts | {"kept": tally.done, "now": now, "failed": tally.failed, "digest": _digest(kept)}


def make_study(folder: Path, seeds: int, horizon: int) -> Study:
    """The study of the same runs, checked."""
    from experiments.study import Study

    names = json.dumps(outcomes())
    text = STUDY.format(seeds=seeds, horizon=horizon, burn_in=BURN_IN, outcomes=names)
    folder.mkdir(exist_ok=True)
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return Study.load(folder)


def _taken(started: float) -> Facts:
    return {"seconds": time.perf_counter() - started, "mb": 1024 * peak_memory()}


def _digest(kept: dict[tuple[str, str], np.ndarray]) -> str:
    """One number for all months of all runs, bit for bit."""
    digest = hashlib.sha256()
    for run in sorted(kept):
        digest.update(repr(run).encode() + kept[run].astype("<f8").tobytes())
    return digest.hexdigest()


WAYS: dict[str, Callable[..., Facts]] = {"batch_run": by_batch_run, "study": by_study}


def with_a_failure(way: str, seeds: int, horizon: int, folder: str) -> Facts:
    """The same when the runs of one seed raise in their second month."""
    from model import RegionalModel

    step = RegionalModel.step

    def failing(model: RegionalModel) -> None:
        if int(model.seed) == FAILING and model.period == 0:
            raise FloatingPointError("on purpose")
        step(model)

    try:
        with patch.object(RegionalModel, "step", failing):
            return WAYS[way](seeds, horizon, 1, folder)
    except FloatingPointError:  # all that would have come back is gone with it
        return {"kept": 0, "failed": len(WORLDS)}


# --- In the process that asks -----------------------------------------------------------------------


def start(way: str, *, fails: bool = False, **arguments: Any) -> subprocess.Popen[str]:
    """One measurement in a group of processes of its own."""
    task = json.dumps({"way": way, "fails": fails, **arguments})
    return subprocess.Popen(
        [sys.executable, "-m", "experiments.beside_batch_run", "--child", task],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "ORNOK_THREADS": "1"},
    )


def ended(process: subprocess.Popen[str]) -> Facts:
    """What a measurement found; RuntimeError when it failed."""
    out, _ = process.communicate()
    if process.returncode:
        raise RuntimeError("a measurement failed")
    facts: Facts = json.loads(out.splitlines()[-1])
    return facts


def measure(seeds: int, horizon: int) -> Facts:
    """Everything, both ways by turns."""
    found: Facts = {"seeds": seeds, "horizon": horizon, "made_on": tables.machine()}
    ways: Facts = {way: {} for way in WAYS}
    with tempfile.TemporaryDirectory(prefix="ornok-beside-") as place:
        # Once before the clock counts: compiled code is made and stored.
        ended(start("batch_run", seeds=1, horizon=1, processes=1, folder=""))
        for name, size, processes in (("one", seeds, 1), ("two", seeds, 2), ("more", 4 * seeds, 2)):
            for way in WAYS:
                folder = f"{place}/{way}-{name}"
                run = start(way, seeds=size, horizon=horizon, processes=processes, folder=folder)
                ways[way][name] = ended(run)
        for way in WAYS:
            folder = f"{place}/{way}-fails"
            ways[way]["fails"] = ended(
                start(way, fails=True, seeds=10, horizon=horizon, folder=folder)
            )
            ways[way]["killed"] = _killed(way, seeds, horizon, f"{place}/{way}-killed")
    digests = {ways[way][name]["digest"] for way in WAYS for name in ("one", "two")}
    return {**found, "ways": ways, "same": len(digests) == 1}


def _killed(way: str, seeds: int, horizon: int, folder: str) -> Facts:
    """Kill all of it when about half is done, and ask for the same again."""
    arguments: Facts = {"seeds": seeds, "horizon": horizon, "processes": 2, "folder": folder}
    run = start(way, **arguments)
    if way == "study":
        _wait_for_half(Path(folder), seeds * len(WORLDS), run)
    os.killpg(run.pid, signal.SIGKILL)
    run.communicate()
    # Of batch_run nothing can be left at any moment: what comes back is all there is of it.
    kept = len(_finished(Path(folder))) if way == "study" else 0
    again = ended(start(way, **arguments)) if way == "study" else {}
    return {"kept": kept, "again": again}


def _wait_for_half(folder: Path, runs: int, process: subprocess.Popen[str]) -> None:
    while process.poll() is None and len(_finished(folder)) < runs / 2:
        time.sleep(0.05)


def _finished(folder: Path) -> set[str]:
    from experiments.runs_store import scan

    return scan(folder).finished


def main(
    seeds: Annotated[int, typer.Option(help="Of each of two worlds.", min=4)] = 20,
    horizon: Annotated[int, typer.Option(help="Months.", min=2)] = 60,
    keep: Annotated[bool, typer.Option("--save", help="Renew docs/batch_run.json.")] = False,
    only_page: Annotated[bool, typer.Option("--page", help="Renew the page only.")] = False,
    child: Annotated[str | None, typer.Option(hidden=True)] = None,
    docs: Annotated[Path, typer.Option(hidden=True)] = DOCS,
) -> None:
    """Measure a study beside mesa.batch_run and print one table."""
    if child is not None:
        task = json.loads(child)
        way, fails = task.pop("way"), task.pop("fails")
        print(json.dumps(with_a_failure(way, **task) if fails else WAYS[way](**task)))
        return
    if not only_page:
        facts = measure(seeds, horizon)
        tables.show("A study beside mesa.batch_run", *head_and_rows(facts))
        if keep:
            save(facts, docs)
    if keep or only_page:
        renew_page(docs)


if __name__ == "__main__":
    typer.run(main)
