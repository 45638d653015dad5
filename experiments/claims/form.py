"""The form of `claims.json`, a promise to whoever reads it: the browser, a notebook, a translator.

`FORMAT` is counted up when a field is taken away or changes its meaning; fields may be added. The JSON
Schema is `docs/claims.schema.json`, written from here. Numbers that are not there are null.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict

from experiments.claims.words import Text

__all__ = ["FORMAT", "Answer", "Answers", "Figure"]

FORMAT = 1

FinalVerdict = Literal["holds", "fails", "only_if", "undecided", "not_asked"]


def _none(value: Any) -> Any:
    """Not-a-number and infinity have no place in JSON."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


Number = Annotated[float | None, BeforeValidator(_none)]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Effect(_Form):
    """A measure at a dose: mean and 95 % interval over `n` seeds, in `unit`.

    `verdict` and `reason` only where a measure decides. `seeds_needed`: for an interval that leaves the margin out.
    """

    measure: str
    words: Text
    unit: Text
    dose: str
    treated: str
    control: str
    n: int
    left_out: int
    mean: Number
    low: Number
    high: Number
    sd: Number
    verdict: FinalVerdict | None = None
    reason: Text | None = None
    p_equivalence: Number = None
    seeds_needed: Number = None


class Margin(_Form):
    """The smallest effect that matters, on the claimed side; `bar`: a level to reach."""

    value: float
    unit: Text
    why: Text
    grade: str
    bar: bool


class Bound(_Form):
    """One parameter of a condition: from `low` to `high`, null where the range ends."""

    parameter: str
    words: Text
    low: Number
    high: Number
    range_low: Number
    range_high: Number
    quasi_p: Number


class Condition(_Form):
    """The box of parameters in which the claim comes out otherwise."""

    bounds: list[Bound]
    coverage: Number
    density: Number
    mass: Number
    held_out_density: Number
    held_out_cases: int
    held_out_mean: Number
    held_out_low: Number
    held_out_high: Number
    text: Text


class ShareAtDose(_Form):
    """Over the ranges: the share of cases at a dose in which the claim holds."""

    dose: str
    share: Number
    cases: int


class Flip(_Form):
    """What the ranges say. `confirmed`: the condition held on cases that the search had not seen."""

    target: Literal["holds", "fails"]
    outcome: Literal["found", "everywhere", "nowhere", "no pattern", "not run"]
    confirmed: bool
    share_holds: Number
    cases: int
    by_dose: list[ShareAtDose]
    condition: Condition | None
    text: Text


class Line(_Form):
    """One dose over time: levels of both worlds and their difference with its 95 % interval."""

    dose: str
    treated: list[Number]
    control: list[Number]
    mean: list[Number]
    low: list[Number]
    high: list[Number]


class Scatter(_Form):
    """Cases over the leading parameters: one column a parameter, then effect, holds and dose."""

    parameters: list[str]
    words: list[Text]
    values: list[list[float]]
    effect: list[float]
    holds: list[bool]
    dose: list[str]


class Figure(_Form):
    """Data of the figures: `dates` (first month of each time), lines by dose, cases. `unit` is the
    effect's, `level_unit` that of the worlds themselves.
    """

    unit: Text
    level_unit: Text
    every_months: int
    dates: list[str]
    lines: list[Line]
    scatter: Scatter | None


class Window(_Form):
    """Months that the effect is taken over, both in it."""

    first: str
    last: str


class Answer(_Form):
    """One claim answered."""

    id: str
    name: Text
    quote: Text
    statement: Text
    verdict: FinalVerdict
    verdict_text: Text
    at_reference: FinalVerdict
    reason: Text
    side: Literal[-1, 1]
    margin: Margin
    effect: Effect | None
    window: Window
    doses: list[Effect]
    flip: Flip
    supporting: list[Effect]
    figure: Figure | None
    limits: list[Text]


class DoseFacts(_Form):
    """A dose: its world and the cars a year that the parent takes."""

    name: str
    world: str
    cars: int
    words: Text


class ParameterFacts(_Form):
    """A parameter that varies over the ranges."""

    name: str
    role: str
    low: float
    high: float
    default: float
    unit: str
    words: Text
    why: str
    grade: str


class Made(_Form):
    """Where the answers come from."""

    date: str
    ornok: str
    code: str
    pack: str
    pack_hash: str
    pack_title: str
    scale: float
    horizon: int
    burn_in: int
    seeds: int
    points: int
    runs: int
    failed: int
    missing: int


class Answers(_Form):
    """The whole file."""

    format: Literal["ornok-claims"] = "ornok-claims"
    version: int = FORMAT
    made: Made
    doses: list[DoseFacts]
    parameters: list[ParameterFacts]
    claims: list[Answer]
