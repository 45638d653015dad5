"""One runner a study: a lock that the operating system lets go of when its holder dies."""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from model.errors import InputError

NAME = "study.lock"
# Longer than a worker needs to notice that its parent is gone.
ORPHANS_SECONDS = 1.0


@contextmanager
def only_runner(folder: Path) -> Iterator[None]:
    """Hold the study's lock; `model.errors.InputError` if another process has it.

    The file says who holds it. A holder that was killed leaves the file but not the lock: then we
    wait until its workers have noticed, too, and go on.
    """
    path = folder / NAME
    try:
        file = _taken(path)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise InputError(f"cannot be written to ({why})", field="DIR", value=str(folder)) from None
    if file is None:
        raise InputError(
            f"is being run by {holder_in_words(folder)}; wait for it, or stop it and resume",
            field="DIR",
            value=str(folder),
        )
    with file:
        stale = file.read().strip() != ""
        file.seek(0)
        file.truncate()
        who = {"pid": os.getpid(), "host": socket.gethostname(), "since": _now()}
        file.write(json.dumps(who) + "\n")
        file.flush()
        if stale:
            time.sleep(ORPHANS_SECONDS)
        try:
            yield
        finally:
            # An open file cannot be removed everywhere; an empty one says as much.
            file.seek(0)
            file.truncate()
            file.flush()
            if os.name == "posix":
                path.unlink(missing_ok=True)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _taken(path: Path) -> IO[str] | None:
    """The locked file, or None if somebody else holds it for longer than a glance."""
    for _ in range(10):
        file = path.open("a+", encoding="utf-8")
        if not _lock(file):
            file.close()
            time.sleep(0.05)
            continue
        # Its last holder may have removed the file between our opening and our locking it.
        if path.exists() and os.fstat(file.fileno()).st_ino == path.stat().st_ino:
            file.seek(0)
            return file
        file.close()
    return None


def running(folder: Path) -> dict[str, Any] | None:
    """Who runs the study now (pid, host, since), or None. Changes nothing."""
    path = folder / NAME
    try:
        with path.open("r+", encoding="utf-8") as file:
            if _lock(file):
                return None
    except OSError:
        return None
    return _holder(path)


def holder_in_words(folder: Path) -> str:
    """The process that holds the lock, for a message."""
    who = _holder(folder / NAME)
    return f"process {who.get('pid', '?')} on {who.get('host', '?')}"


def _holder(path: Path) -> dict[str, Any]:
    try:
        who = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return who if isinstance(who, dict) else {}


def _lock(file: IO[str]) -> bool:
    """Lock without waiting; it lasts until the file is closed or the process ends."""
    try:
        if sys.platform == "win32":
            import msvcrt

            # A byte far behind the text, so that others may read who it is.
            file.seek(1 << 20)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
