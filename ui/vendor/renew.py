"""Fetch the front-end packages again, keep the files that the app needs, and write their table.

    python -m ui.vendor.renew           # needs npm and its registry
    python -m ui.vendor.renew --check   # compares what is here with the table; needs nothing

Solara asks for its front end under `_solara/cdn/<package>@<version>/<file>`; this folder is laid out
that way, so the server can answer from it. The grid layout in this folder is our own (see its head).
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
TABLE = FOLDER / "files.csv"
COLUMNS = ("package", "version", "file", "licence", "bytes", "sha256")


@dataclass(frozen=True)
class Package:
    """One npm package, its exact version, and the files kept of it (paths inside the package)."""

    name: str
    version: str
    files: tuple[str, ...]

    @property
    def folder(self) -> str:
        """The folder that Solara's URLs name."""
        return f"{self.name}@{self.version}"


PACKAGES = (
    Package(
        "@widgetti/solara-vuetify3-app",
        "5.2.0",
        (
            "dist/solara-vuetify-app8.min.js",
            "dist/solara-vuetify-app8.min.js.LICENSE.txt",
            "dist/main8.css",
            "dist/fonts.css",
            "dist/d9f39587ab2751b33bcf.woff2",  # icons
            "dist/cb41c1e71debe927815c.woff2",  # Roboto 400, 400 italic, 500, 700
            "dist/06db94b5fad70e44175d.woff2",
            "dist/2d241905f5d9b81989af.woff2",
            "dist/1ab7bbddcdbde1b6f274.woff2",
        ),
    ),
    Package("requirejs", "2.3.6", ("require.js",)),
    Package("echarts", "6.1.0", ("dist/echarts.min.js", "LICENSE", "NOTICE")),
    Package(
        "@fontsource-variable/noto-sans",
        "5.3.0",
        (
            "files/noto-sans-latin-wght-normal.woff2",
            "files/noto-sans-cyrillic-wght-normal.woff2",
            "files/noto-sans-cyrillic-ext-wght-normal.woff2",  # Ң Ө Ү
            "LICENSE",
        ),
    ),
)


def renew() -> None:
    """Replace every file of `PACKAGES` by the registry's and write the table."""
    rows = []
    for package in PACKAGES:
        with tempfile.TemporaryDirectory() as work:
            licence = _unpack(package, Path(work))
        rows += [_row(package, name, licence) for name in package.files]
    with TABLE.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _unpack(package: Package, work: Path) -> str:
    """Copy the package's files here; returns the licence that its `package.json` states."""
    wanted = f"{package.name}@{package.version}"
    subprocess.run(["npm", "pack", wanted, "--silent", f"--pack-destination={work}"], check=True)
    (archive,) = work.glob("*.tgz")
    with tarfile.open(archive) as packed:
        for name in package.files:
            place = FOLDER / package.folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(_member(packed, name))
        about = json.loads(_member(packed, "package.json"))
    return str(about["license"])


def _member(packed: tarfile.TarFile, name: str) -> bytes:
    content = packed.extractfile(f"package/{name}")
    if content is None:
        raise FileNotFoundError(name)
    return content.read()


def _row(package: Package, name: str, licence: str) -> dict[str, str | int]:
    content = (FOLDER / package.folder / name).read_bytes()
    return {
        "package": package.name,
        "version": package.version,
        "file": name,
        "licence": licence,
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def differences() -> list[str]:
    """Files that are missing, changed, or in no line of the table; empty when all is well."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    known = {FOLDER / f"{row['package']}@{row['version']}" / row["file"]: row for row in rows}
    found = []
    for path, row in known.items():
        if not path.is_file():
            found.append(f"missing: {path.relative_to(FOLDER)}")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != row["sha256"]:
            found.append(f"changed: {path.relative_to(FOLDER)}")
    listed = {FOLDER / package.folder / name for package in PACKAGES for name in package.files}
    found += [f"not in the table: {path.relative_to(FOLDER)}" for path in listed - set(known)]
    found += [f"not wanted: {path.relative_to(FOLDER)}" for path in set(known) - listed]
    return found


def main() -> None:
    """Renew, or check and say what differs (exit code 1)."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only compare with the table")
    if parser.parse_args().check:
        found = differences()
        sys.exit("\n".join(found) or None)
    renew()


if __name__ == "__main__":
    main()
