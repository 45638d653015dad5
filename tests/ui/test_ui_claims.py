"""Claims: the stored answers in all languages, without a browser."""

import string
import tomllib
from pathlib import Path

import pytest

from experiments.claims.stored import committed, is_of_this_code
from experiments.claims.table_file import read_table
from experiments.claims.words import catalogue
from model import load_pack
from ui.claim_props import LESSONS, NEAREST, claim_props
from ui.claim_words import ClaimWords, read_claim_texts, translation
from ui.language import Words, read_texts

LESSON_LIST = Path(__file__).parents[2] / "experiments" / "lessons" / "lessons.toml"


def placeholders(text):
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)


@pytest.mark.parametrize("language", ["ru", "ky"])
def test_every_text_of_the_claims_is_translated(language):
    known = catalogue(read_table())
    for key, english in known.items():
        found = translation(language, key, english)
        assert found, (key, english)
        assert placeholders(found) == placeholders(english), key
    asked = {key.removeprefix("claims.") for key in known}
    for part, table in read_claim_texts(language).items():  # and nothing that nobody asks for
        if part.startswith("C") and isinstance(table, dict):
            for key, value in table.items():
                names = (
                    [f"{part}.{key}.{k}" for k in value]
                    if isinstance(value, dict)
                    else [f"{part}.{key}"]
                )
                assert set(names) <= asked


def test_english_is_put_together_as_the_answers_say_it():
    said = ClaimWords(Words("en"))
    for one in committed().claims:
        assert said.flip(one.flip) == one.flip.text.en
        assert said.reason(one, one.reason) == one.reason.en
        assert said.text(one.statement, margin=said.number(one.margin.value)) == one.statement.en


def strings(value):
    """Every string in what the page is given."""
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from strings(one)
    elif isinstance(value, str):
        yield value


@pytest.mark.parametrize("language", ["en", "ru", "ky"])
def test_no_sentence_ends_twice(language):
    shown = claim_props(Words(language))
    assert not [text for text in strings(shown) if ".." in text]
    # The page itself sets the stop behind these.
    assert not [one["id"] for one in shown["claims"] if one["flip"].endswith(".")]


@pytest.mark.parametrize("language", ["ru", "ky"])
def test_no_english_is_left_on_the_page(language):
    shown = claim_props(Words(language))
    for one in shown["claims"]:
        texts = [
            one[k]
            for k in ("name", "quote", "statement", "reason", "flip", "why", "margin", "effect")
        ]
        texts += one["limits"] + [row["words"] for row in one["beside"]]
        for text in texts:
            plain = (
                text.replace("docs/local_content.md", "").replace("plan", "").replace("volume", "")
            )
            assert not any("a" <= letter <= "z" for letter in plain.replace("(p =", "")), text
    assert "," in shown["claims"][0]["effect"]


def test_answers_of_other_code_are_said_to_be_so():
    made = committed().made
    assert not is_of_this_code(made.model_copy(update={"code": "0"}))
    assert not is_of_this_code(made.model_copy(update={"pack": "atlantis"}))
    from experiments.study_plan import code_version

    now = {"code": code_version(), "pack_hash": load_pack(made.pack).digest}
    assert is_of_this_code(made.model_copy(update=now))


def test_lessons_and_worlds_that_are_linked_exist():
    lessons = tomllib.loads(LESSON_LIST.read_text(encoding="utf-8"))["lesson"]
    wanted = {}
    for lesson in lessons:
        for claim in lesson["claims"]:
            wanted[claim] = (*wanted.get(claim, ()), lesson["id"])
    assert wanted == LESSONS
    texts = read_texts("en")
    made = {one.name: one.title for one in read_table().worlds}
    assert texts["claims"]["worlds"] == made
    for one in claim_props(Words("en"))["claims"]:
        assert set(one["worlds"]) <= set(made) | set(texts["worlds"])
        assert one["links"].get("compare"), one["id"]
        assert ("explore" in one["links"]) == (one["id"] not in NEAREST)
