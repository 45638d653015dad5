"""The table of the benchmark: on a terminal, in `docs/benchmark.json`, and as Markdown."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from experiments.benchmark_rows import BY_KEY, ROWS, Row, Sizes
from experiments.odd_tables import table as markdown

COMMITTED = Path(__file__).resolve().parent.parent / "docs" / "benchmark.json"
SLOWER = 0.25
"""A fall beyond this part is said in words."""
COSTLIEST = 10
"""Compiled functions that are named."""
HEAD = ("what", "reach", "stretch", "measured", "", "ratio", "committed", "change")

Facts = dict[str, Any]


def machine() -> Facts:
    """What the numbers were taken on, and of which code."""
    import os

    from experiments.provenance import versions

    return {
        "system": platform.system(),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "code": versions()["code"],
    }


def committed(path: Path = COMMITTED) -> Facts:
    """The committed table; empty if there is none yet."""
    found: Facts = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def save(found: Mapping[str, Any], path: Path = COMMITTED) -> None:
    """Write what was measured; rows and tables that were not measured now stay as they were.

    Every row keeps the hash of the code that it was measured with.
    """
    old, code = committed(path), found["made_on"]["code"]
    rows = {
        **old.get("rows", {}),
        **{key: {**one, "code": code} for key, one in found["rows"].items()},
    }
    new = {**old, **found, "rows": {key: rows[key] for key in BY_KEY if key in rows}}
    new["facts"] = {**old.get("facts", {}), **found.get("facts", {})}
    if "mesa" not in found["rows"] and old:
        new["sizes"] = {**new["sizes"], "mesa_workers": old["sizes"]["mesa_workers"]}
    text = json.dumps(new, indent=1, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


# --- Words for numbers ----------------------------------------------------------------------------


def in_digits(value: float) -> str:
    """Three digits, thousands apart."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def in_units(value: float | None, row: Row, *, bound: bool = False) -> str:
    """A value with its unit; a bound with the side on which it is reached."""
    if value is None:
        return "–"
    number = f"{value:g}" if bound else in_digits(value)
    side = ("≥ " if row.more_is_better else "≤ ") if bound else ""
    return f"{side}{number}{'×' if row.unit == 'x' else ' ' + row.unit}"


def verdict(row: Row, value: float) -> str:
    """`stretch`, `reached`, `missed`, or nothing for a row without a figure."""
    if row.reach is None:
        return ""
    sign = 1.0 if row.more_is_better else -1.0
    if row.stretch is not None and sign * value >= sign * row.stretch:
        return "stretch"
    return "reached" if sign * value >= sign * row.reach else "missed"


def slower_by(row: Row, now: float, before: float) -> float:
    """By what part the row is worse than before; negative when better."""
    return before / now - 1.0 if row.more_is_better else now / before - 1.0


def named(row: Row, found: Mapping[str, Any]) -> str:
    """What a row measures, with the sizes filled in."""
    return row.what.format(**found["sizes"])


def sizes_in_words(sizes: Sizes, mesa_workers: int | None) -> Facts:
    """The numbers that the names of rows speak of; a pack's own scale is 1."""
    return {
        "name": sizes.name,
        "country": sizes.country or 1.0,
        "region": sizes.region or 1.0,
        "town": sizes.town or 1.0,
        "months": sizes.months,
        "burn_in": sizes.burn_in,
        "all_months": sizes.all_months,
        "default_months": sizes.default_burn_in + sizes.months,
        "mesa_workers": f"{mesa_workers:,}" if mesa_workers else "as many",
    }


# --- The table ------------------------------------------------------------------------------------


