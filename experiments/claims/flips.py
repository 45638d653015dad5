"""Under which conditions a verdict flips: scenario discovery with a shallow tree, checked on what it has not seen.

A classification tree (Breiman et al. 1984; as a tool of scenario discovery Lempert, Bryant & Bankes 2008)
cuts the space of parameters into boxes; the one is taken in which the claim comes out the other way in
most cases. With twenty parameters and a hundred cases it finds a dense box in pure noise too. So the
whole procedure is repeated on nine tenths of the points and judged on the last tenth, ten times: a
condition counts only if the held-out cases inside the box decide the same way by the rule of
`decide.py`, and flip more often than cases at large.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from experiments.claims.decide import Decision, Verdict, decide

__all__ = ["Bound", "Condition", "Flip", "find_flip"]

DENSITY = 0.8  # so large a share of a box's cases should flip
LEAST_CASES = 10  # in a box
LEAST_FLIPS = 5  # fewer flips than this say nothing
SIGNIFICANT = 0.05
FOLDS = 10
MOST_BOUNDS = 3
FEW_VALUES = 5

Box = Mapping[str, tuple[float, float]]
Outcome = Literal["found", "everywhere", "nowhere", "no pattern"]


@dataclass(frozen=True)
class Bound:
    """One side of a box: a parameter from `low` to `high`; `None` where the range itself ends."""

    parameter: str
    low: float | None
    high: float | None
    quasi_p: float


@dataclass(frozen=True)
class Condition:
    """A box of parameters and how well it tells cases that flip from others.

    coverage: share of all flips that lie in it. density: share of its cases that flip; the same on
    held-out cases, with their number. mass: share of all cases. `held_out`: the rule on those cases.
    """

    bounds: tuple[Bound, ...]
    coverage: float
    density: float
    mass: float
    held_out_density: float
    held_out_cases: int
    held_out: Decision | None


@dataclass(frozen=True)
class Flip:
    """What the ranges say of one claim.

    target: the verdict that was looked for. share: of all cases in which the claim holds. `by_dose`:
    the same and the number of cases. `found`: whether the condition counts; one that does not is kept, to be shown.
    """

    target: Verdict
    outcome: Outcome
    cases: int
    share: float
    condition: Condition | None
    by_dose: dict[str, tuple[float, int]] = field(default_factory=dict)

    @property
    def found(self) -> bool:
        """Whether a condition was found that counts."""
        return self.outcome == "found"


def find_flip(
    cases: pd.DataFrame,
    effects: np.ndarray,
    points: np.ndarray,
    *,
    margin: float,
    side: int,
    reference: Verdict,
    bar: bool = False,
) -> Flip:
    """Look for the box of parameters in which a claim comes out otherwise than at the reference.

    `cases`: a row a case, a numeric column a parameter. `effects` [cases]: paired effects; not a
    number: left out. `points` [cases]: which cases belong together (same parameters, same draws).
    Where the reference is open, cases in which the claim holds are looked for.
    """
    known = ~np.isnan(effects)
    x, e, group = cases[known].reset_index(drop=True), effects[known], np.asarray(points)[known]
    holds = side * e > margin
    target: Verdict = "fails" if reference == "holds" else "holds"
    flips = ~holds if target == "fails" else holds
    n, k = len(e), int(flips.sum())
    share = float(holds.mean()) if n else float("nan")
    if k < LEAST_FLIPS:
        return Flip(target, "nowhere", n, share, None)
    if n - k < LEAST_FLIPS:
        return Flip(target, "everywhere", n, share, None)
    box = best_box(x, flips)
    if not box:
        return Flip(target, "no pattern", n, share, None)
    rule = {"margin": margin, "side": side, "bar": bar}
    condition = _judged(x, e, flips, group, box, rule)
    good = condition.held_out is not None and condition.held_out.verdict == target
    good &= _more_often(condition, k / n)
    return Flip(target, "found" if good else "no pattern", n, share, condition)


def _more_often(condition: Condition, base: float) -> bool:
    """Whether held-out cases in the box flip more often than cases at large, beyond chance."""
    if condition.held_out_cases == 0:
        return False
    hits = round(condition.held_out_density * condition.held_out_cases)
    found = binomtest(hits, condition.held_out_cases, base, alternative="greater")
    return bool(found.pvalue < SIGNIFICANT)


def inside(x: pd.DataFrame, box: Box) -> np.ndarray:
    """Which cases lie in a box, ends included; bool [cases]."""
    within = np.ones(len(x), bool)
    for name, (low, high) in box.items():
        values = x[name].to_numpy(float)
        within &= (values >= low) & (values <= high)
    return within


def _judged(
    x: pd.DataFrame, e: np.ndarray, flips: np.ndarray, group: np.ndarray, box: Box, rule: Any
) -> Condition:
    within = inside(x, box)
    tested = held_out(x, flips, group)
    by_point = pd.Series(e[tested]).groupby(group[tested]).mean().to_numpy()
    return Condition(
        bounds=tuple(_bound(x, flips, box, name) for name in box),
        coverage=float(flips[within].sum() / flips.sum()),
        density=float(flips[within].mean()),
        mass=float(within.mean()),
        held_out_density=float(flips[tested].mean()) if tested.any() else float("nan"),
        held_out_cases=int(tested.sum()),
        held_out=decide(by_point, **rule) if tested.any() else None,
    )


def held_out(x: pd.DataFrame, flips: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Cases inside the box that was found without their own point, bool [cases].

    Points go to the folds in turn, so that the folds do not depend on anything random.
    """
    order = {point: k for k, point in enumerate(dict.fromkeys(group.tolist()))}
    fold = np.array([order[point] % FOLDS for point in group.tolist()])
    chosen = np.zeros(len(x), bool)
    for number in range(FOLDS):
        test = fold == number
        seen = flips[~test]
        if seen.sum() < LEAST_FLIPS or (~seen).sum() < LEAST_FLIPS:
            continue
        box = best_box(x[~test].reset_index(drop=True), seen)
        if box:
            chosen |= test & inside(x, box)
    return chosen


