"""How sure one may be: the difference between two worlds over several seeds, as it arrives.

Runs of other seeds tell their country's series only, and wait behind what somebody looks at.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.intervals import t_interval
from ui.jobs import SOON, BusyError, Jobs, Ticket
from ui.run_request import RunRequest
from ui.shown_outcomes import SHOWN


def seed_count() -> int:
    """Seeds of a band: 10, or `ORNOK_SEEDS` from 3 to 30."""
    wished = os.environ.get("ORNOK_SEEDS", "")
    return int(wished) if wished.isdecimal() and 3 <= int(wished) <= 30 else 10


SEEDS = seed_count()
# An interval is told when so many seeds are there: of two it would say next to nothing.
_TOLD_AT = (3, 5, 8)
_YEAR = 12


@dataclass(frozen=True)
class PairOfSeed:
    """The two requests of one seed."""

    one: RunRequest
    other: RunRequest


class SeedBand:
    """Asks for pairs of runs and tells the interval of their difference; `end` gives up the rest.

    `tell` gets a dict for the browser: outcomes, months, done, of, and float32 [outcomes, months] for
    mean, low and high, in shown units. It is called from the queue's threads.
    """

    def __init__(
        self,
        jobs: Jobs,
        pairs: Sequence[PairOfSeed],
        tell: Callable[[dict[str, Any]], None],
        each: Sequence[str] = (),
    ) -> None:
        self._jobs, self._tell, self._of, self._each = jobs, tell, len(pairs), each
        self._lock = threading.Lock()
        self._series: dict[tuple[int, int], np.ndarray] = {}
        self._parts: dict[tuple[int, int], list[dict[str, Any]]] = {}
        self._tickets: list[Ticket] = []
        self._lost: set[int] = set()
        self._told = 0
        self._ended = False
        for number, pair in enumerate(pairs):
            for side, request in enumerate((pair.one, pair.other)):
                self._ask((number, side), request)

    def _ask(self, place: tuple[int, int], request: RunRequest) -> None:
        def heard(what: Any) -> None:
            self._hear(place, what)

        try:
            self._tickets.append(self._jobs.ask(request, heard, SOON))
        except BusyError:  # the interval stays with the seeds that there are
            with self._lock:
                self._lost.add(place[0])

    def _hear(self, place: tuple[int, int], what: Any) -> None:
        with self._lock:
            if self._ended:
                return
            if isinstance(what, dict):
                if what["first"] == 0:
                    self._parts[place] = []
                self._parts[place].append(what)
                return
            parts = self._parts.pop(place, None)
            if what is not None or not parts:
                return
            self._series[place] = shown_series(parts)
            pairs = [k for k, side in self._series if side == 0 and (k, 1) in self._series]
            every = self._of - len(self._lost)
            if len(pairs) <= self._told or len(pairs) not in (*_TOLD_AT, every):
                return
            self._told = len(pairs)
            differences = np.stack([self._series[k, 0] - self._series[k, 1] for k in sorted(pairs)])
            self._tell(band_of(differences, every, self._each))

    def end(self) -> None:
        """Wait for no more."""
        with self._lock:
            self._ended = True
            tickets, self._tickets = self._tickets, []
        for ticket in tickets:
            self._jobs.leave(ticket)


def shown_series(pieces: Sequence[dict[str, Any]]) -> np.ndarray:
    """Series of a run as they are shown, float64 [outcomes shown, months]: in shown units, smoothed."""
    names = pieces[0]["head"]["outcomes"]
    table = np.concatenate(
        [
            np.frombuffer(piece["series"], np.float32).reshape(piece["months"], len(names))
            for piece in pieces
        ]
    ).astype(np.float64)
    out = []
    for one in SHOWN:
        values = table[:, names.index(one.name)]
        out.append(one.factor * (mean_of_year(values) if one.smooth else values))
    return np.array(out)


def mean_of_year(values: np.ndarray) -> np.ndarray:
    """The mean of the last twelve months, of those there are at the start; [months]."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    last = np.arange(1, len(values) + 1)
    first = np.maximum(last - _YEAR, 0)
    mean: np.ndarray = (sums[last] - sums[first]) / (last - first)
    return mean


def band_of(differences: np.ndarray, of: int, each: Sequence[str] = ()) -> dict[str, Any]:
    """Mean and 95 % interval of differences [seeds, outcomes, months], as a message.

    `each`: outcomes of which every seed's difference is told too, float32 [seeds, months].
    """
    numbers = {one.name: k for k, one in enumerate(SHOWN)}
    mean, low, high = t_interval(differences)
    return {
        "outcomes": [one.name for one in SHOWN],
        "months": differences.shape[2],
        "done": len(differences),
        "of": of,
        "mean": mean.astype(np.float32).tobytes(),
        "low": low.astype(np.float32).tobytes(),
        "high": high.astype(np.float32).tobytes(),
        "each": {name: differences[:, numbers[name]].astype(np.float32).tobytes() for name in each},
    }
