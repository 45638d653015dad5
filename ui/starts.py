"""Where runs begin: at the end of the burn-in, which no dated event or plant can have changed.

All runs of a pack, scale and seed share those months; a copy of the model at their end costs less
than one month (`model.shared_past`).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import TYPE_CHECKING

from model import load_pack
from model.shared_past import copy_model, enter_world, size_of, world_by

if TYPE_CHECKING:
    from experiments.simulate import Setup
    from model import RegionalModel

MOST_BYTES = 200 * 2**20


class Starts:
    """Models at the end of their burn-in, those used last, up to `most` bytes."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, RegionalModel] = OrderedDict()
        self._bytes = 0

    def begin(self, setup: Setup, check: Callable[[], None]) -> RegionalModel:
        """A model of this run after its burn-in; `check` is called between months and may raise."""
        pack = load_pack(setup.pack)
        past = world_by(setup.world, pack, 0)
        key = (setup.pack, setup.seed, setup.params.fingerprint(), past.to_toml())
        if key in self._kept:
            self._kept.move_to_end(key)
        else:
            self._keep(key, _burnt_in(replace(setup, world=past), check))
        model = copy_model(self._kept[key])
        enter_world(model, setup.world)
        return model

    def _keep(self, key: Hashable, model: RegionalModel) -> None:
        self._kept[key] = model
        self._bytes += size_of(model)
        while self._bytes > self._most and len(self._kept) > 1:
            _, oldest = self._kept.popitem(last=False)
            self._bytes -= size_of(oldest)


def _burnt_in(setup: Setup, check: Callable[[], None]) -> RegionalModel:
    model = setup.build()
    while model.period < -1:
        model.step()
        check()
    return model
