"""What a visitor sees when something fails: a sentence, and never a trace."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FAILING = """
import ipywidgets, solara
from solara.server import kernel_context, kernel
from ui.failures import guarded

@solara.component
def Page():
    raise ValueError("a secret of the server")

box, context = solara.render(guarded(Page)(), handle_error=False)

def texts(widget):
    children = getattr(widget, "children", None) or []
    return [one for child in children for one in ([child] if isinstance(child, str) else texts(child))]

print(" ".join(texts(box)))
"""


def test_a_page_that_fails_leaves_a_sentence_and_a_line_in_the_log():
    done = subprocess.run(
        [sys.executable, "-c", FAILING], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "Something went wrong on this page" in done.stdout
    assert "secret" not in done.stdout
    assert "a secret of the server" in done.stderr


@pytest.mark.parametrize("options", [["--port", "70000"], ["--workers", "0"], ["--port", "eighty"]])
def test_bad_options_end_with_one_message(options):
    done = subprocess.run(
        [sys.executable, "-m", "experiments.cli", "serve", *options],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert options[0] in done.stderr
    assert "Traceback" not in done.stderr


def test_serve_says_what_it_takes():
    done = subprocess.run(
        [sys.executable, "-m", "experiments.cli", "serve", "--help"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert all(name in done.stdout for name in ("--host", "--port", "--name", "--workers"))
