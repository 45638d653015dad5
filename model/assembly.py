"""Rules of assembling cars from kits, as pure functions: learning, output, kits, crew.

Limits: with no orders nothing is made; output is never above capacity, kits or what the crew's
hours allow; each doubling of experience multiplies hours by the progress ratio.
"""

from __future__ import annotations

import math


def hours_per_car(
    experience: float, hours: float, reference: float, progress_ratio: float
) -> float:
    """Labour hours for a car after `experience` cars: Wright (1936), h = hours · (x/reference)^−b.

    b = −log2(progress ratio): each doubling of experience multiplies hours by the ratio.
    """
    b = -math.log2(progress_ratio)
    return hours * math.pow(max(experience, 1.0) / reference, -b)


def remembered(experience: float, made: float, retention: float) -> float:
    """Experience after a month: what is kept of the old, plus the cars made (Benkard 2000).

    With constant output q and retention λ < 1 it settles at q / (1 − λ).
    """
    return retention * experience + made


def planned_output(expected: float, stock: float, cover: float, capacity: float) -> float:
    """Expected orders and a third of the stock gap (rules.md 18); within 0 and capacity."""
    wish = expected + (cover * expected - stock) / 3.0
    return min(max(wish, 0.0), capacity)


def feasible_output(plan: float, kits: float, hours_at_hand: float, hours: float) -> float:
    """The plan, as far as kits and the crew's hours go (Leontief)."""
    return max(min(plan, kits, hours_at_hand / hours), 0.0)


def assembled(unfinished: float, rate: float, sets: float) -> tuple[int, float, float]:
    """Whole cars made, the part of a car left under way, and the work done, all in cars.

    Work is what cars and the one under way have grown by: over any time it is cars made plus what is
    under way more than before. A line that waits for a part does none, however long it waits. Of `sets`
    less than one car's there is no more under way than that.
    """
    under_way = min(unfinished + rate, sets)
    made = int(under_way)
    return made, max(under_way - made, 0.0), max(under_way - unfinished, 0.0)


def ramped_capacity(capacity: float, months_open: int, ramp_months: float) -> float:
    """Capacity a month: grows in equal steps to the full one over `ramp_months`."""
    if months_open < 0:
        return 0.0
    return capacity / 12.0 * min((months_open + 1.0) / max(ramp_months, 1.0), 1.0)


def kits_to_order(
    planned: float, kits: float, in_transit: float, cover: float, lead: float
) -> float:
    """Kits that lift the position to `cover` + `lead` months of planned output; never negative."""
    return max(planned * (1.0 + cover + lead) - kits - in_transit, 0.0)


def wanted_crew(output: float, hours: float, hours_per_worker: float, fixed_crew: float) -> int:
    """Workers for the month's output, rounded up, and the fixed crew (all agent units)."""
    return math.ceil(output * hours / hours_per_worker + fixed_crew - 1e-9)
