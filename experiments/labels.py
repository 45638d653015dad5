"""Labels of points that do not lie on each other, for figures that are printed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.transforms import Bbox

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation

_DIRECTIONS = (0, 45, 315, 90, 270, 135, 225, 180, 20, 340, 65, 295)
_DISTANCES = (6, 12, 20, 30, 42, 56, 72, 90, 110)
_GAP = 1.5


def place_labels(
    axes: Axes,
    at: Sequence[tuple[float, float]],
    texts: Sequence[str],
    others: Sequence[tuple[float, float]] = (),
    **style: Any,
) -> list[Annotation]:
    """Write a text beside each point, in the order given, where it covers no other text or point.

    `others`: points without a text, which are not covered either.
    Tries near places first and draws a thin line to a label that had to go far. Call it last: the
    limits of the axes are kept. A label that finds no free place in the axes is left out.
    """
    canvas: Any = axes.get_figure(root=True).canvas  # type: ignore[union-attr]  # it is in a figure
    canvas.draw()  # sizes of texts are known only then
    renderer = canvas.get_renderer()
    dots = axes.transData.transform(np.asarray([*at, *others], float).reshape(-1, 2))
    scale = renderer.dpi / 72.0
    taken = [Bbox.from_extents(*(dot - 2.5 * scale), *(dot + 2.5 * scale)) for dot in dots]
    dots = dots[: len(at)]
    inside = axes.get_window_extent(renderer)
    placed: list[Annotation] = []
    for dot, point, text in zip(dots, at, texts, strict=True):
        label = axes.annotate(text, point, xytext=(0, 0), textcoords="offset points", **style)
        size = label.get_window_extent(renderer)
        box = _free_box(dot, size.width, size.height, scale, taken, inside)
        if box is None:
            label.remove()
            continue
        offset = (np.array([box.x0, box.y0]) - dot) / scale
        label.remove()
        far = np.hypot(*(np.clip(dot, box.min, box.max) - dot)) > 14 * scale
        line = {"arrowstyle": "-", "lw": 0.5, "color": "#6B6B6B", "shrinkA": 0, "shrinkB": 2}
        look = {"ha": "left", "va": "bottom", "arrowprops": line if far else None, **style}
        placed.append(
            axes.annotate(text, point, xytext=tuple(offset), textcoords="offset points", **look)
        )
        taken.append(box)
    return placed


def _free_box(
    dot: np.ndarray, width: float, height: float, scale: float, taken: Sequence[Bbox], inside: Bbox
) -> Bbox | None:
    """The nearest box of this size beside a dot that overlaps nothing."""
    for distance in _DISTANCES:
        for degrees in _DIRECTIONS:
            angle = np.deg2rad(degrees)
            reach = np.array([np.cos(angle), np.sin(angle)])
            middle = dot + reach * distance * scale + 0.5 * reach * np.array([width, height])
            box = Bbox.from_bounds(middle[0] - width / 2, middle[1] - height / 2, width, height)
            near = box.padded(_GAP * scale)
            within = (
                inside.x0 <= box.x0 and box.x1 <= inside.x1
                and inside.y0 <= box.y0 and box.y1 <= inside.y1
            )  # fmt: skip
            if within and not any(near.overlaps(other) for other in taken):
                return box
    return None
