"""Whether the answer depends on the scale: `python -m experiments.scale_answer`.

The same question, world `plan` against `none`, at several scales and seeds. Each run is stored in
`runs.csv` of the output folder the moment it ends, so that the whole may be stopped and started again.
When all are there, `docs/scale.csv`, `docs/scale.png` and the tables of `docs/scale.md` are renewed.
"""

from __future__ import annotations

import csv
import io
import multiprocessing
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import pandas as pd

WORLD, AGAINST = "plan", "none"
WINDOW = 60
"""Months at the end of a run over which outcomes are means."""
OUTCOMES = (
    "employee_jobs", "plant_jobs", "employment", "local_content_nominal", "tier1_suppliers",
    "real_value_added", "cars_made",
)  # fmt: skip
FOLDER = Path("results") / "scale_answer"
SEEDS = "1:3,10:8,50:20"
KEYS = ("pack", "scale", "world", "seed", "burn_in", "horizon", "code")
FIELDS = (*KEYS, "seconds", *OUTCOMES)


@dataclass(frozen=True)
class Task:
    """One run: what it is about, and what makes it another one."""

    pack: str
    scale: float
    world: str
    seed: int
    burn_in: int
    horizon: int
    code: str

    @property
    def key(self) -> tuple[str, ...]:
        """As it is stored."""
        return tuple(f"{getattr(self, name)}" for name in KEYS)


def plan(seeds: Mapping[float, int], pack: str, burn_in: int, horizon: int) -> list[Task]:
    """All runs, the longest first; the two of a pair beside each other."""
    from model import source_hash

    return [
        Task(pack, scale, world, seed, burn_in, horizon, source_hash())
        for scale in sorted(seeds)
        for seed in range(1, seeds[scale] + 1)
        for world in (WORLD, AGAINST)
    ]


def perform(task: Task) -> dict[str, Any]:
    """Run one world; the means of the last months, flows per year."""
    from experiments.outcomes import outcomes, yearly_factor
    from experiments.simulate import simulate

    done = simulate(
        task.world, pack=task.pack, seed=task.seed, scale=task.scale, horizon=task.horizon,
        settings={"burn_in": task.burn_in},
    )  # fmt: skip
    last, known = done.monthly.iloc[-WINDOW:], outcomes()
    values = {
        name: float(last[name].fillna(0.0).mean()) * yearly_factor(known[name]) for name in OUTCOMES
    }
    return {**dict(zip(KEYS, task.key)), "seconds": round(done.run_time, 3), **values}


# --- Stored runs ----------------------------------------------------------------------------------


def stored(path: Path) -> list[dict[str, str]]:
    """Runs stored so far; a line that was cut off when the process was killed is left out."""
    if not path.exists():
        return []
    whole = path.read_text(encoding="utf-8").rpartition("\n")[0]
    return list(csv.DictReader(io.StringIO(whole)))


