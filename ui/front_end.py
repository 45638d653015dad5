"""Solara's settings for this app: everything from this machine, nothing told to anybody.

Settings are set on Solara's objects and not in the environment: under plain `solara run server.py`
Solara has read the environment before our file is.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import solara.server.settings as server_settings
import solara.settings
from ipyvue.VueTemplateWidget import Events

from ui import memory

HERE = Path(__file__).resolve().parent
VENDOR = HERE / "vendor"
ASSETS = HERE / "assets"
NOWHERE = "http://127.0.0.1:9/"  # the discard port of this machine: no fetch can leave it
SESSION_MINUTES = 10
MOST_SESSIONS = 80
MOST_SESSIONS_A_VISITOR = 6


def configure() -> None:
    """Set what Solara would otherwise fetch, report or allow; safe to call twice."""
    memory.keep_small()
    refuse_all_but_events()
    solara.settings.assets.cdn = NOWHERE
    solara.settings.assets.proxy = True
    assets = server_settings.assets
    assets.proxy_cache_dir = VENDOR
    assets.fontawesome_enabled = False
    assets.extra_locations = [str(ASSETS)]
    server_settings.telemetry.mixpanel_enable = False
    server_settings.main.mode = "production"
    server_settings.session.http_only = True
    kernel = server_settings.kernel
    kernel.cull_timeout = f"{SESSION_MINUTES}m"
    kernel.max_count = MOST_SESSIONS
    kernel.max_per_session = MOST_SESSIONS_A_VISITOR
    theme = server_settings.theme
    theme.title = "Ornok"
    theme.loader = "plain"
    theme.show_banner = False
    theme.variant = server_settings.ThemeVariant.light


def refuse_all_but_events() -> None:
    """Let a browser's message to one of our components do nothing but call an event's handler.

    ipyvue also takes messages that name any Python module and class, imports the one and makes the
    other, and messages that call methods by name. No component of ours uses that, and any visitor
    could send it.
    """
    handle = Events._handle_event
    if getattr(handle, "only_events", False):
        return

    def handle_event(self: Any, widget: Any, content: Any, buffers: Any) -> None:
        if isinstance(content, dict) and set(content) <= {"event", "data"}:
            name = content.get("event")
            if isinstance(name, str) and name in self.events:
                handle(self, widget, content, buffers)

    handle_event.only_events = True  # type: ignore[attr-defined]  # a mark on a function
    Events._handle_event = handle_event
