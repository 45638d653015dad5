"""Entry into the chain: rents of open tenders, parts makers, spin-offs, foreign followers, records."""

import math
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from gates import MONEY, Watched, build, run

from model import demography, draws, entrepreneurship, foreign_suppliers, institutions, spin_offs
from model.accounts import FIRMS, HOUSEHOLDS, WORLD, Kind
from model.capability import first_quality
from model.contracts import Contract, OpenTender
from model.firms import (
    CONVERSION,
    FOREIGN,
    FOREIGN_ENTRANT,
    PLANT,
    SERVICE,
    SPINOFF,
    SUPPLIER,
    TRADITIONAL,
)
from model.markets import tenders
from model.new_firms import Heritage, free_row, open_firm, set_up
from model.workers import EMPLOYEE, UNEMPLOYED

SEATS, PACKAGING, GLASS = 5, 0, 7


@pytest.fixture
def ready():
    """The valley with a plant that sells from month 2, after half a year."""
    model = build("plant")
    early(model)
    for _ in range(9):
        model.step()
    assert model.plants[0].selling
    # Who can make parts is each test's own matter.
    model.firms.component[:] = -1
    return model


def early(model):
    for plant in model.plants:
        plant.ground_breaking, plant.opening = -1, 2


def tender(model, component=SEATS, need=600.0, limit=60_000.0, mes=100.0):
    return OpenTender(model.plants[0], component, need, limit, mes)


def home(model, component):
    return int(model.pack.components["home_sector"][component])


# --- What draws founders --------------------------------------------------------------------------


def slow_opportunity(model):
    """Firm by firm and tender by tender."""
    f, base = model.firms, model.base
    surplus, usual = np.zeros(base.firm_output.shape), np.zeros(base.firm_output.shape)
    for row in np.flatnonzero(f.alive):
        r, s = f.region[row], f.sector[row]
        if base.market_sector[s]:
            surplus[r, s] += f.surplus[row]
            usual[r, s] += base.norm_surplus[s] * f.sales[row] * f.price[row]
    for one in model.open_tenders:
        s, site = home(model, one.component), one.plant.region
        enough = min(one.need / one.mes, 1.0)
        enough /= 1 + sum(f.alive[k] and f.component[k] == one.component for k in range(f.capacity))
        for r in range(len(surplus)):
            weight = base.distance_weight[site, r, s] / base.distance_weight[site, site, s]
            rent = enough * base.norm_surplus[s] * one.need * one.limit / 12.0
            surplus[r, s] += rent * min(weight, 1.0)
    ratio = np.ones(surplus.shape)
    for r, s in np.argwhere(base.firm_output >= 0.0):
        if usual[r, s] > 0.0:
            ratio[r, s] = surplus[r, s] / usual[r, s]
        if base.market_sector[s]:
            ratio[r, s] /= max(model.market.filled[r, s], 0.2)
    return np.clip(ratio, 0.05, 5.0)


def test_opportunity_is_that_of_the_slow_twin(ready):
    ready.open_tenders = []
    without = entrepreneurship.profit_opportunity(ready)
    np.testing.assert_allclose(without, slow_opportunity(ready), rtol=1e-10)
    ready.firms.component[np.flatnonzero(ready.firms.alive)[5:8]] = GLASS
    ready.open_tenders = [tender(ready), tender(ready, GLASS, 50.0, 9_000.0)]  # one below its scale
    found = entrepreneurship.profit_opportunity(ready)
    np.testing.assert_allclose(found, slow_opportunity(ready), rtol=1e-10)
    trades = {home(ready, SEATS), home(ready, GLASS)}
    assert {int(s) for s in np.argwhere(found != without)[:, 1]} <= trades
    assert (found > without).any()
    # Tenders that founders do not see change nothing, to the bit.
    ready.params = ready.params.with_values({"tender_rent_weight": 0.0})
    assert np.array_equal(entrepreneurship.profit_opportunity(ready), without)
    assert not entrepreneurship.rent_shares(ready).any()


