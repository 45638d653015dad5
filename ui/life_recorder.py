"""What a run tells of one life, and who in it has a life worth telling; both in one piece at the end.

A worker and a firm are known by their identity, which both worlds share: everybody of the start has
the same in each, and a child or a firm that the same person founds in the same month too. Nothing is
counted here that the model does not hold: columns are copied month by month. M: months of the run.

A life (`LifeRecorder`), a dict of
    kind, identity      "worker" or "firm"; the identity as text (64 bits are too many for JSON)
    months, found       M; whether anybody of this identity was seen
    columns             bytes [M] by name (see `WORKER`, `FIRM`); `here` tells the months that count
    facts               what does not change: of a worker education and occupation; of a firm `firms[id]`
    firms               firms that appear in it: identity as text to sector, region, origin, plant, closed
    contracts           of a firm: component, plant, share, award, start, end, ended
    people              of a firm: founder, and staff with the longest time there, identities as text
    head                as of `ui.recorder.head`, and `region_names`
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.contracts import Contract
from model.workers import ABROAD, EMPLOYEE, UNEMPLOYED
from ui.recorder import head

if TYPE_CHECKING:
    from model import RegionalModel

Piece = dict[str, Any]
NOBODY = 0
# Columns of a life: name and type.
WORKER = {
    "here": np.uint8, "status": np.int8, "employer": np.uint64, "owns": np.uint64,
    "wage": np.float32, "income": np.float32, "region": np.int16, "age": np.int16,
    "own_sector": np.int8, "auto_skill": np.float32,
}  # fmt: skip
FIRM = {
    "here": np.uint8, "staff": np.int32, "revenue": np.float64, "wage_offer": np.float32,
    "knowledge": np.float32, "quality": np.float32, "part_sales": np.float64, "tier": np.int8,
    "certified": np.uint8, "stage": np.int8, "output": np.float64,
}  # fmt: skip
# Of the workers of a firm, how many are named.
_NAMED = 3
_MOST = 255


def _head(model: RegionalModel) -> Piece:
    """What does not change, with the names that the pack itself gives its regions."""
    return head(model, [], []) | {"region_names": [str(one) for one in model.pack.region_names]}


class LifeRecorder:
    """Notes every month of one worker (`whom` = "worker 17") or firm ("firm 17")."""

    def __init__(self, model: RegionalModel, whom: str) -> None:
        self.kind, identity = whom.split()
        self.identity = int(identity)
        self._model = model
        self._row = -1
        self._gone = False
        types = WORKER if self.kind == "worker" else FIRM
        self._types: dict[str, Any] = types
        self._rows: list[dict[str, Any]] = []
        self._facts: dict[str, Any] = {}
        self._firms: dict[int, dict[str, int]] = {}
        self._contracts: list[tuple[Contract, dict[str, float]]] = []
        self._people: dict[str, Any] = {"founder": "", "staff": []}

    def note(self) -> None:
        """At the end of a month from period 0 on."""
        self._find()
        row: dict[str, Any] = {}
        if self._row >= 0 and not self._gone:
            row = self._worker() if self.kind == "worker" else self._firm()
        self._rows.append(row)
        self._note_closed()

    def _find(self) -> None:
        """The row of this identity; a worker's goes when they retire, a firm's is never used again."""
        table = self._model.workers if self.kind == "worker" else self._model.firms
        who = np.uint64(self.identity)
        if self._row < 0:
            found = np.flatnonzero(table.values("identity") == who)
            self._row = int(found[0]) if len(found) else -1
        if self._row >= 0 and self.kind == "worker":
            self._gone = bool(table.values("identity")[self._row] != who)

    def _worker(self) -> dict[str, Any]:
        w, f, i = self._model.workers, self._model.firms, self._row
        if not self._facts:
            self._facts = {"education": int(w.education[i]), "occupation": int(w.occupation[i])}
        owned = np.flatnonzero(f.alive & (f.founder == i))
        at_work = w.status[i] == EMPLOYEE
        return {
            "here": 1,
            "status": w.status[i],
            "employer": self._met(int(w.employer[i])) if at_work else NOBODY,
            "owns": self._met(int(owned[0])) if len(owned) else NOBODY,
            "wage": w.wage[i] if at_work else 0.0,
            "income": w.income[i],
            "region": w.region[i],
            "age": w.age_months[i],
            "own_sector": w.pool_sector[i],
            "auto_skill": w.auto_skill[i],
        }

    def _firm(self) -> dict[str, Any]:
        model, f, k = self._model, self._model.firms, self._row
        self._note_contracts()  # a firm that closes loses them in the same month
        if not f.alive[k]:
            return {}
        if not self._facts:
            self._begin_firm(k)
        staff = np.flatnonzero(model.workers.employer == k)
        longest = staff[np.argsort(-model.workers.tenure[staff], kind="stable")[:_NAMED]]
        if len(longest):
            self._people["staff"] = [str(x) for x in model.workers.identity[longest]]
        stage = next((int(one.stage) for one in model.plants if one.row == k), -1)
        return {
            "here": 1, "staff": f.employees[k], "revenue": f.revenue[k],
            "wage_offer": f.wage_offer[k], "knowledge": f.knowledge[k], "quality": f.quality[k],
            "part_sales": f.part_sales[k], "tier": f.supplier_tier[k],
            "certified": f.certified[k], "stage": stage, "output": f.production_value[k],
        }  # fmt: skip

    def _begin_firm(self, k: int) -> None:
        f = self._model.firms
        self._met(k)
        founder, parent = int(f.founder[k]), int(f.parent[k])
        if founder >= 0:
            self._people["founder"] = str(self._model.workers.identity[founder])
        self._facts = {
            "ownership": int(f.ownership[k]),
            # Firms of the start are older than the run.
            "start": max(int(self._model.period) - int(f.age[k]), -1),
            "parent": str(self._met(parent)) if parent >= 0 else "",
        }

    def _note_contracts(self) -> None:
        running = {id(one) for one in self._model.contracts}
        known = {id(one) for one, _ in self._contracts}
        plants = [id(one) for one in self._model.plants]
        for one in self._model.contracts:
            if int(one.identity) == self.identity and id(one) not in known:
                told = {
                    "component": one.component, "plant": plants.index(id(one.plant)),
                    "share": float(one.share), "award": one.award, "start": one.start,
                    "end": one.end, "ended": -1,
                }  # fmt: skip
                self._contracts.append((one, told))
        for one, told in self._contracts:
            if id(one) not in running and told["ended"] < 0:
                told["ended"] = int(self._model.period)

    def _met(self, k: int) -> int:
        """The identity of the firm on row `k`, which is known from now on."""
        f = self._model.firms
        who = int(f.identity[k])
        if k >= 0 and who not in self._firms:
            rows = [one.row for one in self._model.plants]
            self._firms[who] = {
                "row": k, "sector": int(f.sector[k]), "region": int(f.region[k]),
                "origin": int(f.origin[k]), "component": int(f.component[k]),
                "plant": rows.index(k) if k in rows else -1, "closed": -1,
            }  # fmt: skip
        return who

    def _note_closed(self) -> None:
        for one in self._firms.values():
            if one["closed"] < 0 and not self._model.firms.alive[one["row"]]:
                one["closed"] = int(self._model.period)

    def take(self) -> Piece:
        """The whole life."""
        columns = {
            name: np.array([row.get(name, 0) for row in self._rows], kind).tobytes()
            for name, kind in self._types.items()
        }
        return {
            "first": 0,
            "months": len(self._rows),
            "kind": self.kind,
            "identity": str(self.identity),
            "found": self._row >= 0,
            "columns": columns,
            "facts": self._facts,
            "firms": {str(who): facts for who, facts in self._firms.items()},
            "contracts": [told for _, told in self._contracts],
            "people": self._people,
            "head": _head(self._model),
        }


# Counts of months of everybody who is there in period 0, and how they end: name and type.
PEOPLE = {
    "identity": np.uint64, "at_plant": np.uint8, "abroad": np.uint8, "jobless": np.uint8,
    "to_the_end": np.uint8, "plant_at_end": np.uint8, "first_at_plant": np.int16,
}  # fmt: skip
# Every firm that was ever in business.
FIRMS = {
    "identity": np.uint64, "sector": np.int8, "region": np.int16, "origin": np.int8,
    "start": np.int16, "closed": np.int16, "contracts": np.int16, "award": np.int16,
    "tier": np.int8, "most_staff": np.int32, "last_staff": np.int32,
}  # fmt: skip


class LivesRecorder:
    """Counts by person and by firm by which lives are chosen (`ui/lives.py`)."""

    def __init__(self, model: RegionalModel) -> None:
        self._model = model
        self._months = 0
        n, m = model.workers.capacity, model.firms.capacity
        self._people = {name: np.zeros(n, kind) for name, kind in PEOPLE.items()}
        self._people["first_at_plant"][:] = -1
        self._firms = {name: np.zeros(m, kind) for name, kind in FIRMS.items()}
        self._firms["closed"][:] = self._firms["award"][:] = -1
        self._known = np.zeros(m, np.bool_)
        self._contracts: list[Contract] = []  # keeps the identity of each contract its own
        self._seen: set[int] = set()

    def note(self) -> None:
        """At the end of a month from period 0 on."""
        if self._months == 0:
            self._people["identity"][:] = self._model.workers.identity
        self._months += 1
        self._note_people()
        self._note_firms()

    def _note_people(self) -> None:
        w, told = self._model.workers, self._people
        same = w.identity == told["identity"]
        at_plant = np.zeros(len(same), np.bool_)
        for one in self._model.plants:
            at_plant |= w.employer == one.row
        at_plant &= same & (w.status == EMPLOYEE)
        first = at_plant & (told["first_at_plant"] < 0)
        told["first_at_plant"][first] = self._model.period
        for name, now in (
            ("at_plant", at_plant),
            ("abroad", same & (w.status == ABROAD)),
            ("jobless", same & (w.status == UNEMPLOYED)),
        ):
            told[name] += now & (told[name] < _MOST)
        told["to_the_end"][:], told["plant_at_end"][:] = same, at_plant

    def _note_firms(self) -> None:
        f, told, now = self._model.firms, self._firms, int(self._model.period)
        new = f.alive & ~self._known
        for name in ("identity", "sector", "region", "origin"):
            told[name][new] = f.values(name)[new]
        told["start"][new] = np.maximum(now - f.age[new], -1)
        self._known |= new
        gone = self._known & ~f.alive & (told["closed"] < 0)
        told["closed"][gone] = now
        staff = np.where(f.alive, f.employees, 0)
        told["last_staff"][:] = staff
        told["most_staff"][:] = np.maximum(told["most_staff"], staff)
        told["tier"][:] = np.maximum(told["tier"], np.where(f.alive, f.supplier_tier, 0))
        for one in self._model.contracts:
            if id(one) not in self._seen:
                self._seen.add(id(one))
                self._contracts.append(one)
                told["contracts"][one.firm] += 1
                if told["award"][one.firm] < 0:
                    told["award"][one.firm] = now

    def take(self) -> Piece:
        """The whole run."""
        return {
            "first": 0,
            "months": self._months,
            "people": {name: values.tobytes() for name, values in self._people.items()},
            "firms": {name: values[self._known].tobytes() for name, values in self._firms.items()},
            "plants": [str(self._model.firms.identity[one.row]) for one in self._model.plants],
            "head": _head(self._model),
        }