# --- One box --------------------------------------------------------------------------------------


def best_box(x: pd.DataFrame, flips: np.ndarray) -> dict[str, tuple[float, float]]:
    """The box of few parameters in which most cases flip; empty when none stands out.

    Of the tree's boxes the one with most flips that is dense enough, or the densest; then every
    restriction goes that chance could explain (quasi-p above 5 %, Bryant & Lempert 2010), the
    least convincing first. The parameters that are left make a tree of their own once more, for
    what the others took is given back to them.
    """
    left = prune(x, flips, choose(boxes_of_tree(x, flips), x, flips))
    if not left:
        return {}
    few = x[list(left)]
    return prune(few, flips, choose(boxes_of_tree(few, flips), few, flips))


def choose(boxes: Sequence[Box], x: pd.DataFrame, flips: np.ndarray) -> Box:
    """The box with most flips among those dense enough, or the densest."""
    scored = [(flips[inside(x, box)], box) for box in boxes]
    dense = [(float(y.sum()), box) for y, box in scored if len(y) and y.mean() >= DENSITY]
    if dense:
        return max(dense, key=lambda one: one[0])[1]
    return max(scored, key=lambda one: float(one[0].mean()) if len(one[0]) else 0.0)[1]


def boxes_of_tree(x: pd.DataFrame, flips: np.ndarray) -> list[dict[str, tuple[float, float]]]:
    """The boxes of all nodes of a tree of at most three cuts in a row; never none.

    A cut lies half way between two values; ends that are not cut are the cases' own.
    """
    from sklearn.tree import DecisionTreeClassifier

    least = min(LEAST_CASES, max(len(x) // 4, 1))
    grown = DecisionTreeClassifier(max_depth=MOST_BOUNDS, min_samples_leaf=least, random_state=0)
    tree = grown.fit(x.to_numpy(float), flips).tree_
    names = [str(name) for name in x.columns]
    ends = {name: (float(x[name].min()), float(x[name].max())) for name in names}
    boxes: list[dict[str, tuple[float, float]]] = []
    nodes: list[tuple[int, dict[str, tuple[float, float]]]] = [(0, {})]
    while nodes:
        node, box = nodes.pop()
        boxes.append(box)
        if tree.children_left[node] < 0:
            continue
        name, cut = names[tree.feature[node]], float(tree.threshold[node])
        low, high = box.get(name, ends[name])
        nodes.append((int(tree.children_left[node]), {**box, name: (low, cut)}))
        nodes.append((int(tree.children_right[node]), {**box, name: (cut, high)}))
    return boxes


def prune(x: pd.DataFrame, flips: np.ndarray, box: Box) -> dict[str, tuple[float, float]]:
    """The box without restrictions that chance could explain."""
    left = dict(box)
    while left:
        worth = {name: quasi_p(x, flips, left, name) for name in left}
        worst = max(worth, key=lambda name: worth[name])
        if worth[worst] <= SIGNIFICANT:
            break
        del left[worst]
    return left


def quasi_p(x: pd.DataFrame, flips: np.ndarray, box: Box, name: str) -> float:
    """Chance of so many flips in the box if one restriction did nothing (one-sided binomial)."""
    without = {key: ends for key, ends in box.items() if key != name}
    wide, narrow = flips[inside(x, without)], flips[inside(x, box)]
    if len(narrow) == 0 or len(narrow) == len(wide):
        return 1.0
    test = binomtest(int(narrow.sum()), len(narrow), float(wide.mean()), alternative="greater")
    return float(test.pvalue)


def _bound(x: pd.DataFrame, flips: np.ndarray, box: Box, name: str) -> Bound:
    """One side as it is told: ends of the range are none, few values are named themselves."""
    low, high = box[name]
    values = np.unique(x[name].to_numpy(float))
    worth = quasi_p(x, flips, box, name)
    if len(values) <= FEW_VALUES:
        inner = values[(values >= low) & (values <= high)]
        low, high = float(inner[0]), float(inner[-1])
    return Bound(name, low if low > values[0] else None, high if high < values[-1] else None, worth)


def shares_by_dose(
    names: Sequence[str], dose: np.ndarray, effects: np.ndarray, margin: float, side: int
) -> dict[str, tuple[float, int]]:
    """Of each dose: the share of its cases in which the claim holds, and their number."""
    found = {}
    for number, name in enumerate(names):
        e = effects[(dose == number) & ~np.isnan(effects)]
        found[name] = (float((side * e > margin).mean()) if len(e) else float("nan"), len(e))
    return found
