"""The page about keyed draws: its table and teaching figure, from the stored numbers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.dates import DateFormatter, YearLocator, datestr2num

from experiments.growth import DOCS, NOT_YET
from experiments.intervals import t_interval
from experiments.keyed_draws import KEYED, OTHER, PATH, SCHEMES, STREAM, WINDOW, gain
from experiments.odd_tables import renewed
from experiments.odd_tables import table as markdown
from experiments.outcomes import readable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["DOCS", "draw", "page", "read", "renew_page"]

MONTHS_SHOWN = 48
WORDS = {
    KEYED: "keyed draws (the model)",
    STREAM: "one stream, same seed",
    OTHER: "other seeds",
}


def read(folder: Path = DOCS) -> tuple[pd.DataFrame, dict[str, Any]] | None:
    """The stored differences and facts, or None."""
    table, facts = folder / "keyed_draws.csv", folder / "keyed_draws.json"
    if not (table.exists() and facts.exists()):
        return None
    return pd.read_csv(table), json.loads(facts.read_text(encoding="utf-8"))


# --- Tables ---------------------------------------------------------------------------------------


def gain_markdown(found: pd.DataFrame) -> str:
    """Effect, half width, variance ratio and seeds needed of each outcome and scheme."""
    head = ("effect on", "unit", "draws", "mean ± 95 %", "variance, keyed = 1", "seeds needed")
    rows = []
    for line in found.to_dict("records"):
        first = line["scheme"] == KEYED
        mean = readable(line["mean"], line["unit"], signed=True)
        ratio = f"{_few(line['ratio'])} ({_few(line['low'])} to {_few(line['high'])})"
        rows.append(
            (
                line["outcome"].replace("_", " ") if first else "",
                line["unit"] if first else "",
                WORDS[line["scheme"]],
                f"{mean} ± {readable(line['half'], line['unit'])}",
                "1" if first else ratio,
                f"{line['needed']:,.0f}",
            )
        )
    return markdown(head, rows)


def _few(ratio: float) -> str:
    return f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.1f}"


def facts_markdown(facts: dict[str, Any]) -> str:
    """What was run, in a sentence, and from when on the worlds differ."""
    begin, known = facts["first_difference"], facts["versions"]
    return (
        f"World `{facts['world']}` less `{facts['against']}`, pack {facts['pack']}, scale "
        f"{facts['scale']:g}, {facts['horizon']} months after {facts['burn_in']} of burn-in, "
        f"{facts['seeds']} pairs of runs each; Ornok {known['ornok']}, code `{known['code']}`. The first "
        f"month in which any outcome of any pair differs: {begin[KEYED]} with keyed draws, "
        f"{begin[STREAM]} with one stream; with other seeds the first month of all."
    )


def missed_markdown(found: pd.DataFrame) -> str:
    """Where the interval of another way leaves out what keyed draws find."""
    keyed = found[found["scheme"] == KEYED].set_index("outcome")["mean"]
    others = found[found["scheme"] != KEYED]
    away = (others["mean"] - others["outcome"].map(keyed)).abs() > others["half"]
    names = [
        f"{line['outcome'].replace('_', ' ')} ({WORDS[line['scheme']]})"
        for line in others[away].to_dict("records")
    ]
    return (
        f"Of these {len(others)} intervals of the two other ways {len(names)} leave out the mean that "
        f"keyed draws find{': ' + ', '.join(names) if names else ''}; at 95 % one in twenty does by chance, "
        "and outcomes of the same runs err together."
    )


def page(text: str, folder: Path = DOCS) -> str:
    """The page with its generated parts made anew from the stored numbers."""
    found = read(folder)
    blocks = {
        "facts": lambda: facts_markdown(found[1]) if found else NOT_YET,
        "gain": lambda: gain_markdown(gain(found[0])) if found else NOT_YET,
        "missed": lambda: missed_markdown(gain(found[0])) if found else NOT_YET,
    }
    return renewed(text, blocks)


def renew_page(folder: Path = DOCS) -> None:
    """Make the tables of `keyed_draws.md` and the picture anew from the stored numbers."""
    path = folder / "keyed_draws.md"
    path.write_text(page(path.read_text(encoding="utf-8"), folder), encoding="utf-8")
    found = read(folder)
    if found is not None:
        draw(*found, folder / "keyed_draws.png")


# --- Figure ---------------------------------------------------------------------------------------


def draw(table: pd.DataFrame, facts: dict[str, Any], path: Path) -> None:
    """For teaching: one pair by month, all pairs by scheme, and the variance of every outcome."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from experiments.report import GREY, STYLE

    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(14.5, 5.4), facecolor="white")
        FigureCanvasAgg(figure)
        by_month, by_seed, ratios = figure.subplots(1, 3, width_ratios=(1.25, 1.0, 1.0))
        _draw_path(by_month, facts)
        _draw_pairs(by_seed, table)
        _draw_ratios(ratios, gain(table))
        figure.suptitle(
            "The same luck in both worlds: what keyed draws are worth", x=0.055, y=0.975, ha="left",
            fontsize=15, fontweight="bold",
        )  # fmt: skip
        figure.text(
            0.055, 0.02, f"Ornok {facts['versions']['ornok']} (code {facts['versions']['code'][:8]}), world "
            f"{facts['world']} less {facts['against']}, pack {facts['pack']}, scale {facts['scale']:g}. "
            f"Centre: mean of the last {WINDOW} months and its 95 % interval over "
            f"{facts['seeds']} pairs. Right: bars are 95 % bootstrap intervals.",
            fontsize=8, color=GREY,
        )  # fmt: skip
        figure.subplots_adjust(left=0.055, right=0.985, top=0.77, bottom=0.14, wspace=0.36)
        figure.savefig(path, dpi=150)


