"""Six lessons for a class: what each runs and asks, and its words in three languages.

The tables beside this file are the one source of the site's pages (`experiments/site_lessons.py`) and of
the browser app (`ui/pages/lessons.py`); `tests/test_lessons.py` checks the right answers against the runs.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
LANGUAGES = ("en", "ru", "ky")
# What the answers hold for: seeds of the band and people that one agent stands for.
SEEDS, SCALE = 10, 50


def lessons() -> list[dict[str, Any]]:
    """What each lesson runs and asks, in order."""
    found: list[dict[str, Any]] = _read("lessons")["lesson"]
    return found


def texts(language: str) -> dict[str, Any]:
    """All texts of the lessons in one language."""
    return _read(language)


@cache
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


__all__ = ["LANGUAGES", "SCALE", "SEEDS", "lessons", "texts"]
