"""Which parameters a world reads: a run that takes note of each parameter that the model looks at."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

from experiments.simulate import Results, Setup, run
from model.params import Params


@dataclass(frozen=True)
class Trial:
    """A run, and the names of the parameters that were looked at in it."""

    results: Results
    read: frozenset[str]


def try_out(setup: Setup) -> Trial:
    """Run a setup to its end and note what it reads; the run itself is the same bit for bit.

    What is not read cannot matter. What is read may still not: a rule may look at a number and have
    nothing to apply it to.
    """
    params, seen = _noting(setup.params)
    seen.clear()
    results = run(replace(setup, params=params))
    return Trial(results, frozenset(seen))


def _noting(params: Params) -> tuple[Params, set[str]]:
    """A copy that adds the name of each parameter to a set when somebody reads it.

    Not when values are changed by an event, where all of them are copied.
    """
    seen: set[str] = set()
    names = frozenset(Params.names())
    copying = [True]

    class Noting(Params):
        def __getattribute__(self, name: str) -> Any:
            if not copying[0] and name in names:
                seen.add(name)
            return super().__getattribute__(name)

        def with_values(self, *values: Any, **more: Any) -> Noting:
            copying[0] = True
            try:
                return super().with_values(*values, **more)
            finally:
                copying[0] = False

    copy = Noting(**{one.name: getattr(params, one.name) for one in fields(params)})
    copying[0] = False
    return copy, seen
