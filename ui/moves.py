"""Who went elsewhere in a month: people whose place is not the one of a month ago, counted by way.

A person's place is the plant or a firm under contract with it for who works there, else the region of
the firm for an employee, the home region for who has no employer, and abroad. Changing firms within a
region is no way. An heir on a retiree's row has gone nowhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from model.workers import ABROAD

if TYPE_CHECKING:
    from model import RegionalModel


class Moves:
    """Notes every month; `take` hands out what has been noted since the last time.

    Made at the end of the month before the first that is noted.
    """

    def __init__(self, model: RegionalModel) -> None:
        self._model = model
        self._regions = len(model.pack.region_ids)
        self._keep()
        self._clear()

    def _keep(self) -> None:
        w = self._model.workers
        self._identity, self._employer = w.identity.copy(), w.employer.copy()
        self._abroad = w.status == ABROAD

    def _clear(self) -> None:
        self._months = 0
        self._gone: list[np.ndarray] = []  # [3, people]: month, from, to

    def note(self) -> None:
        """At the end of a month."""
        w = self._model.workers
        changed = (w.employer != self._employer) | ((w.status == ABROAD) != self._abroad)
        who = np.flatnonzero(changed & (w.identity == self._identity))
        marked = self._marked()
        home = w.region[who].astype(np.int64)
        before = self._place(marked, self._employer[who], self._abroad[who], home)
        now = self._place(marked, w.employer[who], w.status[who] == ABROAD, home)
        gone = before != now
        month = np.full(int(gone.sum()), self._months)
        self._gone.append(np.stack([month, before[gone], now[gone]]))
        self._months += 1
        self._keep()

    def _marked(self) -> np.ndarray:
        """The place of each firm's people [capacity]: its row if it is a plant or a supplier, else -1 - region."""
        f = self._model.firms
        marked = f.supplier_tier == 1
        marked[[plant.row for plant in self._model.plants]] = True
        return np.where(marked, np.arange(f.capacity), -1 - f.region.astype(np.int64))

    def _place(
        self, marked: np.ndarray, employer: np.ndarray, abroad: np.ndarray, home: np.ndarray
    ) -> np.ndarray:
        at_work = np.where(employer >= 0, marked[employer], -1 - home)
        return np.where(abroad, -1 - self._regions, at_work)

    def take(self, numbers: np.ndarray) -> dict[str, Any]:
        """Ways of the months noted: how many each month has, and of each from, to, people.

        A place is the number of a firm (`numbers` [firm rows]), or -1 - region, or -1 - regions for
        abroad. Bytes: uint16 [months]; int32, int32, uint32 [ways], people in agents.
        """
        gone = np.concatenate([np.zeros((3, 0), np.int64), *self._gone], axis=1)
        # One number a way: many times faster than sorting columns.
        lowest, width = -1 - self._regions, self._regions + 1 + len(numbers)
        codes = (gone[0] * width + gone[1] - lowest) * width + gone[2] - lowest
        codes, people = np.unique(codes, return_counts=True)
        months = codes // width**2
        ways = np.stack([codes // width % width, codes % width]) + lowest
        places = np.where(ways >= 0, numbers[ways], ways)
        piece = {
            "ways": np.bincount(months, minlength=self._months).astype(np.uint16).tobytes(),
            "from": places[0].astype(np.int32).tobytes(),
            "to": places[1].astype(np.int32).tobytes(),
            "people": people.astype(np.uint32).tobytes(),
        }
        self._clear()
        return piece
