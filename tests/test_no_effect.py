"""No effect without a cause, and the same seed gives the same run: bit for bit (V16)."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from gates import build, run
from state import differences, state_hash

from model import World
from model.markets.car_choice import DOMESTIC
from model.start import PLANT_ROWS
from model.worlds import Event, PlantSite

PLANT = World.load("plant")
NONE = World.load("none")
# Long enough that its opening lies beyond every horizon here.
NEVER = PlantSite(plant="", delay_months=1200)
SETTINGS = {"valley": {}, "kyrgyzstan": {"scale": 1000}}


def rows_of_plants(model):
    """What the rows kept for plants hold: nothing of it may move before ground is broken."""
    f, last = model.firms, slice(-PLANT_ROWS, None)
    columns = ("alive", "employees", "cash", "production_value", "investment", "vacancies", "age")
    return [float(f.values(name)[last].sum()) for name in columns]


# --- No cause, no effect --------------------------------------------------------------------------


@pytest.mark.parametrize("pack", SETTINGS)
def test_before_ground_is_broken_the_plant_is_nowhere(pack):
    """The plant is announced in month 0 and starts to build four months later."""
    with_plant = build(PLANT, pack, **SETTINGS[pack])
    without = build(NONE, pack, **SETTINGS[pack])
    assert not differences(with_plant, without)
    start = with_plant.plants[0].ground_breaking
    assert with_plant.plants[0].announced >= 0
    while with_plant.period < start - 1:
        with_plant.step()
        without.step()
        assert not differences(with_plant, without), with_plant.period
        assert not any(rows_of_plants(with_plant))
    assert with_plant.measures.now == without.measures.now
    with_plant.step()
    without.step()
    assert differences(with_plant, without)


@pytest.mark.parametrize("pack", SETTINGS)
def test_a_plant_that_never_opens_changes_nothing(pack):
    dormant = run(replace(NONE, plants=(NEVER,)), 30, pack=pack, **SETTINGS[pack])
    assert not differences(dormant, run(NONE, 30, pack=pack, **SETTINGS[pack]))


def test_a_second_plant_that_never_opens_changes_nothing():
    alone = run(PLANT, 40)
    beside = run(replace(PLANT, plants=(*PLANT.plants, NEVER)), 40)
    assert alone.plants[0].experience > 0.0
    assert not differences(alone, beside)
    for name in ("stock", "kits", "expected", "planned", "experience", "parent_debt", "month"):
        assert getattr(alone.plants[0], name) == getattr(beside.plants[0], name), name


@pytest.mark.parametrize("world", [PLANT, NONE], ids=["plant", "none"])
def test_an_event_that_sets_what_is_already_so_changes_nothing(world):
    rates = build(world).params
    events = tuple(
        Event(date, {"vat_rate": rates.vat_rate, "quit_rate": rates.quit_rate})
        for date in ("2023-02", "2024-01")
    )
    idle = run(replace(world, events=(*world.events, *events)), 24)
    assert not differences(idle, run(world, 24), plants=True)


def test_an_event_changes_nothing_before_its_date():
    late = build(replace(NONE, events=(Event("2023-09", {"vat_rate": 0.2}),)))
    never = build(NONE)
    for period in range(-3, 10):
        late.step()
        never.step()
        assert bool(differences(late, never)) == (period >= 8), period


def test_outside_series_change_nothing_before_month_zero():
    flat, none = build("flat"), build(NONE)
    for _ in range(3):
        flat.step()
        none.step()
        assert not differences(flat, none)


def test_nobody_drives_a_domestic_car_without_a_plant():
    model = run(NONE, 20)
    assert not (model.workers.car == DOMESTIC).any()
    assert model.car_market.trust == 0.0


# --- The same seed, the same run ------------------------------------------------------------------

PROGRAM = """
import sys
sys.path.insert(0, {folder!r})
from gates import run
from state import state_hash
print(state_hash(run("plant", {months}, pack="valley", scale={scale}), plants=True))
"""


def hash_elsewhere(months, scale, **environment):
    """The hash of a run in a process of its own."""
    folder = str(Path(__file__).parent)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c",
         PROGRAM.format(folder=folder, months=months, scale=scale)],
        env={**os.environ, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("threads", ["1", "2"])
def test_the_number_of_threads_does_not_matter(threads):
    here = state_hash(run("plant", 30, pack="valley"), plants=True)
    assert hash_elsewhere(30, 1.0, NUMBA_NUM_THREADS=threads) == here


def test_the_compiler_does_not_matter():
    """Every rule runs as plain Python to the same bits (per platform)."""
    here = state_hash(run("plant", 24, pack="valley", scale=4.0), plants=True)
    assert hash_elsewhere(24, 4.0, NUMBA_DISABLE_JIT="1") == here


def test_the_order_of_a_batch_does_not_matter():
    """Alone, after another, or step by step beside others that are alive."""
    alone = {seed: state_hash(run("plant", 15, seed=seed), plants=True) for seed in (1, 2, 3)}
    assert len(set(alone.values())) == 3
    models = {seed: build("plant", seed=seed) for seed in (3, 1, 2)}
    for _ in range(15):
        for model in models.values():
            model.step()
    assert {seed: state_hash(model, plants=True) for seed, model in models.items()} == alone


def test_mesas_own_generators_decide_nothing():
    disturbed = build("plant")
    for _ in range(10):
        disturbed.random.random()
        disturbed.rng.random(3)
        disturbed.step()
    assert not differences(disturbed, run("plant", 10), plants=True)
