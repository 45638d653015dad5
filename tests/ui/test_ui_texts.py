"""Texts: complete and alike in all languages."""

import re
import string

import pytest

from model.measures import outcomes
from ui.language import LANGUAGES, Words, read_texts
from ui.shown_outcomes import other_label, other_outcomes


def leaves(table, path=""):
    """Every text by its place: "part.key", list entries by number."""
    if isinstance(table, dict):
        for key, value in table.items():
            yield from leaves(value, f"{path}.{key}" if path else key)
    elif isinstance(table, list):
        for number, value in enumerate(table):
            yield from leaves(value, f"{path}[{number}]")
    else:
        yield path, table


def placeholders(text):
    return sorted(name for _, name, _, _ in string.Formatter().parse(str(text)) if name)


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != "en"])
def test_every_language_says_everything(language):
    english, other = dict(leaves(read_texts("en"))), dict(leaves(read_texts(language)))
    assert sorted(english) == sorted(other)
    differ = [
        place for place in english if placeholders(english[place]) != placeholders(other[place])
    ]
    assert not differ


@pytest.mark.parametrize("language", ["ru", "ky"])
def test_translations_are_no_copies(language):
    """A sentence that is the same as in English has been forgotten."""
    english, other = dict(leaves(read_texts("en"))), dict(leaves(read_texts(language)))
    same = [
        place
        for place, text in english.items()
        if isinstance(text, str)
        and re.search(r"[a-z]{3,} [a-z]{3,}", text)
        and other[place] == text
    ]
    assert not same


def test_numbers_and_months_as_each_language_writes_them():
    english, russian, kyrgyz = Words("en"), Words("ru"), Words("ky")
    assert english.number(1234567.891, 2) == "1,234,567.89"
    assert russian.number(-1234.5, 1) == "−1\u202f234,5"
    assert kyrgyz.number(0.05, 2) == "0,05"
    assert english.number(-0.001, 1) == "0.0"
    assert english.month("2026-03") == "March 2026"
    assert russian.month("2026-03") == "март 2026"


def test_a_text_that_is_missing_is_named_and_stops_nothing(caplog):
    assert Words("en")("no.such.text") == "no.such.text"
    assert "no.such.text" in caplog.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_chart_of_the_list_has_a_name_and_a_unit(language):
    """In words of the language, each its own, and none left that nobody asks for."""
    words, known = Words(language), outcomes()
    labels = {one.name: other_label(one.name, words) for one in other_outcomes()}
    assert not [name for name, label in labels.items() if label == name.replace("_", " ")]
    assert len(set(labels.values())) == len(labels)
    if language != "en":
        assert all(re.search("[а-яё]", label) for label in labels.values())
    named = set(read_texts(language)["other_outcomes"]) - {"families", "members"}
    assert named <= set(labels)
    assert all(words.has(f"units.{known[name].unit}") for name in labels)
