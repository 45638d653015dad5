"""A foreign-invested car plant: timeline, output, kits, crew, money.

Identities: kits + arrivals − cars made = kits; stock + made − sold − exported = stock. Limits:
before the announcement nothing of it exists; output is never above capacity, kits or what the crew
can do; with no orders it makes nothing. The announced path enters only where the world says that
the parent takes it (`offtake = "plan"`).

Announced, building and SKD come by date; what comes after the opening (further stages, standstill,
the end) is decided in `plant_stages.py`, the price in `plant_costs.py`, sales abroad in
`plant_exports.py`.

Cars are whole everywhere, because a household buys a whole one; monthly rates are real and the
part of a car that is not finished is carried on (`unfinished`), so no output is lost to rounding.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import mesa
import numpy as np

from model.accounts import FIRMS, GOVERNMENT, HOUSEHOLDS, WORLD, Kind, Sector
from model.assembly import (
    assembled,
    feasible_output,
    kits_to_order,
    planned_output,
    ramped_capacity,
    remembered,
    wanted_crew,
)
from model.border import registration_fee
from model.importers import state_demand
from model.markets.contract_life import end_contracts
from model.plant_costs import fixed_crew, hours_now, kit_price_at
from model.plant_exports import export_services, extra_staff, extra_work, sell_abroad
from model.plant_money import borrow, build, regional_wage, settle_with_parent
from model.plant_parts import PartsStore, order_sets, receive_kits, send_kits
from model.plant_stages import Expansion, expand, live_on, remember_month
from model.plant_timeline import (
    BUILDING,
    CKD,
    CLOSED,
    SKD,
    STAGE_NAMES,
    UNKNOWN,
    period_from,
    policies_from,
    production_stage,
    site_region,
)
from model.shocks import pass_border

if TYPE_CHECKING:
    from model.model import RegionalModel
    from model.worlds import PlantSite

__all__ = ["Plant", "assemble_cars", "create_plants", "plan_production", "policies_from"]

_HAIR = 1e-6  # cars a month: what `at_hand` rounds up is no work

# What moves between a plant and its parent, or builds the site, and is no result of its business.
_FINANCE = (Kind.FDI, Kind.PARENT_LOANS, Kind.INTEREST, Kind.DIVIDENDS)


# --- The plant --------------------------------------------------------------------------------------


class Plant(mesa.Agent):
    """One plant; its staff, wages, inputs other than kits, and cash are on its row of `firms`.

    Attributes:
        name: key in the pack's plants; region: index; row: its row in the firm table.
        stage: UNKNOWN to CLOSED; announced, ground_breaking, opening: periods.
        price: of a car ex works and at the counter, KGS; base_price: on the opening day;
        markup: price over unit cost of the opening month, 0 before.
        expansion: the next stage under construction; mothballed, idle_months: standing still.
        past: cars made, orders, operating cash flow of up to twelve months.
        kits, kits_in_transit, kits_held, stock: whole kits at hand, under way and waiting at a
            closed border; whole finished cars.
        expected, orders: cars a month, expected and asked for (served or not).
        experience: cars that the crew's skill stands for, real cars (not agent cars).
        parent_debt: owed to the parent abroad, KGS.
        local_content: nominal, of the last twelve months (0 to 1).
        export_backlog: cars wanted abroad and not delivered; known_abroad, reputation: real cars
        by which foreigners know the make, and what they think of it (0 to 1).
        extra_jobs: of the site's second activity, agent units.
        mandate_premium: how much dearer a local part may be because a rule asks for it, share.
        exempt, mandate_met: whether the agreement's exemptions hold (a sanction takes them away),
            and whether the content rule was met when it was last judged.
        stakes: by month of the last year: worth of exemptions, sales, kits; KGS.
        month: what happened this month, by name of the measure.
    """

    def __init__(self, model: RegionalModel, site: PlantSite, row: int = -1) -> None:
        super().__init__(model)
        pack = model.pack
        self.site = site
        self.name = site.plant or pack.reference_plant
        self.facts: dict[str, Any] = dict(pack.plants[self.name])
        self.region = site_region(model, site, self.facts)
        self.row = row
        self.stage = UNKNOWN
        self.announced = period_from(self.facts["announced"])
        self.ground_breaking = period_from(self.facts["ground_breaking"]) + site.delay_months
        self.opening = period_from(self.facts["opening"]) + site.delay_months
        self.kits = 0
        self.kits_in_transit: list[int] = []
        self.kits_held = 0
        self.stock = 0
        self.unfinished = 0.0
        self.expected = 0.0
        self.orders = 0.0
        self.planned = 0.0
        self.experience = 0.0
        self.parent_debt = 0.0
        self.base_price = self.price = self._opening_price()
        self.markup = 0.0
        self.expansion: Expansion | None = None
        self.mothballed = False
        self.idle_months = 0
        self.past: list[tuple[float, float, float]] = []
        self.cash_before = self.financing = 0.0
        self.export_backlog = self.known_abroad = self.reputation = 0.0
        self.extra_jobs = 0.0
        self.local_content = 0.0
        self.mandate_premium = 0.0
        self.exempt = True
        self.mandate_met = True
        self.stakes: list[tuple[float, ...]] = []
        self.month: dict[str, float] = {}
        self.parts = PartsStore(self)

    @property
    def parts_stock(self) -> np.ndarray:
        """Sets at hand by component [C], those in kits and those from suppliers."""
        return self.parts.stock

    @property
    def selling(self) -> bool:
        """Whether its cars are on offer: also while the line stands still, so orders are seen."""
        return SKD <= self.stage < CLOSED

    @property
    def known(self) -> bool:
        """Whether its cars are, or have been, on offer."""
        return self.selling or self.markup > 0.0

    @property
    def local_stage(self) -> int:
        """Which parts may be local: 0 none, 1 those of SKD, 2 SKD with local parts, 3 CKD."""
        return production_stage(self.stage)

    @property
    def stage_name(self) -> str:
        """The stage in words."""
        return STAGE_NAMES[self.stage]

    def _opening_price(self) -> float:
        """The plant's own price where the pack names one, else that of domestic cars, KGS."""
        price = self.facts.get("domestic_price", self.model.pack.cars["domestic_price"])
        return float(price * self.model.params.numeraire)

    @property
    def kit_price(self) -> float:
        """Price of a kit at the border, KGS."""
        return kit_price_at(self, self.stage)

    @property
    def parts_price(self) -> float:
        """Price of all parts of a car, KGS: of a CKD kit; what an SKD kit has beyond is work."""
        return kit_price_at(self, CKD)

    @property
    def cash(self) -> float:
        """Deposits, KGS."""
        return float(self.model.firms.cash[self.row])

    def capacity(self, stage: int | None = None) -> float:
        """Cars a year, agent units, at a stage: today's, or that of SKD before the opening.

        What was announced is for the market; a volume that the parent takes comes on top.
        """
        at = production_stage(self.stage if stage is None else stage)
        real = float(self.facts[f"capacity_{max(at, 1)}"]) + self.site.volume
        return real / self.model.scale

    def pay(self, payee: Sector, kind: Kind, amount: float) -> None:
        """Pay from the plant's deposits, KGS."""
        self.financing -= amount if kind in _FINANCE else 0.0
        self.model.firms.cash[self.row] -= amount
        self.model.accounts.post(FIRMS, payee, kind, amount)

    def receive(self, payer: Sector, kind: Kind, amount: float) -> None:
        """Take in money, KGS."""
        self.financing += amount if kind in _FINANCE else 0.0
        self.model.firms.cash[self.row] += amount
        self.model.accounts.post(payer, FIRMS, kind, amount)

    def note(self, name: str, amount: float) -> None:
        """Add to this month's measure."""
        self.month[name] = self.month.get(name, 0.0) + amount

    def sell(self, cars: int, buyer: Sector) -> None:
        """Hand over `cars` from stock for the price; VAT unless the plant's cars are exempt."""
        if cars == 0:
            return
        value = cars * self.price
        self.stock -= cars
        self.note("cars_sold", cars)
        self.receive(buyer, Kind.EXPORTS if buyer is WORLD else Kind.CARS, value)
        self.note("plant_sales_value", value)
        if buyer is WORLD:
            self.note("cars_exported", cars)
            return
        if buyer is HOUSEHOLDS:
            self.note("home_sales_value", value)
        # What the kit paid at the border is credited, so this is tax on what was added to it.
        kits = cars * self.kit_price - cars * self.parts.saved_per_car
        vat = self.model.params.vat_rate * max(value - kits, 0.0)
        self.settle_tax(Kind.VAT, vat, "kit_vat_exempt")
        self.settle_tax(Kind.DUTY, cars * registration_fee(self.model), "registration_free")

    def state_orders(self) -> float:
        """Cars a month that state bodies want of this plant; none while its line stands still."""
        return 0.0 if self.mothballed else self.would_be_state_orders()

    def would_be_state_orders(self) -> float:
        """Cars a month by the procurement preference, shared with other plants at work."""
        if not self.site.policies:
            return 0.0
        others = [plant for plant in self.model.plants if plant is not self and plant.selling]
        plants = 1 + sum(plant.site.policies and not plant.mothballed for plant in others)
        preference = float(self.model.params.procurement_preference)
        return state_demand(self.model) * preference / plants

    def settle_tax(self, kind: Kind, amount: float, exemption: str) -> None:
        """Pay a tax, or note it as forgone where the agreement exempts the plant from it."""
        if not (bool(float(self.facts.get(exemption, 0))) and self.site.policies):
            self._pay_tax(kind, amount)
            return
        # Of the exemption of kits a law may leave a part; a sanction takes all exemptions.
        part = float(self.model.params.kit_exemption) if exemption.startswith("kit_") else 1.0
        self.note("exemption_worth", part * amount)
        if not self.exempt:
            part = 0.0
        self.note("duty_forgone", part * amount)
        self._pay_tax(kind, amount - part * amount)

    def _pay_tax(self, kind: Kind, amount: float) -> None:
        """Value added and taxable profit are what is left after these taxes."""
        self.pay(GOVERNMENT, kind, amount)
        self.note("taxes_paid", amount)

    def export(self) -> None:
        """Sell cars abroad, and the second activity's services to the parent."""
        if self.selling:
            sell_abroad(self)
            export_services(self)


