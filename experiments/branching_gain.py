"""What branching saves: the reference question with and without it, in one process on one thread.

`python -m experiments.branching_gain --save` renews `docs/branching.json` and the table of
`docs/studies.md`. Processor time, not the clock's, so that neighbours on the machine count little.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from experiments.branching import months_to_run, run_together
from experiments.course import Course
from experiments.simulate import Results, Setup, prepare, run
from model import threads
from model.shared_past import size_of

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGE = "studies.md"
STORED = "branching.json"
# The reference plant, no plant, and three policies and shocks that come at different times.
WORLDS = ("plant", "none", "tariff", "corridor_block", "closure")


def measure(worlds: Sequence[str], seeds: int, scale: float | None, pack: str | None) -> Any:
    """Time these worlds with so many seeds both ways; raises ValueError if one result differs."""
    setups = [
        prepare(world, pack=pack, scale=scale, seed=seed)
        for seed in range(1, seeds + 1)
        for world in worlds
    ]
    before = threads.count()
    threads.use(1)
    try:
        facts = parts_of(setups[0])  # first, so that compiled code is loaded
        shared, together = _timed(lambda: {one.number: one.what for one in run_together(setups)})
        alone, apart = _timed(lambda: [run(setup) for setup in setups])
    finally:
        threads.use(before)
    for number, result in enumerate(alone):
        other = shared[number]
        if not isinstance(other, Results) or not other.monthly.equals(result.monthly):
            raise ValueError(f"run {number} is not the same: {other}")
    months, models = months_to_run(setups)
    return facts | {
        "worlds": list(worlds),
        "seeds": seeds,
        "scale": float(setups[0].params.scale),
        "pack": setups[0].pack,
        "months": [months, sum(setup.months for setup in setups)],
        "models": [models, len(setups)],
        "seconds": [together, apart],
    }


def parts_of(setup: Setup, months: int = 84, repeats: int = 5) -> dict[str, float]:
    """Seconds of a build, of a month and of a copy after so many months; bytes of the copy."""
    Course(setup).step()
    course, build = _timed(lambda: Course(setup))
    for _ in range(months):
        course.step()
    copies = [_timed(course.copy)[1] for _ in range(repeats)]
    _, year = _timed(lambda: _a_year(course))
    return {
        "build_s": build,
        "month_s": year / 12.0,
        "copy_s": sorted(copies)[repeats // 2],
        "copy_bytes": size_of(course.model),
    }


def _a_year(course: Course) -> None:
    for _ in range(12):
        course.step()


def _timed[T](work: Callable[[], T]) -> tuple[T, float]:
    started = time.process_time()
    done = work()
    return done, time.process_time() - started


def markdown(facts: dict[str, Any]) -> str:
    """The table of the page, and what a copy costs."""
    lines = ["| | with branching | without | ratio |", "|---|---|---|---|"]
    for name, unit, digits in (("months", "", 0), ("models", "", 0), ("seconds", " s", 1)):
        mine, other = facts[name]
        words = {"months": "months run", "models": "models built", "seconds": "processor time"}
        lines.append(
            f"| {words[name]} | {mine:,.{digits}f}{unit} | {other:,.{digits}f}{unit} "
            f"| {mine / other:.2f} |"
        )
    month = facts["month_s"]
    lines += [
        "",
        f"{', '.join(f'`{world}`' for world in facts['worlds'])}; {facts['seeds']} seeds, pack "
        f"{facts['pack']}, scale {facts['scale']:g}, one thread. A copy costs "
        f"{facts['copy_s'] / month:.1f} months and {facts['copy_bytes'] / 1e6:.0f} MB, building a "
        f"model {facts['build_s'] / month:.0f} months.",
    ]
    return "\n".join(lines)


def page(text: str, folder: Path = DOCS) -> str:
    """The page with its table made anew from the stored numbers."""
    from experiments.odd_tables import renewed

    facts = json.loads((folder / STORED).read_text(encoding="utf-8"))
    return renewed(text, {"branching": lambda: markdown(facts)})


def main(
    worlds: Annotated[str, typer.Option(help="Worlds, with commas.")] = ",".join(WORLDS),
    seeds: Annotated[int, typer.Option(help="How many.", min=1)] = 3,
    scale: Annotated[float | None, typer.Option(help="People one agent stands for.")] = 50.0,
    pack: Annotated[str | None, typer.Option(help="Country pack.")] = None,
    save: Annotated[bool, typer.Option(help=f"Renew docs/{STORED} and docs/{PAGE}.")] = False,
    folder: Annotated[Path, typer.Option(hidden=True)] = DOCS,
) -> None:
    """Measure what branching saves."""
    facts = measure(worlds.split(","), seeds, scale, pack)
    print(markdown(facts))
    if save:
        (folder / STORED).write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
        path = folder / PAGE
        path.write_text(page(path.read_text(encoding="utf-8"), folder), encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
