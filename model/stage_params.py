"""Parameters of a plant's stages, expansion, mothballing, price and exports."""

from __future__ import annotations

from dataclasses import dataclass

from model.parameter_fields import ParameterSet


@dataclass(frozen=True)
class StageParams(ParameterSet):
    """The part of `Params` for this theme."""
