"""P9: how demand for cars answers to their price. Not one of the protocol's eight: rows TR03, TR04.

*TR04*, the market: world `tariff` (five points more duty on all imported cars from 2027 on) against
`plant`, same seed; cars that households buy, in the second and third year after, when dealers' orders have
settled. Their price is the landed cost (dealers add a margin in proportion), and the plant's own where
the car is made at home; kinds count by what was paid for them.

*TR03*, one model: world `no_exemption` (kits pay duty and VAT, so the domestic make is dearer from its
first day) against `plant`; its cars that households buy in the first two years, over its price. Trust is
part of it: fewer cars on the road are fewer that vouch for the make.

The papers estimate demand systems from prices and shares; here the price itself is moved, so there is
no paper-style estimate.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from experiments.evidence.estimate import Estimate, over_seeds
from experiments.evidence.places import same_before
from experiments.evidence.script import REVERSE, Control, Script, Seed
from experiments.evidence.targets import CALIBRATED
from experiments.evidence.verdict import Finding
from model import World
from model.border import base_border_price, border_taxes
from model.calendar_months import period_of
from model.markets.car_choice import NEW, USED

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SETTLED = slice(period_of("2028-01"), period_of("2029-12"))
FIRST_YEARS = slice(period_of("2024-07"), period_of("2026-06"))
KINDS = ("new", "used", "domestic")


@dataclass(frozen=True)
class Sample:
    """One seed. `bought`: cars that households buy, by kind, in `plant` and in `tariff`, real cars a
    month [kind][world]. `dearer`: log of the ratio of prices by kind. `paid`: by kind, in `plant`, KGS.
    `sold`, `price`: domestic cars to households and the plant's price in `plant` and in `no_exemption`.
    """

    bought: Mapping[str, tuple[float, float]]
    dearer: Mapping[str, float]
    paid: Mapping[str, float]
    sold: tuple[float, float]
    price: tuple[float, float]
    same_before: bool


def sample(seed: Seed) -> Sample:
    """The car market of one seed."""
    calm, tariff, taxed = (
        seed[name].table("monthly") for name in ("plant_before_shock", "tariff", "no_exemption")
    )
    bought = {name: [table.loc[SETTLED] for table in (calm, tariff)] for name in KINDS}
    prices = {kind: landed(seed, kind) for kind in (NEW, USED)}
    own = [mean_price(table.loc[SETTLED]) for table in (calm, tariff)]
    pairs = {"new": prices[NEW], "used": prices[USED], "domestic": (own[0], own[1])}
    cars = {
        name: (household_cars(seed, tables[0], name), household_cars(seed, tables[1], name))
        for name, tables in bought.items()
    }
    return Sample(
        bought=cars,
        dearer={name: math.log(after / before) for name, (before, after) in pairs.items()},
        paid={name: cars[name][0] * pairs[name][0] for name in KINDS},
        sold=(home_sales(calm), home_sales(taxed)),
        price=(mean_price(calm.loc[FIRST_YEARS]), mean_price(taxed.loc[FIRST_YEARS])),
        same_before=all(
            same_before(seed[world], seed["plant_before_shock"], World.load(world).events[0].period)
            for world in ("tariff", "no_exemption")
        ),
    )


def home_sales(months: pd.DataFrame) -> float:
    """Domestic cars a month that households buy in the plant's first two years."""
    return float(months.loc[FIRST_YEARS, "cars_sold_households"].mean())


def household_cars(seed: Seed, months: pd.DataFrame, kind: str) -> float:
    """Cars a month that households buy of a kind; of new imports what the state does not take."""
    if kind == "domestic":
        return float(months["cars_sold_households"].mean())
    imported = float(months[f"cars_imported_{kind}"].mean())
    if kind == "used":
        return imported
    facts = seed.pack.cars
    wanted = float(facts["state_fleet"] / facts["state_replacement_years"] / 12.0)
    return imported - max(wanted - float(months["cars_sold_state"].mean()), 0.0)


def landed(seed: Seed, kind: int) -> tuple[float, float]:
    """Cost of an imported car with duty and VAT before the tariff and after it, KGS."""
    (event,) = World.load("tariff").events
    price = base_border_price(seed.pack, kind)
    fee = float(seed.pack.cars["registration_cost"])
    before, after = (
        price + sum(border_taxes(params, kind, price, fee))
        for params in (seed.params, seed.params.with_values(dict(event.values)))
    )
    return before, after


def mean_price(months: pd.DataFrame) -> float:
    """The plant's price, mean of the months in which it has one; not a number without any."""
    price = months["plant_price"]
    return float(price[price > 0.0].mean())


