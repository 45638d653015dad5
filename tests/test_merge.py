"""Many small parts become few: nothing that is read changes, whenever it is stopped."""

import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from studies import changed, small_study
from test_sweep import left_over
from typer.testing import CliRunner

from experiments import runs_merge, runs_store
from experiments import study as study_module
from experiments.cli import app
from experiments.runs_merge import merge_parts
from experiments.runs_store import FACTS, facts_of, parts, read_failures, scan, write_failures
from experiments.study import Study

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "cluster.md").read_text(encoding="utf-8")
PLACES = ("runs", "regions", "panels/firms", "panels/failures")
PANELS = 'panels = ["firms", "failures"]'


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """A study with regions and panels, run in three sessions of two parts or more."""
    folder = tmp_path_factory.mktemp("many")
    small_study(folder, seeds=1)
    study = changed(folder, "replications = 1", f"replications = 1\n{PANELS}")
    study.run(workers=0)
    for seeds in (2, 3):
        study = changed(folder, f"replications = {seeds - 1}", f"replications = {seeds}")
        study.run(workers=0)
    assert len(parts(folder)) >= 6
    return study


@pytest.fixture
def copy(many, tmp_path):
    shutil.copytree(many.folder, tmp_path / "copy")
    return Study.load(tmp_path / "copy")


def all_rows(study):
    """Everything that can be read, in an order of its own."""
    tables = {place: study.relation(place=place).df() for place in PLACES[:2]}
    for place in PLACES[2:]:
        table = pd.concat([pd.read_parquet(path) for path in parts(study.folder, place)])
        tables[place] = table.drop_duplicates().sort_values(list(table.columns), ignore_index=True)
    return tables


def same(one, other):
    assert one.keys() == other.keys()
    for place in one:
        pd.testing.assert_frame_equal(one[place], other[place], check_exact=True)


def test_the_same_rows_in_one_file_a_place(many, copy):
    before = many.status()
    assert copy.compact() == (before.parts, 1)
    same(all_rows(copy), all_rows(many))
    pd.testing.assert_frame_equal(copy.effects(), many.effects(), check_exact=True)
    assert [len(parts(copy.folder, place)) for place in PLACES] == [1, 1, 1, 1]
    after = copy.status()
    assert after.seconds == pytest.approx(before.seconds)  # added up in another order
    same_as_before = {"parts": before.parts, "bytes": before.bytes, "seconds": before.seconds}
    assert replace(after, **same_as_before) == before
    assert after.bytes < before.bytes
    assert left_over(copy.folder) == []
    assert copy.run(workers=0).done_before == 12
    assert copy.compact() == (1, 1)


def test_columns_keep_their_types(many, copy):
    copy.compact()
    for place in PLACES:
        after = pq.read_schema(parts(copy.folder, place)[0])
        kinds = [pq.read_schema(path) for path in parts(many.folder, place)]
        # A panel without a row in some runs has no columns there.
        fullest = max(kinds, key=lambda schema: len(schema.names))
        assert after.remove_metadata() == fullest.remove_metadata()


def test_a_run_that_lies_in_two_parts_remains_once(many, copy):
    for place in PLACES:
        for path in parts(copy.folder, place)[:2]:
            shutil.copy(path, path.with_name(f"part-2-{path.name.removeprefix('part-')}"))
    assert len(parts(copy.folder)) == len(parts(many.folder)) + 2
    copy.compact()
    same(all_rows(copy), all_rows(many))
    stored = pd.read_parquet(parts(copy.folder)[0])
    assert len(stored) == 12 * 3
    assert copy.status().made_by == many.status().made_by


def test_large_parts_and_those_of_other_packages_stay_apart(many, copy):
    first = parts(copy.folder)[0]
    facts = facts_of(first)
    table = pq.read_table(first)
    other = replace(facts, versions={**facts.versions, "numpy": "0.1"})
    table = table.replace_schema_metadata({**table.schema.metadata, FACTS: other.to_json()})
    pq.write_table(table, first)
    assert merge_parts(copy.folder)[1] == 2
    assert scan(copy.folder).versions == [dict(other.versions), dict(facts.versions)]
    same(all_rows(copy), all_rows(many))
    before = sorted(copy.folder.rglob("part-*"))
    assert merge_parts(copy.folder, large=1) == (2, 2)
    assert sorted(copy.folder.rglob("part-*")) == before


