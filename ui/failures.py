"""What stands where a page should when it fails: a short message; the trace goes to the log."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import solara

from ui.language import Words, first_language, language

_log = logging.getLogger("ornok.ui")


def guarded(page: Callable[[], Any]) -> Callable[[], Any]:
    """The page, with a message in its place when it cannot be drawn."""

    @solara.component
    def Guarded() -> None:
        failure, try_again = solara.use_exception()
        shown_in = language.value

        def forget() -> None:
            if failure is not None:
                try_again()

        # Another language, another try.
        solara.use_effect(forget, [shown_in])
        if failure is None:
            page().key("page")
            return
        _log.error("a page failed", exc_info=failure)
        words = Words(shown_in or first_language())
        solara.Text(words("common.page_failed"), classes=["failure"]).key("failure")

    return Guarded