def _looks() -> dict[str, tuple[str, str, float]]:
    from experiments.report import BLUE, GREY, ORANGE

    return {KEYED: (BLUE, "-", 2.0), STREAM: (ORANGE, "-", 1.2), OTHER: (GREY, "-", 0.9)}


def _draw_path(axes: Axes, facts: dict[str, Any]) -> None:
    """The first years of the difference of one pair of runs, by month, under every scheme."""
    from experiments.report import BLACK, entitle, thousands

    dates = [datestr2num(f"{month}-01") for month in facts["months"][:MONTHS_SHOWN]]
    for scheme in reversed(SCHEMES):
        colour, dash, width = _looks()[scheme]
        values = np.array(facts["path"][scheme][:MONTHS_SHOWN])
        axes.plot(dates, values, dash, color=colour, lw=width, label=WORDS[scheme])
    axes.axhline(0.0, color=BLACK, lw=0.8)
    begin = facts["first_difference"][KEYED]
    if begin:
        at = datestr2num(f"{begin}-01")
        axes.axvline(at, color=BLACK, lw=0.9, ls=":")
        axes.annotate(
            "ground is broken:\nuntil here exactly zero\nwith the same seed", (at, 0.02),
            xycoords=("data", "axes fraction"), xytext=(5, 0), textcoords="offset points",
            fontsize=8.5, va="bottom",
        )  # fmt: skip
    low, high = axes.get_ylim()
    axes.set_ylim(low - 0.16 * (high - low), high)
    axes.set_xlim(dates[0] - 20, dates[-1])
    axes.xaxis.set_major_locator(YearLocator())
    axes.xaxis.set_major_formatter(DateFormatter("%Y"))
    entitle(axes, f"{_title(PATH)}: one pair, by month")
    lines, words = axes.get_legend_handles_labels()
    axes.legend(
        lines[::-1], words[::-1], loc="lower left", bbox_to_anchor=(-0.01, 0.985), ncols=2,
        borderaxespad=0.2, handlelength=1.9, columnspacing=1.2,
    )  # fmt: skip
    thousands(axes)


def _draw_pairs(axes: Axes, table: pd.DataFrame) -> None:
    """The difference of every pair and scheme, with mean and interval."""
    from experiments.report import BLACK, entitle, thousands

    lines = table[table["outcome"] == PATH]
    for place, scheme in enumerate(SCHEMES):
        values = lines[lines["scheme"] == scheme]["difference"].to_numpy(float)
        mean, low, high = (float(x) for x in t_interval(values))
        # Spread sideways in the order of the seeds, so that equal values stay apart.
        beside = place + np.linspace(-0.22, 0.1, len(values))
        axes.plot(beside, values, "o", color=_looks()[scheme][0], ms=4.5, alpha=0.65, mew=0)
        axes.vlines(place + 0.28, low, high, color=BLACK, lw=1.4)
        axes.plot(place + 0.28, mean, "D", color=BLACK, ms=3.5)
    axes.axhline(0.0, color=BLACK, lw=0.8)
    axes.set_xlim(-0.45, len(SCHEMES) - 0.5)
    axes.set_xticks(range(len(SCHEMES)), ["keyed", "one stream", "other seeds"])
    entitle(axes, f"{_title(PATH)}: every pair", "dots: pairs of runs; diamond: their mean, 95 %")
    thousands(axes)


def _draw_ratios(axes: Axes, found: pd.DataFrame) -> None:
    """Variance of each outcome's difference over that of keyed draws, with its interval."""
    from experiments.report import BLACK, entitle

    names = list(dict.fromkeys(found["outcome"]))
    for place, scheme in ((-0.14, STREAM), (0.14, OTHER)):
        lines = found[found["scheme"] == scheme]
        at = np.arange(len(names)) + place
        colour = _looks()[scheme][0]
        axes.hlines(at, lines["low"], lines["high"], color=colour, lw=1.6)
        axes.plot(lines["ratio"], at, "o", color=colour, ms=5, label=WORDS[scheme])
    axes.axvline(1.0, color=BLACK, lw=0.8)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(lambda x, _: f"{x:g}")
    axes.set_yticks(range(len(names)), [name.replace("_", " ") for name in names])
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    entitle(axes, "Variance over pairs, keyed = 1", columns=1)
    axes.legend(
        loc="lower left", bbox_to_anchor=(-0.02, 0.985), ncols=2, borderaxespad=0.2, handlelength=1.2,
        columnspacing=1.0,
    )  # fmt: skip


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()
