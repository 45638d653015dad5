"""The balanced national input-output table with its incomes, from raw aggregates and levels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model.data.balancing import Floats, fit_to_margins
from model.data.raw_tables import BASE, Raw

N = len(BASE)


@dataclass(frozen=True)
class People:
    """Persons by sector of the base year and what they earn; arrays [10]."""

    persons: Floats
    employees: Floats
    wage: Floats  # KGS/month gross
    mean_wage: float


@dataclass(frozen=True)
class NationalTable:
    """Flows in whole KGS a year; arrays [10] or [10, 10] (rows supply, columns use)."""

    domestic: Floats
    imported: Floats
    household: Floats
    government: Floats
    investment: Floats
    exports: Floats
    household_imports: Floats
    investment_imports: Floats
    compensation: Floats
    mixed_income: Floats
    surplus: Floats
    output: Floats
    residuals: list[tuple[str, str, float, str]]  # what, where, value, meaning

    @property
    def imports(self) -> float:
        """All imports of the table: inputs, consumption, investment; KGS a year."""
        final = self.household_imports.sum() + self.investment_imports.sum()
        return float(self.imported.sum() + final)


def count_people(raw: Raw) -> tuple[People, list[tuple[str, str, float, str]]]:
    """Persons, employees and wages by sector; remembered shares are rescaled to close at 100 %."""
    shares = raw.sector("employment_share")
    recalled = np.array([raw.sectors[s]["employment_share"]["grade"] == "recalled" for s in BASE])
    factor = 1.0
    if recalled.any():
        factor = (100 - shares[~recalled].sum()) / shares[recalled].sum()
    shares = np.where(recalled, shares * factor, shares)
    persons = shares / shares.sum() * raw.region("employed").sum()
    alone = raw.sector("own_account_allowed") > 0
    employees = np.where(alone, raw.sector("employees"), np.round(persons))
    wage = raw.sector("wage")
    public = raw.sector("public") > 0
    level = raw.level("mean_wage") * employees.sum() - (wage * employees)[public].sum()
    level /= (wage * employees)[~public].sum()
    wage = np.where(public, wage, np.round(wage * level))
    mean = float((wage * employees).sum() / employees.sum())
    notes = [
        ("employment share", "remembered sectors", factor, "factor that closes shares at 100 %"),
        ("wage", "outside public services", level, "KGS/month, mean of relative wage 1"),
    ]
    return People(np.round(persons), employees, wage, mean), notes


def balance_table(raw: Raw, people: People) -> NationalTable:
    """Every sector: output = all uses = inputs + incomes, in whole KGS."""
    notes: list[tuple[str, str, float, str]] = []
    basic = raw.level("gdp") * raw.level("basic_price_share")
    added = np.round(basic * raw.aggregate("value_added") / raw.aggregate("value_added").sum())
    output = np.round(added * raw.aggregate("output") / raw.aggregate("value_added"))
    inputs = output - added
    imported = _imported_inputs(raw, inputs, notes)
    final = _final_uses(raw, output)
    domestic = _domestic_inputs(raw, output, inputs - imported.sum(axis=0), final, notes)
    uses = domestic.sum(axis=1) + final["government"] + final["investment"] + final["exports"]
    household = output - uses
    if (household < 0).any():
        short = BASE[int(np.argmin(household))]
        raise ValueError(f"household demand for {short} would be negative: lower its other uses")
    compensation, mixed, surplus = _incomes(raw, people, added, notes)
    # Rounding of the inputs is absorbed by the surplus, so that columns balance to the last KGS.
    surplus = output - domestic.sum(axis=0) - imported.sum(axis=0) - compensation - mixed
    gdp = raw.level("gdp")
    investment_imports = np.round(
        raw.level("investment_import_ratio") * gdp * raw.sector("investment_import_share")
    )
    wanted = raw.level("import_ratio") * gdp - imported.sum() - investment_imports.sum()
    if wanted < 0:
        raise ValueError("inputs and investment alone import more than `import_ratio`")
    household_imports = np.round(wanted * raw.sector("household_import_share"))
    return NationalTable(
        domestic,
        imported,
        household,
        final["government"],
        final["investment"],
        final["exports"],
        household_imports,
        investment_imports,
        compensation,
        mixed,
        surplus,
        output,
        notes,
    )


def _prior(raw: Raw) -> Floats:
    prior = np.zeros((N, N))
    for row in raw.prior:
        prior[BASE.index(row["supplier"]), BASE.index(row["user"])] = float(row["weight"])
    return prior / prior.sum(axis=0)


def _imported_inputs(raw: Raw, inputs: Floats, notes: list[tuple[str, str, float, str]]) -> Floats:
    """[10, 10]: import content of inputs follows the foreign share of each sector's exports."""
    intensity = raw.aggregate("intermediate") / raw.aggregate("output")
    pattern = np.clip(raw.aggregate("foreign_share") / intensity, 0.05, 1.0)
    wanted = raw.level("intermediate_import_share") * inputs.sum()
    low, high = 0.0, 20.0
    for _ in range(200):  # bisection: the clipped shares are monotone in the factor
        factor = (low + high) / 2
        shares = np.clip(factor * pattern, 0.03, 0.75)
        low, high = (factor, high) if (shares * inputs).sum() < wanted else (low, factor)
    notes.append(("imported inputs", "all", factor, "factor on the MRIO's foreign content"))
    weights = _prior(raw) * raw.sector("import_propensity")[:, None]
    return np.round(weights / weights.sum(axis=0) * (shares * inputs))


