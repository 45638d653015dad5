"""What is known and who can do what: knowledge, quality, occupations, skill in making cars."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from model import threads
from model.skills import teaching
from model.teachers import assistance_of_firms, open_plants
from model.threads import BLOCK
from model.workers import OWN_ACCOUNT

if TYPE_CHECKING:
    from model.model import RegionalModel

# Somebody is a skilled car worker above this.
SKILLED = 0.5
# Where somebody works, for the counts below: a plant that has closed is no part of a chain.
NOWHERE, ORDINARY, SUPPLIER, PLANT = range(4)
# In the order of the codes in `workers.py`.
OCCUPATIONS = ("production", "engineering", "logistics", "support")


@njit(cache=True, nogil=True)
def count_skills(  # type: ignore[no-untyped-def]
    first, last, bound, kind, status, employer, occupation, auto_skill, wage, staff, heads, wages
):  # fmt: skip
    """Employees by occupation, and people skilled in making cars; sums by block of rows.

    `kind` of each firm, then `NOWHERE` for no employer (row -1). `staff` [blocks, 4, 4]: by kind
    of the employer and occupation. `heads` [blocks, 3]: skilled people (skill above `bound`); of
    them at work outside the chain (at ordinary firms or on their own account), and employed.
    `wages` [blocks, 2]: of all employees, and of skilled ones, KGS a month.
    """
    for start in range(first, last, BLOCK):
        b, paid = start // BLOCK, 0.0
        for i in range(start, min(start + BLOCK, last)):
            where = kind[employer[i]]
            contract = np.float64(wage[i])
            staff[b, where, occupation[i]] += 1
            paid += 0.0 if where == NOWHERE else contract
            if auto_skill[i] > bound:
                heads[b, 0] += 1
                heads[b, 1] += where == ORDINARY or status[i] == OWN_ACCOUNT
                if where != NOWHERE:
                    heads[b, 2] += 1
                    wages[b, 1] += contract
        wages[b, 0] += paid


def skill_measures(model: RegionalModel) -> dict[str, float]:
    """Jobs by occupation; people who can make cars, where they work and what they earn."""
    w, f, month = model.workers, model.firms, model.learning
    kind = np.full(f.capacity + 1, ORDINARY, np.int8)
    kind[:-1][teaching(model)[0] > 0.0] = SUPPLIER
    kind[:-1][f.sector == model.base.vehicles] = PLANT
    kind[-1] = NOWHERE
    n_blocks = threads.blocks(w.capacity)
    by_block = (
        np.zeros((n_blocks, 4, len(OCCUPATIONS)), np.int64),
        np.zeros((n_blocks, 3), np.int64),
        np.zeros((n_blocks, 2)),
    )
    threads.over_rows(
        w.capacity,
        lambda first, last: count_skills(
            first, last, SKILLED, kind, w.status, w.employer, w.occupation, w.auto_skill,
            w.wage, *by_block,
        ),
    )  # fmt: skip
    staff, heads, wages = (sums.sum(axis=0) for sums in by_block)
    people, outside, skilled = (float(n) for n in heads)
    pay, skilled_pay = wages
    employees = float(staff[ORDINARY:].sum())
    premium = (skilled_pay / skilled) / (pay / employees) if skilled and pay else 0.0
    at_work = staff[ORDINARY:].sum(axis=0)
    out = {f"staff_{name}": float(at_work[k]) for k, name in enumerate(OCCUPATIONS)}
    out |= {f"plant_staff_{name}": float(staff[PLANT, k]) for k, name in enumerate(OCCUPATIONS)}
    return out | {
        "auto_skilled": people,
        "auto_skill_outside": outside,
        "wage_auto_skilled": premium,
        "trained": float(month.trained),
        "training_spending": month.spending,
    }


def knowledge_measures(model: RegionalModel) -> dict[str, float]:
    """Skills, and knowledge by group of firms with the month's gains by channel; 0 where nobody is."""
    f, month = model.firms, model.learning
    _, seen = assistance_of_firms(model)
    suppliers = f.alive & (f.supplier_tier == 1)
    others = f.alive & model.base.market_sector[f.sector] & ~suppliers
    near = np.isin(f.region, [plant.region for plant in open_plants(model)])
    gap = np.maximum(seen - f.knowledge, 0.0)
    return skill_measures(model) | {
        "knowledge_suppliers": _mean(f.knowledge, f.employees, suppliers),
        "knowledge_near": _mean(f.knowledge, f.employees, others & near),
        "knowledge_far": _mean(f.knowledge, f.employees, others & ~near),
        "knowledge_gap_suppliers": _mean(gap, f.employees, suppliers),
        "quality_suppliers": _mean(f.quality, f.employees, suppliers),
        "knowledge_from_assistance": month.assistance,
        "knowledge_from_learning": month.practice,
        "knowledge_from_mobility": month.mobility,
        "knowledge_from_imitation": month.imitation,
        "knowledge_lost": month.lost,
    }


def _mean(values: np.ndarray, weights: np.ndarray, group: np.ndarray) -> float:
    """Mean of a group weighted by staff; 0 for a group without staff."""
    total = float(weights[group].sum())
    return float((values[group] * weights[group]).sum()) / total if total > 0.0 else 0.0
