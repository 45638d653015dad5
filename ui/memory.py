"""How the server's memory is handed out: so that what sessions leave goes back to the system.

The C library keeps a heap for each of many threads and raises its bound for what is mapped separately
with every large message: after some hundred sessions nothing is in use, yet nothing is given back.
"""

from __future__ import annotations

import ctypes
import sys

# Of glibc's malloc.h: parameter numbers of mallopt.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
_ARENAS, _LARGE_BYTES = 2, 128 * 1024


def keep_small() -> None:
    """Few heaps, and large pieces by themselves; nothing where the C library is not glibc."""
    library = _library()
    if library is not None:
        library.mallopt(_ARENA_MAX, _ARENAS)
        library.mallopt(_MMAP_THRESHOLD, _LARGE_BYTES)
        library.mallopt(_TRIM_THRESHOLD, _LARGE_BYTES)


def give_back() -> None:
    """Give back what is not in use."""
    library = _library()
    if library is not None:
        library.malloc_trim(0)


def _library() -> ctypes.CDLL | None:
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "malloc_trim") else None  # musl has none
