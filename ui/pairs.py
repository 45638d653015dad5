"""Two runs side by side and the band of their difference, for a page: one hook for Explore and Compare."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import solara

from ui.band import SEEDS, PairOfSeed, SeedBand
from ui.jobs import the_jobs
from ui.run_request import FULL, SERIES, RunRequest
from ui.stage import Stage

PAIR_PROPS = (
    "texts", "locale", "notices", "outcomes", "map", "shocks", "event_ready", "event_open",
)  # fmt: skip
"""What every page with two runs gives its component, of the mixin `assets/ornok/run_store.js`."""

# (seed, detail) to the request of one of the two worlds.
Maker = Callable[[int, str], RunRequest]


def use_pair(
    one: Maker, other: Maker, seed: int, asked: Any, each: Sequence[str] = ()
) -> tuple[Callable[[Any], None], Callable[[Any], None]]:
    """Show two worlds whenever `asked` changes. Returns what the component's `ready` event calls, and
    what must be called with the component's element.

    The runs begin when the component stands, are given up when the page goes, and are shared with
    everybody who asks the same. `each`: outcomes of which the band tells every seed as well.
    """
    stage: Stage = solara.use_memo(lambda: Stage(the_jobs()), [])
    band: Any = solara.use_ref(None)

    def new_band() -> None:
        if band.current is not None:
            band.current.end()
        stage.say("band", None)
        pairs = [
            PairOfSeed(*(make(k, FULL if k == seed else SERIES) for make in (one, other)))
            for k in range(seed, seed + SEEDS)
        ]
        band.current = SeedBand(the_jobs(), pairs, lambda found: stage.say("band", found), each)

    def show() -> Callable[[], None]:
        stage.show({"a": one(seed, FULL), "b": other(seed, FULL)})
        if stage.stands:
            new_band()
        return lambda: None

    def ready(_: Any) -> None:
        stage.ready()
        new_band()

    solara.use_effect(show, [asked])

    def told(element: Any) -> None:
        def begin() -> Callable[[], None]:
            widget = solara.get_widget(element)
            stage.begin(lambda content, buffers: widget.send(content, buffers))
            return end

        solara.use_effect(begin, [])

    def end() -> None:
        stage.end()
        if band.current is not None:
            band.current.end()

    return ready, told
