"""How strong, how fast or from where on a mechanism acts: parameters that switch none."""

MAGNITUDES = {
    "makers_per_part", "initial_quality", "initial_quality_spread", "quality_size", "kit_freight",
    "tooling_base", "tooling_step", "tooling_life", "freight_limit", "aftermarket_spend",
    "local_cost_ratio", "bought_in_share", "volume_trust", "quality_complexity_step",
    "quality_stage_step", "least_scale", "capacity_growth", "contract_months", "tooling_months",
    "supplier_lead", "supplier_inertia", "parts_cover", "parts_flex", "supplier_memory",
    "required_return", "parent_kit_margin", "investment_life", "expand_lead", "capability_quality",
    "ckd_local_content", "ckd_experience", "ckd_hours", "ckd_kit_share", "stage_carry_over",
    "reopen_utilisation", "caretaker_share", "close_after", "origin_threshold", "reputation_half",
    "reputation_memory", "reputation_home_weight", "extra_margin", "plant_edge", "absorption_gap",
    "wholly_foreign_transfer", "supplier_initial_experience", "supplier_carry_over",
    "experience_retention", "imitation_distance", "quality_decay", "supplier_skill_ceiling",
    "auto_skill_decay", "training_cost", "training_stipend_share", "training_skill", "training_age",
    "spinoff_skill", "follow_cluster", "follow_hurdle", "follow_spread", "follow_quality",
    "follow_knowledge", "follow_patience", "follow_pause", "follow_cash_months", "dealer_patience",
    "conversion_spread", "migration_leave_rate", "migration_elasticity", "migration_network",
    "migration_cost", "migration_age_fall", "migration_unemployed", "migration_employee",
    "migration_settling", "mandate_grace_months", "mandate_fine", "programme_cost",
    "logistics_capital", "logistics_effect", "logistics_wear", "kit_freight_share",
    "expand_utilisation", "expand_hurdle",
}  # fmt: skip