def _final_uses(raw: Raw, output: Floats) -> dict[str, Floats]:
    share = raw.sector("export_share")
    data = raw.aggregate("exports") / raw.aggregate("output")
    exports = np.round(output * np.where(share < 0, data, share))
    return {
        "government": np.round(output * raw.sector("government_share")),
        "investment": np.round(output * raw.sector("investment_share")),
        "exports": exports,
    }


def _domestic_inputs(
    raw: Raw,
    output: Floats,
    columns: Floats,
    final: dict[str, Floats],
    notes: list[tuple[str, str, float, str]],
) -> Floats:
    """[10, 10] by RAS from the prior; row sums from the sectors' intermediate sales."""
    rows = output * raw.sector("intermediate_share")
    factor = columns.sum() / rows.sum()
    rows = rows * factor
    notes.append(("intermediate sales", "all", factor, "factor on the assumed shares of output"))
    room = output - final["government"] - final["investment"] - final["exports"]
    for index in np.flatnonzero(rows > room):
        raise ValueError(
            f"{BASE[index]} cannot sell {rows[index]:.3g} as input: room {room[index]:.3g}"
        )
    seed = _prior(raw) * columns
    fitted, change = fit_to_margins(seed, rows, columns)
    notes.append(("domestic inputs", "largest cell", change, "relative change of a share by RAS"))
    for i, name in enumerate(BASE):
        ratio = float(fitted[i].sum() / fitted.sum() / (seed[i].sum() / seed.sum()))
        notes.append(("domestic inputs", name, ratio, "row sum after / before RAS"))
    return np.round(fitted)


def _incomes(
    raw: Raw, people: People, added: Floats, notes: list[tuple[str, str, float, str]]
) -> tuple[Floats, Floats, Floats]:
    social = 1 + raw.level("social_rate_employer")
    compensation = np.round(people.employees * people.wage * 12 * social)
    alone = people.persons - people.employees
    wanted = raw.sector("own_account_income") * people.mean_wage * 12 * alone
    most = added * (1 - raw.level("surplus_floor")) - compensation
    for i, name in enumerate(BASE):
        if most[i] < 0:
            raise ValueError(f"{name}: pay of employees leaves less surplus than the floor")
        if wanted[i] > most[i]:
            notes.append(("own-account income", name, most[i] / wanted[i], "cut to keep surplus"))
    mixed = np.round(np.minimum(wanted, most))
    return compensation, mixed, added - compensation - mixed
