"""The rows of the impact table, in the order of the page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A line of the table: under which heading, in which words, which outcome."""

    group: str
    label: str
    outcome: str
    part: bool = False  # of the row above it


ROWS = (
    Row("Jobs", "employee jobs", "employee_jobs"),
    Row("Jobs", "at the plant", "plant_jobs", part=True),
    Row("Jobs", "at its suppliers", "supplier_jobs", part=True),
    Row("Jobs", "own-account workers", "own_account"),
    Row("Jobs", "employment in all", "employment"),
    Row("Jobs", "unemployed", "unemployed"),
    Row("Jobs", "abroad", "abroad"),
    Row("Jobs", "left the country", "emigrants", part=True),
    Row("Jobs", "people with car skills", "auto_skilled"),
    Row("Output", "output", "output"),
    Row("Output", "value added", "value_added"),
    Row("Output", "in manufacturing", "manufacturing_value_added", part=True),
    Row("Output", "GDP", "gdp"),
    Row("Output", "traditional trades", "traditional_share"),
    Row("Wages", "mean wage of employees", "mean_wage"),
    Row("Wages", "wage bill", "wage_bill"),
    Row("Local chain", "local content, nominal", "local_content_nominal"),
    Row("Local chain", "local content, deep", "local_content_deep"),
    Row("Local chain", "suppliers, tier 1", "tier1_suppliers"),
    Row("Local chain", "suppliers, tier 2", "tier2_suppliers"),
    Row("Local chain", "entries of suppliers", "entries_supplier"),
    Row("Local chain", "spin-offs", "entries_spinoff"),
    Row("Local chain", "entries from abroad", "entries_foreign"),
    Row("Investment", "foreign, in plants", "fdi"),
    Row("Investment", "foreign, that follows", "follow_on_fdi"),
    Row("Investment", "profits sent abroad", "profits_repatriated"),
    Row("Budget", "tax revenue", "tax_revenue"),
    Row("Budget", "duties forgone on kits", "duty_forgone"),
    Row("Budget", "budget balance", "budget_balance"),
    Row("Budget", "foreign reserves", "reserves"),
    Row("Firms", "firms", "firms"),
    Row("Firms", "entries", "firm_entries", part=True),
    Row("Firms", "exits", "firm_exits", part=True),
    Row("Firms", "importers that left", "importers_left"),
    Row("Cars", "cars made", "cars_made"),
    Row("Cars", "sold to households", "cars_sold_households", part=True),
    Row("Cars", "sold to the state", "cars_sold_state", part=True),
    Row("Cars", "exported", "cars_exported", part=True),
    Row("Cars", "new cars imported", "cars_imported_new"),
    Row("Cars", "used cars imported", "cars_imported_used"),
    Row("Cars", "home-made, share of supply", "home_supply_share"),
    Row("Cars", "imported part of cars", "vehicle_import_content"),
    Row("Cars", "net imports of cars", "vehicle_net_imports"),
    Row("Diversity", "exports, Herfindahl", "exports_herfindahl"),
    Row("Diversity", "exports, entropy", "exports_entropy"),
    Row("Diversity", "jobs, entropy", "jobs_entropy"),
)
"""An outcome the model does not report is left out."""
