"""What a run tells the browser: outcomes, firms, contracts, flows, people who move; as compact bytes, by months.

A piece is a dict of plain values and bytes (little-endian; shapes below). Pieces of one run follow
each other in time; `assets/ornok/run_data.js` puts them together. M: months of the piece, O: outcomes,
Q: regional outcomes, R: regions, F: firms known so far, C: contracts known so far.

    first, months       period of the first month, and M
    series              float32 [M, O], the country's outcomes in the order of `head["outcomes"]`
    regional            float32 [M, Q, R]
    firms               new firms, in the order in which their columns in `staff` follow (see `_FIRM`)
    staff               uint8 [M, F], staff of each firm in agents, by `staff_code`
    closed              int32 pairs (number of the firm, period)
    contracts           new contracts (see `_CONTRACT`); ended: int32 pairs (contract, period)
    parts               float32 [M, C], paid under each contract, KGS (of the miniature)
    named               int32 triples (period, supplier under contract, its named supplier), yearly
    commuters           int32 [K, R, R], people by home and place of work, at the end of each year
    commuter_months     int32 [K], the periods of those
    moves               who went elsewhere, by month and way (see `moves.Moves.take`)

The first piece has `head` as well: names, scale, plants.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.contracts import Contract
from model.workers import EMPLOYEE
from ui.moves import Moves
from ui.shown_outcomes import all_outcomes, sent_outcomes, sent_regional

if TYPE_CHECKING:
    from model import RegionalModel

Piece = dict[str, Any]

# Exact up to here; above, 155 steps of 6 %: at most 3 % off.
_EXACT, _STEP = 100, 1.06
_YEAR = 12
# Columns of `firms`: name in the piece, column of the firm table, type.
_FIRM = (
    ("row", None, np.int32),
    ("identity", "identity", np.uint64),
    ("region", "region", np.uint8),
    ("sector", "sector", np.uint8),
    ("origin", "origin", np.uint8),
    ("ownership", "ownership", np.uint8),
    ("component", "component", np.int8),
)
_CONTRACT = ("firm", "component", "plant", "share", "award", "start", "end")


def staff_code(staff: np.ndarray) -> np.ndarray:
    """Staff as one byte: itself up to 100, then the nearest step of 6 %; uint8 of the same shape."""
    staff = np.asarray(staff, np.float64)
    above = np.log(np.maximum(staff, _EXACT) / _EXACT) / np.log(_STEP)
    code = np.where(staff <= _EXACT, staff, _EXACT + np.rint(above))
    return np.minimum(code, 255).astype(np.uint8)


class Recorder:
    """Notes every month of a run; `take` hands out what has been noted since the last time."""

    def __init__(self, model: RegionalModel) -> None:
        self._model = model
        self._rows = np.zeros(0, np.int64)  # firm rows in the order of their columns
        self._number: dict[int, int] = {}
        self._known = np.zeros(model.firms.capacity, np.bool_)
        self._open = np.zeros(model.firms.capacity, np.bool_)
        self._contracts: dict[int, int] = {}
        self._kept: list[Contract] = []  # keeps the identity of each contract its own
        self._paid: list[float] = []
        self._ended: set[int] = set()
        self._taken = 0
        self._moves = Moves(model)
        self._clear()

    def _clear(self) -> None:
        self._staff: list[np.ndarray] = []
        self._new_rows: list[int] = []
        self._closed: list[tuple[int, int]] = []
        self._new_contracts: list[tuple[float, ...]] = []
        self._ends: list[tuple[int, int]] = []
        self._parts: list[list[float]] = []
        self._named: list[tuple[int, int, int]] = []
        self._commuters: list[np.ndarray] = []
        self._commuter_months: list[int] = []

    def note(self) -> None:
        """At the end of a month from period 0 on."""
        model = self._model
        self._note_firms(model)
        self._note_contracts(model)
        self._moves.note()
        if (model.period + 1) % _YEAR == 0 or model.period == 0:
            self._note_named(model)
            self._commuters.append(commuters(model))
            self._commuter_months.append(int(model.period))

    def _note_firms(self, model: RegionalModel) -> None:
        f = model.firms
        for row in np.flatnonzero(f.alive & ~self._known):
            self._number[int(row)] = len(self._rows) + len(self._new_rows)
            self._new_rows.append(int(row))
        self._known |= f.alive
        for row in np.flatnonzero(self._open & ~f.alive):
            self._closed.append((self._number[int(row)], int(model.period)))
        self._open = f.alive.copy()
        rows = np.concatenate([self._rows, np.array(self._new_rows, np.int64)])
        self._staff.append(staff_code(np.where(f.alive[rows], f.employees[rows], 0)))

    def _note_contracts(self, model: RegionalModel) -> None:
        plants = {id(one): number for number, one in enumerate(model.plants)}
        running = {id(one) for one in model.contracts}
        for one in model.contracts:
            if id(one) not in self._contracts:
                self._contracts[id(one)] = len(self._kept)
                self._kept.append(one)
                self._paid.append(0.0)
                firm = self._number.get(int(one.firm), -1)
                self._new_contracts.append(
                    (firm, one.component, plants[id(one.plant)], one.share, one.award, one.start,
                     one.end)
                )  # fmt: skip
        paid = [one.paid for one in self._kept]
        self._parts.append([now - before for now, before in zip(paid, self._paid)])
        self._paid = paid
        for number, one in enumerate(self._kept):
            if id(one) not in running and number not in self._ended:
                self._ended.add(number)
                self._ends.append((number, int(model.period)))

    def _note_named(self, model: RegionalModel) -> None:
        f = model.firms
        for row in sorted({int(one.firm) for one in model.contracts}):
            for named in sorted({int(x) for x in f.supplier[row] if x >= 0 and f.alive[x]}):
                pair = (self._number.get(row, -1), self._number.get(named, -1))
                if min(pair) >= 0:
                    self._named.append((int(model.period), *pair))

    def take(self) -> Piece:
        """The months noted since the last piece."""
        first, months = self._taken, len(self._staff)
        last = first + months
        monthly, regional = series_of(self._model, all_outcomes(self._model.pack.name))
        piece: Piece = {
            "first": first,
            "months": months,
            "series": _bytes([x[first:last] for x in monthly.values()], np.float32, (1, 0)),
            "regional": _bytes([x[first:last] for x in regional.values()], np.float32, (1, 0, 2)),
            "firms": self._new_firms(),
            "staff": self._staff_bytes(),
            "closed": np.array(self._closed, np.int32).tobytes(),
            "contracts": [
                dict(zip(_CONTRACT, map(float, one), strict=True)) for one in self._new_contracts
            ],
            "ended": np.array(self._ends, np.int32).tobytes(),
            "parts": _rows_bytes(self._parts, len(self._kept), np.float32),
            "named": np.array(self._named, np.int32).tobytes(),
            "commuters": np.array(self._commuters, np.int32).tobytes(),
            "commuter_months": np.array(self._commuter_months, np.int32).tobytes(),
        }
        if first == 0:
            piece["head"] = head(self._model, list(monthly), list(regional))
        self._rows = np.concatenate([self._rows, np.array(self._new_rows, np.int64)])
        piece["moves"] = self._moves.take(self._numbers())
        self._taken = last
        self._clear()
        return piece

    def _new_firms(self) -> Piece:
        f, rows = self._model.firms, np.array(self._new_rows, np.int64)
        columns = {
            name: (rows if column is None else f.values(column)[rows]).astype(kind).tobytes()
            for name, column, kind in _FIRM
        }
        parents = [self._number.get(int(row), -1) for row in f.parent[rows]]
        starts = [int(self._model.period) - int(age) for age in f.age[rows]]
        columns["parent"] = np.array(parents, np.int32).tobytes()
        # Firms of the start are older than the run.
        columns["start"] = np.maximum(np.array(starts, np.int32), -1).tobytes()
        return {"count": len(rows)} | columns

    def _numbers(self) -> np.ndarray:
        """The number of the firm on each row, -1 for one that never was in business."""
        numbers = np.full(self._model.firms.capacity, -1)
        numbers[self._rows] = np.arange(len(self._rows))
        return numbers

    def _staff_bytes(self) -> bytes:
        return _rows_bytes(self._staff, len(self._rows) + len(self._new_rows), np.uint8)


class SeriesRecorder:
    """The country's outcomes alone: what an interval over seeds needs."""

    def __init__(self, model: RegionalModel) -> None:
        self._model = model

    def note(self) -> None:
        """Nothing: the model keeps its own series."""

    def take(self) -> Piece:
        """All months as one piece with `first`, `months`, `series` and `head`."""
        monthly, regional = series_of(self._model, sent_outcomes(self._model.pack.name))
        return {
            "first": 0,
            "months": len(next(iter(monthly.values()))),
            "series": _bytes(list(monthly.values()), np.float32, (1, 0)),
            "head": head(self._model, list(monthly), list(regional)),
        }


