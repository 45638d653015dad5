"""The first page: what this is, and the ways in."""

from __future__ import annotations

import solara

from model import load_pack
from model.measures import outcomes
from ui import modules
from ui.language import use_words
from ui.map_shapes import map_of
from ui.question import Question
from ui.run_request import HORIZON

_Home = modules.component("home", "texts", "map", "host", "event_open")


@solara.component
def Page() -> None:
    """The page."""
    words = use_words()
    router = solara.use_router()
    pack = load_pack(Question().pack)
    counts = {
        "people": words.number(float(pack.population.sum())),
        "months": words.number(HORIZON),
        "outcomes": words.number(len(outcomes())),
    }
    texts = words.part("home")
    facts = [one | {"value": one["value"].format(**counts)} for one in texts["facts"]]
    host = pack.region_ids.index(str(pack.plants[pack.reference_plant]["region"]))
    _Home(
        texts=texts | {"facts": facts},
        map=map_of(pack.name),
        host=host,
        event_open=lambda path: router.push(str(path)),
    )
