"""The input-output cross-check: the model's own goods market with everything frozen but quantities.

Prices, shares, mark-ups, own-account crowding, investment, transfers and the state's purchases keep
still; labour comes in fractions; capacity and stocks never bind; every input is bought for what was
made last month. What is left of the model is the multiplier of Leontief (1936): at rest, output
answers a change of final demand by (I − A)⁻¹ (Type I), and with households spending what they earn
by Type II (Miller & Blair 2009). The months run on `goods.clear_markets`, so an error in how demand,
shares, sales or payments are written in the model shows here (rows V01 and V02 of the targets).

Buyers everywhere divide their purchases as the country's output is divided over regions, over firms
and own-account producers. So the country's table is all that counts, and the answer is a country's.

>>> from model import load_pack
>>> pack = load_pack("valley")
>>> more = respond(pack, pack.params(), {"trade": 1e6}, households=True)
>>> more.output.sum() > 1e6
True
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from model import threads
from model.accounts import Accounts
from model.base_year import solve_base_year
from model.errors import InputError, nearest
from model.firms import Firms
from model.markets.goods import clear_markets
from model.markets.pools import GoodsMarket
from model.workers import EMPLOYEE, NO_FIRM, OWN_ACCOUNT, pay_incomes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from model.model import RegionalModel
    from model.packs import Pack
    from model.params import Params

    Floats = NDArray[np.float64]

__all__ = ["FrozenEconomy", "Response", "multipliers", "respond"]

MONTHS = 12.0
# Never short: more units than any demand, yet far from where float64 loses a unit's fraction of it.
_PLENTY = 1e25
# At rest when no sector's output moves by more than this part of all output; the longest wait.
_STILL = 1e-15
_LONGEST = 20_000
# The system is linear: any change is answered at this part of all output, where rounding is small.
_DOSE = 0.1


@dataclass(frozen=True)
class Response:
    """What a lasting change of final demand brings, at rest; arrays by sector of the pack [S].

    `output` in KGS a year at base prices; `employee_jobs` and `own_account` in persons, at the
    base year's output per person.
    """

    output: Floats
    employee_jobs: Floats
    own_account: Floats

    @property
    def jobs(self) -> Floats:
        """Employees and own-account workers, persons [S]."""
        return self.employee_jobs + self.own_account


class FrozenEconomy:
    """One firm and one own-account pool per region and sector, on the model's goods market.

    It offers what `clear_markets` reads of a `RegionalModel`, and nothing that decides.
    `households` closes the loop: people spend out of the labour income of last month.
    """

    def __init__(self, pack: Pack, params: Params, *, households: bool = False) -> None:
        self.pack = pack
        # Amounts of a whole country at base prices: no miniature, no other numeraire.
        self.params = params.with_values({"scale": 1.0, "numeraire": 1.0})
        self.households = households
        self.capital_imports = 0.0  # what `settle_purchases` adds to
        self.base = base = solve_base_year(pack, self.params)
        shape = base.firm_output.shape
        base.critical[:] = -1
        base.loose_coefficient = base.input_coefficient
        base.distance_weight = np.ones_like(base.distance_weight)
        base.pull_firms = _divided(pack.firm_output, base.firm_output)
        base.pull_pool = _divided(pack.own_account_output, base.pool_output)
        base.base_customers = (base.pull_firms > 0.0).astype(np.float64)
        base.pool_heads, base.pool_skill = np.ones(shape), np.ones(shape)
        base.pool_norm = np.full(shape, _PLENTY)
        self.outside = SimpleNamespace(demand=1.0)
        self.bank = SimpleNamespace(reserves=0.0, equity=0.0)
        self.government = SimpleNamespace(public_debt=0.0)
        self.accounts = Accounts(cast("RegionalModel", self))
        self.firms = self._create_firms(shape)
        self.market = GoodsMarket(cast("RegionalModel", self))
        self.market.pool_output = base.pull_pool / MONTHS
        self.activity = self.firms.production.copy()
        self.investment = self._frozen_investment()
        self.workers = self._create_households(shape)
        self.region_filled = np.ones(shape[0])
        self.region_consumption = np.zeros(shape[0])
        self.region_budget = base.household_income.copy()
        # What people spend of other incomes than labour's keeps still.
        self.other_budget = base.household_income - self._spent_of_labour_income()

    def _create_firms(self, shape: tuple[int, ...]) -> Firms:
        """One firm a cell, at price 1 and at the cell's part of the country's output."""
        n_regions, n_sectors = shape
        f = Firms(self, n_regions * n_sectors)
        f.region[:] = np.repeat(np.arange(n_regions), n_sectors)
        f.sector[:] = np.tile(np.arange(n_sectors), n_regions)
        f.production[:] = self.base.pull_firms.ravel() / MONTHS
        f.alive[:] = f.production > 0.0
        f.customers[:] = 1.0
        f.price[:] = 1.0
        return f

    def _frozen_investment(self) -> Floats:
        """What each firm puts into capital goods, KGS a month: by surplus, as in the base year."""
        earned = self.base.norm_surplus[self.firms.sector] * self.firms.production
        return np.asarray(self.base.accounts["investment"] * earned / earned.sum())

    def _create_households(self, shape: tuple[int, ...]) -> Any:
        """One person per firm and per pool, in columns that hold fractions of a job."""
        f, cells = self.firms, shape[0] * shape[1]
        n = 2 * cells
        employed = np.arange(n) < cells
        zeros = {name: np.zeros(n) for name in ("dividends", "debt", "savings", "budget", "income")}
        return SimpleNamespace(
            region=np.tile(f.region, 2),
            status=np.where(employed, EMPLOYEE, OWN_ACCOUNT).astype(np.int8),
            employer=np.where(employed, np.arange(n), NO_FIRM).astype(np.int32),
            pool_sector=np.where(employed, -1, np.tile(f.sector, 2)).astype(np.int8),
            skill=np.ones(n), wage=np.zeros(n), car_rate=np.zeros(n), car_subsidy=np.zeros(n), thrift=np.ones(n), **zeros,
        )  # fmt: skip

    def _spent_of_labour_income(self) -> Floats:
        """Budgets out of wages and own-account incomes of last month's output, KGS a month [R].

        The model's own pay day with a2 = 0, no transfers, and a job's fraction as its wage.
        """
        w, f, m, p, pack = self.workers, self.firms, self.market, self.params, self.pack
        pay = _ratio(pack.compensation, pack.firm_output) / (1.0 + p.social_rate_employer)
        w.wage[: len(self.activity)] = pay[f.sector] * self.activity
        w.savings[:] = 0.0
        pool_pay = _ratio(pack.mixed_income, pack.own_account_output)[None] * m.pool_output
        n_regions = len(pool_pay)
        n_blocks = threads.blocks(len(w.region))
        budget = np.zeros((n_blocks, n_regions))
        pay_incomes(
            0, len(w.region), p.income_tax_rate, p.own_account_tax_rate, np.zeros(n_regions), 0.0, pool_pay,
            p.income_propensity, 0.0, w.region, w.status, w.pool_sector, w.skill,
            w.wage, w.dividends, w.debt, w.car_rate, w.car_subsidy, 0.0, w.thrift, w.savings, w.income, w.budget,
            budget, np.zeros((n_blocks, 9)),
        )  # fmt: skip
        spent: Floats = budget.sum(axis=0)
        return spent

    def step(self) -> None:
        """One month: incomes if the loop is closed, then the market, then what was sold is made."""
        f, base = self.firms, self.base
        if self.households:
            self.region_budget = self.other_budget + self._spent_of_labour_income()
        for name in ("orders", "sales", "revenue", "material_cost"):
            f.values(name)[:] = 0.0
        f.production[:] = _PLENTY
        f.inventory[:] = _PLENTY
        f.investment[:] = self.investment
        clear_markets(cast("RegionalModel", self))
        f.production[:] = f.sales
        self.activity[:] = np.where(f.sector == base.vehicles, 0.0, f.sales)

    def by_sector(self) -> tuple[Floats, Floats]:
        """Monthly output of firms and of own-account producers, KGS at base prices [S] each."""
        made = np.bincount(self.firms.sector, self.activity, minlength=len(self.pack.sectors))
        return made, self.market.pool_output.sum(axis=0)

    def come_to_rest(self) -> tuple[Floats, Floats]:
        """Months until output keeps still; `by_sector` then."""
        before = np.concatenate(self.by_sector())
        for _ in range(_LONGEST):
            self.step()
            now = np.concatenate(self.by_sector())
            if np.abs(now - before).max() <= _STILL * now.sum():
                break
            before = now
        return self.by_sector()


def _ratio(a: Floats, b: Floats) -> Floats:
    return np.where(b > 0.0, a / np.where(b > 0.0, b, 1.0), 0.0)


def _divided(total: Floats, cells: Floats) -> Floats:
    """A sector's total [S] over the regions in proportion to `cells` [R, S]."""
    return total[None] * _ratio(cells, cells.sum(axis=0, keepdims=True) + np.zeros_like(cells))


