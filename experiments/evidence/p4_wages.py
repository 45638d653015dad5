"""P4: what the plant pays, and what those earn who stay elsewhere.

World `plan`, employees of the plant's commuting zone once a year from 2024 on.

- *LB05*: log wage on effects of person and firm (Abowd, Kramarz & Margolis 1999 (m)), so by those who
  move; the plant's firm effect against the others'. Truth: the same person, same year, in `none`.
- *P4-raw*: the raw gap less that premium: who works there (sorting).
- *LB07*: yearly wage growth of people who stay with a domestic employer, by region and trade, on the
  part of that cell's staff whom the plant hired in the year, per standard deviation; effects of cell and
  of year. Truth: the same regression on the difference of growth from `none`.
- *LB06*: wage growth of those who move to the plant less that of those who stay.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from experiments.evidence.estimate import mean_of, over_seeds
from experiments.evidence.places import same_before, zone
from experiments.evidence.runs import Stored
from experiments.evidence.script import KNOCK_OUT, REVERSE, Control, Script, Seed
from experiments.evidence.targets import EMERGENT, VERIFIED
from experiments.evidence.verdict import Finding
from experiments.movers import movers_premium
from model.calendar_months import period_of
from model.firms import PLANT

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BROKEN_GROUND = period_of("2023-05")


@dataclass(frozen=True)
class Sample:
    """One seed; log points. `movers`, `raw`: of the regression; `off`: movers' premium without the
    plant's premium. `twins`: mean paired difference of the plant's people. `cells`: a row a cell and
    year: growth, twin growth, exposure, people. `moved`, `stayed`: mean growth. `people`: at the
    plant, person-years. `same_before`: of all outcomes.
    """

    movers: float
    raw: float
    off: float
    twins: float
    cells: pd.DataFrame
    moved: float
    stayed: float
    people: int
    same_before: bool


def sample(seed: Seed) -> Sample:
    """The payrolls of one seed."""
    near = zone(seed.pack)
    people, plants, trades = payrolls(seed["plan"], near)
    twins, _, twin_trades = payrolls(seed["none_people"], near, trades)
    premium = _premium(people, plants)
    off_people, off_plants, _ = payrolls(seed["plan_no_premium"], near)
    growth = yearly_growth(people, plants, trades)
    there = people[people["employer"].isin(plants)]
    both = there.merge(twins, on=["identity", "period"], suffixes=("", "_twin"))
    stayers = growth[growth["stays"]]
    return Sample(
        movers=premium["movers"],
        raw=premium["raw"],
        off=_premium(off_people, off_plants)["movers"],
        twins=float(np.mean(both["log_wage"] - both["log_wage_twin"])) if len(both) else np.nan,
        cells=cell_years(growth, yearly_growth(twins, set(), twin_trades), trades),
        moved=float(growth.loc[growth["arrives"], "growth"].mean()),
        stayed=float(stayers["growth"].mean()),
        people=len(there),
        same_before=same_before(seed["plan"], seed["none"], BROKEN_GROUND),
    )


def payrolls(
    run: Stored, near: np.ndarray, trades: pd.Series | None = None
) -> tuple[pd.DataFrame, set[int], pd.Series]:
    """Employees who live in the zone, the plants' rows, and each firm row's trade.

    A firm's row tells which firm; where the run keeps no firms, `trades` of its twin serve: a firm
    that only one of them has gets no trade.
    """
    people = run.table("workers")
    people = people[people["region"].isin(near) & (people["wage"] > 0.0)].copy()
    people["log_wage"] = np.log(people["wage"].astype(float))
    if trades is not None:
        return people, set(), trades
    firms = run.table("firms")
    plants = set(firms.loc[firms["origin"] == PLANT, "row"])
    return people, plants, firms.groupby("row")["sector"].first()


def _premium(people: pd.DataFrame, plants: set[int]) -> Mapping[str, float]:
    """Movers' premium and raw gap; not a number where nobody moved to the plant."""
    nothing = {"movers": np.nan, "raw": np.nan}
    if not people["employer"].isin(plants).any():
        return nothing
    try:
        return movers_premium(people, np.array(sorted(plants)))
    except ValueError:
        return nothing


