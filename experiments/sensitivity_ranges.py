"""How far a parameter that nobody has measured may lie from its value: ranges with their sources.

The range that a parameter allows (`ornok params NAME`) is what the model can compute, often from 0 to a
million: it says nothing about what is believable. A believable range comes, in this order, from the
country's own `rates.csv`, from `sensitivity_ranges.csv` beside this file, or from a rule: half to one and
a half times the value; for a share above one half, half to one and a half times its distance to 1.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.errors import InputError, nearest
from model.params import RUN_SETTINGS, Params

if TYPE_CHECKING:
    from model.packs import Pack
    from model.parameter_fields import Parameter

TABLE = Path(__file__).with_name("sensitivity_ranges.csv")
LOW_GRADES = ("assumed", "recalled")
RULE = "rule: half to one and a half times the value"
SHARE_RULE = "rule: half to one and a half times the distance to 1"


@dataclass(frozen=True)
class Range:
    """A parameter's believable range, the ends in it; the grade and source are the range's own."""

    name: str
    low: Any
    high: Any
    grade: str
    source: str


@dataclass(frozen=True)
class LeftOut:
    """A parameter that does not vary, and why."""

    name: str
    why: str


@cache
def own_table() -> Mapping[str, Range | LeftOut]:
    """`sensitivity_ranges.csv`, by name; a row without ends says why a parameter does not vary."""
    found: dict[str, Range | LeftOut] = {}
    with TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            name = row["name"]
            if not row["low"]:
                found[name] = LeftOut(name, row["source"])
                continue
            low, high = (Params.check(name, float(row[end])) for end in ("low", "high"))
            found[name] = Range(name, low, high, row["grade"], row["source"])
    return found


def believable(parameter: Parameter, pack: Pack) -> Range | LeftOut:
    """The believable range of a parameter with this value in this country, or why there is none."""
    name, value = parameter.name, parameter.value
    if isinstance(value, bool | str):
        return LeftOut(name, "a switch or a name: it has no range")
    if name in pack.rate_ranges:
        low, high = (Params.check(name, end) for end in pack.rate_ranges[name])
        _, _, source, grade = pack.rates[name]
        return Range(name, low, high, grade, f"the country's own: {source}")
    known = own_table().get(name)
    if known is not None:
        # A country or a world may have a value of its own, far from the table's range.
        inside = isinstance(known, LeftOut) or known.low <= value <= known.high
        return known if inside else _by_rule(parameter)
    return _by_rule(parameter)


def _by_rule(parameter: Parameter) -> Range | LeftOut:
    name, value, least, most = (
        parameter.name, parameter.value, parameter.low, parameter.high
    )  # fmt: skip
    if value in (least, most):
        return LeftOut(name, f"stands at {value:g}, the end of its range: off, or wholly on")
    whole = isinstance(value, int)
    share = not whole and least >= 0.0 and most <= 1.0 and value > 0.5
    if share:
        low, high = 1.0 - 1.5 * (1.0 - value), 1.0 - 0.5 * (1.0 - value)
    else:
        low, high = sorted((0.5 * value, 1.5 * value))
    if whole:
        low, high = math.floor(low), math.ceil(high)
    else:
        low, high = float(f"{low:.6g}"), float(f"{high:.6g}")
    low, high = max(low, least), min(high, most)
    if not low < high:
        return LeftOut(name, f"is {value:g}: the rule gives it no range")
    return Range(name, low, high, "assumed", SHARE_RULE if share else RULE)


def lowest_graded(
    parameters: Iterable[Parameter], pack: Pack, *, read: set[str], fixed: Mapping[str, str]
) -> tuple[list[Range], list[LeftOut]]:
    """All parameters that are assumed or recalled and read, with their ranges; the others, and why not.

    `read`: names that the worlds read. `fixed`: names that are set for this run or by a world, with
    a word on it.
    """
    found: list[Range] = []
    left: list[LeftOut] = []
    for one in parameters:
        if one.name in RUN_SETTINGS:
            continue
        if one.name in fixed:
            left.append(LeftOut(one.name, fixed[one.name]))
        elif one.grade not in LOW_GRADES:
            left.append(LeftOut(one.name, f"its evidence is of grade {one.grade}"))
        elif one.name not in read:
            left.append(LeftOut(one.name, "neither world reads it"))
        else:
            span = believable(one, pack)
            (found if isinstance(span, Range) else left).append(span)  # type: ignore[arg-type]  # by its kind
    return found, left


def chosen(written: str, parameters: Iterable[Parameter], pack: Pack) -> list[Range]:
    """Parameters as typed, `NAME` or `NAME=LOW:HIGH` with commas between, with their ranges.

    Raises `model.errors.InputError` for an unknown name, a name given twice, ends that are no numbers,
    out of range or not in order, and a parameter without a believable range that has none given.
    """
    facts = {one.name: one for one in parameters}
    found: dict[str, Range] = {}
    for part in (piece.strip() for piece in written.split(",")):
        name, equals, span = (piece.strip() for piece in part.partition("="))
        if not part:
            continue
        if name not in facts:
            hint = nearest(name, facts)
            raise InputError("no such parameter", field="--parameters", value=name, hint=hint)
        if name in RUN_SETTINGS:
            raise InputError("describes the run, it cannot vary", field="--parameters", value=name)
        if name in found:
            raise InputError("is named twice", field="--parameters", value=name)
        one = _typed(name, span) if equals else believable(facts[name], pack)
        if isinstance(one, LeftOut):
            raise InputError(
                f"needs a range of its own ({one.why})", field="--parameters", value=name,
                allowed=f"{name}=LOW:HIGH",
            )  # fmt: skip
        found[name] = one
    if not found:
        raise InputError("names nothing", field="--parameters", value=written)
    return list(found.values())


def _typed(name: str, written: str) -> Range:
    low, colon, high = written.partition(":")
    try:
        ends = [Params.check(name, float(end)) for end in (low, high)]
    except ValueError as problem:
        if isinstance(problem, InputError):
            raise
        ends = []
    if not colon or len(ends) != 2 or not ends[0] < ends[1]:
        raise InputError(
            "is no range", field="--parameters", value=f"{name}={written}",
            allowed=f"{name}=LOW:HIGH, two numbers in order",
        )  # fmt: skip
    return Range(name, ends[0], ends[1], "assumed", "given on the command line")
