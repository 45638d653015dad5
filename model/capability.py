"""Who can make which car part at the start, and how good firms' goods are.

Identities: at most one part a firm; the number of makers of a part is real and does not follow the
scale. Limits: nothing here looks at plants or worlds, so all worlds start alike; no other column
changes.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from model import draws
from model.firms import PRIVATE

if TYPE_CHECKING:
    from model.model import RegionalModel


def give_capabilities(model: RegionalModel) -> None:
    """Quality of every market firm, then a few makers of every part of a kit."""
    _draw_qualities(model)
    _choose_makers(model)


def first_quality(model: RegionalModel, identity: int, staff: float) -> float:
    """Quality of a firm's goods at the start, in (0, 1).

    Log odds are normal around those of `initial_quality` and rise with staff: larger firms make
    better goods (Kugler & Verhoogen 2012).
    """
    p = model.params
    odds = math.log(p.initial_quality / (1.0 - p.initial_quality))
    z = draws.normal(model.seed, draws.QUALITY, identity, 0, 0)
    odds += p.initial_quality_spread * z + p.quality_size * math.log(max(staff, 1.0) / 10.0)
    return 1.0 / (1.0 + math.exp(-odds))


def makers_of(complexity: int, makers: float) -> int:
    """How many firms can make a part: fewer the more complex it is, at least one."""
    return max(round(makers / complexity), 1)


def draw_key(model: RegionalModel, identity: int, part: int, weight: float) -> float:
    """A keyed exponential wait with rate `weight`: the k shortest are a weighted draw of k firms.

    Efraimidis & Spirakis (2006); keyed by firm and part, so no firm moves another's draw.
    """
    u = draws.uniform(model.seed, draws.CAPABILITY, identity, 0, part)
    return -math.log(u) / max(weight, 1e-12)


def _draw_qualities(model: RegionalModel) -> None:
    f, base = model.firms, model.base
    for row in np.flatnonzero(f.alive & base.market_sector[f.sector]):
        f.quality[row] = first_quality(model, f.identity[row], float(f.employees[row]))


def _choose_makers(model: RegionalModel) -> None:
    """Makers by part, the simple parts first; drawn by staff among firms that make none yet."""
    f, parts = model.firms, model.pack.components
    order = sorted(np.flatnonzero(parts["in_kit"]), key=lambda c: (parts["order"][c], c))
    for part in order:
        free = f.alive & (f.ownership == PRIVATE) & (f.component < 0)
        rows = np.flatnonzero(free & (f.sector == parts["home_sector"][part]))
        waits = [
            draw_key(model, f.identity[row], int(part), float(f.employees[row])) for row in rows
        ]
        count = makers_of(int(parts["complexity"][part]), float(model.params.makers_per_part))
        chosen = np.argsort(np.asarray(waits), kind="stable")[:count]
        f.component[rows[chosen]] = part