def keep(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write all runs, whole or not at all: a kill leaves the file as it was."""
    scratch = path.with_name(f".{path.name}.part")
    with scratch.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(path)


def key_of(row: Mapping[str, Any]) -> tuple[str, ...]:
    """What makes a stored run the one that a task asks for."""
    return tuple(str(row[name]) for name in KEYS)


def run_all(tasks: Sequence[Task], folder: Path, jobs: int) -> list[dict[str, Any]]:
    """Perform what is not stored yet, store each run as it ends; all runs asked for.

    Raises `model.errors.InputError` when the folder holds runs of another code, and RuntimeError,
    after everything else has run, when a run failed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "runs.csv"
    rows: list[dict[str, Any]] = [*stored(path)]
    _refuse_other_code(rows, tasks, path)
    there = {key_of(row) for row in rows}
    open_tasks = [task for task in tasks if task.key not in there]
    failed = []
    for task, outcome in _performed(open_tasks, jobs):
        what = f"scale {task.scale:g}, {task.world}, seed {task.seed}"
        if isinstance(outcome, BaseException):
            failed.append(f"{what}: {type(outcome).__name__}: {outcome}")
            continue
        rows.append(outcome)
        keep(path, rows)
        print(f"{what}: {outcome['seconds']:.1f} s", file=sys.stderr)
    if failed:
        raise RuntimeError("runs failed, start again for these: " + "; ".join(failed))
    wanted = {task.key for task in tasks}
    return [row for row in rows if key_of(row) in wanted]


def _refuse_other_code(
    rows: Sequence[Mapping[str, Any]], tasks: Sequence[Task], path: Path
) -> None:
    from model.errors import InputError

    others = {row["code"] for row in rows} - {task.code for task in tasks}
    if others:
        raise InputError(
            "holds runs of other code, and the two do not mix",
            field="--folder",
            value=str(path.parent),
            allowed="another folder",
        )


def _performed(
    tasks: Sequence[Task], jobs: int
) -> Iterator[tuple[Task, dict[str, Any] | BaseException]]:
    if jobs == 1:
        for task in tasks:
            yield task, perform(task)
        return
    context = multiprocessing.get_context("spawn")
    before = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(jobs, context, initializer=_one_thread)
    try:
        waiting = {pool.submit(perform, task): task for task in tasks}
        for future in as_completed(waiting):
            error = future.exception()
            yield waiting[future], future.result() if error is None else error
        pool.shutdown()
    except BaseException:
        # Ctrl-C must not wait for months still being computed.
        pool.shutdown(wait=False, cancel_futures=True)
        for child in set(multiprocessing.active_children()) - before:
            child.terminate()
        raise


def _one_thread() -> None:
    """Processes side by side gain more than threads within a run."""
    from model import threads

    threads.use(1)


# --- The answer -----------------------------------------------------------------------------------


def summary(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Paired difference by scale and outcome with its 95 % t interval over seeds."""
    import pandas as pd

    from experiments.effects import t_interval
    from experiments.outcomes import outcomes, yearly_unit

    table = pd.DataFrame([dict(row) for row in rows])
    numbers = ["scale", "seed", "seconds", *OUTCOMES]
    table[numbers] = table[numbers].apply(pd.to_numeric)
    known, lines = outcomes(), []
    for scale, runs in table.groupby("scale"):
        sides = runs.set_index("seed").sort_index()
        treated, control = (sides[sides["world"] == name] for name in (WORLD, AGAINST))
        for name in OUTCOMES:
            gain = treated[name] - control[name]
            mean, low, high = (float(x) for x in t_interval(gain.to_numpy(float)))
            lines.append(
                (scale, name, yearly_unit(known[name]), len(gain), control[name].mean(),
                 treated[name].mean(), mean, low, high, runs["seconds"].median())
            )  # fmt: skip
    return pd.DataFrame(lines, columns=[*COLUMNS])


COLUMNS = ("scale", "outcome", "unit", "seeds", "without", "with", "difference", "low", "high",
           "run_seconds")  # fmt: skip


def read_seeds(written: str) -> dict[float, int]:
    """Seeds by scale from `scale:seeds,...`; BadParameter for anything else."""
    try:
        pairs = [one.split(":") for one in written.split(",")]
        seeds = {float(scale): int(count) for scale, count in pairs}
    except ValueError:
        raise typer.BadParameter(f"got '{written}'; allowed: {SEEDS}, for example") from None
    if min(seeds.values()) < 1 or min(seeds) < 1.0:
        raise typer.BadParameter("scales and seeds are 1 or more")
    return seeds


def main(
    seeds: Annotated[str, typer.Option(help="Seeds by scale.")] = SEEDS,
    jobs: Annotated[int, typer.Option(help="Processes.", min=1)] = 2,
    folder: Annotated[Path, typer.Option(help="Where runs are stored.")] = FOLDER,
    pack: Annotated[str, typer.Option(help="Country pack.")] = "kyrgyzstan",
    burn_in: Annotated[int, typer.Option(help="Months.", min=0)] = 60,
    horizon: Annotated[int, typer.Option(help="Months after it.", min=WINDOW)] = 240,
    docs: Annotated[Path | None, typer.Option(help="Folder of the page.")] = None,
    only_page: Annotated[
        bool, typer.Option("--page", help="Run nothing; renew page and picture.")
    ] = False,
) -> None:
    """Answer the same question at several scales."""
    from experiments import scale_page
    from model.errors import InputError

    place = docs or scale_page.DOCS
    if not only_page:
        try:
            rows = run_all(plan(read_seeds(seeds), pack, burn_in, horizon), folder, jobs)
        except (InputError, RuntimeError) as error:
            print(f"scale_answer: {error}", file=sys.stderr)
            raise typer.Exit(2 if isinstance(error, InputError) else 1) from None
        except KeyboardInterrupt:
            print(f"Interrupted: the same command goes on from {folder}.", file=sys.stderr)
            raise typer.Exit(130) from None
        summary(rows).to_csv(place / "scale.csv", index=False, float_format="%.8g")
    scale_page.renew_page(place)


if __name__ == "__main__":
    typer.run(main)
