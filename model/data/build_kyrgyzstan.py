"""Builds the derived tables of the pack `kyrgyzstan` from `kyrgyzstan/raw`.

    python -m model.data.build_kyrgyzstan [FOLDER]

Without FOLDER the committed tables are written anew. It prints the macro check.
"""

from __future__ import annotations

import sys
from pathlib import Path

from model.data.build_pack import build
from model.data.macro_check import print_macro_check
from model.data.raw_tables import BASE, Raw, Row, read_raw, read_rows

PACK = Path(__file__).parent / "kyrgyzstan"
GOLD_ACTIVITY = "12"  # basic metals and fabricated metal
COLUMNS = ("output", "intermediate", "value_added", "exports")


def aggregate_sectors(rows: list[Row]) -> dict[str, dict[str, float]]:
    """35 activities to 10 sectors, in million USD of 2022.

    Gold is counted under basic metals, whose exports are nearly all gold: the exported part of
    that activity goes to mining, so that the enclave does not pass for an engineering industry.
    """
    table = {sector: dict.fromkeys((*COLUMNS, "foreign"), 0.0) for sector in BASE}
    for row in rows:
        figures = {name: float(row[name]) for name in COLUMNS}
        foreign = float(row["foreign_share"])
        gold = figures["exports"] / figures["output"] if row["code"] == GOLD_ACTIVITY else 0.0
        for sector, part in ((row["sector"], 1 - gold), ("mining", gold)):
            exports = figures["exports"]
            if row["code"] == GOLD_ACTIVITY:
                exports = exports if sector == "mining" else 0.0
            else:
                exports *= part
            for name in ("output", "intermediate", "value_added"):
                table[sector][name] += figures[name] * part
            table[sector]["exports"] += exports
            table[sector]["foreign"] += figures["output"] * part * foreign
    for figures in table.values():
        figures["foreign_share"] = figures.pop("foreign") / figures["output"]
    return table


def load_raw(folder: Path = PACK / "raw") -> Raw:
    """The raw tables of the pack with the sectors aggregated."""
    rows = read_rows(folder / "mrio_2022.csv")
    first = rows[0]
    return read_raw(
        folder, aggregate_sectors(rows), (first["year"], first["source"], first["grade"])
    )


def main(out: Path = PACK) -> None:
    """Write the derived tables into `out` and print the macro check."""
    raw = load_raw()
    national, regional = build(raw, PACK / "raw" / "car_periods.csv", out)
    print_macro_check(raw, national, regional)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else PACK)
