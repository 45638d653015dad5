"""P2: what happens to a firm that becomes a supplier of the plant.

World `volume`. Suppliers are firms whose first contract with the plant delivered something, in
business two years before its award and at least until a year after; year 0 is that of the award
(rules.md 27). As the paper did it (Alfaro-Urena, Manelici & Vasquez 2022): an event study, each year's
suppliers beside private firms of the same trade that never supply, with effects of firm and of year,
years -3 to 4 against year -1 (stacked, so that late suppliers are no controls of early ones).
Truth: the same firm in `none`, same seed, same year, where it is in business in both.

*Not done:* the twin whose tender goes to the runner-up; the model has no such world.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from experiments.evidence.books import labour_shares, with_logs, yearly_books
from experiments.evidence.estimate import Estimate, over_seeds
from experiments.evidence.p2_study import WINDOW, event_study, twin_study
from experiments.evidence.script import KNOCK_OUT, PLACEBO, Control, Script, Seed
from experiments.evidence.targets import EMERGENT
from experiments.evidence.verdict import Finding

if TYPE_CHECKING:
    from matplotlib.figure import Figure

OUTCOMES = ("staff", "sales", "others", "tfpr")


@dataclass(frozen=True)
class Sample:
    """One seed. `paper`: coefficients, a row an outcome and a column a year (log points);
    `twin`: mean paired differences alike; `delivered`, `delivered_twin`: the same with the year of the
    first delivery as year 0; `knowledge`: of know-how, by year; `events`: suppliers
    that are studied; `twins`: with a twin in year 4; `born`: suppliers without a history;
    `no_knowledge`: productivity in year 4 by twins without learning, and events there; `placebo`:
    contracts in `enclave`.
    """

    paper: pd.DataFrame
    twin: pd.DataFrame
    delivered: pd.DataFrame
    delivered_twin: pd.DataFrame
    knowledge: pd.Series
    events: int
    twins: int
    born: int
    no_knowledge: tuple[float, int]
    placebo: int


def sample(seed: Seed) -> Sample:
    """The books of one seed."""
    without = yearly_books(seed["none"].table("firms"))
    shares = labour_shares(without, seed.params)
    none = with_logs(without, shares)
    books = with_logs(yearly_books(seed["volume"].table("firms")), shares)
    contracts = seed["volume"].table("contracts")
    first = first_awards(contracts)
    events = with_history(first, books)
    twin, twins = twin_study(books, none, events, [*OUTCOMES, "knowledge"])
    deliveries = first_deliveries(books, events)
    off = with_logs(yearly_books(seed["volume_no_knowledge"].table("firms")), shares)
    off_events = with_history(first_awards(seed["volume_no_knowledge"].table("contracts")), off)
    off_twin, off_twins = twin_study(off, none, off_events, ["tfpr"])
    return Sample(
        paper=event_study(books, events, set(first.index), OUTCOMES),
        twin=twin.loc[list(OUTCOMES)],
        delivered=event_study(books, deliveries, set(first.index), ("others",)),
        delivered_twin=twin_study(books, none, deliveries, ["others"])[0],
        knowledge=pd.Series(twin.to_numpy(float)[-1], index=twin.columns),
        events=len(events),
        twins=twins,
        born=len(first) - len(events),
        no_knowledge=(float(off_twin.to_numpy(float)[0, -1]), off_twins),
        placebo=len(seed["enclave"].table("contracts")),
    )


def first_awards(contracts: pd.DataFrame) -> pd.Series:
    """Year of the first award that delivered something, by identity of the supplier."""
    if not len(contracts):
        return pd.Series(dtype=np.int64)
    delivered = contracts[contracts["value"] > 0.0]
    return delivered.groupby("identity")["award"].min() // 12


def with_history(first: pd.Series, books: pd.DataFrame) -> pd.Series:
    """Those with books two years before the award and a year after, in a window that is whole."""
    there = set(zip(books["identity"], books["year"]))
    last = int(books["year"].max()) if len(books) else 0
    kept = [
        (identity, year - 2) in there and (identity, year + 1) in there and year + WINDOW[1] <= last
        for identity, year in first.items()
    ]
    return first[kept]


def first_deliveries(books: pd.DataFrame, events: pd.Series) -> pd.Series:
    """Year of the first sale of parts in the books, by identity, of those with an event."""
    sold = books[(books["part_sales"] > 0.0) & books["identity"].isin(events.index)]
    return sold.groupby("identity")["year"].min()


# --- Findings -------------------------------------------------------------------------------------


def by_events(samples: Sequence[Sample], which: str, outcome: str, years: Sequence[int]) -> float:
    """Mean over suppliers of the mean over years, %: each seed weighs as much as its suppliers."""
    values = [
        (100.0 * float(getattr(one, which).loc[outcome, list(years)].mean()), one.events)
        for one in samples
    ]
    known = [(value, weight) for value, weight in values if np.isfinite(value) and weight]
    if not known:
        return float("nan")
    return float(np.average([v for v, _ in known], weights=[w for _, w in known]))


def _pair(
    samples: Sequence[Sample],
    outcome: str,
    years: Sequence[int],
    which: tuple[str, str] = ("paper", "twin"),
) -> tuple[Estimate, ...]:
    """Paper, truth and bias of one outcome."""
    paper, truth = which

    def of(which: str) -> Estimate:
        return over_seeds(lambda some: by_events(some, which, outcome, years), with_events(samples))

    bias = over_seeds(
        lambda some: (
            by_events(some, paper, outcome, years) - by_events(some, truth, outcome, years)
        ),
        with_events(samples),
    )
    return of(paper), of(truth), bias


def with_events(samples: Sequence[Sample]) -> list[Sample]:
    """Seeds that have a supplier to follow."""
    return [one for one in samples if one.events]


def _unreal(samples: Sequence[Sample]) -> float:
    """Revenue productivity less know-how in year 4 by twins, %."""
    last = WINDOW[1]
    rows = [
        (
            100.0
            * (
                float(one.twin.to_numpy(float)[OUTCOMES.index("tfpr"), -1])
                - float(one.knowledge[last])
            ),
            one.events,
        )
        for one in samples
    ]
    known = [(value, weight) for value, weight in rows if np.isfinite(value)]
    if not known:
        return float("nan")
    return float(np.average([v for v, _ in known], weights=[w for _, w in known]))


def _know_how(samples: Sequence[Sample]) -> float:
    rows = [(100.0 * float(one.knowledge[WINDOW[1]]), one.events) for one in samples]
    known = [(value, weight) for value, weight in rows if np.isfinite(value)]
    return float(np.average([v for v, _ in known], weights=[w for _, w in known])) if known else 0.0


def find(samples: Sequence[Sample]) -> Mapping[str, Finding]:
    """A finding a row."""
    last = [WINDOW[1]]
    events, twins, born = (sum(getattr(s, n) for s in samples) for n in ("events", "twins", "born"))
    told = (
        f"{events} suppliers with a history in {len(with_events(samples))} of {len(samples)} seeds "
        f"({born} more without one), {twins} with a twin in year 4"
    )
    return {
        "FB01": _finding(_pair(samples, "staff", last), told),
        "FB02": _finding(_pair(samples, "tfpr", last), ""),
        "FB03a": _finding(_pair(samples, "others", [0]), "the year of the award"),
        "FB03a-sale": _finding(
            _pair(samples, "others", [0], ("delivered", "delivered_twin")),
            "year 0 is that of the first delivery, as in the paper; added after the first runs had "
            "been read, so it decides nothing",
        ),
        "FB03b": _finding(_pair(samples, "others", last), ""),
        "P2-flat": _finding(_pair(samples, "staff", [-3, -2]), ""),
        "FB04": _finding(_pair(samples, "sales", last), ""),
        "FB05": Finding(
            None,
            over_seeds(_unreal, with_events(samples)),
            EMERGENT,
            f"their know-how is then {_know_how(samples):.0f} % above that of their twins",
        ),
    }


def _finding(three: tuple[Estimate, ...], note: str) -> Finding:
    return Finding(three[0], three[1], EMERGENT, note, three[2])


def controls(samples: Sequence[Sample]) -> Sequence[Control]:
    """No purchases; no learning."""

    def lost(some: Sequence[Sample]) -> float:
        usual = by_events(some, "twin", "tfpr", [WINDOW[1]])
        off = [(v, n) for v, n in (one.no_knowledge for one in some) if n and np.isfinite(v)]
        if not off:
            return float("nan")
        return usual - 100.0 * float(np.average([v for v, _ in off], weights=[n for _, n in off]))

    fall = over_seeds(lost, with_events(samples))
    return [
        Control(
            PLACEBO,
            "a plant that buys nothing at home (`enclave`) has no supplier in any month",
            all(one.placebo == 0 for one in samples),
        ),
        Control(
            KNOCK_OUT,
            "what productivity in year 4 (by twins) loses where nobody learns from the plant",
            bool(fall.low > 0.0) if np.isfinite(fall.low) else None,
            fall,
            "%",
        ),
    ]


def draw(figure: Figure, samples: Sequence[Sample], found: Mapping[str, Finding]) -> None:
    """The event study beside the twins."""
    from experiments.evidence.p2_figure import draw_events

    draw_events(figure, samples, found)


SCRIPT = Script(
    "P2", ("volume", "none", "volume_no_knowledge", "enclave"), sample, find, controls, draw
)
