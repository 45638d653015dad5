"""`ornok sensitivity`: the steps of a question, one after the other, and what is shown and written."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from experiments.html_page import html_texts
from experiments.job import write_stdout
from experiments.sensitivity import Sensitivity, sensitivity_of
from experiments.sensitivity_page import HEADS, stage_of, write_page
from experiments.sensitivity_protocol import SOBOL, STAGES, runs_of, steps
from experiments.sensitivity_question import FILE, Protocol, check_window, read_down, write_down
from experiments.sensitivity_ranges import Range
from experiments.study import Study, cores
from experiments.study_screen import duration, sweep_bar
from model.errors import InputError

if TYPE_CHECKING:
    from experiments.run_options import Voice


# --- What has been run already ----------------------------------------------------------------------


def analyse_folder(
    folder: Path,
    outcomes: Sequence[str] | None,
    first: str | None,
    last: str | None,
) -> tuple[list[Sensitivity], Protocol | None]:
    """The analyses of a study's folder, or of all steps that a protocol's folder has results of."""
    if not (folder / FILE).is_file():
        return [sensitivity_of(Study.load(folder), outcomes, first=first, last=last)], None
    protocol, found = read_down(folder), []
    first, last = check_window(protocol.question, first, last)
    for stage in STAGES:
        if any((folder / stage / "runs").glob("part-*.parquet")):
            study = Study.load(folder / stage)
            found.append(sensitivity_of(study, outcomes, first=first, last=last))
    if not found:
        raise InputError("has no finished runs yet", field="DIR", value=str(folder))
    return found, protocol


# --- From a question --------------------------------------------------------------------------------


def show_plan(protocol: Protocol, *, json: bool) -> None:
    """Print what a question would run, how far parameters go, and why the others do not vary."""
    runs = runs_of(protocol)
    seconds = sum(runs.values()) * protocol.seconds / 2.0
    if json:
        write_stdout(
            {
                "runs": runs,
                "seconds_a_run": round(protocol.seconds / 2.0, 3),
                "seconds": round(seconds, 1),
                "ranges": [vars(one) for one in protocol.ranges],
                "left_out": [vars(one) for one in protocol.left_out],
                "unread": list(protocol.unread),
            }
        )
        return
    page = Table(box=None, pad_edge=False)
    for head in ("parameter", "from", "to", "grade", "source of the range"):
        page.add_column(head, overflow="fold", no_wrap=head == "parameter")
    for one in protocol.ranges:
        page.add_row(one.name, _short(one.low), _short(one.high), one.grade, one.source)
    console = Console()
    console.print(page)
    reasons: dict[str, int] = {}
    for left in protocol.left_out:
        kind = left.why.split(":")[0].split(" at ")[0]
        reasons[kind] = reasons.get(kind, 0) + 1
    for why, count in sorted(reasons.items(), key=lambda item: -item[1]):
        console.print(f"left out, {count}: {why}", highlight=False, markup=False)
    print(in_words(protocol, runs, seconds))
    _warn_of_unread(protocol)


def in_words(protocol: Protocol, runs: dict[str, int], seconds: float) -> str:
    """How many runs, and about how long on one core."""
    parts = ", ".join(f"{stage} {count:,}" for stage, count in runs.items())
    return (
        f"{len(protocol.ranges)} parameters; runs: {parts} at most; about {duration(seconds)} on one "
        f"core, this machine has {cores()}"
    )


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _warn_of_unread(protocol: Protocol) -> None:
    if protocol.unread:
        names = ", ".join(protocol.unread)
        print(f"ornok: neither world reads {names}: it cannot matter", file=sys.stderr)


def run_protocol(
    protocol: Protocol,
    workers: int | None,
    voice: Voice,
    first: str | None,
    last: str | None,
) -> list[Sensitivity]:
    """Run what is missing of each step, and analyse it; what is finished is never run again.

    Raises what `Study.run` raises; whatever was written by then counts.
    """
    write_down(protocol)
    _warn_of_unread(protocol)
    talk = not (voice.quiet or voice.json)
    if talk:
        runs = runs_of(protocol)
        print(in_words(protocol, runs, sum(runs.values()) * protocol.seconds / 2.0), flush=True)
    found: list[Sensitivity] = []
    for step in steps(protocol, first, last):
        plan = step.study.plan
        if talk:
            names = len(plan.design.names)
            print(
                f"{step.stage}: {names} parameters, {len(plan.design.points):,} points", flush=True
            )
        with sweep_bar(show=talk and sys.stderr.isatty()) as tell:
            step.study.run(workers, tell=tell)
        found.append(step.analyse())
    return found


def show(found: Sequence[Sensitivity], page: Path, voice: Voice, *, protocol: bool = False) -> None:
    """Print the analyses, as tables or as one JSON object, and where the page is."""
    if voice.json:
        write_stdout({**{stage_of(one): one.to_dict() for one in found}, "report": str(page)})
        return
    if voice.quiet:
        return
    console = Console()
    for one in found:
        console.print(f"[bold]{HEADS[stage_of(one)]}[/bold]")
        console.print(one)
    if protocol and found[-1].kind != SOBOL:
        console.print(why_no_next(found[-1]))
    console.print(f"Written to {page}", soft_wrap=True, highlight=False, markup=False)


def why_no_next(found: Sensitivity) -> str:
    """Why a screening is the last step that there is."""
    leading = found.leading()
    if not leading:
        return "Nothing stands out from chance, so there is nothing whose shares could be told."
    if len(leading) == 1:
        return f"Only {leading[0]} stands out: with one parameter there are no shares of variance."
    return "The shares of variance have not been run."


def write(
    found: Sequence[Sensitivity], folder: Path, out: Path | None, protocol: Protocol | None
) -> Path:
    """Write the page and its tables; with a protocol also the ranges and why others do not vary."""
    if protocol is None:
        return write_page(found, folder, out)
    asked = protocol.question
    title = (
        f"What decides the effect of {Path(asked.world).stem} against {Path(asked.against).stem}?"
    )
    return write_page(found, folder, out, title=title, notes=_notes(protocol, found))


def _notes(protocol: Protocol, found: Sequence[Sensitivity]) -> list[str]:
    leading = [one.leading(protocol.question.keep) for one in found if stage_of(one) == "morris"]
    kept = ", ".join(leading[-1]) if leading and len(leading[-1]) > 1 else "none"
    rows = [
        [one.name, _short(one.low), _short(one.high), one.grade, one.source]
        for one in _sorted(protocol)
    ]
    head = ["parameter", "from", "to", "grade", "source of the range"]
    why = [[one.name, one.why] for one in protocol.left_out]
    rule = (
        "rule: μ* above chance for some outcome, by the largest μ* relative to the outcome's strongest, "
        f"at most {protocol.question.keep}"
    )
    went = f"Going on to the shares of variance ({rule}): {kept}."
    if found[-1].kind != SOBOL:
        went = f"{why_no_next(found[-1])} ({rule[0].upper()}{rule[1:]}.)"
    return [
        f"<p>{len(protocol.ranges)} parameters varied, each evenly over its range; "
        f"{len(protocol.left_out)} others kept their values. {escape(went)}</p>",
        f"<details><summary>Ranges and their sources</summary>{html_texts(head, rows)}</details>",
        "<details><summary>Parameters that do not vary, and why</summary>"
        f"{html_texts(['parameter', 'why'], why)}</details>" if why else "",
    ]  # fmt: skip


def _sorted(protocol: Protocol) -> list[Range]:
    return sorted(protocol.ranges, key=lambda one: one.name)
