"""The record a calibration is held against: a table of statistics, and the same of the model's runs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.design_list import read_table
from experiments.outcomes import outcomes
from model.calendar_months import date_of, period_of
from model.errors import InputError, nearest
from model.parameter_fields import GRADES

__all__ = ["COLUMNS", "Target", "read_targets", "statistics"]

COLUMNS = (
    "name", "use", "outcome", "over", "statistic", "times", "from", "to", "value", "record_sd",
    "model_sd", "unit", "year", "source", "grade", "by_hand", "why_record_sd", "why_model_sd",
)  # fmt: skip
USES = ("fit", "check")
STATISTICS = ("sum", "mean")
_TERM = re.compile(r"\s*([+-]?)\s*(\w+)")


@dataclass(frozen=True)
class Target:
    """One number of the record and what it is in a run.

    In a run it is `times` the sum or mean over the months `first` to `last` of `outcome`, divided by
    that of `over` if there is one; both are outcomes with their signs. `record_sd`: the record's
    error, `model_sd`: what the model leaves out, both standard deviations in `unit`. `use`: `fit`, or
    `check` if it is held out. `by_hand`: what somebody had tuned to it before.
    """

    name: str
    use: str
    outcome: tuple[tuple[int, str], ...]
    over: tuple[tuple[int, str], ...]
    statistic: str
    times: float
    first: int
    last: int
    value: float
    record_sd: float
    model_sd: float
    unit: str
    year: str
    source: str
    grade: str
    by_hand: str
    why_record_sd: str
    why_model_sd: str

    @property
    def error(self) -> float:
        """Variance of the record's error and of what the model leaves out together."""
        return self.record_sd**2 + self.model_sd**2

    @property
    def outcomes(self) -> list[str]:
        """Outcomes that a run must keep for it."""
        return [name for _, name in (*self.outcome, *self.over)]

    @property
    def months(self) -> str:
        """The window in words."""
        return f"{date_of(self.first)} to {date_of(self.last)}"

    def of_runs(self, months: pd.DataFrame) -> pd.Series:
        """The statistic of every run (rows point, seed, period; columns outcomes) by point and seed.

        NaN where it is not defined, as a share of nothing.
        """
        window = months[months["period"].between(self.first, self.last)]
        grouped = window.groupby(["point", "seed"], sort=True)
        above = self._total(grouped, self.outcome)
        if not self.over:
            return self.times * above
        below = self._total(grouped, self.over)
        return self.times * above / below.where(below != 0.0)

    def _total(self, grouped: Any, terms: Sequence[tuple[int, str]]) -> pd.Series:
        names = [name for _, name in terms]
        table = grouped[names].sum() if self.statistic == "sum" else grouped[names].mean()
        total = sum(sign * table[name] for sign, name in terms)
        assert isinstance(total, pd.Series)
        return total


def statistics(targets: Sequence[Target], months: pd.DataFrame) -> pd.DataFrame:
    """One row a run (index point, seed), one column a target."""
    return pd.DataFrame({target.name: target.of_runs(months) for target in targets})


def read_targets(path: Path, horizon: int) -> list[Target]:
    """The table of a record; `model.errors.InputError` with file, row, field, what is allowed.

    `horizon`: months of a run; every window must lie in them.
    """
    rows = read_table(path)
    if not rows:
        raise InputError("has no rows", file=path)
    for name in COLUMNS:
        if name not in rows[0]:
            raise InputError("is no column of the table", file=path, field=name)
    for name in rows[0]:
        if name not in COLUMNS:
            hint = nearest(name, COLUMNS)
            raise InputError("unknown column", file=path, field=str(name), hint=hint)
    targets: list[Target] = []
    for number, row in enumerate(rows, start=2):
        target = _Row(path, number, row).target(horizon)
        if target.name in [other.name for other in targets]:
            raise InputError("named twice", file=path, row=number, field="name", value=target.name)
        targets.append(target)
    if not any(target.use == "fit" for target in targets):
        raise InputError("has nothing to fit", file=path, field="use", allowed="fit in some row")
    return targets


@dataclass(frozen=True)
class _Row:
    """One row of the table as it was written."""

    path: Path
    number: int
    cells: dict[str, str]

    def target(self, horizon: int) -> Target:
        first, last = self._month("from", horizon), self._month("to", horizon)
        if last < first:
            raise self._wrong("to", "is before from")
        if self._above("record_sd", -1e-300) + self._above("model_sd", -1e-300) == 0.0:
            raise self._wrong("record_sd", "both errors are 0: no run can ever be that exact")
        words = ("year", "source", "by_hand", "why_record_sd", "why_model_sd")
        return Target(
            name=self._text("name"),
            use=self._one_of("use", USES),
            outcome=self._terms("outcome"),
            over=self._terms("over") if self.cells["over"].strip() else (),
            statistic=self._one_of("statistic", STATISTICS),
            times=self._above("times", 0.0),
            first=first,
            last=last,
            value=self._number("value"),
            record_sd=self._above("record_sd", -1e-300),
            model_sd=self._above("model_sd", -1e-300),
            unit=self._text("unit"),
            grade=self._one_of("grade", GRADES),
            **{name: self.cells[name].strip() for name in words},
        )

    def _wrong(self, field: str, problem: str, allowed: object = None, **more: Any) -> InputError:
        return InputError(
            problem,
            file=self.path,
            row=self.number,
            field=field,
            value=self.cells[field],
            allowed=allowed,
            **more,
        )

    def _text(self, field: str) -> str:
        written = self.cells[field].strip()
        if not written:
            raise self._wrong(field, "is empty")
        return written

    def _one_of(self, field: str, known: Sequence[str]) -> str:
        written = self.cells[field].strip()
        if written not in known:
            hint = nearest(written, known)
            raise self._wrong(field, "not allowed", ", ".join(known), hint=hint)
        return written

    def _number(self, field: str) -> float:
        try:
            value = float(self.cells[field])
        except ValueError:
            value = float("nan")
        if not np.isfinite(value):
            raise self._wrong(field, "must be a number")
        return value

    def _above(self, field: str, bound: float) -> float:
        value = self._number(field)
        if not value > bound:
            raise self._wrong(field, "out of range", "above 0" if bound == 0.0 else "0 or more")
        return value

    def _month(self, field: str, horizon: int) -> int:
        allowed = f"2023-01 to {date_of(horizon - 1)}, the months of a run"
        try:
            period = period_of(self.cells[field].strip())
        except InputError:
            raise self._wrong(field, "no month", allowed) from None
        if not 0 <= period < horizon:
            raise self._wrong(field, "out of range", allowed)
        return period

    def _terms(self, field: str) -> tuple[tuple[int, str], ...]:
        """`a + b - c` as signs and outcomes."""
        written, terms, at = self._text(field), [], 0
        while at < len(written):
            found = _TERM.match(written, at)
            if found is None or (at > 0 and not found[1]):
                raise self._wrong(field, "not readable", "outcomes with + or - between them")
            if found[2] not in outcomes():
                hint = nearest(found[2], outcomes())
                raise self._wrong(field, "unknown outcome", "see model/outcomes.csv", hint=hint)
            terms.append((-1 if found[1] == "-" else 1, found[2]))
            at = found.end()
            at += len(written[at:]) - len(written[at:].lstrip())
        return tuple(terms)
