"""How many runs of a study go into the next chunk, and which: those that share months together."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from experiments.study_plan import Plan, Run

if TYPE_CHECKING:
    from experiments.sweep import Done

CHUNK_SECONDS = 4.0
MOST_RUNS_A_CHUNK = 50
MOST_BYTES_A_CHUNK = 64e6
# Runs that share months may be more work than other chunks: so many seconds, or so many runs.
TOGETHER_SECONDS = 60.0
RUNS_TOGETHER = 8


@dataclass
class Pacer:
    """How many runs make a chunk: some seconds of work, not too much memory, a share for each.

    The first chunks are one run each, as nobody knows yet how long one takes.
    """

    workers: int
    seconds: float = 0.0  # a run, as measured lately
    size: float = 0.0  # bytes a run
    known: bool = False

    def note(self, done: Done) -> None:
        """Learn from a chunk; the latest counts most, since early ones load compiled code."""
        runs = done.finished + done.failed
        weight = 0.8 if self.known else 1.0
        self.seconds += weight * (done.seconds / runs - self.seconds)
        self.size = max(self.size, done.size / runs)
        self.known = True

    def next_size(self, left: int) -> int:
        """Runs of the next chunk when so many are left to hand out."""
        if not self.known:
            return 1
        by_time = CHUNK_SECONDS / max(self.seconds, 1e-6)
        by_memory = MOST_BYTES_A_CHUNK / max(self.size, 1.0)
        # Near the end smaller ones, so that nobody waits long for the last; not tiny ones.
        by_share = left if self.workers == 1 else -(-left // (2 * self.workers))
        share = max(by_share, by_time / 4.0)
        return max(1, int(min(by_time, by_memory, share, MOST_RUNS_A_CHUNK, left)))

    def most_together(self) -> int:
        """Runs of the next chunk, at most, when they share months."""
        if not self.known:
            return RUNS_TOGETHER
        by_time = max(TOGETHER_SECONDS / max(self.seconds, 1e-6), RUNS_TOGETHER)
        by_memory = MOST_BYTES_A_CHUNK / max(self.size, 1.0)
        return max(1, int(min(by_time, by_memory, MOST_RUNS_A_CHUNK)))


@dataclass
class Queue:
    """Runs that wait for a worker.

    `groups`: runs that share months stand in one; `waiting`: runs not handed out yet; `again`:
    runs to be tried once more, each alone.
    """

    groups: Iterator[list[Run]]
    pacer: Pacer
    waiting: int
    again: deque[Run] = field(default_factory=deque)
    _open: deque[Run] = field(default_factory=deque)  # the group that is being handed out
    _whole: int | None = None  # groups to be handed out whole, the open one among them

    def next_runs(self) -> tuple[Run, ...]:
        """Runs of the next chunk; none when all are out.

        Groups stay whole as long as every worker gets one, and the last ones are cut: what is
        shared is then computed again, but a worker without work is worse.
        """
        if self.again:
            return (self.again.popleft(),)
        size, runs = self.pacer.next_size(self.waiting), list[Run]()
        while len(runs) < size and self._open_group():
            room = size - len(runs)
            if runs and len(self._open) > room:
                break  # the next chunk has it whole
            take = room if runs else max(size, min(self.pacer.most_together(), self._share()))
            runs += [self._open.popleft() for _ in range(min(take, len(self._open)))]
        self.waiting -= len(runs)
        return tuple(runs)

    def _open_group(self) -> bool:
        if not self._open:
            self._open.extend(next(self.groups, []))
            if self._whole is None and self._open:
                groups, workers = -(-self.waiting // len(self._open)), self.pacer.workers
                self._whole = groups // workers * workers
            elif self._whole:
                self._whole -= 1
        return bool(self._open)

    def _share(self) -> int:
        """Runs of the group at hand that one worker may take."""
        return len(self._open) if self._whole else -(-self.waiting // self.pacer.workers)


def missing(plan: Plan, skip: set[str]) -> Iterator[list[Run]]:
    """Runs whose key is not in `skip` (which grows), in groups that may share months.

    A group is of one point and seed, and its worlds start from the same parameters.
    """
    names = set(plan.design.names)
    starts = [
        {name: x for name, x in setup.world.parameters.items() if name not in names}
        for setup in plan.kit.setups
    ]
    alike = [starts.index(own) for own in starts]
    for _, runs in itertools.groupby(plan.runs(), key=lambda run: (run.point, run.seed)):
        groups: dict[int, list[Run]] = {}
        for run in runs:
            if run.key not in skip:
                skip.add(run.key)
                groups.setdefault(alike[run.world], []).append(run)
        yield from groups.values()
