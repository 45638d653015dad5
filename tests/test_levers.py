"""Levers: neutral they do nothing, on they cost the budget exactly what others get."""

from dataclasses import replace

import numpy as np
import pytest
from gates import Watched, build, run
from hypothesis import given
from hypothesis import strategies as st
from state import differences
from test_shocks import opened, set_now

from model import InputError, World
from model.accounts import BANK, FIRMS, GOVERNMENT, IMPORTERS, Kind
from model.border import freight_factor, landed_cost
from model.levers import capable_firms, fund_reach, premium_worth_paying
from model.markets import credit
from model.markets.car_choice import NEW, USED
from model.markets.tenders import rates_paid
from model.worlds import Event

# Each lever at its neutral value, with everything that goes with it far from its default.
NEUTRAL = {
    "guarantee": {"guarantee_share": 0.0, "credit_scope": "parts"},
    "rate": {"sme_rate_subsidy": 0.0, "credit_scope": "parts"},
    "exemption": {"kit_exemption": 1.0},
    "holiday": {"tax_holiday_months": 0},
    "rule": {
        "local_content_requirement": 0.0,
        "mandate_grace_months": 0,
        "mandate_fine": 0.9,
        "mandate_premium_max": 5.0,
    },
    "fund": {"supplier_fund": 0.0, "programme_cost": 5.0},
    "fee": {"import_registration_fee": 0.0},
    "logistics": {
        "logistics_investment": 0.0, "logistics_effect": 5.0, "logistics_capital": 1e6,
        "logistics_wear": 0.5, "kit_freight_share": 0.9,
    },
    "corridor": {"corridor_open": 1.0},
}  # fmt: skip
LEVERS = (
    "no_exemption", "tax_holiday", "mandate", "supplier_fund", "guarantee", "soft_credit",
    "procurement", "car_loans", "import_fee", "tariff", "logistics", "package",
)  # fmt: skip


def test_neutral_levers_change_nothing():
    """All at once, by an event in month 2, with a plant that makes cars."""
    values = {name: value for one in NEUTRAL.values() for name, value in one.items()}
    late = replace(World.load("plan"), events=(Event("2023-03", values),))
    usual, neutral = opened("plan"), opened(late)
    for _ in range(16):
        usual.model.step()
        neutral.model.step()
    assert neutral.model.params.logistics_effect == 5.0
    assert usual.model.measures.now["cars_made"] > 0
    assert not differences(usual.model, neutral.model, plants=True)


# --- Credit -----------------------------------------------------------------------------------------


def test_a_guarantee_leaves_the_banks_own_risk_as_it_was():
    for share in (0.0, 0.3, 0.7, 0.9):
        loan = credit.loans_over_capital(0.9, share)
        assert loan * (1.0 - share) == pytest.approx(0.9)
    model = build("none", guarantee_share=0.5)
    room, usual = credit.borrowing_room(model), credit.borrowing_room(build("none"))
    assert np.all(room >= usual)
    assert room.sum() > usual.sum()
    large = model.firms.employees >= 250
    assert np.array_equal(room[large], usual[large])
    assert credit.start_up_share(model) == 1.0


def test_guarantees_are_of_new_loans_and_paid_when_a_firm_closes():
    watched = Watched(build("none", guarantee_share=0.5))
    model, f = watched.model, watched.model.firms
    for _ in range(8):
        watched.step()
        assert np.all(f.guaranteed >= 0.0)
        assert np.all(f.guaranteed <= 0.5 * f.debt + 1e-6)
    row = int(np.argmax(np.where(credit.favoured(model), f.guaranteed, 0.0)))
    owed = f.guaranteed[row]
    assert owed > 0.0
    closing = np.array([row])
    equity, debt = model.bank.equity, model.government.public_debt
    model.accounts.open_month()
    credit.call_guarantees(model, closing)
    assert model.accounts.flows[GOVERNMENT, BANK, Kind.GUARANTEES] == owed
    assert model.bank.equity - equity == pytest.approx(owed)
    assert model.government.public_debt - debt == pytest.approx(owed)
    assert f.guaranteed[row] == 0.0


