"""Figures of a calibration, for print: marginals, record against model, what each wave leaves."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, FigureBase
from matplotlib.ticker import LogLocator, NullFormatter

from experiments.calibration_file import Prior
from experiments.posterior import Posterior
from experiments.report import BLUE, GREY, PALE, RED
from experiments.study_figures import SVG_STYLE, as_svg

BINS = 20
FARTHEST = 8.0  # standard deviations; what is beyond is drawn at the edge


def draw_marginals(
    figure: FigureBase, posterior: Posterior, priors: Sequence[Prior], columns: int = 3
) -> None:
    """Prior (flat) and posterior of each parameter, with the pack's own value."""
    panels = figure.subplots(-(-len(priors) // columns), columns, squeeze=False)
    for axes, prior in zip(panels.flat, priors):
        _marginal(axes, posterior, prior)
    for axes in panels.flat[len(priors) :]:
        axes.set_visible(False)


def _marginal(axes: Axes, posterior: Posterior, prior: Prior) -> None:
    bins = min(BINS, int(prior.high - prior.low) + 1) if prior.whole else BINS
    ends = np.linspace(0.0, 1.0, bins + 1)
    shares = [prior.share(x) for x in posterior.points[prior.name]]
    heights, _ = np.histogram(shares, ends, weights=posterior.weights)
    top = prior.high + 1 if prior.whole else prior.high
    edges = prior.low + ends * (top - prior.low)
    if prior.log:
        edges = np.exp(np.log(prior.low) + ends * (np.log(top) - np.log(prior.low)))
        axes.set_xscale("log")
        if top / prior.low < 30:
            axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
            axes.xaxis.set_major_formatter("{x:g}")
        axes.xaxis.set_minor_formatter(NullFormatter())
    axes.stairs(heights * bins, edges, fill=True, color=BLUE, alpha=0.75)
    axes.axhline(1.0, color=GREY, lw=1.2)
    axes.axvline(prior.own, color=RED, lw=1.4, ls="--")
    axes.set_xlim(edges[0], edges[-1])
    axes.set_yticks([])
    axes.set_title(prior.name, fontsize=8.5, fontweight="normal")
    axes.tick_params(labelsize=7.5)


def draw_predictions(figure: FigureBase, table: pd.DataFrame) -> None:
    """Prior and posterior runs of every target against the record, in standard deviations of its error.

    `table`: of `calibration_results.predictions`; held-out targets stand below.
    """
    table = table.sort_values("use", ascending=False, kind="stable", ignore_index=True)
    axes = figure.subplots()
    error = np.sqrt(table["record_sd"] ** 2 + table["model_sd"] ** 2)
    at = np.arange(len(table))[::-1] - 0.5 * (table["use"] == "check")

    def far(name: str) -> pd.Series:
        return ((table[name] - table["record"]) / error).clip(-FARTHEST, FARTHEST)

    axes.axvspan(-2.0, 2.0, color="#F1F1F1", zorder=0)
    axes.axvline(0.0, color="black", lw=0.8)
    axes.hlines(at, far("prior_low"), far("prior_high"), color=PALE, lw=7)
    axes.hlines(at, far("low"), far("high"), color=BLUE, lw=3.2)
    axes.plot(far("mean"), at, "o", color=BLUE, ms=4)
    axes.plot(far("own"), at, "D", color=RED, ms=4, mfc="white", zorder=3)
    words = [
        f"{row.target}{'' if row.use == 'fit' else ' (held out)'}" for row in table.itertuples()
    ]
    axes.set_yticks(at, words, fontsize=8)
    axes.set_xlim(-FARTHEST - 0.3, FARTHEST + 0.3)
    axes.set_xlabel("model less record, in standard deviations of their errors")
    axes.grid(visible=False)


def draw_waves(figure: FigureBase, waves: pd.DataFrame) -> None:
    """Share of the prior that is still plausible after each wave."""
    axes = figure.subplots()
    shares = [1.0, *waves["plausible"]]
    axes.plot(range(len(shares)), shares, "o-", color=BLUE, lw=1.6)
    for number, share in enumerate(shares[1:], start=1):
        axes.annotate(
            f"{share:.2g}", (number, share), (4, 5), textcoords="offset points", fontsize=8
        )
    axes.set_xticks(range(len(shares)), ["prior", *(f"wave {n}" for n in waves["wave"])])
    axes.set_xlim(-0.2, len(shares) - 0.5)
    if 0.0 < min(shares) < 0.05:
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter("{x:g}")
    else:
        axes.set_ylim(0.0, 1.05)
    axes.set_ylabel("share of the prior")


def marginals_svg(posterior: Posterior, priors: Sequence[Prior]) -> str:
    """`draw_marginals` as an `<svg>` element."""
    with mpl.rc_context(SVG_STYLE):
        figure = _sheet(7.2, 1.75 * -(-len(priors) // 3) + 0.4)
        draw_marginals(figure, posterior, priors)
        return as_svg(figure)


def predictions_svg(table: pd.DataFrame) -> str:
    """`draw_predictions` as an `<svg>` element."""
    with mpl.rc_context(SVG_STYLE):
        figure = _sheet(7.2, 0.34 * len(table) + 1.3)
        draw_predictions(figure, table)
        return as_svg(figure)


def waves_svg(waves: pd.DataFrame) -> str:
    """`draw_waves` as an `<svg>` element."""
    with mpl.rc_context(SVG_STYLE):
        figure = _sheet(3.6, 2.3)
        draw_waves(figure, waves)
        return as_svg(figure)


def _sheet(width: float, height: float) -> Figure:
    return Figure(figsize=(width, height), facecolor="white")
