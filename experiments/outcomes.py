"""How outcomes are stated to people: per year where they add up, in few digits, with units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from model.measures import Outcome, outcomes

__all__ = [
    "Outcome",
    "headline_outcomes",
    "in_words",
    "outcomes",
    "readable",
    "short_unit",
    "units",
    "yearly_factor",
    "yearly_unit",
]

# What a page shows first, of the outcomes that there are.
HEADLINES = (
    "employee_jobs", "employment", "real_value_added", "mean_wage", "tax_revenue",
    "budget_balance", "supplier_jobs", "local_content_nominal", "firms", "imports",
)  # fmt: skip


def headline_outcomes(kept: Sequence[str], most: int = 6) -> list[str]:
    """The outcomes that a page shows when none are asked for."""
    found = [name for name in HEADLINES if name in kept][:most]
    return found or list(kept[:most])


def in_words(name: str) -> str:
    """An outcome's name as a title has it."""
    return name.replace("_", " ").capitalize()


def is_flow(outcome: Outcome) -> bool:
    """Whether it is an amount per month that may be added up to an amount per year.

    All that scales with people, and things that are counted and do not (tenders, tier-1 firms);
    not a wage.
    """
    counted = outcome.extensive or outcome.unit.split("/")[0] in _COUNTED
    return counted and outcome.unit.endswith("/month")


def yearly_unit(outcome: Outcome) -> str:
    """The unit once a flow is stated per year, as tables and plots do."""
    return outcome.unit.removesuffix("/month") + "/year" if is_flow(outcome) else outcome.unit


def yearly_factor(outcome: Outcome) -> float:
    """What a monthly value is multiplied with to be stated in `yearly_unit`."""
    return 12.0 if is_flow(outcome) else 1.0


def units(names: Iterable[str]) -> dict[str, str]:
    """The unit of each named outcome; names outside the schema are left out."""
    known = outcomes()
    return {name: known[name].unit for name in names if name in known}


def readable(value: float, unit: str, *, signed: bool = False, named: bool = False) -> str:
    """A number in few digits, as tables and headlines print it.

    Money in KGS is stated in millions (m) or billions (bn) as its size asks, a count of a
    million and more in millions to the thousand. What is rounding error of sums is stated as 0.
    `signed` puts a plus before gains, `named` the unit behind the number.
    """
    if value != value:
        return "–"
    counted = unit.split("/")[0] in _COUNTED
    money = unit.startswith("KGS")
    if abs(value) < (0.005 if counted or money else 1e-9):
        value = 0.0
    sign = "+" if signed and value > 0 else "−" if value < 0 else ""
    size = abs(value)
    word = ""
    if money:
        for bound, name in ((1e9, " bn"), (1e6, " m")):
            if size >= bound:
                size, word = size / bound, name
                break
    if counted and size >= 999_999.5:
        digits, word = f"{size / 1e6:,.3f}", " m"
    elif counted and size >= 1:
        digits = f"{size:,.0f}"
    else:
        digits = _digits(size)
    return f"{sign}{digits}{word}{f' {unit}' if named else ''}"


def short_unit(unit: str) -> str:
    """The unit as a narrow table prints it: /yr and /mo."""
    return unit.replace("/year", "/yr").replace("/month", "/mo")


_COUNTED = {"jobs", "persons", "people", "firms", "cars", "contracts", "tenders", "importers"}
"""Things that come whole: a difference of 93.5 jobs is printed as 94."""


def _digits(size: float) -> str:
    if size >= 100 or size == int(size):
        return f"{size:,.0f}"
    return f"{size:.1f}" if size >= 10 else f"{size:.2f}" if size >= 1 else f"{size:.2g}"
