"""The list of targets: what is compared, the band, how it is judged. Read from `targets.csv`."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from model.errors import InputError, nearest

TABLE = Path(__file__).with_name("targets.csv")

BAND, SIGN, ZERO = "band", "sign", "zero"
PAPER, TRUTH = "paper", "truth"
VERIFIED, CALIBRATED, EMERGENT = "VERIFIED", "CALIBRATED", "EMERGENT"

TITLES = {
    "P1": "Local job multiplier",
    "P2": "Becoming a supplier",
    "P3": "Incumbents near the plant",
    "P4": "Foreign-plant wage premium",
    "P5": "Plant learning",
    "P6": "Firm demography without the plant",
    "P7": "Supplier outage",
    "P8": "Localisation path",
    "P9": "Demand for cars",
}


@dataclass(frozen=True)
class Row:
    """One published figure and the rule by which the model's is held against it.

    Attributes:
        target: P1 to P9.
        name: short name of the row, that of the paper's list where there is one.
        what: what is measured, in words.
        unit: of `published`, `low`, `high` and of the estimates.
        published: the figure or figures as published.
        low, high: the accepted band; infinite where there is no such end.
        rule: `band`; `sign` (strictly on one side of zero); `zero` (equivalence: within the band
            about zero).
        judged: which estimand is held against the band, `paper` or `truth`.
        decisive: whether the target's pass needs this row.
        no_effect: what somebody says who expects no effect; not a number where that says nothing.
        half_width: of the interval that would be wished.
        label: what the protocol asks for, VERIFIED or EMERGENT.
        confidence: FOUND (read in the paper or its abstract) or RECALL (from memory).
        citation, address: where from.
    """

    target: str
    name: str
    what: str
    unit: str
    published: str
    low: float
    high: float
    rule: str
    judged: str
    decisive: bool
    no_effect: float
    half_width: float
    label: str
    confidence: str
    citation: str
    address: str

    def holds(self, low: float, high: float) -> bool:
        """Whether all from `low` to `high` is accepted; never for what is not a number."""
        if self.rule == SIGN:  # zero itself has no sign
            return low > self.low and high < self.high
        return low >= self.low and high <= self.high

    @property
    def band(self) -> str:
        """The accepted values in words."""
        if self.rule == SIGN:
            return "below 0" if self.high == 0.0 else "above 0"
        if math.isinf(self.low):
            return f"below {self.high:g}"
        dash = " to " if self.low < 0.0 else "–"
        return f"{_short(self.low)}{dash}{_short(self.high)}".replace("-", "−")


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:g}"


@cache
def rows() -> tuple[Row, ...]:
    """Every row of the table, in its order."""
    with TABLE.open(newline="", encoding="utf-8") as file:
        return tuple(_row(line) for line in csv.DictReader(file))


def _row(line: dict[str, str]) -> Row:
    def end(field: str, infinite: float) -> float:
        return float(line[field]) if line[field] else infinite

    return Row(
        target=line["target"],
        name=line["row"],
        what=line["what"],
        unit=line["unit"],
        published=line["published"],
        low=end("low", -math.inf),
        high=end("high", math.inf),
        rule=line["rule"],
        judged=line["judged"],
        decisive=line["decisive"] == "yes",
        no_effect=end("no_effect", math.nan),
        half_width=float(line["half_width"]),
        label=line["label"],
        confidence=line["confidence"],
        citation=line["citation"],
        address=line["address"],
    )


def rows_of(target: str) -> tuple[Row, ...]:
    """The rows of one target."""
    return tuple(row for row in rows() if row.target == target)


def chosen(names: tuple[str, ...]) -> tuple[str, ...]:
    """Targets by name, in their order; all of them without any. InputError for an unknown one."""
    for name in names:
        if name.upper() not in TITLES:
            raise InputError(
                "there is no such target",
                field="only",
                value=name,
                allowed=", ".join(TITLES),
                hint=nearest(name, TITLES),
            )
    wished = {name.upper() for name in names} or set(TITLES)
    return tuple(name for name in TITLES if name in wished)
