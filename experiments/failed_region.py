"""Where in the space of parameters runs fail: one parameter at a time, and a shallow tree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from experiments.sensitivity_values import RunStates

if TYPE_CHECKING:
    from experiments.designs import Axis

FEWEST = 5
"""Failed points, and points that did not fail, from which a region is looked for."""
DEPTH = 3


@dataclass(frozen=True)
class Failures:
    """What failed in a study, and where.

    `runs`, `failed`, `missing`: counts of runs. `points`, `failed_points`: points of the design, and
    those at which a run failed in any world with any seed; `always`: at which all seeds failed in
    a world. `kinds`: failed runs by what happened. `by_parameter`: one row a parameter: share of
    failed points in the lower, middle and upper third of its range, and Mann and Whitney's p-value
    (after Holm) that failed points lie elsewhere than the others. `regions`: boxes of a decision
    tree with more failures than elsewhere, as rules, with points, failed points and share.
    """

    runs: int
    failed: int
    missing: int
    points: int
    failed_points: int
    always: int
    kinds: dict[str, int]
    by_parameter: pd.DataFrame = field(default_factory=pd.DataFrame)
    regions: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def share(self) -> float:
        """Failed runs among those that were made."""
        made = self.runs - self.missing
        return self.failed / made if made else float("nan")

    def to_dict(self) -> dict[str, Any]:
        """The same, as JSON can hold it."""
        names = ("runs", "failed", "missing", "points", "failed_points", "always", "kinds")
        return {
            **{name: getattr(self, name) for name in names},
            "by_parameter": self.by_parameter.to_dict("records"),
            "regions": self.regions.to_dict("records"),
        }


def failures_of(
    states: RunStates, axes: Sequence[Axis], points: Sequence[Sequence[Any]]
) -> Failures:
    """Failures of a study with these axes and points (values by axis)."""
    bad = states.failed.any(axis=(1, 2))
    found = Failures(
        runs=states.failed.size,
        failed=int(states.failed.sum()),
        missing=int(states.missing.sum()),
        points=len(bad),
        failed_points=int(bad.sum()),
        always=int(states.failed.all(axis=2).any(axis=1).sum()),
        kinds=dict(states.kinds),
    )
    # A point that nobody has run yet is neither good nor bad.
    known = bad | ~states.missing.any(axis=(1, 2))
    if not bad.any() or bad[known].all():
        return found
    numbers = np.array([[_as_number(a, x) for a, x in zip(axes, row)] for row in points], float)
    numbers, bad = numbers[known], bad[known]
    return replace(
        found, by_parameter=_alone(axes, numbers, bad), regions=_tree(axes, numbers, bad)
    )


def _as_number(axis: Axis, value: Any) -> float:
    return float(axis.values.index(value)) if axis.values is not None else float(value)


def _ends(axis: Axis) -> tuple[float, float]:
    return (0.0, len(axis.values) - 1.0) if axis.values is not None else (axis.low, axis.high)


def _alone(axes: Sequence[Axis], numbers: np.ndarray, bad: np.ndarray) -> pd.DataFrame:
    """One parameter at a time, the clearest first."""
    from scipy.stats import mannwhitneyu

    rows = []
    for column, axis in enumerate(axes):
        low, high = _ends(axis)
        values = numbers[:, column]
        third = np.clip((values - low) / max(high - low, 1e-300) * 3.0, 0, 2).astype(int)
        shares = [float(bad[third == k].mean()) if (third == k).any() else np.nan for k in range(3)]
        p = float(mannwhitneyu(values[bad], values[~bad]).pvalue) if np.ptp(values) > 0 else 1.0
        rows.append((axis.name, *shares, p))
    table = pd.DataFrame(rows, columns=["parameter", "lower", "middle", "upper", "p"])
    table = table.sort_values("p", kind="stable", ignore_index=True)
    # Holm: the smallest of m is held against m tests, the next against m - 1, never falling.
    held = table["p"].to_numpy() * np.arange(len(table), 0, -1)
    return table.assign(p=np.minimum(np.maximum.accumulate(held), 1.0))


def _tree(axes: Sequence[Axis], numbers: np.ndarray, bad: np.ndarray) -> pd.DataFrame:
    """Boxes of a decision tree in which failures are more frequent than in all, the worst first."""
    columns = ["region", "points", "failed_points", "share"]
    if min(int(bad.sum()), int((~bad).sum())) < FEWEST:
        return pd.DataFrame(columns=columns)
    from sklearn.tree import DecisionTreeClassifier

    fewest = max(FEWEST, len(bad) // 100)
    tree = DecisionTreeClassifier(max_depth=DEPTH, min_samples_leaf=fewest, random_state=1)
    tree.fit(numbers, bad)
    leaf = tree.apply(numbers)
    rows = []
    for number, bounds in _leaves(tree.tree_, 0, {}):
        inside = leaf == number
        if bounds and bad[inside].mean() > bad.mean():
            failed = int(bad[inside].sum())
            rows.append((_rule(axes, bounds), int(inside.sum()), failed, float(bad[inside].mean())))
    found = pd.DataFrame(rows, columns=columns)
    return found.sort_values(["share", "points"], ascending=False, ignore_index=True)


_Bounds = dict[int, tuple[float, float]]


def _leaves(tree: Any, node: int, bounds: _Bounds) -> Iterator[tuple[int, _Bounds]]:
    """Each leaf with the open box it stands for: above and up to, by column."""
    column, left = int(tree.feature[node]), int(tree.children_left[node])
    if left < 0:
        yield node, bounds
        return
    low, high = bounds.get(column, (-np.inf, np.inf))
    cut = float(tree.threshold[node])
    yield from _leaves(tree, left, {**bounds, column: (low, min(cut, high))})
    yield from _leaves(
        tree, int(tree.children_right[node]), {**bounds, column: (max(cut, low), high)}
    )


def _rule(axes: Sequence[Axis], bounds: _Bounds) -> str:
    parts = []
    for column, (low, high) in sorted(bounds.items()):
        axis = axes[column]
        if axis.values is not None:
            named = [str(x) for number, x in enumerate(axis.values) if low < number <= high]
            parts.append(f"{axis.name} = {' or '.join(named)}")
        elif np.isfinite(low) and np.isfinite(high):
            parts.append(f"{low:.4g} < {axis.name} ≤ {high:.4g}")
        else:
            parts.append(
                f"{axis.name} > {low:.4g}" if np.isfinite(low) else f"{axis.name} ≤ {high:.4g}"
            )
    return " and ".join(parts)
