"""Where a study runs: runs are handed out in chunks, and each chunk leaves a part in the folder.

Results never come back to the process that hands out, so its memory does not grow with them. The
crew that works the chunks is a set of local processes, or whatever else keeps the promises of `Crew`.
"""

from __future__ import annotations

import itertools
import json
import time
import traceback
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from experiments.provenance import versions
from experiments.runs_store import PartFacts, facts_of, write_failures, write_part
from experiments.simulate import run as run_setup
from experiments.study_plan import Kit, Plan, Run, code_version
from experiments.study_rows import RUNS, rows_of

CHUNK_SECONDS = 4.0
MOST_RUNS_A_CHUNK = 50
MOST_BYTES_A_CHUNK = 64e6


class CodeChangedError(RuntimeError):
    """The sources or the pack changed while a study was running."""


class WorkerDiedError(RuntimeError):
    """The process that worked a chunk ended before it answered: killed, or out of memory."""


@dataclass(frozen=True)
class Chunk:
    """Some runs and all that is needed to run them anywhere; `values`: parameters of each."""

    part: str
    folder: Path
    kit: Kit
    runs: tuple[Run, ...]
    values: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Done:
    """What comes back of a chunk: numbers, no results. `size`: bytes in memory."""

    finished: int
    failed: int
    seconds: float
    size: int


class Crew(Protocol):
    """Who works the chunks.

    `size`: how many chunks are worked at once; it may change. `as_completed` yields each chunk as it ends, with
    what came back or the error it ended with (`WorkerDiedError` if its process is gone); more may
    be submitted meanwhile, and it ends when nothing is under way. `stop` ends what is under way.
    """

    @property
    def size(self) -> int:
        """Chunks under way at most."""

    def submit(self, chunk: Chunk) -> None:
        """Begin a chunk; the caller has at most `size` under way."""

    def as_completed(self) -> Iterator[tuple[Chunk, Done | BaseException]]:
        """Chunks as they end."""

    def stop(self) -> None:
        """End what is under way, and the workers."""


@dataclass
class Tally:
    """Runs of a study by what became of them; `..._before`: before this session."""

    total: int
    done: int = 0
    failed: int = 0
    done_before: int = 0
    failed_before: int = 0

    @property
    def left(self) -> int:
        """Runs that have neither finished nor failed."""
        return self.total - self.done - self.failed


Tell = Callable[[Tally], None]


# --- In the worker ----------------------------------------------------------------------------------


def work(chunk: Chunk) -> Done:
    """Run a chunk and write its part; a run that fails is recorded and the others go on.

    Raises CodeChangedError when this process does not run the code and pack of the study.
    """
    if code_version() != chunk.kit.code:
        raise CodeChangedError(f"code {code_version()} is not the study's {chunk.kit.code}")
    tables: dict[str, list[pa.Table]] = {}
    failures: list[dict[str, Any]] = []
    seconds: dict[str, float] = {}
    started = time.perf_counter()
    for one, values in zip(chunk.runs, chunk.values, strict=True):
        begun = time.perf_counter()
        try:
            results = run_setup(chunk.kit.setup(one.world, values, one.seed))
            rows = rows_of(results, one.key, chunk.kit.keep)
        except Exception as error:  # a run that fails must not take the others with it
            trace = traceback.format_exc()
            failures.append(failure_of(one, values, chunk.kit, error, trace))
            continue
        if results.pack_hash != chunk.kit.pack_hash:
            raise CodeChangedError(f"pack '{results.pack}' has changed since the study began")
        seconds[one.key] = round(time.perf_counter() - begun, 4)
        for place, table in rows.items():
            tables.setdefault(place, []).append(table)
    facts = PartFacts(chunk.kit.code, chunk.kit.pack_hash, versions(), seconds, _now())
    write_part(chunk.folder, chunk.part, tables, failures, facts)
    size = sum(table.nbytes for kept in tables.values() for table in kept)
    return Done(len(seconds), len(failures), time.perf_counter() - started, size)


