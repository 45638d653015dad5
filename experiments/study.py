"""`Study`: a folder with a `study.toml`, from the question to tables, in Python."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from experiments.crew import HereCrew, ProcessCrew
from experiments.runs_merge import merge_parts
from experiments.runs_store import (
    Found,
    clean,
    parts,
    read_failures,
    refuse_other_versions,
    scan,
)
from experiments.study_lock import only_runner, running
from experiments.study_plan import Plan, make_plan
from experiments.sweep import Crew, Tally, Tell, sweep

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

    from experiments.sensitivity import Sensitivity
    from experiments.study_estimate import Estimate

DESIGN = "design.csv"
MANY_PARTS = 1000


@dataclass(frozen=True)
class Status:
    """How far a study is.

    `other`: finished runs in the folder that `study.toml` does not ask for any more. `failures`:
    failed runs by type of exception. `running`: pid, host and begin of the process at work on it.
    `seconds`: mean of a run. `months_saved`: months, burn-in included, that runs took over from others
    which agreed with them so far. `bytes`: on disk. `made_by`: runs by (code, pack) they were made by.
    `first_time`, `last_time`: when the first and the last part were written.
    """

    total: int
    done: int
    failed: int
    other: int
    failures: Mapping[str, int]
    running: Mapping[str, Any] | None
    code: str
    pack_hash: str
    made_by: Mapping[tuple[str, str], int]
    versions: Sequence[Mapping[str, str]]
    seconds: float | None
    months_saved: int
    bytes: int
    parts: int
    first_time: str
    last_time: str

    @property
    def left(self) -> int:
        """Runs that have neither finished nor failed."""
        return self.total - self.done - self.failed

    @property
    def mixed(self) -> bool:
        """Whether some runs are of another code or pack than there is now."""
        return any(made != (self.code, self.pack_hash) for made in self.made_by)

    def to_dict(self) -> dict[str, Any]:
        """The same, as JSON can hold it."""
        made_by = [
            {"code": code, "pack": pack, "runs": runs}
            for (code, pack), runs in self.made_by.items()
        ]
        names = (
            "total",
            "done",
            "failed",
            "left",
            "other",
            "code",
            "seconds",
            "months_saved",
            "bytes",
        )
        return {
            **{name: getattr(self, name) for name in names},
            "parts": self.parts,
            "failures": dict(self.failures),
            "running": self.running,
            "pack": self.pack_hash,
            "made_by": made_by,
            "versions": [dict(one) for one in self.versions],
        }

    def __repr__(self) -> str:
        from experiments.study_display import status_repr

        return status_repr(self)

    def _repr_html_(self) -> str:
        from experiments.study_display import status_card

        return status_card(self)


@dataclass(frozen=True, eq=False)
class Study:
    """A study in its folder. Build it with `Study.load(folder)`."""

    plan: Plan

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """Read and check a folder's `study.toml`; `model.errors.InputError` if it is not sound."""
        return cls(make_plan(folder))

    @property
    def made(self) -> Plan:
        """The plan as the runs in the folder were made: what a newer code finds stays readable."""
        return _as_made(self.plan, scan(self.folder))

    @property
    def folder(self) -> Path:
        """Where it lives."""
        return self.plan.folder

    @property
    def design(self) -> pd.DataFrame:
        """One row a point, with the value of every parameter that varies."""
        from experiments.study_tables import design_table

        return design_table(self.plan.design)

    def run(
        self,
        workers: int | None = None,
        *,
        retry_failed: bool = False,
        tell: Tell | None = None,
        cluster: str | None = None,
        crew: Crew | None = None,
    ) -> Tally:
        """Run what is missing and return how many runs are done, failed and left.

        `workers`: processes, one a core if not given; 0 runs everything in this process. `cluster`:
        address of a Dask scheduler, whose workers run it instead. Failed runs stay failed unless
        `retry_failed`. `tell(tally)` is called after each chunk. Raises `model.errors.InputError`
        when the folder is in use or holds runs of another version, or the cluster is not fit.
        """
        with only_runner(self.folder):
            clean(self.folder)
            found = scan(self.folder)
            refuse_other_versions(self.folder, found, self.plan.kit.code, self.plan.kit.pack_hash)
            keys = self.plan.keys
            failed = set() if retry_failed else keys & found.failed.keys()
            skip = found.finished | failed
            done = len(keys & found.finished)
            tally = Tally(len(keys), done, len(failed), done, len(failed))
            if tally.left and crew is None:
                crew = self._crew(tally, workers, cluster)
            try:
                _write_design(self)
                if crew is None or not tally.left:
                    return tally
                if tell is not None:
                    tell(tally)
                sweep(self.plan, crew, skip, tally, tell)
            finally:
                clean(self.folder)
            if len(parts(self.folder)) > MANY_PARTS:
                merge_parts(self.folder)
            return tally

    def _crew(self, tally: Tally, workers: int | None, cluster: str | None) -> Crew:
        if cluster is not None:
            from experiments.crew_dask import DaskCrew

            return DaskCrew(cluster, self.plan)
        if workers == 0:
            return HereCrew()
        return ProcessCrew(max(1, min(tally.left, cores() if workers is None else workers)))

    def compact(self) -> tuple[int, int]:
        """Merge many small parts into few large ones; numbers of parts before and after.

        Nothing that is read changes. `run` does it by itself when it ends with more than a
        thousand. Raises `model.errors.InputError` when the folder is in use.
        """
        with only_runner(self.folder):
            clean(self.folder)
            return merge_parts(self.folder)

    def status(self) -> Status:
        """How far it is; also while another process runs it."""
        found = scan(self.folder)
        keys = _as_made(self.plan, found).keys
        done = len(keys & found.finished)
        failed = [kind for key, kind in found.failed.items() if key in keys]
        return Status(
            total=len(keys),
            done=done,
            failed=len(failed),
            other=len(found.finished) - done,
            failures=dict(Counter(failed).most_common()),
            running=running(self.folder),
            code=self.plan.kit.code,
            pack_hash=self.plan.kit.pack_hash,
            made_by=dict(found.made_by),
            versions=found.versions,
            seconds=found.seconds / len(found.finished) if found.finished else None,
            months_saved=found.months_saved,
            bytes=found.bytes,
            parts=found.parts,
            first_time=found.first_time,
            last_time=found.last_time,
        )

    def failures(self) -> list[dict[str, Any]]:
        """The last record of each run that failed and has not finished since."""
        keys = self.made.keys
        return [one for one in read_failures(self.folder) if one["key"] in keys]

    def estimate(self) -> Estimate:
        """Time and space of a run, from finished runs or from a few months run now."""
        from experiments.study_estimate import estimate

        return estimate(self.plan)

    def runs(self) -> pd.DataFrame:
        """One row a finished run: point, parameters, world, seed, seconds."""
        from experiments.study_tables import runs_table

        table = runs_table(self.made).drop(columns=["part", "world_number"])
        return self.design.merge(table, on="point", how="right")

    def monthly(
        self,
        outcomes: Sequence[str] | None = None,
        *,
        worlds: Sequence[str] | None = None,
        first: str | None = None,
        last: str | None = None,
    ) -> pd.DataFrame:
        """Months of finished runs: point, parameters, world, seed, period, date, outcomes."""
        return self.relation(outcomes, worlds=worlds, first=first, last=last).df()

    def relation(
        self,
        outcomes: Sequence[str] | None = None,
        *,
        worlds: Sequence[str] | None = None,
        first: str | None = None,
        last: str | None = None,
        place: str = "runs",
    ) -> duckdb.DuckDBPyRelation:
        """The same as a DuckDB relation, read in place; `place` may be `regions`."""
        from experiments.study_tables import Tables, choose

        plan = self.made
        choice = choose(plan, outcomes, worlds, first, last)
        return Tables(plan).rows(choice, place)

    def effects(self, outcomes: Sequence[str] | None = None, **options: Any) -> pd.DataFrame:
        """Paired effects with intervals at every point: see `study_effects.study_effects`."""
        from experiments.study_effects import study_effects

        return study_effects(self.made, outcomes, **options)

    def sensitivity(self, outcomes: Sequence[str] | None = None, **options: Any) -> Sensitivity:
        """Morris or Sobol analysis of a study with such a design: see `sensitivity.sensitivity_of`."""
        from experiments.sensitivity import sensitivity_of

        return sensitivity_of(self, outcomes, **options)

    def __repr__(self) -> str:
        from experiments.study_display import study_repr

        return study_repr(self)

    def _repr_html_(self) -> str:
        from experiments.study_display import study_card

        return study_card(self)


def cores() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _as_made(plan: Plan, found: Found) -> Plan:
    """The plan with code and pack of the finished runs, if all of them share another version."""
    made_by = list(found.made_by)
    if len(made_by) != 1 or made_by[0] == (plan.kit.code, plan.kit.pack_hash):
        return plan
    code, pack_hash = made_by[0]
    return replace(plan, kit=replace(plan.kit, code=code, pack_hash=pack_hash))


def _write_design(study: Study) -> None:
    """The points as a table beside the runs: what a run's point means stays readable anywhere."""
    from experiments.study_tables import write_csv

    write_csv(study.design, study.folder / DESIGN)
