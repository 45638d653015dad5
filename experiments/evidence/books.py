"""Firms' yearly books from snapshots, and productivity as an outsider would measure it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from model.firms import PLANT, PRIVATE
from model.params import Params

FLOWS = ("revenue", "material_cost", "wage_bill", "part_sales")


def yearly_books(firms: pd.DataFrame) -> pd.DataFrame:
    """One row a private firm and year: means over the year's snapshots."""
    private = firms[(firms["ownership"] == PRIVATE) & (firms["origin"] != PLANT)]
    means = [*FLOWS, "employees", "capital", "knowledge"]
    year = (private["period"] // 12).rename("year")
    books = private.groupby(["identity", year])[means].mean()
    facts = private.groupby(["identity", year])[["region", "sector", "age"]].last()
    return books.join(facts).reset_index()


def labour_shares(books: pd.DataFrame, params: Params) -> pd.Series:
    """Cost of labour over value added by trade, all years together, within 0.05 and 0.95.

    From one world for both of a pair: with shares of its own each would have another yardstick.
    """
    by_trade = books.groupby("sector")[["wage_bill", "revenue", "material_cost"]].sum()
    value = by_trade["revenue"] - by_trade["material_cost"]
    share = by_trade["wage_bill"] * (1.0 + params.social_rate_employer) / value
    return share.clip(0.05, 0.95)


def with_logs(books: pd.DataFrame, shares: pd.Series) -> pd.DataFrame:
    """The same with logs of what is studied; what is not above zero has none.

    `others`: sales to buyers other than plants. `tfpr`: revenue productivity, log value added less
    log staff and log capital by the trade's cost shares (Solow 1957), from the books alone.
    """
    weight = books["sector"].map(shares).fillna(float(shares.mean()))
    value = books["revenue"] - books["material_cost"]
    return books.assign(
        staff=log(books["employees"]),
        sales=log(books["revenue"]),
        others=log(books["revenue"] - books["part_sales"]),
        tfpr=log(value) - weight * log(books["employees"]) - (1.0 - weight) * log(books["capital"]),
    )


def log(values: pd.Series) -> pd.Series:
    """Log where there is one."""
    return np.log(values.where(values > 0.0))
