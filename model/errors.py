"""The one error class for input that a person can mend: a file, a parameter, a world."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_UNSET = object()


def nearest(name: object, names: Iterable[object]) -> str | None:
    """The entry of `names` that looks most like `name`, or None when none is close."""
    lowered: dict[str, str] = {}
    for known in names:
        lowered.setdefault(str(known).lower(), str(known))
    found = difflib.get_close_matches(str(name).lower(), lowered, n=1, cutoff=0.6)
    return lowered[found[0]] if found else None


class InputError(ValueError):
    """Bad input, with the place, the value, what is allowed and the nearest valid name.

    `InputError("unknown parameter", file="a.toml", field="vat_rte", hint="vat_rate")` reads
    `a.toml: field 'vat_rte': unknown parameter; did you mean 'vat_rate'?`
    """

    def __init__(
        self,
        problem: str,
        *,
        file: object = None,
        row: int | None = None,
        field: str | None = None,
        value: object = _UNSET,
        allowed: object = None,
        hint: str | None = None,
    ) -> None:
        place = [str(file)] if file is not None else []
        if row is not None:
            place.append(f"row {row}")
        if field is not None:
            place.append(f"field '{field}'")
        message = ": ".join([", ".join(place), problem]) if place else problem
        if value is not _UNSET:
            message += f", got {value!r}"
        if allowed is not None:
            message += f"; allowed: {allowed}"
        if hint is not None:
            message += f"; did you mean '{hint}'?"
        super().__init__(message)
