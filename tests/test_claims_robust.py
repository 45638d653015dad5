"""`ornok claims --robust`: planted variants that must change nothing or flip, packs built anew, bad input."""

import csv
import re
import shutil

import numpy as np
import pytest
from claims_table import runs_with, small_table
from typer.testing import CliRunner

from experiments.claims import robust_form, robust_job
from experiments.claims.page import PAGE
from experiments.claims.robust_answer import lines_of
from experiments.claims.robust_job import RobustWish, execute_robust, plan_robust, robust_in
from experiments.claims.robust_page import draw_robust, matrix, robust_blocks, stored_robust
from experiments.claims.robust_table import (
    BASE,
    VARIANTS,
    Change,
    choose,
    lowest_graded,
    read_variants,
)
from experiments.claims.table_file import read_table
from experiments.claims.varied_pack import vary_pack
from experiments.cli import app
from experiments.course import Course
from experiments.study import Study
from model import load_pack
from model.errors import InputError
from model.packs import FOLDER as PACKS

PLANTED = """
seeds = 2

[[variants]]
name = "nothing"
group = "assumption"
words = "a parameter has the value that it has anyway"
why = "planted"
source = "this test"
grade = "assumed"
settings = { procurement_preference = 0.8 }

[[variants]]
name = "no_purchases"
group = "assumption"
words = "nobody buys the plant's cars, so it buys no kits"
why = "planted"
source = "this test"
grade = "assumed"
settings = { procurement_preference = 0.0 }

[[variants]]
name = "imports"
group = "pack"
words = "more is imported"
why = "planted"
source = "this test"
grade = "assumed"
changes = [{ table = "raw/levels.csv", where = { name = ["import_ratio"] }, to = "high" }]

[[variants]]
name = "broken"
group = "pack"
words = "firms without employees"
why = "planted"
source = "this test"
grade = "assumed"
changes = [{ table = "raw/sectors.csv", where = { quantity = ["employees_small"] }, factor = 0.1 }]

[[variants]]
name = "dear"
group = "scale"
words = "another scale, one world"
why = "planted"
source = "this test"
scale = 2.0
seeds = 9
worlds = ["plant"]
"""
KITS = [{"id": "kits", "words": "kits", "outcomes": ["kits_imported_value"], "unit": "m KGS a year",
         "factor": 12e-6}]  # fmt: skip
OPTIONS = {"pack": "valley", "scale": 1.0, "horizon": 30, "burn_in": 1}


