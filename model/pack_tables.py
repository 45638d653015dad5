"""Reading a pack's CSV tables strictly: every problem is noted with file, row, column and rule."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from model.errors import InputError, nearest
from model.parameter_fields import GRADES

SOURCE_COLUMNS = ("unit", "year", "source", "grade")

# The columns of every table, before unit, year, source and grade.
TABLES: dict[str, tuple[str, ...]] = {
    "pack.csv": ("name", "value", "low", "high"),
    "regions.csv": ("region", "quantity", "value"),
    "distances.csv": ("from", "to", "km"),
    "sectors.csv": ("sector", "quantity", "value"),
    "labour.csv": ("region", "sector", "kind", "persons"),
    "firms.csv": ("region", "sector", "size", "firms"),
    "io_table.csv": ("origin", "supplier", "user", "value"),
    "components.csv": (
        "name",
        "ice_share",
        "ev_share",
        "complexity",
        "mes",
        "order",
        "earliest_stage",
        "home_sector",
        "workers_per_1000",
        "in_kit",
    ),
    "cars.csv": ("name", "value", "low", "high"),
    "car_series.csv": ("month", "reexports_per_month", "import_price_index"),
    "plants.csv": ("plant", "field", "value", "low", "high"),
    "policies.csv": ("plant", "date", "parameter", "value"),
    "record.csv": ("quantity", "value", "low", "high"),
    "rates.csv": ("name", "value", "low", "high"),
}


class Cell(NamedTuple):
    """Where a value stands, for messages."""

    file: str
    row: int
    column: str


class TableRow:
    """One row of a table: its line number and its texts by column."""

    def __init__(self, file: str, row: int, texts: dict[str, str], notes: Notes) -> None:
        self.file, self.row, self.texts, self.notes = file, row, texts, notes

    def __getitem__(self, column: str) -> str:
        return self.texts[column]

    def cell(self, column: str) -> Cell:
        """The place of a column in this row."""
        return Cell(self.file, self.row, column)

    def problem(self, column: str, rule: str, hint: str | None = None) -> None:
        """Note that this row's value breaks a rule."""
        self.notes.add(self.cell(column), rule, value=self.texts[column], hint=hint)

    def number(self, column: str, low: float = 0.0, high: float = math.inf) -> float:
        """The value as a finite number in [low, high]; 0 after a noted problem."""
        text = self.texts[column]
        try:
            value = float(text)
        except ValueError:
            self.problem(column, "must be a number")
            return 0.0
        if not math.isfinite(value):
            self.problem(column, "must be finite")
        elif value < low or value > high:
            rule = "must not be negative" if value < 0 <= low else "out of range"
            allowed = f"{low:g} or more" if math.isinf(high) else f"{low:g} to {high:g}"
            self.notes.add(self.cell(column), rule, value=text, allowed=allowed)
        else:
            return value
        return 0.0

    def whole(self, column: str, low: int = 0, high: float = math.inf) -> int:
        """The value as a whole number in [low, high]; 0 after a noted problem."""
        value = self.number(column, low, high)
        if value != math.floor(value):
            self.problem(column, "must be a whole number")
        return int(value)

    def chosen(self, column: str, names: Sequence[str]) -> int:
        """The place of the value in `names`, or -1 after a noted problem."""
        if self.texts[column] in names:
            return names.index(self.texts[column])
        hint = nearest(self.texts[column], names)
        what = f"unknown {column}" if column not in ("from", "to") else "unknown region"
        self.problem(column, what if len(names) > 4 else f"{what} (one of {list(names)})", hint)
        return -1

    def month(self, column: str) -> int:
        """`YYYY-MM` as months since 2023-01; 0 after a noted problem."""
        text = self.texts[column]
        if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text):
            self.problem(column, "must be a month, YYYY-MM")
            return 0
        return (int(text[:4]) - 2023) * 12 + int(text[5:]) - 1

    def bounds(self) -> tuple[float, float] | None:
        """(low, high) of the row, if given; the value must lie between them."""
        if self.texts["low"] == "" and self.texts["high"] == "":
            return None
        low, high = self.number("low", -math.inf), self.number("high", -math.inf)
        try:
            if not low <= float(self.texts["value"]) <= high:
                self.problem("value", f"must lie between low and high, {low:g} and {high:g}")
        except ValueError:
            pass  # noted where the value is read
        return low, high


