"""Figures of the answers, drawn from what `claims.json` holds and nothing else; for print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from experiments.claims import form
from experiments.claims.conditions import OFFTAKE
from experiments.claims.words import number
from experiments.outcomes import readable
from experiments.report import BLACK, BLUE, GREEN, GREY, ORANGE, PALE, RED, SKY, STYLE
from experiments.study_figures import SVG_STYLE, as_svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "draw_board", "draw_cases", "draw_effects", "flip_figure", "mark_years", "time_figure",
]  # fmt: skip

# A colour, a marker and a dash for each dose in turn, told apart without colour as well.
LOOKS = ((BLUE, "o", "-"), (ORANGE, "s", "--"), (GREEN, "^", "-."), (SKY, "D", ":"))
HOLDS, FAILS = BLUE, RED
SPREAD = 0.28  # how far cases of one dose are spread sideways


def _looks(answers: form.Answers) -> Mapping[str, tuple[str, str, str]]:
    return {dose.name: LOOKS[k % len(LOOKS)] for k, dose in enumerate(answers.doses)}


def _few_digits(axis: mpl.axis.Axis) -> None:
    axis.set_major_formatter(FuncFormatter(lambda value, _: number(float(f"{value:.3g}"))))


def _in_money(axis: mpl.axis.Axis, unit: str) -> None:
    if unit.startswith("KGS"):
        axis.set_major_formatter(FuncFormatter(lambda value, _: readable(value, unit)))


def _row(values: Sequence[float | None]) -> np.ndarray:
    return np.array([np.nan if x is None else x for x in values], float)


# --- Over time ------------------------------------------------------------------------------------


def time_figure(answers: form.Answers, one: form.Answer) -> str:
    """Both worlds over time at the claim's first dose, and the effect at every dose, as SVG."""
    figure_data = one.figure
    if figure_data is None or not figure_data.lines:
        return ""
    with mpl.rc_context(SVG_STYLE):
        figure = Figure(figsize=(9.4, 3.3), facecolor="white")
        levels, effects = figure.subplots(1, 2)
        when = pd.to_datetime(figure_data.dates) + pd.DateOffset(
            months=figure_data.every_months // 2
        )
        first = figure_data.lines[0]
        levels.plot(when, _row(first.treated), color=BLUE, lw=2, label=_with(one))
        levels.plot(when, _row(first.control), color=BLACK, lw=1.5, ls="--", label=_without(one))
        levels.set_title(f"Both worlds: {_dose_words(answers, first.dose)}", fontsize=9)
        levels.legend(loc="best", fontsize=8)
        draw_effects(effects, answers, one)
        effects.set_title("Effect, 95 % interval over seeds", fontsize=9)
        effects.legend(loc="best", fontsize=8)
        for axes in (levels, effects):
            axes.tick_params(labelsize=8)
            _few_digits(axes.yaxis)
            mark_years(axes)
        _in_money(levels.yaxis, figure_data.level_unit.en)
        levels.set_ylabel(figure_data.level_unit.en, fontsize=8.5)
        effects.set_ylabel(figure_data.unit.en, fontsize=8.5)
        return as_svg(figure)


def draw_effects(axes: Axes, answers: form.Answers, one: form.Answer) -> None:
    """The effect at every dose over time with its interval, and the smallest that matters."""
    data = one.figure
    if data is None:
        return
    when = pd.to_datetime(data.dates) + pd.DateOffset(months=data.every_months // 2)
    looks = _looks(answers)
    for line in data.lines:
        colour, _, dash = looks[line.dose]
        label = _dose_words(answers, line.dose)
        axes.plot(when, _row(line.mean), dash, color=colour, lw=1.9, label=label)
        if line.low[0] is not None:
            low, high = _row(line.low), _row(line.high)
            axes.fill_between(when, low, high, color=colour, alpha=0.16, lw=0)
    _margin_line(axes, one)


def mark_years(axes: Axes, most: int = 6) -> None:
    """Dates along the axis, in few marks."""
    dates = AutoDateLocator(minticks=2, maxticks=most)
    axes.xaxis.set_major_locator(dates)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(dates, show_offset=False))


