"""Compare: two worlds with one clock; the second is "no plant" until another is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

import solara

from ui import modules
from ui.command_line import command_of_two
from ui.language import Words, use_words
from ui.lever_texts import moved_texts, notices_of, setup_props
from ui.map_shapes import map_of, region_names
from ui.page_texts import player_texts, shocks_of
from ui.pairs import PAIR_PROPS, use_pair
from ui.question import WITHOUT, Correction, Question, ask
from ui.run_request import RunRequest
from ui.shown_outcomes import as_props
from ui.use_asked import use_asked

# What both questions share.
_TOGETHER = ("pack", "scale", "seed")


@dataclass(frozen=True)
class Two:
    """Two questions on the same country, at the same scale, with the same seed."""

    a: Question
    b: Question

    def to_query(self) -> dict[str, str]:
        """What stands in a link: each question as a query of its own."""
        shared = {k: v for k, v in self.a.to_query().items() if k in _TOGETHER}
        own = {"a": _own(self.a), "b": _own(self.b)}
        usual = {"a": _own(Question()), "b": _own(Question(world=WITHOUT))}
        return shared | {side: own[side] for side in own if own[side] != usual[side]}


def _own(question: Question) -> str:
    """A question's own part of a link: its world and the levers moved."""
    rest = {k: v for k, v in question.to_query().items() if k not in _TOGETHER}
    return urlencode({"world": question.world} | rest)


Asked = tuple[Two, list[Correction]]
compared: solara.Reactive[Asked | None] = solara.reactive(None)


def ask_two(raw: Mapping[str, Any]) -> tuple[Two, list[Correction]]:
    """Two questions from what came from outside; see `ui.question.ask`."""
    shared = {name: raw[name] for name in _TOGETHER if name in raw}
    questions, corrections = [], []
    for side, usual in (("a", {}), ("b", {"world": WITHOUT})):
        own = raw.get(side)
        given = dict(parse_qsl(own)) if isinstance(own, str) else usual
        question, wrong = ask(given | shared)
        questions.append(question)
        corrections += [one for one in wrong if one not in corrections]
    return Two(*questions), corrections


# The page; runs and bands reach it as messages.
_Compare = modules.component(
    "compare", *PAIR_PROPS, "setup", "sides", "query", "command", "event_ask"
)


@solara.component
def Page() -> None:
    """The page."""
    words = use_words()
    router = solara.use_router()
    two, corrections = use_asked(compared, ask_two, router.search)

    def one(seed: int, detail: str) -> RunRequest:
        return _request(two.a, seed, detail)

    def other(seed: int, detail: str) -> RunRequest:
        return _request(two.b, seed, detail)

    ready, told = use_pair(one, other, two.a.seed, two)

    def heard(raw: Any) -> None:
        if isinstance(raw, dict):
            compared.value = ask_two(raw)

    element = _Compare(
        texts=_texts(words),
        locale=words.language,
        setup=setup_props(two.a, words),
        sides={side: _side(question, words) for side, question in (("a", two.a), ("b", two.b))},
        notices=notices_of(corrections, words),
        outcomes=as_props(words),
        map=map_of(two.a.pack) | {"names": region_names(two.a.pack, words)},
        shocks=shocks_of(two.a.with_plant, words),
        query=urlencode(two.to_query()),
        command=command_of_two(two.a, two.b),
        event_ready=ready,
        event_ask=heard,
        event_open=lambda path: router.push(str(path)),
    )
    told(element)


def _request(question: Question, seed: int, detail: str) -> RunRequest:
    return question.request(plant=True, seed=seed, detail=detail)


def _texts(words: Words) -> dict[str, Any]:
    return words.part("compare") | {
        "player": player_texts(words),
        "run": words.part("lever_panel"),
        "share": words.part("share"),
        "failures": {k: words(f"explore.{k}") for k in ("busy", "too_long", "failed")},
        "corrected": words("explore.corrected"),
    }


def _side(question: Question, words: Words) -> dict[str, Any]:
    """One of the two: world, its question, and levers moved in words."""
    return {
        "world": question.world,
        "title": words(f"worlds.{question.world}.title"),
        "question": words(f"worlds.{question.world}.question"),
        "moved": moved_texts(question, words),
        "own": _own(question),
        "link": urlencode(question.to_query()),
    }
