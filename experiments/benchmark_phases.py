"""Where a month goes: by phase of `step()` and by compiled function, beside what memory allows.

Phases are the calls in the source of `RegionalModel.step`; compiled functions are found in the
modules of the model. Both are wrapped for as long as a measurement lasts, on one thread, each in a
pass of its own, so that the clocks do not count one another.

Bytes are a lower bound: the columns of workers (the part of their rows that a call is given) and of
firms that compiled functions are handed, each read once a call. What numpy does between them, tables,
lists and writing back are not counted. A function that ends sooner than memory could have brought its
columns has not read them; it counts nothing.
"""

from __future__ import annotations

import ast
import gc
import importlib
import inspect
import pkgutil
import textwrap
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

import model as package
from experiments.benchmark_calibrator import stream_gb_s
from model import RegionalModel, threads

_IMPOSSIBLE = 4.0
"""Times the rate of one core's stream: faster than this, columns were not read."""

Facts = dict[str, Any]


def phase_names(step: Callable[..., Any] = RegionalModel.step) -> list[str]:
    """The calls that make up the body of `step`, in order, each once: `labour.match_workers`, ..."""
    function = ast.parse(textwrap.dedent(inspect.getsource(step))).body[0]
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Expr)]
    names = [ast.unparse(node.value.func) for node in calls if isinstance(node.value, ast.Call)]
    return list(dict.fromkeys(names))


def _owner(model: RegionalModel, name: str) -> tuple[Any, str]:
    """The object on which a phase is looked up, and its name there."""
    *path, last = name.split(".")
    place: Any = importlib.import_module(type(model).__module__)
    if path and path[0] == "self":
        place, path = model, path[1:]
    for part in path:
        place = getattr(place, part)
    return place, last


@contextmanager
def _replaced(owner: Any, name: str, new: Any) -> Iterator[None]:
    """`owner.name` is `new` inside the block; afterwards it is as it was."""
    own = name in vars(owner)
    old = getattr(owner, name)
    setattr(owner, name, new)
    try:
        yield
    finally:
        if own:
            setattr(owner, name, old)
        else:
            delattr(owner, name)


class PhaseClock:
    """Seconds by phase while it is entered; `now` is the phase at work."""

    def __init__(self, model: RegionalModel) -> None:
        self.seconds: dict[str, float] = dict.fromkeys(phase_names(), 0.0)
        self.now = ""
        self._model, self._stack = model, ExitStack()

    def __enter__(self) -> PhaseClock:
        for name in self.seconds:
            owner, last = _owner(self._model, name)
            wrapped = self._timed(name, getattr(owner, last))
            self._stack.enter_context(_replaced(owner, last, wrapped))
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def _timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*given: Any, **named: Any) -> Any:
            if self.now:  # called by another phase: that one's time
                return function(*given, **named)
            self.now, started = name, time.perf_counter()
            try:
                return function(*given, **named)
            finally:
                self.seconds[name] += time.perf_counter() - started
                self.now = ""

        return timed


# --- Compiled functions ---------------------------------------------------------------------------


def compiled_functions() -> dict[int, tuple[Any, list[tuple[Any, str]]]]:
    """Every compiled function of the model by its id: itself, and the modules that know it by name."""
    from numba.core.registry import CPUDispatcher

    found: dict[int, tuple[Any, list[tuple[Any, str]]]] = {}
    for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not info.name.startswith(f"{package.__name__}.data"):
            module = importlib.import_module(info.name)
            for name, value in vars(module).items():
                if isinstance(value, CPUDispatcher):
                    found.setdefault(id(value), (value, []))[1].append((module, name))
    return found


@dataclass
class Count:
    """Of one compiled function in one phase."""

    calls: int = 0
    seconds: float = 0.0
    bytes: float = 0.0
    worker_bytes: float = 0.0


