"""A design that somebody wrote down: rows of a CSV file or of `study.toml`.

An experiments table of the EMA workbench is such a file: one column a parameter, beside columns of
its own that are left out.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from experiments.designs import Axis, Design, section_of
from experiments.study_file import DesignPart
from model import Params
from model.errors import InputError, nearest
from model.params import RUN_SETTINGS

EMA_COLUMNS = ("", "experiment_id", "scenario", "policy", "model", "seed")
"""Columns of an experiments table, the workbench's or our own, that name no parameter."""


def listed(part: DesignPart, axes: Sequence[Axis], folder: Path) -> Design:
    """The design of `design.file` or `design.rows`; `model.errors.InputError` if it is not sound."""
    if (part.file is None) == (part.rows is None):
        raise InputError("a list needs one of the two", field="design.file or design.rows")
    if part.file is None:
        return table_design(part.rows or [], axes, "design.rows")
    path = folder / part.file
    return table_design(read_table(path), axes, path)


def read_table(path: Path) -> list[dict[str, Any]]:
    """Rows of a CSV table by name of column; an experiments table of the EMA workbench is one."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows: list[dict[Any, Any]] = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError) as problem:
        reason = getattr(problem, "strerror", None) or "it is not UTF-8 text"
        raise InputError(f"cannot be read: {reason}", file=path) from None
    for number, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            raise InputError("has not as many cells as the first row", file=path, row=number)
    return rows


def table_design(rows: Iterable[dict[str, Any]], axes: Sequence[Axis], place: object) -> Design:
    """The design of an explicit table; columns that the EMA workbench adds are left out.

    Rows that say the same are one point. A column's role is that of the axis of this name, else uncertainty. Raises
    `model.errors.InputError` with row and field.
    """
    table = list(rows)
    if not table:
        raise InputError("has no rows", file=place)
    names = [name for name in table[0] if name not in EMA_COLUMNS]
    if not names:
        raise InputError("has no column of a parameter", file=place)
    known = {axis.name: axis for axis in axes}
    for name in known:
        if name not in names:
            hint = nearest(name, names)
            raise InputError("is no column of the list", file=place, field=name, hint=hint)
    columns = [known.get(name) or axis_in_table(name, place) for name in names]
    points = []
    for number, row in enumerate(table, start=1):
        if [name for name in row if name not in EMA_COLUMNS] != names:
            raise InputError("has other columns than the first row", file=place, row=number)
        points.append(tuple(_cell(axis, row[axis.name], place, number) for axis in columns))
    points = list(dict.fromkeys(points))
    return Design("list", tuple(names), tuple(axis.role for axis in columns), points)


def axis_in_table(name: str, place: object) -> Axis:
    """The axis of a column that no section names."""
    facts = {one.name: one for one in Params().describe()}
    if name not in facts or name in RUN_SETTINGS:
        hint = nearest(name, [one for one in facts if one not in RUN_SETTINGS])
        raise InputError("no parameter that can vary", file=place, field=name, hint=hint)
    one = facts[name]
    kind = type(one.value)
    if kind in (bool, str):
        return Axis(name, "uncertainty", kind, values=(False, True) if kind is bool else None)
    return Axis(name, "uncertainty", kind, one.low, one.high)


def _cell(axis: Axis, written: Any, place: object, row: int) -> Any:
    try:
        if isinstance(written, str) and axis.kind is not str:
            value = Params.parse_settings([f"{axis.name}={written}"])[axis.name]
        else:
            value = Params.check(axis.name, written)
    except InputError as problem:
        raise InputError(str(problem), file=place, row=row) from None
    allowed: str | None = None
    if axis.values is not None and value not in axis.values:
        allowed = ", ".join(map(str, axis.values))
    elif axis.values is None and axis.kind is not str and not axis.low <= value <= axis.high:
        allowed = f"{axis.low:g} to {axis.high:g}"
    if allowed is not None:
        raise InputError(
            f"is not in {section_of(axis.role)}.{axis.name}",
            file=place,
            row=row,
            field=axis.name,
            value=value,
            allowed=allowed,
        )
    return value
