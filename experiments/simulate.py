"""`simulate`: the one door through which everything runs the model.

The command line, paired effects, studies and the browser app all call it, so that a world, a
seed and a set of parameters mean the same run everywhere.
"""

from __future__ import annotations

import operator
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from experiments.panels import PanelPlan
    from model import Params, RegionalModel, World
    from model.channels import Clamp
    from model.channels import Path as FlowPath

# pandas and the model are imported where they are used: this file is read by `ornok --help`.

Progress = Callable[[int, int], None]
"""Called after each month with (months done, months in all), burn-in included."""

_SEEDS = 2**63


@dataclass(frozen=True, eq=False)
class Results:
    """What one run left behind.

    `monthly`: one row a month from period 0 (index `period`, column `date`), one column an
    outcome of the whole country. `regional`: tidy, columns period, date, region, then one
    column an outcome. Units are in `.attrs["units"]` of both tables and in the stored files.
    `run_time` is in seconds and the only field that differs between two equal runs.
    `path`: flows to which another run can be clamped. `panels`: the tables asked for, by name.
    """

    monthly: pd.DataFrame
    regional: pd.DataFrame
    world: World
    seed: int
    params: Params
    pack: str
    pack_hash: str
    regions: dict[str, str]
    versions: dict[str, str]
    run_time: float
    path: FlowPath | None = None
    panels: dict[str, pd.DataFrame] = field(default_factory=dict)

    def to_pandas(self) -> pd.DataFrame:
        """A copy of the monthly table with the world and the seed as its first columns."""
        table = self.monthly.reset_index()
        table.insert(0, "world", self.world.name)
        table.insert(1, "seed", self.seed)
        return table

    def to_parquet(self, folder: str | Path) -> list[Path]:
        """Write `monthly.parquet`, `regional.parquet` and `world.toml` into a folder."""
        from experiments.store import write_world

        return write_world(Path(folder), [self])

    def plot(self, *outcomes: str) -> Figure:
        """Outcomes of the country by month (12-month means), a panel each."""
        from experiments.plots import plot_results

        return plot_results(self, outcomes)

    def __repr__(self) -> str:
        from experiments.display import repr_of

        return repr_of(self)

    def _repr_html_(self) -> str:
        from experiments.display import results_card

        return results_card(self)


@dataclass(frozen=True)
class Setup:
    """One run with everything checked, ready to start, cheap to send to another process."""

    world: World
    pack: str
    params: Params
    seed: int
    clamp: Clamp | None = None
    panels: PanelPlan | None = None

    @property
    def months(self) -> int:
        """Months to step, burn-in included."""
        return int(self.params.burn_in) + int(self.params.horizon)

    def build(self) -> RegionalModel:
        """The model of this run before its first month."""
        from model import RegionalModel

        return RegionalModel(
            self.params, world=self.world, pack=self.pack, rng=self.seed, clamp=self.clamp
        )


def prepare(
    world: str | Path | World = "plant",
    *,
    pack: str | Path | None = None,
    seed: int = 1,
    params: Params | None = None,
    scale: float | None = None,
    horizon: int | None = None,
    settings: Mapping[str, Any] | None = None,
    panels: Sequence[str] | PanelPlan = (),
) -> Setup:
    """Check everything a run needs and return it without running anything.

    `settings` (name to value) win over the world's own starting parameters; dated events of
    the world still come after them. Raises `model.errors.InputError` on anything unusable.
    """
    from model import Params, World, load_pack
    from model.base_year import check_scale

    chosen = world if isinstance(world, World) else World.load(str(world))
    given = {"pack": pack and str(pack), "scale": scale, "horizon": horizon}
    values = {**(settings or {}), **{key: x for key, x in given.items() if x is not None}}
    name = str(values.get("pack") or (params or Params()).pack)
    loaded = load_pack(name)
    chosen.check_against(loaded)
    start = (params or loaded.params()).with_values({**values, "pack": name})
    check_scale(loaded, float(start.scale))
    # What is set for this run wins over what the world starts with; its events come later.
    own = {key: value for key, value in chosen.parameters.items() if key not in values}
    if len(own) != len(chosen.parameters):
        chosen = replace(chosen, parameters=own)
    return Setup(chosen, name, start, _checked_seed(seed), panels=_panel_plan(panels))


def _panel_plan(panels: Sequence[str] | PanelPlan) -> PanelPlan | None:
    if not panels:
        return None
    from experiments.panels import PanelPlan

    return panels if isinstance(panels, PanelPlan) else PanelPlan(tuple(panels))


def _checked_seed(seed: int) -> int:
    from model.errors import InputError

    try:
        number = operator.index(seed)
    except TypeError:
        number = -1
    if isinstance(seed, bool) or not 0 <= number < _SEEDS:
        raise InputError(
            "not a usable seed", field="seed", value=seed, allowed="a whole number, 0 to 2^63 - 1"
        )
    return number


def run(setup: Setup, progress: Progress | None = None) -> Results:
    """Run a checked setup to its end."""
    from experiments.course import Course

    started = time.perf_counter()
    course = Course(setup)
    while course.done < setup.months:
        course.step()
        if progress is not None:
            progress(course.done, setup.months)
    return course.results(time.perf_counter() - started)


def simulate(
    world: str | Path | World = "plant",
    *,
    pack: str | Path | None = None,
    seed: int = 1,
    params: Params | None = None,
    scale: float | None = None,
    horizon: int | None = None,
    settings: Mapping[str, Any] | None = None,
    panels: Sequence[str] | PanelPlan = (),
    progress: Progress | None = None,
) -> Results:
    """Run one world once.

    `world`: a name from `World.names()`, a TOML file, or a `World`. `pack`: a name or a folder.
    `scale`: how many people one agent stands for. `horizon`: months after burn-in.
    `settings`: parameters by name. `panels`: names of `experiments.panels.NAMES`, or a plan with
    columns and sample. `progress(done, total)` is called after each month.
    Raises `model.errors.InputError` before anything has run.
    """
    setup = prepare(
        world,
        pack=pack,
        seed=seed,
        params=params,
        scale=scale,
        horizon=horizon,
        settings=settings,
        panels=panels,
    )
    return run(setup, progress)
