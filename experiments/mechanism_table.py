"""Every mechanism of the model, as `ornok mechanisms` surveys them."""

from __future__ import annotations

from collections.abc import Iterable

from experiments.mechanism import (
    BIG_DEALER,
    BIG_SHOWROOM,
    CHAIN,
    DEAR_KIT,
    NO_CONTRACT,
    WITH_DUTY,
    Mechanism,
    Trial,
)
from experiments.mechanism_levers import LEVERS, SHOCKS
from model.errors import InputError, nearest

_LOCALISATION = (
    Mechanism(
        "tenders", "quarterly tenders for parts", {}, "tender_failures",
        trials=CHAIN, enclave=True, idle="the plant puts nothing out to tender",
    ),
    Mechanism(
        "localisation", "local makers get contracts and deliver", {"quality_threshold": 1.0},
        "local_content_nominal", trials=CHAIN,
        idle="no bid is below what the plant saves by leaving a part out of its kit",
    ),
    Mechanism(
        "deletion", "the kit gets cheaper by a part left out",
        {"deletion_low": 0.0, "deletion_high": 0.0}, "local_content_nominal",
        trials=(
            Trial("plan", on=DEAR_KIT),
            Trial("plan", WITH_DUTY, {"deletion_low": 0.4, "deletion_high": 0.9}),
        ),
        idle="no bid is below it, as none would be at zero",
    ),
    Mechanism(
        "certification", "parts makers need the carmaker's certificate",
        {"certification_cost": 0.0, "certification_months": 0}, "failed_certification",
        trials=CHAIN, idle="no candidate lacks only the certificate",
    ),
    Mechanism(
        "dual_sourcing", "two suppliers for a part", {"sourcing": 1}, "contracts",
        Trial(on={"sourcing": 2}),
        tuple(Trial(one.world, one.settings, {"sourcing": 2}) for one in CHAIN),
        idle=NO_CONTRACT,
    ),
    Mechanism(
        "volume_trust", "suppliers learn what announcements are worth",
        {"volume_trust_speed": 0.0}, "local_content_nominal", trials=CHAIN,
        idle="offers change, but with or without it none is below what the plant saves",
    ),
    Mechanism(
        "scale_economies", "a small volume makes parts dear", {"scale_elasticity": 0.0},
        "local_content_nominal", trials=CHAIN,
        idle="offers change, but with or without it none is below what the plant saves",
    ),
    Mechanism(
        "parts_freight", "parts from far away cost more", {"part_freight": 0.0}, "failed_price",
        trials=CHAIN, idle="no candidate is far away",
    ),
    Mechanism(
        "aftermarket", "parts makers sell to owners of old cars too",
        {"aftermarket_home_share": 0.0}, "failed_scale",
        trials=(*CHAIN, Trial(on={"aftermarket_home_share": 0.3, "aftermarket_spend": 50_000.0})),
        idle="it adds too little to the volume of any candidate",
    ),
)  # fmt: skip

_KNOWLEDGE = (
    Mechanism(
        "assistance", "the plant helps its suppliers", {"assistance_rate": 0.0},
        "knowledge_from_assistance", trials=CHAIN, idle=NO_CONTRACT,
    ),
    Mechanism(
        "learning", "makers of parts learn by making them", {"supplier_progress_ratio": 1.0},
        "knowledge_from_learning", trials=CHAIN, idle=NO_CONTRACT,
    ),
    Mechanism(
        "mobility", "people from the plant bring know-how along", {"mobility_rate": 0.0},
        "knowledge_from_mobility",
    ),
    Mechanism(
        "imitation", "neighbours copy", {"imitation_rate": 0.0}, "knowledge_from_imitation"
    ),
    Mechanism("forgetting", "know-how is lost", {"knowledge_decay": 0.0}, "knowledge_lost"),
    Mechanism(
        "quality_growth", "help, audits and know-how raise quality",
        {"quality_assistance_rate": 0.0, "quality_audit_rate": 0.0, "quality_knowledge_rate": 0.0},
        "quality_suppliers", trials=CHAIN,
        idle="the quality of direct suppliers is what is measured, and there is none",
    ),
    Mechanism(
        "auto_premium", "skill in making cars is worth more where cars are made",
        {"auto_premium": 0.0}, "wage_auto_skilled",
    ),
    Mechanism(
        "training_on_the_job", "crews learn to make cars",
        {"plant_training": 0.0, "supplier_training": 0.0}, "auto_skilled",
    ),
    Mechanism(
        "plant_learning", "the plant's hours a car fall with experience",
        {"plant_progress_ratio": 1.0}, "plant_jobs",
    ),
)  # fmt: skip