def _margin_line(axes: Axes, one: form.Answer, *, along: str = "y") -> None:
    at = one.side * one.margin.value
    draw = axes.axhline if along == "y" else axes.axvline
    draw(0.0, color=GREY, lw=0.8)
    draw(at, color=RED, lw=1.1, ls=(0, (1, 2)), label=f"what matters: {number(at, signed=True)}")


def _with(one: form.Answer) -> str:
    return one.effect.treated if one.effect is not None else "with"


def _without(one: form.Answer) -> str:
    return one.effect.control if one.effect is not None else "without"


def _dose_words(answers: form.Answers, name: str) -> str:
    (dose,) = (one for one in answers.doses if one.name == name)
    return name if dose.cars == 0 else f"{name} ({dose.cars:,} cars)"


# --- Over the ranges ------------------------------------------------------------------------------


def flip_figure(answers: form.Answers, one: form.Answer) -> str:
    """Cases over the parameters that tell most, the condition's box shaded, as SVG; "" without."""
    scatter = None if one.figure is None else one.figure.scatter
    if scatter is None or one.flip.condition is None:
        return ""
    with mpl.rc_context(SVG_STYLE):
        figure = Figure(figsize=(6.4, 3.9), facecolor="white")
        axes = figure.subplots()
        draw_cases(axes, answers, one)
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1.14), ncols=4, fontsize=8)
        return as_svg(figure)


def draw_cases(axes: Axes, answers: form.Answers, one: form.Answer) -> None:
    """Cases of a claim over the parameters that tell most, and the condition's box."""
    scatter = None if one.figure is None else one.figure.scatter
    if scatter is None or one.flip.condition is None:
        return
    columns = [np.array(values) for values in scatter.values]
    x, y = columns[0], columns[1] if len(columns) > 1 else np.array(scatter.effect)
    second = scatter.parameters[1] if len(columns) > 1 else ""
    x_at = _place(axes, scatter.parameters[0], x, "x")
    y_at = _place(axes, second, y, "y")
    _cases(axes, x_at, y_at, np.array(scatter.holds), np.array(scatter.dose), answers)
    _shade(answers, axes, one, scatter.parameters)
    if len(columns) == 1:
        _margin_line(axes, one)
    axes.set_xlabel(scatter.words[0].en, fontsize=9)
    label = scatter.words[1].en if len(columns) > 1 else f"effect, {one.margin.unit.en}"
    axes.set_ylabel(label, fontsize=9)
    axes.tick_params(labelsize=8)


def _place(axes: Axes, name: str, values: np.ndarray, along: str) -> np.ndarray:
    """Where cases stand: numbers as they are, doses side by side and spread a little."""
    axis = axes.xaxis if along == "x" else axes.yaxis
    if name != OFFTAKE:
        _few_digits(axis)
        return values
    cars = sorted(set(values.tolist()))
    at = np.array([cars.index(value) for value in values.tolist()], float)
    for k in range(len(cars)):
        same = np.flatnonzero(at == k)
        # Steps of the golden section fill a strip evenly and follow no order of the cases.
        at[same] += SPREAD * (2.0 * (np.arange(len(same)) * 0.618034 % 1.0) - 1.0)
    axis.set_ticks(range(len(cars)), [f"{value:,.0f}" for value in cars])
    return at


def _cases(
    axes: Axes,
    x: np.ndarray,
    y: np.ndarray,
    holds: np.ndarray,
    doses: np.ndarray,
    answers: form.Answers,
) -> None:
    looks = _looks(answers)
    for word, chosen, colour in (("holds", holds, HOLDS), ("fails", ~holds, FAILS)):
        for name in dict.fromkeys(doses.tolist()):
            here = chosen & (doses == name)
            if not here.any():
                continue
            filled = {"facecolors": colour} if word == "holds" else {"facecolors": "white"}
            axes.scatter(
                x[here],
                y[here],
                s=22,
                marker=looks[name][1],
                edgecolors=colour,
                linewidths=1.1,
                label=f"{word}: {name}" if len(set(doses.tolist())) > 1 else word,
                **filled,  # type: ignore[arg-type]  # matplotlib's stubs want no mapping
            )


