"""`ornok evidence` from checking to the scoreboard, the stored results and the page."""

from __future__ import annotations

import math
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from experiments.evidence import page
from experiments.evidence.beside import read_other
from experiments.evidence.figures import draw_scoreboard, draw_target, save
from experiments.evidence.prior import hardness
from experiments.evidence.protocol import Outcome, judge, needed
from experiments.evidence.record import announced, compare, draw_record, reference_runs
from experiments.evidence.runs import Store, Tell, code_version
from experiments.evidence.targets import TITLES, chosen
from experiments.job import processes, write_stdout
from experiments.provenance import git_commit
from experiments.store import RESULTS, write_json
from model import load_pack
from model.base_year import check_scale
from model.errors import InputError

FULL = {"seeds": 40, "scale": 20.0}
QUICK = {"seeds": 6, "scale": 50.0}
MOST_SEEDS = 10_000


@dataclass(frozen=True)
class EvidenceJob:
    """What the user asked for; None where it was not given. `draw_scale`: that of the draws' runs.
    `beside`: another finished folder whose rows stand beside these on the page.
    """

    only: tuple[str, ...] = ()
    quick: bool = False
    seeds: int | None = None
    scale: float | None = None
    draws: int = 0
    draw_scale: float | None = None
    pack: str | None = None
    workers: int | None = None
    out: Path | None = None
    beside: Path | None = None
    save: bool = False


@dataclass(frozen=True)
class EvidencePlan:
    """The same, checked. `beside`: what the other folder says."""

    targets: tuple[str, ...]
    seeds: tuple[int, ...]
    scale: float
    draws: int
    draw_scale: float
    pack: str
    jobs: int
    folder: Path
    beside: dict[str, Any] | None
    save: bool


def plan(job: EvidenceJob) -> EvidencePlan:
    """Check everything; write nothing. Raises `model.errors.InputError`."""
    usual = QUICK if job.quick else FULL
    seeds = int(usual["seeds"]) if job.seeds is None else job.seeds
    scale = usual["scale"] if job.scale is None else job.scale
    pack = load_pack(job.pack or "kyrgyzstan")
    _within("--seeds", seeds, 1, MOST_SEEDS)
    _within("--draws", job.draws, 0, MOST_SEEDS)
    draw_scale = scale if job.draw_scale is None else job.draw_scale
    for one in (scale, draw_scale):
        pack.params().with_values({"scale": one})  # its range
        check_scale(pack, one)
    if job.workers is not None:
        _within("--workers", job.workers, 1, 1024)
    if job.save and not page.DOCS.joinpath(page.PAGE).exists():
        raise InputError("works in a checkout only: there is no docs/evidence.md", field="--save")
    folder = job.out or RESULTS / "evidence" / f"{Path(pack.name).name}-{scale:g}"
    return EvidencePlan(
        targets=chosen(job.only),
        seeds=tuple(range(1, seeds + 1)),
        scale=scale,
        draws=job.draws,
        draw_scale=draw_scale,
        pack=job.pack or "kyrgyzstan",
        jobs=job.workers or processes(seeds * 2),
        folder=folder,
        beside=read_other(job.beside, page.STORED) if job.beside else None,
        save=job.save,
    )


