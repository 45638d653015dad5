"""Levers of policy and shocks from outside, each with a world of its own."""

from __future__ import annotations

from experiments.mechanism import DEAR_KIT, Mechanism, Trial, lever

LEVERS = (
    lever(
        "mandate", "a local-content rule with a fine", "mandate",
        {"local_content_requirement": 0.0}, "mandate_fines",
    ),
    lever(
        "mandate_premium", "the plant pays more for parts to meet the rule", "mandate",
        {"local_content_requirement": 0.0, "mandate_premium_max": 0.0}, "local_content_nominal",
        trials=(Trial("plan", on={"local_content_requirement": 0.3}),
                Trial("plan", {**DEAR_KIT}, {"local_content_requirement": 0.3})),
        idle="no bid is below what the plant would pay with the premium",
    ),
    lever(
        "kit_exemption", "kits without duty and VAT", "no_exemption", {"kit_exemption": 1.0},
        "duty_forgone",
    ),
    lever(
        "tax_holiday", "years without tax on the plant's profit", "tax_holiday",
        {"tax_holiday_months": 0}, "profit_tax_forgone", trials=(
            Trial("plan", on={"tax_holiday_months": 120}),
            Trial("edge", on={"tax_holiday_months": 120})),
        idle="the plant makes no profit that would be taxed",
    ),
    lever(
        "supplier_fund", "grants and help for firms that can make parts", "supplier_fund",
        {"supplier_fund": 0.0}, "failed_quality",
    ),
    lever(
        "guarantee", "the state guarantees loans of parts makers", "guarantee",
        {"guarantee_share": 0.0}, "firm_debt",
        trials=(Trial("plant", on={"guarantee_share": 0.7}),),
        idle="parts makers do not lack collateral",
    ),
    Mechanism(
        "credit_scope", "guarantee and subsidy for parts makers only", {"credit_scope": "all"},
        "firm_debt", Trial("soft_credit", on={"credit_scope": "parts"}),
    ),
    lever(
        "rate_subsidy", "the budget pays a part of firms' interest", "soft_credit",
        {"sme_rate_subsidy": 0.0}, "investment",
    ),
    lever(
        "procurement", "state bodies prefer the domestic make", "procurement",
        {"procurement_preference": 0.8}, "cars_sold_state",
    ),
    lever(
        "car_loans", "soft loans for domestic cars", "car_loans", {}, "cars_sold_households"
    ),
    lever(
        "import_fee", "a fee on imported cars", "import_fee", {"import_registration_fee": 0.0},
        "cars_imported_used",
    ),
    lever(
        "logistics", "public spending on freight routes", "logistics",
        {"logistics_investment": 0.0}, "plant_price",
    ),
    Mechanism(
        "schools", "places for car trades in schools", {"training_places": 0.0}, "trained",
        Trial(on={"training_places": 500.0}),
    ),
)  # fmt: skip

SHOCKS = (
    lever("corridor", "the border is closed", "corridor_block", {"corridor_open": 1.0}, "imports"),
    lever(
        "outage", "suppliers fail", "supplier_outage", {"outage_share": 0.0, "outage_loss": 0.0},
        "output",
    ),
    lever(
        "devaluation", "foreign money gets dearer", "devaluation", {"exchange_rate_index": 1.0},
        "price_level",
    ),
    lever(
        "world_price", "imports get dearer", "world_price", {"world_price_index": 1.0},
        "price_level",
    ),
    lever(
        "foreign_demand", "foreigners buy less", "export_slump", {"foreign_demand_index": 1.0},
        "exports",
    ),
    lever(
        "remittances", "work abroad pays less", "remittance_collapse", {"remittance_index": 1.0},
        "remittances",
    ),
)  # fmt: skip
