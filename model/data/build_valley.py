"""Builds the derived tables of the made-up pack `valley` with the code that builds a country.

python -m model.data.build_valley [FOLDER]
"""

from __future__ import annotations

import sys
from pathlib import Path

from model.data.build_pack import build
from model.data.macro_check import print_macro_check
from model.data.raw_tables import Raw, read_raw, read_rows

PACK = Path(__file__).parent / "valley"
COLUMNS = ("output", "intermediate", "value_added", "exports", "foreign_share")


def load_raw(folder: Path = PACK / "raw") -> Raw:
    """The raw tables of the pack; its sectors need no aggregation."""
    rows = read_rows(folder / "sector_aggregates.csv")
    aggregates = {row["sector"]: {name: float(row[name]) for name in COLUMNS} for row in rows}
    first = rows[0]
    return read_raw(folder, aggregates, (first["year"], first["source"], first["grade"]))


def main(out: Path = PACK) -> None:
    """Write the derived tables into `out` and print the macro check."""
    raw = load_raw()
    national, regional = build(raw, PACK / "raw" / "car_periods.csv", out)
    print_macro_check(raw, national, regional)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else PACK)
