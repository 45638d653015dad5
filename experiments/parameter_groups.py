"""Parameters by theme, for a screening of groups: each theme begins at a parameter and goes on to the next."""

from __future__ import annotations

from collections.abc import Iterable

from model.params import Params

# In the order in which the parameters are declared; a new one falls into the theme it stands in.
THEMES = {
    "migration": "migration", "import_substitution": "shocks", "guarantee_share": "levers",
    "tender_rent_weight": "founding_motives", "inherited_knowledge": "spin_offs",
    "follow_scale": "foreign_suppliers", "dealer_least_profit": "importer_exit",
    "plant_edge": "knowledge_gap", "assistance_rate": "learning", "quality_assistance_rate": "quality_growth",
    "auto_premium": "car_skill", "expand_utilisation": "next_stage", "ckd_hours": "ckd",
    "mothball_utilisation": "mothballing", "plant_price_speed": "plant_price",
    "export_access_origin": "reputation_abroad", "makers_per_part": "parts_makers",
    "deletion_low": "deletion_allowance", "scale_elasticity": "bids", "volume_trust": "expected_volume",
    "quality_threshold": "qualification", "sourcing": "contracts", "used_imports_per_1000": "car_demand",
    "secondhand_level": "secondhand_cars", "n_new_dealers": "importers", "new_car_duty_rate": "car_duties",
    "domestic_quality": "domestic_make", "plant_hours_per_car": "plant_hours",
    "plant_fixed_crew": "plant_running", "export_access": "plant_exports", "vat_rate": "taxes",
    "loan_rate": "interest", "numeraire": "outside_world", "retirement_age": "people",
    "quit_rate": "turnover", "own_account_entry": "own_account_flows", "search_employee": "job_search",
    "taste_scale": "job_choice", "autonomy_premium": "own_account_premium",
    "wage_floor_share": "wage_setting", "pool_crowding": "own_account_pool", "income_memory": "beliefs",
    "stock_cover": "stocks", "efficiency_persistence": "productivity", "markup_reversion": "prices",
    "depreciation": "capital", "debt_financed": "finance", "budget_settling": "budget_and_bank",
    "seller_elasticity": "goods_trade", "customer_churn": "customers", "n_suppliers": "named_suppliers",
    "size_tail": "firm_sizes", "founding_propensity": "founding",
}  # fmt: skip


def themes_of(names: Iterable[str]) -> dict[str, list[str]]:
    """These parameters by theme, in the order of declaration; themes without any are left out."""
    wanted, theme = set(names), ""
    found: dict[str, list[str]] = {}
    for name in Params.names():
        theme = THEMES.get(name, theme)
        if name in wanted:
            found.setdefault(theme, []).append(name)
    return found
