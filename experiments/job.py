"""One command-line run from checking to stored results."""

from __future__ import annotations

import math
import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.beyond_plant import beyond_the_plant, too_large
from experiments.effects import Pairs, pair_up
from experiments.impact import Impact, impact_by_year, impact_of
from experiments.milestones import milestones
from experiments.no_change import idle_settings, nothing_changed
from experiments.pool import run_all
from experiments.provenance import git_commit
from experiments.run_options import RunOptions
from experiments.screen import impact_as_table, milestones_as_table, months_bar
from experiments.simulate import Results, Setup, prepare
from experiments.store import (
    folder_names,
    free_folder,
    run_name,
    whole_folder,
    write_json,
    write_world,
)
from model import Params, load_pack
from model.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

MOST_SEEDS = 1000


def seeds_of(options: RunOptions) -> list[int]:
    """The seeds that the options ask for; InputError when they are none or too many."""
    if not 1 <= options.seeds <= MOST_SEEDS:
        raise InputError("out of range", field="--seeds", value=options.seeds, allowed="1 to 1000")
    return list(range(options.seed, options.seed + options.seeds))


def check_effect(full: Setup) -> None:
    """InputError unless the run has a plant whose effect can be told, and a month to tell it of."""
    if not full.world.plants:
        raise InputError(
            "has no plant whose effect could be told apart", field="world", value=full.world.name,
            allowed="a world with a plant",
        )  # fmt: skip
    if full.params.horizon < 1:
        raise InputError("nothing to report", field="--horizon", value=0, allowed="1 or more")


@dataclass(frozen=True, kw_only=True)
class Job(RunOptions):
    """What the user asked for, as typed."""

    world: str = "plant"
    against: str = "none"
    panels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """The same, checked: runs in pairs (world, against) seed by seed, and where they go.

    `idle`: settings that say what the pack says already.
    """

    setups: list[Setup]
    folder: Path
    command: str
    begun: datetime
    idle: tuple[str, ...] = ()


def check(job: Job) -> Plan:
    """Check everything that can be checked before the first month; write nothing.

    Raises `model.errors.InputError` on the first thing that cannot be done.
    """
    settings = Params.parse_settings(list(job.settings))
    setups = [
        prepare(
            world,
            pack=job.pack,
            seed=seed,
            scale=job.scale,
            horizon=job.horizon,
            settings=settings,
            panels=job.panels,
        )
        for seed in seeds_of(job)
        for world in (job.world, job.against)
    ]
    first = setups[0]
    if first.params.horizon < 1:
        raise InputError("nothing to report", field="--horizon", value=0, allowed="1 or more")
    begun = datetime.now(UTC).astimezone()
    seeds = [setup.seed for setup in setups[::2]]
    name = run_name(first.world.name, first.pack, first.params.scale, seeds, begun)
    idle = idle_settings(settings, load_pack(first.pack).params())
    return Plan(setups, free_folder(name, job.out), job.command, begun, tuple(idle))


