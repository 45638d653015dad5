"""The regional model: it builds the agents, and its month is a table of contents."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import mesa
import numpy as np

from model import (
    capability,
    demography,
    entrepreneurship,
    firms,
    foreign_suppliers,
    importer_exit,
    institutions,
    knowledge,
    levers,
    plant,
    skills,
    start,
    threads,
    workers,
)
from model.accounts import BANK, GOVERNMENT, HOUSEHOLDS, WORLD, Accounts, Kind, Sector
from model.base_year import solve_base_year
from model.channels import Clamp, Path
from model.contracts import Contract, Failure, OpenTender
from model.errors import InputError
from model.importers import Importer, create_importers, order_cars, reprice_and_reexport
from model.markets import (
    cars,
    contract_life,
    credit,
    goods,
    incomes,
    labour,
    migration,
    parts,
    pools,
    tenders,
)
from model.measures import Measures
from model.packs import Pack, load_pack
from model.params import Params
from model.production_accounts import account_production
from model.regions import create_regions
from model.teachers import Learning
from model.worlds import World, date_of, period_of

if TYPE_CHECKING:
    from model.population import Population


class RegionalModel(mesa.Model):
    """A region's firms, workers, importers and plants, month by month.

    `step()` is one month; `run()` burn-in and horizon. Period 0 is 2023-01; burn-in is negative.
    Raises `InputError` for anything unusable.

    Parameters
    ----------
    params : numbers of the run; default: the pack's.
    world : name of a library world, path of a TOML file, or a `World`.
    pack, scale : override those of `params`.
    rng : seed, a whole number from 0 to 2**63 − 1; default 1. The only source of chance.
    clamp : channels to hold to another run's path (`model.channels`); default: none.
    """

    def __init__(
        self,
        params: Params | None = None,
        *,
        world: World | str = "plant",
        pack: str | None = None,
        scale: float | None = None,
        rng: int | None = None,
        clamp: Clamp | None = None,
    ) -> None:
        seed = _checked_seed(rng)
        if params is not None and not isinstance(params, Params):
            raise InputError(
                "not parameters: make them with Params().with_values({...})",
                field="params",
                value=params,
            )
        super().__init__(rng=seed)
        self.world = world if isinstance(world, World) else World.load(world)
        self.pack, self.params = _settle_params(params, pack, scale, self.world)
        self.world.check_against(self.pack)
        self._settle_clamp(clamp or Clamp())
        self.first_params = self.params  # before any dated event
        self.scale = float(self.params.scale)
        self.seed = np.uint64(seed)
        self.period = -int(self.params.burn_in) - 1
        self.base = solve_base_year(self.pack, self.params)
        self._create_agents()
        self._open_books()
        self.measures = Measures(self)
        self.datacollector = mesa.DataCollector(model_reporters={n: n for n in REPORTERS})

    def _settle_clamp(self, clamp: Clamp) -> None:
        """Channels that are off from the start on, and the record of this run's own flows."""
        clamp.check_length(int(self.params.horizon))
        self.clamp, self.path = clamp, Path()
        self.world = clamp.clamp_world(self.world)
        if clamp.off:
            self.params = self.params.with_values(clamp.clamp_values({}, Params.names()))

    def _create_agents(self) -> None:
        """Everybody, from the base year."""
        self.accounts = Accounts(self)
        self.firms = start.create_firms(self)
        self.workers = start.create_workers(self)
        start.fill_firms(self)
        capability.give_capabilities(self)
        start.place_customers(self)
        start.name_suppliers(self)
        start.lay_vacancy_table(self)
        self.regions = create_regions(self)
        self.plants: list[plant.Plant] = []
        self.contracts: list[Contract] = []
        self.past_contracts: list[Contract] = []
        self.open_tenders: list[OpenTender] = []
        self.failures: list[Failure] = []
        # Firm row -> period in which its certificate is due.
        self.certificates_due: dict[int, int] = {}
        self.learning = Learning()
        self.entry_log: list[demography.Entry] = []
        self.exit_log: list[demography.Exit] = []
        self.outside = institutions.Outside(self)
        self.government = institutions.Government(self)
        self.bank = institutions.Bank(self)

    def _open_books(self) -> None:
        """The state that belongs to no row, and a first balance sheet that balances."""
        n_regions, n_sectors = self.base.firm_output.shape
        self._count_people()
        self.base.pool_heads = self.pool_heads.copy()
        self.base.pool_skill = self.pool_skill.copy()
        share = self.pool_heads.sum(axis=1, keepdims=True)
        self.base.pool_share = self.pool_heads / np.maximum(share, 1)
        self.base.sector_reach = entrepreneurship.sector_reach(self)
        self.base.founding_culture = entrepreneurship.founding_culture(self)
        self.base.proximity = knowledge.technological_proximity(self)
        self.market = pools.GoodsMarket(self)
        self.market.pool_cash += self.base.pool_income * self.pool_skill
        self.activity = self.firms.production.copy()
        self.wage_index = np.ones(n_regions)
        self.price_level = 1.0
        self.region_budget = np.zeros(n_regions)
        self.region_filled = np.ones(n_regions)
        self.region_consumption = np.zeros(n_regions)
        self.region_wages = np.zeros(n_regions)
        self.residents_due = np.zeros(n_regions)
        self.output_value = np.zeros((n_regions, n_sectors))
        self.value_added = np.zeros((n_regions, n_sectors))
        self.real_value_added = np.zeros((n_regions, n_sectors))
        self.vacancies = self.hires = self.separations = 0
        self.migration = migration.no_migration(n_regions)
        self.entries = self.exits = self.entries_without_room = 0
        self.supplier_profits_abroad = 0.0
        self.entries_by_origin = np.zeros(len(firms.ORIGIN_NAMES), np.int64)
        self.exits_by_origin = np.zeros(len(firms.ORIGIN_NAMES), np.int64)
        # What plants have made, agent cars a year; what followers bring, KGS; cars sold at home.
        self.yearly_output: dict[str, float] = {}
        self.follow_on_fdi = self.domestic_sales = 0.0
        self.overdrafts_written_off = 0.0
        self.capital_imports = 0.0
        self.founder_rows = np.zeros(max(len(self.workers) // 50, 64), np.int64)
        self.founder_sectors = np.zeros(len(self.founder_rows), np.int64)
        start.fill_households(self)
        self.importers: list[Importer] = []
        self.car_market = cars.CarMarket(self)
        self.importers = create_importers(self)
        cars.initial_cars(self)
        self.plants = plant.create_plants(self)
        for number, one in enumerate(self.plants):
            start.give_row(self, one, number)
        self.firms.job_worth[:] = self.base.job_worth[self.firms.region, self.firms.sector]
        self.bank.open_books()

    # --- The month ------------------------------------------------------------------------------

    def step(self) -> None:
        """One month, in the order of the ODD page."""
        self._open_month()
        self.outside.apply()
        workers.age_and_retire(self)
        plant.plan_production(self)
        order_cars(self)
        firms.plan_firms(self)
        contract_life.prepare_suppliers(self)
        parts.order_parts(self)
        credit.lend_to_firms(self)
        migration.leave_and_return(self)
        labour.match_workers(self)
        parts.deliver_and_produce(self)
        contract_life.deliver_parts(self)
        plant.assemble_cars(self)
        self._count_people()
        incomes.receive_incomes(self)
        goods.trade_goods(self)
        cars.trade_cars(self)
        reprice_and_reexport(self)
        importer_exit.review_importers(self)
        levers.apply_levers(self)
        tenders.hold_tenders(self)
        knowledge.spread_knowledge(self)
        skills.train_workers(self)
        institutions.levy_and_pay_out(self)
        entrepreneurship.close_insolvent_firms(self)
        entrepreneurship.found_firms(self)
        foreign_suppliers.follow_plants(self)
        self._count_people()
        account_production(self)
        self.measures.record()
        self.datacollector.collect(self)

    def run(self) -> RegionalModel:
        """All months of burn-in and horizon that are left; returns the model."""
        while self.period < self.params.horizon - 1:
            self.step()
        return self

    def _open_month(self) -> None:
        """Next period; dated events; an empty ledger."""
        self.period += 1
        self.accounts.open_month()
        demography.open_month_of_records(self)
        self.follow_on_fdi = self.capital_imports = 0.0
        self.entries_without_room = 0
        changes = [e.values for e in self.world.events if e.period == self.period]
        for one in self.plants:
            if one.site.policies:
                changes += [
                    policy["set"]
                    for policy in one.facts["policies"]
                    if period_of(policy["date"]) + one.site.delay_months == self.period
                ]
        for values in changes:
            self.params = self.params.with_values(self.clamp.clamp_values(values, Params.names()))

    def _count_people(self) -> None:
        """Heads by region and status, own-account heads and skill by cell."""
        w = self.workers
        n_regions, n_sectors = self.base.firm_output.shape
        counts = threads.over_rows(
            w.capacity,
            lambda first, last: workers.count_statuses(
                first, last, n_regions, n_sectors, w.region, w.status, w.pool_sector, w.skill
            ),
        )
        self.heads, self.pool_heads, skill = (sum(parts) for parts in zip(*counts))
        self.pool_skill = skill * workers.SKILL_UNIT
        if hasattr(self, "market"):
            self.market.pool_heads, self.market.pool_skill = self.pool_heads, self.pool_skill

    def residents(self) -> np.ndarray:
        """People at home by region, as last counted; only phase 5 moves anybody abroad [R]."""
        at_home: np.ndarray = self.heads[:, : workers.ABROAD].sum(axis=1)
        return at_home

    def pay_residents(self, per_head: np.ndarray) -> None:
        """Owe everybody at home so much more, KGS a head [R]: `settle_with_residents` pays it."""
        self.residents_due += per_head

    def settle_with_residents(self) -> None:
        """Pay out what is due to everybody at home: deposits now, income of the next pay day.

        Once a month, for all who owe: a pass over everybody costs more than a sum by region. Who
        is at home does not change between what was posted and this.
        """
        w, per_head = self.workers, self.residents_due
        if not per_head.any():
            return
        threads.over_rows(
            w.capacity,
            lambda first, last: workers.spread_over_residents(
                first, last, per_head, w.region, w.status, w.savings, w.dividends
            ),
        )
        self.residents_due = np.zeros(len(per_head))

    def spread_over_residents(self, payer: Sector, kind: Kind, amount: float) -> None:
        """Pay `amount` KGS to everybody at home, per head alike."""
        residents = self.residents()
        each = amount / max(int(residents.sum()), 1)
        self.pay_residents(np.full(len(residents), each))
        self.accounts.post(payer, HOUSEHOLDS, kind, each * float(residents.sum()))

    # --- For Mesa users -------------------------------------------------------------------------

    @property
    def date(self) -> str:
        """This month, YYYY-MM."""
        return date_of(self.period)

    @property
    def populations(self) -> dict[str, Population]:
        """The columns: workers and firms."""
        return {"workers": self.workers, "firms": self.firms}

    def __getattr__(self, name: str) -> float:
        # Reporters are strings that name outcomes.
        if name in REPORTERS:
            return self.__dict__["measures"].now.get(name, math.nan)
        raise AttributeError(f"{type(self).__name__} has no attribute '{name}'")


REPORTERS = (
    "employment", "employee_jobs", "plant_jobs", "own_account", "unemployment_rate", "mean_wage",
    "gdp", "price_level", "cars_made",
)  # fmt: skip


def _checked_seed(rng: int | None) -> int:
    """The seed as a whole number; 1 when none is given."""
    if rng is None:
        return 1
    if isinstance(rng, bool) or not isinstance(rng, int | np.integer) or not 0 <= rng < 2**63:
        raise InputError(
            "not a usable seed", field="rng", value=rng, allowed="a whole number, 0 to 2^63 - 1"
        )
    return int(rng)


def _settle_params(
    params: Params | None, pack: str | None, scale: float | None, world: World
) -> tuple[Pack, Params]:
    """Pack and parameters from what was given: the world's own values come last."""
    name = pack or (params.pack if params is not None else Params().pack)
    loaded = load_pack(name)
    values = dict(world.parameters)
    if scale is not None:
        values["scale"] = scale
    settled = (
        (params or loaded.params()).with_values(values) if values else params or loaded.params()
    )
    return loaded, settled


__all__ = ["BANK", "GOVERNMENT", "HOUSEHOLDS", "WORLD", "Kind", "RegionalModel", "Sector"]
