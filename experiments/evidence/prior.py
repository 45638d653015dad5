"""Is a target hard? The share of draws from the parameters' uncertainty that pass it.

A parameter's range in `model/` says what is allowed, not what is believed. What is believed follows
its grade: a factor up to 1.1 either way where it was measured, 1.2 from the press, 1.35 recalled,
1.6 assumed, uniform in logs. Of a share above a half its distance to one is varied. Not varied: what
is switched off (0), what the burn-in was calibrated with (a country that drifts would answer another
question), settings of a run, and neutral indices.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from experiments.evidence.protocol import judge, needed
from experiments.evidence.runs import Store
from experiments.milestones import wilson_interval
from experiments.pool import for_each, stop_if_alone
from model import Params
from model.params import RUN_SETTINGS

FACTORS = {"measured": 1.1, "press": 1.2, "recalled": 1.35, "assumed": 1.6}
_NEUTRAL = ("numeraire", "exchange_rate_index", "world_price_index", "foreign_demand_index",
            "remittance_index", "corridor_open", "kit_exemption")  # fmt: skip
_STREAM = 20230101
# What turns runs into verdicts, beside the targets' own scripts.
_RULES = ("books.py", "estimate.py", "places.py", "protocol.py", "script.py", "targets.csv",
          "targets.py", "verdict.py", "worlds.py")  # fmt: skip


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
    """Of how many draws the point estimates lie in all decisive bands of a target, and in each.

    `failed`: draws that gave no verdict, because a run or the judging ended with an error; they are
    not among `draws`.
    """

    target: str
    scale: float
    draws: int
    passed: int
    failed: int
    rows: Mapping[str, int]

    def to_dict(self) -> dict[str, Any]:
        """For `evidence.json`: the share with Wilson's interval."""
        low, high = wilson_interval(self.passed, self.draws) if self.draws else (None, None)
        share = self.passed / self.draws if self.draws else None
        return {"scale": self.scale, "draws": self.draws, "passed": self.passed,
                "failed": self.failed, "share": share, "low": low, "high": high,
                "rows": dict(self.rows)}  # fmt: skip


@dataclass(frozen=True)
class _Draw:
    """One draw that is to be judged: what a worker process needs to know."""

    number: int
    folder: Path
    pack: str
    scale: float
    settings: Mapping[str, Any]
    targets: tuple[str, ...]

    @property
    def store(self) -> Store:
        """Its runs, made one after the other: draws go side by side, not the runs of one."""
        return Store(self.folder, self.pack, self.scale, 1, settings=self.settings)


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
    A verdict is kept in `draws.json` by code, pack, scale, settings and what judges it; runs are kept
    too, so that other bands judge them anew without running them.
    """
    kept = folder / "draws.json"
    known: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    asked = [
        _Draw(number, folder, pack, scale, draw(params, number), tuple(targets))
        for number in range(1, draws + 1)
    ]
    keys = {one.number: _keys(one) for one in asked}
    left = [
        replace(one, targets=tuple(t for t in targets if keys[one.number][t] not in known))
        for one in asked
    ]
    left = [one for one in left if one.targets]
    done = draws - len(left)

    def told(one: _Draw, verdicts: Mapping[str, Any]) -> None:
        nonlocal done
        known.update({keys[one.number][name]: found for name, found in verdicts.items()})
        folder.mkdir(parents=True, exist_ok=True)
        scratch = kept.with_name(".draws.json.part")
        scratch.write_text(json.dumps(known, indent=1), encoding="utf-8")
        scratch.replace(kept)
        done += 1
        if tell is not None:
            tell(done, draws)

    if tell is not None:
        tell(done, draws)
    for_each(_judge, left, jobs=jobs, tell=told)
    return {t: _count(t, scale, [known[keys[one.number][t]] for one in asked]) for t in targets}


def _keys(one: _Draw) -> dict[str, str]:
    stamp = one.store.stamp
    return {target: f"{target} {one.number} {stamp} {_judges()}" for target in one.targets}


@cache
def _judges() -> str:
    """Hash of what turns runs into verdicts: the scripts, the rules and the bands."""
    digest = hashlib.sha256()
    here = Path(__file__).parent
    for path in (*sorted(here.glob("p[0-9]_*.py")), *(here / name for name in _RULES)):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


def _judge(one: _Draw) -> dict[str, dict[str, Any]]:
    """Make a draw's runs and judge its targets: which rows' points lie in their bands, or why not."""
    store = one.store
    return {target: _verdict(store, target, one.number) for target in one.targets}


def _verdict(store: Store, target: str, seed: int) -> dict[str, Any]:
    """Which decisive rows pass in the weak sense; `failed` with the reason where none can be told."""
    try:
        store.make(needed([target]), [seed], tell=lambda done, total: stop_if_alone())
        if store.missing(needed([target]), [seed]):
            return {"failed": str(next(iter(store.failures.values()), "a run is missing"))}
        outcome = judge(store, target, [seed])
    except Exception as problem:  # parameters nobody would choose: what fails there is a result
        return {"failed": f"{type(problem).__name__}: {problem}"}
    decisive = {one.row.name: bool(one.weak) for one in outcome.verdicts if one.row.decisive}
    return {"passed": all(decisive.values()), "rows": decisive}


def _count(target: str, scale: float, verdicts: Sequence[Mapping[str, Any]]) -> Hardness:
    judged = [one for one in verdicts if "failed" not in one]
    names = list(judged[0]["rows"]) if judged else []
    rows = {name: sum(bool(one["rows"][name]) for one in judged) for name in names}
    passed = sum(bool(one["passed"]) for one in judged)
    return Hardness(target, scale, len(judged), passed, len(verdicts) - len(judged), rows)