def create_plants(model: RegionalModel) -> list[Plant]:
    """The plants of the model's world, unknown to everybody yet; the core gives each its row."""
    return [Plant(model, site) for site in model.world.plants]


# --- Phase 2 -----------------------------------------------------------------------------------------


def plan_production(model: RegionalModel) -> None:
    """Stage, money for building, forecast, kits, parts, crew and wage of every plant."""
    model.firms.part_orders[:] = 0.0
    end_contracts(model)
    for plant in model.plants:
        remember_month(plant)
        plant.month = {}
        plant.parts.open_month()
        if not live_on(plant):
            continue
        lead = max(model.params.kit_lead, model.params.plant_hiring_lead)
        if model.period >= plant.opening - lead:
            get_ready(plant)
            plan_month(plant)
            order_kits(plant)
            order_sets(plant)
            plan_crew(plant)
        if plant.stage == BUILDING:
            build(plant)
        else:
            model.firms.investment[plant.row] = 0.0
            settle_with_parent(plant)
            expand(plant)


def get_ready(plant: Plant) -> None:
    """Shortly before the opening: the crew brings the parent's training, the state its orders."""
    if plant.experience <= 0.0:
        plant.experience = float(plant.model.params.plant_initial_experience)
        plant.expected = plant.orders = plant.state_orders()


