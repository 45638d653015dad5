"""Runs that share their first months are, bit for bit, the runs that begin at the start."""

import itertools
import math
from dataclasses import replace

import mesa
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from state import differences

from experiments import branching
from experiments.branching import agreed_months, groups_of, months_to_run, run_together, share_out
from experiments.course import Course
from experiments.panels import NAMES, PanelPlan
from experiments.simulate import Results, prepare, run
from model import Params, World, load_pack, threads
from model.channels import Clamp, Path
from model.model import RegionalModel
from model.plant_sites import PlantSite
from model.shared_past import copy_model, enter_world, first_difference, size_of, world_by
from model.worlds import Event, date_of

BURN_IN = 3
HORIZON = 23
VALLEY = load_pack("valley")


REFERENCE = (PlantSite(),)


def world(name, *events, plants=REFERENCE, **more):
    return World(name, "t", "q", outside=True, events=events, plants=plants, **more)


def early(name):
    """A world of the library, what it says of plants and events moved into a short horizon."""
    its = World.load(name)
    first = its.events[0].period if its.events else 0
    events = tuple(
        Event(date_of(min(7 + one.period - first, 20)), one.values) for one in its.events
    )
    terms = {"closing": "2024-10"} if name == "closure" else {}
    terms |= {"extra_jobs": 300, "extra_jobs_from": "2024-09"} if name == "expansion" else {}
    plants = tuple(replace(site, **terms) for site in its.plants) if terms else its.plants
    return replace(its, events=events, plants=plants)


LIBRARY = (
    "none", "flat", "plant", "plan", "elsewhere", "closure", "expansion", "corridor_block",
    "tariff", "mandate", "package",
)  # fmt: skip
SECOND = world("second", plants=(PlantSite(), PlantSite(site="alternative", delay_months=3)))


def setup_of(its, seed=1, **more):
    more = {"pack": "valley", "horizon": HORIZON, "settings": {"burn_in": BURN_IN}} | more
    return prepare(its, seed=seed, **more)


def same(one, other):
    """Every outcome, region and panel, and what others may be clamped to."""
    for kind in ("monthly", "regional"):
        pd.testing.assert_frame_equal(getattr(one, kind), getattr(other, kind), check_exact=True)
    assert one.panels.keys() == other.panels.keys()
    for name, panel in one.panels.items():
        pd.testing.assert_frame_equal(panel, other.panels[name], check_exact=True, obj=name)
    for name in ("world", "seed", "params", "pack", "pack_hash", "regions", "versions"):
        assert getattr(one, name) == getattr(other, name), name
    assert one.monthly.attrs == other.monthly.attrs
    ours, theirs = (
        [np.array(x).tobytes() for x in (r.path.budgets, r.path.transfers)] for r in (one, other)
    )
    assert ours == theirs
    assert one.path.openings == other.path.openings


def check_together(setups):
    """All of them together and each alone; returns what was taken over."""
    taken = {}
    for number, what, months in run_together(setups):
        assert isinstance(what, Results), what
        same(what, run(setups[number]))
        taken[number] = months
    assert sorted(taken) == list(range(len(setups)))
    return [taken[number] for number in range(len(setups))]


# --- Until when worlds agree ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "period"),
    [
        ("none", "plant", 0),
        ("none", "flat", 0),
        ("plant", "plan", 0),
        ("plant", "elsewhere", 0),
        ("plant", "delayed", 0),
        ("plant", "edge", 0),
        ("plant", "second_plant", 13),
        ("plant", "mandate", 3),
        ("plant", "tariff", 48),
        ("plant", "corridor_block", 108),
        ("plant", "closure", 138),
        ("plant", "expansion", 138),
        ("closure", "expansion", 138),
        ("tariff", "import_fee", 48),
        ("tariff", "closure", 48),
        ("plant", "plant", math.inf),
    ],
)
def test_worlds_of_the_library_agree_until(one, other, period):
    pack = load_pack("kyrgyzstan")
    one, other = World.load(one), World.load(other)
    assert first_difference(one, other, pack) == period
    assert first_difference(other, one, pack) == period


def test_words_do_not_count_and_starting_parameters_always_do():
    plant = World.load("plant")
    assert first_difference(plant, replace(plant, name="x", title="y"), VALLEY) == math.inf
    dearer = replace(plant, parameters={"vat_rate": 0.2})
    assert first_difference(plant, dearer, VALLEY) == -math.inf


