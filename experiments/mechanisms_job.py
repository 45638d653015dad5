"""`ornok mechanisms` from checking to the stored table."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from experiments import mechanisms
from experiments.job import processes, records, seeds_of, write_stdout
from experiments.mechanism import Mechanism
from experiments.mechanism_table import find
from experiments.mechanisms import Survey, survey
from experiments.mechanisms_page import change, since
from experiments.provenance import git_commit, versions
from experiments.run_options import RunOptions
from experiments.store import free_folder, run_name, whole_folder, write_json
from model import Params
from model.errors import InputError


@dataclass(frozen=True, kw_only=True)
class MechanismsJob(RunOptions):
    """What the user asked for, as typed."""

    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class MechanismsPlan:
    """The same, checked."""

    mechanisms: list[Mechanism]
    seeds: list[int]
    arguments: dict[str, Any]
    most_runs: int
    folder: Path
    command: str
    begun: datetime


def plan(job: MechanismsJob) -> MechanismsPlan:
    """Check everything that can be checked before the first month; write nothing.

    Raises `model.errors.InputError` on the first thing that cannot be done.
    """
    seeds = seeds_of(job)
    chosen = find(job.names)
    arguments = {
        "pack": job.pack,
        "scale": job.scale,
        "horizon": job.horizon,
        "settings": Params.parse_settings(list(job.settings)),
    }
    pairs = mechanisms.plan(chosen, seeds, **arguments)
    first = pairs[0][0]
    if first.params.horizon < 1:
        raise InputError("nothing to report", field="--horizon", value=0, allowed="1 or more")
    begun = datetime.now(UTC).astimezone()
    name = run_name("mechanisms", first.pack, first.params.scale, seeds, begun)
    folder = free_folder(name, job.out)
    return MechanismsPlan(chosen, seeds, arguments, 2 * len(pairs), folder, job.command, begun)


def execute(job: MechanismsPlan, *, quiet: bool = False, json: bool = False) -> Path:
    """Run the pairs, store the table, print it; returns the folder."""
    started = time.perf_counter()
    console = Console(stderr=True)
    show = not quiet and sys.stderr.isatty()
    with whole_folder(job.folder) as folder:
        with console.status(f"at most {job.most_runs} runs") as status:
            found = survey(
                job.mechanisms, job.seeds, jobs=processes(job.most_runs),
                told=status.update if show else None, **job.arguments,
            )  # fmt: skip
        facts = _facts(job, found, time.perf_counter() - started)
        found.table.to_csv(folder / "mechanisms.csv", index=False)
        write_json(folder / "run.json", facts)
    for failure in found.failures:
        print(f"ornok: left out: {failure}", file=sys.stderr)
    if json:
        write_stdout({"results": {"seeds": job.seeds, "table": as_json(found)}, "run": facts})
    elif not quiet:
        screen = Console()
        screen.print(as_table(found, job.seeds), "")
        for line in found.table.to_dict("records"):
            screen.print(*in_words(line), sep="\n", soft_wrap=True, highlight=False)
        screen.print(f"Written to {job.folder}", soft_wrap=True, highlight=False, markup=False)
    return job.folder


def as_json(found: Survey) -> list[dict[str, Any]]:
    """The rows of the table; what is not known is null."""
    return records(found.table.astype(object).where(found.table.notna(), None))


def _facts(job: MechanismsPlan, found: Survey, seconds: float) -> dict[str, Any]:
    return {
        "command": job.command,
        "folder": str(job.folder),
        "begun": job.begun.isoformat(timespec="seconds"),
        "seconds": round(seconds, 3),
        "runs": found.setups,
        "mechanisms": [one.name for one in job.mechanisms],
        "idle": found.idle(),
        "seeds": job.seeds,
        "failures": [str(one) for one in found.failures],
        "versions": versions(),
        "commit": git_commit(),
    }


# --- On the screen --------------------------------------------------------------------------------


def as_table(found: Survey, seeds: list[int]) -> Table:
    """A row a mechanism: where it acts, what it moves and from when on."""
    said = f"seeds {seeds[0]} to {seeds[-1]}" if len(seeds) > 1 else f"seed {seeds[0]}"
    page = Table(
        title=f"Mechanisms on and off, {said}",
        title_justify="left",
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
        show_edge=False,
    )
    for name in ("", "acts", "what moves", "change", "first in"):
        page.add_column(name, justify="right" if name == "change" else "left", overflow="fold")
    for line in found.table.to_dict("records"):
        moves = bool(line["seeds_acting"])
        page.add_row(
            str(line["mechanism"]),
            "yes" if line["acts_at_defaults"] else "when set" if moves else "[bold]no[/bold]",
            str(line["outcome"]).replace("_", " "),
            escape(change(line)) if moves else "nothing changed",
            since(line),
        )
    return page


def in_words(line: Mapping[Any, Any]) -> list[str]:
    """What a user must be told of a mechanism that is idle at the defaults; else nothing."""
    if line["acts_at_defaults"]:
        return []
    name = escape(f"{line['mechanism']}: nothing changed at the defaults: {line['reason']}.")
    if not line["seeds_acting"]:
        tried = line["acts_when_plausible"] is not None
        return [name + (" Nor at the other settings tried." if tried else "")]
    where = f" with {line['settings']}" if line["settings"] else ""
    return [name, escape(f"  It acts in world {line['world']}{where}.")]
