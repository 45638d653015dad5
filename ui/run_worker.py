"""A process that runs worlds for the browser app, one after the other, and tells of them as they go.

It holds the compiled rules, the packs and the end of the burn-in of the last seeds, so that a run
begins at once. It gives up a run when told to, when its time is over, or when the server has gone.
"""

from __future__ import annotations

import os
import signal
import time
import traceback
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from ui.run_request import FULL, LIFE, LIVES, SERIES, RunRequest
from ui.study_request import Request, StudyRequest

if TYPE_CHECKING:
    from model import RegionalModel
    from ui.starts import Starts

# First piece after so long, the next ones at this distance: twenty years in one piece if the run
# takes no longer.
FIRST_PIECE_SECONDS = 0.2
PIECE_SECONDS = 0.45
NICE = 10

# What a worker says: (kind, number of the run, content).
PIECE, DONE, GIVEN_UP, TOO_LONG, FAILED, READY = (
    "piece", "done", "given up", "too long", "failed", "ready",
)  # fmt: skip


class GivenUpError(Exception):
    """Nobody waits for this run any more."""


class TooLongError(Exception):
    """The run has used up its time."""


class ServerGoneError(Exception):
    """Nobody is at the other end of the connection."""


def work(orders: Connection, threads: int) -> None:
    """The life of a worker: runs until the connection closes.

    An order is (number, request, seconds); any number that arrives during a run ends it.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server ends its workers itself
    os.nice(NICE)
    from model import threads as model_threads
    from ui.starts import Starts

    model_threads.use(threads)
    starts = Starts()
    try:
        _tell(orders, READY, 0)
        while True:
            order = _hear(orders)
            if isinstance(order, tuple):
                _tell(orders, *_answer(orders, starts, *order))
    except ServerGoneError:
        os._exit(0)


def _tell(orders: Connection, kind: str, number: int, content: Any = None) -> None:
    try:
        orders.send((kind, number, content))
    except OSError as error:
        raise ServerGoneError from error


def _hear(orders: Connection) -> Any:
    try:
        return orders.recv()
    except (EOFError, OSError) as error:
        raise ServerGoneError from error


def _answer(
    orders: Connection, starts: Starts, number: int, request: Request, seconds: float
) -> tuple[str, int, Any]:
    """Run it, telling pieces; how it ended."""
    try:
        if isinstance(request, StudyRequest):
            from ui.study_reader import read_study

            _tell(orders, PIECE, number, read_study(request))
            return DONE, number, None
        _run(orders, starts, number, request, time.monotonic() + seconds)
    except GivenUpError:
        return GIVEN_UP, number, None
    except TooLongError:
        return TOO_LONG, number, None
    except ServerGoneError:
        raise
    except Exception:  # a run that fails must not take the worker with it
        return FAILED, number, traceback.format_exc()
    return DONE, number, None


def _run(
    orders: Connection, starts: Starts, number: int, request: RunRequest, deadline: float
) -> None:
    """Step to the end, sending a piece now and then; period 0 is the first month that is told."""

    def check() -> None:
        if orders.poll():
            _hear(orders)
            raise GivenUpError
        if time.monotonic() > deadline:
            raise TooLongError

    model: RegionalModel = starts.begin(request.setup(), check)
    recorder = _recorder(request, model)
    last = int(model.params.horizon) - 1
    due = time.monotonic() + FIRST_PIECE_SECONDS
    while model.period < last:
        model.step()
        recorder.note()
        check()
        if request.detail == FULL and time.monotonic() > due and model.period < last:
            _tell(orders, PIECE, number, recorder.take())
            due = time.monotonic() + PIECE_SECONDS
    _tell(orders, PIECE, number, recorder.take())


def _recorder(request: RunRequest, model: RegionalModel) -> Any:
    """What notes the months of a run, by how much is to be told of it."""
    from ui.life_recorder import LifeRecorder, LivesRecorder
    from ui.recorder import Recorder, SeriesRecorder

    if request.detail == LIFE:
        return LifeRecorder(model, request.whom)
    kinds = {FULL: Recorder, SERIES: SeriesRecorder, LIVES: LivesRecorder}
    return kinds[request.detail](model)
