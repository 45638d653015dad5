"""What surrounds every page: name, pages, language."""

from __future__ import annotations

from typing import Any

import solara

from ui import modules
from ui.language import LANGUAGES, set_language, use_words

# Pages in the order of the menu: path and name of the text. A page is added here and in app.py.
MENU = (
    ("/", "home"),
    ("/explore", "explore"),
    ("/compare", "compare"),
    ("/follow", "follow"),
    ("/lessons", "lessons"),
    ("/claims", "claims"),
    ("/studies", "studies"),
    ("/model", "model"),
    ("/classic", "classic"),
)


# Name, menu, language; it sets the document's title and language too.
_Header = modules.component(
    "header", "title", "texts", "menu", "languages", "language", "event_go", "event_speak"
)


@solara.component
def Frame(children: list[solara.Element] = []) -> Any:
    """The frame around a page."""
    words = use_words()
    router = solara.use_router()
    here = "/" + (router.parts[0] if router.parts else "")
    name = next((text for path, text in MENU if path == here), "home")

    def go(path: str) -> None:
        if path in [one for one, _ in MENU]:
            router.push(path)

    with solara.Div(classes=["ornok"]) as main:
        _Header(
            title=f"{words('common.menu.' + name)} · Ornok",
            texts=words.part("common"),
            menu=[
                {"path": path, "text": words("common.menu." + text), "here": path == here}
                for path, text in MENU
            ],
            languages=LANGUAGES,
            language=words.language,
            event_go=go,
            event_speak=set_language,
        )
        with solara.v.Html(tag="main", class_="page", attributes={"id": "page"}):
            solara.Div(children=children)
    return main
