"""Channels: what is held to the control's path, and that holding a world to its own path is nothing."""

import numpy as np
import pytest
from gates import Watched, build
from hypothesis import given, settings
from hypothesis import strategies as st
from state import differences

from model import InputError, Params, RegionalModel, World, load_pack
from model.channels import (
    BUDGET,
    CHANNELS,
    ENTREPRENEURSHIP,
    INCOME,
    NEUTRAL,
    SUPPLIER,
    Clamp,
    Path,
    present,
    scale_budgets,
)

MONTHS = 30


def clamped(world, clamp, months=MONTHS, *, watch=False, **values):
    """A small model with channels off, after burn-in and so many months."""
    settled = {"burn_in": 3, "horizon": months} | values
    params = load_pack("valley").params().with_values(settled)
    model = RegionalModel(params, world=world, rng=1, clamp=clamp)
    watched = Watched(model) if watch else model
    for _ in range(3 + months):
        watched.step()
    return model


@pytest.fixture(scope="module")
def control():
    return clamped("none", None)


@pytest.fixture(scope="module")
def treated():
    """A plant that is open within the months and large for its region."""
    return clamped("plan", None)


# --- Limits -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("off", [*([c] for c in CHANNELS), CHANNELS], ids=lambda off: "+".join(off))
def test_a_world_clamped_to_its_own_path_is_that_world(control, off):
    held = clamped("none", Clamp(frozenset(off), control.path))
    assert not differences(held, control)
    assert held.path.unmet == {}


def test_a_treated_world_clamped_to_its_own_path_is_that_world(treated):
    """Also with a plant, for the channels that are clamped to a path and not to a rate or a site."""
    off = frozenset({INCOME, ENTREPRENEURSHIP, BUDGET})
    assert not differences(clamped("plan", Clamp(off, treated.path)), treated, plants=True)


def test_without_channels_off_a_clamp_is_nothing(treated, control):
    assert not differences(clamped("plan", Clamp(frozenset(), control.path)), treated, plants=True)


def test_before_ground_is_broken_all_channels_off_is_the_control(control):
    held = build("plan")
    held = RegionalModel(held.params, world="plan", rng=1, clamp=Clamp(CHANNELS, _long(control)))
    free = build("none")
    start = held.plants[0].ground_breaking
    while held.period < start - 1:
        held.step()
        free.step()
        assert not differences(held, free), held.period


def _long(model):
    """The path of `model`, repeated to cover the horizon of `build`."""
    path = model.path
    return Path(path.budgets * 3, path.transfers * 3, path.openings * 3)


# --- Off means: as in the control -------------------------------------------------------------------


@pytest.mark.parametrize("off", [[c] for c in CHANNELS] + [list(CHANNELS)], ids="+".join)
def test_goods_money_and_people_balance_whatever_is_off(control, off):
    clamped("plan", Clamp(frozenset(off), control.path), watch=True)


def test_the_income_channel_holds_regional_budgets(control, treated):
    """With transfers held too: what other transfers are spent is the budget channel's."""
    held = clamped("plan", Clamp(frozenset({INCOME, BUDGET}), control.path))
    wanted = np.array(control.path.budgets)
    assert np.abs(np.array(treated.path.budgets) - wanted).max() > 0.0
    short = wanted.sum() - np.array(held.path.budgets).sum()
    assert short == pytest.approx(
        held.path.unmet.get(INCOME, 0.0), rel=1e-6, abs=1e-6 * wanted.sum()
    )
    assert held.path.unmet.get(INCOME, 0.0) < 1e-3 * wanted.sum()


def test_transfers_are_spent_though_the_income_channel_is_off(control):
    """Their change times the propensity to spend, as a slow sum over people has it."""
    path = control.path
    richer = [t * 1.01 for t in path.transfers]
    held = clamped("plan", Clamp(frozenset({INCOME}), Path(path.budgets, richer, path.openings)))
    t = held.period
    less = held.government.transfers - richer[t]
    home = [held.workers.region[held.workers.status != 4] == r for r in range(len(held.heads))]
    people = np.array([here.sum() for here in home])
    target = path.budgets[t] + held.params.income_propensity * less * people / people.sum()
    # Entry and exit after pay day move nobody between home and abroad.
    np.testing.assert_allclose(held.path.budgets[t], target, rtol=1e-9)


def test_the_budget_channel_holds_transfers(control, treated):
    held = clamped("plan", Clamp(frozenset({BUDGET}), control.path))
    assert held.path.transfers == control.path.transfers
    assert treated.path.transfers != control.path.transfers


