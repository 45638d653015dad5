"""History matching: which points cannot have given the record, judged by fast stand-ins of the model.

Points lie in the unit cube of the priors, shape (n, k). A Gaussian process per statistic learns from
the runs what the model would say elsewhere, and how unsure that is. A point is implausible when even
with that doubt, chance, errors of the record and what the model leaves out, the record is too far
away (Craig et al. 1997; Vernon, Goldstein & Bower 2010; Andrianakis et al. 2015). New runs go where
points are still plausible: that is a wave.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import qmc
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, DotProduct
from threadpoolctl import threadpool_limits

__all__ = ["Emulator", "Match", "Training", "fit_emulator", "pooled_variance", "spread_out"]

CHUNK = 8192
FIRST_DRAWS, MOST_DRAWS = 2**14, 2**18
MOST_CANDIDATES = 2000
_LEAST_NOISE = 1e-6  # of the variance of what is learned: keeps the matrix invertible


@dataclass(frozen=True, eq=False)
class Training:
    """What runs have said: `points` (n, k), `means` (n, J) over seeds, `counts` (n, J) of seeds.

    `chance` (J,): variance of a single run around its point's mean, pooled over points. A mean is
    NaN where no run of a point has finished or the statistic is not defined; its count is 0.
    """

    points: np.ndarray
    means: np.ndarray
    counts: np.ndarray
    chance: np.ndarray


def pooled_variance(groups: Sequence[np.ndarray]) -> float:
    """Variance within groups (runs of one point), pooled; NaN where no group has two values."""
    spread = [float(((group - group.mean()) ** 2).sum()) for group in groups if len(group) > 1]
    freedom = sum(len(group) - 1 for group in groups if len(group) > 1)
    return sum(spread) / freedom if freedom else float("nan")


# --- Emulators --------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Emulator:
    """What the model's mean over seeds would be at points that were not run.

    `chance`: variance of a single run. `explained`: part of the variance between points that it
    foretells of points left out. `misfit`: mean square of the errors there over their stated
    variance, 1 if its doubt is honest; where it is more, all variances are widened by it.
    """

    process: GaussianProcessRegressor
    centre: float
    spread: float
    chance: float
    explained: float
    misfit: float

    def predict(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mean and variance (n,) at points (n, k)."""
        means, variances = [], []
        for start in range(0, len(points), CHUNK):
            with threadpool_limits(1):
                mean, sd = self.process.predict(
                    points[start : start + CHUNK] - 0.5, return_std=True
                )
            means.append(self.centre + self.spread * mean)
            variances.append(max(1.0, self.misfit) * (self.spread * sd) ** 2)
        return np.concatenate(means), np.concatenate(variances)


def fit_emulator(
    points: np.ndarray, means: np.ndarray, counts: np.ndarray, chance: float
) -> Emulator:
    """Learn one statistic from its means over `counts` seeds at points; all (n,) but points (n, k).

    The mean is linear in the parameters plus a smooth deviation with a length for each parameter
    (squared exponential), found by maximum likelihood. The noise of a mean is `chance / counts`.
    """
    centre, spread = float(means.mean()), float(means.std())
    spread = max(spread, 1e-9 * max(abs(centre), 1.0))
    values = (means - centre) / spread
    noise = np.maximum(chance / counts / spread**2, _LEAST_NOISE)
    linear = ConstantKernel(0.5, (1e-4, 1e2)) * DotProduct(1.0, "fixed")
    smooth = ConstantKernel(0.5, (1e-4, 1e2)) * RBF(np.ones(points.shape[1]), (0.15, 20.0))
    process = GaussianProcessRegressor(
        linear + smooth, alpha=noise, n_restarts_optimizer=1, random_state=1
    )
    # Matrices are small: more threads only wait for each other, and could change the last digits.
    with warnings.catch_warnings(), threadpool_limits(1):
        # A length at its upper end only says that the parameter does not matter.
        warnings.simplefilter("ignore", ConvergenceWarning)
        process.fit(points - 0.5, values)
    errors, variances = _left_out(process, points - 0.5, values, noise)
    explained = 1.0 - float((errors**2).mean()) / max(float((values**2).mean()), 1e-300)
    misfit = float((errors**2 / variances).mean())
    return Emulator(process, centre, spread, chance, explained, misfit)


