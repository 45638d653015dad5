"""Morris' elementary effects with replicates: how far an outcome moves, and how far chance moves it.

An effect is stated over the whole range of its parameter. It is the mean over seeds of the same step
taken with each seed; the spread over seeds says how much of it is chance. In an agent-based model chance
answers to everything: also a parameter that does nothing on average changes who meets whom, so its mu*
is not zero. The floor is what such a parameter would reach.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2, halfnorm, pearson3

from experiments.intervals import LEVEL

RESAMPLES = 1000
FALSE_ALARM = 0.05
"""How often a screening in which nothing matters may name a parameter."""
_HALF_NORMAL_MEAN, _HALF_NORMAL_SD = float(halfnorm.mean()), float(halfnorm.std())
_HALF_NORMAL_SKEW = float(halfnorm.stats(moments="s"))


@dataclass(frozen=True)
class Screening:
    """Measures of g parameters (or groups), in units of the outcome over the whole range.

    `steps`: usable steps. `mu`, `sigma`: mean and standard deviation of the effects; not-a-number
    for groups, whose members move in different directions. `mu_star` [3, g]: mean of their size,
    with the 95 % interval of the bootstrap over trajectories. `noise`: standard deviation of one
    effect that is due to chance. `floor`: what mu* would stay below by chance alone, for all
    parameters together in 19 of 20 screenings. `signal`: root mean square of the effects with
    chance taken out. `inert`: every step left the outcome as it was, bit for bit. Noise, floor and
    signal are not-a-number with one seed.
    """

    steps: np.ndarray
    mu: np.ndarray
    mu_star: np.ndarray
    sigma: np.ndarray
    noise: np.ndarray
    floor: np.ndarray
    signal: np.ndarray
    inert: np.ndarray

    @property
    def stands_out(self) -> np.ndarray:
        """Whether mu* is above the floor; with one seed whether it is not zero."""
        known = np.nan_to_num(self.floor, nan=0.0)
        return np.asarray(np.nan_to_num(self.mu_star[0]) > known) & ~self.inert


def step_effects(unit: np.ndarray, members: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Elementary effects [trajectories, g, seeds]; not-a-number where an end of a step is.

    `unit`: the design in the unit cube, [trajectories * (g + 1), k]; `members`: the number of each
    parameter's group, [k], its own number without groups; `values`: [points, seeds]. The effect of
    a group has the sign of the outcome's change.
    """
    groups = int(members.max()) + 1
    points = unit.reshape(-1, groups + 1, unit.shape[1])
    outcome = values.reshape(-1, groups + 1, values.shape[1])
    moves, changes = np.diff(points, axis=1), np.diff(outcome, axis=1)
    # Each step moves one group by one and the same size.
    size = np.abs(moves).max()
    moved = members[np.abs(moves).argmax(axis=2)]
    alone = np.bincount(members, minlength=groups) == 1
    signs = np.where(alone[moved], np.sign(moves.sum(axis=2)), 1.0)
    effects = np.empty((len(points), groups, values.shape[1]))
    np.put_along_axis(effects, moved[:, :, None], changes * signs[:, :, None] / size, axis=1)
    return effects


def screen(
    effects: np.ndarray, alone: np.ndarray | None = None, resamples: int = RESAMPLES
) -> Screening:
    """Measures from elementary effects [trajectories, g, seeds] by `step_effects`.

    `alone` [g]: whether it is a single parameter (all, if not given). A step is usable when it is
    known for every seed. Intervals come from one fixed stream.
    """
    _, g, seeds = effects.shape
    usable = np.isfinite(effects).all(axis=2)
    steps = usable.sum(axis=0)
    mean = np.where(usable, np.where(usable[:, :, None], effects, 0.0).mean(axis=2), 0.0)
    many = np.where(steps > 0, steps, np.nan)
    mu = mean.sum(axis=0) / many
    spread = np.where(usable, mean - mu, 0.0)
    sigma = np.sqrt((spread**2).sum(axis=0) / np.where(steps > 1, steps - 1, np.nan))
    if alone is not None:
        mu, sigma = np.where(alone, mu, np.nan), np.where(alone, sigma, np.nan)
    inert = (np.where(usable[:, :, None], effects, 0.0) == 0.0).all(axis=(0, 2)) & (steps > 0)
    noise = np.full(g, np.nan)
    if seeds > 1:
        within = np.where(usable, np.where(usable[:, :, None], effects, 0.0).var(axis=2, ddof=1), 0)
        noise = np.sqrt(within.sum(axis=0) / many / seeds)
    squared = (mean**2).sum(axis=0) / many
    return Screening(
        steps,
        mu,
        _mu_star(np.abs(mean), usable, resamples),
        sigma,
        noise,
        _floor(noise, steps, seeds, inert),
        np.sqrt(np.maximum(squared - noise**2, 0.0)),
        inert,
    )


def _mu_star(size: np.ndarray, usable: np.ndarray, resamples: int) -> np.ndarray:
    """Mean of sizes [trajectories, g] where usable, and the ends of its bootstrap interval."""
    n = len(size)
    drawn = np.random.default_rng(20230101).multinomial(n, np.full(n, 1.0 / n), resamples)
    weights = np.concatenate([np.ones((1, n)), drawn])
    count = weights @ usable
    means = np.divide(
        weights @ np.where(usable, size, 0.0),
        count,
        out=np.full_like(count, np.nan),
        where=count > 0,
    )
    out = np.full((3, size.shape[1]), np.nan)
    out[0] = means[0]
    known = usable.sum(axis=0) > 1
    if known.any():
        tails = [(1 - LEVEL) / 2, (1 + LEVEL) / 2]
        out[1:, known] = np.nanquantile(means[1:, known], tails, axis=0)
    return out


def _floor(noise: np.ndarray, steps: np.ndarray, seeds: int, inert: np.ndarray) -> np.ndarray:
    """The mu* that parameters without any effect on average stay below, 19 times in 20.

    The size of an effect that is only noise has a half-normal distribution, and mu* is the mean of
    `steps` of them (by its mean, variance and skewness: Pearson's type III); the bound is shared among all parameters (Bonferroni). A noise known from few
    steps may be far too small by chance: a parameter's own counts only where it is above the
    usual one, the median of all (less the downward bias of a median of few degrees of freedom).
    """
    live = ~inert & (steps > 0)
    if seeds < 2 or not live.any():
        return np.full(len(noise), np.nan)
    freedom = np.maximum(steps * (seeds - 1), 1)
    usual = np.median(noise[live] ** 2 / (chi2.ppf(0.5, freedom[live]) / freedom[live])) ** 0.5
    scale = np.where(steps > 0, np.maximum(noise, usual), np.nan)
    many = np.sqrt(np.maximum(steps, 1))
    beyond = pearson3.ppf(1.0 - FALSE_ALARM / int(live.sum()), _HALF_NORMAL_SKEW / many)
    return np.asarray(scale * (_HALF_NORMAL_MEAN + beyond * _HALF_NORMAL_SD / many))
