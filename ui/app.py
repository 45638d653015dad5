"""The pages of the app by their paths; each in the frame, and with a message in its place if it fails."""

from __future__ import annotations

import solara

from ui.failures import guarded
from ui.frame import Frame
from ui.pages import claims, classic, compare, explore, follow, home, lessons, model, studies

# The path of a page is its name in the menu (`ui/frame.py`) and in the texts.
PAGES = {
    "explore": explore.Page,
    "compare": compare.Page,
    "follow": follow.Page,
    "lessons": lessons.Page,
    "claims": claims.Page,
    "studies": studies.Page,
    "model": model.Page,
    "classic": classic.Page,
}

routes = [
    solara.Route("/", component=guarded(home.Page), label="home", layout=Frame),
    *(solara.Route(name, component=guarded(page), label=name) for name, page in PAGES.items()),
]
