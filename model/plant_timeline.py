"""When a plant is announced, built and opened, where, and what its agreement changes.

Limit: before the announcement a plant is UNKNOWN and touches nothing. What comes after the opening
is decided, not dated (`plant_stages.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from model.worlds import period_of

if TYPE_CHECKING:
    from model.model import RegionalModel
    from model.plant import Plant
    from model.worlds import PlantSite

# Stages of a plant's life.
UNKNOWN, ANNOUNCED, BUILDING, SKD, SKD_LOCAL, CKD, CLOSED = range(7)
STAGE_NAMES = (
    "unknown", "announced", "building", "SKD", "SKD with local parts", "CKD", "closed",
)  # fmt: skip


def period_from(date: Any) -> int:
    """A month as period; packs may give it as text."""
    return period_of(date) if isinstance(date, str) else int(date)


def site_region(model: RegionalModel, site: PlantSite, facts: dict[str, Any]) -> int:
    """Index of the region a plant stands in."""
    names = {"reference": "region", "alternative": "alternative_region"}
    region = facts[names[site.site]] if site.site in names else site.site
    return region if isinstance(region, int) else list(model.pack.region_ids).index(region)


def next_stage(plant: Plant, period: int) -> int:
    """Announced, building and SKD by date: the record's own, or later if the world delays it."""
    if plant.stage >= SKD:
        return plant.stage
    if period >= plant.opening:
        return SKD
    if period >= plant.ground_breaking:
        return BUILDING
    return ANNOUNCED if period >= plant.announced else UNKNOWN


def production_stage(stage: int) -> int:
    """Which parts may be local: 0 before and after, 1 SKD, 2 SKD with local parts, 3 CKD."""
    return stage - SKD + 1 if SKD <= stage < CLOSED else 0


def announced_stage(plant: Plant, period: int) -> int:
    """The production stage that the announcement has by `period`: by calendar alone."""
    if period < plant.opening:
        return 0
    open_for = period - plant.opening
    return 1 + sum(open_for >= float(plant.facts[f"plan_start_{k}"]) for k in (2, 3))


def announced_capacity(plant: Plant, period: int) -> float:
    """Cars a year (real) that were announced for `period`."""
    stage = announced_stage(plant, period)
    return float(plant.facts[f"capacity_{stage}"]) if stage else 0.0


def announced_jobs(plant: Plant, period: int) -> float:
    """Jobs (real) that were announced for `period`."""
    stage = announced_stage(plant, period)
    return float(plant.facts[f"plan_jobs_{stage}"]) if stage else 0.0


def policies_from(plant: Plant, period: int) -> list[dict[str, float]]:
    """Parameters that the plant's agreement changes in `period`; they come as late as the plant."""
    if not plant.site.policies:
        return []
    return [
        dict(policy["set"])
        for policy in plant.facts.get("policies", [])
        if period_from(policy["date"]) + plant.site.delay_months == period
    ]
