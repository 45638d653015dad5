"""How the rows of the benchmark are measured, each value with the calibrator around it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from statistics import median
from typing import Any

from experiments import benchmark_startup as startup
from experiments.benchmark_calibrator import calibrate
from experiments.benchmark_process import Facts, in_fresh_process, side_by_side
from experiments.benchmark_rows import ROWS, Row, Sizes, Taken

SHORT = 20.0
"""Seconds: what takes less is measured several times."""


def _repeat(sizes: Sizes, measure: Callable[[], Facts]) -> list[tuple[Facts, float]]:
    """Measure as often as the sizes say; each with the mean of the calibrator around it."""
    done: list[tuple[Facts, float]] = []
    wanted = sizes.long_repeats
    while len(done) < wanted:
        before, started = calibrate(), time.perf_counter()
        facts = measure()
        facts.setdefault("total_s", time.perf_counter() - started)
        done.append((facts, 0.5 * (before + calibrate())))
        if facts["total_s"] < SHORT:
            wanted = sizes.repeats
    return done


class Measurements:
    """Takes the measurements that rows ask for; what several rows share is measured once."""

    def __init__(self, sizes: Sizes, tell: Callable[[str], None] = lambda _: None) -> None:
        self.sizes, self._tell = sizes, tell
        self._worlds: dict[tuple[Any, ...], list[tuple[Facts, float]]] = {}
        self._sides_taken: list[tuple[Facts, float]] | None = None
        self.facts: Facts = {}

    def rows(self, keys: Sequence[str]) -> Iterator[tuple[Row, Taken]]:
        """Every row asked for with what was measured; nothing for one that these sizes leave out."""
        for row in ROWS:
            if row.key in keys and (row.key != "compile" or self.sizes.compile):
                self._tell(row.what)
                taken = Taken()
                for value, ns in getattr(self, f"_{row.key}")():
                    taken.add(value, ns)
                yield row, taken

    def _world(
        self, pack: str | None, scale: float | None, burn_in: int
    ) -> list[tuple[Facts, float]]:
        key = (pack, scale, burn_in)
        if key not in self._worlds:
            self._worlds[key] = _repeat(
                self.sizes,
                lambda: in_fresh_process(
                    "world", pack=pack, scale=scale, burn_in=burn_in, months=self.sizes.months
                ),
            )
            self.facts[f"world {scale or pack} {burn_in}"] = self._worlds[key][0][0]
        return self._worlds[key]

    def _whole(self, scale: float | None) -> list[tuple[Facts, float]]:
        return self._world(self.sizes.pack, scale, self.sizes.burn_in)

    def _costs(self, scale: float | None) -> list[tuple[float, float]]:
        months = self.sizes.all_months
        return [
            (1e9 * facts["total_s"] / facts["workers"] / months, ns)
            for facts, ns in self._whole(scale)
        ]

    def _country(self) -> list[tuple[float, float]]:
        return [(facts["total_s"], ns) for facts, ns in self._whole(self.sizes.country)]

    def _country_memory(self) -> list[tuple[float, float]]:
        return [(facts["peak_gib"], ns) for facts, ns in self._whole(self.sizes.country)]

    def _country_cost(self) -> list[tuple[float, float]]:
        return self._costs(self.sizes.country)

    def _growth(self) -> list[tuple[float, float]]:
        # The region's runs may be several: each side by its own calibrator, or noise would be growth.
        region = median(cost / ns for cost, ns in self._costs(self.sizes.region))
        return [(cost / ns / region, ns) for cost, ns in self._costs(self.sizes.country)]

    def _pair(self) -> list[tuple[float, float]]:
        s = self.sizes
        pairs = _repeat(
            s,
            lambda: in_fresh_process(
                "pair", pack=s.pack, scale=s.region, burn_in=s.burn_in, months=s.months
            ),
        )
        return [(facts["total_s"], ns) for facts, ns in pairs]

    def _town(self) -> list[tuple[float, float]]:
        return [(facts["total_s"], ns) for facts, ns in self._whole(self.sizes.town)]

    def _valley(self) -> list[tuple[float, float]]:
        runs = self._world("valley", None, self.sizes.burn_in)
        return [(1e3 * facts["months_s"], ns) for facts, ns in runs]

    def _sides(self) -> list[tuple[Facts, float]]:
        s = self.sizes
        if self._sides_taken is None:
            self._sides_taken = _repeat(
                s,
                lambda: in_fresh_process(
                    "mesa", 1, pack=s.pack, scale=s.mesa, months=s.our_months, mesa_months=s.mesa_months
                ),
            )  # fmt: skip
            self.facts["mesa"] = self._sides_taken[0][0]
        return self._sides_taken

    def _mesa(self) -> list[tuple[float, float]]:
        return [(facts["ratio"], ns) for facts, ns in self._sides()]

    def _mesa_month(self) -> list[tuple[float, float]]:
        return [(facts["mesa_s"] / facts["month_s"], ns) for facts, ns in self._sides()]

    def _processes(self) -> list[tuple[float, float]]:
        s = self.sizes
        runs = _repeat(
            s,
            lambda: side_by_side(
                pack=s.pack, scale=s.region, burn_in=s.burn_in, months=s.months
            ),
        )  # fmt: skip
        return [(facts["ratio"], ns) for facts, ns in runs]

    def _threads(self) -> list[tuple[float, float]]:
        s = self.sizes
        runs = _repeat(
            s,
            lambda: in_fresh_process(
                "threads", pack=s.pack, scale=s.country, months=s.thread_months
            ),
        )  # fmt: skip
        return [(facts["ratio"], ns) for facts, ns in runs]

    def _seconds(self, measure: Callable[[], float]) -> list[tuple[float, float]]:
        runs = _repeat(self.sizes, lambda: {"total_s": measure()})
        return [(facts["total_s"], ns) for facts, ns in runs]

    def _help(self) -> list[tuple[float, float]]:
        return self._seconds(startup.help_seconds)

    def _first_month(self) -> list[tuple[float, float]]:
        s = self.sizes
        return self._seconds(lambda: startup.first_month_seconds(s.pack, s.region))

    def _first_month_valley(self) -> list[tuple[float, float]]:
        return self._seconds(lambda: startup.first_month_seconds("valley", None))

    def _compile(self) -> list[tuple[float, float]]:
        return self._seconds(startup.compile_seconds)

    def _region_default(self) -> list[tuple[float, float]]:
        runs = self._world(self.sizes.pack, self.sizes.region, self.sizes.default_burn_in)
        return [(facts["total_s"], ns) for facts, ns in runs]
