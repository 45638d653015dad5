"""Whether the verdicts stand, as a table for the terminal: a row a claim."""

from __future__ import annotations

from rich.markup import escape
from rich.table import Table as Grid

from experiments.claims import robust_form as form
from experiments.claims.screen import COLOURS, effect_in_words

__all__ = ["as_table"]


def as_table(found: form.Robust) -> Grid:
    """Claim, verdict and effect at the reference, and whether it stands."""
    grid = Grid(
        title=f"{found.pack_title}: do the verdicts stand? {len(found.variants) - 1} variants beside "
        f"the reference, {found.variants[0].seeds} seeds",
        title_justify="left",
        title_style="bold",
        show_lines=True,
    )
    grid.add_column("claim")
    grid.add_column("reference", no_wrap=True)
    grid.add_column("effect there [95 %]")
    grid.add_column("does it stand?")
    for line in found.lines:
        verdict = line.reference.verdict
        colour = COLOURS.get(verdict, "white")
        grid.add_row(
            escape(f"{line.id} {line.name}"),
            f"[{colour}]{verdict.replace('_', ' ')}[/{colour}]",
            escape(effect_in_words(line.reference.effect)),
            escape(line.doses[0].sentence),
        )
    return grid
