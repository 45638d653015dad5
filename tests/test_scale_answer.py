"""The same question at several scales: what is run, what is kept, what is said."""

import math

import pandas as pd
import pytest
import typer

from experiments import scale_answer, scale_page
from experiments.effects import paired_effect, t_interval
from model.errors import InputError

PAGE = scale_page.DOCS / "scale.md"
SEEDS = {1.0: 2, 10.0: 3}


@pytest.fixture
def performed(monkeypatch):
    """Runs that only write their names down; the first outcome is worth scale + seed."""
    done = []

    def perform(task):
        done.append(task)
        gain = task.scale + task.seed if task.world == scale_answer.WORLD else 0.0
        values = dict.fromkeys(scale_answer.OUTCOMES, gain)
        return {**dict(zip(scale_answer.KEYS, task.key)), "seconds": 2.5, **values}

    monkeypatch.setattr(scale_answer, "perform", perform)
    return done


def tasks(seeds=SEEDS):
    return scale_answer.plan(seeds, "valley", 1, 60)


def test_longest_runs_first_and_pairs_beside_each_other():
    runs = [(task.scale, task.seed, task.world) for task in tasks()]
    assert len(runs) == 10
    assert runs[:3] == [(1.0, 1, "plan"), (1.0, 1, "none"), (1.0, 2, "plan")]


def test_it_goes_on_where_it_was_stopped(performed, tmp_path):
    scale_answer.run_all(tasks({1.0: 1}), tmp_path, 1)
    path = tmp_path / "runs.csv"
    # A line that was being written when the power went.
    path.write_text(path.read_text(encoding="utf-8") + "valley,1.0,plan,2,1", encoding="utf-8")
    rows = scale_answer.run_all(tasks(), tmp_path, 1)
    assert [task.key for task in performed] == [task.key for task in tasks()]
    assert len(rows) == 10
    assert len(scale_answer.stored(path)) == 10
    scale_answer.run_all(tasks(), tmp_path, 1)
    assert len(performed) == 10


def test_what_ended_is_kept_when_a_run_fails(performed, tmp_path, monkeypatch):
    whole = scale_answer.perform

    def fails(task):
        if task.seed == 2:
            raise KeyboardInterrupt
        return whole(task)

    monkeypatch.setattr(scale_answer, "perform", fails)
    with pytest.raises(KeyboardInterrupt):
        scale_answer.run_all(tasks(), tmp_path, 1)
    assert len(scale_answer.stored(tmp_path / "runs.csv")) == 2


def test_runs_of_other_code_are_refused(performed, tmp_path):
    scale_answer.run_all(tasks(), tmp_path, 1)
    path = tmp_path / "runs.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(tasks()[0].code, "other"))
    with pytest.raises(InputError, match="other code"):
        scale_answer.run_all(tasks(), tmp_path, 1)


def test_the_difference_is_paired_with_a_t_interval(performed, tmp_path):
    table = scale_answer.summary(scale_answer.run_all(tasks(), tmp_path, 1))
    line = table[(table["scale"] == 10.0) & (table["outcome"] == "plant_jobs")].iloc[0]
    mean, low, high = t_interval(pd.Series([11.0, 12.0, 13.0]).to_numpy())
    assert (line["difference"], line["low"], line["high"]) == pytest.approx((mean, low, high))
    assert line["seeds"] == 3
    assert line["run_seconds"] == 2.5
    assert scale_page.apart(table, 10.0, 1.0, "plant_jobs")
    same = table.assign(difference=12.0, low=11.0, high=13.0)
    assert not scale_page.apart(same, 10.0, 1.0, "plant_jobs")
    one_seed = table.assign(seeds=1, low=math.nan, high=math.nan)
    assert scale_page.apart(one_seed, 10.0, 1.0, "plant_jobs") is None


def test_a_run_is_that_of_every_other_command():
    task = scale_answer.Task("valley", 1.0, "plan", 1, 2, 60, "code")
    found = scale_answer.perform(task)
    other = scale_answer.perform(scale_answer.Task("valley", 1.0, "none", 1, 2, 60, "code"))
    effect = paired_effect(
        "plan", "none", [1], pack="valley", scale=1.0, horizon=60, settings={"burn_in": 2}
    )
    for name, per in (("employee_jobs", 1.0), ("cars_made", 12.0), ("real_value_added", 12.0)):
        assert found[name] - other[name] == pytest.approx(per * effect.mean[name].mean())


def test_the_page_is_that_of_the_stored_numbers(performed, tmp_path):
    text = PAGE.read_text(encoding="utf-8")
    assert scale_page.page(text) == text
    assert text.count("<!-- generated: ") == 2
    (tmp_path / "scale.md").write_text(text, encoding="utf-8")
    scale_answer.main(
        seeds="1:2,10:3", jobs=1, folder=tmp_path / "runs", pack="valley", burn_in=1, horizon=60,
        docs=tmp_path, only_page=False,
    )  # fmt: skip
    new = (tmp_path / "scale.md").read_text(encoding="utf-8")
    assert scale_page.page(new, tmp_path) == new
    assert "| plant jobs | jobs | +12 (+10 to +14) | +2 (−4 to +9) |" in new
    assert (tmp_path / "scale.png").stat().st_size > 10_000


def test_seeds_are_read():
    assert scale_answer.read_seeds("1:3,10:8") == {1.0: 3, 10.0: 8}
    for written in ("1", "1:x", "0.5:3", "1:0", ""):
        with pytest.raises(typer.BadParameter):
            scale_answer.read_seeds(written)
