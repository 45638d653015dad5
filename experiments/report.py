"""One page a newspaper could print: six panels, a headline in words, a source line."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from experiments.effects import Pairs, t_interval
from experiments.impact import WINDOW, Impact
from experiments.maps import draw_map
from experiments.outcomes import outcomes
from experiments.report_words import headline, source_line, standfirst

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from experiments.simulate import Results

# Okabe and Ito's colours, told apart by colour-blind readers; dashes and labels tell them too.
BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
BLUE, RED, GREY, PALE = "#0072B2", "#D55E00", "#6B6B6B", "#C8C8C8"
STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.grid.axis": "y",
    "grid.color": "#E3E3E3",
    "legend.frameon": False,
    "legend.fontsize": 8.5,
}


def draw_report(pairs: Pairs, impact: Impact, path: Path, *, command: str = "") -> Path:
    """Draw the page of these pairs of runs as a PNG and return its path."""
    import matplotlib as mpl

    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(14, 9.2), facecolor="white")
        FigureCanvasAgg(figure)
        panels = figure.subplots(2, 3)
        for axes, draw in zip(panels.flat, PANELS, strict=True):
            draw(axes, pairs)
        figure.subplots_adjust(
            left=0.055, right=0.985, top=0.785, bottom=0.095, hspace=0.5, wspace=0.24
        )
        words = headline(pairs, impact)
        large = min(17.0, 17.0 * 95 / len(words))  # 95 letters of 17 points fill the page
        figure.text(0.055, 0.968, words, fontsize=large, fontweight="bold", va="top")
        below = textwrap.fill(standfirst(pairs, impact), 150)
        figure.text(0.055, 0.925, below, fontsize=11, color="#333333", va="top", linespacing=1.4)
        figure.text(0.055, 0.018, source_line(pairs, command), fontsize=8, color=GREY, va="bottom")
        figure.savefig(path, dpi=150)
    return path


def smooth(series: pd.Series) -> pd.Series:
    """Trailing 12-month mean; the first months average over what there is."""
    return series.rolling(12, min_periods=1).mean()


def difference_by_month(
    pairs: Pairs, outcome: str
) -> tuple[pd.Series, np.ndarray, np.ndarray, np.ndarray]:
    """Dates, mean difference (12-month means) and the ends of its 95 % interval over seeds."""
    values = np.stack(
        [
            smooth(one.monthly[outcome] - other.monthly[outcome]).to_numpy(float)
            for one, other in zip(pairs.treated, pairs.control, strict=True)
        ]
    )
    return (pairs.treated[0].monthly["date"], *t_interval(values))


def _there(pairs: Pairs, names: Mapping[str, object]) -> list[str]:
    return [name for name in names if name in pairs.treated[0].monthly.columns]


def plant_region(pairs: Pairs) -> str:
    """The region where the plants employ most, or else where employee jobs change most."""
    treated = pairs.treated[0].regional.groupby("region", sort=False).sum(numeric_only=True)
    control = pairs.control[0].regional.groupby("region", sort=False).sum(numeric_only=True)
    if "plant_jobs" in treated and treated["plant_jobs"].max() > 0:
        return str(treated["plant_jobs"].idxmax())
    return str((treated["employee_jobs"] - control["employee_jobs"]).abs().idxmax())


def draw_job_changes(axes: Axes, pairs: Pairs) -> None:
    """Employee jobs, plant jobs, own-account workers and employment: with minus without."""
    looks = {
        "employee_jobs": ("employee jobs", BLUE, "-"),
        "plant_jobs": ("at the plant", RED, "--"),
        "own_account": ("own-account", ORANGE, "-."),
        "employment": ("employment", BLACK, ":"),
    }
    shades: list[Any] = []
    for name in _there(pairs, looks):
        label, colour, dash = looks[name]
        dates, mean, low, high = difference_by_month(pairs, name)
        axes.plot(dates, mean, dash, color=colour, label=label, lw=1.9)
        if name == "employee_jobs" and len(pairs.seeds) > 1:
            band = {"color": colour, "alpha": 0.15, "lw": 0, "label": "95 % interval"}
            shades.append((dates, low, high, band))
    for *where, look in shades:  # last, and so last in the legend
        axes.fill_between(*where, **look)
    axes.axhline(0, color=GREY, lw=0.8)
    entitle(axes, "Jobs: with the plant minus without", columns=3)
    thousands(axes)


def draw_region_jobs(axes: Axes, pairs: Pairs) -> None:
    """Employee jobs of the plant's region in both worlds."""
    _draw_both(axes, pairs, "employee_jobs")
    entitle(axes, f"Employee jobs in {_name(pairs, plant_region(pairs))} (axis cut)")
    thousands(axes)


