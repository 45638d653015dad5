"""The map of a pack for the browser: outlines and places, nothing else."""

from __future__ import annotations

from functools import cache
from typing import Any

from experiments.maps import CITY, read_outlines, size
from model import load_pack
from ui.language import Words


def region_names(pack_name: str, words: Words) -> dict[str, str]:
    """Region id to its name in the visitor's language, else as the pack gives it; of every pack."""
    pack = load_pack(pack_name)
    own = dict(zip(pack.region_ids, pack.region_names, strict=True))
    return own | words.part("regions")


@cache
def map_of(pack_name: str) -> dict[str, Any]:
    """Regions with id, name in the pack, place (longitude, latitude), people, and outline or None.

    A region with a tiny outline, or with none, is drawn as a disc. `made_up` packs have discs only.
    """
    pack = load_pack(pack_name)
    outlines = {} if pack.map_file is None else read_outlines(pack.map_file, pack.region_ids)
    wide = {name: ring for name, ring in outlines.items() if size(ring) > CITY}
    return {
        "made_up": bool(pack.made_up),
        "regions": [
            {
                "id": region,
                "name": name,
                "place": [round(float(lon), 4), round(float(lat), 4)],
                "people": float(people),
                "outline": wide[region].round(3).tolist() if region in wide else None,
            }
            for region, name, lon, lat, people in zip(
                pack.region_ids, pack.region_names, pack.lon, pack.lat, pack.population, strict=True
            )
        ],
    }
