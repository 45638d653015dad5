"""What a visitor can move on Explore: each lever's range, where it acts in a world, and its evidence.

Labels and help are in `texts/<language>/levers.toml`, under the lever's name. A lever changes both
worlds, with and without the plant, unless it can change nothing without a plant (`plant_only`; a
test runs both and compares).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from model import load_pack
from ui.world_edits import (
    NEVER,
    Edit,
    Value,
    closed_months,
    closing_year,
    offtake,
    percent_above,
    points,
    setting,
    term,
)

PLANT, POLICY, SHOCK, UNKNOWN = "plant", "policy", "shock", "unknown"
GROUPS = (PLANT, POLICY, SHOCK, UNKNOWN)
NUMBER, CHOICE, FLAG = "number", "choice", "flag"


@dataclass(frozen=True)
class Lever:
    """One control: `low` to `high` in steps of `step`, or one of `choices`, or yes and no.

    `factor`: what a value is multiplied with to be shown in `unit` (a key of the texts).
    `parameter`: whose unit, source and grade stand beside it; "" for terms of a site, which are
    assumptions of the question.
    """

    name: str
    group: str
    edit: Edit
    low: float = 0.0
    high: float = 1.0
    step: float = 0.1
    unit: str = ""
    factor: float = 1.0
    digits: int = 0
    choices: tuple[str, ...] = ()
    kind: str = NUMBER
    plant_only: bool = False
    parameter: str = ""

    @property
    def needs_plant(self) -> bool:
        """Whether it is a term of the plant itself."""
        return self.group == PLANT and not self.parameter

    def clamp(self, value: Any) -> Value | None:
        """The nearest allowed value to what came from outside; None if it makes no sense at all."""
        if self.kind == CHOICE:
            return str(value) if str(value) in self.choices else None
        if self.kind == FLAG:
            return {"true": True, "1": True, "false": False, "0": False}.get(str(value).lower())
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            return None
        if number != number:
            return None
        number = min(max(number, self.low), self.high)
        steps = round((number - self.low) / self.step)
        return round(min(self.low + steps * self.step, self.high), 6)


LEVERS: tuple[Lever, ...] = (
    Lever(
        "offtake", PLANT, offtake(), kind=CHOICE,
        choices=("market", "plan", "20000", "50000", "100000", "200000"),
    ),
    Lever("delay_months", PLANT, term("delay_months"), 0, 120, 12, "months"),
    Lever("site", PLANT, term("site"), kind=CHOICE, choices=("reference", "alternative")),
    Lever("local_purchases", PLANT, term("local_purchases"), kind=FLAG),
    Lever(
        "closing", PLANT, closing_year(), kind=CHOICE,
        choices=(NEVER, "2028", "2030", "2032", "2034", "2036", "2038"),
    ),
    Lever(
        "kit_exemption", POLICY, setting("kit_exemption", "2023-04"), 0, 1, 0.1, "percent", 100.0,
        plant_only=True, parameter="kit_exemption",
    ),
    Lever(
        "content_rule", POLICY,
        setting("local_content_requirement", "2023-04",
                beside={"mandate_grace_months": 24, "mandate_fine": 0.02}),
        0, 0.6, 0.05, "percent", 100.0, plant_only=True, parameter="local_content_requirement",
    ),
    Lever(
        "duty_points", POLICY, points(("new_car_duty_rate", "used_car_duty_rate"), "2027-01"),
        0, 30, 1, "points", parameter="new_car_duty_rate",
    ),
    Lever(
        "import_fee", POLICY, setting("import_registration_fee", "2027-01"), 0, 400_000, 20_000,
        "kgs_car", parameter="import_registration_fee",
    ),
    Lever(
        "car_loan_rate", POLICY, setting("domestic_car_loan_rate", "2025-04"), 0, 0.18, 0.01,
        "percent_year", 100.0, plant_only=True, parameter="domestic_car_loan_rate",
    ),
    Lever(
        "state_purchases", POLICY, setting("procurement_preference", "2024-07"), 0, 1, 0.1,
        "percent", 100.0, plant_only=True, parameter="procurement_preference",
    ),
    Lever(
        "training", POLICY, setting("training_places", "2024-07", "2034-07"), 0, 3000, 100,
        "places_year", plant_only=True, parameter="training_places",
    ),
    Lever(
        "guarantee", POLICY,
        setting("guarantee_share", "2024-01", beside={"credit_scope": "parts"}),
        0, 0.9, 0.1, "percent", 100.0, parameter="guarantee_share",
    ),
    Lever(
        "supplier_fund", POLICY, setting("supplier_fund", "2024-01", "2034-01"), 0, 4.35e9, 8.7e7,
        "m_kgs_year", 1e-6, parameter="supplier_fund",
    ),
    Lever(
        "border", SHOCK, closed_months("corridor_open", "2032-01", 0.0, 1.0), 0, 12, 1, "months",
        parameter="corridor_open",
    ),
    Lever(
        "devaluation", SHOCK, percent_above("exchange_rate_index", "2032-01"), 0, 100, 5,
        "percent", parameter="exchange_rate_index",
    ),
    Lever(
        "export_demand", SHOCK, setting("foreign_demand_index", "2032-01", "2034-01"), 0.5, 1.5,
        0.05, "percent_of_usual", 100.0, parameter="foreign_demand_index",
    ),
    Lever(
        "own_cost", UNKNOWN, setting("local_cost_ratio", "2023-01"), 0.5, 1.2, 0.05, "ratio",
        digits=2, plant_only=True, parameter="local_cost_ratio",
    ),
    Lever(
        "deletion_high", UNKNOWN, setting("deletion_high", "2023-01"), 0.4, 1, 0.05, "percent",
        100.0, plant_only=True, parameter="deletion_high",
    ),
)  # fmt: skip
BY_NAME = {one.name: one for one in LEVERS}


@cache
def defaults_of(pack: str) -> dict[str, Any]:
    """What parameters are in a pack before any event of a world, by name.

    The agreement of the reference plant counts: it sets some of them by date in every world.
    """
    loaded = load_pack(pack)
    agreed: dict[str, Any] = {}
    for policy in loaded.plants[loaded.reference_plant].get("policies", []):
        agreed |= policy["set"]
    return loaded.params().to_dict() | agreed


@cache
def evidence_of(pack: str) -> dict[str, tuple[str, str]]:
    """Grade and source of the parameter behind each lever, by lever."""
    rows = {row.name: row for row in load_pack(pack).params().describe()}
    return {
        one.name: (rows[one.parameter].grade, rows[one.parameter].source)
        if one.parameter
        else ("assumed", "")
        for one in LEVERS
    }
