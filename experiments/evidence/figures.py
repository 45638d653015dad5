"""The pictures of the page: one a target, the scoreboard, the record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.evidence.protocol import Outcome, script
from experiments.evidence.targets import CALIBRATED, EMERGENT, VERIFIED
from experiments.evidence.verdict import Verdict

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_WIDE = 2.0  # bands beside the accepted one that the scoreboard shows


def save(path: Path, size: tuple[float, float], draw: Callable[[Figure], None]) -> Path:
    """Draw on a figure in the house style and write it as PNG."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from experiments.report import STYLE

    with mpl.rc_context(STYLE):
        figure = Figure(figsize=size, facecolor="white", layout="constrained")
        FigureCanvasAgg(figure)
        draw(figure)
        figure.savefig(path, dpi=110)
    return path


def draw_target(outcome: Outcome, path: Path) -> Path:
    """The picture of one target by its own script."""
    one = script(outcome.target)
    return save(path, (13.0, 4.4), lambda f: one.draw(f, outcome.samples, outcome.found))


def in_bands(row: dict[str, Any], value: float) -> float:
    """A value in widths of the accepted band: 0 and 1 are its ends.

    A band with one end is given a width of eight times the wished half width.
    """
    low, high = row["low"], row["high"]
    width = high - low if None not in (low, high) else 8.0 * float(row["half_width_wished"])
    return (value - low) / width if low is not None else 1.0 + (value - high) / width


def draw_scoreboard(targets: dict[str, dict[str, Any]], path: Path) -> Path:
    """Every decisive row: the judged estimate against its band."""
    rows = [(name, row) for name, one in targets.items() for row in one["rows"] if row["decisive"]]

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        for k, (_, row) in enumerate(reversed(rows)):
            # A band without an end goes on to the edge of the picture.
            low = -_WIDE if row["low"] is None else 0.0
            high = 1.0 + _WIDE if row["high"] is None else 1.0
            axes.barh(k, high - low, left=low, height=1.0, color="#009E73", alpha=0.10, lw=0)
            _mark(axes, k, row)
        axes.set_xlim(-_WIDE, 1.0 + _WIDE)
        axes.set_xticks([0.0, 1.0], ["lower end", "upper end"])
        axes.set_yticks(
            range(len(rows)), [f"{name}  {row['row']}  {_cut(row['what'])}" for name, row in reversed(rows)],
            fontsize=8,
        )  # fmt: skip
        axes.set_title("Judged estimates against the accepted bands (green)")
        axes.grid(axis="x")
        _legend(axes)

    return save(path, (12.0, 0.27 * len(rows) + 1.4), draw)


_SHAPES = {EMERGENT: "o", CALIBRATED: "D", VERIFIED: "s"}


def _legend(axes: Axes) -> None:
    from matplotlib.lines import Line2D

    from experiments.report import BLUE, GREY, ORANGE, RED

    marks = [
        *(Line2D([], [], marker="o", ls="", color=c, label=n)
          for n, c in (("strict", BLUE), ("weak", ORANGE), ("miss", RED))),
        *(Line2D([], [], marker=m, ls="", color=GREY, mfc="none", label=n.lower())
          for n, m in _SHAPES.items()),
    ]  # fmt: skip
    axes.legend(handles=marks, loc="upper left", fontsize=8, ncols=2)


def _cut(words: str, length: int = 78) -> str:
    return words if len(words) <= length else words[: length - 1].rsplit(" ", 1)[0] + "…"


def _mark(axes: Axes, k: int, row: dict[str, Any]) -> None:
    from experiments.report import BLUE, GREY, ORANGE, RED

    one = row[row["judged"]]
    if one is None or one["value"] is None:
        axes.text(0.5, k, "not measurable", ha="center", va="center", fontsize=7.5, color=GREY)
        return
    colour = {"strict": BLUE, "weak": ORANGE}.get(row["word"], RED)
    at, low, high = (
        in_bands(row, one[n]) if one[n] is not None else np.nan for n in ("value", "low", "high")
    )
    edge = 0.97 * _WIDE
    inside = min(max(at, -edge), 1.0 + edge)
    marker = _SHAPES[row["label"]] if inside == at else "<" if at < inside else ">"
    if inside != at:
        axes.text(
            inside, k, f"{one['value']:.3g}  ", ha="right", va="center", fontsize=7.5, color=colour
        )
    if np.isfinite(low):
        axes.plot(np.clip([low, high], -_WIDE, 1.0 + _WIDE), [k, k], color=colour, lw=1.6)
    axes.plot(inside, k, marker, color=colour, ms=5)


def of_verdicts(some: Sequence[Verdict]) -> list[dict[str, Any]]:
    """Rows as `evidence.json` has them."""
    return [one.to_dict() for one in some]