class CompiledClock:
    """Seconds and bytes by phase and compiled function while it is entered."""

    def __init__(self, model: RegionalModel, phases: PhaseClock) -> None:
        self.counts: defaultdict[tuple[str, str], Count] = defaultdict(Count)
        self._phases, self._stack = phases, ExitStack()
        self._rows = {name: population.capacity for name, population in model.populations.items()}
        # Rows are told by length; two populations of one length would be confused.
        if len(set(self._rows.values())) < len(self._rows):
            raise RuntimeError("workers and firms have as many rows: choose another scale")

    def __enter__(self) -> CompiledClock:
        for function, places in compiled_functions().values():
            wrapped = self._timed(function)
            for module, name in places:
                self._stack.enter_context(_replaced(module, name, wrapped))
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def _timed(self, function: Any) -> Callable[..., Any]:
        source = function.py_func
        name = f"{source.__module__.split('.')[-1]}.{source.__name__}"
        words = list(inspect.signature(source).parameters)

        def timed(*given: Any) -> Any:
            started = time.perf_counter()
            result = function(*given)
            seconds = time.perf_counter() - started
            count = self.counts[self._phases.now, name]
            workers, others = self._bytes(dict(zip(words, given)))
            count.calls += 1
            count.seconds += seconds
            count.bytes += workers + others
            count.worker_bytes += workers
            return result

        return timed

    def _bytes(self, given: dict[str, Any]) -> tuple[float, float]:
        """Bytes of distinct columns that a call reads at least: of workers, and of firms."""
        arrays = [x for x in given.values() if isinstance(x, np.ndarray) and x.ndim]
        distinct = {x.__array_interface__["data"][0]: x for x in arrays}.values()
        n_workers, n_firms = self._rows["workers"], self._rows["firms"]
        share = self._rows_given(given, arrays, n_workers) / n_workers
        workers = sum(x.nbytes for x in distinct if len(x) == n_workers) * share
        return workers, float(sum(x.nbytes for x in distinct if len(x) == n_firms))

    @staticmethod
    def _rows_given(given: dict[str, Any], arrays: list[np.ndarray], n_workers: int) -> int:
        """Workers' rows that a call visits: its slice, else its list of rows, else all."""
        if "first" in given and "last" in given and np.isscalar(given["first"]):
            return int(given["last"] - given["first"])
        lead = arrays[0] if arrays else None
        if lead is not None and lead.ndim == 1 and lead.dtype == np.int64:
            return min(len(lead), n_workers)
        return n_workers


# --- Tables ---------------------------------------------------------------------------------------


def measure(pack: str | None, scale: float | None, skip: int, months: int) -> Facts:
    """Run `plant` past a burn-in of `skip` months; measure `months` of phases, then of functions.

    Returns `phases` and `functions`, costliest first, in numbers a month, with workers, firms and
    the GB/s of one core's stream.
    """
    from experiments.simulate import prepare

    threads.use(1)
    model = prepare("plant", pack=pack, scale=scale, settings={"burn_in": skip}).build()
    for _ in range(skip):
        model.step()
    gc.collect()
    with PhaseClock(model) as phases:
        started = time.perf_counter()
        for _ in range(months):
            model.step()
        month = (time.perf_counter() - started) / months
    with PhaseClock(model) as again, CompiledClock(model, again) as compiled:
        for _ in range(months):
            model.step()
    stream = stream_gb_s()
    _drop_unread(compiled.counts, stream)
    return {
        "workers": len(model.workers),
        "firms": int(model.firms.alive.sum()),
        "month_s": month,
        "stream_gb_s": stream,
        "phases": _phase_lines(phases, compiled, months),
        "functions": _function_lines(compiled, months),
    }


def _drop_unread(counts: dict[tuple[str, str], Count], stream: float) -> None:
    for count in counts.values():
        if count.worker_bytes > _IMPOSSIBLE * stream * 1e9 * count.seconds:
            count.bytes -= count.worker_bytes
            count.worker_bytes = 0.0


def _phase_lines(phases: PhaseClock, compiled: CompiledClock, months: int) -> list[Facts]:
    lines = []
    for name, seconds in phases.seconds.items():
        counts = [count for (phase, _), count in compiled.counts.items() if phase == name]
        lines.append(
            {
                "phase": name.removeprefix("self."),
                "seconds": seconds / months,
                "compiled_s": sum(count.seconds for count in counts) / months,
                "bytes": sum(count.bytes for count in counts) / months,
                "worker_bytes": sum(count.worker_bytes for count in counts) / months,
            }
        )
    return sorted(lines, key=lambda line: -line["seconds"])


def _function_lines(compiled: CompiledClock, months: int) -> list[Facts]:
    total: defaultdict[str, Count] = defaultdict(Count)
    for (_, name), count in compiled.counts.items():
        total[name].calls += count.calls
        total[name].seconds += count.seconds
        total[name].bytes += count.bytes
        total[name].worker_bytes += count.worker_bytes
    lines = [
        {
            "function": name,
            "calls": count.calls / months,
            "seconds": count.seconds / months,
            "bytes": count.bytes / months,
            "worker_bytes": count.worker_bytes / months,
        }
        for name, count in total.items()
    ]
    return sorted(lines, key=lambda line: -line["seconds"])
