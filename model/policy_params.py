"""Parameters of migration, of government's levers and of shocks."""

from __future__ import annotations

from dataclasses import dataclass

from model.parameter_fields import ParameterSet


@dataclass(frozen=True)
class PolicyParams(ParameterSet):
    """The part of `Params` for this theme."""
