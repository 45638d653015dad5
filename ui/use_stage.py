"""Something from the queue on its way to a page's component: one hook, for whatever is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import solara

from ui.jobs import the_jobs
from ui.stage import Stage
from ui.study_request import Request


def use_stage(
    wanted: Mapping[str, Request], asked: Any
) -> tuple[Callable[[Any], None], Callable[[Any], None]]:
    """Show these whenever `asked` changes. Returns what the component's `ready` event calls, and what
    must be called with the component's element.
    """
    stage: Stage = solara.use_memo(lambda: Stage(the_jobs()), [])
    solara.use_effect(lambda: stage.show(wanted), [asked])

    def told(element: Any) -> None:
        def begin() -> Callable[[], None]:
            widget = solara.get_widget(element)
            stage.begin(lambda content, buffers: widget.send(content, buffers))
            return stage.end

        solara.use_effect(begin, [])

    return lambda _: stage.ready(), told