def plan_month(plant: Plant) -> None:
    """Learn from last month's orders; plan output from expected orders and the stock gap."""
    model, p = plant.model, plant.model.params
    months_open = model.period - plant.opening
    if months_open > 0:
        plant.expected += p.plant_expectation_weight * (plant.orders - plant.expected)
    plant.orders = 0.0
    # Before the opening, kits and crew are got ready for what the first month will make.
    capacity = ramped_capacity(plant.capacity(), max(months_open, 0), p.plant_ramp_months)
    plant.planned = planned_output(plant.expected, plant.stock, p.plant_stock_cover, capacity)
    if plant.mothballed:
        plant.planned = 0.0


def order_kits(plant: Plant) -> None:
    """Take in and pay the kits that arrive; order from the parent for the months to come.

    Kits leave out what local suppliers deliver, and are the cheaper for it (`plant_parts.py`).
    VAT and duty on kits are forgone where the agreement exempts them.
    """
    p = plant.model.params
    arrived = plant.kits_in_transit.pop(0) if plant.kits_in_transit else 0
    arrived, plant.kits_held = pass_border(plant.kits_held, arrived, p.corridor_open)
    plant.note("kits_arrived", arrived)
    value = arrived * plant.kit_price + receive_kits(plant, arrived)
    plant.kits += arrived
    borrow(plant, value)
    plant.pay(WORLD, Kind.KITS, value)
    plant.note("kits_imported_value", value)
    duty = value * p.kit_duty_rate
    plant.settle_tax(Kind.DUTY, duty, "kit_duty_exempt")
    plant.settle_tax(Kind.VAT, (value + duty) * p.vat_rate, "kit_vat_exempt")
    wish = kits_to_order(
        plant.planned,
        plant.kits,
        sum(plant.kits_in_transit) + plant.kits_held,
        p.kit_cover,
        p.kit_lead,
    )
    while len(plant.kits_in_transit) < p.kit_lead:
        plant.kits_in_transit.append(0)
    ordered = math.ceil(wish - 1e-9)
    plant.kits_in_transit[-1] += ordered
    send_kits(plant, ordered)