def test_a_plant_in_front_of_one_that_begins_is_known_with_it():
    """Its row among the firms goes by its number."""
    pack = load_pack("kyrgyzstan")
    late, soon = PlantSite(plant="sokuluk"), PlantSite()
    a, b = world("a", plants=(late, soon)), world("b", plants=(soon, late))
    assert first_difference(a, b, pack) == 0
    assert world_by(a, pack, 1).plants == (late, soon)
    assert world_by(b, pack, 1).plants == (soon,)


months = st.integers(0, 12)
some_events = st.lists(
    st.builds(
        lambda month, name, value: Event(date_of(month), {name: value}),
        months,
        st.sampled_from(["vat_rate", "exchange_rate_index", "loan_rate"]),
        st.sampled_from([0.1, 0.11]),
    ),
    max_size=3,
).map(tuple)
some_sites = st.builds(
    PlantSite,
    site=st.sampled_from(["reference", "alternative"]),
    delay_months=st.integers(0, 2),
    closing=st.one_of(st.just(""), months.map(date_of)),
)
some_worlds = st.builds(
    World,
    name=st.just("w"),
    title=st.just(""),
    question=st.just(""),
    outside=st.booleans(),
    events=some_events,
    plants=st.lists(some_sites, max_size=2).map(tuple),
)


@given(some_worlds, some_worlds, some_worlds, st.integers(-3, 15))
def test_agreement_by_a_month_is_an_equivalence(a, b, c, period):
    """Else one of a part could not speak for it."""

    def known(its):
        return replace(world_by(its, VALLEY, period), name="w")

    for one, other in itertools.permutations((a, b, c), 2):
        until = first_difference(one, other, VALLEY)
        assert (known(one) == known(other)) == (until >= period)
        assert until == first_difference(other, one, VALLEY)
        assert world_by(known(one), VALLEY, period - 1) == replace(
            world_by(one, VALLEY, period - 1), name="w"
        )
    pairs = sorted(first_difference(x, y, VALLEY) for x, y in ((a, b), (b, c), (a, c)))
    assert pairs[0] == pairs[1]  # ultrametric


def test_runs_that_do_not_begin_alike_share_nothing():
    plant, none = setup_of("plant"), setup_of("none")
    assert agreed_months(plant, none, VALLEY) == BURN_IN
    held = replace(none, clamp=Clamp(frozenset({"income"}), Path()))
    others = [
        setup_of("none", seed=2),
        setup_of("none", settings={"burn_in": BURN_IN, "vat_rate": 0.14}),
        setup_of("none", settings={"burn_in": BURN_IN + 1}),
        setup_of("none", horizon=HORIZON + 1),
        setup_of("none", panels=["firms"]),
        setup_of(replace(World.load("none"), parameters={"vat_rate": 0.14})),
        setup_of("none", pack="kyrgyzstan", scale=50.0),
        held,
    ]
    for other in others:
        assert agreed_months(plant, other, VALLEY) == -1
        assert agreed_months(other, plant, VALLEY) == -1
    assert agreed_months(held, held, VALLEY) == -1
    assert groups_of([plant, *others, none]) == [[0, 9], *([k] for k in range(1, 9))]


def test_a_world_that_differs_before_the_branch_month_is_not_entered():
    base, at = setup_of("plant"), 8
    course = Course(base, world_by(base.world, VALLEY, at))
    while course.model.period < at - 1:
        course.step()
    for other in ("none", "plan", "elsewhere"):
        with pytest.raises(ValueError, match="have differed already"):
            course.turn(setup_of(other))
    for event in (Event(date_of(at - 1), {"vat_rate": 0.14}), Event("2023-01", {"vat_rate": 0.14})):
        with pytest.raises(ValueError, match="have differed already"):
            enter_world(course.model, world("late", event))
    with pytest.raises(ValueError, match="have differed already"):
        enter_world(course.model, replace(base.world, parameters={"vat_rate": 0.14}))
    enter_world(course.model, world("just", Event(date_of(at), {"vat_rate": 0.14})))
    course.step()
    assert course.model.params.vat_rate == 0.14
    # A model that was begun with plants nobody knows of yet cannot forget them.
    begun = setup_of(SECOND, pack="valley").build()
    with pytest.raises(ValueError, match="have differed already"):
        enter_world(begun, World.load("none"))


