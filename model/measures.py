"""Aggregates once a month; results by name, in real persons and KGS (multiplied by the scale).

`outcomes.csv` names every outcome with its unit and meaning; what is recorded here and what is
listed there are the same set (a test compares them).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

from model.accounts import GOVERNMENT, IMPORTERS, WORLD, Kind
from model.demography import count_firms, demography_measures
from model.firms import PLANT
from model.foreign_suppliers import follower_measures
from model.importer_exit import importer_measures
from model.knowledge_measures import knowledge_measures
from model.levers import policy_measures
from model.local_content import chain_measures
from model.markets.cars import car_measures
from model.markets.migration import migration_measures
from model.measures_structure import concentration, structure_measures
from model.measures_vehicles import VehicleFlows, vehicle_measures
from model.plant_stages import stage_measures
from model.workers import ABROAD, EMPLOYEE, OWN_ACCOUNT, UNEMPLOYED

if TYPE_CHECKING:
    from model.model import RegionalModel

_TAXES = (Kind.INCOME_TAX, Kind.SOCIAL, Kind.PROFIT_TAX, Kind.VAT, Kind.DUTY, Kind.FINES)


@dataclass(frozen=True)
class Outcome:
    """One line of the schema: `level` is country or region; extensive outcomes scale with people."""

    name: str
    unit: str
    level: str
    extensive: bool
    meaning: str


@cache
def outcomes() -> dict[str, Outcome]:
    """The schema of all outcomes, by name."""
    with files("model").joinpath("outcomes.csv").open(encoding="utf-8") as file:
        return {
            row["name"]: Outcome(
                row["name"], row["unit"], row["level"], row["extensive"] == "yes", row["meaning"]
            )
            for row in csv.DictReader(file)
        }


class Measures:
    """Series of the run so far.

    Attributes
    ----------
    monthly : outcome -> float [months since period 0]; the current array grows every month.
    regional : outcome -> float [months, R].
    now : this month's values, burn-in included.
    vehicle_months : flows of cars of the last twelve months, by period.
    """

    def __init__(self, model: RegionalModel) -> None:
        self._model = model
        # What turns agents into people: extensive outcomes are multiplied by the scale.
        self._factors = {
            name: model.scale if one.extensive else 1.0 for name, one in outcomes().items()
        }
        self._rows: list[dict[str, float]] = []
        self._regional: list[dict[str, np.ndarray]] = []
        self.now: dict[str, float] = {}
        self.vehicle_months: dict[int, VehicleFlows] = {}

    @property
    def monthly(self) -> dict[str, np.ndarray]:
        """Outcome by month from period 0."""
        names = self._rows[0] if self._rows else {}
        return {name: np.array([row[name] for row in self._rows]) for name in names}

    @property
    def regional(self) -> dict[str, np.ndarray]:
        """Outcome by month from period 0 and region."""
        names = self._regional[0] if self._regional else {}
        return {name: np.array([row[name] for row in self._regional]) for name in names}

    def on_record(self) -> Iterator[object]:
        """What has been recorded so far, piece by piece; nobody writes to it again."""
        yield self._factors
        yield from self._rows
        yield from self._regional

    def record(self) -> None:
        """Phase 13: measure the month; keep it unless it belongs to the burn-in."""
        country, regional = measure(self._model)
        factors = self._factors
        self.now = {name: float(value * factors[name]) for name, value in country.items()}
        if self._model.period >= 0:
            self._rows.append(self.now)
            self._regional.append(
                {name: values * factors[name] for name, values in regional.items()}
            )


def measure(model: RegionalModel) -> tuple[dict[str, float], dict[str, np.ndarray]]:
    """All outcomes of this month in agent units: for the country, and by region [R]."""
    jobs_of_cells, firms = count_jobs(model), count_firms(model)
    regional = _people(model, jobs_of_cells.sum(axis=1)) | _production(model, firms)
    regional |= migration_measures(model)
    totals = np.array(list(regional.values())).sum(axis=1)
    country = dict(zip(regional, totals.tolist(), strict=True))
    jobs, added = jobs_of_cells.sum(axis=0), model.value_added.sum(axis=0)
    sectors = zip(model.pack.sectors, jobs.tolist(), added.tolist(), strict=True)
    for name, jobs_here, added_here in sectors:
        country[f"jobs_{name}"] = jobs_here
        country[f"value_added_{name}"] = added_here
    hhi, entropy = concentration(jobs + model.market.pool_heads.sum(axis=0))
    country |= {"jobs_herfindahl": hhi, "jobs_entropy": entropy}
    hhi, entropy = concentration(added)
    country |= {"value_added_herfindahl": hhi, "value_added_entropy": entropy}
    _add_rates(country, max)
    _add_rates(regional, np.maximum)
    country |= chain_measures(model)
    country |= knowledge_measures(model)
    country |= stage_measures(model)
    country |= demography_measures(model, firms)
    country |= follower_measures(model)
    country |= importer_measures(model)
    country |= _money(model)
    country |= _firms(model)
    country |= _cars(model)
    country |= policy_measures(model)
    country |= structure_measures(model)
    country |= vehicle_measures(model)
    _add_means(country, regional)
    return country, regional


@njit(cache=True)
def sum_jobs(region, sector, employees, jobs):  # type: ignore[no-untyped-def]
    """Add up the staff of firms in `jobs` [R, S]."""
    for f in range(len(employees)):
        jobs[region[f], sector[f]] += employees[f]


def count_jobs(model: RegionalModel) -> np.ndarray:
    """Employees by region and sector, plants' included; float64 [R, S]."""
    f, jobs = model.firms, np.zeros(model.base.firm_output.shape)
    sum_jobs(f.region, f.sector, f.employees, jobs)
    return jobs


