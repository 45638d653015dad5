"""How long a run of a study takes and how much room: before anything is run, or from what was."""

from __future__ import annotations

import time
from dataclasses import dataclass

from experiments.branching import months_to_run
from experiments.runs_store import scan
from experiments.study_plan import Plan


@dataclass(frozen=True)
class Estimate:
    """Seconds of one run on one thread and bytes of it on disk; where they come from."""

    seconds: float
    bytes: float
    source: str


def estimate(plan: Plan) -> Estimate:
    """From the folder's finished runs; without any, from a few months of the first run.

    Months that the worlds of a point and seed share are counted once, as in whole chunks.
    """
    found = scan(plan.folder)
    if found.finished:
        runs = len(found.finished)
        return Estimate(found.seconds / runs, found.bytes / runs, f"{runs:,} finished runs")
    from model import threads

    kit, keep = plan.kit, plan.kit.keep
    setup = kit.setup(0, plan.design.values(0), plan.seeds[0])
    before = threads.count()
    threads.use(1)
    try:
        model = setup.build()
        model.step()  # compiled code is loaded with the first month
        started = time.perf_counter()
        setup.build()
        built = time.perf_counter() - started
        started = time.perf_counter()
        steps = min(3, setup.months)
        for _ in range(steps):
            model.step()
        month = (time.perf_counter() - started) / steps
    finally:
        threads.use(before)
    rows = keep.last - keep.first + 1
    # Doubles hardly shrink; regions know some twenty outcomes.
    cells = rows * (len(keep.outcomes) + 20 * len(keep.regions))
    worlds = range(len(kit.setups))
    point, seed = plan.design.values(0), plan.seeds[0]
    months, models = months_to_run([kit.setup(world, point, seed) for world in worlds])
    seconds = (built * models + month * months) / len(worlds)
    return Estimate(seconds, 8.0 * cells, f"{steps + 1} months run now")
