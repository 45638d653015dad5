"""Start the server with its limits: what `ornok serve` does."""

from __future__ import annotations

import ipaddress
import os
import socket
import threading
import webbrowser
from dataclasses import dataclass

import uvicorn

from ui.guard import ANY_ADDRESS

# A message of a visitor's browser is a few hundred bytes; what is larger ends the connection.
MOST_MESSAGE_BYTES = 256 * 1024
MOST_CONNECTIONS = 400


@dataclass(frozen=True)
class Serving:
    """Where and for whom; `workers`: processes that run worlds, one a core if not given; `studies`: the
    folder whose studies are shown, `results` if not given.
    """

    host: str = "127.0.0.1"
    port: int = 8765
    names: tuple[str, ...] = ()
    workers: int | None = None
    open: bool = False
    studies: str | None = None

    @property
    def only_here(self) -> bool:
        """Whether nobody but this machine can reach it."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def serve_until_stopped(serving: Serving) -> None:
    """Serve until Ctrl-C. Says where, on stdout."""
    hosts = [*serving.names] + ([] if serving.only_here else [ANY_ADDRESS])
    os.environ["ORNOK_HOSTS"] = ",".join(hosts)
    if serving.workers is not None:
        os.environ["ORNOK_WORKERS"] = str(serving.workers)
    if serving.studies is not None:
        os.environ["ORNOK_STUDIES"] = serving.studies
    own = f"http://{'127.0.0.1' if serving.only_here else _own_address()}:{serving.port}"
    print(f"Ornok is at {own} (Ctrl-C ends it)", flush=True)
    if serving.open:
        threading.Timer(1.5, webbrowser.open, [own]).start()
    uvicorn.run(
        "ui.entry:app",
        host=serving.host,
        port=serving.port,
        ws_max_size=MOST_MESSAGE_BYTES,
        limit_concurrency=MOST_CONNECTIONS,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=3,  # open pages would keep it for ever
    )


def _own_address() -> str:
    """The address of this machine in its network, as pupils type it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # nothing is sent: this only picks an interface
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"
