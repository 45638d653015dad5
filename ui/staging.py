"""The hook by which a page puts its runs on a stage: begun when the page stands, ended when it goes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import solara

from ui.jobs import the_jobs
from ui.stage import Stage


def use_stage() -> tuple[Stage, Callable[[Any], None]]:
    """A stage of this page and visitor, and a function that is told the component's element."""
    stage: Stage = solara.use_memo(lambda: Stage(the_jobs()), [])

    def told(element: Any) -> None:
        def begin() -> Callable[[], None]:
            widget = solara.get_widget(element)

            def send(content: dict[str, Any], buffers: list[bytes]) -> None:
                widget.send(content, buffers)

            stage.begin(send)
            return stage.end

        solara.use_effect(begin, [])

    return stage, told
