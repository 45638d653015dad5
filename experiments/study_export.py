"""What leaves a study: one tidy table, a summary by point, or tables of the EMA workbench."""

from __future__ import annotations

import io
import json
import os
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.intervals import interval_table
from experiments.outcomes import units
from experiments.study_plan import Plan
from experiments.study_rows import REGIONS
from experiments.study_tables import Choice, Tables, design_table, write_csv
from model.calendar_months import date_of
from model.errors import InputError

FORMATS = (".csv", ".parquet")


def export_rows(tables: Tables, choice: Choice, path: Path, place: str = "runs") -> int:
    """All months of the choice as one CSV or Parquet file, by DuckDB; number of rows.

    Columns: point, parameters, world, seed, period, date(, region), outcomes. In CSV a double is
    written in as many digits as bring it back bit for bit.
    """
    relation = tables.rows(choice, place)
    scratch = path.with_name(f".{path.name}.part-{os.getpid()}")
    try:
        if path.suffix == ".csv":
            relation.write_csv(str(scratch), header=True)
        else:
            relation.write_parquet(str(scratch), compression="zstd")
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)
    return int(
        tables.connection.execute(f"SELECT count(*) FROM '{_quoted(path)}'").fetchall()[0][0]
    )


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def summary_table(tables: Tables, choice: Choice, place: str = "runs") -> pd.DataFrame:
    """Mean over seeds, with intervals, of the mean over months: one row a point, world, outcome.

    Columns: point, parameters, world(, region), outcome, unit, n, mean, low, high, boot_low,
    boot_high, sd.
    """
    varied = list(tables.plan.design.names)
    table = tables.rows(choice, place).df()
    region = ["region"] if place == REGIONS else []
    names = [name for name in choice.outcomes if name in table.columns]
    groups = ["point", "world", *region]
    means = table.groupby([*groups, "seed"], sort=False)[names].mean().reset_index()
    long = means.melt([*groups, "seed"], names, "outcome", "value")
    found = interval_table(long, [*groups, "outcome"])
    found = found.sort_values("point", kind="stable", ignore_index=True)
    found.insert(list(found.columns).index("n"), "unit", found["outcome"].map(units(names)))
    points = design_table(tables.plan.design)[["point", *varied]]
    return points.merge(found, on="point", how="right")


def write_table(table: pd.DataFrame, path: Path) -> Path:
    """Write a table as CSV or Parquet by the end of its name."""
    if path.suffix == ".csv":
        return write_csv(table, path)
    scratch = path.with_name(f".{path.name}.part-{os.getpid()}")
    table.to_parquet(scratch, index=False, compression="zstd")
    return scratch.replace(path)


# --- The EMA workbench ------------------------------------------------------------------------------


def experiments_table(tables: Tables, choice: Choice) -> pd.DataFrame:
    """Finished runs as an experiments table of the EMA workbench: one row a run, in order.

    Columns: uncertainties, levers, seed, then scenario (a number for each set of uncertainties and
    seed), policy (for each set of levers) and model (the world).
    """
    design = tables.plan.design
    wished = tables.runs["world"].isin(list(choice.worlds))
    runs = tables.runs[wished].sort_values(["point", "seed", "world_number"])
    table = runs.merge(design_table(design), on="point", how="left").reset_index(drop=True)
    by_role: dict[str, list[str]] = {"uncertainty": [], "lever": []}
    for name, role in zip(design.names, design.roles, strict=True):
        by_role[role].append(name)
    out = table[[*by_role["uncertainty"], *by_role["lever"], "seed"]].copy()
    out["scenario"] = _numbered(table, [*by_role["uncertainty"], "seed"])
    out["policy"] = _numbered(table, by_role["lever"])
    out["model"] = table["world"]
    out.attrs["keys"] = table["key"].tolist()
    return out


def _numbered(table: pd.DataFrame, columns: Sequence[str]) -> np.ndarray:
    """A whole number for every different row, in order of appearance."""
    if not columns:
        return np.zeros(len(table), np.int64)
    return table.groupby(list(columns), sort=False).ngroup().to_numpy()


def export_ema(tables: Tables, choice: Choice, path: Path) -> list[str]:
    """Write what `ema_workbench.load_results` reads: experiments and time series in one archive.

    Returns the names of the files in it. Each outcome is a matrix, a row an experiment and a column
    a month.
    """
    experiments = experiments_table(tables, choice)
    months = [date_of(period) for period in range(choice.first, choice.last + 1)]
    series = _matrices(tables, choice, len(experiments))
    files = {"experiments.csv": experiments.to_csv(index=False)}
    for name, matrix in series.items():
        # The workbench skips the first line of a time series: it holds the months.
        files[f"{name}.csv"] = pd.DataFrame(matrix, columns=months).to_csv(index=False)
    metadata: dict[str, Any] = {
        "version": 0.1,
        "outcomes": [["TimeSeriesOutcome", name, f"{name}.csv"] for name in series],
        "experiments": {
            name: "category" if kind.name in ("object", "str") else kind.name
            for name, kind in experiments.dtypes.items()
        },
    }
    files["metadata.json"] = json.dumps(metadata)
    scratch = path.with_name(f".{path.name}.part-{os.getpid()}")
    with tarfile.open(scratch, "w:gz") as archive:
        for name, text in files.items():
            content = text.encode()
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    scratch.replace(path)
    return list(files)


def _matrices(tables: Tables, choice: Choice, n_runs: int) -> dict[str, np.ndarray]:
    """Outcome by [experiment, month]; rows come in the order of `experiments_table`."""
    rows = tables.rows(choice).df()
    months = choice.last - choice.first + 1
    return {name: rows[name].to_numpy(float).reshape(n_runs, months) for name in choice.outcomes}


# --- Where to ---------------------------------------------------------------------------------------


def export_path(plan: Plan, out: Path | None, name: str) -> Path:
    """The file to write: `out`, or `name` in the study's folder `exports`.

    Raises `model.errors.InputError` when the end of the name says no known format, or a file of
    this name is there: nothing is overwritten.
    """
    path = out or _free(plan.folder / "exports" / name)
    wanted = (".tar.gz",) if name.endswith(".tar.gz") else FORMATS
    if not path.name.endswith(wanted):
        allowed = " or ".join(wanted)
        raise InputError("no known format", field="--out", value=str(path), allowed=allowed)
    if path.exists():
        raise InputError(
            "is there, and nothing is overwritten",
            field="--out",
            value=str(path),
            allowed="a new file",
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise InputError(f"cannot be written to ({why})", field="--out", value=str(path)) from None
    return path


def _free(path: Path) -> Path:
    stem, dot, end = path.name.partition(".")
    number = 2
    while path.exists():
        path = path.with_name(f"{stem}-{number}{dot}{end}")
        number += 1
    return path
