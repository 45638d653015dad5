import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from studies import changed, small_study
from typer.testing import CliRunner

from experiments.cli import app
from experiments.designs import axis_of, make_design
from experiments.simulate import prepare
from experiments.study import Study
from experiments.study_file import DesignPart, Span
from experiments.study_plan import code_version
from model import InputError, World, load_pack
from model.packs import FOLDER

ROOT = Path(__file__).resolve().parent.parent


def ornok(*words):
    return CliRunner().invoke(app, ["study", *map(str, words)])


# --- The file ---------------------------------------------------------------------------------------

# (what stands in the file, what stands there instead, words of the message)
BAD = [
    ('worlds = ["plant"]', 'worlds = ["plnt"]', ["world", "plnt", "none", "'plant'"]),
    ('worlds = ["plant"]', 'worlds = "plant"', ["worlds", "must be a list"]),
    ('worlds = ["plant"]', "worlds = []", ["worlds", "at least 1"]),
    ('worlds = ["plant"]', 'worlds = ["none"]', ["against", "named twice"]),
    (
        'title = "Small"',
        'titel = "Small"',
        ["title", "is missing", "titel", "did you mean 'title'"],
    ),
    ('against = "none"', 'against = "nne"', ["nne", "'none'"]),
    ('pack = "valley"', 'pack = "valey"', ["pack", "valey", "'valley'"]),
    ("horizon = 3", "horizon = 0", ["horizon", "0", "at least 1"]),
    ("horizon = 3", "horizon = 2.5", ["horizon", "2.5", "whole number"]),
    ("horizon = 3", "horizon = 9999", ["horizon", "9999", "0 to 2400"]),
    ("replications = 2", "replications = true", ["replications", "True", "whole number"]),
    ("replications = 2", "replications = 0", ["replications", "0", "at least 1"]),
    ("replications = 2", "seeds = [1, 1]", ["seeds", "twice"]),
    ("replications = 2", "seeds = [-1]", ["seed", "-1"]),
    ("replications = 2", "replications = 2\nseeds = [1]", ["replications", "not both"]),
    ("replications = 2", 'panels = ["firmes"]', ["panels", "firmes", "'firms'"]),
    ("replications = 2", "scale = 0.0", ["scale", "0.0", "1 to 100000"]),
    ("burn_in = 1", "burnin = 1", ["burnin", "'burn_in'"]),
    ("burn_in = 1", "horizon = 1", ["settings.horizon", "top of the file"]),
    ("burn_in = 1", "vat_rate = 0.1", ["settings.vat_rate", "varies"]),
    ("burn_in = 1", "loan_rate = 7.0", ["loan_rate", "7.0", "0 to 1"]),
    ("vat_rate =", "vat_rte =", ["levers.vat_rte", "no such parameter", "'vat_rate'"]),
    ("vat_rate =", "scale =", ["levers.scale", "describes the run"]),
    ("[0.1, 0.14]", "[0.1, 7.0]", ["levers", "vat_rate", "7.0", "0 to 0.5"]),
    ("[0.1, 0.14]", "[0.1, 0.1]", ["levers.vat_rate.values", "twice"]),
    ("values = [0.1, 0.14]", "low = 0.1, steps = 1", ["steps", "1", "at least 2"]),
    ("values = [0.1, 0.14]", "low = 0.3, high = 0.1, steps = 3", ["vat_rate", "above low"]),
    ("values = [0.1, 0.14]", "low = -1.0, steps = 3", ["vat_rate", "-1.0", "0 to 0.5"]),
    ("values = [0.1, 0.14]", "lo = 0.1", ["levers.vat_rate.lo", "unknown key", "'low'"]),
    ("values = [0.1, 0.14]", "", ["levers.vat_rate", "values or steps"]),
    ("[levers]", "[uncertainties]\nvat_rate = {}\n[levers]", ["uncertainties.vat_rate", "already"]),
    ('kind = "grid"', 'kind = "gird"', ["design.kind", "gird", "sobol", "'grid'"]),
    ('kind = "grid"', 'kind = "grid"\nsize = 5', ["design.size", "no option", "latin"]),
    ('kind = "grid"', 'kind = "latin"', ["design.size", "is missing"]),
    ('kind = "grid"', 'kind = "sobol"\nsize = 5', ["design.size", "5", "power of two", "4 or 8"]),
    ('kind = "grid"', 'kind = "morris"\nsize = 2\nlevels = 3', ["design.levels", "3", "even"]),
    ('kind = "grid"', 'kind = "list"', ["design.file or design.rows", "one of the two"]),
    ('kind = "grid"', 'kind = "list"\nfile = "no.csv"', ["no.csv", "cannot be read"]),
    ('kind = "grid"', 'kind = "list"\nrows = [{vat_rte = 0.1}]', ["vat_rate", "no column"]),
    ("outcomes = [", 'outcomes = ["jobs", ', ["keep.outcomes", "jobs", "outcomes.csv"]),
    ("outcomes = [", 'outcomes = ["gdp", ', ["keep.outcomes", "gdp", "twice"]),
    ('regions = ["all"]', 'regions = ["nort"]', ["keep.regions", "nort", "all"]),
    ('regions = ["all"]', 'from = "2024-01"', ["keep.from", "2024-01", "2023-01 to 2023-03"]),
    ('regions = ["all"]', 'from = "2023"', ["keep.from", "2023", "no month"]),
    ('regions = ["all"]', 'from = "2023-03"\nto = "2023-02"', ["keep.to", "before"]),
    ('regions = ["all"]', 'region = ["all"]', ["keep.region", "unknown key", "'regions'"]),
    ("[settings]", "[settings", ["study.toml", "is not TOML"]),
]