# --- Copies -----------------------------------------------------------------------------------------


def arrays(value, path="model", seen=None):
    """Every array below a model, by its path."""
    seen = set() if seen is None else seen
    if isinstance(value, np.ndarray):
        yield path, value
    elif id(value) not in seen and not isinstance(value, str | bytes | type):
        seen.add(id(value))
        below = value if isinstance(value, dict) else getattr(value, "__dict__", {})
        if isinstance(value, list | tuple):
            below = dict(enumerate(value))
        for name, one in below.items():
            yield from arrays(one, f"{path}.{name}", seen)


@pytest.fixture(scope="module")
def grown():
    """A model in the middle of a run, with a plant at work."""
    model = setup_of("plan").build()
    while model.period < 20:
        model.step()
    return model


def test_no_array_of_a_model_is_a_window_on_another(grown):
    """A copy would tear them apart."""
    found = [(np.lib.array_utils.byte_bounds(a), p, a) for p, a in arrays(grown) if a.size]
    found.sort(key=lambda one: one[0])
    for (ours, name, a), (theirs, other, b) in itertools.pairwise(found):
        assert theirs[0] >= ours[1] or a is b, (name, other)


def test_a_copy_is_the_same_and_its_own(grown):
    twin = copy_model(grown)
    assert differences(grown, twin, plants=True) == []
    mine, its = dict(arrays(grown)), dict(arrays(twin))
    assert mine.keys() == its.keys()
    for name, array in mine.items():
        # Another layout in memory would sum in another order.
        assert array.strides == its[name].strides, name
        assert array.flags.writeable == its[name].flags.writeable, name
    for name in grown.workers.columns:
        assert not np.shares_memory(grown.workers.values(name), twin.workers.values(name))
    assert size_of(grown) > 0.8 * sum(one.nbytes for one in mine.values())


def test_a_copy_is_a_whole_mesa_model(grown):
    twin = copy_model(grown)
    assert [type(one) for one in twin.agents] == [type(one) for one in grown.agents]
    assert [one.unique_id for one in twin.agents] == [one.unique_id for one in grown.agents]
    assert all(one.model is twin and isinstance(one, mesa.Agent) for one in twin.agents)
    assert set(twin.agents).isdisjoint(grown.agents)
    assert list(twin.agents_by_type) == list(grown.agents_by_type)
    assert twin.workers[0].model is twin
    assert twin.plants[0] in twin.agents
    assert all(one.plant in twin.plants for one in twin.contracts)
    before = (grown.period, grown.time, grown.steps)
    twin.step()
    assert (twin.period, twin.time, twin.steps) == tuple(x + 1 for x in before)
    assert (grown.period, grown.time, grown.steps) == before
    collected = twin.datacollector.get_model_vars_dataframe()
    assert len(collected) == len(grown.datacollector.get_model_vars_dataframe()) + 1


def test_a_kept_state_is_gone_on_with_any_number_of_times(grown):
    before = copy_model(grown)
    ends = []
    for _ in range(2):
        twin = copy_model(grown)
        for _ in range(4):
            twin.step()
        ends.append(twin)
    assert differences(*ends, plants=True) == []
    assert differences(grown, before, plants=True) == []
    assert differences(grown, ends[0]) != []


# --- Bit for bit ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("seed", "names"), [(1, ("none", "plant", "closure")), (2, ("tariff",))])
def test_whole_states_are_those_of_runs_from_the_start(seed, names):
    """Also what no table shows: every column, book and plant; before and after the announcement."""
    setups = [setup_of(its, seed) for its in (*map(early, names), SECOND)]
    check_states(setups, VALLEY)


def test_a_plant_that_comes_later_was_made_at_the_start():
    """What it takes from the parameters is of the first month, whatever events have changed since."""
    event = Event("2023-06", {"volume_trust": 0.1})
    later = (PlantSite(), PlantSite(plant="sokuluk"))
    options = {"pack": "kyrgyzstan", "scale": 1000.0, "horizon": 15}
    setups = [
        setup_of(world("one", event), **options),
        setup_of(world("two", event, plants=later), **options),
    ]
    check_states(setups, load_pack("kyrgyzstan"))


