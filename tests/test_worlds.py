"""Worlds: strict reading, exact round trip, the library."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.errors import InputError
from model.params import RUN_SETTINGS, START_ONLY, Params
from model.worlds import Event, PlantSite, World, date_of, period_of

HEAD = 'title = "a"\nquestion = "b"\n'

numeric = [
    row
    for row in Params().describe()
    if type(row.value) in (int, float) and row.name not in RUN_SETTINGS
]


@st.composite
def parameter_values(draw, least=0, dated=False):
    fitting = [row for row in numeric if not (dated and row.name in START_ONLY)]
    rows = draw(
        st.lists(
            st.sampled_from(fitting), unique_by=lambda row: row.name, min_size=least, max_size=4
        )
    )
    return {
        row.name: draw(
            st.floats(row.low, row.high)
            if isinstance(row.value, float)
            else st.integers(row.low, row.high)
        )
        for row in rows
    }


dates = st.integers(0, 2399).map(date_of)
words = st.text(min_size=1, max_size=12)
offtakes = st.one_of(
    st.sampled_from([("market", 0), ("plan", 0)]),
    st.integers(5000, 300000).map(lambda cars: ("volume", cars)),
)
extras = st.one_of(st.just((0, "")), st.tuples(st.integers(1, 100000), dates))


@st.composite
def plants(draw):
    offtake, volume = draw(offtakes)
    jobs, date = draw(extras)
    return PlantSite(
        plant=draw(st.one_of(st.just(""), words)),
        site=draw(words),
        delay_months=draw(st.integers(0, 1200)),
        offtake=offtake,
        volume=volume,
        local_purchases=draw(st.booleans()),
        policies=draw(st.booleans()),
        edge=draw(st.one_of(st.integers(1, 5), st.floats(0.5, 5.0))),
        extra_jobs=jobs,
        extra_jobs_from=date,
        closing=draw(st.one_of(st.just(""), dates)),
    )


worlds = st.builds(
    World,
    name=st.from_regex(r"[a-z0-9][a-z0-9_-]{0,8}", fullmatch=True),
    title=st.text(max_size=30),
    question=st.text(max_size=30),
    outside=st.booleans(),
    parameters=parameter_values(),
    events=st.lists(st.builds(Event, dates, parameter_values(least=1, dated=True)), max_size=3).map(
        tuple
    ),
    plants=st.lists(plants(), max_size=3).map(tuple),
)


@given(worlds)
def test_round_trip(world):
    again = World.from_toml(world.to_toml(), name=world.name)
    assert again == world
    assert again.to_toml() == world.to_toml()


def test_the_library_is_complete_and_valid():
    sites = {"delayed", "elsewhere", "enclave", "flat", "none", "plan", "plant"}
    later = {"volume", "expansion", "closure", "edge", "second_plant"}
    levers = {
        "no_exemption", "tax_holiday", "mandate", "supplier_fund", "guarantee", "soft_credit",
        "procurement", "car_loans", "import_fee", "tariff", "logistics", "package",
    }  # fmt: skip
    shocks = {
        "corridor_block", "devaluation", "world_price", "supplier_outage", "export_slump",
        "remittance_collapse", "policy_reversal",
    }  # fmt: skip
    assert set(World.names()) >= sites | later | levers | shocks
    for name in World.names():
        world = World.load(name)
        assert world.name == name
        assert world.title
        assert world.question.endswith((".", "?"))
        assert World.from_toml(world.to_toml(), name=name) == world


def test_the_library_says_what_it_is_named_for():
    flat, none, plant = (World.load(name) for name in ("flat", "none", "plant"))
    assert (flat.plants, flat.outside) == ((), False)
    assert (none.plants, none.outside) == ((), True)
    assert plant.plants == (PlantSite(),)
    assert plant.outside
    changed = {
        "plan": {"offtake": "plan"},
        "enclave": {"local_purchases": False},
        "elsewhere": {"site": "alternative"},
        "delayed": {"delay_months": 60},
        "volume": {"offtake": "volume", "volume": 100000},
        "expansion": {"extra_jobs": 3000, "extra_jobs_from": "2034-07"},
        "closure": {"closing": "2034-07"},
        "edge": {"edge": 2.0},
    }
    for name, values in changed.items():
        assert World.load(name).plants == (PlantSite(**values),)
        assert World.load(name).outside


def test_a_world_from_a_file(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text(World.load("plant").to_toml())
    assert World.load(file).name == "mine"
    assert World.load(str(file)).plants == World.load("plant").plants
    with pytest.raises(InputError, match=r"none\.toml: cannot be read"):
        World.load(tmp_path / "none.toml")
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="UTF-8"):
        World.load(file)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("title = ", "is not TOML"),
        ('title = "a"', "field 'question': is missing"),
        ('titel = "a"', "did you mean 'title'"),
        (HEAD + "outside = 1", "true or false"),
        (HEAD + "[parameters]\nvat_rte = 0.1", "did you mean 'vat_rate'"),
        (HEAD + "[parameters]\nvat_rate = 7", "got 7; allowed: 0 to 0.5"),
        (HEAD + "[parameters]\nvat_rate = nan", "finite"),
        (HEAD + "[parameters]\nvat_rate = true", "must be a number"),
        (HEAD + "[parameters]\nhorizon = 12", "describes the run"),
        (HEAD + "plants = [1]", "array of tables"),
        (HEAD + "[plants]\nsite = 'x'", "array of tables"),
        (HEAD + "[[plants]]\noffteke = 'plan'", "plants 1: field 'offteke'.*'offtake'"),
        (HEAD + "[[plants]]\n[[plants]]\nofftake = 'plans'", "plants 2.*mean 'plan'"),
        (HEAD + "[[plants]]\ndelay_months = -1", "0 to 1200"),
        (HEAD + "[[plants]]\ndelay_months = true", "whole number"),
        (HEAD + "[[plants]]\ndelay_months = 1.0", "whole number"),
        (HEAD + "[[plants]]\nsite = ''", "empty"),
        (HEAD + "[[plants]]\nclosnig = '2030-01'", "did you mean 'closing'"),
        (HEAD + "[[plants]]\nclosing = '2030-13'", "field 'closing': not a month of a run"),
        (HEAD + "[[plants]]\nclosing = '2022-12'", "2023-01 to"),
        (HEAD + "[[plants]]\nofftake = 'volum'", "did you mean 'volume'"),
        (HEAD + "[[plants]]\nofftake = 'volume'", "field 'volume'.*5000 to 300000"),
        (HEAD + "[[plants]]\nofftake = 'volume'\nvolume = 400000", "5000 to 300000"),
        (HEAD + "[[plants]]\nofftake = 'volume'\nvolume = 1e4", "whole number"),
        (HEAD + "[[plants]]\nvolume = 10000", "works only with offtake"),
        (HEAD + "[[plants]]\nedge = 0.1", "0.5 to 5"),
        (HEAD + "[[plants]]\nedge = nan", "0.5 to 5"),
        (HEAD + "[[plants]]\nedge = '2'", "must be a number"),
        (HEAD + "[[plants]]\nextra_jobs = 100", "together or not at all"),
        (HEAD + "[[plants]]\nextra_jobs_from = '2030-01'", "together or not at all"),
        (HEAD + "[[plants]]\nextra_jobs = -1\nextra_jobs_from = '2030-01'", "0 to 100000"),
        (HEAD + "[[plants]]\nreference = false", "reference = true or plant"),
        (HEAD + "[[plants]]\nreference = true\nplant = 'x'", "reference = true or plant"),
        (HEAD + "[[events]]\ndate = '2025-03'", "events 1: field 'set': is missing"),
        (HEAD + "[[events]]\ndate = '2025-03'\nset = {}", "must change something"),
        (HEAD + "[[events]]\ndate = '2025-3'\nset = {vat_rate = 0.1}", "YYYY-MM"),
        (HEAD + "[[events]]\ndate = 2025-03-01\nset = {vat_rate = 0.1}", "must be a text"),
        (HEAD + "[[events]]\ndate = '2022-12'\nset = {vat_rate = 0.1}", "2023-01 to"),
        (HEAD + "[[events]]\ndate = '2025-03'\nset = {scale = 2}", "describes the run"),
    ],
)
def test_bad_worlds_are_refused(written, message):
    with pytest.raises(InputError, match=message) as caught:
        World.from_toml(written, name="bad", file="bad.toml")
    assert str(caught.value).startswith("bad.toml: ")


def test_unknown_names_get_a_hint():
    with pytest.raises(InputError, match="did you mean 'plant'"):
        World.load("plent")
    with pytest.raises(InputError, match="not a name"):
        World(name="A b", title="", question="")


def test_events_are_put_in_order():
    late, early = Event("2026-01", {"vat_rate": 0.1}), Event("2024-01", {"vat_rate": 0.2})
    world = World("x", "", "", events=(late, early))
    assert world.events == (early, late)
    assert early.period == 12


def test_a_world_is_checked_against_its_pack():
    pack = SimpleNamespace(region_ids=["north", "south"], plants={"works": {}})
    World("x", "", "", plants=(PlantSite(), PlantSite(plant="works", site="south"))).check_against(
        pack
    )
    with pytest.raises(InputError, match="did you mean 'south'"):
        World("x", "", "", plants=(PlantSite(site="souht"),)).check_against(pack)
    with pytest.raises(InputError, match="did you mean 'works'"):
        World("x", "", "", plants=(PlantSite(plant="work"),)).check_against(pack)


def test_months():
    assert period_of("2023-01") == 0
    assert period_of("2024-07") == 18
    assert period_of("2022-12") == -1
    for bad in ("2023", "2023-00", "2023-13", "23-01", "2023-01-01", 202301, "２０２３-01"):
        with pytest.raises(InputError, match="YYYY-MM"):
            period_of(bad)


@given(st.integers(-4000, 4000))
def test_months_and_periods_are_inverse(period):
    assert period_of(date_of(period)) == period


def test_the_world_in_the_readme_is_valid():
    text = Path(__file__).parent.parent.joinpath("README.md").read_text(encoding="utf-8")
    world = World.from_toml(text.split("```toml\n")[1].split("```")[0], name="readme")
    assert world.events
    assert world.plants
    assert world.parameters


@pytest.mark.parametrize("name", START_ONLY)
def test_an_event_that_would_come_too_late_is_refused(name):
    value = getattr(Params(), name)
    with pytest.raises(InputError, match=rf"{name}.*only at the start|only at the start.*{name}"):
        Event("2025-01", {name: value})
    # The same number in [parameters] is fine.
    World("mine", "t", "q", parameters={name: value})
