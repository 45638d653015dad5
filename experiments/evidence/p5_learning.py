"""P5: a plant's labour a car against its cumulative output, from its books.

As Levitt, List & Syverson (2013) did with defects: the log of labour per car on the log of all cars
made so far, months of the plant's first two years with output. Labour is everybody on the payroll.
World `plan`: the parent takes what was announced, so volume is not the plant's choice.

The truth is the law the model has (`plant_progress_ratio` on experience that begins above zero, and
`plant_retention` in idle months): these rows verify the code and test the *design*. Its bias has two
parts of opposite sign: staff that goes with the site is spread over more cars as output rises (too
steep), and experience brought along is not in the plant's own cumulative output (too flat).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from experiments.evidence.estimate import Estimate, mean_of, over_seeds
from experiments.evidence.script import KNOCK_OUT, Control, Script, Seed
from experiments.evidence.targets import VERIFIED
from experiments.evidence.verdict import Finding
from model.calendar_months import period_of
from model.plant_timeline import SKD, SKD_LOCAL, STAGE_NAMES

if TYPE_CHECKING:
    from matplotlib.figure import Figure

YEARS = 24
QUARTER = 3
STOP = period_of("2032-01")
IDLE = 0.5  # of the plan: a month with less is one of the stop


@dataclass(frozen=True)
class Sample:
    """One seed. `log_cars`, `log_labour`: the months of the regression; `still_*`: of the run
    without learning. `second`: labour a car when capacity doubled over the first quarter's.
    `before`, `restart`, `first`: labour a car in the month before the stop, in the one after it and
    in the first quarter of the stage then at work. `forgotten`: what the model's law says of the stop. `ratio`: the law's.
    """

    log_cars: np.ndarray
    log_labour: np.ndarray
    still_cars: np.ndarray
    still_labour: np.ndarray
    second: float
    before: float
    restart: float
    first: float
    forgotten: float
    ratio: float


def sample(seed: Seed) -> Sample:
    """The plant's books of one seed."""
    books = seed["plan"].table("plants")
    cars, labour = learning_months(books)
    still_cars, still_labour = learning_months(seed["plan_no_learning"].table("plants"))
    stop = around_stop(seed["long_block"].table("plants"))
    p = seed.params
    b = -np.log2(p.plant_progress_ratio)
    return Sample(
        cars, labour, still_cars, still_labour, second_crew(books), stop.before, stop.restart,
        stop.first, 100.0 * (p.plant_retention ** (-b * stop.months) - 1.0),
        float(p.plant_progress_ratio),
    )  # fmt: skip


