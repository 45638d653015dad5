"""Lessons: the list, one lesson step by step, and the teacher's page, each by its path."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import solara

from experiments.lessons import lessons, texts
from ui import modules
from ui.language import Words, use_words
from ui.pages.lesson import Lesson

PATH = "/lessons"
TEACHER = "teacher"


# All lessons: as a list to choose from, or what a teacher needs of each.
_List = modules.component("lessons", "texts", "lessons", "teacher", "notice", "event_open")


@solara.component
def Page() -> None:
    """The page that the path names; what nobody knows is the list, with a notice."""
    words = use_words()
    router = solara.use_router()
    asked = router.parts[1] if len(router.parts) > 1 else ""
    one = next((one for one in lessons() if one["id"] == asked), None)
    if one is not None:
        raw = dict(parse_qsl(router.search or ""))
        Lesson(one, raw).key(f"lesson {asked}")
        return
    known = asked in ("", TEACHER)
    _List(
        texts=_texts(words),
        lessons=[_listed(one, words) for one in lessons()],
        teacher=asked == TEACHER,
        notice="" if known else words("lessons.no_lesson", asked=asked[:40]),
        event_open=lambda path: router.push(str(path)),
    ).key("list")


def _texts(words: Words) -> dict[str, Any]:
    """The lessons' own words and those of the page."""
    own = texts(words.language)
    names = ("title", "lead", "steps", "teacher", "teacher_lead", "aims", "time", "answers", "talk")
    return {name: own[name] for name in (*names, "claims", "mechanism")} | {
        "page": words.part("lessons")
    }


def _listed(one: dict[str, Any], words: Words) -> dict[str, Any]:
    own = texts(words.language)
    text = own[one["id"]]
    return {
        "id": one["id"],
        "path": f"{PATH}/{one['id']}",
        "title": text["title"],
        "question": text["question"],
        "minutes": own["minutes"].format(minutes=one["minutes"]),
        "aims": text["aims"],
        "talk": text["talk"],
        "predict": _answered(text["predict"], text["options"], one["predict"]["right"]),
        "ask": _answered(text["ask"], text["answers"], one["ask"]["right"]),
        "why": text["why"],
        "claims": [
            {"id": claim, "name": words(f"lessons.claim_names.{claim}")} for claim in one["claims"]
        ],
        "rule": one["rule"].replace("-", " "),
        "worlds": [words(f"worlds.{one[name]}.title") for name in ("world", "against")],
        "try_world": words(f"worlds.{one['try_world']}.title"),
        "charts": [words(f"outcomes.{name}.label") for name in one["charts"]],
    }


def _answered(question: str, options: list[str], right: int) -> dict[str, Any]:
    return {"question": question, "options": options, "right": right}
