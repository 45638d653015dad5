"""Studies: the folders of `ornok study` that this server shows: how far, what came out, what mattered."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import solara

from ui import modules
from ui.language import Words, use_words
from ui.study_list import folder_of, listed, root
from ui.study_request import StudyRequest, study_request
from ui.use_asked import MOST_SHOWN, named
from ui.use_stage import use_stage

# The page; what is read reaches it as a message (`ui/study_reader.py`).
_Studies = modules.component(
    "studies",
    "texts",
    "locale",
    "studies",
    "chosen",
    "notice",
    "event_ready",
    "event_choose",
    "event_open",
)


def wish(raw: Any) -> dict[str, Any]:
    """What a visitor wishes to see: a name, an outcome, a point; of other kinds nothing."""
    given = raw if isinstance(raw, dict) else {}
    kinds = {"study": str, "outcome": str, "point": int, "again": int}
    return {
        name: given[name]
        for name, kind in kinds.items()
        if isinstance(given.get(name), kind) and not isinstance(given.get(name), bool)
    }


def request_for(asked: dict[str, Any]) -> StudyRequest | None:
    """The request for a wish, if its name is on the list of this server."""
    place = root()
    folder = folder_of(asked.get("study"), place)
    if folder is None or place is None:
        return None
    return study_request(folder, place, asked.get("outcome"), asked.get("point"))


@solara.component
def Page() -> None:
    """The page."""
    words = use_words()
    router = solara.use_router()
    link = {name: values[0] for name, values in parse_qs(router.search or "").items()}
    link["study"] = named(router, "study")
    asked, set_asked = solara.use_state(wish(link))
    studies = solara.use_memo(lambda: listed(root()), [asked])
    request = solara.use_memo(lambda: request_for(asked), [asked])
    ready, told = use_stage({} if request is None else {"study": request}, request)
    unknown = asked.get("study", "") if request is None else ""
    element = _Studies(
        texts=_texts(words),
        locale=words.language,
        studies=[one._asdict() for one in studies],
        chosen=asked.get("study", "") if request is not None else "",
        notice=words("studies.no_study", asked=unknown[:MOST_SHOWN]) if unknown else "",
        event_ready=ready,
        event_choose=lambda raw: set_asked(wish(raw)),
        event_open=lambda path: router.push(str(path)),
    )
    told(element)


def _texts(words: Words) -> dict[str, Any]:
    return words.part("studies") | {
        "chart": words.part("chart"),
        "labels": {name: one["label"] for name, one in words.part("outcomes").items()},
        "worlds": {name: one["title"] for name, one in words.part("worlds").items()},
        "failures": {k: words(f"explore.{k}") for k in ("busy", "too_long", "failed")},
    }
