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


@njit(cache=True)
def sum_knowledge(  # type: ignore[no-untyped-def]
    market_sector, near, alive, region, sector, supplier_tier, employees, knowledge, quality, seen,
    sums,
):  # fmt: skip
    """Add up, for suppliers and for other firms near to and far from a plant, what their staff do.

    `sums` [3, 4]: staff; staff times knowledge, times the gap to the frontier they see, times
    quality. `near`: flag of regions with a plant that teaches.
    """
    for f in range(len(alive)):
        if not alive[f] or employees[f] <= 0:
            continue
        if supplier_tier[f] == 1:
            group = 0
        elif not market_sector[sector[f]]:
            continue
        else:
            group = 1 if near[region[f]] else 2
        staff = np.float64(employees[f])
        sums[group, 0] += staff
        sums[group, 1] += staff * knowledge[f]
        sums[group, 2] += staff * max(seen[f] - knowledge[f], 0.0)
        sums[group, 3] += staff * np.float64(quality[f])


def knowledge_measures(model: RegionalModel) -> dict[str, float]:
    """Skills, and knowledge by group of firms with the month's gains by channel; 0 where nobody is.

    Means are weighted by staff.
    """
    f, month = model.firms, model.learning
    near = np.zeros(len(model.pack.region_ids), np.bool_)
    near[[plant.region for plant in open_plants(model)]] = True
    sums = np.zeros((3, 4))
    sum_knowledge(
        model.base.market_sector, near, f.alive, f.region, f.sector, f.supplier_tier, f.employees,
        f.knowledge, f.quality, assistance_of_firms(model)[1], sums,
    )  # fmt: skip
    means = sums / np.where(sums[:, :1] > 0.0, sums[:, :1], 1.0)
    (_, known, gap, quality), (_, known_near, _, _), (_, known_far, _, _) = means.tolist()
    return skill_measures(model) | {
        "knowledge_suppliers": known,
        "knowledge_near": known_near,
        "knowledge_far": known_far,
        "knowledge_gap_suppliers": gap,
        "quality_suppliers": quality,
        "knowledge_from_assistance": month.assistance,
        "knowledge_from_learning": month.practice,
        "knowledge_from_mobility": month.mobility,
        "knowledge_from_imitation": month.imitation,
        "knowledge_lost": month.lost,
    }
