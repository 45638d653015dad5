"""Rules between the tables of a pack: sums, balances and cells that must agree."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model.pack_fields import BASE_SECTORS, SECTORS
from model.pack_readers import Draft
from model.pack_tables import Cell

BALANCE_TOLERANCE = 1e-6  # relative


def check_balance(draft: Draft) -> None:
    """Every sector: output by uses = output by inputs and incomes; totals fit pack.csv."""
    v = draft.values
    final = v["household_demand"] + v["government_demand"] + v["investment_demand"] + v["exports"]
    uses = v["io_domestic"].sum(axis=1) + final
    inputs = v["io_domestic"].sum(axis=0) + v["io_imported"].sum(axis=0)
    added = v["compensation"] + v["mixed_income"] + v["surplus"]
    for i, sector in enumerate(BASE_SECTORS):
        cost = inputs[i] + added[i]
        if uses[i] <= 0:
            draft.notes.add("io_table.csv", f"{sector} has no output")
        elif abs(uses[i] - cost) > BALANCE_TOLERANCE * uses[i]:
            draft.notes.add(
                "io_table.csv",
                f"{sector} is not balanced: uses {uses[i]:.12g}, inputs and incomes {cost:.12g}",
            )
        if added[i] <= 0 and cost > 0:
            draft.notes.add("io_table.csv", f"{sector} has no value added")
    v["output"] = uses
    gdp = v.get("gdp", 0.0)
    basic = gdp * v.get("basic_price_share", 0.0)
    if basic and abs(added.sum() - basic) > 0.01 * basic:
        rule = f"value added sums to {added.sum():.6g}, but gdp * basic_price_share is {basic:.6g}"
        draft.notes.add("io_table.csv", rule)
    imports = v["io_imported"].sum() + v["household_imports"].sum() + v["investment_imports"].sum()
    other = imports - v["exports"].sum() - v.get("remittances", 0.0)
    if "other_inflows" in v and abs(other - v["other_inflows"]) > BALANCE_TOLERANCE * gdp:
        rule = f"other_inflows must be imports - exports - remittances, {other:.12g}"
        draft.notes.add(Cell("pack.csv", 0, "value"), rule, value=v["other_inflows"])


def check_cells(draft: Draft) -> None:
    """Jobs need firms, firms need jobs; own-account work needs a sector that allows it."""
    v = draft.values
    for size in ("small", "large"):
        jobs, firms = v[f"employees_{size}"], v[f"firms_{size}"]
        _note_cells(draft, "firms.csv", (jobs > 0) & (firms == 0), f"jobs but no {size} firm")
        _note_cells(draft, "labour.csv", jobs < firms, f"fewer jobs than {size} firms")
    banned = (v["own_account"] > 0) & ~v["own_account_allowed"][None, :]
    _note_cells(draft, "labour.csv", banned, "own-account work where sectors.csv does not allow it")
    public = (v["firms_small"] > 0) & v["public"][None, :]
    _note_cells(draft, "firms.csv", public, "a small firm in a public sector")
    for i, sector in enumerate(BASE_SECTORS):
        if (v["mixed_income"][i] > 0) != (v["own_account"][:, i].sum() > 0):
            rule = f"{sector}: mixed income and own-account persons must both be 0 or both not"
            draft.notes.add("io_table.csv", rule)
    for j, region in enumerate(draft.regions):
        if v["own_account"][j].sum() == 0:
            draft.notes.add("labour.csv", f"{region} has no own-account person: the pool is empty")


def _note_cells(draft: Draft, file: str, wrong: NDArray[np.bool_], rule: str) -> None:
    for region, sector in zip(*np.nonzero(wrong), strict=True):
        draft.notes.add(file, f"{draft.regions[region]}, {SECTORS[sector]}: {rule}")


def check_people(draft: Draft) -> None:
    """Persons with work by region = labour force less unemployed; wage levels have mean 1."""
    v = draft.values
    jobs = v["employees_small"] + v["employees_large"]
    employed = jobs.sum(axis=1) + v["own_account"].sum(axis=1)
    expected = v["labour_force"] * (1 - v["unemployment_rate"])
    for i, region in enumerate(draft.regions):
        if abs(employed[i] - expected[i]) > 0.01 * max(expected[i], 1) + 1:
            rule = f"{region}: {employed[i]} persons with work, but labour_force and "
            rule += f"unemployment_rate say {expected[i]:.0f}"
            draft.notes.add("labour.csv", rule)
        if v["higher_education"][i] + v["vocational"][i] > 1:
            draft.notes.add("regions.csv", f"{region}: education shares sum to more than 1")
        if v["labour_force"][i] > v["population"][i]:
            draft.notes.add("regions.csv", f"{region}: labour_force exceeds population")
    if jobs.sum() and abs(np.average(v["wage_level"], weights=jobs.sum(axis=1)) - 1) > 0.01:
        draft.notes.add("regions.csv", "wage_level must have mean 1 over employees")


def check_car_value(draft: Draft) -> None:
    """Kit, own value added and other inputs of a car must not exceed its value."""
    v = draft.values
    bought = v["vehicle_inputs_domestic"].sum() + v["vehicle_inputs_imported"].sum()
    total = v["cars"].get("kit_share", 0.0) + bought
    if total >= 1:
        rule = (
            f"kit_share and the inputs of vehicles in sectors.csv sum to {total:.4g}, not below 1"
        )
        draft.notes.add("cars.csv", rule)
