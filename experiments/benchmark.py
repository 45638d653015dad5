"""Time per month and memory against scale, beside a plain-Mesa labour market.

Machines differ, so read the ratios. They are not like for like: a month of Ornok holds every
rule of the model, the yardstick (`benchmark_mesa.py`) the labour market alone. Each measurement
runs in a fresh process, so that peak memory is its own.
"""

from __future__ import annotations

import json
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Protocol

import typer

WARM_UP = 2
"""Months before the clock starts: the first ones load compiled code or compile it."""


class Steps(Protocol):
    """Whatever has a month."""

    def step(self) -> None:
        """Go on by one month."""


def measure_ornok(scale: float, months: int, pack: str | None) -> dict[str, Any]:
    """Build the world `plant` and time its months; run in a process of its own.

    The labour market is timed a second time on its own, since that is all the yardstick has.
    """
    from experiments.simulate import prepare
    from model.markets import labour

    whole = labour.match_workers
    spent: list[float] = []

    def timed(model: Any) -> None:
        started = time.perf_counter()
        whole(model)
        spent.append(time.perf_counter() - started)

    labour.match_workers = timed
    setup = prepare("plant", scale=scale, pack=pack)
    model, facts = _timed(setup.build, months)
    return facts | {
        "scale": scale,
        "workers": len(model.workers),
        "firms": len(model.firms),
        "labour_s": sum(spent[WARM_UP:]) / months,
    }


def measure_mesa(workers: int, months: int) -> dict[str, Any]:
    """Build and time the plain-Mesa labour market; run in a process of its own."""
    from experiments.benchmark_mesa import PlainLabourMarket

    model, facts = _timed(lambda: PlainLabourMarket(workers), months)
    return facts | {"workers": workers, "firms": len(model.firms)}


def _timed[M: Steps](build: Callable[[], M], months: int) -> tuple[M, dict[str, Any]]:
    started = time.perf_counter()
    model = build()
    built = time.perf_counter()
    for _ in range(WARM_UP):
        model.step()
    warm = time.perf_counter()
    for _ in range(months):
        model.step()
    done = time.perf_counter()
    return model, {
        "build_s": built - started,
        "warm_up_s": warm - built,
        "month_s": (done - warm) / months,
        "peak_mib": peak_memory(),
    }


def peak_memory() -> float:
    """Largest resident memory of this process so far, MiB."""
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


def in_fresh_process(kind: str, size: float, months: int, pack: str | None) -> dict[str, Any]:
    """Run one measurement in a new interpreter and return its facts."""
    command = [sys.executable, "-m", "experiments.benchmark", "--one", kind]
    command += ["--scales", f"{size:g}", "--months", str(months)]
    command += ["--pack", pack] if pack else []
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"measuring {kind} at {size:g} failed:\n{done.stderr}")
    facts: dict[str, Any] = json.loads(done.stdout)
    return facts


def compare(
    scales: Sequence[float], months: int, mesa_months: int, pack: str | None
) -> list[dict[str, Any]]:
    """One line a scale: Ornok, plain Mesa with as many workers, and their ratios."""
    lines = []
    for scale in scales:
        ours = in_fresh_process("ornok", scale, months, pack)
        lines.append(ours | {"ns_per_worker": 1e9 * ours["month_s"] / ours["workers"]})
        if mesa_months:
            mesa = in_fresh_process("mesa", ours["workers"], mesa_months, None)
            lines[-1] |= {
                "mesa_month_s": mesa["month_s"],
                "mesa_peak_mib": mesa["peak_mib"],
                "mesa_labour_over_labour": mesa["month_s"] / ours["labour_s"],
                "mesa_labour_over_month": mesa["month_s"] / ours["month_s"],
                "peak_over_mesa_peak": ours["peak_mib"] / mesa["peak_mib"],
            }
    return lines


def main(
    scales: Annotated[str, typer.Option(help="Scales, largest first.")] = "50,20,10,5",
    months: Annotated[int, typer.Option(help="Months timed, after the warm-up.", min=1)] = 24,
    mesa_months: Annotated[int, typer.Option(help="The same for Mesa; 0 leaves it out.")] = 3,
    pack: Annotated[str | None, typer.Option(help="Country pack.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    one: Annotated[str | None, typer.Option(hidden=True)] = None,
) -> None:
    """Measure time per month and memory against scale."""
    sizes = [float(scale) for scale in scales.split(",")]
    if one == "ornok":
        print(json.dumps(measure_ornok(sizes[0], months, pack)))
    elif one == "mesa":
        print(json.dumps(measure_mesa(int(sizes[0]), months)))
    else:
        lines = compare(sizes, months, mesa_months, pack)
        if as_json:
            machine = {"python": platform.python_version(), "machine": platform.machine()}
            print(json.dumps({"machine": machine, "scales": lines}, indent=2))
        else:
            show(lines)


ORNOK = {
    "scale": ("scale", ",.0f"),
    "workers": ("workers", ",.0f"),
    "firms": ("firms", ",.0f"),
    "build_s": ("build, s", ".1f"),
    "warm_up_s": ("warm-up, s", ".1f"),
    "month_s": ("month, s", ".3f"),
    "ns_per_worker": ("ns a worker", ",.0f"),
    "peak_mib": ("peak, MiB", ",.0f"),
}
BESIDE = {
    "scale": ("scale", ",.0f"),
    "labour_s": ("Ornok, labour, s", ".4f"),
    "mesa_month_s": ("Mesa, labour, s", ".2f"),
    "mesa_labour_over_labour": ("ratio", ",.0f"),
    "mesa_labour_over_month": ("to whole month", ",.1f"),
    "mesa_peak_mib": ("Mesa peak, MiB", ",.0f"),
}
NOTE = (
    "The first ratio is like for like: the labour market alone. The second sets the same Mesa labour "
    "market against a month of the whole model. Build and warm-up load the rules, or compile them the "
    "first time. Memory is peak resident memory, Python and its libraries included."
)


def show(lines: Sequence[dict[str, Any]]) -> None:
    """Print what was measured: Ornok by itself, then beside plain Mesa."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    console = Console()
    parts = [("A month of Ornok, whole model", ORNOK)]
    if "mesa_month_s" in lines[0]:
        parts.append(("Beside a labour market in plain Mesa, as many workers", BESIDE))
    for title, shown in parts:
        page = Table(title=title, title_justify="left", box=box.SIMPLE)
        for name, _ in shown.values():
            page.add_column(name, justify="right")
        for line in lines:
            page.add_row(*(format(line[key], how) for key, (_, how) in shown.items()))
        console.print(page)
    console.print(NOTE, style="dim", highlight=False)


if __name__ == "__main__":
    typer.run(main)
