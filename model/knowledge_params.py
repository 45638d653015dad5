"""Parameters of technology transfer, learning, imitation, mobility and training."""

from __future__ import annotations

from dataclasses import dataclass

from model.parameter_fields import ParameterSet


@dataclass(frozen=True)
class KnowledgeParams(ParameterSet):
    """The part of `Params` for this theme."""
