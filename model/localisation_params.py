"""Parameters of tenders, contracts and local content."""

from __future__ import annotations

from dataclasses import dataclass

from model.parameter_fields import ParameterSet


@dataclass(frozen=True)
class LocalisationParams(ParameterSet):
    """The part of `Params` for this theme."""
