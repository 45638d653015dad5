"""Localisation part by part: bids, qualification, contracts, deliveries, local content."""

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from gates import Watched, build, run
from hypothesis import given
from hypothesis import strategies as st
from state import differences

from model import World, capability
from model.contracts import REASONS, Contract
from model.local_content import contents, cumulated_content, domestic_content
from model.markets import bids, contract_life, tenders
from model.markets.awards import Candidate, Lot, buy_tools, mark_tiers
from model.plant_parts import base_values, deletion_shares, savings

PLAN, ENCLAVE = World.load("plan"), World.load("enclave")
# A small country whose makers win: cheap tools, little asked, and nearly all of a part is saved.
EASY = {
    "deletion_low": 0.95, "deletion_high": 1.0, "least_scale": 0.0, "scale_elasticity": 0.0,
    "tooling_base": 1e4, "quality_threshold": 0.05, "quality_complexity_step": 0.0,
    "certification_cost": 1e3, "certification_months": 1, "capacity_growth": 50.0,
    "freight_limit": 1.0, "part_freight": 0.0, "contract_months": 9,
}  # fmt: skip
# In the sixth month of deliveries in the valley, or thereabouts.
MONTHS = 36


def easy_world(world=PLAN, **settings):
    """At its first month; a rule makes local parts worth half more to the plant."""
    model = build(world, **(EASY | settings))
    model.plants[0].mandate_premium = 0.5
    return model


def easy(months=MONTHS, world=PLAN, **settings):
    model = easy_world(world, **settings)
    for _ in range(months):
        model.step()
    return model


@pytest.fixture(scope="module")
def supplied():
    """A model in which contracts deliver; not to be changed."""
    return easy()


# --- Pure rules -----------------------------------------------------------------------------------


def test_a_bid_by_hand():
    """Seats of 100,000 KGS; half the least efficient scale; tools of 8m KGS over 5 years at 18 %."""
    recovery = 0.18 / (1 - 1.18**-5)
    assert bids.capital_recovery(0.18, 5) == pytest.approx(recovery)
    scale = bids.scale_factor(5000, 10_000, 0.15)
    assert scale == pytest.approx(2**0.15)
    units = bids.units_per_set(60_000, scale, 0.02)
    bid = bids.bid_price(1.2, 0.9, units, 40_000, 8e6, recovery, 5000)
    by_hand = 1.2 * 0.9 * 60_000 * (2**0.15 + 0.02) + 40_000 + 8e6 * recovery / 5000
    assert bid == pytest.approx(by_hand)
    assert bids.tooling_cost(4e7, 2.0, 4) == 1.6e8
    assert bids.capital_recovery(0.0, 5) == 0.2


def test_what_is_saved_lies_between_freight_and_the_whole_part():
    assert bids.set_saving(1000.0, 0.0, 0.05) == 50.0
    assert bids.set_saving(1000.0, 1.0, 0.05) == 1000.0
    assert bids.tender_limit(800.0, 0.0, 0.0, 0.0) == 800.0
    assert bids.tender_limit(800.0, 0.15, 0.12, 0.1) == pytest.approx(800 * 1.168 * 1.1)


POSITIVE = st.floats(1.0, 1e6)


@given(POSITIVE, POSITIVE, st.floats(1.0, 1e7), st.floats(0.0, 0.5))
def test_a_bid_falls_with_volume(volume, mes, tooling, elasticity):
    def bid(sets):
        units = bids.units_per_set(1e4, bids.scale_factor(sets, mes, elasticity), 0.01)
        return bids.bid_price(1.1, 1.0, units, 0.0, tooling, 0.3, sets)

    assert bid(2.0 * volume) < bid(volume)
    assert bid(volume) >= 1.1 * 1e4 * 0.01


@given(st.floats(0, 1), st.floats(0, 1e5), st.floats(1, 1e5), st.floats(0, 1))
def test_trust_follows_the_record(trust, realised, announced, speed):
    after = bids.next_volume_trust(trust, realised, announced, speed)
    record = min(realised / announced, 1.0)
    assert min(trust, record) - 1e-12 <= after <= max(trust, record) + 1e-12
    volume = bids.expected_volume(after, announced, realised)
    assert min(announced, realised) - 1e-6 <= volume <= max(announced, realised) + 1e-6


def test_lots():
    assert bids.open_lots(0.0, 2) == bids.open_lots(1e-12, 1) == []
    assert bids.open_lots(1.0, 1) == [1.0]
    assert bids.open_lots(1.0, 2) == [0.6, 0.4]
    assert bids.open_lots(0.4, 2) == [0.4]


