"""Follow: one worker's or one firm's life in both worlds, as a story and a chart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import solara

from ui import modules
from ui.language import Words, use_words
from ui.lever_texts import moved_texts, notices_of
from ui.life import FIRM_KIND, WORKER_KIND, Life, read_life
from ui.life_question import Worlds, whom_of, worlds_of
from ui.lives import Lives, Pick, choose, read_lives
from ui.pages.explore import asked as explored
from ui.run_request import HORIZON, LIFE, LIVES
from ui.stage import DONE
from ui.story import (
    capital,
    month_of,
    place,
    region_name,
    sector_name,
    series,
    statuses,
    story,
)
from ui.whole_runs import Whole, use_whole

# Charts by kind of life, in their order; a plant's know-how is not on its row.
_CHARTS = {
    WORKER_KIND: ("wage", "income"),
    FIRM_KIND: ("staff", "sales", "output", "wage_offer", "knowledge", "quality", "part_sales"),
}
# Charts that are worth a place only if something happens in them: by how much.
_QUIET = {"sales": 1e-6, "output": 1e-6, "knowledge": 0.005, "quality": 0.005, "part_sales": 1e-6}
_OTHERS = 8


# The page: the list of lives, or one of them.
_Follow = modules.component(
    "follow",
    "texts",
    "locale",
    "worlds",
    "notices",
    "state",
    "groups",
    "life",
    "horizon",
    "event_open",
)


@solara.component
def Page() -> None:
    """The page."""
    words = use_words()
    router = solara.use_router()
    raw = dict(parse_qsl(router.search or ""))
    worlds, corrections = worlds_of(raw, explored.value)
    whom, unknown = whom_of(raw)
    life = use_whole(worlds.requests(LIFE, whom) if whom else {})
    lives = {side: read_life(piece) for side, piece in life.pieces.items()} if whom else {}
    lost = bool(lives) and not any(one.found for one in lives.values())
    many = use_whole(worlds.requests(LIVES) if lost or not whom else {})
    notices = notices_of(corrections, words)
    if unknown:
        notices.append(words("follow.no_identity", asked=unknown))
    if lost:
        notices.append(words("follow.not_found", asked=whom.partition(" ")[2]))
    one = bool(whom) and not lost
    _Follow(
        texts=_texts(words),
        locale=words.language,
        worlds=_worlds(worlds, words),
        notices=notices,
        state=(life if one else many).state,
        groups=[] if one else _groups(worlds, many, words),
        life=_life(worlds, lives, words) if one and lives else None,
        horizon=HORIZON,
        event_open=lambda path: router.push(str(path)),
    )


# --- What is shown ----------------------------------------------------------------------------------


def _texts(words: Words) -> dict[str, Any]:
    own = words.part("follow")
    names = ("title", "lead", "lives", "all_lives", "worlds", "change", "change_two", "waiting")
    rest = (
        "no_lives",
        "story",
        "both",
        "not_here",
        "chance",
        "lanes",
        "others",
        "charts",
        "lane_names",
    )
    return {name: own[name] for name in (*names, *rest, "corrected")} | {
        "chart": words.part("chart"),
        "months": words.part("common")["months"],
        "failures": {k: words(f"explore.{k}") for k in ("busy", "too_long", "failed")},
    }


def _worlds(worlds: Worlds, words: Words) -> dict[str, Any]:
    """The names of the two, what was moved in them, and where they can be changed."""
    names = words.part("follow")["two"]
    sides = {}
    for side, question in (("a", worlds.a), ("b", worlds.b)):
        title = words(f"worlds.{question.world}.title")
        sides[side] = {
            "name": f"{side.upper()}: {title}" if worlds.compared else names[side],
            "moved": moved_texts(question, words),
        }
    page = "compare" if worlds.compared else "explore"
    back = f"/{page}?{worlds.query}" if worlds.query else f"/{page}"
    title = "" if worlds.compared else words(f"worlds.{worlds.a.world}.title")
    return {
        "sides": sides, "compared": worlds.compared, "title": title, "back": back,
        "list": worlds.link(), "seed": worlds.a.seed,
    }  # fmt: skip


def _phrases(worlds: Worlds, words: Words) -> dict[str, str]:
    """What to call each world inside a sentence."""
    prefix = "world_" if worlds.compared else ""
    return {side: words(f"follow.here.{prefix}{side}") for side in ("a", "b")}


def _groups(worlds: Worlds, found: Whole, words: Words) -> list[dict[str, Any]]:
    """Lives to choose from, people and firms."""
    if found.state != DONE or not found.pieces:
        return []
    a, b = (read_lives(found.pieces[side]) for side in ("a", "b"))
    picks = choose(a, b)
    return [
        {
            "title": words(f"follow.{group}"),
            "lives": [_pick(one, worlds, a, words) for one in picks if one.kind == kind],
        }
        for group, kind in (("people", WORKER_KIND), ("firms", FIRM_KIND))
    ]


def _pick(one: Pick, worlds: Worlds, lives: Lives, words: Words) -> dict[str, Any]:
    month = month_of(one.month, words) if one.month >= 0 else ""
    phrases = _phrases(worlds, words)
    name = words("follow.who.worker")
    if one.kind == FIRM_KIND:
        name = _firm_name(one, lives, words)
    elif one.why in ("stayed", "left"):
        name = words(f"follow.who.{one.why}")
    why = words(
        f"follow.why.{one.why}",
        months=words.number(one.months),
        month=month,
        here=phrases[one.side],
        there=phrases["b" if one.side == "a" else "a"],
    )
    path = worlds.link(f"{one.kind} {one.identity}")
    # Some sentences begin with the world's phrase.
    return {"path": path, "name": name, "why": capital(why)}


def _firm_name(one: Pick, lives: Lives, words: Words) -> str:
    if one.identity in lives.plants:
        title = lives.head["plants"][lives.plants.index(one.identity)]["title"]
        return str(title).partition(" (")[0]
    name = f"{sector_name(lives.head, one.sector, words)}, {region_name(lives.head, one.region, words)}"
    return capital(name)


def _life(worlds: Worlds, lives: dict[str, Life], words: Words) -> dict[str, Any]:
    some = next(one for one in lives.values() if one.found)
    told = story(lives, _phrases(worlds, words), words)
    scale = int(some.head["scale"])
    agent = "plant" if some.plant_of(some.identity) >= 0 else some.kind
    marks = [
        {"month": one["opening"], "text": words("player.opening")}
        for one in lives["a"].head["plants"]
        if 0 <= one["opening"] < HORIZON
    ]
    return told | {
        "kind": some.kind,
        "identity": str(some.identity),
        "note": words(f"follow.scale_{agent}", n=words.number(scale)) if scale > 1 else "",
        "spells": {side: statuses(one) for side, one in lives.items()},
        "series": {side: series(one) for side, one in lives.items() if one.found},
        "outcomes": _outcomes(lives, some, words),
        "others": _others(worlds, lives, words),
        "marks": marks,
        "link": worlds.link(f"{some.kind} {some.identity}"),
    }


def _outcomes(lives: dict[str, Life], some: Life, words: Words) -> list[dict[str, Any]]:
    """The charts; what hardly moves and is alike in both worlds is left out of those of `_QUIET`."""
    columns = [series(one) for one in lives.values()]
    shown = []
    for name in _CHARTS[some.kind]:
        values = [v for one in columns for v in one[name] if v is not None]
        if values and (name not in _QUIET or max(values) - min(values) >= _QUIET[name]):
            texts = {k: words(f"follow.numbers.{name}.{k}") for k in ("label", "unit", "help")}
            shown.append({"name": name, **texts})
    return shown


def _others(worlds: Worlds, lives: dict[str, Life], words: Words) -> list[dict[str, str]]:
    """Lives that this one has touched: employers and own firms; founder and staff of a firm."""
    found: dict[str, str] = {}
    for side, life in lives.items():
        if life.kind == WORKER_KIND:
            pairs = _places(life, words)
        else:
            pairs = _people(life, _phrases(worlds, words)[side], words)
        for whom, text in pairs:
            found.setdefault(whom, text)
    return [
        {"path": worlds.link(whom), "text": text} for whom, text in list(found.items())[:_OTHERS]
    ]


def _places(life: Life, words: Words) -> Iterator[tuple[str, str]]:
    """Own firms and employers of a worker, with the month in which they were first."""
    for name, text in (("owns", "own"), ("employer", "employer")):
        column = life.columns[name]
        for who in life.firms:
            months = np.flatnonzero(column == np.uint64(who))
            if len(months):
                month = month_of(int(months[0]), words)
                yield (
                    f"firm {who}",
                    words(f"follow.{text}", place=place(life, who, words), month=month),
                )


def _people(life: Life, here: str, words: Words) -> Iterator[tuple[str, str]]:
    """The founder of a firm, where the founder came from, and who has been on its staff the longest."""
    if life.people["founder"]:
        yield f"worker {life.people['founder']}", words("follow.founder")
    if parent := life.facts.get("parent"):
        yield f"firm {parent}", words("follow.parent", place=place(life, int(parent), words))
    for who in life.people["staff"][:1]:
        yield f"worker {who}", words("follow.staff", here=here)
