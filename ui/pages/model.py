"""Model: the description, parameters and data with sources, evidence, limits, versions."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import solara

from model.pack_tables import TABLES
from ui import modules
from ui.language import Words, use_words
from ui.model_props import PARTS, part_props
from ui.odd_page import sections
from ui.run_request import PACKS
from ui.use_asked import MOST_SHOWN, named

_Model = modules.component(
    "model", "texts", "locale", "part", "parts", "content", "notice", "event_choose"
)


def choose(raw: Any, now: dict[str, Any]) -> dict[str, Any]:
    """What is shown after a visitor's wish; whatever is not there stays as it was."""
    given = raw if isinstance(raw, dict) else {}
    allowed = {
        "part": PARTS,
        "pack": PACKS,
        "table": tuple(TABLES),
        "section": range(len(sections())),
    }
    kept = {
        name: given[name]
        for name, choices in allowed.items()
        if isinstance(given.get(name), int | str)
        and not isinstance(given.get(name), bool)
        and given[name] in choices
    }
    return now | kept


@solara.component
def Page() -> None:
    """The page."""
    words = use_words()
    router = solara.use_router()
    asked = {name: values[0] for name, values in parse_qs(router.search or "").items()}
    asked["part"] = named(router, "part")
    start = {"part": PARTS[0], "pack": PACKS[0], "table": "cars.csv", "section": 0}
    chosen, set_chosen = solara.use_state(choose(asked, start))
    unknown, set_unknown = solara.use_state("" if asked["part"] in PARTS else asked["part"])

    def chose(raw: Any) -> None:
        set_unknown("")
        set_chosen(choose(raw, chosen))

    texts = words.part("model") | {
        "chart": words.part("chart"),
        "grades": words.part("lever_panel.grades"),
        "packs": words.part("lever_panel.packs"),
    }
    content = solara.use_memo(
        lambda: part_props(chosen["part"], chosen, words), [words.language, chosen]
    )
    _Model(
        texts=texts,
        locale=words.language,
        part=chosen["part"],
        parts=list(PARTS),
        content=content,
        notice=_notice(unknown, words),
        event_choose=chose,
    )


def _notice(unknown: str, words: Words) -> str:
    """That there is no such part; none if nothing unknown was asked for."""
    if not unknown:
        return ""
    first = words(f"model.parts.{PARTS[0]}")
    return words("model.no_part", asked=unknown[:MOST_SHOWN], used=first)
