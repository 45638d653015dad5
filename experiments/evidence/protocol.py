"""The whole: which targets, runs for all seeds, samples, verdicts, controls."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from experiments.evidence.runs import Store, Tell
from experiments.evidence.script import Control, Script, Seed
from experiments.evidence.targets import TITLES, rows_of
from experiments.evidence.verdict import (
    BASELINES,
    Finding,
    Verdict,
    baseline_passes,
    passes,
    verdicts,
)
from model import load_pack

MODULES = {
    "P1": "p1_multiplier",
    "P3": "p3_incumbents",
    "P4": "p4_wages",
    "P5": "p5_learning",
    "P2": "p2_suppliers",
    "P7": "p7_outage",
    "P8": "p8_localisation",
    "P6": "p6_demography",
    "P9": "p9_cars",
}


def script(target: str) -> Script[Any]:
    """The script of a target."""
    found: Script[Any] = import_module(f"experiments.evidence.{MODULES[target]}").SCRIPT
    return found


@dataclass(frozen=True, eq=False)
class Outcome:
    """What came out for one target. `left_out`: seeds without a whole set of runs, and why."""

    target: str
    seeds: tuple[int, ...]
    verdicts: Sequence[Verdict]
    controls: Sequence[Control]
    found: Mapping[str, Finding]
    samples: Sequence[Any]
    left_out: Mapping[int, str] = field(default_factory=dict)

    @property
    def strict(self) -> bool:
        """Whether all decisive rows pass in the strict sense."""
        return passes(self.verdicts, strict=True)

    @property
    def weak(self) -> bool:
        """Whether they all pass in the weak sense."""
        return passes(self.verdicts, strict=False)

    def to_dict(self) -> dict[str, Any]:
        """For `evidence.json`."""
        return {
            "target": self.target,
            "title": TITLES[self.target],
            "seeds": list(self.seeds),
            "left_out": {str(seed): why for seed, why in self.left_out.items()},
            "strict": self.strict,
            "weak": self.weak,
            "rows": [one.to_dict() for one in self.verdicts],
            "controls": [one.to_dict() for one in self.controls],
            "baselines": {name: baseline_passes(self.verdicts, name) for name in BASELINES},
        }


def needed(targets: Sequence[str]) -> list[str]:
    """Runs of these targets, each once."""
    return list(dict.fromkeys(name for target in targets for name in script(target).needs))


def measure(
    store: Store,
    targets: Sequence[str],
    seeds: Sequence[int],
    *,
    tell: Tell | None = None,
    say: Callable[[str], None] | None = None,
) -> list[Outcome]:
    """Make the runs that are missing and judge every target."""
    store.make(needed(targets), seeds, tell)
    outcomes = []
    for target in targets:
        if say is not None:
            say(f"{target} {TITLES[target]}")
        outcomes.append(judge(store, target, seeds))
    return outcomes


def judge(store: Store, target: str, seeds: Sequence[int]) -> Outcome:
    """One target from the runs that are there; a seed that lacks one is left out and named."""
    one = script(target)
    pack = load_pack(store.pack)
    params = pack.params().with_values(dict(store.settings))
    samples, used, left_out = [], [], {}
    for seed in seeds:
        runs = {name: store.get(name, seed) for name in one.needs}
        lacking = [name for name, run in runs.items() if run is None]
        if lacking:
            failure = store.failures.get((lacking[0], seed))
            left_out[seed] = str(failure) if failure else f"no run of {', '.join(lacking)}"
            continue
        whole = {name: run for name, run in runs.items() if run is not None}
        samples.append(one.sample(Seed(seed, whole, store.scale, pack, params)))
        used.append(seed)
    found = one.find(samples)
    return Outcome(
        target=target,
        seeds=tuple(used),
        verdicts=verdicts(rows_of(target), found),
        controls=one.controls(samples),
        found=found,
        samples=samples,
        left_out=left_out,
    )