def execute(plan: Plan, *, quiet: bool = False, json: bool = False) -> Path:
    """Run both worlds, store everything, print the table or the JSON object.

    Returns the folder. Raises `effects.NoRunFinishedError` when no seed ran to its end and
    `model.errors.InputError` when the folder cannot be made; then nothing is written.
    """
    from rich.console import Console

    started = time.perf_counter()
    worlds = [setup.world.name for setup in plan.setups[:2]]
    show = not quiet and sys.stderr.isatty()
    # Made before the first month: an unwritable place is found out at once.
    with whole_folder(plan.folder) as folder:
        with months_bar(worlds, seeds=len(plan.setups) // 2, show=show) as progress:
            done = run_all(plan.setups, jobs=processes(len(plan.setups)), progress=progress)
        pairs = pair_up(done)
        impact = impact_of(pairs)
        facts = run_facts(plan, pairs, time.perf_counter() - started)
        write_run(folder, plan, pairs, impact, facts)
    for failure in pairs.failures:
        print(f"ornok: left out: {failure}", file=sys.stderr)
    for warning in warnings_of(plan, pairs):
        print(f"ornok: {warning}", file=sys.stderr)
    if json:
        write_stdout({"results": results_as_json(pairs, impact), "run": facts})
    elif not quiet:
        console = Console()
        console.print(impact_as_table(impact))
        reached = milestones(pairs.treated)
        if len(reached):
            console.print("", milestones_as_table(reached))
        console.print(f"Written to {plan.folder}", soft_wrap=True, highlight=False, markup=False)
    return plan.folder


def warnings_of(plan: Plan, pairs: Pairs) -> list[str]:
    """What to know before believing the table: nothing or too much changed, idle settings."""
    found = [
        f"setting {name} changes nothing: the pack has this value already" for name in plan.idle
    ]
    more = beyond_the_plant(*(setup.world for setup in plan.setups[:2]))
    if more is not None:
        found.insert(0, more)
    large = too_large(plan.setups[0].world, load_pack(plan.setups[0].pack))
    if large is not None:
        found.insert(0, large)
    reason = nothing_changed(pairs.treated, pairs.control)
    return found if reason is None else [f"nothing changed: {reason}", *found]


def processes(runs: int) -> int:
    """How many runs go side by side: no more than there are cores."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, min(runs, cores or 1))


def write_run(
    folder: Path, plan: Plan, pairs: Pairs, impact: Impact, facts: Mapping[str, Any]
) -> None:
    """Write every file of a run into an existing folder."""
    from experiments.report import draw_report
    from experiments.report_chain import draw_chain, has_chain

    names = folder_names(pairs.treated[0].world.name, pairs.control[0].world.name)
    write_world(folder / names[0], pairs.treated)
    write_world(folder / names[1], pairs.control)
    impact.to_pandas().to_csv(folder / "impact.csv", index=False)
    impact_by_year(pairs.treated, pairs.control).to_csv(folder / "impact_by_year.csv", index=False)
    reached = milestones(pairs.treated)
    if len(reached):
        reached.to_csv(folder / "milestones.csv", index=False)
    draw_report(pairs, impact, folder / "report.png", command=plan.command)
    if has_chain(pairs):
        draw_chain(pairs, folder / "chain.png", command=plan.command)
    write_json(folder / "run.json", facts)


def run_facts(plan: Plan, pairs: Pairs, seconds: float) -> dict[str, Any]:
    """Everything needed to repeat the run and to know what it ran on."""
    first = pairs.treated[0]
    return {
        "command": plan.command,
        "folder": str(plan.folder),
        "begun": plan.begun.isoformat(timespec="seconds"),
        "seconds": round(seconds, 3),
        "seconds_by_run": {
            f"{run.world.name}, seed {run.seed}": round(run.run_time, 3)
            for run in (*pairs.treated, *pairs.control)
        },
        "world": first.world.name,
        "against": pairs.control[0].world.name,
        "pack": first.pack,
        "pack_hash": first.pack_hash,
        "seeds": pairs.seeds,
        "parameters": first.params.to_dict(),
        "failures": [str(failure) for failure in pairs.failures],
        "warnings": warnings_of(plan, pairs),
        "versions": first.versions,
        "commit": git_commit(),
    }


def results_as_json(pairs: Pairs, impact: Impact) -> dict[str, Any]:
    """What depends on code, world and seed alone: equal for equal runs, on any day."""
    return {
        "world": impact.world,
        "against": impact.against,
        "seeds": impact.seeds,
        "months": {"first": impact.first, "last": impact.last},
        "impact": records(impact.table),
        "channels": records(impact.channels),
        "milestones": records(milestones(pairs.treated)),
        "nothing_changed": nothing_changed(pairs.treated, pairs.control),
        "with": [run_as_json(run) for run in pairs.treated],
        "without": [run_as_json(run) for run in pairs.control],
    }


def run_as_json(run: Results) -> dict[str, Any]:
    """One run: every outcome's monthly series, and its last month again under `final`."""
    series = {
        name: [finite(value) for value in column.tolist()]
        for name, column in run.monthly.drop(columns="date").items()
    }
    return {
        "world": run.world.name,
        "seed": run.seed,
        "date": [f"{date:%Y-%m}" for date in run.monthly["date"]],
        "monthly": series,
        "final": {name: values[-1] for name, values in series.items()},
    }


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain objects; what is not a number becomes null."""
    return [
        {str(key): finite(value) for key, value in row.items()} for row in table.to_dict("records")
    ]


def finite(value: Any) -> Any:
    """The value, or None for a float that JSON cannot hold."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def write_stdout(content: Mapping[str, Any] | Sequence[Any]) -> None:
    """Print one JSON object or list and nothing else."""
    import json

    json.dump(content, sys.stdout, ensure_ascii=False, allow_nan=False)
    sys.stdout.write("\n")
