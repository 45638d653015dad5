"""Where numba keeps its compiled code: in a folder named by the hash of our sources.

With `cache=True` numba looks only at the file of the function itself. A change in a callee in
another file goes unnoticed and the old code runs on, with wrong results. So every state of the
sources gets a folder of its own.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
KEPT_FOLDERS = 8
UNUSED_SECONDS = 3600.0


@cache
def source_hash() -> str:
    """Sixteen hex digits of the sha256 of all `model/**/*.py`: paths and bytes, in sorted order.

    Read once per process: a later edit takes effect with the next process, as the code itself does.
    """
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        content = path.read_bytes()
        name = path.relative_to(PACKAGE).as_posix()
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:16]


def use_fresh_folder() -> None:
    """Point numba, imported or not, at the folder of this state of the sources."""
    folder = _usable_base() / f"numba-{source_hash()}"
    is_new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    # The modification time says when a folder was last used; pruning goes by it.
    os.utime(folder)
    os.environ["NUMBA_CACHE_DIR"] = str(folder)
    numba = sys.modules.get("numba")
    if numba is not None:
        # numba read the environment when it was imported; tell it directly.
        numba.config.CACHE_DIR = str(folder)
    if is_new:
        _prune(folder.parent)


def nothing_compiled() -> bool:
    """Whether this state of the sources has never been compiled here: the first run will take long."""
    if os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"):
        return False
    return not any(Path(os.environ["NUMBA_CACHE_DIR"]).glob("*/*.nbi"))


def _usable_base() -> Path:
    """ORNOK_CACHE_DIR, else the user's cache folder, else a private temporary folder."""
    wished = os.environ.get("ORNOK_CACHE_DIR")
    general = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    try:
        base = Path(wished) if wished else Path(general or Path.home() / ".cache") / "ornok"
        base.mkdir(parents=True, exist_ok=True)
        probe = base / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except (OSError, RuntimeError):  # read-only disk, or no home folder at all
        base = _private_temporary_folder()
    return base


def _private_temporary_folder() -> Path:
    """A folder only this user can write: cached code is executed, so others may not plant it."""
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="ornok-"))
    # Child processes reuse this folder and do not compile again.
    os.environ["ORNOK_CACHE_DIR"] = str(folder)
    return folder


def _prune(base: Path) -> None:
    """Delete folders of old sources: beyond the newest few, unless used within the hour."""
    import shutil

    used: dict[Path, float] = {}
    for folder in base.glob("numba-*"):
        try:
            used[folder] = folder.stat().st_mtime
        except OSError:  # another process has just deleted it
            continue
    old = time.time() - UNUSED_SECONDS
    for folder in sorted(used, key=used.__getitem__, reverse=True)[KEPT_FOLDERS:]:
        if used[folder] < old:
            shutil.rmtree(folder, ignore_errors=True)
