"""Runs for all visitors: a queue, worker processes, and a memory of what was asked before.

Same question, same run: a run in memory is handed out at once, one in the making is shared. Nothing
a visitor does makes the queue, the memory or a run longer than its bound. Our own processes and not
an executor's: there, one that dies takes every waiting run with it, and none can be stopped.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ui.study_request import Request
from ui.workers import Worker, WorkerDiedError

_log = logging.getLogger("ornok.jobs")

NOW, SOON, IDLE = 0, 1, 2
"""How urgent: what a visitor looks at; an interval that may follow; warming up."""


class BusyError(Exception):
    """The queue is full."""


@dataclass(frozen=True)
class Limits:
    """Bounds of the whole server: runs waiting, bytes remembered, seconds a run, runs a worker."""

    waiting: int = 150
    bytes: int = 256 * 2**20
    seconds: float = 90.0
    runs_a_worker: int = 400


@dataclass(eq=False)
class Ticket:
    """One visitor's interest in one run; `tell` is called with every piece, then with the end.

    `tell(piece)` gets a dict of a recorder, `tell(None)` says that all is told, and an exception that
    the run failed. It is called from the queue's threads and must be quick.
    """

    tell: Callable[[Any], None]
    job: _Job | None = None


@dataclass(eq=False)
class _Job:
    request: Request
    urgency: int
    pieces: list[dict[str, Any]] = field(default_factory=list)
    tickets: list[Ticket] = field(default_factory=list)
    worker: Worker | None = None
    given_up: bool = False

    @property
    def bytes(self) -> int:
        return sum(_bytes_of(piece) for piece in self.pieces)


def _bytes_of(piece: Any) -> int:
    if isinstance(piece, bytes):
        return len(piece)
    return sum(map(_bytes_of, piece.values())) if isinstance(piece, dict) else 64


class RunFailedError(Exception):
    """A run did not finish; why stands in the log."""


class RunTooLongError(RunFailedError):
    """A run was ended because it took too long."""


class Jobs:
    """The queue and its workers; one for the whole server."""

    def __init__(self, workers: int, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._lock = threading.Condition()
        self._queue: list[_Job] = []
        self._open: dict[str, _Job] = {}
        self._memory: OrderedDict[str, list[dict[str, Any]]] = OrderedDict()
        self._remembered = 0
        self._owners: dict[tuple[str, int, int], Worker] = {}  # who has run the burn-in
        self._closed = False
        self.started = 0  # runs handed to a worker so far
        self._workers = [
            threading.Thread(target=self._serve, name=f"ornok-worker-{i}", daemon=True)
            for i in range(workers)
        ]
        for one in self._workers:
            one.start()

    # --- What visitors do ---------------------------------------------------------------------

    def ask(self, request: Request, tell: Callable[[Any], None], urgency: int = NOW) -> Ticket:
        """Ask for a run. Raises BusyError when too many wait already."""
        ticket = Ticket(tell)
        with self._lock:
            known = self._memory.get(request.key)
            if known is not None:
                self._memory.move_to_end(request.key)
                pieces, done = known, True
            else:
                ticket.job = self._join(request, ticket, urgency)
                pieces, done = list(ticket.job.pieces), False
            # Under the lock: no piece may overtake those that are told here.
            for piece in pieces:
                tell(piece)
            if done:
                tell(None)
        return ticket

    def _join(self, request: Request, ticket: Ticket, urgency: int) -> _Job:
        job = self._open.get(request.key)
        if job is None or job.given_up:
            if len(self._open) >= self.limits.waiting and urgency < IDLE:
                raise BusyError
            job = _Job(request, urgency)
            self._open[request.key] = job
            self._push(job)
        elif urgency < job.urgency:
            job.urgency = urgency
            if job.worker is None:
                self._push(job)
        job.tickets.append(ticket)
        return job

    def leave(self, ticket: Ticket) -> None:
        """This visitor waits no more; a run that nobody waits for is given up."""
        with self._lock:
            job, ticket.job = ticket.job, None
            if job is None or ticket not in job.tickets:
                return
            job.tickets.remove(ticket)
            if not job.tickets:
                self._give_up(job)

    def _give_up(self, job: _Job) -> None:
        job.given_up = True
        if self._open.get(job.request.key) is job:
            del self._open[job.request.key]
        if job.worker is not None:
            job.worker.stop()

    def _push(self, job: _Job) -> None:
        if job not in self._queue:
            self._queue.append(job)
        self._make_room(job)
        self._lock.notify()

    def _make_room(self, job: _Job) -> None:
        """What somebody looks at goes before intervals and warming up, even those being run."""
        running = [one for one in self._open.values() if one.worker is not None]
        if job.urgency > NOW or len(running) < len(self._workers):
            return
        latest = max(running, key=lambda one: one.urgency)
        if latest.urgency > NOW and latest.worker is not None:
            latest.worker.stop()  # it is put back into the queue when it has stopped

    def open_jobs(self) -> list[_Job]:
        """Runs that wait or are under way."""
        with self._lock:
            return list(self._open.values())

    def snapshot(self) -> dict[str, int]:
        """How much waits and is remembered."""
        with self._lock:
            running = sum(one.worker is not None for one in self._open.values())
            return {
                "waiting": len(self._open) - running,
                "running": running,
                "remembered": len(self._memory),
                "bytes": self._remembered,
                "started": self.started,
            }

    # --- What the workers' threads do -----------------------------------------------------------

    def _serve(self) -> None:
        """One worker process and its successors."""
        worker: Worker | None = None
        while True:
            if worker is None or worker.runs >= self.limits.runs_a_worker:
                self._disown(worker)
                worker = Worker()
            job = self._next(worker)
            if job is None:
                worker.end()
                return
            try:
                self._run(worker, job)
            except WorkerDiedError:
                _log.exception("a worker process died in run %s", job.request)
                self._end(job, RunFailedError("the process died"))
                self._disown(worker)
                worker = None

    def _disown(self, worker: Worker | None) -> None:
        if worker is None:
            return
        worker.end()
        with self._lock:
            self._owners = {k: one for k, one in self._owners.items() if one is not worker}

    def _next(self, worker: Worker) -> _Job | None:
        with self._lock:
            while not self._closed:
                job = self._best(worker)
                if job is not None:
                    self._queue.remove(job)
                    self._owners[job.request.start] = worker
                    job.worker = worker
                    self.started += 1
                    return job
                self._lock.wait()
        return None

    def _best(self, worker: Worker) -> _Job | None:
        """The most urgent run; of those the one whose burn-in this worker has, or nobody."""
        self._queue = [one for one in self._queue if not one.given_up]

        def rank(job: _Job) -> tuple[int, int]:
            owner = self._owners.get(job.request.start)
            return job.urgency, 0 if owner is worker else 1 if owner is None else 2

        return min(self._queue, key=rank, default=None)

    def _run(self, worker: Worker, job: _Job) -> None:
        ending = worker.run(job.request, self.limits.seconds, lambda piece: self._piece(job, piece))
        if ending == "given up":
            self._put_back(job)
        elif ending == "done":
            self._end(job, None)
        elif ending == "too long":
            _log.warning("run %s took more than %g s", job.request, self.limits.seconds)
            self._end(job, RunTooLongError())
        else:
            _log.error("run %s failed:\n%s", job.request, ending)
            self._end(job, RunFailedError())

    def _piece(self, job: _Job, piece: dict[str, Any]) -> None:
        with self._lock:
            job.pieces.append(piece)
            self._tell(job, piece)

    def _put_back(self, job: _Job) -> None:
        """A run that was stopped for a more urgent one begins anew later."""
        with self._lock:
            job.worker, job.pieces = None, []
            if not job.given_up:
                self._push(job)

    def _end(self, job: _Job, failure: Exception | None) -> None:
        with self._lock:
            job.worker = None
            if self._open.get(job.request.key) is job:
                del self._open[job.request.key]
            if failure is None:
                self._remember(job)
            self._tell(job, failure)
            for ticket in job.tickets:
                ticket.job = None

    def _tell(self, job: _Job, what: Any) -> None:
        for ticket in list(job.tickets):
            try:
                ticket.tell(what)
            except Exception:
                _log.exception("a listener failed")

    def _remember(self, job: _Job) -> None:
        self._memory[job.request.key] = job.pieces
        self._remembered += job.bytes
        while self._remembered > self.limits.bytes and len(self._memory) > 1:
            _, pieces = self._memory.popitem(last=False)
            self._remembered -= sum(map(_bytes_of, pieces))

    def close(self) -> None:
        """End all workers; whoever waits hears no more."""
        with self._lock:
            self._closed = True
            for job in self._open.values():
                if job.worker is not None:
                    job.worker.stop()
            self._queue.clear()
            self._lock.notify_all()
        for one in self._workers:
            one.join(3.0)


_jobs: Jobs | None = None
_first = threading.Lock()


def the_jobs() -> Jobs:
    """The server's queue, started when it is first asked for."""
    global _jobs
    with _first:
        if _jobs is None:
            _jobs = Jobs(worker_count())
            atexit.register(_jobs.close)
        return _jobs


def use(jobs: Jobs) -> None:
    """Make this the server's queue, instead of the usual one; before anybody asks for it."""
    global _jobs
    with _first:
        _jobs = jobs
        atexit.register(jobs.close)


def worker_count() -> int:
    """`ORNOK_WORKERS` if it is a usable number, else one a core."""
    wished = os.environ.get("ORNOK_WORKERS", "")
    if wished.isdecimal() and 1 <= int(wished) <= 64:
        return int(wished)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
