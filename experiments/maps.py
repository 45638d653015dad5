"""A small map of the regions, coloured by one number each."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
from matplotlib.colors import Normalize
from matplotlib.patches import Polygon
from matplotlib.path import Path as Path2D
from matplotlib.patheffects import withStroke

from experiments.outcomes import readable

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from experiments.simulate import Results

COLOURS = "RdBu"  # red for losses, blue for gains; the number stands on each region too
PALEST = 0.6  # the strongest colour used, as a share of the palette: text stays readable on it
UNCLEAR = "#E6E6E6"
CITY = 0.1  # square degrees: smaller outlines are drawn as dots
HALO = [withStroke(linewidth=2.2, foreground="white")]


def draw_map(
    axes: Axes, run: Results, change: pd.Series, marked: str, unclear: Collection[str] = ()
) -> None:
    """Colour every region by its change (`unclear` ones grey), mark the one with the plant.

    Cities (tiny outlines, or none) are dots with their text above or below the map. A pack
    without a map gets a dot for every region.
    """
    from model import load_pack

    pack = load_pack(run.pack)
    outlines = {} if pack.map_file is None else read_outlines(pack.map_file, pack.region_ids)
    spread = (float(np.abs(change).max()) or 1.0) / PALEST
    places = [
        centroid(outlines[region]) if region in outlines else np.array([lon, lat])
        for region, lon, lat in zip(pack.region_ids, pack.lon, pack.lat, strict=True)
    ]
    wide = {region for region, ring in outlines.items() if size(ring) > CITY}
    cities = [place for region, place in zip(pack.region_ids, places) if region not in wide]
    corners = np.concatenate([*outlines.values(), np.array(places)])
    # What no region's text may cover: the dots and the lines to their own texts.
    lines = [
        np.array([city[0], height])
        for city in cities
        for height in np.linspace(city[1], _outside(float(city[1]), corners[:, 1]), 12)
    ]
    for region, place in zip(pack.region_ids, places, strict=True):
        colour = mpl.colormaps[COLOURS](Normalize(-spread, spread)(float(change[region])))
        if region in unclear:
            colour = mpl.colors.to_rgba(UNCLEAR)
        ink = "#6B6B6B" if region in unclear else "black"
        edge, width = ("black", 1.8) if region == marked else ("#888888", 0.6)
        text = f"{run.regions[region]}\n{readable(float(change[region]), 'jobs', signed=True)}"
        x, y = float(place[0]), float(place[1])
        if region in wide:
            shape = Polygon(outlines[region], closed=True, facecolor=colour, edgecolor=edge)
            shape.set(linewidth=width, zorder=3 if region == marked else 2)
            axes.add_patch(shape)
            at = inner_point(outlines[region], lines)
            _write(axes, text, at, at, ink)
        else:
            axes.scatter([x], [y], s=60, color=[colour], zorder=4, edgecolors=edge, lw=width)
            _write(
                axes, text, (x, y), (x, _outside(y, corners[:, 1]) if outlines else y - 0.07), ink
            )
    axes.autoscale_view()
    axes.margins(0.06 if outlines else 0.2, 0.12)
    axes.set_aspect(1 / np.cos(np.radians(float(np.mean(pack.lat)))), adjustable="datalim")
    axes.axis("off")


def _outside(y: float, heights: np.ndarray) -> float:
    """The latitude just above or below the map, whichever is nearer to `y`."""
    low, high = float(heights.min()), float(heights.max())
    gap = 0.06 * (high - low)
    return high + gap if high - y < y - low else low - gap


def inner_point(ring: np.ndarray, avoid: Sequence[np.ndarray]) -> tuple[float, float]:
    """The point inside the ring that is farthest from its edge and from points to avoid.

    Sideways distance counts less: a text is wider than high.
    """
    wide = np.array([0.45, 1.0])
    axes = [np.linspace(ring[:, i].min(), ring[:, i].max(), 60) for i in (0, 1)]
    grid = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)
    inside = grid[Path2D(ring).contains_points(grid)]
    if not len(inside):
        middle = centroid(ring)
        return float(middle[0]), float(middle[1])
    room = _nearest(inside * wide, ring * wide)
    if avoid:
        room = np.minimum(room, 0.6 * _nearest(inside * wide, np.array(avoid) * wide))
    best = inside[int(room.argmax())]
    return float(best[0]), float(best[1])


def _nearest(points: np.ndarray, others: np.ndarray) -> np.ndarray:
    gaps = points[:, None, :] - others[None, :, :]
    return np.sqrt((gaps**2).sum(axis=2).min(axis=1))


def _write(
    axes: Axes, text: str, place: tuple[float, float], at: tuple[float, float], ink: str
) -> None:
    """Text at a point of the map, with a thin line to the place it is about if elsewhere."""
    line = {"arrowstyle": "-", "lw": 0.6, "color": "#555555"} if at != place else None
    axes.annotate(
        text,
        place,
        xytext=at,
        ha="center",
        va="center",
        fontsize=8,
        color=ink,
        linespacing=1.05,
        zorder=5,
        path_effects=HALO,
        arrowprops=line,
    )


def size(ring: np.ndarray) -> float:
    """Area inside a closed ring of points (n, 2), in square degrees."""
    x, y = ring[:, 0], ring[:, 1]
    return float(abs(0.5 * np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)))


def centroid(ring: np.ndarray) -> np.ndarray:
    """Centre of mass of a closed ring of points (n, 2): where a region's text stands."""
    x, y = ring[:, 0], ring[:, 1]
    cross = x * np.roll(y, -1) - np.roll(x, -1) * y
    middle = [np.sum((z + np.roll(z, -1)) * cross) for z in (x, y)]
    return np.array(middle) / float(3 * np.sum(cross))


def read_outlines(path: Path, regions: Sequence[str]) -> dict[str, np.ndarray]:
    """Region id to its largest outer ring, (points, 2) of longitude and latitude.

    A feature belongs to the region whose id is one of its properties. Enclaves are left out.
    """
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    outlines: dict[str, np.ndarray] = {}
    for feature in features:
        shape = feature["geometry"]
        many = shape["coordinates"]
        polygons = [many] if shape["type"] == "Polygon" else many
        rings = [np.array(polygon[0])[:, :2] for polygon in polygons]
        for region in set(regions) & set(map(str, feature["properties"].values())):
            outlines[region] = max(rings, key=size)
    return outlines