def test_the_entrepreneurship_channel_opens_the_controls_firms(control, treated):
    held = clamped("plan", Clamp(frozenset({ENTREPRENEURSHIP}), control.path))
    opened = [one for month in held.path.openings for one in month]
    wanted = [one for month in control.path.openings for one in month]
    assert set(opened) <= set(wanted)
    assert len(wanted) - len(opened) == held.path.unmet.get(ENTREPRENEURSHIP, 0.0)
    assert not held.clamp.entry_open(0)
    assert treated.clamp.entry_open(0)


def test_a_founder_without_funds_abroad_or_replaced_is_missed(control):
    period = next(t for t, month in enumerate(control.path.openings) if month)
    opening = control.path.openings[period][0]
    model = clamped("none", Clamp(frozenset({ENTREPRENEURSHIP}), control.path), months=1)
    model.period = period
    free = np.zeros(model.base.firm_output.shape)
    here = len(control.path.openings[period])
    assert model.clamp.list_founders(model, 0, free) == here
    model.workers.identity[opening.founder] += np.uint64(1)
    assert model.clamp.list_founders(model, 0, free) == here - 1
    assert model.clamp.list_founders(model, 0, free + 1e18) == 0
    assert model.path.unmet[ENTREPRENEURSHIP] >= here + 1


def test_the_supplier_channel_is_an_enclave(control):
    held = clamped("plan", Clamp(frozenset({SUPPLIER}), control.path))
    plant = held.plants[0]
    assert not plant.site.local_purchases
    assert plant.experience > 0.0
    sites = World.load("enclave").plants
    assert not sites[0].local_purchases


def test_an_enclave_is_built_from_abroad():
    """While it is built it buys no capital goods at home; nor does it with a plant's usual terms."""
    for world, at_home in (("plant", True), ("enclave", False)):
        model = build(world)
        spent = 0.0
        while model.period < model.plants[0].opening - 1:
            model.step()
            spent += float(model.firms.investment[model.plants[0].row])
        assert (spent > 0.0) == at_home
        assert model.plants[0].month["fdi"] > 0.0


def test_neutral_rates_hold_against_dated_events():
    clamp = Clamp(frozenset({"knowledge", "mobility"}))
    names = ["assistance_rate", "mobility_rate", "vat_rate"]
    set_ = {"assistance_rate": 0.5, "vat_rate": 0.1}
    assert clamp.clamp_values(set_, names) == {
        "assistance_rate": 0.0, "mobility_rate": 0.0, "vat_rate": 0.1,
    }  # fmt: skip
    assert Clamp().clamp_values(set_, names) == set_


def test_neutral_rates_are_allowed_values():
    for values in NEUTRAL.values():
        known = {name: value for name, value in values.items() if name in Params.names()}
        assert Params().with_values(known)
    assert set(present(Params.names())) >= {SUPPLIER, INCOME, ENTREPRENEURSHIP, BUDGET}
    assert present(["mobility_rate"]) == (SUPPLIER, INCOME, "mobility", ENTREPRENEURSHIP, BUDGET)


# --- The rule alone ---------------------------------------------------------------------------------


@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.floats(-10, 1e6), st.floats(0, 1)), min_size=1, max_size=20
    ),
    st.tuples(*[st.floats(0, 3)] * 3),
)
@settings(max_examples=60, deadline=None)
def test_scaling_never_spends_what_is_not_there(people, factors):
    region = np.array([p[0] for p in people], np.int16)
    savings = np.array([p[1] for p in people])
    budget = np.maximum(savings, 0.0) * np.array([p[2] for p in people])
    before, total = budget.copy(), np.zeros(3)
    scale_budgets(np.array(factors), region, savings, budget, total)
    slow = [min(b * factors[r], max(s, 0.0)) for b, r, s in zip(before, region, savings)]
    assert budget.tolist() == slow
    for r in range(3):
        assert total[r] == pytest.approx(sum(b for b, k in zip(slow, region) if k == r), rel=1e-12)


# --- Bad input --------------------------------------------------------------------------------------


def test_an_unknown_channel_is_named():
    with pytest.raises(InputError, match="did you mean 'supplier'"):
        Clamp(frozenset({"suplier"}))


def test_a_path_that_is_too_short_is_refused():
    with pytest.raises(InputError, match="too short"):
        RegionalModel(world="plan", pack="valley", rng=1, clamp=Clamp(frozenset({INCOME})))
