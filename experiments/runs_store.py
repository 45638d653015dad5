"""Where the runs of a study live: Parquet parts that appear whole or not at all.

`runs/part-*.parquet` holds months of finished runs and, in its footer, keys, versions and times. It
is written last of a chunk: what has no part there with its name does not count. `regions/`,
`panels/<name>/` and `failures/` have parts of the same names.
"""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from experiments.study_rows import RUNS
from model.errors import InputError

FAILURES = "failures"
_TRIES = 5
UNDER_WAY = ".under-way"  # what workers of a cluster have not finished: see runs_apart.py
FACTS = b"ornok"
FAILURE_FIELDS = pa.schema(
    [
        ("key", pa.string()),
        ("world", pa.string()),
        ("parameters", pa.string()),
        ("seed", pa.int64()),
        ("type", pa.string()),
        ("message", pa.string()),
        ("traceback", pa.string()),
        ("time", pa.string()),
    ]
)


@dataclass(frozen=True)
class PartFacts:
    """What the footer of a part says: by which code, pack and packages its runs were made.

    `seconds`: run time by key. `time`: when the part was written; `first_time`: of one that was
    put together of others, when the first of them was. `months_saved`: months that these runs did not
    compute, as others that agreed with them so far had done so.
    """

    code: str
    pack: str
    versions: Mapping[str, str]
    seconds: Mapping[str, float]
    time: str
    months_saved: int = 0
    first_time: str = ""

    def to_json(self) -> bytes:
        """The footer's entry."""
        return json.dumps(vars(self), sort_keys=True).encode()


@dataclass
class Found:
    """What a folder holds. `finished`: keys; `failed`: key to type of exception, of runs that are
    not finished; `made_by`: runs by (code, pack); `versions`: of packages, each set once.
    """

    finished: set[str] = field(default_factory=set)
    failed: dict[str, str] = field(default_factory=dict)
    made_by: Counter[tuple[str, str]] = field(default_factory=Counter)
    versions: list[dict[str, str]] = field(default_factory=list)
    seconds: float = 0.0
    months_saved: int = 0
    bytes: int = 0
    parts: int = 0
    first_time: str = ""
    last_time: str = ""


# --- Writing ----------------------------------------------------------------------------------------


def write_part(
    folder: Path,
    part: str,
    tables: Mapping[str, Sequence[pa.Table]],
    failures: Sequence[Mapping[str, Any]],
    facts: PartFacts,
) -> int:
    """Write all a chunk of runs has left, the months last; bytes written."""
    size = 0
    if failures:
        size += write_failures(folder, part, failures)
    for place in sorted(tables, key=lambda name: name == RUNS):
        whole = pa.concat_tables(tables[place], promote_options="permissive").unify_dictionaries()
        if place == RUNS:
            known = whole.schema.metadata or {}
            whole = whole.replace_schema_metadata({**known, FACTS: facts.to_json()})
        size += _write_whole(folder / place / f"part-{part}.parquet", whole)
    return size


def write_failures(folder: Path, part: str, failures: Sequence[Mapping[str, Any]]) -> int:
    """Write a part of failures; bytes written."""
    table = pa.Table.from_pylist([dict(one) for one in failures], schema=FAILURE_FIELDS)
    return _write_whole(folder / FAILURES / f"part-{part}.parquet", table)


def _write_whole(path: Path, table: pa.Table) -> int:
    with new_file(path) as file:
        pq.write_table(table, file, **parquet_options(table.schema))
        return file.tell()


def parquet_options(schema: pa.Schema) -> dict[str, Any]:
    """How a part with these columns is written."""
    # Numbers are hardly ever repeated: a dictionary of them costs time and saves nothing.
    texts = [one.name for one in schema if not pa.types.is_floating(one.type)]
    return {"compression": "zstd", "use_dictionary": texts, "write_statistics": texts}


