"""Explore: move a lever, and twenty years stand there with the plant and without it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import solara

from ui import modules
from ui.command_line import command_of
from ui.frame import MENU
from ui.language import Words, use_words
from ui.lever_texts import lever_props, notices_of, setup_props
from ui.map_shapes import map_of, region_names
from ui.page_texts import player_texts, shocks_of
from ui.pairs import PAIR_PROPS, use_pair
from ui.question import Correction, Question, ask
from ui.run_request import RunRequest
from ui.shown_outcomes import as_props
from ui.use_asked import use_asked

Asked = tuple[Question, list[Correction]]
# One value a visitor: Solara keeps module-level reactive values apart by session.
asked: solara.Reactive[Asked | None] = solara.reactive(None)


# The page; runs and bands reach it as messages (`assets/ornok/run_store.js`).
_Explore = modules.component(
    "explore", *PAIR_PROPS, "levers", "setup", "query", "command", "follow", "event_ask"
)


@solara.component
def Page() -> None:
    """The page."""
    words = use_words()
    router = solara.use_router()
    question, corrections = use_asked(asked, ask, router.search)

    def one(seed: int, detail: str) -> RunRequest:
        return question.request(plant=True, seed=seed, detail=detail)

    def other(seed: int, detail: str) -> RunRequest:
        return question.request(plant=False, seed=seed, detail=detail)

    ready, told = use_pair(one, other, question.seed, question)

    def heard(raw: Any) -> None:
        if isinstance(raw, dict):
            asked.value = ask(raw)

    element = _Explore(
        texts=page_texts(words),
        locale=words.language,
        levers=lever_props(question, words),
        setup=setup_props(question, words),
        notices=notices_of(corrections, words),
        outcomes=as_props(words),
        map=map_of(question.pack) | {"names": region_names(question.pack, words)},
        shocks=shocks_of(question.with_plant, words),
        query=urlencode(question.to_query()),
        command=command_of(question),
        follow=any(path == "/follow" for path, _ in MENU),
        event_ready=ready,
        event_ask=heard,
        event_open=lambda path: router.push(str(path)),
    )
    told(element)


def page_texts(words: Words) -> dict[str, Any]:
    """All texts that the page's components need."""
    texts = words.part("explore")
    return texts | {
        "levers": words.part("lever_panel"),
        "share": words.part("share"),
        "player": player_texts(words),
    }
