"""P7: what customers lose when a supplier falters, and a plant when the border is closed.

World `supplier_dip` (a tenth of the named suppliers make a quarter less in the first half of 2032)
against `plant`, same seed. Customers are private firms that named a stricken firm as a supplier of a
critical input just before. Truth: the same customer's sales over four quarters in both worlds. As the
paper did it (Barrot & Sauvagnat 2016): in the shaken world alone, growth of sales over four quarters of
these customers against other firms of their trade.

Losses are stated per five points that the stricken firms themselves lose, by dividing through their
loss: a shock of another size would lose in proportion if the model were linear.

The model's own shape matters: a stock of a month covers a shortfall of a tenth for most of a year.

*SC08*: `corridor_block` against `plant`, all seeds together: the largest shortfall of cars made in the
six months from the closure on over the largest shortfall of kits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.evidence.books import log
from experiments.evidence.estimate import over_seeds
from experiments.evidence.places import same_before
from experiments.evidence.script import DOSE, REVERSE, Control, Script, Seed
from experiments.evidence.targets import EMERGENT
from experiments.evidence.verdict import Finding
from model import World, draws
from model.calendar_months import period_of
from model.firms import N_CRITICAL, N_SUPPLIERS, PLANT, PRIVATE, STATE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from model.packs import Pack

SHOCK = period_of("2032-01")
SNAPSHOT = SHOCK - 1
YEAR = 12
FOLLOWED = 6
PER_POINTS = 5.0


@dataclass(frozen=True)
class Sample:
    """One seed. `customers`: a row a customer of a stricken firm: loss (log points x 100, paired),
    makers (firms of the stricken supplier's trade in its region), cover (months), struck (part of
    its named suppliers). `others`: paired losses of firms without one. `stricken`: paired losses of
    the stricken firms. `paper`: coefficient of the regression. `cars`, `kits`: by month, without
    and with the border closed for a month, and for half a year (`long_cars`, `long_kits`).
    """

    customers: pd.DataFrame
    others: np.ndarray
    stricken: np.ndarray
    paper: float
    cars: np.ndarray
    kits: np.ndarray
    long_cars: np.ndarray
    long_kits: np.ndarray
    same_before: bool


def sample(seed: Seed) -> Sample:
    """The runs of one seed."""
    shaken, calm = (seed[n].table("firms") for n in ("supplier_dip", "plant_before_shock"))
    before = calm[calm["period"] == SNAPSHOT].set_index("row")
    hit = stricken_rows(before, seed.pack, seed.seed)
    loss = 100.0 * (yearly_sales(shaken, SHOCK) - yearly_sales(calm, SHOCK))
    before = before.assign(loss=before["identity"].map(loss))
    private = before[(before["ownership"] == PRIVATE) & (before["origin"] != PLANT)]
    private = private[private["loss"].notna()]
    links = struck_links(private, before, hit)
    customers = private.loc[links.index, ["identity", "sector", "loss"]].join(links)
    short, long = ("plant_before_shock", "corridor_block"), ("plan", "long_block")
    return Sample(
        customers=customers,
        others=private["loss"][~private.index.isin(links.index) & ~private.index.isin(hit)]
        .to_numpy(float),
        stricken=private["loss"][private.index.isin(hit)].to_numpy(float),
        paper=growth_gap(shaken, private, set(links.index), hit),
        cars=_months(seed, short, "cars_made"),
        kits=_months(seed, short, "kits_imported_value"),
        long_cars=_months(seed, long, "cars_made"),
        long_kits=_months(seed, long, "kits_imported_value"),
        same_before=same_before(seed["supplier_dip"], seed["plant_before_shock"], SHOCK),
    )  # fmt: skip


def _months(seed: Seed, names: tuple[str, str], outcome: str) -> np.ndarray:
    """The months from the closure on in two runs, [2, months]."""
    months = slice(SHOCK, SHOCK + FOLLOWED - 1)
    tables = [seed[name].table("monthly") for name in names]
    return np.stack([table.loc[months, outcome].to_numpy(float) for table in tables])


def yearly_sales(firms: pd.DataFrame, first: int) -> pd.Series:
    """Log of mean sales over the four snapshots of a year, by identity, where all are there."""
    year = firms[firms["period"].between(first, first + YEAR - 1)]
    by_firm = year.groupby("identity")["revenue"].agg(["mean", "size"])
    return log(by_firm.loc[by_firm["size"] == 4, "mean"])


def stricken_rows(before: pd.DataFrame, pack: Pack, seed: int) -> set[int]:
    """Rows of the firms that the shock strikes: named suppliers of goods, drawn as the model does.

    As a researcher knows from the map of a disaster who was hit, not from anybody's books.
    """
    event = World.load("supplier_dip").events[0].values
    goods = np.asarray(pack.storable, bool).copy()
    goods[list(pack.sectors).index("vehicles")] = False
    named = {int(row) for column in _slots() for row in before[column] if row >= 0}
    named |= set(before.index[before["supplier_tier"] > 0])
    able = before[
        before.index.isin(named)
        & goods[before["sector"].to_numpy(int)]
        & (before["ownership"] != STATE)
    ]
    share = float(event["outage_share"])
    drawn = [
        draws.uniform(np.uint64(seed), draws.OUTAGE, np.uint64(identity), 0, 0) < share
        for identity in able["identity"]
    ]
    return set(able.index[np.array(drawn, bool)]) if len(able) else set()


def _slots() -> list[str]:
    return [f"supplier_{k}" for k in range(N_CRITICAL * N_SUPPLIERS)]


def struck_links(customers: pd.DataFrame, everybody: pd.DataFrame, hit: set[int]) -> pd.DataFrame:
    """Of each customer with a stricken supplier: makers, cover and the struck part of its suppliers.

    By the input with the larger struck part. Cover is the stock of that input over a month's cost of
    materials. A stricken firm is nobody's customer here.
    """
    makers: dict[Any, int] = everybody.groupby(["region", "sector"]).size().to_dict()
    rows = {}
    for row, firm in customers[~customers.index.isin(hit)].iterrows():
        best: tuple[float, float, float] | None = None
        for g in range(N_CRITICAL):
            named = [int(firm[f"supplier_{g * N_SUPPLIERS + k}"]) for k in range(N_SUPPLIERS)]
            named = [s for s in named if s >= 0]
            struck = [s for s in named if s in hit]
            if not struck or (best and best[2] >= len(struck) / len(named)):
                continue
            there = [makers[everybody.at[s, "region"], everybody.at[s, "sector"]] for s in struck]
            cover = float(firm[f"input_stock_{g}"]) / max(float(firm["material_cost"]), 1.0)
            best = (float(np.mean(there)), cover, len(struck) / len(named))
        if best is not None:
            rows[row] = best
    return pd.DataFrame.from_dict(rows, orient="index", columns=["makers", "cover", "struck"])


def growth_gap(
    firms: pd.DataFrame, private: pd.DataFrame, customers: set[int], hit: set[int]
) -> float:
    """Growth of four quarters' sales of customers less that of other firms, trade by trade, points."""
    import statsmodels.api as sm

    growth = 100.0 * (yearly_sales(firms, SHOCK) - yearly_sales(firms, SHOCK - YEAR))
    table = private[~private.index.isin(hit)].copy()
    table["growth"] = table["identity"].map(growth)
    table["treated"] = table.index.isin(customers).astype(float)
    table = table[table["growth"].notna()]
    if table["treated"].sum() == 0:
        return float("nan")
    design = pd.get_dummies(table["sector"], dtype=float).assign(treated=table["treated"])
    return float(sm.OLS(table["growth"], design).fit().params["treated"])