# --- Growth of those who stay and those who move --------------------------------------------------


def yearly_growth(people: pd.DataFrame, plants: set[int], trades: pd.Series) -> pd.DataFrame:
    """A row a person employed at the end of two years in a row: growth, stays, arrives, trade.

    `stays`: same domestic employer; `arrives`: at the plant, from elsewhere; `trade`: of the first.
    """
    later = people[["identity", "period", "employer", "log_wage"]]
    earlier = later.assign(period=later["period"] + 12)
    both = later.merge(earlier, on=["identity", "period"], suffixes=("", "_before"))
    region = people.groupby("identity")["region"].first()
    at_plant = both["employer"].isin(plants)
    was_there = both["employer_before"].isin(plants)
    return pd.DataFrame(
        {
            "identity": both["identity"],
            "period": both["period"],
            "region": both["identity"].map(region),
            "trade": both["employer_before"].map(trades),
            "growth": both["log_wage"] - both["log_wage_before"],
            "stays": (both["employer"] == both["employer_before"]) & ~at_plant,
            "arrives": at_plant & ~was_there,
            "domestic": ~was_there,
        }
    )


def cell_years(growth: pd.DataFrame, twin: pd.DataFrame, trades: pd.Series) -> pd.DataFrame:
    """A row a region, trade and year: mean growth of stayers, of their twins, exposure, people.

    Exposure: the part of a cell's domestic staff of the year before whom the plant hired.
    """
    keys = ["region", "trade", "period"]
    domestic = growth[growth["domestic"] & growth["trade"].notna()]
    exposure = domestic.groupby(keys)["arrives"].mean().rename("exposure")
    stayers = domestic[domestic["stays"]]
    table = stayers.groupby(keys)["growth"].agg(["mean", "size"])
    table.columns = pd.Index(["growth", "people"])
    calm = twin[twin["stays"]].groupby(keys)["growth"].mean().rename("twin")
    return table.join(exposure).join(calm).reset_index()


def exposure_slope(cells: Sequence[pd.DataFrame], outcome: str) -> float:
    """Slope on exposure per standard deviation over people, in points; effects of cell and year."""
    import statsmodels.api as sm

    together = pd.concat([one.assign(seed=k) for k, one in enumerate(cells)], ignore_index=True)
    together = together[together["exposure"].notna()].copy()
    together["change"] = (
        together["growth"] - together["twin"] if outcome == "paired" else together["growth"]
    )
    together = together[together["change"].notna()]
    spread = weighted_sd(together["exposure"], together["people"])
    if len(together) < 3 or spread == 0.0:
        return float("nan")
    demeaned = _within(together, ["change", "exposure"])
    fitted = sm.WLS(
        demeaned["change"], demeaned["exposure"] / spread, weights=together["people"]
    ).fit()
    return 100.0 * float(fitted.params.iloc[0])


def weighted_sd(values: pd.Series, weights: pd.Series) -> float:
    """Standard deviation by weight."""
    mean = np.average(values, weights=weights)
    return float(np.sqrt(np.average((values - mean) ** 2, weights=weights)))


def _within(table: pd.DataFrame, names: Sequence[str], rounds: int = 50) -> pd.DataFrame:
    """The columns less their weighted means by cell and by year of a seed, by turns to the end."""
    out = table[list(names)].astype(float)
    weight = table["people"].astype(float)
    groups = [table.groupby(["seed", "region", "trade"]).ngroup(),
              table.groupby(["seed", "period"]).ngroup()]  # fmt: skip
    for _ in range(rounds):
        for group in groups:
            below = weight.groupby(group).transform("sum")
            for name in names:
                out[name] -= (out[name] * weight).groupby(group).transform("sum") / below
    return out


# --- Findings -------------------------------------------------------------------------------------


