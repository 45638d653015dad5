"""Channels of a plant's effect: what a run's flows were, and clamps that hold a flow to that path.

A channel is *off* when its plant-linked flow follows its path in the control world of the same seed
(rules.md 25; the logic of a mediation analysis, Pearl 2001 (m), with simulated paths in the place of
estimates). Identity: a world clamped to its own path is that world, bit for bit, because every
clamp then multiplies by one, keeps a number or draws up the same list.

Nothing here is active without a `Clamp`; a `Path` is recorded in every run and read by no rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numba import njit

from model.errors import InputError, nearest
from model.workers import ABROAD

if TYPE_CHECKING:
    from model.model import RegionalModel
    from model.worlds import World

SUPPLIER, INCOME, KNOWLEDGE = "supplier", "income", "knowledge"
MOBILITY, ENTREPRENEURSHIP, BUDGET = "mobility", "entrepreneurship", "budget"
CHANNELS = (SUPPLIER, INCOME, KNOWLEDGE, MOBILITY, ENTREPRENEURSHIP, BUDGET)

# Parameters at which a channel's rule does nothing. Without a plant nobody knows more than the
# trade's norm, so in the control these rules move nothing and such a value is its path.
NEUTRAL: Mapping[str, Mapping[str, float]] = {
    KNOWLEDGE: {"assistance_rate": 0.0, "supplier_progress_ratio": 1.0, "imitation_rate": 0.0},
    MOBILITY: {"mobility_rate": 0.0},
}


class Opening(NamedTuple):
    """A firm that an individual founded: the founder's row and identity, and the sector."""

    founder: int
    identity: int
    sector: int


@dataclass
class Path:
    """What a run records for others to be clamped to; one entry a month from period 0.

    Attributes:
        budgets: households' consumption budgets by region, KGS [R].
        transfers: what government paid to residents, KGS.
        openings: firms founded, in the order of founding.
        unmet: what this run's own clamp could not hold, in all: `income` in KGS of budgets that
            exceeded what households had, `entrepreneurship` in firms.
    """

    budgets: list[np.ndarray] = field(default_factory=list)
    transfers: list[float] = field(default_factory=list)
    openings: list[tuple[Opening, ...]] = field(default_factory=list)
    unmet: dict[str, float] = field(default_factory=dict)

    def note_incomes(self, model: RegionalModel) -> None:
        """This month's budgets and transfers."""
        if model.period >= 0:
            self.budgets.append(model.region_budget.copy())
            self.transfers.append(float(model.government.transfers))

    def note_openings(self, period: int, opened: Iterable[Opening]) -> None:
        """This month's founders."""
        if period >= 0:
            self.openings.append(tuple(opened))

    def miss(self, channel: str, amount: float) -> None:
        """Add to what a clamp could not hold."""
        if amount > 0.0:
            self.unmet[channel] = self.unmet.get(channel, 0.0) + amount


