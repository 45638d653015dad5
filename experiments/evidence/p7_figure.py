"""The picture of P7: losses by group of customers; cars and kits around the closed border."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from experiments.evidence.estimate import over_seeds
from experiments.evidence.p7_outage import FOLLOWED, Sample
from experiments.report import BLUE, GREY, ORANGE, RED

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from experiments.evidence.verdict import Finding


def by_seed(customers: pd.DataFrame) -> list[np.ndarray]:
    """Losses of each seed's customers: seeds are the independent draws, customers of one are not."""
    return [one["loss"].to_numpy(float) for _, one in customers.groupby("seed")]


def mean_loss(seeds: Sequence[np.ndarray]) -> float:
    """Mean over the customers of all seeds."""
    losses = np.concatenate([*seeds, np.empty(0)])
    return float(losses.mean()) if len(losses) else float("nan")


def draw_losses(figure: Figure, samples: Sequence[Sample], found: Mapping[str, Finding]) -> None:
    """Losses by group; cars and kits around the closed border."""
    bars, border = figure.subplots(1, 2)
    pooled = pd.concat([one.customers.assign(seed=k) for k, one in enumerate(samples)])
    few = pooled["makers"] <= pooled["makers"].median()
    low = pooled["cover"] <= pooled["cover"].median()
    groups = {
        "all": pooled.index == pooled.index, "few\nmakers": few, "many": ~few,
        "little\ncover": low, "more": ~low,
    }  # fmt: skip
    for k, (chosen, colour) in enumerate(zip(groups.values(), (GREY, BLUE, BLUE, ORANGE, ORANGE))):
        one = over_seeds(mean_loss, by_seed(pooled[np.asarray(chosen)]))
        bars.bar(k, one.value, 0.6, color=colour, yerr=np.nan_to_num(one.half_width), capsize=3)
    bars.set_xticks(range(len(groups)), list(groups))
    bars.axhline(0.0, color=GREY, lw=0.8)
    bars.set_title("Customers' sales over four quarters, points")
    months = np.arange(FOLLOWED) + 1
    for name, colour in (("cars", BLUE), ("kits", RED)):
        total = sum(getattr(one, name) for one in samples)
        border.plot(months, 100.0 * total[1] / total[0], "o-", color=colour, label=name)
    border.set_ylim(bottom=0.0)
    border.set_title("Border closed in month 1: % of the open border's")
    border.set_xlabel("month of 2032")
    border.legend()
