"""Parameters of a plant's stages, expansion, mothballing, price and exports."""

from __future__ import annotations

from dataclasses import dataclass

from model.parameter_fields import ParameterSet, integer, number


@dataclass(frozen=True)
class StageParams(ParameterSet):
    """The part of `Params` that `plant_stages.py`, `plant_costs.py` and `plant_exports.py` read."""

    # The next stage: demand, worth, capability
    expand_utilisation: float = number(
        0.8,
        "share of capacity",
        0.0,
        1.0,
        "recalled",
        "plants are planned for some 80 % use; carmakers break even near it",
        "mean of twelve months from which a plant considers its next stage",
    )
    expand_hurdle: float = number(
        1.5,
        "ratio",
        1.0,
        10.0,
        "recalled",
        "Dixit 1989, 1992: waiting has a value, so twice the cost and more is asked",
        "present value of the extra margin asked for each KGS invested",
    )
    required_return: float = number(
        0.12,
        "1/year",
        0.0,
        1.0,
        "recalled",
        "Poterba & Summers 1995: real hurdle rates of about 12 %",
        "the parent's real discount rate",
    )
    parent_kit_margin: float = number(
        0.08,
        "share of kit price",
        0.0,
        0.9,
        "recalled",
        "carmakers' operating margins of 5-10 %",
        "what the parent earns on a kit; it counts when the parent decides on a stage",
    )
    investment_life: int = integer(
        10, "years", 1, 50, "assumed", "a body shop outlives a model", "margin counted this long"
    )
    expand_lead: int = integer(
        12,
        "months",
        1,
        120,
        "press",
        "Allur Onix: SKD May 2023, CKD 2024, 12-15 months (gazeta.uz)",
        "from the decision to the next stage at work",
    )
    capability_firms: int = integer(
        4,
        "firms",
        0,
        10000,
        "press",
        "Uzbekistan began with 4 supplier firms in 1996 (kun.uz 2019)",
        "able makers of early parts that stage 2 needs; a real count at every scale",
    )
    capability_quality: float = number(
        0.6, "0-1", 0.0, 1.0, "assumed", "chosen", "quality from which such a maker counts as able"
    )
    ckd_local_content: float = number(
        0.0,
        "share",
        0.0,
        1.0,
        "press",
        "CKD kits may be imported whole: Allur Onix went from SKD to CKD in 12-15 months; the "
        "announced stage 2 had 0.15-0.20 (orasam 6470)",
        "local content that CKD needs",
    )
    ckd_experience: float = number(
        20000.0,
        "cars",
        0.0,
        1e7,
        "assumed",
        "two years of stage 1 at capacity",
        "crew's experience that CKD needs",
    )
    # What CKD changes
    ckd_hours: float = number(
        2.5,
        "ratio",
        1.0,
        20.0,
        "recalled",
        "body and paint shops take more hours than trim; no figure found for this plant",
        "hours a car against SKD at the same experience",
    )
    ckd_kit_share: float = number(
        0.88,
        "ratio",
        0.1,
        1.0,
        "assumed",
        "own value added 5-10 % of an SKD car, 15-20 % with weld and paint",
        "price of a CKD kit against an SKD kit",
    )
    stage_carry_over: float = number(
        0.5,
        "share",
        0.0,
        1.0,
        "assumed",
        "new tasks beside old ones; Benkard 2000: incomplete spill-over",
        "experience that stays worth something after the step to CKD",
    )
    # Stopping for a while, and for good
    mothball_utilisation: float = number(
        0.05,
        "share of capacity",
        0.0,
        1.0,
        "assumed",
        "Dixit 1989: an idle line is kept until losses are lasting",
        "mean of twelve months below which a line that loses cash stops",
    )
    reopen_utilisation: float = number(
        0.15,
        "share of capacity",
        0.0,
        1.0,
        "assumed",
        "Dixit 1989: the way back asks for more than the way out",
        "expected orders from which it starts again; never below the one above",
    )
    caretaker_share: float = number(
        0.1, "share", 0.0, 1.0, "assumed", "guards and upkeep", "fixed crew of a mothballed plant"
    )
    close_after: int = integer(
        36, "months", 1, 1200, "assumed", "chosen", "mothballed this long, the plant is closed"
    )
    # Price
    plant_price_speed: float = number(
        0.25,
        "1/quarter",
        0.0,
        1.0,
        "recalled",
        "gradual pass-through of costs and exchange rates (Goldberg & Verboven 2001)",
        "part of the gap to the normal price that each quarter closes",
    )
    # Sales abroad
    export_access_origin: float = number(
        0.5,
        "share",
        0.0,
        1.0,
        "assumed",
        "the union's market less the members that assemble the same makes",
        "open export market once the car counts as made here",
    )
    origin_threshold: float = number(
        0.5,
        "share",
        0.0,
        1.0,
        "recalled",
        "EAEU rule of origin: 50 % local value for vehicles",
        "local content from which a CKD car counts as made here",
    )
    reputation_half: float = number(
        20000.0,
        "cars",
        1.0,
        1e7,
        "assumed",
        "chosen",
        "cars known abroad at which reputation reaches half",
    )
    reputation_speed: float = number(
        0.05, "1/month", 0.0, 1.0, "assumed", "half of trust's", "speed of reputation abroad"
    )
    reputation_memory: float = number(
        0.99, "1/month", 0.0, 1.0, "assumed", "cars last some eight years", "known cars kept"
    )
    reputation_home_weight: float = number(
        0.2,
        "ratio",
        0.0,
        1.0,
        "assumed",
        "neighbours see and hear of home sales",
        "a car sold at home against one abroad",
    )
    extra_margin: float = number(
        0.1,
        "share of wage cost",
        0.0,
        2.0,
        "assumed",
        "cost-plus price between parent and daughter",
        "what the parent pays on top for a site's second activity",
    )
