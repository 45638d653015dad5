"""Small studies that several test files share, and workers that fail or die on purpose."""

import os
import signal
from pathlib import Path

from experiments.study import Study
from experiments.sweep import work

TOML = """
title = "Small"
worlds = ["plant"]
against = "none"
pack = "valley"
horizon = {horizon}
replications = {seeds}
[settings]
burn_in = 1
[levers]
vat_rate = {{ values = [0.1, 0.14] }}
[design]
kind = "grid"
[keep]
outcomes = ["employee_jobs", "gdp", "jobs_trade", "value_added", "tax_revenue"]
regions = ["all"]
"""


def small_study(folder: Path, *, seeds: int = 2, horizon: int = 3, more: str = "") -> Study:
    folder.mkdir(exist_ok=True, parents=True)
    text = TOML.format(seeds=seeds, horizon=horizon) + more
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return Study.load(folder)


def changed(folder: Path, old: str, new: str) -> Study:
    """The study after its file was edited."""
    path = folder / "study.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return Study.load(folder)


def dies_at_seed_2(chunk):
    """Its process is killed, as by the system, whenever it meets seed 2 in world plant."""
    if any(run.seed == 2 and run.world == 0 for run in chunk.runs):
        os.kill(os.getpid(), signal.SIGKILL)
    return work(chunk)


def dies_twice(chunk):
    """One process is killed before its runs, one between writing its part and saying so."""
    before, after = chunk.folder / "died-before", chunk.folder / "died-after"
    if not before.exists():
        before.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    done = work(chunk)
    if not after.exists():
        after.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return done


def other_code(chunk):
    """A worker that was started after the sources had been edited."""
    from dataclasses import replace

    return work(replace(chunk, kit=replace(chunk.kit, code="older")))
