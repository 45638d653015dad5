"""Where the protocol's runs are kept: one folder a run, made once, gone on with after a stop.

A run's folder is named by the hash of all that it depends on (code, pack, world, parameters, seed,
what is kept), written beside and renamed: it is whole or not there. Finished runs are never made
again; those of other code stay on the disk unread until somebody removes them.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from experiments.evidence.worlds import RUNS, Run
from experiments.pool import Failure, run_all
from experiments.simulate import Results, Setup
from model import load_pack, source_hash
from model.channels import Clamp

# To be raised when `_write` stores something else.
_FORM = 1
# Runs for each process that start together: new processes take seconds, a stop loses what is not stored.
_BATCH = 15

Tell = Callable[[int, int], None]
"""Called with (runs done, runs in all) whenever some are stored."""


@cache
def code_version() -> str:
    """Hash of the model's sources and of ours that shape what is stored."""
    digest = hashlib.sha256(f"{source_hash()} {_FORM}".encode())
    for name in ("panels.py", "plant_panel.py", "simulate.py"):
        digest.update((Path(__file__).parents[1] / name).read_bytes())
    return digest.hexdigest()[:16]


@dataclass(frozen=True)
class Stored:
    """A finished run on the disk."""

    folder: Path

    def table(self, name: str) -> pd.DataFrame:
        """`monthly`, `regional`, or a panel by name."""
        return pd.read_parquet(self.folder / f"{name}.parquet")


@dataclass
class Store:
    """The runs of one pack and scale in a folder.

    `settings`: parameters that differ in all of them; a run's own settings win. `failures`: runs that raised an error in this process, by (run, seed): their seeds are left out.
    """

    folder: Path
    pack: str
    scale: float
    jobs: int = 1
    settings: Mapping[str, Any] = field(default_factory=dict)
    failures: dict[tuple[str, int], Failure] = field(default_factory=dict)

    def get(self, name: str, seed: int) -> Stored | None:
        """A finished run, or None."""
        place = self.place(name, seed)
        return Stored(place) if place.is_dir() else None

    def place(self, name: str, seed: int) -> Path:
        """The folder of a run, whether it is there or not."""
        run = RUNS[name]
        held = self._setup(run.path_of, seed) if run.off else None
        return self.folder / name / f"seed-{seed}-{_key(run, self._setup(name, seed), held)}"

    @property
    def stamp(self) -> str:
        """What all of its runs have in common, as a hash."""
        facts = [code_version(), load_pack(self.pack).digest, self.scale, dict(self.settings)]
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]

    def _setup(self, name: str, seed: int) -> Setup:
        return RUNS[name].setup(self.pack, seed, self.scale, self.settings)

    def missing(self, names: Sequence[str], seeds: Sequence[int]) -> list[tuple[str, int]]:
        """What is not there yet, seed by seed: after a stop whole seeds are there."""
        return [(n, s) for s in seeds for n in names if self.get(n, s) is None]

    def make(
        self, names: Sequence[str], seeds: Sequence[int], tell: Tell | None = None
    ) -> dict[tuple[str, int], Failure]:
        """Make what is missing; every batch is stored as it is done. Returns the failures."""
        left = self.missing(names, seeds)
        done = 0
        for batch in _batches(left, max(self.jobs, 1) * _BATCH):
            for (name, seed), result in zip(batch, self._run(batch), strict=True):
                if isinstance(result, Failure):
                    self.failures[name, seed] = result
                else:
                    _write(result, self.place(name, seed))
            done += len(batch)
            if tell is not None:
                tell(done, len(left))
        return self.failures

    def _run(self, batch: Sequence[tuple[str, int]]) -> list[Results | Failure]:
        """The runs of a batch; where a channel is off, first the run whose path it follows."""
        setups = [self._setup(name, seed) for name, seed in batch]
        held = [k for k, (name, _) in enumerate(batch) if RUNS[name].off]
        controls = [self._setup(RUNS[batch[k][0]].path_of, batch[k][1]) for k in held]
        paths = run_all([replace(one, panels=None) for one in controls], jobs=self.jobs)
        broken: dict[int, Failure] = {}
        for k, control in zip(held, paths, strict=True):
            if isinstance(control, Failure):
                broken[k] = control
                continue
            assert control.path is not None
            clamp = Clamp(frozenset(RUNS[batch[k][0]].off), control.path)
            setups[k] = replace(setups[k], clamp=clamp)
        whole = [k for k in range(len(batch)) if k not in broken]
        made = dict(zip(whole, run_all([setups[k] for k in whole], jobs=self.jobs), strict=True))
        return [broken.get(k) or made[k] for k in range(len(batch))]


def _batches[T](things: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for start in range(0, len(things), size):
        yield things[start : start + size]


def _key(run: Run, setup: Setup, held: Setup | None) -> str:
    facts = [
        code_version(),
        load_pack(setup.pack).digest,
        _content(setup),
        run.off,
        held and _content(held),
    ]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


def _content(setup: Setup) -> list[object]:
    params = {name: x for name, x in setup.params.to_dict().items() if name != "pack"}
    kept = None if setup.panels is None else asdict(setup.panels)
    return [setup.world.to_toml(), params, setup.seed, kept]


def _write(results: Results, place: Path) -> None:
    """The tables of a run, whole or not at all."""
    beside = place.with_name(f"{place.name}.part-{os.getpid()}")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    results.monthly.to_parquet(beside / "monthly.parquet")
    results.regional.to_parquet(beside / "regional.parquet", index=False)
    for name, table in results.panels.items():
        if name == "workers":  # employees only: the others are many times as many and not read
            table = table[table["employer"] >= 0]
        table.to_parquet(beside / f"{name}.parquet", index=False)
    try:
        beside.rename(place)
    except OSError:  # another process was faster; its tables are the same
        shutil.rmtree(beside)
