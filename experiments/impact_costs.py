"""What a job costs the budget, and the table in the shape of Bartik's benefit-cost model.

A cost per net job is not a number where there is nothing to divide by: no plant, or a count of net
jobs that is not above zero beyond chance (one seed cannot show that), as in `ornok run`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from experiments.impact_measures import YEAR, incentives_by_month

if TYPE_CHECKING:
    from experiments.channels import SeedRuns
    from experiments.economic_impact import EconomicImpact

_COUNTS = (
    ("plant job", "employee_jobs", "direct"),
    ("net employee job", "employee_jobs", "net"),
    ("net job, any kind", "employment", "net"),
)
_WHAT = ("budget", "incentives")


def cost_table(
    runs: Sequence[SeedRuns], table: pd.DataFrame, periods: Mapping[str, np.ndarray]
) -> pd.DataFrame:
    """Period, what (budget: its balance lost; incentives: taxes forgone and spending), per, KGS.

    KGS of a year for each job of that year; negative where the budget gains.
    """
    keys = table.set_index(["period", "measure", "row", "part"])
    mean, least = keys["mean"], keys["low"]
    rows = []
    for period, months in periods.items():
        spent = dict(zip(_WHAT, _spent(runs, months), strict=True))
        for what in _WHAT:
            for words, measure, row in _COUNTS:
                jobs, low = (float(x[period, measure, row, ""]) for x in (mean, least))
                sure = jobs > 0.0 and (row == "direct" or low > 0.0)
                each = spent[what] / jobs if sure else np.nan
                rows.append((period, what, f"per {words}", "KGS/year", each))
    return pd.DataFrame(rows, columns=["period", "what", "per", "unit", "value"])


def _spent(runs: Sequence[SeedRuns], months: np.ndarray) -> tuple[float, float]:
    """Budget balance lost and incentives given, KGS a year, means over seeds."""
    lost, given = [], []
    for one in runs:
        balance = [run.monthly["budget_balance"].to_numpy(float) for run in (one.control, one.full)]
        lost.append(YEAR * (balance[0] - balance[1])[months].mean())
        given.append(incentives_by_month(one.full, one.control)[months].mean())
    return float(np.mean(lost)), float(np.mean(given))


BARTIK = {
    "year": "calendar year",
    "direct_jobs": "jobs at the plant, mean of the year, mean over seeds; jobs",
    "net_jobs": "employee jobs of the country with the plant less without; jobs",
    "incentives": "taxes forgone and money spent for the plant and its chain; KGS of 2024 a year",
    "multiplier": "net_jobs over direct_jobs, the model's; empty where there is no direct job",
    "multiplier_type_2": "the same by the input-output table; empty where it was left out",
}


def bartik_table(
    runs: Sequence[SeedRuns],
    table: pd.DataFrame,
    io: pd.DataFrame,
    periods: Mapping[str, np.ndarray],
) -> pd.DataFrame:
    """One row a calendar year: jobs by year, incentives by year, multiplier (columns of `BARTIK`)."""
    means = table.set_index(["period", "measure", "row", "part"])["mean"]
    theirs = io.set_index(["period", "measure", "row", "part"])["mean"] if len(io) else None
    rows = []
    for period, months in periods.items():
        if not period.isdigit():
            continue
        direct = float(means[period, "employee_jobs", "direct", ""])
        net = float(means[period, "employee_jobs", "net", ""])
        whole = np.nan if theirs is None else theirs[period, "employee_jobs", "total", "Type II"]
        none = direct <= 0.0
        rows.append(
            (int(period), direct, net, _spent(runs, months)[1],
             np.nan if none else net / direct, np.nan if none else float(whole) / direct)
        )  # fmt: skip
    return pd.DataFrame(rows, columns=list(BARTIK))


def write_bartik(found: EconomicImpact, path: Path) -> Path:
    """Write the export with a header that explains the columns; lines that begin with # say it."""
    head = [
        f"Ornok: world {found.world} against {found.against}, seeds {found.seeds[0]} to "
        f"{found.seeds[-1]}, for Bartik's benefit-cost model of incentives",
        *(f"{name}: {meaning}" for name, meaning in BARTIK.items()),
    ]
    lines = "".join(f"# {line}\n" for line in head)
    path.write_text(lines + found.export.to_csv(index=False), encoding="utf-8")
    return path
