"""The model as Mesa's own page steps it: small, bounded, and safe to draw while it steps.

Mesa's page steps a model in a thread of the server, as often as a visitor's browser says, and draws it from
another one. So this one ends with its horizon, refuses to go on, and shows its table only between months.
"""

from __future__ import annotations

import threading
from typing import Any

import mesa
import pandas as pd

from model import RegionalModel, World
from model import threads as model_threads
from model.model import REPORTERS
from ui.run_request import SEEDS

PACK = "valley"
WORLDS = ("plant", "plan", "volume", "none", "corridor_block")
# So much of the burn-in is in the plots when the page opens.
MONTHS_BEFORE = 12
# More than Mesa's slider asks for in one go; who goes on after that has not used the page.
MOST_CALLS_AFTER_THE_END = 200


class RunIsOverError(Exception):
    """The model has come to its horizon long ago."""


class ClassicModel(RegionalModel):
    """The made-up country `valley` from January 2023 on; unknown worlds and seeds become usual ones.

    Parameters
    ----------
    world : one of `WORLDS`. seed : 1 to 9999, another course of chance.
    """

    def __init__(self, world: str = WORLDS[0], seed: int = 1) -> None:
        self.months = threading.RLock()
        self._after_the_end, self._given_up = 0, False
        model_threads.use(1)
        name = world if isinstance(world, str) and world in WORLDS else WORLDS[0]
        super().__init__(world=World.load(name), pack=PACK, rng=_seed(seed))
        while self.period < -1 - MONTHS_BEFORE:
            super().step()
        self.datacollector = _Collector(self.months)
        for _ in range(MONTHS_BEFORE):
            super().step()
        self.space = self._map()

    def step(self) -> None:
        """One month; at the horizon the model stops running."""
        with self.months:
            if not self._given_up and self.period < int(self.params.horizon) - 1:
                super().step()
                return
            self.running = False
            self._after_the_end += 1
            if self._after_the_end > MOST_CALLS_AFTER_THE_END:
                raise RunIsOverError

    def give_up(self) -> None:
        """The visitor has gone: whoever still steps it stops."""
        self._given_up, self.running = True, False

    def _map(self) -> mesa.space.ContinuousSpace:
        """Regions at their places: longitude and latitude, with a margin."""
        lon, lat = self.pack.lon, self.pack.lat
        space = mesa.space.ContinuousSpace(
            float(lon.max()) + 0.5, float(lat.max()) + 0.5, False, float(lon.min()) - 0.5,
            float(lat.min()) - 0.5,
        )  # fmt: skip
        for region in self.regions:
            space.place_agent(region, (float(lon[region.index]), float(lat[region.index])))
        return space


class _Collector(mesa.DataCollector):
    """A table that is read and written one at a time: a month half collected cannot be drawn."""

    def __init__(self, months: threading.RLock) -> None:
        super().__init__(model_reporters={name: name for name in REPORTERS})
        self._months: Any = months

    def collect(self, model: mesa.Model) -> None:
        """Add a row."""
        with self._months:
            super().collect(model)

    def get_model_vars_dataframe(self) -> pd.DataFrame:
        """All rows, a month each, by the time that Mesa's page shows: the year before it ends at 0."""
        with self._months:
            frame = super().get_model_vars_dataframe()
            return frame.set_index(frame.index + 1 - MONTHS_BEFORE)


def _seed(wished: object) -> int:
    """A seed within its bounds, whatever came."""
    if isinstance(wished, bool) or not isinstance(wished, int | float) or wished != wished:
        return SEEDS[0]
    return int(max(SEEDS[0], min(wished, SEEDS[1])))
