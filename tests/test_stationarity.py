"""The world `flat` keeps still over twenty years (rules.md 4), and the burn-in keeps the table.

Trend: the mean of years 16 to 20 against the mean of years 1 to 5. `make test` looks at a few seeds
of a small miniature and fails only where the trend is beyond its limit by more than luck; `make
evidence` looks at twenty seeds of the reference scale, and there the mean itself must be within.
"""

import os
from dataclasses import dataclass

import numpy as np
import pytest
from scipy.stats import t as student

from experiments.pool import run_all
from experiments.simulate import Results, prepare
from model import RegionalModel, load_pack

YEARS = 20
FIRST, LAST = slice(0, 60), slice(180, 240)
CHEAP = {"scale": 50.0, "seeds": 4}
FULL = {"scale": 10.0, "seeds": 20}


@dataclass(frozen=True)
class Limit:
    """How far an outcome may move: relative to its first years, or in its own unit."""

    outcome: str
    limit: float
    relative: bool


LIMITS = (
    Limit("price_level", 0.02, relative=True),
    Limit("public_debt_to_gdp", 0.02, relative=False),
    Limit("private_debt_to_gdp", 0.02, relative=False),
    Limit("firms", 0.05, relative=True),
    Limit("employment_rate", 0.005, relative=False),
    # Not among those of the design: the number abroad rests where leavers and returners balance.
    Limit("abroad", 0.05, relative=True),
)
# Totals of the base year's table that burn-in must keep within 2 % (rules.md 2).
SAM_LIMIT = 0.02


def run_flat(scale, seeds):
    """Monthly tables of `flat`, one a seed."""
    setups = [prepare("flat", seed=seed, scale=scale) for seed in range(1, seeds + 1)]
    jobs = os.cpu_count() or 1 if seeds > 4 else 1
    done = run_all(setups, jobs=jobs)
    for one in done:
        assert isinstance(one, Results), one
    return [one.monthly for one in done]


def trends(tables, limit):
    """The move of one outcome between the first and the last five years, by seed."""
    first = np.array([table[limit.outcome].iloc[FIRST].mean() for table in tables])
    last = np.array([table[limit.outcome].iloc[LAST].mean() for table in tables])
    return last / first - 1.0 if limit.relative else last - first


@pytest.fixture(scope="module")
def few():
    return run_flat(**CHEAP)


@pytest.fixture(scope="module")
def many():
    return run_flat(**FULL)


@pytest.mark.parametrize("limit", LIMITS, ids=lambda one: one.outcome)
def test_flat_has_no_trend(few, limit):
    """Beyond the limit by more than the 5 % luck of so few seeds is a trend."""
    moves = trends(few, limit)
    luck = student.ppf(0.95, len(moves) - 1) * moves.std(ddof=1) / np.sqrt(len(moves))
    assert abs(moves.mean()) - luck <= limit.limit, f"{moves.mean():+.4f} ± {luck:.4f}"


@pytest.mark.evidence
@pytest.mark.parametrize("limit", LIMITS, ids=lambda one: one.outcome)
def test_flat_has_no_trend_over_twenty_seeds(many, limit):
    moves = trends(many, limit)
    assert abs(moves.mean()) <= limit.limit, f"{moves.mean():+.4f}, sd {moves.std(ddof=1):.4f}"


def table_totals(model):
    """Totals of the base month's table by outcome, real units."""
    base, books = model.base, model.base.accounts
    agents = {
        "wage_bill": books["wages"],
        "employee_jobs": float(base.employees.sum()),
        "own_account": float(base.own_account.sum()),
        "consumption": books["household_spending"],
        "exports": float(base.export_units.sum()),
        "government_purchases": float(base.government_units.sum()),
        "remittances": books["remittances"],
        "firm_debt": books["firm_debt"],
    }
    return {name: value * model.scale for name, value in agents.items()}


@pytest.mark.evidence
def test_burn_in_keeps_the_table():
    """Mean of the last year of burn-in over four seeds against the table's own totals."""
    moved: dict[str, list[float]] = {}
    for seed in (1, 2, 3, 4):
        params = load_pack("kyrgyzstan").params().with_values({"scale": 20.0})
        model = RegionalModel(params, world="flat", rng=seed)
        last = []
        while model.period < -1:
            model.step()
            last.append(model.measures.now)
        for name, total in table_totals(model).items():
            mean = float(np.mean([now[name] for now in last[-12:]]))
            moved.setdefault(name, []).append(mean / total - 1.0)
    shifts = {name: float(np.mean(values)) for name, values in moved.items()}
    beyond = {name: round(x, 4) for name, x in shifts.items() if abs(x) > SAM_LIMIT}
    assert not beyond, beyond
