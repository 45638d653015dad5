import json
import re
import shlex
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from runs import BURN_IN
from typer.testing import CliRunner

import model
from experiments import job
from experiments.beyond_plant import beyond_the_plant, too_large
from experiments.cli import app
from experiments.cli_input import tell_of_compiling
from experiments.screen import months_bar
from model import Params, RegionalModel, World, load_pack
from model.worlds import LIBRARY

ROOT = Path(__file__).resolve().parent.parent
SMALL = ["--pack", "valley", "--horizon", "12", "--set", f"burn_in={BURN_IN}"]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Whatever a command writes by default lands in a scratch folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ornok(*words):
    return CliRunner().invoke(app, [*words])


BAD = [
    (["run", "plnt"], ["world", "plnt", "plant"]),
    (["run", "no/such.toml"], ["such.toml"]),
    (["run", "--against", "nne"], ["nne", "none"]),
    (["run", "--pack", "valey"], ["pack", "valey", "valley"]),
    (["run", "--scale", "0"], ["scale", "0", "1 to"]),
    (["run", "--scale", "nan"], ["scale", "nan"]),
    (["run", "--scale", "abc"], ["scale", "abc", "a number"]),
    (["run", "--seed", "-1"], ["seed", "-1"]),
    (["run", "--seed", "x"], ["seed", "x", "whole number"]),
    (["run", "--seeds", "0"], ["seeds", "0", "1 to 1000"]),
    (["run", "--seeds", "1001"], ["seeds", "1001"]),
    (["run", "--horizon", "0"], ["horizon", "0"]),
    (["run", "--horizon", "-5"], ["horizon", "-5"]),
    (["run", "--horizon", "1.5"], ["horizon", "1.5"]),
    (["run", "--set", "vat_rate"], ["--set", "vat_rate", "name=value"]),
    (["run", "--set", "vat_rte=0.1"], ["vat_rte", "vat_rate"]),
    (["run", "--set", "vat_rate=7"], ["vat_rate", "7", "0 to 0.5"]),
    (["run", "--set", "vat_rate=much"], ["vat_rate", "much"]),
    (["run", "--out", "taken"], ["--out", "taken", "not empty"]),
    (["run", "--out", "taken/file"], ["--out", "file"]),
    (["run", "--out", "taken/file/below", *SMALL], ["--out", "taken/file"]),
    (["run", "--out", "/proc/nope", *SMALL], ["--out", "/proc/nope", "cannot be written to"]),
    (["run", "--panels", "firmes"], ["panels", "firmes", "firms"]),
    (["run", "--colour"], ["--colour"]),
    (["params", "vat_rte"], ["vat_rte", "vat_rate"]),
    (["pack", "check", "nowhere"], ["nowhere"]),
]


@pytest.mark.parametrize(("words", "named"), BAD, ids=[" ".join(words) for words, _ in BAD])
def test_bad_input_is_named_and_nothing_is_written(words, named, elsewhere):
    (elsewhere / "taken").mkdir()
    (elsewhere / "taken" / "file").write_text("mine")
    done = ornok(*words)
    assert done.exit_code == 2, done.output
    assert done.stdout == ""
    for word in named:
        assert word in done.stderr
    assert "Traceback" not in done.output
    assert sorted(path.name for path in elsewhere.rglob("*")) == ["file", "taken"]


def test_run_writes_everything_and_prints_the_table(elsewhere):
    done = ornok("run", *SMALL, "--out", "mine", "--seeds", "2")
    assert done.exit_code == 0, done.output
    assert "employee jobs" in done.stdout
    assert "± 95 %" in done.stdout
    written = sorted(str(path.relative_to("mine")) for path in Path("mine").rglob("*.*"))
    assert written == sorted(
        [
            *(
                f"{world}/{kind}.parquet"
                for world in ("plant", "none")
                for kind in ("monthly", "regional")
            ),
            *(f"{world}/world.toml" for world in ("plant", "none")),
            "impact.csv",
            "impact_by_year.csv",
            "milestones.csv",
            "report.png",
            "run.json",
        ]
    )
    facts = json.loads(Path("mine/run.json").read_text())
    assert facts["seeds"] == [1, 2]
    assert facts["parameters"]["horizon"] == 12
    assert facts["versions"]["code"]
    assert facts["failures"] == []
    assert [path.name for path in elsewhere.iterdir()] == ["mine"]
    again = ornok("run", *SMALL, "--out", "mine")
    assert again.exit_code == 2


def test_json_is_one_object_and_results_depend_on_code_world_and_seed_alone():
    command = [sys.executable, "-m", "experiments.cli", "run", *SMALL, "--json"]
    outputs = []
    for folder in ("a", "b"):
        done = subprocess.run(
            [*command, "--out", folder],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONPATH": str(ROOT), "PATH": "", "HOME": str(Path.home())},
        )
        assert done.stderr == ""
        outputs.append(json.loads(done.stdout))
    assert set(outputs[0]) == {"results", "run"}
    assert outputs[0]["results"] == outputs[1]["results"]
    one = outputs[0]["results"]["with"][0]
    assert len(one["monthly"]["employee_jobs"]) == len(one["date"]) == 12
    assert one["final"]["employee_jobs"] == one["monthly"]["employee_jobs"][-1]
    assert outputs[0]["run"]["folder"] == "a"


