"""Where a result comes from: versions of the code and the packages."""

from __future__ import annotations

import platform
import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from model import __version__, source_hash

_PACKAGES = ("mesa", "numba", "numpy", "pandas")
_ROOT = Path(__file__).resolve().parent.parent


@cache
def versions() -> dict[str, str]:
    """Versions that decide a result: Python, platform, Ornok, its code, its main packages."""
    found = {
        "ornok": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(terse=True),
    }
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "unknown"
    found["code"] = source_hash()
    return found


@cache
def git_commit() -> str | None:
    """The commit of a git checkout, with `+changes` when files differ; None outside of git."""
    if not (_ROOT / ".git").exists():
        return None
    try:
        commit = _git("rev-parse", "--short=12", "HEAD")
        dirty = _git("status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.SubprocessError):
        return None
    return commit + "+changes" if dirty else commit


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(_ROOT), *arguments],
        capture_output=True,
        text=True,
        timeout=10,
        check=True,
    )
    return done.stdout.strip()