def test_a_column_of_another_type_is_not_made_to_fit(many, copy):
    place = copy.folder / "panels" / "firms"
    path = parts(copy.folder, "panels/firms")[-1]
    table = pq.read_table(path)
    whole = next(one.name for one in table.schema if str(one.type).startswith("int"))
    column = table.schema.get_field_index(whole)
    pq.write_table(table.set_column(column, whole, table[whole].cast("double")), path)
    assert copy.compact()[1] == 2
    assert len({pq.read_schema(one).field(whole).type for one in place.glob("part-*")}) == 2
    for name in PLACES[:2]:
        pd.testing.assert_frame_equal(
            copy.relation(place=name).df(), many.relation(place=name).df(), check_exact=True
        )


class StopError(Exception):
    pass


@pytest.mark.parametrize("stop_at", [0, 1, 3, 4, 5, 9, 10, 19])
def test_it_may_be_stopped_at_any_moment(many, copy, monkeypatch, stop_at):
    """Before any of the four files that are written and of the many that go."""
    wanted, steps = all_rows(many), 0

    def counted(really):
        def step(*arguments):
            nonlocal steps
            steps += 1
            if steps > stop_at:
                raise StopError
            return really(*arguments)

        return step

    monkeypatch.setattr(runs_merge, "_write", counted(runs_merge._write))
    monkeypatch.setattr(runs_merge, "_remove", counted(runs_merge._remove))
    with pytest.raises(StopError):
        copy.compact()
    same(all_rows(copy), wanted)  # a reader beside it
    monkeypatch.undo()
    assert copy.run(workers=0).done_before == 12
    copy.compact()
    same(all_rows(copy), wanted)
    assert len(parts(copy.folder)) == 1
    assert left_over(copy.folder) == []


def test_failures_are_kept(tmp_path):
    records = [
        {"key": key, "world": "plant", "parameters": "{}", "seed": 1, "type": "E", "message": text,
         "traceback": "", "time": time}
        for key, text, time in (("a", "old", "1"), ("b", "one", "2"), ("a", "new", "3"))
    ]  # fmt: skip
    for number, record in enumerate(records):
        write_failures(tmp_path, f"20260101000000-{number}", [record])
    merge_parts(tmp_path)
    assert len(parts(tmp_path, "failures")) == 1
    assert [one["message"] for one in read_failures(tmp_path)] == ["new", "one"]


def test_who_reads_meanwhile_reads_again(copy, monkeypatch):
    done = copy.status().done
    really, calls = runs_store.facts_of, []

    def late(path):
        calls.append(path)
        if len(calls) == 2:
            monkeypatch.setattr(runs_store, "facts_of", really)
            merge_parts(copy.folder)
        return really(path)

    monkeypatch.setattr(runs_store, "facts_of", late)
    found = scan(copy.folder)
    assert (len(found.finished), found.parts) == (done, 1)


def test_a_run_that_ends_with_very_many_parts_merges_them(tmp_path, monkeypatch):
    monkeypatch.setattr(study_module, "MANY_PARTS", 1)
    study = small_study(tmp_path)
    study.run(workers=0)
    assert len(parts(tmp_path)) == 1
    assert study.status().done == 8


def test_the_command_says_how_many(copy):
    before = len(parts(copy.folder))
    assert "\nornok study compact hiring\n" in PAGE
    done = CliRunner().invoke(app, ["study", "compact", str(copy.folder)])
    assert (done.exit_code, done.stdout) == (0, f"{before} parts, now 1\n")


def test_an_export_whose_parts_are_merged_away_ends_with_one_line(copy, monkeypatch):
    from experiments.study_tables import Tables

    view = Tables.view

    def late(tables, *place):
        name = view(tables, *place)
        merge_parts(copy.folder)
        return name

    monkeypatch.setattr(Tables, "view", late)
    done = CliRunner().invoke(app, ["study", "export", str(copy.folder)])
    assert done.exit_code == 1
    assert done.stderr.splitlines()[-1].endswith("try again")
    assert left_over(copy.folder) == []
    monkeypatch.undo()
    assert CliRunner().invoke(app, ["study", "export", str(copy.folder)]).exit_code == 0