def test_nothing_changed_is_said_and_why():
    """Also in the JSON, and with a setting that is the pack's own value."""
    own = f"vat_rate={load_pack('valley').params().vat_rate!r}"
    done = ornok("run", "none", "--against", "none", *SMALL, "--set", own, "--json", "--out", "a")
    assert done.exit_code == 0, done.output
    assert "ornok: nothing changed: worlds none and none are the same world" in done.stderr
    assert "ornok: setting vat_rate changes nothing" in done.stderr
    printed = json.loads(done.stdout)
    assert "the same world" in printed["results"]["nothing_changed"]
    assert len(printed["run"]["warnings"]) == 2
    assert printed["results"]["milestones"] == []


def test_a_world_that_differs_by_more_than_the_plant_is_said(elsewhere):
    text = (LIBRARY / "plant.toml").read_text(encoding="utf-8")
    own = text.replace(
        "[[plants]]",
        """[parameters]
vat_rate = 0.13
[[events]]
date = "2023-02"
set = { new_car_duty_rate = 0.2 }
[[plants]]""",
    )
    (elsewhere / "mine.toml").write_text(own, encoding="utf-8")
    done = ornok("run", "mine.toml", *SMALL, "--out", "a", "--quiet")
    assert done.exit_code == 0, done.output
    said = [line for line in done.stderr.splitlines() if "more than the plant" in line]
    assert len(said) == 1
    for word in ("mine", "none", "vat_rate", "2023-02 (new_car_duty_rate)", "without [[plants]]"):
        assert word in said[0]
    assert said[0].removeprefix("ornok: ") in json.loads(Path("a/run.json").read_text())["warnings"]


def test_a_plant_that_no_country_of_this_size_has_is_named():
    volume, valley = World.load("volume"), load_pack("valley")
    assert "100,000 cars a year for a country of" in too_large(volume, valley)
    assert too_large(volume, load_pack("kyrgyzstan")) is None
    assert too_large(World.load("plan"), valley) is None
    assert too_large(World.load("none"), valley) is None


def test_what_is_beyond_the_plant():
    plant, none = World.load("plant"), World.load("none")
    assert beyond_the_plant(plant, none) is None
    assert "corridor_open" in beyond_the_plant(World.load("corridor_block"), none)
    # The lever is the question where the plant is in both.
    assert beyond_the_plant(World.load("corridor_block"), plant) is None
    assert "outside series" in beyond_the_plant(plant, World.load("flat"))
    dear = replace(none, parameters={"vat_rate": 0.13})
    assert "without [[plants]]" in beyond_the_plant(dear, plant)
    assert "copy of plant" in beyond_the_plant(dear, plant)
    assert beyond_the_plant(replace(plant, parameters={"vat_rate": 0.13}), dear) is None


def test_that_rules_are_compiled_first_is_said(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    monkeypatch.delenv("NUMBA_DISABLE_JIT", raising=False)
    tell_of_compiling(quiet=True)
    assert capsys.readouterr() == ("", "")
    tell_of_compiling(quiet=False)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "compiles" in err
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "rule.nbi").touch()
    tell_of_compiling(quiet=False)
    assert capsys.readouterr() == ("", "")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "none"))
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
    tell_of_compiling(quiet=False)
    assert capsys.readouterr() == ("", "")


def test_panels_are_stored_when_asked_for():
    done = ornok("run", *SMALL, "--panels", "firms, contracts", "--out", "b", "--quiet")
    assert done.exit_code == 0, done.output
    panels = {path.name for path in Path("b").rglob("panel_*.parquet")}
    assert panels == {"panel_firms.parquet", "panel_contracts.parquet"}


def test_the_bar_counts_the_months_of_both_worlds(capsys):
    with months_bar(["plant", "none"], seeds=2, show=True) as tell:
        for number in range(4):
            tell(number, 30, 30)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("60/60") == 2
    with months_bar(["plant", "none"], seeds=2, show=False) as tell:
        assert tell is None


def test_quiet_says_nothing():
    done = ornok("run", "none", *SMALL, "--quiet")
    assert done.exit_code == 0, done.output
    assert done.output == ""
    (folder,) = Path("results").iterdir()
    assert folder.name.startswith("none-valley-scale")
    assert {path.name for path in folder.iterdir() if path.is_dir()} == {"none", "flat"}


def test_a_run_that_fails_says_so_and_writes_nothing(monkeypatch, elsewhere):
    def fail(model):
        raise FloatingPointError("on purpose")

    monkeypatch.setattr(RegionalModel, "_open_month", fail)
    monkeypatch.setattr(job, "processes", lambda runs: 1)
    done = ornok("run", *SMALL)
    assert done.exit_code == 1
    assert "on purpose" in done.stderr
    assert list(elsewhere.iterdir()) == []