@dataclass(frozen=True)
class Clamp:
    """Channels that are off, and the control's path that their flows follow.

    Without `off` every method hands back what it was given. Raises `InputError` for an unknown
    channel.
    """

    off: frozenset[str] = frozenset()
    path: Path = field(default_factory=Path)

    def __post_init__(self) -> None:
        object.__setattr__(self, "off", frozenset(self.off))
        for name in sorted(self.off):
            if name not in CHANNELS:
                allowed = ", ".join(CHANNELS)
                hint = nearest(name, CHANNELS)
                raise InputError(
                    "unknown channel", field="off", value=name, allowed=allowed, hint=hint
                )

    def check_length(self, months: int) -> None:
        """InputError unless the path covers the horizon."""
        if self.off and len(self.path.budgets) < months:
            raise InputError(
                "the control's path is too short",
                field="path",
                value=len(self.path.budgets),
                allowed=f"{months} months or more",
            )

    def holds(self, channel: str, period: int) -> bool:
        """Whether this channel is clamped in this month; never in the burn-in."""
        return channel in self.off and period >= 0

    def clamp_world(self, world: World) -> World:
        """Supplier channel: plants that buy nothing in the country but labour, as in `enclave`."""
        if SUPPLIER not in self.off:
            return world
        return replace(
            world, plants=tuple(replace(site, local_purchases=False) for site in world.plants)
        )

    def clamp_values(self, values: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
        """Knowledge and mobility: neutral rates in place of those that a world or event sets.

        Only names that are parameters of this version (`names`) are set.
        """
        known = set(names)
        neutral = {
            name: value
            for channel in self.off
            for name, value in NEUTRAL.get(channel, {}).items()
            if name in known
        }
        return {**values, **neutral}

    def clamp_transfers(self, period: int, planned: float) -> float:
        """Budget channel: what government pays to residents, KGS; debt takes up the difference."""
        return self.path.transfers[period] if self.holds(BUDGET, period) else planned

    def clamp_budgets(self, model: RegionalModel) -> None:
        """Income channel: regional budgets as in the control; what is not spent stays saved.

        target[r] = path[r] + income_propensity · (transfers − path's) · residents[r] / residents
        budget'   = min(budget · target[r] / actual[r], savings)

        What other transfers than the control's would be spent is the budget channel's, not this
        one's, or that channel could never work alone. What households do not have they do not
        spend: that part is noted as unmet.
        """
        if not self.holds(INCOME, model.period):
            return
        more = model.government.transfers - self.path.transfers[model.period]
        heads = model.heads[:, 1:ABROAD].sum(axis=1)
        share = heads / max(int(heads.sum()), 1)
        actual = model.region_budget
        target = self.path.budgets[model.period] + model.params.income_propensity * more * share
        target = np.maximum(target, 0.0)
        factor = np.where(actual > 0.0, target / np.where(actual > 0.0, actual, 1.0), 1.0)
        w = model.workers
        budgets = np.zeros_like(actual)
        scale_budgets(factor, w.region, w.savings, w.budget, budgets)
        model.region_budget = budgets
        short = target - budgets
        # Below rounding of sums it is met.
        model.path.miss(INCOME, float(short[short > 1e-9 * target].sum()))

    def list_founders(self, model: RegionalModel, found: int, funds: np.ndarray) -> int:
        """Entrepreneurship channel: the control's founders of this month in place of `found` ones.

        Writes `founder_rows` and `founder_sectors` and returns how many. A founder who is another
        person by now, works abroad, or lacks the funds [R, S] cannot found: noted as unmet.
        """
        if not self.holds(ENTREPRENEURSHIP, model.period):
            return found
        w, n = model.workers, 0
        for opening in self.path.openings[model.period]:
            i = opening.founder
            same = int(w.identity[i]) == opening.identity and w.status[i] != ABROAD
            if same and w.savings[i] >= funds[w.region[i], opening.sector]:
                model.founder_rows[n], model.founder_sectors[n] = i, opening.sector
                n += 1
        model.path.miss(ENTREPRENEURSHIP, float(len(self.path.openings[model.period]) - n))
        return n

    def entry_open(self, period: int) -> bool:
        """Whether firms may enter that the control does not have: suppliers, spin-offs, followers."""
        return not self.holds(ENTREPRENEURSHIP, period)


@njit(cache=True)
def scale_budgets(factor, region, savings, budget, region_budget):  # type: ignore[no-untyped-def]
    """Multiply each household's budget by its region's factor, up to its deposits; sum by region.

    `factor` [R] >= 0; writes `budget` and adds up `region_budget` [R] in row order.
    """
    for i in range(len(region)):
        r = region[i]
        wish = budget[i] * factor[r]
        budget[i] = min(wish, max(savings[i], 0.0))
        region_budget[r] += budget[i]


def present(names: Iterable[str]) -> tuple[str, ...]:
    """Channels of this version: those of rates exist where one of their parameters (`names`) does."""
    known = set(names)
    return tuple(c for c in CHANNELS if c not in NEUTRAL or known & set(NEUTRAL[c]))
