"""The waves of a calibration as ordinary studies, and what is learned from their runs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from experiments.calibration_file import LEAST_POINTS_A_PARAMETER, CalibrationFile, Prior
from experiments.calibration_targets import Target, statistics
from experiments.history_matching import Match, Training, pooled_variance, spread_out
from experiments.runs_store import scan
from experiments.study import Study
from experiments.study_file import NAME as STUDY
from experiments.study_tables import Tables, choose, write_csv
from model.errors import InputError
from model.packs import pack_names

POINTS = "points.csv"


class TooFewRunsError(RuntimeError):
    """So many runs of a wave have failed, or say nothing, that nothing can be learned from it."""


# --- Writing a wave -----------------------------------------------------------------------------------


def head_of(file: CalibrationFile, title: str, question: str, place: str = "..") -> str:
    """The beginning of the `study.toml` of a wave: what all runs of a calibration share.

    `place`: the calibration's folder, seen from the study's, where a world or pack of its own lies.
    """
    own_world = file.world.endswith(".toml") or "/" in file.world
    own_pack = file.pack not in pack_names()
    facts: dict[str, Any] = {
        "title": title,
        "question": question,
        "worlds": [f"{place}/{file.world}" if own_world else file.world],
        "pack": f"{place}/{file.pack}" if own_pack else file.pack,
        "scale": file.scale,
        "horizon": file.horizon,
        "replications": file.replications,
        "first_seed": file.first_seed,
    }
    lines = [f"{name} = {_toml(x)}" for name, x in facts.items() if x is not None]
    if file.settings:
        lines += ["", "[settings]", *(f"{name} = {_toml(x)}" for name, x in file.settings.items())]
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    """A value as TOML; texts, lists, numbers and truths are written as JSON writes them."""
    return json.dumps(value, ensure_ascii=False)


def wave_text(file: CalibrationFile, priors: Sequence[Prior], number: int) -> str:
    """The `study.toml` of a wave, but for its points. Equal texts: the runs may be used together."""
    logs = [prior.name for prior in priors if prior.log]
    question = f"{file.waves.points[number - 1]} points asked for" + (
        f"; even in the logarithm of {', '.join(logs)}" if logs else ""
    )
    spans = [
        f"{prior.name} = {{ low = {_number(prior, prior.low)}, high = {_number(prior, prior.high)} }}"
        for prior in priors
    ]
    return (
        head_of(file, f"Wave {number} of a calibration", question)
        + "\n[uncertainties]\n"
        + "\n".join(spans)
        + f'\n\n[design]\nkind = "list"\nfile = "{POINTS}"\n'
    )


def _number(prior: Prior, value: float) -> str:
    return str(int(value)) if prior.whole else repr(value)


def write_study(folder: Path, text: str, points: pd.DataFrame | None = None) -> None:
    """Make a study's folder; `study.toml` comes last, so that what has one is whole."""
    folder.mkdir(parents=True, exist_ok=True)
    if points is not None:
        write_csv(points.drop_duplicates(), folder / POINTS)
    scratch = folder / f".{STUDY}.part"
    scratch.write_text(text, encoding="utf-8")
    scratch.replace(folder / STUDY)


def first_points(file: CalibrationFile, priors: Sequence[Prior]) -> np.ndarray:
    """Shares (n, k) of the first wave: a Latin hypercube, and before it the pack's own values."""
    from scipy.stats import qmc

    own = np.array([[prior.share(prior.own) for prior in priors]])
    inside = bool(((own >= 0.0) & (own <= 1.0)).all())
    size = file.waves.points[0] - inside
    rng = np.random.default_rng(file.waves.seed)
    drawn = qmc.LatinHypercube(len(priors), rng=rng).random(size)
    return np.concatenate([own, drawn]) if inside else drawn


def next_points(
    file: CalibrationFile, n_axes: int, number: int, match: Match, known: np.ndarray
) -> np.ndarray:
    """Shares (n, k) of a later wave, far from each other and from what was run; n may be 0."""
    wanted = file.waves.points[number - 1]
    candidates = match.draw_plausible(20 * wanted, n_axes, file.waves.seed + number)
    return spread_out(candidates, wanted, known)


def values_of(shares: np.ndarray, priors: Sequence[Prior]) -> pd.DataFrame:
    """Points as values of the parameters, one row each; whole numbers may make some of them equal."""
    return pd.DataFrame(
        {
            prior.name: [prior.value(x) for x in shares[:, k].tolist()]
            for k, prior in enumerate(priors)
        }
    )


# --- Reading waves ------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class WaveRuns:
    """What a study of the calibration has left: `shares` (n, k) of its points (from 1), and
    `statistics` of finished runs (index point, seed; a column a target).
    """

    shares: np.ndarray
    statistics: pd.DataFrame
    keys: list[str]
    made_by: set[tuple[str, str]]
    asked: int
    failed: int


def read_wave(study: Study, priors: Sequence[Prior], targets: Sequence[Target]) -> WaveRuns:
    """Statistics of a study's finished runs; `model.errors.InputError` if there are none."""
    names = sorted({name for target in targets for name in target.outcomes})
    plan, found = study.made, scan(study.folder)
    tables = Tables(plan)
    points = study.design
    shares = [[prior.share(x) for x in points[prior.name]] for prior in priors]
    return WaveRuns(
        np.array(shares).T,
        statistics(targets, tables.rows(choose(plan, names)).df()),
        sorted(set(tables.runs["key"])),
        set(found.made_by),
        len(plan.keys),
        len(plan.keys & found.failed.keys()),
    )


def check_wave(study: Study, text: str, number: int) -> None:
    """Refuse a wave that was made for other runs than `calibration.toml` asks for now."""
    path = study.folder / STUDY
    written = path.read_text(encoding="utf-8")
    if written == text:
        return
    now, then = text.splitlines(), written.splitlines()
    different = next((a for a, b in zip(now, then) if a != b), "its length")
    raise InputError(
        f"wave {number} was made for another calibration.toml; now it would say: {different}. "
        "Nothing was changed. Copy calibration.toml and the files it names to a new folder",
        file=path,
    )


def training_of(waves: Sequence[WaveRuns], names: Sequence[str]) -> Training:
    """All runs of all waves, as emulators learn from them; `names`: the targets to fit.

    Raises TooFewRunsError.
    """
    points = np.concatenate([wave.shares for wave in waves])
    starts = np.cumsum([0, *(len(wave.shares) for wave in waves)])
    means = np.full((len(points), len(names)), np.nan)
    counts = np.zeros((len(points), len(names)), int)
    groups: list[list[np.ndarray]] = [[] for _ in names]
    for wave, start in zip(waves, starts):
        for point, runs in wave.statistics.groupby(level="point"):
            for j, name in enumerate(names):
                values = runs[name].dropna().to_numpy(float)
                if len(values):
                    row = start + int(str(point)) - 1
                    means[row, j], counts[row, j] = values.mean(), len(values)
                    groups[j].append(values)
    chance = np.array([pooled_variance(group) for group in groups])
    least = LEAST_POINTS_A_PARAMETER * points.shape[1]
    for j, name in enumerate(names):
        known = int((counts[:, j] > 0).sum())
        if known < least or np.isnan(chance[j]):
            raise TooFewRunsError(
                f"only {known} of {len(points)} points say anything about target '{name}', and "
                f"{least} are needed, with two seeds somewhere: see the failures of the waves"
            )
    return Training(points, means, counts, chance)