def plan_crew(plant: Plant) -> None:
    """Crew for the planned output and a small fixed part; the wage is the region's and a premium.

    Before the opening only the fixed part is there, to be trained.
    """
    model, p = plant.model, plant.model.params
    output = plant.planned if plant.selling else 0.0
    crew = wanted_crew(output, hours_now(plant), p.plant_hours_per_worker, fixed_crew(plant))
    model.firms.desired_staff[plant.row] = crew + plant.extra_jobs
    model.firms.wage_offer[plant.row] = regional_wage(plant) * (1.0 + p.plant_wage_premium)
    borrow(plant, 0.0)


# --- Phase 6 -------------------------------------------------------------------------------------------


def assemble_cars(model: RegionalModel) -> None:
    """Make what plan, kits, parts and the crew's hours allow; learn from it, or forget while idle."""
    p = model.params
    for plant in model.plants:
        if not plant.selling:
            continue
        f, row = model.firms, plant.row
        hours = hours_now(plant)
        hands = max(float(f.employees[row]) - extra_staff(plant) - fixed_crew(plant), 0.0)
        sets = plant.parts.at_hand(float(plant.kits))
        rate = feasible_output(plant.planned, sets, hands * p.plant_hours_per_worker, hours)
        made, plant.unfinished, work = assembled(plant.unfinished, rate, sets)
        if sets < plant.planned and sets < plant.kits:
            plant.note("line_short_of_parts", min(plant.planned, float(plant.kits)) - sets)
        extra = plant.parts.use(made, plant.kits)
        plant.note("materials_used_value", made * plant.kit_price + extra)
        plant.kits -= made
        plant.stock += made
        retention = 1.0 if work > _HAIR else float(p.plant_retention)
        plant.experience = remembered(plant.experience, work * model.scale, retention)
        plant.note("cars_made", made)
        # At the opening day's price, so that what is bought follows cars and not their price.
        f.production_value[row] = made * plant.base_price + extra_work(plant)
