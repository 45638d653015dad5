"""What the command line shows: the impact table, lists of worlds and parameters, progress."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from experiments.effects import PairProgress
from experiments.impact import Impact
from experiments.impact_rows import ROWS
from experiments.outcomes import readable, short_unit

if TYPE_CHECKING:
    import pandas as pd

    from model import World
    from model.parameter_fields import Parameter

_PARTS = {row.outcome for row in ROWS if row.part}
_NOTE = (
    "KGS of 2024 at the prices of each world. New employees come from own-account work\n"
    "and the unemployed: read total employment beside employee jobs."
)
_ONE_SEED = "One seed: the differences hold chance too.\nTry --seeds 5 for an interval."


def impact_as_table(impact: Impact) -> Table:
    """The impact table for the screen; with several seeds, half the 95 % interval too."""
    several = len(impact.seeds) > 1
    seeds = f"{len(impact.seeds)} seeds" if several else f"seed {impact.seeds[0]}"
    page = Table(
        title=f"World {escape(impact.world)} against {escape(impact.against)}: "
        f"mean of {impact.first} to {impact.last}, {seeds}",
        title_justify="left",
        caption=_NOTE if several else f"{_NOTE}\n{_ONE_SEED}",
        caption_justify="left",
        # Without rules between columns it fits a screen of 80 characters.
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
        show_edge=False,
    )
    page.add_column("", no_wrap=True)
    page.add_column("unit", style="dim", no_wrap=True)
    for name in ("without", "with", "change"):
        page.add_column(name, justify="right", no_wrap=True)
    if several:
        page.add_column("± 95 %", justify="right", no_wrap=True)
    group = None
    for line in impact.to_pandas().to_dict("records"):
        if line["group"] != group:
            group = line["group"]
            page.add_section()
            page.add_row(f"[bold]{group}[/bold]")
        page.add_row(*_cells(line, several))
    return page


def _cells(line: Mapping[Any, Any], several: bool) -> list[str]:
    unit = line["unit"]
    indent = "    " if line["outcome"] in _PARTS and line["group"] != "Channels" else "  "
    cells = [indent + line["row"], short_unit(unit)]
    cells += [readable(line["without"], unit), readable(line["with"], unit)]
    cells.append(readable(line["difference"], unit, signed=True))
    if several:
        # Student's interval is even: half its width says all of it.
        cells.append(readable((line["high"] - line["low"]) / 2.0, unit))
    return cells


def milestones_as_table(table: pd.DataFrame) -> Table:
    """The announced path: target, when it was announced for, and how many seeds reached it."""
    page = Table(
        title="The announced path: share of seeds that reached it",
        title_justify="left",
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
        show_edge=False,
    )
    # The names may break: a number that is cut off would be another one.
    page.add_column("")
    for name in ("target", "announced", "reached", "95 %", "median year"):
        page.add_column(name, justify="right", no_wrap=True)
    if table["probability"].isna().any():
        page.caption = "–: the run ends before the first twelve months after the date are over."
        page.caption_justify = "left"
    for line in table.to_dict("records"):
        year, due = line["median_year"], line["probability"] == line["probability"]
        page.add_row(
            str(line["milestone"]),
            readable(line["target"], line["unit"], named=True),
            str(line["announced"]),
            f"{line['reached']} of {line['seeds']}" if due else "–",
            f"{100 * line['low']:.0f}–{100 * line['high']:.0f} %" if due else "–",
            f"{year:.0f}" if year == year else "–",
        )
    return page


def worlds_as_table(worlds: Sequence[World]) -> Table:
    """Names and titles of the library of worlds."""
    page = Table()
    for name in ("world", "what it is", "the question it answers"):
        page.add_column(name, no_wrap=name == "world")
    for world in worlds:
        page.add_row(f"[bold]{escape(world.name)}[/bold]", escape(world.title), world.question)
    return page


def params_as_table(rows: Sequence[Parameter], *, wide: bool) -> Table:
    """Parameters with value, unit, grade and range; `wide` adds meaning and source."""
    page = Table(
        row_styles=["", "dim"],
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
        show_edge=False,
        caption=None if wide else "Meaning and source: ornok params NAME, or a wider screen.",
        caption_justify="left",
    )
    page.add_column("parameter", no_wrap=True)
    page.add_column("value", justify="right", no_wrap=True)
    page.add_column("unit", overflow="fold", min_width=10)
    page.add_column("grade", no_wrap=True)
    page.add_column("range", overflow="fold", min_width=6)
    if wide:
        page.add_column("meaning and source", ratio=1)
    for row in rows:
        cells = [row.name, _value(row.value), row.unit, row.grade, _span(row)]
        page.add_row(*map(escape, [*cells, f"{row.meaning} ({row.source})"] if wide else cells))
    return page


def param_as_table(row: Parameter) -> Table:
    """All that is known of one parameter, a line each."""
    page = Table.grid(padding=(0, 2, 0, 0))
    page.add_column(style="bold", no_wrap=True)
    page.add_column(overflow="fold")
    lines = {
        "parameter": row.name,
        "value": _value(row.value),
        "unit": row.unit,
        "grade": row.grade,
        "range": _span(row) or "–",
        "meaning": row.meaning,
        "source": row.source,
    }
    for name, text in lines.items():
        page.add_row(name, escape(text))
    return page


def _value(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _span(row: Parameter) -> str:
    return "" if row.low is None else f"{row.low:g} to {row.high:g}"


@contextmanager
def months_bar(worlds: Sequence[str], *, seeds: int, show: bool) -> Iterator[PairProgress | None]:
    """A progress bar on stderr, one line a world, over the months of all seeds.

    Runs are numbered as `effects.pair_up` has them: worlds take turns, seed by seed.
    """
    if not show:
        yield None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("months"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    months: dict[int, int] = {}
    with Progress(*columns, console=Console(stderr=True)) as bar:
        tasks = [bar.add_task(f"world {escape(world)}", total=None) for world in worlds]

        def tell(number: int, done: int, total: int) -> None:
            months[number] = done
            world = number % len(worlds)
            so_far = sum(
                months.get(run, 0) for run in range(world, seeds * len(worlds), len(worlds))
            )
            bar.update(tasks[world], completed=so_far, total=total * seeds)

        yield tell