# --- Findings -------------------------------------------------------------------------------------


def _mean_loss(samples: Sequence[Sample]) -> float:
    losses = np.concatenate([one.customers["loss"].to_numpy(float) for one in samples])
    return float(losses.mean()) if len(losses) else float("nan")


def own_loss(samples: Sequence[Sample]) -> float:
    """What the stricken firms lose over four quarters, points, above zero."""
    losses = np.concatenate([one.stricken for one in samples])
    return -float(losses.mean()) if len(losses) else float("nan")


def per_five(samples: Sequence[Sample]) -> float:
    """Customers' loss per five points of their suppliers'."""
    own = own_loss(samples)
    return PER_POINTS * _mean_loss(samples) / own if own > 0.0 else float("nan")


def _paper(samples: Sequence[Sample]) -> float:
    known = [(s.paper, len(s.customers)) for s in samples if np.isfinite(s.paper)]
    if not known:
        return float("nan")
    mean = float(np.average([x for x, _ in known], weights=[n for _, n in known]))
    own = own_loss(samples)
    return PER_POINTS * mean / own if own > 0.0 else float("nan")


def split_ratio(samples: Sequence[Sample], by: str) -> float:
    """Mean loss of customers below the median of `by` over that of the others.

    Not a number unless both lose: a ratio of gains, or of a gain and a loss, says nothing of losses.
    """
    pooled = pd.concat([one.customers for one in samples])
    low = pooled[by] <= pooled[by].median()
    less, more = pooled.loc[low, "loss"], pooled.loc[~low, "loss"]
    if len(less) == 0 or len(more) == 0 or not max(less.mean(), more.mean()) < 0.0:
        return float("nan")
    return float(less.mean() / more.mean())


