"""Readers of a pack's car market, plants, record and rates."""

from __future__ import annotations

from typing import Any

import numpy as np

from model.errors import InputError, nearest
from model.pack_fields import (
    CAR_NAMES,
    DRIVETRAINS,
    PLANT_MONTHS,
    PLANT_NUMBERS,
    PLANT_TEXTS,
    SERIES_MONTHS,
    SHARES_OF_ONE,
)
from model.pack_readers import Draft, require_names, unique_rows
from model.pack_tables import Cell, TableRow


def read_cars(draft: Draft) -> None:
    """cars.csv: numbers of the car market, with their ranges; more names than the known may stand."""
    rows = unique_rows(draft.rows("cars.csv"), ["name"])
    cars: dict[str, float] = {}
    ranges: dict[str, tuple[float, float]] = {}
    for row in rows:
        high = 1.0 if row["name"] in SHARES_OF_ONE else np.inf
        cars[row["name"]] = row.number("value", 0.0, high)
        bounds = row.bounds()
        if bounds is not None:
            ranges[row["name"]] = bounds
    if rows:
        require_names("cars.csv", list(cars), CAR_NAMES, "the row", draft.notes)
    draft.values |= {"cars": cars, "car_ranges": ranges}


def read_car_series(draft: Draft) -> None:
    """car_series.csv: months without a gap from 2023-01; then the mean of the last 12 is held."""
    rows = draft.rows("car_series.csv")
    table = np.zeros((len(rows), 2))
    for i, row in enumerate(rows):
        if row.month("month") != i:
            row.problem("month", "months must follow each other from 2023-01 on")
        table[i] = row.number("reexports_per_month"), row.number("import_price_index", 0.05, 20)
    if rows and len(rows) < 12:
        draft.notes.add("car_series.csv", "must hold at least 12 months")
    series = {}
    for j, name in enumerate(("reexports_per_month", "import_price_index")):
        held = table[-12:, j].mean() if rows else 0.0
        series[name] = np.append(table[:, j], np.full(SERIES_MONTHS - len(rows), held))
    draft.values["car_series"] = series


def read_plants(draft: Draft) -> None:
    """plants.csv and policies.csv: the announced plants; exactly one is the reference."""
    plants: dict[str, dict[str, Any]] = {}
    rows = unique_rows(draft.rows("plants.csv"), ["plant", "field"])
    for row in rows:
        plants.setdefault(row["plant"], {})[row["field"]] = _plant_value(draft, row)
    for name, values in plants.items():
        wanted = (*PLANT_TEXTS, *PLANT_MONTHS, *PLANT_NUMBERS)
        require_names("plants.csv", list(values), wanted, f"{name}: the row", draft.notes)
        dates = [str(values[one]) for one in PLANT_MONTHS if one in values]
        if dates != sorted(dates):
            rule = f"{name}: must be announced, then begun, then opened; got {', '.join(dates)}"
            draft.notes.add("plants.csv", rule)
        values["policies"] = []
        values.setdefault("drivetrain", DRIVETRAINS[0])
    reference = [name for name, values in plants.items() if values.get("reference") == 1]
    if rows and len(reference) != 1:
        draft.notes.add("plants.csv", f"exactly one plant must have reference 1, got {reference}")
    for row in unique_rows(draft.rows("policies.csv"), ["plant", "date", "parameter"]):
        row.month("date")
        value = row.number("value", -np.inf)
        _check_parameter(row, "parameter", value)
        if row.chosen("plant", list(plants)) >= 0:
            plants[row["plant"]]["policies"].append(
                {"date": row["date"], "set": {row["parameter"]: value}}
            )
    draft.values |= {"plants": plants, "reference_plant": (reference or [""])[0]}


def _plant_value(draft: Draft, row: TableRow) -> float | str:
    name = row["field"]
    if name in PLANT_MONTHS:
        row.month("value")
    elif name in ("region", "alternative_region"):
        if row["value"] not in draft.regions:
            row.problem("value", "unknown region", nearest(row["value"], draft.regions))
    elif name == "drivetrain":
        row.chosen("value", DRIVETRAINS)
    elif name == "domestic_price":
        row.bounds()
        return row.number("value", 1.0)
    elif name not in PLANT_TEXTS:
        row.bounds()
        return row.number("value")
    return row["value"]


def read_record(draft: Draft) -> None:
    """record.csv: what happened, for comparison only; never an input of the model."""
    record: dict[tuple[str, int], tuple[float, float, float]] = {}
    for row in unique_rows(draft.rows("record.csv"), ["quantity", "year"]):
        value, bounds = row.number("value"), row.bounds()
        low, high = bounds if bounds is not None else (value, value)
        record[row["quantity"], row.whole("year", 1900, 2200)] = (value, low, high)
    draft.values["record"] = record


def read_rates(draft: Draft) -> None:
    """rates.csv: values of this country for fields of Params."""
    rates: dict[str, tuple[float, str, str, str]] = {}
    ranges: dict[str, tuple[float, float]] = {}
    for row in unique_rows(draft.rows("rates.csv"), ["name"]):
        value, bounds = row.number("value", -np.inf), row.bounds()
        _check_parameter(row, "name", value)
        rates[row["name"]] = (value, row["unit"], row["source"], row["grade"])
        if bounds is not None:
            ranges[row["name"]] = bounds
    draft.values |= {"rates": rates, "rate_ranges": ranges}


def _check_parameter(row: TableRow, column: str, value: float) -> None:
    # Imported here: a pack must be loadable by whatever the parameters themselves come to import.
    from model.params import Params

    name = row[column]
    if name not in Params.names():
        row.problem(column, "there is no such parameter", nearest(name, Params.names()))
        return
    try:
        Params.check(name, value)
    except InputError as error:
        row.notes.add(Cell(row.file, row.row, "value"), str(error))
