"""P2: the event study as the paper did it, and the same firms' difference in two worlds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

WINDOW = (-3, 4)
BASE = -1


# --- As the paper did it --------------------------------------------------------------------------


def event_study(
    books: pd.DataFrame, events: pd.Series, suppliers: set[int], outcomes: Sequence[str]
) -> pd.DataFrame:
    """Coefficients of years around the event, log points; a row an outcome, a column a year.

    `events`: year of the event by identity. `suppliers`: firms that are nobody's control.
    """
    years = range(WINDOW[0], WINDOW[1] + 1)
    out = pd.DataFrame(np.nan, index=list(outcomes), columns=list(years))
    if not len(events):
        return out
    stacked = stack(books, events, suppliers)
    for outcome in outcomes:
        out.loc[outcome] = _coefficients(stacked, outcome)
    return out


def stack(books: pd.DataFrame, events: pd.Series, suppliers: set[int]) -> pd.DataFrame:
    """For every year with events: those firms and the controls of their trades, in the window."""
    trade = books.groupby("identity")["sector"].first()
    parts = []
    for year, group in events.groupby(events):
        mine = books["identity"].isin(group.index)
        trades = set(trade[list(group.index)])
        control = books["sector"].isin(trades) & ~books["identity"].isin(suppliers)
        inside = books["year"].between(year + WINDOW[0], year + WINDOW[1])
        part = books[(mine | control) & inside].copy()
        part["since"] = part["year"] - year
        part["treated"] = part["identity"].isin(group.index)
        part["firm"] = part["identity"].astype(str) + f"-{year}"
        part["cell"] = part["sector"].astype(str) + part["year"].astype(str) + f"-{year}"
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _coefficients(stacked: pd.DataFrame, outcome: str) -> pd.Series:
    """Treated times year since the event, less year -1; effects of firm and of trade and year."""
    from linearmodels.iv.absorbing import AbsorbingLS

    known = stacked[stacked[outcome].notna()]
    years = [k for k in range(WINDOW[0], WINDOW[1] + 1) if k != BASE]
    dummies = pd.DataFrame(
        {f"year {k}": (known["treated"] & (known["since"] == k)).astype(float) for k in years}
    )
    there = [name for name in dummies if dummies[name].any()]
    out = pd.Series(np.nan, index=range(WINDOW[0], WINDOW[1] + 1), dtype=float)
    if not (known["treated"] & (known["since"] == BASE)).any() or not there:
        return out
    fitted = AbsorbingLS(
        known[outcome], dummies[there],
        absorb=known[["firm", "cell"]].astype("category"), drop_absorbed=True,
    ).fit()  # fmt: skip
    for k in years:
        if f"year {k}" in fitted.params:
            out[k] = float(fitted.params[f"year {k}"])
    out[BASE] = 0.0
    return out


# --- The truth ------------------------------------------------------------------------------------


def twin_study(
    books: pd.DataFrame, twin_books: pd.DataFrame, events: pd.Series, outcomes: Sequence[str]
) -> tuple[pd.DataFrame, int]:
    """Mean difference of the same firm and year in two worlds, by year since the event.

    Only firm-years in business in both worlds; the number of them in the last year is returned too.
    """
    years = range(WINDOW[0], WINDOW[1] + 1)
    both = books[books["identity"].isin(events.index)].merge(
        twin_books, on=["identity", "year"], suffixes=("", "_twin")
    )
    since = both["year"] - both["identity"].map(events)
    out = pd.DataFrame(np.nan, index=list(outcomes), columns=list(years))
    for outcome in outcomes:
        gap = both[outcome] - both[f"{outcome}_twin"]
        out.loc[outcome] = gap.groupby(since).mean().reindex(years)
    return out, int((since == WINDOW[1]).sum())
