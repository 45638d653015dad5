"""`ornok impact` from checking to stored tables and the printed page."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from experiments.beyond_plant import beyond_the_plant
from experiments.economic_impact import EconomicImpact, impact_of_runs
from experiments.impact_page import as_json, impact_page
from experiments.impact_study import ImpactStudy, plan_impact, run_impact
from experiments.job import check_effect, processes, seeds_of, write_stdout
from experiments.provenance import git_commit, versions
from experiments.releases import release_settings
from experiments.run_options import RunOptions
from experiments.screen import months_bar
from experiments.store import free_folder, run_name, whole_folder, write_json
from model import Params
from model.errors import InputError


@dataclass(frozen=True, kw_only=True)
class ImpactJob(RunOptions):
    """What the user asked for, as typed; `channels` None for all of them."""

    world: str = "plant"
    against: str = "none"
    channels: tuple[str, ...] | None = None
    by_year: bool = False
    io: bool = True
    release: bool = False


@dataclass(frozen=True)
class ImpactPlan:
    """The same, checked: what to run and where it goes."""

    job: ImpactJob
    study: ImpactStudy
    folder: Path
    begun: datetime


def plan(job: ImpactJob) -> ImpactPlan:
    """Check everything that can be checked before the first month; write nothing.

    Raises `model.errors.InputError` on the first thing that cannot be done.
    """
    seeds = seeds_of(job)
    if job.release and not job.io:
        raise InputError("needs the input-output answer", field="--release", allowed="with --io")
    study = plan_impact(
        job.world,
        job.against,
        seeds,
        channels=None if job.channels is None else [x for x in job.channels if x != "none"],
        release=job.release,
        pack=job.pack,
        scale=job.scale,
        horizon=job.horizon,
        settings=Params.parse_settings(list(job.settings)),
    )
    full = study.base[1]
    check_effect(full)
    begun = datetime.now(UTC).astimezone()
    name = run_name(full.world.name, full.pack, full.params.scale, study.seeds, begun)
    return ImpactPlan(job, study, free_folder(f"impact-{name}", job.out), begun)


def execute(ready: ImpactPlan, *, quiet: bool = False, json: bool = False) -> Path:
    """Run everything, store the tables and the figure, print the page; returns the folder.

    Raises NoRunFinishedError when not one seed ran to its end in all sets.
    """
    from experiments.impact_figure import draw_impact

    started = time.perf_counter()
    job, study = ready.job, ready.study
    show = not quiet and sys.stderr.isatty()
    if not quiet:
        each = study.runs // len(study.seeds)
        print(f"ornok: {study.runs} runs, {each} a seed", file=sys.stderr)
    with whole_folder(ready.folder) as folder:
        with months_bar([study.base[1].world.name], seeds=study.runs, show=show) as progress:
            runs = run_impact(study, jobs=processes(study.runs), progress=progress)
        found = impact_of_runs(study, runs, io=job.io)
        facts = _facts(ready, found, time.perf_counter() - started)
        found.to_csv(folder)
        draw_impact(found, folder / "impact.png", command=job.command)
        write_json(folder / "run.json", facts)
    for failure in found.failures:
        print(f"ornok: left out: {failure}", file=sys.stderr)
    if (more := beyond_the_plant(*(one.world for one in study.base[:2]))) is not None:
        print(f"ornok: {more}", file=sys.stderr)
    if json:
        write_stdout({"results": as_json(found), "run": facts})
    elif not quiet:
        console = Console()
        console.print(impact_page(found, by_year=job.by_year))
        console.print(f"Written to {ready.folder}", soft_wrap=True, highlight=False, markup=False)
    return ready.folder


def _facts(ready: ImpactPlan, found: EconomicImpact, seconds: float) -> dict[str, Any]:
    full = ready.study.base[1]
    return {
        "command": ready.job.command,
        "folder": str(ready.folder),
        "begun": ready.begun.isoformat(timespec="seconds"),
        "seconds": round(seconds, 3),
        "runs": ready.study.runs,
        "world": found.world,
        "against": found.against,
        "pack": full.pack,
        "seeds": found.seeds,
        "channels": list(found.channels),
        "released": release_settings() if ready.job.release else {},
        "parameters": full.params.to_dict(),
        "failures": [str(one) for one in found.failures],
        "versions": versions(),
        "commit": git_commit(),
    }
