"""`study.toml`: what a study asks for, and the errors of a person who writes one by hand."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from model.errors import InputError, nearest

__all__ = [
    "NAME",
    "DesignPart",
    "FilePart",
    "KeepPart",
    "Span",
    "StudyFile",
    "read_part",
    "read_study",
]

NAME = "study.toml"
MOST_SEEDS = 10_000

Count = Annotated[int, Field(ge=1)]


class FilePart(BaseModel):
    """A table of a file that a person writes: nothing unknown in it, every value of its own type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True)


class Span(FilePart):
    """Where one parameter goes: from `low` to `high` (the parameter's own ends if not given), in
    `steps` equal steps on a grid, or through `values`.
    """

    low: float | None = None
    high: float | None = None
    steps: Annotated[int, Field(ge=2, le=10_000)] | None = None
    values: Annotated[list[Any], Field(min_length=1)] | None = None


class DesignPart(FilePart):
    """How the points are chosen.

    `size`: points of a latin hypercube, base sample of Sobol, trajectories of Morris. `levels`: of
    Morris, draws of a posterior. `groups`: of Morris, parameters that move together. `second_order`:
    of Sobol. `file` or `rows`: the table of a list, the file of a posterior. `cross_levers`: levers
    form a grid of their own, and every point of it meets every point of the uncertainties.
    `own_seeds`: every point has seeds of its own, so that chance varies with the points too.
    """

    kind: Literal["grid", "list", "latin", "sobol", "morris", "posterior"]
    size: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    seed: Annotated[int, Field(ge=0, lt=2**32)] | None = None
    levels: Annotated[int, Field(ge=2, le=1000)] | None = None
    second_order: bool | None = None
    groups: Annotated[dict[str, list[str]], Field(min_length=2)] | None = None
    file: str | None = None
    rows: Annotated[list[dict[str, Any]], Field(min_length=1)] | None = None
    cross_levers: bool = False
    own_seeds: bool = False


class KeepPart(FilePart):
    """What of a run is stored: outcomes (all if not given), months, regions (`["all"]`: each)."""

    outcomes: Annotated[list[str], Field(min_length=1)] | None = None
    regions: list[str] = []
    first: str | None = Field(default=None, alias="from")
    last: str | None = Field(default=None, alias="to")


class StudyFile(FilePart):
    """The whole file; every field is explained in docs/studies.md."""

    title: Annotated[str, Field(min_length=1)]
    question: str = ""
    worlds: Annotated[list[str], Field(min_length=1)]
    against: str | None = None
    pack: str = "kyrgyzstan"
    scale: float | None = None
    horizon: Count | None = None
    replications: Annotated[int, Field(ge=1, le=MOST_SEEDS)] | None = None
    first_seed: Annotated[int, Field(ge=0, lt=2**62)] = 1
    seeds: Annotated[list[int], Field(min_length=1, max_length=MOST_SEEDS)] | None = None
    panels: list[str] = []
    settings: dict[str, Any] = {}
    levers: dict[str, Span] = {}
    uncertainties: dict[str, Span] = {}
    design: DesignPart | None = None
    keep: KeepPart = KeepPart()

    def all_seeds(self) -> list[int]:
        """The seeds of every design point, in order."""
        if self.seeds is not None:
            return list(self.seeds)
        return list(range(self.first_seed, self.first_seed + (self.replications or 1)))


def read_study(path: Path) -> StudyFile:
    """The content of a `study.toml`, types and single values checked.

    Raises `model.errors.InputError` with every problem found.
    """
    return read_part(path, StudyFile)


def read_part[Kind: FilePart](path: Path, kind: type[Kind]) -> Kind:
    """The content of a TOML file of this kind; `model.errors.InputError` as `read_study`."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as problem:
        reason = getattr(problem, "strerror", None) or "it is not UTF-8 text"
        raise InputError(f"cannot be read: {reason}", file=path) from None
    except tomllib.TOMLDecodeError as problem:
        raise InputError(f"is not TOML: {problem}", file=path) from None
    try:
        return kind.model_validate(table)
    except ValidationError as refused:
        problems = [_in_our_words(path, one, kind) for one in refused.errors()]
    if len(problems) == 1:
        raise problems[0]
    lines = "\n".join(f"- {problem}" for problem in problems)
    raise InputError(f"{len(problems)} problems:\n{lines}", file=path)


_WORDS = {
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "string_type": "must be a text",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
}
_BOUNDS = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
_LENGTHS = {"min_length": "at least", "max_length": "at most"}


def _in_our_words(path: Path, error: Mapping[str, Any], whole: type[FilePart]) -> InputError:
    """One error of pydantic as the house says it: file, field, value, allowed, nearest name."""
    place = [str(part) for part in error["loc"]]
    field, kind, facts = ".".join(place), error["type"], error.get("ctx", {})
    if kind == "missing":
        return InputError("is missing", file=path, field=field)
    if kind == "extra_forbidden":
        known = _keys_at(place[:-1], whole)
        return InputError(
            "unknown key",
            file=path,
            field=field,
            allowed=", ".join(known),
            hint=nearest(place[-1], known),
        )
    problem, allowed, hint = _WORDS.get(kind, "not allowed"), None, None
    if kind == "literal_error":
        choices = re.findall(r"'([^']*)'", facts["expected"])
        allowed, hint = ", ".join(choices), nearest(error["input"], choices)
    for key, words in _BOUNDS.items():
        if key in facts:
            problem, allowed = "out of range", f"{words} {facts[key]}"
    for key, words in _LENGTHS.items():
        if key in facts:
            problem, allowed = "has not the right length", f"{words} {facts[key]}"
    return InputError(
        problem, file=path, field=field, value=error["input"], allowed=allowed, hint=hint
    )


def _keys_at(place: Sequence[str], whole: type[FilePart]) -> list[str]:
    """The keys that a table at this place of a file may have."""
    names = iter(place)
    for name in names:
        annotation = whole.model_fields[name].annotation
        inside = (annotation, *get_args(annotation))
        whole = next(x for x in inside if isinstance(x, type) and issubclass(x, FilePart))
        if get_origin(annotation) in (dict, list):
            next(names)  # a name that the person gave, as of a parameter, or a place in a list
    return [field.alias or name for name, field in whole.model_fields.items()]