_ENTRY = (
    Mechanism(
        "spin_offs", "founders take know-how and quality along",
        {"inherited_knowledge": 0.0, "inherited_quality": 0.0}, "knowledge_near",
        idle="nobody from the plant or from a maker of parts has founded a firm of the trade",
    ),
    Mechanism(
        "tender_rents", "open tenders draw founders", {"tender_rent_weight": 0.0},
        "entries_supplier", trials=CHAIN, idle="founders see the rents, but none of them set up as a maker of parts",
    ),
    Mechanism(
        "followers", "foreign suppliers follow the plant", {"follow_scale": 100.0},
        "entries_foreign",
        trials=(
            *CHAIN,
            Trial("plan", {**DEAR_KIT, **WITH_DUTY, "follow_cluster": 1}),
            Trial("volume", {**DEAR_KIT, **WITH_DUTY, "initial_quality": 0.6}),
        ),
        idle="they ask for a volume at the least efficient scale and for a cluster of suppliers",
    ),
    Mechanism(
        "unmet_demand", "demand without a seller draws founders", {"unmet_demand_weight": 0.0},
        "firm_entries",
        trials=(Trial("corridor_block"), Trial("supplier_outage"),
                Trial("supplier_outage", {"import_substitution": 0.0}),
                Trial("plant", {"corridor_open": 0.8})),
        idle="imports fill nearly all gaps: what is left moves no founder",
    ),
    Mechanism(
        "importers_leave", "importers that earn too little give up", {"dealer_least_profit": 0.0},
        "importers_left",
        trials=(Trial(on=BIG_SHOWROOM), Trial(on=BIG_DEALER), Trial("plan", on=BIG_DEALER)),
        idle="a dealer earns fifty times what its owner would elsewhere: 18 share all of the trade",
    ),
    Mechanism(
        "importers_convert", "or turn to the domestic make, to transit or to parts",
        {"dealer_least_profit": 0.0}, "importers_converted",
        trials=(Trial(on=BIG_SHOWROOM), Trial(on=BIG_DEALER), Trial("plan", on=BIG_DEALER)),
        idle="a dealer earns fifty times what its owner would elsewhere: 18 share all of the trade",
    ),
    Mechanism(
        "commissions", "the plant pays former importers for sales", {"dealer_commission": 0.0},
        "dealer_commissions",
        trials=(Trial("plant", BIG_SHOWROOM), Trial("plant", BIG_DEALER), Trial("plan", BIG_DEALER)),
        idle="no importer sells the domestic make: its transit trade earns a dealer more",
    ),
    Mechanism(
        "dealer_network", "former importers make the domestic make easier to buy",
        {"domestic_network_value": 0.0}, "cars_sold_households",
        trials=(Trial("plant", BIG_SHOWROOM), Trial("plant", BIG_DEALER), Trial("plan", BIG_DEALER)),
        idle="no importer sells the domestic make: its transit trade earns a dealer more",
    ),
)  # fmt: skip

_PLANT = (
    Mechanism(
        "stages", "a plant that is full and pays builds its next stage",
        {"capability_firms": 10_000}, "plant_stage",
        trials=(Trial("plan"), Trial("volume")),
        idle="the line is never full enough for the plant to think of it",
    ),
    Mechanism(
        "mothballing", "a line that loses cash and hardly works stops",
        {"mothball_utilisation": 0.0}, "plants_mothballed",
        trials=(Trial("policy_reversal"), Trial("no_exemption", {"procurement_preference": 0.0}),
                Trial("plant", on={"mothball_utilisation": 0.3})),
        idle="the plant sells more than a twentieth of its capacity",
    ),
    Mechanism(
        "plant_price", "the plant's price follows its costs", {"plant_price_speed": 0.0},
        "plant_price",
    ),
    Mechanism(
        "export_access", "foreign markets that are open to the plant's cars",
        {"export_access": 0.0, "export_access_origin": 0.0}, "cars_exported",
        trials=(Trial("plant", on={"export_access": 0.3}),),
        idle="a kit car fails the rules of origin, so no market is open",
    ),
    Mechanism(
        "reputation", "foreigners come to know the make", {"reputation_speed": 0.0},
        "cars_exported", trials=(Trial("plant", {"export_access": 0.3}),),
        idle="no foreign market is open",
    ),
    Mechanism(
        "trust", "buyers at home come to trust the make", {"distrust_weight": 0.0},
        "cars_sold_households",
    ),
    Mechanism(
        "plant_wage", "the plant pays more than its region", {"plant_wage_premium": 0.0},
        "plant_price",
    ),
)  # fmt: skip

_PEOPLE = (
    Mechanism(
        "migration", "people leave for work abroad and return", {"migration": False}, "emigrants"
    ),
    Mechanism(
        "import_substitution", "imports fill in for a supplier that fails",
        {"import_substitution": 0.0}, "output", trials=(Trial("supplier_outage"),),
        idle="no named supplier falls short",
    ),
)  # fmt: skip

MECHANISMS: tuple[Mechanism, ...] = (
    *_LOCALISATION, *_KNOWLEDGE, *_ENTRY, *_PLANT, *_PEOPLE, *LEVERS, *SHOCKS,
)  # fmt: skip


def find(names: Iterable[str] = ()) -> list[Mechanism]:
    """The mechanisms of these names, all of them without any; InputError for an unknown name."""
    known = {one.name: one for one in MECHANISMS}
    wanted = list(dict.fromkeys(names))
    for name in wanted:
        if name not in known:
            hint = nearest(name, known)
            raise InputError("there is no such mechanism", field="NAME", value=name, hint=hint)
    return [known[name] for name in wanted] or list(MECHANISMS)