def _left_out(
    process: GaussianProcessRegressor, points: np.ndarray, values: np.ndarray, noise: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Errors and their variances at each point when it is left out (Rasmussen & Williams 2006, 5.12)."""
    inverse = np.linalg.inv(process.kernel_(points) + np.diag(noise))
    own = np.diag(inverse)
    return inverse @ values / own, 1.0 / own


# --- What is left of the prior ----------------------------------------------------------------------


class Match:
    """The record, and the emulators of each wave so far: together they say what is still plausible.

    `values` (J,): the record. `errors` (J,): variance of the record's error plus that of what the
    model leaves out. `cutoff`: largest believable distance in standard deviations (3: Pukelsheim
    1994, at least 95 % of any distribution with one peak). `seeds`: runs behind a mean.
    """

    def __init__(
        self, values: np.ndarray, errors: np.ndarray, cutoff: float = 3.0, seeds: int = 1
    ) -> None:
        self.values, self.errors = np.asarray(values, float), np.asarray(errors, float)
        self.cutoff, self.seeds = cutoff, seeds
        self.waves: list[list[Emulator]] = []

    def learn(self, training: Training) -> list[Emulator]:
        """Fit the emulators of one more wave, to the runs of all waves so far."""
        emulators = []
        for j in range(len(self.values)):
            known = training.counts[:, j] > 0
            emulators.append(
                fit_emulator(
                    training.points[known],
                    training.means[known, j],
                    training.counts[known, j],
                    float(training.chance[j]),
                )
            )
        self.waves.append(emulators)
        return emulators

    def distances(self, points: np.ndarray, wave: int = -1) -> tuple[np.ndarray, np.ndarray]:
        """Record less emulated mean, and the variance it is judged by; both (n, J)."""
        gaps, variances = [], []
        for emulator, value, error in zip(self.waves[wave], self.values, self.errors, strict=True):
            mean, doubt = emulator.predict(points)
            gaps.append(value - mean)
            # The record is one history, a single run; the mean is known from a few seeds, which
            # are the same at all points, so that their luck is in no emulator's doubt.
            chance = emulator.chance * (1.0 + 1.0 / self.seeds)
            variances.append(doubt + chance + error)
        return np.stack(gaps, axis=1), np.stack(variances, axis=1)

    def implausibility(self, points: np.ndarray, wave: int = -1) -> np.ndarray:
        """The farthest target's distance (n,), in standard deviations."""
        gaps, variances = self.distances(points, wave)
        worst: np.ndarray = (np.abs(gaps) / np.sqrt(variances)).max(axis=1)
        return worst

    def plausible(self, points: np.ndarray, waves: int | None = None) -> np.ndarray:
        """Which points no wave has ruled out (n,); with `waves` only the first so many judge."""
        kept = np.ones(len(points), bool)
        for wave in range(len(self.waves) if waves is None else waves):
            kept[kept] = self.implausibility(points[kept], wave) <= self.cutoff
        return kept

    def plausible_share(self, n_axes: int, seed: int) -> float:
        """Share of the prior that no wave has ruled out, from 32,768 points of it."""
        points = qmc.LatinHypercube(n_axes, rng=np.random.default_rng(seed)).random(2 * FIRST_DRAWS)
        return float(self.plausible(points).mean())

    def draw_plausible(self, wanted: int, n_axes: int, seed: int) -> np.ndarray:
        """Prior points that are still plausible (m, k), at least `wanted` if so many are found."""
        found: list[np.ndarray] = []
        size, drawn = FIRST_DRAWS, 0
        while drawn < MOST_DRAWS and sum(map(len, found)) < wanted:
            rng = np.random.default_rng([seed, drawn])
            points = qmc.LatinHypercube(n_axes, rng=rng).random(size)
            found.append(points[self.plausible(points)])
            drawn += size
            size = drawn
        return np.concatenate(found)


def spread_out(candidates: np.ndarray, size: int, known: np.ndarray) -> np.ndarray:
    """`size` of the candidates (m, k), each the farthest from those chosen before and from `known`."""
    pool = candidates[:MOST_CANDIDATES]
    nearest = np.full(len(pool), np.inf)
    for point in known:
        nearest = np.minimum(nearest, ((pool - point) ** 2).sum(axis=1))
    chosen: list[int] = []
    for _ in range(min(size, len(pool))):
        chosen.append(int(nearest.argmax()))
        nearest = np.minimum(nearest, ((pool - pool[chosen[-1]]) ** 2).sum(axis=1))
    return pool[chosen]
