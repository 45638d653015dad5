"""Levers and questions: what visitors may ask, and what becomes of the rest."""

import subprocess

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments import simulate
from model import World
from model.measures import outcomes
from ui.command_line import command_of
from ui.language import LANGUAGES, Words
from ui.lever_texts import WORLD_GROUPS, notices_of
from ui.levers import BY_NAME, CHOICE, FLAG, LEVERS, defaults_of, evidence_of
from ui.question import Question, ask
from ui.run_request import PACKS, SCALES, scales_for
from ui.shown_outcomes import OTHER, all_outcomes, as_props

# A world of the library, and the levers on the reference plant that make the same one.
SAME = {
    "plan": {"offtake": "plan"},
    "volume": {"offtake": "100000"},
    "delayed": {"delay_months": 60},
    "elsewhere": {"site": "alternative"},
    "enclave": {"local_purchases": "false"},
    "closure": {"closing": "2034"},
    "mandate": {"content_rule": 0.3},
    "no_exemption": {"kit_exemption": 0},
    "tariff": {"duty_points": 5},
    "import_fee": {"import_fee": 100_000},
    "car_loans": {"car_loan_rate": 0.05},
    "procurement": {"state_purchases": 1},
    "training": {"training": 500},
    "guarantee": {"guarantee": 0.7},
    "supplier_fund": {"supplier_fund": 8.7e8},
    "corridor_block": {"border": 1},
    "devaluation": {"devaluation": 30},
    "export_slump": {"export_demand": 0.8},
}


def content(world):
    return world.outside, world.parameters, world.events, world.plants


@pytest.mark.parametrize("name", SAME)
def test_levers_make_the_worlds_of_the_library(name):
    question, corrections = ask(SAME[name])
    assert not corrections
    assert content(question.with_plant) == content(World.load(name))


@pytest.mark.parametrize("name", World.names())
def test_a_lever_written_as_it_was_read_changes_nothing(name):
    question, _ = ask({"world": name})
    for lever in (one for one in LEVERS if question.usable(one)):
        value = question.value(lever)
        assert lever.clamp(value) == value, lever.name
        again = lever.edit.write(question.base, value, defaults_of(question.pack))
        assert content(again) == content(question.base), lever.name


def test_every_world_of_the_library_is_in_the_menu():
    listed = [name for names in WORLD_GROUPS.values() for name in names]
    assert sorted([*listed, "flat"]) == World.names()


def ends(lever):
    if lever.kind == CHOICE:
        return lever.choices
    return ("true", "false") if lever.kind == FLAG else (lever.low, lever.high)


@pytest.mark.parametrize("lever", LEVERS, ids=lambda one: one.name)
def test_the_ends_of_every_lever_can_be_run(lever):
    for pack in PACKS:
        for value in ends(lever):
            question, corrections = ask({"pack": pack, lever.name: value})
            assert not corrections
            for plant in (True, False):
                question.request(plant=plant).setup()


def test_every_lever_says_how_well_it_is_known():
    for pack in PACKS:
        assert set(evidence_of(pack)) == set(BY_NAME)
        assert {grade for grade, _ in evidence_of(pack).values()} <= {
            "measured", "press", "recalled", "assumed",
        }  # fmt: skip


def test_what_makes_no_sense_is_corrected_and_named():
    question, corrections = ask(
        {"world": "<script>", "scale": "0.001", "seed": "1e99", "kit_exemption": 7, "offtake": "x",
         "training": "nan", "content_rule": "0.31", "nobody": 1}
    )  # fmt: skip
    assert (question.world, question.scale, question.seed) == ("plant", 50, 9999)
    assert question.moved == {"content_rule": 0.3}
    named = {one.name for one in corrections}
    assert named == {
        "world", "scale", "seed", "kit_exemption", "offtake", "training", "content_rule",
    }  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_nobody_knows_is_not_called_out_of_range(language):
    words = Words(language)
    _, corrections = ask({"world": "abc", "seed": "-4", "scale": "7"})
    world, scale, seed = notices_of(corrections, words)
    names = {name: words(f"lever_panel.{name}") for name in ("world", "scale", "seed")}
    assert world == words("explore.not_known", name=names["world"], asked="abc", used="plant")
    assert scale == words("explore.correction", name=names["scale"], asked="7", used="50")
    assert seed == words("explore.correction", name=names["seed"], asked="-4", used="1")


