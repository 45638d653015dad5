"""Displacement: jobs lost by those who are not the plant, told beside the channels, never added.

The sum of negative paired changes of jobs by firm (rules.md 25). Two worlds of one seed hold the
same firms; once something differs, chance spreads too: a firm may lose a customer to a neighbour.
So the sum over single firms holds that churn, and is an upper bound. Over cells (region by sector)
chance cancels inside a cell, and over the mean of seeds in between: what is left is lost on balance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from experiments.effects import t_interval
from model.firms import PLANT
from model.workers import STATUS_NAMES

if TYPE_CHECKING:
    from experiments.simulate import Results

FIRM_COLUMNS = ("region", "sector", "origin", "employees")
WORKER_COLUMNS = ("status", "employer")
# A firm born in the run has the top bit set in its identity (`draws.child_identity`).
_BORN = np.uint64(1 << 63)


def displacement(pairs: Sequence[tuple[Results, Results]]) -> pd.DataFrame:
    """Rows measure, unit, mean, low, high over seeds, jobs of real people.

    `pairs`: (with the plant, control), each with panels of firms and of all workers; means over
    the snapshots of firms, the plants' staff at the last one.
    """
    lines: dict[str, list[float]] = {}
    cells = []
    for one, other in pairs:
        found, by_cell = jobs_lost(one.panels["firms"], other.panels["firms"])
        scale = float(one.params.scale)
        found |= crew_origin(one.panels, other.panels["workers"])
        for name, jobs in found.items():
            lines.setdefault(name, []).append(jobs * scale)
        cells.append(by_cell * scale)
    mean_cell = pd.concat(cells, axis=1).fillna(0.0).mean(axis=1)
    rows = []
    for name, values in lines.items():
        mean, low, high = t_interval(np.array(values))
        rows.append((name, "jobs", float(mean), float(low), float(high)))
    net = float(mean_cell.clip(upper=0.0).sum())
    rows.append(("lost by region and sector, of the mean over seeds", "jobs", net, np.nan, np.nan))
    return pd.DataFrame(rows, columns=["measure", "unit", "mean", "low", "high"])


def crew_origin(treated: Mapping[str, pd.DataFrame], control: pd.DataFrame) -> dict[str, float]:
    """What the plants' staff would be without the plant: agents by their status in the control.

    The same people by identity; somebody whose row is another person by now is counted apart.
    """
    firms, workers = treated["firms"], treated["workers"]
    last = workers["period"].max()
    plants = firms.loc[(firms["origin"] == PLANT) & (firms["period"] == last), "row"]
    crew = workers[(workers["period"] == last) & workers["employer"].isin(plants)]
    before = crew[["identity"]].merge(
        control.loc[control["period"] == last, ["identity", "status"]], on="identity", how="left"
    )["status"]
    words = {code: f"plant staff, without it: {name}" for code, name in STATUS_NAMES.items()}
    found = {name: float((before == code).sum()) for code, name in words.items()}
    return found | {"plant staff, without it: somebody else": float(before.isna().sum())}


def jobs_lost(treated: pd.DataFrame, control: pd.DataFrame) -> tuple[dict[str, float], pd.Series]:
    """Sums of paired changes of jobs by firm, and the changes by (region, sector); agent units.

    Firms that stood at the start are in both worlds (closed is zero jobs); one born later has a
    twin if it was founded in both. Those born in one world only are apart. Plants are left out.
    """
    tables = [t[t["origin"] != PLANT] for t in (treated, control)]
    snapshots = max(treated["period"].nunique(), control["period"].nunique(), 1)
    jobs = [t.groupby("identity")["employees"].sum() / snapshots for t in tables]
    both = pd.concat(jobs, axis=1, keys=["with", "without"])
    born = (both.index.to_numpy(np.uint64) & _BORN) != 0
    twin = ~born | both.notna().all(axis=1).to_numpy()
    change = both["with"].fillna(0.0) - both["without"].fillna(0.0)
    lost, won = change[twin].clip(upper=0.0), change[twin].clip(lower=0.0)
    found = {
        "lost by firms in both worlds": float(lost.sum()),
        "won by firms in both worlds": float(won.sum()),
        "in firms founded in one world only, net": float(change[~twin].sum()),
    }
    cells = [t.groupby(["region", "sector"])["employees"].sum() / snapshots for t in tables]
    by_cell = cells[0].sub(cells[1], fill_value=0.0)
    found["lost by region and sector"] = float(by_cell.clip(upper=0.0).sum())
    return found, by_cell
