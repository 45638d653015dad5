"""What `ornok calibrate` shows: the check, each step, the status, what was learned."""

from __future__ import annotations

import sys
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from experiments.calibration import Calibration, Ending
from experiments.calibration_results import as_rows, predictions, signed, strong_pairs
from experiments.calibration_waves import head_of, write_study
from experiments.job import write_stdout
from experiments.outcomes import readable, short_unit
from experiments.posterior import correlations, learned
from experiments.runs_store import refuse_other_versions, scan
from experiments.study import Study, cores
from experiments.study_estimate import Estimate
from experiments.study_screen import duration, facts_grid, sweep_bar


def show_check(calibration: Calibration, workers: int | None, *, json: bool) -> None:
    """Print what a calibration would do; write nothing. Raises InputError as `run` would."""
    file = calibration.file
    for study in calibration.studies().values():
        kit = study.plan.kit
        refuse_other_versions(study.folder, scan(study.folder), kit.code, kit.pack_hash)
    done = sum(status.done + status.failed for status in calibration.status().values())
    guess = _estimate(calibration)
    left = max(0, file.most_runs - done)
    side_by_side = max(1, min(left, workers or cores()))
    facts: dict[str, Any] = {
        "title": file.title,
        "world": file.world,
        "pack": file.pack,
        "parameters": [prior.name for prior in calibration.priors],
        "fitted": [target.name for target in calibration.fitted],
        "held_out": [target.name for target in calibration.targets if target.use == "check"],
        "points": [*file.waves.points, file.posterior.check],
        "seeds": file.replications,
        "runs": file.most_runs,
        "left": left,
        "seconds_a_run": round(guess.seconds, 3),
        "workers": side_by_side,
        "seconds": round(guess.seconds * left / side_by_side, 1),
        "estimated_from": guess.source,
    }
    if json:
        write_stdout(facts)
        return
    waves = " + ".join(map(str, file.waves.points))
    lines = {
        "calibration": file.title,
        "world, pack": f"{file.world}, {file.pack}",
        "parameters": ", ".join(facts["parameters"]),
        "fitted": ", ".join(facts["fitted"]),
        "held out": ", ".join(facts["held_out"]) or "nothing",
        "points": f"{waves} in waves, {file.posterior.check} at the posterior",
        "runs": f"{file.most_runs:,} ({file.replications} seeds), of which {left:,} are left",
        "time": f"about {duration(facts['seconds'])} on {side_by_side} workers "
        f"({guess.seconds:.2g} s a run, from {guess.source})",
    }
    Console().print(facts_grid(lines))


def _estimate(calibration: Calibration) -> Estimate:
    """Time of a run, from the first wave's or from a few months run now."""
    if studies := list(calibration.studies().values()):
        return studies[0].estimate()
    with tempfile.TemporaryDirectory() as folder:
        place = str(calibration.folder.resolve())
        write_study(Path(folder), head_of(calibration.file, "Estimate", "", place))
        return Study.load(folder).estimate()


def run_with_words(
    calibration: Calibration,
    workers: int | None,
    *,
    quiet: bool,
    json: bool,
    retry_failed: bool,
) -> Ending:
    """Run what is missing, saying each step on stderr, then print what was learned."""
    started = time.perf_counter()
    show = not quiet and sys.stderr.isatty()
    ending = calibration.run(
        workers,
        retry_failed=retry_failed,
        say=None if quiet else lambda words: print(words, file=sys.stderr),
        bar=lambda: sweep_bar(show=True) if show else nullcontext(),
    )
    if json:
        write_stdout(
            {"seconds": round(time.perf_counter() - started, 3), **as_dict(calibration, ending)}
        )
    elif not quiet:
        show_ending(calibration, ending)
    failed = sum(wave.failed for wave in ending.waves) + (
        ending.check.failed if ending.check else 0
    )
    if failed and not json:
        print(
            f"ornok: {failed:,} runs failed and are in no number above; again: "
            f"ornok calibrate run {calibration.folder} --retry-failed",
            file=sys.stderr,
        )
    return ending


