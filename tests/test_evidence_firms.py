"""Firms' figures of the evidence: exponent by bins, the year of a supplier's first delivery."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from experiments.evidence.p2_suppliers import first_deliveries
from experiments.evidence.p6_demography import binned_exponent


@pytest.mark.parametrize("planted", [0.8, 1.06, 1.5])
def test_bins_of_three_find_the_exponent_that_was_planted(planted: float) -> None:
    u = (np.arange(400_000) + 0.5) / 400_000
    sizes = u ** (-1.0 / planted)  # exact quantiles of a Pareto from 1 on
    assert binned_exponent(sizes[sizes < 3.0**8]) == pytest.approx(planted, abs=0.02)


def test_bins_are_not_fooled_by_firms_without_staff() -> None:
    sizes = np.array([1] * 900 + [4] * 300 + [12] * 100, float)
    assert binned_exponent(np.append(sizes, np.zeros(50))) == pytest.approx(binned_exponent(sizes))


def test_the_first_delivery_is_the_first_year_with_parts_sold() -> None:
    books = pd.DataFrame(
        [(7, 2030, 0.0), (7, 2031, 5.0), (7, 2032, 9.0), (8, 2030, 1.0), (9, 2031, 0.0)],
        columns=["identity", "year", "part_sales"],
    )
    awards = pd.Series({7: 2030, 9: 2030})
    assert first_deliveries(books, awards).to_dict() == {7: 2031}  # 8 has no event, 9 no delivery
