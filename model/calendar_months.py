"""Calendar months and periods: 2023-01 is period 0."""

from __future__ import annotations

import re

from model.errors import InputError

FIRST_YEAR = 2023
LAST_YEAR = 2222
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)


def period_of(date: str) -> int:
    """The period of a month written `YYYY-MM`; 2023-01 is 0, earlier months are negative."""
    found = _MONTH.fullmatch(date) if isinstance(date, str) else None
    if found is None:
        raise InputError("a date is a month", field="date", value=date, allowed="YYYY-MM")
    return (int(found[1]) - FIRST_YEAR) * 12 + int(found[2]) - 1


def date_of(period: int) -> str:
    """The month of a period, written `YYYY-MM`: the inverse of `period_of`."""
    years, month = divmod(period, 12)
    return f"{FIRST_YEAR + years:04d}-{month + 1:02d}"