def test_guarantees_are_called_in_a_run_and_the_books_close():
    """Firms without cash close; government pays for their guaranteed loans, every month's gates hold."""
    watched = Watched(build("none", guarantee_share=0.8, loan_to_value=0.05, cash_months=0.1))
    called = 0.0
    for month in range(14):
        f = watched.model.firms
        if month > 6:
            broke = f.alive & (f.guaranteed > 0.0) & watched.model.base.market_sector[f.sector]
            f.surplus[np.flatnonzero(broke)[:3]] = 0.0
            f.expected_sales[np.flatnonzero(broke)[:3]] *= 0.01
        watched.step()
        called += watched.model.measures.now["guarantee_calls"]
        flow = watched.model.accounts.flows[GOVERNMENT, BANK, Kind.GUARANTEES]
        assert flow <= watched.model.accounts.write_offs + 1e-9


def test_a_rate_subsidy_is_what_firms_do_not_pay():
    """The bank gets the same; firms and budget share it."""
    helped, usual = build("none", sme_rate_subsidy=0.06), build("none")
    helped.step()
    usual.step()
    paid, before = (m.accounts.flows[FIRMS, BANK, Kind.INTEREST] for m in (helped, usual))
    subsidy = helped.accounts.flows[GOVERNMENT, BANK, Kind.SUBSIDIES]
    assert subsidy > 0.0
    assert paid + subsidy == pytest.approx(before, rel=1e-12)
    assert helped.measures.now["sme_rate_subsidies"] == pytest.approx(subsidy * helped.scale)
    assert helped.measures.now["soft_loan_cost"] == pytest.approx(0.0, abs=1e-6)
    watched = Watched(helped)
    for _ in range(4):
        watched.step()


def test_levers_on_credit_can_be_for_makers_of_parts_alone():
    model = build("none", guarantee_share=0.5, credit_scope="parts")
    model.firms.component[:] = -1
    assert np.array_equal(credit.borrowing_room(model), credit.borrowing_room(build("none")))
    row = int(np.flatnonzero(credit.borrowing_room(model) > 0.0)[0])
    model.firms.component[row] = 0
    assert list(np.flatnonzero(credit.favoured(model))) == [row]
    assert credit.start_up_guarantee(model) == 0.0


# --- The plant's exemptions, and tax -----------------------------------------------------------------


def month_of(months=14, **values):
    """A model in the month after so many months, its plant at work; `values` hold from then on."""
    watched = opened("plan")
    for _ in range(months):
        watched.step()
    set_now(watched.model, **values)
    watched.step()
    return watched.model


def test_half_an_exemption_pays_half():
    full, half, none = (month_of(kit_exemption=part) for part in (1.0, 0.5, 0.0))
    free = full.plants[0].month["duty_forgone"]
    now = half.plants[0].month["duty_forgone"]
    assert 0.0 <= none.plants[0].month["duty_forgone"] < now < free
    taxes = [m.accounts.flows[FIRMS, GOVERNMENT, [Kind.DUTY, Kind.VAT]].sum() for m in
             (full, half, none)]  # fmt: skip
    assert taxes[1] - taxes[0] == pytest.approx(free - now, rel=1e-9)
    assert taxes[2] - taxes[1] == pytest.approx(taxes[1] - taxes[0], rel=1e-9)


@pytest.mark.parametrize("left", [1.0, 0.25, 0.0])
def test_a_part_bought_at_home_saves_the_duty_that_the_kit_pays(left):
    """What a kit pays in duty it does not pay on a part left out of it: the limit of a bid."""
    plant = build("plan", kit_exemption=left).plants[0]
    p = plant.model.params
    assert rates_paid(plant) == pytest.approx(
        ((1.0 - left) * p.kit_duty_rate, (1.0 - left) * p.vat_rate), abs=1e-15
    )
    plant.exempt = False
    assert rates_paid(plant) == (p.kit_duty_rate, p.vat_rate)


def test_a_tax_holiday_costs_the_tax_on_profit():
    usual, holiday = month_of(), month_of(tax_holiday_months=100)
    due = holiday.plants[0].month["profit_tax_forgone"]
    taxes = [m.accounts.flows[FIRMS, GOVERNMENT, Kind.PROFIT_TAX] for m in (usual, holiday)]
    assert due >= 0.0
    assert taxes[0] - taxes[1] == pytest.approx(due, rel=1e-9, abs=1e-6)
    over = month_of(tax_holiday_months=3)
    assert "profit_tax_forgone" not in over.plants[0].month