def check_states(setups, pack):
    whole = [setup.build().run() for setup in setups]
    for one, other in itertools.combinations(range(len(setups)), 2):
        shared = agreed_months(setups[one], setups[other], pack)
        course = Course(setups[one], world_by(setups[one].world, pack, shared - BURN_IN))
        while course.done < shared:
            course.step()
        twin = course.copy()
        for branch, number in ((twin, other), (course, one)):
            branch.turn(setups[number])
            branch.model.run()
            assert differences(branch.model, whole[number], plants=True) == []


@pytest.mark.parametrize(("seed", "chosen"), [(1, LIBRARY), (7, ("plant", "flat", "tariff"))])
def test_every_outcome_region_and_panel(seed, chosen):
    names = [name for name in NAMES if name != "plants"]
    worlds = [*map(early, chosen), SECOND]
    setups = [setup_of(its, seed, panels=names) for its in worlds]
    taken = check_together(setups)
    total = sum(setup.months for setup in setups)
    assert months_to_run(setups) == (total - sum(taken), 1)
    by_name = dict(zip([its.name for its in worlds], taken, strict=True))
    assert by_name["flat"] == BURN_IN
    assert by_name["tariff"] == BURN_IN + 7


def test_the_panel_of_plants_shows_those_still_unknown():
    """It has rows before the announcement, so with it worlds with other plants share less."""
    later = PlantSite(plant="sokuluk")
    two = world("two", plants=(PlantSite(), later))
    more = world("more", Event("2024-01", {"vat_rate": 0.14}), plants=(PlantSite(), later))
    known = {"pack": "kyrgyzstan", "scale": 1000.0, "horizon": 16, "panels": ["plants"]}
    setups = [setup_of(its, **known) for its in ("plant", two, more, "closure", early("tariff"))]
    taken = check_together(setups)
    assert taken == [0, BURN_IN, BURN_IN, BURN_IN, BURN_IN + 7]


def test_a_country_at_scale_50_on_two_threads():
    worlds = ("none", "plant", "second_plant", early("tariff"))
    options = {"pack": "kyrgyzstan", "scale": 50.0, "horizon": 18, "settings": {"burn_in": 2}}
    setups = [prepare(its, **options) for its in worlds]
    before = threads.count()
    threads.use(2)
    try:
        together = {one.number: one for one in run_together(setups)}
    finally:
        threads.use(before)
    for number, setup in enumerate(setups):
        same(together[number].what, run(setup))
    # The trunk of all is the first one's; the other three go on from the second plant's month.
    assert sorted(together[number].taken for number in range(4)) == [0, 2, 9, 15]


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(some_worlds, min_size=3, max_size=3), st.integers(0, 3), st.integers(1, 2**62))
def test_any_worlds(worlds, burn_in, seed):
    setups = [setup_of(its, seed, horizon=8, settings={"burn_in": burn_in}) for its in worlds]
    check_together(setups)


def test_equal_worlds_and_worlds_that_differ_after_the_horizon():
    late = world("late", Event("2060-01", {"vat_rate": 0.14}))
    setups = [setup_of(its, horizon=4) for its in ("plant", late, "plant")]
    assert sorted(check_together(setups)) == [0, BURN_IN + 4, BURN_IN + 4]


def test_a_plant_that_was_announced_before_the_start(monkeypatch):
    facts = VALLEY.plants["valley_motors"] | {"announced": "2022-11"}
    pack = replace(VALLEY, plants={"valley_motors": facts})
    plant, none = World.load("plant"), World.load("none")
    assert first_difference(plant, none, pack) == -2
    setups = [setup_of(its, horizon=2) for its in ("plant", "none", early("tariff"))]
    assert [agreed_months(setups[0], one, pack) for one in setups] == [5, 1, 5]
    short = [replace(one, params=one.params.with_values({"burn_in": 1})) for one in setups]
    assert [agreed_months(short[0], one, pack) for one in short] == [3, -1, 3]
    monkeypatch.setattr(branching, "load_pack", lambda name: pack)
    monkeypatch.setattr("model.model.load_pack", lambda name: pack)
    for some in (setups, short):
        check_together(some)


# --- Failures, memory, progress ---------------------------------------------------------------------


def fail_when(monkeypatch, condition):
    really = RegionalModel._open_month

    def open_month(model):
        really(model)
        if condition(model):
            raise FloatingPointError(f"{model.world.name} in {model.period}")

    monkeypatch.setattr(RegionalModel, "_open_month", open_month)


WORLDS = ("none", "plant", "closure", "tariff")


