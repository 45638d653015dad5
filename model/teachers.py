"""Whom there is to learn from: open plants, what they know, and whom they help.

Limit: with no plant at work nobody sees a frontier and nobody is helped.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from model.contracts import Contract
    from model.model import RegionalModel
    from model.plant import Plant


@dataclass
class Learning:
    """What a month taught: log points of productivity × agent staff, by channel.

    `started`: a plant has opened or a school trains; before, nothing here changes anything.
    `trained`: graduates of the month; `spending`: of the budget on them, KGS; `places`: part of a
    training place that is not yet a whole agent's.
    """

    started: bool = False
    assistance: float = 0.0
    practice: float = 0.0
    mobility: float = 0.0
    imitation: float = 0.0
    lost: float = 0.0
    trained: int = 0
    spending: float = 0.0
    places: float = 0.0


def frontier(plant: Plant) -> float:
    """Log productivity of a plant's methods over those of the trade at home, at least 0."""
    edge = plant.model.params.plant_edge * float(getattr(plant.site, "edge", 1.0))
    return max(math.log(edge), 0.0)


def open_plants(model: RegionalModel) -> list[Plant]:
    """Plants that one can learn from: those that make cars for sale, but not while they stand still."""
    return [plant for plant in model.plants if plant.selling and not plant.mothballed]


def ownership_factor(model: RegionalModel, plant: Plant) -> float:
    """How freely a plant teaches: joint ventures fully, wholly foreign plants less (Javorcik 2004)."""
    wholly = plant.facts.get("ownership") == "wholly_foreign"
    return float(model.params.wholly_foreign_transfer) if wholly else 1.0


def live_contracts(model: RegionalModel) -> list[Contract]:
    """Contracts between firms in business and plants at work."""
    f = model.firms
    return [
        one
        for one in model.contracts
        if one.closed < 0
        and one.plant.selling
        and not one.plant.mothballed
        and f.alive[one.firm]
        and f.identity[one.firm] == one.identity
    ]


def line_shares(model: RegionalModel, rows: np.ndarray) -> np.ndarray:
    """Part of each of these firms that works for plants, by sales this month; 0 to 1 [rows]."""
    f = model.firms
    parts = f.part_sales[rows]
    total = np.maximum(f.revenue[rows], parts)
    return np.where(total > 0.0, parts / np.where(total > 0.0, total, 1.0), 0.0)


def assistance_of_firms(model: RegionalModel) -> tuple[np.ndarray, np.ndarray]:
    """How much help each firm gets (0 to 1) and the frontier that it sees, log; both [capacity].

    Suppliers are helped from the award on by the plant that they deliver to: the line that works
    for it in full, the rest of the firm as far as practice carries over. Makers of parts without a
    contract are helped by the part that a supplier-development programme reaches.
    """
    f = model.firms
    plants = open_plants(model)
    help_ = np.zeros(f.capacity)
    seen = np.full(f.capacity, max((frontier(plant) for plant in plants), default=0.0))
    programme = float(getattr(model.government, "assisted_share", 0.0))
    if programme > 0.0 and plants:
        best = max(ownership_factor(model, plant) for plant in plants)
        help_[f.alive & (f.component >= 0)] = programme * best
    known: dict[int, float] = {}
    contracts = live_contracts(model)
    lines = line_shares(model, np.array([one.firm for one in contracts], np.int64))
    for one, line in zip(contracts, lines.tolist(), strict=True):
        carry = float(model.params.supplier_carry_over)
        reached = ownership_factor(model, one.plant) * (carry + (1.0 - carry) * line)
        help_[one.firm] = max(help_[one.firm], reached)
        known[one.firm] = max(known.get(one.firm, 0.0), frontier(one.plant))
    for row, level in known.items():
        seen[row] = level
    return help_, seen
