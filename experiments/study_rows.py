"""From the results of a run to the rows that a study stores. A change here changes every key."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    kept = (monthly.index >= keep.first) & (monthly.index <= keep.last)
    wide = monthly.loc[kept, ["date", *keep.outcomes]]
    tables = {RUNS: _table(facts, wide.reset_index())}
    if keep.regions:
        regional = results.regional
        months = regional["period"].between(keep.first, keep.last)
        here = months & regional["region"].isin(keep.regions)
        names = [name for name in keep.outcomes if name in regional.columns]
        tables[REGIONS] = _table(facts, regional.loc[here, ["period", "date", "region", *names]])
    for name in keep.panels:
        tables[f"panels/{name}"] = _table(facts, results.panels[name])
    return tables


def _table(facts: tuple[str, str, int], table: pd.DataFrame) -> pa.Table:
    key, world, seed = facts
    n = len(table)
    columns = {
        "key": _same(key, n),
        "world": _same(world, n),
        "seed": pa.array(np.full(n, seed, np.int64)),
    }
    for name in table.columns:
        values = table[name].to_numpy()
        if values.dtype == object or name == "region":
            columns[str(name)] = pa.array(table[name].tolist(), pa.string())
        elif name == "period":
            columns["period"] = pa.array(values.astype(np.int32))
        elif values.dtype.kind == "M":
            columns[str(name)] = pa.array(values.astype("datetime64[ms]"))
        else:
            columns[str(name)] = pa.array(values)
    return pa.table(columns)


def _same(text: str, n: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(n, np.int32)), pa.array([text]))
