"""Wheel and sdist hold what the code needs and nothing is missing from them; `make package` installs and runs both."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("model", "experiments", "ui")
NAMED = (  # what a visitor, a referee or a plain install would miss first
    "model/ODD.md", "model/outcomes.csv", "model/py.typed", "model/data/worlds/plant.toml",
    "model/data/kyrgyzstan/map.geojson", "model/data/valley/pack.csv",
    "experiments/reference_calibration/targets.csv", "experiments/claims/claims.toml",
    "ui/texts/ky/common.toml", "ui/assets/ornok/explore.js", "server.py",
)  # fmt: skip
LOOK = """
import importlib, pkgutil, sys
from pathlib import Path
for name in ("model", "experiments", "ui"):
    package = importlib.import_module(name)
    assert Path(package.__file__).is_relative_to(Path(sys.argv[1])), package.__file__
    for module in pkgutil.walk_packages(package.__path__, name + "."):
        if not module.name.endswith((".__main__", ".vendor.renew")):
            importlib.import_module(module.name)
"""


def build(folder, source, *targets):
    words = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    words += [word for target in targets for word in ("-t", target)]
    done = subprocess.run(words, cwd=source, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def files_of(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.getinfo(name).CRC for name in archive.namelist()}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The wheel, and the sdist unpacked."""
    folder = tmp_path_factory.mktemp("dist")
    build(folder, ROOT, "wheel", "sdist")
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    return wheel, folder / sdist.name.removesuffix(".tar.gz")


def test_every_file_of_the_packages_is_in_the_wheel(built):
    inside = files_of(built[0])
    assert not [name for name in NAMED if name not in inside]
    here = {
        path.relative_to(ROOT).as_posix()
        for name in PACKAGES
        for path in (ROOT / name).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert not here - inside.keys()
    assert {name.split("/")[0] for name in inside} - {*PACKAGES, "server.py"} == {
        next(name.split("/")[0] for name in inside if ".dist-info/" in name)
    }


def test_the_sdist_makes_the_same_wheel(built, tmp_path):
    wheel, source = built
    build(tmp_path, source, "wheel")
    (again,) = tmp_path.glob("*.whl")
    assert files_of(again) == files_of(wheel)
    assert (source / "tests" / "test_package.py").exists()  # and can be tested
    assert (source / "constraints.txt").exists()


def test_every_module_loads_from_the_wheel_alone(built, tmp_path):
    """Nothing looks for files of the repository when it is imported, and commands find their data."""
    with zipfile.ZipFile(built[0]) as archive:
        archive.extractall(tmp_path / "site")
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "site"), "NUMBA_DISABLE_JIT": "1"}

    def ran(*words):
        done = subprocess.run(
            [sys.executable, "-W", "ignore", *words],
            cwd=tmp_path, env=environment, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    ran("-c", LOOK, str(tmp_path / "site"))
    assert "sound" in ran("-m", "experiments.cli", "pack", "check", "valley")
