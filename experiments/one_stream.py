"""What the model would be without keyed draws: one stream, handed out in the order of asking.

The common way to give an agent-based model its luck is a generator that is seeded once and asked
by whoever comes next. Two worlds with the same seed then share numbers only until the first agent
asks once more or once less than in the other world; from there on everybody has another's luck.

`use_one_stream` replaces the source of `model.draws` by such a generator (the Mersenne Twister,
numpy's and numba's own) for the rest of a process. The rules are those of the model, compiled anew
into a folder of their own: no rule knows of it. Two things stay keyed, because no number is drawn
there: identities of the newborn, and an agent's lasting traits, which the model looks up by their
key each time where another program would have stored them.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from experiments.simulate import Results, Setup

# Nothing of the model is imported above: where its compiled code lies is decided by the import.


def use_one_stream() -> None:
    """From now on every number in this process comes from one stream; `seed_stream` starts it.

    Raises RuntimeError when a rule has drawn a number already: its compiled code would not change.
    """
    from model import draws, threads

    asked = [getattr(draws.uniform, "signatures", []), getattr(draws.bits, "signatures", [])]
    if any(asked):
        raise RuntimeError("the source of draws can be replaced in a fresh process only")
    draws._words = _stream_words(draws)
    threads.use(1)  # several threads would take turns by chance


def _stream_words(draws: Any) -> Any:
    """Four words of 32 bits: the next ones, whatever the key; by key for traits and identities."""
    import numpy as np
    from numba import njit

    keyed, child_key = draws._words, draws._CHILD_KEY
    # Month 0 is written for "once in a life" in these.
    traits = (draws.TASTE, draws.QUALITY, draws.CAPABILITY, draws.FOREIGN_ENTRY, draws.OUTAGE)
    size = 2.0**32

    @njit
    def words(seed, decision, identity, month, draw):  # type: ignore[no-untyped-def]
        if seed == child_key or (month == 0 and decision in traits):
            return keyed(seed, decision, identity, month, draw)
        return (
            np.uint64(np.random.random() * size),  # noqa: NPY002  # the one generator compiled code shares
            np.uint64(np.random.random() * size),  # noqa: NPY002
            np.uint64(np.random.random() * size),  # noqa: NPY002
            np.uint64(np.random.random() * size),  # noqa: NPY002
        )

    return words


def seed_stream(seed: int) -> None:
    """Start the stream of this process anew."""
    import numpy as np
    from numba import njit

    @njit
    def start(number):  # type: ignore[no-untyped-def]
        np.random.seed(number)  # noqa: NPY002  # compiled code has no other generator of its own

    start(seed)


def run_with_one_stream(setups: Sequence[Setup], jobs: int = 1) -> Iterator[Results]:
    """Run every setup in processes of their own that know one stream only; in their order.

    The stream of a run starts from the run's seed. Raises what a run raises.
    """
    with _own_compiled_code():
        pool = ProcessPoolExecutor(jobs, get_context("spawn"), initializer=use_one_stream)
        try:
            yield from pool.map(_run, setups)
        finally:
            pool.shutdown(cancel_futures=True)


def _run(setup: Setup) -> Results:
    from experiments.simulate import run

    seed_stream(setup.seed)
    return run(setup)


@contextmanager
def _own_compiled_code() -> Iterator[None]:
    """New processes keep their compiled code apart from that of the model as it is."""
    import model  # noqa: F401  # says where compiled code lies

    before = os.environ.get("ORNOK_CACHE_DIR")
    own = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:16]
    os.environ["ORNOK_CACHE_DIR"] = str(Path(os.environ["NUMBA_CACHE_DIR"]) / f"one-stream-{own}")
    try:
        yield
    finally:
        if before is None:
            del os.environ["ORNOK_CACHE_DIR"]
        else:
            os.environ["ORNOK_CACHE_DIR"] = before