def lines(found: Mapping[str, Any], before: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """The table's cells, one tuple a row measured. Bounds and changes for the full sizes only."""
    full = found["sizes"]["name"] == "full"
    out: list[tuple[str, ...]] = []
    for row in ROWS:
        now, old = found["rows"].get(row.key), before.get("rows", {}).get(row.key)
        if now is None:
            continue
        change, ratio = "", in_digits(old["ratio"]) if old and full else "–"
        if old and full:
            change = f"{100 * slower_by(row, now['ratio'], old['ratio']):+.0f} %"
        out.append(
            (
                named(row, found),
                in_units(row.reach if full else None, row, bound=True),
                in_units(row.stretch if full else None, row, bound=True),
                f"{in_units(now['value'], row)} ({now['n']})",
                verdict(row, now["value"]) if full else "",
                in_digits(now["ratio"]),
                ratio,
                change or "–",
            )
        )
    return out


def complaints(found: Mapping[str, Any], before: Mapping[str, Any]) -> list[str]:
    """A sentence for each row that fell by more than a quarter against the committed table."""
    if found["sizes"]["name"] != "full":
        return []
    said = []
    for row in ROWS:
        now, old = found["rows"].get(row.key), before.get("rows", {}).get(row.key)
        fall = slower_by(row, now["ratio"], old["ratio"]) if now and old else 0.0
        if fall > SLOWER:
            word = "larger" if row.unit == "GiB" else "slower"
            said.append(
                f"{named(row, found)}: {word} than the committed table by {100 * fall:.0f} %: "
                "say so in the changelog"
            )
    return said


def phase_lines(found: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """The table of phases: ns a worker and firm, bytes a worker, and times the memory limit."""
    table = found["phases"]
    return [
        (f"`{one['phase']}`", *_costs(one, table), _share(one, table)) for one in table["phases"]
    ]


def function_lines(found: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """The costliest compiled functions, in the same words."""
    table = found["phases"]
    return [
        (f"`{one['function']}`", f"{one['calls']:g}", *_costs(one, table), _share(one, table))
        for one in table["functions"][:COSTLIEST]
    ]


def _costs(one: Mapping[str, Any], table: Mapping[str, Any]) -> tuple[str, ...]:
    """ns a worker, ns a firm where no worker's column is read, bytes a worker, times the limit."""
    seconds, read = one["seconds"], one["bytes"]
    firms_only = not one["worker_bytes"]
    limit = read / (1e9 * table["stream_gb_s"])
    return (
        f"{1e9 * seconds / table['workers']:.2f}",
        f"{1e9 * seconds / table['firms']:,.0f}" if firms_only else "–",
        f"{read / table['workers']:.1f}" if read else "–",
        f"{seconds / limit:,.1f}×" if read else "–",
    )


def _share(one: Mapping[str, Any], table: Mapping[str, Any]) -> str:
    return f"{100 * one['seconds'] / table['month_s']:.1f} %"


PHASE_HEAD = ("phase", "ns a worker", "ns a firm", "bytes a worker", "over memory", "of the month")
FUNCTION_HEAD = ("compiled function", "calls", *PHASE_HEAD[1:])


def show(title: str, head: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    """Print one table."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    page = Table(title=title, title_justify="left", box=box.SIMPLE)
    for number, name in enumerate(head):
        page.add_column(name, justify="right" if number else "left", no_wrap=bool(number))
    for row in cells:
        page.add_row(*(cell.replace("`", "") for cell in row))
    console = Console()
    # In a file or a pipe there is no edge to keep within.
    console.width = console.width if console.is_terminal else 160
    console.print(page)


def benchmark_markdown(found: Mapping[str, Any]) -> str:
    """The committed table as it stands in `docs/speed.md`."""
    cells = [line[:6] for line in lines(found, {})]
    made = found["made_on"]
    codes = ", ".join(dict.fromkeys(f"`{one['code']}`" for one in found["rows"].values()))
    note = (
        f"{made['system']} {made['machine']}, {made['cores']} cores, Python {made['python']}; code "
        f"{codes}; calibrator {found['calibrator_ns']:.1f} ns. Behind the figure: how often "
        "it was measured (the median is shown). Ratio: times in the calibrator's rows; else the figure."
    )
    return markdown(HEAD[:6], cells) + "\n\n" + note


def missed_markdown(found: Mapping[str, Any]) -> str:
    """The figures that the committed table does not reach, and by how much."""
    lines = []
    for row in ROWS:
        now = found["rows"].get(row.key)
        if now and verdict(row, now["value"]) == "missed":
            reach, value = in_units(row.reach, row, bound=True), in_units(now["value"], row)
            lines.append(f"- {named(row, found)}: {value}, to reach {reach}.")
    return "\n".join(lines) or "None."


def phases_markdown(found: Mapping[str, Any]) -> str:
    """The committed tables of phases and functions as they stand in `docs/speed.md`."""
    table = found["phases"]
    note = (
        f"{table['workers']:,} workers, {table['firms']:,} firms, one thread: "
        f"{1e3 * table['month_s']:,.0f} ms a month. Memory brings {table['stream_gb_s']:.1f} GB/s to "
        "one core."
    )
    parts = [
        markdown(PHASE_HEAD, phase_lines(found)),
        markdown(FUNCTION_HEAD, function_lines(found)),
    ]
    return "\n\n".join([note, *parts])
