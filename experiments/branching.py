"""Runs that agree so far are run together: what they share is computed once and then copied.

Two runs of the same pack, parameters and seed are one run until their worlds differ
(`model.shared_past`). So a group of them is a tree: a trunk of months that all share, at whose end
each part of the group goes on with a copy, the last part with the trunk itself. A copy costs less
than one month at every scale, and building a model nine to thirty (measured for both packs and
scales 10 and 50), so sharing pays even where no month is shared.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from experiments.course import Course
from experiments.simulate import Results, Setup, run
from model import World, load_pack
from model.packs import Pack
from model.shared_past import first_difference, plant_begins, size_of, world_by

# Of one process, beside the runs themselves: copies that wait for their turn, bytes.
MOST_BYTES_KEPT = 512e6

Alone = Callable[[int], Results]
Progress = Callable[[int, int, int], None]
"""Called after each month with (run, months done, months in all)."""


class Outcome(NamedTuple):
    """How a run ended: its number among the setups, and its results or the error it ended with.

    `taken`: months, burn-in included, that it took over from a run before it.
    """

    number: int
    what: Results | Exception
    taken: int


def run_together(
    setups: Sequence[Setup], *, alone: Alone | None = None, progress: Progress | None = None
) -> Iterator[Outcome]:
    """Run every setup, bit for bit as `run` would; outcomes as they come, each run once.

    `alone(number)` runs a setup that shares nothing with any other, or whose trunk failed (default:
    `run`): what raises an error in shared months is run again alone, so that each run has its own
    record of it. `progress` is called after each month, for the first of the runs that share it.
    """
    alone = alone or (lambda number: run(setups[number]))
    for group in groups_of(setups):
        if len(group) == 1:
            yield _alone(group[0], alone)
        else:
            yield from _Tree(setups, load_pack(setups[group[0]].pack), alone, progress).grow(group)


def _alone(number: int, alone: Alone) -> Outcome:
    try:
        return Outcome(number, alone(number), 0)
    except Exception as error:  # a run that fails must not take the others with it
        return Outcome(number, error, 0)


# --- Who agrees with whom, until when ---------------------------------------------------------------


def agreed_months(one: Setup, other: Setup, pack: Pack) -> int:
    """Months from the start, burn-in included, that are the same in both; −1: not even the start.

    Runs with channels held to a path never agree: nothing is known of what they read when.
    """
    same = (
        one.pack == other.pack
        and one.seed == other.seed
        and one.params == other.params
        and one.panels == other.panels
        and one.clamp is None
        and other.clamp is None
    )
    if not same:
        return -1
    differ = first_difference(one.world, other.world, pack)
    if (
        one.panels is not None
        and "plants" in one.panels.names
        and not _plants_seen(one, other, pack)
    ):
        differ = min(differ, 0)
    if differ == -math.inf:
        return -1
    return int(min(max(differ + int(one.params.burn_in), -1), one.months))


def _plants_seen(one: Setup, other: Setup, pack: Pack) -> bool:
    """Whether the panel of plants, which has a row a month also for those still unknown, agrees."""
    plants = one.world.plants
    return plants == other.world.plants and all(plant_begins(site, pack) <= 0 for site in plants)


def groups_of(setups: Sequence[Setup]) -> list[list[int]]:
    """Numbers of the setups in groups that agree at the start, each in the order of the setups."""
    packs: dict[str, Pack] = {}
    begun: dict[tuple[str, int], list[list[int]]] = {}
    groups: list[list[int]] = []
    for number, setup in enumerate(setups):
        alike = begun.setdefault((setup.pack, setup.seed), [])
        for group in alike:
            if setup.pack not in packs:
                packs[setup.pack] = load_pack(setup.pack)
            if agreed_months(setups[group[0]], setup, packs[setup.pack]) >= 0:
                group.append(number)
                break
        else:
            alike.append([number])
            groups.append(alike[-1])
    return groups


def share_out(groups: Sequence[list[int]], workers: int) -> list[list[int]]:
    """The groups in pieces for so many workers, large ones first.

    Groups stay whole as long as everybody gets one; the last ones are cut, as a worker without work
    is worse than months that are computed twice.
    """
    ordered = sorted(groups, key=len, reverse=True)
    whole = len(ordered) // workers * workers
    size = max(-(-sum(len(group) for group in ordered[whole:]) // workers), 1)
    cut = [group[k : k + size] for group in ordered[whole:] for k in range(0, len(group), size)]
    return ordered[:whole] + cut


def split(
    setups: Sequence[Setup], numbers: Sequence[int], pack: Pack
) -> tuple[int, list[list[int]]]:
    """Months that all these runs (two at least) share, and the parts that go on as one after them, small ones first.

    Agreement by a month is an equivalence, so any of a part speaks for it.
    """
    first = setups[numbers[0]]
    months = min((agreed_months(first, setups[k], pack) for k in numbers[1:]), default=first.months)
    parts: list[list[int]] = []
    for number in numbers:
        for part in parts:
            if months < agreed_months(setups[part[0]], setups[number], pack):
                part.append(number)
                break
        else:
            parts.append([number])
    return months, sorted(parts, key=len)


def months_to_run(setups: Sequence[Setup]) -> tuple[int, int]:
    """Months and models to build for these setups when they are run together."""
    months, groups = 0, groups_of(setups)
    for group in groups:
        pack = load_pack(setups[group[0]].pack) if len(group) > 1 else None
        waiting = [(0, group)]
        while waiting:
            begun, numbers = waiting.pop()
            if len(numbers) == 1 or pack is None:
                months += setups[numbers[0]].months - begun
                continue
            shared, parts = split(setups, numbers, pack)
            months += shared - begun
            waiting += [(shared, part) for part in parts]
    return months, len(groups)


# --- A group of runs --------------------------------------------------------------------------------


@dataclass
class _Tree:
    setups: Sequence[Setup]
    pack: Pack
    alone: Alone
    progress: Progress | None
    most_kept: int = 0  # copies that may wait at once
    clock: float = field(default_factory=time.perf_counter)

    def grow(self, numbers: list[int]) -> Iterator[Outcome]:
        """Run a group that agrees at the start."""
        first = self.setups[numbers[0]]
        try:
            course = Course(first, self._world(first, 0))
        except Exception:  # each says for itself what is wrong
            yield from self._each_alone(numbers)
            return
        self.most_kept = int(MOST_BYTES_KEPT // max(size_of(course.model), 1))
        if self.most_kept < 1:
            yield from self._each_alone(numbers)
        else:
            yield from self._follow(course, numbers, kept=0, taken=0)

    def _follow(
        self, course: Course, numbers: list[int], kept: int, taken: int
    ) -> Iterator[Outcome]:
        """Runs that have agreed up to now: their trunk, and then each part.

        `kept`: copies that wait for others meanwhile; `taken`: months the first of them took over.
        """
        if len(numbers) == 1:
            yield self._to_the_end(course, numbers[0], taken)
            self.clock = time.perf_counter()
            return
        shared, parts = split(self.setups, numbers, self.pack)
        if kept + 1 >= self.most_kept:  # nothing more may wait while a part branches again
            last = parts.pop()
            parts = [[number] for part in parts for number in part] + [last]
        try:
            first = self.setups[numbers[0]]
            course.turn(first, self._world(first, shared))
            self._advance(course, numbers[0], shared)
        except Exception:
            yield from self._each_alone(numbers)
            return
        for part in parts[:-1]:
            try:
                branch = course.copy()
            except Exception:  # no room for it, say
                yield from self._each_alone(part)
                continue
            yield from self._follow(
                branch, part, kept + 1, self._taken(part, numbers, shared, taken)
            )
            del branch  # before the next copy is made
        last = parts[-1]
        yield from self._follow(course, last, kept, self._taken(last, numbers, shared, taken))

    def _taken(self, part: list[int], numbers: list[int], shared: int, taken: int) -> int:
        """The trunk is on the account of the first of all who share it."""
        return taken if part[0] == numbers[0] else shared

    def _to_the_end(self, course: Course, number: int, taken: int) -> Outcome:
        setup = self.setups[number]
        try:
            course.turn(setup)
            self._advance(course, number, setup.months)
            return Outcome(number, course.results(time.perf_counter() - self.clock), taken)
        except Exception as error:  # a run that fails must not take the others with it
            return Outcome(number, error, taken)

    def _advance(self, course: Course, number: int, month: int) -> None:
        while course.done < month:
            course.step()
            if self.progress is not None:
                self.progress(number, course.done, course.setup.months)

    def _world(self, setup: Setup, month: int) -> World:
        """The world as it can be known when so many months are done."""
        return world_by(setup.world, self.pack, month - int(setup.params.burn_in))

    def _each_alone(self, numbers: list[int]) -> Iterator[Outcome]:
        for number in numbers:
            yield _alone(number, self.alone)
            self.clock = time.perf_counter()
