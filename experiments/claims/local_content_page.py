"""The page and the picture on local content, from the table of runs; no date, so they come again."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from experiments.claims.local_content import (
    COMMAND,
    COST,
    DELETION,
    DOCS,
    EXEMPTION,
    FINER,
    PACK,
    QUALITY,
    REFERENCE,
    SCALE,
    WORLDS,
    YEAR,
    Cell,
    cells,
)
from experiments.effects import t_interval
from experiments.odd_tables import table as markdown

Found = dict[tuple[str, Cell], list[dict[str, float]]]

_VOLUMES = {"plan": "30,000 cars a year", "volume": "100,000 cars a year and more"}
_SHORT = {"plan": "30,000", "volume": "over 100,000"}
_COLOURS = {0.6: "#1b7837", 0.8: "#2166ac", 1.0: "#b2182b"}
_MADE = ("local_content_nominal", "local_content_deep", "tier1_suppliers", "supplier_jobs")

_HEAD = """# Local content: it hangs on numbers that nobody knows

How much of a car is made in the country, {year}, if the plant's volume is there? Four assumptions
decide, and for none of them is there a figure:

- **deletion allowance** (`deletion_low`, `deletion_high`): what the kit really gets cheaper by when
  a part is left out, as a share of the part; drawn for each part within the range;
- **cost of the maker's own work** (`local_cost_ratio`) against the same work in the kit;
- **quality at the start** (`initial_quality`) of the makers that there are;
- **exemption of kits** (`kit_exemption`) from duty and VAT: 1 as agreed, 0 none.

Worlds: `plan` (the parent takes the announced path, up to 30,000 cars a year) and `volume` (100,000
cars beyond home sales). In the reference world `plant` some 5,000 cars a year are made and nothing
is localised at the defaults: see `docs/mechanisms.md`.

![Nominal local content by assumptions](local_content.png)

"""
_FOOT = """
## How it was made

`{command} --run`: pack {pack}, scale {scale:g}, {months} months, means of {year}, the plant's
fifteenth year; code `{code}`. {seeds} Seeds share their draws over all cells, so cells
differ by assumptions only; but the deletion allowance of each part is drawn by seed, and with few
parts in play one draw can decide: that is why cells with several seeds spread. ± is half of the 95 %
t interval over seeds, given from three seeds on; bars in the picture span the seeds.

Runs of two states of the code stand in the table: between them only the duty that counts for a bid's
limit was mended, which is nothing while kits are exempt, and all runs with duty are of the later one.