def planted_table():
    """One claim: the plant imports kits worth a million a year and more. It imports 3.7."""
    return small_table(margin=1.0, measures=KITS)


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """A folder that the command has filled, one run of it failing, the file of variants, the table."""
    place = tmp_path_factory.mktemp("robust")
    folder, file = place / "here", place / "planted.toml"
    file.write_text(PLANTED, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        run, results = Study.run, Course.results

        def fails(course, seconds):
            setup = course.setup
            if setup.world.name == "plan" and setup.params.procurement_preference == 0.0:
                raise RuntimeError("on purpose")
            return results(course, seconds)

        patch.setattr(Course, "results", fails)
        patch.setattr(Study, "run", lambda self, workers=None, **more: run(self, 0, **more))
        patch.setattr(robust_job, "read_table", lambda path: planted_table())
        wish = RobustWish(study=folder, variants=file, **OPTIONS)
        found = execute_robust(plan_robust(wish), quiet=True)
    return folder, file, found


@pytest.fixture
def planted_claims(monkeypatch):
    monkeypatch.setattr(robust_job, "read_table", lambda path: planted_table())


def cell(found, variant):
    (line,) = found.lines
    return next(one for one in (line.reference, *line.cells) if one.variant == variant)


# --- Planted answers ------------------------------------------------------------------------------


def test_a_variant_that_changes_nothing_changes_no_bit(planted):
    _, _, found = planted
    base, same = cell(found, BASE), cell(found, "nothing")
    assert base.verdict == "holds"
    assert same.identical
    assert same.effect == base.effect
    assert same.doses == base.doses
    assert (same.shift.mean, same.shift.low, same.shift.high) == (0.0, 0.0, 0.0)
    assert same.stands == "same"


def test_a_plant_that_buys_nothing_flips_the_claim(planted):
    _, _, found = planted
    base, none = cell(found, BASE), cell(found, "no_purchases")
    assert (none.verdict, none.stands, none.identical) == ("fails", "flips", False)
    assert none.effect.mean == 0.0
    assert none.shift.mean == pytest.approx(-base.effect.mean)
    (line,) = found.lines
    lead = line.doses[0]
    assert (lead.reference, lead.flips) == ("holds", ["no_purchases"])
    assert lead.sentence.startswith("flips in no_purchases (fails)")
    assert "no_purchases" in line.moved
    assert "nothing" not in line.moved


def test_another_pack_is_another_world_and_lies_in_its_study(planted):
    folder, _, found = planted
    facts = {one.name: one for one in found.variants}
    assert facts["imports"].pack_hash != facts[BASE].pack_hash
    own = load_pack(folder / "imports" / "pack")
    kept = load_pack("valley")
    assert own.io_imported.sum() + own.household_imports.sum() > (
        kept.io_imported.sum() + kept.household_imports.sum()
    )


def test_what_cannot_be_made_or_was_not_run_is_said(planted):
    folder, _, found = planted
    facts = {one.name: one for one in found.variants}
    assert "do not balance" in facts["broken"].unmade
    assert cell(found, "broken").stands == "not_asked"
    assert not (folder / "broken").exists()
    assert facts["no_purchases"].failed == 2
    assert [one.dose for one in cell(found, "nothing").doses] == ["market", "plan"]
    assert [one.dose for one in cell(found, "dear").doses] == ["market"]
    assert (facts["dear"].seeds, facts["dear"].scale) == (2, 2.0)
    assert found.lines[0].doses[1].asked == 3


def test_files_and_reading_again_agree(planted, monkeypatch):
    folder, file, found = planted
    text = (folder / "robust.json").read_text(encoding="utf-8")
    assert robust_form.Robust.model_validate_json(text) == found
    assert "NaN" not in text
    with (folder / "robust.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert tuple(rows[0]) == robust_job.COLUMNS
    keys = [(row["claim"], row["variant"], row["dose"]) for row in rows]
    assert len(keys) == len(set(keys))
    assert {row["variant"] for row in rows} == {one.name for one in found.variants}
    monkeypatch.setattr(robust_job, "VARIANTS", file)
    monkeypatch.setattr(robust_job, "read_table", lambda path: planted_table())
    read = robust_in(folder)
    assert [one.reference for one in read.lines] == [one.reference for one in found.lines]


@pytest.mark.usefixtures("planted_claims")
def test_the_same_command_goes_on_and_more_seeds_run_only_what_is_new(
    planted, tmp_path, monkeypatch
):
    folder, file, _ = planted
    mine = tmp_path / "mine"
    shutil.copytree(folder, mine)
    run = Study.run
    monkeypatch.setattr(Study, "run", lambda self, workers=None, **more: run(self, 0, **more))
    parts = sorted(mine.glob("*/runs/*.parquet"))
    again = plan_robust(RobustWish(study=mine, variants=file))
    assert (again.settings.seeds, again.settings.pack, again.settings.horizon) == (2, "valley", 30)
    execute_robust(again, quiet=True)
    assert sorted(mine.glob("*/runs/*.parquet")) == parts
    more = plan_robust(RobustWish(study=mine, variants=file, seeds=3, only="nothing"))
    found = execute_robust(more, quiet=True)
    by = {one.name: one for one in found.variants}
    assert (by["nothing"].runs, by[BASE].runs, by["imports"].runs) == (9, 9, 6)
    assert cell(found, "nothing").shift.n == 3


# --- Standing, by hand ----------------------------------------------------------------------------


def test_every_standing_is_told_apart():
    """Reference +20 against a margin of 10: the same, the other one, and one that cannot tell."""
    small = small_table(doses=["market"])
    spread = np.array([-1.0, 0.0, 1.0])
    runs = {
        BASE: runs_with({"plant": 20 + spread}),
        "same": runs_with({"plant": 21 + spread}),
        "other": runs_with({"plant": 1 + spread}),
        "open": runs_with({"plant": 10 + 20 * spread}),
        "absent": None,
    }
    (line,) = lines_of(small, runs)
    assert [one.stands for one in line.cells] == ["same", "flips", "opens", "not_asked"]
    assert line.moved == ["same", "other"]  # by exactly 1 and 19, pair by pair
    assert line.doses[0].sentence == "flips in other (fails); open in open"
    (again,) = lines_of(small, {**runs, BASE: runs["open"], "open": runs[BASE]})
    assert again.doses[0].sentence == (
        "undecided at the reference; decided in same (holds), other (fails), open (holds)"
    )
    (alone,) = lines_of(small, {BASE: runs[BASE], "same": runs["same"]})
    assert alone.doses[0].sentence == "stands in all 1"


# --- The variants that come along -----------------------------------------------------------------


def test_the_five_assumptions_are_those_of_the_rule():
    table = read_table()
    asked = read_variants(VARIANTS, table)
    chosen = {one.parameter for one in asked.variants if one.parameter}
    assert len(chosen) == 5
    by_rule = set(lowest_graded(table, load_pack("kyrgyzstan")))
    assert chosen | {one.parameter for one in asked.left_out} == by_rule
    for name in chosen:
        ends = sorted(one.end for one in asked.variants if one.parameter == name)
        assert ends == ["high", "low"]


def test_every_pack_of_the_list_can_be_built(tmp_path):
    table = read_table()
    asked = [one for one in choose(read_variants(VARIANTS, table), ["pack"]) if one.changes]
    digests = {load_pack("kyrgyzstan").digest}
    for one in asked:
        vary_pack(PACKS / "kyrgyzstan", one.changes, tmp_path / one.name)
        digests.add(load_pack(tmp_path / one.name).digest)
    assert len(digests) == len(asked) + 1 == 9


def test_a_pack_without_a_change_is_the_pack(tmp_path):
    vary_pack(
        PACKS / "valley",
        [Change(table="raw/levels.csv", where={"name": ["gdp"]}, factor=1.0)],
        tmp_path / "same",
    )
    assert load_pack(tmp_path / "same").digest == load_pack("valley").digest


@pytest.mark.parametrize(
    ("where", "to", "named"),
    [
        ({"name": ["gdpp"]}, "low", ["levels.csv", "no row"]),
        ({"name": ["gdp"]}, "low", ["levels.csv", "gdp", "states no low end"]),
    ],
)
def test_a_change_without_its_row_or_end_is_refused(tmp_path, where, to, named):
    with pytest.raises(InputError) as refused:
        vary_pack(
            PACKS / "valley", [Change(table="raw/levels.csv", where=where, to=to)], tmp_path / "new"
        )
    for word in named:
        assert word in str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("seeds = 2\n", "seeds = 1\n", ["seeds", "at least 2"]),
        ('name = "nothing"', 'name = "imports"', ["imports", "twice"]),
        ('name = "nothing"', 'name = "reference"', ["reference", "twice"]),
        ("{ procurement_preference = 0.8", "{ procurement_preferenc = 0.8", ["'procurement_preference'"]),
        ("{ procurement_preference = 0.8", "{ procurement_preference = 8.0", ["8.0"]),
        ('to = "high"', 'to = "high", factor = 2.0', ["either"]),
        ('to = "high"', 'to = "hgh"', ["'high'"]),
        ('worlds = ["plant"]', 'worlds = ["plnt"]', ["'plant'"]),
        ('grade = "assumed"\n', "", ["nothing", "why, source and grade"]),
        ("scale = 2.0", 'scale = 2.0\nend = "low"', ["dear.parameter"]),
        ("scale = 2.0", 'scale = 2.0\nparameter = "x"\nend = "low"', ["dear.parameter", "'x'"]),
        ("scale = 2.0", "scal = 2.0", ["scal", "'scale'"]),
    ],
)  # fmt: skip
def test_a_bad_file_of_variants_is_named(old, new, named, tmp_path):
    assert old in PLANTED
    mine = tmp_path / "mine.toml"
    mine.write_text(PLANTED.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as refused:
        read_variants(mine, planted_table())
    for word in ["mine.toml", *named]:
        assert word in str(refused.value)


# --- On the command line and the page -------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--robust", "--points", "3"], ["--points", "--robust"]),
        (["--robust", "--quick"], ["--quick", "--robust"]),
        (["--only", "pack"], ["--only", "--robust"]),
        (["--robust", "--only", "pak"], ["--only", "'pack'"]),
        (["--robust", "--seeds", "1"], ["--seeds", "2 to 1,000"]),
        (["--robust", "--pack", "valey"], ["valey", "'valley'"]),
        (["--robust", "--variants", "no.toml"], ["no.toml", "cannot be read"]),
        (["--robust", "--read"], ["reference", "no folder with a study"]),
        (["--robust", "--horizon", "9999"], ["horizon", "9999"]),
    ],
)
def test_bad_input_is_named_and_nothing_is_written(words, named, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["claims", *words])
    assert done.exit_code == 2, done.output
    for word in named:
        assert word in done.output
    assert list(tmp_path.iterdir()) == []


