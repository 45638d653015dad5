"""The terms on which a world has a plant: which, where, when, for whom, until when."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from model.calendar_months import LAST_YEAR, period_of
from model.errors import InputError, nearest

OFFTAKES = ("market", "plan", "volume")
# Cars a year that a parent may take; times the productivity of the pack's plant.
VOLUMES = (5_000, 300_000)
EDGES = (0.5, 5.0)
MOST_EXTRA_JOBS = 100_000

PLANT_KEYS: Mapping[str, type] = {
    "reference": bool,
    "plant": str,
    "site": str,
    "delay_months": int,
    "offtake": str,
    "volume": int,
    "local_purchases": bool,
    "policies": bool,
    "edge": float,
    "extra_jobs": int,
    "extra_jobs_from": str,
    "closing": str,
}


@dataclass(frozen=True)
class PlantSite:
    """One plant of a world: which plant of the pack, where, when, and on what terms.

    Attributes:
        plant: a name in the pack's `plants.csv`, or "" for the pack's reference plant.
        site: "reference" or "alternative" (regions that the pack names) or a region's id.
        delay_months: how much later it is built and opened.
        offtake: who takes what is not sold at home: "market" (foreign buyers, if any), "plan" (the
            parent, up to the announced path), "volume" (the parent, `volume` cars a year beyond
            home sales; the site is built larger by that).
        local_purchases: whether it buys its inputs other than kits at home.
        policies: whether the plant's agreement holds.
        edge: productivity against the pack's hours: hours a car are divided by it.
        extra_jobs, extra_jobs_from: a second activity for the parent with so many real jobs from
            this month on (0 and "": none).
        closing: the month in which the plant closes ("": never by date).
    """

    plant: str = ""
    site: str = "reference"
    delay_months: int = 0
    offtake: str = "market"
    volume: int = 0
    local_purchases: bool = True
    policies: bool = True
    edge: float = 1.0
    extra_jobs: int = 0
    extra_jobs_from: str = ""
    closing: str = ""

    def __post_init__(self) -> None:
        if self.offtake not in OFFTAKES:
            raise InputError(
                "not allowed",
                field="offtake",
                value=self.offtake,
                allowed=", ".join(OFFTAKES),
                hint=nearest(self.offtake, OFFTAKES),
            )
        if not self.site:
            raise InputError("must not be empty", field="site", value=self.site)
        _within("delay_months", self.delay_months, 0, 1200)
        _within("edge", self.edge, *EDGES)
        object.__setattr__(self, "edge", float(self.edge))
        self._check_volume()
        self._check_dates()

    def _check_volume(self) -> None:
        if self.offtake == "volume":
            _within("volume", self.volume, *VOLUMES)
        elif self.volume != 0:
            raise InputError(
                'works only with offtake = "volume"', field="volume", value=self.volume, allowed="0"
            )

    def _check_dates(self) -> None:
        _within("extra_jobs", self.extra_jobs, 0, MOST_EXTRA_JOBS)
        if bool(self.extra_jobs) is not bool(self.extra_jobs_from):
            raise InputError(
                "extra_jobs and extra_jobs_from are given together or not at all",
                field="extra_jobs_from",
                value=self.extra_jobs_from,
                allowed="YYYY-MM with extra_jobs above 0",
            )
        for name in ("extra_jobs_from", "closing"):
            _check_month(name, getattr(self, name))

    @property
    def reference(self) -> bool:
        """Whether this is the pack's reference plant."""
        return self.plant == ""

    def table(self) -> dict[str, Any]:
        """Keys and values as a world's file has them; a special term only where it is used."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        which = {"reference": True} if self.reference else {"plant": self.plant}
        del values["plant"]
        unused = [name for name, usual in _SPECIAL.items() if values[name] == usual]
        return which | {name: value for name, value in values.items() if name not in unused}


# Terms that most plants do not have, with what stands for having none.
_SPECIAL: Mapping[str, Any] = {
    "volume": 0, "edge": 1.0, "extra_jobs": 0, "extra_jobs_from": "", "closing": "",
}  # fmt: skip


def _within(name: str, value: float, low: float, high: float) -> None:
    if not math.isfinite(value) or not low <= value <= high:
        raise InputError("out of range", field=name, value=value, allowed=f"{low:g} to {high:g}")


def _check_month(name: str, date: str) -> None:
    """Nothing, or a month from the first one of a run on."""
    if date == "":
        return
    last = f"{LAST_YEAR}-12"
    try:
        if 0 <= period_of(date) <= period_of(last):
            return
    except InputError:
        pass
    raise InputError(
        "not a month of a run", field=name, value=date, allowed=f'"" or 2023-01 to {last}'
    )
