"""Every number of the model that is not a country's data, with unit, range, source and grade.

A pack's `rates.csv` may override any of them; worlds change them by dated events.
The order of the words in `number(...)`: default, unit, low, high, grade, source, meaning.
"""

from __future__ import annotations

from dataclasses import dataclass

from model.car_params import CarParams
from model.entry_params import EntryParams
from model.knowledge_params import KnowledgeParams
from model.localisation_params import LocalisationParams
from model.parameter_fields import flag, integer, number, text
from model.policy_params import PolicyParams
from model.stage_params import StageParams

__all__ = [
    "RUN_SETTINGS",
    "START_ONLY",
    "Params",
    "flag",
    "integer",
    "number",
    "parse_settings",
    "text",
]

# They describe the run, not the economy: a world may not set them, and no event changes them.
RUN_SETTINGS = ("pack", "scale", "burn_in", "horizon")

# They shape the base year, which a run starts from: a world may set them, but a dated event would
# come too late to change anything (the numeraire, to change half of everything).
START_ONLY = (
    "numeraire", "wealth_months", "savings_sd", "commuting_km", "commuting_cost",
    "distance_tradable", "distance_local", "capital_share_cap", "capital_headroom",
    "reinvestment_share", "public_investment_share", "size_tail", "size_cut", "budget_settling",
    "used_imports_per_1000", "new_imports_per_1000", "n_new_dealers", "n_used_dealers",
    "makers_per_part", "initial_quality", "initial_quality_spread", "quality_size",
)  # fmt: skip