@pytest.fixture(scope="module")
def four():
    setups = [setup_of(early(name), horizon=23) for name in WORLDS]
    return setups, [run(setup) for setup in setups]


def test_a_branch_that_fails_is_its_own_failure(four, monkeypatch):
    setups, alone = four
    fail_when(monkeypatch, lambda model: model.world.name == "tariff" and model.period >= 7)
    done = {one.number: one.what for one in run_together(setups)}
    assert str(done[3]) == "tariff in 7"
    for number in range(3):
        same(done[number], alone[number])


def test_a_trunk_that_fails_is_a_failure_of_each(four, monkeypatch):
    """Each with its own message, as if it had run alone; branches before it are not touched."""
    setups, alone = four
    fail_when(monkeypatch, lambda model: model.period == 5 and bool(model.plants))
    done = {one.number: one for one in run_together(setups)}
    same(done[0].what, alone[0])
    assert [str(done[k].what) for k in (1, 2, 3)] == [f"{name} in 5" for name in WORLDS[1:]]
    assert [done[k].taken for k in (1, 2, 3)] == [0, 0, 0]


def test_a_copy_that_finds_no_room_costs_time_and_nothing_else(four, monkeypatch):
    setups, alone = four
    really, asked = Course.copy, []

    def copy(course):
        asked.append(course.done)
        if len(asked) == 2:
            raise MemoryError
        return really(course)

    monkeypatch.setattr(Course, "copy", copy)
    done = {one.number: one.what for one in run_together(setups)}
    for number, what in enumerate(alone):
        same(done[number], what)
    assert asked == [BURN_IN, BURN_IN + 7, BURN_IN + 21]


@pytest.mark.parametrize("states", [0.5, 1.5, 2.5])
def test_waiting_copies_are_bounded(four, monkeypatch, states):
    setups, alone = four
    # Two more that branch again, in a part that is not the last.
    pair = [
        setup_of(world(f"p{k}", Event(f"2023-1{k}", {"vat_rate": 0.14}), plants=())) for k in (0, 1)
    ]
    pair = [replace(one, params=setups[0].params) for one in pair]
    waiting = []
    really = Course.copy

    def copy(course):
        waiting.append(course.done)
        return really(course)

    monkeypatch.setattr(Course, "copy", copy)
    size = size_of(setups[0].build())
    monkeypatch.setattr(branching, "MOST_BYTES_KEPT", states * size)
    done = {one.number: one for one in run_together([*setups, *pair])}
    for number, what in enumerate(alone):
        same(done[number].what, what)
    for number, setup in enumerate(pair):
        same(done[4 + number].what, run(setup))
    saved = sum(one.taken for one in done.values())
    assert (saved == 0) == (states < 1)
    assert len(waiting) == (0 if states < 1 else 5)


def test_progress_goes_through_every_month_once(four):
    setups, _ = four
    seen = []
    done = list(run_together(setups, progress=lambda *message: seen.append(message)))
    assert len(seen) == months_to_run(setups)[0]
    assert len(set(seen)) == len(seen)
    ends = [number for number, month, total in seen if month == total]
    assert ends == [one.number for one in done]


# --- Who does what ----------------------------------------------------------------------------------


def test_groups_stay_whole_while_everybody_has_one():
    pair = [[0, 1], [2, 3], [4, 5]]
    assert share_out(pair, 1) == pair
    assert share_out(pair, 2) == [[0, 1], [2, 3], [4], [5]]
    assert share_out(pair, 3) == pair
    assert share_out(pair, 8) == [[k] for k in range(6)]
    assert share_out([[0], [1, 2, 3, 4, 5]], 2) == [[1, 2, 3, 4, 5], [0]]
    assert share_out([[0, 1, 2, 3, 4]], 2) == [[0, 1, 2], [3, 4]]
    assert share_out([], 2) == []


def test_start_values_that_are_no_news_are_still_another_start():
    """Not sure means not shared: a world that sets a parameter to the pack's own value."""
    own = Params().vat_rate
    named = replace(World.load("plant"), parameters={"vat_rate": own})
    assert agreed_months(setup_of("plant"), setup_of(named), VALLEY) == -1


def test_panel_plans_are_compared_by_what_they_keep():
    one, other = (setup_of("plant", panels=PanelPlan(("firms",), every=k)) for k in (6, 12))
    assert agreed_months(one, other, VALLEY) == -1
    assert agreed_months(one, one, VALLEY) == one.months
