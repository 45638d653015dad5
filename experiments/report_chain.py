"""A second page: the plant's path against the announced one, its local chain, and what was learned.

Drawn for worlds with a plant that sells. Everything is of the treated world: without the plant there
is no chain to compare with.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from experiments.effects import Pairs
from experiments.report import BLACK, BLUE, GREEN, GREY, ORANGE, RED, SKY, STYLE, entitle, thousands
from experiments.report_words import source_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_PART = "local_share_"
_REASONS = {
    "failed_price": ("price", BLUE),
    "failed_quality": ("quality", ORANGE),
    "failed_certification": ("certificate", SKY),
    "failed_capacity": ("capacity", GREEN),
    "failed_finance": ("finance", RED),
    "failed_scale": ("scale", GREY),
    "failed_distance": ("distance", BLACK),
}


def has_chain(pairs: Pairs) -> bool:
    """Whether some plant of the treated world made a car."""
    return any(float(run.monthly["cars_made"].sum()) > 0.0 for run in pairs.treated)


def draw_chain(pairs: Pairs, path: Path, *, command: str = "") -> Path:
    """Draw the page as a PNG and return its path."""
    import matplotlib as mpl

    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(14, 9.2), facecolor="white")
        FigureCanvasAgg(figure)
        for axes, draw in zip(figure.subplots(2, 3).flat, PANELS, strict=True):
            draw(axes, pairs)
        figure.subplots_adjust(
            left=0.055, right=0.985, top=0.83, bottom=0.095, hspace=0.5, wspace=0.28
        )
        world = pairs.treated[0].world
        figure.text(0.055, 0.968, f"The chain of “{world.name}”: {world.title}", fontsize=16,
                    fontweight="bold", va="top")  # fmt: skip
        seeds = len(pairs.seeds)
        shade = f"mean of {seeds} seeds, shade: all of them" if seeds > 1 else "one seed"
        figure.text(0.055, 0.925, f"World with the plant only; {shade}.", fontsize=11,
                    color="#333333", va="top")  # fmt: skip
        figure.text(0.055, 0.018, source_line(pairs, command), fontsize=8, color=GREY, va="bottom")
        figure.savefig(path, dpi=150)
    return path


# --- Series ---------------------------------------------------------------------------------------


def _yearly(pairs: Pairs, name: str, how: str = "mean") -> tuple[np.ndarray, np.ndarray]:
    """Calendar years, and the outcome by seed and year [seeds, years]."""
    tables = [run.monthly.groupby(run.monthly["date"].dt.year)[name] for run in pairs.treated]
    by_seed = [table.agg(how) for table in tables]
    return by_seed[0].index.to_numpy(), np.stack([one.to_numpy(float) for one in by_seed])


def _line(
    axes: Axes, pairs: Pairs, name: str, label: str, colour: str, dash: str = "-",
    how: str = "mean", factor: float = 1.0,
) -> None:  # fmt: skip
    years, values = _yearly(pairs, name, how)
    values = values * factor
    axes.plot(years, values.mean(axis=0), dash, color=colour, lw=1.9, label=label)
    if len(values) > 1:
        axes.fill_between(
            years, values.min(axis=0), values.max(axis=0), color=colour, alpha=0.13, lw=0
        )
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))


# --- Panels ---------------------------------------------------------------------------------------


def draw_paths(axes: Axes, pairs: Pairs) -> None:
    """Cars a year, capacity and the announced path."""
    _line(axes, pairs, "cars_made", "made", BLACK, how="sum")
    _line(axes, pairs, "plant_capacity", "capacity", BLUE, "--")
    _line(axes, pairs, "announced_capacity", "announced", ORANGE, ":")
    entitle(axes, "Cars a year: realised and announced", columns=3)
    thousands(axes)


def draw_content(axes: Axes, pairs: Pairs) -> None:
    """Nominal and deep local content."""
    _line(axes, pairs, "local_content_nominal", "nominal", BLUE, factor=100.0)
    _line(axes, pairs, "local_content_deep", "deep", RED, "--", factor=100.0)
    axes.set_ylim(bottom=0.0)
    entitle(axes, "Local content, %")


def draw_suppliers(axes: Axes, pairs: Pairs) -> None:
    """Firms of the first and second tier and jobs that the chain carries."""
    _line(axes, pairs, "plant_jobs", "plant", BLACK)
    _line(axes, pairs, "supplier_jobs", "suppliers", BLUE, "--")
    _line(axes, pairs, "auto_skilled", "people with car skills", GREEN, ":")
    axes.set_ylim(bottom=0.0)
    entitle(axes, "Jobs of the chain, and skills", columns=3)
    thousands(axes)


def draw_parts(axes: Axes, pairs: Pairs) -> None:
    """Share of each part's sets that local suppliers brought, last year of the run."""
    names = [n for n in pairs.treated[0].monthly.columns if n.startswith(_PART)]
    tails = [run.monthly[names].tail(12).mean() for run in pairs.treated]
    share = (100.0 * pd.concat(tails, axis=1).mean(axis=1)).sort_values()
    share = share[share > 0.0].tail(10)
    words = [name.removeprefix(_PART).replace("_", " ") for name in share.index]
    axes.barh(words, share.to_numpy(float), color=SKY, height=0.66)
    for place, word in enumerate(words):
        axes.text(1.0, place, word, va="center", fontsize=8.5)
    axes.set_yticks([])
    axes.set_ylim(-0.6, max(len(words), 4) - 0.4)
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    axes.set_xlim(0, 100)
    if share.empty:
        axes.text(0.5, 0.5, "no part was made in the country", ha="center", va="center",
                  color=GREY, transform=axes.transAxes)  # fmt: skip
    entitle(axes, "Parts made in the country", "% of sets in the last year; seeds averaged")


def draw_failures(axes: Axes, pairs: Pairs) -> None:
    """Why candidates did not get a part, bids a year."""
    below: Any = 0.0
    for name, (label, colour) in _REASONS.items():
        years, values = _yearly(pairs, name, "sum")
        mean = values.mean(axis=0)
        axes.bar(years, mean, bottom=below, color=colour, label=label, lw=0)
        below = below + mean
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
    # By hand: a bar of height zero on top would hold the frame down to itself.
    axes.set_ylim(0.0, 1.08 * max(float(np.max(below)), 1.0))
    entitle(axes, "Why candidates failed, bids a year", columns=4)
    thousands(axes)


def draw_knowledge(axes: Axes, pairs: Pairs) -> None:
    """Know-how above the trade's norm: suppliers, firms near, firms far."""
    for name, label, colour, dash in (
        ("knowledge_suppliers", "suppliers", BLUE, "-"),
        ("knowledge_near", "other firms near", RED, "--"),
        ("knowledge_far", "far", GREY, ":"),
    ):
        _line(axes, pairs, name, label, colour, dash, factor=100.0)
    axes.set_ylim(bottom=0.0)
    entitle(axes, "Know-how above the trade's norm, %", columns=3)


PANELS: Sequence[Callable[[Axes, Pairs], None]] = (
    draw_paths,
    draw_content,
    draw_suppliers,
    draw_parts,
    draw_failures,
    draw_knowledge,
)
