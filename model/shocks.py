"""Shocks from outside: a border that lets only a part of goods pass, and suppliers that fail.

At their neutral values (`corridor_open` 1, `outage_share` 0) nothing changes, bit for bit. What a
closed corridor holds back waits if it is under way (kits, cars for dealers) and is not bought if
it is a good on order: the buyer keeps the money (Hallegatte 2008; Henriet et al. 2012).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from model import draws
from model.firms import STATE

if TYPE_CHECKING:
    from model.model import RegionalModel


def pass_border(waiting: int, arriving: int, corridor: float) -> tuple[int, int]:
    """Of those that wait at the border and those that arrive there: how many pass, how many wait.

    Whole cars or kits; the part that passes is rounded up, so that nothing waits for ever while
    the corridor is open at all. All of them at 1, none at 0.
    """
    queue = waiting + arriving
    passed = min(math.ceil(queue * corridor - 1e-9), queue)
    return passed, queue - passed


@njit(cache=True)
def mark_suppliers(alive, supplier, supplies):  # type: ignore[no-untyped-def]
    """Mark in `supplies` [capacity] every firm that a live firm names as its supplier."""
    for f in range(len(alive)):
        if alive[f]:
            for slot in range(supplier.shape[1]):
                if supplier[f, slot] >= 0:
                    supplies[supplier[f, slot]] = True


@njit(cache=True)
def draw_outage(seed, share, loss, identity, candidate, able):  # type: ignore[no-untyped-def]
    """Write 1 − `loss` to `able` for the `share` of candidates that fail.

    The draw has no month: an outage of many months hits the same firms throughout, and a larger
    share hits those of a smaller one too.
    """
    for f in range(len(identity)):
        if candidate[f] and draws.uniform(seed, draws.OUTAGE, identity[f], 0, 0) < share:
            able[f] = 1.0 - loss


def output_left(model: RegionalModel) -> np.ndarray:
    """The part of its output that each firm can make this month [capacity]; 1 without an outage.

    Who may fail: private makers of goods that others name as suppliers, or that supply a plant
    (tier 1 or 2): the links along which a shock spreads (Barrot & Sauvagnat 2016).
    """
    f, p, base = model.firms, model.params, model.base
    able = np.ones(f.capacity)
    if p.outage_share > 0.0 and p.outage_loss > 0.0:
        supplies = f.supplier_tier > 0
        mark_suppliers(f.alive, f.supplier, supplies)
        goods = base.storable[f.sector] & (f.sector != base.vehicles)
        candidate = f.alive & goods & supplies & (f.ownership != STATE)
        draw_outage(model.seed, p.outage_share, p.outage_loss, f.identity, candidate, able)
    return able
