"""Parameters of migration, of government's levers and of shocks."""

from __future__ import annotations

from dataclasses import dataclass

from model.parameter_fields import ParameterSet, flag, integer, number, text


@dataclass(frozen=True)
class PolicyParams(ParameterSet):
    """The part of `Params` for this theme. Levers and shocks are neutral at their defaults."""

    # Migration
    migration: bool = flag(
        True, "assumed", "rules.md 14", "whether people leave for work abroad and return"
    )
    migration_leave_rate: float = number(
        0.02,
        "share of labour force/year",
        0.0,
        0.5,
        "press",
        "190,000 left in 2022-24 (24.kg): 2.2 % a year of 2.9m",
        "people at home who leave in the base years",
    )
    migration_elasticity: float = number(
        1.0,
        "elasticity",
        0.0,
        1e6,
        "recalled",
        "0.4-1 (Bertoli & Fernandez-Huertas Moraga 2013; Ortega & Peri 2013)",
        "of leaving, and of returning with the other sign, to the wage ratio",
    )
    migration_network: float = number(
        0.5,
        "elasticity",
        0.0,
        1.0,
        "recalled",
        "0.4-0.7 (Beine, Docquier & Ozden 2011); below 1, so the stock reverts",
        "of leaving to the number abroad, near the base",
    )
    migration_cost: float = number(
        0.2,
        "share of base earnings abroad",
        0.0,
        0.9,
        "assumed",
        "travel, papers, dearer living",
        "cost of working abroad",
    )
    migration_age_fall: float = number(
        0.05,
        "1/year",
        0.0,
        1.0,
        "recalled",
        "Rogers & Castro 1981: 0.05-0.12",
        "fall of mobility with age above 18",
    )
    migration_unemployed: float = number(
        4.0,
        "ratio",
        0.0,
        100.0,
        "assumed",
        "chosen",
        "readiness of the unemployed to leave against own-account workers'",
    )
    migration_employee: float = number(
        0.3,
        "ratio",
        0.0,
        100.0,
        "assumed",
        "chosen",
        "readiness of employees to leave against own-account workers'",
    )
    migration_settling: float = number(
        24.0,
        "months",
        1.0,
        1200.0,
        "assumed",
        "burn-in only",
        "memory by which the norms of migration settle",
    )
