"""Switched off, a mechanism does nothing, bit for bit.

Two models, both with the mechanism off: one at the defaults, one with everything that only says how
strong, how fast or for whom it would act far from its default. If any of it reached the economy,
some bit of the state would differ. With the mechanism on, the state does differ.
"""

import copy
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from gates import build
from state import differences
from test_localisation import EASY

from experiments.mechanism_table import find
from model import World

# The plant opens in month 2; parts are delivered in the last half year.
MONTHS = 26
EARLY = dict(zip(("announced", "ground_breaking", "opening"), (-3, -1, 2), strict=True))

# By mechanism: parameters that only matter while it is on, far from their defaults.
FAR = {
    "tenders": {
        "deletion_low": 0.1, "deletion_high": 0.2, "kit_freight": 0.4, "scale_elasticity": 0.9,
        "tooling_base": 1e9, "tooling_step": 5.0, "part_freight": 0.9, "freight_limit": 0.9,
        "local_cost_ratio": 0.4, "bought_in_share": 0.1, "volume_trust_speed": 0.9,
        "quality_threshold": 0.9, "certification_cost": 1e8, "certification_months": 30,
        "capacity_growth": 0.1, "sourcing": 2, "contract_months": 2, "tooling_months": 1,
        "supplier_inertia": 0.9, "parts_cover": 9.0, "parts_flex": 9.0, "supplier_memory": 0.9,
        "aftermarket_home_share": 0.9, "aftermarket_spend": 9e5, "assistance_rate": 0.2,
        "tender_rent_weight": 0.1, "follow_scale": 0.01,
    },
    "assistance": {"wholly_foreign_transfer": 2.0},
    "learning": {"supplier_initial_experience": 9.0},
    "imitation": {"imitation_distance": 4000.0},
    "followers": {
        "follow_hurdle": 0.0, "follow_spread": 3.0, "follow_quality": 0.1, "follow_knowledge": 0.1,
        "follow_patience": 1, "follow_pause": 0, "follow_cash_months": 50.0, "follow_cluster": 0,
    },
    "importers_leave": {"dealer_patience": 1, "conversion_spread": 9.0, "dealer_commission": 0.4},
    "stages": {
        "required_return": 0.01, "parent_kit_margin": 0.8, "investment_life": 40, "expand_lead": 1,
        "expand_utilisation": 0.0, "expand_hurdle": 1.0, "ckd_experience": 1.0, "ckd_hours": 9.0,
        "stage_carry_over": 0.1, "capability_quality": 0.99,
    },
    "mothballing": {"reopen_utilisation": 0.9, "caretaker_share": 0.9, "close_after": 1},
    "export_access": {
        "export_market": 9e6, "export_freight": 0.9, "export_elasticity": 29.0,
    },
    "migration": {
        "migration_leave_rate": 0.4, "migration_elasticity": 5.0, "migration_network": 0.1,
        "migration_cost": 0.8, "migration_age_fall": 0.9, "migration_unemployed": 90.0,
        "migration_employee": 9.0, "migration_settling": 2.0,
    },
    "schools": {
        "training_cost": 9e6, "training_stipend_share": 0.9, "training_skill": 1.0,
        "training_age": 70.0,
    },
}  # fmt: skip
# What flows only while the mechanism is on: nothing of it in any month.
FLOWS = {
    "tenders": ("contracts", "tenders_open", "tender_failures", "parts_bought_value"),
    "localisation": ("contracts", "local_content_nominal", "supplier_jobs", "parts_bought_value"),
    "assistance": ("knowledge_from_assistance",),
    "learning": ("knowledge_from_learning",),
    "mobility": ("knowledge_from_mobility",),
    "imitation": ("knowledge_from_imitation",),
    "forgetting": ("knowledge_lost",),
    "training_on_the_job": ("auto_skilled", "knowledge_from_mobility"),
    "followers": ("entries_foreign", "follow_on_fdi_suppliers", "supplier_profits_abroad"),
    "importers_leave": ("importers_left", "importers_converted", "dealer_commissions"),
    "stages": ("follow_on_fdi",),
    "mothballing": ("plants_mothballed",),
    "export_access": ("cars_exported",),
    "migration": ("emigrants", "returnees"),
    "mandate": ("mandate_fines",),
    "tax_holiday": ("profit_tax_forgone",),
    "supplier_fund": ("supplier_fund_spending",),
    "guarantee": ("guarantee_calls",),
    "rate_subsidy": ("sme_rate_subsidies",),
    "logistics": ("logistics_spending",),
    "schools": ("trained", "training_spending"),
}
# Settings under which a mechanism has something to act on in so few months, on and off.
SHARED = {
    # So small a crew that hardly anybody leaves it in so few months.
    "mobility": {"quit_rate": 0.1},
    "stages": {
        "expand_hurdle": 1.0,
        "capability_quality": 0.0,
        "expand_utilisation": 0.2,
        "required_return": 0.0,
        "investment_life": 50,
        "parent_kit_margin": 0.9,
    },
}
# Values of what is neutral by default, or strong enough to act at once.
ON = {
    "followers": {"follow_scale": 0.01, "follow_cluster": 0, "follow_hurdle": 0.0},
    "importers_leave": {"dealer_least_profit": 1e15, "dealer_patience": 1},
    "stages": {"capability_firms": 0},
    "mothballing": {"mothball_utilisation": 1.0},
    "export_access": {
        "export_access": 1.0,
        "export_market": 1e7,
        "export_elasticity": 0.0,
        "reputation_half": 1.0,
        "reputation_speed": 1.0,
    },
    "schools": {"training_places": 500.0},
    "mandate": {"local_content_requirement": 0.5, "mandate_grace_months": 0},
    "tax_holiday": {"tax_holiday_months": 60},
    "supplier_fund": {"supplier_fund": 1e8},
    "guarantee": {"guarantee_share": 0.7},
    "rate_subsidy": {"sme_rate_subsidy": 0.09},
    "logistics": {"logistics_investment": 1e8},
}
# In these months nobody closes who has a guaranteed loan, and the plant has no profit to tax.
LATE = {"guarantee", "tax_holiday"}


