"""What makers of parts learn by making them: productivity from experience, and quality.

Limits: each doubling of experience (brought and made) divides unit labour of parts by 1/progress
ratio; with constant deliveries q and retention λ experience settles at q / (1 − λ); what was
learned and is no longer practised is forgotten.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from model.teachers import live_contracts

if TYPE_CHECKING:
    from model.model import RegionalModel


@njit(cache=True)
def practice_change(exponent, initial, weight, before, after, practice):  # type: ignore[no-untyped-def]
    """Change of log productivity when experience goes from `before` to `after` car sets.

    Wright (1936): a firm with E sets behind it and E0 of similar work needs labour ∝ (E0 + E)^−b, so
    it gains weight · b · ln((E0 + after)/(E0 + before)). When more is forgotten than made, what was
    learned falls in proportion to ln(1 + E/E0) (Benkard 2000): with nothing left, nothing is known.
    """
    if after >= before:
        return weight * exponent * math.log((initial + after) / (initial + before))
    was = math.log1p(before / initial)
    if was <= 0.0:
        return -practice
    return practice * (math.log1p(after / initial) / was - 1.0)


@njit(cache=True)
def practise_parts(  # type: ignore[no-untyped-def]
    exponent, initial, retention, carry_over, alive, employees, revenue, part_sales, sets,
    experience, practice, knowledge,
):  # fmt: skip
    """Experience grows by the sets delivered and fades; knowledge follows. Returns Σ staff · Δk.

    `initial` [capacity]: similar work behind each firm, sets (`experience_brought`).
    What is learned on parts serves the firm by the part of its sales that they are, and by
    `carry_over` of it the rest (Levitt, List & Syverson 2013).
    """
    total = 0.0
    for f in range(len(alive)):
        if not alive[f] or (experience[f] <= 0.0 and sets[f] <= 0.0):
            continue
        after = retention * experience[f] + sets[f]
        if after < 1.0e-6:
            after = 0.0
        line = 0.0
        if part_sales[f] > 0.0:
            line = part_sales[f] / max(revenue[f], part_sales[f])
        weight = line + carry_over * (1.0 - line)
        change = practice_change(exponent, initial[f], weight, experience[f], after, practice[f])
        experience[f] = after
        practice[f] += change
        knowledge[f] += change
        total += employees[f] * change
    return total


def sets_delivered(model: RegionalModel) -> np.ndarray:
    """Sets of parts each firm delivered to plants this month, real cars [capacity].

    Of each part in proportion to its share: with one contract, sales over the price of a set.
    """
    f = model.firms
    shares: dict[int, float] = {}
    price: dict[int, float] = {}
    for one in live_contracts(model):
        shares[one.firm] = shares.get(one.firm, 0.0) + one.share
        price[one.firm] = price.get(one.firm, 0.0) + one.share * one.price
    sets = np.zeros(f.capacity)
    for row, share in shares.items():
        if price[row] > 0.0:
            sets[row] = share * (float(f.part_sales[row]) / price[row]) * model.scale
    return sets


def experience_brought(model: RegionalModel) -> np.ndarray:
    """Similar work that each maker of parts has behind it, real car sets [capacity].

    So many years at the least efficient scale of its part: the norm of the trade, which it starts
    from, is that of makers of such a size (Alchian 1963: cost falls with the volume planned).
    """
    scale = model.pack.components["mes"].astype(np.float64)
    years = float(model.params.supplier_initial_experience)
    return years * scale[np.maximum(model.firms.component, 0)]


def practise(model: RegionalModel) -> float:
    """Makers of parts learn by doing; returns the change of knowledge × staff."""
    f, p = model.firms, model.params
    return float(
        practise_parts(
            -math.log2(p.supplier_progress_ratio), experience_brought(model),
            p.experience_retention, p.supplier_carry_over, f.alive, f.employees, f.revenue,
            f.part_sales, sets_delivered(model), f.experience, f.practice, f.knowledge,
        )
    )  # fmt: skip


# --- Quality --------------------------------------------------------------------------------------


@njit(cache=True)
def raise_quality(  # type: ignore[no-untyped-def]
    assistance_rate, audit_rate, knowledge_rate, decay, alive, component, certified, assistance,
    frontier, knowledge, quality, quality_gain,
):  # fmt: skip
    """Quality of makers of parts rises towards 1 by help, audits and know-how.

    Δq = (a · assistance + c · certified + n · k/frontier) · (1 − q). What was gained fades where
    nobody helps or audits; the quality a firm had of itself stays (`quality_gain` is what it owes
    to the chain), so nothing moves where nothing was learned.
    """
    for f in range(len(alive)):
        if not alive[f] or component[f] < 0:
            continue
        q = np.float64(quality[f])
        rate = assistance_rate * assistance[f]
        if certified[f]:
            rate += audit_rate
        if frontier[f] > 0.0:
            rate += knowledge_rate * min(max(knowledge[f] / frontier[f], 0.0), 1.0)
        change = min(rate, 1.0) * (1.0 - q)
        if assistance[f] <= 0.0 and not certified[f]:
            change -= decay * quality_gain[f]
        if change != 0.0:
            quality_gain[f] += change
            quality[f] = q + change


def raise_qualities(model: RegionalModel, assistance: np.ndarray, seen: np.ndarray) -> None:
    """Quality of the month; `assistance` and `seen` are those of `assistance_of_firms`."""
    f, p = model.firms, model.params
    raise_quality(
        p.quality_assistance_rate, p.quality_audit_rate, p.quality_knowledge_rate, p.quality_decay,
        f.alive, f.component, f.certified, assistance, seen, f.knowledge, f.quality, f.quality_gain,
    )  # fmt: skip
