"""The tables and pictures of docs/claims.md: `python -m experiments.claims.page [--take DIR] [--robust DIR]`.

`--take DIR` takes the answers of a folder that `ornok claims` has filled and keeps them as
`answers.json` beside this file: the answers that come with Ornok; `--robust DIR` does so with `robust.json` of
`ornok claims --robust`. Without them the page is written again from those. Blocks of the page between `<!-- generated: name -->` and `<!-- end -->` belong to this script.
"""

from __future__ import annotations

import argparse
import json
import sys
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from experiments.claims import form
from experiments.claims.figures import draw_board, draw_cases, draw_effects, mark_years
from experiments.claims.robust_form import Robust
from experiments.claims.robust_page import PICTURE, draw_robust, robust_blocks, stored_robust
from experiments.claims.robust_page import STORED as ROBUST
from experiments.claims.screen import effect_in_words
from experiments.claims.stored import ANSWERS, committed
from experiments.claims.table import Table
from experiments.claims.table_file import read_table
from experiments.claims.words import number, percent
from experiments.odd_tables import renewed, table
from experiments.report import STYLE

__all__ = ["ANSWERS", "blocks", "committed", "main"]

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = DOCS / "claims.md"
SCHEMA = DOCS / "claims.schema.json"


def blocks(answers: form.Answers, claims: Table) -> dict[str, Callable[[], str]]:
    """What writes each generated block of the page."""
    return {
        "asked": lambda: asked(claims),
        "ranges": lambda: ranges(claims),
        "worlds": lambda: worlds(claims),
        "made": lambda: made(answers),
        "answers": lambda: verdicts(answers),
        "doses": lambda: by_dose(answers),
        **robust_blocks(claims, stored_robust(ROBUST)),
    }


def asked(claims: Table) -> str:
    """Each claim: what is said, what decides, from where on it matters and why."""
    rows = []
    for one in claims.claims:
        lead = one.leading
        minus = "".join(f" − `{name}`" for name in lead.minus)
        names = " + ".join(f"`{name}`" for name in lead.outcomes) + minus
        pair = one.worlds_of(lead, claims.doses_of(one)[0])
        margin = f"{number(one.side * one.margin, signed=not one.bar)} {lead.unit}"
        statement = one.statement.format(margin=number(one.margin))
        compared = f"`{pair.treated}` against `{pair.control}`"
        why = f"{one.margin_why} ({one.margin_grade})"
        rows.append((one.id, statement, f"{names}, {lead.kind}", compared, margin, why))
    head = ("", "the claim as asked", "decided by", "worlds", "matters from", "why so much")
    return table(head, rows)


def ranges(claims: Table) -> str:
    """The parameters that vary."""
    rows = [
        (f"`{one.name}`", one.words, f"{number(one.low)} to {number(one.high)}", one.why, one.grade)
        for one in claims.parameters
    ]
    return table(("parameter", "what it is", "range", "why so far", "grade"), rows)


def worlds(claims: Table) -> str:
    """The worlds that are made for the claims."""
    rows = [
        (
            f"`{one.name}`",
            one.title,
            f"`{one.base}`",
            "" if one.events_of is None else f"events of `{one.events_of}`",
            "" if one.local_purchases is None else "buys nothing at home",
        )
        for one in claims.worlds
    ]
    return table(("world", "what it is", "made from", "with", "and"), rows)


def made(answers: form.Answers) -> str:
    """The setting of the answers, in words."""
    one = answers.made
    return (
        f"Written {one.date[:10]}, code `{one.code}`, pack {one.pack} ({one.pack_hash[:12]}), scale "
        f"{one.scale:g}, {one.horizon} months after {one.burn_in} of burn-in, {one.seeds} seeds at the "
        f"reference, {one.points} points over {len(answers.parameters)} parameters: {one.runs:,} runs, "
        f"{one.failed:,} failed, {one.missing:,} missing."
    )


def verdicts(answers: form.Answers) -> str:
    """A row a claim."""
    rows = []
    for one in answers.claims:
        verdict = f"**{one.verdict_text.en}**"
        if one.verdict == "only_if":
            verdict += f" (reference: {one.at_reference.replace('_', ' ')})"
        words = "" if one.effect is None else f"{one.effect.words.en}: "
        share = percent(float("nan") if one.flip.share_holds is None else one.flip.share_holds)
        effect = words + effect_in_words(one.effect)
        rows.append((f"{one.id} {one.name.en}", verdict, effect, share, one.flip.text.en))
    head = ("claim", "verdict", "effect at the reference [95 %]", "holds in", "flips when")
    return table(head, rows)


