"""Where the plant is, what is near it and what is far; and whether two worlds agree before a date."""

from __future__ import annotations

import numpy as np

from experiments.evidence.runs import Stored
from model.packs import Pack

NEAR_KM = 70.0  # by road, between the middles of regions: people commute within it
FAR_KM = 300.0


def plant_region(pack: Pack, *, alternative: bool = False) -> int:
    """Index of the region of the pack's reference plant, or of the site it did not get."""
    facts = pack.plants[pack.reference_plant]
    region = facts["alternative_region" if alternative else "region"]
    return region if isinstance(region, int) else list(pack.region_ids).index(str(region))


def zone(pack: Pack) -> np.ndarray:
    """Indices of the regions of the plant's commuting zone, its own among them."""
    near: np.ndarray = pack.distance_km[plant_region(pack)] <= NEAR_KM
    near = near.copy()
    near[plant_region(pack)] = True
    return np.flatnonzero(near)


def far(pack: Pack) -> np.ndarray:
    """Indices of the regions far from the plant."""
    return np.flatnonzero(pack.distance_km[plant_region(pack)] > FAR_KM)


def same_before(one: Stored, other: Stored, period: int) -> bool:
    """Whether all outcomes of two runs are the same, bit for bit, in all months before this one."""
    here, there = (run.table("monthly") for run in (one, other))
    return bool(here[here.index < period].equals(there[there.index < period])) and period > 0
