"""A pack like another, but for some figures of its tables: built anew by the pack's own build."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from experiments.claims.robust_table import Change
from model.data import build_kyrgyzstan, build_valley
from model.data.build_pack import build
from model.data.raw_tables import Row, read_rows, write_rows
from model.errors import InputError
from model.packs import check_pack

__all__ = ["vary_pack"]

RAW = "raw"
PERIODS = "car_periods.csv"
# Raw tables differ in how the sectors' aggregates are told: by the file of them.
_LOADERS = {
    "mrio_2022.csv": build_kyrgyzstan.load_raw,
    "sector_aggregates.csv": build_valley.load_raw,
}


def vary_pack(pack: Path, changes: Sequence[Change], out: Path) -> None:
    """Write into the new folder `out` the pack with these changes, balanced anew.

    Raises `model.errors.InputError` if a change meets no row, or a row without the end it is to go
    to, or if what comes out does not balance or is no sound pack.
    """
    shutil.copytree(pack, out)
    for change in changes:
        _change(out / change.table, change)
    if any(Path(change.table).parts[0] == RAW for change in changes):
        _build(out)
    problems = check_pack(out)
    if problems:
        raise InputError(problems[0].replace(str(out), str(pack)))


def _change(path: Path, change: Change) -> None:
    rows = read_rows(path)
    if not any(_is_meant(row, change.where) for row in rows):
        raise InputError("no row to change", file=path.name, value=dict(change.where))
    written: list[list[object]] = []
    for row in rows:
        changed = {"value": _changed(path, row, change)} if _is_meant(row, change.where) else {}
        written.append(list({**row, **changed}.values()))
    write_rows(path, list(rows[0]), written)


def _is_meant(row: Row, where: Mapping[str, Sequence[str]]) -> bool:
    return all(row.get(column) in values for column, values in where.items())


def _changed(path: Path, row: Row, change: Change) -> str | float:
    if change.factor is not None:
        return change.factor * float(row["value"])
    end = row.get(str(change.to), "")
    if not end:
        name = row.get("name") or row.get("quantity")
        raise InputError(f"states no {change.to} end", file=path.name, field=name)
    return end


def _build(out: Path) -> None:
    """The derived tables from the raw ones of the same folder."""
    folder = out / RAW
    load = next((_LOADERS[name] for name in _LOADERS if (folder / name).is_file()), None)
    if load is None:
        known = ", ".join(f"raw/{name}" for name in _LOADERS)
        raise InputError("the pack has no raw tables that can be built", allowed=known)
    try:
        build(load(folder), folder / PERIODS, out)
    except ValueError as problem:
        raise InputError(f"the tables do not balance: {problem}") from None
