"""Time and memory against scale, and the page about speed: `python -m experiments.growth`.

Runs the reference world at each scale in a process of its own (past the burn-in, so that the clock
sees ordinary months), writes `docs/speed.csv` and `docs/speed.png`, and renews the tables of
`docs/speed.md` from them and from `docs/benchmark.json`. `--page` only does the last two.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Annotated, Any

import typer

from experiments import benchmark_table as tables
from experiments.odd_tables import renewed
from experiments.odd_tables import table as markdown

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

DOCS = tables.COMMITTED.parent
SCALES = "100,50,20,10,5,2,1"
BURN_IN, MONTHS = 24, 60
COLUMNS = ("scale", "workers", "firms", "build_s", "month_s", "ns_per_worker", "peak_gib",
           "calibrator_ns", "repeats", "cores", "code")  # fmt: skip
NOT_YET = "Not measured yet."


def measure(
    scales: Sequence[float], repeats: int, pack: str | None = None, months: int = MONTHS
) -> pd.DataFrame:
    """One row a scale; medians over repetitions where one takes less than twenty seconds."""
    import pandas as pd

    from experiments.benchmark_calibrator import calibrate
    from experiments.benchmark_measure import SHORT
    from experiments.benchmark_process import in_fresh_process

    made, rows = tables.machine(), []
    for scale in scales:
        taken: list[dict[str, Any]] = []
        while not taken or (len(taken) < repeats and taken[0]["total_s"] < SHORT):
            before = calibrate()
            facts = in_fresh_process(
                "world", pack=pack, scale=scale, burn_in=BURN_IN, months=months
            )
            taken.append(facts | {"calibrator_ns": 0.5 * (before + calibrate())})
        middle = {key: median(one[key] for one in taken) for key in taken[0]}
        month = middle["months_s"] / months
        rows.append(
            (scale, int(middle["workers"]), int(middle["firms"]), middle["build_s"], month,
             1e9 * month / middle["workers"], middle["peak_gib"], middle["calibrator_ns"], len(taken),
             made["cores"], made["code"])
        )  # fmt: skip
        print(f"scale {scale:g}: {1e3 * month:,.1f} ms a month, {middle['peak_gib']:.2f} GiB")
    return pd.DataFrame(rows, columns=list(COLUMNS))


def write(table: pd.DataFrame, folder: Path = DOCS) -> None:
    """Store the table."""
    table.to_csv(folder / "speed.csv", index=False, float_format="%.6g")


def read(folder: Path = DOCS) -> pd.DataFrame | None:
    """The stored table, or None."""
    import pandas as pd

    path = folder / "speed.csv"
    return pd.read_csv(path) if path.exists() else None


# --- The page -------------------------------------------------------------------------------------


def growth_markdown(table: pd.DataFrame | None) -> str:
    """The table of scales as it stands in `docs/speed.md`."""
    if table is None:
        return NOT_YET
    head = ("scale", "workers", "firms", "build, s", "a month, ms", "ns a worker and month",
            "peak memory, GiB")  # fmt: skip
    rows = [
        (f"{one['scale']:g}", f"{one['workers']:,}", f"{one['firms']:,}", f"{one['build_s']:.2f}",
         f"{1e3 * one['month_s']:,.1f}", f"{one['ns_per_worker']:.1f}", f"{one['peak_gib']:.2f}")
        for one in table.to_dict("records")
    ]  # fmt: skip
    codes = ", ".join(f"`{code}`" for code in sorted(set(table["code"].astype(str))))
    cores = ", ".join(f"{n}" for n in sorted(set(table["cores"])))
    return f"{markdown(head, rows)}\n\nWith {cores} cores; code {codes}."


def page(text: str, folder: Path = DOCS) -> str:
    """The page with its tables made anew from the stored numbers."""
    found = tables.committed(folder / "benchmark.json")
    blocks = {
        "benchmark": lambda: tables.benchmark_markdown(found) if found else NOT_YET,
        "missed": lambda: tables.missed_markdown(found) if found else NOT_YET,
        "phases": lambda: tables.phases_markdown(found) if "phases" in found else NOT_YET,
        "growth": lambda: growth_markdown(read(folder)),
    }
    return renewed(text, blocks)


def renew_page(folder: Path = DOCS) -> None:
    """Make the tables of `speed.md` and the picture anew from the stored numbers."""
    path = folder / "speed.md"
    path.write_text(page(path.read_text(encoding="utf-8"), folder), encoding="utf-8")
    table = read(folder)
    if table is not None:
        draw(table, folder / "speed.png")


# --- The picture ----------------------------------------------------------------------------------


def draw(table: pd.DataFrame, path: Path) -> None:
    """Time a month and peak memory against the number of workers, both axes logarithmic."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from experiments.report import BLUE, GREY, RED, STYLE

    with mpl.rc_context({**STYLE, "axes.grid.axis": "both"}):
        figure = Figure(figsize=(10.5, 4.6), facecolor="white")
        FigureCanvasAgg(figure)
        left, right = figure.subplots(1, 2)
        n = table["workers"]
        _line(left, table, 1e3 * table["month_s"], BLUE, "Time of a month, ms")
        # In proportion to the largest run: what lies above it is what smallness costs.
        month = 1e3 * float(table["month_s"].iloc[n.argmax()])
        ends = [n.min() / 1e3, n.max() / 1e3]
        left.plot(ends, [month * ends[0] / ends[1], month], color=GREY, lw=0.8, ls="--")
        # Named where the line is inside the picture, halfway between two runs.
        middle = math.sqrt(ends[0] * ends[1])
        left.annotate(
            "in proportion", (middle, month * middle / ends[1]), xytext=(8, -4), fontsize=8,
            textcoords="offset points", va="top", color=GREY,
        )  # fmt: skip
        _line(right, table, table["peak_gib"], RED, "Peak memory, GiB")
        figure.suptitle(
            "What a finer scale costs", x=0.06, y=0.985, ha="left", fontsize=14, fontweight="bold"
        )
        cores = " or ".join(str(one) for one in sorted(set(table["cores"])))
        figure.text(
            0.06, 0.015, f"Ornok, world plant, months after the burn-in, {cores} cores. Memory is that "
            "of the whole process, Python and its libraries included.", fontsize=8, color=GREY,
        )  # fmt: skip
        figure.subplots_adjust(left=0.06, right=0.97, top=0.83, bottom=0.17, wspace=0.16)
        figure.savefig(path, dpi=150)