# --- Estimates ------------------------------------------------------------------------------------


def market_elasticity(samples: Sequence[Sample], kinds: Sequence[str] = KINDS) -> float:
    """Log change of cars that households buy over that of their price, all seeds together."""
    before, after = (sum(s.bought[k][n] for s in samples for k in kinds) for n in (0, 1))
    paid = {k: sum(s.paid[k] for s in samples if math.isfinite(s.paid[k])) for k in kinds}
    dearer = {k: _mean([s.dearer[k] for s in samples]) for k in kinds}
    total = sum(paid.values())
    change = sum(paid[k] / total * dearer[k] for k in kinds if paid[k]) if total else 0.0
    return math.log(after / before) / change if change and before > 0 < after else math.nan


def own_elasticity(samples: Sequence[Sample]) -> float:
    """Log change of domestic cars that households buy over that of their price, all seeds together."""
    cars, price = ([sum(getattr(s, name)[n] for s in samples) for n in (0, 1)]
                   for name in ("sold", "price"))  # fmt: skip
    if not (min(*cars, *price) > 0.0 and price[0] != price[1]):
        return math.nan
    return math.log(cars[1] / cars[0]) / math.log(price[1] / price[0])


def _mean(values: Sequence[float]) -> float:
    known = [x for x in values if math.isfinite(x)]
    return sum(known) / len(known) if known else 0.0


def find(samples: Sequence[Sample]) -> Mapping[str, Finding]:
    """A finding a row."""
    market = over_seeds(market_elasticity, samples)
    used = over_seeds(lambda some: market_elasticity(some, ("used",)), samples)
    dearer = 100.0 * (math.exp(_mean([s.dearer["used"] for s in samples])) - 1.0)
    price = [sum(s.price[n] for s in samples) for n in (0, 1)]
    cars = [_mean([s.sold[n] for s in samples]) for n in (0, 1)]
    return {
        "TR03": Finding(
            None, over_seeds(own_elasticity, samples), CALIBRATED,
            f"first two years, {cars[0]:,.0f} and {cars[1]:,.0f} cars a month, the price {100.0 * (price[1] / price[0] - 1.0):.0f} "
            "% higher; `car_dissimilarity` was chosen for this figure",
        ),
        "TR04": Finding(
            None, market, CALIBRATED,
            f"imported cars {dearer:.1f} % dearer; used ones alone {_told(used)}; cars sold from household to "
            "household bear no duty and are not counted; `car_price_weight` was chosen for this figure",
        ),
    }  # fmt: skip


def _told(one: Estimate) -> str:
    return f"{one.value:.2f} ({one.low:.2f} to {one.high:.2f})".replace("-", "−")


def controls(samples: Sequence[Sample]) -> Sequence[Control]:
    """The months before."""
    return [
        Control(
            REVERSE,
            "every outcome of every month before cars become dearer is the same in both worlds, bit for bit",
            all(one.same_before for one in samples),
        )
    ]


def draw(figure: Figure, samples: Sequence[Sample], found: Mapping[str, Finding]) -> None:
    """Cars by kind before and after; both elasticities against their bands."""
    from experiments.evidence.targets import rows_of
    from experiments.report import BLACK, BLUE, GREY, ORANGE, RED

    bars, dots = figure.subplots(1, 2)
    for k, kind in enumerate(KINDS):
        for n, colour in ((0, GREY), (1, ORANGE)):
            cars = _mean([s.bought[kind][n] for s in samples])
            bars.bar(k + 0.4 * n - 0.2, cars, 0.38, color=colour, label=("plant", "tariff")[n])
    bars.set_xticks(range(len(KINDS)), ["new", "used, imported", "domestic"])
    bars.set_title("Cars that households buy a month, 2028 and 2029")
    bars.legend(*[x[:2] for x in bars.get_legend_handles_labels()])
    for k, row in enumerate(rows_of("P9")):
        one = found[row.name].truth
        assert one is not None
        dots.bar(k, row.high - row.low, 0.7, bottom=row.low, color=RED, alpha=0.12, lw=0)
        dots.errorbar(k, one.value, one.half_width, fmt="o", color=BLUE, ecolor=BLACK, capsize=3)
    dots.axhline(0.0, color=GREY, lw=0.8)
    dots.set_xticks(range(2), ["own price of the domestic make", "price of all cars"])
    dots.set_title("Elasticities (shaded: accepted)")


SCRIPT = Script(
    "P9", ("plant_before_shock", "tariff", "no_exemption"), sample, find, controls, draw
)
