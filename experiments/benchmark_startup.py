"""What starting costs: the command's help, the first month of a fresh process, compiling everything."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time

HELP = "from experiments.cli import main; main()"
"""What the installed command does."""
FIRST_MONTH = "from experiments.simulate import prepare; prepare('plant', pack={!r}, scale={!r}).build().step()"
WHOLE_RUN = (
    "from experiments.simulate import prepare; prepare('plant', pack='valley').build().run()"
)


def _seconds(program: str, *arguments: str, **environment: str) -> float:
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )
    seconds = time.perf_counter() - started
    if done.returncode:
        raise RuntimeError(f"{program!r} failed:\n{done.stderr}")
    return seconds


def help_seconds() -> float:
    """`ornok --help`."""
    return _seconds(HELP, "--help")


def first_month_seconds(pack: str | None, scale: float | None) -> float:
    """A fresh process to the end of its first month; pack and scale as elsewhere."""
    return _seconds(FIRST_MONTH.format(pack, scale))


def compile_seconds() -> float:
    """A run of `valley` with nothing compiled, less the same run with everything compiled."""
    with tempfile.TemporaryDirectory() as folder:
        cold = _seconds(WHOLE_RUN, ORNOK_CACHE_DIR=folder)
        return cold - _seconds(WHOLE_RUN, ORNOK_CACHE_DIR=folder)
