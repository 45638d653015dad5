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

from experiments.effects import Pairs, t_interval
from experiments.impact import Impact
from experiments.maps import draw_map
from experiments.outcomes import readable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Okabe and Ito's colours, told apart by colour-blind readers; dashes and labels tell them too.
BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
BLUE, RED, GREY = "#0072B2", "#D55E00", "#6B6B6B"
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
            left=0.055, right=0.985, top=0.80, bottom=0.105, hspace=0.42, wspace=0.24
        )
        title = textwrap.fill(headline(impact), 88)
        figure.text(0.055, 0.965, title, fontsize=19, fontweight="bold", va="top")
        figure.text(0.055, 0.865, standfirst(impact), fontsize=11, color="#333333", va="top")
        figure.text(0.055, 0.022, source_line(pairs, command), fontsize=8, color=GREY, va="bottom")
        figure.savefig(path, dpi=150)
    return path


def headline(impact: Impact) -> str:
    """What happened, in one sentence with numbers."""
    jobs = impact.value("employee_jobs")
    verb = "adds" if jobs >= 0 else "costs"
    words = f"The car plant {verb} {abs(jobs):,.0f} employee jobs"
    if _has(impact, "plant_jobs"):
        words += f", {impact.value('plant_jobs'):,.0f} of them its own" if jobs > 0 else ""
    if _has(impact, "cars_made"):
        words += f", and makes {impact.value('cars_made', 'with'):,.0f} cars a year"
    return words


def standfirst(impact: Impact) -> str:
    """The line under the headline: what is compared, when, and how sure it is."""
    words = (
        f"World “{impact.world}” against “{impact.against}”, mean of {impact.first} "
        f"to {impact.last}, in a simulation."
    )
    if _has(impact, "employment"):
        gain = readable(impact.value("employment"), "jobs", signed=True)
        words += f" Total employment changes by {gain}."
    if len(impact.seeds) > 1:
        low, high = (impact.value("employee_jobs", end) for end in ("low", "high"))
        words += (
            f" Employee jobs, 95 % interval over {len(impact.seeds)} seeds: "
            f"{readable(low, 'jobs', signed=True)} to {readable(high, 'jobs', signed=True)}."
        )
    else:
        words += " One seed: no interval."
    return words


def _has(impact: Impact, outcome: str) -> bool:
    return outcome in set(impact.table["outcome"])


def source_line(pairs: Pairs, command: str) -> str:
    """Where the picture comes from: command, seeds, versions."""
    run = pairs.treated[0]
    known = run.versions
    seeds = ", ".join(str(seed) for seed in pairs.seeds[:5])
    more = f" and {len(pairs.seeds) - 5} more" if len(pairs.seeds) > 5 else ""
    text = (
        f"Source: Ornok {known.get('ornok', '')} (code {known['code'][:8]}), pack {run.pack} "
        f"({run.pack_hash[:8]}), scale {run.params.scale:g}, seed {seeds}{more}. "
        f"Constant 2024 KGS. Monthly series are shown as 12-month means."
    )
    return f"{text}\nCommand: {command}" if command else text


def smooth(series: pd.Series) -> pd.Series:
    """Trailing 12-month mean; the first months average over what there is."""
    return series.rolling(12, min_periods=1).mean()


def _difference(pairs: Pairs, outcome: str) -> tuple[pd.Series, np.ndarray, np.ndarray, np.ndarray]:
    """Dates, mean difference and the ends of its interval for one outcome."""
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
        "plant_jobs": ("of them at the plant", RED, "--"),
        "own_account": ("own-account workers", ORANGE, "-."),
        "employment": ("employment in all", BLACK, ":"),
    }
    for name in _there(pairs, looks):
        label, colour, dash = looks[name]
        dates, mean, low, high = _difference(pairs, name)
        axes.plot(dates, mean, dash, color=colour, label=label, lw=1.9)
        if name == "employee_jobs" and len(pairs.seeds) > 1:
            axes.fill_between(dates, low, high, color=colour, alpha=0.15, lw=0)
    axes.axhline(0, color=GREY, lw=0.8)
    axes.set_title("Jobs: with the plant minus without")
    _legend(axes)
    _thousands(axes)


def draw_region_jobs(axes: Axes, pairs: Pairs) -> None:
    """Employee jobs of the plant's region in both worlds."""
    _draw_both(axes, pairs, "employee_jobs")
    axes.set_title(f"Employee jobs in {_name(pairs, plant_region(pairs))}")
    _thousands(axes)


