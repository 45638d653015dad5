"""The house: what must hold of the sources as such."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import experiments
import model
from model import compile_cache

ROOT = Path(__file__).resolve().parent.parent

CALLER = """
from numba import njit
from model.callee import half
@njit(cache=True)
def whole(x):
    return 2 * half(x) + 1
"""
CALLEE = """
from numba import njit
@njit(cache=True)
def half(x):
    return x + {}
"""


def run_python(program, folder, **environment):
    """What `program` prints, as words, when it runs in `folder` and imports from there."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **environment},
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


@pytest.fixture
def small_package(tmp_path):
    """A package of two compiled functions with this project's own cache rule."""
    package = tmp_path / "model"
    package.mkdir()
    for name in ("__init__.py", "compile_cache.py"):
        shutil.copy(ROOT / "model" / name, package / name)
    (package / "caller.py").write_text(CALLER)
    (package / "callee.py").write_text(CALLEE.format(0))
    return package


@pytest.mark.parametrize("first", ["", "import numba;"])
def test_an_edited_callee_is_seen(small_package, first):
    """Numba by itself would go on with the old code: it looks at the caller's file only."""
    places = {
        "ORNOK_CACHE_DIR": str(small_package.parent / "cache"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    program = first + "import model; from model.caller import whole; print(whole(10))"
    program += "; print(model.source_hash(), sum(whole.stats.cache_hits.values()))"
    before, old_hash, _ = run_python(program, small_package.parent, **places)
    assert run_python(program, small_package.parent, **places) == ["21", old_hash, "1"]
    (small_package / "callee.py").write_text(CALLEE.format(5))
    after, new_hash, hits = run_python(program, small_package.parent, **places)
    assert (before, after, hits) == ("21", "31", "0")
    assert new_hash != old_hash
    folders = {folder.name for folder in (small_package.parent / "cache").iterdir()}
    assert folders == {f"numba-{old_hash}", f"numba-{new_hash}"}


def test_an_unwritable_cache_folder_is_replaced_by_a_private_one(small_package):
    blocked = small_package.parent / "file"
    blocked.write_text("not a folder")
    places = {
        "ORNOK_CACHE_DIR": str(blocked),
        "TMPDIR": str(small_package.parent),
    }
    program = "import model; from model.caller import whole; import os;"
    program += "print(whole(10), os.environ['NUMBA_CACHE_DIR'])"
    result, folder = run_python(program, small_package.parent, **places)
    assert result == "21"
    assert Path(folder).is_dir()
    assert Path(folder).parent.parent == small_package.parent


def test_old_folders_go_and_recent_ones_stay(tmp_path):
    for age in range(12):
        folder = tmp_path / f"numba-{age}"
        folder.mkdir()
        stamp = 1e9 - age if age >= 3 else None
        os.utime(folder, None if stamp is None else (stamp, stamp))
    (tmp_path / "other").mkdir()
    compile_cache._prune(tmp_path)
    kept = {folder.name for folder in tmp_path.iterdir()}
    assert kept == {f"numba-{age}" for age in range(compile_cache.KEPT_FOLDERS)} | {"other"}


def test_folders_of_the_last_hour_stay_however_many(tmp_path):
    for number in range(12):
        (tmp_path / f"numba-{number}").mkdir()
    compile_cache._prune(tmp_path)
    assert len(list(tmp_path.iterdir())) == 12


def test_public_names_resolve():
    for package in (model, experiments):
        for name in package.__all__:
            assert getattr(package, name) is not None, name
            assert name in dir(package)
    with pytest.raises(AttributeError, match="no attribute 'Regional'"):
        _ = model.Regional


def test_importing_the_model_stays_light():
    program = "import sys, model; print(*sys.modules)"
    loaded = set(run_python(program, ROOT))
    heavy = {"numpy", "numba", "pandas", "mesa", "scipy", "matplotlib", "model.params"}
    assert not loaded & heavy


def tracked_files():
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_machine_path_and_no_registry_address():
    """Nothing that holds on one machine only. Written in pieces, or this file would be found."""
    words = ["/" + "work/", "/" + "root/", "/" + "opt/", "pypi" + ".org", "python" + "hosted"]
    words += ["--index" + "-url", "find" + "-links", "../" + "shared"]
    banned = re.compile("|".join(map(re.escape, words)).encode())
    found = [
        f"{path.relative_to(ROOT)}: {match[0].decode()}"
        for path in tracked_files()
        for match in banned.finditer(path.read_bytes())
    ]
    assert not found


def test_constraints_are_versions_only():
    lines = (ROOT / "constraints.txt").read_text().split()
    assert lines
    for line in lines:
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.+!]*", line), line


def test_the_arrows_point_one_way():
    """`experiments` imports `model`; `model` imports neither `experiments` nor `ui`."""
    arrow = re.compile(r"^\s*(?:from|import)\s+(experiments|ui|server)\b", re.MULTILINE)
    for path in (ROOT / "model").rglob("*.py"):
        assert not arrow.search(path.read_text(encoding="utf-8")), path
