"""A sensitivity analysis on the screen: a table a quantity, and what to know before reading it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.console import Group
from rich.table import Table
from rich.text import Text

from experiments.outcomes import outcomes, readable, yearly_factor, yearly_unit
from experiments.sensitivity_values import EFFECT

if TYPE_CHECKING:
    from experiments.sensitivity import Sensitivity

MOST_LINES = 10


def on_screen(found: Sensitivity) -> Group:
    """All headline quantities, then the words; for `rich` to print."""
    tables = [part for key in found.headline() for part in _table(found, *key)]
    words = [Text(f"• {sentence}") for sentence in found.words]
    return Group(*tables, *words)


def title_of(found: Sensitivity, world: str, measure: str, outcome: str) -> str:
    """What a table is about, in words."""
    what = outcome.replace("_", " ")
    against = found.plan.against
    return (
        f"Effect on {what}, {world} against {against}"
        if measure == EFFECT
        else f"{what.capitalize()} in {world}"
    )


def _table(found: Sensitivity, world: str, measure: str, outcome: str) -> tuple[Text, Table]:
    one = outcomes()[outcome]
    unit, factor = yearly_unit(one), yearly_factor(one)
    morris = found.kind == "morris"
    title = title_of(found, world, measure, outcome) + (f" ({unit})" if morris else "")
    page = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    page.add_column("", no_wrap=True)
    for name in heads(morris):
        page.add_column(name, justify="right", no_wrap=True)
    table = found.of(world, measure, outcome)
    for row in table.head(MOST_LINES).to_dict("records"):
        cells = cells_of(row, unit, factor, morris=morris)
        page.add_row(str(row["parameter"]), *cells, style="dim" if is_unclear(row) else "")
    if len(table) > MOST_LINES:
        page.add_row(f"and {len(table) - MOST_LINES} more", style="dim")
    return Text(f"\n{title}", style="italic"), page


def heads(morris: bool) -> list[str]:
    """Heads of the columns of numbers that people are shown."""
    return ["μ", "μ*", "95 %", "σ", "chance"] if morris else ["S1", "95 %", "ST", "95 %"]


def cells_of(row: Mapping[Any, Any], unit: str, factor: float, *, morris: bool) -> list[str]:
    """One parameter's numbers in few digits, under `heads`."""
    if not morris:
        return [
            text
            for name in ("S1", "ST")
            for text in (
                readable(row[name], ""),
                f"{readable(row[f'{name}_low'], '')} to {readable(row[f'{name}_high'], '')}",
            )
        ]
    low, high = (readable(row[f"mu_star_{end}"] * factor, unit) for end in ("low", "high"))
    return [
        readable(row["mu"] * factor, unit, signed=True),
        readable(row["mu_star"] * factor, unit),
        f"{low} to {high}",
        readable(row["sigma"] * factor, unit),
        readable(row["floor"] * factor, unit),
    ]


def is_unclear(row: Mapping[Any, Any]) -> bool:
    """Whether the parameter is not told from none."""
    return not row["stands_out"] if "stands_out" in row else not row["ST_low"] > 0.0
