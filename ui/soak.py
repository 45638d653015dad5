"""Many visits, and the memory that they leave.

    python -m ui.soak --visits 1000      # some seven minutes on two quiet cores

Each visit is a session of its own with a page, its websocket and both runs; every eighth asks what nobody has
asked before, every tenth goes without a word, as a browser does whose network is gone, and every
twentieth is a real Chromium. After every tenth of them, when all sessions have been forgotten and what is
unused has been collected, the memory is read: what counts is the slope.

The server is as `ornok serve` has it, but remembers fewer runs (a full memory does not grow), forgets
lost visitors after seconds, and answers on its standard input what it holds.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

SIDE_BY_SIDE = 6
NEW_QUESTION, LOST, CHROMIUM = 8, 10, 20  # one in so many visits
KNOWN_QUESTIONS = 5
READINGS = 10
FORGET_SECONDS = 5
REMEMBERED_BYTES = 16 * 2**20
MOST_SLOPE = 2.0  # MB a hundred visits: what is above the noise of the readings
DONE = "() => document.querySelector('.player')?.dataset.state === 'done'"


class Reading(NamedTuple):
    """What the server holds after so many visits: MB, and counts of what must not pile up."""

    visits: int
    memory: float
    sessions: int
    threads: int
    open_files: int
    jobs: dict[str, int]


def slope(readings: list[Reading]) -> float:
    """MB that a hundred visits leave besides the runs remembered: least squares over the second half."""
    late = readings[len(readings) // 2 :]
    memory = [one.memory - one.jobs["bytes"] / 2**20 for one in late]
    visits = np.array([one.visits for one in late], np.float64) / 100.0
    return float(np.polyfit(visits, memory, 1)[0])


def soak(
    visits: int, address: str, ask: Callable[[], dict[str, Any]], say: Callable[[str], None]
) -> list[Reading]:
    """Visit so often; `ask` reads the server, `say` gets a line for each reading."""
    readings = []
    with _chromium() as chromium, ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        begun = time.monotonic()
        for first in range(0, visits, max(1, visits // READINGS)):
            numbers = range(first, min(visits, first + max(1, visits // READINGS)))
            known = [pool.submit(_visit, address, k) for k in numbers if k % CHROMIUM]
            for k in numbers:
                if k % CHROMIUM == 0:
                    chromium(address + _path(k))
            for one in known:
                one.result()
            held = _settled(ask)
            readings.append(Reading(numbers[-1] + 1, **held))
            say(f"{readings[-1].visits:6} visits {time.monotonic() - begun:6.0f} s: {held}")
    return readings


def _path(number: int) -> str:
    seed = 1000 + number if number % NEW_QUESTION == 1 else 1 + number % KNOWN_QUESTIONS
    return f"/explore?pack=valley&seed={seed}"


def _visit(address: str, number: int) -> None:
    from ui.visitor import Visitor

    Visitor(address, _path(number)).visit(goodbye=number % LOST != 3)


@contextmanager
def _chromium() -> Iterator[Callable[[str], None]]:
    """What opens an address in a Chromium with nothing kept, waits for both runs and shuts the page."""
    from playwright.sync_api import sync_playwright

    from ui.measure import ARGUMENTS
    from ui.measure import CHROMIUM as PROGRAM

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=PROGRAM, args=ARGUMENTS)

        def visit(address: str) -> None:
            context = browser.new_context()
            page = context.new_page()
            page.goto(address)
            page.wait_for_function(DONE, timeout=300_000)
            page.goto("about:blank")
            context.close()

        yield visit
        browser.close()


def _settled(ask: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What the server holds once it has forgotten the last visitor."""
    until = time.monotonic() + 6 * FORGET_SECONDS
    while True:
        held = ask()
        idle = held["sessions"] == 0 and held["jobs"]["waiting"] + held["jobs"]["running"] == 0
        if idle or time.monotonic() > until:
            return held
        time.sleep(0.5)


# --- The server's side ------------------------------------------------------------------------------


def serve(port: int) -> None:
    """The server; every line on its standard input is answered with what it holds."""
    import solara.server.settings as server_settings

    from ui import jobs
    from ui.serving import Serving, serve_until_stopped

    queue = jobs.Jobs(jobs.worker_count(), jobs.Limits(bytes=REMEMBERED_BYTES))
    jobs.use(queue)
    threading.Thread(target=_answer, args=(queue,), daemon=True).start()
    import ui.entry  # noqa: F401  # sets the settings that are changed here

    server_settings.kernel.cull_timeout = f"{FORGET_SECONDS}s"
    serve_until_stopped(Serving(port=port))


def _answer(queue: Any) -> None:
    from solara.server import kernel_context

    from ui import memory

    for _ in sys.stdin:
        gc.collect()
        memory.give_back()
        held = {
            "memory": resident(),
            "sessions": len(kernel_context.contexts),
            "threads": threading.active_count(),
            "open_files": len(list(Path("/proc/self/fd").iterdir())),
            "jobs": queue.snapshot(),
        }
        print(json.dumps(held), file=sys.stderr, flush=True)


def resident(pid: int | str = "self") -> float:
    """Memory of a process in MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024.0
    return float("nan")


@contextmanager
def serving() -> Iterator[tuple[str, Callable[[], dict[str, Any]]]]:
    """A server of its own: its address, and what reads it."""
    from ui.measure import free_port, wait_for

    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "ui.soak", "--serve", str(port)],
        env={**os.environ, "ORNOK_WARM": "0"}, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stderr is not None
    orders, answers = process.stdin, process.stderr

    def ask() -> dict[str, Any]:
        orders.write("?\n")
        orders.flush()
        for line in answers:
            if line.startswith("{"):
                return dict(json.loads(line))
            print(line, end="", file=sys.stderr)
        raise RuntimeError("the server has ended")

    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address)
        yield address, ask
    finally:
        process.terminate()
        process.wait(20)


def main() -> None:
    """Print readings and the slope; exit code 1 where it is above `MOST_SLOPE`."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--visits", type=int, default=1000, help="how many, at least 10")
    parser.add_argument("--serve", type=int, metavar="PORT", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.serve:
        serve(chosen.serve)
        return
    with serving() as (address, ask):
        found = slope(soak(chosen.visits, address, ask, lambda line: print(line, flush=True)))
    print(f"{found:.2f} MB a hundred visits, over the second half")
    sys.exit(1 if found > MOST_SLOPE else 0)


if __name__ == "__main__":
    main()
