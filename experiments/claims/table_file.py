"""Reading the table of claims (`claims.toml`, or one of your own) and checking every name in it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from experiments.claims.table import SHOCK_KINDS, Claim, Measure, Parameter, Table, Worlds
from model import Params, World
from model.calendar_months import period_of
from model.errors import InputError, nearest
from model.measures import outcomes

__all__ = ["TABLE", "check", "read_table"]

TABLE = Path(__file__).with_name("claims.toml")


# --- Checks ---------------------------------------------------------------------------------------


def check(table: Table) -> None:
    """`model.errors.InputError` unless everything that is named exists and fits."""
    _once("doses", [one.name for one in table.doses])
    _once("worlds", [one.name for one in table.worlds])
    _once("parameters", [one.name for one in table.parameters])
    _once("claims", [one.id for one in table.claims])
    for name in table.also_keep:
        _known("also_keep", name, outcomes())
    for parameter in table.parameters:
        _check_parameter(parameter)
    for spec in table.worlds:
        spec.make()
    for claim in table.claims:
        _check_claim(table, claim)


def _check_parameter(one: Parameter) -> None:
    facts = {fact.name: fact for fact in Params().describe()}
    if one.name not in facts:
        hint = nearest(one.name, facts)
        raise InputError("no such parameter", field="parameters", value=one.name, hint=hint)
    for end in (one.low, one.high):
        Params.check(one.name, end)
    if not one.low < one.high:
        raise InputError(
            "high must be above low", field=f"parameters.{one.name}", value=[one.low, one.high]
        )


def _check_claim(table: Table, claim: Claim) -> None:
    place = f"claims.{claim.id}"
    _once(f"{place}.measures", [one.id for one in claim.measures])
    doses = [dose.name for dose in table.doses]
    for name in claim.doses or ():
        _known(f"{place}.doses", name, doses)
    for one in claim.features:
        _known(f"{place}.features", one.outcome, outcomes())
    for measure in claim.measures:
        field = f"{place}.{measure.id}"
        for name in measure.needs:
            _known(f"{field}.outcomes", name, outcomes())
        for dose in table.doses_of(claim):
            worlds = claim.worlds_of(measure, dose)
            for name in worlds.names():
                _known(f"{field}.worlds", name, [*World.names(), *(w.name for w in table.worlds)])
        _check_shock(field, measure, worlds)


def _check_shock(field: str, measure: Measure, worlds: Worlds) -> None:
    needed = measure.kind in SHOCK_KINDS
    given = measure.shock is not None and measure.window is not None
    if needed is not given:
        allowed = "both for a kind after a shock, else none"
        raise InputError(
            "shock and window", field=field, value=[measure.shock, measure.window], allowed=allowed
        )
    if not needed:
        return
    period_of(str(measure.shock))
    if worlds.treated_calm is None or worlds.control_calm is None:
        raise InputError("needs the worlds without the shock", field=f"{field}.worlds.treated_calm")


def _once(field: str, names: Sequence[str]) -> None:
    for number, name in enumerate(names):
        if name in names[:number]:
            raise InputError("is named twice", field=field, value=name)


def _known(field: str, name: str, known: Iterable[str]) -> None:
    names = list(known)
    if name not in names:
        few = ", ".join(names) if len(names) < 40 else "see model/outcomes.csv"
        hint = nearest(name, names)
        raise InputError("unknown name", field=field, value=name, allowed=few, hint=hint)


# --- Reading --------------------------------------------------------------------------------------


def read_table(path: Path = TABLE) -> Table:
    """The claims of a file. Raises `model.errors.InputError` with file, field and value."""
    try:
        content: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as problem:
        reason = getattr(problem, "strerror", None) or "it is not UTF-8 text"
        raise InputError(f"cannot be read: {reason}", file=path) from None
    except tomllib.TOMLDecodeError as problem:
        raise InputError(f"is not TOML: {problem}", file=path) from None
    try:
        table = Table.model_validate(content)
        check(table)
        return table
    except ValidationError as refused:
        first = refused.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        value = first["input"] if isinstance(first["input"], str | int | float) else None
        raise InputError(first["msg"].lower(), file=path, field=field, value=value) from None
    except InputError as problem:
        raise InputError(str(problem), file=path) from None
