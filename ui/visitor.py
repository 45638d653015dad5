"""A visitor without a browser: the page, its websocket and a run, as a browser asks for them.

A browser spends two seconds of a core on unpacking and drawing the front end; what the server does for a
visit is the same here, at a twentieth of that.
"""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
import uuid
from contextlib import suppress
from http.cookies import SimpleCookie
from typing import Any

from solara.server.kernel import deserialize_binary_message
from websockets import Origin
from websockets.sync.client import ClientConnection, connect

MOST_SECONDS = 300.0


class Visitor:
    """One visit to a page with runs on both sides, "a" and "b"; `address` as `http://127.0.0.1:8765`."""

    def __init__(self, address: str, path: str) -> None:
        self._address, self._path = address, path
        self._kernel, self._page = str(uuid.uuid4()), str(uuid.uuid4())
        self._control = uuid.uuid4().hex
        self.bytes = 0  # received in messages

    def visit(self, *, goodbye: bool) -> None:
        """Come, wait for both runs, go. `goodbye`: as a browser that is shut does; otherwise as one whose
        network is gone. Raises TimeoutError when the runs do not come.
        """
        with urllib.request.urlopen(self._address + self._path, timeout=MOST_SECONDS) as answer:
            cookies = SimpleCookie(answer.headers["set-cookie"])
            answer.read()
        cookie = "; ".join(f"{name}={one.value}" for name, one in cookies.items())
        server = self._address.removeprefix("http://")
        channel = f"ws://{server}/jupyter/api/kernels/{self._kernel}/channels"
        with connect(
            f"{channel}?session_id={self._page}", origin=Origin(self._address), max_size=None,
            additional_headers={"Cookie": cookie},
        ) as socket:  # fmt: skip
            self._send(socket, "comm_open", {"target_name": "solara.control", "data": {}})
            run = {"path": self._path, "dark": False, "themes": {"light": {}, "dark": {}}}
            data = {"method": "run", "args": run | {"appName": None}}
            self._send(socket, "comm_msg", {"data": data})
            self._listen(socket)
            if goodbye:
                self._say_goodbye()

    def _say_goodbye(self) -> None:
        path = f"/_solara/api/close/{self._kernel}?session_id={self._page}"
        # A browser does not hear the answer either; who is not closed by it is forgotten later.
        with suppress(urllib.error.HTTPError):
            urllib.request.urlopen(self._address + path, data=b"", timeout=MOST_SECONDS).close()

    def _send(self, socket: ClientConnection, kind: str, content: dict[str, Any]) -> None:
        header = {
            "msg_id": uuid.uuid4().hex, "msg_type": kind, "session": self._page, "username": "",
            "version": "5.2", "date": "",
        }  # fmt: skip
        message = {
            "channel": "shell", "header": header, "parent_header": {}, "metadata": {},
            "buffers": [], "content": {"comm_id": self._control} | content,
        }  # fmt: skip
        socket.send(json.dumps(message))

    def _listen(self, socket: ClientConnection) -> None:
        done: set[str] = set()
        component = ""
        until = time.monotonic() + MOST_SECONDS
        while done != {"a", "b"}:
            raw = socket.recv(timeout=until - time.monotonic())
            self.bytes += len(raw)
            header, content = _read(raw)
            data = content.get("data", {})
            if header["msg_type"] == "comm_open" and "ready" in data["state"].get("events", ()):
                component = content["comm_id"]
            if data.get("method") == "finished" and component:  # the page stands
                ready = {"method": "custom", "content": {"event": "ready"}}
                self._send(socket, "comm_msg", {"comm_id": component, "data": ready})
            told = data.get("content", {}) if data.get("method") == "custom" else {}
            if told.get("method") == "state" and told["args"][2] == "done":
                done.add(told["args"][0])


def _read(raw: str | bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and content of a message, which may be followed by buffers."""
    message = json.loads(raw) if isinstance(raw, str) else deserialize_binary_message(raw)
    return message["header"], message["content"]
