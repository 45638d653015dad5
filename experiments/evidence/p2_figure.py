"""The picture of P2: the event study beside the twins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from experiments.evidence.estimate import Estimate, over_seeds
from experiments.evidence.p2_study import WINDOW
from experiments.evidence.p2_suppliers import Sample, by_events, with_events
from experiments.report import BLUE, GREY, RED

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from experiments.evidence.verdict import Finding


def point(samples: Sequence[Sample], which: str, outcome: str, year: int) -> Estimate:
    """Mean over suppliers in one year since the event, with its interval."""
    return over_seeds(lambda some: by_events(some, which, outcome, [year]), with_events(samples))


def draw_events(figure: Figure, samples: Sequence[Sample], found: Mapping[str, Finding]) -> None:
    """The event study beside the twins."""
    titles = {"staff": "Employment, %", "others": "Sales to others, %",
              "tfpr": "Revenue productivity, %"}  # fmt: skip
    years = list(range(WINDOW[0], WINDOW[1] + 1))
    panels = figure.subplots(1, 3)
    bands = {"staff": (10, 35), "others": (5, 30), "tfpr": (2, 10)}
    for axes, (outcome, title) in zip(panels, titles.items()):
        for which, colour, words in (("paper", BLUE, "as the paper"), ("twin", RED, "truth")):
            ends = [point(samples, which, outcome, k) for k in years]
            middle = np.array([one.value for one in ends])
            half = np.nan_to_num([one.half_width for one in ends])
            shift = 0.06 if which == "twin" else -0.06
            axes.errorbar(
                np.array(years) + shift,
                middle,
                half,
                fmt="o-",
                ms=4,
                color=colour,
                capsize=2,
                label=words,
            )
        axes.fill_between([3.6, 4.4], *bands[outcome], color=RED, alpha=0.15, lw=0)
        axes.axhline(0.0, color=GREY, lw=0.8)
        axes.set_title(title)
        axes.set_xlabel("years since the award")
    panels[0].legend()
