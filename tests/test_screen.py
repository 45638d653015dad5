import io

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from experiments.impact import COLUMNS, ROWS, Impact
from experiments.outcomes import outcomes, readable, yearly_unit
from experiments.screen import impact_as_table

SIZES = {"KGS": 2.2021e12, "persons": 1_737_828.0, "jobs": 1_737_828.0, "cars": 81_234.0}
"""A country's magnitudes by the first word of a unit."""


def shown(table, width):
    page = Console(width=width, file=io.StringIO(), force_terminal=False)
    page.print(table)
    return page.file.getvalue()


def country_impact(seeds):
    lines = []
    for number, row in enumerate(one for one in ROWS if one.outcome in outcomes()):
        unit = yearly_unit(outcomes()[row.outcome])
        size = SIZES.get(unit.split("/")[0], 73_910.0)
        change = -1.5e-16 if row.outcome == "firm_exits" else (-1) ** number * 0.0123 * size
        half = abs(change) * 2
        ends = [change, change - half, change + half]
        lines.append([row.group, row.label, row.outcome, unit, size, size + change, *ends])
    blank = [np.nan, np.nan, -1_688_000_000.0, np.nan, np.nan]
    text = "cost per net job, any kind"
    lines.append(["Budget", text, "cost_per_employment", "KGS/year", *blank])
    table = pd.DataFrame(lines, columns=COLUMNS)
    return Impact(table, table[:0], "plant", "none", seeds, "2038-01", "2042-12")


@pytest.mark.parametrize("seeds", [[1], [1, 2, 3]])
def test_a_countrys_numbers_fit_80_columns(seeds):
    text = shown(impact_as_table(country_impact(seeds)), 80)
    assert "…" not in text
    assert max(map(len, text.splitlines())) <= 80
    for whole in ("1.738 m", "2,202 bn", "−1.69 bn", "persons", "firms/yr", "KGS/mo"):
        assert whole in text
    exits = next(line for line in text.splitlines() if "exits" in line)
    assert exits.split()[4] == "0"
    assert "e-16" not in text
    assert "-0" not in text.replace("2038-0", "")
    for row in ROWS:
        assert len(row.label) + (4 if row.part else 2) <= 28


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (-1.5e-16, "jobs", "0"),
        (-0.0, "KGS/year", "0"),
        (-1e-4, "KGS/year", "0"),
        (-1.5e-16, "share", "0"),
        (-1_737_828, "persons", "−1.738 m"),
        (999_999.7, "jobs", "1.000 m"),
        (999_999.2, "jobs", "999,999"),
        (-0.3, "jobs", "−0.3"),
    ],
)
def test_large_counts_and_rounding_errors(value, unit, words):
    assert readable(value, unit) == words
