"""A small map of the regions, coloured by one number each."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.colors import Normalize

from experiments.outcomes import readable

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from experiments.simulate import Results

COLOURS = "RdBu"  # red for losses, blue for gains; the number stands on each region too


def draw_map(axes: Axes, run: Results, change: pd.Series, marked: str) -> None:
    """Colour every region by its change and mark the one with the plant.

    Regions without an outline (cities, made-up packs) are drawn as circles at their centres.
    """
    from model import load_pack

    pack = load_pack(run.pack)
    outlines = read_outlines(pack.map_file, pack.region_ids) if pack.map_file is not None else {}
    size = float(np.abs(change).max()) or 1.0
    colours, norm = mpl.colormaps[COLOURS], Normalize(-size, size)
    for number, region in enumerate(pack.region_ids):
        colour = colours(norm(float(change.get(region, 0.0))))
        x, y = float(pack.lon[number]), float(pack.lat[number])
        is_marked = region == marked
        edge, width = ("black", 1.8) if is_marked else ("#888888", 0.6)
        if region in outlines:
            shapes = outlines[region]
            axes.add_collection(
                PolyCollection(shapes, facecolor=colour, edgecolor=edge, linewidth=width)
            )
        else:
            axes.scatter([x], [y], s=150, color=[colour], zorder=3, edgecolors=edge, lw=width)
        text = f"{run.regions[region]}\n{readable(float(change[region]), 'jobs', signed=True)}"
        axes.annotate(text, (x, y), ha="center", va="center", fontsize=7.5, zorder=4)
    axes.autoscale_view()
    axes.set_aspect(1 / np.cos(np.radians(float(np.mean(pack.lat)))))
    axes.axis("off")


def read_outlines(path: Path, regions: Sequence[str]) -> dict[str, list[np.ndarray]]:
    """Region id to its outer rings, each (points, 2) of longitude and latitude.

    A feature belongs to the region whose id is one of its properties.
    """
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    rings: dict[str, list[np.ndarray]] = {}
    for feature in features:
        shape = feature["geometry"]
        many = shape["coordinates"]
        polygons = [many] if shape["type"] == "Polygon" else many
        for region in set(regions) & set(map(str, feature["properties"].values())):
            rings[region] = [np.array(one[0])[:, :2] for one in polygons]
    return rings
