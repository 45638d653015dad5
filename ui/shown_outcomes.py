"""The outcomes that the pages show: which, in what unit, in which group. Names are in the texts.

Values come as the model states them (`model/outcomes.csv`); `factor` turns them into what is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from model import load_pack
from model.measures import outcomes

# Units are keys of `texts/<language>/units.toml`.
_YEARLY_BILLION = (12e-9, "bn_kgs_year")
_YEARLY = 12.0
_PERCENT = 100.0


@dataclass(frozen=True)
class Shown:
    """One outcome as it is shown; `smooth`: as the mean of the last twelve months."""

    name: str
    group: str
    unit: str
    factor: float = 1.0
    smooth: bool = True


SHOWN: tuple[Shown, ...] = (
    Shown("employee_jobs", "work", "jobs"),
    Shown("plant_jobs", "work", "jobs"),
    Shown("supplier_jobs", "work", "jobs"),
    Shown("employment", "work", "people"),
    Shown("own_account", "work", "people"),
    Shown("unemployment_rate", "work", "percent", _PERCENT),
    Shown("mean_wage", "work", "kgs_month"),
    Shown("wage_level", "work", "index"),
    Shown("abroad", "work", "people"),
    Shown("auto_skilled", "work", "people"),
    Shown("auto_skill_outside", "work", "people"),
    Shown("cars_made", "plant", "cars_year", _YEARLY),
    Shown("plant_stage", "plant", "stage", smooth=False),
    Shown("plant_utilisation", "plant", "percent", _PERCENT),
    Shown("cars_sold_households", "plant", "cars_year", _YEARLY),
    Shown("cars_sold_state", "plant", "cars_year", _YEARLY),
    Shown("cars_exported", "plant", "cars_year", _YEARLY),
    Shown("plant_price", "plant", "kgs_car", smooth=False),
    Shown("profits_repatriated", "plant", _YEARLY_BILLION[1], _YEARLY_BILLION[0]),
    Shown("local_content_nominal", "chain", "percent", _PERCENT, smooth=False),
    Shown("local_content_deep", "chain", "percent", _PERCENT, smooth=False),
    Shown("tier1_suppliers", "chain", "firms", smooth=False),
    Shown("tier2_suppliers", "chain", "firms", smooth=False),
    Shown("parts_bought_value", "chain", _YEARLY_BILLION[1], _YEARLY_BILLION[0]),
    Shown("kits_imported_value", "chain", _YEARLY_BILLION[1], _YEARLY_BILLION[0]),
    Shown("knowledge_suppliers", "chain", "log"),
    Shown("knowledge_near", "chain", "log"),
    Shown("knowledge_far", "chain", "log"),
    Shown("knowledge_from_mobility", "chain", "log_jobs_year", _YEARLY),
    Shown("knowledge_from_imitation", "chain", "log_jobs_year", _YEARLY),
    Shown("failed_price", "chain", "bids_year", _YEARLY),
    Shown("failed_quality", "chain", "bids_year", _YEARLY),
    Shown("failed_certification", "chain", "bids_year", _YEARLY),
    Shown("firms", "firms", "firms"),
    Shown("firm_entries", "firms", "firms_year", _YEARLY),
    Shown("firm_exits", "firms", "firms_year", _YEARLY),
    Shown("firms_supplier", "firms", "firms", smooth=False),
    Shown("firms_spinoff", "firms", "firms", smooth=False),
    Shown("firms_foreign", "firms", "firms", smooth=False),
    Shown("gdp", "economy", _YEARLY_BILLION[1], _YEARLY_BILLION[0]),
    Shown("real_value_added", "economy", _YEARLY_BILLION[1], _YEARLY_BILLION[0]),
    Shown("value_added_vehicles", "economy", _YEARLY_BILLION[1], _YEARLY_BILLION[0]),
    Shown("consumption", "economy", _YEARLY_BILLION[1], _YEARLY_BILLION[0]),
    Shown("exports", "economy", _YEARLY_BILLION[1], _YEARLY_BILLION[0]),
    Shown("imports", "economy", _YEARLY_BILLION[1], _YEARLY_BILLION[0]),
    Shown("fdi", "economy", _YEARLY_BILLION[1], _YEARLY_BILLION[0]),
    Shown("price_level", "economy", "index"),
    Shown("jobs_entropy", "economy", "index"),
    Shown("cars_imported_new", "cars", "cars_year", _YEARLY),
    Shown("cars_imported_used", "cars", "cars_year", _YEARLY),
    Shown("cars_unmet", "cars", "cars_year", _YEARLY),
    Shown("tax_revenue", "state", _YEARLY_BILLION[1], _YEARLY_BILLION[0]),
    Shown("budget_balance", "state", _YEARLY_BILLION[1], _YEARLY_BILLION[0]),
    Shown("duty_forgone", "state", _YEARLY_BILLION[1], _YEARLY_BILLION[0]),
    Shown("public_debt_to_gdp", "state", "percent", _PERCENT),
)
OTHER = "other"  # no texts but the model's own, and no band
GROUPS = (*dict.fromkeys(one.group for one in SHOWN), OTHER)
# Why candidates for a part failed, as the network view counts them.
REASONS = ("quality", "certification", "scale", "capacity", "finance", "distance", "price")
# What the map can be coloured by: outcomes that are known by region.
REGIONAL = ("employee_jobs", "mean_wage", "value_added", "firms", "unemployed", "abroad")
FLOWS_ABROAD = ("emigrants", "returnees")


@cache
def sent_outcomes(pack: str) -> tuple[str, ...]:
    """What a run tells of the country: what is shown, parts made at home, why bids failed."""
    known = outcomes()
    parts = (f"local_share_{name}" for name in load_pack(pack).components["name"])
    extra = (*parts, *(f"failed_{name}" for name in REASONS))
    names = (*(one.name for one in SHOWN), *(name for name in extra if name in known))
    return tuple(dict.fromkeys(names))


def other_outcomes() -> tuple[Shown, ...]:
    """Every further outcome of `model/outcomes.csv`: a new one is on the page before anybody translates it."""
    shown = {one.name for one in SHOWN}
    return tuple(
        Shown(one.name, OTHER, one.unit, smooth=one.unit.endswith("/month"))
        for one in outcomes().values()
        if one.name not in shown
    )


@cache
def all_outcomes(pack: str) -> tuple[str, ...]:
    """What a run in full tells of the country; the runs of a band tell `sent_outcomes` alone."""
    others = (one.name for one in other_outcomes())
    return tuple(dict.fromkeys((*sent_outcomes(pack), *others)))


def sent_regional() -> tuple[str, ...]:
    """What a run tells by region."""
    return REGIONAL + FLOWS_ABROAD


def other_label(name: str, words: Any) -> str:
    """What an outcome without texts of its own is called: by name, by its family, or as the model has it."""
    if words.has(f"other_outcomes.{name}"):
        return str(words(f"other_outcomes.{name}"))
    families = words.part("other_outcomes.families")
    for family in sorted(families, key=len, reverse=True):
        member = name.removeprefix(family)
        for part in ("sectors", "parts", "other_outcomes.members"):
            if member != name and words.has(f"{part}.{member}"):
                return str(words(f"other_outcomes.families.{family}", of=words(f"{part}.{member}")))
    return name.replace("_", " ")


def as_props(words: Any) -> list[dict[str, Any]]:
    """The list for the browser, in the visitor's language."""
    known = outcomes()

    def text(name: str, otherwise: str) -> str:
        return words(name) if words.has(name) else otherwise

    return [
        {
            "name": one.name,
            "group": one.group,
            "label": text(f"outcomes.{one.name}.label", other_label(one.name, words)),
            "help": text(f"outcomes.{one.name}.help", known[one.name].meaning),
            "unit": text(f"units.{one.unit}", one.unit),
            "factor": one.factor,
            "smooth": one.smooth,
        }
        for one in (*SHOWN, *other_outcomes())
    ]