def as_dict(calibration: Calibration, ending: Ending) -> dict[str, Any]:
    """The ending as JSON can hold it."""
    told: dict[str, Any] = {"plausible": list(ending.plausible), "posterior": None}
    if ending.posterior is not None:
        told["posterior"] = {
            "effective": ending.posterior.facts["effective"],
            "parameters": as_rows(learned(ending.posterior, calibration.priors)),
            "targets": as_rows(predictions(calibration, ending)),
        }
    return told


def show_ending(calibration: Calibration, ending: Ending) -> None:
    """Print what was learned of each parameter, and the record beside the model."""
    console = Console()
    if ending.posterior is None:
        worst = nearest_misses(calibration, ending)
        console.print(
            "No values within the priors give the record within its errors. Farthest off where the "
            f"model comes nearest: {worst}. Either the priors are too narrow, or the errors of the "
            "record and the model are larger than stated, or the model is wrong."
        )
        return
    console.print(_learned_table(calibration, ending))
    if pairs := strong_pairs(correlations(ending.posterior, calibration.priors)):
        console.print(f"Known only together: {pairs}")
    table = predictions(calibration, ending)
    for use, title in (("fit", "Fitted to the record"), ("check", "Held out")):
        if (table["use"] == use).any():
            console.print(_predictions_table(table[table["use"] == use], title))


def nearest_misses(calibration: Calibration, ending: Ending) -> str:
    """Targets beyond the cutoff at the run point that comes nearest to the record, in words."""
    points = np.concatenate([wave.shares for wave in ending.waves])
    best = points[[int(ending.match.implausibility(points).argmin())]]
    gaps, variances = ending.match.distances(best)
    distances = np.abs(gaps[0]) / np.sqrt(variances[0])
    order = np.argsort(distances)[::-1][:3]
    names = [target.name for target in calibration.fitted]
    return ", ".join(f"{names[j]} ({distances[j]:.1f} sd)" for j in order)


def _learned_table(calibration: Calibration, ending: Ending) -> Table:
    assert ending.posterior is not None
    page = _page("What the record says", "parameter", "own", "90 % after", "width", "the record")
    said = {"informed": "informs", "a little": "informs a little", "not informed": "says nothing"}
    for row in learned(ending.posterior, calibration.priors).to_dict("records"):
        page.add_row(
            str(row["parameter"]),
            f"{row['own']:.3g}",
            f"{row['low']:.3g} to {row['high']:.3g}",
            f"{row['width']:.2f}",
            said[row["verdict"]],
        )
    return page


def _predictions_table(table: pd.DataFrame, title: str) -> Table:
    page = _page(title, "target", "record", "own", "90 % of runs after", "distance", "unit")
    for row in table.to_dict("records"):
        unit = str(row["unit"])
        said = {k: readable(row[k], unit) for k in ("record", "own", "low", "high")}
        page.add_row(
            str(row["target"]),
            said["record"],
            said["own"],
            f"{said['low']} to {said['high']}",
            signed(row["distance"]),
            short_unit(unit),
        )
    return page


def _page(title: str, *heads: str) -> Table:
    """A table of numbers between a first and a last column of words; fits a narrow screen."""
    page = Table(title=title, title_justify="left", box=None, padding=(0, 1, 0, 0), pad_edge=False)
    for place, head in enumerate(heads):
        words = place in (0, len(heads) - 1)
        page.add_column(head, no_wrap=True, justify="left" if words else "right")
    return page


def show_status(calibration: Calibration, *, json: bool) -> None:
    """Print how far a calibration is."""
    now = calibration.status()
    if json:
        write_stdout({name: status.to_dict() for name, status in now.items()})
        return
    lines = {"calibration": calibration.file.title}
    for name, status in now.items():
        lines[name] = f"{status.done:,} of {status.total:,} runs done, {status.failed:,} failed"
    if not now:
        lines["waves"] = "none yet"
    Console().print(facts_grid(lines))
