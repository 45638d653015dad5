"""`ornok claims --robust` from checking to the table: runs what is missing, writes, shows."""

from __future__ import annotations

import csv
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from experiments.claims import robust_form as form
from experiments.claims.job import run_study, write_whole
from experiments.claims.robust_answer import lines_of
from experiments.claims.robust_studies import MARK, load_variants, prepare_variants
from experiments.claims.robust_table import (
    BASE,
    VARIANTS,
    Variant,
    Variants,
    choose,
    read_variants,
)
from experiments.claims.runs import Runs, runs_of
from experiments.claims.studies import Settings, refuse_foreign, settings_of, with_options
from experiments.claims.table import Table
from experiments.claims.table_file import TABLE, read_table
from experiments.study import Study
from experiments.study_file import NAME
from model import __version__, load_pack
from model.errors import InputError

__all__ = ["FOLDER", "RobustJob", "RobustWish", "execute_robust", "plan_robust", "robust_in"]

FOLDER = Path("results") / "claims_robust"
STORED, TIDY = "robust.json", "robust.csv"
SCALE = 50.0


@dataclass(frozen=True, kw_only=True)
class RobustWish:
    """What was asked for, as typed; None is what the folder says, or the default."""

    study: str | Path | None = None
    only: str | None = None
    seeds: int | None = None
    scale: float | None = None
    pack: str | None = None
    horizon: int | None = None
    burn_in: int | None = None
    table: str | Path | None = None
    variants: str | Path | None = None
    workers: int | None = None
    read: bool = False


@dataclass(frozen=True)
class RobustJob:
    """The same, checked. `chosen`: the variants to run; those that lie there are shown, too."""

    folder: Path
    table: Table
    variants: Variants
    chosen: tuple[Variant, ...]
    settings: Settings
    workers: int | None
    read: bool


def plan_robust(wish: RobustWish) -> RobustJob:
    """Check everything that can be before the first run; write nothing.

    `seeds` holds for every variant; one that has a number of its own keeps at most that. Raises
    `model.errors.InputError`.
    """
    folder = Path(wish.study or FOLDER)
    if folder.exists() and not folder.is_dir():
        raise InputError("is not a folder", field="--study", value=str(folder))
    refuse_foreign(folder / BASE / NAME, MARK)
    if wish.read:
        Study.load(folder / BASE)
    table = read_table(Path(wish.table or TABLE))
    variants = read_variants(Path(wish.variants or VARIANTS), table)
    base = settings_of(folder) or Settings(seeds=variants.seeds, points=0, scale=SCALE)
    names = ("seeds", "scale", "pack", "horizon", "burn_in")
    settings = with_options(base, **{name: getattr(wish, name) for name in names})
    settings.check()
    if Path(settings.pack).is_dir():  # workers have a working directory of their own
        settings = replace(settings, pack=str(Path(settings.pack).resolve()))
    table = table.for_pack(load_pack(settings.pack))
    if wish.workers is not None and not 1 <= wish.workers <= 1024:
        raise InputError("out of range", field="--workers", value=wish.workers, allowed="1 to 1024")
    only = [name.strip() for name in (wish.only or "").split(",") if name.strip()]
    chosen = [_with_at_most(one, settings.seeds) for one in choose(variants, only)]
    return RobustJob(folder, table, variants, tuple(chosen), settings, wish.workers, wish.read)


def _with_at_most(one: Variant, seeds: int) -> Variant:
    return one.model_copy(update={"seeds": min(one.seeds or seeds, seeds)})


def execute_robust(job: RobustJob, *, quiet: bool = False, json: bool = False) -> form.Robust:
    """Run what is missing, write robust.json and robust.csv, print the table.

    Raises `model.errors.InputError`; runs that are finished are kept whatever happens.
    """
    from experiments.job import write_stdout

    unmade: Mapping[str, str] = {}
    if not job.read:
        prepared = prepare_variants(job.folder, job.table, job.chosen, job.settings)
        unmade = prepared.unmade
        for name, why in unmade.items():
            print(f"ornok: {name} is left out: {why}", file=sys.stderr)
        for name, study in prepared.studies.items():
            run_study(name, study, job.workers, quiet=quiet)
    found = robust_of(job, load_variants(job.folder, job.variants.variants), unmade)
    _write_files(job.folder, found)
    if json:
        write_stdout(found.model_dump(mode="json"))
    elif not quiet:
        from rich.console import Console

        from experiments.claims.robust_screen import as_table

        Console().print(as_table(found))
        print(f"Written to {job.folder}: {STORED}, {TIDY}")
    return found


