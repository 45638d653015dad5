"""The rows of the benchmark: what is measured, at what size, and the figure to reach."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median
from typing import Any

# A time in the calibrator's rows: millions of them, for a cost per worker single ones.
PER_ROW = {"s": 1e3, "ms": 1.0, "ns": 1.0}


@dataclass(frozen=True)
class Sizes:
    """How large everything is. `full` is the table; the others only show that it works."""

    name: str = "full"
    pack: str | None = None
    country: float | None = 1.0
    region: float | None = 10.0
    town: float | None = 50.0
    burn_in: int = 24
    months: int = 240
    default_burn_in: int = 60
    mesa: float | None = 32.27
    mesa_months: int = 5
    our_months: int = 24
    thread_months: int = 6
    phase_months: int = 5
    phase_skip: int = 12
    repeats: int = 5
    long_repeats: int = 1
    compile: bool = True

    @property
    def all_months(self) -> int:
        """Burn-in and months after it."""
        return self.burn_in + self.months


QUICK = Sizes(
    "quick", None, 50.0, 100.0, 100.0, 12, 60, 24, 200.0, 3, 6, 3, 2, 6, 1, 1, compile=False
)
TINY = Sizes(
    "tiny", "valley", None, None, None, 1, 2, 2, None, 1, 1, 1, 1, 2, 1, 1, compile=False
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One line of the table. `what` may name sizes in braces.

    `per_machine`: a time, which is divided by the calibrator; the others are ratios or memory.
    """

    key: str
    what: str
    unit: str
    reach: float | None
    stretch: float | None = None
    more_is_better: bool = False
    per_machine: bool = True


ROWS = (
    Row("country", "scale {country:g}, {all_months} months, one world, build included", "s", 90, 45),
    Row("country_memory", "peak memory of it", "GiB", 3, 2, per_machine=False),
    Row("country_cost", "all-in cost per worker and month at scale {country:g}", "ns", 110, 55),
    Row("growth", "cost per worker and month, scale {country:g} over scale {region:g}", "x", 1.5, 1.2,
        per_machine=False),
    Row("pair", "scale {region:g}, world and counterfactual, {all_months} months each", "s", 14, 7),
    Row("town", "scale {town:g}, one world, {all_months} months", "s", 1.2, 0.6),
    Row("valley", "`valley`, {months} months after the burn-in", "ms", 80, 40),
    Row("mesa", "labour and supplier rules: registered Mesa agents over ours, {mesa_workers} workers",
        "x", 100, 200, more_is_better=True, per_machine=False),
    Row("processes", "two worlds in two processes over one after the other, scale {region:g}", "x",
        1.85, None, more_is_better=True, per_machine=False),
    Row("threads", "a month on two threads over one, scale {country:g}", "x", 1.5, 1.9,
        more_is_better=True, per_machine=False),
    Row("help", "`ornok --help`", "s", 0.3, 0.2),
    Row("first_month",
        "fresh process, compiled code stored, to the end of its first month, scale {region:g}", "s",
        3, 2),
    Row("first_month_valley", "the same, `valley`", "s", None),
    Row("compile", "compiling everything", "s", 60, 30),
    Row("region_default", "scale {region:g}, one world, {default_months} months (the default run)", "s",
        None),
    Row("mesa_month", "plain Mesa's month of those rules over our month of the whole model", "x", None,
        more_is_better=True, per_machine=False),
)  # fmt: skip
BY_KEY = {row.key: row for row in ROWS}


@dataclass
class Taken:
    """What was measured of a row: values, and the calibrator before and after each of them, ns."""

    values: list[float] = field(default_factory=list)
    calibrator: list[float] = field(default_factory=list)

    def add(self, value: float, calibrator: float) -> None:
        """One more repetition."""
        self.values.append(value)
        self.calibrator.append(calibrator)

    def stored(self, row: Row) -> dict[str, Any]:
        """As the committed table holds it; `ratio` is what two machines may compare."""
        value = median(self.values)
        by_machine = median(x / ns for x, ns in zip(self.values, self.calibrator))
        return {
            "value": value,
            "n": len(self.values),
            "lowest": min(self.values),
            "highest": max(self.values),
            "calibrator_ns": median(self.calibrator),
            "ratio": PER_ROW[row.unit] * by_machine if row.per_machine else value,
        }
