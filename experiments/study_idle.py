"""Parameters of a study that change nothing: said in words, where a table would only show zeros."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING

from experiments.study_rows import RUNS

if TYPE_CHECKING:
    from experiments.study_plan import Plan
    from experiments.study_tables import Tables

Prints = Mapping[int, Mapping[tuple[str, int], int]]
"""By point (from 1), then by (world, seed): a hash of all kept outcomes in all kept months."""


def idle_parameters(plan: Plan, tables: Tables) -> list[str]:
    """The varied parameters that change no kept outcome in any month of any run.

    Told from points that differ in one parameter alone: every grid, `sobol` and `morris` design has
    some; a Latin hypercube of several parameters has none, and nothing is said of it.
    """
    left = list(plan.design.names)
    # Most parameters act at once: one seed says so, and the others need not be read for it.
    for seed in (plan.seeds[0], None):
        if left:
            prints = _fingerprints(tables, plan, seed)
            left = [name for name in left if _idle(plan, name, prints)]
    return left


def idle_words(plan: Plan, tables: Tables) -> list[str]:
    """One sentence for each parameter that changes nothing."""
    return [
        f"parameter {name} changes nothing in any outcome that the study keeps: wherever points differ "
        "in it alone, their runs are equal in every month"
        for name in idle_parameters(plan, tables)
    ]


def _fingerprints(tables: Tables, plan: Plan, seed: int | None) -> Prints:
    names = ", ".join(f'"{name}"' for name in plan.kit.keep.outcomes)
    rows = tables.connection.execute(
        f"""SELECT point, world, seed, bit_xor(hash(period, {names})) FROM {tables.view(RUNS)}
        {"" if seed is None else f"WHERE seed = {seed}"} GROUP BY point, world, seed"""
    ).fetchall()
    prints: dict[int, dict[tuple[str, int], int]] = defaultdict(dict)
    for point, world, of_seed, print_ in rows:
        prints[point][world, of_seed] = print_
    return prints


def _idle(plan: Plan, name: str, prints: Prints) -> bool:
    """Whether points that differ in this parameter alone were run, and never differed."""
    column = plan.design.names.index(name)
    alike: dict[Hashable, list[int]] = defaultdict(list)
    for number, point in enumerate(plan.design.points, start=1):
        alike[tuple(point[:column]), tuple(point[column + 1 :])].append(number)
    compared = False
    for numbers in alike.values():
        seen: dict[tuple[str, int], tuple[object, int]] = {}
        for number in numbers:
            value = plan.design.points[number - 1][column]
            for run, print_ in prints.get(number, {}).items():
                first_value, first = seen.setdefault(run, (value, print_))
                if first != print_:
                    return False
                compared = compared or first_value != value
    return compared
