"""The whole state of a model as bytes: two runs are the same run if and only if these agree.

The state is found by walking the model, not by a list of names, so what is added later is in it.
"""

from __future__ import annotations

import hashlib
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from model import RegionalModel
from model.population import Population
from model.start import PLANT_ROWS

# Not state: what others own, Mesa's bookkeeping, and what describes the run.
SKIPPED = {
    "model", "_model", "population", "datacollector", "random", "rng", "_rng", "_seed", "running",
    "unique_id", "pos", "scenario", "world", "pack", "params", "first_params", "base", "site", "facts", "agents",
    "steps", "time", "plants", "clamp", "_agents", "_agents_by_type", "_all_agents", "agent_id_counter",
}  # fmt: skip

SIMPLE = (bool, int, float, str, np.generic, np.ndarray)


def _leaves(value: Any, path: str, seen: set[int]) -> Any:
    """Yield (path, leaf) for every array and scalar below `value`, in a fixed order."""
    if value is None or isinstance(value, SIMPLE):
        yield path, value
    elif id(value) in seen:
        return
    elif isinstance(value, list | tuple):
        seen.add(id(value))
        yield f"{path}.length", len(value)
        for k, one in enumerate(value):
            yield from _leaves(one, f"{path}[{k}]", seen)
    elif isinstance(value, dict):
        seen.add(id(value))
        for key in sorted(value, key=str):
            if str(key) not in SKIPPED:
                yield from _leaves(value[key], f"{path}.{key}", seen)
    elif isinstance(value, Population):
        seen.add(id(value))
        for name in value.columns:
            yield f"{path}.{name}", value.values(name)
    elif is_dataclass(value):
        seen.add(id(value))
        for one in fields(value):
            if one.name not in SKIPPED:
                yield from _leaves(getattr(value, one.name), f"{path}.{one.name}", seen)
    elif type(value).__module__.split(".")[0] == "model":
        yield from _leaves(vars(value), path, seen)


def state(model: RegionalModel, *, plants: bool = False) -> dict[str, Any]:
    """Every array and number of the model by its path; of plants and their rows only when asked."""
    found = dict(_leaves(vars(model), "model", set()))
    if plants:
        return found | dict(_leaves(list(model.plants), "plants", set()))
    ordinary = model.firms.capacity - PLANT_ROWS
    for path in found:
        if path.startswith("model.firms.") or path == "model.activity":
            found[path] = found[path][:ordinary]
    return found


def state_bytes(model: RegionalModel, *, plants: bool = False) -> dict[str, bytes]:
    """The same as bytes, for comparing bit for bit."""
    out = {}
    for path, value in state(model, plants=plants).items():
        if isinstance(value, np.ndarray):
            out[path] = str(value.dtype).encode() + np.ascontiguousarray(value).tobytes()
        elif isinstance(value, float | np.floating):
            out[path] = np.float64(value).tobytes()
        else:
            out[path] = repr(value if not isinstance(value, np.generic) else value.item()).encode()
    return out


def state_hash(model: RegionalModel, *, plants: bool = False) -> str:
    """sha256 of the whole state."""
    digest = hashlib.sha256()
    for path, content in sorted(state_bytes(model, plants=plants).items()):
        digest.update(path.encode() + b"\0" + content)
    return digest.hexdigest()


def differences(one: RegionalModel, other: RegionalModel, *, plants: bool = False) -> list[str]:
    """Paths at which two models differ in any bit."""
    a, b = state_bytes(one, plants=plants), state_bytes(other, plants=plants)
    return sorted(path for path in a.keys() | b.keys() if a.get(path) != b.get(path))
