"""Technology transfer: how firms come to know what a foreign plant knows.

A firm's `knowledge` is log productivity above its trade's norm; it is 0 where no plant ever opened.
Four channels, each switched off by its own parameter and each counted: assistance by the plant,
learning by doing, people who bring the plant's skill, and imitation.

Limits: no gap, no gain; at a rate of 0 a channel does nothing; what a channel adds, weighted by
staff, sums with what is lost to the change of knowledge (`teachers.Learning`).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from model.practice import practise, raise_qualities
from model.skills import brought_skill
from model.teachers import assistance_of_firms, open_plants

if TYPE_CHECKING:
    from model.model import RegionalModel


# --- The gap --------------------------------------------------------------------------------------


@njit(cache=True)
def absorbable(gap, widest):  # type: ignore[no-untyped-def]
    """What of a knowledge gap can be taken up: g · exp(−g/ḡ), none without a gap (Verspagen 1991).

    Rises up to a gap of `widest` = ḡ and falls beyond: who is too far behind understands too little.
    """
    if gap <= 0.0:
        return 0.0
    return gap * math.exp(-gap / widest)


# --- Assistance, mobility, imitation ----------------------------------------------------------------


@njit(cache=True)
def absorb_knowledge(  # type: ignore[no-untyped-def]
    widest, assistance_rate, mobility_rate, imitation_rate, decay, market_sector, alive, region,
    sector, employees, skill_sum, frontier, assistance, brought, exposure, practice, knowledge,
    totals,
):  # fmt: skip
    """Know-how taken up by every firm this month from the plant, from movers and from neighbours.

    Δk = [(a · assistance + i · exposure) · skill + m · brought] · g · exp(−g/ḡ) − δ · k, with gap g
    to `frontier` and mean skill of the staff as absorptive capacity (Cohen & Levinthal 1990); δ only
    for firms that no plant assists, and not on what their own `practice` taught. Movers embody what
    they bring, so `brought` is not multiplied by the skill of the others.
    `totals` [4] receives assistance, mobility, imitation and loss, times staff.
    """
    for f in range(len(alive)):
        if not alive[f] or not market_sector[sector[f]] or employees[f] <= 0:
            continue
        take = absorbable(frontier[f] - knowledge[f], widest)
        skill = skill_sum[f] / employees[f]
        assisted = assistance_rate * assistance[f] * skill * take
        moved = mobility_rate * brought[f] * take
        imitated = imitation_rate * exposure[region[f], sector[f]] * skill * take
        lost = 0.0
        if assistance[f] <= 0.0:
            lost = decay * max(knowledge[f] - practice[f], 0.0)
        knowledge[f] += assisted + moved + imitated - lost
        totals[0] += employees[f] * assisted
        totals[1] += employees[f] * moved
        totals[2] += employees[f] * imitated
        totals[3] += employees[f] * lost


# --- Imitation ----------------------------------------------------------------------------------------


def technological_proximity(model: RegionalModel) -> np.ndarray:
    """Likeness of what two sectors make and use: cosine of their technologies (Jaffe 1986) [S, S].

    A sector's technology is its column of the Leontief inverse: its own good and all that goes into
    it. (Direct inputs alone would make a school like a foundry: both buy mostly materials.) The
    table has no car industry in the base year: a car is its parts, by the home sector of who makes
    them. 1 for the same technology, 0 for nothing in common.
    """
    base, parts = model.base, model.pack.components
    total = np.linalg.inv(np.eye(len(base.input_coefficient)) - base.input_coefficient)
    car = np.bincount(parts["home_sector"], parts["ice_share"], minlength=len(total))
    total[:, base.vehicles] = total @ car
    length = np.sqrt((total * total).sum(axis=0))
    unit = total / np.where(length > 0.0, length, 1.0)
    return unit.T @ unit


def exposure(
    staff: np.ndarray, knowing: np.ndarray, proximity: np.ndarray, nearness: np.ndarray
) -> np.ndarray:
    """Part of the kindred workforce in reach that works with the plant's know-how, 0 to 1 [R, S].

    `staff` and `knowing` [R, S]: employees, and employees times the part of the frontier that
    their firm has reached. In each region they are weighed by technological `proximity` [S, S];
    regions count by `nearness` [R, R], which falls with road distance. Infinitely far: 0.
    """
    kindred, teachers = staff @ proximity, knowing @ proximity
    share = np.where(kindred > 0.0, teachers / np.where(kindred > 0.0, kindred, 1.0), 0.0)
    return np.minimum(nearness @ share, 1.0)


@njit(cache=True)
def sum_knowing(region, sector, employees, knowledge, seen, teacher, staff, knowing):  # type: ignore[no-untyped-def]
    """Add up `staff` and `knowing` [R, S] of `exposure`; of a `teacher` (flag) all staff know."""
    for f in range(len(employees)):
        if employees[f] == 0:
            continue
        part = 0.0
        if teacher[f]:
            part = 1.0
        elif seen[f] > 0.0:
            part = min(max(knowledge[f] / seen[f], 0.0), 1.0)
        staff[region[f], sector[f]] += employees[f]
        knowing[region[f], sector[f]] += employees[f] * part


def exposure_of_cells(model: RegionalModel, seen: np.ndarray) -> np.ndarray:
    """How much there is to copy around a firm of each region and sector, 0 to 1 [R, S]."""
    f, base = model.firms, model.base
    staff, knowing = np.zeros(base.firm_output.shape), np.zeros(base.firm_output.shape)
    teacher = np.zeros(f.capacity, np.bool_)
    teacher[[plant.row for plant in open_plants(model)]] = True
    sum_knowing(f.region, f.sector, f.employees, f.knowledge, seen, teacher, staff, knowing)
    nearness = np.exp(-model.pack.distance_km / model.params.imitation_distance)
    return exposure(staff, knowing, base.proximity, nearness)


# --- The month ------------------------------------------------------------------------------------------


def spread_knowledge(model: RegionalModel) -> None:
    """Phase 10a: firms learn from the plant, from their own work, from movers, from neighbours."""
    month, f, p = model.learning, model.firms, model.params
    month.started = month.started or bool(open_plants(model))
    month.assistance = month.practice = month.mobility = month.imitation = month.lost = 0.0
    if not month.started:
        return
    help_, seen = assistance_of_firms(model)
    totals = np.zeros(4)
    absorb_knowledge(
        p.absorption_gap, p.assistance_rate, p.mobility_rate, p.imitation_rate, p.knowledge_decay,
        model.base.market_sector, f.alive, f.region, f.sector, f.employees, f.skill_sum, seen,
        help_, brought_skill(model), exposure_of_cells(model, seen), f.practice, f.knowledge, totals,
    )  # fmt: skip
    month.assistance, month.mobility, month.imitation, month.lost = (float(x) for x in totals)
    month.practice = practise(model)
    raise_qualities(model, help_, seen)
