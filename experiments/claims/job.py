"""`ornok claims` from checking to stored answers: runs what is missing, then writes and shows."""

from __future__ import annotations

import csv
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from experiments.claims import form
from experiments.claims.answer import answer_all
from experiments.claims.runs import runs_of
from experiments.claims.studies import (
    DEFAULT,
    QUICK,
    RANGES,
    REFERENCE,
    Settings,
    load,
    prepare,
    refuse_foreign,
    settings_of,
    with_options,
)
from experiments.claims.table import Table
from experiments.claims.table_file import TABLE, read_table
from experiments.claims.words import named
from experiments.study import Study
from experiments.study_file import NAME
from model import __version__, load_pack
from model.errors import InputError

__all__ = ["FOLDER", "Wish", "answers_of", "execute", "plan"]

FOLDER = Path("results") / "claims"
FILES = ("claims.json", "claims.csv", "report.html")


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What was asked for, as typed; None is what the folder says, or the default."""

    study: str | Path | None = None
    quick: bool = False
    seeds: int | None = None
    points: int | None = None
    scale: float | None = None
    pack: str | None = None
    horizon: int | None = None
    burn_in: int | None = None
    table: str | Path | None = None
    workers: int | None = None
    read: bool = False


@dataclass(frozen=True)
class Job:
    """The same, checked."""

    folder: Path
    table: Table
    settings: Settings
    workers: int | None
    read: bool


def plan(wish: Wish) -> Job:
    """Check everything that can be before the first run; write nothing.

    Raises `model.errors.InputError`.
    """
    folder = Path(wish.study or FOLDER)
    if folder.exists() and not folder.is_dir():
        raise InputError("is not a folder", field="--study", value=str(folder))
    if wish.read:
        load(folder)
    for name in (REFERENCE, RANGES):
        refuse_foreign(folder / name / NAME)
    table = read_table(Path(wish.table or TABLE))
    base = settings_of(folder) or (QUICK if wish.quick else DEFAULT)
    if wish.quick and settings_of(folder) is not None:
        base = with_options(base, seeds=QUICK.seeds, points=QUICK.points)
    names = ("seeds", "points", "scale", "pack", "horizon", "burn_in")
    settings = with_options(base, **{name: getattr(wish, name) for name in names})
    settings.check()
    if Path(settings.pack).is_dir():  # workers have a working directory of their own
        settings = with_options(settings, pack=str(Path(settings.pack).resolve()))
    table = table.for_pack(load_pack(settings.pack))
    if wish.workers is not None and not 1 <= wish.workers <= 1024:
        raise InputError("out of range", field="--workers", value=wish.workers, allowed="1 to 1024")
    return Job(folder, table, settings, wish.workers, wish.read)


def execute(job: Job, *, quiet: bool = False, json: bool = False) -> form.Answers:
    """Run what is missing, write claims.json, claims.csv and report.html, print the table.

    Raises `model.errors.InputError`; runs that are finished are kept whatever happens.
    """
    from experiments.claims.report import write_report
    from experiments.claims.screen import as_table
    from experiments.job import write_stdout

    if job.read:
        studies = load(job.folder)
    else:
        studies = prepare(job.folder, job.table, job.settings)
        for name, study in studies.items():
            run_study(name, study, job.workers, quiet=quiet)
    answers = answers_of(job.table, studies)
    write_answers(job.folder, answers)
    write_report(job.folder / "report.html", answers)
    if json:
        write_stdout(answers.model_dump(mode="json"))
    elif not quiet:
        from rich.console import Console

        Console().print(as_table(answers))
        print(f"Written to {job.folder}: {', '.join(FILES)}")
    return answers


def run_study(name: str, study: Study, workers: int | None, *, quiet: bool) -> None:
    """Run what a study is missing under a bar, and say on stderr what failed."""
    from experiments.study_screen import sweep_bar

    show = not quiet and sys.stderr.isatty()
    if not quiet:
        left = study.status().left
        if left:
            print(f"{name}: {left:,} runs to make", file=sys.stderr)
    with sweep_bar(show=show) as tell:
        tally = study.run(workers, tell=tell)
    if tally.failed:
        print(
            f"ornok: {tally.failed:,} runs failed and are left out: ornok study status {study.folder}",
            file=sys.stderr,
        )


def answers_of(table: Table, studies: Mapping[str, Study]) -> form.Answers:
    """The answers that finished runs give; nothing is run. Raises `model.errors.InputError`."""
    outcomes = table.needed()
    reference = runs_of(studies[REFERENCE], outcomes)
    ranges = runs_of(studies[RANGES], outcomes) if RANGES in studies else None
    return form.Answers(
        made=_made(studies),
        doses=[
            form.DoseFacts(
                name=one.name,
                world=one.world,
                cars=one.cars,
                words=named(f"dose.{one.name}", one.words),
            )
            for one in table.doses
        ],
        parameters=_parameters(table, studies[REFERENCE]),
        claims=answer_all(table, reference, ranges),
    )


def answers_in(folder: str | Path, table: Table | None = None) -> form.Answers:
    """The answers of a folder of finished runs, from Python. Raises `model.errors.InputError`."""
    studies = load(Path(folder))
    pack = load_pack(studies[REFERENCE].plan.kit.setups[0].pack)
    return answers_of((table or read_table()).for_pack(pack), studies)


def _made(studies: Mapping[str, Study]) -> form.Made:
    study = studies[REFERENCE]
    states = {name: one.status() for name, one in studies.items()}
    setup = study.plan.kit.setups[0]
    made = study.made.kit
    return form.Made(
        date=datetime.now(UTC).astimezone().strftime("%Y-%m-%d %H:%M %z"),
        ornok=__version__,
        code=made.code,
        pack=study.plan.file.pack,
        pack_hash=made.pack_hash,
        pack_title=load_pack(setup.pack).title,
        scale=float(setup.params.scale),
        horizon=int(setup.params.horizon),
        burn_in=int(setup.params.burn_in),
        seeds=len(study.plan.seeds),
        points=len(studies[RANGES].plan.design.points) if RANGES in studies else 0,
        runs=sum(one.done for one in states.values()),
        failed=sum(one.failed for one in states.values()),
        missing=sum(one.left for one in states.values()),
    )


def _parameters(table: Table, study: Study) -> list[form.ParameterFacts]:
    facts = {one.name: one for one in load_pack(study.plan.kit.setups[0].pack).params().describe()}
    return [
        form.ParameterFacts(
            name=one.name,
            role=one.role,
            low=one.low,
            high=one.high,
            default=float(facts[one.name].value),
            unit=facts[one.name].unit,
            words=named(f"parameter.{one.name}", one.words),
            why=one.why,
            grade=one.grade,
        )
        for one in table.parameters
    ]


# --- Files ----------------------------------------------------------------------------------------


def write_answers(folder: Path, answers: form.Answers) -> None:
    """Write `claims.json` and `claims.csv`, each whole; they are renewed from the runs every time."""
    write_whole(folder / "claims.json", answers.model_dump_json(indent=1) + "\n")
    scratch = folder / ".claims.csv.part"
    with scratch.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(tidy_rows(answers))
    scratch.replace(folder / "claims.csv")


COLUMNS = (
    "claim", "name", "verdict", "dose", "measure", "leads", "words", "unit", "treated", "control",
    "n", "left_out", "mean", "low", "high", "sd", "margin", "side", "verdict_at_dose",
    "p_equivalence", "seeds_needed", "flips_when",
)  # fmt: skip


def tidy_rows(answers: form.Answers) -> list[dict[str, Any]]:
    """A row a claim, measure and dose."""
    rows = []
    for one in answers.claims:
        for effect in [*one.doses, *one.supporting]:
            leads = effect.verdict is not None
            rows.append(
                {
                    "claim": one.id,
                    "name": one.name.en,
                    "verdict": one.verdict_text.en,
                    "dose": effect.dose,
                    "measure": effect.measure,
                    "leads": leads,
                    "words": effect.words.en,
                    "unit": effect.unit.en,
                    **effect.model_dump(
                        include={"treated", "control", "n", "left_out", "mean", "low", "high",
                                 "sd", "p_equivalence", "seeds_needed"}
                    ),
                    "margin": one.side * one.margin.value if leads else None,
                    "side": one.side if leads else None,
                    "verdict_at_dose": effect.verdict,
                    "flips_when": one.flip.text.en if leads else None,
                }
            )  # fmt: skip
    return rows


def write_whole(path: Path, text: str) -> None:
    """Write a small file whole, or not at all."""
    scratch = path.with_name(f".{path.name}.part")
    scratch.write_text(text, encoding="utf-8")
    scratch.replace(path)
