"""From the results of a run to the rows that a study stores. A change here changes every key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    import pandas as pd

    from experiments.simulate import Results
    from experiments.study_plan import Keep

RUNS, REGIONS = "runs", "regions"


def rows_of(results: Results, key: str, keep: Keep) -> dict[str, pa.Table]:
    """Tables of one run by the folder they belong to: `runs`, `regions`, `panels/<name>`.

    Every table begins with key, world and seed, in which rows of all runs can be told apart.
    Values are the very doubles of `Results.monthly` and `Results.regional`.
    """
    facts = (key, results.world.name, results.seed)
    monthly = results.monthly
    kept = slice(keep.first, keep.last + 1)
    head = {"period": monthly.index[kept], "date": monthly["date"].iloc[kept]}
    tables = {RUNS: _outcome_table(facts, head, monthly[list(keep.outcomes)].iloc[kept])}
    if keep.regions:
        regional = results.regional
        months = regional["period"].between(keep.first, keep.last)
        here = regional[months & regional["region"].isin(keep.regions)]
        names = [name for name in keep.outcomes if name in regional.columns]
        head = {name: here[name] for name in ("period", "date", "region")}
        tables[REGIONS] = _outcome_table(facts, head, here[names])
    for name in keep.panels:
        panel = results.panels[name]
        # Without rows nobody knows the types: such a table has no columns of its own.
        columns = dict(panel.items()) if len(panel) else {}
        tables[f"panels/{name}"] = _outcome_table(facts, columns, panel[[]])
    return tables


def _outcome_table(
    facts: tuple[str, str, int], head: Mapping[Any, Any], outcomes: pd.DataFrame
) -> pa.Table:
    """Key, world, seed, the columns of `head` each as its own type, and outcomes, all doubles."""
    key, world, seed = facts
    n = len(outcomes)
    columns = {
        "key": _same(key, n),
        "world": _same(world, n),
        "seed": pa.array(np.full(n, seed, np.int64)),
    }
    columns |= {str(name): _array(str(name), values) for name, values in head.items()}
    # As one block: column by column pandas takes a hundred times as long.
    block = np.ascontiguousarray(outcomes.to_numpy(np.float64).T)
    columns |= {str(name): pa.array(row) for name, row in zip(outcomes.columns, block, strict=True)}
    return pa.table(columns)


def _array(name: str, column: pd.Series | pd.Index) -> pa.Array:
    if str(column.dtype) == "UInt64":  # identities, some of them missing
        return pa.array(column)
    values = column.to_numpy()
    if values.dtype == object or values.dtype.kind in "UT":
        texts = [None if one is None or one != one else str(one) for one in values.tolist()]
        return pa.array(texts, pa.string())
    if name == "period":
        return pa.array(values.astype(np.int32))
    return pa.array(values.astype("datetime64[ms]") if values.dtype.kind == "M" else values)


def _same(text: str, n: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(n, np.int32)), pa.array([text]))
