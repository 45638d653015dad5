"""Local content against the numbers that decide it and that nobody knows.

`python -m experiments.claims.local_content --run` makes the runs (those that the table already
holds are left out, so that it can be stopped and taken up again); without `--run` only the page
and the picture are written again from the table.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from experiments.pool import Failure, run_all
from experiments.provenance import versions
from experiments.simulate import Results, prepare

DOCS = Path(__file__).resolve().parents[2] / "docs"
TABLE = DOCS / "local_content.csv"
COMMAND = "python -m experiments.claims.local_content"

PACK, SEEDS = "kyrgyzstan", (1, 2, 3)
# The design is run at the first; cells that the table holds at a finer scale too are compared.
SCALE, FINER = 50.0, 20.0
YEAR = 2038
HORIZON = 12 * (YEAR - 2023 + 1)
WORLDS = ("plan", "volume")
OUTCOMES = (
    "local_content_nominal", "local_content_deep", "tier1_suppliers", "supplier_jobs",
    "plant_stage", "cars_made",
)  # fmt: skip


KEYS = ("scale", "world", "seed")


class Cell(NamedTuple):
    """One set of assumptions."""

    deletion_low: float
    deletion_high: float
    local_cost_ratio: float
    initial_quality: float
    kit_exemption: float


DELETION = ((0.4, 0.9), (0.6, 0.9), (0.8, 1.0))
COST, QUALITY, EXEMPTION = (0.8, 0.6, 1.0), (0.45, 0.6), (1.0, 0.0)
REFERENCE = Cell(0.4, 0.9, 0.8, 0.45, 1.0)


def cells() -> list[Cell]:
    """The full factorial of the assumptions; the reference case is the first."""
    design = itertools.product(DELETION, COST, QUALITY, EXEMPTION)
    return [Cell(*deletion, *rest) for deletion, *rest in design]


# --- Runs -----------------------------------------------------------------------------------------


class Run(NamedTuple):
    """One run of the design, by what it is."""

    scale: float
    world: str
    seed: int
    cell: Cell

    def key(self) -> tuple[str, ...]:
        """As the table writes it."""
        return (
            f"{self.scale:g}",
            self.world,
            str(self.seed),
            *(f"{value:g}" for value in self.cell),
        )


def design(seeds: Sequence[int] = SEEDS, scale: float = SCALE) -> Iterator[Run]:
    """Seed by seed, so that what is there after a stop is a whole design with fewer seeds.

    Cells at the default quality and exemption come first: they are to get their intervals first.
    """
    first = sorted(cells(), key=lambda cell: cell[3:] != REFERENCE[3:])
    runs = [Run(scale, world, seeds[0], cell) for world in WORLDS for cell in first]
    for seed, cell, world in itertools.product(seeds[1:], first, WORLDS):
        runs.append(Run(scale, world, seed, cell))
    yield from runs


def read() -> list[dict[str, str]]:
    """The rows of the table; none when it is not there yet."""
    if not TABLE.exists():
        return []
    with TABLE.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def key_of(row: dict[str, str]) -> tuple[str, ...]:
    """The run that a row of the table holds."""
    return tuple(row[name] for name in (*KEYS, *Cell._fields))


def measure(done: Results) -> list[str]:
    """Means of the year, as the table writes them."""
    year = done.monthly[done.monthly["date"].dt.year == YEAR]
    return [f"{float(year[name].mean()):.6g}" for name in OUTCOMES]


def run_design(runs: Sequence[Run], jobs: int) -> None:
    """Run what the table does not hold yet; every batch is written as it is done."""
    known = {key_of(row) for row in read()}
    left = [one for one in runs if one.key() not in known]
    code = versions()["code"]
    if not TABLE.exists():
        TABLE.write_text(",".join([*KEYS, *Cell._fields, *OUTCOMES, "code"]) + "\n")
    batch = max(jobs, 1) * 4
    for start in range(0, len(left), batch):
        some = left[start : start + batch]
        setups = [
            prepare(
                one.world, pack=PACK, seed=one.seed, scale=one.scale, horizon=HORIZON,
                settings=one.cell._asdict(),
            )
            for one in some
        ]  # fmt: skip
        with TABLE.open("a", encoding="utf-8") as file:
            for one, done in zip(some, run_all(setups, jobs=jobs), strict=True):
                if isinstance(done, Failure):
                    print(f"left out: {done}", file=sys.stderr)
                    continue
                file.write(",".join([*one.key(), *measure(done), code]) + "\n")
        print(f"{start + len(some)} of {len(left)} runs", file=sys.stderr, flush=True)


def main(words: Sequence[str] | None = None) -> int:
    """Exit code 0; 1 when there is no run to write about."""
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument("--run", action="store_true", help="make the runs that are missing")
    parser.add_argument("--seeds", type=int, default=len(SEEDS), help="how many seeds")
    parser.add_argument("--jobs", type=int, default=1, help="runs side by side")
    asked: Any = parser.parse_args(words)
    if asked.run:
        run_design(list(design(range(1, asked.seeds + 1))), asked.jobs)
    if not read():
        print("no runs in the table: --run makes them", file=sys.stderr)
        return 1
    from experiments.claims.local_content_page import write_page

    write_page(read())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
