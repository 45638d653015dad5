"""The pages and the frame around them."""

from __future__ import annotations

import solara

from ui.frame import Frame
from ui.pages import home

routes = [
    solara.Route("/", component=home.Page, label="home", layout=Frame),
]