def series_of(
    model: RegionalModel, told: tuple[str, ...]
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Outcomes that are told, by name: of the country [months], and by region [months, R]."""
    monthly, regional = model.measures.monthly, model.measures.regional
    country = {name: monthly[name] for name in told}
    return country, {name: regional[name] for name in sent_regional()}


def _rows_bytes(rows: list[Any], width: int, kind: Any) -> bytes:
    """Rows of growing length as one table [len(rows), width], zeros where a row had no value yet."""
    table = np.zeros((len(rows), width), kind)
    for number, row in enumerate(rows):
        table[number, : len(row)] = row
    return table.tobytes()


def _bytes(columns: list[np.ndarray], kind: Any, order: tuple[int, ...]) -> bytes:
    return np.ascontiguousarray(np.transpose(np.array(columns), order), kind).tobytes()


def commuters(model: RegionalModel) -> np.ndarray:
    """People by home and place of work, both regions; int64 [R, R], in real people."""
    w, n = model.workers, len(model.pack.region_ids)
    at_work = np.flatnonzero(w.status == EMPLOYEE)
    place = model.firms.region[w.employer[at_work]]
    counts = np.bincount(w.region[at_work].astype(np.int64) * n + place, minlength=n * n)
    return np.rint(counts.reshape(n, n) * model.scale).astype(np.int64)


def head(model: RegionalModel, outcomes: list[str], regional: list[str]) -> Piece:
    """What does not change during a run: names, scale, plants."""
    pack = model.pack
    return {
        "outcomes": outcomes,
        "regional": regional,
        "regions": list(pack.region_ids),
        "sectors": list(pack.sectors),
        "parts": [str(name) for name in pack.components["name"]],
        "scale": float(model.scale),
        "horizon": int(model.params.horizon),
        "plants": [
            {
                "name": one.name,
                "title": str(one.facts["title"]),
                "region": int(one.region),
                "announced": int(one.announced),
                "ground_breaking": int(one.ground_breaking),
                "opening": int(one.opening),
            }
            for one in model.plants
        ],
    }
