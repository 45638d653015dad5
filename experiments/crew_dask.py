"""Who works the chunks of a study on a cluster: the workers of a Dask scheduler.

Each chunk is given to one worker by name, so that one death is one chunk's and a process works one
chunk at a time however many threads it has. Workers that join are used, those that go are not waited for.
"""

from __future__ import annotations

import logging
import pickle
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from distributed import Client, Future, KilledWorker
from distributed.comm.addressing import get_address_host_port

from experiments.cluster_worker import Shown, show, unfit, work_apart
from experiments.runs_apart import end_apart, make_apart
from experiments.study_plan import Plan
from experiments.sweep import Chunk, Done, WorkerDiedError, work
from model.errors import InputError

Note = Callable[[str], None]
# Chunks handed out beside one a worker: for those who join while all others are at work.
_AHEAD = 8
_LOOK_SECONDS = 0.5
_CONNECT_SECONDS = 10.0
_ANSWER_SECONDS = 60.0
_FETCH_SECONDS = 10.0
_GONE = "the process that ran it ended, or left the cluster, without a word"


class ClusterGoneError(ConnectionError):
    """The scheduler does not answer any more."""


@dataclass(frozen=True)
class _Call:
    """A call as bytes: to unpickle it is to make it.

    The scheduler hands the bytes on. As objects it would unpickle them, and would need Ornok, too,
    in the very version of the others.
    """

    function: Callable[..., Any]
    arguments: tuple[Any, ...]

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return self.function, self.arguments


@dataclass(frozen=True)
class _Task:
    """Something a worker does: a chunk, or without one the question whether it is fit."""

    address: str
    future: Future[Any]
    chunk: Chunk | None


def to_stderr(line: str) -> None:
    """Say something beside the results."""
    print(f"ornok: {line}", file=sys.stderr)


