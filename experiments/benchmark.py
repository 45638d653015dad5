"""How fast the model is: one table with figures to reach, and where a month goes.

`make bench` measures everything, which takes some minutes; `make bench QUICK=1` shows in two that it
works, at sizes to which the figures do not apply. Each measurement runs in a fresh process. Times
depend on the machine and on what else it does: the ratio divides them by a fixed kernel measured
around each of them, and is what the table committed in `docs/benchmark.json` is compared by.
`--save` renews that file and the tables of `docs/speed.md`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from statistics import median
from typing import Annotated, Any

import typer

from experiments import benchmark_table as tables
from experiments.benchmark_calibrator import calibrate, stream_gb_s
from experiments.benchmark_measure import Measurements
from experiments.benchmark_process import in_fresh_process
from experiments.benchmark_rows import BY_KEY, QUICK, TINY, Sizes

NOTE = (
    "Measured: the median, and in brackets how often. 264 months are 24 of burn-in and 240 after it; a "
    "run of the product has 60 and 240. Ratio: times in millions of rows of the calibrator, a fixed "
    "kernel that was timed around each measurement (a cost per worker in single rows); else the figure "
    "itself. Change: of the ratio against the committed table; plus is slower, or larger."
)
PHASE_NOTE = (
    "Bytes are a lower bound: columns given to compiled functions, read once a call. Over memory: "
    "time over what one core's stream (triad) would take for them."
)
SIZES = {"full": Sizes(), "quick": QUICK, "tiny": TINY}


def measure(sizes: Sizes, keys: Sequence[str], *, phases: bool) -> dict[str, Any]:
    """Measure these rows, and the phases if asked for: what `docs/benchmark.json` holds."""
    before = calibrate()
    work = Measurements(sizes, _tell)
    rows = {row.key: taken.stored(row) for row, taken in work.rows(keys)}
    noted = [one["calibrator_ns"] for one in rows.values()] or [before]
    found: dict[str, Any] = {
        "made_on": tables.machine(),
        "calibrator_ns": median(noted),
        "calibrator_range": [min(noted), max(noted)],
        "stream_gb_s": stream_gb_s(),
        "sizes": tables.sizes_in_words(sizes, work.facts.get("mesa", {}).get("workers")),
        "rows": rows,
        "facts": work.facts,
    }
    if phases:
        _tell("phases")
        found["phases"] = in_fresh_process(
            "phases", 1, pack=sizes.pack, scale=sizes.country, skip=sizes.phase_skip,
            months=sizes.phase_months,
        )  # fmt: skip
    return found


def _tell(what: str) -> None:
    if sys.stderr.isatty():
        print(f"measuring: {what}", file=sys.stderr)


def chosen(only: str | None) -> list[str]:
    """Keys of rows from an option with commas; `none` for no row. BadParameter for unknown ones."""
    if only is None:
        return list(BY_KEY)
    keys = [key.strip() for key in only.split(",") if key.strip() and key.strip() != "none"]
    unknown = [key for key in keys if key not in BY_KEY]
    if unknown:
        raise typer.BadParameter(f"no row '{unknown[0]}'; there are: {', '.join(BY_KEY)}")
    return keys


def main(
    quick: Annotated[bool, typer.Option(help="Small sizes, two minutes.")] = False,
    only: Annotated[
        str | None, typer.Option(metavar="KEYS", help=f"Rows: {', '.join(BY_KEY)}; none.")
    ] = None,
    phases: Annotated[bool, typer.Option(help="Phases and compiled functions too.")] = True,
    repeats: Annotated[int, typer.Option(help="Of what takes below 20 s.", min=1)] = 5,
    long_repeats: Annotated[int, typer.Option(help="Of what takes longer.", min=1)] = 1,
    save: Annotated[
        bool, typer.Option(help="Renew docs/benchmark.json and docs/speed.md.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    sizes: Annotated[str, typer.Option(hidden=True)] = "full",
) -> None:
    """Measure the speed of the model against the figures to reach and the committed table."""
    keys, size = chosen(only), SIZES["quick" if quick else sizes]
    if size.name == "full":
        size = replace(size, repeats=repeats, long_repeats=long_repeats)
    elif save:
        raise typer.BadParameter("small sizes are not saved: the committed table has the full ones")
    found, before = measure(size, keys, phases=phases), tables.committed()
    if as_json:
        print(json.dumps(found, indent=1))
    else:
        show(found, before)
    for sentence in tables.complaints(found, before):
        print(sentence, file=sys.stderr if as_json else sys.stdout)
    if save:
        tables.save(found)
        _renew_page()


def _renew_page() -> None:
    from experiments.growth import renew_page

    renew_page()


def show(found: dict[str, Any], before: dict[str, Any]) -> None:
    """Print the table of rows and those of phases and functions."""
    made, name = found["made_on"], found["sizes"]["name"]
    low, high = found["calibrator_range"]
    small = "" if name == "full" else f" ({name}: smaller sizes, the figures to reach do not apply)"
    tables.show(f"Speed{small}", tables.HEAD, tables.lines(found, before))
    print(
        f"{made['system']} {made['machine']}, {made['cores']} cores, Python {made['python']}, code "
        f"{made['code']}. Calibrator {found['calibrator_ns']:.1f} ns ({low:.1f} to {high:.1f}), "
        f"stream {found['stream_gb_s']:.1f} GB/s.\n{NOTE}\n"
    )
    if "phases" in found:
        table = found["phases"]
        title = (
            f"A month by phase: {table['workers']:,} workers, {table['firms']:,} firms, one thread"
        )
        tables.show(
            f"{title}, {1e3 * table['month_s']:,.1f} ms",
            tables.PHASE_HEAD,
            tables.phase_lines(found),
        )
        tables.show(
            f"The {tables.COSTLIEST} costliest compiled functions",
            tables.FUNCTION_HEAD,
            tables.function_lines(found),
        )
        print(PHASE_NOTE)


if __name__ == "__main__":
    typer.run(main)