def test_demand_without_a_seller_counts(ready):
    ready.market.filled[:-1] = 1.0
    usual = entrepreneurship.profit_opportunity(ready)
    ready.market.filled[:-1] = 0.5
    doubled = entrepreneurship.profit_opportunity(ready)
    inside = (usual > 0.1) & (usual < 2.4) & ready.base.market_sector
    np.testing.assert_allclose(doubled[inside], 2.0 * usual[inside], rtol=1e-12)
    assert inside.any()
    ready.params = ready.params.with_values({"unmet_demand_weight": 0.0})
    assert np.array_equal(entrepreneurship.profit_opportunity(ready), usual)


def test_the_rent_of_a_tender_is_nothing_without_need_and_falls_with_distance(ready):
    one, s = tender(ready), home(ready, SEATS)
    rent = spin_offs.tender_rent(ready, one, s)
    assert not spin_offs.tender_rent(ready, replace(one, need=0.0), s).any()
    twice = spin_offs.tender_rent(ready, replace(one, need=2.0 * one.need), s)
    np.testing.assert_allclose(twice, 2.0 * rent, rtol=1e-12)
    # Two who can make the part already leave a third of it.
    f = ready.firms
    f.component[np.flatnonzero(f.alive)[:2]] = SEATS
    third = spin_offs.tender_rent(ready, one, s)
    np.testing.assert_allclose(third, rent / 3.0, rtol=1e-12)
    f.component[:] = -1
    half = spin_offs.tender_rent(ready, replace(one, mes=2.0 * one.need), s)
    np.testing.assert_allclose(half, 0.5 * rent, rtol=1e-12)
    assert rent.argmax() == one.plant.region
    near = ready.base.norm_surplus[s] * one.need * one.limit / 12.0
    assert rent.max() == pytest.approx(near, rel=1e-12)


def test_parts_are_chosen_by_their_rents(ready):
    ready.open_tenders = [
        tender(ready, SEATS, need=300.0), tender(ready, PACKAGING, need=100.0), tender(ready, GLASS),
    ]  # fmt: skip
    r, s = ready.plants[0].region, home(ready, SEATS)
    assert home(ready, PACKAGING) == s != home(ready, GLASS)
    drawn = Counter(spin_offs.pick_part(ready, r, s, (k + 0.5) / 4000) for k in range(4000))
    assert drawn == {SEATS: 3000, PACKAGING: 1000}
    ready.open_tenders = []
    assert spin_offs.pick_part(ready, r, s, 0.5) == -1


def test_parts_makers_among_founders_are_the_rents_share_in_the_profit(ready):
    """No rate is typed in: of those whom a trade draws, the part that the tender drew."""
    ready.open_tenders = [tender(ready)]
    s, r = home(ready, SEATS), ready.plants[0].region
    share = float(entrepreneurship.rent_shares(ready)[r, s])
    surplus = max(float(entrepreneurship.cell_surplus(ready)[0][r, s]), 0.0)
    rent = float(spin_offs.tender_rents(ready)[r, s])
    assert share == pytest.approx(rent / (rent + surplus), rel=1e-12)
    ready.workers.status[:] = UNEMPLOYED
    ready.workers.region[:] = r
    born = [spin_offs.heritage_of(ready, i, s, 0.3).origin for i in range(len(ready.workers))]
    n = len(born)
    assert abs(born.count(SUPPLIER) / n - 0.3) < 4.0 * math.sqrt(0.21 / n)
    assert set(born) <= {SUPPLIER, TRADITIONAL, SERVICE}


# --- What founders bring --------------------------------------------------------------------------


def leaver(model, **columns):
    """A worker of an ordinary firm whose columns are set, and that firm."""
    f, w = model.firms, model.workers
    ordinary = f.alive[w.employer] & (f.origin[w.employer] != PLANT) & (w.status == EMPLOYEE)
    i = int(np.flatnonzero(ordinary)[0])
    parent = int(w.employer[i])
    for name, value in columns.items():
        getattr(f, name)[parent] = value
    return i, parent


def test_without_a_plant_founders_are_what_they_were():
    """But for who leaves a firm that can make a part: that is a spin-off, with no know-how."""
    model = run("none", 12)
    assert not entrepreneurship.rent_shares(model).any()
    f, w, seen = model.firms, model.workers, set()
    for i in range(len(model.workers)):
        parent = int(w.employer[i])
        part = int(f.component[parent]) if parent >= 0 else -1
        for s in np.flatnonzero(model.base.market_sector):
            found = spin_offs.heritage_of(model, i, int(s), 0.0)
            kind = TRADITIONAL if model.base.storable[s] else SERVICE
            if part >= 0 and home(model, part) == s:
                kind = SPINOFF
                assert found.component == part
            else:
                assert found == Heritage(kind)
            assert (found.origin, found.knowledge) == (kind, 0.0)
            seen.add(kind)
    assert seen == {TRADITIONAL, SERVICE, SPINOFF}


