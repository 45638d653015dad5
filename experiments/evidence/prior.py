"""Is a target hard? The share of draws from the parameters' uncertainty that pass it.

A parameter's range in `model/` says what is allowed, not what is believed. What is believed follows
its grade: a factor up to 1.1 either way where it was measured, 1.2 from the press, 1.35 recalled,
1.6 assumed, uniform in logs. Of a share above a half its distance to one is varied. Not varied: what
is switched off (0), what the burn-in was calibrated with (a country that drifts would answer another
question), settings of a run, and neutral indices.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from experiments.evidence.protocol import judge, needed
from experiments.evidence.runs import Store
from experiments.milestones import wilson_interval
from model import Params
from model.params import RUN_SETTINGS

FACTORS = {"measured": 1.1, "press": 1.2, "recalled": 1.35, "assumed": 1.6}
_NEUTRAL = ("numeraire", "exchange_rate_index", "world_price_index", "foreign_demand_index",
            "remittance_index", "corridor_open", "kit_exemption")  # fmt: skip
_STREAM = 20230101


def varied(params: Params) -> list[str]:
    """Parameters that a draw changes."""
    return [
        one.name
        for one in params.describe()
        if isinstance(one.value, int | float)
        and not isinstance(one.value, bool)
        and one.value > 0
        and one.name not in (*RUN_SETTINGS, *_NEUTRAL)
        and "calibrat" not in one.source
    ]


def draw(params: Params, number: int) -> dict[str, Any]:
    """The settings of one draw; the same for the same number."""
    rng = np.random.default_rng([_STREAM, number])
    chosen = set(varied(params))
    out: dict[str, Any] = {}
    for one in params.describe():
        if one.name not in chosen:
            continue
        factor = math.exp(math.log(FACTORS[one.grade]) * rng.uniform(-1.0, 1.0))
        share = one.high == 1.0 and one.value > 0.5
        value = 1.0 - (1.0 - one.value) * factor if share else one.value * factor
        value = min(max(value, one.low), one.high)
        out[one.name] = round(value) if isinstance(one.value, int) else value
    return out


@dataclass(frozen=True)
class Hardness:
    """Of how many draws the point estimates lie in all decisive bands of a target, and in each."""

    target: str
    draws: int
    passed: int
    rows: Mapping[str, int]

    def to_dict(self) -> dict[str, Any]:
        """For `evidence.json`: the share with Wilson's interval."""
        low, high = wilson_interval(self.passed, self.draws) if self.draws else (None, None)
        share = self.passed / self.draws if self.draws else None
        return {"draws": self.draws, "passed": self.passed, "share": share, "low": low,
                "high": high, "rows": dict(self.rows)}  # fmt: skip


def hardness(
    folder: Path,
    pack: str,
    scale: float,
    targets: Sequence[str],
    draws: int,
    *,
    params: Params,
    jobs: int = 1,
    tell: Callable[[int, int], None] | None = None,
) -> dict[str, Hardness]:
    """Judge every draw by one seed (that of its number) and the weak rule; goes on after a stop.

    One seed's chance is part of what passes or fails; so is the model's own share at its defaults.
    """
    kept = folder / "draws.json"
    known = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    for number in range(1, draws + 1):
        store = Store(folder, pack, scale, jobs, settings=draw(params, number))
        for target in targets:
            key = f"{target} {number} {store.stamp}"
            if key in known:
                continue
            store.make(needed([target]), [number])
            known[key] = _verdict(store, target, number)
            folder.mkdir(parents=True, exist_ok=True)
            kept.write_text(json.dumps(known, indent=1), encoding="utf-8")
        if tell is not None:
            tell(number, draws)
    stamps = [
        Store(folder, pack, scale, settings=draw(params, n)).stamp for n in range(1, draws + 1)
    ]
    return {
        t: _count(t, [known[f"{t} {n + 1} {s}"] for n, s in enumerate(stamps)]) for t in targets
    }


def _verdict(store: Store, target: str, seed: int) -> dict[str, Any] | None:
    """Which rows' points lie in their bands; None where a run failed."""
    if store.missing(needed([target]), [seed]):
        return None
    outcome = judge(store, target, [seed])
    decisive = {one.row.name: one.weak for one in outcome.verdicts if one.row.decisive}
    return {"passed": all(decisive.values()), "rows": decisive}


def _count(target: str, verdicts: Sequence[Mapping[str, Any] | None]) -> Hardness:
    known = [one for one in verdicts if one is not None]
    names = list(known[0]["rows"]) if known else []
    rows = {name: sum(bool(one["rows"][name]) for one in known) for name in names}
    return Hardness(target, len(known), sum(bool(one["passed"]) for one in known), rows)
