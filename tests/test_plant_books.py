"""A plant in the country's books: taxes counted once, value at base prices, what ends with it."""

from dataclasses import replace

import numpy as np
import pytest
from gates import build

from model import World
from model.accounts import WORLD, Kind
from model.contracts import Contract
from model.institutions import plant_profit
from model.local_content import chain_measures
from model.markets import cars, contract_life, credit
from model.markets.awards import buy_tools
from model.markets.car_choice import NEW
from model.plant_exit import close_plant
from model.plant_money import spend_on_site
from model.production_accounts import account_production

PLAN = World.load("plan")


@pytest.fixture
def at_work():
    """A plant of the Valley two years after its opening, one agent for a hundred people."""
    model = build(PLAN, horizon=60)
    while model.period < 44:
        model.step()
    assert model.plants[0].month["cars_made"] > 0
    return model


def accounted(model):
    """Value added and real value added of vehicles, KGS, from this month's notes."""
    account_production(model)
    cell = (model.plants[0].region, model.base.vehicles)
    return float(model.value_added[cell]), float(model.real_value_added[cell])


def test_what_a_plant_pays_in_taxes_is_neither_its_value_added_nor_its_profit(at_work):
    """GDP adds VAT and duties to value added: with them in both it would count them twice."""
    plant = at_work.plants[0]
    before, profit = accounted(at_work), plant_profit(at_work, plant)
    plant.facts = dict(plant.facts) | {"kit_duty_exempt": 0}
    plant.settle_tax(Kind.DUTY, 1e6, "kit_duty_exempt")
    after = accounted(at_work)
    assert after[0] == pytest.approx(before[0] - 1e6)
    assert after[1] == before[1]
    assert plant_profit(at_work, plant) == pytest.approx(profit - 1e6)


def test_an_exempt_plant_pays_none(at_work):
    assert at_work.plants[0].month.get("taxes_paid", 0.0) == 0.0


def test_dearer_kits_take_nothing_from_value_at_base_prices(at_work):
    """The same cars of the same kits: what kits cost in KGS is no volume."""
    before = accounted(at_work)
    at_work.params = replace(at_work.params, exchange_rate_index=1.3)
    month = at_work.plants[0].month
    month["materials_used_value"] *= 1.3
    after = accounted(at_work)
    assert after[1] == pytest.approx(before[1], rel=1e-9)
    assert after[0] < before[0]


def test_local_content_ends_with_the_plant(at_work):
    plant = at_work.plants[0]
    plant.parts.history.append((1.0, 1.0, 0.5, np.ones(1), np.ones(1)))
    assert chain_measures(at_work)["local_content_nominal"] > 0.0
    close_plant(plant)
    assert chain_measures(at_work)["local_content_nominal"] == 0.0


def test_a_renewal_needs_no_second_line():
    """A contract that follows another of the same volume asks for no capital goods."""
    model = build(PLAN)
    plant, f = model.plants[0], model.firms
    row = int(np.flatnonzero(f.alive & (f.component >= 0))[0])
    part, who = int(f.component[row]), int(f.identity[row])
    plant.planned = 100.0

    def contract(start, end, plan):
        made = Contract(plant, part, row, who, 1.0, 1.0, 10.0, 0, start, end)
        made.plan = plan
        return made

    capacity = model.base.capacity_per_capital[f.sector[row]]
    f.expected_sales[row] = f.capital[row] * capacity  # all of it is in use
    f.cash[row] = 1e15
    month = model.period
    renewal = contract(month + 13, month + 40, 0.0)
    for running, wanted in (([], True), ([contract(month - 20, month + 12, 1000.0)], False)):
        f.investment[:] = 0.0
        model.contracts = [*running, renewal]
        contract_life.prepare_suppliers(model)
        assert (f.investment[row] > 1.0) == wanted


def test_loans_for_tools_are_guaranteed_like_others():
    model = build("none", guarantee_share=0.5)
    f = model.firms
    model.step()
    lines = np.where(credit.favoured(model), model.bank.credit_lines(), 0.0)
    row = int(np.argmax(lines))
    owed, guaranteed = f.debt[row], f.guaranteed[row]
    buy_tools(model, row, f.cash[row] + 0.5 * lines[row])
    assert f.debt[row] > owed
    assert f.guaranteed[row] - guaranteed == pytest.approx(0.5 * (f.debt[row] - owed))


def test_the_site_of_an_enclave_is_investment_too():
    """Paid abroad at once, and still capital goods that a firm bought."""
    model = build(World.load("enclave"))
    plant, imported = model.plants[0], model.capital_imports
    plant.receive(WORLD, Kind.FDI, 1e6)
    spend_on_site(plant, 1e6)
    assert model.capital_imports == pytest.approx(imported + 1e6)


def test_a_wish_of_the_state_that_waits_is_one_order():
    """Dealers are told what is new this month, not again all that waits."""
    model = build("none")
    dealers = [one for one in model.importers if one.kind == NEW]
    before = sum(one.orders for one in dealers)
    cars._buy_imports(model, 50, 3.0)
    told = sum(one.orders for one in dealers) - before
    assert told == pytest.approx(3.0 * sum(one.share for one in dealers))
