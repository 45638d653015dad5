"""Passes over many rows, shared among threads. No result depends on how many there are, bit for bit.

A pass is a compiled rule that frees the interpreter (`nogil=True`) and works on rows [first, last).
It writes only to these rows, and says what else happened as a list of rows or as sums: lists are
joined in row order; sums are whole numbers, or floats by blocks of `BLOCK` rows, added in order.
What touches others' rows (an employer's staff) is then done on the list by one thread.

One thread per core unless ORNOK_THREADS or `use` says otherwise. Pools of processes set one each:
replications in parallel gain more than threads within a run.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np

BLOCK = 8192
"""Rows whose floats are summed in one go, whatever the number of threads."""
# Fewer rows than this are not worth handing to another thread: at 65,000 people two threads gain
# little, and lose much where another run could have the core.
_LEAST = 49152
_MOST = 64
# Slices a thread: the slower one has then something left to give away.
_SLICES = 2


def _from_environment() -> int:
    """ORNOK_THREADS if it is a usable number, else one per core."""
    wished = os.environ.get("ORNOK_THREADS", "")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(int(wished), _MOST) if wished.isdecimal() and int(wished) > 0 else cores or 1


_count = _from_environment()
_pool: ThreadPoolExecutor | None = None


def use(threads: int) -> None:
    """Share work among this many threads from now on; from 1 to 64, else ValueError."""
    global _count
    if not 1 <= threads <= _MOST:
        raise ValueError(f"threads must be from 1 to {_MOST}, got {threads}")
    _forget_pool()
    _count = threads


def count() -> int:
    """The number of threads in use."""
    return _count


def _forget_pool() -> None:
    global _pool
    _pool = None


# A forked child has the pool's object without its threads.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_pool)


def blocks(rows: int) -> int:
    """Number of blocks of rows, at least 1: the first size of an array for sums."""
    return max(-(-rows // BLOCK), 1)


def over_rows[T](rows: int, work: Callable[[int, int], T], least: int = _LEAST) -> list[T]:
    """`work(first, last)` on slices that cover all rows; what it returns, in row order.

    Slices begin at multiples of `BLOCK`. Small populations are one slice and meet no other thread;
    `least`: rows a slice, fewer where each takes long.
    """
    global _pool
    n_slices = min(_SLICES * _count, rows // max(least, BLOCK)) if _count > 1 else 1
    if n_slices <= 1:
        return [work(0, rows)]
    if _pool is None:
        _pool = ThreadPoolExecutor(_count - 1, thread_name_prefix="ornok")
    bounds = [blocks(rows) * k // n_slices * BLOCK for k in range(n_slices)] + [rows]
    slices = list(pairwise(bounds))
    handed_out = [_pool.submit(work, *one) for one in slices[1:]]
    done = [work(*slices[0])]
    # Who asked works too: it takes back from the end what no other thread has begun.
    own: list[T] = []
    while handed_out and handed_out[-1].cancel():
        handed_out.pop()
        own.append(work(*slices[-1 - len(own)]))
    return done + [one.result() for one in handed_out] + own[::-1]


def list_rows(rows: int, work: Callable[[int, int], np.ndarray]) -> np.ndarray:
    """The rows that `work(first, last)` lists of each slice, joined in row order."""
    lists = over_rows(rows, work)
    return lists[0] if len(lists) == 1 else np.concatenate(lists)
