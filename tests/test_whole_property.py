"""Every gate in random worlds: plants on all terms, dated levers and shocks, random parameters.

The packages meet here: contracts while a corridor is closed, a plant that shuts with parts on order,
a second one on the same suppliers, rules that come and go.
"""

from gates import Watched, build
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_gates import RANGES
from test_localisation import EASY

from model import World
from model.worlds import Event, PlantSite, date_of

MONTHS, BURN_IN = 30, 2
# Levers and shocks at which something happens; each may come, go and come again.
LEVERS = {
    "corridor_open": st.sampled_from([0.0, 0.3, 1.0]),
    "outage_share": st.sampled_from([0.0, 0.7]),
    "outage_loss": st.sampled_from([0.0, 0.9]),
    "foreign_demand_index": st.floats(0.5, 1.5),
    "remittance_index": st.floats(0.4, 1.2),
    "exchange_rate_index": st.floats(0.7, 1.6),
    "world_price_index": st.floats(0.8, 1.3),
    "kit_exemption": st.sampled_from([0.0, 0.5, 1.0]),
    "local_content_requirement": st.sampled_from([0.0, 0.3, 0.9]),
    "mandate_grace_months": st.integers(0, 12),
    "mandate_fine": st.floats(0.0, 0.2),
    "tax_holiday_months": st.integers(0, 24),
    "guarantee_share": st.floats(0.0, 0.8),
    "sme_rate_subsidy": st.floats(0.0, 0.15),
    "credit_scope": st.sampled_from(["all", "parts"]),
    "supplier_fund": st.floats(0.0, 1e7),
    "logistics_investment": st.floats(0.0, 1e8),
    "import_registration_fee": st.floats(0.0, 3e5),
    "training_places": st.floats(0.0, 100.0),
    "procurement_preference": st.floats(0.0, 1.0),
    "sourcing": st.integers(1, 2),
}
months = st.integers(0, MONTHS - BURN_IN - 1).map(date_of)
events = st.lists(
    st.builds(
        Event,
        months,
        st.lists(st.sampled_from(sorted(LEVERS)), min_size=1, max_size=4, unique=True).flatmap(
            lambda names: st.fixed_dictionaries({name: LEVERS[name] for name in names})
        ),
    ),
    max_size=5,
)


@st.composite
def sites(draw):
    """Terms of one plant; a closing and a second activity in some."""
    offtake = draw(st.sampled_from(["market", "plan", "volume"]))
    extra = draw(st.sampled_from([0, 0, 40]))
    return PlantSite(
        site=draw(st.sampled_from(["reference", "alternative"])),
        offtake=offtake,
        volume=5000 if offtake == "volume" else 0,
        local_purchases=draw(st.sampled_from([True, True, False])),
        policies=draw(st.booleans()),
        edge=draw(st.floats(0.5, 5.0)),
        extra_jobs=extra,
        extra_jobs_from=draw(months) if extra else "",
        closing=draw(st.one_of(st.just(""), months)),
    )


worlds = st.builds(
    World,
    st.just("drawn"),
    st.just("Drawn"),
    st.just("Does it balance?"),
    outside=st.booleans(),
    events=events.map(tuple),
    plants=st.lists(sites(), min_size=1, max_size=2).map(tuple),
)
drawn = st.lists(st.sampled_from(sorted(set(RANGES) - set(EASY))), max_size=8, unique=True).flatmap(
    lambda names: st.fixed_dictionaries({name: st.floats(*RANGES[name]) for name in names})
)


@settings(
    max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
@given(
    world=worlds, values=drawn, easy=st.booleans(), seed=st.integers(1, 1000),
    openings=st.lists(st.integers(1, 8), min_size=2, max_size=2),
)  # fmt: skip
def test_every_gate_holds_in_random_worlds(world, values, easy, seed, openings):
    """Openings are near, so that plants buy, stand still and end within these months."""
    made = build(world, seed=seed, burn_in=BURN_IN, **((EASY if easy else {}) | values))
    for plant, opening in zip(made.plants, openings):
        plant.announced = plant.ground_breaking = -1
        plant.opening = opening
    watched = Watched(made)
    for _ in range(MONTHS):
        watched.step()