# --- The local-content rule ---------------------------------------------------------------------------


def test_a_missed_rule_costs_exemptions_and_fines_until_it_is_met():
    values = {"local_content_requirement": 0.3, "mandate_grace_months": 4, "mandate_fine": 0.05}
    watched = opened("plan", **values)
    model, plant = watched.model, watched.model.plants[0]
    was = []
    for period in range(-3, 36):
        # Met only from month 10 on: judged in month 6 (missed), in 18 (met), in 30 (missed).
        plant.local_content = 0.35 if 10 <= period < 24 else 0.1
        watched.step()
        assert model.period == period
        missed = 6 <= period < 18 or period >= 30
        assert plant.mandate_met != missed
        assert plant.exempt != missed
        assert model.measures.now["mandate_met"] == float(not missed)
        fine = 0.05 * plant.month.get("plant_sales_value", 0.0) if missed else 0.0
        assert model.accounts.flows[FIRMS, GOVERNMENT, Kind.FINES] == pytest.approx(fine)
        was.append(plant.month.get("duty_forgone", 0.0))
    # The month of the judgement itself was still exempt.
    assert max(was[7 + 3 : 18 + 3]) == 0.0
    assert max(was[19 + 3 : 30 + 3]) > 0.0
    set_now(model, local_content_requirement=0.0)
    watched.step()
    assert plant.exempt
    assert plant.mandate_premium == 0.0


def test_before_the_grace_is_over_the_plant_only_reacts():
    watched = opened("plan", local_content_requirement=0.3, mandate_grace_months=200)
    for _ in range(12):
        watched.step()
    plant = watched.model.plants[0]
    assert plant.exempt
    assert plant.mandate_met
    assert 0.0 < plant.mandate_premium <= watched.model.params.mandate_premium_max
    assert watched.model.measures.now["mandate_fines"] == 0.0


@given(
    st.floats(0.0, 1e9), st.floats(1.0, 1e10), st.floats(0.0, 1.0), st.floats(0.01, 1.0),
    st.floats(0.0, 2.0),
)  # fmt: skip
def test_the_premium_is_the_sanction_per_missing_part(stake, parts, content, required, most):
    premium = premium_worth_paying(stake, parts, content, required, most)
    assert 0.0 <= premium <= most
    if premium < most and content < 0.9 * required:
        assert premium * (required - content) * parts == pytest.approx(stake, rel=1e-9)
    assert premium_worth_paying(2.0 * stake, parts, content, required, most) >= premium
    assert premium_worth_paying(0.0, parts, content, required, most) == 0.0
    closer = premium_worth_paying(stake, parts, min(content + 0.1, 1.0), required, most)
    assert closer >= premium * (1.0 - 1e-12)


# --- The fund, the fee, logistics ----------------------------------------------------------------------


def test_the_fund_reaches_no_more_than_all():
    assert fund_reach(0.0, 10.0, 1e6) == 0.0
    assert fund_reach(5e6, 10.0, 1e6) == 0.5
    assert fund_reach(5e7, 10.0, 1e6) == 1.0
    assert fund_reach(5e7, 0.0, 1e6) == 0.0


@pytest.mark.parametrize(("fund", "share"), [(1e6, None), (1e12, 1.0)])
def test_the_fund_pays_makers_of_parts_alike(fund, share):
    watched = Watched(build("none", supplier_fund=fund))
    model, f = watched.model, watched.model.firms
    f.component[:] = -1
    f.component[np.flatnonzero(f.alive & (f.sector == 3) & (f.ownership == 0))[:6]] = 1
    count = int(capable_firms(model).sum())
    assert count == 6
    for _ in range(2):
        watched.step()
    paid = model.accounts.flows[GOVERNMENT, FIRMS, Kind.SUBSIDIES]
    assert paid == pytest.approx(float(f.grant.sum()))
    cost = model.params.programme_cost
    # Real counts of firms, whatever the scale; money is multiplied back.
    expected = min(fund, count * cost)
    assert 12.0 * paid * model.scale == pytest.approx(expected)
    assert model.government.assisted_share == pytest.approx(share or fund / (6 * cost))
    assert len(np.unique(f.grant[f.grant > 0.0])) == 1
    assert np.all(f.component[f.grant > 0.0] >= 0)


