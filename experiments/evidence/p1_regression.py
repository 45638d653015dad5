"""P1 as the papers did it: a zone's change of jobs on its change of plant jobs.

All zones of the country, weighted by their jobs before the dose (Moretti 2010; Bartik & Sotherland
2019): the plant's commuting zone is one, every other region is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from experiments.evidence.places import zone
from model.calendar_months import period_of

if TYPE_CHECKING:
    from model.packs import Pack

DOSE_MONTH = period_of("2034-07")
BEFORE = (DOSE_MONTH - 12, DOSE_MONTH - 1)
LATE = (DOSE_MONTH + 84, DOSE_MONTH + 143)  # years 8 to 12


def window(regional: pd.DataFrame, ids: set[str], name: str, months: tuple[int, int]) -> float:
    """Mean over these months of the regions' sum."""
    here = regional[regional["region"].isin(ids) & regional["period"].between(*months)]
    return float(here.groupby("period")[name].sum().mean())


def jobs_of(firms: pd.DataFrame, months: tuple[int, int], chosen: pd.Series | np.ndarray) -> float:
    """Mean over the snapshots in these months of the jobs at chosen firms."""
    inside = firms["period"].between(*months)
    years = firms.loc[inside, "period"].nunique()
    return float(firms.loc[inside & chosen, "jobs"].sum()) / max(years, 1)


def local_trade(firms: pd.DataFrame, pack: Pack) -> pd.Series:
    """Whether a firm's trade is sold where it is made, and not the state's (as in Moretti 2010)."""
    local = ~np.asarray(pack.tradable, bool) & ~np.asarray(pack.public, bool)
    vehicles = list(pack.sectors).index("vehicles")
    local[vehicles] = False
    return pd.Series(local[firms["sector"].to_numpy(int)], index=firms.index)


def zone_changes(regional: pd.DataFrame, firms: pd.DataFrame, pack: Pack) -> pd.DataFrame:
    """A row a zone: change of all, local and plant jobs over jobs before, and jobs before."""
    near = zone(pack)
    zones = [list(near)] + [[r] for r in range(len(pack.region_ids)) if r not in set(near)]
    rows = []
    for members in zones:
        ids = {pack.region_ids[r] for r in members}
        before, after = (window(regional, ids, "employee_jobs", w) for w in (BEFORE, LATE))
        plant = window(regional, ids, "plant_jobs", LATE) - window(
            regional, ids, "plant_jobs", BEFORE
        )
        mine = np.isin(firms["region"], members) & local_trade(firms, pack)
        local = jobs_of(firms, LATE, mine) - jobs_of(firms, (BEFORE[0] - 6, BEFORE[1]), mine)
        rows.append((before, (after - before) / before, local / before, plant / before))
    return pd.DataFrame(rows, columns=["before", "all", "local", "plant"])


def long_difference(zones: Sequence[pd.DataFrame], outcome: str) -> float:
    """Slope of the outcome's change on that of plant jobs, weighted, with a constant a seed."""
    import statsmodels.api as sm

    together = pd.concat([one.assign(seed=k) for k, one in enumerate(zones)])
    design = pd.get_dummies(together["seed"], dtype=float).assign(plant=together["plant"])
    fitted = sm.WLS(together[outcome], design, weights=together["before"]).fit()
    return float(fitted.params["plant"])
