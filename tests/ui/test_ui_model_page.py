"""Model: the description as safe HTML, tables, evidence, limits; without a browser."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from experiments.evidence import page as evidence
from experiments.evidence.record import KINDS
from experiments.evidence.runs import code_version
from experiments.evidence.targets import TITLES
from experiments.odd_tables import PAGE
from model import load_pack
from model.pack_tables import TABLES
from ui import model_props
from ui.language import Words, read_texts
from ui.model_props import PARTS, evidence_props, part_props, read_evidence_texts, stored_evidence
from ui.odd_page import _renderer, anchors, sections, slug
from ui.pages.model import choose

ROOT = Path(__file__).parents[2]
TAGS = {
    "h2",
    "h3",
    "p",
    "ul",
    "ol",
    "li",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "a",
    "code",
    "pre",
    "em",
    "strong",
    "div",
    "hr",
    "blockquote",
    "br",
}
ATTRIBUTES = {"id", "href", "class", "tabindex", "role", "aria-label", "target", "rel", "style"}


class Seen(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.attributes, self.addresses = set(), set(), set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses |= {value for name, value in attrs if name == "href"}
        styles = {value for name, value in attrs if name == "style"}
        assert styles <= {"text-align:left", "text-align:right", "text-align:center"}


def seen(html):
    parser = Seen()
    parser.feed(html)
    return parser


def test_the_description_is_whole_and_holds_nothing_foreign():
    found = seen("".join(one.html for one in sections()))
    assert found.tags <= TAGS
    assert found.attributes <= ATTRIBUTES
    headings = re.findall(r"^##+ (.+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert {slug(one) for one in headings} <= set(anchors())
    assert all(one.startswith(("#", "https://", "http://")) for one in found.addresses)
    assert {one[1:] for one in found.addresses if one.startswith("#")} <= set(anchors())


@pytest.mark.parametrize(
    "text",
    ["<script>x</script>", "<img src=x onerror=y>", "[x](javascript:y)", "![x](https://e.example/y.png)",
     "[x](../../etc/passwd)", "<a href='https://e.example' onclick='y'>x</a>", "[x](data:text/html,y)"],
)  # fmt: skip
def test_html_and_addresses_of_other_kinds_are_plain_words(text):
    found = seen(_renderer().render(text))
    assert found.tags <= {"p", "a"}
    assert found.addresses == set()


def test_every_part_stands_in_every_language():
    chosen = {"section": 1, "pack": "valley", "table": "rates.csv"}
    for language in ("en", "ru", "ky"):
        for part in PARTS:
            assert part_props(part, chosen, Words(language))


def test_parameters_and_tables_are_the_packs():
    chosen = {"section": 0, "pack": "kyrgyzstan", "table": "cars.csv"}
    shown = part_props("parameters", chosen, Words("en"))
    known = load_pack("kyrgyzstan").params().describe()
    assert [one["name"] for one in shown["rows"]] == [one.name for one in known]
    assert sum(one["n"] for one in shown["grades"]) == len(known)
    data = part_props("data", chosen, Words("en"))
    assert [one["name"] for one in data["tables"]] == list(TABLES)
    for one in data["tables"]:
        assert sum(grade["n"] for grade in one["grades"]) == one["rows"], one["name"]
    texts = read_texts("en")["model"]
    assert set(texts["tables"]) == {name.removesuffix(".csv") for name in TABLES}


def test_evidence_hides_no_failure():
    stored, shown = stored_evidence(), evidence_props(Words("en"))
    assert [one["name"] for one in shown["targets"]] == list(stored["targets"])
    for one in shown["targets"]:
        rows = stored["targets"][one["name"]]["rows"]
        assert [row["word"] for row in one["rows"]] == [row["word"] for row in rows]
        assert one["word"] == evidence.target_word(stored["targets"][one["name"]])
    texts = read_texts("en")["model"]
    assert set(texts["targets"]) == set(TITLES)
    assert set(KINDS) <= set(texts["labels"])
    labels = {row["label"] for one in shown["targets"] for row in one["rows"]}
    assert labels <= set(texts["labels"])


def test_the_comparison_is_of_this_code_or_says_so(monkeypatch):
    stored = stored_evidence()
    for code, current in ((code_version(), True), ("0123", False)):
        targets = {name: {**one, "code": code} for name, one in stored["targets"].items()}
        monkeypatch.setattr(
            model_props, "stored_evidence", lambda t=targets: {**stored, "targets": t}
        )
        assert evidence_props(Words("en"))["current"] is current


def test_a_plan_that_did_not_happen_is_no_miss_and_billions_are_billions():
    record = {one["what"]: one for one in evidence_props(Words("en"))["record"]}
    assert record["cars a year announced, stage 1"]["holds"] is None
    sent = record["remittances, KGS of 2024"]
    assert (sent["unit"], sent["recorded"]) == ("bn KGS a year", "261 (230 – 370)")
    assert sent["model"].startswith("2")


def test_what_travels_with_the_package_is_what_the_documents_say():
    kept = evidence.KEPT.read_bytes()
    assert kept == (evidence.DOCS / evidence.STORED).read_bytes(), (
        "ornok evidence --save writes both"
    )
    said = " ".join((ROOT / "docs" / "limits.md").read_text(encoding="utf-8").split())
    said = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", said).replace("*Not clear*", "“Not clear”")
    for one in read_texts("en")["limits"]["limits"]:
        assert f"**{one['title']}** {one['text']}" in said
    assert said.count("**") == 2 * len(read_texts("en")["limits"]["limits"])


@pytest.mark.parametrize(
    "raw", [None, 3, [], {"part": "x"}, {"pack": "../valley"}, {"table": "../pack.csv"}, {"section": 10**9},
            {"section": -1}, {"section": True}, {"part": ["odd"]}, {"table": {"a": 1}}],
)  # fmt: skip
def test_what_is_not_there_cannot_be_chosen(raw):
    now = {"part": "odd", "pack": "valley", "table": "cars.csv", "section": 0}
    assert choose(raw, now) == now
    assert choose({"part": "data", "section": 2}, now) == now | {"part": "data", "section": 2}


@pytest.mark.parametrize("language", ["ru", "ky"])
def test_every_row_of_the_evidence_has_words(language):
    stored, texts = stored_evidence(), read_evidence_texts(language)
    rows = [row for one in stored["targets"].values() for row in one["rows"]]
    assert {row["row"] for row in rows} <= set(texts["row"])
    assert {row["unit"] for row in [*rows, *stored["record"]]} <= set(texts["unit"])
    assert {one["what"] for one in stored["record"]} <= set(texts["record"])
    for one in evidence_props(Words(language))["targets"]:
        assert not any(
            word in row["band"] for row in one["rows"] for word in ("above", "below", "to")
        )
