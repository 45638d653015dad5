"""What a visitor sees when something fails: a sentence, and never a trace."""

import http.client
import os
import socket
import subprocess
import sys
import time
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


def test_plain_solara_serves_the_same_behind_the_same_guard():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "solara",
        "run",
        "server.py",
        "--no-check-version",
        "--no-open",
    ]
    process = subprocess.Popen(
        [*command, "--port", str(port)], cwd=ROOT, env={**os.environ, "ORNOK_WARM": "0"},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        until = time.monotonic() + 60
        while status(port) != 200:
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.2)
        assert status(port, "/explore") == 200
        assert status(port, host="evil.example") == 400
        assert status(port, "/_solara/cdn/lodash@4.17.21/lodash.js") == 404
    finally:
        process.terminate()
        process.wait(20)


def status(port, path="/", host="127.0.0.1"):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers={"Host": host})
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()
