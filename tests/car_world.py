"""A small stand-in for the whole model: only what plants, importers and the car market touch."""

from __future__ import annotations

from types import SimpleNamespace

import mesa
import numpy as np

from model import RegionalModel, draws, params
from model.accounts import Accounts
from model.firms import Firms
from model.importers import create_importers, order_cars, reprice_and_reexport
from model.markets.car_fleet import amortisation
from model.markets.cars import CarMarket, initial_cars, trade_cars
from model.pack_fields import COMPONENT_TYPE
from model.plant import assemble_cars, create_plants, plan_production
from model.workers import ABROAD, EMPLOYEE, Workers
from model.worlds import World

PLANT_ROW = 4


def small_pack() -> SimpleNamespace:
    """Three regions and the car facts of the reference country."""
    return SimpleNamespace(
        region_ids=["A", "B", "C"],
        labour_force=np.array([5e5, 3e5, 2e5]),
        wage_level=np.array([1.2, 0.9, 0.8]),
        cars={
            "used_import_price": 750810.0, "new_import_price": 1322400.0,
            "domestic_price": 1200000.0, "registration_cost": 34800.0, "state_fleet": 11000.0,
            "state_replacement_years": 12.0, "kit_share": 0.84, "loan_down_payment": 0.3,
            "loan_months": 60.0, "loan_payment_limit": 0.4,
        },
        car_series={
            "reexports_per_month": np.full(36, 4000.0),
            "import_price_index": np.repeat([1.06, 1.0, 0.94], 12),
        },
        reference_plant="works",
        components=np.zeros(0, COMPONENT_TYPE),
        plants={
            "works": {
                "region": "B", "alternative_region": "C", "announced": "2023-01",
                "ground_breaking": "2023-05", "opening": "2024-07", "investment": 4.35e9,
                "capacity_1": 10000.0, "capacity_2": 20000.0, "capacity_3": 30000.0,
                "plan_start_2": 36.0, "plan_start_3": 60.0, "kit_vat_exempt": 1.0,
                "kit_duty_exempt": 1.0, "registration_free": 1.0,
            }
        },
    )  # fmt: skip


def people(model: mesa.Model, n: int, order: np.ndarray) -> Workers:
    """Workers with lasting lognormal incomes and some months of savings, in any row order."""
    w = Workers(model, n)
    w.identity[:] = order.astype(np.uint64)
    shape = np.array([draws.normal(model.seed, draws.SKILL, i, 0, 0) for i in w.identity])
    w.region[:] = np.where(order % 10 < 5, 0, np.where(order % 10 < 8, 1, 2))
    w.status[:] = np.where(order % 11 == 10, ABROAD, EMPLOYEE)
    w.income[:] = 22000.0 * np.exp(0.65 * shape)
    # At rest under the stub's rule of spending (see `live`), so that nothing drifts at first.
    w.savings[:] = 6.0 * w.income
    return w


class CarWorld(mesa.Model):  # type: ignore[misc]
    """Runs the months of part D; households earn, spend and serve their loans as a stub."""

    residents, pay_residents = RegionalModel.residents, RegionalModel.pay_residents
    settle_with_residents = RegionalModel.settle_with_residents

    def __init__(
        self, n=20_000, *, world="plant", scale=160.0, rng=1, settings=None, order=None, burn_in=24
    ):
        super().__init__(rng=rng)
        self.params = params.Params(scale=scale).with_values(settings or {})
        self.pack, self.scale, self.seed = small_pack(), scale, np.uint64(rng)
        self.world = World.load(world)
        self.period = -burn_in
        self.bank = SimpleNamespace(reserves=0.0, equity=0.0, count_household_loans=lambda: None)
        self.government = SimpleNamespace(public_debt=0.0, logistics_stock=0.0)
        self.base = SimpleNamespace(
            wealth_propensity=0.2 / 6.0,
            plant_inputs=np.array([0.06]),
            plant_inputs_imported=np.array([0.02]),
        )
        self.contracts, self.past_contracts, self.open_tenders = [], [], []
        self.market = SimpleNamespace(pool_cash=np.zeros(3))
        self.overdrafts_written_off = 0.0
        self.workers = people(self, n, np.arange(n) if order is None else order)
        self.heads = np.zeros((3, 5), np.int64)
        np.add.at(self.heads, (self.workers.region, self.workers.status), 1)
        self.residents_due = np.zeros(3)
        self.wages = self.workers.income.astype(np.float64)
        self.contracts: list = []
        self.firms = Firms(self, 6)
        self.firms.alive[:PLANT_ROW] = True
        self.firms.sector[:PLANT_ROW] = 3
        self.firms.employees[:PLANT_ROW] = 10
        self.firms.wage_bill[:PLANT_ROW] = 300_000.0
        self.plants = create_plants(self)
        for k, plant in enumerate(self.plants):
            plant.row = PLANT_ROW + k
        self.importers = create_importers(self)
        self.car_market = CarMarket(self)
        initial_cars(self)
        self.accounts = Accounts(self)

    def live(self) -> None:
        """Income, loan service and consumption; money of this stub is not posted."""
        w = self.workers
        service = w.debt * (w.car_rate.astype(np.float64) + amortisation(self))
        w.debt[:] *= 1.0 - amortisation(self)
        # The market has paid dividends into the deposits already.
        y = self.wages + w.dividends
        w.savings[:] += self.wages - service
        w.dividends[:] = 0.0
        w.income[:] = y - service
        w.savings[:] -= np.clip(0.8 * y + (0.2 / 6.0) * (w.savings - y), 0.0, None)
        # The crew is hired as wanted, and paid; inputs and building are bought.
        for plant in self.plants:
            f, row = self.firms, plant.row
            f.employees[row] = f.desired_staff[row]
            f.wage_bill[row] = f.employees[row] * f.wage_offer[row]
            f.cash[row] -= 1.17 * f.wage_bill[row] + f.investment[row]
            f.cash[row] -= 0.06 * f.production_value[row]

    def step(self) -> None:
        """One month."""
        plan_production(self)
        order_cars(self)
        assemble_cars(self)
        self.live()
        self.accounts.open_month()
        trade_cars(self)
        reprice_and_reexport(self)
        self.settle_with_residents()
        self.period += 1
