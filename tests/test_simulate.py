import subprocess
import sys

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from runs import BURN_IN, HORIZON, SMALL, small

from experiments.outcomes import outcomes, readable
from experiments.simulate import prepare, simulate
from model import InputError, Params, RegionalModel, World, load_pack


def test_results_have_every_month_and_every_outcome():
    run = small()
    assert list(run.monthly.index) == list(range(HORIZON))
    assert run.monthly.index.name == "period"
    assert run.monthly["date"].iloc[0] == pd.Timestamp("2023-01-01")
    assert set(run.monthly.columns) == {"date", *outcomes()}
    assert run.monthly.drop(columns="date").notna().all(axis=None)


def test_regional_table_is_tidy_and_adds_up():
    run = small()
    regions = load_pack("valley").region_ids
    assert len(run.regional) == HORIZON * len(regions)
    assert list(run.regional["region"].iloc[: len(regions)]) == regions
    for name in set(run.regional.columns) & set(outcomes()):
        if outcomes()[name].extensive:
            total = run.regional.groupby("period")[name].sum()
            np.testing.assert_allclose(total, run.monthly[name], rtol=1e-6, err_msg=name)


def test_the_same_seed_gives_the_same_run_and_another_seed_another():
    again = simulate("plant", seed=1, **SMALL)
    pd.testing.assert_frame_equal(again.monthly, small().monthly, check_exact=True)
    pd.testing.assert_frame_equal(again.regional, small().regional, check_exact=True)
    assert not small(seed=2).monthly.equals(small().monthly)


def test_the_same_as_stepping_the_model_by_hand():
    params = load_pack("valley").params().with_values({"burn_in": BURN_IN, "horizon": HORIZON})
    model = RegionalModel(params, world="plant", rng=1)
    model.run()
    assert np.array_equal(
        model.measures.monthly["employee_jobs"], small().monthly["employee_jobs"].to_numpy()
    )


def test_progress_counts_every_month():
    seen = []
    simulate("none", progress=lambda done, total: seen.append((done, total)), **SMALL)
    months = BURN_IN + HORIZON
    assert seen == [(month, months) for month in range(1, months + 1)]


def test_settings_win_over_what_the_world_starts_with():
    world = World("own", "Own", "?", parameters={"vat_rate": 0.2, "loan_rate": 0.3})
    setup = prepare(world, settings={"vat_rate": 0.1}, pack="valley")
    assert setup.params.vat_rate == 0.1
    assert dict(setup.world.parameters) == {"loan_rate": 0.3}
    assert prepare(world, pack="valley").world == world


def test_params_of_the_caller_are_kept():
    params = Params(pack="valley", vat_rate=0.11)
    assert prepare(params=params).params.vat_rate == 0.11
    assert prepare(params=params).pack == "valley"
    assert prepare(pack="valley", scale=3, horizon=7).params.horizon == 7


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"world": "plnt"}, "plant"),
        ({"world": "no/such.toml"}, "such.toml"),
        ({"pack": "valey"}, "valley"),
        ({"scale": 0}, "scale"),
        ({"scale": float("nan")}, "scale"),
        ({"horizon": -1}, "horizon"),
        ({"horizon": 1.5}, "horizon"),
        ({"settings": {"vat_rte": 0.1}}, "vat_rate"),
        ({"settings": {"vat_rate": 3}}, "0 to 0.5"),
        ({"seed": -1}, "seed"),
        ({"seed": True}, "seed"),
        ({"seed": 1.5}, "seed"),
        ({"seed": 2**63}, "seed"),
        ({"seed": "one"}, "seed"),
    ],
)
def test_bad_input_is_refused_before_anything_runs(arguments, words):
    with pytest.raises(InputError, match=words):
        prepare(**({"pack": "valley"} | arguments))


def test_a_site_the_pack_lacks_is_refused(tmp_path):
    path = tmp_path / "moon.toml"
    path.write_text('title = "t"\nquestion = "q"\n[[plants]]\nsite = "moon"\n')
    with pytest.raises(InputError, match="moon"):
        prepare(path, pack="valley")


def test_parquet_carries_units_and_comes_back_equal(tmp_path):
    run = small()
    run.to_parquet(tmp_path)
    back = pq.read_table(tmp_path / "monthly.parquet")
    field = back.schema.field("employee_jobs")
    assert field.metadata[b"unit"].decode() == outcomes()["employee_jobs"].unit
    table = back.to_pandas().drop(columns="seed").set_index("period")
    for name in run.monthly.columns:
        assert np.array_equal(table[name], run.monthly[name])
    assert World.from_toml((tmp_path / "world.toml").read_text(), name="plant") == run.world


def test_results_show_themselves():
    assert "seed 1" in small()._repr_html_()
    table = small().to_pandas()
    assert list(table.columns[:4]) == ["world", "seed", "period", "date"]
    assert small().monthly.attrs["units"]["employee_jobs"] == outcomes()["employee_jobs"].unit


def test_importing_experiments_is_light():
    code = "import sys, experiments.cli; print('pandas' in sys.modules, 'mesa' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (1234567.0, "jobs", "1.235 m"),
        (123456.7, "jobs", "123,457"),
        (93.6, "jobs", "94"),
        (-2.5e9, "KGS/year", "−2.50 bn"),
        (2.5e6, "KGS/year", "2.50 m"),
        (34000.4, "KGS/month", "34,000"),
        (0.0123, "share", "0.012"),
        (float("nan"), "jobs", "–"),
        (0.0, "KGS/year", "0"),
    ],
)
def test_numbers_are_readable(value, unit, words):
    assert readable(value, unit) == words
    assert readable(5.0, "jobs", signed=True, named=True) == "+5 jobs"
