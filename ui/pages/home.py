"""The first page: what this is, and the ways in."""

from __future__ import annotations

import solara

from ui.language import use_words


@solara.component
def Page() -> None:
    """The page."""
    words = use_words()
    solara.Text(
        words.month("2026-03") + " What does a foreign-invested car plant do to its region?"
    )
    solara.Button("hello", icon_name="mdi-play")
