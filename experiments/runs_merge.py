"""Many small parts of a study become few large ones: the same rows, read in a fraction of the time.

A chunk leaves a part of some seconds of work, so a million runs leave tens of thousands of files.
The large part is written whole before the small ones go, and until they are gone a run is read from
one of them only: whenever this is stopped, nothing is lost.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from experiments.runs_store import (
    FACTS,
    FAILURES,
    PartFacts,
    facts_of,
    new_file,
    parquet_options,
    parts,
)
from experiments.study_rows import REGIONS, RUNS

# A part of this size is left as it is; smaller ones are put together up to it.
LARGE_BYTES = 64_000_000
MOST_RUNS_A_PART = 20_000
# What is held in memory at once, and read at once later.
_ROW_GROUP_BYTES = 32_000_000


@dataclass
class _Batch:
    """Small parts that become one: of one code, pack and set of packages, in order of time.

    `types`: of the columns of its panels. A column that is whole in one part and has gaps in
    another is of another type there, and no value is changed to make them agree.
    """

    paths: list[Path] = field(default_factory=list)
    facts: list[PartFacts] = field(default_factory=list)  # without runs that another part has
    bytes: int = 0
    runs: int = 0
    types: dict[tuple[str, str], pa.DataType] = field(default_factory=dict)

    def add(self, path: Path, facts: PartFacts, size: int) -> None:
        """Put a part into it."""
        self.paths.append(path)
        self.facts.append(facts)
        self.bytes += size
        self.runs += len(facts.seconds)

    def takes(self, types: Mapping[tuple[str, str], pa.DataType]) -> bool:
        """Whether these columns agree with its own; then they are."""
        if any(self.types.get(name, kind) != kind for name, kind in types.items()):
            return False
        self.types.update(types)
        return True


def merge_parts(folder: Path, large: int = LARGE_BYTES) -> tuple[int, int]:
    """Merge small parts; only the runner of a folder may. Numbers of parts before and after.

    Runs that a killed session has left in two small parts remain in one. `large`: bytes, with
    regions and panels, of a part that is left as it is. Keeps every value bit for bit.
    """
    before = len(parts(folder))
    for batch in _batches(folder, large):
        if len(batch.paths) > 1:
            _merge(folder, batch)
    failures = parts(folder, FAILURES)
    if len(failures) > 1:
        _write(_new_path(failures[0]), failures)
        for path in failures:
            _remove(path)
    return before, len(parts(folder))


def _batches(folder: Path, large: int) -> Iterator[_Batch]:
    """Small parts in batches that are each to become one."""
    sizes = {
        path: sum(one.stat().st_size for one in _all_of(folder, path)) for path in parts(folder)
    }
    seen = {key for path, size in sizes.items() if size >= large for key in facts_of(path).seconds}
    open_ones: dict[tuple[str, ...], _Batch] = {}
    for path, size in sizes.items():
        if size >= large:
            continue
        facts = facts_of(path)
        seconds = {key: value for key, value in facts.seconds.items() if key not in seen}
        seen.update(seconds)
        made_by = (facts.code, facts.pack, json.dumps(dict(facts.versions), sort_keys=True))
        types = _panel_types(folder, path)
        batch = open_ones.setdefault(made_by, _Batch())
        if not batch.takes(types):
            yield open_ones.pop(made_by)
            batch = open_ones[made_by] = _Batch(types=types)
        batch.add(path, replace(facts, seconds=seconds), size)
        if batch.bytes >= large or batch.runs >= MOST_RUNS_A_PART:
            yield open_ones.pop(made_by)
    yield from open_ones.values()


def _panel_types(folder: Path, path: Path) -> dict[tuple[str, str], pa.DataType]:
    """Types of the columns of a part's panels; those of months and regions are always the same."""
    return {
        (panel.parent.name, column.name): column.type
        for panel in folder.glob(f"panels/*/{path.name}")
        for column in pq.read_schema(panel)
    }


def _all_of(folder: Path, path: Path) -> list[Path]:
    """The files of a part: regions and panels, as far as they are kept, and the months last."""
    others = [folder / REGIONS / path.name, *folder.glob(f"panels/*/{path.name}")]
    return [*(one for one in others if one.exists()), path]


def _merge(folder: Path, batch: _Batch) -> None:
    wanted = {key for facts in batch.facts for key in facts.seconds}
    facts = _together(batch.facts)
    files = [_all_of(folder, path) for path in batch.paths]
    name = _new_path(batch.paths[0]).name
    # The months last when it comes, first when the old ones go: what has none does not count.
    for place in sorted({one.parent for of_part in files for one in of_part}, key=_is_runs):
        sources = [one for of_part in files for one in of_part if one.parent == place]
        _write(place / name, sources, wanted, facts if _is_runs(place) else None)
    for of_part in files:
        for path in reversed(of_part):
            _remove(path)


def _remove(path: Path) -> None:
    path.unlink()


def _is_runs(place: Path) -> bool:
    return place.name == RUNS


def _new_path(first: Path) -> Path:
    """A name for what is put together: the time of its first part."""
    stamp = first.name.removeprefix("part-")[:14]
    return first.with_name(f"part-{stamp}-merged-{uuid.uuid4().hex[:8]}.parquet")


def _together(facts: Sequence[PartFacts]) -> PartFacts:
    # Counts add up, whatever they count.
    counts = {
        name: sum(getattr(one, name) for one in facts)
        for name, value in vars(facts[0]).items()
        if isinstance(value, int)
    }
    return replace(
        facts[0],
        seconds={key: value for one in facts for key, value in one.seconds.items()},
        time=max(one.time for one in facts),
        first_time=min(one.first_time or one.time for one in facts),
        **counts,
    )


def _write(
    path: Path,
    sources: Sequence[Path],
    wanted: set[str] | None = None,
    facts: PartFacts | None = None,
) -> None:
    """Write the rows of `sources`, of keys in `wanted` (each from one source), as one file."""
    schemas = [pq.read_schema(one).remove_metadata() for one in sources]
    schema = pa.unify_schemas(schemas)
    if facts is not None:
        schema = schema.with_metadata({FACTS: facts.to_json()})
    options = parquet_options(schema)
    with new_file(path) as file, pq.ParquetWriter(file, schema, **options) as writer:
        for table in _row_groups(sources, schema, set(wanted) if wanted is not None else None):
            writer.write_table(table)


def _row_groups(
    sources: Sequence[Path], schema: pa.Schema, wanted: set[str] | None
) -> Iterator[pa.Table]:
    held: list[pa.Table] = [schema.empty_table()]
    size = 0
    for source in sources:
        table = pq.ParquetFile(source).read()
        if wanted is not None:
            table, here = _only(table, wanted)
            wanted -= here
        held.append(table)
        size += table.nbytes
        if size > _ROW_GROUP_BYTES:
            yield _one_table(held)
            held, size = held[:1], 0
    if len(held) > 1:
        yield _one_table(held)


def _only(table: pa.Table, wanted: set[str]) -> tuple[pa.Table, set[str]]:
    """Rows of the keys wanted, and which of these there are."""
    keys = table["key"].cast(pa.string())
    found = set(pc.unique(keys).to_pylist())
    here = found & wanted
    if len(here) < len(found):
        table = table.filter(pc.is_in(keys, value_set=pa.array(sorted(here), pa.string())))
    return table, here


def _one_table(tables: Sequence[pa.Table]) -> pa.Table:
    return pa.concat_tables(tables, promote_options="default").unify_dictionaries()
