"""One measurement, in a process of its own, so that its peak memory is its own.

`python -m experiments.benchmark_process '{"what": "world", ...}'` prints one JSON object; the
commands of the benchmark call it through `in_fresh_process`. Compiled code is loaded before the
clock starts, by a run of the same world at the coarsest scale: what starting costs is measured by
`benchmark_startup.py`.
"""

from __future__ import annotations

import gc
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from typing import Any

COARSEST = 100.0
"""Scale of the runs that load the compiled code."""
WARM_UP = 6
"""Months before threads are measured."""

Facts = dict[str, Any]


# --- In the process that measures -----------------------------------------------------------------


def measure_world(
    world: str = "plant",
    pack: str | None = None,
    scale: float | None = None,
    burn_in: int = 24,
    months: int = 240,
    wait: bool = False,
) -> Facts:
    """Build one world and run all its months. Seconds: `build_s`, `burn_in_s`, `months_s`.

    With `wait` it says "ready" when the compiled code is loaded, and begins at a line of input.
    """
    from experiments.simulate import prepare

    settings = {"burn_in": burn_in}
    coarse = None if scale is None else max(scale, COARSEST)
    prepare(world, pack=pack, scale=coarse, horizon=months, settings=settings).build().run()
    setup = prepare(world, pack=pack, scale=scale, horizon=months, settings=settings)
    gc.collect()
    if wait:
        print("ready", flush=True)
        sys.stdin.readline()
    started = time.perf_counter()
    model = setup.build()
    built = time.perf_counter()
    for _ in range(burn_in):
        model.step()
    burnt = time.perf_counter()
    for _ in range(months):
        model.step()
    ended = time.perf_counter()
    return {
        "workers": len(model.workers),
        "firms": int(model.firms.alive.sum()),
        "build_s": built - started,
        "burn_in_s": burnt - built,
        "months_s": ended - burnt,
        "total_s": ended - started,
        "peak_gib": peak_memory(),
    }


def measure_pair(
    pack: str | None = None, scale: float | None = None, burn_in: int = 24, months: int = 240
) -> Facts:
    """World and counterfactual as `ornok run` runs them: its processes, their start included."""
    from experiments.job import processes
    from experiments.pool import run_all
    from experiments.simulate import Results, prepare

    setups = [
        prepare(world, pack=pack, scale=scale, horizon=months, settings={"burn_in": burn_in})
        for world in ("plant", "none")
    ]
    started = time.perf_counter()
    done = run_all(setups, jobs=processes(2))
    seconds = time.perf_counter() - started
    for one in done:
        if not isinstance(one, Results):
            raise RuntimeError(str(one))
    return {"total_s": seconds, "processes": processes(2)}


def measure_threads(
    pack: str | None = None, scale: float | None = None, months: int = 6, turns: int = 3
) -> Facts:
    """Months on one and on two threads by turns, in one run: medians of seconds a month."""
    from experiments.simulate import prepare
    from model import threads

    # Past the burn-in, which has costs of its own.
    model = prepare("plant", pack=pack, scale=scale, settings={"burn_in": WARM_UP}).build()
    for _ in range(WARM_UP):
        model.step()
    seconds: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(turns):
        for n, taken in seconds.items():
            threads.use(n)
            for _ in range(months):
                started = time.perf_counter()
                model.step()
                taken.append(time.perf_counter() - started)
    one, two = (median(taken) for taken in seconds.values())
    return {"one_s": one, "two_s": two, "ratio": one / two}


def measure_mesa(
    pack: str | None = None, scale: float | None = None, months: int = 24, mesa_months: int = 5
) -> Facts:
    """Labour and supplier rules: ours and in plain Mesa (`benchmark_rules.measure`)."""
    from experiments import benchmark_rules

    return benchmark_rules.measure(pack, scale, months, mesa_months)


def measure_phases(
    pack: str | None = None, scale: float | None = None, skip: int = 12, months: int = 5
) -> Facts:
    """The tables of phases and of compiled functions (`benchmark_phases.measure`)."""
    from experiments import benchmark_phases

    return benchmark_phases.measure(pack, scale, skip, months)


def peak_memory() -> float:
    """Largest resident memory of this process so far, GiB."""
    status = Path("/proc/self/status")
    if status.exists():
        # Not getrusage: on Linux a child begins with the peak of the process that started it.
        peak = re.search(r"VmHWM:\s*(\d+) kB", status.read_text(encoding="ascii"))
        if peak is not None:
            return int(peak[1]) / 2**20
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 2**30 if sys.platform == "darwin" else most / 2**20


MEASURES: dict[str, Callable[..., Facts]] = {
    "world": measure_world,
    "pair": measure_pair,
    "threads": measure_threads,
    "mesa": measure_mesa,
    "phases": measure_phases,
}


# --- In the process that asks ---------------------------------------------------------------------


def _start(what: str, threads: int | None, arguments: Mapping[str, Any]) -> subprocess.Popen[str]:
    environment = dict(os.environ)
    if threads is not None:
        environment["ORNOK_THREADS"] = str(threads)
    task = json.dumps({"what": what, **arguments})
    return subprocess.Popen(
        [sys.executable, "-m", "experiments.benchmark_process", task],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )


def _facts(process: subprocess.Popen[str]) -> Facts:
    out, errors = process.communicate()
    if process.returncode:
        raise RuntimeError(f"a measurement failed:\n{errors}")
    facts: Facts = json.loads(out.splitlines()[-1])
    return facts


def in_fresh_process(what: str, threads: int | None = None, **arguments: Any) -> Facts:
    """What a measurement of `MEASURES` returns; `threads` as a run has them if not given.

    Raises RuntimeError, with what the process said, when it fails.
    """
    return _facts(_start(what, threads, arguments))


def side_by_side(**arguments: Any) -> Facts:
    """Two worlds on one thread each: one after the other, then both at once.

    `ratio` is what the first took together over what both at once took.
    """
    worlds = ("plant", "none")
    alone = [in_fresh_process("world", 1, world=world, **arguments) for world in worlds]
    both = [_start("world", 1, {"world": world, "wait": True, **arguments}) for world in worlds]
    for process in both:
        assert process.stdout is not None
        if process.stdout.readline().strip() != "ready":
            for one in both:
                one.kill()
            _facts(process)
    for process in both:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    together = max(_facts(process)["total_s"] for process in both)
    one_by_one = sum(facts["total_s"] for facts in alone)
    return {"one_by_one_s": one_by_one, "together_s": together, "ratio": one_by_one / together}


def main() -> None:
    """Command line: one measurement."""
    task = json.loads(sys.argv[1])
    print(json.dumps(MEASURES[task.pop("what")](**task)))


if __name__ == "__main__":
    main()
