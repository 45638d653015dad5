"""A real server and Debian's Chromium for the tests of the browser app.

Every page that a test opens fails it on a request to anywhere else, on an HTTP status from 400 on, and
on an uncaught script error. Where Chromium is missing the tests that need it say so and are skipped.
"""

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
NO_CHROMIUM = "no Chromium: the browser tests are skipped (apt-get install chromium)"
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]  # fmt: skip
START_SECONDS = 90
# Held so that it lives as long as the tests; it ends itself when they are over.
STARTED = []


@pytest.fixture(scope="session")
def server_folder(tmp_path_factory):
    """A folder that all test processes of one run share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def server(server_folder):
    """The address of the one server; the first process that needs it starts it."""
    written = server_folder / "ui-server"
    with (server_folder / "ui-server.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not written.exists():
            written.write_text(start_server(server_folder))
    yield written.read_text()
    for process in STARTED:
        if "PYTEST_XDIST_WORKER" in os.environ:
            # Others may need it still. It ends itself after the last of them, so nobody waits for it, and
            # Python is not to warn of that.
            process.returncode = 0
        else:
            process.terminate()
            process.wait(20)


def start_server(folder):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    everybody = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()
    script = Path(__file__).parent / "serve_for_tests.py"
    root = script.parent.parent.parent
    paths = os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH", "")]))
    environment = {**os.environ, "PYTHONPATH": paths, "ORNOK_SEEDS": "3", "ORNOK_WARM": "0"}
    environment["ORNOK_STUDIES"] = str(folder / "studies")
    (folder / "studies").mkdir()
    with (folder / "ui-server.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, script, str(port), str(everybody), folder / "outside"],
            cwd=root, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    STARTED.append(process)
    address = f"http://127.0.0.1:{port}"
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=2):
                return address
        except (urllib.error.URLError, OSError):
            if process.poll() is not None:
                break
            time.sleep(0.2)
    raise RuntimeError((folder / "ui-server.log").read_text()[-3000:])


@pytest.fixture(scope="session")
def chromium():
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not Path(CHROMIUM).exists():
        pytest.skip(NO_CHROMIUM)
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, server):
    """`visit(path)` opens a page in a session of its own and returns it when the app stands there.

    `status`: the HTTP status of the page itself, where it is to be another than 200.
    """
    contexts, wrong = [], []

    def open_page(path="/", *, language="en", width=1280, height=800, script=None, status=200):
        context = chromium.new_context(
            viewport={"width": width, "height": height}, locale=language, accept_downloads=True
        )
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda one: _check_request(one, server, wrong))
        page.on(
            "response",
            lambda one: (
                wrong.append((one.status, one.url))
                if one.status > 399 and (one.status, one.url) != (status, server + path)
                else 0
            ),
        )
        page.on("pageerror", lambda error: wrong.append(("script error", str(error))))
        if script:
            page.add_init_script(script)
        page.goto(server + path)
        page.wait_for_selector(".ornok .head", timeout=30_000)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not wrong, wrong


def _check_request(request, server, wrong):
    if not request.url.startswith((server, "data:", "blob:")):
        wrong.append(("left the server", request.url))


def wait_for_runs(page, timeout=150_000, within=".player"):
    """Until both runs of the page are whole; the first of all may have to compile the rules."""
    page.wait_for_function(
        f"() => document.querySelector('{within}')?.dataset.state === 'done'", timeout=timeout
    )
