"""The answers as a table for the terminal: a row a claim."""

from __future__ import annotations

from rich.markup import escape
from rich.table import Table as Grid

from experiments.claims import form
from experiments.claims.words import number

__all__ = ["as_table", "effect_in_words"]

COLOURS = {"holds": "green", "fails": "red", "only_if": "yellow", "undecided": "bright_black"}


def effect_in_words(effect: form.Effect | None) -> str:
    """Mean, interval and unit in one line."""
    if effect is None or effect.mean is None:
        return "–"
    mean = number(effect.mean, signed=True)
    if effect.low is None or effect.high is None:
        return f"{mean} {effect.unit.en}"
    low, high = number(effect.low, signed=True), number(effect.high, signed=True)
    return f"{mean} [{low}, {high}] {effect.unit.en}"


def as_table(answers: form.Answers) -> Grid:
    """Claim, verdict, effect with its interval, and when it flips."""
    made = answers.made
    grid = Grid(
        title=f"{made.pack_title}: the thirteen claims, {made.seeds} seeds, {made.points} points, "
        f"scale {made.scale:g}",
        title_justify="left",
        title_style="bold",
        show_lines=True,
    )
    grid.add_column("claim")
    grid.add_column("verdict", no_wrap=True)
    grid.add_column("effect at the reference [95 %]")
    grid.add_column("flips when")
    for one in answers.claims:
        colour = COLOURS.get(one.verdict, "white")
        verdict = f"[{colour}]{one.verdict_text.en}[/{colour}]"
        if one.verdict == "only_if":
            verdict += f"\nreference: {one.at_reference.replace('_', ' ')}"
        measured = "" if one.effect is None else f"{one.effect.words.en}: "
        grid.add_row(
            escape(f"{one.id} {one.name.en}"),
            verdict,
            escape(f"{measured}{effect_in_words(one.effect)}"),
            escape(one.flip.text.en),
        )
    return grid
