"""What the practitioner's impact table measures: by month, for the whole country and the plant.

Flows are stated per year. Of each measure a part is the plant's own: read from the panel `plants`
of the run, never estimated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from experiments.simulate import Results

    Floats = np.ndarray


@dataclass(frozen=True)
class Measure:
    """A column of the impact table: its name, its words, the unit of its yearly amounts."""

    name: str
    words: str
    unit: str


MEASURES = (
    Measure("employee_jobs", "employee jobs", "jobs"),
    Measure("employment", "all jobs", "jobs"),
    Measure("labour_income", "labour income", "KGS/year"),
    Measure("value_added", "value added", "KGS/year"),
    Measure("real_value_added", "value added at base prices", "KGS/year"),
    Measure("output", "output", "KGS/year"),
    Measure("tax_revenue", "tax", "KGS/year"),
)
"""All jobs: employees and own-account workers. Labour income: gross wages and own-account income.
Money is at today's prices, which the plant moves; value added at the base year's says what is more
in volume, and is what an input-output table means."""

NAMES = tuple(measure.name for measure in MEASURES)
YEAR = 12.0


def by_month(run: Results, name: str) -> Floats:
    """The whole country's measure by month, flows per year [months]."""
    m = run.monthly
    if name == "labour_income":
        own_account = m["own_account"] * m["own_account_income"]
        return YEAR * (m["wage_bill"] + own_account).to_numpy(float)
    series = m[name].to_numpy(float)
    return series if name in ("employee_jobs", "employment") else YEAR * series


def own_by_month(run: Results, name: str) -> Floats:
    """What of it is the plants' own [months]: staff, wages, value added, output, tax on wages.

    Of taxes only those on the payroll are the plant's; what its cars bring in VAT and duties
    replaces what other cars would bring, and so is no plant's own.
    """
    if name == "value_added":
        return YEAR * run.monthly["value_added_vehicles"].to_numpy(float)
    if name == "real_value_added":
        return _own_real_value_added(run)
    column, factor = {
        "employee_jobs": ("employees", 1.0),
        "employment": ("employees", 1.0),
        "labour_income": ("wage_bill", YEAR),
        "output": ("output", YEAR),
        "tax_revenue": ("wage_bill", YEAR * _tax_on_wages(run)),
    }[name]
    return factor * of_plants(run, column)


def _own_real_value_added(run: Results) -> Floats:
    """The plants' value added with cars at the opening day's price, as the model accounts it."""
    m = run.monthly
    cars = of_plants(run, "output") - m["service_exports"].to_numpy(float)
    dearer = cars - of_plants(run, "production_value")
    real = m["value_added_vehicles"].to_numpy(float) - dearer
    return YEAR / float(run.params.numeraire) * real


def of_plants(run: Results, column: str) -> Floats:
    """A column of the panel `plants`, all plants together, in real persons and KGS [months]."""
    months = len(run.monthly)
    plants = run.panels["plants"]
    if plants.empty:
        return np.zeros(months)
    total = np.bincount(plants["period"], plants[column].to_numpy(float), minlength=months)
    scaled: Floats = total * float(run.params.scale)
    return scaled


def _tax_on_wages(run: Results) -> float:
    """Income tax and the employer's contribution on a KGS of gross wage."""
    rates = {"income_tax_rate": 0.0, "social_rate_employer": 0.0}
    for name in rates:
        rates[name] = float(run.world.parameters.get(name, getattr(run.params, name)))
    return sum(rates.values())


# What governments give: forgone by the plant's terms, or spent more than in the control.
_FORGONE = ("duty_forgone", "profit_tax_forgone")
_SPENT = ("subsidies", "training_spending", "logistics_spending", "guarantee_calls")


def incentives_by_month(full: Results, control: Results) -> Floats:
    """Taxes forgone and money spent for the plant and its chain, KGS a year [months]."""
    names = (*_FORGONE, *_SPENT)
    given = [run.monthly[list(names)].sum(axis=1).to_numpy(float) for run in (full, control)]
    return YEAR * (given[0] - given[1])
