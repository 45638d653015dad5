"""Where a study runs: runs are handed out in chunks, and each chunk leaves a part in the folder.

Runs of one point and seed go into one chunk where that delays nobody: their worlds agree for a
while, and those months are computed once (`branching.py`).

Results never come back to the process that hands out, so its memory does not grow with them. The
crew that works the chunks is a set of local processes, or whatever else keeps the promises of `Crew`.
"""

from __future__ import annotations

import json
import math
import time
import traceback
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from experiments.branching import run_together
from experiments.pacer import CHUNK_SECONDS, MOST_BYTES_A_CHUNK, Pacer, Queue, missing
from experiments.provenance import versions
from experiments.runs_store import PartFacts, facts_of, parts_of, write_failures, write_part
from experiments.simulate import Results, Setup
from experiments.simulate import run as run_setup
from experiments.study_plan import Kit, Plan, Run, code_version
from experiments.study_rows import rows_of


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
    """What comes back of a chunk: numbers, no results.

    `size`: bytes in memory; `months_saved`: months that runs took over from others of the chunk.
    """

    finished: int
    failed: int
    seconds: float
    size: int
    months_saved: int = 0


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
    """Runs of a study by what became of them; `..._before`: before this session.

    `months_saved`: months that were not computed again in this session, as others had them already.
    """

    total: int
    done: int = 0
    failed: int = 0
    done_before: int = 0
    failed_before: int = 0
    months_saved: int = 0

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
    return _work(chunk, _Book(chunk))


def work_in_parts(chunk: Chunk) -> Done:
    """The same, but what is finished is written every few seconds, each time as a part of its own.

    So of a large chunk no more is lost with its process than of a small one.
    """
    return _work(chunk, _Book(chunk, CHUNK_SECONDS))


def _work(chunk: Chunk, book: _Book) -> Done:
    if code_version() != chunk.kit.code:
        raise CodeChangedError(f"code {code_version()} is not the study's {chunk.kit.code}")
    started = time.perf_counter()
    setups: list[Setup] = []
    whose: list[int] = []
    for number, (one, values) in enumerate(zip(chunk.runs, chunk.values, strict=True)):
        try:
            setups.append(chunk.kit.setup(one.world, values, one.seed))
            whose.append(number)
        except Exception as error:  # as below
            book.enter(number, error, 0)
    for outcome in run_together(setups, alone=lambda number: run_setup(setups[number])):
        book.enter(whose[outcome.number], outcome.what, outcome.taken)
    book.write()
    return replace(book.done, seconds=time.perf_counter() - started)


class _Book:
    """What a chunk's runs have left so far and is not written yet, and what comes back of it.

    `every`: seconds after which it is written as a part of its own.
    """

    def __init__(self, chunk: Chunk, every: float = math.inf) -> None:
        self.done = Done(0, 0, 0.0, 0)
        self._chunk, self._every = chunk, every
        self._parts = 0
        self._begun = time.perf_counter()  # the run, or the part that it belongs to
        self._empty()

    def _empty(self) -> None:
        self._tables: dict[str, list[pa.Table]] = {}
        self._failures: list[dict[str, Any]] = []
        self._seconds: dict[str, float] = {}
        self._taken, self._size = 0, 0
        self._opened = time.perf_counter()

    def enter(self, number: int, what: Results | Exception, taken: int) -> None:
        """Enter how a run of the chunk ended; write if it is time to."""
        kit, one, values = self._chunk.kit, self._chunk.runs[number], self._chunk.values[number]
        try:
            if isinstance(what, Exception):
                raise what
            rows = rows_of(what, one.key, kit.keep)
        except Exception as error:  # a run that fails must not take the others with it
            self._failures.append(failure_of(one, values, kit, error, traceback.format_exc()))
        else:
            if what.pack_hash != kit.pack_hash:
                raise CodeChangedError(f"pack '{what.pack}' has changed since the study began")
            self._seconds[one.key] = round(time.perf_counter() - self._begun, 4)
            self._taken += taken
            for place, table in rows.items():
                self._tables.setdefault(place, []).append(table)
                self._size += table.nbytes
        due = time.perf_counter() - self._opened > self._every
        if due or (self._every < math.inf and self._size > MOST_BYTES_A_CHUNK):
            self.write()
        self._begun = time.perf_counter()

    def write(self) -> None:
        """Write what is not written yet as a part."""
        if self._seconds or self._failures:
            kit, part = self._chunk.kit, self._chunk.part
            if self._every < math.inf:
                self._parts += 1
                part = f"{part}-{self._parts:03d}"
            facts = PartFacts(
                kit.code, kit.pack_hash, versions(), self._seconds, _now(), self._taken
            )
            write_part(self._chunk.folder, part, self._tables, self._failures, facts)
            self.done = Done(
                self.done.finished + len(self._seconds),
                self.done.failed + len(self._failures),
                0.0,
                self.done.size + self._size,
                self.done.months_saved + self._taken,
            )
        self._empty()


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
class _Sweep:
    plan: Plan
    crew: Crew
    queue: Queue
    tally: Tally
    session: str = field(default_factory=lambda: uuid.uuid4().hex[:8])
    number: int = 0
    under_way: int = 0  # chunks
    # After a worker has died its runs are tried again one by one: the second death is the run's.
    suspects: set[str] = field(default_factory=set)

    def feed(self) -> None:
        """Hand out a chunk to everybody who has none, while there are any."""
        while self.under_way < self.crew.size and (runs := self.queue.next_runs()):
            self._hand_out(runs)

    def _hand_out(self, runs: tuple[Run, ...]) -> None:
        self.number += 1
        self.under_way += 1
        began = datetime.now(UTC)
        part = f"{began:%Y%m%d%H%M%S}-{self.session}-{self.number:06d}"
        values = tuple(self.plan.design.values(run.point) for run in runs)
        self.crew.submit(Chunk(part, self.plan.folder, self.plan.kit, runs, values))

    def note(self, chunk: Chunk, result: Done | BaseException) -> None:
        """Count what became of a chunk; raise what is no fault of a single run."""
        self.under_way -= 1
        if isinstance(result, Done):
            self.queue.pacer.note(result)
            self.tally.done += result.finished
            self.tally.failed += result.failed
            self.tally.months_saved += result.months_saved
        elif isinstance(result, WorkerDiedError):
            self._after_death(chunk, result)
        else:
            raise result

    def _after_death(self, chunk: Chunk, error: WorkerDiedError) -> None:
        facts = [facts_of(path) for path in parts_of(chunk.folder, chunk.part)]
        finished = {key for one in facts for key in one.seconds}
        self.tally.done += len(finished)
        self.tally.months_saved += sum(one.months_saved for one in facts)
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
                self.queue.again.append(run)


def sweep(plan: Plan, crew: Crew, skip: set[str], tally: Tally, tell: Tell | None = None) -> Tally:
    """Run every run of the plan whose key is not in `skip` (which grows by those handed out).

    `tell` is called after each chunk. Raises what no single run is to blame for (a full disk,
    CodeChangedError); whatever was written by then stays and counts.
    """
    queue = Queue(missing(plan, skip), Pacer(crew.size), tally.left)
    state = _Sweep(plan, crew, queue, tally)
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