The full design has {cells} cells in {worlds} worlds and three seeds; what the time allowed is in
`docs/local_content.csv`, and the same command goes on from there. {finer}
"""


def write_page(rows: Sequence[dict[str, str]]) -> None:
    """Write `docs/local_content.md` and `docs/local_content.png`."""
    found = by_cell(rows, SCALE)
    (DOCS / "local_content.md").write_text(page(rows, found), encoding="utf-8")
    draw(found)


def by_cell(rows: Iterable[dict[str, str]], scale: float) -> Found:
    """World and cell to the rows of its seeds, as numbers."""
    found: Found = {}
    for row in rows:
        if float(row["scale"]) == scale:
            cell = Cell(*(float(row[name]) for name in Cell._fields))
            values = {name: float(value) for name, value in row.items() if _is_number(value)}
            found.setdefault((row["world"], cell), []).append(values)
    return found


def _is_number(written: str) -> bool:
    try:
        float(written)
    except ValueError:
        return False
    return True


def interval(runs: Sequence[dict[str, float]], name: str) -> tuple[float, float]:
    """Mean and half of the 95 % interval; the half is not a number with fewer than three seeds."""
    values = np.array([run[name] for run in runs])
    mean, low, high = t_interval(values)
    return float(mean), float(high - low) / 2.0 if len(values) > 2 else math.nan


# --- Words ----------------------------------------------------------------------------------------


def page(rows: Sequence[dict[str, str]], found: Found) -> str:
    """The page as Markdown."""
    parts = [_HEAD.format(year=YEAR), findings(found)]
    for world in WORLDS:
        lines = [(cell, found[world, cell]) for cell in cells() if (world, cell) in found]
        if lines:
            parts.append(f"\n## World `{world}`: {_VOLUMES[world]}\n\n{results(lines)}\n")
    counts = {world: sorted({len(r) for (w, _), r in found.items() if w == world})
              for world in WORLDS}  # fmt: skip
    seeds = "; ".join(
        f"world `{world}`: {sum(w == world for w, _ in found)} cells with "
        f"{' or '.join(map(str, count))} seed{'' if count == [1] else 's'}"
        for world, count in counts.items()
        if count
    )
    months = 12 * (YEAR - 2022)
    parts.append(
        _FOOT.format(
            command=COMMAND, pack=PACK, scale=SCALE, months=months, year=YEAR,
            code=", ".join(sorted({row["code"] for row in rows})), seeds=f"{seeds}.".capitalize(),
            cells=len(cells()), worlds=len(WORLDS), finer=finer(rows, found),
        )
    )  # fmt: skip
    return "".join(parts)


def results(lines: Sequence[tuple[Cell, list[dict[str, float]]]]) -> str:
    """A row a cell."""
    head = ("deletion", "own work", "quality", "exemption", "nominal, %", "deep, %",
            "tier-1 firms", "supplier jobs", "seeds")  # fmt: skip
    rows = []
    for cell, runs in lines:
        mark = " (defaults)" if cell == REFERENCE else ""
        cost, quality, exempt = cell[2:]
        made = [_said(*interval(runs, name), 100.0 if "content" in name else 1.0) for name in _MADE]
        rows.append((f"{cell[0]:g} to {cell[1]:g}{mark}", f"{cost:g}", f"{quality:g}",
                     f"{exempt:g}", *made, len(runs)))  # fmt: skip
    return markdown(head, rows)


def _said(mean: float, half: float, factor: float) -> str:
    spread = "" if half != half else f" ± {factor * half:,.1f}"
    return f"{factor * mean:,.1f}{spread}"


def findings(found: Found) -> str:
    """What the cells say, in numbers taken from them."""
    lines = ["## What comes out (seed 1, which has every cell)\n"]
    for world in WORLDS:
        # Of the first seed only, which has all cells: means over levels then compare like with like.
        of_world = {cell: r for (w, cell), r in found.items() if w == world}
        runs = {c: one for c, r in of_world.items() if (one := [x for x in r if x["seed"] == 1])}
        if not runs:
            continue
        means = {cell: interval(r, "local_content_nominal")[0] for cell, r in runs.items()}
        some = sum(value > 0.005 for value in means.values())
        lines.append(
            f"- `{world}`: nominal local content is {100 * min(means.values()):.0f} to "
            f"{100 * max(means.values()):.0f} % over {len(means)} cells; {some} of them have any."
        )
        for name, levels in (
            ("deletion", DELETION), ("own work", COST), ("quality", QUALITY),
            ("exemption", EXEMPTION),
        ):  # fmt: skip
            lines.append(f"  - by {name}: {_by_level(means, name, levels)}.")
    return "\n".join(lines) + "\n"


def _by_level(means: dict[Cell, float], name: str, levels: Sequence[Any]) -> str:
    place = {"own work": 2, "quality": 3, "exemption": 4}.get(name)
    said = []
    for level in levels:
        chosen = [x for cell, x in means.items()
                  if (cell[:2] if place is None else cell[place]) == level]  # fmt: skip
        shown = f"{level[0]:g} to {level[1]:g}" if place is None else f"{level:g}"
        if chosen:
            said.append(f"{shown}: {100 * float(np.mean(chosen)):.1f} %")
    return "; ".join(said)


def finer(rows: Sequence[dict[str, str]], found: Found) -> str:
    """How far cells that were run at a finer scale too agree, seed by seed."""
    pairs = []
    for (world, cell), runs in by_cell(rows, FINER).items():
        coarse = {run["seed"]: run for run in found.get((world, cell), [])}
        pairs += [
            (run["local_content_nominal"], coarse[run["seed"]]["local_content_nominal"])
            for run in runs
            if run["seed"] in coarse
        ]
    if not pairs:
        return ""
    gaps = np.array([abs(one - other) for one, other in pairs])
    apart = int((gaps > 0.02).sum())
    return (
        f"{len(pairs)} runs were made at scale {FINER:g} too: nominal content differs by more than "
        f"two points in {apart} of them, by {100 * gaps.max():.0f} points at most; the means are "
        f"{100 * np.mean([a for a, _ in pairs]):.1f} and "
        f"{100 * np.mean([b for _, b in pairs]):.1f} %. Where a bid is near the limit, the scale can "
        "decide who wins it: at the defaults (seed 1) nothing is local at the finer scale."
    )


# --- Picture --------------------------------------------------------------------------------------


def draw(found: Found) -> None:
    """Nominal content over the deletion allowance; a panel a world and exemption."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    worlds = [world for world in WORLDS if any(w == world for w, _ in found)]
    figure = Figure(figsize=(9.0, 0.9 + 3.3 * len(worlds)), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(len(worlds), len(EXEMPTION), sharex=True, sharey=True, squeeze=False)
    for line, world in zip(axes, worlds, strict=True):
        for axis, exempt in zip(line, EXEMPTION, strict=True):
            _panel(axis, found, world, exempt)
    axes[0][0].set_ylim(bottom=0.0)
    for line in axes:
        line[0].set_ylabel("nominal local content, %")
    for axis in axes[-1]:
        axis.set_xlabel("deletion allowance: share of a part's price that the kit falls by")
        axis.xaxis.label.set_fontsize(8)
    handles, labels = axes[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=3, frameon=False, fontsize=8)
    figure.savefig(DOCS / "local_content.png", dpi=130, metadata={"Software": None})


def _panel(axis: Any, found: Found, world: str, exempt: float) -> None:
    shift = 0.0
    for cost in sorted(COST):
        for quality in QUALITY:
            points = [
                (k, [100.0 * run["local_content_nominal"] for run in found[world, cell]])
                for k, range_ in enumerate(DELETION)
                if (world, cell := Cell(*range_, cost, quality, exempt)) in found
            ]
            shift += 0.05
            x = np.array([k for k, _ in points]) - 0.175 + shift
            mean = np.array([np.mean(y) for _, y in points])
            ends = np.array([(m - min(y), max(y) - m) for m, (_, y) in zip(mean, points)])
            axis.errorbar(
                x, mean, ends.T if len(ends) else None, color=_COLOURS[cost],
                marker="o", markersize=5, linewidth=1.2, capsize=2,
                linestyle="-" if quality == QUALITY[0] else ":",
                markerfacecolor=_COLOURS[cost] if quality == QUALITY[0] else "white",
                label=f"own work {cost:g}, quality {quality:g}",
            )  # fmt: skip
    terms = "kits exempt" if exempt else "duty and VAT on kits"
    axis.set_title(f"{world}: {_SHORT[world]} cars, {terms}", fontsize=9)
    axis.set_xticks(range(len(DELETION)), [f"{a:g} to {b:g}" for a, b in DELETION])
    axis.spines[["top", "right"]].set_visible(False)
    axis.grid(axis="y", linewidth=0.4, alpha=0.5)
