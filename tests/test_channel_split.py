"""The arithmetic of a decomposition, and a small one from end to end."""

import itertools
import math
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from experiments import channels_job
from experiments.channel_split import (
    AROUND,
    DIRECT,
    INTERACTION,
    OWN,
    TOTAL,
    Levels,
    sets_off,
    shapley_value,
    split,
)
from experiments.channels import count_runs, decompose
from experiments.cli import app
from experiments.displacement import crew_origin, jobs_lost
from experiments.pool import Failure
from model import InputError
from model.channels import CHANNELS
from model.firms import PLANT

NAMES = ("a", "b", "c")
SUBSETS = [frozenset(s) for k in range(4) for s in itertools.combinations(NAMES, k)]


def rows_of(values, plant=math.nan, control=0.0):
    level = Levels(control, dict(zip(SUBSETS, values, strict=True)), plant)
    return {(row, part): value for row, part, value in split(level, NAMES, shapley=True)}


levels = st.lists(st.floats(-1e6, 1e6), min_size=8, max_size=8)


@given(levels, st.floats(-1e6, 1e6))
@settings(max_examples=50, deadline=None)
def test_parts_and_interaction_sum_to_the_effect(values, control):
    rows = rows_of(values, plant=3.0, control=control)
    for part in ("first-in", "last-out", "shapley"):
        total = rows[DIRECT, ""] + sum(rows[name, part] for name in NAMES)
        assert total + rows[INTERACTION, part] == pytest.approx(rows[TOTAL, ""], abs=1e-6)
    assert rows[INTERACTION, "shapley"] == pytest.approx(0.0, abs=1e-6)
    assert rows[OWN, ""] + rows[AROUND, ""] == pytest.approx(rows[DIRECT, ""], abs=1e-6)


@given(levels)
@settings(max_examples=30, deadline=None)
def test_shapley_is_the_mean_over_all_orders(values):
    by_off = dict(zip(SUBSETS, values, strict=True))
    for name in NAMES:
        gains = []
        for order in itertools.permutations(NAMES):
            before = frozenset(order[: order.index(name)])
            off = frozenset(NAMES) - before
            gains.append(by_off[off - {name}] - by_off[off])
        slow = sum(gains) / len(gains)
        assert shapley_value(by_off, NAMES, name) == pytest.approx(slow, abs=1e-6)


def test_channels_that_add_up_leave_no_interaction():
    worth = {"a": 5.0, "b": -2.0, "c": 0.5}
    values = [10.0 + sum(w for name, w in worth.items() if name not in off) for off in SUBSETS]
    rows = rows_of(values)
    for name, value in worth.items():
        for part in ("first-in", "last-out", "shapley"):
            assert rows[name, part] == pytest.approx(value)
    assert rows[INTERACTION, "first-in"] == pytest.approx(0.0, abs=1e-12)
    assert (OWN, "") not in rows


def test_two_that_only_work_together_are_interaction():
    values = [1.0 if not off & {"a", "b"} else 0.0 for off in SUBSETS]
    rows = rows_of(values)
    assert rows["a", "first-in"] == 0.0
    assert rows["a", "last-out"] == 1.0
    assert rows["a", "shapley"] == pytest.approx(0.5)
    assert rows[INTERACTION, "first-in"] == 1.0


def test_sets_of_runs():
    assert len(sets_off(CHANNELS)) == 14
    assert len(sets_off(CHANNELS, shapley=True)) == 64
    assert count_runs(CHANNELS, 3) == 45
    assert count_runs(CHANNELS, 1, shapley=True) == 65
    assert sets_off(CHANNELS)[0] == frozenset()
    assert len(set(sets_off(CHANNELS))) == 14


# --- Displacement -----------------------------------------------------------------------------------

OLD, BORN = 5, (1 << 63) + 9


def firms(*rows):
    names = ["period", "identity", "region", "sector", "origin", "employees"]
    return pd.DataFrame(rows, columns=names).astype({"identity": "uint64"})


def test_jobs_lost_by_firm_and_cell():
    control = firms((11, OLD, 0, 1, 0, 10), (11, OLD + 1, 0, 1, 0, 4), (11, BORN, 1, 2, 1, 3))
    treated = firms(
        (11, OLD, 0, 1, 0, 7), (11, OLD + 1, 0, 1, 0, 9), (11, BORN + 1, 1, 2, 1, 1),
        (11, 99, 0, 10, PLANT, 50),
    )  # fmt: skip
    found, cells = jobs_lost(treated, control)
    assert found["lost by firms in both worlds"] == -3.0
    assert found["won by firms in both worlds"] == 5.0
    assert found["in firms founded in one world only, net"] == -2.0
    assert found["lost by region and sector"] == -2.0
    assert cells.to_dict() == {(0, 1): 2.0, (1, 2): -2.0}


def test_a_closed_firm_has_lost_its_jobs_and_a_twin_born_later_counts():
    control = firms((11, OLD, 0, 1, 0, 10), (11, BORN, 1, 2, 1, 3))
    treated = firms((11, BORN, 1, 2, 1, 2))
    found, _ = jobs_lost(treated, control)
    assert found["lost by firms in both worlds"] == -11.0
    assert found["in firms founded in one world only, net"] == 0.0
    same, _ = jobs_lost(control, control)
    assert set(same.values()) == {0.0}


