"""One reader a table: rows become arrays of the pack; every broken rule is noted, none is lost."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from model.errors import nearest
from model.pack_fields import (
    BASE_SECTORS,
    COMPONENT_TYPE,
    FINAL_USERS,
    INCOMES,
    N_SECTORS,
    PACK_NUMBERS,
    PACK_TEXTS,
    REGION_QUANTITIES,
    SECTOR_QUANTITIES,
    SECTORS,
)
from model.pack_tables import Cell, Notes, TableRow, read_table


@dataclass
class Draft:
    """What the readers have found so far."""

    folder: Path
    notes: Notes
    regions: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)

    def rows(self, file: str) -> list[TableRow]:
        """The rows of a table."""
        return read_table(self.folder, file, self.notes)


def unique_rows(rows: list[TableRow], columns: Sequence[str]) -> list[TableRow]:
    """Rows whose key stands for the first time; the others are noted."""
    seen: dict[tuple[str, ...], int] = {}
    kept = []
    for row in rows:
        key = tuple(row[column] for column in columns)
        if key in seen:
            row.problem(columns[-1], f"{', '.join(key)} stands already in row {seen[key]}")
        else:
            seen[key] = row.row
            kept.append(row)
    return kept


def require_names(
    file: str, found: Sequence[str], wanted: Sequence[str], what: str, notes: Notes
) -> None:
    """Note every wanted name that was not found, with the unknown name that looks most like it."""
    for name in wanted:
        if name not in found:
            unknown = [one for one in found if one not in wanted]
            notes.add(file, f"{what} '{name}' is missing", hint=nearest(name, unknown))


def read_pack_facts(draft: Draft) -> None:
    """pack.csv: name and totals."""
    rows = unique_rows(draft.rows("pack.csv"), ["name"])
    known = (*PACK_TEXTS, *PACK_NUMBERS)
    for row in rows:
        name = row["name"]
        if name in PACK_NUMBERS:
            draft.values[name] = row.number("value", *PACK_NUMBERS[name])
            row.bounds()
        elif name in PACK_TEXTS:
            draft.values[name] = row["value"]
        else:
            row.problem("name", "unknown name", nearest(name, known))
    if rows:
        require_names("pack.csv", [row["name"] for row in rows], known, "the row", draft.notes)


def read_regions(draft: Draft) -> None:
    """regions.csv: order of regions is the order of their first rows."""
    rows = unique_rows(draft.rows("regions.csv"), ["region", "quantity"])
    regions = list(dict.fromkeys(row["region"] for row in rows))
    draft.regions = regions
    names = {region: region for region in regions}
    table = {name: np.zeros(len(regions)) for name in REGION_QUANTITIES}
    wanted = ("name", *REGION_QUANTITIES)
    found: dict[str, list[str]] = {region: [] for region in regions}
    for row in rows:
        quantity = row["quantity"]
        found[row["region"]].append(quantity)
        if quantity == "name":
            names[row["region"]] = row["value"]
        elif quantity in REGION_QUANTITIES:
            value = row.number("value", *REGION_QUANTITIES[quantity])
            table[quantity][regions.index(row["region"])] = value
        else:
            row.problem("quantity", "unknown quantity", nearest(quantity, wanted))
    for region, quantities in found.items():
        require_names("regions.csv", quantities, wanted, f"{region}: the row", draft.notes)
    draft.values |= table | {"region_names": [names[region] for region in regions]}
    capital = draft.values.get("capital_region")
    if regions and capital is not None and capital not in regions:
        hint = nearest(capital, regions)
        rule = "capital_region is no region of regions.csv"
        draft.notes.add(Cell("pack.csv", 0, "value"), rule, value=capital, hint=hint)


def read_distances(draft: Draft) -> None:
    """distances.csv: every pair both ways, symmetric, positive on the diagonal."""
    n = len(draft.regions)
    km, lines = np.full((n, n), np.nan), np.zeros((n, n), dtype=np.int64)
    rows = unique_rows(draft.rows("distances.csv"), ["from", "to"])
    for row in rows:
        i, j = row.chosen("from", draft.regions), row.chosen("to", draft.regions)
        value = row.number("km", 1e-3, 40_000.0)
        if i >= 0 and j >= 0:
            km[i, j], lines[i, j] = value, row.row
    for i in range(n if rows else 0):
        for j in range(n):
            pair = f"{draft.regions[i]} to {draft.regions[j]}"
            if np.isnan(km[i, j]):
                draft.notes.add("distances.csv", f"the distance {pair} is missing")
            elif j < i and km[i, j] != km[j, i]:
                rule = f"must equal the way back in row {lines[j, i]}, {km[j, i]:g}"
                cell = Cell("distances.csv", int(lines[i, j]), "km")
                draft.notes.add(cell, rule, value=float(km[i, j]))
    draft.values["distance_km"] = km


def read_sectors(draft: Draft) -> None:
    """sectors.csv: flags, wages and what a car plant buys outside the kit."""
    table = {name: np.zeros(N_SECTORS) for name in SECTOR_QUANTITIES}
    rows = unique_rows(draft.rows("sectors.csv"), ["sector", "quantity"])
    found: dict[str, list[str]] = {sector: [] for sector in SECTORS}
    for row in rows:
        sector = row.chosen("sector", SECTORS)
        if row["quantity"] not in SECTOR_QUANTITIES:
            row.problem("quantity", "unknown quantity", nearest(row["quantity"], SECTOR_QUANTITIES))
        elif sector >= 0:
            value = row.number("value", *SECTOR_QUANTITIES[row["quantity"]])
            table[row["quantity"]][sector] = value
            found[SECTORS[sector]].append(row["quantity"])
    for sector_name, quantities in found.items() if rows else ():
        wanted = tuple(SECTOR_QUANTITIES)
        require_names("sectors.csv", quantities, wanted, f"{sector_name}: the row", draft.notes)
    for name in ("tradable", "storable", "own_account_allowed", "public"):
        draft.values[name] = table.pop(name) > 0
    draft.values |= {
        "wage": table["wage"],
        "vehicle_inputs_domestic": table["vehicle_input_domestic"],
        "vehicle_inputs_imported": table["vehicle_input_imported"],
    }


def _read_cells(draft: Draft, file: str, kind: str, kinds: Sequence[str], count: str) -> None:
    """A table of whole numbers by region and sector, one array [R, S] a kind."""
    tables = [np.zeros((len(draft.regions), N_SECTORS), dtype=np.int64) for _ in kinds]
    rows = unique_rows(draft.rows(file), ["region", "sector", kind])
    for row in rows:
        region, sector = row.chosen("region", draft.regions), row.chosen("sector", SECTORS)
        which, value = row.chosen(kind, kinds), row.whole(count)
        if sector == N_SECTORS - 1 and value:
            row.problem("sector", "vehicles exist only through plants: must be 0")
        elif region >= 0 and sector >= 0 and which >= 0:
            tables[which][region, sector] = value
    if rows:
        found = [row["region"] for row in rows]
        require_names(file, found, draft.regions, "the region", draft.notes)
    draft.values |= {
        name if file == "labour.csv" else f"firms_{name}": table
        for name, table in zip(kinds, tables, strict=True)
    }


def read_jobs_and_firms(draft: Draft) -> None:
    """labour.csv and firms.csv; an absent row of a known region counts as 0."""
    kinds = ("employees_small", "employees_large", "own_account")
    _read_cells(draft, "labour.csv", "kind", kinds, "persons")
    _read_cells(draft, "firms.csv", "size", ("small", "large"), "firms")


def read_flows(draft: Draft) -> None:
    """io_table.csv: inputs, final uses and incomes in KGS a year; an absent row is 0."""
    inputs = {name: np.zeros((N_SECTORS, N_SECTORS)) for name in ("domestic", "imported")}
    final = {(o, u): np.zeros(N_SECTORS) for o in inputs for u in FINAL_USERS}
    incomes = {name: np.zeros(N_SECTORS) for name in INCOMES}
    for row in unique_rows(draft.rows("io_table.csv"), ["origin", "supplier", "user"]):
        origin = row["origin"]
        value = row.number("value")
        if row.chosen("origin", ("domestic", "imported", "income")) < 0:
            continue
        if origin == "income":
            kind, user = row.chosen("supplier", INCOMES), row.chosen("user", BASE_SECTORS)
            if kind >= 0 and user >= 0:
                incomes[INCOMES[kind]][user] = value
            continue
        supplier = row.chosen("supplier", BASE_SECTORS)
        if row["user"] in FINAL_USERS:
            if origin == "imported" and row["user"] in ("government", "exports") and value:
                row.problem("user", "the table has no imports for this use")
            elif supplier >= 0:
                final[origin, row["user"]][supplier] = value
        else:
            user = row.chosen("user", (*BASE_SECTORS, *FINAL_USERS))
            if supplier >= 0 and user >= 0:
                inputs[origin][supplier, user] = value
    draft.values |= {
        "io_domestic": inputs["domestic"],
        "io_imported": inputs["imported"],
        "household_demand": final["domestic", "household"],
        "government_demand": final["domestic", "government"],
        "investment_demand": final["domestic", "investment"],
        "exports": final["domestic", "exports"],
        "household_imports": final["imported", "household"],
        "government_imports": np.zeros(N_SECTORS),
        "investment_imports": final["imported", "investment"],
    } | incomes


def read_components(draft: Draft) -> None:
    """components.csv: what a car consists of; cost shares sum to 1."""
    rows = unique_rows(draft.rows("components.csv"), ["name"])
    table = np.zeros(len(rows), dtype=COMPONENT_TYPE)
    for i, row in enumerate(rows):
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", row["name"]):
            row.problem("name", "must be a word of small letters, digits and _")
        table[i] = (
            row["name"],
            row.number("ice_share", 0, 1),
            row.number("ev_share", 0, 1),
            row.whole("complexity", 1, 5),
            row.number("mes", 1, 1e7),
            row.whole("order", 0, 20),
            row.whole("earliest_stage", 1, 3),
            row.chosen("home_sector", BASE_SECTORS),
            row.number("workers_per_1000", 0, 1000),
            row.whole("in_kit", 0, 1) == 1,
        )
    for column in ("ice_share", "ev_share") if rows else ():
        total = float(table[column].sum())
        if abs(total - 1) > 1e-3:
            cell = Cell("components.csv", 0, column)
            draft.notes.add(cell, "the shares must sum to 1", value=total)
    draft.values["components"] = table