GOOD = {
    "quality": (0.5, 0.4), "certified": True, "volume": (10.0, 5.0), "extra": (1.0, 2.0),
    "means": (9.0, 3.0), "freight": (0.01, 0.03),
}  # fmt: skip
BAD = {
    "quality": (0.3, 0.4), "certified": False, "scale": (4.0, 5.0), "capacity": (3.0, 2.0),
    "finance": (2.0, 3.0), "distance": (0.04, 0.03),
}  # fmt: skip
NAMES = dict(zip(BAD, GOOD, strict=True)) | {"certification": "certified"}


def test_each_reason_is_reached_and_the_first_one_counts():
    order = ["quality", "scale", "capacity", "finance", "distance", "certification"]
    bad = BAD | {"certification": BAD["certified"]}
    assert bids.first_failure(**GOOD) == 0
    facts = dict(GOOD)
    for name in reversed(order):
        key = NAMES.get(name, "certified")
        one = bids.first_failure(**(GOOD | {key: bad[name]}))
        assert REASONS[one] == name
        facts[key] = bad[name]
        assert REASONS[bids.first_failure(**facts)] == name


def candidate(row, bid, incumbent=False, reason=0):
    return Candidate(row, 1.0, 0.0, bid, 0.0, incumbent, reason)


def test_the_lowest_bid_wins_but_an_incumbent_stays_for_a_little_more():
    a, b, old = candidate(1, 95.0), candidate(2, 90.0), candidate(3, 94.0, incumbent=True)
    assert tenders.best([a, b], 100.0, 0.05) is b
    assert tenders.best([a, b, old], 100.0, 0.05) is old
    assert tenders.best([a, b, old], 100.0, 0.04) is b
    assert tenders.best([a, b, old], 93.0, 0.05) is b
    assert tenders.best([a, b, old], 80.0, 0.05) is None
    assert tenders.best([candidate(1, 50.0, reason=3), a], 100.0, 0.05) is a


def test_content_without_imports_is_all_and_matches_the_round_by_round_sum():
    home = np.array([[0.1, 0.3], [0.2, 0.05]])
    assert cumulated_content(home, np.zeros(2)) == pytest.approx([1.0, 1.0])
    abroad = np.array([0.2, 0.1])
    rounds, step = np.zeros(2), abroad.copy()
    for _ in range(200):
        rounds += step
        step = step @ home
    assert cumulated_content(home, abroad) == pytest.approx(1.0 - rounds)


# --- The start ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("pack", "scale"), [("valley", 1.0), ("kyrgyzstan", 100.0)])
def test_makers_at_the_start(pack, scale):
    plan, none = build(PLAN, pack, scale=scale), build("none", pack, scale=scale)
    f, parts = plan.firms, plan.pack.components
    assert np.array_equal(f.component, none.firms.component)
    assert np.array_equal(f.quality, none.firms.quality)
    can = np.flatnonzero(f.component >= 0)
    assert len(can) > 0
    assert np.all(f.alive[can])
    assert np.array_equal(f.sector[can], parts["home_sector"][f.component[can]])
    for c in np.flatnonzero(parts["in_kit"]):
        rows = np.flatnonzero(f.component == c)
        assert len(rows) <= capability.makers_of(int(parts["complexity"][c]), 6.0)
    made = f.alive & plan.base.market_sector[f.sector]
    assert 0.35 < np.median(f.quality[made]) < 0.5
    big = f.employees > np.quantile(f.employees[made], 0.9)
    assert f.quality[made & big].mean() > f.quality[made & ~big].mean()
    other = build(PLAN, pack, scale=scale, seed=2)
    assert not np.array_equal(other.firms.component, f.component)


def test_the_allowance_is_drawn_by_part_within_its_range():
    model = build(PLAN)
    shares = deletion_shares(model)
    assert np.all((shares > 0.4) & (shares < 0.9))
    assert len(set(shares)) == len(shares)
    assert np.array_equal(shares, deletion_shares(build("none")))


# --- Tenders in the model -------------------------------------------------------------------------


def test_parts_are_bought_and_content_counts_them(supplied):
    now = supplied.measures.now
    plant = supplied.plants[0]
    assert now["contracts"] >= 2
    assert now["tier1_suppliers"] >= 2
    assert now["supplier_jobs"] > 0
    nominal, deep = contents([plant])
    assert now["local_content_nominal"] == nominal == plant.local_content
    assert 0.0 < deep < nominal < 1.0
    names = [str(name) for name in supplied.pack.components["name"]]
    for one in supplied.contracts:
        assert supplied.pack.components["earliest_stage"][one.component] <= plant.local_stage
        if one.delivered:
            assert now[f"local_share_{names[one.component]}"] > 0.0
    content = domestic_content(supplied)
    assert np.all((content > 0.0) & (content <= 1.0))


