"""The pages and the frame around them."""

from __future__ import annotations

import solara

from ui.frame import Frame
from ui.pages import compare, explore, home

routes = [
    solara.Route("/", component=home.Page, label="home", layout=Frame),
    solara.Route("explore", component=explore.Page, label="explore"),
    solara.Route("compare", component=compare.Page, label="compare"),
]
