"""Explore: move a lever, and twenty years stand there with the plant and without it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

import solara

from model.worlds import period_of
from ui import modules
from ui.band import SEEDS, PairOfSeed, SeedBand
from ui.command_line import command_of
from ui.jobs import the_jobs
from ui.language import Words, use_words
from ui.lever_texts import lever_props, notices_of, setup_props
from ui.map_shapes import map_of
from ui.question import Correction, Question, ask
from ui.run_request import HORIZON, SERIES
from ui.shown_outcomes import as_props
from ui.stage import Stage
from ui.staging import use_stage

# One value a visitor: Solara keeps module-level reactive values apart by session.
asked: solara.Reactive[Question | None] = solara.reactive(None)
corrected: solara.Reactive[list[Correction]] = solara.reactive([])


@solara.component_vue(esm_module=modules.define("explore"))
def _Explore(
    texts: dict[str, Any],
    locale: str,
    levers: list[dict[str, Any]],
    setup: dict[str, Any],
    notices: list[str],
    outcomes: list[dict[str, Any]],
    map: dict[str, Any],  # noqa: A002  # the component's own word
    shocks: list[dict[str, Any]],
    query: str,
    command: str,
    event_ready: Callable[[Any], None],
    event_ask: Callable[[Any], None],
    event_open: Callable[[str], None],
) -> None:
    """The page; runs and bands reach it as messages (`assets/ornok/run_store.js`)."""


@solara.component
def Page() -> None:
    """The page."""
    words = use_words()
    router = solara.use_router()
    question = _question_of(router.search)
    stage, widget_of = use_stage()
    band = solara.use_ref(None)

    def show() -> Callable[[], None]:
        stage.show({"a": question.request(plant=True), "b": question.request(plant=False)})
        band.current = begin_band(stage, question)
        return band.current.end

    solara.use_effect(show, [question])

    def heard(raw: Any) -> None:
        if isinstance(raw, dict):
            asked.value, corrected.value = ask(raw)

    def again(_: Any) -> None:
        stage.ready()
        if band.current is not None:
            band.current.end()
        band.current = begin_band(stage, question)

    element = _Explore(
        texts=page_texts(words),
        locale=words.language,
        levers=lever_props(question, words),
        setup=setup_props(question, words),
        notices=notices_of(corrected.value, words),
        outcomes=as_props(words),
        map=map_of(question.pack) | {"names": words.part("regions")},
        shocks=shocks_of(question, words),
        query=urlencode(question.to_query()),
        command=command_of(question),
        event_ready=again,
        event_ask=heard,
        event_open=lambda path: router.push(str(path)),
    )
    widget_of(element)


def _question_of(search: str | None) -> Question:
    """What was asked in this session, else what the link asks."""
    question = asked.value
    first = solara.use_ref(True)
    if question is None or (first.current and search):
        question, corrections = ask(dict(parse_qsl(search or "")))
        asked.value, corrected.value = question, corrections
    first.current = False
    return question


def begin_band(stage: Stage, question: Question) -> SeedBand:
    """Ask for the other seeds; the first is the one that is looked at."""
    seeds = range(question.seed, question.seed + SEEDS)
    detail = {seed: SERIES for seed in seeds}
    pairs = [
        PairOfSeed(
            *(
                question.request(plant=plant, seed=seed)
                if seed == question.seed
                else question.request(plant=plant, seed=seed, detail=detail[seed])
                for plant in (True, False)
            )
        )
        for seed in seeds
    ]
    stage.say("band", None)
    return SeedBand(the_jobs(), pairs, lambda band: stage.say("band", band))


def page_texts(words: Words) -> dict[str, Any]:
    """All texts that the page's components need."""
    texts = words.part("explore")
    return texts | {
        "levers": words.part("lever_panel"),
        "share": words.part("share"),
        "player": player_texts(words),
    }


def player_texts(words: Words) -> dict[str, Any]:
    """The texts of the player, with names of regions, sectors and parts."""
    return words.part("player") | {
        "months": words.part("common")["months"],
        "sectors": words.part("sectors"),
        "parts": words.part("parts"),
        "groups": words.part("outcome_groups"),
        "chart": words.part("chart"),
    }


def shocks_of(question: Question, words: Words) -> list[dict[str, Any]]:
    """Dated events of the world, for the clock: month and what it is."""
    return [
        {"month": period_of(one.date), "text": ", ".join(one.values)}
        for one in question.with_plant.events
        if 0 <= one.period < HORIZON
    ]
