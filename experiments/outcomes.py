"""The schema of outcomes: what each number is called, in which unit, and what it means.

One file, `model/outcomes.csv`, names every outcome; tables, plots, stored files and the
documentation all read it from here.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Outcome:
    """One line of the schema.

    `level` is `country` or `region` (a regional outcome also has a country total).
    `extensive` outcomes add up over people and firms; the others are shares, means, prices.
    """

    name: str
    unit: str
    level: str
    extensive: bool
    meaning: str

    @property
    def flow(self) -> bool:
        """Whether it is an amount per month that may be added up to an amount per year."""
        return self.extensive and self.unit.endswith("/month")

    @property
    def yearly_unit(self) -> str:
        """The unit once a flow is stated per year, as impact tables and plots do."""
        return self.unit.removesuffix("/month") + "/year" if self.flow else self.unit

    @property
    def yearly_factor(self) -> float:
        """What a monthly value is multiplied with to be stated in `yearly_unit`."""
        return 12.0 if self.flow else 1.0


@cache
def outcomes() -> dict[str, Outcome]:
    """Every outcome by name, in the order of the schema file."""
    text = files("model").joinpath("outcomes.csv").read_text(encoding="utf-8")
    return {
        row["name"]: Outcome(
            name=row["name"],
            unit=row["unit"],
            level=row["level"],
            extensive=row["extensive"].strip().lower() in {"1", "true", "yes"},
            meaning=row["meaning"],
        )
        for row in csv.DictReader(text.splitlines())
    }


def units(names: list[str]) -> dict[str, str]:
    """The unit of each named outcome; names outside the schema are left out."""
    known = outcomes()
    return {name: known[name].unit for name in names if name in known}


def readable(value: float, unit: str, *, signed: bool = False, named: bool = False) -> str:
    """A number in few digits, as tables and headlines print it.

    Money in KGS is stated in millions (m) or billions (bn) as its size asks. `signed` puts a
    plus before gains, `named` the unit behind the number.
    """
    if value != value:
        return "–"
    sign = "+" if signed and value > 0 else "−" if value < 0 else ""
    size = abs(value)
    word = ""
    if unit.startswith("KGS"):
        for bound, name in ((1e9, " bn"), (1e6, " m")):
            if size >= bound:
                size, word = size / bound, name
                break
    counted = size >= 1 and unit.split("/")[0] in _COUNTED
    digits = f"{size:,.0f}" if counted else _digits(size)
    return f"{sign}{digits}{word}{f' {unit}' if named else ''}"


_COUNTED = {"jobs", "persons", "people", "firms", "cars"}
"""Things that come whole: a difference of 93.5 jobs is printed as 94."""


def _digits(size: float) -> str:
    if size >= 100 or size == int(size):
        return f"{size:,.0f}"
    return f"{size:.1f}" if size >= 10 else f"{size:.2f}" if size >= 1 else f"{size:.2g}"
