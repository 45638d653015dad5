"""What must hold in every month of every world, and models on which to look for it."""

from __future__ import annotations

from typing import Any

import numpy as np

from model import RegionalModel, World, load_pack
from model.accounts import FIRMS, WORLD, Kind
from model.firms import FOREIGN, STATE
from model.markets import cars, goods
from model.markets.credit import firm_rates
from model.plant_timeline import CLOSED
from model.workers import ABROAD, EMPLOYEE, NO_FIRM, OWN_ACCOUNT, UNEMPLOYED, auto_worth

MONEY = 1e-9
# Incomes are stored in single precision.
SINGLE = 3e-6


def build(world: World | str = "plant", pack: str = "valley", seed: int = 1, **settings: Any):
    """A model of a pack at its first month, with a short burn-in unless told otherwise."""
    values = {"burn_in": 3, "horizon": 60} | settings
    return RegionalModel(load_pack(pack).params().with_values(values), world=world, rng=seed)


def run(world: World | str, months: int, **kwargs: Any) -> RegionalModel:
    """A model after so many months of burn-in and horizon together."""
    model = build(world, **kwargs)
    for _ in range(months):
        model.step()
    return model


class Watched:
    """Steps a model and checks every gate after every month."""

    def __init__(self, model: RegionalModel) -> None:
        self.model = model
        self.served: list[tuple[Any, Any, np.ndarray, np.ndarray]] = []
        self.lookers = np.zeros(0, np.int64)

    def step(self) -> None:
        before = snapshot(self.model)
        self._listen_and_step()
        for gate in (
            money, firms_money, goods_of_firms, people, car_stocks, parts_of_plants, plants_money,
        ):  # fmt: skip
            gate(self.model, before)
        self._households_money(before)
        self._goods_bought_are_sold()
        self._cars_come_from_somewhere(before)

    def _listen_and_step(self) -> None:
        """One month, noting what the goods market was asked and who looked for a car."""
        serve, look = goods._serve, cars.find_lookers
        self.served.clear()

        def serve_and_note(model: Any, need: Any, shares: Any) -> Any:
            by_name = model.firms.sales.copy()
            trade = serve(model, need, shares)
            self.served.append((need, trade, by_name, model.firms.sales.copy()))
            return trade

        def look_and_note(model: Any) -> np.ndarray:
            self.lookers = look(model)
            return self.lookers

        goods._serve, cars.find_lookers = serve_and_note, look_and_note
        try:
            self.model.step()
        finally:
            goods._serve, cars.find_lookers = serve, look

    def _households_money(self, before: dict[str, Any]) -> None:
        """The change of deposits is income less spending, but for car buyers and founders."""
        model, was = self.model, before["workers"]
        w, f = model.workers, model.firms
        ordinary = w.identity == was["identity"]
        ordinary[self.lookers] = False
        # Owners of the firms that opened or closed.
        moved = (f.alive != before["firms"]["alive"]) | (f.alive & (f.age == 0))
        ordinary[f.founder[moved & (f.founder >= 0)]] = False
        spent = w.budget * model.region_filled[w.region]
        change = (w.income - was["dividends"]) - spent + w.dividends
        size = np.abs(w.income) + np.abs(was["dividends"]) + np.abs(was["savings"]) + 1.0
        wrong = np.abs(w.savings - was["savings"] - change) > SINGLE * size
        assert not np.any(wrong & ordinary)

    def _goods_bought_are_sold(self) -> None:
        """V10: of each sector's goods, units that buyers got = units that home sellers gave up."""
        need, trade, by_name, sales = self.served[0]
        m, f = self.model.market, self.model.firms
        imported = trade.from_world / m.import_price
        got = (need.home * (trade.filled - imported)).sum(axis=0)
        sold = np.bincount(f.sector, sales - by_name, minlength=len(got))
        sold = sold + m.pool_output.sum(axis=0)
        assert np.abs(got - sold).max() <= MONEY * max(sold.sum(), 1.0)
        assert trade.filled.min() >= 0.0
        assert trade.filled.max() <= 1.0 + MONEY
        assert m.unserved >= -MONEY * max(sold.sum(), 1.0)

    def _cars_come_from_somewhere(self, before: dict[str, Any]) -> None:
        """Cars of households, pools, dealers and plants change only by what came and went."""
        counts = cars.car_measures(self.model)
        came = sum(d.arrived for d in self.model.importers) + counts["cars_made"]
        went = counts["cars_scrapped"] + counts["cars_exported"] + counts["cars_sold_state"]
        assert (
            all_cars(self.model)
            == before["cars"] + came - went - self.model.car_market.state_imports
        )


def all_cars(model: RegionalModel) -> int:
    """Whole cars in the economy, but those of the state."""
    stocks = sum(d.stock for d in model.importers) + sum(p.stock for p in model.plants)
    pools = int(model.car_market.pool_count.sum())
    return int(np.count_nonzero(model.workers.car)) + pools + stocks


