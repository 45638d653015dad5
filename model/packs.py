"""Country packs: a folder of CSV files becomes one checked, read-only object of arrays."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from model.errors import InputError, nearest
from model.pack_cars import read_car_series, read_cars, read_plants, read_rates, read_record
from model.pack_checks import check_balance, check_car_value, check_cells, check_people
from model.pack_fields import SECTORS
from model.pack_readers import (
    Draft,
    read_components,
    read_distances,
    read_flows,
    read_jobs_and_firms,
    read_pack_facts,
    read_regions,
    read_sectors,
)
from model.pack_tables import TABLES, Cell, Notes, note_missing_files

if TYPE_CHECKING:
    from model.params import Params

__all__ = ["SECTORS", "Pack", "check_pack", "load_pack", "pack_names"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Counts = NDArray[np.int64]

FOLDER = Path(__file__).parent / "data"


@dataclass(frozen=True, eq=False)
class Pack:
    """A country: real magnitudes, KGS of constant 2024 a year unless said. R regions, S = 11
    sectors in the order of SECTORS (`vehicles` last, zero in the base year). Read-only arrays.
    """

    name: str  # the name or folder that it was loaded by
    title: str
    made_up: bool
    digest: str  # SHA-256 over the tables: part of a run's key
    region_ids: list[str]
    region_names: list[str]
    capital_region: int
    lat: Floats  # [R] degrees north
    lon: Floats  # [R] degrees east
    area: Floats  # [R] km2
    map_file: Path | None

    population: Floats  # [R] persons
    labour_force: Floats  # [R] persons at home, employed or not
    abroad: Floats  # [R] persons working abroad
    unemployment_rate: Floats  # [R] of the labour force
    wage_level: Floats  # [R] mean 1 over employees; enclaves taken out
    higher_education: Floats  # [R] fraction of the employed
    vocational: Floats
    distance_km: Floats  # [R, R] by road; symmetric; diagonal: inside the region

    sectors: list[str]
    tradable: Flags  # [S]
    storable: Flags
    own_account_allowed: Flags
    public: Flags
    wage: Floats  # [S] KGS/month gross, all employees of the sector
    small_wage_ratio: float  # wage at small firms / mean wage
    mean_wage: float  # KGS/month gross, all employees

    employees: Counts  # [R, S] persons
    employees_small: Counts  # of them in small firms
    employees_large: Counts  # in large firms and public bodies
    own_account: Counts  # [R, S] persons
    firms_small: Counts  # [R, S]
    firms_large: Counts

    io_domestic: Floats  # [S, S] rows supply, columns use; column `vehicles` zero
    io_imported: Floats
    household_demand: Floats  # [S] domestic goods at basic prices
    government_demand: Floats
    investment_demand: Floats
    exports: Floats
    household_imports: Floats  # [S] without cars
    government_imports: Floats  # zero
    investment_imports: Floats
    import_price: float
    compensation: Floats  # [S] employees' cost with the employer's social contributions
    mixed_income: Floats  # [S] of own-account producers
    surplus: Floats  # [S] of firms
    output: Floats  # [S]
    firm_output: Floats  # [S] output less own-account output
    own_account_output: Floats  # same input coefficients, value added = mixed income
    vehicle_inputs_domestic: Floats  # [S] share of a car's ex-works value, outside the kit
    vehicle_inputs_imported: Floats
    gdp: float  # market prices; value added of the table is gdp * basic_price_share
    basic_price_share: float
    remittances: float
    other_inflows: float  # unrecorded re-export and others: imports - exports - remittances
    resident_car_imports: float  # outside the table
    exchange_rate: float  # KGS per USD

    rates: dict[str, tuple[float, str, str, str]]  # Params field -> value, unit, source, grade
    rate_ranges: dict[str, tuple[float, float]]
    components: NDArray[Any]  # structured; home_sector is an index, earliest_stage 1 to 3
    cars: dict[str, float]
    car_ranges: dict[str, tuple[float, float]]
    car_series: dict[str, Floats]  # by month from 2023-01; the last value is the level held
    plants: dict[str, dict[str, Any]]  # with "policies": [{"date": .., "set": {..}}]
    reference_plant: str
    record: dict[tuple[str, int], tuple[float, float, float]]  # value, low, high; never an input

    def params(self) -> Params:
        """Params with this country's rates; `describe()` shows their sources and grades."""
        from model.params import Params

        values: dict[str, Any] = {"pack": self.name}
        for name, (value, *_) in self.rates.items():
            values[name] = value
        sources = {name: (source, grade) for name, (_, _, source, grade) in self.rates.items()}
        return Params().with_values(values, sources)


