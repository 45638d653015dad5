"""Figures of a sensitivity analysis, for print: vector graphics as text of a page."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from experiments.intervals import t_interval
from experiments.labels import place_labels
from experiments.outcomes import outcomes, yearly_factor, yearly_unit
from experiments.report import BLUE, GREY, ORANGE, PALE, RED
from experiments.sensitivity_values import EFFECT
from experiments.study_figures import SVG_STYLE, as_svg, in_few_digits

MOST_LABELS = 12
MOST_BARS = 15
BINS = 8
FEWEST_IN_A_BIN = 3


def screening_plane(table: pd.DataFrame, outcome: str, measure: str = EFFECT) -> str:
    """Mean size of elementary effects against their spread, as SVG; names where it leads.

    `table`: rows of `Sensitivity.indices` of one quantity. Grey: not told from chance; the dashed
    line is the middle of their floors, as each parameter has its own.
    """
    with mpl.rc_context(SVG_STYLE):
        figure = Figure(figsize=(7.2, 4.4), facecolor="white")
        FigureCanvasAgg(figure)
        axes = figure.subplots()
        factor, unit = yearly_factor(outcomes()[outcome]), yearly_unit(outcomes()[outcome])
        shown = table[~table["inert"] & table["sigma"].notna()]
        for leads, colour in ((False, PALE), (True, BLUE)):
            part = shown[shown["stands_out"] == leads]
            x, y = part["mu_star"] * factor, part["sigma"] * factor
            ends = [x - part["mu_star_low"] * factor, part["mu_star_high"] * factor - x]
            if leads and len(part):
                axes.errorbar(x, y, xerr=np.maximum(ends, 0.0), fmt="none", ecolor=PALE, lw=0.8)
            axes.plot(x, y, "o", color=colour if leads else GREY, ms=4.5 if leads else 2.5)
        _floor_and_diagonal(axes, shown, factor)
        axes.set_xlim(left=0.0)
        axes.set_ylim(bottom=0.0)
        axes.grid(visible=True, axis="both")
        what = "effect" if measure == EFFECT else "level"
        axes.set_xlabel(f"μ*: mean size of the change of the {what} over the whole range ({unit})")
        axes.set_ylabel("σ: spread of that change")
        in_few_digits(axes.xaxis, outcome)
        in_few_digits(axes.yaxis, outcome)
        figure.tight_layout()
        named = shown[shown["stands_out"]].head(MOST_LABELS)
        at, others = (
            list(zip(part["mu_star"] * factor, part["sigma"] * factor, strict=True))
            for part in (named, shown.drop(named.index))
        )
        place_labels(axes, at, [str(name) for name in named["parameter"]], others, fontsize=8.5)
        return as_svg(figure)


def _floor_and_diagonal(axes: mpl.axes.Axes, shown: pd.DataFrame, factor: float) -> None:
    if not len(shown):
        return
    floor = float(shown["floor"].median()) * factor
    top = max(float(shown["mu_star_high"].max()), float(shown["sigma"].max())) * factor
    if np.isfinite(floor):
        axes.axvline(floor, color=RED, lw=1, ls="--")
        axes.text(
            floor, 0.99, " chance", color=RED, fontsize=8, va="top",
            transform=axes.get_xaxis_transform(),
        )  # fmt: skip
    axes.plot([0.0, top], [0.0, top], color=GREY, lw=0.7, ls=":", scalex=False, scaley=False)


def ranked_groups(table: pd.DataFrame, outcome: str) -> str:
    """Mean size of elementary effects as bars with 95 % intervals, for groups, as SVG."""
    with mpl.rc_context(SVG_STYLE):
        factor, unit = yearly_factor(outcomes()[outcome]), yearly_unit(outcomes()[outcome])
        shown = table.head(MOST_BARS * 2)[::-1].reset_index(drop=True)
        figure = Figure(figsize=(7.2, 0.9 + 0.24 * len(shown)), facecolor="white")
        axes = figure.subplots()
        rows = np.arange(len(shown))
        colours = [BLUE if leads else PALE for leads in shown["stands_out"]]
        axes.barh(rows, shown["mu_star"] * factor, color=colours, height=0.65)
        low, high = shown["mu_star_low"] * factor, shown["mu_star_high"] * factor
        axes.hlines(rows, low, high, color="black", lw=1)
        floor = shown["floor"] * factor
        axes.plot(floor, rows, "|", color=RED, ms=9, mew=1.5)
        axes.set_yticks(rows, shown["parameter"])
        axes.set_ylim(-0.7, len(shown) - 0.3)
        axes.set_xlabel(f"μ* of the group ({unit}); red: what chance alone would reach")
        _only_x_grid(axes)
        in_few_digits(axes.xaxis, outcome)
        return as_svg(figure)


def index_bars(table: pd.DataFrame) -> str:
    """S1 and ST of each parameter with their 95 % intervals, as SVG."""
    with mpl.rc_context(SVG_STYLE):
        shown = table.head(MOST_BARS)[::-1].reset_index(drop=True)
        figure = Figure(figsize=(7.2, 1.1 + 0.42 * len(shown)), facecolor="white")
        axes = figure.subplots()
        rows = np.arange(len(shown))
        looks = (("S1", "alone (S1)", BLUE, 0.19), ("ST", "with interactions (ST)", ORANGE, -0.19))
        for name, label, colour, shift in looks:
            axes.barh(rows + shift, shown[name], height=0.36, color=colour, label=label)
            axes.hlines(
                rows + shift, shown[f"{name}_low"], shown[f"{name}_high"], color="black", lw=1
            )
        axes.axvline(0.0, color="black", lw=0.8)
        axes.set_yticks(rows, shown["parameter"])
        axes.set_xlabel("share of the variance over the parameters' ranges, chance taken out")
        # What is far outside of 0 to 1 says only that it is not known.
        ends = shown[["S1_low", "ST_low", "S1_high", "ST_high", "ST"]].to_numpy(float)
        axes.set_xlim(
            max(np.nanmin(ends, initial=0.0), -0.5) - 0.02, min(np.nanmax(ends, initial=1.0), 1.5)
        )
        _only_x_grid(axes)
        axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2, borderaxespad=0.2)
        return as_svg(figure)


def _only_x_grid(axes: mpl.axes.Axes) -> None:
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")


def outcome_by_parameter(
    points: pd.DataFrame,
    values: np.ndarray,
    names: Sequence[str],
    outcome: str,
    measure: str = EFFECT,
) -> str:
    """The outcome against each of these parameters: points, mean of equal bins, its interval, as SVG.

    `points`: the design, one row a point; `values`: mean over seeds at each [points]; points where
    it is not known are left out. The band is Student's 95 % interval of the mean over the points of a
    bin, in which all other parameters vary.
    """
    with mpl.rc_context(SVG_STYLE):
        n_rows = -(-len(names) // 3)
        figure = Figure(figsize=(7.2, 2.3 * n_rows + 0.2), facecolor="white")
        panels = figure.subplots(n_rows, 3, squeeze=False, sharey=True)
        factor, unit = yearly_factor(outcomes()[outcome]), yearly_unit(outcomes()[outcome])
        known = np.isfinite(values)
        for axes, name in zip(panels.flat, names, strict=False):
            _against(axes, points[name][known], values[known] * factor)
            axes.set_title(name, fontsize=8.5, fontweight="normal")
            axes.tick_params(labelsize=8)
            if measure == EFFECT:
                axes.axhline(0.0, color="black", lw=0.8)
        for axes in panels.flat[len(names) :]:
            axes.set_visible(False)
        for row in panels:
            row[0].set_ylabel(unit, fontsize=8.5)
        in_few_digits(panels[0, 0].yaxis, outcome)
        return as_svg(figure)


def _against(axes: mpl.axes.Axes, given: pd.Series, values: np.ndarray) -> None:
    numeric = pd.api.types.is_numeric_dtype(given) and not pd.api.types.is_bool_dtype(given)
    if numeric:
        x = given.to_numpy(float)
        edges = np.unique(np.quantile(x, np.linspace(0, 1, BINS + 1)))
        few = len(np.unique(x)) <= BINS
        bins = np.unique(x, return_inverse=True)[1] if few else np.digitize(x, edges[1:-1])
    else:
        named, bins = np.unique(given.astype(str).to_numpy(), return_inverse=True)
        x = bins.astype(float)
        axes.set_xticks(range(len(named)), named)
    axes.plot(x, values, "o", color=PALE, ms=2, zorder=1)
    middles, means, lows, highs = [], [], [], []
    for number in np.unique(bins):
        inside = bins == number
        if inside.sum() < FEWEST_IN_A_BIN:
            continue
        mean, low, high = t_interval(values[inside])
        middles.append(float(x[inside].mean()))
        means.append(float(mean))
        lows.append(float(low))
        highs.append(float(high))
    axes.fill_between(middles, lows, highs, color=BLUE, alpha=0.25, lw=0, zorder=2)
    axes.plot(middles, means, "-o", color=BLUE, lw=1.6, ms=2.5, zorder=3)
