"""Parameters of entry into the chain, spin-offs, foreign followers, and of importers that leave."""

from __future__ import annotations

from dataclasses import dataclass

from model.parameter_fields import ParameterSet


@dataclass(frozen=True)
class EntryParams(ParameterSet):
    """The part of `Params` for this theme."""
