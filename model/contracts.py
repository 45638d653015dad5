"""Records of the plant's local chain: contracts, open tenders, and why candidates failed. No rules.

Contracts are few (parts × sources), so they are ordinary objects; what a firm makes and sells under
them is on its row (`part_orders`, `part_sales`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from model.plant import Plant

# Why a candidate did not get a part (rules.md, localisation part by part).
WON, NOT_QUALITY, NOT_CERTIFIED, NOT_SCALE, NOT_CAPACITY, NOT_FINANCE, NOT_DISTANCE, NOT_PRICE = (
    range(8)
)
REASONS = (
    "won", "quality", "certification", "scale", "capacity", "finance", "distance", "price",
)  # fmt: skip


@dataclass
class Contract:
    """A plant buys a share of one part from one firm for some years.

    Attributes:
        plant: the buyer; component: index into the pack's components; firm: row of the seller;
        identity: the seller's, which outlives the row.
        share: of the plant's need of this part; price: KGS a set (the parts of one car);
        units: of the seller's good in a set.
        award, start, end: periods: won, first delivery, last month.
        paid: KGS so far; closed: period in which it ended early, -1 while it runs.
        tooled: period in which its tools were paid; input_cost: of a set's inputs, KGS, which
        the price follows.
        sets, ordered: of this month, sets and the seller's units; plan: units a month that the
        seller reckons with; delivered: units of this month.
        bought_in: imported sub-parts of a set at base prices, KGS.
        reliability: share of orders delivered, remembered.
    """

    plant: Plant
    component: int
    firm: int
    identity: int
    share: float
    price: float
    units: float
    award: int
    start: int
    end: int
    paid: float = 0.0
    closed: int = -1
    tooled: int = 0
    input_cost: float = 0.0
    sets: float = 0.0
    ordered: float = 0.0
    plan: float = 0.0
    delivered: float = 0.0
    bought_in: float = 0.0
    reliability: float = 1.0

    def runs(self, period: int) -> bool:
        """Whether deliveries are due in `period`."""
        return self.start <= period <= self.end


@dataclass(frozen=True)
class OpenTender:
    """A part that a plant would buy at home and has no full supply of.

    `need`: agent cars a year that are open; `limit`: the most it pays for a set, KGS (landed cost
    without the part's deletion); `mes`: least efficient scale, agent cars a year.
    """

    plant: Plant
    component: int
    need: float
    limit: float
    mes: float


@dataclass(frozen=True)
class Failure:
    """The outcome of one candidate in one tender; `reason` is one of REASONS."""

    period: int
    plant: str
    component: int
    firm: int
    reason: str
    bid: float
    limit: float
