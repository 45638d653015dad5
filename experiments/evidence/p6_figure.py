"""The picture of P6: sizes, growth, survival."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from experiments.report import BLUE, GREY, ORANGE, RED
from model.demography import survival_curve

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from experiments.evidence.estimate import Estimate
    from experiments.evidence.p6_demography import Sample
    from experiments.evidence.verdict import Finding


def draw_register(figure: Figure, samples: Sequence[Sample], found: Mapping[str, Finding]) -> None:
    """Sizes, growth, survival."""
    sizes, growth, alive = figure.subplots(1, 3)
    for when, colour, words in (
        ("last", BLUE, "end of the run"), ("first", GREY, "first year"),
        ("even", ORANGE, "end, even start"),
    ):  # fmt: skip
        pooled = np.sort(np.concatenate([getattr(one, when) for one in samples]))
        pooled = pooled[pooled > 0]
        share = 1.0 - np.arange(len(pooled)) / len(pooled)
        sizes.loglog(pooled, share, color=colour, label=words, lw=1.6)
    _zipf(sizes, RED)
    sizes.set_title("Private firms larger than…")
    sizes.set_xlabel("staff")
    sizes.legend()
    _tent(growth, np.concatenate([one.growth for one in samples]), found["FD02"].paper)
    _curve(alive, samples)


def _zipf(axes: Axes, colour: str) -> None:
    x = np.array([20.0, 1000.0])
    axes.loglog(x, 0.3 * (x / 20.0) ** -1.059, "--", color=colour, lw=1.2, label="Zipf (1.06)")


def _tent(axes: Axes, x: np.ndarray, shape: Estimate | None) -> None:
    edges = np.linspace(-1.2, 1.2, 61)
    share, _ = np.histogram(x, edges, density=True)
    middle = (edges[1:] + edges[:-1]) / 2.0
    axes.semilogy(middle[share > 0], share[share > 0], "o", ms=3.5, color=BLUE, label="model")
    a, sd = float(np.mean(np.abs(x))), float(np.std(x))
    axes.semilogy(
        middle, np.exp(-np.abs(middle) / a) / (2.0 * a), color=RED, lw=1.2, label="Laplace"
    )
    normal = np.exp(-0.5 * (middle / sd) ** 2) / (sd * np.sqrt(2.0 * np.pi))
    axes.semilogy(middle, normal, "--", color=GREY, lw=1.2, label="normal")
    axes.set_ylim(bottom=max(float(share[share > 0].min()) / 2.0, 1e-4))
    words = "" if shape is None else f" (shape {shape.value:.2f})"
    axes.set_title(f"Yearly growth of sales{words}")
    axes.set_xlabel("log growth, less the trade's mean")
    axes.legend()


def _curve(axes: Axes, samples: Sequence[Sample]) -> None:
    months = np.arange(0, 121)
    lived = np.concatenate([one.months for one in samples])
    ended = np.concatenate([one.ended for one in samples])
    axes.plot(
        months / 12.0, 100.0 * survival_curve(lived, ended, list(months)), color=BLUE, label="model"
    )
    axes.plot([3, 5, 7], [60, 50, 40], "o", color=RED, label="OECD (recalled)")
    axes.fill_between([1.9, 2.1], [55, 55], [80, 80], color=RED, alpha=0.2, lw=0)
    axes.plot([3, 3], [45, 70], color=RED, alpha=0.4)
    axes.set_title("Entrants still in business, %")
    axes.set_xlabel("years")
    axes.set_ylim(0, 102)
    axes.legend()
