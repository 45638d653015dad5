"""P3: productivity of firms that were there before the plant came.

World `plan`, a plant of the announced size (the million-dollar plants of the literature are large; the
reference plant makes a tenth). Incumbents are private firms in business at the end of 2023; years 4
and 5 are the ends of 2028 and 2029. Productivity is revenue productivity from the books.

- Truth: the same firm in `none`. *MD03*: the same firm in `plan_delayed`, where the licence is granted
  and the plant not open yet (Abebe, McMillan & Serafinelli 2022).
- As the paper did it (Greenstone, Hornbeck & Moretti 2010): within `plan`, change since 2023 of
  incumbents in the region that won the plant less that in the region that lost it (the pack's
  alternative site), trade by trade.
- Closeness (*MD06*) in labour: part of those who leave a trade for another employer and go to the
  plant's kind of work (materials and engineering), in `none`; in technology: cosine of a trade's
  total inputs with a car's, from the pack's table (which the rule of imitation uses too).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from experiments.evidence.books import labour_shares, log, with_logs, yearly_books
from experiments.evidence.estimate import Estimate, over_seeds
from experiments.evidence.places import far, plant_region, same_before
from experiments.evidence.runs import Stored
from experiments.evidence.script import KNOCK_OUT, PLACEBO, REVERSE, Control, Script, Seed
from experiments.evidence.targets import EMERGENT, VERIFIED
from experiments.evidence.verdict import Finding
from model.calendar_months import period_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from model.packs import Pack

BROKEN_GROUND = period_of("2023-05")
BASE_YEAR = 0  # 2023
YEARS = (5, 6)  # 2028 and 2029
DECEMBER = 11


@dataclass(frozen=True)
class Sample:
    """One seed. `firms`: a row an incumbent and year: region, sector, home (the plant's region),
    away (the site that lost), far, truth, licence, placebo, off (paired differences, %, against
    `none`, `plan_delayed`; of `plan_elsewhere` and of `plan` without learning against `none`), wage
    (paired difference of the wage a head, %), change (since 2023, %). `labour`, `technology`: closeness by trade.
    """

    firms: pd.DataFrame
    labour: pd.Series
    technology: pd.Series
    same_before: bool


def sample(seed: Seed) -> Sample:
    """The books of one seed."""
    pack = seed.pack
    names = ("none", "plan", "plan_delayed", "plan_elsewhere", "plan_no_knowledge")
    books = {name: year_ends(seed[name]) for name in names}
    shares = labour_shares(books["none"], seed.params)
    tfpr = {name: _tfpr(with_logs(table, shares)) for name, table in books.items()}
    wage = {name: _wage(books[name]) for name in ("none", "plan")}
    base = books["none"].query("year == @BASE_YEAR").set_index("identity")[["region", "sector"]]
    rows = []
    for year in YEARS:
        at = {
            name: values.xs(year, level="year").reindex(base.index) for name, values in tfpr.items()
        }
        before = tfpr["plan"].xs(BASE_YEAR, level="year").reindex(base.index)
        rows.append(
            base.assign(
                year=year,
                truth=100.0 * (at["plan"] - at["none"]),
                licence=100.0 * (at["plan"] - at["plan_delayed"]),
                placebo=100.0 * (at["plan_elsewhere"] - at["none"]),
                off=100.0 * (at["plan_no_knowledge"] - at["none"]),
                wage=100.0
                * (wage["plan"] - wage["none"]).xs(year, level="year").reindex(base.index),
                change=100.0 * (at["plan"] - before),
            )
        )
    firms = pd.concat(rows).reset_index()
    firms["home"] = firms["region"] == plant_region(pack)
    firms["away"] = firms["region"] == plant_region(pack, alternative=True)
    firms["far"] = firms["region"].isin(far(pack))
    return Sample(
        firms=firms,
        labour=labour_closeness(seed["none_people"], seed["none"], pack),
        technology=technology_closeness(pack),
        same_before=same_before(seed["plan"], seed["none"], BROKEN_GROUND),
    )


def year_ends(run: Stored) -> pd.DataFrame:
    """Books of Decembers, which all of these runs keep."""
    firms = run.table("firms")
    return yearly_books(firms[firms["period"] % 12 == DECEMBER])


def _tfpr(books: pd.DataFrame) -> pd.Series:
    return books.set_index(["identity", "year"])["tfpr"]


def _wage(books: pd.DataFrame) -> pd.Series:
    """Log of the wage a head."""
    table = books.set_index(["identity", "year"])
    return log(table["wage_bill"] / table["employees"].where(table["employees"] > 0))


# --- Closeness ------------------------------------------------------------------------------------


def labour_closeness(people: Stored, firms: Stored, pack: Pack) -> pd.Series:
    """By trade: of those who change employer in a year, the part that goes to the plant's kind of work."""
    trades = firms.table("firms").groupby("row")["sector"].first()
    panel = people.table("workers")[["identity", "period", "employer"]]
    earlier = panel.assign(period=panel["period"] + 12)
    both = panel.merge(earlier, on=["identity", "period"], suffixes=("", "_before"))
    moved = both[both["employer"] != both["employer_before"]]
    kind = list(pack.sectors).index("materials_engineering")
    trade = moved["employer_before"].map(trades)
    return (moved["employer"].map(trades) == kind).groupby(trade).mean()


def technology_closeness(pack: Pack) -> pd.Series:
    """By trade: cosine of total inputs with those of a car, whose parts are made in their home trades."""
    out = np.where(pack.output > 0.0, pack.output, 1.0)
    total = np.linalg.inv(np.eye(len(out)) - (pack.io_domestic + pack.io_imported) / out)
    parts = pack.components
    car = total @ np.bincount(parts["home_sector"], parts["ice_share"], minlength=len(out))
    cosine = (total.T @ car) / (np.linalg.norm(total, axis=0) * np.linalg.norm(car))
    return pd.Series(cosine, index=range(len(out)))


# --- Estimates ------------------------------------------------------------------------------------


def mean_effect(samples: Sequence[Sample], column: str, where: str) -> float:
    """Mean over incumbents and both years, all seeds together, %."""
    pooled = pd.concat([s.firms.loc[s.firms[where], column] for s in samples]).dropna()
    return float(pooled.mean()) if len(pooled) else float("nan")


def winners_less_losers(samples: Sequence[Sample]) -> float:
    """Change since 2023 in the winning region less that in the losing one, trade and year alike, %."""
    import statsmodels.api as sm

    pooled = pd.concat([s.firms.assign(seed=k) for k, s in enumerate(samples)], ignore_index=True)
    pooled = pooled[(pooled["home"] | pooled["away"]) & pooled["change"].notna()]
    if pooled["home"].nunique() < 2:
        return float("nan")
    cells = pd.get_dummies(
        pooled["sector"].astype(str) + "-" + pooled["year"].astype(str), dtype=float
    )
    design = cells.assign(home=pooled["home"].astype(float))
    return float(sm.OLS(pooled["change"], design).fit().params["home"])


def gradient(samples: Sequence[Sample], closeness: str, column: str) -> float:
    """Slope of incumbents' effect in the plant's region on closeness, per standard deviation, %."""
    import statsmodels.api as sm

    pooled = pd.concat(
        [s.firms.assign(close=s.firms["sector"].map(getattr(s, closeness))) for s in samples]
    )
    pooled = pooled[pooled["home"] & pooled[column].notna() & pooled["close"].notna()]
    spread = float(pooled["close"].std())
    if not spread > 0.0:
        return float("nan")
    fitted = sm.OLS(pooled[column], sm.add_constant(pooled["close"] / spread)).fit()
    return float(fitted.params["close"])


def find(samples: Sequence[Sample]) -> Mapping[str, Finding]:
    """A finding a row."""

    def of(column: str, where: str) -> Estimate:
        return over_seeds(lambda some: mean_effect(some, column, where), samples)

    truth = of("truth", "home")
    paper = over_seeds(winners_less_losers, samples)
    bias = over_seeds(
        lambda some: winners_less_losers(some) - mean_effect(some, "truth", "home"), samples
    )
    firms = int(samples[0].firms["home"].sum() / len(YEARS))

    def slope(closeness: str, column: str) -> Estimate:
        return over_seeds(lambda some: gradient(some, closeness, column), samples)

    return {
        "MD01": Finding(
            paper, truth, EMERGENT, f"about {firms} incumbents in the region a seed", bias
        ),
        "MD03": Finding(None, of("licence", "home"), EMERGENT, "world `plan_delayed`"),
        "MD04": Finding(paper, truth, EMERGENT, "", bias),
        "MD06a": Finding(slope("labour", "change"), slope("labour", "truth"), EMERGENT),
        "MD06b": Finding(
            slope("technology", "change"), slope("technology", "truth"), VERIFIED,
            "that firms near in technology learn more from a plant is a rule (imitation); its size in "
            "the books is not",
        ),
        "MD07": Finding(
            None, of("wage", "home"), EMERGENT,
            "published: labour gets dearer, so profit rises by less than productivity; skill of the "
            "staff is not held here",
        ),
        "P3-far": Finding(None, of("truth", "far"), EMERGENT),
    }  # fmt: skip


def controls(samples: Sequence[Sample]) -> Sequence[Control]:
    """The plant elsewhere, learning off, the months before."""
    elsewhere = over_seeds(lambda some: mean_effect(some, "placebo", "home"), samples)
    fall = over_seeds(
        lambda some: mean_effect(some, "truth", "home") - mean_effect(some, "off", "home"), samples
    )
    several = len(samples) > 1
    return [
        Control(
            PLACEBO,
            "incumbents of the plant's region when the plant stands in the other one: within 1 %",
            bool(elsewhere.low >= -1.0 and elsewhere.high <= 1.0) if several else None,
            elsewhere,
            "%",
        ),
        Control(
            KNOCK_OUT,
            "what the effect loses where nobody learns from the plant",
            bool(fall.low > 0.0) if several else None,
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
    """Effects side by side; effect by trade against closeness."""
    from experiments.report import BLACK, BLUE, GREY, ORANGE, RED

    bars, scatter = figure.subplots(1, 2)
    placebo = over_seeds(lambda some: mean_effect(some, "placebo", "home"), samples)
    off = over_seeds(lambda some: mean_effect(some, "off", "home"), samples)
    shown = {
        "as the\npaper": (found["MD01"].paper, GREY), "truth": (found["MD01"].truth, BLUE),
        "licence\nonly": (found["MD03"].truth, BLUE), "far\nregions": (found["P3-far"].truth, ORANGE),
        "plant\nelsewhere": (placebo, ORANGE), "nobody\nlearns": (off, ORANGE),
    }  # fmt: skip
    for k, (one, colour) in enumerate(shown.values()):
        assert one is not None
        bars.bar(k, one.value, 0.6, color=colour)
        bars.errorbar(k, one.value, np.nan_to_num(one.half_width), color=BLACK, capsize=3)
    bars.fill_between([-0.5, 2.5], 0, 12, color=RED, alpha=0.12, lw=0)
    bars.axhline(0.0, color=GREY, lw=0.8)
    bars.set_xticks(range(len(shown)), list(shown))
    bars.set_title("Revenue productivity of incumbents, years 4–5, %")
    pooled = pd.concat([s.firms for s in samples])
    by_trade = pooled[pooled["home"]].groupby("sector")["truth"].agg(["mean", "size", "std"])
    close = samples[0].technology.reindex(by_trade.index)
    scatter.errorbar(
        close, by_trade["mean"], 2.0 * by_trade["std"] / np.sqrt(by_trade["size"]),
        fmt="o", color=BLUE, ms=5, capsize=2,
    )  # fmt: skip
    scatter.axhline(0.0, color=GREY, lw=0.8)
    scatter.set_xlabel("closeness of the trade in technology")
    scatter.set_title("Effect by trade, plant's region, %")


SCRIPT = Script(
    "P3",
    ("none", "none_people", "plan", "plan_delayed", "plan_elsewhere", "plan_no_knowledge"),
    sample,
    find,
    controls,
    draw,
)
