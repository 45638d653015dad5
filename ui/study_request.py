"""One look at a study that a visitor may ask for; answered by the same processes as runs."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ui.run_request import RunRequest
from ui.study_list import stamp

ALL_POINTS = 0


@dataclass(frozen=True)
class StudyRequest:
    """A study by its folder, one of its outcomes, one of its points (0: all of them).

    `stamp` says which state of the folder is meant, so that an answer in memory is of it. An empty outcome
    and a point of -1 are what the study itself suggests.
    """

    folder: str
    root: str
    stamp: str
    outcome: str = ""
    point: int = -1
    horizon: int = 0  # a run has one; the stage of a page tells it

    @cached_property
    def key(self) -> str:
        """The same for the same question of the same state of the folder."""
        text = "\n".join((self.folder, self.stamp, self.outcome, str(self.point)))
        return "study " + hashlib.sha256(text.encode()).hexdigest()

    @property
    def start(self) -> tuple[str, int, int]:
        """All studies go to one process where they can: the one that has loaded what reads them."""
        return "study", 0, 0


Request = RunRequest | StudyRequest


def study_request(folder: Path, root: Path, outcome: object, point: object) -> StudyRequest:
    """The request for what a visitor wishes to see; the study itself checks outcome and point."""
    name = outcome if isinstance(outcome, str) and len(outcome) < 200 else ""
    whole = point if isinstance(point, int) and not isinstance(point, bool) else -1
    return StudyRequest(str(folder), str(root), stamp(folder), name, max(-1, min(whole, 10**7)))
