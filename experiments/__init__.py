"""What to do with the model: run it, compare worlds, keep and print the results.

Nothing heavy is imported until it is used, so that `ornok --help` answers at once. `simulate`
has the name of its file and is therefore bound here, once, as the function.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from experiments.simulate import Results, simulate

if TYPE_CHECKING:
    from experiments.economic_impact import EconomicImpact
    from experiments.effects import Effect, paired_effect
    from experiments.impact import Impact, impact_table
    from experiments.study import Study

__all__ = [
    "EconomicImpact",
    "Effect",
    "Impact",
    "Results",
    "Study",
    "impact_table",
    "paired_effect",
    "simulate",
]

_HOMES = {
    "EconomicImpact": "experiments.economic_impact",
    "Effect": "experiments.effects",
    "paired_effect": "experiments.effects",
    "Impact": "experiments.impact",
    "impact_table": "experiments.impact",
    "Study": "experiments.study",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'experiments' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