def snapshot(model: RegionalModel) -> dict[str, Any]:
    """Copies of what the gates compare with."""
    return {
        "firms": {name: model.firms.values(name).copy() for name in model.firms.columns},
        "workers": {name: model.workers.values(name).copy() for name in model.workers.columns},
        "dealers": [d.stock for d in model.importers],
        "plants": [(p.stock, p.kits, sum(p.kits_in_transit) + p.kits_held) for p in model.plants],
        "parts": [p.parts.stock.copy() for p in model.plants],
        "cars": all_cars(model),
        "parent_debt": sum(plant.parent_debt for plant in model.plants),
    }


# --- Money ------------------------------------------------------------------------------------


def money(model: RegionalModel, before: dict[str, Any]) -> None:
    """V09: every payment has a payer and a payee; balance sheets sum to zero."""
    for name, residual in model.accounts.residuals().items():
        assert abs(residual) < MONEY, name
    sheet = model.accounts.balance_sheets()
    size = np.maximum(np.abs(sheet).sum(axis=0), 1.0)
    assert np.all(np.abs(sheet.sum(axis=0)) <= MONEY * size)
    # What the bank has more than it owes is its equity.
    assert abs(sheet[4].sum() - model.bank.equity) <= MONEY * size.sum()
    flows = model.accounts.flows
    assert np.all(np.isfinite(flows))


def firms_money(model: RegionalModel, before: dict[str, Any]) -> None:
    """The change of each firm's deposits is what it was paid less what it paid."""
    f, p, was = model.firms, model.params, before["firms"]
    kept = f.alive & was["alive"] & (f.sector != model.base.vehicles)
    paid = f.wage_bill * (1.0 + p.social_rate_employer) + f.material_cost + f.investment
    service = was["debt"] * firm_rates(model) / 12.0
    cash = was["cash"] + (f.debt - was["debt"]) - service + f.revenue - paid + f.grant
    private = f.ownership != STATE
    profit = f.revenue - f.material_cost - f.wage_bill * (1.0 + p.social_rate_employer)
    taxable = np.maximum(profit - f.debt * firm_rates(model) / 12.0, 0.0)
    cash = cash - np.where(private, p.profit_tax_rate * taxable, 0.0)
    spare = cash - p.cash_months * (f.wage_bill + f.material_cost)
    young = (f.ownership == FOREIGN) & (f.age <= p.follow_patience)
    paid_out = np.where(young, 0.0, p.payout_speed * np.maximum(spare, 0.0))
    support = np.where(private, 0.0, np.maximum(-cash, 0.0))
    expected = cash - paid_out + support
    size = np.abs(was["cash"]) + f.revenue + paid + service + np.abs(f.debt)
    assert np.all(np.abs(f.cash - expected)[kept] <= MONEY * (1.0 + size[kept]))


# --- Goods ------------------------------------------------------------------------------------


def goods_of_firms(model: RegionalModel, before: dict[str, Any]) -> None:
    """Opening stock + production = sales + closing stock; inputs never used before they are there."""
    f, base, p, was = model.firms, model.base, model.params, before["firms"]
    kept = f.alive & was["alive"] & (f.sector != base.vehicles)
    assert not f.production[~f.alive & ~was["alive"]].any()
    stored = kept & base.storable[f.sector]
    gap = was["inventory"] + f.production - f.sales - f.inventory
    size = 1.0 + was["inventory"] + f.production
    assert np.all(np.abs(gap[stored]) <= MONEY * size[stored])
    made = kept & ~base.storable[f.sector]
    assert np.all(np.abs(f.production - f.sales)[made] <= MONEY * size[made])
    assert np.all(f.inventory[kept] >= -MONEY * size[kept])
    assert np.all(f.sales[kept] >= 0.0)
    assert np.all(f.sales[kept] <= f.orders[kept] + was["inventory"][kept] + size[kept])
    for k in range(base.critical.shape[1]):
        uses = kept & (base.critical[f.sector, k] >= 0)
        coefficient = base.critical_coefficient[f.sector, k]
        stock, opening = f.input_stock[:, k], was["input_stock"][:, k]
        need = coefficient * f.expected_sales
        order = np.maximum(need + p.input_speed * (p.input_cover * need - opening), 0.0)
        came = stock - opening + coefficient * f.production
        unit = MONEY * (1.0 + opening + order)
        assert np.all(came[uses] >= -unit[uses])
        assert np.all((came - order)[uses] <= unit[uses])
        assert np.all(stock[uses] >= -unit[uses])