def test_who_leaves_a_capable_firm_of_the_trade_can_make_its_part(ready):
    i, _ = leaver(ready, component=SEATS, knowledge=0.4, quality=0.9)
    s = home(ready, SEATS)
    found = spin_offs.heritage_of(ready, i, s, 0.0)
    assert (found.origin, found.component) == (SPINOFF, SEATS)
    assert found.knowledge == pytest.approx(0.5 * 0.4, rel=1e-12)
    assert (found.quality, found.taught) == (-1.0, pytest.approx(0.9, rel=1e-6))
    row = int(np.flatnonzero(~ready.firms.alive & (ready.firms.age == 0))[0])
    identity = np.uint64(12345)
    usual = first_quality(ready, int(identity), 1.0)
    set_up(ready, row, identity, found, 0.0)
    assert ready.firms.quality[row] == pytest.approx(usual + 0.5 * (0.9 - usual), rel=1e-6)
    ready.firms.alive[row] = False
    # In another trade the part is of no use.
    assert spin_offs.heritage_of(ready, i, home(ready, GLASS), 0.0).component == -1


def test_who_leaves_the_plant_takes_its_know_how_by_skill(ready):
    f, w = ready.firms, ready.workers
    i = int(np.flatnonzero(w.employer == ready.plants[0].row)[0])
    w.auto_skill[i] = 0.6
    ready.plants[0].experience = 2000.0
    found = spin_offs.heritage_of(ready, i, home(ready, GLASS), 0.0)
    edge = math.log(getattr(ready.params, "plant_edge", 1.6))
    assert (found.origin, found.component, found.taught) == (SPINOFF, -1, 1.0)
    assert found.knowledge == pytest.approx(0.5 * edge * 0.6, rel=1e-6)
    # No car made anywhere: nothing was learned.
    ready.plants[0].experience = 0.0
    assert spin_offs.handed_on(ready, i, int(w.employer[i])) == 0.0
    assert f.origin[w.employer[i]] == PLANT


def test_skill_in_cars_or_a_tier_one_employer_make_a_spin_off(ready):
    ready.open_tenders = [tender(ready, GLASS)]
    s = home(ready, GLASS)
    i, parent = leaver(ready)
    ready.workers.region[i] = ready.plants[0].region
    assert spin_offs.heritage_of(ready, i, s, 1.0) == Heritage(SUPPLIER, GLASS)
    ready.workers.auto_skill[i] = 0.29
    assert spin_offs.heritage_of(ready, i, s, 1.0).origin == SUPPLIER
    ready.workers.auto_skill[i] = 0.31
    assert spin_offs.heritage_of(ready, i, s, 1.0).origin == SPINOFF
    ready.workers.auto_skill[i] = 0.0
    ready.firms.supplier_tier[parent] = 1
    assert spin_offs.heritage_of(ready, i, s, 0.0).origin == SPINOFF


def test_an_entrant_makes_what_trade_luck_and_know_how_allow(ready):
    f = ready.firms
    i, _ = leaver(ready)
    s, r = home(ready, GLASS), int(ready.workers.region[i])
    row = free_row(ready, r, s, ready.workers.identity[i])
    open_firm(ready, row, i, (5e4, 2e4, 1e4), Heritage(SPINOFF, GLASS, 0.25, 0.8))
    norm = ready.base.productivity[r, s]
    made = norm * math.exp(f.efficiency[row] + 0.25)
    assert f.productivity[row] == pytest.approx(made, rel=1e-12)
    assert (f.component[row], f.quality[row]) == (GLASS, np.float32(0.8))
    assert ready.entry_log[-1].founder == int(ready.workers.identity[i])
    assert ready.entry_log[-1].origin == SPINOFF


# --- Worlds in which it happens -------------------------------------------------------------------


def with_tenders(monkeypatch, make):
    """Let open tenders stand whenever founders look; whoever else writes them."""
    real = entrepreneurship.found_firms

    def look_and_found(model):
        model.open_tenders = make(model)
        real(model)

    monkeypatch.setattr(entrepreneurship, "found_firms", look_and_found)


