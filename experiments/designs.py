"""What to run: the points of a study, as a grid, a list, a sample of the ranges or of a posterior.

A sampled design is drawn in the unit cube and each coordinate stretched to its parameter: numbers
evenly from low to high, whole numbers and named values in equal parts.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from experiments.study_file import DesignPart, Span
from model import Params
from model.errors import InputError, nearest
from model.params import RUN_SETTINGS

Role = Literal["lever", "uncertainty"]
MOST_POINTS = 1_000_000


@dataclass(frozen=True)
class Axis:
    """One parameter of a design: a range of numbers, or a list of values."""

    name: str
    role: Role
    kind: type
    low: float = 0.0
    high: float = 1.0
    values: tuple[Any, ...] | None = None
    steps: int | None = None

    def at(self, share: float) -> Any:
        """The value at a share (0 to 1) of the way from low to high."""
        if self.values is not None:
            return self.values[min(int(share * len(self.values)), len(self.values) - 1)]
        if self.kind is int:
            size = int(self.high) - int(self.low) + 1
            return int(self.low) + min(int(share * size), size - 1)
        return min(self.low + share * (self.high - self.low), self.high)

    def grid(self) -> list[Any]:
        """All values of a list, or equal steps through the range; both ends are in it."""
        if self.values is not None:
            return list(self.values)
        if self.steps is None:
            raise InputError(
                "a grid needs values or steps",
                field=f"{section_of(self.role)}.{self.name}",
                allowed="values = [...], or steps = 2 or more",
            )
        numbers = np.linspace(self.low, self.high, self.steps).tolist()
        return list(dict.fromkeys(round(x) for x in numbers)) if self.kind is int else numbers


@dataclass(frozen=True)
class Design:
    """Points of a study: `points[i][j]` is the value of parameter `names[j]` at point i."""

    kind: str
    names: tuple[str, ...]
    roles: tuple[Role, ...]
    points: list[tuple[Any, ...]]
    axes: tuple[Axis, ...] = ()

    def values(self, point: int) -> dict[str, Any]:
        """Parameters of one point, by name."""
        return dict(zip(self.names, self.points[point], strict=True))


def section_of(role: Role) -> str:
    """The table of `study.toml` that parameters of a role stand in."""
    return "levers" if role == "lever" else "uncertainties"


def axis_of(name: str, role: Role, span: Span) -> Axis:
    """A parameter's axis, checked against what the parameter allows.

    Raises `model.errors.InputError` with field, value, allowed range and nearest name.
    """
    place = f"{section_of(role)}.{name}"
    facts = {one.name: one for one in Params().describe()}
    if name not in facts:
        hint = nearest(name, facts)
        raise InputError("there is no such parameter", field=place, value=name, hint=hint)
    if name in RUN_SETTINGS:
        raise InputError("describes the run, it cannot vary within a study", field=place)
    kind = type(facts[name].value)
    if span.values is not None:
        return _axis_of_values(name, role, span, kind)
    if kind is bool:
        return Axis(name, role, kind, values=(False, True))
    if kind is str:
        raise InputError("needs values = [...]", field=place)
    low = facts[name].low if span.low is None else span.low
    high = facts[name].high if span.high is None else span.high
    try:
        low, high = Params.check(name, low), Params.check(name, high)
    except InputError as problem:
        raise InputError(str(problem), file=section_of(role)) from None
    if not low < high:
        raise InputError("high must be above low", field=place, value=[low, high])
    return Axis(name, role, kind, low, high, steps=span.steps)


def _axis_of_values(name: str, role: Role, span: Span, kind: type) -> Axis:
    place = f"{section_of(role)}.{name}"
    for key in ("low", "high", "steps"):
        if getattr(span, key) is not None:
            raise InputError("has values already", field=f"{place}.{key}")
    try:
        values = tuple(Params.check(name, value) for value in span.values or ())
    except InputError as problem:
        raise InputError(str(problem), file=section_of(role)) from None
    if len(set(values)) != len(values):
        raise InputError("names a value twice", field=f"{place}.values", value=span.values)
    return Axis(name, role, kind, values=values)


_OPTIONS: dict[str, tuple[str, ...]] = {
    "grid": (),
    "list": ("file", "rows"),
    "latin": ("size", "seed"),
    "sobol": ("size", "seed", "second_order"),
    "morris": ("size", "seed", "levels", "groups"),
    "posterior": ("file", "size", "seed"),
}


def make_design(part: DesignPart | None, axes: Sequence[Axis], folder: Path) -> Design:
    """All points of a study; `folder` is where the file of a list is looked for.

    Without a part and without axes it is one point at which no parameter is changed. Raises
    `model.errors.InputError`.
    """
    if part is None:
        if axes:
            raise InputError("is missing: it says how the parameters vary", field="design")
        return Design("none", (), (), [()])
    for option in ("size", "seed", "levels", "second_order", "groups", "file", "rows"):
        if getattr(part, option) is not None and option not in _OPTIONS[part.kind]:
            usable = [kind for kind, options in _OPTIONS.items() if option in options]
            raise InputError(
                f"is no option of design '{part.kind}'",
                field=f"design.{option}",
                allowed=f"{option} with {' or '.join(usable)}",
            )
    if part.kind == "list":
        from experiments.design_list import listed

        return listed(part, axes, folder)
    if part.kind == "posterior":
        from experiments.design_posterior import drawn

        return drawn(part, axes, folder)
    if not axes:
        raise InputError("needs levers or uncertainties", field="design.kind", value=part.kind)
    if not part.cross_levers or part.kind == "grid":
        return _design(part, axes, _points(part, axes))
    levers = [axis for axis in axes if axis.role == "lever"]
    others = [axis for axis in axes if axis.role != "lever"]
    if not levers or not others:
        raise InputError("needs both levers and uncertainties", field="design.cross_levers")
    crossed = itertools.product(_grid(levers), _points(part, others))
    return _design(part, [*levers, *others], [(*one, *other) for one, other in crossed])


def _design(part: DesignPart, axes: Sequence[Axis], points: list[tuple[Any, ...]]) -> Design:
    names, roles = tuple(axis.name for axis in axes), tuple(axis.role for axis in axes)
    return Design(part.kind, names, roles, points, tuple(axes))


def _points(part: DesignPart, axes: Sequence[Axis]) -> list[tuple[Any, ...]]:
    if part.kind == "grid":
        return _grid(axes)
    unit = unit_points(part, axes)
    return [tuple(axis.at(x) for axis, x in zip(axes, row, strict=True)) for row in unit.tolist()]


def unit_points(part: DesignPart, axes: Sequence[Axis]) -> np.ndarray:
    """The points [n, axes] of a sampled design in the unit cube, as `Axis.at` takes them."""
    if part.size is None:
        raise InputError("is missing", field="design.size")
    if part.kind == "morris":
        return _morris(part, axes, part.size)
    return (_latin if part.kind == "latin" else _sobol)(part, len(axes), part.size)


def group_numbers(part: DesignPart, axes: Sequence[Axis]) -> tuple[list[str], list[int]]:
    """Names of what a Morris design moves at once, and which of them each axis belongs to.

    Without groups these are the axes themselves. Raises `model.errors.InputError` unless each axis
    is in exactly one group.
    """
    names = [axis.name for axis in axes]
    if part.groups is None:
        return names, list(range(len(names)))
    home: dict[str, str] = {}
    for group, members in part.groups.items():
        for name in members:
            place = f"design.groups.{group}"
            if name not in names:
                hint = nearest(name, names)
                raise InputError("does not vary in this study", field=place, value=name, hint=hint)
            if name in home:
                raise InputError(f"is in group '{home[name]}' already", field=place, value=name)
            home[name] = group
    for name in names:
        if name not in home:
            raise InputError("is in no group", field="design.groups", value=name)
    groups = list(dict.fromkeys(home[name] for name in names))
    return groups, [groups.index(home[name]) for name in names]


def _grid(axes: Sequence[Axis]) -> list[tuple[Any, ...]]:
    """Every combination; the first parameter changes slowest."""
    values = [axis.grid() for axis in axes]
    if math.prod(map(len, values)) > MOST_POINTS:
        size = math.prod(map(len, values))
        raise InputError("too many points", field="design", value=size, allowed="at most 1,000,000")
    return list(itertools.product(*values))


def _latin(part: DesignPart, n_axes: int, size: int) -> np.ndarray:
    from scipy.stats import qmc

    return qmc.LatinHypercube(n_axes, rng=_rng(part)).random(size)


def _rng(part: DesignPart) -> np.random.Generator:
    return np.random.default_rng(1 if part.seed is None else part.seed)


def _problem(n_axes: int) -> dict[str, Any]:
    """The unit cube, as SALib names a problem."""
    return {
        "num_vars": n_axes,
        "names": [f"x{k}" for k in range(n_axes)],
        "bounds": [[0.0, 1.0]] * n_axes,
    }


def _sobol(part: DesignPart, n_axes: int, size: int) -> np.ndarray:
    from SALib.sample import sobol

    if size & (size - 1):
        below = 1 << (size.bit_length() - 1)
        raise InputError(
            "not a power of two",
            field="design.size",
            value=size,
            allowed=f"a power of two, such as {below} or {2 * below}",
        )
    second = bool(part.second_order)
    seed = 1 if part.seed is None else part.seed
    drawn: np.ndarray = sobol.sample(_problem(n_axes), size, calc_second_order=second, seed=seed)
    return drawn


def _morris(part: DesignPart, axes: Sequence[Axis], size: int) -> np.ndarray:
    from SALib.sample import morris

    levels = part.levels or 4
    if levels % 2:
        raise InputError(
            "must be even", field="design.levels", value=levels, allowed="2, 4, 6, ..."
        )
    names, numbers = group_numbers(part, axes)
    problem = _problem(len(axes))
    if part.groups is not None:
        problem["groups"] = [names[number] for number in numbers]
    seed = 1 if part.seed is None else part.seed
    drawn: np.ndarray = morris.sample(problem, size, num_levels=levels, seed=seed)
    return drawn
