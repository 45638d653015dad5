"""What chance adds to a study: seeds are replicates, and their noise can be taken out of averages.

The outcome at point i with seed s is f(i) + c(s) + e(i, s). The shift c(s) is common to all points, as
all have the same seeds. The noise e differs from point to point and is independent between seeds, so a
product over two different seeds holds the product of what lies behind it, and no noise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


def cross(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Mean of one[..., s] * other[..., t] over all pairs of different seeds s, t.

    Seeds are the last axis. It estimates the product of the two means over all seeds there could
    be, without the bias that noise common to both adds to the product of their averages. With one
    seed it is the plain product, noise and all.
    """
    seeds = one.shape[-1]
    if seeds == 1:
        return (one * other)[..., 0]
    both = one.sum(axis=-1) * other.sum(axis=-1) - (one * other).sum(axis=-1)
    return both / (seeds * (seeds - 1))


def without_shifts(values: np.ndarray) -> np.ndarray:
    """Values [..., seeds] less each seed's mean over all points: a shift common to all is no noise."""
    return values - values.mean(axis=tuple(range(values.ndim - 1)), keepdims=True)


@dataclass(frozen=True)
class Chance:
    """How much of what varies over the points of a design is chance, in the outcome's own unit.

    `mean`: over points and seeds. `sd`: standard deviation over points of the mean over all seeds
    there could be. `noise`: standard deviation that chance adds to a single run at a point.
    `of_one_run`, `of_mean`: share of chance in the variance over points with one seed at each, and
    with the mean over the seeds there are. What is not known with one seed is not-a-number.
    """

    points: int
    seeds: int
    mean: float
    sd: float
    noise: float
    of_one_run: float
    of_mean: float


def chance_of(values: np.ndarray) -> Chance:
    """Split the variance of values [points, seeds] into points and chance, without bias.

    Two-way analysis of variance without replication: the residual after points and seeds is the
    noise, and the variance of the points' means holds one seeds-th of it. A variance estimated
    below zero is stated as zero.
    """
    points, seeds = values.shape
    nothing = float("nan")
    if points < 2:
        mean = float(values.mean()) if values.size else nothing
        return Chance(points, seeds, mean, nothing, nothing, nothing, nothing)
    means = values.mean(axis=1)
    between = float(means.var(ddof=1))
    if seeds < 2:
        return Chance(points, seeds, float(means.mean()), between**0.5, nothing, nothing, nothing)
    rest = without_shifts(values)
    rest = rest - rest.mean(axis=1, keepdims=True)
    noise = float((rest * rest).sum() / ((points - 1) * (seeds - 1)))
    signal = max(between - noise / seeds, 0.0)
    total = signal + noise
    return Chance(
        points,
        seeds,
        float(means.mean()),
        signal**0.5,
        noise**0.5,
        noise / total if total > 0.0 else nothing,
        min(noise / seeds / between, 1.0) if between > 0.0 else nothing,
    )
