"""One run that a visitor may ask for: canonical, small, checked, the same for the same question."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from model.packs import load_pack, pack_names

if TYPE_CHECKING:
    from experiments.simulate import Setup
    from model import World

HORIZON = 240
# All packs that the project carries, the reference case first.
PACKS = tuple(sorted(pack_names(), key=lambda name: (name != "kyrgyzstan", name)))
# What a scale may make of a country, in people of the miniature: usual at most, least, most.
_USUAL, _LEAST, _MOST = 150_000, 30_000, 750_000


def scales_for(people: float) -> tuple[int, ...]:
    """People that one agent stands for: the app's default, then coarser ones, then finer ones."""
    steps = (1, 10, 20, 50, 100, 200)
    usual = next((one for one in steps if people / one <= _USUAL), steps[-1])
    coarser = [one for one in steps if one > usual and people / one >= _LEAST]
    finer = [one for one in reversed(steps) if one < usual and people / one <= _MOST]
    return (usual, *coarser, *finer)


SCALES = {name: scales_for(float(load_pack(name).population.sum())) for name in PACKS}
SEEDS = (1, 9999)
FULL, SERIES = "full", "series"


@dataclass(frozen=True)
class RunRequest:
    """A world without its names as TOML, where and with which seed, and how much is told of it.

    `detail`: FULL (firms, contracts, flows too) or SERIES (the country's outcomes alone).
    """

    world: str
    pack: str
    scale: int
    seed: int
    detail: str = FULL
    horizon: int = HORIZON

    @cached_property
    def key(self) -> str:
        """The same for the same run, whoever asks: what the cache goes by."""
        canonical = json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    @property
    def start(self) -> tuple[str, int, int]:
        """What runs with the same burn-in have in common."""
        return self.pack, self.scale, self.seed

    def setup(self) -> Setup:
        """The run, checked. Raises `model.errors.InputError`."""
        from experiments.simulate import prepare
        from model import World

        world = World.from_toml(self.world, name="run")
        return prepare(
            world, pack=self.pack, scale=self.scale, seed=self.seed, horizon=self.horizon
        )


def request_of(
    world: World, *, pack: str, scale: int, seed: int, detail: str = FULL, horizon: int = HORIZON
) -> RunRequest:
    """The request for a world; its name, title and question make no difference to a run."""
    bare = replace(world, title="", question="")
    return RunRequest(bare.to_toml(), pack, scale, seed, detail, horizon)