def always_open(model):
    if not model.plants[0].selling:
        return []
    return [tender(model, part, mes=1.0, limit=150_000.0) for part in (SEATS, GLASS)]


EAGER = {"founding_propensity": 0.05, "follow_cluster": 0, "follow_hurdle": 0.0}


def test_every_gate_holds_while_suppliers_enter(monkeypatch):
    with_tenders(monkeypatch, always_open)
    watched = Watched(build("plant", **EAGER))
    model = watched.model
    early(model)
    stock = None
    for _ in range(36):
        watched.step()
        now = demography.demography_measures(model, demography.count_firms(model))
        for name in demography.ORIGINS.values():
            came = now.get(f"entries_{name}", 0.0) - now[f"exits_{name}"]
            assert stock is None or now[f"firms_{name}"] == stock[f"firms_{name}"] + came
        stock = now
    origins = Counter(one.origin for one in model.entry_log)
    assert origins[SUPPLIER] > 0
    assert origins[FOREIGN_ENTRANT] > 0
    assert origins[CONVERSION] == 0
    parts = [one for one in model.entry_log if one.origin == SUPPLIER]
    assert all(home(model, one.component) == one.sector for one in parts)
    assert sum(model.measures.monthly["follow_on_fdi_suppliers"]) > 0.0
    f, w = model.firms, model.workers
    foreign = f.ownership == FOREIGN
    assert np.all(f.founder[foreign] == -1)
    assert not np.any(np.isin(f.founder[f.alive & ~foreign & (f.origin > 0)], [-1]))
    assert len(w) == len(np.unique(w.identity))


def test_more_rent_more_founders(monkeypatch):
    """Entry answers to the open tenders, and before the plant sells it is as without them."""
    with_tenders(monkeypatch, lambda m: [])
    calm = run("plant", 40, founding_propensity=0.02)
    monkeypatch.undo()
    with_tenders(
        monkeypatch,
        lambda m: [tender(m, p, 6000.0) for p in (SEATS, GLASS)] if m.plants[0].selling else [],
    )
    lured = run("plant", 40, founding_propensity=0.02, follow_cluster=100)
    trades = {home(lured, SEATS), home(lured, GLASS)}
    born = [[e for e in m.entry_log if e.sector in trades] for m in (calm, lured)]
    assert len(born[1]) > len(born[0])
    start = lured.plants[0].opening
    early_births = [[e for e in births if e.period < start] for births in born]
    assert early_births[0] == early_births[1]


# --- Foreign suppliers ----------------------------------------------------------------------------


def a_willing_follower(model):
    model.params = model.params.with_values(
        {"follow_spread": 0.0, "follow_cluster": 1, "scale_elasticity": 0.0}
    )
    model.yearly_output = {"0": 600.0}
    model.contracts = [Contract(model.plants[0], GLASS, 3, 3, 1.0, 9e3, 9e3, 0, 0, 99)]
    value = foreign_suppliers.units_in_set(model.plants[0], SEATS)
    p, plant = model.params, model.plants[0]
    bought_in = p.bought_in_share * value
    freight = p.part_freight * model.pack.distance_km[plant.region, plant.region] / 1000.0
    units = (value - bought_in) * p.local_cost_ratio * (1.0 + freight)
    r, s = model.plants[0].region, home(model, SEATS)
    cost = units * foreign_suppliers.frontier_cost(plant, s)
    cost += bought_in * float(model.market.import_price)
    capital = model.base.norm_capital[s] * units / 12.0 * model.market.capital_price[r]
    capital += tenders.tools_of(model, SEATS) / 600.0
    return cost, capital * model.params.follow_hurdle


def test_a_follower_comes_when_scale_cluster_and_profit_allow(ready):
    cost, return_asked = a_willing_follower(ready)
    enough = tender(ready, limit=cost + 1.01 * return_asked)
    decides = foreign_suppliers.decides_to_follow
    assert decides(ready, enough)
    assert not decides(ready, replace(enough, limit=cost + 0.99 * return_asked))
    assert decides(ready, replace(enough, mes=600.0))
    assert not decides(ready, replace(enough, mes=601.0))
    # What is announced but not made does not count.
    ready.yearly_output = {"0": 99.0}
    assert not decides(ready, enough)
    ready.yearly_output = {"0": 600.0}
    ready.contracts = []
    assert not decides(ready, enough)