def test_no_winner_asks_more_than_the_part_saves(supplied):
    won = [one for one in supplied.failures if one.reason == "won"]
    assert won
    assert all(one.bid <= one.limit for one in won)
    by_tender = {(one.period, one.component) for one in supplied.failures}
    assert len(won) <= len(by_tender)


def test_every_gate_holds_while_parts_are_bought():
    watched = Watched(easy_world(sourcing=2))
    for _ in range(MONTHS + 12):
        watched.step()
    model = watched.model
    assert model.past_contracts
    assert any(one.paid > 0 for one in model.past_contracts)


def test_a_lower_allowance_wins_less():
    def won(low, high):
        model = easy(30, deletion_low=low, deletion_high=high)
        return sum(one.reason == "won" for one in model.failures)

    assert won(0.0, 0.1) == 0
    assert won(0.9, 1.0) > 0


def test_an_enclave_holds_no_tender():
    model = easy(30, ENCLAVE)
    assert not (model.contracts)
    assert not (model.failures)
    assert not (model.open_tenders)
    assert model.measures.now["local_content_nominal"] == 0.0


def test_without_contracts_the_plant_runs_as_if_nobody_could_bid():
    """Quality out of reach for everybody: as a world where no part has a maker."""
    nobody = run(PLAN, 30, quality_threshold=1.0, certification_cost=0.0)
    far = run(PLAN, 30, quality_threshold=1.0, certification_cost=0.0, parts_cover=3.0)
    assert not nobody.contracts
    assert not list(differences(nobody, far, plants=True))


def test_two_sources_share_a_part():
    model = easy(MONTHS, sourcing=2)
    shares = {}
    for one in model.contracts:
        shares.setdefault((one.component, one.start), []).append((one.share, one.firm))
    assert any(len(firms) == 2 for firms in shares.values())
    for parts in shares.values():
        if len(parts) == 2:
            assert sorted(share for share, _ in parts) == [0.4, 0.6]
            assert parts[0][1] != parts[1][1]


def test_a_contract_ends_and_the_incumbent_follows_without_new_tools():
    model = easy(MONTHS + 14)
    ended = [one for one in model.past_contracts if one.closed < 0]
    assert ended
    again = [
        (old, new)
        for old in ended
        for new in (*model.contracts, *model.past_contracts)
        if new is not old and new.component == old.component and new.firm == old.firm
        and new.award > old.award
    ]  # fmt: skip
    assert again
    for old, new in again:
        assert new.start > old.end
        assert new.tooled == old.tooled


def test_a_supplier_that_closes_ends_its_contract_and_the_part_is_tendered_again():
    model = easy()
    one = model.contracts[0]
    model.firms.alive[one.firm] = False
    contract_life.end_contracts(model)
    assert one.closed == model.period
    assert one in model.past_contracts
    before = len(model.failures)
    saved = float(savings(one.plant)[one.component])
    tenders.tender_part(one.plant, one.component, saved)
    rows = {failure.firm for failure in model.failures[before:]}
    assert one.firm not in rows


def test_the_line_stops_without_a_part_and_the_parent_sends_loose_sets(monkeypatch):
    """Suppliers ship nothing: when the stock is used up no car is made, then loose sets come."""
    model = easy(34)
    plant = model.plants[0]
    part = max(model.contracts, key=lambda one: one.delivered).component
    assert plant.parts.delivered[part] > 0.0
    monkeypatch.setattr(contract_life, "_ship", lambda model, one, filled: None)
    monkeypatch.setattr(
        "model.plant_parts.loose_sets", lambda plant: np.zeros(len(plant.parts.stock))
    )
    for _ in range(4):
        model.step()
    assert plant.month["cars_made"] == 0
    assert plant.kits > 0
    assert plant.planned > 0
    assert plant.month["line_short_of_parts"] > 0
    monkeypatch.undo()
    monkeypatch.setattr(contract_life, "_ship", fail_to_ship)
    for _ in range(7):
        model.step()
    assert plant.month["cars_made"] > 0


def fail_to_ship(model, one, filled):
    """What an order that is not served leaves behind."""
    one.reliability *= 0.75


# --- Pieces against hand calculations --------------------------------------------------------------


