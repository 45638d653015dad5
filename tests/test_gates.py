"""Money, goods and people: what must hold in every month of every world."""

from dataclasses import replace

import numpy as np
import pytest
from gates import Watched, build
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model import InputError, Params, RegionalModel, load_pack
from model.params import RUN_SETTINGS
from model.sectors import VEHICLES
from model.workers import ABROAD, EMPLOYEE, UNEMPLOYED

RUNS = {
    "valley": ("plant", "valley", 45, {}),
    "valley under the plan": ("plan", "valley", 30, {}),
    "valley, enclave": ("enclave", "valley", 30, {}),
    "Kyrgyzstan in small": ("plant", "kyrgyzstan", 45, {"scale": 500}),
    "Kyrgyzstan without plant": ("none", "kyrgyzstan", 20, {"scale": 1000}),
}


@pytest.mark.parametrize("name", RUNS)
def test_every_gate_in_every_month(name):
    world, pack, months, values = RUNS[name]
    watched = Watched(build(world, pack, **values))
    for _ in range(months):
        watched.step()
    if world in ("plant", "plan") and pack == "valley":
        assert watched.model.plants[0].experience > 0.0


# --- The gates notice -----------------------------------------------------------------------------


def _money_from_nowhere(model):
    model.firms.cash[np.flatnonzero(model.firms.alive)[3]] += 1.0


def _deposit_from_nowhere(model):
    model.workers.savings[7] += 50_000.0


def _goods_from_nowhere(model):
    model.firms.inventory[np.flatnonzero(model.firms.alive & (model.firms.sector == 2))[0]] += 0.1


def _inputs_from_nowhere(model):
    row = np.flatnonzero(model.firms.alive & (model.firms.sector == 2))[0]
    model.firms.input_stock[row, 0] += 1e9


def _ghost_on_the_payroll(model):
    model.firms.employees[np.flatnonzero(model.firms.alive)[0]] += 1


def _employed_by_nobody(model):
    model.workers.status[np.flatnonzero(model.workers.status == UNEMPLOYED)[0]] = EMPLOYEE


def _twins(model):
    model.workers.identity[5] = model.workers.identity[6]


def _a_car_too_many(model):
    model.workers.car[np.flatnonzero(model.workers.car == 0)[0]] = 1


def _a_dealers_car(model):
    model.importers[0].stock += 1


TAMPERS = [
    _money_from_nowhere, _deposit_from_nowhere, _goods_from_nowhere, _inputs_from_nowhere,
    _ghost_on_the_payroll, _employed_by_nobody, _twins, _a_car_too_many, _a_dealers_car,
]  # fmt: skip


@pytest.mark.parametrize("tamper", TAMPERS, ids=lambda f: f.__name__.strip("_"))
def test_the_gates_notice(tamper, monkeypatch):
    """A gate that cannot fail proves nothing: each fault, made within the month, is seen."""
    watched = Watched(build("none"))
    watched.step()
    record = watched.model.measures.record

    def fault_then_record():
        tamper(watched.model)
        record()

    monkeypatch.setattr(watched.model.measures, "record", fault_then_record)
    with pytest.raises(AssertionError):
        watched.step()


# --- Over the parameters ------------------------------------------------------------------------


def _ranges():
    """Fields of Params with the span from half to twice the default, within their bounds."""
    found = {}
    for row in Params().describe():
        bounded = isinstance(row.value, float) and row.name not in (*RUN_SETTINGS, "numeraire")
        if bounded and row.value > 0.0:
            found[row.name] = (max(row.low, 0.5 * row.value), min(row.high, 2.0 * row.value))
    return found


RANGES = _ranges()
drawn_parameters = st.lists(
    st.sampled_from(sorted(RANGES)), min_size=1, max_size=6, unique=True
).flatmap(lambda names: st.fixed_dictionaries({name: st.floats(*RANGES[name]) for name in names}))


def _check(pack, months, values, seed, **settings_):
    watched = Watched(build("plant", pack, seed, **settings_, **values))
    # The opening is near enough for the plant to hire and to make cars within these months.
    for plant in watched.model.plants:
        plant.ground_breaking, plant.opening = -1, 2
    for _ in range(months):
        watched.step()


@settings(max_examples=12, deadline=None, derandomize=True)
@given(values=drawn_parameters, seed=st.integers(1, 1000))
def test_gates_hold_over_the_parameters_on_the_valley(values, seed):
    _check("valley", 9, values, seed)


@settings(
    max_examples=6, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
@given(values=drawn_parameters, seed=st.integers(1, 1000))
def test_gates_hold_over_the_parameters_on_the_reference_pack(values, seed):
    _check("kyrgyzstan", 9, values, seed, scale=2000)


# --- Tiny regions ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pack", "scale"),
    [("valley", 100), ("valley", 300), ("valley", 1000), ("kyrgyzstan", 1e5)],
)
def test_worlds_of_a_few_people_run(pack, scale):
    watched = Watched(build("plant", pack, scale=scale))
    for _ in range(24):
        watched.step()


def test_a_world_without_anybody_is_refused():
    with pytest.raises(InputError, match="nobody"):
        build("plant", "valley", scale=1e5)


def tiny_pack(firms):
    """The valley with a first region of three people: one employee if `firms`, else none."""
    valley = load_pack("valley")
    employees, own_account = valley.employees.copy(), valley.own_account.copy()
    small, large = valley.firms_small.copy(), valley.firms_large.copy()
    for table in (employees, own_account, small, large):
        table[0] = 0
    force, unemployed = valley.labour_force.copy(), valley.unemployment_rate.copy()
    employees[0, 5] = small[0, 5] = firms
    own_account[0, 0], force[0] = 2 - firms, 3.0
    unemployed[0] = 1.0 / 3.0
    abroad = valley.abroad.copy()
    abroad[0] = 0.0
    return replace(
        valley, employees=employees, own_account=own_account, firms_small=small,
        firms_large=large, labour_force=force, unemployment_rate=unemployed, abroad=abroad,
    )  # fmt: skip


@pytest.mark.parametrize("firms", [0, 1])
@pytest.mark.parametrize("site", ["reference", "alternative"])
def test_a_region_of_three_people_runs(firms, site, monkeypatch):
    """With one firm or none; with the plant there (it hires whom it finds) or elsewhere."""
    pack = tiny_pack(firms)
    monkeypatch.setattr("model.model.load_pack", lambda name: pack)
    world = "elsewhere" if site == "alternative" else "plant"
    params = pack.params().with_values({"burn_in": 2, "horizon": 60})
    watched = Watched(RegionalModel(params, world=world, rng=1))
    f = watched.model.firms
    here = (watched.model.workers.region == 0) & (watched.model.workers.status != ABROAD)
    assert int(here.sum()) == 3
    assert int((f.alive & (f.region == 0) & (f.sector != VEHICLES)).sum()) == firms
    for _ in range(30):
        watched.step()
