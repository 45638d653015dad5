"""How fast the app answers, on a quiet machine: against the figures to reach.

    python -m ui.measure                 # some three minutes; needs Chromium and playwright
    python -m ui.measure --soak 1000     # also that many visits, and what memory they leave (ui/soak.py)

Starts a server of its own, drives it with one headless Chromium, prints one table. Everything is
warm, as it is for a visitor: the workers have run before, and the first question has been asked.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from ui.soak import resident

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
REPEATS = 5
PLAY_SECONDS = 6.0
SESSIONS = 30
DONE = "() => document.querySelector('.player')?.dataset.state === 'done'"
TIMES = "() => window.ornokTimes && window.ornokTimes.all !== null ? JSON.stringify(window.ornokTimes) : null"
# Frames that the browser draws, counted by itself.
COUNT_FRAMES = """(seconds) => new Promise((done) => {
  let frames = 0; const begun = performance.now();
  const step = (now) => { frames += 1; now - begun < 1000 * seconds ? requestAnimationFrame(step) : done(1000 * frames / (now - begun)); };
  requestAnimationFrame(step);
})"""


class Figure(NamedTuple):
    """One line of the table: what, measured, the most (or, if `at_least`, the least) to reach, unit."""

    what: str
    value: float
    reach: float
    unit: str
    at_least: bool = False

    @property
    def reached(self) -> bool:
        """Whether it is good enough."""
        return self.value >= self.reach if self.at_least else self.value <= self.reach


@contextmanager
def serving() -> Iterator[tuple[str, int]]:
    """A server of its own: address and process id."""
    port = free_port()
    command = [sys.executable, "-m", "experiments.cli", "serve", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address)
        yield address, process.pid
    finally:
        process.terminate()
        process.wait(20)


def _status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return int(answer.status)
    except OSError:
        return 0


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(address: str, seconds: float = 60.0) -> None:
    """Until the server there answers. Raises TimeoutError."""
    end = time.monotonic() + seconds
    while _status(address + "/readyz") != 200:
        if time.monotonic() > end:
            raise TimeoutError("the server did not answer")
        time.sleep(0.1)


def answers(page: Any, address: str, pack: str) -> dict[str, float]:
    """Seconds from a lever moved to the first months and to all twenty years of both worlds; medians."""
    page.goto(f"{address}/explore?pack={pack}")
    page.wait_for_function(DONE, timeout=400_000)
    page.wait_for_function(
        "() => document.querySelector('.band-state')?.textContent", timeout=120_000
    )
    page.wait_for_timeout(1000)
    found = []
    for fee in range(1, REPEATS + 1):
        page.locator("#lever-import_fee").fill(str(20_000 * fee))
        page.wait_for_function(f"() => location.search.includes('import_fee={20_000 * fee}')")
        found.append(json.loads(page.wait_for_function(TIMES, timeout=120_000).json_value()))
    return {
        name: statistics.median(one[name] for one in found) / 1000.0 for name in ("first", "all")
    }


def band_seconds(page: Any, address: str, pack: str) -> float:
    """Seconds from a lever moved to the interval over all seeds."""
    page.goto(f"{address}/explore?pack={pack}")
    page.wait_for_function(DONE, timeout=400_000)
    page.wait_for_timeout(500)
    begun = time.monotonic()
    page.locator("#lever-devaluation").evaluate("(one) => { one.closest('details').open = true; }")
    page.locator("#lever-devaluation").fill("20")
    page.wait_for_function("() => location.search.includes('devaluation=20')")
    page.wait_for_function("() => document.querySelector('.band-state').textContent === ''")
    page.wait_for_function(
        "() => { const all = window.ornokBand; return all && all.done === all.of; }",
        timeout=180_000,
    )
    return time.monotonic() - begun


def frames(page: Any, address: str) -> float:
    """Frames a second in play, with the firms of the finest scale."""
    page.goto(f"{address}/explore?scale=10")
    page.wait_for_function(DONE, timeout=180_000)
    page.locator(".timeline input").fill("0")
    page.locator("button.play").click()
    return float(page.evaluate(COUNT_FRAMES, PLAY_SECONDS))


def first_page(browser: Any, address: str) -> float:
    """Seconds until a new visitor sees the first page; median."""
    found = []
    for _ in range(REPEATS):
        context = browser.new_context()
        page = context.new_page()
        begun = time.monotonic()
        page.goto(address)
        page.wait_for_selector(".home h1")
        found.append(time.monotonic() - begun)
        context.close()
    return statistics.median(found)


def crowd(browser: Any, address: str, pid: int) -> Iterator[Figure]:
    """Many visitors with the same question, and what each of them costs."""
    before = resident(pid)
    contexts = [browser.new_context() for _ in range(SESSIONS)]
    pages = [one.new_page() for one in contexts]
    for page in pages:
        page.goto(address)
    for page in pages:
        page.wait_for_selector(".home h1", timeout=60_000)
    begun = time.monotonic()
    for page in pages:
        page.evaluate("() => document.querySelector('.hero a.button').click()")
    for page in pages:
        page.wait_for_function(DONE, timeout=60_000)
    yield Figure(f"{SESSIONS} visitors, one question", time.monotonic() - begun, 2.0, "s")
    yield Figure("memory a session", (resident(pid) - before) / SESSIONS, 5.0, "MB")
    for one in contexts:
        one.close()


def one_run(seed: int = 2000) -> Iterator[Figure]:
    """Many sessions ask the queue for the same two worlds, without browsers: what the server alone takes.

    Another world on the seed that they look at already, as when a class presses a preset; and a seed of
    which nobody has asked anything, whose years before the first month have to be run as well.
    """
    from ui.jobs import Jobs, worker_count
    from ui.question import ask

    jobs = Jobs(worker_count())
    try:
        done: list[Any] = []

        def everybody(number: int, **asked: str) -> float:
            question, _ = ask({"seed": number} | asked)
            both = [question.request(plant=plant) for plant in (True, False)]
            done.clear()
            begun = time.monotonic()
            for one in both * SESSIONS:
                jobs.ask(one, lambda what: None if isinstance(what, dict) else done.append(what))
            while len(done) < 2 * SESSIONS:
                time.sleep(0.01)
            raise_failures(done)
            return time.monotonic() - begun

        everybody(seed)  # the processes are warm now
        preset = everybody(seed, world="volume", import_fee="20000")
        yield Figure(f"{SESSIONS} sessions, one preset, server", preset, 2.0, "s")
        yield Figure(f"{SESSIONS} sessions, a new seed, server", everybody(seed + 1), 3.0, "s")
    finally:
        jobs.close()


def raise_failures(ends: list[Any]) -> None:
    """A run that fails is fast, too: raise its failure."""
    for one in ends:
        if one is not None:
            raise one


def different_runs(address: str) -> Iterator[Figure]:
    """Many different questions at once, and how the server answers meanwhile."""
    from ui.jobs import Jobs, worker_count
    from ui.question import ask

    jobs = Jobs(worker_count())
    try:
        requests = [ask({"seed": 1000 + k})[0].request(plant=k % 2 == 0) for k in range(SESSIONS)]
        done: list[Any] = []
        begun = time.monotonic()
        for one in requests:
            jobs.ask(one, lambda what: None if isinstance(what, dict) else done.append(what))
        slowest = 0.0
        while len(done) < len(requests):
            asked = time.monotonic()
            _status(address)
            slowest = max(slowest, time.monotonic() - asked)
            time.sleep(0.2)
        raise_failures(done)
        yield Figure(f"{SESSIONS} different runs", time.monotonic() - begun, 60.0, "s")
        yield Figure("slowest page meanwhile", slowest, 1.0, "s")
    finally:
        jobs.close()


def soak(visits: int) -> Iterator[Figure]:
    """Memory that so many visits leave, with a server of its own (`ui/soak.py`)."""
    from ui import soak

    with soak.serving() as (address, ask):
        readings = soak.soak(visits, address, ask, lambda line: print(line, flush=True))
    yield Figure("a hundred visits leave, second half", soak.slope(readings), soak.MOST_SLOPE, "MB")


def measure(visits: int) -> Iterator[Figure]:
    """All figures, as they come."""
    from playwright.sync_api import sync_playwright

    with serving() as (address, pid), sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield Figure("first page", first_page(browser, address), 2.0, "s")
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        for pack, first, whole in (("kyrgyzstan", 0.5, 2.5), ("valley", 0.5, 0.5)):
            found = answers(page, address, pack)
            yield Figure(f"{pack}: lever to first curves", found["first"], first, "s")
            yield Figure(f"{pack}: lever to twenty years", found["all"], whole, "s")
        for pack, most in (("kyrgyzstan", 15.0), ("valley", 3.0)):
            yield Figure(f"{pack}: band of ten seeds", band_seconds(page, address, pack), most, "s")
        yield Figure("frames a second in play, scale 10", frames(page, address), 50.0, "", True)
        page.close()
        yield from crowd(browser, address, pid)
        yield from one_run()
        yield from different_runs(address)
        browser.close()
    if visits:
        yield from soak(visits)


def main() -> None:
    """Print the table; exit code 1 when a figure is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--soak", type=int, default=0, metavar="VISITS", help="visits to leave")
    visits = parser.parse_args().soak
    missed = 0
    for one in measure(visits):
        missed += not one.reached
        bound = "at least" if one.at_least else "at most"
        verdict = "reached" if one.reached else "MISSED"
        print(
            f"{one.what:36} {one.value:8.2f} {one.unit:3} {bound} {one.reach:g}: {verdict}",
            flush=True,
        )
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
