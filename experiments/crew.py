"""Who works the chunks of a study here: one process a worker, or this very process."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess

from experiments.sweep import Chunk, Done, WorkerDiedError, work_in_parts

Work = Callable[[Chunk], Done]
_WATCH_SECONDS = 0.2
_MOST_FALSE_STARTS = 3
# Threads of libraries that would fight with the neighbours' for cores.
_ONE_THREAD = ("ORNOK_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass
class _Place:
    """One worker: a pool of a single process, so that its death is nobody else's."""

    pool: ProcessPoolExecutor | None = None
    processes: set[BaseProcess] = field(default_factory=set)
    began: Future[int] | None = None  # an empty task: done when the process is up


class CannotStartError(RuntimeError):
    """Worker processes end before they have begun: no run is to blame."""


class ProcessCrew:
    """Local processes with one thread each; one that dies is replaced.

    `size`: number of processes. `work`: what is done with a chunk (tests put another in its place).
    """

    def __init__(self, size: int, work: Work = work_in_parts) -> None:
        self.size = size
        self._work = work
        # spawn, not fork: numba's and BLAS' threads do not survive a fork.
        self._context = multiprocessing.get_context("spawn")
        self._free = deque(_Place() for _ in range(size))
        self._busy: dict[Future[Done], tuple[_Place, Chunk]] = {}
        self._false_starts = 0

    def submit(self, chunk: Chunk) -> None:
        """Give a chunk to a free process; there must be one."""
        place = self._free.popleft()
        try:
            future = self._started(place).submit(self._work, chunk)
        except BrokenProcessPool:  # it died while it waited
            self._bury(place)
            future = self._started(place).submit(self._work, chunk)
        self._busy[future] = (place, chunk)

    def _started(self, place: _Place) -> ProcessPoolExecutor:
        if place.pool is None:
            before = set(multiprocessing.active_children())
            with _one_thread():
                arguments = (os.getpid(),)
                place.pool = ProcessPoolExecutor(1, self._context, start_worker, arguments)
                place.began = place.pool.submit(int)
            place.processes = set(multiprocessing.active_children()) - before
        return place.pool

    def _bury(self, place: _Place) -> None:
        if place.pool is not None:
            place.pool.shutdown(wait=True)
        place.pool, place.processes, place.began = None, set(), None

    def as_completed(self) -> Iterator[tuple[Chunk, Done | BaseException]]:
        """Chunks as they end; see `sweep.Crew`."""
        while self._busy:
            for future in wait(self._busy, timeout=0.5, return_when=FIRST_COMPLETED).done:
                place, chunk = self._busy.pop(future)
                error = future.exception()
                if isinstance(error, BrokenProcessPool):
                    error = self._after_death(place)
                    if error is None:
                        self._free.append(place)
                        self.submit(chunk)
                        continue
                self._free.append(place)
                yield chunk, future.result() if error is None else error

    def _after_death(self, place: _Place) -> Exception | None:
        """Clear a dead process away; None if its chunk may be given to the next one as it is."""
        was_up = place.began is not None and place.began.exception() is None
        self._bury(place)
        if was_up:
            self._false_starts = 0
            return WorkerDiedError("the process that ran it ended without a word")
        self._false_starts += 1
        if self._false_starts < _MOST_FALSE_STARTS:
            return None
        return CannotStartError(
            "worker processes end while they start (in a script, run a study only under "
            "`if __name__ == '__main__':`)"
        )

    def stop(self) -> None:
        """End all processes: those at work at once, idle ones in good order."""
        places = [place for place, _ in self._busy.values()]
        for place in (*places, *self._free):
            if place.pool is not None:
                place.pool.shutdown(wait=False, cancel_futures=True)
        for place in places:
            for process in place.processes:
                process.terminate()
        for place in (*places, *self._free):
            for process in place.processes:
                process.join(5.0)
                if process.is_alive():
                    process.kill()
                    process.join()
        self._busy.clear()


class HereCrew:
    """This process works the chunks itself, one after the other: for tests and for debugging."""

    size = 1

    def __init__(self, work: Work = work_in_parts) -> None:
        self._work = work
        self._waiting: deque[Chunk] = deque()

    def submit(self, chunk: Chunk) -> None:
        """Put a chunk into the queue."""
        self._waiting.append(chunk)

    def as_completed(self) -> Iterator[tuple[Chunk, Done | BaseException]]:
        """Work the queue; see `sweep.Crew`."""
        while self._waiting:
            chunk = self._waiting.popleft()
            try:
                result: Done | BaseException = self._work(chunk)
            except Exception as error:  # as it comes back from another process
                result = error
            yield chunk, result

    def stop(self) -> None:
        """Forget the queue."""
        self._waiting.clear()


@contextmanager
def _one_thread() -> Iterator[None]:
    """Processes that are started meanwhile have one thread each."""
    before = {name: os.environ.get(name) for name in _ONE_THREAD}
    os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def start_worker(parent: int) -> None:
    """What a worker does first: leave Ctrl-C to its parent, and watch that it lives."""
    with suppress(ValueError):  # not in the main thread
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_WATCH_SECONDS)
    os._exit(1)  # the parent was killed: nobody waits for this