def test_interrupt_leaves_nothing_half_written(elsewhere):
    command = [
        sys.executable,
        "-c",
        # A shell's background jobs ignore the signal, and so would what they start.
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from experiments.cli import main; main()",
        "run",
        "--pack",
        "valley",
        "--horizon",
        "2400",
    ]
    running = subprocess.Popen(
        command,
        env={"PYTHONPATH": str(ROOT), "PATH": "", "HOME": str(Path.home())},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        # A signal that falls into a library's callback while it loads can be lost: press again.
        for _ in range(12):
            time.sleep(3)
            running.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                _, errors = running.communicate(timeout=7)
                break
    finally:
        running.kill()
    assert running.returncode == 130
    assert errors.splitlines()[-1] == "Interrupted: nothing written."
    assert "Traceback" not in errors
    assert list(elsewhere.iterdir()) == []


def test_help_waits_for_nothing_heavy():
    """What makes help instant: none of the libraries that take a second is loaded for it."""
    code = (
        "import sys, experiments.cli as c; from typer.testing import CliRunner as R; "
        "assert R().invoke(c.app, ['--help']).exit_code == 0; "
        "print(*sorted({'numpy', 'pandas', 'numba', 'mesa', 'matplotlib', 'scipy', 'pyarrow'}"
        " & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


def test_lists():
    assert "enclave" in ornok("worlds").stdout
    assert "recalled" in ornok("params", "vat_rate").stdout
    assert "made up" in ornok("pack", "check", "valley").stdout


def test_parameters_as_json():
    rows = json.loads(ornok("params", "--json").stdout)
    fields = {"name", "value", "unit", "low", "high", "source", "grade", "meaning"}
    assert all(set(row) == fields for row in rows)
    assert [row["name"] for row in rows] == Params.names()
    (row,) = json.loads(ornok("params", "vat_rate", "--json").stdout)
    assert (row["unit"], row["low"], row["high"]) == ("share", 0, 0.5)


def test_a_part_of_names_lists_all_that_have_it():
    rows = json.loads(ornok("params", "wage", "--json").stdout)
    assert [row["name"] for row in rows] == [name for name in Params.names() if "wage" in name]
    assert "plant_wage_premium" in ornok("params", "wage").stdout


@pytest.mark.parametrize("width", [80, 120])
def test_parameters_are_readable_at_any_width(width, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(width))
    text = ornok("params").stdout
    assert "…" not in text
    for row in load_pack("kyrgyzstan").params().describe():
        line = next(line for line in text.splitlines() if line.startswith(f"{row.name} "))
        assert row.grade in line
    assert ("meaning and source" in text) == (width >= 120)
    one = ornok("params", "vat_rate").stdout
    assert "source" in one
    assert "meaning" in one


def test_version():
    done = ornok("--version")
    assert (done.exit_code, done.stdout) == (0, f"ornok {model.__version__}\n")
    assert "car plant" in ornok("--help").stdout


def readme_blocks(language):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


def readme_commands():
    lines = "\n".join(readme_blocks("sh")).splitlines()
    return [line.split("#")[0].strip() for line in lines if line.startswith("ornok ")]


@pytest.mark.parametrize("command", readme_commands())
def test_every_command_of_the_readme_runs(command):
    words = shlex.split(command)[1:]
    small = [*SMALL, "--quiet"] if words[0] in ("run", "channels", "impact") else []
    if words[0] == "milestones":  # the first promise is for 2025
        small = [*SMALL, "--quiet", "--horizon", "36"]
    if words[0] == "claims":  # a few of its runs; docs/claims.md has the rest of it tested
        small = ["--pack", "valley", "--seeds", "2", "--points", "0", "--horizon", "24"]
        small += ["--burn-in", str(BURN_IN), "--workers", "1", "--quiet"]
    done = ornok(*words, *small)
    assert done.exit_code == 0, done.output


def test_the_readmes_python_runs(capsys):
    (code,) = readme_blocks("python")
    code = code.replace(
        'pack="valley"', f'pack="valley", horizon=12, settings={{"burn_in": {BURN_IN}}}'
    )
    exec(compile(code, "README.md", "exec"), {})
    assert "employee_jobs" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["run", "--pack", "valley", "--scale", "5000"], "field 'scale'"),
        (["channels", "none", "--pack", "valley"], "has no plant"),
        (["impact", "none", "--pack", "valley"], "has no plant"),
    ],
)
def test_what_cannot_be_answered_is_refused_before_anything_runs(words, message, tmp_path):
    done = ornok(*words, "--out", str(tmp_path / "out"))
    assert done.exit_code == 2
    assert message in done.output
    assert "allowed" in done.output
    assert not (tmp_path / "out").exists()


def test_a_pack_that_may_not_be_read_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("model.packs.os.access", lambda *_: False)
    done = ornok("pack", "check", str(tmp_path))
    assert done.exit_code != 0
    assert str(tmp_path) in done.output.replace("\n", "")
    assert "Traceback" not in done.output
