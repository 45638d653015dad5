"""P8: how much of a car becomes local, by volume and protection.

World `volume` with 5,000 to 300,000 cars a year, and `protected` (200,000, high duties, a content rule,
a supplier fund). Without a plant there is no local content, so the level is the paired difference.

- *LO01*: nominal content in year 16 of `protected`.
- *LO04*: for every part, the volume at which half of its share at the largest volume is reached, on
  the rising curve of means over seeds; mean of logs over parts, by their share.
- *LO05*: nominal less deep content in all runs whose nominal content is 30 % or more.
- *LO02*: share of runs of `mandate` that ever meet the 30 % rule within 84 months of the opening.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.optimize import isotonic_regression

from experiments.evidence.estimate import UNKNOWN, mean_of, over_seeds
from experiments.evidence.places import same_before
from experiments.evidence.script import DOSE, KNOCK_OUT, PLACEBO, REVERSE, Control, Script, Seed
from experiments.evidence.targets import EMERGENT, VERIFIED
from experiments.evidence.verdict import Finding
from experiments.evidence.worlds import VOLUMES
from model.calendar_months import period_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

YEAR_16 = (period_of("2039-07"), period_of("2040-06"))
END = (period_of("2041-01"), period_of("2042-12"))
RULE_MONTHS = (period_of("2026-07"), period_of("2031-06"))
BROKEN_GROUND = period_of("2023-05")
LEAST = 0.3  # nominal content from which its gap to deep content is judged
LEAST_SHARE = 0.05  # of a part at the largest volume, for a curve to have a middle
PARTS = "local_share_"


@dataclass(frozen=True)
class Sample:
    """One seed. `shares`: local share by part (rows) and volume (columns), last two years; `nominal`,
    `deep`: % by run; `year_16`: % of `protected` and of the same volume without protection; `met`: whether the rule was
    ever met; `suppliers`: by volume; `placebo`: nominal content of `enclave`.
    """

    shares: pd.DataFrame
    nominal: Mapping[str, float]
    deep: Mapping[str, float]
    year_16: tuple[float, float]
    met: float
    suppliers: Mapping[str, float]
    placebo: float
    same_before: bool


def _runs() -> dict[int, str]:
    return {v: "volume" if v == 100_000 else f"volume_{v}" for v in VOLUMES}


def sample(seed: Seed) -> Sample:
    """The runs of one seed."""
    names = [*_runs().values(), "protected"]
    tables = {name: seed[name].table("monthly") for name in names}
    ends = {name: _mean(table, END) for name, table in tables.items()}
    parts = [c for c in tables["volume"].columns if c.startswith(PARTS)]
    rule = seed["mandate"].table("monthly")["mandate_met"]
    return Sample(
        shares=pd.DataFrame({v: ends[name][parts] for v, name in _runs().items()}),
        nominal={n: 100.0 * float(e["local_content_nominal"]) for n, e in ends.items()},
        deep={n: 100.0 * float(e["local_content_deep"]) for n, e in ends.items()},
        year_16=(
            100.0 * float(_mean(tables["protected"], YEAR_16)["local_content_nominal"]),
            100.0 * float(_mean(tables["volume_200000"], YEAR_16)["local_content_nominal"]),
        ),
        met=float(rule.loc[RULE_MONTHS[0] : RULE_MONTHS[1]].max() > 0.0),
        suppliers={n: float(e["tier1_suppliers"]) for n, e in ends.items()},
        placebo=float(seed["enclave"].table("monthly")["local_content_nominal"].max()),
        same_before=same_before(seed["volume"], seed["none"], BROKEN_GROUND),
    )


def _mean(monthly: pd.DataFrame, months: tuple[int, int]) -> pd.Series:
    return monthly.loc[months[0] : months[1]].mean(numeric_only=True)


# --- The middle of the curve ----------------------------------------------------------------------


def middle_of_curve(volumes: np.ndarray, shares: np.ndarray) -> float:
    """Volume at which a rising curve reaches half of its last value, in logs between points.

    The curve is made to rise by its least-squares monotone fit; the first volume if it is above the
    half there already; not a number if the last value is below `LEAST_SHARE`.
    """
    rising = monotone(shares)
    half = rising[-1] / 2.0
    if rising[-1] < LEAST_SHARE:
        return float("nan")
    above = int(np.flatnonzero(rising >= half)[0])
    if above == 0:
        return float(volumes[0])
    low, high = rising[above - 1], rising[above]
    step = (half - low) / (high - low)
    logs = np.log(volumes)
    return float(np.exp(logs[above - 1] + step * (logs[above] - logs[above - 1])))


def monotone(values: np.ndarray) -> np.ndarray:
    """The non-decreasing sequence nearest to the values in squares."""
    return np.asarray(isotonic_regression(values).x, np.float64)


def mean_shares(samples: Sequence[Sample]) -> pd.DataFrame:
    """Local share by part and volume, mean over seeds."""
    total = samples[0].shares.copy()
    for one in samples[1:]:
        total += one.shares
    return total / len(samples)


def middle(samples: Sequence[Sample]) -> float:
    """Mean of the parts' middles in logs, by final share; not a number without a part."""
    mean = mean_shares(samples)
    volumes = mean.columns.to_numpy(float)
    middles = [middle_of_curve(volumes, row) for row in mean.to_numpy(float)]
    weights = np.array([monotone(row)[-1] for row in mean.to_numpy(float)])
    known = np.isfinite(middles)
    if not known.any():
        return float("nan")
    logs = np.log(np.array(middles)[known])
    return float(np.exp(np.average(logs, weights=weights[known])))


