"""Margins and concentration: what n unequal sellers of like goods earn on average.

Identity (Cowling & Waterson 1976): under Cournot competition the share-weighted mean of
(price − cost) / price is the Herfindahl index of their shares over the elasticity of demand.
"""

from __future__ import annotations

from collections.abc import Sequence

# A margin at which nearly all of the price is rent is not believed, however few are left.
_HIGHEST_LERNER = 0.8


def herfindahl(shares: Sequence[float]) -> float:
    """Sum of squared shares; 1/n for n equal sellers, 1 for one alone."""
    total = sum(shares)
    return sum((x / total) * (x / total) for x in shares) if total > 0.0 else 1.0


def lerner_index(shares: Sequence[float], elasticity: float) -> float:
    """Mean of (price − cost) / price: Herfindahl index over the elasticity of demand."""
    return herfindahl(shares) / elasticity


def concentrated_margin(margin: float, before: Sequence[float], now: Sequence[float]) -> float:
    """The margin on cost when shares are `now`, if it was `margin` when they were `before`.

    At an unchanged elasticity the Lerner index moves with the Herfindahl index. Exactly `margin`
    while the shares are the same.
    """
    was, is_now = herfindahl(before), herfindahl(now)
    if is_now == was:
        return margin
    lerner = min(margin / (1.0 + margin) * is_now / was, _HIGHEST_LERNER)
    return lerner / (1.0 - lerner)
