"""Which lives are worth telling: chosen from two worlds' counts (`ui/life_recorder.LivesRecorder`).

A choice is a superlative of counts that the runs hold ("longest at the plant", "closed in this world
only, of those the largest"), never an estimate.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from model.firms import CONVERSION, FOREIGN_ENTRANT, PLANT, SPINOFF, SUPPLIER
from ui.life_recorder import FIRMS, PEOPLE

# Who has been at the plant at least so long has something to tell.
_STAY_MONTHS = 6
_YEAR = 12
_FOUNDED = {
    SPINOFF: "spinoff", SUPPLIER: "maker", FOREIGN_ENTRANT: "foreign", CONVERSION: "importer",
}  # fmt: skip
# How many of a kind are offered.
_OF_A_KIND = 2


@dataclass(frozen=True)
class Pick:
    """One life: whose, and why (a key of the texts) with numbers for the sentence.

    `side`: the world, "a" or "b", of which the sentence speaks.
    """

    kind: str
    identity: int
    why: str
    months: int = 0
    month: int = -1
    sector: int = -1
    region: int = -1
    side: str = "a"


@dataclass(frozen=True)
class Lives:
    """The counts of one world: columns of people and of firms."""

    people: dict[str, np.ndarray]
    firms: dict[str, np.ndarray]
    plants: tuple[int, ...]
    head: dict[str, Any]

    def row_of(self, identity: int) -> int:
        """The row of a firm, −1 where this world has none."""
        found = np.flatnonzero(self.firms["identity"] == np.uint64(identity))
        return int(found[0]) if len(found) else -1


def read_lives(piece: dict[str, Any]) -> Lives:
    """The counts from the piece of their recorder."""
    return Lives(
        {name: np.frombuffer(piece["people"][name], kind) for name, kind in PEOPLE.items()},
        {name: np.frombuffer(piece["firms"][name], kind) for name, kind in FIRMS.items()},
        tuple(int(one) for one in piece["plants"]),
        piece["head"],
    )


def choose(a: Lives, b: Lives) -> list[Pick]:
    """Lives to offer, people first; nobody twice."""
    picks: list[Pick] = []
    for one in (*_people(a, b), *_firms(a, b)):
        if all((one.kind, one.identity) != (two.kind, two.identity) for two in picks):
            picks.append(one)
    return picks


# --- People -----------------------------------------------------------------------------------------


def _people(a: Lives, b: Lives) -> list[Pick]:
    p, q = a.people, b.people
    at_plant = p["at_plant"].astype(int)
    there, on = p["plant_at_end"] == 1, p["to_the_end"] == 1
    found = _longest(p, np.where(there, at_plant, 0), "stayed", _STAY_MONTHS)
    found += _longest(p, np.where(on & ~there, at_plant, 0), "left", _STAY_MONTHS)
    if not np.array_equal(p["identity"], q["identity"]):
        return found
    elsewhere = on & (q["to_the_end"] == 1) & (at_plant == 0) & (q["at_plant"] == 0)
    for name in ("abroad", "jobless"):
        more = np.where(elsewhere, p[name].astype(int) - q[name].astype(int), 0)
        found += _longest(p, more, name, _YEAR)[:1]
        found += [replace(one, side="b") for one in _longest(p, -more, name, _YEAR)[:1]]
    return found


def _longest(people: dict[str, np.ndarray], months: np.ndarray, why: str, least: int) -> list[Pick]:
    """Those with the most months, at least `least` of them; equal ones in the order of identities."""
    order = np.argsort(-months, kind="stable")[:_OF_A_KIND]
    first = people["first_at_plant"]
    return [
        Pick("worker", int(people["identity"][i]), why, int(months[i]), int(first[i]))
        for i in order
        if months[i] >= least
    ]


# --- Firms ------------------------------------------------------------------------------------------


def _firms(a: Lives, b: Lives) -> list[Pick]:
    f, g = a.firms, b.firms
    found = [_pick(f, int(row), "plant") for row in np.flatnonzero(f["origin"] == PLANT)]
    suppliers = np.flatnonzero(f["contracts"] > 0)
    for row in suppliers[np.argsort(f["award"][suppliers], kind="stable")][:_OF_A_KIND]:
        found.append(_pick(f, int(row), "supplier", int(f["award"][row])))
    found += _largest(f, np.flatnonzero((f["tier"] == 2) & (f["contracts"] == 0)), "tier2")
    for origin, name in _FOUNDED.items():
        new = (f["origin"] == origin) & ~np.isin(f["identity"], g["identity"])
        found += _largest(f, np.flatnonzero(new), name)
    for here, there, side in ((a, b, "a"), (b, a, "b")):
        found += [replace(one, side=side) for one in _closed_only(here, there)]
    for here, there, side in ((a, b, "a"), (b, a, "b")):
        new = (here.firms["start"] >= 0) & ~np.isin(here.firms["identity"], there.firms["identity"])
        rows = np.flatnonzero(new & (here.firms["origin"] != PLANT))
        found += [replace(one, side=side) for one in _largest(here.firms, rows, "founded")]
    return found + _changed(a, b)


def _pick(firms: dict[str, np.ndarray], row: int, why: str, month: int = -1) -> Pick:
    return Pick(
        "firm", int(firms["identity"][row]), why, 0, month, int(firms["sector"][row]),
        int(firms["region"][row]),
    )  # fmt: skip


def _largest(firms: dict[str, np.ndarray], rows: np.ndarray, why: str) -> list[Pick]:
    """Of these firms the one that once had the most staff."""
    if not len(rows):
        return []
    row = int(rows[np.argmax(firms["most_staff"][rows])])
    return [_pick(firms, row, why, int(firms["start"][row]))]


def _closed_only(here: Lives, there: Lives) -> list[Pick]:
    """Of the firms that closed here and are in business there, the one that was largest."""
    f, g = here.firms, there.firms
    on = g["identity"][g["closed"] < 0]
    rows = np.flatnonzero((f["closed"] >= 0) & np.isin(f["identity"], on))
    if not len(rows):
        return []
    row = int(rows[np.argmax(f["most_staff"][rows])])
    return [_pick(f, row, "closed", int(f["closed"][row]))]


def _changed(a: Lives, b: Lives) -> list[Pick]:
    """The firms whose staff at the end differs the most in either direction."""
    common, rows, others = np.intersect1d(
        a.firms["identity"], b.firms["identity"], return_indices=True
    )
    if not len(common):
        return []
    both = (a.firms["closed"][rows] < 0) & (b.firms["closed"][others] < 0)
    apart = a.firms["last_staff"][rows].astype(int) - b.firms["last_staff"][others]
    apart = np.where(both, apart, 0)
    found = []
    for sign, side in ((1, "a"), (-1, "b")):
        k = int(np.argmax(sign * apart))
        if sign * apart[k] > 0:
            found.append(replace(_pick(a.firms, int(rows[k]), "larger"), side=side))
    return found