def pack_names() -> list[str]:
    """Names of the packs that the project carries."""
    return sorted(path.parent.name for path in FOLDER.glob("*/pack.csv"))


def load_pack(name_or_dir: str | Path) -> Pack:
    """The pack of this name or folder; InputError with every problem found."""
    draft = _read(_folder_of(name_or_dir))
    problems = draft.notes.problems
    if len(problems) == 1:
        raise problems[0]
    if problems:
        lines = "\n".join(f"- {problem}" for problem in problems)
        raise InputError(f"{len(problems)} problems in pack '{name_or_dir}':\n{lines}")
    return _finish(str(name_or_dir), draft)


def check_pack(folder: str | Path) -> list[str]:
    """Every problem of a pack, one line each; empty when it is good."""
    try:
        draft = _read(_folder_of(folder))
    except InputError as error:
        return [str(error)]
    return [str(problem) for problem in draft.notes.problems]


def _folder_of(name_or_dir: str | Path) -> Path:
    text = str(name_or_dir)
    names = pack_names()
    if text in names:
        return FOLDER / text
    if Path(text).is_dir():
        return Path(text)
    raise InputError(
        "there is no such pack or folder",
        field="pack",
        value=text,
        allowed=", ".join(names),
        hint=nearest(text, names),
    )


def _read(folder: Path) -> Draft:
    draft = Draft(folder, Notes())
    if not os.access(folder, os.R_OK | os.X_OK):
        raise InputError("a folder that may not be read", field="pack", value=str(folder))
    note_missing_files(folder, draft.notes)
    read_pack_facts(draft)
    read_regions(draft)
    if not draft.regions:  # every other table would only repeat that its regions are unknown
        return draft
    read_distances(draft)
    read_sectors(draft)
    read_jobs_and_firms(draft)
    read_flows(draft)
    read_components(draft)
    read_cars(draft)
    read_car_series(draft)
    read_plants(draft)
    read_record(draft)
    read_rates(draft)
    map_file = draft.values.get("map_file")
    if map_file and not (folder / map_file).is_file():
        draft.notes.add(Cell("pack.csv", 0, "value"), "the map file is missing", value=map_file)
    if not draft.notes.problems:  # sums mean little while single values are wrong
        check_balance(draft)
        check_cells(draft)
        check_people(draft)
        check_car_value(draft)
    return draft


def _finish(name: str, draft: Draft) -> Pack:
    v = dict(draft.values)
    added = v["compensation"] + v["mixed_income"] + v["surplus"]
    share = np.divide(v["mixed_income"], added, out=np.zeros_like(added), where=added > 0)
    v |= {
        "name": name,
        "digest": _digest(draft.folder),
        "made_up": v["made_up"] == 1,
        "region_ids": draft.regions,
        "lat": v["latitude"],
        "lon": v["longitude"],
        "capital_region": draft.regions.index(v["capital_region"]),
        "map_file": draft.folder / v["map_file"] if v["map_file"] else None,
        "sectors": list(SECTORS),
        "employees": v["employees_small"] + v["employees_large"],
        "import_price": 1.0,
        "own_account_output": v["output"] * share,
        "firm_output": v["output"] * (1 - share),
    }
    for array in (*v.values(), *v["car_series"].values()):
        if isinstance(array, np.ndarray):
            array.flags.writeable = False
    return Pack(**{field.name: v[field.name] for field in fields(Pack)})


def _digest(folder: Path) -> str:
    """One hash of all tables, the same on every system (line ends do not count)."""
    total = hashlib.sha256()
    for file in TABLES:
        total.update(file.encode())
        total.update((folder / file).read_bytes().replace(b"\r\n", b"\n"))
    return total.hexdigest()
