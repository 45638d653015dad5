"""`ornok channels` from checking to stored tables."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from experiments.beyond_plant import beyond_the_plant
from experiments.channel_split import AROUND, OWN, sets_off
from experiments.channels import (
    Channels,
    channels_of,
    check,
    clamped_setups,
    count_runs,
    gather,
)
from experiments.effects import NoRunFinishedError
from experiments.job import check_effect, processes, records, seeds_of, write_stdout
from experiments.outcomes import outcomes, readable, short_unit
from experiments.pool import run_all
from experiments.provenance import git_commit
from experiments.run_options import RunOptions
from experiments.screen import months_bar
from experiments.store import free_folder, run_name, whole_folder, write_json
from model import Params
from model.channels import present

if TYPE_CHECKING:
    import pandas as pd

    from experiments.simulate import Setup


@dataclass(frozen=True, kw_only=True)
class ChannelsJob(RunOptions):
    """What the user asked for, as typed."""

    world: str = "plant"
    against: str = "none"
    shapley: bool = False


@dataclass(frozen=True)
class ChannelsPlan:
    """The same, checked: control and full runs seed by seed, and where the tables go."""

    setups: list[Setup]
    channels: tuple[str, ...]
    shapley: bool
    folder: Path
    command: str
    begun: datetime

    @property
    def runs(self) -> int:
        """Runs in all."""
        return count_runs(self.channels, len(self.setups) // 2, shapley=self.shapley)


def plan(job: ChannelsJob) -> ChannelsPlan:
    """Check everything that can be checked before the first month; write nothing.

    Raises `model.errors.InputError` on the first thing that cannot be done.
    """
    seeds = seeds_of(job)
    setups = check(
        job.world,
        job.against,
        seeds,
        pack=job.pack,
        scale=job.scale,
        horizon=job.horizon,
        settings=Params.parse_settings(list(job.settings)),
    )
    full = setups[1]
    check_effect(full)
    begun = datetime.now(UTC).astimezone()
    seeds = [one.seed for one in setups[::2]]
    name = f"channels-{run_name(full.world.name, full.pack, full.params.scale, seeds, begun)}"
    folder = free_folder(name, job.out)
    channels = present(full.params.names())
    return ChannelsPlan(setups, channels, job.shapley, folder, job.command, begun)


def execute(job: ChannelsPlan, *, quiet: bool = False, json: bool = False) -> Path:
    """Run every set of channels, store the tables, print them; returns the folder.

    Raises NoRunFinishedError when not one seed ran to its end in all sets.
    """
    started = time.perf_counter()
    show = not quiet and sys.stderr.isatty()
    if job.shapley and not quiet:
        print(f"ornok: Shapley values take {job.runs} runs", file=sys.stderr)
    with whole_folder(job.folder) as folder:
        found = _run(job, show)
        facts = _facts(job, found, time.perf_counter() - started)
        found.table.to_csv(folder / "channels.csv", index=False)
        found.by_seed.to_csv(folder / "channels_by_seed.csv", index=False)
        found.displacement.to_csv(folder / "displacement.csv", index=False)
        found.unmet.to_csv(folder / "unmet.csv", index=False)
        write_json(folder / "run.json", facts)
    for failure in found.failures:
        print(f"ornok: left out: {failure}", file=sys.stderr)
    if (more := beyond_the_plant(*(one.world for one in job.setups[:2]))) is not None:
        print(f"ornok: {more}", file=sys.stderr)
    if json:
        write_stdout({"results": channels_as_json(found), "run": facts})
    elif not quiet:
        console = Console()
        for name in found.table["outcome"].unique():
            console.print(channels_as_table(found, name), "")
        console.print(displacement_as_table(found))
        console.print(_notes(found))
        console.print(f"Written to {job.folder}", soft_wrap=True, highlight=False, markup=False)
    return job.folder


def _run(job: ChannelsPlan, show: bool) -> Channels:
    control, full = (one.world.name for one in job.setups[:2])
    with months_bar([control, full], seeds=len(job.setups) // 2, show=show) as progress:
        known = run_all(job.setups, jobs=processes(len(job.setups)), progress=progress)
    sets = sets_off(job.channels, shapley=job.shapley)
    setups = clamped_setups(job.setups, known, sets)
    with months_bar([f"{full}, channels off"], seeds=len(setups), show=show) as progress:
        more = run_all(
            [one for _, _, one in setups], jobs=processes(len(setups)), progress=progress
        )
    runs, failures = gather(job.setups, known, setups, more)
    if not runs:
        raise NoRunFinishedError(failures)
    return channels_of(runs, failures, job.channels, shapley=job.shapley)


def channels_as_json(found: Channels) -> dict[str, Any]:
    """What depends on code, world and seed alone."""
    return {
        "world": found.world,
        "against": found.against,
        "seeds": found.seeds,
        "months": {"first": found.first, "last": found.last},
        "channels": list(found.channels),
        "absent": list(found.absent),
        "table": records(found.table),
        "by_seed": records(found.by_seed),
        "displacement": records(found.displacement),
        "unmet": records(found.unmet),
    }


def _facts(job: ChannelsPlan, found: Channels, seconds: float) -> dict[str, Any]:
    from experiments.provenance import versions

    full = job.setups[1]
    return {
        "command": job.command,
        "folder": str(job.folder),
        "begun": job.begun.isoformat(timespec="seconds"),
        "seconds": round(seconds, 3),
        "runs": job.runs,
        "world": found.world,
        "against": found.against,
        "pack": full.pack,
        "seeds": found.seeds,
        "parameters": full.params.to_dict(),
        "failures": [str(one) for one in found.failures],
        "versions": versions(),
        "commit": git_commit(),
    }


# --- On the screen ----------------------------------------------------------------------------------


def channels_as_table(found: Channels, outcome: str) -> Table:
    """One outcome: a row a channel, first-in and last-out (and Shapley) side by side."""
    several = len(found.seeds) > 1
    rows = found.table[found.table["outcome"] == outcome]
    unit = str(rows["unit"].iloc[0])
    seeds = f"{len(found.seeds)} seeds" if several else f"seed {found.seeds[0]}"
    page = plain_page(
        f"{escape(outcomes()[outcome].name.replace('_', ' '))}, {short_unit(unit)}\n"
        f"{escape(found.world)} against {escape(found.against)}, {found.first} to {found.last}, "
        f"{seeds}"
    )
    parts = [part for part in rows["part"].unique() if part]
    page.add_column("", no_wrap=True)
    for name in ("change", *parts):
        page.add_column(name, justify="right", no_wrap=True)
        if several:
            page.add_column("± 95 %", justify="right", no_wrap=True)
    for row in rows["row"].unique():
        cells = {line["part"]: line for line in rows[rows["row"] == row].to_dict("records")}
        if row == found.channels[0]:
            page.add_section()
        indent = "  " if row in (OWN, AROUND, *found.channels) else ""
        page.add_row(
            indent + str(row),
            *(cell for part in ("", *parts) for cell in _cells(cells.get(part), unit, several)),
        )
    return page


def _cells(line: Any, unit: str, several: bool) -> list[str]:
    if line is None:
        return [""] * (2 if several else 1)
    cells = [readable(line["mean"], unit, signed=True)]
    if several:
        cells.append(readable((line["high"] - line["low"]) / 2.0, unit))
    return cells


def _notes(found: Channels) -> str:
    notes = [
        "Off: the flow follows its path in the control. Interaction is no channel's own.",
        "Displacement by firm holds chance too (customers that change firms): an upper bound.",
    ]
    if found.absent:
        notes.append(f"No rule in this version: {', '.join(found.absent)}.")
    if len(found.unmet):
        notes.append("Some clamps could not be held in full: see unmet.csv.")
    if len(found.seeds) == 1:
        notes.append("One seed: every number holds chance too. Try --seeds 5 for an interval.")
    return "\n".join(notes)


def displacement_as_table(found: Channels) -> Table:
    """Jobs lost by others, beside the channels."""
    page = plain_page(
        "Displacement: jobs in others than the plant;\n"
        "part of the channels, told beside them, never added"
    )
    page.add_column("", no_wrap=True)
    page.add_column("jobs", justify="right", no_wrap=True)
    for words, cell in displacement_rows(found.displacement):
        page.add_row(words, cell)
    return page


def displacement_rows(table: pd.DataFrame) -> list[tuple[str, str]]:
    """Each measure of displacement and its jobs, as the screen prints them."""
    return [
        (str(line["measure"]), readable(line["mean"], "jobs", signed=True))
        for line in table.to_dict("records")
    ]


def plain_page(title: str) -> Table:
    """A table without rules between columns: it fits a screen of 80 characters."""
    return Table(
        title=title,
        title_justify="left",
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
        show_edge=False,
    )
