"""The browser app for `solara run server.py`; `ornok serve` is the usual way to start it."""

from ui.app import routes
from ui.plain_solara import guard_plain_solara

guard_plain_solara()

__all__ = ["routes"]
