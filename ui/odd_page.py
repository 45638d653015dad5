"""The model's description as safe HTML, section by section.

No text of a visitor is in it. HTML inside the page is shown as text, links to anything but this page and the
web are plain words: what comes out holds no tag and no address that is not made here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from experiments.odd_tables import PAGE

_COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)
_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Section:
    """A section of the description: its title and its HTML."""

    title: str
    html: str


@cache
def sections() -> tuple[Section, ...]:
    """All sections in order; the first is what stands before the first heading."""
    text = _COMMENT.sub("", PAGE.read_text(encoding="utf-8"))
    starts = [0, *(found.start() for found in _HEADING.finditer(text)), len(text)]
    pieces = [text[a:b].rstrip().removesuffix("---") for a, b in pairwise(starts)]
    render = _renderer()
    return tuple(
        Section(_title(piece), render.render(piece, {"section": number}))
        for number, piece in enumerate(pieces)
    )


@cache
def anchors() -> dict[str, int]:
    """Which section an address inside the page (`#7-submodels`) is in."""
    found: dict[str, int] = {}
    for number, section in enumerate(sections()):
        for name in re.findall(r' id="odd-([^"]+)"', section.html):
            found.setdefault(name, number)
    return found


def _title(piece: str) -> str:
    first = next((line for line in piece.splitlines() if line.startswith("#")), "")
    return first.lstrip("#").strip()


def slug(heading: str) -> str:
    """The address of a heading, as GitHub makes it."""
    kept = re.sub(r"[^\w\- ]", "", heading.lower().replace("`", ""))
    return kept.strip().replace(" ", "-")


def _renderer() -> MarkdownIt:
    """Markdown without HTML; tables that can be scrolled by keyboard, headings with addresses."""
    render = MarkdownIt("commonmark", {"html": False}).enable("table")
    render.core.ruler.push("ours", _ours)

    opened = (
        '<div class="wide" tabindex="0" role="region" aria-label="table"><table class="plain">\n'
    )
    render.add_render_rule("table_open", lambda *_: opened)
    render.add_render_rule("table_close", lambda *_: "</table></div>\n")
    return render


def _ours(state: Any) -> None:
    """Give headings addresses and code blocks a place for the keyboard; keep only links that lead somewhere."""
    tokens: list[Token] = state.tokens
    for before, token in zip([None, *tokens], tokens):
        if before is not None and before.type == "heading_open":
            before.attrSet("id", f"odd-{slug(token.content)}")
        if token.type in ("heading_open", "heading_close") and token.tag == "h1":
            token.tag = "h2"  # the page has a first heading of its own
        if token.type in ("fence", "code_block"):
            token.attrSet("tabindex", "0")
        if token.type == "inline":
            token.children = _links(token.children or [])


def _links(children: list[Token]) -> list[Token]:
    kept: list[Token] = []
    dropped = False
    for one in children:
        if one.type == "link_open":
            href = str(one.attrGet("href") or "")
            dropped = not href.startswith(("#", "https://", "http://"))
            if not dropped and not href.startswith("#"):
                one.attrs |= {"target": "_blank", "rel": "noopener noreferrer"}
        if one.type == "image" or (dropped and one.type in ("link_open", "link_close")):
            continue
        kept.append(one)
    return kept
