import copy
import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from runs import small_pairs

from experiments.impact import impact_of
from experiments.maps import inner_point
from experiments.report import _mean_and_unclear, draw_cars, draw_report
from experiments.report_chain import draw_chain, draw_failures, has_chain
from experiments.report_words import (
    headline,
    source_line,
    spread_of_jobs,
    standfirst,
    years_of,
)
from experiments.store import (
    folder_names,
    free_folder,
    run_name,
    whole_folder,
    write_json,
    write_world,
)
from model import InputError


def test_names_say_what_ran():
    when = datetime(2026, 1, 2, 3, 4, 5)
    assert (
        run_name("plant", "valley", 10.0, [1], when) == "plant-valley-scale10-seed1-20260102-030405"
    )
    assert run_name("plant", "/a/b", 2.5, [3, 4, 5], when).startswith("plant-b-scale2.5-seeds3-5-")
    assert folder_names("plant", "none") == ("plant", "none")
    assert folder_names("plant", "plant") == ("plant", "plant-against")


def test_a_folder_in_results_is_always_new(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    first = free_folder("run", None)
    first.mkdir(parents=True)
    assert free_folder("run", None) == Path("results/run-2")


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputError, match="not empty"):
        free_folder("run", tmp_path)
    with pytest.raises(InputError, match="is a file"):
        free_folder("run", tmp_path / "file")
    with pytest.raises(InputError, match="cannot be written"):
        free_folder("run", tmp_path / "file" / "below")
    empty = tmp_path / "empty"
    empty.mkdir()
    with whole_folder(free_folder("run", empty)) as folder:
        (folder / "a").write_text("1")
    assert (empty / "a").read_text() == "1"


def test_a_folder_that_cannot_be_made_is_found_out_before_the_block(tmp_path):
    (tmp_path / "file").write_text("mine")
    for place in (tmp_path / "file" / "below", Path("/proc/nope"), tmp_path / ("x" * 300)):
        with (
            pytest.raises(InputError, match="cannot be written to") as caught,
            whole_folder(place),
        ):
            raise AssertionError("the block ran")
        assert str(place) in str(caught.value)
    with pytest.raises(InputError, match="too long"):
        free_folder("run", tmp_path / ("x" * 300))


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_folder_is_whole_or_absent(tmp_path, error):
    target = tmp_path / "deep" / "run"

    def write() -> None:
        with whole_folder(target) as folder:
            (folder / "half").write_text("x")
            raise error

    with pytest.raises(error):
        write()
    assert list(tmp_path.iterdir()) == []


def test_seeds_of_a_world_share_its_tables(tmp_path):
    write_world(tmp_path / "plant", small_pairs().treated)
    table = pd.read_parquet(tmp_path / "plant" / "monthly.parquet")
    assert sorted(set(table["seed"])) == [1, 2]
    assert {path.name for path in (tmp_path / "plant").iterdir()} == {
        "monthly.parquet",
        "regional.parquet",
        "world.toml",
    }


def test_json_holds_no_nan(tmp_path):
    write_json(tmp_path / "a.json", {"x": 1.5})
    assert json.loads((tmp_path / "a.json").read_text()) == {"x": 1.5}
    with pytest.raises(ValueError, match="JSON"):
        write_json(tmp_path / "b.json", {"x": float("nan")})


def test_the_chains_page_is_drawn_where_a_plant_made_cars(tmp_path):
    pairs = copy.deepcopy(small_pairs())
    for run in pairs.treated:
        run.monthly["cars_made"] = 1.0
    assert has_chain(pairs)
    path = draw_chain(pairs, tmp_path / "chain.png", command="ornok run")
    assert path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    for run in pairs.treated:
        run.monthly["cars_made"] = 0.0
    assert not has_chain(pairs)


def test_report_is_a_picture_with_a_true_headline(tmp_path):
    impact = impact_of(small_pairs())
    path = draw_report(small_pairs(), impact, tmp_path / "page.png", command="ornok run")
    assert path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    low, high = spread_of_jobs(small_pairs(), impact)
    words = headline(small_pairs(), impact)
    jobs = f"{abs(impact.value('employee_jobs')):,.0f}"
    assert ("not clear" in words) == (low <= 0 <= high)
    assert (jobs in words) or (low <= 0 <= high)
    assert "2 seeds" in standfirst(small_pairs(), impact)
    assert words.startswith(f"In the simulation's {years_of(impact)}")
    assert "seeds 1, 2." in source_line(small_pairs(), "")


def test_bars_and_their_markers_stay_inside_the_frame():
    """Also where the bar on top has no height: it would hold the frame down to itself."""
    pairs = copy.deepcopy(small_pairs())
    for run in pairs.treated:
        run.monthly["cars_made"] = run.monthly["cars_sold_households"] = 10.0
        run.monthly["failed_price"] = 1.0
        run.monthly["cars_exported"] = 0.0
    for draw in (draw_cars, draw_failures):
        axes = Figure().subplots()
        draw(axes, pairs)
        top = max(patch.get_y() + patch.get_height() for patch in axes.patches)
        ends = [max(line.get_ydata()) for line in axes.lines]
        assert max([top, *ends]) < 0.96 * axes.get_ylim()[1]
        assert top > 0.0


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [("2038-01", "2042-12", "2038–42"), ("2042-01", "2042-12", "2042")],
)
def test_headline_years(first, last, words):
    assert years_of(replace(impact_of(small_pairs()), first=first, last=last)) == words


def test_a_regions_text_stands_inside_and_off_the_dots():
    ring = np.array([[0, 0], [6, 0], [6, 1], [1, 1], [1, 6], [0, 6], [0, 0]], dtype=float)
    dot = np.array([0.5, 0.5])
    x, y = inner_point(ring, [dot])
    assert (0 < x < 6 and 0 < y < 1) or (0 < x < 1 and 0 < y < 6)
    assert np.hypot(x - 0.5, y - 0.5) > 0.5


def test_unclear_is_an_interval_that_contains_zero():
    seeds = [pd.Series({"a": 1.0, "b": 9.0}), pd.Series({"a": -1.0, "b": 9.1})]
    mean, unclear = _mean_and_unclear(seeds)
    assert mean["b"] == pytest.approx(9.05)
    assert unclear == {"a"}
    assert _mean_and_unclear(seeds[:1])[1] == set()
