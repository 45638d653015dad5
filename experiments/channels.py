"""The effect by channel: what of it is left when one, some or all plant-linked flows are held.

A channel that is off follows its path in the control world of the same seed (`model.channels`).

    effect     = full − control
    direct     = all off − control            the plant itself and the hands and buyers it takes
    first-in   = only c on − all off          c alone
    last-out   = full − all but c on          what is lost without c
    interaction = full − all off − sum of first-in (or of last-out): no channel's own, so it is shown
    Shapley    = mean over all orders of switching on; sums to full − all off exactly

(Shorrocks 2013 (m) for the last.) Nothing is estimated: every number is the difference of two runs that share all draws.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from experiments.channel_split import Levels, Off, sets_off, split
from experiments.displacement import FIRM_COLUMNS, WORKER_COLUMNS, displacement
from experiments.effects import NoRunFinishedError, t_interval
from experiments.impact import WINDOW
from experiments.outcomes import outcomes, yearly_factor, yearly_unit
from experiments.panels import PanelPlan
from experiments.pool import Failure, run_all
from experiments.simulate import Results, Setup, prepare
from model.channels import Clamp, present
from model.errors import InputError, nearest

if TYPE_CHECKING:
    from model import World

OUTCOMES = ("employee_jobs", "employment", "value_added", "wage_bill", "real_value_added")
COLUMNS = ["outcome", "unit", "row", "part", "mean", "low", "high"]


@dataclass(frozen=True, eq=False)
class Channels:
    """The decomposition of one world's effect over another.

    `table`: rows of every outcome in the order of the page; columns outcome, unit, row, part
    ("first-in", "last-out", "shapley", or "" where there is one number), mean, low, high: 95 % t
    intervals over seeds, not a number with one. `by_seed`: the same with a column seed and no
    interval. `displacement`: see `experiments.displacement`. `unmet`: by seed and set of channels,
    what a clamp could not hold. `absent`: channels without a rule in this version.
    """

    table: pd.DataFrame
    by_seed: pd.DataFrame
    displacement: pd.DataFrame
    unmet: pd.DataFrame
    channels: tuple[str, ...]
    absent: tuple[str, ...]
    world: str
    against: str
    seeds: list[int]
    first: str
    last: str
    failures: list[Failure] = field(default_factory=list)

    def value(self, outcome: str, row: str, part: str = "", column: str = "mean") -> float:
        """One number of the table; KeyError when there is none."""
        t = self.table
        found = t.loc[(t["outcome"] == outcome) & (t["row"] == row) & (t["part"] == part), column]
        if found.empty:
            raise KeyError((outcome, row, part))
        return float(found.iloc[0])

    def to_pandas(self) -> pd.DataFrame:
        """A copy of the table."""
        return self.table.copy()


# --- What to run ------------------------------------------------------------------------------------


def count_runs(channels: Sequence[str], seeds: int, *, shapley: bool = False) -> int:
    """Runs that a decomposition takes, the control among them."""
    return seeds * (1 + len(sets_off(channels, shapley=shapley)))


def decompose(
    world: str | Path | World = "plant",
    against: str | Path | World = "none",
    seeds: Iterable[int] = range(1, 6),
    *,
    jobs: int = 1,
    shapley: bool = False,
    names: Sequence[str] = OUTCOMES,
    window: int = WINDOW,
    progress: Callable[[int, int, int], None] | None = None,
    **arguments: Any,
) -> Channels:
    """Split the effect of `world` over `against` by channel, mean of the last `window` months.

    `names`: outcomes of the whole country. `shapley`: every set of channels too, 64 runs a seed with
    six channels in the place of 14. `arguments` are those of `simulate` (pack, scale, horizon,
    settings). Raises `InputError` for an unknown outcome or a control with a plant, and
    NoRunFinishedError when not one seed ran to its end in all sets.
    """
    base = check(world, against, seeds, names=names, **arguments)
    channels = present(base[0].params.names())
    known = run_all(base, jobs=jobs, progress=progress)
    setups = clamped_setups(base, known, sets_off(channels, shapley=shapley))
    more = run_all([one for _, _, one in setups], jobs=jobs, progress=progress)
    runs, failures = gather(base, known, setups, more)
    if not runs:
        raise NoRunFinishedError(failures)
    return channels_of(runs, failures, channels, names=names, window=window, shapley=shapley)


def check(
    world: str | Path | World,
    against: str | Path | World,
    seeds: Iterable[int],
    *,
    names: Sequence[str] = OUTCOMES,
    **arguments: Any,
) -> list[Setup]:
    """The runs of control and full effect, seed by seed, with everything checked; runs nothing."""
    schema = outcomes()
    for name in names:
        if name not in schema:
            raise InputError(
                "unknown outcome", field="outcomes", value=name, hint=nearest(name, schema)
            )
    numbers = list(seeds)
    if not numbers:
        raise InputError("no seeds: name at least one", field="seeds", value=numbers)
    setups = []
    for seed in numbers:
        control = prepare(against, seed=seed, **arguments)
        full = prepare(world, seed=seed, **arguments)
        if control.world.plants:
            raise InputError(
                "the control world of a decomposition has no plant",
                field="against",
                value=control.world.name,
                allowed="a world without plants",
            )
        horizon = int(full.params.horizon)
        kept = PanelPlan(
            ("firms", "workers"),
            first=max(horizon - WINDOW, 0),
            workers_first=horizon - 12,
            share=1.0,
            firm_columns=FIRM_COLUMNS,
            worker_columns=WORKER_COLUMNS,
        )
        setups += [replace(control, panels=kept), replace(full, panels=kept)]
    return setups


def clamped_setups(
    base: Sequence[Setup], done: Sequence[Results | Failure], sets: Sequence[Off]
) -> list[tuple[int, Off, Setup]]:
    """(place of the seed, channels off, run) for every set but the empty one, where there is a path."""
    setups = []
    for k, (control, full) in enumerate(zip(done[::2], base[1::2], strict=True)):
        if isinstance(control, Failure):
            continue
        assert control.path is not None
        setups += [
            (k, off, replace(full, clamp=Clamp(off, control.path), panels=None))
            for off in sets
            if off
        ]
    return setups


@dataclass(frozen=True)
class SeedRuns:
    """The runs of one seed: the control, and the world by the set of channels that is off."""

    control: Results
    by_off: Mapping[Off, Results]

    @property
    def full(self) -> Results:
        """The world with every channel on."""
        return self.by_off[frozenset()]


def gather(
    base: Sequence[Setup],
    known: Sequence[Results | Failure],
    setups: Sequence[tuple[int, Off, Setup]],
    more: Sequence[Results | Failure],
) -> tuple[list[SeedRuns], list[Failure]]:
    """Runs by seed; a seed with any failed run is left out, its failures are kept."""
    failures = [one for one in (*known, *more) if isinstance(one, Failure)]
    runs = []
    for k in range(len(base) // 2):
        control, full = known[2 * k], known[2 * k + 1]
        rest = {off: one for (place, off, _), one in zip(setups, more, strict=True) if place == k}
        mine = (control, full, *rest.values())
        if any(isinstance(one, Failure) for one in mine):
            continue
        assert isinstance(control, Results)
        assert isinstance(full, Results)
        whole = {off: one for off, one in rest.items() if isinstance(one, Results)}
        runs.append(SeedRuns(control, {frozenset(): full, **whole}))
    return runs, failures


# --- What it says -----------------------------------------------------------------------------------


def channels_of(
    runs: Sequence[SeedRuns],
    failures: Sequence[Failure],
    channels: tuple[str, ...],
    *,
    names: Sequence[str] = OUTCOMES,
    window: int = WINDOW,
    shapley: bool = False,
) -> Channels:
    """The tables of runs that are already there."""
    from model.channels import CHANNELS

    rows = []
    for name in names:
        factor, unit = yearly_factor(outcomes()[name]), yearly_unit(outcomes()[name])
        for one in runs:
            level = _levels(one, name, window, factor)
            rows += [
                (one.control.seed, name, unit, *line)
                for line in split(level, channels, shapley=shapley)
            ]
    by_seed = pd.DataFrame(rows, columns=["seed", "outcome", "unit", "row", "part", "value"])
    dates = runs[0].control.monthly["date"].tail(window)
    return Channels(
        table=_with_intervals(by_seed),
        by_seed=by_seed,
        displacement=displacement([(one.full, one.control) for one in runs]),
        unmet=_unmet(runs),
        channels=channels,
        absent=tuple(name for name in CHANNELS if name not in channels),
        world=runs[0].full.world.name,
        against=runs[0].control.world.name,
        seeds=[one.control.seed for one in runs],
        first=f"{dates.iloc[0]:%Y-%m}",
        last=f"{dates.iloc[-1]:%Y-%m}",
        failures=list(failures),
    )


# What of an outcome is the plant's own, by name of the outcome that measures it.
_OWN = {"employee_jobs": "plant_jobs", "value_added": "value_added_vehicles"}


def _levels(runs: SeedRuns, name: str, window: int, factor: float) -> Levels:
    def mean(run: Results, outcome: str) -> float:
        return factor * float(run.monthly[outcome].tail(window).mean())

    most = max(runs.by_off, key=len)
    own = math.nan
    if name in _OWN:
        own = mean(runs.by_off[most], _OWN[name]) - mean(runs.control, _OWN[name])
    return Levels(
        mean(runs.control, name), {off: mean(run, name) for off, run in runs.by_off.items()}, own
    )


def _with_intervals(by_seed: pd.DataFrame) -> pd.DataFrame:
    lines = []
    for (name, unit, row, part), group in by_seed.groupby(
        ["outcome", "unit", "row", "part"], sort=False
    ):
        mean, low, high = t_interval(group["value"].to_numpy(float))
        lines.append((name, unit, row, part, float(mean), float(low), float(high)))
    return pd.DataFrame(lines, columns=COLUMNS)


def _unmet(runs: Sequence[SeedRuns]) -> pd.DataFrame:
    """What clamps could not hold: seed, channels off, channel, amount (KGS or firms, agent units)."""
    rows = [
        (one.control.seed, "+".join(sorted(off)), channel, amount)
        for one in runs
        for off, run in one.by_off.items()
        for channel, amount in (run.path.unmet.items() if run.path is not None else ())
    ]
    return pd.DataFrame(rows, columns=["seed", "off", "channel", "amount"])