def by_dose(answers: form.Answers) -> str:
    """The effect of each claim at every dose."""
    names = [dose.name for dose in answers.doses]
    rows = []
    for one in answers.claims:
        cells = {
            effect.dose: f"{effect_in_words(effect)}: {(effect.verdict or '').replace('_', ' ')}"
            for effect in one.doses
        }
        rows.append((one.id, *(cells.get(name, "") for name in names)))
    return table(("", *names), rows)


# --- Pictures -------------------------------------------------------------------------------------


def draw(answers: form.Answers, folder: Path = DOCS) -> None:
    """The pictures of the page."""
    robust = stored_robust(ROBUST)
    with mpl.rc_context(STYLE):
        draw_board(answers).savefig(folder / "claims.png", dpi=130)
        over_time(answers).savefig(folder / "claims_over_time.png", dpi=110)
        found = conditions(answers)
        if found is not None:
            found.savefig(folder / "claims_conditions.png", dpi=110)
        if robust is not None:
            draw_robust(robust).savefig(folder / PICTURE, dpi=110)


def over_time(answers: form.Answers) -> Figure:
    """The effect of every claim over time, by dose."""
    figure, panels = _panels(len(answers.claims), 4, 2.3)
    for axes, one in zip(panels, answers.claims, strict=False):
        axes.set_title(textwrap.fill(f"{one.id} {one.name.en}", 34), fontsize=8.5)
        if one.figure is None:
            axes.set_axis_off()
            axes.text(0.0, 0.5, one.verdict_text.en, fontsize=8.5, transform=axes.transAxes)
            continue
        draw_effects(axes, answers, one)
        axes.set_ylabel(one.margin.unit.en, fontsize=7.5)
        axes.tick_params(labelsize=7)
        mark_years(axes, 5)
    handles, words = panels[0].get_legend_handles_labels()
    rest = panels[len(answers.claims)]
    rest.legend(handles[:-1], words[:-1], loc="upper left", fontsize=8)
    return figure


def conditions(answers: form.Answers) -> Figure | None:
    """The cases of every claim that has a condition, with its box; none if there is none."""
    found = [one for one in answers.claims if one.flip.confirmed]
    if not found:
        return None
    figure, panels = _panels(len(found), 3, 3.1)
    for axes, one in zip(panels, found, strict=False):
        draw_cases(axes, answers, one)
        axes.set_title(textwrap.fill(f"{one.id} {one.name.en}", 44), fontsize=8.5)
        axes.xaxis.label.set_fontsize(7.5)
        axes.yaxis.label.set_fontsize(7.5)
        axes.tick_params(labelsize=7)
    return figure


def _panels(count: int, columns: int, height: float) -> tuple[Figure, list[mpl.axes.Axes]]:
    """So many panels and at least one more, empty and unseen."""
    rows = -(-(count + 1) // columns)
    figure = Figure(figsize=(12.0, height * rows), facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    panels = list(figure.subplots(rows, columns, squeeze=False).flat)
    for axes in panels[count:]:
        axes.set_axis_off()
    return figure, panels


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page, its pictures and the schema; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m experiments.claims.page")
    parser.add_argument("--take", type=Path, metavar="DIR", help="a folder of ornok claims")
    parser.add_argument("--robust", type=Path, metavar="DIR", help="a folder of claims --robust")
    taken = parser.parse_args(arguments)
    if taken.take is not None:
        text = (taken.take / "claims.json").read_text(encoding="utf-8")
        form.Answers.model_validate_json(text)
        ANSWERS.write_text(text, encoding="utf-8")
    if taken.robust is not None:
        text = (taken.robust / "robust.json").read_text(encoding="utf-8")
        Robust.model_validate_json(text)
        ROBUST.write_text(text, encoding="utf-8")
    answers = committed(ANSWERS)
    schema = json.dumps(form.Answers.model_json_schema(), indent=1)
    SCHEMA.write_text(schema + "\n", encoding="utf-8")
    old = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(renewed(old, blocks(answers, read_table())), encoding="utf-8")
    draw(answers)
    return 0


if __name__ == "__main__":
    sys.exit(main())
