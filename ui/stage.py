"""What one visitor looks at: runs on their way from the queue to a component in the browser.

Runs go as messages with bytes to the component's `jupyter_*` methods, not as properties: each piece
is sent once, and no component is drawn anew on the server. The component says `ready` when it
stands; it is then told everything there is.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Mapping
from typing import Any

from ui.jobs import NOW, BusyError, Jobs, RunTooLongError, Ticket
from ui.study_request import Request

_log = logging.getLogger("ornok.ui")
Send = Callable[[dict[str, Any], list[bytes]], None]

WAITING, RUNNING, DONE, BUSY, TOO_LONG, FAILED = (
    "waiting", "running", "done", "busy", "too_long", "failed",
)  # fmt: skip


def flatten(value: Any, buffers: list[bytes]) -> Any:
    """The value with every bytes in it moved to `buffers`, and its number there in its place."""
    if isinstance(value, bytes):
        buffers.append(value)
        return {"buffer": len(buffers) - 1}
    if isinstance(value, dict):
        return {name: flatten(one, buffers) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [flatten(one, buffers) for one in value]
    return value


class Stage:
    """Runs by side ("a", "b") for one component. All methods may be called from any thread.

    `begin(send)` starts the thread that sends (in the caller's Solara context); `end()` ends it.
    """

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self._lock = threading.RLock()
        self._messages: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._wanted: dict[str, Request] = {}
        self._tickets: dict[str, Ticket] = {}
        self._numbers: dict[str, int] = {}
        self._number = 0
        self._ready = False
        self._thread: threading.Thread | None = None

    def begin(self, send: Send) -> None:
        """Start sending; again after `end` (a component may be taken down and put up again)."""
        with self._lock:
            self._messages = queue.SimpleQueue()
            self._thread = threading.Thread(
                target=self._send_all, args=(self._messages, send), daemon=True
            )
            self._thread.start()

    def end(self) -> None:
        """Give up what is under way."""
        with self._lock:
            self._ready = False
            self._wanted = {}
            self._leave(list(self._tickets))
            self._messages.put(None)

    def ready(self) -> None:
        """The component stands: tell it everything."""
        with self._lock:
            self._ready = True
            wanted, self._wanted = self._wanted, {}
            self._leave(list(self._tickets))
            self.show(wanted)

    @property
    def stands(self) -> bool:
        """Whether the component has said that it is there."""
        return self._ready

    def show(self, wanted: Mapping[str, Request]) -> None:
        """Show these runs; one that is shown already goes on as it is."""
        with self._lock:
            if not self._ready:
                self._wanted = dict(wanted)
                return
            changed = [side for side, one in wanted.items() if self._wanted.get(side) != one]
            gone = [side for side in self._wanted if side not in wanted]
            self._wanted = dict(wanted)
            old = [self._tickets.pop(side) for side in {*changed, *gone} if side in self._tickets]
            for side in gone:
                self._say("forget", side)
            for side in changed:
                self._ask(side, wanted[side])
            for ticket in old:  # after asking anew: what both want is not given up in between
                self._jobs.leave(ticket)

    def say(self, method: str, *args: Any) -> None:
        """Call a method of the component, if it stands."""
        with self._lock:
            if self._ready:
                self._say(method, *args)

    def _leave(self, sides: list[str]) -> None:
        for side in sides:
            self._jobs.leave(self._tickets.pop(side))

    def _ask(self, side: str, request: Request) -> None:
        self._number += 1
        number = self._number
        self._numbers[side] = number
        self._say("begin", side, number, request.horizon)

        def tell(what: Any) -> None:
            self._messages.put((side, number, what))

        try:
            self._tickets[side] = self._jobs.ask(request, tell, NOW)
        except BusyError:
            self._say("state", side, number, BUSY)

    def _say(self, method: str, *args: Any) -> None:
        self._messages.put((method, args))

    def _send_all(self, messages: queue.SimpleQueue[Any], send: Send) -> None:
        """The thread: one message after the other, until the end or until the visitor has gone."""
        while True:
            message = messages.get()
            if message is None:
                return
            if len(message) == 2:
                method, args = message
            else:
                side, number, what = message
                if self._numbers.get(side) != number:
                    continue  # of a run that is not looked at any more
                method, args = _told(side, number, what)
            buffers: list[bytes] = []
            content = {"method": method, "args": flatten(list(args), buffers)}
            try:
                send(content, buffers)
            except Exception:  # the visitor has gone: Solara ends the component
                _log.warning("a message was not sent", exc_info=True)


def _told(side: str, number: int, what: Any) -> tuple[str, tuple[Any, ...]]:
    if isinstance(what, dict):
        return "piece", (side, number, what)
    if what is None:
        return "state", (side, number, DONE)
    return "state", (side, number, TOO_LONG if isinstance(what, RunTooLongError) else FAILED)
