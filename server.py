"""The browser app for `solara run server.py --no-check-version`; `ornok serve` is the usual way.

Without that option Solara itself asks a package registry for its newest version as it starts.
"""

from ui.app import routes
from ui.plain_solara import guard_plain_solara

guard_plain_solara()

__all__ = ["routes"]
