"""The same settings and the same guard under plain `solara run server.py`."""

from __future__ import annotations

from ui.front_end import VENDOR, configure
from ui.guard import Guard, allowed_hosts
from ui.not_found import NotFound
from ui.warm import warm_up


def guard_plain_solara() -> None:
    """Settings at once, and the guard around the application that Solara has already started.

    Solara runs our file while its server starts, before the first request: too late for the
    environment and for `add_middleware`, in time to stand in front of what answers requests.
    """
    from solara.server.starlette import app

    configure()
    inner = app.middleware_stack or app.build_middleware_stack()
    if not isinstance(inner, Guard):
        app.middleware_stack = Guard(NotFound(inner), VENDOR, allowed_hosts())
        warm_up()