def test_the_folder_of_the_claims_themselves_is_left_alone(tmp_path):
    place = tmp_path / "reference"
    place.mkdir()
    (place / "study.toml").write_text("# Written by `ornok claims`; its settings are options\n")
    done = CliRunner().invoke(app, ["claims", "--robust", "--study", str(tmp_path)])
    assert done.exit_code == 2
    assert "not overwritten" in done.output


def test_the_table_that_comes_along_is_of_these_claims_and_variants():
    found, table = stored_robust(), read_table()
    if found is None:
        assert "Not run yet" in PAGE.read_text(encoding="utf-8")
        return
    assert [line.id for line in found.lines] == [one.id for one in table.claims]
    names = [one.name for one in read_variants(VARIANTS, table).variants]
    assert [one.name for one in found.variants] == [BASE, *names]


@pytest.mark.usefixtures("planted_claims")
def test_the_terminal_and_the_page_show_it(planted, monkeypatch, tmp_path):
    folder, file, found = planted
    monkeypatch.setenv("COLUMNS", "200")
    words = ["claims", "--robust", "--study", str(folder), "--variants", str(file), "--read"]
    shown = CliRunner().invoke(app, words)
    assert shown.exit_code == 0, shown.output
    assert "flips in no_purchases (fails)" in shown.stdout
    text = robust_blocks(read_table(), found)["stands"]()
    assert re.search(r"\| `no_purchases` \|.*\| f ↓ \|", matrix(found))
    assert re.search(r"\| `nothing` \|.*\| \*\*H\*\* = \|", matrix(found))
    assert "2 failed" in text
    draw_robust(found).savefig(tmp_path / "x.png")
    assert "Not run yet" in robust_blocks(read_table(), None)["stands"]()
