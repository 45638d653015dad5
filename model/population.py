"""Agents held as columns, and a Mesa agent that is a window on one row. No economics.

A million registered Mesa agents take seconds and hundreds of megabytes; a million rows take
milliseconds. Rows never move: one that closes is retired in place, so a view never dangles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import mesa
import numpy as np
from numpy.typing import NDArray

# What Mesa or a view already means by these names; a column may not take them.
_TAKEN = {"scenario", "time", "steps", "random", "rng", "agents", "space", "pos", "row"}


@dataclass(frozen=True)
class Column:
    """One declared piece of state: dtype, default, unit, meaning, and width if 2-D."""

    dtype: np.dtype[Any]
    default: Any
    unit: str
    meaning: str
    width: int | None = None


class ColumnRow(NamedTuple):
    """One line of the table of state variables."""

    name: str
    dtype: str
    unit: str
    meaning: str


def column(dtype: Any, default: Any, *, unit: str, meaning: str, width: int | None = None) -> Any:
    """Declare a column in a Population's class body; the instance then holds the array itself.

    The array has shape (capacity,), or (capacity, width) when `width` is given.
    """
    return Column(np.dtype(dtype), default, unit, meaning, width)


class Row(mesa.Agent):
    """A view on one row: reads and writes its population's columns, and holds nothing itself.

    Built on demand and never registered in the model. Equal to every other view of the same row.
    """

    population: Population
    row: int

    def __init__(self, population: Population, row: int) -> None:
        # Not Mesa's constructor: that registers the agent, which would cost what columns save.
        object.__setattr__(self, "population", population)
        object.__setattr__(self, "row", row)

    @property
    def model(self) -> Any:
        """The model this row lives in."""
        return self.population.model

    @property
    def unique_id(self) -> int:
        """The identity where the population keeps one (it outlives the row), else the row."""
        identity = getattr(self.population, "identity", None)
        return self.row if identity is None else int(identity[self.row])

    def __getattr__(self, name: str) -> Any:
        # Called only for names that are not found otherwise. Without the first check, copying
        # and unpickling (which ask before `population` is set) would recurse without end.
        if name not in ("population", "row") and name in self.population.columns:
            return getattr(self.population, name)[self.row]
        raise AttributeError(f"{type(self).__name__} has no column or attribute '{name}'")

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self.population.columns:
            raise AttributeError(f"{type(self).__name__} has no column '{name}' to write")
        getattr(self.population, name)[self.row] = value

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            object.__setattr__(self, name, value)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Row) and self.population is other.population and self.row == other.row
        )

    def __hash__(self) -> int:
        return hash((id(self.population), self.row))

    def __repr__(self) -> str:
        return f"{type(self).__name__}(row={self.row})"

    def remove(self) -> None:
        """Refused: rows never move or vanish, or every index that points at them would dangle."""
        raise TypeError(
            f"a {type(self).__name__} is a row of {type(self.population).__name__} and cannot be "
            "removed: other agents refer to it by its index; retire it by its status instead"
        )


class Rows:
    """Some rows of a population, with the verbs of a Mesa AgentSet at array speed."""

    def __init__(self, population: Population, rows: NDArray[np.int64]) -> None:
        self.population = population
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Any]:
        view = self.population.row_type
        return (view(self.population, int(row)) for row in self.rows)

    def get(self, name: str) -> NDArray[Any]:
        """A copy of column `name` for these rows."""
        values: NDArray[Any] = self.population.values(name)[self.rows]
        return values

    def set(self, name: str, values: Any) -> Rows:
        """Write one value, or one for each row, into column `name`."""
        self.population.values(name)[self.rows] = values
        return self

    def agg(self, name: str, func: Callable[[NDArray[Any]], Any]) -> Any:
        """`func` of the values of column `name`, for example `np.mean`."""
        return func(self.get(name))

    def select(self, mask: NDArray[np.bool_] | Callable[[Any], bool]) -> Rows:
        """The rows for which `mask` holds: booleans over the population's capacity, or a function.

        A function is called with a view of each row: convenient, and slow.
        """
        if callable(mask):
            keep = np.fromiter((bool(mask(row)) for row in self), dtype=bool, count=len(self))
            return Rows(self.population, self.rows[keep])
        chosen = np.asarray(mask)
        if chosen.dtype != np.bool_ or chosen.shape != (self.population.capacity,):
            raise ValueError(
                f"a mask over {type(self.population).__name__} is {self.population.capacity} "
                f"booleans, got {chosen.dtype} of shape {chosen.shape}"
            )
        return Rows(self.population, self.rows[chosen[self.rows]])

    def groupby(self, name: str) -> Groups:
        """These rows grouped by the values of a 1-D column of integers or booleans."""
        return Groups(self, name)


def _dense_codes(keys: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """The distinct keys in rising order, and for each row the index of its key among them."""
    low = int(keys.min()) if len(keys) else 0
    span = int(keys.max()) - low + 1 if len(keys) else 0
    if span > 4 * len(keys) + 1024:
        # Identities spread over 64 bits, which no table of counts can hold: sort instead.
        distinct, codes = np.unique(keys, return_inverse=True)
        return distinct, codes.astype(np.int64)
    offsets = keys.astype(np.int64) - low
    present = np.bincount(offsets, minlength=span) > 0
    distinct = (np.flatnonzero(present) + low).astype(keys.dtype)
    return distinct, (np.cumsum(present) - 1)[offsets]


class Groups:
    """Rows grouped by an integer column; counts and sums in one pass over the rows."""

    def __init__(self, rows: Rows, name: str) -> None:
        keys = rows.get(name)
        if keys.ndim != 1 or keys.dtype.kind not in "iub":
            raise ValueError(f"can group only by a 1-D column of whole numbers, not '{name}'")
        self.rows = rows
        self.keys, self._codes = _dense_codes(keys)

    def count(self) -> dict[Any, int]:
        """Number of rows of each group."""
        return dict(zip(self.keys.tolist(), self._bincount().astype(np.int64).tolist()))

    def sum(self, name: str) -> dict[Any, float]:
        """Sum of column `name` over each group, as float64."""
        return dict(zip(self.keys.tolist(), self._bincount(self.rows.get(name)).tolist()))

    def mean(self, name: str) -> dict[Any, float]:
        """Mean of column `name` over each group, as float64."""
        means = self._bincount(self.rows.get(name)) / self._bincount()
        return dict(zip(self.keys.tolist(), means.tolist()))

    def agg(self, name: str, func: Callable[[NDArray[Any]], Any]) -> dict[Any, Any]:
        """`func` of column `name` over each group; slower than `sum` and `mean`."""
        return {key: rows.agg(name, func) for key, rows in self}

    def __len__(self) -> int:
        return len(self.keys)

    def __iter__(self) -> Iterator[tuple[Any, Rows]]:
        order = np.argsort(self._codes, kind="stable")
        ends = np.cumsum(self._bincount().astype(np.int64))[:-1]
        for key, part in zip(self.keys.tolist(), np.split(self.rows.rows[order], ends)):
            yield key, Rows(self.rows.population, part)

    def _bincount(self, weights: NDArray[Any] | None = None) -> NDArray[Any]:
        return np.bincount(self._codes, weights, minlength=len(self.keys))


class Population:
    """Agents as columns. Subclasses declare columns; `population.wage` is the array itself.

    `capacity` rows exist from the start, head-room included; `alive_mask` says which live.
    """

    columns: ClassVar[dict[str, Column]] = {}
    row_type: ClassVar[type[Row]] = Row

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        own = {name: value for name, value in vars(cls).items() if isinstance(value, Column)}
        taken = (
            _TAKEN
            | set(dir(Population))
            | set(dir(mesa.Agent))
            | {"model", "capacity", "unique_id"}
        )
        clash = sorted(set(own) & taken)
        if clash:
            raise TypeError(f"{cls.__name__}: these names cannot be columns: {clash}")
        cls.columns = {**cls.columns, **own}

    def __init__(self, model: Any, capacity: int) -> None:
        self.model = model
        self.capacity = capacity
        for name, one in self.columns.items():
            shape = capacity if one.width is None else (capacity, one.width)
            object.__setattr__(self, name, np.full(shape, one.default, dtype=one.dtype))

    def __setattr__(self, name: str, value: Any) -> None:
        # `workers.wage = x` would leave every holder of the old array with stale numbers.
        if name in self.columns and value is not self.__dict__.get(name):
            raise AttributeError(f"write into the column: population.{name}[:] = ...")
        object.__setattr__(self, name, value)

    @classmethod
    def describe(cls) -> list[ColumnRow]:
        """The declared columns as (name, dtype, unit, meaning), for the table in the ODD."""
        return [
            ColumnRow(
                name,
                str(one.dtype) if one.width is None else f"{one.dtype} x {one.width}",
                one.unit,
                one.meaning,
            )
            for name, one in cls.columns.items()
        ]

    def alive_mask(self) -> NDArray[np.bool_]:
        """Which rows live, bool (capacity,); all of them unless a subclass says otherwise."""
        return np.ones(self.capacity, dtype=np.bool_)

    def values(self, name: str) -> NDArray[Any]:
        """The array of column `name`, shape (capacity,) or (capacity, width); not a copy."""
        if name not in self.columns:
            raise AttributeError(f"{type(self).__name__} has no column '{name}'")
        array: NDArray[Any] = getattr(self, name)
        return array

    def living(self) -> Rows:
        """The living rows."""
        return Rows(self, np.flatnonzero(self.alive_mask()))

    def __len__(self) -> int:
        return int(np.count_nonzero(self.alive_mask()))

    def __getitem__(self, row: int) -> Any:
        """A view of one row, by its index among all `capacity` rows."""
        if not -self.capacity <= row < self.capacity:
            raise IndexError(f"row {row} of {self.capacity}")
        return self.row_type(self, int(row) % self.capacity)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.living())

    def get(self, name: str) -> NDArray[Any]:
        """A copy of column `name` for the living rows."""
        return self.living().get(name)

    def set(self, name: str, values: Any) -> None:
        """Write one value, or one for each living row, into column `name`."""
        self.living().set(name, values)

    def agg(self, name: str, func: Callable[[NDArray[Any]], Any]) -> Any:
        """`func` of the living rows' values of column `name`."""
        return self.living().agg(name, func)

    def select(self, mask: NDArray[np.bool_] | Callable[[Any], bool]) -> Rows:
        """The living rows for which `mask` holds; see `Rows.select`."""
        return self.living().select(mask)

    def groupby(self, name: str) -> Groups:
        """The living rows grouped by an integer column."""
        return self.living().groupby(name)
