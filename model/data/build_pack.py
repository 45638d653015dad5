"""Derived tables of a country pack, from its raw tables: the same code for every pack."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from model.data.national_table import NationalTable, People, balance_table, count_people
from model.data.raw_tables import BASE, Raw, read_rows, write_rows
from model.data.regional_tables import RegionalTables, place_jobs
from model.pack_fields import SECTORS
from model.pack_tables import SOURCE_COLUMNS

DERIVED = (
    "pack.csv",
    "regions.csv",
    "distances.csv",
    "sectors.csv",
    "labour.csv",
    "firms.csv",
    "io_table.csv",
    "car_series.csv",
    "residuals.csv",
)
_BUILT = "built by balancing"  # the start of every derived source

Table = list[tuple[object, ...]]


def build(raw: Raw, car_periods: Path, out: Path) -> tuple[NationalTable, RegionalTables]:
    """Write all derived tables into the folder `out`; returns them for reports."""
    people, notes = count_people(raw)
    national = balance_table(raw, people)
    regional = place_jobs(raw, people)
    tables: dict[str, tuple[tuple[str, ...], Table]] = {
        "pack.csv": (("name", "value", "low", "high"), _pack_rows(raw, people, national)),
        "regions.csv": (("region", "quantity", "value"), _region_rows(raw, regional)),
        "distances.csv": (("from", "to", "km"), _distance_rows(raw, regional)),
        "sectors.csv": (("sector", "quantity", "value"), _sector_rows(raw, people)),
        "labour.csv": (("region", "sector", "kind", "persons"), _job_rows(raw, regional)),
        "firms.csv": (("region", "sector", "size", "firms"), _firm_rows(raw, regional)),
        "io_table.csv": (("origin", "supplier", "user", "value"), _flow_rows(raw, national)),
    }
    out.mkdir(parents=True, exist_ok=True)
    for name, (head, rows) in tables.items():
        write_rows(out / name, (*head, *SOURCE_COLUMNS), rows)
    _write_car_series(car_periods, out / "car_series.csv")
    residuals = [(a, b, f"{value:.6g}", text) for a, b, value, text in notes]
    for group in (national.residuals, regional.residuals):
        residuals += [(a, b, f"{value:.6g}", text) for a, b, value, text in group]
    write_rows(out / "residuals.csv", ("table", "place", "value", "meaning"), residuals)
    return national, regional


def _pack_rows(raw: Raw, people: People, national: NationalTable) -> Table:
    kept: tuple[str, ...] = (
        "title",
        "made_up",
        "capital_region",
        "map_file",
        "gdp",
        "basic_price_share",
        "remittances",
        "exchange_rate",
        "small_wage_ratio",
        "resident_car_imports",
    )
    head = ("value", "low", "high", *SOURCE_COLUMNS)
    rows: Table = [
        (name, *(raw.levels[name][key] for key in head)) for name in kept if name in raw.levels
    ]
    other = national.imports - float(national.exports.sum()) - raw.level("remittances")
    source = f"{_BUILT}: imports less exports less remittances; unrecorded re-export and others"
    rows.append(("other_inflows", other, "", "", "KGS/year", "2024", source, "assumed"))
    source = f"{_BUILT}: employees' wages by sector; see levels.csv"
    wage = round(people.mean_wage)
    rows.append(("mean_wage", wage, "", "", "KGS/month gross", "2024", source, "press"))
    return rows


def _region_rows(raw: Raw, regional: RegionalTables) -> Table:
    jobs = (regional.employees_small + regional.employees_large).sum(axis=1)
    employed = jobs + regional.own_account.sum(axis=1)
    unemployment = raw.region("unemployment_rate")
    wage = raw.region("wage")
    derived = {
        "labour_force": np.round(employed / (1 - unemployment)),
        "abroad": np.round(raw.level("abroad") * raw.region("leaver_share")),
        "wage_level": np.round(wage / np.average(wage, weights=jobs), 6),
    }
    units = {"labour_force": "persons", "abroad": "persons", "wage_level": "mean 1 over employees"}
    origin = {"labour_force": "unemployment_rate", "abroad": "leaver_share", "wage_level": "wage"}
    kept: tuple[str, ...] = (
        "name",
        "latitude",
        "longitude",
        "area",
        "population",
        "unemployment_rate",
    )
    kept += ("higher_education", "vocational")
    rows: Table = []
    for i, (region, quantities) in enumerate(raw.regions.items()):
        for name in kept:
            row = quantities[name]
            rows.append((region, name, *(row[key] for key in ("value", *SOURCE_COLUMNS))))
        for name, values in derived.items():
            row = quantities[origin[name]]
            source = f"{_BUILT} from {origin[name]}: {row['source']}"
            rows.append((region, name, values[i], units[name], row["year"], source, row["grade"]))
    return rows


def _distance_rows(raw: Raw, regional: RegionalTables) -> Table:
    regions = list(raw.regions)
    direct = {frozenset((road["from"], road["to"])): road for road in raw.roads}
    rows: Table = []
    for i, start in enumerate(regions):
        for j, end in enumerate(regions):
            km = regional.distance[i, j]
            road = direct.get(frozenset((start, end)))
            if i == j:
                facts = ("2024", "mean distance inside a disc of the area", "assumed")
            elif road is not None and float(road["km"]) == km:
                facts = (road["year"], road["source"], road["grade"])
            else:
                facts = ("2024", "shortest way over the listed roads", "recalled")
            rows.append((start, end, km, "km by road", *facts))
    return rows


def _sector_rows(raw: Raw, people: People) -> Table:
    kept: tuple[str, ...] = ("tradable", "storable", "own_account_allowed", "public")
    kept += ("vehicle_input_domestic", "vehicle_input_imported")
    rows: Table = []
    for i, sector in enumerate(SECTORS):
        for name in kept:
            row = raw.sectors[sector][name]
            rows.append((sector, name, *(row[key] for key in ("value", *SOURCE_COLUMNS))))
        # A plant's region pays like materials and engineering before the plant's own premium.
        index = i if sector in BASE else BASE.index("materials_engineering")
        row = raw.sectors[BASE[index]]["wage"]
        source = f"{_BUILT} from relative wages: {row['source']}"
        wage = people.wage[index]
        rows.append((sector, "wage", wage, "KGS/month gross", row["year"], source, row["grade"]))
    return rows


def _job_rows(raw: Raw, regional: RegionalTables) -> Table:
    kinds = {
        "employees_small": (regional.employees_small, "small firms by region times mean size"),
        "employees_large": (regional.employees_large, "regional product or population, tilted"),
        "own_account": (regional.own_account, "RAS to regional employment"),
    }
    return [
        (region, sector, kind, jobs[i, j], "persons", "2024", f"{_BUILT}: {how}", "assumed")
        for kind, (jobs, how) in kinds.items()
        for i, region in enumerate(raw.regions)
        for j, sector in enumerate(BASE)
    ]


def _firm_rows(raw: Raw, regional: RegionalTables) -> Table:
    sizes = {
        "small": (regional.firms_small, "small firms by region and sector shares"),
        "large": (regional.firms_large, "jobs at large employers"),
    }
    return [
        (region, sector, size, count[i, j], "firms", "2022", f"{_BUILT}: {how}", "assumed")
        for size, (count, how) in sizes.items()
        for i, region in enumerate(raw.regions)
        for j, sector in enumerate(BASE)
    ]


def _flow_rows(raw: Raw, national: NationalTable) -> Table:
    year, source, grade = raw.aggregate_source
    prior = (year, f"{_BUILT} (RAS from a reasoned prior): {source}", "assumed")
    data = (year, f"{_BUILT}: {source}", grade)
    judged = ("2024", f"{_BUILT}: assumed shares of output, see raw/sectors.csv", "assumed")
    rows: Table = []
    for origin, matrix in (("domestic", national.domestic), ("imported", national.imported)):
        for i, supplier in enumerate(BASE):
            for j, user in enumerate(BASE):
                rows.append((origin, supplier, user, matrix[i, j], "KGS/year", *prior))
    final = (
        ("domestic", "household", national.household, judged),
        ("domestic", "government", national.government, judged),
        ("domestic", "investment", national.investment, judged),
        ("domestic", "exports", national.exports, data),
        ("imported", "household", national.household_imports, judged),
        ("imported", "investment", national.investment_imports, judged),
    )
    for origin, user, values, facts in final:
        for i, supplier in enumerate(BASE):
            rows.append((origin, supplier, user, values[i], "KGS/year", *facts))
    incomes = {
        "compensation": national.compensation,
        "mixed_income": national.mixed_income,
        "surplus": national.surplus,
    }
    for name, values in incomes.items():
        for j, user in enumerate(BASE):
            rows.append(("income", name, user, values[j], "KGS/year", *judged))
    return rows


def _write_car_series(periods: Path, path: Path) -> None:
    """Totals of the recorded periods, spread evenly over their months."""
    rows: Table = []
    for row in read_rows(periods):
        first, last = _months(row["first"]), _months(row["last"])
        count = last - first + 1
        for month in range(first, last + 1):
            name = f"{month // 12:04d}-{month % 12 + 1:02d}"
            monthly = round(float(row["reexports"]) / count, 3)
            facts = (row[key] for key in SOURCE_COLUMNS)
            rows.append((name, monthly, float(row["import_price_index"]), *facts))
    head = ("month", "reexports_per_month", "import_price_index", *SOURCE_COLUMNS)
    write_rows(path, head, rows)


def _months(name: str) -> int:
    year, month = name.split("-")
    return int(year) * 12 + int(month) - 1
