"""Why the model's answer is not the input-output one: each constraint released, in both worlds.

The input-output table knows no bound on output, no imports that answer prices, no worker who has to
be found and leaves other work behind, no price. A constraint is released by setting the parameters
through which it acts to values at which it does not; then the world with the plant and the world
without are run again. The gap of a measure, outside the plant, is

    gap   = Type II − model
    closed by c      = gap − gap with c released
    joint effect     = gap − gap with all released − sum of the above
    unexplained      = gap with all released

so that the parts add up to the gap exactly. Type II is worked out anew from what the plant buys and
pays in each run. What no parameter can release stays in *unexplained*: people are as many as there
are; what nobody at home can serve is imported; the state's and the car market's response; saving
(households in the model spend what they have saved in time, those of Type II never do).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Release:
    """Parameter values at which one constraint does not bind, and why they do that."""

    settings: Mapping[str, Any]
    why: str


RELEASES: Mapping[str, Release] = {
    "capacity": Release(
        {"capital_headroom": 10.0, "pool_stretch": 5.0},
        "capital allows ten times the norm's output, own-account workers five times theirs, so "
        "neither stops a sale; investment follows sales as before",
    ),
    "imports": Release(
        {"import_elasticity": 0.0, "import_substitution": 0.0},
        "import shares keep to the base year's whatever prices do, and a named supplier's "
        "shortfall is not imported",
    ),
    "hiring": Release(
        {
            "pool_crowding": 0.0,
            "search_looks": 12,
            "search_rounds": 6,
            "autonomy_premium": -0.9,
            "unemployed_reservation": 0.0,
        },
        "who leaves own-account work leaves no sales behind (Lewis 1954), people look at many jobs "
        "a month, and nobody refuses one for its wage: an opening is filled",
    ),
    "prices": Release(
        {
            "wage_raise": 0.0,
            "wage_cut": 0.0,
            "wage_floor_share": 0.0,
            "markup_stock_response": 0.0,
            "price_review_rate": 0.01,
            "seller_elasticity": 0.0,
            "goods_export_elasticity": 0.0,
        },
        "wage offers and mark-ups keep still, prices are reviewed once in eight years, and neither "
        "home buyers nor foreigners answer prices",
    ),
}
TOGETHER = "together"


def release_settings() -> dict[str, dict[str, Any]]:
    """The parameter values of every run of releases: each constraint, and all together."""
    one = {name: dict(release.settings) for name, release in RELEASES.items()}
    everything = {key: value for settings in one.values() for key, value in settings.items()}
    return {**one, TOGETHER: everything}


def gap_rows(gap: float, released: Mapping[str, float]) -> list[tuple[str, float]]:
    """(reason, part of the gap): each constraint, what they close only together, unexplained.

    `released`: the gap that is left by name of the release, `TOGETHER` among them.
    """
    closed = [(name, gap - released[name]) for name in RELEASES]
    beyond = gap - released[TOGETHER] - sum(part for _, part in closed)
    return [*closed, (BEYOND, beyond), (UNEXPLAINED, released[TOGETHER])]


BEYOND, UNEXPLAINED = "joint effect", "unexplained"
