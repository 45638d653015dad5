"""One life as a run told it (`ui/life_recorder.py`), and what happened in it, month by month.

Events are differences between one month's columns and the last's: nothing is computed that the
model does not hold. They have no words; `ui/story.py` gives them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from model.plant_timeline import ANNOUNCED
from model.workers import ABROAD, EMPLOYEE, OWN_ACCOUNT, UNEMPLOYED
from ui.life_recorder import FIRM, NOBODY, WORKER

WORKER_KIND, FIRM_KIND = "worker", "firm"
# What makes two months of a life the same path; the rest is money and skill.
PATHS = {
    WORKER_KIND: ("here", "status", "employer", "owns", "own_sector"),
    FIRM_KIND: ("here", "staff"),
}
_STATES = {EMPLOYEE: "employee", OWN_ACCOUNT: "own", UNEMPLOYED: "jobless", ABROAD: "abroad"}
_YEAR = 12


@dataclass(frozen=True)
class Event:
    """Something that happened in a month; `values` are numbers and identities, not words."""

    month: int
    kind: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Life:
    """A worker's or a firm's months in one world; columns are [months]."""

    kind: str
    identity: int
    months: int
    found: bool
    columns: dict[str, np.ndarray]
    facts: dict[str, Any]
    firms: dict[int, dict[str, int]]
    contracts: list[dict[str, Any]]
    people: dict[str, Any]
    head: dict[str, Any]

    @property
    def first(self) -> int:
        """The first month that counts; `months` if there is none."""
        here = np.flatnonzero(self.columns["here"])
        return int(here[0]) if len(here) else self.months

    @property
    def last(self) -> int:
        """The last month that counts; −1 if there is none."""
        here = np.flatnonzero(self.columns["here"])
        return int(here[-1]) if len(here) else -1

    @property
    def lives_on(self) -> bool:
        """Whether it is still there in the last month of the run."""
        return self.last == self.months - 1

    def plant_of(self, firm: int) -> int:
        """The number of the plant that this firm is, −1 for none."""
        return self.firms[firm]["plant"] if firm in self.firms else -1


def read_life(piece: dict[str, Any]) -> Life:
    """A life from the piece of its recorder."""
    types: dict[str, Any] = WORKER if piece["kind"] == WORKER_KIND else FIRM
    return Life(
        kind=piece["kind"],
        identity=int(piece["identity"]),
        months=int(piece["months"]),
        found=bool(piece["found"]),
        columns={k: np.frombuffer(v, types[k]) for k, v in piece["columns"].items()},
        facts=piece["facts"],
        firms={int(who): facts for who, facts in piece["firms"].items()},
        contracts=piece["contracts"],
        people=piece["people"],
        head=piece["head"],
    )


def parting(one: Life, other: Life, names: tuple[str, ...] | None = None) -> int | None:
    """The first month in which the two differ in any of the columns (all of them by default)."""
    months = min(one.months, other.months)
    differs = np.zeros(months, np.bool_)
    for name in names or tuple(one.columns):
        differs |= one.columns[name][:months] != other.columns[name][:months]
    found = np.flatnonzero(differs)
    return int(found[0]) if len(found) else None


def events_of(life: Life) -> list[Event]:
    """All that happened, in order of months."""
    if life.first == life.months:
        return []
    found = _worker(life) if life.kind == WORKER_KIND else _firm(life)
    return sorted(found, key=lambda one: one.month)


# --- A worker ---------------------------------------------------------------------------------------


def _worker(life: Life) -> Iterator[Event]:
    c, first = life.columns, life.first
    start = _state(life, first)
    yield Event(first, f"start_{start['state']}", start | {"age": int(c["age"][first]) // _YEAR})
    for m in range(first + 1, life.last + 1):
        before, now = _state(life, m - 1), _state(life, m)
        if (before["state"], before["firm"], before["sector"]) != (
            now["state"], now["firm"], now["sector"],
        ):  # fmt: skip
            yield Event(m, _change(life, before, now, m), now | {"before": before})
        owned, owns = int(c["owns"][m - 1]), int(c["owns"][m])
        if owned != owns:
            if owned != NOBODY:
                yield Event(m, "own_firm_closed", {"firm": owned})
            if owns != NOBODY:
                yield Event(m, "own_firm", {"firm": owns})
    if life.lives_on:
        end = _state(life, life.last)
        yield Event(life.last, f"end_{end['state']}", end)
    else:
        yield Event(life.last + 1, "retired", {"age": (int(c["age"][life.last]) + 1) // _YEAR})


def _state(life: Life, m: int) -> dict[str, Any]:
    c = life.columns
    state = _STATES[int(c["status"][m])]
    return {
        "state": state,
        "firm": int(c["employer"][m]),
        "wage": float(c["wage"][m]),
        "sector": int(c["own_sector"][m]) if state == "own" else -1,
        "region": int(c["region"][m]),
    }


def _change(life: Life, before: dict[str, Any], now: dict[str, Any], month: int) -> str:
    """What to call a change of place."""
    to, was = now["state"], before["state"]
    if was == "abroad":
        return f"back_{to}"
    if to == "abroad":
        return "abroad"
    from_plant, to_plant = life.plant_of(before["firm"]) >= 0, life.plant_of(now["firm"]) >= 0
    if to == "employee":
        if to_plant:
            return "moved_plant" if was == "employee" else "hired_plant"
        if from_plant:
            return "left_plant"
        return "moved" if was == "employee" else "hired"
    if to == "own":
        if was == "own":
            return "own_other"
        return "own_plant" if from_plant else "own"
    if was == "own":
        return "gave_up"
    if from_plant:
        return "lost_plant"
    closed = life.firms.get(before["firm"], {}).get("closed", -1)
    return "lost_closed" if closed == month else "lost"


# --- A firm -----------------------------------------------------------------------------------------


def _firm(life: Life) -> Iterator[Event]:
    c, first, last = life.columns, life.first, life.last
    plant = life.plant_of(life.identity) >= 0
    if plant:
        yield from _stages(life)
    else:
        yield Event(first, _beginning(life), _size(life, first) | {"parent": life.facts["parent"]})
    for kind, column, level in (("certified", "certified", 1), ("tier2", "tier", 2)):
        reached = np.flatnonzero((c[column] == level) & (c["here"] > 0))
        if len(reached) and reached[0] > first:
            yield Event(int(reached[0]), kind)
    for one in life.contracts:
        yield Event(one["award"], "won", one)
        if one["ended"] >= 0:
            early = one["ended"] < one["end"]
            yield Event(one["ended"], "lost_contract" if early else "contract_over", one)
    yield from _growth(life, "_plant" if plant else "")
    if life.lives_on:
        yield Event(last, "end_plant" if plant else "end_firm", _size(life, last))
    else:
        yield Event(last + 1, "closed_plant" if plant else "closed")


def _beginning(life: Life) -> str:
    if life.facts["start"] < 0:
        return "from_start"
    parent = life.facts["parent"]
    if not parent:
        return "founded"
    return "founded_plant" if life.plant_of(int(parent)) >= 0 else "founded_from"


def _stages(life: Life) -> Iterator[Event]:
    stage, before = life.columns["stage"], int(life.columns["stage"][life.first])
    if before >= ANNOUNCED:
        yield Event(life.first, f"stage_{before}")
    for m in range(life.first + 1, life.last + 1):
        if (now := int(stage[m])) != before:
            yield Event(m, f"stage_{now}")
            before = now


def _growth(life: Life, ending: str) -> Iterator[Event]:
    """When staff has doubled or halved since it was last told, looked at each December."""
    staff = life.columns["staff"]
    told = int(staff[life.first])
    for m in range(life.first + 1, life.last):
        now = int(staff[m])
        if (m + 1) % _YEAR or not now:
            continue
        if told == 0:  # the first staff of a plant under construction is no growth
            told = now
        elif now >= 2 * told or 2 * now <= told:
            yield Event(m, ("grew" if now > told else "shrank") + ending, _size(life, m))
            told = now


def _size(life: Life, m: int) -> dict[str, Any]:
    """Staff and sales in real people and KGS: an agent stands for `scale` of them."""
    c, scale = life.columns, life.head["scale"]
    return {
        "staff": float(c["staff"][m]) * scale,
        "sales": float(c["revenue"][m]) * scale,
        "wage": float(c["wage_offer"][m]),
        "knowledge": float(c["knowledge"][m]),
    }
