"""The sentences of verdicts and conditions: a key each, so that they can be said in other languages.

A translation needs the keys of `catalogue()` and nothing else: values are put in by name.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict

from experiments.claims.table import Claim, Measure, Table
from experiments.outcomes import outcomes, yearly_unit

__all__ = ["SENTENCES", "Text", "catalogue", "named", "number", "percent", "say", "unit_of"]

SENTENCES: Mapping[str, str] = {
    "verdict.holds": "holds",
    "verdict.fails": "fails",
    "verdict.only_if": "only if",
    "verdict.undecided": "undecided",
    "verdict.not_asked": "not asked",
    "reason.beyond": "The whole interval lies beyond {margin}.",
    "reason.opposite": "It goes the other way: the interval lies on the side that the claim denies.",
    "reason.none": "No effect that matters: equivalence to none within ±{margin} is shown (p = {p}).",
    "reason.small": "The whole interval lies short of {margin}.",
    "reason.maybe_small": "There is an effect on the claimed side; whether it reaches {margin} is "
    "open. About {seeds} seeds would tell.",
    "reason.unclear": "The interval holds both none and {margin}. About {seeds} seeds would tell.",
    "reason.few": "Fewer than two pairs of runs have finished.",
    "reason.not_asked": "Its shock or dated event, or what follows it, lies beyond this horizon.",
    "flip.found": "{verdict} if {bounds}",
    "flip.quality": "Of all cases that flip {coverage} lie there, and of the cases there {density} flip; of "
    "cases that the search had not seen, {held} of {cases}.",
    "flip.never": "never in the ranges: it holds in none of {cases} cases",
    "flip.always": "never in the ranges: it holds in all of {cases} cases",
    "flip.few": "holds in {share} of {cases} cases over the ranges, too few of the other kind for a "
    "condition",
    "flip.no_pattern": "holds in {share} of {cases} cases over the ranges, and no condition tells which",
    "flip.not_run": "the ranges have not been run",
    "bound.at_least": "{words} is at least {low}",
    "bound.at_most": "{words} is at most {high}",
    "bound.is": "{words} is {low}",
    "bound.between": "{words} is from {low} to {high}",
    "bound.and": " and ",
    "offtake": "the number of cars a year that the parent takes",
    "level.shock": "%, against the same month without the shock",
    "left_out": "{n} of {all} seeds have no finished pair and are left out.",
}


class Text(BaseModel):
    """Words to show: the key for a translator, the English, and the values in it by name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str
    en: str
    values: dict[str, str] = {}


def say(key: str, **values: str) -> Text:
    """A sentence of this file with its values put in."""
    return Text(key=f"claims.{key}", en=SENTENCES[key].format(**values), values=values)


def named(key: str, english: str, **values: str) -> Text:
    """A text of the table of claims, with values put in where it has names in braces."""
    text = english.format(**values) if values else english
    return Text(key=f"claims.{key}", en=text, values=values)


def unit_of(claim: Claim, one: Measure) -> Text:
    """The unit of a measure."""
    return named(f"{claim.id}.unit.{one.id}", one.unit)


def catalogue(table: Table) -> dict[str, str]:
    """Every key there is with its English, `{names}` where values go."""
    found = {f"claims.{key}": sentence for key, sentence in SENTENCES.items()}
    for dose in table.doses:
        found[f"claims.dose.{dose.name}"] = dose.words
    for parameter in table.parameters:
        found[f"claims.parameter.{parameter.name}"] = parameter.words
    for claim in table.claims:
        start = f"claims.{claim.id}"
        found |= {
            f"{start}.{key}": getattr(claim, key)
            for key in ("name", "quote", "statement", "margin_why")
        }
        found |= {f"{start}.limit.{k}": words for k, words in enumerate(claim.limits, start=1)}
        found |= {f"{start}.measure.{one.id}": one.words for one in claim.measures}
        found |= {f"{start}.unit.{one.id}": one.unit for one in claim.measures}
        found[f"{start}.level_unit"] = yearly_unit(outcomes()[claim.leading.outcomes[0]])
        found |= {f"{start}.feature.{one.outcome}": one.words for one in claim.features}
    return found


def number(value: float, *, signed: bool = False) -> str:
    """A number in three digits or so, with a thin grouping of thousands; a dash where there is none."""
    if value != value:
        return "–"
    if value == 0.0:
        return "0"
    size = abs(value)
    if size >= 100:
        digits = f"{size:,.0f}"
    elif size >= 10:
        digits = f"{size:.1f}"
    elif size >= 1:
        digits = f"{size:.2f}"
    else:
        digits = f"{size:.2g}" if size >= 1e-4 else f"{size:.1e}"
    if "." in digits and "e" not in digits:
        digits = digits.rstrip("0").rstrip(".")
    sign = "−" if value < 0 else "+" if signed else ""
    return sign + digits


def percent(share: float) -> str:
    """A share in whole per cent."""
    return "–" if share != share else f"{100.0 * share:.0f} %"