def learning_months(books: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Log cumulative cars (this month's half in it) and log labour a car, first two years."""
    at_work = books[books["cars_made"].cumsum() > 0].head(YEARS)
    at_work = at_work[at_work["cars_made"] > 0]
    made = at_work["cars_made"].to_numpy(float)
    return np.log(made.cumsum() - made / 2.0), np.log(at_work["employees"].to_numpy(float) / made)


def progress_ratio(log_cars: np.ndarray, log_labour: np.ndarray) -> float:
    """What each doubling of cumulative output leaves of labour a car, by least squares."""
    import statsmodels.api as sm

    if len(log_cars) < 3:
        return float("nan")
    slope = sm.OLS(log_labour, sm.add_constant(log_cars)).fit().params[1]
    return float(2.0**slope)


def labour_a_car(books: pd.DataFrame) -> float:
    """Staff over cars a month, months together; not a number without cars."""
    made = float(books["cars_made"].sum())
    return float(books["employees"].sum()) / made if made > 0.0 else float("nan")


def _entry(books: pd.DataFrame, stage: str) -> pd.DataFrame:
    """The first quarter with output of a stage."""
    there = books[(books["stage"] == stage) & (books["cars_made"] > 0)]
    return there.head(QUARTER)


def second_crew(books: pd.DataFrame) -> float:
    """Labour a car in the first quarter of the second stage over that of the first."""
    later = _entry(books, STAGE_NAMES[SKD_LOCAL])
    if len(later) < QUARTER:
        return float("nan")
    return labour_a_car(later) / labour_a_car(_entry(books, STAGE_NAMES[SKD]))


@dataclass(frozen=True)
class Stop:
    """How many months the line stood still, and labour a car around that; unknown without a stop."""

    months: int
    before: float = float("nan")
    restart: float = float("nan")
    first: float = float("nan")


def around_stop(books: pd.DataFrame) -> Stop:
    """The last month with full output before, the first one after, the first quarter of that stage.

    Single months: a plant that still learns is better at the end of a quarter than at its start.
    """
    busy = books[books["cars_made"] >= IDLE * books["planned"]]
    before = busy[busy["period"] < STOP].tail(1)
    after = books[books["period"] >= STOP]
    idle = after[after["cars_made"] < IDLE * after["planned"]]
    idle = idle[idle["period"] < STOP + 12]
    if not len(idle):
        return Stop(0)
    again = busy[busy["period"] > int(idle["period"].max())].head(1)
    stage = str(before["stage"].iloc[-1])
    if set(again["stage"]) != {stage} or set(before["stage"]) != {stage}:
        return Stop(len(idle))  # other work: not to be compared
    first = labour_a_car(_entry(books, stage))
    standing = int((idle["cars_made"] == 0).sum())
    return Stop(standing, labour_a_car(before), labour_a_car(again), first)


# --- Findings -------------------------------------------------------------------------------------


def _pooled(samples: Sequence[Sample]) -> float:
    return progress_ratio(
        np.concatenate([one.log_cars for one in samples]),
        np.concatenate([one.log_labour for one in samples]),
    )


def _still(samples: Sequence[Sample]) -> float:
    return progress_ratio(
        np.concatenate([one.still_cars for one in samples]),
        np.concatenate([one.still_labour for one in samples]),
    )


def find(samples: Sequence[Sample]) -> Mapping[str, Finding]:
    """A finding a row."""
    paper = over_seeds(_pooled, samples)
    law = samples[0].ratio
    truth = Estimate(law, law, law, len(samples))
    bias = over_seeds(lambda some: _pooled(some) - some[0].ratio, samples)
    lost = mean_of([100.0 * (one.restart / one.before - 1.0) for one in samples])
    kept = mean_of([100.0 * (one.first / one.restart - 1.0) for one in samples])
    return {
        "LC01": Finding(
            paper, truth, VERIFIED,
            "Wright's law is coded in with the paper's own ratio; what is tested is how well books "
            "show it. Staff of the site is spread over more cars, experience brought along is unseen",
            bias,
        ),
        "LC03": Finding(
            mean_of([one.second for one in samples]), None, VERIFIED,
            "the second stage doubles the capacity; newcomers start where the plant is, for know-how "
            f"sits in the plant by the law. {_known(samples, 'second')} seeds reach that stage",
        ),
        "LC04a": Finding(
            lost, mean_of([one.forgotten for one in samples]), VERIFIED,
            "world `long_block`; a crew that stays on the payroll while the line waits",
            mean_of([
                100.0 * (one.restart / one.before - 1.0) - one.forgotten for one in samples
            ]),
        ),
        "LC04b": Finding(kept, None, VERIFIED, "first quarter of the stage that was at work"),
    }  # fmt: skip


def _known(samples: Sequence[Sample], name: str) -> int:
    return int(sum(np.isfinite(getattr(one, name)) for one in samples))


def controls(samples: Sequence[Sample]) -> Sequence[Control]:
    """Learning switched off."""
    gap = over_seeds(lambda some: _still(some) - _pooled(some), samples)
    still = over_seeds(_still, samples)
    return [
        Control(
            KNOCK_OUT,
            "progress ratio from the books without learning (`plant_progress_ratio` 1), where it "
            f"should be 1: {still.value:.2f}, the rest is spreading of fixed staff; less the usual",
            bool(gap.low > 0.0) if np.isfinite(gap.low) else None,
            gap,
            "ratio",
        )
    ]


def draw(figure: Figure, samples: Sequence[Sample], found: Mapping[str, Finding]) -> None:
    """Labour a car against cumulative cars; the stop."""
    from experiments.report import BLUE, GREY, ORANGE, RED

    curve, stop = figure.subplots(1, 2, width_ratios=[2, 1])
    for one in samples:
        curve.loglog(np.exp(one.still_cars), np.exp(one.still_labour), ".", color=ORANGE, ms=3)
        curve.loglog(np.exp(one.log_cars), np.exp(one.log_labour), ".", color=BLUE, ms=3)
    x = np.concatenate([one.log_cars for one in samples])
    y = np.concatenate([one.log_labour for one in samples])
    paper = found["LC01"].paper
    assert paper is not None
    for ratio, colour, words in (
        (paper.value, BLUE, f"books: {paper.value:.2f}"), (samples[0].ratio, RED, "law: 0.81"),
    ):  # fmt: skip
        ends = np.array([x.min(), x.max()])
        line = y.mean() + np.log2(ratio) * (ends - x.mean())
        curve.loglog(np.exp(ends), np.exp(line), color=colour, lw=1.5, label=words)
    curve.plot([], [], ".", color=ORANGE, label="without learning")
    curve.set_title("Staff per car a month, against all cars made so far (agents)")
    curve.legend()
    names = ("first", "before", "restart")
    values = [mean_of([getattr(one, n) for one in samples]) for n in names]
    stop.bar(
        ["first quarter\nof the stage", "month before\nthe stop", "month after"],
        [one.value for one in values], color=[GREY, BLUE, RED], width=0.6,
        yerr=[np.nan_to_num(one.half_width) for one in values], capsize=3,
    )  # fmt: skip
    stop.set_title("Staff per car a month around a stop")


SCRIPT = Script("P5", ("plan", "plan_no_learning", "long_block"), sample, find, controls, draw)
