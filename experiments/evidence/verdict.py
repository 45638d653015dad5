"""The rules of decision, fixed before the first run was read.

- A row passes in the *strict* sense when the whole 95 % interval of the judged estimand lies within
  the band; in the *weak* sense when its point does. A sign is strict when the interval leaves zero
  out. A claim of no effect is a band about zero (equivalence), never *not significant*.
- What has no value (no supplier to follow, no event) passes neither: it was not shown.
- A target passes, strictly or weakly, when all its decisive rows do.
- A baseline says one number without an interval, or nothing; it is held against the same bands.
- A label is what the model's own rules say of a row: VERIFIED (the result is coded in), CALIBRATED
  (a parameter was chosen for it), EMERGENT. Only the last is validation.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from experiments.evidence.estimate import UNKNOWN, Estimate, as_dict
from experiments.evidence.targets import PAPER, Row

BASELINES = {
    "leontief": "Leontief only: the pack's input-output table and nothing else",
    "zero": "zero effect: nothing changes",
    "last": "last value: what was there before stays",
}


@dataclass(frozen=True)
class Finding:
    """What a script found for one row.

    `paper`: as the paper did it. `truth`: the mean of paired differences for the same units; where
    there is no treatment (a stylised fact) None. `bias`: paper less truth, seed by seed. `label`:
    how the result comes about. `baselines`: what dumb rules say, where it is not `no_effect`.
    """

    paper: Estimate | None
    truth: Estimate | None
    label: str
    note: str = ""
    bias: Estimate | None = None
    baselines: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """A finding held against its row."""

    row: Row
    finding: Finding

    @property
    def judged(self) -> Estimate:
        """The estimate that is held against the band."""
        one = self.finding.paper if self.row.judged == PAPER else self.finding.truth
        return one if one is not None else UNKNOWN

    @property
    def strict(self) -> bool:
        """Whether the interval lies within the band."""
        return self.row.holds(self.judged.low, self.judged.high)

    @property
    def weak(self) -> bool:
        """Whether the point does."""
        return self.row.holds(self.judged.value, self.judged.value)

    @property
    def sign(self) -> str:
        """The sign that the interval shows: `+`, `-`, or `0` where it holds zero."""
        if self.judged.low > 0.0:
            return "+"
        return "-" if self.judged.high < 0.0 else "0"

    @property
    def seeds_needed(self) -> float:
        """Seeds for the half width that the table wishes."""
        return self.judged.seeds_for(self.row.half_width)

    @property
    def word(self) -> str:
        """The verdict in a word."""
        if not self.judged.known:
            return "not measurable"
        return "strict" if self.strict else "weak" if self.weak else "miss"

    def baseline(self, name: str) -> float:
        """What a dumb rule says of this row; not a number where it says nothing."""
        return self.finding.baselines.get(name, self.row.no_effect)

    def to_dict(self) -> dict[str, Any]:
        """For `evidence.json`."""
        row, found = self.row, self.finding
        return {
            "row": row.name,
            "what": row.what,
            "unit": row.unit,
            "published": row.published,
            "citation": row.citation,
            "address": row.address,
            "confidence": row.confidence,
            "low": row.low if math.isfinite(row.low) else None,
            "high": row.high if math.isfinite(row.high) else None,
            "band": row.band,
            "rule": row.rule,
            "judged": row.judged,
            "decisive": row.decisive,
            "paper": as_dict(found.paper),
            "truth": as_dict(found.truth),
            "bias": as_dict(found.bias),
            "sign": self.sign,
            "strict": self.strict,
            "weak": self.weak,
            "word": self.word,
            "half_width_wished": row.half_width,
            "seeds_needed": self.seeds_needed if math.isfinite(self.seeds_needed) else None,
            "label": found.label,
            "label_asked": row.label,
            "note": found.note,
            "baselines": {
                name: {"value": _known(self.baseline(name)), "passes": self.baseline_holds(name)}
                for name in BASELINES
            },
        }

    def baseline_holds(self, name: str) -> bool:
        """Whether a dumb rule's number is accepted."""
        value = self.baseline(name)
        return self.row.holds(value, value)


def _known(value: float) -> float | None:
    return float(f"{value:.6g}") if math.isfinite(value) else None


def verdicts(rows: Sequence[Row], found: Mapping[str, Finding]) -> list[Verdict]:
    """Every row with its finding; a script that finds nothing for a row is an error of ours."""
    missing = [row.name for row in rows if row.name not in found]
    if missing:
        raise KeyError(f"no finding for {', '.join(missing)}")
    return [Verdict(row, found[row.name]) for row in rows]


def passes(some: Iterable[Verdict], *, strict: bool) -> bool:
    """Whether a target passes: all its decisive rows do."""
    decisive = [one for one in some if one.row.decisive]
    return bool(decisive) and all(one.strict if strict else one.weak for one in decisive)


def baseline_passes(some: Iterable[Verdict], name: str) -> bool:
    """Whether a dumb rule passes a target: each decisive row accepts its number."""
    decisive = [one for one in some if one.row.decisive]
    return bool(decisive) and all(one.baseline_holds(name) for one in decisive)
