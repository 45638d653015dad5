"""P1: jobs that a plant job brings to its commuting zone.

The dose is world `expansion`: 3,000 jobs more at the plant in its tenth year, paid from abroad,
against `plant` with the same seed. Truth: the difference of the two. As the papers did it (Moretti
2010; Bartik & Sotherland 2019): in one world, change of a zone's jobs on change of its plant jobs, both
over jobs before, all zones of the country weighted by their jobs, from the year before the dose to
years 8 to 12 after it. Employee jobs: own-account work is the slack (rules.md 24).

The second activity buys inputs at the plant's own rate. The row P1-cars is the multiplier of a plant
that makes the announced cars.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from experiments.evidence.estimate import Estimate, mean_of, over_seeds, ratio_of
from experiments.evidence.p1_regression import (
    BEFORE,
    DOSE_MONTH,
    LATE,
    jobs_of,
    local_trade,
    long_difference,
    window,
    zone_changes,
)
from experiments.evidence.p1_table import inputs_bought, old_plant, table_answer
from experiments.evidence.places import same_before, zone
from experiments.evidence.runs import Stored
from experiments.evidence.script import DOSE, KNOCK_OUT, REVERSE, Control, Script, Seed
from experiments.evidence.targets import EMERGENT
from experiments.evidence.verdict import Finding
from model.calendar_months import period_of
from model.firms import PLANT, PRIVATE

if TYPE_CHECKING:
    from matplotlib.figure import Figure


EARLY = (DOSE_MONTH + 24, DOSE_MONTH + 59)  # years 3 to 5
OPEN = (period_of("2031-07"), period_of("2036-06"))  # years 8 to 12 of the plant of `plan`
_WORLDS = ("expansion", "expansion_large", "expansion_no_income", "plant", "plant_slack",
           "expansion_slack")  # fmt: skip


@dataclass(frozen=True)
class Sample:
    """One seed, real jobs. `jobs`, `plant`: by run, of the zone, years 8 to 12. `at_work`: the same
    with own-account workers. `country`: employee jobs of the country. `local`: non-tradable jobs of the zone. `incumbents`, `early_plant`: by run,
    years 3 to 5. `cars`: jobs and plant jobs more of `plan` against `none`. `zones`: a row a zone, for the regression. `paths`: yearly difference of the zone's
    jobs and of plant jobs. `io`, `io_local`: the table's answer per plant job.
    """

    jobs: Mapping[str, float]
    plant: Mapping[str, float]
    at_work: Mapping[str, float]
    country: Mapping[str, float]
    local: Mapping[str, float]
    incumbents: Mapping[str, float]
    early_plant: Mapping[str, float]
    zones: pd.DataFrame
    paths: pd.DataFrame
    cars: tuple[float, float]
    jobless: Mapping[str, float]
    same_before: bool
    io: float
    io_local: float


def sample(seed: Seed) -> Sample:
    """The runs of one seed."""
    pack, near = seed.pack, zone(seed.pack)
    ids = {pack.region_ids[r] for r in near}
    regional = {name: seed[name].table("regional") for name in _WORLDS}
    firms = {name: _firms(seed[name], seed.scale) for name in _WORLDS}
    early = firms["plant"][firms["plant"]["period"] < DOSE_MONTH]
    old = set(early["identity"])
    wage = old_plant(firms["expansion"])
    io, io_local = table_answer(seed, wage, inputs_bought(seed, wage, LATE))
    return Sample(
        jobs={n: window(t, ids, "employee_jobs", LATE) for n, t in regional.items()},
        plant={n: window(t, ids, "plant_jobs", LATE) for n, t in regional.items()},
        at_work={n: window(t, ids, "employment", LATE) for n, t in regional.items()},
        country={
            n: window(t, set(pack.region_ids), "employee_jobs", LATE) for n, t in regional.items()
        },
        local={n: jobs_of(t, LATE, np.isin(t["region"], near) & local_trade(t, pack))
               for n, t in firms.items()},
        incumbents={
            n: jobs_of(t, EARLY, np.isin(t["region"], near) & (t["ownership"] == PRIVATE)
                       & (t["origin"] != PLANT) & t["identity"].isin(old))
            for n, t in firms.items()
        },
        early_plant={n: window(t, ids, "plant_jobs", EARLY) for n, t in regional.items()},
        zones=zone_changes(regional["expansion"], firms["expansion"], pack),
        paths=_paths(regional, ids),
        cars=cars_plant(seed, ids),
        jobless={n: _rate(regional[n], ids) for n in ("plant", "plant_slack")},
        same_before=same_before(seed["expansion"], seed["plant"], DOSE_MONTH),
        io=io,
        io_local=io_local,
    )  # fmt: skip


def _firms(run: Stored, scale: float) -> pd.DataFrame:
    table = run.table("firms")
    return table.assign(jobs=table["employees"] * scale)


def cars_plant(seed: Seed, ids: set[str]) -> tuple[float, float]:
    """Jobs and plant jobs more in the zone, years 8 to 12 of a plant that makes the announced cars."""
    one, other = (seed[name].table("regional") for name in ("plan", "none"))
    jobs, plant = (
        window(one, ids, name, OPEN) - window(other, ids, name, OPEN)
        for name in ("employee_jobs", "plant_jobs")
    )
    return jobs, plant


def _paths(regional: Mapping[str, pd.DataFrame], ids: set[str]) -> pd.DataFrame:
    columns = {}
    for name in ("employee_jobs", "plant_jobs", "own_account"):
        one, other = (
            t[t["region"].isin(ids)].groupby("period")[name].sum()
            for t in (regional["expansion"], regional["plant"])
        )
        columns[name] = (one - other).groupby(lambda period: period // 12).mean()
    return pd.DataFrame(columns)


def _rate(regional: pd.DataFrame, ids: set[str]) -> float:
    jobless = window(regional, ids, "unemployed", BEFORE)
    return jobless / (jobless + window(regional, ids, "employment", BEFORE))


# --- Findings -------------------------------------------------------------------------------------


def _delta(samples: Sequence[Sample], what: str, one: str, other: str) -> list[float]:
    return [getattr(s, what)[one] - getattr(s, what)[other] for s in samples]


def multiplier(
    samples: Sequence[Sample], what: str = "jobs", one: str = "expansion", other: str = "plant"
) -> float:
    """Jobs more per plant job more, sums over seeds."""
    below = sum(_delta(samples, "plant", one, other))
    return sum(_delta(samples, what, one, other)) / below if below else float("nan")


def _slack(samples: Sequence[Sample], what: str = "jobs") -> float:
    """Multiplier where more are jobless at the start, less the usual one."""
    return multiplier(samples, what, "expansion_slack", "plant_slack") - multiplier(samples, what)


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−")


def _long(samples: Sequence[Sample], outcome: str) -> float:
    return long_difference([one.zones for one in samples], outcome)


def find(samples: Sequence[Sample]) -> Mapping[str, Finding]:
    """A finding a row."""
    total = over_seeds(multiplier, samples)
    country = over_seeds(lambda some: multiplier(some, "country"), samples)
    local = over_seeds(lambda some: multiplier(some, "local"), samples)
    paper = over_seeds(lambda some: _long(some, "all"), samples)
    paper_local = over_seeds(lambda some: _long(some, "local"), samples)
    bias = over_seeds(lambda some: _long(some, "all") - multiplier(some), samples)
    bias_local = over_seeds(
        lambda some: _long(some, "local") - multiplier(some, "local"),
        samples,
    )
    slack = over_seeds(_slack, samples)
    at_work = over_seeds(lambda some: multiplier(some, "at_work"), samples)
    slack_at_work = over_seeds(lambda some: _slack(some, "at_work"), samples)
    table = over_seeds(
        lambda some: float(np.mean([s.io for s in some])) - multiplier(some), samples
    )
    early = ratio_of(
        _delta(samples, "incumbents", "expansion", "plant"),
        _delta(samples, "early_plant", "expansion", "plant"),
    )
    cars = ratio_of([s.cars[0] for s in samples], [s.cars[1] for s in samples])
    io, io_local = (float(np.mean([getattr(s, n) for s in samples])) for n in ("io", "io_local"))
    rates = [100.0 * float(np.mean([s.jobless[n] for s in samples])) for n in samples[0].jobless]
    return {
        "LM05": Finding(
            paper, total, EMERGENT,
            f"country: {country.value:.2f} ({country.low:.2f} to {country.high:.2f})",
            bias, {"leontief": io},
        ),
        "LM01": Finding(
            paper_local, local, EMERGENT, "trades that are not tradable, without public ones",
            bias_local, {"leontief": io_local},
        ),
        "LM03": Finding(
            paper_local, local, EMERGENT, "", bias_local, {"leontief": io_local}
        ),
        "P1-slack": Finding(
            None, slack, EMERGENT,
            f"jobless in the zone before the dose: {rates[0]:.1f} and {rates[1]:.1f} %; of all at work, "
            f"own-account workers too, {at_work.value:.2f} more a plant job, and with more slack "
            f"{_signed(slack_at_work.value)} ({_signed(slack_at_work.low)} to "
            f"{_signed(slack_at_work.high)})",
        ),
        "P1-leontief": Finding(
            None, table, EMERGENT, f"Type II of the country's table for wage and inputs: {io:.2f}",
            baselines={"leontief": 0.0, "zero": io - 1.0, "last": io - 1.0},
        ),
        "LM11": Finding(paper, total, EMERGENT, "", bias, {"leontief": io}),
        "P1-cars": Finding(
            None, cars, EMERGENT,
            "world `plan` against `none`, years 8 to 12 after the opening; added after the first runs "
            "had been read, so it decides nothing",
        ),
        "LM08": Finding(None, early, EMERGENT, "private firms that were there before the dose"),
    }  # fmt: skip


def controls(samples: Sequence[Sample]) -> Sequence[Control]:
    """Dose, channel off, and the months before."""
    small, large = (
        mean_of(_delta(samples, "jobs", name, "plant")) for name in ("expansion", "expansion_large")
    )
    more = mean_of(_delta(samples, "jobs", "expansion_large", "expansion"))
    off = over_seeds(
        lambda some: multiplier(some) - multiplier(some, "jobs", "expansion_no_income"), samples
    )
    return [
        Control(
            DOSE,
            f"9,000 jobs bring more than 3,000, and these more than none: {small.value:,.0f} and "
            f"{large.value:,.0f} jobs in the zone; the difference",
            _sure(more) and _sure(small) if len(samples) > 1 else None,
            more,
            "jobs",
        ),
        Control(
            KNOCK_OUT,
            "what the multiplier loses with household budgets held to the world without the dose",
            _sure(off) if len(samples) > 1 else None,
            off,
            "ratio",
        ),
        Control(
            REVERSE,
            "every outcome of every month before the dose is the same in both worlds, bit for bit",
            all(one.same_before for one in samples),
        ),
    ]


def _sure(one: Estimate) -> bool:
    return bool(one.low > 0.0)


def draw(figure: Figure, samples: Sequence[Sample], found: Mapping[str, Finding]) -> None:
    """The path of the difference; multipliers side by side."""
    from experiments.evidence.p1_figure import draw_jobs

    draw_jobs(figure, samples, found)


SCRIPT = Script("P1", (*_WORLDS, "plan", "none"), sample, find, controls, draw)
