"""`ornok milestones` from checking to the stored tables and the printed page."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from experiments.announcement import Promise
from experiments.channels_job import plain_page
from experiments.job import processes, records, seeds_of, write_stdout
from experiments.outcomes import readable
from experiments.plan_check import PlanCheck, check_of, prepare_check
from experiments.pool import run_all
from experiments.provenance import git_commit, versions
from experiments.run_options import RunOptions
from experiments.screen import months_bar
from experiments.simulate import Setup
from experiments.store import free_folder, run_name, whole_folder, write_json
from model import Params


@dataclass(frozen=True, kw_only=True)
class MilestonesJob(RunOptions):
    """What the user asked for, as typed; `plan` is a file, or None for the pack's own."""

    world: str = "plant"
    plan: Path | None = None


@dataclass(frozen=True)
class MilestonesPlan:
    """The same, checked."""

    job: MilestonesJob
    setups: list[Setup]
    promises: list[Promise]
    beyond: list[Promise]
    folder: Path
    begun: datetime


def plan(job: MilestonesJob) -> MilestonesPlan:
    """Check everything that can be checked before the first month; write nothing.

    Raises `model.errors.InputError` on the first thing that cannot be done.
    """
    seeds = seeds_of(job)
    setups, promises, beyond = prepare_check(
        job.world,
        job.plan,
        seeds,
        pack=job.pack,
        scale=job.scale,
        horizon=job.horizon,
        settings=Params.parse_settings(list(job.settings)),
    )
    begun = datetime.now(UTC).astimezone()
    first, seeds = setups[0], [one.seed for one in setups]
    name = run_name(first.world.name, first.pack, first.params.scale, seeds, begun)
    folder = free_folder(f"milestones-{name}", job.out)
    return MilestonesPlan(job, setups, promises, beyond, folder, begun)


def execute(ready: MilestonesPlan, *, quiet: bool = False, json: bool = False) -> Path:
    """Run every seed, store the tables, print them; returns the folder.

    Raises NoRunFinishedError when not one seed ran to its end.
    """
    started = time.perf_counter()
    show = not quiet and sys.stderr.isatty()
    count = len(ready.setups)
    with whole_folder(ready.folder) as folder:
        with months_bar([ready.setups[0].world.name], seeds=count, show=show) as progress:
            done = run_all(ready.setups, jobs=processes(count), progress=progress)
        found = check_of(done, ready.promises, ready.beyond)
        facts = _facts(ready, found, time.perf_counter() - started)
        found.to_csv(folder)
        write_json(folder / "run.json", facts)
    for failure in found.failures:
        print(f"ornok: left out: {failure}", file=sys.stderr)
    if json:
        results = {
            "world": found.world,
            "seeds": found.seeds,
            "plan": records(found.table),
            "reasons": records(found.reasons),
        }
        write_stdout({"results": results, "run": facts})
    elif not quiet:
        console = Console()
        console.print(plan_as_table(found), "", reasons_as_table(found))
        for note in _notes(found):
            console.print(note, highlight=False)
        console.print(f"Written to {ready.folder}", soft_wrap=True, highlight=False, markup=False)
    return ready.folder


def _facts(ready: MilestonesPlan, found: PlanCheck, seconds: float) -> dict[str, Any]:
    first = ready.setups[0]
    return {
        "command": ready.job.command,
        "folder": str(ready.folder),
        "begun": ready.begun.isoformat(timespec="seconds"),
        "seconds": round(seconds, 3),
        "world": found.world,
        "pack": found.pack,
        "seeds": found.seeds,
        "plan": str(ready.job.plan) if ready.job.plan else "the pack's",
        "parameters": first.params.to_dict(),
        "failures": [str(one) for one in found.failures],
        "versions": versions(),
        "commit": git_commit(),
    }


def plan_as_table(found: PlanCheck) -> Table:
    """Each promise: probability by its year and ever, and when it is reached."""
    seeds = f"{len(found.seeds)} seeds" if len(found.seeds) > 1 else f"seed {found.seeds[0]}"
    page = plain_page(f"Plan against outcome: world {escape(found.world)}, {seeds}")
    page.add_column("promise", no_wrap=True)
    for name in ("by", "in time", "95 %", "ever", "median year", "quartiles"):
        page.add_column(name, justify="right")
    for line in found.table.to_dict("records"):
        page.add_row(
            promise_words(line["what"], line["target"]),
            str(line["year"]),
            f"{100 * line['probability']:.0f} %",
            f"{100 * line['low']:.0f}–{100 * line['high']:.0f} %",
            f"{100 * line['probability_ever']:.0f} %",
            *_when(line),
        )
    return page


def promise_words(what: str, target: float) -> str:
    """10,000 cars a year; 500 jobs; local content 7.5 %."""
    if what == "local_content":
        return f"local content {100 * target:g} %"
    return f"{readable(target, what)} {'cars a year' if what == 'cars' else 'jobs at the plant'}"


def _when(line: Any) -> tuple[str, str]:
    if line["median_year"] != line["median_year"]:
        return "–", "–"
    quarters = f"{line['first_quartile']:.0f}–{line['third_quartile']:.0f}"
    return f"{line['median_year']:.0f}", quarters


def reasons_as_table(found: PlanCheck) -> Table:
    """What bound in the promised year where a promise was missed, most first."""
    page = plain_page("Where it was missed: what bound in the promised year, by the runs' records")
    page.add_column("promise", no_wrap=True)
    page.add_column("by", justify="right")
    page.add_column("reason and share of the plant's months, or of failed bids")
    for line in found.table.to_dict("records"):
        mine = found.reasons[
            (found.reasons["what"] == line["what"])
            & (found.reasons["year"] == line["year"])
            & (found.reasons["target"] == line["target"])
        ].head(3)
        if mine.empty:
            continue
        words = ", ".join(
            f"{r['reason']} {100 * r['share']:.0f} %" for r in mine.to_dict("records")
        )
        if line["next_stage"]:
            words += f" (next stage: {line['next_stage']})"
        page.add_row(promise_words(line["what"], line["target"]), str(line["year"]), words)
    return page


def _notes(found: PlanCheck) -> list[str]:
    notes = ["Shares of seeds; 95 %: Wilson's interval. Twelve months together have to reach it."]
    if found.beyond:
        years = ", ".join(str(year) for year in sorted({one.year for one in found.beyond}))
        notes.append(f"Left out, after the run's last whole year: the promises for {years}.")
    return notes