def _people(model: RegionalModel, jobs: np.ndarray) -> dict[str, np.ndarray]:
    """Jobs where they are (`jobs` [R]), people where they live; [R]."""
    heads, f, market = model.heads, model.firms, model.market
    plants = np.zeros(len(heads))
    for plant in model.plants:
        plants[plant.region] += f.employees[plant.row]
    return {
        "employee_jobs": jobs,
        "plant_jobs": plants,
        "own_account": heads[:, OWN_ACCOUNT].astype(np.float64),
        "employment": (heads[:, EMPLOYEE] + heads[:, OWN_ACCOUNT]).astype(np.float64),
        "unemployed": heads[:, UNEMPLOYED].astype(np.float64),
        "abroad": heads[:, ABROAD].astype(np.float64),
        "wage_bill": model.region_wages,
        "_own_income": (market.pool_pay * market.pool_skill).sum(axis=1),
    }


def _production(model: RegionalModel, firms: np.ndarray) -> dict[str, np.ndarray]:
    """Output, incomes of production, consumption, and `firms` [R, origins] in business; [R]."""
    # A plant is one plant at every scale; other rows stand for as many firms as the scale says.
    plants = firms[:, PLANT]
    return {
        "output": model.output_value.sum(axis=1),
        "value_added": model.value_added.sum(axis=1),
        "consumption": model.region_consumption,
        "firms": firms.sum(axis=1) - plants + plants / model.scale,
    }


def _add_rates(table: dict[str, Any], least: Any) -> None:
    """Shares of the labour force, in the table of the country, or of the regions as arrays [R].

    `least` keeps the divisor above zero: `max`, or `np.maximum`.
    """
    force = least(table["employment"] + table["unemployed"], 1e-12)
    table["unemployment_rate"] = table["unemployed"] / force
    table["employment_rate"] = table["employment"] / force
    table["employee_share"] = (table["employment"] - table["own_account"]) / force


def _add_means(country: dict[str, float], regional: dict[str, np.ndarray]) -> None:
    """Wage per employee and income per own-account worker, KGS a month; 0 where there is none."""
    for name, money, heads in (
        ("mean_wage", "wage_bill", "employee_jobs"),
        ("own_account_income", "_own_income", "own_account"),
    ):
        country[name] = country[money] / country[heads] if country[heads] > 0.0 else 0.0
        people = regional[heads]
        regional[name] = np.where(people > 0.0, regional[money] / np.maximum(people, 1e-12), 0.0)
    del country["_own_income"], regional["_own_income"]


def _money(model: RegionalModel) -> dict[str, float]:
    flows, base = model.accounts.flows, model.base
    stocks, paid = model.accounts.close_month(), model.accounts.paid_by_kind()
    received = flows[:, GOVERNMENT].sum(axis=0).tolist()
    revenue = sum(received[kind] for kind in (*_TAXES, Kind.DIVIDENDS))
    balance = sum(received) - float(flows[GOVERNMENT].sum())
    gdp = float(model.value_added.sum()) + received[Kind.VAT] + received[Kind.DUTY]
    transit = float(flows[WORLD, IMPORTERS, Kind.EXPORTS])
    bought_for_transit = transit / (1.0 + model.params.reexport_margin)
    imported = paid[Kind.IMPORTS] + float(flows[:, WORLD, Kind.CARS : Kind.KITS + 1].sum())
    yearly = max(12.0 * gdp, 1e-9)
    workforce = base.employees.sum(axis=1) + 1e-9
    return {
        "gdp": gdp,
        "real_value_added": float(model.real_value_added.sum()),
        "price_level": model.price_level,
        "wage_level": float((model.wage_index * workforce).sum() / workforce.sum()),
        "investment": paid[Kind.INVESTMENT] + model.capital_imports,
        "government_purchases": paid[Kind.GOVERNMENT_PURCHASES],
        "exports": paid[Kind.EXPORTS] - bought_for_transit,
        "imports": imported - bought_for_transit,
        "remittances": paid[Kind.REMITTANCES],
        "transfers": float(flows[GOVERNMENT, 0, Kind.TRANSFERS].sum()),
        "tax_revenue": revenue,
        "budget_balance": balance,
        "public_debt": stocks["public_debt"],
        "public_debt_to_gdp": stocks["public_debt"] / yearly,
        "firm_debt": stocks["firm_loans"],
        "private_debt_to_gdp": (stocks["firm_loans"] + stocks["household_loans"]) / yearly,
        "household_deposits": stocks["household_deposits"],
        "reserves": stocks["reserves"],
        "bank_equity": stocks["equity"],
        "write_offs": model.accounts.write_offs,
        "unserved_demand": model.market.unserved,
    }


def _firms(model: RegionalModel) -> dict[str, float]:
    return {
        "firm_entries": float(model.entries_by_origin.sum()),
        "firm_exits": float(model.exits),
        "founders_turned_away": float(model.entries_without_room),
        "vacancies": float(model.vacancies),
        "hires": float(model.hires),
        "separations": float(model.separations),
    }


def _cars(model: RegionalModel) -> dict[str, float]:
    cars = car_measures(model)
    months = [plant.month for plant in model.plants]
    return cars | {
        name: sum(float(month.get(name, 0.0)) for month in months)
        for name in ("fdi", "profits_repatriated")
    }
