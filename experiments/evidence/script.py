"""What every script of a target is: the runs it needs, a sample a seed, findings, a picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from experiments.evidence.estimate import Estimate, as_dict
from experiments.evidence.runs import Stored
from experiments.evidence.verdict import Finding

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from model.packs import Pack
    from model.params import Params

PLACEBO, DOSE, KNOCK_OUT, REVERSE = "placebo", "dose", "knock-out", "reverse placebo"


@dataclass(frozen=True)
class Seed:
    """The runs of one seed by name, and what they were made with."""

    seed: int
    runs: Mapping[str, Stored]
    scale: float
    pack: Pack
    params: Params

    def __getitem__(self, name: str) -> Stored:
        return self.runs[name]


@dataclass(frozen=True)
class Control:
    """A check of the measurement itself.

    `kind`: placebo (a treatment that lacks the cause has no effect), dose (a larger one has more),
    knock-out (a channel off: the effect falls), reverse placebo (no effect before the cause).
    `holds`: whether it did; None where it could not be tried.
    """

    kind: str
    what: str
    holds: bool | None
    estimate: Estimate | None = None
    unit: str = ""

    def to_dict(self) -> dict[str, Any]:
        """For `evidence.json`."""
        return {
            "kind": self.kind,
            "what": self.what,
            "holds": self.holds,
            "estimate": as_dict(self.estimate),
            "unit": self.unit,
        }


@dataclass(frozen=True)
class Script[S]:
    """One target.

    `needs`: names of `worlds.RUNS` for every seed. `sample`: what one seed's runs say, small enough
    to keep for all seeds. `find`: from all samples, a finding for every row of the target. `draw`:
    a picture of it. `controls`: checks of the measurement.
    """

    target: str
    needs: tuple[str, ...]
    sample: Callable[[Seed], S]
    find: Callable[[Sequence[S]], Mapping[str, Finding]]
    controls: Callable[[Sequence[S]], Sequence[Control]]
    draw: Callable[[Figure, Sequence[S], Mapping[str, Finding]], None]