anything = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=60),
    st.lists(st.integers(), max_size=2), st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)  # fmt: skip
names = st.sampled_from(["pack", "world", "scale", "seed", *BY_NAME])


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(names, anything))
def test_nothing_from_outside_raises_or_leaves_its_bounds(raw):
    question, _ = ask(raw)
    assert question.pack in PACKS
    assert question.scale in SCALES[question.pack]
    assert 1 <= question.seed <= 9999
    for name, value in question.moved.items():
        assert BY_NAME[name].clamp(value) == value
    again, corrections = ask(question.to_query())
    assert again == question
    assert not corrections


def test_levers_that_need_a_plant_change_nothing_without_one():
    """Bit for bit: so their runs without the plant are shared."""
    short = {"pack": "valley", "horizon": 36}
    bare = simulate("none", **short).monthly
    for lever in (one for one in LEVERS if one.plant_only):
        question = Question(pack="valley", moved={lever.name: lever.low})
        if question.value(lever) == Question(pack="valley").value(lever):
            question = Question(pack="valley", moved={lever.name: lever.high})
        moved = question.with_plant
        world = World("moved", "", "", moved.outside, moved.parameters, moved.events)
        assert world.events, lever.name
        other = simulate(world, **short).monthly
        changed = [name for name in bare if not np.array_equal(bare[name], other[name])]
        assert not changed, lever.name


@pytest.mark.parametrize(
    "raw",
    [
        {"pack": "valley"},
        {"world": "mandate", "scale": 100, "seed": 3},
        {"pack": "valley", "world": "plan", "kit_exemption": 0.5, "border": 2, "seed": 7},
        {"world": "none"},
        {"world": "none", "duty_points": 5},
    ],
)
def test_the_command_makes_the_same_runs(raw, tmp_path):
    """A shell writes the files and calls `ornok run` with the worlds, pack, scale and seed."""
    question, _ = ask(raw)
    script = 'ornok() { printf "%s\\n" "$@" > called; }\n' + command_of(question)
    subprocess.run(["sh", "-c", script], cwd=tmp_path, check=True)
    run, world, *rest = (tmp_path / "called").read_text().split()
    options = dict(zip(rest[::2], rest[1::2], strict=True))
    assert run == "run"

    def loaded(name):
        return World.load(tmp_path / name if name.endswith(".toml") else name)

    against = options.get("--against") or ("flat" if world == "none" else "none")
    assert content(loaded(world)) == content(question.with_plant)
    assert content(loaded(against)) == content(question.without_plant)
    assert options["--pack"] == question.pack
    assert int(options["--seed"]) == question.seed
    usual = {"kyrgyzstan": 10, "valley": 1}[question.pack]
    assert float(options.get("--scale", usual)) == question.scale


@pytest.mark.parametrize(
    ("people", "scales"),
    [
        (7_282_000, (50, 100, 200, 20, 10)),
        (5_800, (1,)),
        (600_000, (10, 20, 1)),
        (100e6, (200,)),
    ],
)
def test_a_pack_of_any_size_has_scales(people, scales):
    """The first makes a miniature that answers at once; none is a handful of people or too many."""
    assert scales_for(people) == scales


def test_every_outcome_of_the_model_can_be_looked_at():
    """Also one that nobody has translated; each once, and each in a group that has a name."""
    for language in LANGUAGES:
        words = Words(language)
        shown = as_props(words)
        assert sorted(one["name"] for one in shown) == sorted(outcomes())
        assert {one["group"] for one in shown} == set(words.part("outcome_groups"))
        assert all(one["label"] and one["help"] for one in shown)
        own = [one for one in shown if one["group"] != OTHER]
        assert not [one for one in own if not words.has(f"outcomes.{one['name']}.label")]
    assert not [name for name in outcomes() if name not in all_outcomes("valley")]
