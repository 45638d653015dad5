"""What a compiled rule was called with in real months, to compare it with a slow obvious twin."""

from __future__ import annotations

import inspect
from types import ModuleType, SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
from gates import build


class Call(NamedTuple):
    """Arguments by name before and after, and what was returned."""

    before: SimpleNamespace
    after: SimpleNamespace
    result: Any


def parameters(rule: Any) -> list[str]:
    """Names of the arguments of a rule, compiled or not."""
    return list(inspect.signature(getattr(rule, "py_func", rule)).parameters)


def call(rule: Any, values: dict[str, Any]) -> Any:
    """The rule on those of the values that it takes."""
    return rule(*(values[name] for name in parameters(rule)))


def _copy(value: Any) -> Any:
    return value.copy() if isinstance(value, np.ndarray) else value


def calls_of(module: ModuleType, name: str, months: int = 8, **world: Any) -> list[Call]:
    """Every call of `module.name` while a small model runs; deep copies."""
    rule = getattr(module, name)
    names = parameters(rule)
    seen: list[Call] = []

    def note(*arguments: Any) -> Any:
        before = SimpleNamespace(**{n: _copy(x) for n, x in zip(names, arguments, strict=True)})
        result = rule(*arguments)
        after = SimpleNamespace(**{n: _copy(x) for n, x in zip(names, arguments, strict=True)})
        seen.append(Call(before, after, result))
        return result

    setattr(module, name, note)
    try:
        model = build(**({"world": "plant", "pack": "valley"} | world))
        for _ in range(months):
            model.step()
    finally:
        setattr(module, name, rule)
    assert seen, f"{name} was not called"
    return seen


def some_calls(module: ModuleType, name: str) -> list[Call]:
    """Calls from worlds that differ in size, calm and luck."""
    rough = {"quit_rate": 0.08, "layoff_speed": 0.9, "search_employee": 0.3, "search_looks": 20}
    rough |= {"search_own_account": 0.3, "customer_churn": 0.6, "efficiency_sd": 0.2}
    rough |= {
        "supplier_review_rate": 0.6,
        "input_cover": 0.1,
        "stock_cover": 0.2,
        "minimum_wage": 25e3,
    }
    return [
        one
        for world in (
            {"months": 6, "seed": 2},
            {"months": 6, "seed": 3, **rough},
            {"months": 6, "seed": 4, "scale": 40.0, **rough},
        )
        for one in calls_of(module, name, **world)
    ]


def assert_same(found: SimpleNamespace, expected: SimpleNamespace, names: list[str]) -> None:
    """Bit for bit."""
    for name in names:
        a, b = np.asarray(getattr(found, name)), np.asarray(getattr(expected, name))
        assert np.array_equal(a, b), name


def assert_close(found: SimpleNamespace, expected: SimpleNamespace, names: list[str]) -> None:
    """But for the order of a sum."""
    for name in names:
        a, b = np.asarray(getattr(found, name)), np.asarray(getattr(expected, name))
        np.testing.assert_allclose(a, b, rtol=1e-11, atol=1e-9, err_msg=name)
