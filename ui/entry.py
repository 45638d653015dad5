"""The ASGI application: Solara's own with our settings, behind the guard.

`uvicorn ui.entry:app` serves it; `ornok serve` does that with the right limits. `ORNOK_HOSTS` names,
with commas, what else the server may be called than this machine.
"""

from __future__ import annotations

import os

os.environ["SOLARA_APP"] = "ui.app"
os.environ["SOLARA_TELEMETRY_MIXPANEL_ENABLE"] = "false"

from solara.server.starlette import app as solara_app

from ui.front_end import VENDOR, configure
from ui.guard import Guard, allowed_hosts
from ui.not_found import NotFound
from ui.warm import warm_up

configure()


app = Guard(NotFound(solara_app), VENDOR, allowed_hosts())
warm_up()
