"""Explore's sentences on top: every mixture of clear and not clear reads as whole sentences."""

import itertools
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from playwright._impl._driver import compute_driver_executable

from ui.language import LANGUAGES, read_texts

ASSETS = Path(__file__).parents[2] / "ui" / "assets" / "ornok"
CLEAR, UNCLEAR = (
    {"value": -0.8764, "low": -1.2, "high": -0.5},
    {"value": 0.1, "low": -1.0, "high": 1.2},
)
NOT_CLEAR = {"en": "not clear", "ru": "еясно", "ky": "белгисиз"}
# Each says what changes, or that this is not clear: a sentence without its verb has neither.
VERB = {"en": "changes", "ru": "меняет", "ky": "өзгөрт"}
SCRIPT = """
import { readFileSync } from "node:fs";
import { headlineOf } from "./headline.js";
const asked = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(asked.map((one) => headlineOf(...one))));
"""


def sentences(text):
    return re.findall(r"\S.*?\.(?=\s[^\W\d_]|\s2042|$)", text)


def headlines(asked, folder):
    """The sentences of each, from the browser's own module."""
    node = compute_driver_executable()[0]  # the one that Playwright brings
    for name in ("headline.js", "format.js"):
        shutil.copy(ASSETS / name, folder)
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "ask.js").write_text(SCRIPT)
    done = subprocess.run(
        [node, "ask.js"], input=json.dumps(asked),
        capture_output=True, text=True, cwd=folder, timeout=30, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_every_mixture_is_whole_sentences(tmp_path):
    mixtures = list(itertools.product((False, True), repeat=3))
    asked = []
    for language in LANGUAGES:
        texts, units = read_texts(language)["explore"], read_texts(language)["units"]
        for mixture in mixtures:
            found = [
                {"unit": units[unit], **(CLEAR if clear else UNCLEAR)}
                for unit, clear in zip(("jobs", "kgs_month", "bn_kgs_year"), mixture, strict=True)
            ]
            asked.append([texts, found, True, language])
            one_seed = [{"unit": one["unit"], "value": one["value"]} for one in found]
            asked.append([texts, one_seed, False, language])
    for (texts, found, sure, language), text in zip(asked, headlines(asked, tmp_path), strict=True):
        parts = sentences(text)
        assert " ".join(parts) == text
        if not sure:
            assert parts.pop(0) == texts["headline_one_seed"]
        assert len(parts) == 3
        for part, one in zip(parts, found, strict=True):
            assert part[0].isupper() or part.startswith("2042")
            assert not part.endswith("..")
            assert "{" not in part
            unclear = sure and one["low"] < 0 < one["high"]
            assert (NOT_CLEAR[language] in part) == unclear
            assert unclear or VERB[language] in part


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_text_stands_alone(language):
    """Also without node: what is joined are sentences, with a capital letter or a year first."""
    texts = read_texts(language)["explore"]
    every = [texts["headline_one_seed"]]
    every += [one[kind] for one in texts["headline_parts"] for kind in ("text", "unclear")]
    for text in every:
        assert text[0].isupper() or text.startswith("2042")
        assert text.endswith(".")
        assert not text.endswith("..")
