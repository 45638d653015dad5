"""Small runs that several test files share; each is computed once."""

from functools import cache

from experiments.effects import Pairs
from experiments.simulate import Results, simulate

PACK = "valley"
BURN_IN = 3
HORIZON = 14
SMALL = {"pack": PACK, "horizon": HORIZON, "settings": {"burn_in": BURN_IN}}


@cache
def small(world: str = "plant", seed: int = 1) -> Results:
    return simulate(world, seed=seed, **SMALL)


@cache
def small_pairs() -> Pairs:
    return Pairs(
        [small("plant", seed) for seed in (1, 2)], [small("none", seed) for seed in (1, 2)]
    )
