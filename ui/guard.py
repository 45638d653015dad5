"""What no request gets past: foreign hosts and origins, downloads by the server, other people's pages.

Solara checks neither the Host of a request nor the Origin of a websocket, and its package route
makes the server download whatever a visitor names. This layer around it does.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Awaitable, Callable, Collection, MutableMapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

ANY_ADDRESS = "addresses"
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
PACKAGES = "/_solara/cdn/"
# Pages of Solara's own that tell about the server or let others in.
CLOSED = ("/resourcez", "/_solara/api/evict")
# 'unsafe-eval': Vue compiles templates in the browser; blob: ipyvue loads modules through it.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self' blob:; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; "
    "frame-ancestors 'self'; form-action 'self'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)


def allowed_hosts() -> tuple[str, ...]:
    """Names by which this server may be called: this machine's, and those of `ORNOK_HOSTS`.

    `ANY_ADDRESS` among them lets it be called by any bare address: a page elsewhere can make its
    name point at us, but not pass for an address.
    """
    others = os.environ.get("ORNOK_HOSTS", "")
    return LOOPBACK + tuple(name.strip() for name in others.split(",") if name.strip())


class Guard:
    """An ASGI application around another one.

    `hosts`: names by which this server may be called (without port). `packages`: the only
    folder from which front-end files are served.
    """

    def __init__(self, inner: App, packages: Path, hosts: Collection[str] = LOOPBACK) -> None:
        self.inner = inner
        self.files = {
            path.relative_to(packages).as_posix() for path in packages.rglob("*") if path.is_file()
        }
        self.hosts = {host.lower() for host in hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it before Solara sees it."""
        if scope["type"] == "lifespan":
            await self.inner(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal:
            await _refuse(refusal, scope, receive, send)
        elif scope["type"] == "websocket":
            await self.inner(scope, receive, send)
        else:
            await self.inner(scope, receive, _with_headers(send))

    def _refusal(self, scope: Scope) -> int:
        """The HTTP status with which this request is refused; 0 if it is not."""
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get(b"host", "")
        if not self._is_ours(_name(host)):
            return 400  # DNS rebinding: a page elsewhere that made its name point at us
        if scope["type"] == "websocket":
            origin = urlsplit(headers.get(b"origin", ""))
            return 0 if origin.netloc.lower() == host.lower() else 403
        path = scope["path"]
        if path.startswith(CLOSED):
            return 404
        if path.startswith(PACKAGES) and path.removeprefix(PACKAGES) not in self.files:
            return 404
        return 0

    def _is_ours(self, name: str) -> bool:
        if name in self.hosts:
            return True
        return ANY_ADDRESS in self.hosts and _is_address(name.strip("[]"))


def _name(host: str) -> str:
    """A Host header without its port, in small letters."""
    if host.startswith("["):
        return host.partition("]")[0].lower() + "]"
    return host.partition(":")[0].lower()


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


async def _refuse(status: int, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"refused"})


def _with_headers(send: Send) -> Send:
    async def told(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], *HEADERS]}
        await send(message)

    return told
