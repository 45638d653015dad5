"""Claims: the thirteen claims of the news, each with its answer and what would change it."""

from __future__ import annotations

import solara

from ui import modules
from ui.claim_props import claim_props
from ui.language import use_words
from ui.use_asked import MOST_SHOWN, named

_Claims = modules.component(
    "claims", "texts", "locale", "made", "claims", "counts", "first", "notice", "event_open"
)


@solara.component
def Page() -> None:
    """The page."""
    words = use_words()
    router = solara.use_router()
    asked = named(router, "claim")
    shown = solara.use_memo(lambda: claim_props(words), [words.language])
    texts = words.part("claims") | {
        "chart": words.part("chart"),
        "grades": words.part("lever_panel.grades"),
        "world_titles": {name: one["title"] for name, one in words.part("worlds").items()}
        | words.part("claims.worlds"),
    }
    known = asked in ["", *(one["id"] for one in shown["claims"])]
    _Claims(
        texts=texts,
        locale=words.language,
        first=asked if known else "",
        notice="" if known else words("claims.no_claim", asked=asked[:MOST_SHOWN]),
        event_open=lambda path: router.push(str(path)),
        **shown,
    )
