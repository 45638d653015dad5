"""What the machine can do at the moment: a fixed kernel of the model's kind, and memory by stream.

Machines differ and slow down under others' load, so times are divided by this one. It takes nothing
from the model, which may change; this may not, or earlier tables could no longer be compared.
"""

from __future__ import annotations

import time
from functools import cache
from statistics import median

import numpy as np
from numba import njit

ROWS = 1_000_000
"""Rows of the kernel; a quantity of 8 bytes for each is beyond the fast caches."""
STREAM = 4_000_000
"""Numbers of each of the triad's three columns: 96 MB together."""
REPEATS = 15


@njit(cache=True)
def mixed(rows, table, small, out):  # type: ignore[no-untyped-def]
    """A draw by a mixing hash, gathers from a large and a small table, and a branch, per row."""
    size, few = np.uint64(len(table)), np.uint64(len(small))
    kept = 0
    for i in range(rows):
        x = np.uint64(i) * np.uint64(0x9E3779B97F4A7C15)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        x ^= x >> np.uint64(31)
        u = np.float64(x >> np.uint64(11)) * 2.0**-53
        value = table[np.int64(x % size)] + small[np.int64((x >> np.uint64(32)) % few)]
        if u < 0.3:
            out[i] = value * u
            kept += 1
    return kept


@njit(cache=True)
def triad(a, b, c, factor):  # type: ignore[no-untyped-def]
    """a = b + factor · c."""
    for i in range(len(a)):
        a[i] = b[i] + factor * c[i]


@cache
def _columns() -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(1)
    stream = tuple(np.ones(STREAM) for _ in range(3))
    columns = (rng.random(2_000_000), rng.random(4096), np.zeros(ROWS), *stream)
    mixed(10, *columns[:3])
    triad(stream[0][:1], stream[1][:1], stream[2][:1], 0.5)
    return columns


def _seconds() -> tuple[float, float]:
    table, small, out, a, b, c = _columns()
    started = time.perf_counter()
    mixed(ROWS, table, small, out)
    middle = time.perf_counter()
    triad(a, b, c, 0.5)
    return middle - started, time.perf_counter() - middle


def calibrate(repeats: int = REPEATS) -> float:
    """ns a row of kernel and triad together, one thread: the median of so many."""
    return 1e9 * median(sum(_seconds()) for _ in range(repeats)) / ROWS


def stream_gb_s(repeats: int = REPEATS) -> float:
    """What one core reads and writes by stream, GB/s: 24 bytes a number of the triad, the best."""
    return 24e-9 * STREAM / min(_seconds()[1] for _ in range(repeats))
