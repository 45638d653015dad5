"""What `ornok study` shows and writes: the check, the bar, the status, exports."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from experiments.effect_tables import check_by
from experiments.job import write_stdout
from experiments.study import Status, Study, cores
from experiments.study_export import (
    export_ema,
    export_path,
    export_rows,
    summary_table,
    write_table,
)
from experiments.study_rows import REGIONS, RUNS
from experiments.sweep import Tally, Tell
from model.errors import InputError


def show_check(study: Study, workers: int | None, *, json: bool) -> None:
    """Print what a study would do. Raises InputError as `Study.run` would."""
    from experiments.runs_store import refuse_other_versions, scan

    plan = study.plan
    found = scan(study.folder)
    refuse_other_versions(study.folder, found, plan.kit.code, plan.kit.pack_hash)
    now = study.status()
    guess = study.estimate()
    side_by_side = max(1, min(now.left, workers or cores()))
    facts: dict[str, Any] = {
        "title": plan.file.title,
        "design": plan.design.kind,
        "points": len(plan.design.points),
        "worlds": plan.worlds,
        "seeds": list(plan.seeds),
        "runs": now.total,
        "done": now.done,
        "left": now.left,
        "seconds_a_run": round(guess.seconds, 3),
        "workers": side_by_side,
        "seconds": round(guess.seconds * now.left / side_by_side, 1),
        "bytes": round(guess.bytes * now.total),
        "estimated_from": guess.source,
        "code": now.code,
        "pack": now.pack_hash,
    }
    if json:
        write_stdout(facts)
        return
    seeds = f"{len(plan.seeds)} ({plan.seeds[0]} to {plan.seeds[-1]})"
    lines = {
        "study": plan.file.title,
        "design": f"{plan.design.kind}, {len(plan.design.points):,} points "
        f"of {len(plan.design.names)} parameters",
        "worlds": ", ".join(plan.worlds),
        "seeds": seeds,
        "runs": f"{now.total:,}, of which {now.done:,} are finished",
        "time": f"about {duration(facts['seconds'])} on {side_by_side} workers "
        f"({guess.seconds:.2g} s a run, from {guess.source})",
        "space": f"about {size_in_words(facts['bytes'])}",
        "code, pack": f"{now.code}, {now.pack_hash[:12]}",
    }
    Console().print(facts_grid(lines))


def show_status(study: Study, *, json: bool) -> None:
    """Print how far a study is."""
    now = study.status()
    if json:
        write_stdout(now.to_dict())
        return
    lines = {
        "study": study.plan.file.title,
        "runs": f"{now.done:,} of {now.total:,} done, {now.failed:,} failed, {now.left:,} left",
    }
    for kind, runs in now.failures.items():
        lines[f"failed: {kind}"] = f"{runs:,} (ornok study report shows the last messages)"
    if now.other:
        lines["beside"] = f"{now.other:,} finished runs that study.toml does not ask for now"
    who = now.running
    lines["running"] = (
        "no"
        if who is None
        else f"process {who.get('pid')} on {who.get('host')}, since {who.get('since')}"
    )
    lines["code, pack now"] = f"{now.code}, {now.pack_hash[:12]}"
    if now.mixed:
        for (code, pack), runs in now.made_by.items():
            lines[f"{runs:,} runs by"] = f"{code}, {pack[:12]}"
    if len(now.versions) > 1:
        lines["packages"] = f"{len(now.versions)} different sets of Python and packages"
    lines["disk"] = f"{size_in_words(now.bytes)} in {now.parts:,} parts"
    if now.seconds is not None:
        lines["time"] = f"{now.seconds:.2g} s a run"
        lines["months saved"] = f"{now.months_saved:,}, shared with runs that had them already"
    Console().print(facts_grid(lines))


def facts_grid(lines: dict[str, str]) -> Table:
    """What is said, line by line, behind its name."""
    page = Table.grid(padding=(0, 2, 0, 0))
    page.add_column(style="bold", no_wrap=True)
    page.add_column(overflow="fold")
    from rich.markup import escape

    for name, text in lines.items():
        page.add_row(name, escape(text))
    return page


# --- Running ----------------------------------------------------------------------------------------


def run_with_bar(
    study: Study,
    workers: int | None,
    *,
    quiet: bool,
    json: bool,
    retry_failed: bool,
    cluster: str | None = None,
) -> Tally:
    """Run what is missing under a progress bar, then say what became of it."""
    started = time.perf_counter()
    with sweep_bar(show=not quiet and sys.stderr.isatty()) as tell:
        tally = study.run(workers, retry_failed=retry_failed, tell=tell, cluster=cluster)
    seconds = time.perf_counter() - started
    if json:
        now: Status = study.status()
        session = tally.done - tally.done_before
        write_stdout({"seconds": round(seconds, 3), "finished_now": session, **now.to_dict()})
    elif not quiet:
        new = tally.done - tally.done_before
        print(
            f"{tally.done:,} of {tally.total:,} runs done ({new:,} now, in {duration(seconds)}), "
            f"{tally.failed:,} failed, {tally.left:,} left, {tally.months_saved:,} months saved by "
            f"branching. Results are in {study.folder}"
        )
    if tally.failed and not json:
        print(
            f"ornok: {tally.failed:,} runs failed: ornok study status {study.folder}; "
            f"again: ornok study resume {study.folder} --retry-failed",
            file=sys.stderr,
        )
    return tally


@contextmanager
def sweep_bar(*, show: bool) -> Iterator[Tell | None]:
    """A bar on stderr: runs done, failed and left, runs a second, time left."""
    if not show:
        yield None
        return
    columns = (
        BarColumn(),
        TextColumn("{task.fields[counts]}"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[rest]}"),
    )
    started = time.perf_counter()
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=None, counts="starting", rest="")

        def tell(tally: Tally) -> None:
            counts = f"{tally.done:,} done, {tally.failed:,} failed, {tally.left:,} left"
            new = tally.done + tally.failed - tally.done_before - tally.failed_before
            rate = new / max(time.perf_counter() - started, 1e-9)
            rest = f"{rate:.3g} runs/s, {duration(tally.left / rate)} to go" if new else ""
            finished = tally.done + tally.failed
            bar.update(task, total=tally.total, completed=finished, counts=counts, rest=rest)

        yield tell


def duration(seconds: float) -> str:
    """A time in words: 12 s, 3 min, 2.5 h, 4 days."""
    if seconds < 90:
        return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 172800 else f"{seconds / 86400:.1f} days"


def size_in_words(count: float) -> str:
    """A number of bytes in words: 12 kB, 3.4 MB, 1.2 GB."""
    for word, unit in (("GB", 1e9), ("MB", 1e6)):
        if count >= unit:
            return f"{count / unit:.1f} {word}"
    return f"{count / 1e3:.0f} kB"


# --- Exporting --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wish:
    """What `ornok study export` was asked for."""

    outcomes: list[str] | None = None
    worlds: list[str] | None = None
    first: str | None = None
    last: str | None = None
    regions: bool = False
    summary: bool = False
    effects: str | None = None
    half_width: float | None = None
    ema: bool = False


def export_wished(study: Study, wish: Wish, out: Path | None) -> Path:
    """Write the one file that was asked for; `model.errors.InputError` before anything is."""
    from experiments.study_effects import study_effects
    from experiments.study_idle import idle_words
    from experiments.study_tables import Tables, choose

    kinds = {"--summary": wish.summary, "--effects": wish.effects is not None, "--ema": wish.ema}
    chosen = [name for name, wanted in kinds.items() if wanted]
    if len(chosen) > 1:
        raise InputError("ask for one of them", field=" and ".join(chosen))
    if wish.half_width is not None and (wish.effects is None or not wish.half_width > 0.0):
        allowed = "above 0, together with --effects"
        raise InputError("not usable", field="--half-width", value=wish.half_width, allowed=allowed)
    if wish.effects is not None:
        check_by(wish.effects)
    place = REGIONS if wish.regions else RUNS
    plan = study.made
    choice = choose(plan, wish.outcomes, wish.worlds, wish.first, wish.last)
    tables = Tables(plan)
    if wish.regions:
        tables.view(REGIONS)
    what = chosen[0][2:] if chosen else place
    if wish.effects is not None:
        what = f"effects-by-{wish.effects}"
    name = f"{what}.tar.gz" if wish.ema else f"{what}.csv"
    path = export_path(plan, out, name)
    if wish.ema:
        export_ema(tables, choice, path)
    elif wish.summary:
        write_table(summary_table(tables, choice, place), path)
    elif wish.effects is not None:
        table = study_effects(
            plan,
            wish.outcomes,
            by=wish.effects,
            worlds=wish.worlds,
            first=wish.first,
            last=wish.last,
            half_width=wish.half_width,
            tables=tables,
        )
        write_table(table, path)
        for words in idle_words(plan, tables):
            print(f"ornok: {words}", file=sys.stderr)
    else:
        export_rows(tables, choice, path, place)
    return path