def test_the_parent_abroad_pays_for_what_the_follower_starts_with(ready):
    cost, return_asked = a_willing_follower(ready)
    ready.open_tenders = [tender(ready, limit=cost + 2.0 * return_asked)]
    f, before = ready.firms, float(ready.firms.cash.sum())
    was = float(ready.accounts.flows[WORLD, FIRMS, Kind.FDI])
    foreign_suppliers.follow_plants(ready)
    (row,) = np.flatnonzero(f.origin == FOREIGN_ENTRANT)
    came = float(ready.accounts.flows[WORLD, FIRMS, Kind.FDI]) - was
    assert came == pytest.approx(float(f.cash[row]), rel=1e-12)
    assert float(f.cash.sum()) - before == pytest.approx(came, rel=1e-12)
    assert came == ready.follow_on_fdi > 0.0
    assert (f.ownership[row], f.founder[row], f.component[row]) == (FOREIGN, -1, SEATS)
    assert f.knowledge[row] == pytest.approx(foreign_suppliers.know_how(ready.plants[0]), rel=1e-12)
    # One at a time, and where one has failed the next one waits.
    foreign_suppliers.follow_plants(ready)
    assert np.count_nonzero(f.origin == FOREIGN_ENTRANT) == 1
    f.age[row], f.customers[row], f.orders[row] = 30, 0.0, 0.0
    entrepreneurship.close_insolvent_firms(ready)
    assert not f.alive[row]
    ready.yearly_output = {"0": 6000.0}
    for months in (0, 59):
        ready.period += months
        foreign_suppliers.follow_plants(ready)
        assert np.count_nonzero(f.origin == FOREIGN_ENTRANT) == 1
        ready.yearly_output = {"0": 6000.0}
    ready.period += 1
    foreign_suppliers.follow_plants(ready)
    assert np.count_nonzero(f.origin == FOREIGN_ENTRANT) == 2


def foreign_firm(model):
    r, s = model.plants[0].region, home(model, GLASS)
    row = free_row(model, r, s, np.uint64(77))
    set_up(model, row, np.uint64(77), Heritage(FOREIGN_ENTRANT, GLASS), 0.0)
    model.firms.ownership[row], model.firms.cash[row] = FOREIGN, 9e8
    model.firms.age[row] = model.params.follow_patience + 1
    return row


def test_a_foreign_suppliers_dividends_go_abroad(ready):
    row = foreign_firm(ready)
    flows = ready.accounts.flows
    rich, was = ready.workers.savings.copy(), flows[FIRMS, WORLD, Kind.DIVIDENDS]
    ready.firms.cash[:row], ready.firms.cash[row + 1 :] = -1.0, -1.0
    home_before = flows[FIRMS, HOUSEHOLDS, Kind.DIVIDENDS]
    ready.bank.equity = 0.0
    institutions.levy_and_pay_out(ready)
    paid = flows[FIRMS, WORLD, Kind.DIVIDENDS] - was
    assert paid == pytest.approx(ready.params.payout_speed * 9e8, rel=1e-9)
    assert flows[FIRMS, HOUSEHOLDS, Kind.DIVIDENDS] == home_before
    assert np.array_equal(ready.workers.savings, rich)
    assert ready.supplier_profits_abroad == paid


def test_what_a_closed_foreign_supplier_leaves_goes_abroad(ready):
    row = foreign_firm(ready)
    f, flows = ready.firms, ready.accounts.flows
    f.age[row], f.customers[row], f.orders[row] = 30, 0.0, 0.0
    was, rich = flows[FIRMS, WORLD, Kind.DIVIDENDS], float(ready.workers.savings[-1])
    entrepreneurship.close_insolvent_firms(ready)
    assert not f.alive[row]
    assert flows[FIRMS, WORLD, Kind.DIVIDENDS] - was == pytest.approx(9e8, rel=1e-12)
    assert float(ready.workers.savings[-1]) == rich
    assert ready.exit_log[-1].identity == 77 or any(e.identity == 77 for e in ready.exit_log)


# --- Survival (V13) -------------------------------------------------------------------------------


