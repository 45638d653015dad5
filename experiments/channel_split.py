"""How an effect is split by channel, once the level under every set of channels is known."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

Off = frozenset[str]

TOTAL, DIRECT, OWN, AROUND = "effect", "direct: all off", "the plant itself", "around it"
INTERACTION = "interaction"


def sets_off(
    channels: Sequence[str], *, shapley: bool = False, among: Sequence[str] | None = None
) -> list[Off]:
    """Sets of channels that are off in the runs besides the control, each once, the full first.

    All off, only one on, only one off; with `shapley` every subset. `among`: all channels there
    are, where only some (`channels`) are told apart.
    """
    if among is not None:
        all_off = frozenset(among)
        told = [off for c in channels for off in (frozenset({c}), all_off - {c})]
        return list(dict.fromkeys([frozenset(), *told, all_off]))
    every = frozenset(channels)
    sizes = range(len(channels) + 1) if shapley else (0, 1, len(channels) - 1, len(channels))
    found = [frozenset(some) for size in sizes for some in combinations(channels, max(size, 0))]
    assert every in found
    return list(dict.fromkeys(found))


@dataclass(frozen=True)
class Levels:
    """One outcome of one seed: in the control, by set off, and of the plant itself (all off)."""

    control: float
    by_off: Mapping[Off, float]
    plant: float


def split(
    level: Levels,
    channels: Sequence[str],
    *,
    shapley: bool = False,
    among: Sequence[str] | None = None,
) -> list[tuple[str, str, float]]:
    """(row, part, value): effect, direct, each channel, and what is no channel's own.

    With `among` (all channels there are) the last holds the channels that are not told apart too.
    """
    none_on = frozenset(among or channels)
    full, bare = level.by_off[frozenset()], level.by_off[none_on]
    rows = [(TOTAL, "", full - level.control), (DIRECT, "", bare - level.control)]
    if not math.isnan(level.plant):
        rows += [(OWN, "", level.plant), (AROUND, "", bare - level.control - level.plant)]
    sums = {"first-in": 0.0, "last-out": 0.0, "shapley": 0.0}
    for c in channels:
        parts = {
            "first-in": level.by_off[none_on - {c}] - bare,
            "last-out": full - level.by_off[frozenset({c})],
        }
        if shapley:
            parts["shapley"] = shapley_value(level.by_off, channels, c)
        for part, value in parts.items():
            sums[part] += value
            rows.append((c, part, value))
    # The Shapley values leave nothing: their row is the check that the sum is exact.
    rows += [
        (INTERACTION, part, full - bare - total)
        for part, total in sums.items()
        if shapley or part != "shapley"
    ]
    return rows


def shapley_value(by_off: Mapping[Off, float], channels: Sequence[str], c: str) -> float:
    """Mean gain from switching on `c` over all orders: Σ s!(n−1−s)!/n! [Y(S with c) − Y(S)].

    `by_off` has every subset of `channels` as the set that is off.
    """
    n, every = len(channels), frozenset(channels)
    others = [name for name in channels if name != c]
    total = 0.0
    for size in range(n):
        weight = math.factorial(size) * math.factorial(n - 1 - size) / math.factorial(n)
        for on in combinations(others, size):
            off = every - frozenset(on)
            total += weight * (by_off[off - {c}] - by_off[off])
    return total
