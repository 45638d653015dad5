"""The impact table as a picture for print: channels by year, and from Type II to the model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from experiments.economic_impact import AROUND, DIRECT, MEAN, NET, OTHERS, EconomicImpact
from experiments.impact_gap import GAP, INDIRECT, INDUCED, MODEL, TYPE_1, TYPE_2
from experiments.impact_page import WORDS
from experiments.report import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PALE,
    RED,
    SKY,
    STYLE,
    entitle,
    thousands,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_PURPLE, _YELLOW = "#CC79A7", "#F0E442"  # the rest of Okabe and Ito's colours
# Colour and hatch of each row: told apart in grey print too.
_LOOKS: dict[str, tuple[str, str]] = {
    DIRECT: (BLUE, ""), "supplier": (ORANGE, "//"), "income": (GREEN, ".."),
    "knowledge": (_PURPLE, "xx"), "mobility": (_YELLOW, "\\\\"), "entrepreneurship": (RED, "--"),
    "budget": (SKY, "oo"), AROUND: (GREY, "||"), "interaction": (PALE, ""), OTHERS: (PALE, ""),
}  # fmt: skip
_JOBS = "employee_jobs"
SIZE = (11.7, 5.6)
LOOKS = STYLE | {"hatch.linewidth": 0.5}


def draw_impact(found: EconomicImpact, path: Path, *, command: str = "") -> Path:
    """Draw the page as a PNG of 300 dots an inch and return its path."""
    import matplotlib as mpl

    with mpl.rc_context(LOOKS):
        figure = Figure(figsize=SIZE, facecolor="white")
        FigureCanvasAgg(figure)
        fill_figure(figure, found, command=command)
        figure.savefig(path, dpi=300)
    return path


def fill_figure(figure: Figure, found: EconomicImpact, *, command: str = "") -> None:
    """Draw the page on an empty figure of `SIZE`, with the settings `LOOKS`."""
    left, right = figure.subplots(1, 2, width_ratios=(1.25, 1.0))
    draw_years(left, found)
    draw_waterfall(right, found)
    figure.subplots_adjust(left=0.07, right=0.985, top=0.67, bottom=0.12, wspace=0.42)
    jobs = found.value(_JOBS, NET)
    figure.text(0.07, 0.965, _headline(found, jobs), fontsize=14, fontweight="bold", va="top")
    figure.text(0.07, 0.905, _below(found), fontsize=9.5, color="#333333", va="top")
    source = f"Source: Ornok. {command}" if command else "Source: Ornok."
    figure.text(0.07, 0.02, source, fontsize=7.5, color=GREY, va="bottom")


def _headline(found: EconomicImpact, jobs: float) -> str:
    own = found.value(_JOBS, DIRECT)
    more = "more" if jobs >= 0.0 else "fewer"
    if len(found.seeds) > 1:
        low, high = (found.value(_JOBS, NET, column=end) for end in ("low", "high"))
        if low <= 0.0 <= high:
            return f"{own:,.0f} jobs at the plant; the net effect on employee jobs is not clear"
    return f"{own:,.0f} jobs at the plant, {abs(jobs):,.0f} {more} employee jobs in all"


def _below(found: EconomicImpact) -> str:
    seeds = f"{len(found.seeds)} seeds" if len(found.seeds) > 1 else "one seed: chance included"
    return (
        f"World “{found.world}” against “{found.against}”, {seeds}. "
        f"Right: mean of {found.first} to {found.last}."
    )


def draw_years(axes: Axes, found: EconomicImpact) -> None:
    """Rows of the table stacked by year, gains up and losses down, and the net with its interval."""
    years = np.array(found.years)
    rows = [row for row in found.rows if row != NET]
    up, down = np.zeros(len(years)), np.zeros(len(years))
    for row in rows:
        values = np.array([found.value(_JOBS, row, period=int(year)) for year in years])
        colour, hatch = _LOOKS[row]
        base = np.where(values >= 0.0, up, down)
        axes.bar(years, values, bottom=base, width=0.8, color=colour, hatch=hatch,
                 edgecolor="white", lw=0.3, label=WORDS.get(row, row))  # fmt: skip
        up, down = up + np.maximum(values, 0.0), down + np.minimum(values, 0.0)
    net, low, high = (
        np.array([found.value(_JOBS, NET, period=int(y), column=end) for y in years])
        for end in ("mean", "low", "high")
    )
    several = len(found.seeds) > 1
    # A wide interval must not squeeze the bars: what leaves this range ends in an arrow.
    top, bottom = max(up.max(), net.max(), 1.0), min(down.min(), net.min(), 0.0)
    ends = bottom - (top - bottom), top + (top - bottom)
    shown = np.clip(low, *ends), np.clip(high, *ends)
    axes.errorbar(
        years, net, yerr=np.stack([net - shown[0], shown[1] - net]) if several else None, fmt="D",
        ms=4, color=BLACK, ecolor=BLACK, elinewidth=0.9, capsize=2.5, zorder=3,
        label="net effect, 95 % interval" if several else "net effect",
    )  # fmt: skip
    for cut, end, marker in ((low < ends[0], ends[0], "v"), (high > ends[1], ends[1], "^")):
        axes.plot(years[cut], np.full(cut.sum(), end), marker, color=BLACK, ms=5, zorder=3)
    axes.axhline(0, color=BLACK, lw=0.8)
    reach = np.nanmin(np.append(shown[0], bottom)), np.nanmax(np.append(shown[1], top))
    room = 0.07 * (reach[1] - reach[0])
    axes.set_ylim(reach[0] - room, reach[1] + room)
    axes.set_xlim(years[0] - 0.7, years[-1] + 0.7)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8))
    axes.legend(loc="lower left", bbox_to_anchor=(-0.015, 0.99), ncols=4, borderaxespad=0.2,
                handlelength=1.9, columnspacing=1.2)  # fmt: skip
    axes.set_title("Employee jobs by year and channel", pad=54)
    thousands(axes)


def waterfall_steps(found: EconomicImpact) -> list[tuple[str, float, bool]]:
    """(words, amount, whether it is a level) from Type II to the model's net, in employee jobs.

    The steps between the two levels add up to their difference; without runs of releases it is one.
    """
    net = found.value(_JOBS, NET)
    if found.io.empty:
        return [("model, net", net, True)]
    io = found.io[(found.io["period"] == MEAN) & (found.io["measure"] == _JOBS)]
    theirs = io.set_index(["row", "part"])["mean"]
    gap = found.gap[found.gap["measure"] == _JOBS].set_index("row")["mean"]
    reasons = [row for row in gap.index if row not in (TYPE_2, MODEL, GAP)] or [GAP]
    return [
        ("direct", float(theirs["direct", ""]), False),
        ("indirect", float(theirs[INDIRECT, TYPE_1]), False),
        ("induced", float(theirs[INDUCED, TYPE_2]), False),
        ("Type II", float(theirs["total", TYPE_2]), True),
        *((str(row), -float(gap[row]), False) for row in reasons),
        ("model, net", net, True),
    ]


def draw_waterfall(axes: Axes, found: EconomicImpact) -> None:
    """Type II by parts, what each reason takes or adds, and what the model says."""
    at = 0.0
    steps = waterfall_steps(found)
    unclear = _unclear(found)
    for place, (name, amount, level) in enumerate(steps):
        start = 0.0 if level else at
        end = start + amount
        colour = BLUE if level else GREEN if amount >= 0.0 else RED
        colour = PALE if name in unclear else colour
        hatch = "" if level else ".." if amount >= 0.0 else "//"
        axes.barh(place, amount, left=start, height=0.7, color=colour, hatch=hatch,
                  edgecolor="white", lw=0.3)  # fmt: skip
        if place:
            axes.plot([at, at], [place - 0.65, place - 0.35], color=GREY, lw=0.8)
        axes.annotate(
            _signed(amount, level), (max(start, end), place), (4, 0), textcoords="offset points",
            va="center", fontsize=8.5,
        )  # fmt: skip
        at = end
    axes.axvline(0, color=BLACK, lw=0.8)
    ends = np.array([0.0, *axes.dataLim.intervalx])
    room = max(float(np.ptp(ends)), 1.0)
    axes.set_xlim(ends.min() - 0.04 * room * (ends.min() < 0.0), ends.max() + 0.16 * room)
    axes.set_ylim(len(steps) - 0.4, -0.6)
    axes.set_yticks(range(len(steps)), [name for name, _, _ in steps], fontsize=8.5)
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.0f}".replace("-", "−")))
    released = "; reasons by releasing constraints" if len(steps) > 6 else ""
    released += "; grey: not clear" if unclear else ""
    entitle(axes, "From input-output to the model", f"employee jobs{released}")
    axes.set_title("From input-output to the model", pad=54)


def _unclear(found: EconomicImpact) -> set[str]:
    """Steps whose 95 % interval over seeds holds zero."""
    if len(found.seeds) < 2:
        return set()
    net = found.value(_JOBS, NET, column="low") <= 0.0 <= found.value(_JOBS, NET, column="high")
    unclear = {"model, net"} if net else set()
    if len(found.gap):
        gap = found.gap[(found.gap["measure"] == _JOBS) & ~found.gap["row"].isin([TYPE_2, MODEL])]
        unclear |= set(gap.loc[(gap["low"] <= 0.0) & (gap["high"] >= 0.0), "row"])
    return unclear


def _signed(amount: float, level: bool) -> str:
    """A whole number; steps with their sign, none before a zero."""
    text = f"{amount:,.0f}" if level else f"{amount:+,.0f}"
    return "0" if text in ("-0", "+0") else text.replace("-", "−")