def robust_in(folder: str | Path) -> form.Robust:
    """The table of a folder of finished runs, from Python. Raises `model.errors.InputError`."""
    job = plan_robust(RobustWish(study=folder, read=True))
    return robust_of(job, load_variants(job.folder, job.variants.variants), {})


def robust_of(
    job: RobustJob, studies: Mapping[str, Study], unmade: Mapping[str, str]
) -> form.Robust:
    """The table that finished runs give; nothing is run."""
    outcomes = job.table.needed()
    runs: dict[str, Runs | None] = {
        name: runs_of(study, outcomes) if study.status().done else None
        for name, study in studies.items()
    }
    runs |= dict.fromkeys(unmade)
    study = studies[BASE]
    setup = study.plan.kit.setups[0]
    by_name = {one.name: one for one in job.variants.variants}
    order = [name for name in (BASE, *by_name) if name in runs]
    return form.Robust(
        date=datetime.now(UTC).astimezone().strftime("%Y-%m-%d %H:%M %z"),
        ornok=__version__,
        code=study.made.kit.code,
        pack=study.plan.file.pack,
        pack_title=load_pack(setup.pack).title,
        horizon=int(setup.params.horizon),
        burn_in=int(setup.params.burn_in),
        variants=[
            _facts(job, by_name.get(name), studies.get(name), unmade.get(name, ""))
            for name in order
        ],
        lines=lines_of(job.table, {name: runs[name] for name in order}),
    )


def _facts(
    job: RobustJob, one: Variant | None, study: Study | None, unmade: str
) -> form.VariantFacts:
    """What a column is, and how much of it was run."""
    state = study.status() if study is not None else None
    kit = study.made.kit if study is not None else None
    why, source, grade = ("what all others are compared with", "", "") if one is None else one.facts(job.table)  # fmt: skip
    return form.VariantFacts(
        name=BASE if one is None else one.name,
        group=BASE if one is None else one.group,
        words="the reference" if one is None else one.words,
        why=why,
        source=source,
        grade=grade,
        scale=job.settings.scale if kit is None else float(kit.setups[0].params.scale),
        seeds=0 if study is None else len(study.plan.seeds),
        worlds=[] if study is None else study.plan.worlds,
        runs=state.done if state else 0,
        failed=state.failed if state else 0,
        missing=state.left if state else 0,
        seconds=state.seconds if state else None,
        code=kit.code if kit else "",
        pack_hash=kit.pack_hash if kit else "",
        unmade=unmade,
    )


# --- Files ----------------------------------------------------------------------------------------

COLUMNS = (
    "claim", "variant", "group", "dose", "leads", "verdict", "stands", "unit", "treated", "control",
    "n", "left_out", "mean", "low", "high", "sd", "margin", "shift_n", "shift_mean", "shift_low",
    "shift_high", "identical",
)  # fmt: skip


def _write_files(folder: Path, found: form.Robust) -> None:
    """Write both files, each whole; they are renewed from the runs every time."""
    write_whole(folder / STORED, found.model_dump_json(indent=1) + "\n")
    scratch = folder / f".{TIDY}.part"
    with scratch.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        for line in found.lines:
            writer.writerows(_rows(found, line))
    scratch.replace(folder / TIDY)


def _rows(found: form.Robust, line: form.Line) -> Sequence[dict[str, Any]]:
    """A row a variant and dose; a variant without runs has one."""
    groups = {one.name: one.group for one in found.variants}
    rows: list[dict[str, Any]] = []
    for cell in (line.reference, *line.cells):
        same: dict[str, Any] = {
            "claim": line.id,
            "variant": cell.variant,
            "group": groups[cell.variant],
        }
        if not cell.doses:
            rows.append({**same, "verdict": cell.verdict, "stands": cell.stands})
        for effect in cell.doses:
            leads = effect is cell.doses[0]
            row = {**same, "dose": effect.dose, "leads": leads, "verdict": effect.verdict}
            row |= effect.model_dump(
                include={"treated", "control", "n", "left_out", "mean", "low", "high", "sd"}
            )
            row |= {"unit": effect.unit.en, "margin": line.margin}
            if leads:
                row |= {"stands": cell.stands, "identical": cell.identical}
                shift = cell.shift.model_dump() if cell.shift else {}
                row |= {f"shift_{name}": value for name, value in shift.items()}
            rows.append(row)
    return rows
