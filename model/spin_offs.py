"""Who enters the chain, and with what: rents of open tenders, parts makers, capability handed on.

Limits: without open tenders and without plants nobody becomes a parts maker by a tender and no
know-how is handed on. The number of entrants is not set anywhere: it follows from the rents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from model import draws
from model.firms import PLANT, SERVICE, SPINOFF, SUPPLIER, TRADITIONAL
from model.new_firms import Heritage
from model.teachers import frontier
from model.workers import EMPLOYEE

if TYPE_CHECKING:
    from model.contracts import OpenTender
    from model.model import RegionalModel


def tender_rent(model: RegionalModel, tender: OpenTender, sector: int) -> np.ndarray:
    """Surplus a month that one open tender holds out to firms of each region, KGS [R].

    The usual surplus of the trade on what the plant would pay, in proportion where the need is
    below the least efficient scale, seen through the distance that goods of the trade travel, and
    shared with those who can make the part already.
    """
    base, f = model.base, model.firms
    rivals = int(np.count_nonzero(f.alive & (f.component == tender.component)))
    enough = min(max(tender.need, 0.0) / max(tender.mes, 1e-12), 1.0)
    value = float(model.params.tender_rent_weight) * enough * max(tender.need, 0.0)
    value *= max(tender.limit, 0.0) / 12.0 / (1.0 + rivals)
    friction = base.distance_weight[tender.plant.region, :, sector]
    near = friction[tender.plant.region]
    seen: np.ndarray = base.norm_surplus[sector] * value * np.minimum(friction / near, 1.0)
    return seen


def tender_rents(model: RegionalModel) -> np.ndarray:
    """The rents of all open tenders by region and home sector, KGS a month [R, S]."""
    rents = np.zeros(model.base.firm_output.shape)
    for tender in model.open_tenders:
        s = int(model.pack.components["home_sector"][tender.component])
        rents[:, s] += tender_rent(model, tender, s)
    return rents


def pick_part(model: RegionalModel, r: int, s: int, u: float) -> int:
    """The open part of this home sector on which the uniform `u` falls, by rent; -1 for none."""
    home = model.pack.components["home_sector"]
    parts = [t for t in model.open_tenders if int(home[t.component]) == s]
    rents = [float(tender_rent(model, t, s)[r]) for t in parts]
    level = u * sum(rents)
    for tender, rent in zip(parts, rents):
        level -= rent
        if rent > 0.0 and level < 0.0:
            return tender.component
    return -1


def handed_on(model: RegionalModel, i: int, parent: int) -> float:
    """Know-how that founder `i` takes along from the last employer (−1: none), log.

    From a firm a share of its own know-how; from a plant, or from what was learned in one earlier,
    a share of the plant's edge times auto skill (Agarwal et al. 2004; Klepper 2007).
    """
    p, f = model.params, model.firms
    # Where no plant has made a car, nobody has learned what it knows.
    edge = max((frontier(plant) for plant in model.plants if plant.experience > 0.0), default=0.0)
    known = edge * float(model.workers.auto_skill[i])
    if parent >= 0 and f.origin[parent] != PLANT:
        known = max(known, float(f.knowledge[parent]))
    return float(p.inherited_knowledge * known)


def quality_seen(model: RegionalModel, parent: int) -> float:
    """Quality that a founder has seen at the last employer: a plant works to its parent's standard of 1."""
    f = model.firms
    if parent < 0:
        return 0.0
    return 1.0 if f.origin[parent] == PLANT else float(f.quality[parent])


def heritage_of(model: RegionalModel, i: int, s: int, rent_share: float) -> Heritage:
    """What founder `i` of a firm in sector `s` brings along.

    A founder who leaves a capable firm of the trade can make its part. Others become parts makers
    with the chance that a tender's rent, and not the trade's usual surplus, drew them
    (`rent_share`). Whoever comes from a plant, a tier-1 supplier or a capable firm of the trade,
    or is skilled in cars, is a spin-off.
    """
    f, w, base = model.firms, model.workers, model.base
    home = model.pack.components["home_sector"]
    plain = Heritage(TRADITIONAL if base.storable[s] else SERVICE)
    parent = int(w.employer[i]) if w.status[i] == EMPLOYEE else -1
    component = -1
    if parent >= 0 and f.component[parent] >= 0 and int(home[f.component[parent]]) == s:
        component = int(f.component[parent])
    elif rent_share > 0.0:
        u, v = draws.uniform2(model.seed, draws.SUPPLIER_ENTRY, w.identity[i], model.period, 0)
        if u < rent_share:
            component = pick_part(model, int(w.region[i]), s, v)
    in_chain = parent >= 0 and (f.origin[parent] == PLANT or f.supplier_tier[parent] == 1)
    capable = parent >= 0 and component >= 0 and f.component[parent] == component
    skilled = component >= 0 and w.auto_skill[i] > model.params.spinoff_skill
    if capable or skilled or (in_chain and s in home):
        known = handed_on(model, i, parent)
        return Heritage(SPINOFF, component, known, taught=quality_seen(model, parent))
    return plain if component < 0 else Heritage(SUPPLIER, component)
