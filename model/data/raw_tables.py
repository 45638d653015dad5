"""Reading and writing of a pack's raw and derived tables for the builders."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model.data.balancing import Floats
from model.errors import InputError
from model.pack_fields import BASE_SECTORS

BASE = BASE_SECTORS  # `vehicles`, the last of SECTORS, exists only through plants

Row = dict[str, str]


def read_rows(path: Path) -> list[Row]:
    """The rows of a CSV file as text by column; InputError when the file is missing."""
    if not path.is_file():
        raise InputError("the table is missing", file=path)
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def write_rows(path: Path, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a CSV file with line feeds as line ends; numbers in their shortest exact form."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(head)
        writer.writerows([[_written(value) for value in row] for row in rows])


def _written(value: object) -> str:
    if isinstance(value, float | np.floating):
        number = float(value)
        return str(int(number)) if number == int(number) else repr(number)
    return str(value)


@dataclass(frozen=True)
class Raw:
    """The raw tables of one pack: what is known and assumed, before balancing."""

    levels: dict[str, Row]
    regions: dict[str, dict[str, Row]]  # region -> quantity -> row
    sectors: dict[str, dict[str, Row]]  # sector -> quantity -> row
    aggregates: dict[str, dict[str, float]]  # sector -> output, intermediate, exports, ...
    aggregate_source: tuple[str, str, str]  # year, source, grade
    prior: list[Row]
    tilt: list[Row]
    roads: list[Row]

    def level(self, name: str) -> float:
        """A number of levels.csv."""
        return float(self.levels[name]["value"])

    def region(self, quantity: str) -> Floats:
        """A quantity of every region [R]."""
        return np.array([float(rows[quantity]["value"]) for rows in self.regions.values()])

    def sector(self, quantity: str) -> Floats:
        """A quantity of every sector of the base year [10]."""
        return np.array([float(self.sectors[name][quantity]["value"]) for name in BASE])

    def aggregate(self, quantity: str) -> Floats:
        """A column of the sector aggregates [10]."""
        return np.array([self.aggregates[name][quantity] for name in BASE])


def _nested(rows: list[Row], key: str) -> dict[str, dict[str, Row]]:
    table: dict[str, dict[str, Row]] = {}
    for row in rows:
        table.setdefault(row[key], {})[row["quantity"]] = row
    return table


def read_raw(
    folder: Path,
    aggregates: dict[str, dict[str, float]],
    aggregate_source: tuple[str, str, str],
) -> Raw:
    """The raw tables under `folder`, with the sector aggregates that the caller has made."""
    return Raw(
        levels={row["name"]: row for row in read_rows(folder / "levels.csv")},
        regions=_nested(read_rows(folder / "regions.csv"), "region"),
        sectors=_nested(read_rows(folder / "sectors.csv"), "sector"),
        aggregates=aggregates,
        aggregate_source=aggregate_source,
        prior=read_rows(folder / "input_prior.csv"),
        tilt=read_rows(folder / "region_tilt.csv"),
        roads=read_rows(folder / "roads.csv"),
    )
