"""What a page is asked: by its link when it is opened by one, else what was asked in this session."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, parse_qsl

import solara

MOST_SHOWN = 40


def named(router: solara.routing.Router, name: str) -> str:
    """What an address asks for, by its query `name` or by its path: C5 of /claims?claim=C5 or /claims/C5."""
    by_path = router.parts[1] if len(router.parts) > 1 else ""
    return parse_qs(router.search or "").get(name, [by_path])[0]


def use_asked[Asked](
    kept: solara.Reactive[Asked | None],
    ask: Callable[[Mapping[str, Any]], Asked],
    search: str | None,
) -> Asked:
    """The question of this session, kept in `kept`; `ask` makes one of what a link says."""
    first = solara.use_ref(True)
    known = kept.value
    if known is None or (first.current and search):
        known = kept.value = ask(dict(parse_qsl(search or "")))
    first.current = False
    return known