def gap(samples: Sequence[Sample]) -> float:
    """Mean of nominal less deep content over all runs with enough nominal content, points."""
    gaps = [
        nominal - one.deep[name]
        for one in samples
        for name, nominal in one.nominal.items()
        if nominal >= 100.0 * LEAST
    ]
    return float(np.mean(gaps)) if gaps else float("nan")


# --- Findings -------------------------------------------------------------------------------------


def find(samples: Sequence[Sample]) -> Mapping[str, Finding]:
    """A finding a row."""
    content = mean_of([one.year_16[0] for one in samples])
    runs = sum(x >= 100.0 * LEAST for one in samples for x in one.nominal.values())
    of = sum(len(one.nominal) for one in samples)
    parts = mean_shares(samples)
    local = [
        str(p)[len(PARTS) :]
        for p in parts.index
        if monotone(parts.loc[p].to_numpy(float))[-1] >= LEAST_SHARE
    ]
    any_local = np.mean([one.year_16[0] > 0.0 for one in samples])
    return {
        "LO01": Finding(
            None, content, VERIFIED,
            "the rule of that world asks for half, so a plant that meets it lies in the band; "
            f"{100.0 * any_local:.0f} % of runs have any local part then; without protection "
            f"{mean_of([one.year_16[1] for one in samples]).value:.1f} %",
        ),
        "LO04": Finding(
            None, over_seeds(middle, samples), EMERGENT,
            f"parts with a share above {100.0 * LEAST_SHARE:.0f} % at the largest volume: "
            + (", ".join(name.replace("_", " ") for name in local) or "none"),
        ),
        "LO05": Finding(
            None, over_seeds(gap, samples) if runs else UNKNOWN, EMERGENT,
            f"{runs} of {of} runs have 30 % nominal content or more",
        ),
        "LO02": Finding(
            None, mean_of([100.0 * one.met for one in samples]), EMERGENT,
            "world `mandate`: some 5,000 cars a year; a sentinel, a model in which nobody ever localises passes, too",
        ),
    }  # fmt: skip


def controls(samples: Sequence[Sample]) -> Sequence[Control]:
    """No purchases, more volume, no protection, the months before."""
    names = list(_runs().values())
    steps = [mean_of([s.nominal[n] for s in samples]).value for n in names]
    more = mean_of([s.nominal[names[-1]] - s.nominal[names[0]] for s in samples])
    off = mean_of([s.year_16[0] - s.year_16[1] for s in samples])
    several = len(samples) > 1
    shown = ", ".join(f"{x:.1f}" for x in steps)
    return [
        Control(
            PLACEBO,
            "a plant that buys nothing at home (`enclave`) has no local content in any month",
            all(one.placebo == 0.0 for one in samples),
        ),
        Control(
            DOSE,
            f"nominal content rises with volume, 5,000 to 300,000 cars: {shown} %; last less first",
            bool(more.low > 0.0) if several else None,
            more,
            "points",
        ),
        Control(
            KNOCK_OUT,
            "year 16 with protection less without, 200,000 cars in both",
            bool(off.low > 0.0) if several else None,
            off,
            "points",
        ),
        Control(
            REVERSE,
            "every outcome is that of `none`, bit for bit, before ground is broken",
            all(one.same_before for one in samples),
        ),
    ]


def draw(figure: Figure, samples: Sequence[Sample], found: Mapping[str, Finding]) -> None:
    """Content by volume; parts by volume."""
    from experiments.report import BLUE, GREY, ORANGE, RED

    content, parts = figure.subplots(1, 2)
    names = _runs()
    for kind, colour in (("nominal", BLUE), ("deep", ORANGE)):
        for one in samples:
            values = [getattr(one, kind)[n] for n in names.values()]
            content.semilogx(list(names), values, color=colour, alpha=0.25, lw=0.8)
        mean = [np.mean([getattr(s, kind)[n] for s in samples]) for n in names.values()]
        content.semilogx(list(names), mean, "o-", color=colour, lw=2, label=kind)
    level = np.mean([one.year_16[0] for one in samples])
    content.semilogx([200_000], [level], "*", ms=14, color=RED, label="protected, year 16")
    content.fill_between([170_000, 235_000], 35, 60, color=RED, alpha=0.12, lw=0)
    content.set_title("Local content by volume, % (thin: one seed)")
    content.set_xlabel("cars a year")
    content.legend()
    shares = mean_shares(samples)
    shown = shares[[monotone(x)[-1] >= LEAST_SHARE for x in shares.to_numpy(float)]]
    # Ten colours: the eleventh part has the first one's, with dashes.
    for k, (name, row) in enumerate(shown.iterrows()):
        words, line = str(name)[len(PARTS) :].replace("_", " "), "o-" if k < 10 else "s--"
        parts.semilogx(row.index, 100.0 * row, line, color=f"C{k % 10}", ms=3, lw=1.2, label=words)
    parts.axvspan(20_000, 100_000, color=GREY, alpha=0.12, lw=0)
    parts.set_title("Local share of each part, % (shaded: accepted middles)")
    parts.set_xlabel("cars a year")
    if parts.has_data():
        parts.legend(fontsize=7, loc="center left", bbox_to_anchor=(1.0, 0.5))


SCRIPT = Script(
    "P8",
    (*_runs().values(), "protected", "mandate", "enclave", "none"),
    sample,
    find,
    controls,
    draw,
)
