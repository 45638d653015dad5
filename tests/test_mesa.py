"""What a Mesa user expects of any model holds for this one."""

import mesa
import pytest
from runs import BURN_IN, HORIZON, small

from model import RegionalModel, load_pack
from model.errors import InputError


def valley_params():
    return load_pack("valley").params().with_values({"burn_in": BURN_IN, "horizon": HORIZON})


def test_step_is_a_month():
    model = RegionalModel(valley_params(), rng=1)
    before = model.period
    model.step()
    assert model.period == before + 1


def test_batch_run_agrees_with_simulate():
    rows = mesa.batch_run(
        RegionalModel,
        parameters={"params": [valley_params()], "world": ["plant", "none"]},
        rng=[1, 2],
        max_steps=BURN_IN + HORIZON,
        number_processes=1,
        display_progress=False,
    )
    last = {(row["world"], row["rng"]): row for row in rows}
    assert set(last) == {("plant", 1), ("plant", 2), ("none", 1), ("none", 2)}
    for (world, seed), row in last.items():
        for name in ("employee_jobs", "mean_wage", "cars_made"):
            assert row[name] == small(world, seed).monthly[name].iloc[-1], name


def test_data_collector_takes_names_of_properties():
    model = RegionalModel(valley_params(), rng=1)
    collector = mesa.DataCollector(model_reporters={"jobs": "employee_jobs", "made": "cars_made"})
    for _ in range(BURN_IN + 2):
        model.step()
        collector.collect(model)
    table = collector.get_model_vars_dataframe()
    assert len(table) == BURN_IN + 2


def test_agents_are_mesa_agents():
    model = RegionalModel(valley_params(), world="plant", rng=1)
    kinds = {type(agent).__name__ for agent in model.agents}
    assert {"Government", "Bank"} <= kinds
    assert all(isinstance(agent, mesa.Agent) for agent in model.agents)
    worker = model.workers[0]
    assert isinstance(worker, mesa.Agent)
    assert worker.model is model
    assert worker not in model.agents
    with pytest.raises(Exception, match="row"):
        worker.remove()


@pytest.mark.parametrize(
    "given", [{"rng": "a"}, {"rng": -1}, {"rng": 1.5}, {"params": {"vat_rate": 0.1}}]
)
def test_what_is_no_seed_and_no_params_is_refused(given):
    with pytest.raises(InputError):
        RegionalModel(pack="valley", **given)