@cache
def at_start(world, enclave):
    """A model before its first month, copied for every run: only what is set later differs."""
    chosen = World.load(world)
    if enclave:
        sites = tuple(replace(site, local_purchases=False) for site in chosen.plants)
        chosen = replace(chosen, plants=sites)
    model = build(chosen, scale=4.0, **EASY)
    for name, period in EARLY.items():
        setattr(model.plants[0], name, period)
    # More than the first stage can make is asked for after half a year.
    model.plants[0].facts = {**model.plants[0].facts, "plan_start_2": 6.0}
    return model


@cache
def _after(world, enclave, values):
    model = copy.deepcopy(at_start(world, enclave))
    model.params = model.params.with_values(dict(values))
    for _ in range(MONTHS):
        model.step()
    return model


def after(name, *changes, enclave=False):
    """The model after all months; equal runs are made once. Not to be changed."""
    values = {}
    for change in (SHARED.get(name, {}), *changes):
        values |= change
    world = "plant" if name == "export_access" else "plan"
    usual = at_start(world, enclave).params
    told = {key: value for key, value in values.items() if getattr(usual, key) != value}
    return _after(world, enclave, tuple(sorted(told.items())))


def switched_off(name, *changes):
    (mechanism,) = find([name])
    return after(name, *changes, mechanism.off, enclave=mechanism.enclave)


@pytest.mark.parametrize("name", FAR)
def test_off_nothing_of_it_reaches_the_economy(name):
    apart = differences(switched_off(name), switched_off(name, FAR[name]), plants=True)
    if name == "export_access":  # what a car would cost abroad is told of a closed market, too
        apart = [one for one in apart if not one.endswith("plant_delivered_ratio")]
    assert not apart


@pytest.mark.parametrize("name", FLOWS)
def test_off_it_moves_nothing_and_on_it_does(name):
    off, on = switched_off(name), after(name, ON.get(name, {}))
    for flow in FLOWS[name]:
        assert not np.any(off.measures.monthly[flow]), flow
    first = FLOWS[name][0]
    if name not in LATE:
        assert np.any(on.measures.monthly[first]), first
        assert differences(off, on, plants=True)


def test_with_nothing_to_learn_from_the_plant_it_is_as_if_nobody_could():
    """No edge over the trade and no rates to learn at are the same world; practice stays."""
    rates = dict.fromkeys(("assistance_rate", "mobility_rate", "imitation_rate"), 0.0)
    quality = {"quality_knowledge_rate": 0.0}
    no_edge, no_rate = after("", {"plant_edge": 1.0} | quality), after("", rates | quality)
    for model in (no_edge, no_rate):
        assert not np.any(model.measures.monthly["knowledge_from_assistance"])
    apart = differences(no_edge, no_rate, plants=True)
    # What suppliers lack against the plant is measured, and read by no rule.
    assert not [path for path in apart if "knowledge_gap" not in path]