def _shade(answers: form.Answers, axes: Axes, one: form.Answer, names: Sequence[str]) -> None:
    """The condition's box over the parameters shown."""
    assert one.flip.condition is not None
    bounds = {bound.parameter: bound for bound in one.flip.condition.bounds}
    sides = []
    for along, name in zip("xy", [*names, ""], strict=False):
        limits = axes.get_xlim() if along == "x" else axes.get_ylim()
        bound = bounds.get(name)
        low, high = limits
        if bound is not None:
            low = low if bound.low is None else _at(answers, name, bound.low, -1)
            high = high if bound.high is None else _at(answers, name, bound.high, 1)
        sides.append((low, high, limits))
    (x0, x1, x_limits), (y0, y1, y_limits) = sides
    axes.fill_between([x0, x1], y0, y1, color=PALE, alpha=0.55, lw=0, zorder=0)
    axes.set_xlim(x_limits)
    axes.set_ylim(y_limits)


def _at(answers: form.Answers, name: str, value: float, edge: int) -> float:
    if name != OFFTAKE:
        return value
    cars = sorted(dose.cars for dose in answers.doses)
    return cars.index(int(value)) + edge * 0.45


# --- All together ---------------------------------------------------------------------------------


def draw_board(answers: form.Answers) -> Figure:
    """Every claim's effect at every dose, in units of the smallest effect that matters."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(9.4, 6.6), facecolor="white")
        FigureCanvasAgg(figure)
        axes = figure.subplots()
        looks = _looks(answers)
        asked = [one for one in answers.claims if one.doses]
        for row, one in enumerate(asked):
            _board_row(axes, row, one, looks)
        axes.set_xscale("symlog", linthresh=1.0, linscale=1.0)
        axes.set_xlim(-100, 100)
        axes.set_xticks(
            [-100, -10, -1, 0, 1, 10, 100], ["−100", "−10", "−1", "0", "1", "10", "100"]
        )
        axes.axvspan(1.0, 100.0, color=BLUE, alpha=0.06, lw=0)
        axes.axvline(0.0, color=GREY, lw=0.8)
        axes.axvline(1.0, color=RED, lw=1.1, ls=(0, (1, 2)))
        axes.grid(axis="x")
        axes.grid(visible=False, axis="y")
        axes.set_yticks(range(len(asked)), [f"{one.name.en}  {one.id}" for one in asked])
        axes.set_ylim(len(asked) - 0.4, -0.6)
        axes.set_xlabel("effect on the claimed side, in units of the smallest effect that matters")
        handles = [
            axes.plot([], [], looks[dose.name][1], color=looks[dose.name][0], ms=5)[0]
            for dose in answers.doses
        ]
        words = [_dose_words(answers, dose.name) for dose in answers.doses]
        axes.legend(handles, words, loc="upper center", bbox_to_anchor=(0.4, 1.07), ncols=3)
        figure.set_layout_engine("tight")
        return figure


def _board_row(
    axes: Axes, row: int, one: form.Answer, looks: Mapping[str, tuple[str, str, str]]
) -> None:
    unit = one.side * one.margin.value
    for k, effect in enumerate(one.doses):
        if effect.mean is None:
            continue
        colour, marker, _ = looks[effect.dose]
        at = row + 0.22 * (k - (len(one.doses) - 1) / 2)
        if effect.low is not None and effect.high is not None:
            ends = np.clip([effect.low / unit, effect.high / unit], -99, 99)
            axes.plot(ends, [at, at], color=colour, lw=1.6)
        axes.plot(np.clip(effect.mean / unit, -99, 99), at, marker, color=colour, ms=5)