def test_a_fund_without_anybody_to_assist_pays_nothing():
    model = build("none", supplier_fund=1e9)
    model.firms.component[:] = -1
    model.step()
    assert model.measures.now["supplier_fund_spending"] == model.government.assisted_share == 0.0


@pytest.mark.parametrize("kind", [NEW, USED])
def test_the_fee_is_paid_by_each_imported_car_and_by_no_other(kind):
    model, free = build("none", import_registration_fee=1e5), build("none")
    assert sum(landed_cost(model, kind)) - sum(landed_cost(free, kind)) == pytest.approx(1e5)
    model.step()
    free.step()
    arrived = sum(d.arrived for d in model.importers)
    assert arrived == sum(d.arrived for d in free.importers)
    duty, before = (m.accounts.flows[IMPORTERS, GOVERNMENT, Kind.DUTY] for m in (model, free))
    assert duty - before == pytest.approx(1e5 * arrived)


def test_routes_are_bought_worn_out_and_make_freight_cheaper():
    money = 6e8
    watched = opened("plan", logistics_investment=money, logistics_capital=1e10)
    model = watched.model
    stock = 0.0
    for _ in range(10):
        bought = model.accounts.paid(Kind.GOVERNMENT_PURCHASES)
        watched.step()
        paid = model.government.logistics_spending
        assert 0.0 < paid * 12.0 * model.scale < 1.5 * money
        bought = model.accounts.paid(Kind.GOVERNMENT_PURCHASES)
        assert bought > paid
        stock = stock * (1.0 - model.params.logistics_wear)
        assert model.government.logistics_stock > stock
        stock = model.government.logistics_stock
    expected = (1.0 + stock * model.scale / 1e10) ** -model.params.logistics_effect
    assert freight_factor(model) == pytest.approx(expected)
    assert freight_factor(model) < 1.0
    kit = model.plants[0].kit_price
    cheaper = 1.0 - model.params.kit_freight_share * (1.0 - expected)
    model.government.logistics_stock = 0.0
    assert kit == pytest.approx(model.plants[0].kit_price * cheaper)


def test_government_pays_for_routes_what_sellers_get():
    """In the first month all else is the same, so the difference of purchases is the routes'."""
    more, usual = build("none", logistics_investment=1e7), build("none")
    more.step()
    usual.step()
    bought = [m.accounts.flows[GOVERNMENT, :, Kind.GOVERNMENT_PURCHASES].sum() for m in
              (more, usual)]  # fmt: skip
    spent = more.government.logistics_spending
    assert spent > 0.0
    assert bought[0] - bought[1] == pytest.approx(spent, rel=0.02)


# --- Worlds and errors ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LEVERS)
def test_a_lever_world_is_the_plant_world_with_one_more_thing(name):
    world, plant = World.load(name), World.load("plant")
    assert (world.plants, world.outside) == (plant.plants, plant.outside)
    assert world.events
    assert not world.parameters
    changed = {key for event in world.events for key in event.values}
    usual = build("none").params
    assert any(getattr(usual, key) != event.values[key] for event in world.events
               for key in event.values), changed  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("credit_scope", "part", "did you mean 'parts'"),
        ("guarantee_share", 1.0, "out of range"),
        ("kit_exemption", -0.1, "out of range"),
        ("tax_holiday_months", 2.5, "whole number"),
        ("corridor_open", 1.2, "out of range"),
        ("migration", 1, "true or false"),
        ("supplier_found", 1.0, "did you mean 'supplier_fund'"),
    ],
)
def test_unusable_values_are_refused_in_words(name, value, words):
    with pytest.raises(InputError, match=words):
        build("none").params.with_values({name: value})


def test_a_run_with_everything_on_keeps_every_gate():
    watched = opened(
        "plan", guarantee_share=0.5, sme_rate_subsidy=0.05, kit_exemption=0.5,
        tax_holiday_months=6, local_content_requirement=0.2, mandate_grace_months=3,
        supplier_fund=1e8, import_registration_fee=5e4, logistics_investment=1e8,
        corridor_open=0.9, outage_share=0.2, outage_loss=0.5, import_substitution=0.5,
    )  # fmt: skip
    for _ in range(24):
        watched.step()
    assert run("none", 2).measures.now["subsidies"] == 0.0
