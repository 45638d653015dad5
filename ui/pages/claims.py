"""Claims: the thirteen claims of the news, each with its answer and what would change it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import solara

from ui import modules
from ui.claim_props import claim_props
from ui.language import use_words
from ui.use_asked import MOST_SHOWN, named


@solara.component_vue(esm_module=modules.define("claims"))
def _Claims(
    texts: dict[str, Any],
    locale: str,
    made: dict[str, Any],
    claims: list[dict[str, Any]],
    counts: list[dict[str, Any]],
    first: str,
    notice: str,
    event_open: Callable[[str], None],
) -> None:
    """The page."""


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
