"""Where far workers write: a place of its own in the study's folder, from which parts are moved.

Nobody can stop a worker on another machine: when the process that hands out is gone, it goes on
for a while. What it finishes then must not lie half in the folder while another process runs the
study. So it counts only when `bring_home` has moved it, and from the moment the place is gone it
cannot any more. `runs_store.clean` removes the places of those that were killed.
"""

from __future__ import annotations

import shutil
import uuid
from contextlib import suppress
from pathlib import Path

from experiments.runs_store import UNDER_WAY, flush_names
from experiments.study_rows import RUNS

_TOKEN = "token"


def make_apart(folder: Path) -> tuple[Path, str]:
    """Make a place apart and put a token into it: the place, absolute, and the token."""
    place, token = folder.absolute() / UNDER_WAY / uuid.uuid4().hex[:12], uuid.uuid4().hex
    place.mkdir(parents=True)
    (place / _TOKEN).write_text(token, encoding="utf-8")
    return place, token


def end_apart(place: Path) -> None:
    """Remove a place with all that was not brought home; nothing is brought home afterwards."""
    shutil.rmtree(place, ignore_errors=True)
    with suppress(OSError):  # others are in it, or it is gone
        place.parent.rmdir()


def token_in(place: Path) -> str | None:
    """The token of a place as seen from here; None if there is none to be seen."""
    try:
        # Opening asks a file server anew, where looking for the name may be answered from memory.
        return (place / _TOKEN).read_text(encoding="utf-8")
    except OSError:
        return None


def bring_home(written: Path, place: Path, folder: Path) -> None:
    """Move what was written to a folder in `place` to where it counts, the months last.

    Raises OSError when the place is gone; then it does not count.
    """
    names = [path.relative_to(written) for path in written.rglob("part-*.parquet")]
    if token_in(place) is None:
        end_apart(place)  # it was made anew by writing into it
        raise FileNotFoundError(f"{place} is gone: the study is not run from there any more")
    for name in sorted(names, key=lambda one: one.parts[0] == RUNS):
        home = folder / name
        home.parent.mkdir(parents=True, exist_ok=True)
        (written / name).replace(home)
        flush_names(home.parent)
    shutil.rmtree(written, ignore_errors=True)
