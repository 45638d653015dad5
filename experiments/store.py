"""Where results live: one folder a run, written whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from experiments.outcomes import outcomes

if TYPE_CHECKING:
    from experiments.simulate import Results

RESULTS = Path("results")


def run_name(world: str, pack: str, scale: float, seeds: Sequence[int], when: datetime) -> str:
    """The name of a run's folder, from what makes it different from its neighbours."""
    seed = f"seed{seeds[0]}" if len(seeds) == 1 else f"seeds{seeds[0]}-{seeds[-1]}"
    return f"{world}-{Path(pack).name}-scale{scale:g}-{seed}-{when:%Y%m%d-%H%M%S}"


def free_folder(name: str, out: Path | None) -> Path:
    """The folder a run will be written to; it does not exist yet, or is empty.

    With `out` it is exactly that folder. Raises `model.errors.InputError` when it holds
    something already, since nothing is ever overwritten, or cannot be written.
    """
    try:
        return _free_folder(name, out)
    except OSError as error:
        raise _unwritable(RESULTS / name if out is None else out, error) from None


def _unwritable(folder: Path, error: OSError) -> Exception:
    from model.errors import InputError

    why = error.strerror or type(error).__name__
    return InputError(f"cannot be written to ({why})", field="--out", value=str(folder))


def _free_folder(name: str, out: Path | None) -> Path:
    from model.errors import InputError

    if out is None:
        folder = RESULTS / name
        number = 2
        while folder.exists():
            folder = RESULTS / f"{name}-{number}"
            number += 1
    else:
        folder = out
        if folder.is_file():
            raise InputError("is a file", field="--out", value=str(folder), allowed="a new folder")
        if folder.is_dir() and any(folder.iterdir()):
            raise InputError(
                "is not empty, and nothing is overwritten",
                field="--out",
                value=str(folder),
                allowed="a new or empty folder",
            )
    parent = next(place for place in folder.absolute().parents if place.exists())
    if not parent.is_dir() or not os.access(parent, os.W_OK):
        raise InputError("cannot be written to", field="--out", value=str(parent))
    return folder


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """A scratch folder that becomes `folder` if the block ends well and else disappears.

    Raises `model.errors.InputError` before the block when the scratch folder cannot be made.
    """
    folder = folder.absolute()
    missing: list[Path] = []
    scratch = folder.parent / f".{folder.name}.part-{os.getpid()}"
    try:
        try:
            missing += [place for place in folder.parents if not place.exists()]
            folder.parent.mkdir(parents=True, exist_ok=True)
            scratch.mkdir()
        except OSError as error:
            raise _unwritable(folder, error) from None
        yield scratch
        scratch.rename(folder)  # replaces an empty folder, fails on any other
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        with suppress(OSError):  # missing still, or in use by another run by now
            for place in missing:
                place.rmdir()
        raise


def write_parquet(table: pd.DataFrame, path: Path) -> Path:
    """Write one table with the unit and the meaning of each outcome in its column."""
    arrow = pa.Table.from_pandas(table, preserve_index=False)
    fields = [
        field.with_metadata(facts) if (facts := _facts(table, field.name)) else field
        for field in arrow.schema
    ]
    arrow = arrow.cast(pa.schema(fields, metadata=arrow.schema.metadata))
    scratch = path.with_name(f".{path.name}.part")
    pq.write_table(arrow, scratch, compression="zstd")
    scratch.replace(path)
    return path


def _facts(table: pd.DataFrame, column: str) -> dict[str, str]:
    """Unit of a column by the table itself (a panel's), else unit and meaning by the schema."""
    own: dict[str, str] = table.attrs.get("units", {})
    known = outcomes().get(column)
    if known is not None and own.get(column, known.unit) == known.unit:
        return {"unit": known.unit, "meaning": known.meaning}
    return {"unit": own[column]} if column in own else {}


def write_world(folder: Path, runs: Sequence[Results]) -> list[Path]:
    """Write the runs of one world (one a seed) into a folder: two tables, panels, the world."""
    folder.mkdir(parents=True, exist_ok=True)
    monthly = pd.concat([with_seed(run.monthly.reset_index(), run.seed) for run in runs])
    regional = pd.concat([with_seed(run.regional, run.seed) for run in runs])
    world = folder / "world.toml"
    world.write_text(runs[0].world.to_toml(), encoding="utf-8")
    return [
        write_parquet(monthly, folder / "monthly.parquet"),
        write_parquet(regional, folder / "regional.parquet"),
        *(write_panel(folder, runs, name) for name in runs[0].panels),
        world,
    ]


def write_panel(folder: Path, runs: Sequence[Results], name: str) -> Path:
    """Write one panel of the runs of a world as `panel_<name>.parquet`."""
    tables = [run.panels[name] for run in runs]
    # Empty ones would turn whole numbers of the others into floats.
    full = [with_seed(one, run.seed) for one, run in zip(tables, runs, strict=True) if len(one)]
    table = pd.concat(full, ignore_index=True) if full else with_seed(tables[0], runs[0].seed)
    table.attrs["units"] = tables[0].attrs.get("units", {})
    return write_parquet(table, folder / f"panel_{name}.parquet")


def with_seed(table: pd.DataFrame, seed: int) -> pd.DataFrame:
    """A copy of the table that says in its first column which seed it belongs to."""
    table = table.copy()
    table.insert(0, "seed", seed)
    return table


def folder_names(world: str, against: str) -> tuple[str, str]:
    """The folders of the two worlds inside a run; never the same."""
    return world, against if against != world else f"{against}-against"


def write_json(path: Path, content: Mapping[str, Any]) -> Path:
    """Write one JSON object; numbers that are not finite are refused, not smuggled in."""
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")
    return path