def test_the_plants_staff_by_what_they_would_be():
    plants = pd.DataFrame({"period": [11, 23], "row": [8, 8], "origin": PLANT})
    names = ["period", "identity", "employer", "status"]
    people = pd.DataFrame(
        [(23, 1, 8, 1), (23, 2, 8, 1), (23, 3, 8, 1), (23, 4, 5, 1)], columns=names
    )
    control = pd.DataFrame([(23, 1, 5, 1), (23, 2, -1, 2), (23, 4, 5, 1)], columns=names)
    found = crew_origin({"firms": plants, "workers": people}, control)
    assert {name.split(": ")[1]: n for name, n in found.items() if n} == {
        "employee": 1.0, "own-account": 1.0, "somebody else": 1.0,
    }  # fmt: skip
    assert sum(found.values()) == 3.0


# --- From end to end --------------------------------------------------------------------------------

SHORT = {"pack": "valley", "horizon": 24, "settings": {"burn_in": 3}}


@pytest.fixture(scope="module")
def found():
    return decompose("plan", seeds=[1, 2], window=12, **SHORT)


def test_a_decomposition_adds_up(found):
    for name in found.table["outcome"].unique():
        for part in ("first-in", "last-out"):
            parts = sum(found.value(name, row, part) for row in (*found.channels, INTERACTION))
            total = found.value(name, DIRECT) + parts
            assert total == pytest.approx(found.value(name, TOTAL), rel=1e-9, abs=1e-6), name
    assert found.value("employee_jobs", OWN) > 0.0
    assert (found.table["low"] <= found.table["mean"]).all()
    staff = found.displacement[found.displacement["measure"].str.startswith("plant staff")]
    assert staff["mean"].sum() > 0.0
    assert set(found.channels) | set(found.absent) == set(CHANNELS)


def test_the_supplier_channel_is_what_an_enclave_lacks(found):
    """All channels on but the supplier's: by run the same as the world with no home purchases."""
    from dataclasses import replace

    from experiments.simulate import simulate
    from model import World

    plan = World.load("plan")
    enclave = replace(plan, plants=(replace(plan.plants[0], local_purchases=False),))
    jobs = []
    for seed in (1, 2):
        one, other = (simulate(w, seed=seed, **SHORT).monthly for w in (plan, enclave))
        jobs.append((one["employee_jobs"] - other["employee_jobs"]).tail(12).mean())
    last_out = found.value("employee_jobs", "supplier", "last-out")
    assert last_out == pytest.approx(sum(jobs) / 2, rel=1e-9, abs=1e-9)


def test_bad_decompositions_are_refused():
    with pytest.raises(InputError, match="no plant"):
        decompose("plan", against="plant", seeds=[1], **SHORT)
    with pytest.raises(InputError, match="employee_jobs"):
        decompose("plan", seeds=[1], names=["employe_jobs"], **SHORT)
    with pytest.raises(InputError, match="seeds"):
        decompose("plan", seeds=[], **SHORT)


def ornok(*words):
    return CliRunner().invoke(app, ["channels", *words])


VALLEY = ["--pack", "valley", "--horizon", "12", "--set", "burn_in=3"]


def test_the_command_prints_and_stores(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(channels_job, "processes", lambda runs: 1)
    done = ornok("plan", *VALLEY, "--out", "mine")
    assert done.exit_code == 0, done.output
    for word in ("supplier", "interaction", "first-in", "last-out", "Displacement", "One seed"):
        assert word in done.stdout
    names = {path.name for path in Path("mine").iterdir()}
    assert names == {
        "channels.csv", "channels_by_seed.csv", "displacement.csv", "unmet.csv", "run.json"
    }  # fmt: skip
    assert ornok("plan", *VALLEY, "--out", "mine").exit_code == 2


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["plnt"], ["plnt", "plant"]),
        (["plan", "--against", "plant"], ["plant", "no plant"]),
        (["plan", "--seeds", "0"], ["seeds", "1 to 1000"]),
        (["plan", "--horizon", "0", *VALLEY[:2]], ["horizon"]),
        (["plan", "--set", "vat_rte=1"], ["vat_rate"]),
    ],
)
def test_bad_input_ends_with_code_2(words, named, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = ornok(*words)
    assert done.exit_code == 2, done.output
    for word in named:
        assert word in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_seed_with_a_failed_run_is_left_out(monkeypatch):
    from experiments import channels, pool

    def sometimes(setups, *, jobs=1, progress=None):
        done = pool.run_all(setups, jobs=1)
        last = setups[-1]
        return [*done[:-1], Failure(last.world.name, last.seed, "on purpose", "")]

    monkeypatch.setattr(channels, "run_all", sometimes)
    from experiments.effects import NoRunFinishedError

    with pytest.raises(NoRunFinishedError, match="on purpose"):
        decompose("plan", seeds=[1], **(SHORT | {"horizon": 6}))
