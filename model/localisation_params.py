"""Parameters of tenders, contracts and local content."""

from __future__ import annotations

from dataclasses import dataclass

from model.parameter_fields import ParameterSet, integer, number


@dataclass(frozen=True)
class LocalisationParams(ParameterSet):
    """The part of `Params` that `capability.py`, `plant_parts.py` and `markets/tenders.py` read."""

    # Who can make what at the start
    makers_per_part: float = number(
        6.0,
        "firms",
        1.0,
        100.0,
        "assumed",
        "chosen; divided by the part's complexity",
        "firms that can make a part of complexity 1; real count, not scaled",
    )
    initial_quality: float = number(
        0.45, "0-1", 0.01, 0.99, "assumed", "chosen", "median quality of firms' goods at the start"
    )
    initial_quality_spread: float = number(
        0.5, "log odds", 0.0, 3.0, "assumed", "chosen", "spread of quality at the start"
    )
    quality_size: float = number(
        0.15,
        "log odds per log staff",
        0.0,
        2.0,
        "recalled",
        "larger firms make better goods (Kugler & Verhoogen 2012)",
        "of quality to staff at the start",
    )
    # What a local part saves the plant
    deletion_low: float = number(
        0.4, "share", 0.0, 1.0, "recalled", "rules.md 19; Baranson 1969", "least deletion allowance"
    )
    deletion_high: float = number(
        0.9, "share", 0.0, 1.0, "recalled", "rules.md 19; Baranson 1969", "most deletion allowance"
    )
    kit_freight: float = number(
        0.05,
        "share of border price",
        0.0,
        0.5,
        "assumed",
        "packing and rail from Asaka; chosen",
        "part of a kit's price that is packing and freight",
    )
    # Bids
    scale_elasticity: float = number(
        0.15, "elasticity", 0.0, 1.0, "recalled", "rules.md 19", "of unit cost to volume over MES"
    )
    tooling_base: float = number(
        4e7,
        "KGS",
        0.0,
        1e10,
        "press",
        "0.46m USD a component (Uzbekistan's programme of 2025: 325m USD, 700 parts)",
        "tools for a part of complexity 2",
    )
    tooling_step: float = number(
        2.0, "ratio", 1.0, 10.0, "assumed", "chosen", "tooling, one step of complexity up"
    )
    tooling_life: int = integer(
        60, "months", 1, 240, "assumed", "rules.md 19", "over which tools are paid off, and last"
    )
    part_freight: float = number(
        0.04,
        "share per 1,000 km",
        0.0,
        1.0,
        "assumed",
        "road freight of 0.08 USD a tonne-km, 5-10 kg a dollar for bulky parts; chosen",
        "part of a set that its haul to the plant uses up",
    )
    freight_limit: float = number(
        0.03, "share", 0.0, 1.0, "assumed", "chosen", "freight above which a site is too far"
    )
    aftermarket_spend: float = number(
        20000.0,
        "KGS/car/year",
        0.0,
        1e6,
        "recalled",
        "rules.md 20: an old fleet; wide (5,000-50,000)",
        "parts bought for a car on the road",
    )
    aftermarket_home_share: float = number(
        0.1,
        "share",
        0.0,
        1.0,
        "assumed",
        "rules.md 20: nearly all imported",
        "of it made at home",
    )
    local_cost_ratio: float = number(
        0.8,
        "ratio",
        0.3,
        2.0,
        "recalled",
        "parts from low-cost countries are 10-30 % cheaper ex works at an efficient scale (m)",
        "cost of the maker's own work on a part against its value in a kit, at an efficient scale",
    )
    bought_in_share: float = number(
        0.4,
        "share",
        0.0,
        0.95,
        "assumed",
        "makers under SKD and CKD import sub-parts and material for a third to two thirds; chosen",
        "part of a set's value that its maker imports as sub-parts",
    )
    # Expected volume
    volume_trust: float = number(
        0.5,
        "share",
        0.0,
        1.0,
        "assumed",
        "rules.md 19 (omega)",
        "first weight of what is announced",
    )
    volume_trust_speed: float = number(
        0.25, "1/quarter", 0.0, 1.0, "assumed", "chosen", "speed at which it follows the record"
    )
    # Qualification
    quality_threshold: float = number(
        0.40, "0-1", 0.0, 1.0, "assumed", "chosen", "quality asked of the simplest part under SKD"
    )
    quality_complexity_step: float = number(
        0.05, "0-1", 0.0, 1.0, "assumed", "chosen", "more quality asked per step of complexity"
    )
    quality_stage_step: float = number(
        0.05, "0-1", 0.0, 1.0, "assumed", "chosen", "more quality asked per stage of the plant"
    )
    certification_cost: float = number(
        2e6, "KGS", 0.0, 1e9, "assumed", "IATF 16949 for a small firm; chosen", "of one certificate"
    )
    certification_months: int = integer(
        9, "months", 0, 60, "recalled", "IATF 16949: 6-18 months", "from application to certificate"
    )
    least_scale: float = number(
        0.1,
        "share of MES",
        0.0,
        1.0,
        "assumed",
        "chosen",
        "volume below which a part is not tooled for",
    )
    capacity_growth: float = number(
        1.0,
        "ratio",
        0.0,
        100.0,
        "assumed",
        "chosen",
        "extra output a firm can add, of its capacity",
    )
    # Contracts
    sourcing: int = integer(1, "firms", 1, 2, "assumed", "chosen", "suppliers of a part")
    contract_months: int = integer(
        36, "months", 1, 240, "recalled", "half a model's life", "length of a contract"
    )
    tooling_months: int = integer(
        6, "months", 0, 60, "recalled", "tools for simple parts", "from award to first delivery"
    )
    supplier_lead: int = integer(
        1, "months", 0, 24, "assumed", "chosen", "a supplier starts to make so long before delivery"
    )
    supplier_inertia: float = number(
        0.05,
        "share",
        0.0,
        1.0,
        "assumed",
        "chosen",
        "how much cheaper a rival must be to replace an incumbent",
    )
    parts_cover: float = number(
        0.5, "months", 0.0, 12.0, "assumed", "chosen", "stock of local parts at the plant"
    )
    parts_flex: float = number(
        0.5, "share", 0.0, 10.0, "assumed", "chosen", "most that an order exceeds the usual month"
    )
    supplier_memory: float = number(
        0.25, "1/month", 0.0, 1.0, "assumed", "chosen", "weight of the last delivery in reliability"
    )
