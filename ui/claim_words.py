"""The words of the claims' answers in the visitor's language.

The English comes with the answers; the others are `claim_texts/<language>.toml`, by the keys of
`experiments.claims.words.catalogue`. Sentences with numbers are put together anew from the numbers.
"""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from experiments.claims import form
from experiments.claims.words import SENTENCES, Text, number, percent
from ui.language import Words

FOLDER = Path(__file__).resolve().parent / "claim_texts"
_UNITS = ("unit", "level_unit")


@functools.cache
def read_claim_texts(language: str) -> dict[str, Any]:
    """All texts of a language; none for English."""
    path = FOLDER / f"{language}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def translation(language: str, key: str, english: str) -> str | None:
    """What a language says for a key of the catalogue; None where it says nothing."""
    found: Any = read_claim_texts(language)
    path = key.split(".")[1:]
    if any(part in _UNITS for part in path):
        return found.get("unit", {}).get(english)
    for part in path:
        found = found.get(part) if isinstance(found, dict) else None
    return found if isinstance(found, str) else None


@dataclass(frozen=True)
class ClaimWords:
    """Texts of one language for an answer of the claims."""

    words: Words

    def text(self, one: Text, **values: str) -> str:
        """A text with its values, or with those given in their place."""
        found = translation(self.words.language, one.key, one.en)
        if found is None:
            return one.en
        return found.format(**{**{k: self.number(v) for k, v in one.values.items()}, **values})

    def sentence(self, key: str, **values: str) -> str:
        """One of the sentences of the claims, put together here."""
        english = SENTENCES[key]
        found = translation(self.words.language, f"claims.{key}", english) or english
        # A unit may end in a stop of its own ("п. п."), and so may the sentence after it.
        return found.format(**values).replace("..", ".")

    def number(self, value: float | str | None, *, signed: bool = False) -> str:
        """A number as the claims write it, in this language's way."""
        if not isinstance(value, str):
            value = number(float("nan") if value is None else value, signed=signed)
        return self.words.written(value)

    def percent(self, share: float | None) -> str:
        """A share in per cent."""
        return percent(float("nan") if share is None else share)

    def margin(self, answer: form.Answer) -> str:
        """The smallest effect that matters, with its unit."""
        value = answer.side * answer.margin.value
        written = self.number(value, signed=not answer.margin.bar)
        return f"{written} {self.text(answer.margin.unit)}"

    def reason(self, answer: form.Answer, one: Text) -> str:
        """Why the rule says what it says."""
        key = one.key.removeprefix("claims.")
        margin = self.margin(answer)
        if key == "reason.none":
            margin = f"{self.number(answer.margin.value)} {self.text(answer.margin.unit)}"
        values = {k: self.number(v) for k, v in one.values.items()} | {"margin": margin}
        if "seeds" in values and not values["seeds"][0].isdigit():
            values["seeds"] = self.words("claims.very_many")
        return self.sentence(key, **values) if key in SENTENCES else one.en

    def condition(self, verdict: str, bounds: list[form.Bound]) -> str:
        """The box of parameters in which the claim comes out otherwise."""
        joined = self.sentence("bound.and").join(self.bound(one) for one in bounds)
        return self.sentence(
            "flip.found", verdict=self.sentence(f"verdict.{verdict}"), bounds=joined
        )

    def bound(self, one: form.Bound) -> str:
        """One side of that box."""
        low, high = (None if end is None else float(f"{end:.2g}") for end in (one.low, one.high))
        values = {"words": self.text(one.words), "low": self.number(low), "high": self.number(high)}
        kind = "at_most" if low is None else "at_least" if high is None else "between"
        return self.sentence("bound.is" if low == high else f"bound.{kind}", **values)

    def flip(self, flip: form.Flip) -> str:
        """What the ranges say, in one sentence."""
        if flip.confirmed and flip.condition is not None:
            return self.condition(flip.target, flip.condition.bounds)
        return self.text(flip.text)

    def effect(self, one: form.Effect | None, *, unit: bool = True) -> str:
        """Mean, interval and unit of an effect."""
        if one is None or one.mean is None:
            return "–"
        mean, low, high = (self.number(x, signed=True) for x in (one.mean, one.low, one.high))
        written = (
            f"{mean} [{low}; {high}]" if self.words.language != "en" else f"{mean} [{low}, {high}]"
        )
        return f"{written} {self.text(one.unit)}" if unit else written
