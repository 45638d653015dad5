"""Texts in three languages, numbers and dates as each writes them.

`texts/<language>/<part>.toml` holds the texts of one page or part; a text is asked for as
"part.key". All languages have the same parts, keys and placeholders: a test compares them.
"""

from __future__ import annotations

import functools
import logging
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import solara
from solara.lab import cookies, headers

FOLDER = Path(__file__).resolve().parent / "texts"
LANGUAGES = {"ky": "Кыргызча", "ru": "Русский", "en": "English"}
DEFAULT = "en"
COOKIE = "ornok-language"
_DECIMAL_COMMA = ("ru", "ky")
_THIN = "\u202f"  # between thousands, where they are not marked by commas
_log = logging.getLogger("ornok.ui")


@functools.cache
def read_texts(language: str) -> dict[str, dict[str, Any]]:
    """All texts of a language: part to key to text (or list or table of texts)."""
    files = sorted((FOLDER / language).glob("*.toml"))
    return {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in files}


@dataclass(frozen=True)
class Words:
    """The texts of one language and its way to write numbers."""

    language: str

    def __call__(self, name: str, /, **values: object) -> str:
        """The text "part.key[.key]" with its placeholders filled in; the name itself if there is none."""
        found: Any = read_texts(self.language)
        for key in name.split("."):
            found = found.get(key) if isinstance(found, dict) else None
        if not isinstance(found, str):
            _log.error("no text %s in %s", name, self.language)
            return name
        return found.format(**values) if values else found

    def part(self, name: str) -> dict[str, Any]:
        """All texts of one part, for a component that is drawn in the browser."""
        found: Any = read_texts(self.language)
        for key in name.split("."):
            found = found[key]
        return dict(found)

    def has(self, name: str) -> bool:
        """Whether there is such a text."""
        found: Any = read_texts(self.language)
        for key in name.split("."):
            found = found.get(key) if isinstance(found, dict) else None
        return isinstance(found, str)

    def number(self, value: float, digits: int = 0) -> str:
        """A number with its thousands apart and so many digits after the mark."""
        if value != value:
            return "–"
        written = f"{abs(value):,.{digits}f}"
        sign = "−" if value < 0 and float(written.replace(",", "")) else ""
        return sign + self.written(written)

    def written(self, number: str) -> str:
        """A number that was written the English way, as this language writes it."""
        if self.language in _DECIMAL_COMMA:
            return number.replace(",", _THIN).replace(".", ",")
        return number

    def month(self, date: str) -> str:
        """A month "2026-03" in words."""
        year, month = date.split("-")
        names = read_texts(self.language)["common"]["months"]
        return f"{names[int(month) - 1]} {year}"


def first_language() -> str:
    """What the visitor chose last, else what the browser asks for, else English."""
    asked = (headers.value or {}).get("accept-language") or [""]
    return choose_language((cookies.value or {}).get(COOKIE), asked[0])


def choose_language(chosen: str | None, accepted: str) -> str:
    """The language `chosen` if there is such a one, else the first of the header `accepted`, else English."""
    if chosen in LANGUAGES:
        return str(chosen)
    for one in accepted.split(","):
        code = one.split(";")[0].strip().lower()[:2]
        if code in LANGUAGES:
            return code
    return DEFAULT


# One value a visitor: Solara keeps module-level reactive values apart by session.
language: solara.Reactive[str] = solara.reactive("")


def use_words() -> Words:
    """The texts of the visitor's language; the component is drawn again when it changes."""
    return Words(language.value or first_language())


def set_language(code: str) -> None:
    """Switch; anything unknown is ignored."""
    if code in LANGUAGES:
        language.value = code
