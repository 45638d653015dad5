"""Where two parts of the model meet: a lever and a tender, an end and a school, a dealer and a border."""

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from gates import build
from stage_world import full_year
from test_importer_exit import hard
from test_localisation import EASY

from model.contracts import REASONS, Contract
from model.demography import ORIGINS
from model.firms import FOREIGN, PRIVATE
from model.foreign_suppliers import know_how
from model.importer_exit import give_up, heirs
from model.importers import GONE, under_way
from model.institutions import levy_and_pay_out
from model.markets import tenders
from model.markets.awards import Lot, apply_for_certificate, sign
from model.markets.car_choice import NEW
from model.markets.car_fleet import base_price
from model.markets.cars import share_state_purchases
from model.markets.contract_life import deliver_parts
from model.plant_costs import lost_exemptions, review_price, unit_cost
from model.plant_exit import close_plant
from model.plant_parts import base_values
from model.plant_stages import consider_mothballing
from model.spin_offs import handed_on
from model.teachers import open_plants


def at_work(**values):
    """A valley whose plant has just opened."""
    model = build("plan", **values)
    model.plants[0].ground_breaking, model.plants[0].opening = -3, -1
    for _ in range(4):
        model.step()
    return model


@pytest.mark.parametrize(("part", "paid"), [(1.0, 0.0), (0.25, 0.75), (0.0, 1.0)])
def test_a_law_on_kits_is_seen_in_tenders(part, paid):
    """Where kits pay duty and VAT, a local part saves them too."""
    model = at_work(kit_exemption=part)
    p, plant = model.params, model.plants[0]
    assert tenders.rates_paid(plant) == pytest.approx((paid * p.kit_duty_rate, paid * p.vat_rate))
    plant.exempt = False
    assert tenders.rates_paid(plant) == (p.kit_duty_rate, p.vat_rate)


# --- Taxes and the price --------------------------------------------------------------------------


def test_a_price_bears_the_exemptions_that_are_lost():
    """Nothing while the agreement holds; all of duty, VAT and fee in the end, one for one."""
    model = at_work()
    plant = model.plants[0]
    plant.markup, was = plant.price / unit_cost(plant), plant.price
    assert lost_exemptions(plant) == 0.0
    review_price(plant)
    assert plant.price == pytest.approx(was, rel=1e-12)
    model.params = model.params.with_values({"kit_exemption": 0.0, "plant_price_speed": 1.0})
    p = model.params
    duty = p.kit_duty_rate * plant.kit_price
    assert lost_exemptions(plant) == pytest.approx(duty + p.vat_rate * (was + duty))
    cost = unit_cost(plant)
    review_price(plant)
    top = base_price(model, NEW)
    assert plant.price == pytest.approx(
        min(plant.markup * cost + duty + p.vat_rate * (was + duty), top)
    )
    plant.exempt = False
    assert lost_exemptions(plant) > duty + p.vat_rate * (was + duty)


# --- Money abroad ---------------------------------------------------------------------------------


def test_prices_abroad_change_no_work_in_a_part():
    """A set is so many units of the trade's good, whatever kits cost at the border."""
    model = at_work()
    plant = model.plants[0]
    before = base_values(plant).copy()
    assert before.sum() == pytest.approx(plant.parts_price / model.params.numeraire)
    model.params = model.params.with_values({"world_price_index": 1.3, "exchange_rate_index": 1.2})
    model.government.logistics_stock = 1e12
    np.testing.assert_allclose(base_values(plant), before, rtol=1e-12)


def test_tools_and_audits_are_paid_in_foreign_money():
    model = at_work()
    f, plant = model.firms, model.plants[0]
    row = int(np.flatnonzero(f.alive & (f.component >= 0))[0])
    component = int(f.component[row])
    lot = Lot(plant, component, 1.0, 500.0, 500.0, 1e4, 1e9, 1, 7)
    lines = model.bank.credit_lines()
    tools = tenders.offer(model, lot, row, lines).tooling
    f.cash[row] = 1e12
    apply_for_certificate(model, row)
    paid = 1e12 - f.cash[row]
    model.market.import_price *= 1.5
    assert tenders.offer(model, lot, row, lines).tooling == pytest.approx(1.5 * tools)
    del model.certificates_due[row]
    f.cash[row] = 1e12
    apply_for_certificate(model, row)
    assert 1e12 - f.cash[row] == pytest.approx(1.5 * paid)


# --- Plants that stand still or end -----------------------------------------------------------------


def test_a_line_that_stands_still_holds_no_tender_and_teaches_nobody(monkeypatch):
    monkeypatch.setattr("model.plant_stages.should_reopen", lambda *_: False)
    model = at_work(**EASY | {"contract_months": 3, "mothball_utilisation": 0.05})
    plant = model.plants[0]
    for _ in range(4):
        model.step()
    assert open_plants(model) == [plant]
    assert any(one.period >= 0 for one in model.failures) or model.contracts
    known = len(model.failures)
    full_year(plant, use=0.0, orders=0.0, flow=-1.0)
    consider_mothballing(plant)
    for _ in range(7):
        model.step()
        assert plant.mothballed
        assert open_plants(model) == []
        assert not model.open_tenders
    assert len(model.failures) == known


