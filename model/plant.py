"""A foreign-invested car plant: timeline, output, kits, crew, money.

Identities: kits + arrivals − cars made = kits; stock + made − sold − exported = stock. Limits:
before the announcement nothing of it exists; output is never above capacity, kits or what the crew
can do; with no orders it makes nothing. The announced path enters only where the world says that
the parent takes it (`offtake = "plan"`).

Stages move from announced to building to SKD here; how a plant moves on to CKD and full
manufacture is not modelled yet, so it stays at SKD.

Cars are whole everywhere, because a household buys a whole one; monthly rates are real and the
part of a car that is not finished is carried on (`unfinished`), so no output is lost to rounding.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import mesa

from model.accounts import FIRMS, GOVERNMENT, WORLD, Kind, Sector
from model.assembly import (
    feasible_output,
    hours_per_car,
    kits_to_order,
    planned_output,
    ramped_capacity,
    remembered,
    wanted_crew,
)
from model.border import border_price, freight_factor, registration_fee
from model.importers import state_demand
from model.markets.car_choice import NEW
from model.plant_money import borrow, build, regional_wage, settle_with_parent
from model.plant_timeline import (
    BUILDING,
    SKD,
    STAGE_NAMES,
    UNKNOWN,
    next_stage,
    period_from,
    policies_from,
    site_region,
)
from model.shocks import pass_border

if TYPE_CHECKING:
    from model.model import RegionalModel
    from model.worlds import PlantSite

__all__ = ["Plant", "assemble_cars", "create_plants", "plan_production", "policies_from"]

# `plant_fixed_crew` is told for a plant of this many cars a year.
_CREW_CAPACITY = 10_000.0


# --- The plant --------------------------------------------------------------------------------------


class Plant(mesa.Agent):
    """One plant; its staff, wages, inputs other than kits, and cash are on its row of `firms`.

    Attributes:
        name: key in the pack's plants; region: index; row: its row in the firm table.
        stage: UNKNOWN to FULL; announced, ground_breaking, opening: periods.
        kits, kits_in_transit, kits_held, stock: whole kits at hand, under way and waiting at a
            closed border; whole finished cars.
        expected, orders: cars a month, expected and asked for (served or not).
        experience: cars that the crew's skill stands for, real cars (not agent cars).
        parent_debt: owed to the parent abroad, KGS.
        local_content: nominal, of the last twelve months (0 to 1).
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
        self.export_wish = 0.0
        self.local_content = 0.0
        self.mandate_premium = 0.0
        self.exempt = True
        self.mandate_met = True
        self.stakes: list[tuple[float, ...]] = []
        self.month: dict[str, float] = {}

    @property
    def selling(self) -> bool:
        """Whether its cars are on offer."""
        return self.stage >= SKD

    @property
    def local_stage(self) -> int:
        """Which parts may be local: 0 none, 1 those of SKD, 2 SKD with local parts, 3 CKD."""
        return max(self.stage - SKD + 1, 0)

    @property
    def stage_name(self) -> str:
        """The stage in words."""
        return STAGE_NAMES[self.stage]

    @property
    def price(self) -> float:
        """Price of a car ex works and at the counter, KGS; constant in prices of the base year."""
        return float(self.model.pack.cars["domestic_price"] * self.model.params.numeraire)

    @property
    def kit_price(self) -> float:
        """Price of a kit at the border, KGS: its share of the car, in foreign money constant."""
        share = float(self.model.pack.cars["kit_share"])
        p = self.model.params
        foreign = float(p.exchange_rate_index) * float(p.world_price_index)
        cheaper = p.kit_freight_share * (1.0 - freight_factor(self.model))
        return self.price * share * foreign * (1.0 - cheaper)

    @property
    def cash(self) -> float:
        """Deposits, KGS."""
        return float(self.model.firms.cash[self.row])

    def capacity(self) -> float:
        """Cars a year, agent units: of SKD; under `offtake = "plan"` what was announced by now."""
        stage = 1
        if self.site.offtake == "plan":
            open_for = self.model.period - self.opening
            stage += sum(open_for >= float(self.facts[f"plan_start_{k}"]) for k in (2, 3))
        return float(self.facts[f"capacity_{stage}"]) / self.model.scale

    def pay(self, payee: Sector, kind: Kind, amount: float) -> None:
        """Pay from the plant's deposits, KGS."""
        self.model.firms.cash[self.row] -= amount
        self.model.accounts.post(FIRMS, payee, kind, amount)

    def receive(self, payer: Sector, kind: Kind, amount: float) -> None:
        """Take in money, KGS."""
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
        self.receive(buyer, Kind.EXPORTS if buyer is WORLD else Kind.CARS, value)
        self.note("plant_sales_value", value)
        if buyer is WORLD:
            self.note("cars_exported", cars)
            return
        # What the kit paid at the border is credited, so this is tax on what was added to it.
        vat = self.model.params.vat_rate * max(value - cars * self.kit_price, 0.0)
        self.settle_tax(Kind.VAT, vat, "kit_vat_exempt")
        self.settle_tax(Kind.DUTY, cars * registration_fee(self.model), "registration_free")

    def state_orders(self) -> float:
        """Cars a month that state bodies want of this plant by the procurement preference."""
        if not self.site.policies:
            return 0.0
        others = [plant for plant in self.model.plants if plant is not self and plant.selling]
        plants = 1 + sum(plant.site.policies for plant in others)
        preference = float(self.model.params.procurement_preference)
        return state_demand(self.model) * preference / plants

    def settle_tax(self, kind: Kind, amount: float, exemption: str) -> None:
        """Pay a tax, or note it as forgone where the agreement exempts the plant from it."""
        if not (bool(float(self.facts.get(exemption, 0))) and self.site.policies):
            self.pay(GOVERNMENT, kind, amount)
            return
        # Of the exemption of kits a law may leave a part; a sanction takes all exemptions.
        part = float(self.model.params.kit_exemption) if exemption.startswith("kit_") else 1.0
        self.note("exemption_worth", part * amount)
        if not self.exempt:
            part = 0.0
        self.note("duty_forgone", part * amount)
        self.pay(GOVERNMENT, kind, amount - part * amount)

    def export(self) -> None:
        """Sell abroad what can be sold there.

        Under `offtake = "plan"` the parent takes what the announced path has above home sales.
        Otherwise foreign buyers take what access and price allow: with access 0 (a kit car fails
        the rules of origin, and the neighbours are the parent's own territory) nothing.
        """
        if not self.selling:
            return
        p = self.model.params
        if self.site.offtake == "plan":
            home = self.month.get("plant_sales_value", 0.0) / self.price
            wish = self.capacity() / 12.0 - home
        else:
            wish = export_demand(self.model, self.price)
        self.orders += max(wish, 0.0)
        self.export_wish = min(self.export_wish + max(wish, 0.0), self.capacity())
        cars, _ = pass_border(0, min(int(self.export_wish), self.stock), p.corridor_open)
        self.export_wish -= cars
        self.sell(cars, WORLD)