def find(samples: Sequence[Sample]) -> Mapping[str, Finding]:
    """A finding a row."""
    movers = mean_of([100.0 * s.movers for s in samples])
    twins = mean_of([100.0 * s.twins for s in samples])
    raw = mean_of([100.0 * s.raw for s in samples])
    cells = [s.cells for s in samples]
    people = sum(s.people for s in samples)
    paper = over_seeds(lambda some: exposure_slope(some, "own"), cells)
    truth = over_seeds(lambda some: exposure_slope(some, "paired"), cells)
    bias = over_seeds(
        lambda some: exposure_slope(some, "own") - exposure_slope(some, "paired"), cells
    )
    return {
        "LB05": Finding(
            movers, twins, VERIFIED,
            f"{people:,} person-years at the plant. The premium is a parameter (0.2 over the region's "
            "engineering wage): it tests the regression",
            mean_of([100.0 * (s.movers - s.twins) for s in samples]),
        ),
        "P4-raw": Finding(
            mean_of([100.0 * (s.raw - s.movers) for s in samples]), None, EMERGENT,
            f"raw gap {raw.value:.1f} %",
        ),
        "LB07": Finding(
            paper, truth, EMERGENT,
            f"mean exposure {100.0 * float(pd.concat(cells)['exposure'].mean()):.2f} % of a cell a year",
            bias,
        ),
        "LB06": Finding(
            mean_of([100.0 * (s.moved - s.stayed) for s in samples]), None, VERIFIED
        ),
    }  # fmt: skip


def controls(samples: Sequence[Sample]) -> Sequence[Control]:
    """The premium off; the months before."""
    fall = mean_of([100.0 * (s.movers - s.off) for s in samples])
    off = mean_of([100.0 * s.off for s in samples])
    return [
        Control(
            KNOCK_OUT,
            f"movers' premium where the plant pays none (`plant_wage_premium` 0): {off.value:.1f} %; "
            "what is lost against the usual",
            bool(fall.low > 0.0) if np.isfinite(fall.low) else None,
            fall,
            "%",
        ),
        Control(
            REVERSE,
            "every outcome is that of `none`, bit for bit, before ground is broken",
            all(one.same_before for one in samples),
        ),
    ]


def draw(figure: Figure, samples: Sequence[Sample], found: Mapping[str, Finding]) -> None:
    """Premium and gap; growth of stayers by exposure."""
    from experiments.report import BLACK, BLUE, GREY, RED

    bars, scatter = figure.subplots(1, 2)
    shown = {
        "movers,\nas the papers": mean_of([100.0 * s.movers for s in samples]),
        "same person,\ntruth": mean_of([100.0 * s.twins for s in samples]),
        "raw gap": mean_of([100.0 * s.raw for s in samples]),
        "no premium:\nmovers": mean_of([100.0 * s.off for s in samples]),
    }
    for k, (one, colour) in enumerate(zip(shown.values(), (GREY, BLUE, RED, GREY))):
        bars.bar(k, one.value, 0.6, color=colour)
        bars.errorbar(k, one.value, np.nan_to_num(one.half_width), color=BLACK, capsize=3)
    bars.fill_between([-0.5, 1.5], 4, 20, color=RED, alpha=0.12, lw=0)
    bars.axhline(0.0, color=GREY, lw=0.8)
    bars.set_xticks(range(len(shown)), list(shown))
    bars.set_title("Pay at the plant over others, % (shaded: accepted)")
    cells = pd.concat([s.cells for s in samples])
    cells = cells[cells["exposure"] > 0.0]
    scatter.scatter(
        100.0 * cells["exposure"], 100.0 * (cells["growth"] - cells["twin"]),
        s=np.sqrt(cells["people"]), color=BLUE, alpha=0.5, lw=0,
    )  # fmt: skip
    scatter.axhline(0.0, color=GREY, lw=0.8)
    scatter.set_xlabel("part of a cell's staff whom the plant hired, %")
    scatter.set_title("Wage growth of those who stay, less their twins', points")


SCRIPT = Script(
    "P4", ("plan", "none_people", "none", "plan_no_premium"), sample, find, controls, draw
)
