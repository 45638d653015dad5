"""A study a variant, in one folder: the claims' worlds with one thing otherwise.

Each is an ordinary study (docs/studies.md). A pack that differs lies in its study's folder, so that
the folder may be moved.
"""

from __future__ import annotations

import filecmp
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from experiments.claims.robust_table import BASE, Variant
from experiments.claims.studies import Settings, refuse_foreign, variant_text, write_study
from experiments.claims.table import Table
from experiments.claims.varied_pack import vary_pack
from experiments.study import Study
from experiments.study_file import NAME
from model.errors import InputError
from model.packs import FOLDER as PACKS
from model.packs import pack_names

__all__ = ["MARK", "Prepared", "load_variants", "prepare_variants"]

MARK = "# Written by `ornok claims --robust`; its settings are options of that command."
PACK = "pack"


@dataclass(frozen=True)
class Prepared:
    """The studies by variant, the reference first; and what could not be made, with the reason."""

    studies: Mapping[str, Study]
    unmade: Mapping[str, str]


def prepare_variants(
    folder: Path, table: Table, variants: Sequence[Variant], base: Settings
) -> Prepared:
    """Write the study of the reference and of every variant, or find it there; nothing is run.

    Everything is tried in a scratch folder first. A variant whose pack cannot be built is left out
    and named; anything else that is not sound raises `model.errors.InputError` and writes nothing.
    """
    unmade: dict[str, str] = {}
    places = [BASE]
    for name in (BASE, *(one.name for one in variants)):
        refuse_foreign(folder / name / NAME, MARK)
    with tempfile.TemporaryDirectory() as scratch:
        _write(Path(scratch) / BASE, table, None, base)
        for one in variants:
            try:
                _write(Path(scratch) / one.name, table, one, base)
                places.append(one.name)
            except _UnmadeError as problem:
                unmade[one.name] = str(problem)
        for name in places:
            try:
                Study.load(Path(scratch) / name)
            except InputError as problem:
                raise InputError(str(problem).replace(scratch, str(folder))) from None
        for name in places:
            _take_over(Path(scratch) / name, folder / name)
    return Prepared({name: Study.load(folder / name) for name in places}, unmade)


class _UnmadeError(Exception):
    """The pack of a variant cannot be built."""


def _write(place: Path, table: Table, one: Variant | None, base: Settings) -> None:
    """The study of a variant (the reference without one)."""
    settings, parameters = base, dict[str, float]()
    worlds, title = table.world_names(leading_only=True), "The claims at the reference"
    if one is not None:
        parameters, title = one.values(table), f"The claims where {one.words}"
        worlds = one.worlds or worlds
        settings = replace(base, scale=one.scale or base.scale, seeds=one.seeds or base.seeds)
    place.mkdir(parents=True)
    if one is not None and one.changes:
        try:
            vary_pack(_folder_of(base.pack), one.changes, place / PACK)
        except InputError as problem:
            raise _UnmadeError(str(problem)) from None
        settings = replace(settings, pack=PACK)
    write_study(
        place, table, variant_text(table, settings, title, worlds, parameters, MARK), worlds
    )


def _folder_of(pack: str) -> Path:
    return PACKS / pack if pack in pack_names() else Path(pack)


def _take_over(made: Path, place: Path) -> None:
    """Copy a study's files; a file that is the same is left alone, runs are never touched."""
    for path in sorted(made.rglob("*")):
        goal = place / path.relative_to(made)
        if path.is_dir():
            goal.mkdir(parents=True, exist_ok=True)
        elif not goal.is_file() or not filecmp.cmp(path, goal, shallow=False):
            goal.parent.mkdir(parents=True, exist_ok=True)
            scratch = goal.with_name(f".{goal.name}.part")
            shutil.copyfile(path, scratch)
            scratch.replace(goal)


def load_variants(folder: Path, variants: Sequence[Variant]) -> dict[str, Study]:
    """The studies that lie in a folder, the reference first.

    Raises `model.errors.InputError` if the reference is not there.
    """
    found = {BASE: Study.load(folder / BASE)}
    for one in variants:
        if (folder / one.name / NAME).is_file():
            found[one.name] = Study.load(folder / one.name)
    return found
