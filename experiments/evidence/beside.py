"""The same rows from another finished folder (another scale, say) beside those of the page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from model.errors import InputError

Json = Mapping[str, Any]


def read_other(path: Path, name: str) -> dict[str, Any]:
    """What a finished folder says of every decisive row. InputError where it is no such folder.

    Returns scale, seeds, code and `rows`: by row the judged estimate and the verdict's word.
    """
    file = path / name
    if not file.is_file():
        raise InputError(
            f"no folder that `ornok evidence` has finished: it has no {name}",
            field="--beside",
            value=str(path),
        )
    try:
        targets = json.loads(file.read_text(encoding="utf-8"))["targets"]
        some = next(iter(targets.values()))
        return {
            "scale": some["scale"],
            "seeds": len(some["seeds"]),
            "code": some["code"],
            "rows": {
                row["row"]: {**(row[row["judged"]] or {}), "word": row["word"]}
                for one in targets.values()
                for row in one["rows"]
                if row["decisive"]
            },
        }
    except (KeyError, TypeError, ValueError, StopIteration) as error:
        raise InputError(
            f"{name} there is not what `ornok evidence` writes", field="--beside", value=str(path)
        ) from error


def changed(targets: Json, other: Json) -> list[str]:
    """Decisive rows whose verdict is another one in `other`."""
    return [
        row["row"]
        for one in targets.values()
        for row in one["rows"]
        if row["decisive"] and row["row"] in other["rows"]
        and other["rows"][row["row"]]["word"] != row["word"]
    ]  # fmt: skip
