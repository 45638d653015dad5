"""Whose life is asked for, and in which two worlds: what a link to Follow says, within bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from ui.life import FIRM_KIND, WORKER_KIND
from ui.pages.compare import ask_two
from ui.question import FIRST_WORLD, Correction, Question, ask
from ui.run_request import RunRequest

PATH = "/follow"
_MOST = 2**64


@dataclass(frozen=True)
class Worlds:
    """The two worlds that are lived in: one question with and without the plant, or two questions."""

    a: Question
    b: Question
    compared: bool
    query: str

    def requests(self, detail: str, whom: str = "") -> dict[str, RunRequest]:
        """The runs of both."""
        one = self.a.request(plant=True, detail=detail)
        other = self.b.request(plant=self.compared, detail=detail)
        return {"a": replace(one, whom=whom), "b": replace(other, whom=whom)}

    def link(self, whom: str = "") -> str:
        """The page on these worlds, of one life or of all."""
        kind, _, identity = whom.partition(" ")
        query = "&".join(filter(None, [self.query, f"{kind}={identity}" if whom else ""]))
        return f"{PATH}?{query}" if query else PATH


def worlds_of(
    raw: Mapping[str, Any], known: tuple[Question, list[Correction]] | None
) -> tuple[Worlds, list[Correction]]:
    """The worlds of a link; without any, those that were asked for on Explore in this session.

    A world without a plant becomes the first one with it.
    """
    if "a" in raw or "b" in raw:
        two, corrections = ask_two(raw)
        return Worlds(two.a, two.b, True, urlencode(two.to_query())), corrections
    if not raw and known is not None:
        raw = known[0].to_query()
    question, corrections = ask(raw)
    if not question.has_plant:  # nothing to be with or without
        corrections.append(Correction("world", question.world, FIRST_WORLD))
        question, _ = ask({**raw, "world": FIRST_WORLD})
    return Worlds(question, question, False, urlencode(question.to_query())), corrections


def whom_of(raw: Mapping[str, Any]) -> tuple[str, str]:
    """Whose life ("worker 17", "firm 17", "" for none), and what was asked for that is nobody's."""
    for kind in (WORKER_KIND, FIRM_KIND):
        if kind in raw:
            identity = identity_of(str(raw[kind]))
            if identity is None:
                return "", str(raw[kind])[:40]
            return f"{kind} {identity}", ""
    return "", ""


def identity_of(text: str) -> int | None:
    """An identity as a number, or as the browser writes it (two halves of 32 bits, "3f-2a")."""
    high, dash, low = text.strip().partition("-")
    try:
        if dash:
            halves = int(high, 16), int(low, 16)
            if not all(0 <= half < 2**32 for half in halves):
                return None
            return halves[0] * 2**32 + halves[1]
        number = int(high) if high.isascii() and high.isdecimal() else -1
    except ValueError:
        return None
    return number if 0 <= number < _MOST else None
