"""Rules of a tender as pure functions: what a local part saves, what it costs, who qualifies.

Limits: a bid falls with volume and rises with the firm's cost; without deletion allowance and
freight nothing is saved, with a full allowance all of the part's price; below any threshold the
first that is missed is the reason.
"""

from __future__ import annotations

import math

import numpy as np

from model.contracts import (
    NOT_CAPACITY,
    NOT_CERTIFIED,
    NOT_DISTANCE,
    NOT_FINANCE,
    NOT_QUALITY,
    NOT_SCALE,
    WON,
)

# --- The buyer ------------------------------------------------------------------------------------


def set_saving(value: np.ndarray, deletion: np.ndarray, freight: float) -> np.ndarray:
    """What a kit gets cheaper when a part worth `value` at the border is left out of it, KGS [C].

    Freight and packing are saved in full, of the rest only the deletion allowance (Baranson 1969).
    """
    return value * (deletion * (1.0 - freight) + freight)


def tender_limit(saving: float, duty_rate: float, vat_rate: float, premium: float) -> float:
    """The most a plant pays for a set, KGS: kit, duty and the VAT on the duty saved, and a premium.

    VAT on the kit itself is credited when the car is sold, so it saves nothing. Rates are those
    that the plant really pays: 0 while it is exempt.
    """
    return saving * (1.0 + duty_rate * (1.0 + vat_rate)) * (1.0 + premium)


def expected_volume(trust: float, announced: float, realised: float) -> float:
    """Cars a year that suppliers reckon with: between what is announced and what was made."""
    return trust * announced + (1.0 - trust) * realised


def next_volume_trust(trust: float, realised: float, announced: float, speed: float) -> float:
    """Trust in announcements follows what was realised of them, at most all (rules.md 19)."""
    if announced <= 0.0:
        return trust
    return trust + speed * (min(realised / announced, 1.0) - trust)


def open_lots(uncovered: float, sourcing: int) -> list[float]:
    """Shares of the plant's need that are put out to tender: one, or 0.6 and 0.4 when dual."""
    if uncovered <= 1e-9:
        return []
    if sourcing >= 2 and uncovered > 1.0 - 1e-9:
        return [0.6, 0.4]
    return [uncovered]


# --- The bidder -----------------------------------------------------------------------------------


def capital_recovery(rate: float, years: float) -> float:
    """Yearly payment that pays back 1 with interest in `years`: r / (1 − (1 + r)^−n)."""
    if rate <= 0.0:
        return 1.0 / years
    return rate / (1.0 - math.pow(1.0 + rate, -years))


def scale_factor(volume: float, mes: float, elasticity: float) -> float:
    """Unit cost at `volume` against that at the least efficient scale: (V / MES)^−elasticity."""
    return math.pow(max(volume, 1e-9) / mes, -elasticity)


def units_per_set(base_value: float, scale: float, freight: float) -> float:
    """Units of the seller's good that one set takes, delivered.

    A set worth `base_value` is as many units at efficient scale; a small series takes more work and
    material, and the haul uses up its share (Samuelson's iceberg 1954).
    """
    return base_value * (scale + freight)


def bid_price(
    markup: float,
    unit_cost: float,
    units: float,
    bought_in: float,
    tooling: float,
    recovery: float,
    sets: float,
) -> float:
    """Price of a set, KGS: (1 + μ) · c · units + tooling · recovery / sets a year (rules.md 19).

    What is bought in abroad is passed on at cost.
    """
    return markup * unit_cost * units + bought_in + tooling * recovery / max(sets, 1e-9)


def tooling_cost(base: float, step: float, complexity: int) -> float:
    """Tools for a part: `base` at complexity 2, `step` times as much for each step up."""
    return base * math.pow(step, complexity - 2.0)


def quality_asked(
    base: float, complexity_step: float, stage_step: float, complexity: int, stage: int
) -> float:
    """The quality below which a part is not taken: rises with its complexity and the stage."""
    return base + complexity_step * (complexity - 1) + stage_step * (stage - 1)


def first_failure(
    *,
    quality: tuple[float, float],
    certified: bool,
    volume: tuple[float, float],
    extra: tuple[float, float],
    means: tuple[float, float],
    freight: tuple[float, float],
) -> int:
    """The first condition that a candidate misses, in this order; WON if none: then price decides.

    The certificate comes last, for it can be had in time: whoever misses it misses nothing else.

    Pairs are (what it has, what is asked) for quality, volume and means; (what it takes, what is
    allowed) for extra output and freight.
    """
    if quality[0] < quality[1]:
        return NOT_QUALITY
    if volume[0] < volume[1]:
        return NOT_SCALE
    if extra[0] > extra[1]:
        return NOT_CAPACITY
    if means[0] < means[1]:
        return NOT_FINANCE
    if freight[0] > freight[1]:
        return NOT_DISTANCE
    return WON if certified else NOT_CERTIFIED
