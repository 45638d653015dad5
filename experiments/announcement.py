"""What was announced for a plant, by year: from a user's TOML or CSV file, or from the pack.

# plan.toml                          plan.csv
[[milestones]]                       what,year,target
what = "cars"                        cars,2026,10000
year = 2026                          jobs,2026,500
target = 10000
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model import load_pack
from model.errors import InputError, nearest
from model.worlds import date_of, period_of

if TYPE_CHECKING:
    from experiments.simulate import Setup


@dataclass(frozen=True)
class Kind:
    """What can be promised: words, the outcome that decides, its unit, the largest sensible target."""

    words: str
    outcome: str
    unit: str
    most: float


KINDS: Mapping[str, Kind] = {
    "cars": Kind("cars made", "cars_made", "cars/year", 1e8),
    "jobs": Kind("jobs at the plant", "plant_jobs", "jobs", 1e8),
    "local_content": Kind("local content", "local_content_nominal", "share", 1.0),
}
_FACTS = {"cars": "capacity", "jobs": "plan_jobs", "local_content": "plan_local_content"}
_FIELDS = ("what", "year", "target")
_YEARS = (1900, 2300)


@dataclass(frozen=True)
class Promise:
    """One milestone: `target` of `what` (a name of `KINDS`), to be reached by the end of `year`."""

    what: str
    year: int
    target: float

    @property
    def kind(self) -> Kind:
        """What it is about."""
        return KINDS[self.what]


def read_plan(path: str | Path) -> list[Promise]:
    """The milestones of a file, in its order.

    Raises `model.errors.InputError` that names file, row, field, value and what is allowed.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise InputError(f"cannot be read ({why})", file=path) from None
    except UnicodeDecodeError:
        raise InputError("is not text in UTF-8", file=path) from None
    rows = _toml_rows(path, text) if path.suffix == ".toml" else _csv_rows(path, text)
    if not rows:
        raise InputError("holds no milestone", file=path, allowed="one or more")
    return [_promise(path, number, row) for number, row in enumerate(rows, start=1)]


def _toml_rows(path: Path, text: str) -> list[Mapping[str, Any]]:
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"not valid TOML: {error}", file=path) from None
    for name in content:
        if name not in ("title", "milestones"):
            raise InputError(
                "unknown field", file=path, field=name, allowed="title, milestones",
                hint=nearest(name, ("title", "milestones")),
            )  # fmt: skip
    rows = content.get("milestones", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InputError("must be tables: [[milestones]]", file=path, field="milestones")
    return rows


def _csv_rows(path: Path, text: str) -> list[Mapping[str, Any]]:
    if path.suffix != ".csv":
        raise InputError(
            "unknown kind of file", file=path, value=path.suffix, allowed=".toml, .csv"
        )
    return list(csv.DictReader(text.splitlines()))


def _promise(path: Path, number: int, row: Mapping[str, Any]) -> Promise:
    place: dict[str, Any] = {"file": path, "row": number}
    for name in row:
        if name not in _FIELDS:
            raise InputError(
                "unknown field", **place, field=str(name), allowed=", ".join(_FIELDS),
                hint=nearest(name, _FIELDS),
            )  # fmt: skip
    for name in _FIELDS:
        if row.get(name) in (None, ""):
            raise InputError("is missing", **place, field=name)
    what = str(row["what"]).strip()
    if what not in KINDS:
        raise InputError(
            "unknown milestone", **place, field="what", value=what, allowed=", ".join(KINDS),
            hint=nearest(what, KINDS),
        )  # fmt: skip
    year = _number(place, "year", row["year"], *map(float, _YEARS))
    if year != int(year):
        raise InputError("not a whole year", **place, field="year", value=row["year"])
    target = _number(place, "target", row["target"], 0.0, KINDS[what].most)
    if target == 0.0:
        raise InputError("nothing to reach", **place, field="target", value=0, allowed="above 0")
    return Promise(what, int(year), target)


def _number(place: Mapping[str, Any], field: str, value: Any, low: float, high: float) -> float:
    allowed = f"{low:g} to {high:g}"
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = float("nan")
    if isinstance(value, bool) or not low <= number <= high:
        raise InputError("out of range", **place, field=field, value=value, allowed=allowed)
    return number


def announced(setup: Setup) -> list[Promise]:
    """The pack's own announcement for the world's first plant; later if the world delays it.

    A stage's figures are to be reached by the year in which its first twelve months end.
    """
    if not setup.world.plants:
        return []
    site = setup.world.plants[0]
    pack = load_pack(setup.pack)
    facts = pack.plants[site.plant or pack.reference_plant]
    opening: Any = facts["opening"]
    opening = period_of(opening) if isinstance(opening, str) else int(opening)
    found = []
    for what, fact in _FACTS.items():
        for stage in (1, 2, 3):
            if f"{fact}_{stage}" in facts:
                start = (
                    opening + site.delay_months + int(float(facts.get(f"plan_start_{stage}", 0)))
                )
                year = int(date_of(start + 11)[:4])
                found.append(Promise(what, year, float(facts[f"{fact}_{stage}"])))
    return found
