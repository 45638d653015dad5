"""Runs that a page's Python reads itself, and not the browser: whole, from the same queue as all others."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import solara

from ui.jobs import NOW, BusyError, Jobs, RunTooLongError, Ticket, the_jobs
from ui.run_request import RunRequest
from ui.stage import BUSY, DONE, FAILED, TOO_LONG, WAITING


@dataclass(frozen=True)
class Whole:
    """How far it is, and the one piece of each side once all are there."""

    state: str = WAITING
    pieces: Mapping[str, dict[str, Any]] = field(default_factory=dict)


class Asking:
    """Asks for runs and waits in a thread of its own; `tell` gets one `Whole`, none after `end`."""

    def __init__(
        self, jobs: Jobs, wanted: Mapping[str, RunRequest], tell: Callable[[Whole], None]
    ) -> None:
        self._jobs, self._tell, self._sides = jobs, tell, set(wanted)
        self._heard: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._tickets: list[Ticket] = []
        # Started here, so that it has the session of the visitor who asks.
        threading.Thread(target=self._wait, daemon=True).start()
        for side, request in wanted.items():
            self._ask(side, request)

    def _ask(self, side: str, request: RunRequest) -> None:
        def heard(what: Any) -> None:
            self._heard.put((side, what))

        try:
            self._tickets.append(self._jobs.ask(request, heard, NOW))
        except BusyError as problem:
            self._heard.put((side, problem))

    def _wait(self) -> None:
        pieces: dict[str, dict[str, Any]] = {}
        done: set[str] = set()
        while done != self._sides:
            message = self._heard.get()
            if message is None:
                return
            side, what = message
            if isinstance(what, dict):
                pieces[side] = what
            elif what is None:
                done.add(side)
            else:
                self._tell(Whole(_failure(what)))
                return
        self._tell(Whole(DONE, pieces))

    def end(self) -> None:
        """Wait no more."""
        self._heard.put(None)
        for ticket in self._tickets:
            self._jobs.leave(ticket)


def _failure(problem: Exception) -> str:
    if isinstance(problem, BusyError):
        return BUSY
    return TOO_LONG if isinstance(problem, RunTooLongError) else FAILED


def use_whole(wanted: Mapping[str, RunRequest]) -> Whole:
    """The runs by side, asked anew whenever `wanted` changes; given up when the page goes."""
    keys = tuple(sorted((side, one.key) for side, one in wanted.items()))
    known, tell = solara.use_state((keys, Whole()))

    def ask() -> Callable[[], None]:
        asking = Asking(the_jobs(), wanted, lambda found: tell((keys, found)))
        return asking.end

    solara.use_effect(ask, [keys])
    return known[1] if known[0] == keys else Whole()
