"""What is known and who can do what: knowledge, quality, occupations, skill in making cars."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from model import threads
from model.skills import teaching
from model.teachers import assistance_of_firms, open_plants
from model.threads import BLOCK
from model.workers import EMPLOYEE, OWN_ACCOUNT

if TYPE_CHECKING:
    from model.model import RegionalModel

# Somebody is a skilled car worker above this.
SKILLED = 0.5
# In the order of the codes in `workers.py`.
OCCUPATIONS = ("production", "engineering", "logistics", "support")


@njit(cache=True, nogil=True)
def count_skills(  # type: ignore[no-untyped-def]
    first, last, bound, plant, chain, status, employer, occupation, auto_skill, wage, staff, heads, wages
):  # fmt: skip
    """Employees by occupation, and people skilled in making cars; sums by block of rows.

    `staff` [blocks, 2, 4]: of all firms, and of plants (`plant`: flag of firms). `heads`
    [blocks, 3]: skilled people (skill above `bound`); of them at work outside the chain (`chain`:
    flag of plants and direct suppliers), and employed. `wages` [blocks, 2]: of all employees, and
    of skilled ones, KGS a month.
    """
    for i in range(first, last):
        b = i // BLOCK
        employed = status[i] == EMPLOYEE
        if employed:
            staff[b, 0, occupation[i]] += 1
            staff[b, 1, occupation[i]] += plant[employer[i]]
            wages[b, 0] += np.float64(wage[i])
        if auto_skill[i] > bound:
            heads[b, 0] += 1
            heads[b, 1] += (employed and not chain[employer[i]]) or status[i] == OWN_ACCOUNT
            if employed:
                heads[b, 2] += 1
                wages[b, 1] += np.float64(wage[i])


def skill_measures(model: RegionalModel) -> dict[str, float]:
    """Jobs by occupation; people who can make cars, where they work and what they earn."""
    w, f, month = model.workers, model.firms, model.learning
    plant = f.sector == model.base.vehicles
    chain = teaching(model)[0] > 0.0
    n_blocks = threads.blocks(w.capacity)
    by_block = (
        np.zeros((n_blocks, 2, len(OCCUPATIONS)), np.int64),
        np.zeros((n_blocks, 3), np.int64),
        np.zeros((n_blocks, 2)),
    )
    threads.over_rows(
        w.capacity,
        lambda first, last: count_skills(
            first, last, SKILLED, plant, chain, w.status, w.employer, w.occupation, w.auto_skill,
            w.wage, *by_block,
        ),
    )  # fmt: skip
    staff, heads, wages = (sums.sum(axis=0) for sums in by_block)
    people, outside, skilled = (float(n) for n in heads)
    pay, skilled_pay = wages
    employees = float(staff[0].sum())
    premium = (skilled_pay / skilled) / (pay / employees) if skilled and pay else 0.0
    out = {f"staff_{name}": float(staff[0, k]) for k, name in enumerate(OCCUPATIONS)}
    out |= {f"plant_staff_{name}": float(staff[1, k]) for k, name in enumerate(OCCUPATIONS)}
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