@dataclass(frozen=True)
class Params(
    CarParams, LocalisationParams, StageParams, KnowledgeParams, EntryParams, PolicyParams
):
    """The parameters of one run. Values are checked on construction (InputError)."""

    # The run
    pack: str = text("kyrgyzstan", "assumed", "chosen", "country pack: a name or a folder")
    scale: float = number(
        10.0, "persons per agent", 1.0, 1e5, "assumed", "chosen", "how many one agent stands for"
    )
    burn_in: int = integer(
        60, "months", 0, 1200, "assumed", "chosen", "months before 2023-01, discarded"
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
    public_debt_target: float = number(
        0.40, "share of GDP", 0.0, 3.0, "recalled", "2024 level, Ministry of Finance", "target"
    )

    public_debt_rate: float = number(
        0.08, "1/year", 0.0, 1.0, "recalled", "state treasury bonds", "interest on domestic debt"
    )
    numeraire: float = number(
        1.0,
        "KGS per base KGS",
        1e-6,
        1e6,
        "assumed",
        "V17",
        "all nominal magnitudes are multiplied by it",
    )
    exchange_rate_index: float = number(
        1.0,
        "ratio",
        0.05,
        20.0,
        "assumed",
        "base year",
        "KGS per foreign currency against the base year",
    )
    world_price_index: float = number(
        1.0, "ratio", 0.05, 20.0, "assumed", "base year", "foreign-currency price of imports"
    )
    foreign_demand_index: float = number(
        1.0, "ratio", 0.0, 20.0, "assumed", "base year", "foreign demand for exports"
    )
    remittance_index: float = number(
        1.0, "ratio", 0.0, 20.0, "assumed", "base year", "remittance of a migrant"
    )

    # People
    retirement_age: float = number(
        63.0, "years", 40.0, 90.0, "recalled", "pension law", "age at which an heir follows"
    )
    skill_sd: float = number(
        0.35,
        "log",
        0.0,
        1.5,
        "assumed",
        "dispersion of residual wages",
        "spread of skill in education groups",
    )
    income_propensity: float = number(
        0.85, "share", 0.1, 1.0, "assumed", "Godley & Lavoie 2007", "consumption out of income (a1)"
    )
    wealth_months: float = number(
        5.0,
        "months",
        0.5,
        60.0,
        "press",
        "deposits 866bn KGS (2025) over income",
        "deposits in months of spending",
    )
    savings_sd: float = number(
        1.2, "log", 0.0, 3.0, "assumed", "chosen", "spread of thrift: deposits wanted over income"
    )

    # Labour
    quit_rate: float = number(
        0.015, "1/month", 0.0, 0.5, "assumed", "Hobijn & Sahin 2009: 1-2 %", "employees who leave"
    )
    layoff_speed: float = number(
        0.15,
        "1/month",
        0.0,
        1.0,
        "recalled",
        "Hamermesh 1993: half of a gap in staff is closed in one to two quarters",
        "excess staff shed in a month",
    )
    own_account_entry: float = number(
        0.095,
        "1/month",
        0.0,
        1.0,
        "assumed",
        "calibrated to unemployment with people returning; calibrated: flat keeps still",
        "unemployed who turn to own-account work",
    )
    own_account_exit: float = number(
        0.005,
        "1/month",
        0.0,
        1.0,
        "assumed",
        "calibrated to unemployment",
        "own-account workers who search full time",
    )
    own_account_switch: float = number(
        0.01, "1/month", 0.0, 1.0, "assumed", "chosen", "own-account workers who change trade"
    )
    own_account_elasticity: float = number(
        2.0,
        "elasticity",
        0.0,
        10.0,
        "assumed",
        "Hsieh et al. 2019: 1.5-3",
        "of trade choice to income",
    )
    search_employee: float = number(
        0.02,
        "1/month",
        0.0,
        1.0,
        "recalled",
        "Faberman et al. 2022",
        "employees who look elsewhere",
    )
    search_own_account: float = number(
        0.02,
        "1/month",
        0.0,
        1.0,
        "assumed",
        "chosen; calibrated: flat keeps still",
        "own-account workers who look for a job",
    )
    search_looks: int = integer(
        3,
        "places",
        1,
        60,
        "assumed",
        "chosen; calibrated: flat keeps still",
        "places looked at in a round",
    )
    search_choices: int = integer(
        2,
        "jobs",
        1,
        20,
        "recalled",
        "BAM: 3-5 (Delli Gatti et al. 2011)",
        "open jobs compared in a round",
    )
    search_rounds: int = integer(
        2, "rounds", 1, 10, "assumed", "chosen", "rounds of application a month"
    )
    taste_scale: float = number(
        0.15,
        "log wage",
        0.0,
        2.0,
        "recalled",
        "Card et al. 2018: elasticity of supply 4-7",
        "taste for one employer",
    )
    ranking_noise: float = number(
        5.0,
        "skill",
        0.0,
        50.0,
        "assumed",
        "pay is per unit of skill, so choosing by skill gains an employer little; calibrated: flat keeps still",
        "noise in how firms see skill",
    )
    commuting_km: float = number(
        10.0, "km", 1.0, 1000.0, "assumed", "chosen", "decay of looks with distance beyond home"
    )
    commuting_cost: float = number(
        0.003, "log wage/km", 0.0, 1.0, "assumed", "chosen", "cost of a kilometre to work"
    )
    autonomy_premium: float = number(
        0.26,
        "share",
        -0.9,
        3.0,
        "assumed",
        "Hamilton 2000: autonomy is worth income; calibrated: flat keeps still",
        "premium asked to give up own-account work",
    )
    autonomy_spread: float = number(
        0.3, "log", 0.0, 3.0, "assumed", "chosen", "spread of that premium over people"
    )
    unemployed_reservation: float = number(
        0.85,
        "share",
        0.0,
        2.0,
        "assumed",
        "chosen; calibrated: burn-in keeps the employees of the table",
        "least wage of the unemployed over own-account income",
    )
    waiting_spread: float = number(
        0.2,
        "log",
        0.0,
        3.0,
        "recalled",
        "Krueger & Mueller 2016: reservation wages differ by a third or so, much of it by chance",
        "spread of the least wage of the unemployed over people and months",
    )
    wage_floor_share: float = number(
        0.8,
        "share",
        0.0,
        1.0,
        "assumed",
        "rules.md 11; calibrated: flat keeps still",
        "least offer against the worth of own-account work",
    )
    wage_raise: float = number(
        0.02,
        "share",
        0.0,
        0.5,
        "assumed",
        "BAM: 0-10 %; calibrated: flat keeps still",
        "raise of an offer with jobs unfilled",
    )
    wage_cut: float = number(
        0.008,
        "share",
        0.0,
        0.5,
        "assumed",
        "downward rigidity; calibrated: flat keeps still",
        "cut of an offer with a queue",
    )
    wage_queue: float = number(
        2.0,
        "applicants per job",
        0.0,
        100.0,
        "assumed",
        "rules.md 11",
        "queue at which offers fall",
    )
    wage_tolerance: float = number(
        0.02,
        "share of staff",
        0.0,
        1.0,
        "assumed",
        "chosen",
        "open jobs that do not make an employer raise offers",
    )
    wage_patience: int = integer(
        2, "months", 1, 24, "assumed", "rules.md 11", "months unfilled before a raise"
    )
    pool_crowding: float = number(
        0.5,
        "elasticity",
        0.0,
        1.0,
        "assumed",
        "rules.md 13: 0.2-0.8; 0 is Lewis",
        "of a pool's pull to its size",
    )
    pool_stretch: float = number(
        1.25,
        "ratio",
        1.0,
        5.0,
        "assumed",
        "chosen",
        "most that own-account workers can do over normal",
    )
    income_memory: float = number(
        0.2,
        "1/month",
        0.01,
        1.0,
        "assumed",
        "chosen",
        "weight of the last month in what people believe",
    )

    # Firms
    expectation_weight: float = number(
        0.25,
        "1/month",
        0.0,
        1.0,
        "recalled",
        "adaptive; Dosi et al. 2010",
        "weight of last month's orders",
    )
    stock_cover: float = number(
        1.0, "months", 0.0, 12.0, "assumed", "chosen", "stock of output wanted, months of sales"
    )
    stock_adjustment: float = number(
        4.0, "months", 1.0, 60.0, "assumed", "chosen", "time to close a stock gap"
    )
    capacity_slack: float = number(
        0.05, "share", 0.0, 1.0, "assumed", "chosen", "spare capacity services keep"
    )
    efficiency_persistence: float = number(
        0.98,
        "1/month",
        0.0,
        0.999,
        "recalled",
        "yearly 0.8 (Foster et al. 2008)",
        "persistence of productivity",
    )
    efficiency_sd: float = number(
        0.03,
        "log",
        0.0,
        0.5,
        "recalled",
        "spread 0.15-0.3 within industries (Syverson 2011)",
        "monthly productivity shock",
    )
    markup_reversion: float = number(
        0.05,
        "1/review",
        0.0,
        1.0,
        "assumed",
        "rules.md 10",
        "pull of the mark-up to its norm (kappa)",
    )
    markup_stock_response: float = number(
        0.05, "1/review", 0.0, 1.0, "assumed", "rules.md 10", "response to the stock gap (gamma)"
    )
    price_review_rate: float = number(
        1.0 / 3.0,
        "1/month",
        0.01,
        1.0,
        "recalled",
        "rules.md 10; Nakamura & Steinsson 2008",
        "prices reviewed",
    )
    depreciation: float = number(
        0.0125,
        "1/month",
        0.0001,
        0.2,
        "recalled",
        "15 % a year: equipment",
        "capital that wears out",
    )
    capital_adjustment: float = number(
        0.03, "1/month", 0.0, 1.0, "assumed", "lumpy, slow", "part of the capital gap closed"
    )
    capital_share_cap: float = number(
        0.4,
        "share",
        0.01,
        1.0,
        "assumed",
        "Gollin 2002: capital share 0.2-0.4",
        "largest part of firms' value added that is return on capital",
    )
    capital_headroom: float = number(
        1.3, "ratio", 1.0, 10.0, "assumed", "utilisation of 75-80 %", "capacity over normal output"
    )
    reinvestment_share: float = number(
        0.25,
        "share",
        0.0,
        1.0,
        "assumed",
        "rest of fixed investment is housing and public",
        "of surplus put into capital",
    )
    public_investment_share: float = number(
        0.2, "share", 0.0, 1.0, "assumed", "chosen", "of all fixed investment"
    )
    debt_financed: float = number(
        0.3, "share", 0.0, 1.0, "assumed", "loans 507bn KGS (2025)", "of investment paid by loans"
    )
    loan_months: float = number(
        60.0, "months", 1.0, 600.0, "assumed", "rules.md 17", "amortisation of firms' loans"
    )
    car_loan_months: float = number(
        60.0, "months", 1.0, 600.0, "assumed", "banks' offers", "amortisation of car loans"
    )
    loan_to_value: float = number(
        0.9, "share", 0.0, 2.0, "press", "KICB: collateral 80-110 %", "loans over capital"
    )
    cash_months: float = number(
        2.0, "months", 0.0, 24.0, "assumed", "rules.md 6", "costs kept in cash"
    )
    payout_speed: float = number(
        0.5, "1/month", 0.0, 1.0, "assumed", "chosen", "spare cash paid out"
    )
    budget_settling: float = number(
        0.04,
        "1/month",
        0.0,
        1.0,
        "assumed",
        "two years' memory; burn-in only",
        "part of the balance by which the norm of transfers moves",
    )
    fiscal_response: float = number(
        0.01155,
        "1/month",
        0.0,
        1.0,
        "assumed",
        "rules.md 6: half-life 5 years (Bohn 1998)",
        "of transfers to the debt gap",
    )
    bank_capital_target: float = number(
        0.18, "share", 0.0, 1.0, "recalled", "capital adequacy about 20 %", "equity over loans"
    )
    bank_capital_minimum: float = number(
        0.12, "share", 0.0, 1.0, "recalled", "National Bank's norm", "below it no loans"
    )

    # Goods
    seller_elasticity: float = number(
        3.0,
        "elasticity",
        0.0,
        20.0,
        "recalled",
        "Broda & Weinstein 2006: median 3",
        "between sellers of a good",
    )
    import_elasticity: float = number(
        1.5,
        "elasticity",
        0.0,
        20.0,
        "recalled",
        "Armington, Feenstra et al. 2018: 1-2",
        "between home and imports",
    )
    goods_export_elasticity: float = number(
        2.0,
        "elasticity",
        0.0,
        20.0,
        "recalled",
        "Armington estimates 1-4",
        "of exports to their price",
    )
    distance_tradable: float = number(
        0.9,
        "elasticity",
        0.0,
        5.0,
        "recalled",
        "Disdier & Head 2008 (TR01)",
        "of trade to distance, goods",
    )
    distance_local: float = number(
        2.5,
        "elasticity",
        0.0,
        10.0,
        "assumed",
        "services are bought near",
        "of trade to distance, services",
    )
    customer_churn: float = number(
        0.04,
        "1/month",
        0.0,
        1.0,
        "assumed",
        "chosen; calibrated: flat keeps still",
        "customers who look around",
    )
    customer_uniform: float = number(
        0.02,
        "share",
        0.0,
        1.0,
        "assumed",
        "chosen; calibrated: flat keeps still",
        "of them try any firm of the place",
    )
    customer_elasticity: float = number(
        2.0,
        "elasticity",
        0.0,
        50.0,
        "assumed",
        "chosen; calibrated: flat keeps still",
        "of acceptance to the price ratio",
    )
    n_suppliers: int = integer(
        2, "firms", 1, 3, "assumed", "rules.md 9: 1-3", "named suppliers of an input"
    )
    supplier_review_rate: float = number(
        0.05, "1/month", 0.0, 1.0, "recalled", "Lengnick 2013", "firms that compare a supplier"
    )
    supplier_advantage: float = number(
        0.02, "share", 0.0, 1.0, "assumed", "rules.md 9", "price advantage that makes them switch"
    )
    input_cover: float = number(
        1.0,
        "months",
        0.0,
        12.0,
        "assumed",
        "chosen",
        "stock of critical inputs wanted",
    )
    input_speed: float = number(
        0.5, "1/month", 0.0, 1.0, "assumed", "chosen", "part of the input gap ordered"
    )

    # Entry
    size_tail: float = number(
        1.1,
        "exponent",
        0.5,
        5.0,
        "recalled",
        "Axtell 2001 (FD01)",
        "first firm sizes within a class",
    )
    size_cut: float = number(
        60.0, "ratio", 1.0, 1e4, "assumed", "chosen", "largest over smallest first size of a class"
    )
    founding_propensity: float = number(
        5.3e-4,
        "1/month",
        0.0,
        0.1,
        "assumed",
        "rules.md 15 asks for births of 7.5 % a year, runs give about 5 %; calibrated: flat keeps still, with returners' savings",
        "lambda of founding",
    )
    founding_elasticity: float = number(
        1.0,
        "elasticity",
        0.0,
        10.0,
        "assumed",
        "rules.md 16 (eta)",
        "of founding to the profit rate",
    )
    entrant_months: float = number(
        9.0,
        "months",
        0.0,
        60.0,
        "assumed",
        "rules.md 15: 6-12; calibrated: flat keeps still",
        "wage cost an entrant starts with in cash",
    )
    entrant_customers: float = number(
        2.0,
        "customers",
        1.0,
        50.0,
        "assumed",
        "SME mean size 5; calibrated: flat keeps still",
        "customers an entrant starts with",
    )
    entrant_capital_share: float = number(
        0.8,
        "share",
        0.0,
        1.0,
        "assumed",
        "entrants rent and buy used; calibrated: flat keeps still",
        "first capital over the norm",
    )
    entrant_efficiency: float = number(
        -0.05,
        "log",
        -2.0,
        2.0,
        "recalled",
        "entrants are less productive (Foster et al. 2008)",
        "mean of an entrant's productivity",
    )
    entrant_spread: float = number(
        0.2, "log", 0.0, 2.0, "assumed", "Jovanovic 1982", "spread of it"
    )


def parse_settings(settings: list[str]) -> dict[str, object]:
    """`["vat_rate=0.1"]` to checked values by name; InputError with the nearest name."""
    return Params.parse_settings(settings)
