"""Figures of results in a few words of Python: `.plot()`.

They are drawn off the screen (Agg), need no display and leave pyplot alone; a notebook shows
them, and `.savefig(path)` writes them.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.dates import AutoDateLocator
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from experiments.display import made_by, seeds_in_words
from experiments.outcomes import (
    headline_outcomes,
    in_words,
    outcomes,
    readable,
    yearly_factor,
    yearly_unit,
)
from experiments.report import (
    BLACK,
    BLUE,
    GREY,
    PALE,
    STYLE,
    difference_by_month,
    smooth,
    thousands,
)
from model.errors import InputError, nearest

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from experiments.economic_impact import EconomicImpact
    from experiments.effects import Effect
    from experiments.impact import Impact
    from experiments.simulate import Results

PANELS = 6
# Levels that are well away from zero: a change of a balance in per cent says little.
PER_CENT = (
    "employee_jobs", "own_account", "employment", "unemployed", "value_added", "gdp", "mean_wage",
    "tax_revenue", "firms", "cars_imported_new", "cars_imported_used",
)  # fmt: skip


class Picture(Figure):
    """A matplotlib figure that a notebook shows also where pyplot was never imported."""

    def _repr_png_(self) -> bytes:
        stream = io.BytesIO()
        with mpl.rc_context(STYLE):
            self.savefig(stream, format="png", dpi=110)
        return stream.getvalue()


def _picture(size: tuple[float, float]) -> Picture:
    figure = Picture(figsize=size, facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def plot_results(run: Results, names: Sequence[str]) -> Figure:
    """Outcomes of one run by month, as trailing 12-month means, flows per year."""

    def draw(axes: Axes, name: str) -> None:
        series = smooth(run.monthly[name]) * yearly_factor(outcomes()[name])
        axes.plot(run.monthly["date"], series, color=BLUE, lw=1.8)

    title = f"World {run.world.name}, seed {run.seed}"
    chosen = _chosen(names, list(run.monthly.columns), PANELS)
    return _panels(chosen, draw, title, made_by(run.versions, run.pack))


def plot_effect(effect: Effect, names: Sequence[str]) -> Figure:
    """The paired difference by month, as trailing 12-month means, with its 95 % interval."""

    def draw(axes: Axes, name: str) -> None:
        factor = yearly_factor(outcomes()[name])
        dates, *lines = difference_by_month(effect.pairs, name)
        mean, low, high = (factor * line for line in lines)
        if len(effect.seeds) > 1:
            axes.fill_between(dates.to_numpy(), low, high, color=BLUE, alpha=0.18, lw=0)
        axes.plot(dates, mean, color=BLUE, lw=1.8)
        axes.axhline(0.0, color=BLACK, lw=0.8)

    run = effect.pairs.treated[0]
    chosen = _chosen(names, list(effect.mean.columns), PANELS)
    source = f"{seeds_in_words(effect.seeds)}; {made_by(run.versions, run.pack)}"
    return _panels(chosen, draw, f"World {effect.world} less {effect.against}", source)


def plot_impact(impact: Impact, names: Sequence[str]) -> Figure:
    """The change in per cent of the world without, and its 95 % interval over seeds.

    Outcomes that are zero there have no bar.
    """
    table = impact.table[impact.table["without"].abs() > 0.0].drop_duplicates("outcome")
    table = table.set_index("outcome")
    usual = [name for name in PER_CENT if name in table.index]
    chosen = _chosen(names or usual, list(table.index), PANELS)
    lines = 100.0 * table.loc[chosen, ["difference", "low", "high"]].div(
        table.loc[chosen, "without"].abs(), axis=0
    )
    unclear = ~((lines["low"] > 0.0) | (lines["high"] < 0.0)) & (len(impact.seeds) > 1)
    at = np.arange(len(chosen))
    with mpl.rc_context(STYLE):
        figure = _picture((7.6, 1.35 + 0.3 * len(chosen)))
        axes = figure.subplots()
        colours = [PALE if hidden else BLUE for hidden in unclear]
        axes.barh(at, lines["difference"], color=colours, height=0.62)
        if len(impact.seeds) > 1:
            axes.hlines(at, lines["low"], lines["high"], color=BLACK, lw=1.2)
        axes.axvline(0.0, color=BLACK, lw=0.8)
        axes.margins(x=0.06)
        axes.set_ylim(len(chosen) - 0.4, -0.6)
        axes.set_yticks(at, [str(table.loc[name, "row"]) for name in chosen])
        axes.grid(axis="x")
        axes.grid(visible=False, axis="y")
        grey = "; grey: not clear" if unclear.any() else ""
        axes.set_xlabel(f"change, % of the world without{grey}")
        title = f"World {impact.world} against {impact.against}"
        source = f"Mean of {impact.first} to {impact.last}; {seeds_in_words(impact.seeds)}"
        _name(figure, title, f"{source}; {made_by(impact.versions, impact.pack)}")
    return figure


def plot_economic_impact(found: EconomicImpact) -> Figure:
    """The page of `ornok impact`."""
    from experiments.impact_figure import LOOKS, SIZE, fill_figure

    with mpl.rc_context(LOOKS):
        figure = _picture(SIZE)
        fill_figure(figure, found)
    return figure


def _chosen(names: Sequence[str], there: Sequence[str], most: int) -> list[str]:
    """The outcomes to draw; well-known ones if none are named. Raises InputError for another one."""
    known = [name for name in there if name in outcomes()]
    for name in names:
        if name not in known:
            hint = nearest(name, known)
            raise InputError("not an outcome here", field="outcomes", value=name, hint=hint)
    return list(dict.fromkeys(names)) or headline_outcomes(known, most)


def _panels(
    names: Sequence[str], draw: Callable[[Axes, str], None], title: str, source: str
) -> Figure:
    """A panel an outcome, in rows of three."""
    columns = min(len(names), 3)
    rows = -(-len(names) // columns)
    with mpl.rc_context(STYLE):
        figure = _picture((max(4.3 * columns, 6.0), 2.6 * rows + 0.6))
        panels = figure.subplots(rows, columns, squeeze=False)
        for axes, name in zip(panels.flat, names, strict=False):
            unit = yearly_unit(outcomes()[name])
            draw(axes, name)
            axes.set_title(in_words(name), pad=18)
            axes.text(0.0, 1.03, unit, transform=axes.transAxes, fontsize=8.5, color=GREY)
            axes.xaxis.set_major_locator(AutoDateLocator(maxticks=7))
            _in_few_digits(axes, unit)
        for axes in panels.flat[len(names) :]:
            axes.set_visible(False)
        _name(figure, title, f"12-month means; {source}")
    return figure


def _in_few_digits(axes: Axes, unit: str) -> None:
    """Millions and billions of KGS as words, all else with a comma for thousands."""
    if unit.startswith("KGS"):
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: readable(value, unit)))
    else:
        thousands(axes)


def _name(figure: Figure, title: str, source: str) -> None:
    """A title above all panels, the source below, and room for both."""
    inch: Any = 1.0 / figure.get_figheight()
    figure.suptitle(title, x=0.01, y=1.0 - 0.1 * inch, ha="left", va="top", fontsize=12,
                    fontweight="bold")  # fmt: skip
    figure.text(0.01, 0.08 * inch, source, fontsize=7.5, color=GREY)
    figure.tight_layout(rect=(0.0, 0.22 * inch, 1.0, 1.0 - 0.22 * inch))