@pytest.mark.parametrize(("old", "new", "named"), BAD, ids=[new for _, new, _ in BAD])
def test_bad_input_is_named_and_nothing_is_written(old, new, named, tmp_path):
    folder = tmp_path / "study"
    small_study(folder)
    text = (folder / "study.toml").read_text()
    assert old in text
    (folder / "study.toml").write_text(text.replace(old, new, 1))
    done = ornok("run", folder)
    assert done.exit_code == 2, done.output
    assert done.stdout == ""
    assert "Traceback" not in done.output
    assert done.stderr.startswith(f"ornok: {folder}")
    for word in named:
        assert word in done.stderr, done.stderr
    assert [path.name for path in folder.rglob("*")] == ["study.toml"]


def test_a_folder_without_a_study_and_bad_options(tmp_path):
    assert "no folder" in ornok("run", tmp_path / "nowhere").stderr
    assert "cannot be read" in ornok("status", tmp_path).stderr
    small_study(tmp_path)
    for words in (["--workers", "0"], ["--workers", "x"]):
        done = ornok("run", tmp_path, *words)
        assert (done.exit_code, done.stdout) == (2, "")
    for command in ("export", "report"):
        done = ornok(command, tmp_path)
        assert done.exit_code == 2
        assert "no finished runs" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["study.toml"]


def test_without_the_extra_packages_it_says_what_to_install(tmp_path, monkeypatch):
    import importlib.util

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    done = ornok("check", tmp_path)
    assert done.exit_code == 2
    assert "duckdb" in done.stderr
    assert "ornok[study]" in done.stderr