def open_lot(model, component=None):
    """A lot of the first part with a maker, at the volume of the announcement."""
    plant = model.plants[0]
    f = model.firms
    parts = [c for c in tenders.parts_allowed(plant) if np.any(f.alive & (f.component == c))]
    c = parts[0] if component is None else component
    mes = float(model.pack.components["mes"][c]) / model.scale
    limit = float(savings(plant)[c])
    return Lot(plant, c, 1.0, plant.capacity(), mes, float(base_values(plant)[c]), limit, 90, 99)


def test_an_offer_in_the_model_by_hand(supplied):
    lot = open_lot(supplied)
    f, p = supplied.firms, supplied.params
    row = int(np.flatnonzero(f.alive & (f.component == lot.component))[0])
    one = tenders.offer(supplied, lot, row, supplied.bank.credit_lines())
    shares = np.where(
        supplied.pack.components["in_kit"], supplied.pack.components["ice_share"], 0.0
    )
    value = shares[lot.component] / shares.sum() * lot.plant.kit_price * p.ckd_kit_share
    complexity = int(supplied.pack.components["complexity"][lot.component])
    made = 0.6 * value * p.local_cost_ratio * f.markup[row] * f.unit_cost[row]
    tools = p.tooling_base * 2.0 ** (complexity - 2) / supplied.scale
    yearly = tools * 0.18 / (1 - 1.18**-5) / lot.volume
    assert p.bought_in_share == 0.4
    assert p.loan_rate == 0.18
    assert one.bid == pytest.approx(made + 0.4 * value + yearly)


def test_a_candidate_fails_for_what_it_lacks():
    model = easy(24)
    lot = open_lot(model)
    f = model.firms
    row = int(np.flatnonzero(f.alive & (f.component == lot.component))[0])
    f.quality[row], f.certified[row], f.cash[row] = 0.9, True, 1e12

    def reason(lot=lot, **settings):
        model.params = replace(model.params, **settings) if settings else model.params
        return REASONS[tenders.offer(model, lot, row, model.bank.credit_lines()).reason]

    assert reason() == "won"
    assert reason(part_freight=1.0, freight_limit=0.0) == "distance"
    f.cash[row], f.debt[row] = -1.0, 1e15
    assert reason() == "finance"
    assert reason(capacity_growth=0.0, part_freight=0.0) in ("capacity", "finance")
    f.expected_sales[row] = 1e12
    assert reason() == "capacity"
    assert reason(least_scale=1.0, aftermarket_spend=0.0) == "scale"
    f.quality[row] = 0.01
    assert reason() == "quality"


def test_only_who_lacks_nothing_else_pays_for_a_certificate():
    """A maker below the least scale has no use for one."""
    model = easy(24)
    f, lot = model.firms, open_lot(model)
    makers = np.flatnonzero(f.alive & (f.component == lot.component) & (f.age >= 1))
    f.quality[makers], f.certified[makers], f.cash[makers] = 0.9, False, 1e12
    usual = model.params
    model.params = replace(usual, least_scale=0.5)
    tenders.award(model, replace(lot, mes=1e12))
    assert not set(makers) & set(model.certificates_due)
    model.params = usual
    tenders.award(model, lot)
    assert set(makers) <= set(model.certificates_due)


def test_tools_are_paid_to_the_world_by_cash_and_loan():
    model = easy(20)
    f = model.firms
    row = int(np.flatnonzero(f.alive & (f.component >= 0) & (f.cash > 0))[0])
    cash, debt, imports = f.cash[row], f.debt[row], model.capital_imports
    buy_tools(model, row, 1000.0)
    loan = f.debt[row] - debt
    assert loan >= 0.0
    assert f.cash[row] == pytest.approx(cash + loan - 1000.0)
    assert model.capital_imports == imports + 1000.0


def test_tiers(supplied):
    f = supplied.firms
    mark_tiers(supplied)
    first = {one.firm for one in supplied.contracts}
    assert set(np.flatnonzero(f.supplier_tier == 1)) == first
    for row in np.flatnonzero(f.supplier_tier == 2):
        assert any(row in f.supplier[one] for one in first)


def test_all_money_doubled_changes_no_contract():
    one, two = easy(32), easy(32, numeraire=2.0)
    assert [(c.component, c.firm, c.start) for c in one.contracts] == [
        (c.component, c.firm, c.start) for c in two.contracts
    ]
    for a, b in zip(one.contracts, two.contracts, strict=True):
        assert b.price == pytest.approx(2.0 * a.price)
        assert b.units == pytest.approx(a.units)


def test_a_contract_runs_from_start_to_end():
    one = Contract(SimpleNamespace(), 0, 1, 1, 1.0, 10.0, 5.0, 0, 6, 41)
    assert [one.runs(t) for t in (5, 6, 41, 42)] == [False, True, True, False]
    assert math.isclose(one.reliability, 1.0)
