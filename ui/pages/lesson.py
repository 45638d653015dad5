"""One lesson: predict, run, explain, try, check. What a pupil chooses stays in the browser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import solara

from experiments.lessons import lessons, texts
from ui import modules
from ui.language import Words, use_words
from ui.lever_texts import notices_of
from ui.map_shapes import map_of, region_names
from ui.page_texts import player_texts, shocks_of
from ui.pairs import PAIR_PROPS, use_pair
from ui.question import WITHOUT, Correction, Question, ask
from ui.run_request import HORIZON, RunRequest
from ui.shown_outcomes import as_props

STEPS = ("predict", "run", "explain", "try", "check")
# What a link may say besides the step: which country, how fine, which chance.
_SETUP = ("pack", "scale", "seed")


# The page; runs and bands reach it as messages (`assets/ornok/run_store.js`).
_Lesson = modules.component("lesson", *PAIR_PROPS, "lesson", "step", "links", "sides", "horizon")


@solara.component
def Lesson(one: dict[str, Any], raw: dict[str, str]) -> None:
    """The lesson `one` as a link's query `raw` asks for it."""
    words = use_words()
    router = solara.use_router()
    step, unknown = clamp_step(raw.get("step"))
    question, other, corrections = questions_of(one, raw)

    def with_it(seed: int, detail: str) -> RunRequest:
        return question.request(plant=True, seed=seed, detail=detail)

    def against(seed: int, detail: str) -> RunRequest:
        return other.request(plant=one["against"] != WITHOUT, seed=seed, detail=detail)

    each = tuple(one["charts"]) if one.get("every_seed") else ()
    asked = (one["id"], question, other)
    ready, told = use_pair(with_it, against, question.seed, asked, each)
    notices = notices_of(corrections, words)
    if unknown:
        first = texts(words.language)["steps"][0]
        notices.append(words("lessons.no_step", asked=unknown, used=first))
    element = _Lesson(
        texts=_texts(one, words),
        locale=words.language,
        lesson=_content(one, words),
        step=step,
        links=links_of(one, question),
        notices=notices,
        outcomes=as_props(words),
        map=map_of(question.pack) | {"names": region_names(question.pack, words)},
        shocks=shocks_of(question.with_plant, words),
        sides={
            side: words(f"worlds.{one[name]}.title")
            for side, name in (("a", "world"), ("b", "against"))
        },
        horizon=HORIZON,
        event_ready=ready,
        event_open=lambda path: router.push(str(path)),
    )
    told(element)


def clamp_step(asked: str | None) -> tuple[str, str]:
    """The step to show, and what was asked for if there is no such step (else "")."""
    if asked is None or asked in STEPS:
        return asked or STEPS[0], ""
    return STEPS[0], asked[:40]


def questions_of(
    one: Mapping[str, Any], raw: Mapping[str, str]
) -> tuple[Question, Question, list[Correction]]:
    """The lesson's two worlds on the pack, scale and seed that a link names, and what was wrong.

    Of a lesson against no plant both are the same question, asked with the plant and without it, so
    that its runs are those of Explore.
    """
    setup = {name: raw[name] for name in _SETUP if name in raw}
    question, corrections = ask(setup | {"world": one["world"]})
    against = question.world if one["against"] == WITHOUT else one["against"]
    other, _ = ask(setup | {"world": against})
    return question, other, corrections


def links_of(one: Mapping[str, Any], question: Question) -> dict[str, str]:
    """Where one can go: each step, the world to try, the next lesson."""
    setup = {k: v for k, v in question.to_query().items() if k in _SETUP}

    def path(name: str, **query: str) -> str:
        every = urlencode(query | setup)
        return f"/{name}?{every}" if every else f"/{name}"

    links = {step: path(f"lessons/{one['id']}", step=step) for step in STEPS}
    if one["against"] == WITHOUT:
        links["world"] = path("explore", world=one["try_world"])
    else:
        a, b = (urlencode({"world": one[name]}) for name in ("try_world", "against"))
        links["world"] = path("compare", a=a, b=b)
    names = [each["id"] for each in lessons()]
    place = names.index(one["id"]) + 1
    links["next"] = path(f"lessons/{names[place]}") if place < len(names) else ""
    return links


def _texts(one: dict[str, Any], words: Words) -> dict[str, Any]:
    """Words of the page; of the player with the lesson's outcomes in its charts."""
    own = texts(words.language)
    player = player_texts(words) | {
        "first_charts": one["charts"],
        "monitors_shown": one["charts"],
        "monitors": words("lessons.difference_now"),
        "levels": [],
    }
    return words.part("lessons") | {
        "all": own["title"],
        "steps": dict(zip(STEPS, own["steps"], strict=True)),
        "player": player,
        "failures": {k: words(f"explore.{k}") for k in ("busy", "too_long", "failed")},
    }


def _content(one: dict[str, Any], words: Words) -> dict[str, Any]:
    """The lesson's words, its right answers, and the names of its charts."""
    text = texts(words.language)[one["id"]]
    return {k: v for k, v in text.items() if k not in ("aims", "talk", "teacher_answer")} | {
        "id": one["id"],
        "right_option": one["predict"]["right"],
        "right_answer": one["ask"]["right"],
        "charts": [words(f"outcomes.{name}.label") for name in one["charts"]],
        "compares": one["against"] != WITHOUT,
        "try_title": words(f"worlds.{one['try_world']}.title"),
    }
