"""Which studies a server shows: the folders with a `study.toml` below one folder, and nothing else.

A visitor chooses a name from this list; no path that comes from outside is ever opened. What leads out of the
folder by a symbolic link is not shown.
"""

from __future__ import annotations

import hashlib
import os
import tomllib
from pathlib import Path
from typing import NamedTuple

USUAL = "results"
NAME = "study.toml"
DEEPEST = 4
MOST_STUDIES = 200
MOST_ENTRIES = 100_000
MOST_FILE_BYTES = 2**20


class Listed(NamedTuple):
    """A study by its path below the root, with its title."""

    name: str
    title: str


def root() -> Path | None:
    """The folder whose studies are shown: `ORNOK_STUDIES`, else `results` if it is there."""
    place = Path(os.environ.get("ORNOK_STUDIES") or USUAL)
    return place.resolve() if place.is_dir() else None


def listed(place: Path | None) -> list[Listed]:
    """The studies below the folder, by name; at most so many."""
    if place is None:
        return []
    found: list[Listed] = []
    _look(place, place, found)
    return sorted(found)


def _look(place: Path, folder: Path, found: list[Listed]) -> None:
    try:
        entries = sorted(os.scandir(folder), key=lambda one: one.name)
    except OSError:
        return
    depth = len(folder.relative_to(place).parts)
    if any(one.name == NAME and one.is_file(follow_symlinks=False) for one in entries):
        if len(found) < MOST_STUDIES and not leads_out(folder, place):
            found.append(Listed(folder.relative_to(place).as_posix(), _title(folder / NAME)))
        if folder != place:
            return
    if depth < DEEPEST:
        for one in entries:
            if one.is_dir(follow_symlinks=False) and not one.name.startswith("."):
                _look(place, Path(one.path), found)


def leads_out(folder: Path, place: Path) -> bool:
    """Whether anything in a study's folder leads out of the root, or it is too large to tell."""
    for number, path in enumerate(folder.rglob("*")):
        if number >= MOST_ENTRIES:
            return True
        if path.is_symlink() and not path.resolve().is_relative_to(place):
            return True
    return False


def _title(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_FILE_BYTES:
            return ""
        return str(tomllib.loads(path.read_text(encoding="utf-8")).get("title", ""))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return ""


def folder_of(name: object, place: Path | None) -> Path | None:
    """The folder of a name of the list; None for whatever is not on it."""
    known = {one.name for one in listed(place)}
    return place / name if place is not None and isinstance(name, str) and name in known else None


def stamp(folder: Path) -> str:
    """What changes when a study has new runs, failures or another file: names, sizes and times of its parts."""
    digest = hashlib.sha256()
    for place in (NAME, "runs", "regions", "failures"):
        path = folder / place
        files = sorted(path.glob("*.parquet")) if path.is_dir() else [path] if path.exists() else []
        for one in files:
            facts = one.stat()
            digest.update(f"{one.name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()