def quiet() -> None:
    """Silence Dask's own pages about what we say in a line. For commands, not for libraries."""
    for name in ("distributed", "distributed.client", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


class DaskCrew:
    """The workers of a cluster, as the scheduler at `address` (or in its file) knows them.

    Waits for the first worker. Raises `model.errors.InputError` when the scheduler cannot be
    reached or a worker is not fit: other code, pack or packages, or it does not see the folder.
    One that joins later and is not fit is not used; `note` is told. `work`: see `ProcessCrew`.
    """

    def __init__(
        self,
        address: str,
        plan: Plan,
        *,
        note: Note = to_stderr,
        work: Callable[[Chunk], Done] = work,
    ) -> None:
        self._address, self._note, self._work = address, note, work
        self._folder = plan.folder.absolute()
        self._pack = plan.kit.setups[0].pack
        self._threads: dict[str, int] = {}  # of workers that are used
        self._idle: dict[str, None] = {}  # those without a chunk, longest idle first
        self._known: dict[str, int] = {}  # all that the scheduler knows, with their threads
        self._waiting: deque[Chunk] = deque()
        self._tasks: dict[str, _Task] = {}
        self._ended: SimpleQueue[str] = SimpleQueue()
        self._looked = 0.0
        self._refused: set[str] = set()
        self._alone = self._told_of_threads = self._begun = False
        self._client = _connected(address)
        self._place: Path | None = None
        try:
            self._place, token = make_apart(self._folder)
            self._ours = replace(show(self._place, self._pack), token=token)
            self._gather()
        except BaseException:
            self.stop()
            raise

    @property
    def size(self) -> int:
        """Chunks to have under way: two a worker, and some for those who may join."""
        return 2 * len(self._threads) + _AHEAD

    def submit(self, chunk: Chunk) -> None:
        """Give a chunk to an idle worker, or keep it for the next one."""
        self._waiting.append(replace(chunk, folder=self._folder))
        self._hand_out()

    def as_completed(self) -> Iterator[tuple[Chunk, Done | BaseException]]:
        """Chunks as they end; see `sweep.Crew`. ClusterGoneError if the scheduler is gone."""
        while self._waiting or any(task.chunk for task in self._tasks.values()):
            for chunk in self._look():
                self._hand_out()
                yield chunk, WorkerDiedError(_GONE)
            task = self._next_ended()
            if task is None or not task.chunk:
                continue
            result = _result(task.future)
            if task.address in self._threads:
                self._idle[task.address] = None
            self._hand_out()
            yield task.chunk, result

    def stop(self) -> None:
        """Forget all chunks and leave the cluster. What its workers still do does not count."""
        futures = [task.future for task in self._tasks.values()]
        self._tasks.clear()
        self._waiting.clear()
        if self._place is not None:
            end_apart(self._place)
        with suppress(Exception):  # a scheduler that is gone
            if self._client.status == "running" and futures:
                self._client.cancel(futures, force=True)
        with suppress(Exception):
            self._client.close(timeout=1)

    # --- Workers --------------------------------------------------------------------------------

    def _gather(self) -> None:
        """Wait for a worker, and until those that are there have shown that they are fit."""
        ends = time.monotonic() + _ANSWER_SECONDS
        while not self._threads or (self._tasks and time.monotonic() < ends):
            self._look()
            self._next_ended()
        if self._tasks:
            self._note(f"{len(self._tasks)} busy workers will be used when they answer")
        self._begun = True

    def _look(self) -> list[Chunk]:
        """See who has come and who has gone; the chunks of those who have gone."""
        if time.monotonic() < self._looked + _LOOK_SECONDS:
            return []
        self._known = self._workers_now()
        self._looked = time.monotonic()
        lost: list[Chunk] = []
        for key, task in list(self._tasks.items()):
            # What has finished is told of by itself.
            if task.address not in self._known and task.future.status != "finished":
                del self._tasks[key]
                task.future.cancel()
                lost += [task.chunk] if task.chunk else []
        for address in self._threads.keys() - self._known.keys():
            del self._threads[address]
            self._idle.pop(address, None)
        asked = {task.address for task in self._tasks.values()}
        self._refused &= self._known.keys()
        for address in self._known.keys() - self._threads.keys() - asked - self._refused:
            self._begin(address, None, _Call(show, (self._place, self._pack)))
        if not self._known and not self._alone:
            self._note("the cluster has no workers now; waiting for one (Ctrl-C stops)")
        self._alone = not self._known
        return lost

    def _workers_now(self) -> dict[str, int]:
        if self._client.status == "running":
            with suppress(OSError):
                return dict(self._client.nthreads())
        raise ClusterGoneError(f"the scheduler at {self._address} does not answer any more")

    def _accept(self, task: _Task) -> None:
        """Use a worker if what it has shown is as it must be."""
        answer = _result(task.future)
        if isinstance(answer, WorkerDiedError):
            return
        why = unfit(answer, self._ours, self._folder) if isinstance(answer, Shown) else None
        if isinstance(answer, BaseException):
            why = f"cannot run Ornok ({type(answer).__name__}: {answer})"
        if why is not None:
            if not self._begun:
                raise InputError(f"worker {task.address} {why}", field="--cluster")
            self._refused.add(task.address)
            self._note(f"worker {task.address} {why}: it is not used")
            return
        threads = self._known.get(task.address, 1)
        self._threads[task.address] = threads
        self._idle[task.address] = None
        if threads > 1 and not self._told_of_threads:
            self._told_of_threads = True
            self._note(
                "workers with several threads run one run at a time; "
                "for a run a core start them with --nthreads 1 --nworkers NUMBER"
            )

    # --- Tasks ----------------------------------------------------------------------------------

    def _hand_out(self) -> None:
        while self._waiting and self._idle:
            address = next(iter(self._idle))
            del self._idle[address]
            chunk = self._waiting.popleft()
            arguments = (self._work, chunk, self._place, self._threads[address])
            self._begin(address, chunk, _Call(work_apart, arguments))

    def _begin(self, address: str, chunk: Chunk | None, call: _Call) -> None:
        future = self._client.submit(
            pickle.loads, pickle.dumps(call), pure=False, workers=[address], retries=0
        )
        self._tasks[str(future.key)] = _Task(address, future, chunk)
        future.add_done_callback(lambda ended: self._ended.put(str(ended.key)))

    def _next_ended(self) -> _Task | None:
        """A task that has ended, or None if none does for a while; a fit worker is used at once."""
        try:
            task = self._tasks.pop(self._ended.get(timeout=_LOOK_SECONDS), None)
        except Empty:
            return None
        if task is None:  # given up before
            return None
        if task.future.status == "cancelled":
            raise ClusterGoneError(f"the connection to the scheduler at {self._address} was lost")
        if task.chunk is None:
            self._accept(task)
            self._hand_out()
        return task


def _connected(address: str) -> Client:
    where: dict[str, Any] = {"scheduler_file": address}
    if address.endswith(".json") and not Path(address).is_file():  # Dask would wait for it
        raise InputError("is no scheduler file", field="--cluster", value=address)
    try:
        if not address.endswith(".json"):
            where = {"address": address if "://" in address else f"tcp://{address}"}
            get_address_host_port(where["address"], strict=True)
        return Client(**where, timeout=_CONNECT_SECONDS, set_as_default=False, name="ornok")
    except (OSError, ValueError, TypeError) as error:
        raise InputError(
            f"no scheduler can be reached ({error})",
            field="--cluster",
            value=address,
            allowed="tcp://HOST:PORT of a running Dask scheduler, or its scheduler file (.json)",
        ) from None


def _result(future: Future[Any]) -> Any:
    """What came back, or the error it ended with; WorkerDiedError if its process is gone."""
    if future.status == "error":
        error = future.exception()
        return WorkerDiedError(_GONE) if isinstance(error, KilledWorker) else error
    try:
        return future.result(timeout=_FETCH_SECONDS)
    except (OSError, TimeoutError):  # it went before it could hand it over
        return WorkerDiedError(_GONE)