def respond(
    pack: Pack, params: Params, change: Mapping[str, float] | Floats, *, households: bool = False
) -> Response:
    """What a lasting change of final demand brings (Type I; Type II with `households`).

    `change`: KGS a year at basic prices that more (or less) is bought of home producers, by name
    of sector or as an array in the pack's order [S]. InputError for a sector without output.
    """
    wanted = _as_array(pack, change)
    rest = FrozenEconomy(pack, params, households=households).come_to_rest()
    firms, pools = np.zeros(len(wanted)), np.zeros(len(wanted))
    for sign in (1.0, -1.0):
        part = np.maximum(sign * wanted, 0.0)
        if part.sum() > 0.0:
            dose = _DOSE * float(pack.output.sum()) / part.sum()
            economy = FrozenEconomy(pack, params, households=households)
            economy.base.export_units = economy.base.export_units + part * dose / MONTHS
            made, own = economy.come_to_rest()
            firms += sign * MONTHS * (made - rest[0]) / dose
            pools += sign * MONTHS * (own - rest[1]) / dose
    staff = _ratio(pack.employees.sum(axis=0).astype(np.float64), pack.firm_output)
    heads = _ratio(pack.own_account.sum(axis=0).astype(np.float64), pack.own_account_output)
    return Response(firms + pools, staff * firms, heads * pools)


def multipliers(pack: Pack, params: Params, *, households: bool = False) -> Floats:
    """Output of sector i per KGS of final demand for sector j, [S, S]: the Leontief inverse.

    Columns of sectors without output (vehicles, before there is a plant) are zero.
    """
    n = len(pack.sectors)
    table = np.zeros((n, n))
    for j in np.flatnonzero(pack.output > 0.0):
        table[:, j] = respond(pack, params, np.eye(n)[j], households=households).output
    return table


def _as_array(pack: Pack, change: Mapping[str, float] | Floats) -> Floats:
    """The change as an array [S], refused where nobody produces."""
    if isinstance(change, Mapping):
        for name in change:
            if name not in pack.sectors:
                raise InputError(
                    "there is no such sector", field="change", value=name,
                    allowed=", ".join(pack.sectors), hint=nearest(name, pack.sectors),
                )  # fmt: skip
        wanted = np.array([float(change.get(name, 0.0)) for name in pack.sectors])
    else:
        wanted = np.asarray(change, np.float64)
    for s in np.flatnonzero((wanted != 0.0) & (pack.output <= 0.0)):
        raise InputError(
            "nobody at home produced it in the base year", field="change", value=pack.sectors[s]
        )
    return wanted
