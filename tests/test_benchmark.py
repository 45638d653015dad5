"""The benchmark measures and says what it should; no test here asks how long anything takes."""

import json

import pytest
import typer

from experiments import benchmark, benchmark_phases
from experiments import benchmark_table as tables
from experiments.benchmark_calibrator import calibrate, stream_gb_s
from experiments.benchmark_measure import Measurements
from experiments.benchmark_rows import BY_KEY, QUICK, ROWS, TINY, Sizes, Taken
from experiments.simulate import prepare
from model import threads


@pytest.fixture(scope="module")
def found():
    """A measurement of a few rows, each in its process, and of the phases."""
    return benchmark.measure(TINY, ["town", "country_memory", "mesa", "help"], phases=True)


def test_the_table_holds_what_was_asked_for(found):
    assert list(found["rows"]) == ["country_memory", "town", "mesa", "help"]
    for key, one in found["rows"].items():
        assert one["lowest"] <= one["value"] <= one["highest"], key
        assert one["n"] == TINY.repeats, key
        assert one["value"] > 0.0, key
        assert (one["ratio"] == one["value"]) == (not BY_KEY[key].per_machine), key
    # Python, numpy and the libraries alone are more, and nobody needs a GiB for `valley`.
    assert 0.05 < found["rows"]["country_memory"]["value"] < 1.0
    assert found["sizes"]["mesa_workers"] == "2,003"
    assert json.loads(json.dumps(found)) == found


def test_every_phase_of_the_month_is_in_its_table(found):
    names = [name.removeprefix("self.") for name in benchmark_phases.phase_names()]
    lines = {one["phase"]: one for one in found["phases"]["phases"]}
    assert sorted(lines) == sorted(names)
    labour = lines["labour.match_workers"]
    assert 0.0 < labour["compiled_s"] <= 2.0 * labour["seconds"]
    assert labour["bytes"] > labour["worker_bytes"] > 0.0
    functions = [one["function"] for one in found["phases"]["functions"]]
    assert len(functions) > 20
    assert "workers.pay_incomes" in functions


def test_the_tables_are_printed(found, capsys):
    benchmark.show(found, {})
    out = capsys.readouterr().out
    for word in ("peak memory", "2,003 workers", "goods.trade_goods", "over memory", "tiny"):
        assert word in out, word


def test_every_row_can_be_measured_and_named():
    for sizes in (Sizes(), QUICK, TINY):
        known = {"sizes": tables.sizes_in_words(sizes, 100_000)}
        for row in ROWS:
            assert callable(getattr(Measurements(sizes), f"_{row.key}"))
            assert "{" not in tables.named(row, known)
    with pytest.raises(typer.BadParameter, match="no row 'speed'"):
        benchmark.chosen("town,speed")
    assert benchmark.chosen("none") == []


def made(ratios, code="abc"):
    """A full table with these ratios (and values)."""
    rows = {}
    for key, value in ratios.items():
        taken = Taken()
        taken.add(value, 1e3 if BY_KEY[key].per_machine else 7.0)
        rows[key] = taken.stored(BY_KEY[key])
    sizes = tables.sizes_in_words(Sizes(), 100_000 if "mesa" in ratios else None)
    return {"sizes": sizes, "rows": rows, "made_on": {"code": code}}


def test_a_fall_is_said_in_words_and_a_gain_is_not():
    before = made({"town": 1.0, "mesa": 131.0, "threads": 1.5, "country_memory": 2.0})
    after = made({"town": 1.31, "mesa": 100.0, "threads": 1.8, "country_memory": 2.4})
    said = tables.complaints(after, before)
    assert len(said) == 2
    assert all(
        "slower than the committed table by 31 %: say so in the changelog" in s for s in said
    )
    assert tables.complaints(before, after) == []
    changes = [line[-1] for line in tables.lines(after, before)]
    assert changes == ["+20 %", "+31 %", "+31 %", "-17 %"]


def test_another_machine_speed_is_divided_out():
    fast, slow = Taken(), Taken()
    fast.add(2.0, 10.0)
    slow.add(3.0, 15.0)
    row = BY_KEY["town"]
    assert fast.stored(row)["ratio"] == pytest.approx(slow.stored(row)["ratio"])


@pytest.mark.parametrize(
    ("key", "value", "word"),
    [
        ("country", 91.0, "missed"), ("country", 90.0, "reached"), ("country", 45.0, "stretch"),
        ("mesa", 99.0, "missed"), ("mesa", 150.0, "reached"), ("mesa", 200.0, "stretch"),
        ("processes", 1.9, "reached"), ("region_default", 1.0, ""),
    ],
)  # fmt: skip
def test_figures_are_reached_or_missed(key, value, word):
    assert tables.verdict(BY_KEY[key], value) == word


def test_small_sizes_are_not_saved():
    with pytest.raises(typer.BadParameter, match="not saved"):
        benchmark.main(quick=True, save=True)


def test_saving_keeps_rows_that_were_not_measured(tmp_path):
    path = tmp_path / "benchmark.json"
    tables.save(made({"town": 1.0, "mesa": 120.0}), path)
    tables.save(made({"town": 2.0}, "def"), path)
    found = tables.committed(path)
    rows = found["rows"]
    assert [one["code"] for one in rows.values()] == ["def", "abc"]
    assert found["sizes"]["mesa_workers"] == "100,000"
    assert {key: one["value"] for key, one in rows.items()} == {"town": 2.0, "mesa": 120.0}
    assert list(rows) == ["town", "mesa"]


# --- Clocks ---------------------------------------------------------------------------------------


class Month:
    def step(self):
        """A docstring is no call."""
        self.open()
        labour.match(self)  # noqa: F821
        self.books.close()
        self.open()


def test_phases_are_read_from_the_source():
    assert benchmark_phases.phase_names(Month.step) == [
        "self.open",
        "labour.match",
        "self.books.close",
    ]


def test_clocks_leave_everything_as_it_was_and_change_no_result():
    def run(months, clocked):
        model = prepare("plant", pack="valley", settings={"burn_in": 1}).build()
        for _ in range(months):
            if clocked:
                phases = benchmark_phases.PhaseClock(model)
                with phases, benchmark_phases.CompiledClock(model, phases) as compiled:
                    model.step()
                assert sum(phases.seconds.values()) > 0.0
                assert compiled.counts
            else:
                model.step()
        return model

    before = {
        key: list(places) for key, (_, places) in benchmark_phases.compiled_functions().items()
    }
    count = threads.count()
    try:
        threads.use(1)
        plain, clocked = run(3, False), run(3, True)
    finally:
        threads.use(count)
    after = {
        key: list(places) for key, (_, places) in benchmark_phases.compiled_functions().items()
    }
    assert before == after
    assert "_count_people" not in vars(clocked)
    assert (plain.workers.savings == clocked.workers.savings).all()


def test_the_calibrator_says_something():
    assert calibrate(1) > 0.0
    assert stream_gb_s(1) > 0.0