def test_schools_close_with_the_plant():
    model = at_work(training_places=12000.0)
    model.step()
    assert model.learning.trained > 0
    close_plant(model.plants[0])
    model.step()
    assert model.learning.trained == 0
    assert model.learning.spending == 0.0


def test_who_follows_or_leaves_a_plant_takes_along_its_own_edge():
    model = at_work()
    plant = model.plants[0]
    ordinary = know_how(plant)
    assert ordinary == pytest.approx(
        model.params.follow_knowledge * math.log(model.params.plant_edge)
    )
    plant.site = replace(plant.site, edge=2.0)
    assert know_how(plant) == pytest.approx(
        ordinary + model.params.follow_knowledge * math.log(2.0)
    )
    model.workers.auto_skill[0] = 0.5
    edge = math.log(2.0 * model.params.plant_edge)
    part = 0.5 * model.params.inherited_knowledge
    assert handed_on(model, 0, -1) == pytest.approx(part * edge)


# --- Border ---------------------------------------------------------------------------------------


def test_parts_with_imported_sub_parts_stop_at_a_closed_border():
    """Nobody stocks sub-parts: of an order only what passes the border is finished."""
    model = at_work()
    f, plant = model.firms, model.plants[0]
    row = int(np.flatnonzero(f.alive & (f.component >= 0))[0])
    for bought_in, passes in ((1.0, 0.25), (0.0, 1.0)):
        one = Contract(plant, int(f.component[row]), row, int(f.identity[row]), 1.0, 9.0, 2.0, 0,
                       0, 99, sets=10.0, ordered=20.0, bought_in=bought_in)  # fmt: skip
        model.contracts, f.inventory[row] = [one], 20.0
        model.params = model.params.with_values({"corridor_open": 0.25})
        deliver_parts(model)
        assert one.delivered == pytest.approx(passes * 20.0)
        assert f.inventory[row] == pytest.approx(20.0 - passes * 20.0)


def test_cars_that_wait_at_the_border_go_to_the_heirs():
    model = build("none")
    model.step()
    dealer = next(d for d in model.importers if d.kind == NEW)
    dealer.held = 7
    rest = heirs(model, dealer)
    before = sum(under_way(d) for d in model.importers)
    give_up(model, dealer, GONE)
    assert (dealer.held, under_way(dealer)) == (0, 0)
    assert sum(under_way(d) for d in rest) >= 7
    assert sum(under_way(d) for d in model.importers) == before


# --- Counts ---------------------------------------------------------------------------------------


def test_every_firm_that_opens_is_counted_by_its_origin():
    """Firms now = before + entries - exits, of each origin; former importers among them."""
    model = hard("none")
    seen = 0.0
    before: dict[str, float] = {}
    for _ in range(24):
        model.step()
        now = model.measures.now
        if before:
            for name in ORIGINS.values():
                change = now.get(f"entries_{name}", 0.0) - now[f"exits_{name}"]
                assert now[f"firms_{name}"] == before[f"firms_{name}"] + change, name
            assert now["firms"] == before["firms"] + now["firm_entries"] - now["firm_exits"]
        before, seen = now, seen + now["entries_conversion"]
    assert seen > 0.0


def test_the_state_buys_where_most_cars_stand():
    """Two plants with the same preference; one without it sells nothing to the state."""
    plants = [SimpleNamespace(stock=n, would_be_state_orders=lambda: 1.0) for n in (3, 9)]
    assert share_state_purchases(plants, 4) == [0, 4]
    assert share_state_purchases(plants, 8) == [1, 7]
    assert share_state_purchases(plants, 20) == [3, 9]
    plants[1].would_be_state_orders = lambda: 0.0
    assert share_state_purchases(plants, 4) == [3, 0]
    assert share_state_purchases([], 4) == []


def test_the_parent_pays_its_followers_tools():
    """Who followed the plant can win its part without money at home; nothing at home is touched."""
    model = at_work(**EASY | {"tooling_base": 1e9})
    f, plant = model.firms, model.plants[0]
    row = int(np.flatnonzero(f.alive & (f.component >= 0))[0])
    f.certified[row], f.quality[row] = True, 0.99
    lot = Lot(plant, int(f.component[row]), 1.0, 500.0, 500.0, 10.0, 1e9, 1, 7)
    assert REASONS[tenders.offer(model, lot, row, 0.0 * f.cash).reason] == "finance"
    f.ownership[row] = FOREIGN
    won = tenders.offer(model, lot, row, 0.0 * f.cash)
    assert REASONS[won.reason] == "won"
    cash, debt, came = float(f.cash[row]), float(f.debt[row]), model.follow_on_fdi
    sign(model, lot, won)
    assert (f.cash[row], f.debt[row]) == (cash, debt)
    assert model.follow_on_fdi - came == won.tooling > 0.0


def test_a_parent_does_not_take_back_what_its_young_follower_needs():
    model = at_work()
    f = model.firms
    row = int(np.flatnonzero(f.alive & (f.ownership == PRIVATE))[0])
    f.ownership[row], f.cash[row], f.age[row] = FOREIGN, 1e12, model.params.follow_patience
    f.revenue[row] = f.debt[row] = 0.0
    levy_and_pay_out(model)
    assert f.cash[row] == 1e12
    f.age[row] += 1
    levy_and_pay_out(model)
    assert f.cash[row] < 1e12
    assert model.supplier_profits_abroad == pytest.approx(1e12 - f.cash[row])
