"""Numbers that know their unit, range, source and evidence grade. No numbers stand here."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import numbers
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self

from model.errors import InputError, nearest

# How well a number is known: read from a statistic; read from the press; remembered from the
# literature; chosen by us.
GRADES = ("measured", "press", "recalled", "assumed")


class Parameter(NamedTuple):
    """One line of `Params.describe()`."""

    name: str
    value: Any
    unit: str
    low: Any
    high: Any
    source: str
    grade: str
    meaning: str


@dataclass(frozen=True)
class _Facts:
    kind: type
    unit: str
    low: Any
    high: Any
    source: str
    grade: str
    meaning: str
    choices: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.grade not in GRADES:
            raise ValueError(f"grade '{self.grade}' is none of {GRADES}")


def _declare(default: Any, facts: _Facts) -> Any:
    return field(default=default, metadata={"facts": facts})


def number(
    default: float,
    unit: str,
    low: float,
    high: float,
    grade: str,
    source: str,
    meaning: str,
) -> Any:
    """A float parameter of a Params class; `low` and `high` are allowed values themselves."""
    return _declare(default, _Facts(float, unit, low, high, source, grade, meaning))


def integer(
    default: int,
    unit: str,
    low: int,
    high: int,
    grade: str,
    source: str,
    meaning: str,
) -> Any:
    """A whole-number parameter of a Params class."""
    return _declare(default, _Facts(int, unit, low, high, source, grade, meaning))


def text(default: str, grade: str, source: str, meaning: str, choices: tuple[str, ...] = ()) -> Any:
    """A text parameter; if `choices` are given, one of them."""
    return _declare(default, _Facts(str, "name", None, None, source, grade, meaning, choices))


def flag(default: bool, grade: str, source: str, meaning: str) -> Any:
    """A yes-or-no parameter."""
    return _declare(default, _Facts(bool, "yes/no", None, None, source, grade, meaning))


def _checked(name: str, value: Any, facts: _Facts) -> Any:
    """`value` as the field's own type, or an InputError that says what is allowed."""
    if facts.kind is bool:
        if isinstance(value, bool):
            return value
        raise InputError("must be true or false", field=name, value=value)
    if facts.kind is str:
        if not isinstance(value, str) or (facts.choices and value not in facts.choices):
            allowed = ", ".join(facts.choices) or "a text"
            hint = nearest(value, facts.choices)
            raise InputError("not allowed", field=name, value=value, allowed=allowed, hint=hint)
        return value
    allowed = f"{facts.low:g} to {facts.high:g} {facts.unit}"
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise InputError("must be a number", field=name, value=value, allowed=allowed)
    if not math.isfinite(value):
        raise InputError("must be finite", field=name, value=value, allowed=allowed)
    if facts.kind is int and value != math.floor(value):
        raise InputError("must be a whole number", field=name, value=value, allowed=allowed)
    if not facts.low <= value <= facts.high:
        raise InputError("out of range", field=name, value=value, allowed=allowed)
    return facts.kind(value)


def _parsed(name: str, written: str, facts: _Facts) -> Any:
    """A value as a person types it (`0.1`, `true`, `kyrgyzstan`) to the field's own type."""
    if facts.kind is str:
        return written
    if facts.kind is bool:
        return {"true": True, "false": False}.get(written.lower(), written)
    try:
        return int(written)
    except ValueError:
        pass
    try:
        return float(written)
    except ValueError:
        raise InputError("must be a number", field=name, value=written) from None


@dataclass(frozen=True)
class ParameterSet:
    """Base of Params: checks every value in one place and can say where each comes from."""

    # (name, source, grade) of values that differ from the code's own; not part of the identity.
    origins: tuple[tuple[str, str, str], ...] = field(
        default=(), kw_only=True, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        for name, facts in self._facts().items():
            object.__setattr__(self, name, _checked(name, getattr(self, name), facts))

    @classmethod
    def _facts(cls) -> dict[str, _Facts]:
        fields = dataclasses.fields(cls)
        return {one.name: one.metadata["facts"] for one in fields if "facts" in one.metadata}

    @classmethod
    def names(cls) -> list[str]:
        """Names of all parameters, in the order of declaration."""
        return list(cls._facts())

    @classmethod
    def check(cls, name: str, value: Any) -> Any:
        """`value` as the type of parameter `name`; InputError on an unknown name or bad value."""
        facts = cls._facts()
        if name not in facts:
            hint = nearest(name, facts)
            raise InputError("there is no such parameter", field=name, hint=hint)
        return _checked(name, value, facts[name])

    @classmethod
    def parse_settings(cls, settings: Iterable[str]) -> dict[str, Any]:
        """`["vat_rate=0.1", ...]` to checked values by name, for `--set`."""
        values: dict[str, Any] = {}
        for setting in settings:
            name, equals, written = (part.strip() for part in setting.partition("="))
            if not equals:
                raise InputError("must read name=value", field="--set", value=setting)
            facts = cls._facts().get(name)
            value = written if facts is None else _parsed(name, written, facts)
            values[name] = cls.check(name, value)
        return values

    def with_values(
        self,
        values: Mapping[str, Any],
        sources: Mapping[str, tuple[str, str]] | None = None,
    ) -> Self:
        """A copy with these values; `sources` gives (source, grade) by name, as packs do."""
        checked = {name: self.check(name, value) for name, value in values.items()}
        origins = {name: (source, grade) for name, source, grade in self.origins}
        for name, value in checked.items():
            if sources is not None and name in sources:
                source, grade = sources[name]
                if grade not in GRADES:
                    hint = nearest(grade, GRADES)
                    allowed = ", ".join(GRADES)
                    raise InputError(
                        "unknown grade", field=name, value=grade, allowed=allowed, hint=hint
                    )
                origins[name] = (source, grade)
            elif value != getattr(self, name):
                origins[name] = ("set for this run", "assumed")
        rows = tuple((name, *origin) for name, origin in origins.items())
        return dataclasses.replace(self, **checked, origins=rows)

    def describe(self) -> list[Parameter]:
        """Every parameter with value, unit, range, source, grade and meaning."""
        origins = {name: (source, grade) for name, source, grade in self.origins}
        rows = []
        for name, facts in self._facts().items():
            source, grade = origins.get(name, (facts.source, facts.grade))
            value = getattr(self, name)
            rows.append(
                Parameter(
                    name, value, facts.unit, facts.low, facts.high, source, grade, facts.meaning
                )
            )
        return rows

    def to_dict(self) -> dict[str, Any]:
        """Values by name, in the order of declaration."""
        return {name: getattr(self, name) for name in self._facts()}

    def fingerprint(self) -> str:
        """Sixteen hex digits that are the same for the same values, on any machine."""
        canonical = json.dumps(self.to_dict(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()[:16]