def _within(field: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise InputError("out of range", field=field, value=value, allowed=f"{low:,} to {high:,}")


def execute(job: EvidencePlan, *, quiet: bool = False, json: bool = False) -> dict[str, Any]:
    """Make what is missing, judge, write `evidence.json` and the pictures, print the scoreboard.

    Targets that were judged before stay in the file. With `save` docs/ gets it all, too.
    """
    store = Store(job.folder, job.pack, job.scale, job.jobs)
    with _bar("runs", show=not quiet) as tell:
        failures = store.make(needed(job.targets), job.seeds, tell)
    for failure in failures.values():
        print(f"ornok: left out: {failure}", file=sys.stderr)
    job.folder.mkdir(parents=True, exist_ok=True)
    stored = page.read(job.folder)
    stored.setdefault("targets", {})
    for target in job.targets:
        if not quiet:
            print(f"judging {target}: {TITLES[target]}", file=sys.stderr)
        outcome = judge(store, target, job.seeds)
        stored["targets"][target] = _with_facts(outcome, job)
        draw_target(outcome, job.folder / picture(target))
    stored["targets"] = {n: stored["targets"][n] for n in TITLES if n in stored["targets"]}
    _compare_record(store, job, stored)
    if job.draws:
        with _bar("draws", show=not quiet) as tell:
            found = hardness(
                job.folder / "draws", job.pack, job.draw_scale, job.targets, job.draws,
                params=load_pack(job.pack).params(), jobs=job.jobs, tell=tell,
            )  # fmt: skip
        failed = {name: one.failed for name, one in found.items() if one.failed}
        for name, many in failed.items():
            print(f"ornok: {name}: {many} draws without a verdict (draws.json)", file=sys.stderr)
        stored.setdefault("hardness", {}).update({n: one.to_dict() for n, one in found.items()})
    if job.beside:
        stored["beside"] = job.beside
    stored["made"] = f"{datetime.now(UTC):%Y-%m-%d}"
    stored["commit"] = git_commit()
    stored["pack"] = job.pack
    write_json(job.folder / page.STORED, stored)
    draw_scoreboard(stored["targets"], job.folder / picture())
    if job.save:
        save_to_docs(job.folder)
    if json:
        write_stdout(stored)
    elif not quiet:
        show(stored, job)
    return stored


def picture(target: str = "") -> str:
    """The file of a target's picture, or of the scoreboard's."""
    return f"evidence_{target.lower()}.png" if target else "evidence.png"


def _with_facts(outcome: Outcome, job: EvidencePlan) -> dict[str, Any]:
    return {**outcome.to_dict(), "scale": job.scale, "code": code_version()}


def _compare_record(store: Store, job: EvidencePlan, stored: dict[str, Any]) -> None:
    """The record, where the reference plant's runs are there and the pack is that of the record."""
    runs = reference_runs(store, job.seeds)
    if not runs or load_pack(job.pack).made_up:
        return
    found = compare(runs)
    stored["record"] = [one.to_dict() for one in found]
    stored["record_seeds"], stored["record_scale"] = len(runs), job.scale
    stored["announced"] = [
        {name: None if isinstance(x, float) and math.isnan(x) else x for name, x in row.items()}
        for row in announced(runs, job.pack).to_dict("records")
    ]
    save(job.folder / "evidence_record.png", (13.0, 5.2), lambda f: draw_record(f, runs, found))


def save_to_docs(folder: Path) -> None:
    """Put results and pictures beside the page and write its tables anew."""
    for place in (page.DOCS / page.STORED, page.KEPT):
        shutil.copy(folder / page.STORED, place)
    for path in sorted(folder.glob("evidence*.png")):
        shutil.copy(path, page.DOCS / path.name)
    page.renew_page(page.DOCS)


@contextmanager
def _bar(words: str, *, show: bool) -> Iterator[Tell | None]:
    """A progress bar on stderr."""
    if not show or not sys.stderr.isatty():
        yield None
        return
    columns = (TextColumn(words), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
               TimeRemainingColumn())  # fmt: skip
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(words, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def show(stored: Mapping[str, Any], job: EvidencePlan) -> None:
    """Print scoreboard and rows; what a row measures only where there is room."""
    console = Console()
    wide = console.width >= 140
    head = ("", "target", "verdict", "strict", "weak", "controls", "baselines", "draws")
    lines = [
        (line[0], line[1], line[2], *line[3].split(" / ", 1), line[5], line[6], line[7])
        for line in page.score_lines(stored)
        if line[3]
    ]
    console.print(_table("Evidence", head, lines))
    for name in job.targets:
        one = stored["targets"][name]
        rows = [
            (r["row"] + ("" if r["decisive"] else " *"), *((r["what"],) if wide else ()),
             r["band"], page.estimate(r["paper"]), page.estimate(r["truth"]), r["word"],
             r["label"].lower())
            for r in one["rows"]
        ]  # fmt: skip
        titles = ("row", *(("what",) if wide else ()), "accepted", "as paper", "truth", "verdict",
                  "label")  # fmt: skip
        console.print(_table(f"{name} {one['title']}: {page.target_word(one)}", titles, rows))
    console.print("* decides nothing. " + page.totals(stored))
    console.print(f"Stored in {job.folder}" + ("; docs/ renewed" if job.save else ""))


def _table(title: str, head: Sequence[str], lines: Sequence[Sequence[str]]) -> Table:
    table = Table(title=title, box=SIMPLE_HEAD, title_justify="left", title_style="bold")
    for name in head:
        table.add_column(name, no_wrap=name not in ("what", "target"))
    for line in lines:
        table.add_row(*line)
    return table
