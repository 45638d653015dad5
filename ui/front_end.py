"""Solara's settings for this app: everything from this machine, nothing told to anybody.

Settings are set on Solara's objects and not in the environment: under plain `solara run server.py`
Solara has read the environment before our file is.
"""

from __future__ import annotations

from pathlib import Path

import solara.server.settings as server_settings
import solara.settings

HERE = Path(__file__).resolve().parent
VENDOR = HERE / "vendor"
ASSETS = HERE / "assets"
NOWHERE = "http://127.0.0.1:9/"  # the discard port of this machine: no fetch can leave it
SESSION_MINUTES = 10
MOST_SESSIONS = 80
MOST_SESSIONS_A_VISITOR = 6


def configure() -> None:
    """Set what Solara would otherwise fetch, report or allow; safe to call twice."""
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