def test_help_loads_nothing_heavy():
    code = (
        "import sys, experiments.cli as c; from typer.testing import CliRunner as R; "
        "assert R().invoke(c.app, ['study', '--help']).exit_code == 0; "
        "print(*sorted({'numpy', 'pandas', 'mesa', 'duckdb', 'SALib', 'pyarrow'}"
        " & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


def test_check_says_how_much_and_writes_nothing(tmp_path):
    small_study(tmp_path)
    done = ornok("check", tmp_path, "--json")
    assert done.exit_code == 0, done.output
    facts = json.loads(done.stdout)
    assert (facts["points"], facts["runs"], facts["left"]) == (2, 8, 8)
    assert facts["seconds_a_run"] > 0
    assert facts["bytes"] > 0
    assert "8, of which 0 are finished" in ornok("check", tmp_path).stdout
    assert [path.name for path in tmp_path.iterdir()] == ["study.toml"]


# --- Designs ----------------------------------------------------------------------------------------

AXES = [
    axis_of("vat_rate", "lever", Span(low=0.1, high=0.2, steps=3)),
    axis_of("n_suppliers", "uncertainty", Span(steps=3)),
    axis_of("migration", "uncertainty", Span()),
]


def design(kind, axes=AXES, **options):
    return make_design(DesignPart(kind=kind, **options), axes, Path())


def test_a_grid_is_the_product_and_the_first_changes_slowest():
    grid = design("grid")
    assert grid.names == ("vat_rate", "n_suppliers", "migration")
    assert len(grid.points) == 3 * 3 * 2
    assert grid.points[:3] == [(0.1, 1, False), (0.1, 1, True), (0.1, 2, False)]
    assert {point[0] for point in grid.points} == {0.1, 0.15000000000000002, 0.2}
    assert grid.points[-1] == (0.2, 3, True)


def test_a_latin_hypercube_has_one_point_in_each_stratum():
    latin = design("latin", size=20, seed=3)
    rates = np.array([point[0] for point in latin.points])
    strata = np.floor((rates - 0.1) / 0.1 * 20 + 1e-12)
    assert sorted(strata) == list(range(20))
    assert np.bincount([point[1] for point in latin.points])[1:].min() >= 6
    assert sum(point[2] for point in latin.points) == 10
    assert design("latin", size=20, seed=3) == latin
    assert design("latin", size=20, seed=4) != latin


@pytest.mark.parametrize(("second", "points"), [(False, 8 * 5), (True, 8 * 8)])
def test_sobol_has_saltellis_size(second, points):
    sobol = design("sobol", size=8, second_order=second)
    assert len(sobol.points) == points
    assert design("sobol", size=8, second_order=second) == sobol
    # The second point of a block differs from the first in one parameter alone.
    assert sum(a != b for a, b in zip(sobol.points[0], sobol.points[1])) <= 1


def test_morris_moves_one_parameter_at_a_time():
    axes = [AXES[0], axis_of("loan_rate", "uncertainty", Span())]
    morris = design("morris", axes=axes, size=5)
    assert len(morris.points) == 5 * 3
    for first in range(0, 15, 3):
        path = morris.points[first : first + 3]
        moved = [sum(a != b for a, b in zip(path[k], path[k + 1])) for k in range(2)]
        assert moved == [1, 1]


def test_levers_can_be_crossed_with_sampled_uncertainties():
    crossed = design("latin", size=4, cross_levers=True)
    assert len(crossed.points) == 3 * 4
    assert crossed.points[0][1:] == crossed.points[4][1:]
    assert crossed.roles == ("lever", "uncertainty", "uncertainty")


def test_a_list_is_a_table_also_one_of_the_ema_workbench(tmp_path):
    table = tmp_path / "experiments.csv"
    table.write_text(
        ",vat_rate,migration,scenario,policy,model\n0,0.1,True,0,0,m\n1,0.12,False,1,0,m\n"
        "2,0.12,False,2,0,m\n"
    )
    listed = make_design(DesignPart(kind="list", file="experiments.csv"), [], tmp_path)
    assert listed.names == ("vat_rate", "migration")
    assert listed.points == [(0.1, True), (0.12, False)]
    rows = [{"vat_rate": 0.1, "n_suppliers": 2}]
    inline = design("list", axes=AXES[:1], rows=rows)
    assert inline.roles == ("lever", "uncertainty")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no rows"),
        ("vat_rate\n0.1,3\n", "row 2"),
        ("vat_rate\nmuch\n", "row 1.*vat_rate.*much"),
        ("vat_rate\n9\n", "row 1.*vat_rate.*0 to 0.5"),
        ("vat_rate\n0.3\n", "row 1.*levers.vat_rate.*0.1 to 0.2"),
        ("vat_rte\n0.1\n", "vat_rate"),
        ("vat_rate,colour\n0.1,red\n", "colour"),
        ("scenario\n1\n", "no column"),
    ],
)
def test_a_bad_table_is_named_by_row_and_field(tmp_path, text, words):
    (tmp_path / "points.csv").write_text(text)
    with pytest.raises(InputError, match=words):
        make_design(DesignPart(kind="list", file="points.csv"), AXES[:1], tmp_path)


# --- Keys -------------------------------------------------------------------------------------------


def keys(study):
    return [run.key for run in study.plan.runs()]


