"""Where runs begin: at the end of the burn-in, which no dated event or plant can have changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from experiments.simulate import Setup
    from model import RegionalModel


class Starts:
    """Models at the end of their burn-in."""

    def begin(self, setup: Setup, check: Callable[[], None]) -> RegionalModel:
        """A model of this run after its burn-in; `check` is called between months and may raise."""
        model = setup.build()
        while model.period < -1:
            model.step()
            check()
        return model