def export_demand(model: RegionalModel, price: float) -> float:
    """Cars a month that foreigners want: access · market · logit of delivered against world price.

    Agent cars; a market of `export_market` real cars a year is in reach at equal prices by half.
    """
    p = model.params
    if p.export_access <= 0.0:
        return 0.0
    freight = p.export_freight * freight_factor(model)
    ratio = price * (1.0 + freight) / border_price(model, NEW)
    share = 1.0 / (1.0 + math.pow(ratio, p.export_elasticity))
    market = float(p.export_access * p.export_market / 12.0 / model.scale * share)
    return market * float(p.foreign_demand_index)


def create_plants(model: RegionalModel) -> list[Plant]:
    """The plants of the model's world, unknown to everybody yet; the core gives each its row."""
    return [Plant(model, site) for site in model.world.plants]


# --- Phase 2 -----------------------------------------------------------------------------------------


def plan_production(model: RegionalModel) -> None:
    """Stage, money for building, forecast, kits, crew and wage of every plant."""
    for plant in model.plants:
        plant.month = {}
        plant.stage = next_stage(plant, model.period)
        if plant.stage < BUILDING:
            continue
        # Only now does the plant appear among the firms.
        model.firms.alive[plant.row] = True
        lead = max(model.params.kit_lead, model.params.plant_hiring_lead)
        if model.period >= plant.opening - lead:
            get_ready(plant)
            plan_month(plant)
            order_kits(plant)
            plan_crew(plant)
        if plant.stage == BUILDING:
            build(plant)
        else:
            model.firms.investment[plant.row] = 0.0
            settle_with_parent(plant)


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


def order_kits(plant: Plant) -> None:
    """Take in and pay the kits that arrive; order from the parent for the months to come.

    VAT and duty on kits are forgone where the agreement exempts them.
    """
    p = plant.model.params
    arrived = plant.kits_in_transit.pop(0) if plant.kits_in_transit else 0
    arrived, plant.kits_held = pass_border(plant.kits_held, arrived, p.corridor_open)
    plant.note("kits_arrived", arrived)
    value = arrived * plant.kit_price
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
    plant.kits_in_transit[-1] += math.ceil(wish - 1e-9)


def hours_now(plant: Plant) -> float:
    """Hours a car takes the crew at present."""
    p = plant.model.params
    return hours_per_car(
        plant.experience, p.plant_hours_per_car, p.plant_hours_reference, p.plant_progress_ratio
    )


def fixed_crew(plant: Plant) -> float:
    """Staff that goes with the site and not with its output: by capacity, agent units."""
    return plant.capacity() / _CREW_CAPACITY * float(plant.model.params.plant_fixed_crew)


def plan_crew(plant: Plant) -> None:
    """Crew for the planned output and a small fixed part; the wage is the region's and a premium.

    Before the opening only the fixed part is there, to be trained.
    """
    model, p = plant.model, plant.model.params
    output = plant.planned if plant.selling else 0.0
    model.firms.desired_staff[plant.row] = wanted_crew(
        output, hours_now(plant), p.plant_hours_per_worker, fixed_crew(plant)
    )
    model.firms.wage_offer[plant.row] = regional_wage(plant) * (1.0 + p.plant_wage_premium)
    borrow(plant, 0.0)


# --- Phase 6 -------------------------------------------------------------------------------------------


def assemble_cars(model: RegionalModel) -> None:
    """Make what plan, kits and the crew's hours allow; learn from it, or forget while idle."""
    p = model.params
    for plant in model.plants:
        if plant.stage < SKD:
            continue
        f, row = model.firms, plant.row
        hours = hours_now(plant)
        hands = max(float(f.employees[row]) - fixed_crew(plant), 0.0)
        rate = feasible_output(
            plant.planned, float(plant.kits), hands * p.plant_hours_per_worker, hours
        )
        plant.unfinished = min(plant.unfinished + rate, float(plant.kits))
        made = int(plant.unfinished)
        plant.unfinished -= made
        plant.kits -= made
        plant.stock += made
        retention = 1.0 if rate > 0.0 else float(p.plant_retention)
        plant.experience = remembered(plant.experience, rate * model.scale, retention)
        plant.note("cars_made", made)
        f.production_value[row] = made * plant.price