@contextmanager
def new_file(path: Path) -> Iterator[IO[bytes]]:
    """Write beside, flush to the disk, rename: nobody ever sees a half-written part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    with scratch.open("wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(path)
    flush_names(path.parent)


def flush_names(folder: Path) -> None:
    """The names of files too must survive a power cut."""
    if os.name == "posix":
        place = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(place)
        finally:
            os.close(place)


# --- Reading ----------------------------------------------------------------------------------------


def parts(folder: Path, place: str = RUNS) -> list[Path]:
    """Parts in a place, in order of their names; of finished chunks only, except of failures."""
    found = sorted((folder / place).glob("part-*.parquet"))
    if place in (RUNS, FAILURES):
        return found
    return [path for path in found if (folder / RUNS / path.name).exists()]


def parts_of(folder: Path, part: str) -> list[Path]:
    """Parts of `runs` that a chunk of this name has left: one, or several with numbers behind it."""
    whole = folder / RUNS / f"part-{part}.parquet"
    return [path for path in (whole, *sorted(whole.parent.glob(f"part-{part}-*"))) if path.exists()]


def facts_of(path: Path) -> PartFacts:
    """The footer of a part of `runs`; `model.errors.InputError` if it is none.

    FileNotFoundError if it is not there any more: see `steady`.
    """
    try:
        written = pq.read_metadata(path).metadata[FACTS]
        return PartFacts(**json.loads(written))
    except FileNotFoundError:
        raise
    except (OSError, pa.ArrowException, KeyError, TypeError, ValueError):
        raise InputError("is no part of a study; move it away", file=path) from None


def steady[T](read: Callable[[], T]) -> T:
    """What `read` returns; it reads again when parts have been merged away while it did."""
    for _ in range(_TRIES):
        with suppress(FileNotFoundError):
            return read()
    return read()


def scan(folder: Path) -> Found:
    """What a study's folder holds, from the footers alone. Works while a runner writes."""
    return steady(lambda: _scan(folder))


def _scan(folder: Path) -> Found:
    found = Found()
    for path in parts(folder):
        facts = facts_of(path)
        found.parts += 1
        found.finished.update(facts.seconds)
        found.made_by[facts.code, facts.pack] += len(facts.seconds)
        found.seconds += sum(facts.seconds.values())
        found.months_saved += facts.months_saved
        if dict(facts.versions) not in found.versions:
            found.versions.append(dict(facts.versions))
        began = facts.first_time or facts.time
        found.first_time = min(found.first_time or began, began)
        found.last_time = max(found.last_time, facts.time)
    for path in parts(folder, FAILURES):
        table = pq.read_table(path, columns=["key", "type"])
        found.failed.update(zip(table["key"].to_pylist(), table["type"].to_pylist(), strict=True))
    for key in found.finished & found.failed.keys():
        del found.failed[key]
    found.bytes = sum(path.stat().st_size for path in _all_parts(folder) if path.exists())
    return found


def refuse_other_versions(folder: Path, found: Found, code: str, pack_hash: str) -> None:
    """`model.errors.InputError` when a folder holds runs of another code or another pack."""
    for (other_code, other_pack), runs in sorted(found.made_by.items()):
        what = []
        if other_code != code:
            what.append(f"code {other_code} (now {code})")
        if other_pack != pack_hash:
            what.append(f"pack {other_pack[:12]} (now {pack_hash[:12]})")
        if what:
            raise InputError(
                f"holds {runs:,} runs of another version: {', '.join(what)}. Runs of two versions "
                "are never mixed, and nothing was changed. Go on with that version, or copy "
                "study.toml (and the files it names) to a new folder and run it there",
                file=folder,
            )


def read_failures(folder: Path) -> list[dict[str, Any]]:
    """The last record of every run that failed and did not finish since, in order of time."""
    return steady(lambda: _read_failures(folder))


def _read_failures(folder: Path) -> list[dict[str, Any]]:
    finished = {key for path in parts(folder) for key in facts_of(path).seconds}
    last: dict[str, dict[str, Any]] = {}
    rows = [row for path in parts(folder, FAILURES) for row in pq.read_table(path).to_pylist()]
    for row in sorted(rows, key=lambda one: one["time"]):
        last[row["key"]] = row
    return [row for key, row in last.items() if key not in finished]


def _all_parts(folder: Path) -> Iterator[Path]:
    for place in (RUNS, "regions", FAILURES):
        yield from (folder / place).glob("part-*.parquet")
    yield from (folder / "panels").glob("*/part-*.parquet")


def clean(folder: Path) -> int:
    """Remove what killed workers left behind; only the runner of a folder may. Files removed."""
    # First of all: what a worker that still runs somewhere has not brought home by now never comes.
    shutil.rmtree(folder / UNDER_WAY, ignore_errors=True)
    left = [
        path
        for pattern in ("*/.part-*", "panels/*/.part-*")
        for path in folder.glob(pattern)
        if path.is_file()
    ]
    alone_too = (folder / RUNS, folder / FAILURES)  # there is a panel of failures, too
    others = [path for path in _all_parts(folder) if path.parent not in alone_too]
    # Listed after the others: whoever writes brings the months last.
    whole = {path.name for path in (folder / RUNS).glob("part-*.parquet")}
    left += [path for path in others if path.name not in whole]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)
