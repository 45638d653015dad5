"""How many threads share the passes over workers. Results do not depend on it, bit for bit.

One thread per core unless ORNOK_THREADS or `use` says otherwise. Pools of processes set one each:
replications in parallel gain more than threads within a run.
"""

from __future__ import annotations

import os

_MOST = 64


def _from_environment() -> int:
    """ORNOK_THREADS if it is a usable number, else one per core."""
    wished = os.environ.get("ORNOK_THREADS", "")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(int(wished), _MOST) if wished.isdecimal() and int(wished) > 0 else cores or 1


_count = _from_environment()


def use(threads: int) -> None:
    """Share work among this many threads from now on; from 1 to 64, else ValueError."""
    global _count
    if not 1 <= threads <= _MOST:
        raise ValueError(f"threads must be from 1 to {_MOST}, got {threads}")
    _count = threads


def count() -> int:
    """The number of threads in use."""
    return _count
