"""Regions: registered Mesa agents that report on the people and firms of one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa

if TYPE_CHECKING:
    from model.model import RegionalModel


class Region(mesa.Agent):
    """One oblast or city.

    Attributes
    ----------
    index : position in all regional arrays; identifier, name : as in the pack.
    """

    def __init__(self, model: RegionalModel, index: int) -> None:
        super().__init__(model)
        self.index = index
        self.identifier = model.pack.region_ids[index]
        self.name = model.pack.region_names[index]

    @property
    def heads(self) -> dict[str, int]:
        """Agents living here, by labour status."""
        from model.workers import STATUS_NAMES

        return {
            name: int(self.model.heads[self.index, code]) for code, name in STATUS_NAMES.items()
        }


def create_regions(model: RegionalModel) -> list[Region]:
    """One agent a region, in the pack's order."""
    return [Region(model, index) for index in range(len(model.pack.region_ids))]
