"""Who asks for what on the goods markets, and what was delivered of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from model.accounts import FIRMS, GOVERNMENT, HOUSEHOLDS, WORLD, Kind, Sector
from model.firms import N_CRITICAL
from model.levers import logistics_units
from model.sectors import CONSTRUCTION

if TYPE_CHECKING:
    from model.model import RegionalModel

# Buyer: (who pays, for what). Each asks for units at home [B, S] and abroad [R, S].
BUYERS: dict[str, tuple[Sector, Kind]] = {
    "households": (HOUSEHOLDS, Kind.CONSUMPTION),
    "housing": (HOUSEHOLDS, Kind.INVESTMENT),
    "pools": (HOUSEHOLDS, Kind.INPUTS),
    "firms": (FIRMS, Kind.INPUTS),
    "plants": (FIRMS, Kind.INPUTS),
    "parts": (FIRMS, Kind.INPUTS),
    "investment": (FIRMS, Kind.INVESTMENT),
    "government": (GOVERNMENT, Kind.GOVERNMENT_PURCHASES),
    "public_investment": (GOVERNMENT, Kind.INVESTMENT),
    "world": (WORLD, Kind.EXPORTS),
}
# Those who buy capital goods: firms, households that build, and the state.
CAPITAL_BUYERS = ("housing", "investment", "public_investment")


@dataclass
class Demand:
    """Units asked at home and abroad by buyer, and the terms they were asked on.

    `units_home` [buyers, B, S] and `units_abroad` [buyers, R, S] in the order of BUYERS; by name
    `at_home` and `abroad`.
    """

    units_home: np.ndarray
    units_abroad: np.ndarray
    input_import_share: np.ndarray
    capital_import_share: np.ndarray
    capital_price: np.ndarray
    price: np.ndarray
    # The part of goods that passes the border; what does not is neither got nor paid.
    corridor: float = 1.0
    blocked: float = field(init=False)
    home: np.ndarray = field(init=False)
    at_home: dict[str, np.ndarray] = field(init=False)
    abroad: dict[str, np.ndarray] = field(init=False)

    def __post_init__(self) -> None:
        self.at_home = dict(zip(BUYERS, self.units_home, strict=True))
        self.abroad = dict(zip(BUYERS, self.units_abroad, strict=True))
        self.home = self.units_home.sum(axis=0)
        self.blocked = 0.0
        if self.corridor < 1.0:
            for units in self.units_abroad:
                self.blocked += (1.0 - self.corridor) * float(units.sum())
            self.units_abroad *= self.corridor


class Trade:
    """What was delivered per unit asked at home, by buyer region and sector [B, S].

    `filled` is in units; `from_firms`, `from_pools`, `from_world` are KGS to each kind of seller.
    """

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.filled = np.zeros(shape)
        self.from_firms = np.zeros(shape)
        self.from_pools = np.zeros(shape)
        self.from_world = np.zeros(shape)
        self.cost = np.zeros(shape)

    def sum_cost(self) -> None:
        """`cost`: money per unit asked, KGS [B, S], once all sellers have delivered."""
        self.cost = self.from_firms + self.from_pools + self.from_world


def ratio(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """a / b, and 0 where b is 0."""
    return np.where(b > 0.0, a / np.where(b > 0.0, b, 1.0), 0.0)


@njit(cache=True)
def sum_activity(  # type: ignore[no-untyped-def]
    critical, alive, region, sector, activity, production_value, local_purchases, investment,
    input_order, made, plant_value, invested, market_orders,
):  # fmt: skip
    """Cell totals of what firms buy for: output made, plants' output, investment, input orders.

    `plant_value` [R, 2]: of plants that buy abroad, and of those that buy at home.
    """
    for f in range(len(alive)):
        if not alive[f]:
            continue
        r, s = region[f], sector[f]
        made[r, s] += activity[f]
        plant_value[r, np.int64(local_purchases[f])] += production_value[f]
        invested[r] += investment[f]
        for k in range(N_CRITICAL):
            if critical[s, k] >= 0:
                market_orders[r, critical[s, k]] += input_order[f, k]


@njit(cache=True)
def ask_for_mix(money, mix, price, import_share, at_home, abroad):  # type: ignore[no-untyped-def]
    """Divide money [R] over goods in fixed shares `mix` [S] (Cobb-Douglas), home and abroad.

    `price` [R, S] of the goods; adds units to `at_home` [B, S] and `abroad` [R, S].
    """
    for r in range(len(money)):
        for s in range(len(mix)):
            units = money[r] * mix[s] / price[r, s]
            at_home[r, s] += units * (1.0 - import_share[r, s])
            abroad[r, s] += units * import_share[r, s]


@njit(cache=True)
def ask_for_capital(money, mix, price, import_share, at_home, abroad):  # type: ignore[no-untyped-def]
    """As many units of capital goods as money [R] buys at `price` [R], in the base year's `mix` [S]."""
    for r in range(len(money)):
        for s in range(len(mix)):
            units = money[r] / price[r] * mix[s]
            at_home[r, s] += units * (1.0 - import_share[r, s])
            abroad[r, s] += units * import_share[r, s]


