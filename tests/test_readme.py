"""What stands on the first page is true: its result is the stored one, its links lead somewhere."""

import re
from pathlib import Path

import pytest

from experiments import readme_result
from experiments.claims.page import committed

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMPARISON = (ROOT / "docs" / "comparison.md").read_text(encoding="utf-8")


def test_the_result_is_that_of_the_stored_answers():
    assert readme_result.page(README) == README, "python -m experiments.readme_result"
    (jobs,) = [one for one in committed().claims if one.id == readme_result.CLAIM]
    for dose in jobs.doses:
        assert f"{round(dose.high):+,}" in README  # the interval, not only the mean


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_links_lead_somewhere(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)
    assert targets
    assert not [one for one in targets if "://" not in one and not (ROOT / one).exists()]


def test_the_short_comparison_says_nothing_that_the_long_one_does_not():
    table = README[README.index("| system |") : README.index("Read on ")]
    rows = [[cell.strip("* ") for cell in line.split("|")[1:-1]] for line in table.splitlines()]
    long = [
        [cell.strip("* ") for cell in line.split("|")[1:-1]] for line in COMPARISON.splitlines()
    ]
    known = {row[0]: row[1:6] for row in long if len(row) == 7}
    short = {row[0].split(",")[0]: row[1:] for row in rows[2:] if row}
    assert len(short) >= 6
    assert {name: known[name] for name in short} == short


def test_what_we_say_of_ourselves_is_in_files_that_there_are():
    own = COMPARISON[COMPARISON.index("- **Ornok**") : COMPARISON.index("- [BeforeIT")]
    named = re.findall(r"`(tests/\w+\.py)`", own)
    assert len(set(named)) >= 4
    assert not [path for path in named if not (ROOT / path).exists()]
    read = re.findall(r"\[[^\]]+\]\(https://github\.com/[^)]+\) \(`([0-9a-f]{7,8})`\)", COMPARISON)
    assert len(read) >= 8  # whoever doubts a row finds the commit that was read
