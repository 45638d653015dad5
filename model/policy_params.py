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
        0.8,
        "recalled",
        "0.4-0.7 (Beine, Docquier & Ozden 2011); up to 0.8 the base stock is the only one at rest",
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
        12.0,
        "months",
        1.0,
        1200.0,
        "assumed",
        "burn-in only",
        "memory by which the norms of migration settle",
    )

    # Shocks, and what a missing delivery does
    import_substitution: float = number(
        0.3,
        "share",
        0.0,
        1.0,
        "recalled",
        "inputs are specific (Barrot & Sauvagnat 2016; Boehm et al. 2019: near 0 within months)",
        "part of a supplier's shortfall that imports fill within the month",
    )
    corridor_open: float = number(
        1.0,
        "share",
        0.0,
        1.0,
        "assumed",
        "open",
        "goods, cars and kits that pass the border",
    )
    outage_share: float = number(
        0.0,
        "share of firms",
        0.0,
        1.0,
        "assumed",
        "no outage",
        "private makers of goods with named buyers that fail",
    )
    outage_loss: float = number(
        0.0, "share of output", 0.0, 1.0, "assumed", "no outage", "output that they lose"
    )

    # Credit levers
    guarantee_share: float = number(
        0.0,
        "share of loan",
        0.0,
        0.9,
        "assumed",
        "no guarantee",
        "of private firms' new loans that the state guarantees",
    )
    sme_rate_subsidy: float = number(
        0.0,
        "1/year",
        0.0,
        0.5,
        "assumed",
        "no subsidy",
        "points of interest that the budget pays for private firms",
    )
    credit_scope: str = text(
        "all",
        "assumed",
        "chosen",
        "private firms under 250 staff that guarantee and rate subsidy are for",
        choices=("all", "parts"),
    )

    # Levers on plants and their suppliers
    kit_exemption: float = number(
        1.0,
        "share",
        0.0,
        1.0,
        "press",
        "the agreement (24.kg 256342)",
        "part of the agreement's exemption of kits from duty and VAT that holds",
    )
    tax_holiday_months: int = integer(
        0, "months", 0, 1200, "assumed", "none", "from its opening a plant pays no profit tax"
    )
    local_content_requirement: float = number(
        0.0,
        "share",
        0.0,
        1.0,
        "assumed",
        "none",
        "nominal local content that a plant must reach",
    )
    mandate_grace_months: int = integer(
        24, "months", 0, 1200, "assumed", "chosen", "from the opening to the first judgement"
    )
    mandate_fine: float = number(
        0.02, "share of sales", 0.0, 1.0, "assumed", "chosen", "paid while the rule is missed"
    )
    mandate_premium_max: float = number(
        0.3,
        "share",
        0.0,
        5.0,
        "assumed",
        "chosen",
        "most that a plant pays above the import cost of a part to meet the rule",
    )
    supplier_fund: float = number(
        0.0, "KGS/year", 0.0, 1e12, "assumed", "none", "grants to firms that can make parts"
    )
    programme_cost: float = number(
        3.0e6,
        "KGS/year",
        1.0,
        1e12,
        "assumed",
        "judged: 20-50 thousand USD a firm",
        "cost of assisting one firm",
    )
    import_registration_fee: float = number(
        0.0,
        "KGS/car",
        0.0,
        1e9,
        "assumed",
        "none",
        "fee on the first registration of an imported car",
    )
    logistics_investment: float = number(
        0.0, "KGS/year", 0.0, 1e13, "assumed", "none", "public spending on freight routes"
    )
    logistics_capital: float = number(
        3.0e11,
        "KGS",
        1e6,
        1e15,
        "assumed",
        "judged: a fifth of GDP of 2024",
        "worth of the freight routes that there are",
    )
    logistics_effect: float = number(
        0.5,
        "elasticity",
        0.0,
        5.0,
        "recalled",
        "Limao & Venables 2001: a third to one",
        "fall of freight cost with the stock of routes",
    )
    logistics_wear: float = number(
        0.004, "1/month", 0.0, 1.0, "recalled", "5 % a year: roads", "wear of new routes"
    )
    kit_freight_share: float = number(
        0.06, "share", 0.0, 0.9, "assumed", "judged: 4-8 %", "freight in the price of a kit"
    )