def shortfall_ratio(samples: Sequence[Sample], length: str = "") -> float:
    """Largest shortfall of cars over the largest shortfall of kits, seeds together."""
    cars, kits = (sum(getattr(one, length + n) for one in samples) for n in ("cars", "kits"))
    falls = [
        float(np.max(1.0 - x[1] / x[0])) if (x[0] > 0.0).all() else np.nan for x in (cars, kits)
    ]
    return falls[0] / falls[1] if falls[1] > 0.0 else float("nan")


def find(samples: Sequence[Sample]) -> Mapping[str, Finding]:
    """A finding a row."""
    own, loss = (over_seeds(f, samples) for f in (own_loss, _mean_loss))
    n = sum(len(one.customers) for one in samples)
    hit = sum(len(one.stricken) for one in samples)
    far = np.concatenate([one.others for one in samples])
    bias = over_seeds(lambda some: _paper(some) - per_five(some), samples)
    return {
        "SC02": Finding(
            over_seeds(_paper, samples), over_seeds(per_five, samples), EMERGENT,
            f"{hit} stricken firms lose {own.value:.1f} points ({own.low:.1f} to {own.high:.1f}), "
            f"{n} customers {-loss.value:.2f} ({-loss.high:.2f} to {-loss.low:.2f}), "
            f"others {-far.mean():.2f}",
            bias, {"leontief": -PER_POINTS},
        ),
        "SC03": Finding(None, over_seeds(lambda s: split_ratio(s, "makers"), samples), EMERGENT,
                        "few: up to the median number of firms of that trade and region"),
        "SC04": Finding(None, over_seeds(lambda s: split_ratio(s, "cover"), samples), EMERGENT,
                        "little cover: up to the median of the input's stock over a month's cost of materials"),
        "SC08": Finding(None, over_seeds(shortfall_ratio, samples), EMERGENT,
                        "kits that wait at the border come when it opens",
                        baselines={"leontief": 1.0}),
        "SC08-long": Finding(
            None, over_seeds(lambda s: shortfall_ratio(s, "long_"), samples), EMERGENT,
            "world `long_block` against `plan`: longer than the plant's stock of kits; added after the "
            "first runs had been read, so it decides nothing",
            baselines={"leontief": 1.0},
        ),
    }  # fmt: skip


def controls(samples: Sequence[Sample]) -> Sequence[Control]:
    """More of the suppliers struck; the months before."""

    def slope(some: Sequence[Sample]) -> float:
        pooled = pd.concat([one.customers for one in some])
        all_struck = pooled["struck"] > 0.99
        if all_struck.all() or not all_struck.any():
            return float("nan")
        return float(pooled.loc[~all_struck, "loss"].mean() - pooled.loc[all_struck, "loss"].mean())

    more = over_seeds(slope, samples)
    return [
        Control(
            DOSE,
            "customers all of whose suppliers of an input are struck lose more than those with one left",
            bool(more.low > 0.0) if np.isfinite(more.low) else None,
            more,
            "points",
        ),
        Control(
            REVERSE,
            "every outcome of every month before the shock is the same in both worlds, bit for bit",
            all(one.same_before for one in samples),
        ),
    ]


def draw(figure: Figure, samples: Sequence[Sample], found: Mapping[str, Finding]) -> None:
    """Losses by group; cars and kits around the closed border."""
    from experiments.evidence.p7_figure import draw_losses

    draw_losses(figure, samples, found)


SCRIPT = Script(
    "P7",
    ("supplier_dip", "plant_before_shock", "corridor_block", "plan", "long_block"),
    sample,
    find,
    controls,
    draw,
)
