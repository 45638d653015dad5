"""The form of `robust.json`: what every claim says under every variant. Missing numbers are null."""

from __future__ import annotations

from typing import Literal

from experiments.claims.form import Effect, FinalVerdict, Number, _Form

__all__ = ["FORMAT", "AtDose", "Cell", "Line", "Robust", "Shift", "VariantFacts"]

FORMAT = 1

Standing = Literal["same", "flips", "opens", "decides", "not_asked"]


class VariantFacts(_Form):
    """One column: what is otherwise, why, and how much of it was run.

    `seconds`: of a run, months shared counted once, other load of the machine included. `unmade`: why
    there is nothing of it. `code`, `pack_hash`: of the finished runs.
    """

    name: str
    group: str
    words: str
    why: str
    source: str
    grade: str
    scale: float
    seeds: int
    worlds: list[str]
    runs: int
    failed: int
    missing: int
    seconds: Number
    code: str
    pack_hash: str
    unmade: str


class Shift(_Form):
    """The effect less that of the reference: mean and 95 % Student interval over shared seeds."""

    n: int
    mean: Number
    low: Number
    high: Number


class Cell(_Form):
    """A claim under a variant, at its first dose.

    `stands`: the verdict beside that of the reference. `identical`:
    the effects of all shared seeds are those of the reference, bit for bit. `doses`: the effect with
    its verdict at every dose that was run, the first one leading.
    """

    variant: str
    verdict: FinalVerdict
    stands: Standing
    effect: Effect | None
    shift: Shift | None
    identical: bool
    doses: list[Effect]


class AtDose(_Form):
    """Whether a claim's verdict at one dose stands: variants that ask, and those with another."""

    dose: str
    reference: FinalVerdict
    asked: int
    flips: list[str]
    opens: list[str]
    decides: list[str]
    sentence: str


class Line(_Form):
    """A claim: its verdict at the reference, and under which variants it is another.

    `margin`: on the claimed side. `moved`: variants whose shift leaves zero out. `doses`: the leading
    one first.
    """

    id: str
    name: str
    margin: float
    reference: Cell
    cells: list[Cell]
    moved: list[str]
    doses: list[AtDose]


class Robust(_Form):
    """The whole file. `date`: when it was written; `code`: that of the reference's runs."""

    format: Literal[1] = 1
    date: str
    ornok: str
    code: str
    pack: str
    pack_title: str
    horizon: int
    burn_in: int
    variants: list[VariantFacts]
    lines: list[Line]
