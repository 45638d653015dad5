"""`Calibration`: a folder with a `calibration.toml`, from the record to a posterior, in Python."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from experiments.calibration_file import NAME, CalibrationFile, Prior, prior_of, read_calibration
from experiments.calibration_posterior import posterior_for, posteriors, write_posterior
from experiments.calibration_targets import Target, read_targets
from experiments.calibration_waves import (
    TooFewRunsError,
    WaveRuns,
    check_wave,
    first_points,
    next_points,
    read_wave,
    training_of,
    values_of,
    wave_text,
    write_study,
)
from experiments.history_matching import Match
from experiments.posterior import Posterior, read_posterior
from experiments.simulate import prepare
from experiments.study import Status, Study
from experiments.study_file import NAME as STUDY
from experiments.study_lock import only_runner
from experiments.study_plan import pack_place, world_place
from experiments.sweep import Tell
from model.errors import InputError

__all__ = ["Calibration", "Ending", "TooFewRunsError"]

Bar = Callable[[], AbstractContextManager[Tell | None]]
Say = Callable[[str], None]
Work = Callable[[Study, str], None]


@dataclass(frozen=True, eq=False)
class Ending:
    """What a calibration has come to.

    `plausible`: share of the prior left after each wave. `posterior`: None when nothing is left:
    then no values within the priors give the record within its errors. `check`: runs of the model
    at draws from the posterior.
    """

    match: Match
    waves: tuple[WaveRuns, ...]
    plausible: tuple[float, ...]
    posterior: Posterior | None = None
    check: WaveRuns | None = None


@dataclass(frozen=True, eq=False)
class Calibration:
    """A calibration in its folder. Build it with `Calibration.load(folder)`."""

    folder: Path
    file: CalibrationFile
    priors: tuple[Prior, ...]
    targets: tuple[Target, ...]

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """Read and check a folder's `calibration.toml` (or that file's), and write nothing.

        Raises `model.errors.InputError` that names file, field, value, allowed range, nearest name.
        """
        place = Path(folder)
        place = place.parent if place.name == NAME else place
        if not place.is_dir():
            raise InputError("is no folder with a calibration", field="DIR", value=str(folder))
        file = read_calibration(place / NAME)
        try:
            priors = _checked_priors(place, file)
        except InputError as problem:
            if str(problem).startswith(str(place)):  # it names a file of the folder already
                raise
            raise InputError(str(problem), file=place / NAME) from None
        return cls(place, file, priors, tuple(read_targets(place / file.targets, file.horizon)))

    @property
    def fitted(self) -> list[Target]:
        """The targets that the posterior is made from; the others are held out."""
        return [target for target in self.targets if target.use == "fit"]

    def wave_folder(self, number: int) -> Path:
        """Where a wave (from 1) lives: an ordinary study."""
        return self.folder / f"wave-{number}"

    def studies(self) -> dict[str, Study]:
        """The studies there are, by folder: waves in order, then the check of the last posterior."""
        folders = [self.wave_folder(k + 1) for k in range(len(self.file.waves.points))]
        folders += [path.parent for path in posteriors(self.folder)][-1:]
        return {one.name: Study.load(one) for one in folders if (one / STUDY).exists()}

    def status(self) -> dict[str, Status]:
        """How far each study is; also while another process runs them."""
        return {name: study.status() for name, study in self.studies().items()}

    def run(
        self,
        workers: int | None = None,
        *,
        retry_failed: bool = False,
        say: Say | None = None,
        bar: Bar = nullcontext,
    ) -> Ending:
        """Run the waves, make the posterior and run the check; what is finished is never run again.

        `workers`: processes as in `Study.run`. `say` is told each step in words, `bar()` gives what
        is called after each chunk of runs. Raises `model.errors.InputError` when the folder is in
        use or holds runs of another version, and TooFewRunsError.
        """
        tell = say or (lambda words: None)

        def work(study: Study, words: str) -> None:
            tell(f"{words}: {len(study.plan.design.points)} points, {len(study.plan.keys)} runs")
            with bar() as progress:
                study.run(workers, retry_failed=retry_failed, tell=progress)

        with only_runner(self.folder):
            found, left = _Found(self._match(), [], []), True
            for number in range(1, len(self.file.waves.points) + 1):
                study = self._wave(number, found)
                if study is None:
                    left = False
                    break
                work(study, f"Wave {number}")
                self._learn(found, study)
                tell(f"Wave {number}: {found.plausible[-1]:.3g} of the prior is still plausible")
            place = posterior_for(self, found.waves)
            if place is None and left:
                place = write_posterior(self, found.match, found.waves, found.plausible)
            if place is not None:
                work(Study.load(place.parent), "Check at the posterior")
            return self._ending(found, place)

    def ending(self) -> Ending:
        """What the runs in the folder say; `model.errors.InputError` if some are missing."""
        found = _Found(self._match(), [], [])
        for number in range(1, len(self.file.waves.points) + 1):
            if not (self.wave_folder(number) / STUDY).exists():
                if found.plausible and found.plausible[-1] == 0.0:
                    break
                raise self._not_yet(f"wave {number}")
            study = Study.load(self.wave_folder(number))
            check_wave(study, wave_text(self.file, self.priors, number), number)
            self._learn(found, study)
        place = posterior_for(self, found.waves)
        if place is None and found.plausible[-1] > 0.0:
            raise self._not_yet("posterior of these runs and targets")
        return self._ending(found, place)

    def _not_yet(self, what: str) -> InputError:
        return InputError(f"has no {what} yet", file=self.folder, hint="ornok calibrate run")

    def _match(self) -> Match:
        values = np.array([target.value for target in self.fitted])
        errors = np.array([target.error for target in self.fitted])
        return Match(values, errors, self.file.waves.cutoff, self.file.replications)

    def _wave(self, number: int, found: _Found) -> Study | None:
        """The study of a wave, made if it is not there; None when no point is plausible."""
        folder = self.wave_folder(number)
        text = wave_text(self.file, self.priors, number)
        if not (folder / STUDY).exists():
            if number == 1:
                shares = first_points(self.file, self.priors)
            else:
                known = np.concatenate([wave.shares for wave in found.waves])
                shares = next_points(self.file, len(self.priors), number, found.match, known)
            if len(shares) == 0:
                return None
            write_study(folder, text, values_of(shares, self.priors))
        study = Study.load(folder)
        check_wave(study, text, number)
        return study

    def _learn(self, found: _Found, study: Study) -> None:
        """Add a wave's runs, its emulators, and the share of the prior that is plausible now."""
        found.waves.append(read_wave(study, self.priors, self.targets))
        if len({made for wave in found.waves for made in wave.made_by}) > 1:
            raise InputError("holds waves of two versions of code or pack", file=self.folder)
        names = [target.name for target in self.fitted]
        found.match.learn(training_of(found.waves, names))
        share = found.match.plausible_share(len(self.priors), self.file.waves.seed)
        found.plausible.append(share)

    def _ending(self, found: _Found, place: Path | None) -> Ending:
        known = found.match, tuple(found.waves), tuple(found.plausible)
        if place is None:
            return Ending(*known)
        check = read_wave(Study.load(place.parent), self.priors, self.targets)
        return Ending(*known, read_posterior(place), check)


@dataclass
class _Found:
    """What the waves so far have left."""

    match: Match
    waves: list[WaveRuns]
    plausible: list[float]


def _checked_priors(folder: Path, file: CalibrationFile) -> tuple[Prior, ...]:
    """The priors; raises InputError for whatever a run would refuse too."""
    for name in file.parameters:
        if name in file.settings:
            raise InputError("is to be learned already", field=f"settings.{name}")
    for name in ("pack", "scale", "horizon"):
        if name in file.settings:
            raise InputError("stands at the top of the file", field=f"settings.{name}")
    setup = prepare(
        world_place(file.world, folder),
        pack=pack_place(file.pack, folder),
        scale=file.scale,
        horizon=file.horizon,
        settings=file.settings,
        seed=file.first_seed,
    )
    own = setup.params.with_values(setup.world.parameters)
    return tuple(prior_of(name, part, own) for name, part in file.parameters.items())
