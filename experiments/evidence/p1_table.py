"""P1: what the pack's input-output table says of the same dose, which knows no limits."""

from __future__ import annotations

import numpy as np
import pandas as pd

from experiments.evidence.script import Seed
from experiments.input_output import input_output
from model.firms import PLANT


def old_plant(firms: pd.DataFrame) -> float:
    """KGS a month that the plants pay a job, over all years kept."""
    plants = firms[firms["origin"] == PLANT]
    staff = float(plants["employees"].sum())
    return float(plants["wage_bill"].sum()) / staff if staff else float("nan")


def inputs_bought(seed: Seed, wage: float, late: tuple[int, int]) -> float:
    """KGS a month of inputs that a job of the second activity buys, in the months `late`.

    What the parent pays for it, less its margin and the `wage` with contributions.
    """
    larger, plain = (seed[name].table("monthly") for name in ("expansion", "plant"))
    months = slice(*late)
    paid = float(larger.loc[months, "service_exports"].sum()) / (1.0 + seed.params.extra_margin)
    jobs = float((larger["plant_jobs"] - plain["plant_jobs"]).loc[months].sum())
    return paid / jobs - wage * (1.0 + seed.params.social_rate_employer) if jobs else float("nan")


def table_answer(seed: Seed, wage: float, inputs: float) -> tuple[float, float]:
    """All jobs and non-tradable jobs per plant job by the pack's table: the wage is spent, `inputs`
    are bought, KGS a month; nothing else moves.
    """
    table = input_output(seed.pack, seed.params)
    at_home = np.asarray(seed.pack.vehicle_inputs_domestic, float)
    abroad = np.asarray(seed.pack.vehicle_inputs_imported, float).sum()
    bought = inputs * at_home / (at_home.sum() + abroad)
    output = table.type_2 @ ((table.spent * table.take_home * wage + bought) * 12.0)
    by_sector = table.per_output["employee_jobs"] * output
    local = ~np.asarray(seed.pack.tradable, bool) & ~np.asarray(seed.pack.public, bool)
    return 1.0 + float(by_sector.sum()), float(by_sector[local].sum())
