"""Every run that the protocol makes for one seed: which world, how long, what is kept of it.

Worlds are those of `ornok worlds`; what differs from one is named here (`volume`, `settings`, a
channel held to another world's path). Scripts name runs by the keys of `RUNS`, so a run that two
targets need is made once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from experiments.panels import PanelPlan
from experiments.simulate import Setup, prepare
from model import World
from model.calendar_months import period_of

HORIZON = 240
# Years 8 to 12 after the dose of `expansion` (2034-07) end here.
DOSE_HORIZON = period_of("2046-07")
# Half a year more than the last month that the shocks of 2032 are followed to.
SHOCK_HORIZON = period_of("2034-01")
# Years 8 to 12 after the opening of `plan` (2024-07) end here.
PLAN_HORIZON = period_of("2036-07")
# The region has had its plant for five years and the delayed one is not open yet.
EARLY_HORIZON = period_of("2030-01")
# Half of the people who would else have found a trade of their own keep looking for a job.
SLACK = {"own_account_entry": 0.03}
# Nobody learns from the plant: neither by help, making parts, neighbours nor movers.
NO_KNOWLEDGE = {
    "assistance_rate": 0.0,
    "supplier_progress_ratio": 1.0,
    "imitation_rate": 0.0,
    "mobility_rate": 0.0,
}
VOLUMES = (5_000, 20_000, 50_000, 100_000, 200_000, 300_000)

JOBS = ("employee_jobs", "plant_jobs", "employment", "unemployed", "own_account", "mean_wage")
CARS = ("cars_made", "kits_imported_value", "plant_stage", "plant_jobs")
CONTENT = ("local_content_nominal", "local_content_deep", "tier1_suppliers", "mandate_met")
BOOKS = (
    "region", "sector", "origin", "ownership", "age", "employees", "revenue", "material_cost",
    "wage_bill", "capital", "knowledge", "part_sales", "supplier_tier",
)  # fmt: skip
STAFF = ("region", "sector", "origin", "ownership", "employees", "wage_bill")
CHAIN = (*BOOKS, "supplier", "input_stock", "input_order")
PEOPLE = ("region", "employer", "wage", "status")


@dataclass(frozen=True)
class Run:
    """One run of the protocol.

    Attributes:
        world: a world of the library.
        horizon: months after the burn-in.
        volume: cars a year of its plant in the place of the file's; 0: as in the file.
        settings: parameters that differ from the pack's.
        off: channels held to the path of the run `path_of` (same horizon or longer).
        panels: what is kept of firms, people and plants; outcomes are all kept.
    """

    world: str
    horizon: int = HORIZON
    volume: int = 0
    settings: Mapping[str, Any] = field(default_factory=dict)
    off: tuple[str, ...] = ()
    path_of: str = ""
    panels: PanelPlan | None = None

    def setup(
        self, pack: str, seed: int, scale: float, settings: Mapping[str, Any] | None = None
    ) -> Setup:
        """The checked run, `settings` below its own; of a run with channels off the one without
        that clamp.
        """
        world = World.load(self.world)
        if self.volume:
            (site,) = world.plants
            world = replace(world, plants=(replace(site, volume=self.volume),))
        return prepare(
            world,
            pack=pack,
            seed=seed,
            scale=scale,
            horizon=self.horizon,
            settings={**(settings or {}), **self.settings},
            panels=self.panels or (),
        )


def _firms(
    columns: tuple[str, ...], *, every: int = 12, first: int = 0, also: tuple[str, ...] = ()
) -> PanelPlan:
    return PanelPlan(("firms", *also), every=every, first=first, firm_columns=columns)


def _dose(world: str, **more: Any) -> Run:
    first = period_of("2033-01")
    return Run(world, DOSE_HORIZON, panels=_firms(STAFF, first=first), **more)


_SHOCK = _firms(CHAIN, every=3, first=period_of("2031-01"))
_PLAN = PanelPlan(
    ("firms", "workers", "contracts", "plants"),
    every=12,
    workers_first=period_of("2024-01"),
    share=1.0,
    firm_columns=BOOKS,
    worker_columns=PEOPLE,
)

RUNS: Mapping[str, Run] = {
    # The country without a plant (P2, P3, P4, P6), and with large employers of one size at the start (P6).
    "none": Run("none", panels=_firms(BOOKS, every=3, also=("entries",))),
    "none_people": Run("none", period_of("2034-01"), panels=replace(_PLAN, names=("workers",))),
    "none_even": Run(
        "none", settings={"size_cut": 1.0}, panels=_firms(STAFF, also=("entries",))
    ),
    # The announced path met (P3, P4, P5), elsewhere, later, without learning; the line stopped.
    "plan": Run("plan", PLAN_HORIZON, panels=_PLAN),
    "plan_elsewhere": Run("plan_elsewhere", EARLY_HORIZON, panels=_firms(BOOKS)),
    "plan_delayed": Run("plan_delayed", EARLY_HORIZON, panels=_firms(BOOKS)),
    "plan_no_knowledge": Run(
        "plan", EARLY_HORIZON, settings=NO_KNOWLEDGE, panels=_firms(BOOKS, also=("plants",))
    ),
    "plan_no_learning": Run(
        "plan", EARLY_HORIZON, settings={"plant_progress_ratio": 1.0},
        panels=PanelPlan(("plants",)),
    ),
    "plan_no_premium": Run(
        "plan", EARLY_HORIZON, settings={"plant_wage_premium": 0.0},
        panels=replace(_PLAN, names=("workers", "firms"), firm_columns=STAFF),
    ),
    "long_block": Run("long_block", SHOCK_HORIZON, panels=PanelPlan(("plants",))),
    # A dose of jobs at the plant's tenth year (P1).
    "plant": _dose("plant"),
    "expansion": _dose("expansion"),
    "expansion_large": _dose("expansion_large"),
    "expansion_no_income": _dose("expansion", off=("income",), path_of="plant"),
    "plant_slack": _dose("plant", settings=SLACK),
    "expansion_slack": _dose("expansion", settings=SLACK),
    # Shocks of 2032 (P7).
    "plant_before_shock": Run("plant", SHOCK_HORIZON, panels=_SHOCK),
    "supplier_dip": Run("supplier_dip", SHOCK_HORIZON, panels=_SHOCK),
    "corridor_block": Run("corridor_block", SHOCK_HORIZON),
    # Dearer cars (P9).
    "tariff": Run("tariff", EARLY_HORIZON),
    "no_exemption": Run("no_exemption", EARLY_HORIZON),
    # Volumes (P2, P8).
    "enclave": Run("enclave", panels=PanelPlan(("contracts",))),
    "volume": Run("volume", panels=_firms(BOOKS, every=3, also=("contracts",))),
    "volume_no_knowledge": Run(
        "volume", settings=NO_KNOWLEDGE, panels=_firms(BOOKS, every=3, also=("contracts",))
    ),
    **{f"volume_{v}": Run("volume", volume=v) for v in VOLUMES if v != 100_000},
    "protected": Run("protected"),
    "mandate": Run("mandate", period_of("2031-07")),
}  # fmt: skip
