"""What to know before the numbers of a sensitivity analysis are read. Generated, never typed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from experiments.sensitivity import Sensitivity

WIDE = 0.1
"""Half width of an interval of ST above which it is called wide."""
WIDE_SCREENING = 0.3
"""Half width of an interval of mu*, as a share of mu*, above which it is called wide."""
MOST_ROWS = 4096
"""Rows of a Sobol design that nobody will run."""
MUCH = 0.5
"""Share of chance in the variance of means over seeds from which it is named."""


def words_of(found: Sensitivity) -> list[str]:
    """Sentences on failures, chance and the width of intervals, the gravest first."""
    return [
        *_on_failures(found),
        *_on_seeds(found),
        *(_on_screening(found) if found.kind == "morris" else _on_indices(found)),
    ]


def _headline(found: Sensitivity, table: pd.DataFrame) -> pd.DataFrame:
    keys = pd.DataFrame(found.headline(), columns=["world", "measure", "outcome"])
    return keys.merge(table, on=list(keys.columns), how="left")


def _on_failures(found: Sensitivity) -> Iterator[str]:
    failures = found.failures
    if failures.missing:
        yield (
            f"{failures.missing:,} of {failures.runs:,} runs have not been made yet: what follows is "
            "of a part of the design."
        )
    if failures.failed:
        what = "trajectories" if found.kind == "morris" else "rows"
        harmed = _headline(found, found.chance).sort_values("harmed", ascending=False)
        worst = harmed.to_dict("records")[0]
        did = (
            "of these only the steps between whole points are used"
            if found.kind == "morris"
            else "these are left out whole"
        )
        yield (
            f"{failures.failed:,} runs failed, {failures.share:.1%} of those made, at "
            f"{failures.failed_points:,} of {failures.points:,} points. They touch "
            f"{worst['harmed']:,} of {worst['blocks']:,} {what}: {did}. The indices hold for the part "
            "of the ranges where the model runs."
        )


def _on_seeds(found: Sensitivity) -> Iterator[str]:
    chance = _headline(found, found.chance)
    if (chance["seeds"] < 2).any():
        yield (
            "One seed at each point: chance cannot be told from the parameters and is in every "
            "number. Give 2 seeds or more (replications)."
        )
        return
    for row in chance[chance["of_mean"] > MUCH].to_dict("records"):
        yield (
            f"{_named(row['outcome'])}: chance makes {row['of_mean']:.0%} of the variance over points "
            f"of means over {row['seeds']} seeds. It is taken out of the numbers, but leaves them "
            "uncertain; more seeds say more than more points."
        )


def _on_screening(found: Sensitivity) -> Iterator[str]:
    table = _headline(found, found.indices)
    out = table[table["stands_out"]]
    if not len(out):
        yield ("No parameter stands out from chance: more seeds or more trajectories may show one.")
    width = (out["mu_star_high"] - out["mu_star_low"]) / 2.0 / out["mu_star"]
    if len(width.dropna()) and width.median() > WIDE_SCREENING:
        steps = int(table["steps"].max())
        needed = int(np.ceil(steps * (float(width.median()) / WIDE_SCREENING) ** 2))
        yield (
            f"{steps} trajectories are few: the 95 % interval of a leading mu* is typically "
            f"± {width.median():.0%} of it. The order of neighbours is not certain; about "
            f"{needed} trajectories would bring it to ± {WIDE_SCREENING:.0%}."
        )
    inert = table.groupby("parameter")["inert"].all()
    if inert.any():
        names = ", ".join(sorted(inert.index[inert]))
        yield f"Without any effect on what is shown, bit for bit: {names}."


def _on_indices(found: Sensitivity) -> Iterator[str]:
    table = _headline(found, found.indices)
    for outcome, part in table.groupby("outcome", sort=False):
        if part["ST_low"].isna().all():
            yield f"{_named(str(outcome))} is not known to vary beyond chance: it has no indices."
    half = ((table["ST_high"] - table["ST_low"]) / 2.0).dropna()
    if len(half) and half.max() > WIDE:
        rows, worst = int(table["rows"].max()), float(half.max())
        needed = 1 << int(np.ceil(np.log2(max(rows, 1) * (worst / WIDE) ** 2)))
        cure = (
            f"About {needed:,} rows would bring it to ± {WIDE:g}."
            if needed <= MOST_ROWS
            else "Rows alone will not help: where chance is large, take more seeds; or fewer parameters."
        )
        yield (
            f"{rows} rows are few: the 95 % interval of ST is up to ± {worst:.2f} wide (median "
            f"± {half.median():.2f}), so an index below that is not told from nothing. {cure}"
        )


def _named(outcome: str) -> str:
    return outcome.replace("_", " ").capitalize()