@njit(cache=True)
def ask_for_inputs(coefficient, made, import_share, at_home, abroad):  # type: ignore[no-untyped-def]
    """Inputs of what was `made` [R, S]: `coefficient` [S, S] by supplying and using sector."""
    n_regions, n_sectors = made.shape
    for r in range(n_regions):
        for g in range(n_sectors):
            for s in range(n_sectors):
                need = coefficient[g, s] * made[r, s]
                at_home[r, g] += need * (1.0 - import_share[r, g, s])
                abroad[r, g] += need * import_share[r, g, s]


def buyers_demand(model: RegionalModel) -> Demand:
    """Every buyer's demand in units, split between home and abroad."""
    base, m, params = model.base, model.market, model.params
    n_regions, n_sectors = base.firm_output.shape
    units_home = np.zeros((len(BUYERS), n_regions + 1, n_sectors))
    units_abroad = np.zeros((len(BUYERS), n_regions, n_sectors))
    home = dict(zip(BUYERS, units_home, strict=True))
    abroad = dict(zip(BUYERS, units_abroad, strict=True))
    made, plant_value, invested = _firms_ask(model, home["parts"])
    goods = model.region_budget * (1.0 - base.housing_share) / (1.0 + params.vat_rate)
    ask_for_mix(
        goods, base.basket, m.basket_price, m.basket_import_share, home["households"],
        abroad["households"],
    )  # fmt: skip
    for name, money in (
        ("housing", model.region_budget * base.housing_share),
        ("investment", invested),
        ("public_investment", base.public_investment * m.capital_price),
    ):
        ask_for_capital(
            money, base.capital_mix, m.capital_price, m.capital_import_share, home[name], abroad[name]
        )  # fmt: skip
    # Firms buy what is not critical for what they made last month; own-account workers, all inputs.
    for name, amount, coefficient in (
        ("firms", made, base.loose_coefficient),
        ("pools", m.pool_output, base.input_coefficient),
    ):
        ask_for_inputs(coefficient, amount, m.input_import_share, home[name], abroad[name])
    if plant_value.any():
        _plants_ask(model, plant_value, home["plants"], abroad["plants"])
    _state_and_world_ask(model, home)
    return Demand(
        units_home, units_abroad, m.input_import_share, m.capital_import_share, m.capital_price,
        m.price[:-1], params.corridor_open,
    )  # fmt: skip


def _plants_ask(
    model: RegionalModel, value: np.ndarray, at_home: np.ndarray, abroad: np.ndarray
) -> None:
    """Inputs beside kits for output worth `value` [R, 2], of plants that buy them abroad, at home."""
    base, m = model.base, model.market
    units = value[:, :, None] * base.plant_inputs[None, None] / m.price[:-1, None]
    abroad[:], at_home[:-1] = units[:, 0], units[:, 1]
    abroad += value.sum(axis=1)[:, None] * base.plant_inputs_imported[None] / m.import_price


def _state_and_world_ask(model: RegionalModel, home: dict[str, np.ndarray]) -> None:
    """What government buys, new freight routes included, and what foreigners buy; units [B, S]."""
    base, m, p = model.base, model.market, model.params
    home["government"][:-1] = base.government_units
    routes = logistics_units(model)
    if routes is not None:
        home["government"][:-1, CONSTRUCTION] += routes
    foreign = (m.price[-1] / m.import_price) ** (-p.goods_export_elasticity)
    home["world"][-1] = base.export_units * foreign * model.outside.demand * p.corridor_open


def _firms_ask(
    model: RegionalModel, parts: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cell totals of firms' activity [R, S], plants' output [R, 2], investment [R].

    Critical inputs left to the market are added to `parts` [B, S].
    """
    f, base = model.firms, model.base
    n_regions, n_sectors = base.firm_output.shape
    made = np.zeros((n_regions, n_sectors))
    plant_value, invested = np.zeros((n_regions, 2)), np.zeros(n_regions)
    sum_activity(
        base.critical, f.alive, f.region, f.sector, model.activity, f.production_value,
        f.local_purchases, f.investment, f.input_order, made, plant_value, invested, parts,
    )  # fmt: skip
    return made, plant_value, invested