def draw_wages(axes: Axes, pairs: Pairs) -> None:
    """Mean wage of employees, change in per cent: the plant's region and the country."""
    place = plant_region(pairs)
    country = [(one.monthly, other.monthly) for one, other in _matched(pairs)]
    local = [(_of(one, place), _of(other, place)) for one, other in _matched(pairs)]
    dates = pairs.treated[0].monthly["date"]
    lines = ((local, _name(pairs, place), RED, "-"), (country, "whole country", BLUE, "--"))
    for tables, label, colour, dash in lines:
        if "mean_wage" not in tables[0][0]:
            continue
        changes = [
            100 * (smooth(one["mean_wage"]) / smooth(other["mean_wage"]) - 1).to_numpy(float)
            for one, other in tables
        ]
        axes.plot(dates, np.mean(changes, axis=0), dash, color=colour, lw=1.9, label=label)
    axes.axhline(0, color=GREY, lw=0.8)
    entitle(axes, "Mean wage: change, %")


def _matched(pairs: Pairs) -> list[tuple[Results, Results]]:
    return list(zip(pairs.treated, pairs.control, strict=True))


def _of(run: Results, region: str) -> pd.DataFrame:
    return run.regional[run.regional["region"] == region].reset_index(drop=True)


def _draw_both(axes: Axes, pairs: Pairs, outcome: str) -> None:
    looks = ((pairs.treated, "with", BLUE, "-"), (pairs.control, "without", ORANGE, "--"))
    place = plant_region(pairs)
    for runs, words, colour, dash in looks:
        local = [run.regional.loc[run.regional["region"] == place, outcome] for run in runs]
        mean = np.mean([smooth(series).to_numpy(float) for series in local], axis=0)
        axes.plot(runs[0].monthly["date"], mean, dash, color=colour, lw=1.9, label=words)


def draw_cars(axes: Axes, pairs: Pairs) -> None:
    """Cars a year by buyer, stacked, and cars made."""
    looks = {
        "cars_sold_state": ("to the state", ORANGE, "//"),
        "cars_sold_households": ("to households", SKY, ""),
        "cars_exported": ("exported", GREEN, ".."),
    }
    names = _there(pairs, looks)
    runs = pd.concat([run.monthly for run in pairs.treated])
    years = runs[[*names, "cars_made"]].groupby(runs["date"].dt.year)
    whole = years.size() == 12 * len(pairs.treated)
    # Half a year at the end would look like a slump.
    yearly = (years.sum()[whole] if whole.any() else years.sum()) / len(pairs.treated)
    below = np.zeros(len(yearly))
    for name in names:
        label, colour, hatch = looks[name]
        look: Any = {
            "color": colour,
            "hatch": hatch,
            "edgecolor": "white",
            "lw": 0.3,
            "label": label,
        }
        axes.bar(yearly.index, yearly[name], bottom=below, **look)
        below += yearly[name].to_numpy(float)
    made: Any = {"ms": 3, "color": BLACK, "lw": 1.2, "label": "made", "clip_on": False}
    axes.plot(yearly.index, yearly["cars_made"], "o-", **made)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
    # By hand: a bar of height zero on top of the others would hold the frame down to itself.
    axes.set_ylim(0.0, 1.08 * max(float(below.max()), float(yearly["cars_made"].max()), 1.0))
    entitle(axes, "Cars a year: made, and who bought them")
    thousands(axes)