def test_equal_studies_have_equal_keys_wherever_they_lie(tmp_path):
    assert keys(small_study(tmp_path / "a")) == keys(small_study(tmp_path / "b"))
    assert len(set(keys(small_study(tmp_path / "a")))) == 8


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("burn_in = 1", "burn_in = 1\nloan_rate = 0.2"),
        ("horizon = 3", "horizon = 4"),
        ("horizon = 3", "horizon = 3\nscale = 2.0"),
        ("replications = 2", "seeds = [3, 4]"),
        ('regions = ["all"]', ""),
        ('"gdp", ', ""),
        ('regions = ["all"]', 'regions = ["all"]\nto = "2023-02"'),
        ("replications = 2", 'replications = 2\npanels = ["firms"]'),
        ("[0.1, 0.14]", "[0.11, 0.15]"),
        ('["plant"]\nagainst = "none"', '["enclave", "elsewhere"]'),
    ],
)
def test_a_key_changes_with_each_ingredient(tmp_path, old, new):
    before = set(keys(small_study(tmp_path)))
    assert not before & set(keys(changed(tmp_path, old, new)))


def test_words_and_names_change_no_key(tmp_path):
    before = keys(small_study(tmp_path))
    text = World.load("plant").to_toml().replace('title = "', 'title = "My ')
    (tmp_path / "mine.toml").write_text(text)
    changed(tmp_path, 'title = "Small"', 'title = "Large"\nquestion = "Why?"')
    assert keys(changed(tmp_path, '["plant"]', '["mine.toml"]')) == before
    # A value that is the pack's own changes nothing either.
    own = load_pack("valley").params().loan_rate
    assert keys(changed(tmp_path, "burn_in = 1", f"burn_in = 1\nloan_rate = {own!r}")) == before


def test_a_key_changes_with_code_pack_and_world(tmp_path, monkeypatch):
    from experiments import study_plan

    study = small_study(tmp_path)
    before = keys(study)
    monkeypatch.setattr(study_plan, "code_version", lambda: "other")
    assert not set(before) & set(keys(Study.load(tmp_path)))
    monkeypatch.undo()
    (tmp_path / "mine.toml").write_text(
        World.load("plant").to_toml().replace("delay_months = 0", "delay_months = 1")
    )
    edited = keys(changed(tmp_path, '["plant"]', '["mine.toml"]'))
    assert [a == b for a, b in zip(before, edited)] == [False, True] * 4
    folder = tmp_path / "land"
    shutil.copytree(FOLDER / "valley", folder, ignore=shutil.ignore_patterns("raw"))
    assert keys(changed(tmp_path, '"valley"', '"land"')) == edited
    with (folder / "record.csv").open("a") as file:
        file.write("\n")
    assert not set(keys(Study.load(tmp_path))) & set(edited)


def test_more_seeds_points_and_worlds_keep_the_keys_there_were(tmp_path):
    before = set(keys(small_study(tmp_path)))
    changed(tmp_path, "replications = 2", "replications = 3")
    changed(tmp_path, "[0.1, 0.14]", "[0.1, 0.12, 0.14]")
    assert before < set(keys(changed(tmp_path, '["plant"]', '["plant", "enclave"]')))


def test_points_may_have_seeds_of_their_own(tmp_path):
    shared = small_study(tmp_path / "study", seeds=2)
    own = changed(tmp_path / "study", 'kind = "grid"', 'kind = "grid"\nown_seeds = true')
    assert [(run.point, run.seed) for run in own.plan.runs() if run.world == 0] == [
        (0, 1), (0, 2), (1, 3), (1, 4)
    ]  # fmt: skip
    # Both worlds of a point have its seeds, and a run that both studies ask for has one key.
    assert {(run.point, run.seed, run.world) for run in own.plan.runs()} == {
        (point, 1 + 2 * point + k, world) for point in (0, 1) for k in (0, 1) for world in (0, 1)
    }
    assert len(own.plan.keys & shared.plan.keys) == 4


def test_a_setup_of_a_point_is_what_prepare_makes(tmp_path):
    own = (
        World.load("plant")
        .to_toml()
        .replace("[[plants]]", "[parameters]\nvat_rate = 0.3\n[[plants]]")
    )
    study = small_study(tmp_path)
    (tmp_path / "own.toml").write_text(own)
    study = changed(tmp_path, '["plant"]', '["own.toml"]')
    made = study.plan.kit.setup(0, {"vat_rate": 0.14}, 7)
    expected = prepare(
        tmp_path / "own.toml", pack="valley", seed=7, horizon=3,
        settings={"burn_in": 1, "vat_rate": 0.14},
    )  # fmt: skip
    assert (made.world, made.params, made.seed) == (expected.world, expected.params, 7)
    assert made.world.parameters == {}


def test_the_code_version_names_the_models_sources():
    from model import source_hash

    assert code_version().startswith(source_hash() + "-")
