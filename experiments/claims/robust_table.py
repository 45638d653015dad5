"""The variants under which the claims are asked again (`robust.toml`, or a file of your own)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from experiments.claims.studies import MOST_SEEDS
from experiments.claims.table import Grade, Name, Table, Text
from experiments.study_file import FilePart, read_part
from model import Params
from model.errors import InputError, nearest
from model.packs import Pack

__all__ = [
    "BASE", "GROUPS", "VARIANTS", "Change", "LeftOut", "Variant", "Variants", "choose",
    "lowest_graded", "read_variants",
]  # fmt: skip

VARIANTS = Path(__file__).with_name("robust.toml")
BASE = "reference"
GROUPS = ("assumption", "evidence", "pack", "scale")


class Change(FilePart):
    """Rows of a pack's table go to their own low or high end, or are multiplied."""

    table: Text
    where: Annotated[dict[str, list[str]], Field(min_length=1)]
    to: Literal["low", "high"] | None = None
    factor: Annotated[float, Field(gt=0.0)] | None = None


class Variant(FilePart):
    """One thing that is otherwise than at the reference; see `robust.toml`.

    `why`, `source` and `grade` may be left out for a `parameter`: the range's are taken. A scale has
    no grade.
    """

    name: Name
    group: Literal["assumption", "evidence", "pack", "scale"]
    words: Text
    why: str = ""
    source: str = ""
    grade: Grade | None = None
    scale: Annotated[float, Field(gt=0.0)] | None = None
    seeds: Annotated[int, Field(ge=2, le=MOST_SEEDS)] | None = None
    worlds: Annotated[list[str], Field(min_length=1)] | None = None
    settings: dict[str, float] = Field(default_factory=dict)
    parameter: str | None = None
    end: Literal["low", "high"] | None = None
    changes: list[Change] = Field(default_factory=list)

    def values(self, table: Table) -> dict[str, float]:
        """The parameters it sets, for a table of claims."""
        found = dict(self.settings)
        for one in table.parameters:
            if one.name == self.parameter:
                found[one.name] = one.low if self.end == "low" else one.high
        return found

    def facts(self, table: Table) -> tuple[str, str, str]:
        """Why, source and grade; of a parameter those of its range."""
        for one in table.parameters:
            if one.name == self.parameter:
                value = one.low if self.end == "low" else one.high
                source = f"claims.toml: {one.name} = {value:g}, {self.end} end of its range"
                return self.why or one.why, self.source or source, self.grade or one.grade
        return self.why, self.source, self.grade or ""


class LeftOut(FilePart):
    """A parameter that the rule for assumptions would name but for its third part, and why."""

    parameter: Text
    why: Text


class Variants(FilePart):
    """All variants; `seeds` of each that says nothing else."""

    seeds: Annotated[int, Field(ge=2, le=MOST_SEEDS)]
    left_out: list[LeftOut] = Field(default_factory=list)
    variants: Annotated[list[Variant], Field(min_length=1)]


def read_variants(path: Path, table: Table) -> Variants:
    """The variants of a file, every name in it checked. Raises `model.errors.InputError`."""
    found = read_part(path, Variants)
    try:
        names = [one.name for one in found.variants]
        for number, name in enumerate(names):
            if name in (BASE, *names[:number]):
                raise InputError("is named twice", field="variants", value=name)
        for one in found.variants:
            _check(one, table)
    except InputError as problem:
        raise InputError(str(problem), file=path) from None
    return found


def _check(one: Variant, table: Table) -> None:
    place = f"variants.{one.name}"
    if (one.parameter is None) is not (one.end is None):
        raise InputError("stands with `end`, and `end` with it", field=f"{place}.parameter")
    graded = one.grade is not None or one.scale is not None
    if one.parameter is None and not (one.why and one.source and graded):
        raise InputError("needs why, source and grade", field=place)
    for change in one.changes:
        if (change.to is None) is (change.factor is None):
            raise InputError("needs either `to` or `factor`", field=f"{place}.changes")
    if one.parameter is not None:
        _known(f"{place}.parameter", one.parameter, [p.name for p in table.parameters])
    for name, value in one.settings.items():
        _known(f"{place}.settings", name, [fact.name for fact in Params().describe()])
        Params.check(name, value)
    for world in one.worlds or ():
        _known(f"{place}.worlds", world, table.world_names(leading_only=True))


def _known(field: str, name: str, known: Iterable[str]) -> None:
    names = list(known)
    if name not in names:
        few = ", ".join(names) if len(names) < 40 else "see ornok params"
        hint = nearest(name, names)
        raise InputError("unknown name", field=field, value=name, allowed=few, hint=hint)


def choose(variants: Variants, only: Iterable[str]) -> list[Variant]:
    """The variants of these names and groups (all without any), in the order of the file.

    Raises `model.errors.InputError`.
    """
    wanted = list(only)
    for name in wanted:
        _known("--only", name, [BASE, *GROUPS, *(one.name for one in variants.variants)])
    if not wanted:
        return list(variants.variants)
    return [one for one in variants.variants if one.name in wanted or one.group in wanted]


def lowest_graded(table: Table, pack: Pack) -> list[str]:
    """The first two parts of the rule for assumptions: no choice of the state, `assumed` twice."""
    grades: Mapping[str, str] = {one.name: one.grade for one in pack.params().describe()}
    return [
        one.name
        for one in table.parameters
        if one.role == "uncertainty" and one.grade == grades[one.name] == "assumed"
    ]