class Notes:
    """The problems found in one pack."""

    def __init__(self) -> None:
        self.problems: list[InputError] = []

    def add(
        self,
        cell: Cell | str,
        rule: str,
        *,
        value: object = None,
        allowed: object = None,
        hint: str | None = None,
    ) -> None:
        """Note a problem in a cell, or in a file as a whole."""
        place = cell if isinstance(cell, Cell) else Cell(cell, 0, "")
        more = {} if value is None else {"value": value}
        self.problems.append(
            InputError(
                rule,
                file=place.file,
                row=place.row or None,
                field=place.column or None,
                allowed=allowed,
                hint=hint,
                **more,
            )
        )


def note_missing_files(folder: Path, notes: Notes) -> None:
    """Note every table that is not there, before any of them is read."""
    for file in TABLES:
        if not (folder / file).is_file():
            notes.add(file, f"the file is missing from {folder}")


def read_table(folder: Path, file: str, notes: Notes) -> list[TableRow]:
    """The rows of one table of TABLES; empty after a problem with the file or its columns.

    A missing file has no rows either; `note_missing_files` says so for all of them at once.
    """
    path = folder / file
    if not path.is_file():
        return []
    wanted = (*TABLES[file], *SOURCE_COLUMNS)
    try:
        with path.open(newline="", encoding="utf-8") as stream:
            lines = list(csv.reader(stream))
    except (UnicodeDecodeError, csv.Error) as error:
        notes.add(file, f"not a UTF-8 CSV file ({error})")
        return []
    head = lines[0] if lines else []
    if not _check_head(file, head, wanted, notes):
        return []
    return list(_rows(file, head, lines, notes))


def _check_head(file: str, head: list[str], wanted: Collection[str], notes: Notes) -> bool:
    good = True
    for column in wanted:
        if column not in head:
            notes.add(Cell(file, 1, column), "the column is missing", hint=nearest(column, head))
            good = False
    for column in head:
        if column not in wanted:
            hint = nearest(column, wanted)
            notes.add(Cell(file, 1, column), "unknown column", hint=hint)
            good = False
        elif head.count(column) > 1:
            notes.add(Cell(file, 1, column), "the column stands twice")
            good = False
    return good


def _is_year(text: str) -> bool:
    """Whether it is a year from 1900 to 2099, or two of them in order."""
    years = re.fullmatch(r"((?:19|20)\d\d)(?:-((?:19|20)\d\d))?", text.strip())
    return years is not None and (years[2] is None or years[1] <= years[2])


def _rows(file: str, head: list[str], lines: list[list[str]], notes: Notes) -> Iterator[TableRow]:
    for number, texts in enumerate(lines[1:], start=2):
        if not texts:
            continue
        if len(texts) != len(head):
            rule = f"has {len(texts)} values, the table {len(head)} columns"
            notes.add(Cell(file, number, ""), rule)
            continue
        row = TableRow(file, number, dict(zip(head, texts, strict=True)), notes)
        for column in ("unit", "year", "source"):
            if not row[column].strip():
                row.problem(column, "must not be empty")
            elif column == "year" and not _is_year(row[column]):
                row.problem(column, "must be a year or a span of years, YYYY or YYYY-YYYY")
        if row["grade"] not in GRADES:
            allowed = ", ".join(GRADES)
            hint = nearest(row["grade"], GRADES)
            notes.add(
                row.cell("grade"), "unknown grade", value=row["grade"], allowed=allowed, hint=hint
            )
        yield row
