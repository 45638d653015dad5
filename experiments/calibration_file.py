"""`calibration.toml`: what is to be learned from which record, and how many runs that may take."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from experiments.study_file import MOST_SEEDS, Count, FilePart, read_part
from model import Params
from model.errors import InputError, nearest
from model.params import RUN_SETTINGS

__all__ = ["NAME", "CalibrationFile", "Prior", "read_calibration"]

NAME = "calibration.toml"
LEAST_POINTS_A_PARAMETER = 3


class PriorPart(FilePart):
    """What is believed of a parameter before: even from `low` to `high` (its own ends if not given),
    or even in its logarithm; `why` says where the range comes from.
    """

    low: float | None = None
    high: float | None = None
    log: bool = False
    why: str = ""


class WavesPart(FilePart):
    """`points`: new points of each wave. `cutoff`: farthest believable distance, in standard
    deviations. `seed`: of the points.
    """

    points: Annotated[list[Count], Field(min_length=1, max_length=20)]
    cutoff: Annotated[float, Field(gt=0.0, le=100.0)] = 3.0
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 1


class PosteriorPart(FilePart):
    """`size`: points that are kept. `check`: of them run with the model itself. `seed`: of both."""

    size: Annotated[int, Field(ge=10, le=100_000)] = 1000
    check: Annotated[int, Field(ge=2, le=10_000)] = 16
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 1


class CalibrationFile(FilePart):
    """The whole file; every field is explained in docs/calibration.md."""

    title: Annotated[str, Field(min_length=1)]
    question: str = ""
    world: str
    pack: str = "kyrgyzstan"
    scale: float | None = None
    horizon: Count
    replications: Annotated[int, Field(ge=2, le=MOST_SEEDS)] = 2
    first_seed: Annotated[int, Field(ge=0, lt=2**62)] = 1
    targets: str
    budget: Count | None = None
    settings: dict[str, Any] = Field(default={})
    parameters: Annotated[dict[str, PriorPart], Field(min_length=1)]
    waves: WavesPart
    posterior: PosteriorPart = PosteriorPart()

    @property
    def most_runs(self) -> int:
        """Runs if all waves and the check are run."""
        return (sum(self.waves.points) + self.posterior.check) * self.replications


@dataclass(frozen=True)
class Prior:
    """A parameter's range as a coordinate from 0 to 1, in which every part is as likely."""

    name: str
    low: float
    high: float
    log: bool
    whole: bool
    own: float  # the pack's value
    why: str

    def value(self, share: float) -> float | int:
        """The parameter's value at a share of the way; whole numbers in equal parts."""
        if self.whole:
            return int(min(math.floor(self._at(share, self.low, self.high + 1)), self.high))
        return min(max(self._at(share, self.low, self.high), self.low), self.high)

    def share(self, value: float) -> float:
        """Where a value lies, 0 to 1 within the range; whole numbers at the middle of their part."""
        low, high, x = self.low, self.high, float(value)
        if self.whole:
            high, x = high + 1, x + 0.5
        if self.log:
            low, high, x = math.log(low), math.log(high), math.log(max(x, 1e-300))
        return (x - low) / (high - low)

    def _at(self, share: float, low: float, high: float) -> float:
        if self.log:
            return math.exp(math.log(low) + share * (math.log(high) - math.log(low)))
        return low + share * (high - low)


def read_calibration(path: Path) -> CalibrationFile:
    """The content of a `calibration.toml`, types and single values checked, and what they add up to.

    Raises `model.errors.InputError`.
    """
    file = read_part(path, CalibrationFile)
    try:
        least = LEAST_POINTS_A_PARAMETER * len(file.parameters)
        if file.waves.points[0] < least:
            raise InputError(
                "too few to learn from",
                field="waves.points",
                value=file.waves.points[0],
                allowed=f"first at least {least}, three for each parameter",
            )
        if file.budget is not None and file.most_runs > file.budget:
            raise InputError(
                f"waves and check need {file.most_runs:,} runs",
                field="budget",
                value=file.budget,
                allowed=f"at least {file.most_runs:,}, or fewer points or replications",
            )
        if file.posterior.check > file.posterior.size:
            raise InputError(
                "more than the points there are",
                field="posterior.check",
                value=file.posterior.check,
                allowed=f"2 to {file.posterior.size}",
            )
    except InputError as problem:
        raise InputError(str(problem), file=path) from None
    return file


def prior_of(name: str, part: PriorPart, own: Params) -> Prior:
    """A parameter's prior, checked against what the parameter allows; `own`: the pack's values.

    Raises `model.errors.InputError` with field, value, allowed range and nearest name.
    """
    place = f"parameters.{name}"
    facts = {one.name: one for one in own.describe() if one.name not in RUN_SETTINGS}
    if name not in facts:
        hint = nearest(name, facts)
        raise InputError("no parameter that can vary", field=place, value=name, hint=hint)
    fact = facts[name]
    if not isinstance(fact.value, int | float) or isinstance(fact.value, bool):
        raise InputError("is no number: it has no range to learn about", field=place)
    low = fact.low if part.low is None else part.low
    high = fact.high if part.high is None else part.high
    try:
        low, high = Params.check(name, low), Params.check(name, high)
    except InputError as problem:
        raise InputError(str(problem), file="parameters") from None
    if not low < high:
        raise InputError("high must be above low", field=place, value=[low, high])
    if part.log and not low > 0:
        raise InputError("must be above 0 with log = true", field=f"{place}.low", value=low)
    whole = isinstance(fact.value, int)
    return Prior(name, float(low), float(high), part.log, whole, float(fact.value), part.why)