def draw_wages(axes: Axes, pairs: Pairs) -> None:
    """Mean wage of the plant's region and the country, with and without."""
    region = _name(pairs, plant_region(pairs))
    runs = ((pairs.treated[0], "with", "-"), (pairs.control[0], "without", "--"))
    for run, words, dash in runs:
        dates = run.monthly["date"]
        axes.plot(
            dates,
            smooth(run.monthly["mean_wage"]) / 1e3,
            dash,
            color=BLUE,
            lw=1.7,
            label=f"country, {words}",
        )
        local = run.regional[run.regional["region"] == plant_region(pairs)]
        if "mean_wage" in local:
            series = smooth(local["mean_wage"].reset_index(drop=True)) / 1e3
            axes.plot(dates, series, dash, color=RED, lw=1.7, label=f"{region}, {words}")
    axes.set_title("Mean wage of employees, thousand KGS a month")
    _legend(axes)


def _draw_both(axes: Axes, pairs: Pairs, outcome: str) -> None:
    looks = ((pairs.treated, "with", BLUE, "-"), (pairs.control, "without", ORANGE, "--"))
    place = plant_region(pairs)
    for runs, words, colour, dash in looks:
        local = [run.regional.loc[run.regional["region"] == place, outcome] for run in runs]
        mean = np.mean([smooth(series).to_numpy(float) for series in local], axis=0)
        axes.plot(runs[0].monthly["date"], mean, dash, color=colour, lw=1.9, label=words)
    _legend(axes)


def draw_cars(axes: Axes, pairs: Pairs) -> None:
    """Cars a year by buyer, stacked, and cars made."""
    looks = {
        "cars_sold_state": ("to the state", ORANGE, "//"),
        "cars_sold_households": ("to households", SKY, ""),
        "cars_exported": ("exported", GREEN, ".."),
    }
    names = _there(pairs, looks)
    runs = pd.concat([run.monthly for run in pairs.treated])
    yearly = runs[[*names, "cars_made"]].groupby(runs["date"].dt.year).sum() / len(pairs.treated)
    below = np.zeros(len(yearly))
    for name in names:
        label, colour, hatch = looks[name]
        axes.bar(
            yearly.index,
            yearly[name],
            bottom=below,
            color=colour,
            hatch=hatch,
            edgecolor="white",
            lw=0.3,
            label=label,
        )
        below += yearly[name].to_numpy(float)
    axes.plot(yearly.index, yearly["cars_made"], "o-", ms=3, color=BLACK, lw=1.2, label="made")
    axes.set_title("Cars a year: made, and who bought them")
    _legend(axes)
    _thousands(axes)


def draw_value_added(axes: Axes, pairs: Pairs) -> None:
    """Change of value added by region, last years of the run, millions of KGS a year."""
    change = _regional_change(pairs, "value_added") * 12 / 1e6
    change = change.sort_values()
    names = [_name(pairs, region) for region in change.index]
    colours = [BLUE if value >= 0 else RED for value in change]
    axes.barh(names, change.to_numpy(float), color=colours, height=0.66)
    axes.axvline(0, color=GREY, lw=0.8)
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    axes.set_title("Value added: change by region, m KGS a year")
    axes.tick_params(axis="y", length=0)


def draw_job_map(axes: Axes, pairs: Pairs) -> None:
    """Change of employee jobs by region: on the pack's map, or as bars where there is none."""
    change = _regional_change(pairs, "employee_jobs")
    axes.set_title("Employee jobs: change by region")
    draw_map(axes, pairs.treated[0], change, plant_region(pairs))


def _regional_change(pairs: Pairs, outcome: str, window: int = 60) -> pd.Series:
    """Mean difference by region over the last months and all seeds."""
    changes = []
    for one, other in zip(pairs.treated, pairs.control, strict=True):
        sides = []
        for run in (one, other):
            late = run.regional[run.regional["period"] >= len(run.monthly) - window]
            sides.append(late.groupby("region", sort=False)[outcome].mean())
        changes.append(sides[0] - sides[1])
    return sum(changes[1:], changes[0]) / len(changes)


def _name(pairs: Pairs, region: str) -> str:
    return pairs.treated[0].regions.get(region, region)


def _legend(axes: Axes) -> None:
    """Legend under the title, above the data, so that it never hides a line."""
    handles, _ = axes.get_legend_handles_labels()
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(-0.01, 0.985),
        ncols=2 if len(handles) > 2 else len(handles),
        borderaxespad=0.2,
        handlelength=2.2,
        columnspacing=1.2,
    )
    axes.set_title(axes.get_title(loc="left"), pad=34 if len(handles) > 2 else 22)


def _thousands(axes: Axes) -> None:
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}".replace("-", "−"))


PANELS: tuple[Callable[[Axes, Pairs], None], ...] = (
    draw_job_changes,
    draw_region_jobs,
    draw_wages,
    draw_cars,
    draw_value_added,
    draw_job_map,
)
