"""The folders in which a calibration leaves its posteriors: none is ever overwritten."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiments.calibration_waves import WaveRuns, head_of, values_of, write_study
from experiments.posterior import FILE, WEIGHT, Posterior, Sample, read_posterior, sample_posterior
from experiments.store import whole_folder
from experiments.study_file import NAME as STUDY

if TYPE_CHECKING:
    from experiments.calibration import Calibration
    from experiments.history_matching import Match

FOLDER = "posterior"


def posteriors(folder: Path) -> list[Path]:
    """Files of the posteriors of a calibration, oldest first."""
    found: list[Path] = []
    while (place := _numbered(folder, len(found) + 1)).joinpath(STUDY).exists():
        found.append(place / FILE)
    return found


def _numbered(folder: Path, number: int) -> Path:
    return folder / (FOLDER if number == 1 else f"{FOLDER}-{number}")


def posterior_for(calibration: Calibration, waves: Sequence[WaveRuns]) -> Path | None:
    """The posterior of just these runs and targets, if it was made."""
    wanted = _inputs(calibration, waves)
    for path in reversed(posteriors(calibration.folder)):
        if read_posterior(path).facts.get("inputs") == wanted:
            return path
    return None


def write_posterior(
    calibration: Calibration, match: Match, waves: Sequence[WaveRuns], plausible: Sequence[float]
) -> Path | None:
    """Draw a posterior and lay it into a new folder, with a study that runs the model at it.

    Returns its file; None, and nothing is written, if no wave has left anything.
    """
    file, priors = calibration.file, calibration.priors
    part = file.posterior
    sample = sample_posterior(match, len(priors), part.size, part.seed)
    if sample is None:
        return None
    points = values_of(sample.shares, priors).assign(**{WEIGHT: sample.weights})
    # Whole numbers make some points equal.
    names = [prior.name for prior in priors]
    points = points.groupby(names, sort=False)[WEIGHT].sum().reset_index()
    folder = _numbered(calibration.folder, len(posteriors(calibration.folder)) + 1)
    with whole_folder(folder) as scratch:
        Posterior(points, _facts(calibration, waves, plausible, sample)).write(scratch / FILE)
        points.to_csv(scratch / "posterior.csv", index=False)
        design = f'kind = "posterior"\nfile = "{FILE}"\nsize = {part.check}\nseed = {part.seed}\n'
        text = head_of(file, "The model at draws from a posterior", "")
        write_study(scratch, f"{text}\n[design]\n{design}")
    return folder / FILE


def _inputs(calibration: Calibration, waves: Sequence[WaveRuns]) -> str:
    """Hash of all that a posterior is made from."""
    file = calibration.file
    facts = [
        [asdict(target) for target in calibration.fitted],
        file.waves.cutoff,
        file.posterior.model_dump(),
        [wave.keys for wave in waves],
    ]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


def _facts(
    calibration: Calibration, waves: Sequence[WaveRuns], plausible: Sequence[float], sample: Sample
) -> Mapping[str, Any]:
    """What the posterior's file says of its origin."""
    ((code, pack_hash),) = {made for wave in waves for made in wave.made_by}
    file = calibration.file
    settings = ("world", "pack", "scale", "horizon", "replications", "first_seed", "settings")
    return {
        "title": file.title,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "code": code,
        "pack_hash": pack_hash,
        **{name: getattr(file, name) for name in settings},
        "priors": [asdict(prior) for prior in calibration.priors],
        "targets": [asdict(target) for target in calibration.targets],
        "cutoff": file.waves.cutoff,
        "points": [len(wave.shares) for wave in waves],
        "runs": sum(len(wave.keys) for wave in waves),
        "failed": sum(wave.failed for wave in waves),
        "plausible": list(plausible),
        "effective": sample.effective,
        "drawn": sample.drawn,
        "inputs": _inputs(calibration, waves),
    }