def failure_of(
    one: Run, values: dict[str, Any], kit: Kit, error: BaseException, trace: str
) -> dict[str, Any]:
    """The record of a run that did not finish."""
    return {
        "key": one.key,
        "world": kit.setups[one.world].world.name,
        "parameters": json.dumps(values, sort_keys=True),
        "seed": one.seed,
        "type": type(error).__name__,
        "message": str(error),
        "traceback": trace,
        "time": _now(),
    }


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


# --- In the process that hands out ------------------------------------------------------------------


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


@dataclass
class _Sweep:
    plan: Plan
    crew: Crew
    todo: Iterator[Run]
    tally: Tally
    pacer: Pacer
    session: str = field(default_factory=lambda: uuid.uuid4().hex[:8])
    number: int = 0
    under_way: int = 0  # chunks
    waiting: int = 0  # runs not handed out yet
    # After a worker has died its runs are tried again one by one: the second death is the run's.
    again: deque[Run] = field(default_factory=deque)
    suspects: set[str] = field(default_factory=set)

    def feed(self) -> None:
        """Hand out a chunk to everybody who has none, while there are any."""
        while self.under_way < self.crew.size and (runs := self._next_runs()):
            self._hand_out(runs)

    def _hand_out(self, runs: tuple[Run, ...]) -> None:
        self.number += 1
        self.under_way += 1
        began = datetime.now(UTC)
        part = f"{began:%Y%m%d%H%M%S}-{self.session}-{self.number:06d}"
        values = tuple(self.plan.design.values(run.point) for run in runs)
        self.crew.submit(Chunk(part, self.plan.folder, self.plan.kit, runs, values))

    def _next_runs(self) -> tuple[Run, ...]:
        if self.again:
            return (self.again.popleft(),)
        runs = tuple(itertools.islice(self.todo, self.pacer.next_size(self.waiting)))
        self.waiting -= len(runs)
        return runs

    def note(self, chunk: Chunk, result: Done | BaseException) -> None:
        """Count what became of a chunk; raise what is no fault of a single run."""
        self.under_way -= 1
        if isinstance(result, Done):
            self.pacer.note(result)
            self.tally.done += result.finished
            self.tally.failed += result.failed
        elif isinstance(result, WorkerDiedError):
            self._after_death(chunk, result)
        else:
            raise result

    def _after_death(self, chunk: Chunk, error: WorkerDiedError) -> None:
        committed = chunk.folder / RUNS / f"part-{chunk.part}.parquet"
        finished = facts_of(committed).seconds.keys() if committed.exists() else set()
        self.tally.done += len(finished)
        left = [run for run in chunk.runs if run.key not in finished]
        for run, values in zip(chunk.runs, chunk.values, strict=True):
            if run not in left:
                continue
            if len(chunk.runs) == 1 and run.key in self.suspects:
                record = failure_of(run, values, chunk.kit, error, "")
                write_failures(chunk.folder, f"{chunk.part}-died", [record])
                self.tally.failed += 1
            else:
                self.suspects.add(run.key)
                self.again.append(run)


def sweep(plan: Plan, crew: Crew, skip: set[str], tally: Tally, tell: Tell | None = None) -> Tally:
    """Run every run of the plan whose key is not in `skip` (which grows by those handed out).

    `tell` is called after each chunk. Raises what no single run is to blame for (a full disk,
    CodeChangedError); whatever was written by then stays and counts.
    """
    state = _Sweep(plan, crew, _missing(plan, skip), tally, Pacer(crew.size), waiting=tally.left)
    try:
        state.feed()
        for chunk, result in crew.as_completed():
            state.note(chunk, result)
            state.feed()
            if tell is not None:
                tell(tally)
    finally:
        crew.stop()
    return tally


def _missing(plan: Plan, skip: set[str]) -> Iterator[Run]:
    for run in plan.runs():
        if run.key not in skip:
            skip.add(run.key)
            yield run
