"""One run that a visitor may ask for: canonical, small, checked, the same for the same question."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from experiments.simulate import Setup
    from model import World

HORIZON = 240
PACKS = ("kyrgyzstan", "valley")
# People that one agent stands for; the first is the app's default.
SCALES = {"kyrgyzstan": (50, 100, 200, 20, 10), "valley": (1,)}
SEEDS = (1, 9999)
FULL, SERIES, LIFE, LIVES = "full", "series", "life", "lives"


@dataclass(frozen=True)
class RunRequest:
    """A world without its names as TOML, where and with which seed, and how much is told of it.

    `detail`: FULL (firms, contracts, flows too), SERIES (the country's outcomes alone), LIFE (that of
    `whom`: "worker 17", "firm 17") or LIVES (by which lives are chosen).
    """

    world: str
    pack: str
    scale: int
    seed: int
    detail: str = FULL
    horizon: int = HORIZON
    whom: str = ""

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
