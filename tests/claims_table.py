"""A small table of claims and runs whose answers are known, for the tests of claims."""

import numpy as np
import pandas as pd

from experiments.claims.runs import Runs
from experiments.claims.table import Table

MONTHS = 48


def small_table(**claim):
    """One claim on jobs at two doses, margin 10."""
    return Table.model_validate(
        {
            "window_months": 12,
            "doses": [
                {"name": "market", "world": "plant", "cars": 0, "words": "market"},
                {"name": "plan", "world": "plan", "cars": 100, "words": "plan"},
            ],
            "parameters": [
                {
                    "name": name, "role": "uncertainty", "low": 0.0, "high": 1.0,
                    "words": f"the {name}", "why": "a test", "grade": "assumed",
                }
                for name in ("kit_exemption", "export_access", "pool_crowding", "deletion_low")
            ],
            "claims": [
                {
                    "id": "C1", "name": "Jobs", "quote": "jobs", "statement": "at least {margin} jobs",
                    "side": 1, "margin": 10.0, "margin_why": "a test", "margin_grade": "assumed",
                    "limits": ["made up"],
                    "measures": [
                        {"id": "jobs", "words": "jobs", "outcomes": ["employee_jobs"], "unit": "jobs"},
                        {"id": "firms", "words": "firms", "outcomes": ["firms"], "unit": "firms"},
                    ],
                    **claim,
                }
            ],
        }
    )  # fmt: skip


def runs_with(effects, cases=None, points=None):
    """Runs of `none` and of each world in `effects`: jobs are 1,000 and what the world adds.

    `effects`: world -> [cases]; a case that is not a number did not finish.
    """
    n = len(next(iter(effects.values())))
    base = np.full((n, MONTHS, 2), 1000.0)
    values = {"none": base}
    for world, more in effects.items():
        own = base.copy()
        own[:, :, 0] += np.asarray(more, float)[:, None]
        values[world] = own
    cases = tuple((1, seed) for seed in range(1, n + 1)) if cases is None else cases
    return Runs(
        cases, ("employee_jobs", "firms"), values, pd.DataFrame() if points is None else points
    )


def ranges_with(effect, n=60, seed=1, doses=("plant", "plan")):
    """Runs over the small table's four parameters; `effect(x, dose)` says what a case adds."""
    rng = np.random.default_rng(seed)
    x = pd.DataFrame(rng.random((n, 4)), columns=["kit_exemption", "export_access", "pool_crowding",
                                                  "deletion_low"])  # fmt: skip
    points = x.assign(point=range(1, n + 1))
    effects = {world: effect(x, k) + rng.normal(0, 1.0, n) for k, world in enumerate(doses)}
    return runs_with(effects, tuple((p, p) for p in range(1, n + 1)), points)