def car_stocks(model: RegionalModel, before: dict[str, Any]) -> None:
    """Whole cars: each dealer's and each plant's stock changes by what it got and what it sold."""
    for dealer, opening in zip(model.importers, before["dealers"]):
        assert dealer.stock == opening + dealer.arrived - dealer.sold + dealer.taken_over
        assert dealer.stock >= 0
    assert sum(dealer.taken_over for dealer in model.importers) == 0
    for kind in {dealer.kind for dealer in model.importers}:
        same = [dealer for dealer in model.importers if dealer.kind == kind]
        assert abs(sum(dealer.share for dealer in same) - 1.0) <= MONEY
        assert abs(sum(dealer.transit_share for dealer in same) - 1.0) <= MONEY
    for plant, (stock, kits, under_way) in zip(model.plants, before["plants"]):
        made, returned = plant.month.get("cars_made", 0), plant.month.get("kits_returned", 0)
        sold = plant.month.get("cars_sold", 0)
        assert sold == round(plant.month.get("plant_sales_value", 0.0) / plant.price)
        assert plant.stock == stock + made - sold
        # What is under way to a plant that has closed stays the parent's.
        arrived = plant.month.get("kits_arrived", 0)
        assert plant.kits == kits + arrived - made - returned
        if plant.stage != CLOSED:
            assert sum(plant.kits_in_transit) + plant.kits_held >= under_way - arrived >= 0
        assert min(plant.stock, plant.kits) >= 0
        if plant.stage == CLOSED:
            assert (plant.stock, plant.kits, model.firms.employees[plant.row]) == (0, 0, 0)


def plants_money(model: RegionalModel, before: dict[str, Any]) -> None:
    """A plant owes its parent what it was lent and has not repaid; a closed one's rest is lost."""
    flows = model.accounts.flows
    lent = flows[WORLD, FIRMS, Kind.PARENT_LOANS] - flows[FIRMS, WORLD, Kind.PARENT_LOANS]
    lost = sum(plant.month.get("parent_loss", 0.0) for plant in model.plants)
    owed = sum(plant.parent_debt for plant in model.plants)
    size = 1.0 + before["parent_debt"] + float(flows[:, :, Kind.PARENT_LOANS].sum())
    assert abs(owed - before["parent_debt"] - lent + lost) <= MONEY * size


def parts_of_plants(model: RegionalModel, before: dict[str, Any]) -> None:
    """Per part: opening + from kits + delivered - used = closing; what is sold is what is bought."""
    f = model.firms
    for plant, opening in zip(model.plants, before["parts"]):
        flows = plant.parts
        gap = (
            opening + flows.from_kits + flows.delivered - flows.used - flows.returned - flows.stock
        )
        assert np.all(np.abs(gap) <= MONEY * (1.0 + opening + flows.from_kits))
        assert np.all(flows.used == plant.month.get("cars_made", 0.0))
        assert np.all(flows.stock[flows.shares > 0.0] >= -1e-6)
        assert flows.saved >= 0.0
        assert np.all(flows.value >= 0.0)
        share = np.zeros(len(opening))
        for one in model.contracts:
            if one.plant is plant and one.runs(model.period):
                share[one.component] += one.share
        assert np.all(share <= 1.0 + MONEY)
    bought = sum(p.month.get("parts_bought_value", 0.0) for p in model.plants)
    assert abs(f.part_sales.sum() - bought) <= MONEY * (1.0 + bought)
    delivered = np.zeros(f.capacity)
    for one in model.contracts:
        assert one.delivered <= one.ordered * (1.0 + MONEY)
        delivered[one.firm] += one.delivered
    assert np.all(delivered <= f.sales * (1.0 + MONEY) + MONEY)


# --- People -----------------------------------------------------------------------------------


def people(model: RegionalModel, before: dict[str, Any]) -> None:
    """V11: nobody is lost; each employee's employer is in business and counts them."""
    w, f = model.workers, model.firms
    assert len(w) == len(before["workers"]["status"]) == int(model.heads.sum())
    assert np.array_equal(np.bincount(w.status, minlength=5), model.heads.sum(axis=0))
    assert set(np.unique(w.status)) <= {EMPLOYEE, OWN_ACCOUNT, UNEMPLOYED, ABROAD}
    assert len(np.unique(w.identity)) == len(w)
    employed = w.status == EMPLOYEE
    assert np.array_equal(employed, w.employer != NO_FIRM)
    assert np.array_equal(w.status == OWN_ACCOUNT, w.pool_sector >= 0)
    assert np.all(f.alive[w.employer[employed]])
    staff = np.bincount(w.employer[employed], minlength=f.capacity)
    assert np.array_equal(staff, f.employees)
    home = (w.status == EMPLOYEE) | (w.status == OWN_ACCOUNT) | (w.status == UNEMPLOYED)
    assert int(home.sum()) == int(model.heads[:, 1:ABROAD].sum())
    # Staff in units of what each employer can use of their skill.
    at = w.employer[employed]
    units = w.skill[employed] * (1.0 + auto_worth(model)[at] * w.auto_skill[employed].astype(float))
    exact = np.bincount(at, units, minlength=f.capacity)
    assert np.all(np.abs(exact - f.skill_sum)[f.alive] <= MONEY * (1.0 + exact[f.alive]))
