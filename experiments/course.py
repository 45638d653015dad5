"""A run under way: stepped month by month, copied, and gone on with as another run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from experiments.outcomes import units
from experiments.panels import PanelRecorder
from experiments.provenance import versions
from experiments.simulate import Results, Setup
from model.shared_past import copy_model, enter_world

if TYPE_CHECKING:
    from model import RegionalModel, World

_FIRST_MONTH = "2023-01-01"  # period 0


class Course:
    """The model of a run, what its panels hold so far, and months `done`, burn-in included.

    `world`: begin in this one instead of the setup's; `turn` goes on in another.
    """

    def __init__(self, setup: Setup, world: World | None = None) -> None:
        self.setup = setup
        self.model: RegionalModel = replace(setup, world=world or setup.world).build()
        self.recorder = None if setup.panels is None else PanelRecorder(setup.panels)
        self.done = 0

    def step(self) -> None:
        """One month."""
        self.model.step()
        if self.recorder is not None:
            self.recorder.note(self.model)
        self.done += 1

    def copy(self) -> Course:
        """The same run so far; stepping either leaves the other as it is."""
        twin = object.__new__(Course)
        twin.setup, twin.done = self.setup, self.done
        twin.model = copy_model(self.model)
        twin.recorder = self.recorder and self.recorder.copy()
        return twin

    def turn(self, setup: Setup, world: World | None = None) -> None:
        """From the next month on this is a run of `setup`, in its world or in `world`.

        The setup must have agreed so far in all that is not the world; ValueError if the world
        has not.
        """
        enter_world(self.model, world or setup.world)
        self.setup = setup

    def results(self, seconds: float) -> Results:
        """What the run has left behind; `seconds`: its run time."""
        panels = {} if self.recorder is None else self.recorder.tables(self.model)
        return _collect(self.model, self.setup, seconds, panels)


def _collect(
    model: RegionalModel, setup: Setup, run_time: float, panels: dict[str, pd.DataFrame]
) -> Results:
    regions = dict(zip(model.pack.region_ids, model.pack.region_names, strict=True))
    series = model.measures.monthly
    months = len(next(iter(series.values())))
    dates = pd.date_range(_FIRST_MONTH, periods=months, freq="MS", name="date")
    monthly = pd.DataFrame(dict(series), index=pd.RangeIndex(months, name="period"))
    monthly.insert(0, "date", dates)
    monthly.attrs["units"] = units(list(monthly.columns))
    columns = {name: values.ravel() for name, values in model.measures.regional.items()}
    regional = pd.DataFrame(
        {
            "period": pd.RangeIndex(months).repeat(len(regions)),
            "date": dates.repeat(len(regions)),
            "region": list(regions) * months,
            **columns,
        }
    )
    regional.attrs["units"] = units(list(regional.columns))
    return Results(
        monthly=monthly,
        regional=regional,
        world=setup.world,
        seed=setup.seed,
        params=setup.params,
        pack=setup.pack,
        pack_hash=model.pack.digest,
        regions=regions,
        versions=versions(),
        run_time=run_time,
        path=model.path,
        panels=panels,
    )
