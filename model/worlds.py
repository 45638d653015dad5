"""A world: parameters, plants and dated events, read from and written to TOML.

The counterfactual of every question is a world too, with an empty list of plants.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from model.calendar_months import FIRST_YEAR, LAST_YEAR, date_of, period_of
from model.errors import InputError, nearest
from model.params import RUN_SETTINGS, START_ONLY, Params
from model.plant_sites import PLANT_KEYS, PlantSite
from model.world_writer import world_to_toml

if TYPE_CHECKING:
    from model.packs import Pack

__all__ = ["LIBRARY", "Event", "PlantSite", "World", "date_of", "period_of"]

LIBRARY = Path(__file__).resolve().parent / "data" / "worlds"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")


@dataclass(frozen=True)
class Event:
    """From `date` on, these parameters have these values."""

    date: str
    values: Mapping[str, Any]

    def __post_init__(self) -> None:
        if not 0 <= self.period <= period_of(f"{LAST_YEAR}-12"):
            allowed = f"{FIRST_YEAR}-01 to {LAST_YEAR}-12"
            raise InputError("no such month", field="date", value=self.date, allowed=allowed)
        if not self.values:
            raise InputError("an event must change something", field="set", value={})
        for name in self.values:
            if name in START_ONLY:
                raise InputError(
                    "works only at the start: a dated event cannot change it, [parameters] can",
                    field=name,
                )
        object.__setattr__(self, "values", _checked_parameters(self.values))

    @property
    def period(self) -> int:
        """The period in which the event takes place."""
        return period_of(self.date)


@dataclass(frozen=True)
class World:
    """What may happen in one run: parameters, plants, events, and the recorded outside series."""

    name: str
    title: str
    question: str
    outside: bool = False
    parameters: Mapping[str, Any] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    plants: tuple[PlantSite, ...] = ()

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            allowed = "small letters, digits, - and _"
            raise InputError("not a name", field="name", value=self.name, allowed=allowed)
        object.__setattr__(self, "parameters", _checked_parameters(self.parameters))
        # In order of date; events of one month stay in the order of the file.
        object.__setattr__(self, "events", tuple(sorted(self.events, key=lambda one: one.period)))

    @staticmethod
    def names() -> list[str]:
        """Names of the worlds in the library."""
        return sorted(path.stem for path in LIBRARY.glob("*.toml"))

    @classmethod
    def load(cls, name_or_path: str | Path) -> Self:
        """A world of the library by name, or one from a TOML file; InputError if it is not valid.

        Whatever ends in `.toml` or has a folder in it is a file.
        """
        path = Path(name_or_path)
        if path.suffix != ".toml" and path.name == str(name_or_path):
            path = LIBRARY / f"{name_or_path}.toml"
            if path.stem not in cls.names():
                known = cls.names()
                raise InputError(
                    "there is no such world",
                    field="world",
                    value=str(name_or_path),
                    allowed=", ".join(known) + ", or a file ending in .toml",
                    hint=nearest(name_or_path, known),
                )
        try:
            written = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as problem:
            reason = getattr(problem, "strerror", None) or "it is not UTF-8 text"
            raise InputError(f"cannot be read: {reason}", file=path) from None
        return cls.from_toml(written, name=path.stem, file=path)

    @classmethod
    def from_toml(cls, written: str, *, name: str, file: object = None) -> Self:
        """A world from the text of a TOML file; errors name the file as `file` (default: name)."""
        place = f"{name}.toml" if file is None else file
        try:
            table = tomllib.loads(written)
        except tomllib.TOMLDecodeError as problem:
            raise InputError(f"is not TOML: {problem}", file=place) from None
        try:
            return cls._from_table(table, name)
        except InputError as problem:
            raise InputError(str(problem), file=place) from None

    @classmethod
    def _from_table(cls, table: dict[str, Any], name: str) -> Self:
        _check_table(table, _WORLD_KEYS, required=("title", "question"))
        return cls(
            name=name,
            title=table["title"],
            question=table["question"],
            outside=table.get("outside", False),
            parameters=table.get("parameters", {}),
            events=tuple(_each(table, "events", _event)),
            plants=tuple(_each(table, "plants", _plant)),
        )

    def to_toml(self) -> str:
        """The text of a TOML file from which `from_toml` makes an equal world."""
        return world_to_toml(self)

    def check_against(self, pack: Pack) -> None:
        """InputError unless every site and plant of this world exists in `pack`."""
        sites = ["reference", "alternative", *pack.region_ids]
        for number, plant in enumerate(self.plants, start=1):
            place = f"world '{self.name}', plant {number}"
            if plant.site not in sites:
                hint = nearest(plant.site, sites)
                raise InputError(
                    "no such region in the pack",
                    file=place,
                    field="site",
                    value=plant.site,
                    allowed=", ".join(sites),
                    hint=hint,
                )
            if plant.plant and plant.plant not in pack.plants:
                raise InputError(
                    "no such plant in the pack",
                    file=place,
                    field="plant",
                    value=plant.plant,
                    allowed=", ".join(pack.plants) or "none",
                    hint=nearest(plant.plant, pack.plants),
                )


def _checked_parameters(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by name as the parameters' own types; what describes the run is refused."""
    for name in values:
        if name in RUN_SETTINGS:
            raise InputError(
                "describes the run, not the world: give it on the command line or in Params",
                field=name,
            )
    return {name: Params.check(name, value) for name, value in values.items()}


_WORLD_KEYS: Mapping[str, type] = {
    "title": str,
    "question": str,
    "outside": bool,
    "parameters": dict,
    "events": list,
    "plants": list,
}
_EVENT_KEYS: Mapping[str, type] = {"date": str, "set": dict}
_WORDS: Mapping[type, str] = {
    str: "a text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    dict: "a table",
    list: "an array of tables",
}


def _check_table(
    table: Mapping[str, Any], keys: Mapping[str, type], required: Iterable[str]
) -> None:
    """Every key known and of its type, and every required one there."""
    for key, value in table.items():
        if key not in keys:
            hint = nearest(key, keys)
            allowed = ", ".join(keys)
            raise InputError("unknown key", field=key, allowed=allowed, hint=hint)
        # TOML's true is no number, though Python's True is an int; 2 is a number as 2.0 is.
        if type(value) is not keys[key] and (keys[key], type(value)) != (float, int):
            raise InputError(f"must be {_WORDS[keys[key]]}", field=key, value=value)
    for key in required:
        if key not in table:
            raise InputError("is missing", field=key)


def _each(table: Mapping[str, Any], key: str, make: Any) -> Iterable[Any]:
    """The entries of one array of tables, each made by `make`; errors say which entry."""
    for number, entry in enumerate(table.get(key, []), start=1):
        if not isinstance(entry, dict):
            raise InputError("must be an array of tables", field=key, value=entry)
        try:
            yield make(entry)
        except InputError as problem:
            raise InputError(str(problem), file=f"{key} {number}") from None


def _event(entry: dict[str, Any]) -> Event:
    _check_table(entry, _EVENT_KEYS, required=("date", "set"))
    return Event(entry["date"], entry["set"])


def _plant(entry: dict[str, Any]) -> PlantSite:
    _check_table(entry, PLANT_KEYS, required=())
    values = dict(entry)
    named = bool(values.get("plant"))
    if values.pop("reference", not named) is named:
        raise InputError(
            "needs either reference = true or plant = a name of the pack's plants.csv",
            field="reference",
        )
    return PlantSite(**values)
