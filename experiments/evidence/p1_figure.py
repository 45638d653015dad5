"""The picture of P1: the path of the difference, and multipliers side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from experiments.report import BLACK, BLUE, GREY, ORANGE, RED

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from experiments.evidence.p1_multiplier import Sample
    from experiments.evidence.verdict import Finding


def draw_jobs(figure: Figure, samples: Sequence[Sample], found: Mapping[str, Finding]) -> None:
    """The path of the difference; multipliers side by side."""
    path, bars = figure.subplots(1, 2, width_ratios=[3, 2])
    looks = {"employee_jobs": (BLUE, "employee jobs in the zone"), "plant_jobs": (RED, "at the plant"),
             "own_account": (ORANGE, "own-account")}  # fmt: skip
    for name, (colour, words) in looks.items():
        values = np.stack([one.paths[name].to_numpy(float) for one in samples])
        years = samples[0].paths.index.to_numpy() + 2023.5
        middle = values.mean(axis=0)
        path.plot(years, middle, color=colour, label=words, lw=1.8)
        if len(samples) > 1:
            spread = 2.0 * values.std(axis=0, ddof=1) / np.sqrt(len(samples))
            path.fill_between(
                years, middle - spread, middle + spread, color=colour, alpha=0.15, lw=0
            )
    path.axhline(0.0, color=GREY, lw=0.8)
    path.set_title("3,000 plant jobs in mid-2034: what the zone has more")
    path.legend()
    local = found["LM01"]
    shown = {
        "all jobs,\ntruth": (found["LM05"].truth, BLUE), "all jobs,\nas the papers": (found["LM05"].paper, GREY),
        "local trades,\ntruth": (local.truth, BLUE), "local trades,\nas the papers": (local.paper, GREY),
    }  # fmt: skip
    for k, (one, colour) in enumerate(shown.values()):
        assert one is not None
        bars.bar(k, one.value, color=colour, width=0.6)
        bars.errorbar(k, one.value, np.nan_to_num(one.half_width), color=BLACK, capsize=3)
    for x, (low, high) in ((0.5, (1.2, 1.8)), (2.5, (0.2, 1.2))):
        bars.fill_between([x - 1, x + 1], low, high, color=RED, alpha=0.12, lw=0)
    bars.axhline(0.0, color=GREY, lw=0.8)
    bars.set_xticks(range(4), list(shown))
    bars.set_title("Jobs per plant job (shaded: accepted)")
