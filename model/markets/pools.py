"""Prices that buyers see, and the own-account producers of each region and sector as a pool.

The pool is the slack of the economy (rules.md 13): its producers share what it sells, so mean
income falls as it grows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from model.model import RegionalModel


class GoodsMarket:
    """State of the goods markets that belongs to nobody's row.

    Arrays are [R, S] by region and sector, or [R+1, S] where the last row is the world as buyer.
    Prices are KGS per unit; `pool_*` describe own-account producers; `income_ratio` is what a unit
    of their skill earns, as believed, against the base year (0 in trades without any). What `quote_prices` works out:

    input_import_share, capital_import_share, basket_import_share : share of units imported, of
        inputs by supplying and using sector [R, S, S], of capital goods and of the basket [R, S].
    unit_input_cost : of all inputs of a unit of output, KGS [R, S].
    capital_price : of a unit of capital goods, KGS [R].
    basket_price, consumer_price : of a unit of each good of the base-year basket [R, S], and of
        the basket, without tax, KGS [R].
    """

    def __init__(self, model: RegionalModel) -> None:
        base = model.base
        self._model = model
        n_regions, n_sectors = base.firm_output.shape
        self.import_price = model.params.numeraire
        self.price = np.full((n_regions + 1, n_sectors), model.params.numeraire)
        self.filled = np.ones((n_regions + 1, n_sectors))
        self.pool_price = np.full((n_regions, n_sectors), model.params.numeraire)
        self.pool_output = base.pool_output.copy()
        self.pool_output_before = base.pool_output.copy()
        self.pool_cash = np.zeros((n_regions, n_sectors))
        self.pool_income = base.pool_income.copy()
        self.income_ratio = (base.pool_income > 0.0).astype(np.float64)
        self.pool_heads = base.pool_heads.copy()
        self.pool_skill = base.pool_skill.copy()
        self.pool_pay = np.zeros((n_regions, n_sectors))
        self.customer_firm = base.customer_firm.copy()
        self.unserved = 0.0
        self.export_value = np.zeros(n_sectors)

        self.quote_prices()

    # --- Prices that others read ---

    def quote_prices(self) -> None:
        """What buyers see of today's prices: import shares, and costs of inputs, capital, baskets.

        Worked out anew when prices have moved, and only then: abroad in phase 1, at home at the end
        of phase 8. Nothing else moves `price`, `import_price` or the elasticity between imports.
        """
        base, p = self._model.base, self._model.params
        home, abroad = self.price[:-1], self.import_price
        advantage = (home / abroad) ** p.import_elasticity
        self.input_import_share, self.unit_input_cost = price_inputs(
            base.input_import_share, base.input_coefficient, advantage, home, abroad
        )
        self.capital_import_share, _, self.capital_price = price_mix(
            base.capital_import_share, base.capital_mix, advantage, home, abroad
        )
        self.basket_import_share, self.basket_price, self.consumer_price = price_mix(
            base.basket_import_share, base.basket, advantage, home, abroad
        )

    def wage_floor(self) -> np.ndarray:
        """The least that firms offer, KGS per unit of skill [R, S] (rules.md 11).

        What own-account work of the same trade is worth, as a share of the wage it is worth in
        the base year: incomes below or above wages there are skill and amenity (Rosen 1986).
        """
        return self._model.params.wage_floor_share * self._model.base.wage * self.income_ratio

    def relative_pool_income(self) -> np.ndarray:
        """Own-account income against its base value, [R, S], in real terms."""
        base = self._model.base
        now = self.pool_income / self.consumer_price[:, None]
        norm = np.where(base.pool_income > 0.0, base.pool_income, 1.0)
        return np.minimum(np.maximum(now / norm * self._model.params.numeraire, 0.05), 20.0)


@njit(cache=True)
def import_share(norm, advantage):  # type: ignore[no-untyped-def]
    """Share of units imported, by logit on the price ratio.

    `norm` is the base year's share, `advantage` (home price / import price) ^ elasticity; Armington
    (1969) in the form of a logit in ln price.
    """
    return norm * advantage / (norm * advantage + (1.0 - norm))


@njit(cache=True)
def price_inputs(norm, coefficient, advantage, home, import_price):  # type: ignore[no-untyped-def]
    """Import shares of inputs [R, S, S] and what the inputs of a unit cost, KGS [R, S].

    `norm`, `coefficient` [S, S] by supplying and using sector; `advantage`, `home` prices [R, S].
    """
    n_regions, n_sectors = home.shape
    shares = np.empty((n_regions, n_sectors, n_sectors))
    cost = np.zeros((n_regions, n_sectors))
    for r in range(n_regions):
        for g in range(n_sectors):
            for s in range(n_sectors):
                share = import_share(norm[g, s], advantage[r, g])
                shares[r, g, s] = share
                cost[r, s] += coefficient[g, s] * (
                    share * import_price + (1.0 - share) * home[r, g]
                )
    return shares, cost


@njit(cache=True)
def price_mix(norm, mix, advantage, home, import_price):  # type: ignore[no-untyped-def]
    """Import shares of goods, their prices home and abroad, KGS [R, S], and that of a `mix` [R]."""
    shares, prices = np.empty(home.shape), np.empty(home.shape)
    cost = np.zeros(len(home))
    for r in range(len(home)):
        for s in range(len(mix)):
            share = import_share(norm[s], advantage[r, s])
            shares[r, s] = share
            prices[r, s] = share * import_price + (1.0 - share) * home[r, s]
            cost[r] += mix[s] * prices[r, s]
    return shares, prices, cost


def pay_out_pools(model: RegionalModel) -> None:
    """Own-account producers share what their pool took last month, by skill (phase 7)."""
    m = model.market
    share_takings(
        model.params.income_memory, model.base.pool_income, m.pool_skill, m.pool_cash, m.pool_pay,
        m.pool_income, m.income_ratio,
    )  # fmt: skip


@njit(cache=True)
def share_takings(memory, base_income, skill, takings, pay, income, ratio):  # type: ignore[no-untyped-def]
    """Fill what a unit of skill gets, and what people come to believe it earns [R, S].

    `pay` is takings over skill, 0 where nobody is; `income` moves to it by `memory`; `ratio` is
    income against the base year's.
    """
    for r in range(skill.shape[0]):
        for s in range(skill.shape[1]):
            pay[r, s] = 0.0
            if skill[r, s] > 0.0:
                pay[r, s] = max(takings[r, s], 0.0) / skill[r, s]
                income[r, s] += memory * (pay[r, s] - income[r, s])
            if base_income[r, s] > 0.0:
                ratio[r, s] = income[r, s] / base_income[r, s]


def price_pools(model: RegionalModel) -> None:
    """Own-account prices follow input costs and what employees are paid in the region.

    The labour in them is worth what the market pays for labour; how much they sell, and so what
    they earn, is decided by demand and by how many they are.
    """
    m, base = model.market, model.base
    inputs = m.unit_input_cost
    labour = np.maximum(1.0 - base.base_input_cost, 0.0)[None] * model.params.numeraire
    target = inputs + labour * model.wage_index[:, None]
    m.pool_price += model.params.price_review_rate * (target - m.pool_price)
