"""What the documents call `make ...` is in the Makefile and does what they say."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "model" / "ODD.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_every_target_that_a_page_names_is_there(page):
    text = page.read_text(encoding="utf-8")
    lines = "\n".join(re.findall(r"```sh\n(.*?)```", text, flags=re.DOTALL))
    named = re.findall(r"`make ([a-z]+)", text) + re.findall(r"^make ([a-z]+)", lines, re.MULTILINE)
    assert set(named) <= TARGETS


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
@pytest.mark.parametrize(
    ("words", "runs"),
    [
        (["evidence"], "ornok evidence --save"),
        (["evidence", "QUICK=1"], "ornok evidence --quick"),
        (["slow"], "pytest -q -m evidence"),
        (["claims"], "ornok claims --quick"),
    ],
)
def test_a_target_runs_the_command_of_the_documents(words, runs):
    # `make test` itself hands its own flags on and has the folders printed.
    own = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    told = subprocess.run(
        ["make", "--dry-run", "--no-print-directory", *words],
        cwd=ROOT, env=own, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert told.stdout.splitlines()[-1] == f".venv/bin/{runs}"
