"""The server's end of one worker process."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable
from typing import Any

from ui.run_worker import DONE, FAILED, GIVEN_UP, PIECE, READY, TOO_LONG, work
from ui.study_request import Request

# A run that does not notice that its time is over (stuck in one month) is killed this much later.
GRACE_SECONDS = 20.0
START_SECONDS = 120.0
ENDINGS = (DONE, GIVEN_UP, TOO_LONG)


class WorkerDiedError(Exception):
    """The process ended, or had to be ended, in the middle of a run."""


class Worker:
    """One process and the connection to it; used by one thread, but for `stop`."""

    def __init__(self) -> None:
        # spawn, not fork: the threads of numba and of the server do not survive a fork.
        context = multiprocessing.get_context("spawn")
        self._orders, other = context.Pipe()
        self._process = context.Process(target=work, args=(other, 1), daemon=True)
        self._process.start()
        other.close()
        self._number = 0
        self._busy = False
        self._stopping = threading.Lock()
        self.runs = 0
        self._ready = False

    def run(self, request: Request, seconds: float, tell: Callable[[dict[str, Any]], None]) -> str:
        """Run it; `tell` gets the pieces. Returns "done", "given up", "too long" or a traceback.

        Raises WorkerDiedError.
        """
        self.runs += 1
        try:
            if not self._ready:
                self._wait_until_ready()
            with self._stopping:
                self._number += 1
                self._orders.send((self._number, request, seconds))
                self._busy = True
            while True:
                if not self._orders.poll(seconds + GRACE_SECONDS):
                    raise WorkerDiedError("no word within the time of a run")
                kind, number, content = self._orders.recv()
                if number != self._number:
                    continue
                if kind == PIECE:
                    tell(content)
                    continue
                with self._stopping:
                    self._busy = False
                return str(content) if kind == FAILED else str(kind)
        except (EOFError, OSError) as error:
            raise WorkerDiedError(f"exit code {self._process.exitcode}") from error
        finally:
            self._busy = False

    @property
    def busy(self) -> bool:
        """Whether a run is under way."""
        return self._busy

    @property
    def pid(self) -> int | None:
        """The process."""
        return self._process.pid

    def _wait_until_ready(self) -> None:
        if not self._orders.poll(START_SECONDS) or self._orders.recv()[0] != READY:
            raise WorkerDiedError("did not start")
        self._ready = True

    def stop(self) -> None:
        """Give up the run under way, if there is one; from any thread."""
        with self._stopping:
            if self._busy:
                self._busy = False
                self._orders.send(self._number)

    def end(self) -> None:
        """End the process."""
        self._orders.close()
        self._process.join(0.5)
        if self._process.is_alive():
            self._process.kill()
            self._process.join(2.0)
