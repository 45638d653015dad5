"""Skill in making cars: learned at plants, at their suppliers and in schools; lost out of use.

`auto_skill` (0 to 1) is industry-specific human capital: it counts at plants and direct suppliers
(`workers.efficiency_units`) and is worth nothing elsewhere, but goes with the person, and a firm
learns from people who know more than it teaches (`knowledge.absorb_knowledge`).

Limits: nobody has any before a plant opens or a school trains; practised it rises to what the
employer can teach, unpractised it falls towards 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from model import draws, threads
from model.accounts import GOVERNMENT, HOUSEHOLDS, Kind
from model.markets.labour import count_staff
from model.plant_timeline import BUILDING, CLOSED
from model.teachers import line_shares, open_plants
from model.workers import EMPLOYEE, OWN_ACCOUNT, SKILL_UNIT, UNEMPLOYED

if TYPE_CHECKING:
    from model.model import RegionalModel


# --- At work ----------------------------------------------------------------------------------------


@njit(cache=True, nogil=True)
def practise_skills(first, last, decay, employer, ceiling, speed, auto_skill):  # type: ignore[no-untyped-def]
    """Staff learn towards what their employer teaches; who does not practise forgets.

    Learning closes a part `speed` of the gap to `ceiling` a month; who knows more than the employer
    teaches keeps it there. Elsewhere, also out of work and abroad, a part `decay` is lost.
    `ceiling`, `speed` of each firm, then 0 for no employer (row -1).
    """
    for i in range(first, last):
        know = np.float64(auto_skill[i])
        f = employer[i]
        if ceiling[f] > 0.0:
            if know < ceiling[f]:
                auto_skill[i] = know + speed[f] * (ceiling[f] - know)
        elif know > 0.0:
            left = know * (1.0 - decay)
            auto_skill[i] = left if left > 1.0e-6 else 0.0


@njit(cache=True, nogil=True)
def sum_brought(first, last, status, employer, ceiling, auto_skill, capacity):  # type: ignore[no-untyped-def]
    """Skill in making cars beyond what the employer itself teaches, of its staff [capacity].

    In whole numbers of `SKILL_UNIT`: such sums are the same in any order.
    """
    brought = np.zeros(capacity, np.int64)
    for i in range(first, last):
        if auto_skill[i] > 0.0 and status[i] == EMPLOYEE:
            more = max(np.float64(auto_skill[i]) - ceiling[employer[i]], 0.0)
            brought[employer[i]] += np.int64(more * (1.0 / SKILL_UNIT))
    return brought


def teaching(model: RegionalModel) -> tuple[np.ndarray, np.ndarray]:
    """What each firm can teach of making cars (0 to 1), and how fast; both [capacity].

    A plant teaches all of it. A direct supplier teaches its own practice, which its `quality`
    measures, up to a ceiling: a part is not a car.
    """
    f, p = model.firms, model.params
    ceiling, speed = np.zeros(f.capacity), np.zeros(f.capacity)
    suppliers = np.flatnonzero(f.supplier_tier == 1)
    suppliers = suppliers[f.alive[suppliers]]
    if len(suppliers):
        ceiling[suppliers] = p.supplier_skill_ceiling * f.quality[suppliers].astype(np.float64)
        # Those who make the parts learn, not everybody in the firm.
        speed[suppliers] = p.supplier_training * line_shares(model, suppliers)
    for plant in open_plants(model):
        ceiling[plant.row], speed[plant.row] = 1.0, p.plant_training
    return ceiling, speed


def brought_skill(model: RegionalModel) -> np.ndarray:
    """What staff bring that their employer does not teach, mean of the staff [capacity]."""
    w, f = model.workers, model.firms
    ceiling, _ = teaching(model)
    parts = threads.over_rows(
        w.capacity,
        lambda first, last: sum_brought(
            first, last, w.status, w.employer, ceiling, w.auto_skill, f.capacity
        ),
    )
    brought: np.ndarray = sum(parts) * SKILL_UNIT / np.maximum(f.employees, 1)
    return brought


# --- At school ----------------------------------------------------------------------------------------


@njit(cache=True)
def list_trainees(  # type: ignore[no-untyped-def]
    seed, month, oldest_months, level, served, identity, region, age_months, status, auto_skill,
    rows, rank,
):  # fmt: skip
    """Who could take a course, and their place in the queue (a keyed draw); returns how many.

    Unemployed and own-account people of the regions `served`, below the age bound, who know less
    than half of what the course teaches (`level`).
    """
    n = 0
    for i in range(len(status)):
        if status[i] != UNEMPLOYED and status[i] != OWN_ACCOUNT:
            continue
        if served[region[i]] and age_months[i] < oldest_months and auto_skill[i] < 0.5 * level:
            rows[n] = i
            rank[n] = draws.uniform(seed, draws.TRAINING, identity[i], month, 0)
            n += 1
    return n


def choose_trainees(model: RegionalModel, places: int, served: np.ndarray) -> np.ndarray:
    """Rows of this month's trainees: the first of the queue, as many as there are places."""
    w, p = model.workers, model.params
    rows, rank = np.zeros(len(w), np.int64), np.zeros(len(w))
    n = list_trainees(
        model.seed, model.period, p.training_age * 12.0, p.training_skill, served, w.identity,
        w.region, w.age_months, w.status, w.auto_skill, rows, rank,
    )  # fmt: skip
    first = np.argsort(rank[:n], kind="stable")[:places]
    return np.sort(rows[first])


def train_in_schools(model: RegionalModel) -> None:
    """Vocational courses for car trades in regions where a plant is built or works.

    The budget pays a stipend to trainees; the rest of the cost is income of residents, since who
    teaches is not modelled. Course and skill fall into one month. A place that nobody can take
    lapses and costs nothing.
    """
    w, p, month = model.workers, model.params, model.learning
    served = np.zeros(len(model.pack.region_ids), np.bool_)
    for plant in model.plants:
        served[plant.region] |= BUILDING <= plant.stage < CLOSED
    month.trained, month.spending = 0, 0.0
    if p.training_places <= 0.0 or not served.any():
        return
    month.started = True
    month.places += p.training_places / 12.0 / model.scale
    places = int(month.places)
    month.places -= places
    chosen = choose_trainees(model, places, served)
    if len(chosen) == 0:
        return
    w.auto_skill[chosen] = p.training_skill
    cost = p.training_cost * p.numeraire
    stipend = p.training_stipend_share * cost
    w.savings[chosen] += stipend
    w.dividends[chosen] += stipend
    model.accounts.post(GOVERNMENT, HOUSEHOLDS, Kind.TRANSFERS, stipend * len(chosen))
    model.spread_over_residents(GOVERNMENT, Kind.TRANSFERS, (cost - stipend) * len(chosen))
    month.trained, month.spending = len(chosen), cost * len(chosen)


# --- The month ------------------------------------------------------------------------------------------


def train_workers(model: RegionalModel) -> None:
    """Phase 10b: skill in making cars at work and in schools; firms' staff counted anew by it."""
    w, month = model.workers, model.learning
    if month.started:
        ceiling, speed = (np.append(x, 0.0) for x in teaching(model))
        decay = model.params.auto_skill_decay
        threads.over_rows(
            w.capacity,
            lambda first, last: practise_skills(
                first, last, decay, w.employer, ceiling, speed, w.auto_skill
            ),
        )
    train_in_schools(model)
    if month.started:
        count_staff(model)
