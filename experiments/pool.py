"""Runs side by side in processes, with progress, failures on record and a clean stop."""

from __future__ import annotations

import math
import multiprocessing
import os
import queue
import signal
import time
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from multiprocessing.queues import Queue

from experiments.branching import groups_of, run_together, share_out
from experiments.simulate import Results, Setup, run
from model import threads

Progress = Callable[[int, int, int], None]
_TELL_SECONDS = 0.1


@dataclass(frozen=True)
class Failure:
    """A run that did not finish."""

    world: str
    seed: int
    error: str
    trace: str

    def __str__(self) -> str:
        return f"world {self.world}, seed {self.seed}: {self.error}"


def run_all(
    setups: Sequence[Setup], *, jobs: int = 1, progress: Progress | None = None
) -> list[Results | Failure]:
    """Run every setup and return results or failures in the order of the setups.

    Months in which some of them agree are computed once (`branching.py`); results do not depend on
    it, nor on `jobs`.

    `progress(run, done, total)` is called with the number of the run in `setups`. With `jobs`
    of 1 everything happens in this process, one run after the other.
    """
    if jobs <= 1 or len(setups) <= 1:
        return _run_here(setups, progress)
    return _run_in_processes(setups, min(jobs, len(setups)), progress)


def _run_here(setups: Sequence[Setup], progress: Progress | None) -> list[Results | Failure]:
    """Runs one after the other; months that some share are computed once."""

    def alone(number: int) -> Results:
        if progress is None:
            return run(setups[number])
        return run(setups[number], lambda done, total: progress(number, done, total))

    done: dict[int, Results | Failure] = {}
    for number, what, _ in run_together(setups, alone=alone, progress=progress):
        done[number] = what if isinstance(what, Results) else failure_of(setups[number], what)
    return [done[number] for number in range(len(setups))]


def failure_of(setup: Setup, error: BaseException) -> Failure:
    """The record of a run that ended with an error."""
    trace = "".join(traceback.format_exception(error))
    return Failure(setup.world.name, setup.seed, f"{type(error).__name__}: {error}", trace)


def for_each[Thing, Made](
    work: Callable[[Thing], Made],
    things: Sequence[Thing],
    *,
    jobs: int = 1,
    tell: Callable[[Thing, Made], None],
) -> None:
    """Do `work` for each thing and tell what came of it as it ends, in whatever order.

    With `jobs` of 1 in this process. `work` is a function of a module (it is sent by name) and
    raises nothing of its own; a process that dies raises here, what was told before stays told.
    """
    if jobs <= 1 or len(things) <= 1:
        for thing in things:
            tell(thing, work(thing))
        return
    context = multiprocessing.get_context("spawn")
    before = set(multiprocessing.active_children())
    jobs = min(jobs, len(things))
    start = (None, os.getpid(), max(threads.count() // jobs, 1))
    pool = ProcessPoolExecutor(jobs, context, _start_worker, start)
    try:
        thing_of = {pool.submit(work, thing): thing for thing in things}
        running = set(thing_of)
        while running:
            ended, running = wait(running, timeout=0.1, return_when=FIRST_COMPLETED)
            for future in ended:
                tell(thing_of[future], future.result())
        pool.shutdown()
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        _end_children(before)
        raise


def stop_if_alone() -> None:
    """In a worker process: end it if its parent was killed, so that nobody waits for its work."""
    if _Worker.parent and os.getppid() != _Worker.parent:
        os._exit(1)


def _end_children(before: set[BaseProcess]) -> None:
    for child in set(multiprocessing.active_children()) - before:
        child.terminate()


def _run_in_processes(
    setups: Sequence[Setup], jobs: int, progress: Progress | None
) -> list[Results | Failure]:
    # spawn, not fork: numba's and BLAS' threads do not survive a fork.
    context = multiprocessing.get_context("spawn")
    messages: Queue[tuple[int, int, int]] = context.Queue()
    before = set(multiprocessing.active_children())
    each = max(threads.count() // jobs, 1)
    pieces = share_out(groups_of(setups), jobs)
    pool = ProcessPoolExecutor(jobs, context, _start_worker, (messages, os.getpid(), each))
    try:
        futures = [pool.submit(_work, piece, [setups[k] for k in piece]) for piece in pieces]
        _wait_and_tell(futures, messages, progress)
        pool.shutdown()
    except BaseException:
        # Ctrl-C (or a failing progress bar) must not wait for months still being computed.
        pool.shutdown(wait=False, cancel_futures=True)
        _end_children(before)
        raise
    done: dict[int, Results | Failure] = {}
    for piece, future in zip(pieces, futures, strict=True):
        done |= zip(piece, _outcomes([setups[k] for k in piece], future), strict=True)
    return [done[number] for number in range(len(setups))]


def _wait_and_tell(
    futures: Sequence[Future[list[Results | Failure]]],
    messages: Queue[tuple[int, int, int]],
    progress: Progress | None,
) -> None:
    running = set(futures)
    while running:
        running = wait(running, timeout=0.1, return_when=FIRST_COMPLETED).not_done
        while True:
            try:
                message = messages.get_nowait()
            except queue.Empty:
                break
            if progress is not None:
                progress(*message)


def _outcomes(
    setups: Sequence[Setup], future: Future[list[Results | Failure]]
) -> list[Results | Failure]:
    error = future.exception()
    if error is None:
        return future.result()
    # The process itself died (out of memory, say): nothing came back but this.
    message = f"{type(error).__name__}: {error}"
    return [Failure(setup.world.name, setup.seed, message, "") for setup in setups]


class _Worker:
    """What a worker process knows: where progress goes, and whose child it is."""

    messages: Queue[tuple[int, int, int]] | None = None
    parent: int = 0
    told: float = -math.inf


def _start_worker(messages: Queue[tuple[int, int, int]] | None, parent: int, each: int) -> None:
    """In a new process: where progress goes, whose child this is, and how many threads it has."""
    _Worker.messages = messages
    _Worker.parent = parent
    # Runs side by side gain more from a core than threads within a run.
    threads.use(each)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # stop silently; the parent tells the user


def _work(numbers: Sequence[int], setups: Sequence[Setup]) -> list[Results | Failure]:
    def tell(run: int, done: int, total: int) -> None:
        stop_if_alone()
        # A month may take a millisecond: telling of each would cost more than some.
        now = time.monotonic()
        if _Worker.messages is not None and (done == total or now - _Worker.told > _TELL_SECONDS):
            _Worker.told = now
            _Worker.messages.put((numbers[run], done, total))

    return _run_here(setups, tell)
