"""What a mechanism is to the survey: what switches it off, where it should act, what must then move.

A lever or a shock is neutral by default: its world is compared with the same world without it. All
else is on by default: its world is compared with the same world at the neutral values. Where the
defaults leave a mechanism nothing to act on, its trials name settings that are just as believable.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Trial:
    """Believable settings at which a mechanism should act when it does not at the defaults.

    `settings` hold in both runs, `on` in the run with the mechanism only. `against`: the world of
    the other run where it is not the same one.
    """

    world: str = "plant"
    settings: Values = field(default_factory=dict)
    on: Values = field(default_factory=dict)
    against: str | None = None


@dataclass(frozen=True)
class Mechanism:
    """One mechanism.

    Attributes:
        name: as the command line takes it.
        meaning: what it is, in a few words.
        off: parameters at their neutral values; in the run without it.
        outcome: what must move.
        first: the reference case: the world and, for what is neutral by default, its values.
        trials: tried in turn where the reference case leaves it idle.
        enclave: off is a plant that buys nothing in the country but labour.
        idle: why it may have nothing to do.
    """

    name: str
    meaning: str
    off: Values
    outcome: str
    first: Trial = field(default_factory=Trial)
    trials: tuple[Trial, ...] = ()
    enclave: bool = False
    idle: str = ""

    def parameters(self) -> set[str]:
        """The parameters that switch it."""
        return {*self.off, *self.first.on}


# What a kit without a part is cheaper by is known to nobody; at the upper end of what is believed,
# with duty on the kit, or under a rule that asks for local parts, there are contracts for what follows
# from them to act on.
DEAR_KIT: Values = {"deletion_low": 0.8, "deletion_high": 1.0}
WITH_DUTY: Values = {"kit_exemption": 0.0}
CHAIN = (
    Trial("mandate"),
    Trial("plan", DEAR_KIT),
    Trial("plan", WITH_DUTY),
    Trial("volume", {**DEAR_KIT, **WITH_DUTY}),
)
NO_CONTRACT = "no maker of parts has a contract, so there is nothing to act on"
BIG_SHOWROOM: Values = {"dealer_least_profit": 1.2e7}
# Each of the few dealers of the model earns nearly 200m KGS a year, fifty times the least profit, which
# is that of one showroom. This one is what owners want who have a part of the trade so large.
BIG_DEALER: Values = {"dealer_least_profit": 1.6e8}


def lever(name: str, meaning: str, world: str, off: Values, outcome: str, **more: Any) -> Mechanism:
    """A lever or a shock with a world of its own, against the reference plant."""
    return Mechanism(name, meaning, off, outcome, Trial(world, against="plant"), **more)
