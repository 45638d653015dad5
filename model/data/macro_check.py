"""The macro check of a built pack: the totals that a reader should find plausible."""

from __future__ import annotations

import numpy as np

from model.data.national_table import NationalTable, count_people
from model.data.raw_tables import BASE, Raw
from model.data.regional_tables import RegionalTables


def macro_check(
    raw: Raw, national: NationalTable, regional: RegionalTables
) -> list[tuple[str, str]]:
    """(total, written value) of the country, money in bn KGS of 2024 and as a share of GDP."""
    gdp = raw.level("gdp")
    added = national.output - national.domestic.sum(axis=0) - national.imported.sum(axis=0)
    people, _ = count_people(raw)
    employees = (regional.employees_small + regional.employees_large).sum()
    alone = regional.own_account.sum()
    mixed_month = national.mixed_income.sum() / alone / 12
    remittances = raw.level("remittances")
    money = {
        "GDP at market prices": gdp,
        "value added at basic prices": added.sum(),
        "household consumption, basic prices": national.household.sum()
        + national.household_imports.sum(),
        "  of it imported (without cars)": national.household_imports.sum(),
        "government consumption": national.government.sum(),
        "investment": national.investment.sum() + national.investment_imports.sum(),
        "exports (without re-exports)": national.exports.sum(),
        "imports (without cars)": national.imports,
        "  of them inputs": national.imported.sum(),
        "remittances": remittances,
        "other inflows": national.imports - national.exports.sum() - remittances,
        "cars for residents (outside the table)": raw.level("resident_car_imports"),
        "compensation of employees": national.compensation.sum(),
        "own-account (mixed) income": national.mixed_income.sum(),
        "operating surplus of firms": national.surplus.sum(),
    }
    rows = [
        (name, f"{value / 1e9:,.4g} bn, {value / gdp:.1%} of GDP") for name, value in money.items()
    ]
    rows += [
        ("employed", f"{employees + alone:,.0f}"),
        (
            "  employees (small, large and public)",
            f"{employees:,.0f} "
            f"({regional.employees_small.sum():,.0f}, {regional.employees_large.sum():,.0f})",
        ),
        ("  own-account", f"{alone:,.0f}"),
        ("mean wage, gross", f"{people.mean_wage:,.0f} KGS/month"),
        (
            "mean own-account income",
            f"{mixed_month:,.0f} KGS/month, {mixed_month / people.mean_wage:.0%} of the mean wage",
        ),
        ("wage share of value added", f"{national.compensation.sum() / added.sum():.1%}"),
    ]
    worst = max(
        (row for row in (*national.residuals, *regional.residuals) if "share by RAS" in row[3]),
        key=lambda row: row[2],
    )
    rows.append(("largest RAS residual", f"{worst[2]:.0%} ({worst[0]}, {worst[3]})"))
    return rows


def sector_check(
    raw: Raw, national: NationalTable, regional: RegionalTables
) -> list[tuple[str, ...]]:
    """Sector, value added (bn), employees, own-account, wage, own-account income (KGS/month),
    surplus share of value added, imported inputs / inputs, exports / output.
    """
    people, _ = count_people(raw)
    employees = (regional.employees_small + regional.employees_large).sum(axis=0)
    alone = regional.own_account.sum(axis=0)
    domestic, imported = national.domestic.sum(axis=0), national.imported.sum(axis=0)
    added = national.output - domestic - imported
    mixed = np.divide(national.mixed_income, alone * 12, out=np.zeros(len(BASE)), where=alone > 0)
    return [
        (
            name,
            f"{added[i] / 1e9:.4g}",
            f"{employees[i]:,}",
            f"{alone[i]:,}",
            f"{people.wage[i]:,.0f}",
            f"{mixed[i]:,.0f}",
            f"{national.surplus[i] / added[i]:.0%}",
            f"{imported[i] / (imported[i] + domestic[i]):.0%}",
            f"{national.exports[i] / national.output[i]:.0%}",
        )
        for i, name in enumerate(BASE)
    ]


def print_macro_check(raw: Raw, national: NationalTable, regional: RegionalTables) -> None:
    """Print both tables as Markdown, as they stand in the pack's README."""
    print("| total | value |\n|---|---|")
    for name, value in macro_check(raw, national, regional):
        print(f"| {name.strip()} | {value} |")
    print(
        "\n| sector | value added, bn | employees | own-account | wage | own-account income "
        "| surplus / VA | imported inputs | exports / output |\n|---|---|---|---|---|---|---|---|---|"
    )
    for row in sector_check(raw, national, regional):
        print("| " + " | ".join(row) + " |")