def cohort(n, hazard, years):
    """Months lived by a cohort that loses `hazard` of its members at the end of every year."""
    months, left = [], n
    for year in range(1, years + 1):
        dead = round(left * hazard)
        months += [12 * year] * dead
        left -= dead
    ended = [True] * len(months) + [False] * left
    return np.array(months + [12 * years] * left), np.array(ended)


def test_v13_survival_at_a_constant_hazard():
    curve = demography.survival_curve(*cohort(1_000_000, 0.15, 20), ages=[24, 36, 60])
    np.testing.assert_allclose(curve, [0.7225, 0.6141, 0.4437], atol=5e-5)
    np.testing.assert_allclose(curve, [0.85**2, 0.85**3, 0.85**5], atol=2e-6)


def test_v13_the_stock_settles_at_entry_over_hazard():
    years, entry = 120, 40.0
    months, ended = cohort(1_000_000, 0.15, 40)
    alive = demography.survival_curve(months, ended, [12 * k for k in range(40)])
    stock = entry * (alive.sum() + 0.85**40 / 0.15)
    assert stock == pytest.approx(entry / 0.15, rel=1e-5)
    recursion = 0.0
    for _ in range(years):
        recursion = 0.85 * recursion + entry
    assert recursion == pytest.approx(entry / 0.15, rel=1e-6)


def test_firms_still_in_business_count_as_long_as_they_were_seen():
    """Random births, seen for different times: the true curve, not the share of closed firms."""
    n, hazard = 20_000, 0.02
    u = np.array([draws.uniform2(1, draws.ENTRANT, k, 0, 0) for k in range(n)])
    life = np.ceil(np.log(u[:, 0]) / math.log(1.0 - hazard)).astype(np.int64)
    seen = (120 * u[:, 1]).astype(np.int64)
    months, ended = np.minimum(life, seen), life <= seen
    curve = demography.survival_curve(months, ended, [12, 36, 60])
    truth = (1.0 - hazard) ** np.array([12, 36, 60])
    assert np.all(np.abs(curve - truth) < 0.015)
    naive = np.array([(~ended | (months > age)).mean() for age in (12, 36, 60)])
    assert np.all(naive[1:] > truth[1:] + 0.05)


def test_survival_of_nobody_and_beyond_the_oldest_is_unknown():
    nobody = demography.survival_curve(*demography.lifetimes([], [], 9), ages=[1, 12])
    assert np.isnan(nobody).all()
    curve = demography.survival_curve(np.array([3, 5]), np.array([True, False]), [0, 3, 5, 6])
    np.testing.assert_array_equal(curve, [1.0, 0.5, 0.5, np.nan])


# --- The books ------------------------------------------------------------------------------------


def test_the_log_tells_of_every_birth_and_death():
    model = build("none", founding_propensity=0.03)
    births = deaths = 0
    alive = model.firms.alive.copy()
    for _ in range(24):
        model.step()
        births += int((model.firms.alive & ~alive).sum())
        deaths += int((~model.firms.alive & alive).sum())
        assert model.entries == model.entries_by_origin.sum()
        assert model.exits == model.exits_by_origin.sum()
        alive = model.firms.alive.copy()
    assert births == len(model.entry_log) > 0
    assert deaths == len(model.exit_log)
    assert len({one.row for one in model.entry_log}) == births
    months, ended = demography.lifetimes(model.entry_log, model.exit_log, model.period)
    assert int((~ended).sum()) == int((model.firms.alive & (model.firms.origin > 0)).sum())
    assert months.min() >= 0


def test_what_the_bank_loses_is_in_the_log():
    model = build("none")
    f = model.firms
    model.step()
    victim = int(np.flatnonzero(f.alive & model.base.market_sector[f.sector])[0])
    f.cash[victim], f.debt[victim], f.capital[victim] = -5e9, 3e6, 0.0
    before, seen = model.accounts.write_offs, len(model.exit_log)
    entrepreneurship.close_insolvent_firms(model)
    lost = sum(one.written_off for one in model.exit_log[seen:])
    assert model.accounts.write_offs - before == pytest.approx(lost, rel=MONEY)
    assert lost >= 5e9


def test_no_founder_is_turned_away_for_want_of_a_row():
    model = run("plant", 40, pack="kyrgyzstan", scale=500)
    assert not np.any(model.measures.monthly["founders_turned_away"])
