"""Every number of the model that is not a country's data, with unit, range, source and grade.

A pack's `rates.csv` may override any of them; worlds change them by dated events.
The order of the words in `number(...)`: default, unit, low, high, grade, source, meaning.
"""

from __future__ import annotations

from dataclasses import dataclass

from model.parameter_fields import ParameterSet, flag, integer, number, text

__all__ = ["RUN_SETTINGS", "Params", "flag", "integer", "number", "parse_settings", "text"]

# They describe the run, not the economy: a world may not set them, and no event changes them.
RUN_SETTINGS = ("pack", "scale", "burn_in", "horizon")


@dataclass(frozen=True)
class Params(ParameterSet):
    """The parameters of one run. Values are checked on construction (InputError)."""

    # The run
    pack: str = text("kyrgyzstan", "assumed", "chosen", "country pack: a name or a folder")
    scale: float = number(
        10.0, "persons per agent", 1.0, 1e5, "assumed", "chosen", "how many one agent stands for"
    )
    burn_in: int = integer(
        24, "months", 0, 1200, "assumed", "chosen", "months before 2023-01, discarded"
    )
    horizon: int = integer(240, "months", 0, 2400, "assumed", "chosen", "months from 2023-01 on")

    # Taxes and the minimum wage
    vat_rate: float = number(
        0.12, "share", 0.0, 0.5, "recalled", "Tax Code", "value-added tax on final domestic sales"
    )
    income_tax_rate: float = number(
        0.10, "share of wage", 0.0, 0.6, "recalled", "Tax Code", "personal income tax, flat"
    )
    social_rate_employer: float = number(
        0.1725, "share of wage", 0.0, 0.6, "recalled", "Social Fund tariffs 2023", "employers' part"
    )
    profit_tax_rate: float = number(
        0.10, "share of profit", 0.0, 0.6, "recalled", "Tax Code", "tax on firms' profit"
    )
    own_account_tax_rate: float = number(
        0.02, "share of income", 0.0, 0.6, "assumed", "patents and the single tax", "own-account"
    )
    minimum_wage: float = number(
        3280.0, "KGS/month", 0.0, 1e6, "press", "24.kg 349398 (2026)", "no wage offer is below it"
    )

    # Money
    loan_rate: float = number(
        0.18, "1/year", 0.0, 1.0, "press", "KICB, SME loans of 1-5m KGS, 2024", "rate for firms"
    )
    car_loan_rate: float = number(
        0.18, "1/year", 0.0, 1.0, "recalled", "weighted average rate 2025", "rate for car buyers"
    )
    subsidised_loan_rate: float = number(
        0.09, "1/year", 0.0, 1.0, "press", "RSK bank, Russian-Kyrgyz fund, 2024", "soft window"
    )
    deposit_rate: float = number(
        0.0, "1/year", 0.0, 1.0, "assumed", "current accounts", "interest on deposits"
    )
    public_debt_target: float = number(
        0.40, "share of GDP", 0.0, 3.0, "recalled", "2024 level, Ministry of Finance", "target"
    )


def parse_settings(settings: list[str]) -> dict[str, object]:
    """`["vat_rate=0.1"]` to checked values by name; InputError with the nearest name."""
    return Params.parse_settings(settings)
