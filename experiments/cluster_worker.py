"""What a worker of a cluster does: show that it is fit for a study, and work chunks apart."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from experiments.provenance import versions
from experiments.runs_apart import bring_home, token_in
from experiments.study_plan import code_version
from experiments.sweep import Chunk, Done
from model import load_pack, threads
from model.errors import InputError

# A worker may have several threads, and several masters: runs share a process one after the other.
_ONE_AT_A_TIME = threading.Lock()
_MOST_THREADS = 64


@dataclass(frozen=True)
class Shown:
    """What a process shows of itself: code, pack's hash ("" if not found), versions, token seen."""

    code: str
    pack_hash: str
    versions: dict[str, str]
    token: str | None


def show(place: Path, pack: str) -> Shown:
    """What this process would run a study of `pack` with, and what it sees in `place`."""
    try:
        pack_hash = load_pack(pack).digest
    except (InputError, OSError):
        pack_hash = ""
    return Shown(code_version(), pack_hash, versions(), token_in(place))


def unfit(its: Shown, ours: Shown, folder: Path) -> str | None:
    """Why a worker cannot run a study in `folder`, to follow its name; None if it can.

    Packages must be the same; of the operating system's details (`platform`) nothing is asked.
    """
    if its.token != ours.token:
        return (
            f"does not see the study's folder {folder}: workers write into it, so it must lie on "
            "a file system that they share, under the same path"
        )
    if its.code != ours.code:
        return f"has other code of Ornok ({its.code}, here {ours.code})"
    if its.pack_hash != ours.pack_hash:
        return f"has another pack ({its.pack_hash[:12] or 'none'}, here {ours.pack_hash[:12]})"
    for name, version in ours.versions.items():
        if name not in ("platform", "code") and its.versions.get(name) != version:
            return f"has {name} {its.versions.get(name)}, here it is {version}"
    return None


def work_apart(
    work: Callable[[Chunk], Done], chunk: Chunk, place: Path, wished_threads: int
) -> Done:
    """Work a chunk in `place` and bring its part home; one at a time in a process."""
    with _ONE_AT_A_TIME:
        wished = max(1, min(wished_threads, _MOST_THREADS))
        if threads.count() != wished:
            threads.use(wished)
        written = place / chunk.part
        done = work(replace(chunk, folder=written))
        bring_home(written, place, chunk.folder)
        return done
