"""Classic: Mesa's own page on the same model, for people who know Mesa. One model a session."""

from __future__ import annotations

import threading
from importlib.util import find_spec
from typing import Any

import solara

from ui import modules
from ui.language import use_words

MOST_MODELS = 8


class Places:
    """How many sessions hold a model now; at most so many."""

    def __init__(self, most: int = MOST_MODELS) -> None:
        self._lock, self._free = threading.Lock(), most

    def take(self) -> bool:
        """Take a place, if one is free."""
        with self._lock:
            if self._free == 0:
                return False
            self._free -= 1
            return True

    def give(self) -> None:
        """Give it back."""
        with self._lock:
            self._free += 1


PLACES = Places()


# Title and words; it gives Mesa's pictures a text for those who do not see them.
_Classic = modules.component("classic", "texts", "state")


@solara.component
def Page() -> None:
    """The page."""
    words = use_words()
    here = find_spec("altair") is not None
    state, set_state = solara.use_state("starts" if here else "missing")

    def hold() -> Any:
        if not here:
            return None
        taken = PLACES.take()
        set_state("shown" if taken else "full")
        return PLACES.give if taken else None

    solara.use_effect(hold, [])
    with solara.Div(classes=["classic", "pages"]):
        _Classic(texts=words.part("classic"), state=state)
        if state == "shown":
            _Held().key("held")


@solara.component
def _Held() -> None:
    """A model of this session alone, and Mesa's page around it."""
    from ui.classic_model import ClassicModel
    from ui.classic_view import MesaPage

    model = solara.use_memo(ClassicModel, [])
    reactive = solara.use_reactive(model)

    # Mesa's thread ends when its model does not run any more.
    solara.use_effect(lambda: lambda: reactive.value.give_up(), [])
    with solara.v.Html(tag="div", attributes={"lang": "en"}):
        MesaPage(reactive)