def _line(axes: Axes, table: pd.DataFrame, values: pd.Series, colour: str, title: str) -> None:
    """One quantity against the number of workers, every point named by its scale."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    thousands = table["workers"] / 1e3
    axes.loglog(thousands, values, color=colour, marker="o", ms=5, lw=1.6)
    for x, y, scale in zip(thousands, values, table["scale"]):
        first = scale == table["scale"].max()
        words, place = (f"scale {scale:g}", (0, -8)) if first else (f"{scale:g}", (0, 7))
        axes.annotate(
            words, (x, y), xytext=place, textcoords="offset points", fontsize=8.5,
            ha="center", va="top" if first else "baseline",
        )  # fmt: skip
    axes.set_title(title, pad=10)
    axes.set_xlabel("workers, thousand")
    axes.margins(0.08, 0.14)
    # From one round number to another: a narrow range would else have no tick at all.
    low, high = values.min(), values.max()
    axes.set_ylim(
        max(t for t in _TICKS if t < 0.95 * low), min(t for t in _TICKS if t > 1.05 * high)
    )
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(FixedLocator(_TICKS))
        axis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.0f}" if x >= 1 else f"{x:g}"))
        axis.set_minor_locator(NullLocator())


_TICKS = [m * 10.0**k for k in range(-4, 7) for m in (1, 2, 5)]


def main(
    scales: Annotated[str, typer.Option(help="Scales, with commas.")] = SCALES,
    repeats: Annotated[int, typer.Option(help="Of runs below 20 s.", min=1)] = 3,
    months: Annotated[int, typer.Option(help="After the burn-in.", min=1)] = MONTHS,
    pack: Annotated[str | None, typer.Option(help="Country pack.")] = None,
    only_page: Annotated[
        bool, typer.Option("--page", help="Measure nothing; renew page and picture.")
    ] = False,
    folder: Annotated[Path, typer.Option(help="Where CSV, picture and page are.")] = DOCS,
) -> None:
    """Measure time and memory against scale and renew the page about speed."""
    if not only_page:
        write(measure([float(scale) for scale in scales.split(",")], repeats, pack, months), folder)
    renew_page(folder)


if __name__ == "__main__":
    typer.run(main)
