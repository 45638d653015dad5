"""Figures of a study's report, for print: vector graphics as text of a page."""

from __future__ import annotations

import io
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axis import Axis
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from experiments.outcomes import outcomes, readable, yearly_factor, yearly_unit
from experiments.report import BLUE, GREY, PALE, RED, STYLE

MOST_ROWS = 40
MOST_LINES = 60
MOST_PANELS = 12
# Letters as outlines look alike everywhere; a fixed salt makes equal figures equal files.
SVG_STYLE: dict[Any, Any] = {**STYLE, "svg.fonttype": "path", "svg.hashsalt": "ornok"}


def effects_by_point(effects: pd.DataFrame, outcome: str, axis: str) -> str:
    """Mean and 95 % interval of one outcome at every point, as SVG; what holds zero is grey."""
    with mpl.rc_context(SVG_STYLE):
        table = effects.sort_values("mean", ignore_index=True)
        many = len(table) > MOST_ROWS
        height = 4.2 if many else 1.0 + 0.24 * max(len(table), 2)
        figure = Figure(figsize=(7.2, height), facecolor="white")
        axes = figure.subplots()
        factor = yearly_factor(outcomes()[outcome])
        low, high = table["low"] * factor, table["high"] * factor
        unclear = ((low <= 0) & (high >= 0)) | low.isna()
        rows = np.arange(len(table))
        for chosen, colour in ((unclear, GREY), (~unclear, BLUE)):
            at, mean = rows[chosen], table["mean"][chosen] * factor
            axes.hlines(at, low[chosen], high[chosen], color=colour, lw=0.8 if many else 1.4)
            axes.plot(mean, at, "o", color=colour, ms=2 if many else 4)
        axes.axvline(0.0, color="black", lw=0.8)
        axes.grid(axis="x")
        axes.grid(visible=False, axis="y")
        if many:
            axes.set_yticks([])
            axes.set_ylabel(f"{len(table):,} points, by effect")
        else:
            axes.set_yticks(rows, table["label"])
            axes.set_ylim(-0.7, len(table) - 0.3)
        axes.set_xlabel(axis)
        in_few_digits(axes.xaxis, outcome)
        return as_svg(figure)


def effect_over_time(months: pd.DataFrame, outcome: str) -> str:
    """Mean effect of one outcome by month, a line a point and the median of points, as SVG."""
    with mpl.rc_context(SVG_STYLE):
        figure = Figure(figsize=(7.2, 3.2), facecolor="white")
        axes = figure.subplots()
        factor = yearly_factor(outcomes()[outcome])
        wide = months.pivot_table(
            index="period", columns=["point", "world"], values="mean", sort=False
        )
        wide = wide * factor
        dates = pd.date_range("2023-01-01", periods=int(wide.index.max()) + 1, freq="MS")
        when = dates[wide.index.to_numpy(int)]
        step = -(-wide.shape[1] // MOST_LINES)
        axes.plot(when, wide.to_numpy()[:, ::step], color=PALE, lw=0.8)
        axes.plot(when, wide.median(axis=1), color=RED, lw=2)
        axes.axhline(0.0, color="black", lw=0.8)
        axes.set_ylabel(yearly_unit(outcomes()[outcome]))
        in_few_digits(axes.yaxis, outcome)
        return as_svg(figure)


def effect_by_parameter(effects: pd.DataFrame, names: list[str], outcome: str) -> str:
    """The effect of one outcome against each parameter that varies, as SVG."""
    with mpl.rc_context(SVG_STYLE):
        shown = names[:MOST_PANELS]
        n_rows = -(-len(shown) // 3)
        figure = Figure(figsize=(7.2, 2.3 * n_rows + 0.2), facecolor="white")
        panels = figure.subplots(n_rows, 3, squeeze=False, sharey=True)
        factor = yearly_factor(outcomes()[outcome])
        for axes, name in zip(panels.flat, shown, strict=False):
            values = effects[name]
            if values.dtype == object or values.dtype == bool:
                values = values.astype(str)
            axes.plot(values, effects["mean"] * factor, "o", color=BLUE, ms=3, alpha=0.6)
            axes.axhline(0.0, color="black", lw=0.8)
            axes.set_title(name, fontsize=8.5, fontweight="normal")
            axes.tick_params(labelsize=8)
        for axes in panels.flat[len(shown) :]:
            axes.set_visible(False)
        panels[0, 0].set_ylabel(yearly_unit(outcomes()[outcome]), fontsize=8.5)
        in_few_digits(panels[0, 0].yaxis, outcome)
        return as_svg(figure)


def in_few_digits(axis: Axis, outcome: str) -> None:
    """Millions and billions as words, as in the tables."""
    unit = yearly_unit(outcomes()[outcome])
    if unit.startswith("KGS"):
        axis.set_major_formatter(FuncFormatter(lambda value, _: readable(value, unit)))


def as_svg(figure: Figure) -> str:
    """The figure as an `<svg>` element, without prolog, date or links."""
    FigureCanvasSVG(figure)
    figure.set_layout_engine("tight")
    stream = io.StringIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    figure.savefig(stream, format="svg", metadata=nothing)
    text = stream.getvalue()
    return text[text.index("<svg") :]