def draw_value_added(axes: Axes, pairs: Pairs) -> None:
    """Change of value added by sector, last years of the run, millions of KGS a year."""
    start = "value_added_"
    sectors = [
        name
        for name in pairs.treated[0].monthly.columns
        if name.startswith(start) and outcomes()[name].extensive
    ]
    changes = [
        (one.monthly[sectors] - other.monthly[sectors]).tail(WINDOW).mean()
        for one, other in _matched(pairs)
    ]
    change, unclear = _mean_and_unclear([one * 12 / 1e6 for one in changes])
    change = change.sort_values()
    names = [str(name).removeprefix(start).replace("_", " ") for name in change.index]
    colours = [
        PALE if name in unclear else BLUE if value >= 0 else RED for name, value in change.items()
    ]
    axes.barh(names, change.to_numpy(float), color=colours, height=0.66)
    for place, (name, value) in enumerate(zip(names, change, strict=True)):
        # On the empty side of zero, where no bar is in the way.
        side, gap = ("right", " ") if value >= 0 else ("left", " ")
        axes.text(0, place, f"{gap}{name}{gap}", ha=side, va="center", fontsize=8.5)
    room = 0.75 * max(float(change.abs().max()), 1e-9)
    axes.set_xlim(min(float(change.min()) * 1.05, -room), max(float(change.max()) * 1.05, room))
    axes.axvline(0, color=GREY, lw=0.8)
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    axes.set_yticks([])
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5))
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_formatter(FuncFormatter(_in_thousands))
    entitle(axes, "Value added: change by sector, m KGS a year", _span(pairs))


def draw_job_map(axes: Axes, pairs: Pairs) -> None:
    """Change of employee jobs by region: on the pack's map, or as bars where there is none."""
    change, unclear = _regional_change(pairs, "employee_jobs")
    entitle(axes, "Employee jobs: change by region", _span(pairs))
    draw_map(axes, pairs.treated[0], change, plant_region(pairs), unclear)


def _span(pairs: Pairs) -> str:
    dates = pairs.treated[0].monthly["date"].tail(WINDOW)
    grey = "; grey: not clear" if len(pairs.seeds) > 1 else ""
    return f"mean of {dates.iloc[0]:%Y-%m} to {dates.iloc[-1]:%Y-%m}{grey}"


def _mean_and_unclear(changes: list[pd.Series]) -> tuple[pd.Series, set[str]]:
    """Mean over the seeds, and the names whose 95 % interval contains zero."""
    mean, low, high = t_interval(np.stack([one.to_numpy(float) for one in changes]))
    names = [str(name) for name in changes[0].index]
    unsure = {name for name, a, b in zip(names, low, high, strict=True) if a <= 0 <= b}
    return pd.Series(mean, index=names), unsure


def _regional_change(
    pairs: Pairs, outcome: str, window: int = WINDOW
) -> tuple[pd.Series, set[str]]:
    """Mean difference by region over the last months and all seeds; which are not clear."""
    changes = []
    for one, other in zip(pairs.treated, pairs.control, strict=True):
        sides = []
        for run in (one, other):
            late = run.regional[run.regional["period"] >= len(run.monthly) - window]
            sides.append(late.groupby("region", sort=False)[outcome].mean())
        changes.append(sides[0] - sides[1])
    return _mean_and_unclear(changes)


def _name(pairs: Pairs, region: str) -> str:
    return pairs.treated[0].regions.get(region, region)


def entitle(axes: Axes, title: str, note: str = "", columns: int = 2) -> None:
    """A title with the legend (or a note) between it and the data, where it hides no line."""
    axes.set_title(title, pad=36)
    if note:
        axes.text(0, 1.03, note, transform=axes.transAxes, fontsize=8.5, color=GREY)
        return
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(-0.01, 0.985),
        ncols=columns,
        borderaxespad=0.2,
        handlelength=2.4 if columns == 2 else 1.9,
        columnspacing=1.2,
    )


def _in_thousands(value: float, _: float) -> str:
    whole = f"{value:,.0f}" if value == int(value) else f"{value:g}"
    return whole.replace("-", "−")


def thousands(axes: Axes) -> None:
    """Numbers on the vertical axis with a comma for thousands."""
    axes.yaxis.set_major_formatter(FuncFormatter(_in_thousands))


PANELS: tuple[Callable[[Axes, Pairs], None], ...] = (
    draw_job_changes,
    draw_region_jobs,
    draw_wages,
    draw_cars,
    draw_value_added,
    draw_job_map,
)
