"""The page about scale: its tables and picture, from `docs/scale.csv`."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from experiments.growth import DOCS, NOT_YET
from experiments.odd_tables import renewed
from experiments.odd_tables import table as markdown
from experiments.outcomes import readable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["DOCS", "apart", "draw", "page", "read", "renew_page"]

NAMES = {
    "employee_jobs": "employee jobs",
    "plant_jobs": "plant jobs",
    "employment": "employment",
    "local_content_nominal": "nominal local content",
    "tier1_suppliers": "tier-1 suppliers",
    "real_value_added": "value added, base-year prices",
    "cars_made": "cars made",
}


def read(folder: Path = DOCS) -> pd.DataFrame | None:
    """The stored table, or None."""
    path = folder / "scale.csv"
    return pd.read_csv(path) if path.exists() else None


def _said(value: float, unit: str) -> str:
    """Shares in per cent and few firms to a tenth; all else as everywhere."""
    if unit == "share" or unit == "firms":
        return f"{100 * value if unit == 'share' else value:+.1f}".replace("-", "−")
    return readable(value, unit, signed=True)


def answer_markdown(table: pd.DataFrame | None) -> str:
    """Difference between the worlds by outcome (rows) and scale (columns), coarse to fine."""
    if table is None:
        return NOT_YET
    scales = sorted(set(table["scale"]), reverse=True)
    seeds = {scale: int(table.loc[table["scale"] == scale, "seeds"].iloc[0]) for scale in scales}
    head = ["difference", "unit", *(f"scale {x:g} ({seeds[x]} seeds)" for x in scales)]
    rows = []
    for name, words in NAMES.items():
        lines = table[table["outcome"] == name].set_index("scale")
        if len(lines):
            unit = str(lines["unit"].iloc[0])
            shown = "% of kits and parts" if unit == "share" else unit
            rows.append([words, shown, *(_cell(lines.loc[x], unit) for x in scales)])
    times = table.groupby("scale")["run_seconds"].first()
    rows.append(["time of a run", "s", *(f"{times[x]:,.1f}" for x in scales)])
    return markdown(head, rows)


def _cell(line: Any, unit: str) -> str:
    said = _said(float(line["difference"]), unit)
    if math.isnan(line["low"]):
        return said
    return f"{said} ({_said(float(line['low']), unit)} to {_said(float(line['high']), unit)})"


def apart(table: pd.DataFrame, scale: float, finest: float, outcome: str) -> bool | None:
    """Whether two scales answer differently beyond chance: Welch's test at 5 %; None if unknown."""
    both = table[table["outcome"] == outcome].set_index("scale").to_dict("index")
    one, other = both[scale], both[finest]
    n = np.array([one["seeds"], other["seeds"]], float)
    if n.min() < 2:
        return None
    half = np.array([one["high"] - one["low"], other["high"] - other["low"]]) / 2.0
    variance = (half / stdtrit(n - 1, 0.975)) ** 2
    gap = abs(float(one["difference"]) - float(other["difference"]))
    if variance.sum() <= 0.0:
        return gap > 0.0
    freedom = variance.sum() ** 2 / (variance**2 / (n - 1)).sum()
    return gap > float(stdtrit(freedom, 0.975)) * math.sqrt(variance.sum())


def apart_markdown(table: pd.DataFrame | None) -> str:
    """For each coarser scale, which outcomes differ from the finest beyond chance."""
    if table is None:
        return NOT_YET
    finest, *coarser = sorted(set(table["scale"]))
    lines = []
    for scale in coarser:
        found = {name: apart(table, scale, finest, name) for name in NAMES}
        other = [NAMES[name] for name, differs in found.items() if differs]
        words = ", ".join(other) if other else "nothing"
        lines.append(f"- Scale {scale:g} against scale {finest:g}: {words}.")
    return "\n".join(lines) or "One scale only."


def page(text: str, folder: Path = DOCS) -> str:
    """The page with its tables made anew from the stored numbers."""
    table = read(folder)
    blocks = {"answer": lambda: answer_markdown(table), "apart": lambda: apart_markdown(table)}
    return renewed(text, blocks)


def renew_page(folder: Path = DOCS) -> None:
    """Make the tables of `scale.md` and the picture anew from the stored numbers."""
    path = folder / "scale.md"
    path.write_text(page(path.read_text(encoding="utf-8"), folder), encoding="utf-8")
    table = read(folder)
    if table is not None:
        draw(table, folder / "scale.png")


def draw(table: pd.DataFrame, path: Path) -> None:
    """A panel an outcome: the difference at each scale with its interval."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from experiments.report import GREY, STYLE

    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(12, 5.6), facecolor="white")
        FigureCanvasAgg(figure)
        panels = figure.subplots(2, 4).flat
        for axes, name in zip(panels, NAMES):
            _panel(axes, table[table["outcome"] == name], NAMES[name])
        panels[len(NAMES)].axis("off")
        figure.suptitle(
            "The same question at several scales", x=0.05, y=0.985, ha="left", fontsize=14,
            fontweight="bold",
        )  # fmt: skip
        figure.text(
            0.05, 0.015, "Ornok, world plan less none, mean of the last 60 months, flows per year; bars "
            "are 95 % t intervals over seeds (their number below the scale).", fontsize=8, color=GREY,
        )  # fmt: skip
        figure.subplots_adjust(
            left=0.075, right=0.985, top=0.855, bottom=0.13, wspace=0.42, hspace=0.62
        )
        figure.savefig(path, dpi=150)


def _panel(axes: Axes, lines: pd.DataFrame, title: str) -> None:
    """Dots and bars, coarse to fine, zero always in sight."""
    from experiments.report import BLUE, GREY

    lines = lines.sort_values("scale", ascending=False)
    unit = str(lines["unit"].iloc[0])
    factor, shown = (100.0, "%") if unit == "share" else (1.0, unit)
    if shown.startswith("KGS"):
        factor, shown = 1e-9, "bn " + shown
    at = np.arange(len(lines))
    middle = factor * lines["difference"].to_numpy(float)
    ends = factor * lines[["low", "high"]].to_numpy(float)
    axes.axhline(0.0, color=GREY, lw=0.8)
    axes.vlines(at, ends[:, 0], ends[:, 1], color=BLUE, lw=2.2, alpha=0.55)
    axes.plot(at, middle, ls="", marker="o", ms=6, color=BLUE)
    for x, y in zip(at, middle):
        digits = f"{y:,.0f}" if abs(y) >= 100 else f"{y:.1f}" if abs(y) >= 10 else f"{y:.2g}"
        axes.annotate(
            digits.replace("-", "−"),
            (x, y),
            xytext=(7, 0),
            textcoords="offset points",
            va="center",
            fontsize=8.5,
        )
    axes.set_xlim(-0.5, len(lines) - 0.2)
    axes.set_xticks(at, [f"scale {s:g}\n{n}" for s, n in zip(lines["scale"], lines["seeds"])])
    axes.set_title(title, pad=16, fontsize=10)
    axes.text(0.0, 1.03, shown, transform=axes.transAxes, fontsize=8, color=GREY)
    axes.yaxis.set_major_formatter(lambda y, _: f"{y:,.6g}".replace("-", "−"))
    axes.locator_params(axis="y", nbins=5)
