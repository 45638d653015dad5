"""Panels on request: what they hold, that they move nothing, and how they are stored."""

from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from gates import build
from runs import SMALL, small

from experiments.panels import (
    NAMES,
    PanelPlan,
    contract_table,
    entry_table,
    failure_table,
    record_table,
    sampled,
)
from experiments.simulate import simulate
from experiments.store import write_world
from model import InputError
from model.contracts import Contract, Failure


@pytest.fixture(scope="module")
def run():
    return simulate("plant", panels=NAMES, **SMALL)


def test_panels_move_nothing_and_cost_nobody_else(run):
    pd.testing.assert_frame_equal(run.monthly, small("plant").monthly)
    assert small("plant").panels == {}
    assert set(run.panels) == set(NAMES)


def test_firms_at_the_end_of_the_year(run):
    firms = run.panels["firms"]
    assert firms["period"].unique().tolist() == [11]
    assert firms["identity"].is_unique
    jobs = run.monthly["employee_jobs"].iloc[11]
    # Founders and firms that close move after people are counted, as in the outcome.
    assert firms["employees"].sum() * run.params.scale == pytest.approx(jobs)
    assert firms.attrs["units"]["cash"] == "KGS"


def test_workers_are_a_sample_by_identity():
    identity = build("none").workers.identity
    small_one, large = sampled(identity, 0.05), sampled(identity, 0.2)
    assert not (small_one & ~large).any()
    assert large.mean() == pytest.approx(0.2, abs=0.03)
    assert sampled(identity, 1.0).all()
    assert np.array_equal(sampled(identity[::-1], 0.2), large[::-1])


def test_the_same_people_in_both_worlds(run):
    other = simulate("none", panels=["workers"], **SMALL).panels["workers"]
    mine = run.panels["workers"]
    assert set(mine["identity"]) == set(other["identity"])


def test_columns_snapshots_and_share_can_be_chosen():
    plan = PanelPlan(
        ("firms", "workers"), every=4, first=5, share=1.0, firm_columns=("employees",),
        worker_columns=("status",),
    )  # fmt: skip
    panels = simulate("none", panels=plan, **SMALL).panels
    assert panels["firms"].columns.tolist() == ["period", "row", "identity", "employees"]
    assert panels["workers"]["period"].unique().tolist() == [7, 11]
    assert len(panels["workers"]) == 2 * len(build("none").workers)


def test_no_snapshot_is_an_empty_table_with_its_columns():
    short = SMALL | {"horizon": 5}
    table = simulate("none", panels=["firms"], **short).panels["firms"]
    assert len(table) == 0
    assert "employees" in table


def test_unknown_panels_are_named():
    with pytest.raises(InputError, match="did you mean 'firms'"):
        simulate("none", panels=["firm"], **SMALL)
    with pytest.raises(InputError, match="firm_columns"):
        PanelPlan(("firms",), firm_columns=("employes",))
    with pytest.raises(InputError, match="panel_share"):
        PanelPlan(("workers",), share=0.0)
    with pytest.raises(InputError, match="every"):
        PanelPlan(("workers",), every=0)


def test_contracts_and_failures_are_told_by_name():
    model = build("plant")
    plant = model.plants[0]
    ended = Contract(plant, 2, 5, 77, 0.5, 100.0, 1.0, 3, 6, 40, paid=900.0, closed=20)
    runs = Contract(plant, 0, 6, 78, 1.0, 50.0, 1.0, 8, 9, 44)
    model.past_contracts, model.contracts = [ended], [runs]
    table = contract_table(model)
    parts = [str(name) for name in model.pack.components["name"]]
    assert table["part"].tolist() == [parts[2], parts[0]]
    assert table["end"].tolist() == [20, 44]
    assert table["running"].tolist() == [False, True]
    assert table["value"].tolist() == [900.0, 0.0]
    assert set(table["buyer"]) == {plant.name}
    model.failures = [Failure(4, plant.name, 1, 9, "quality", 120.0, 100.0)]
    failed = failure_table(model)
    assert failed["part"].tolist() == [parts[1]]
    assert failed["reason"].tolist() == ["quality"]


def test_logs_are_read_by_their_own_fields():
    class Left(NamedTuple):
        period: int
        firm: int

    model = build("none")
    model.entry_log = [Left(3, 8)]
    model.exit_log = [Left(5, 8)]
    table = entry_table(model)
    assert table.to_dict("list") == {"event": ["entry", "exit"], "period": [3, 5], "firm": [8, 8]}
    named = record_table([SimpleLog(SimpleNamespace(name="tulpar"), 1)])
    assert named.to_dict("list") == {"plant": ["tulpar"], "period": [1]}


class SimpleLog(NamedTuple):
    plant: object
    period: int


def test_the_log_holds_every_founding(run):
    events, scale = run.panels["entries"], run.params.scale
    counted = {"entry": "firm_entries", "exit": "firm_exits"}
    for event, outcome in counted.items():
        here = (events["event"] == event) & (events["period"] >= 0)
        assert here.sum() * scale == pytest.approx(run.monthly[outcome].sum())


def test_stored_with_units_and_seed(run, tmp_path):
    other = simulate("plant", seed=2, panels=NAMES, **SMALL)
    write_world(tmp_path, [run, other])
    for name in NAMES:
        stored = pq.read_table(tmp_path / f"panel_{name}.parquet")
        assert stored.column_names[0] == "seed"
    firms = pq.read_table(tmp_path / "panel_firms.parquet")
    assert firms.schema.field("cash").metadata[b"unit"] == b"KGS"
    assert set(firms.column("seed").to_pylist()) == {1, 2}
    assert firms.num_rows == len(run.panels["firms"]) + len(other.panels["firms"])
